//! `[component.<id>.dependencies]`: other components behind a component's imports, put together when it is loaded, by
//! Spin's own rules. A dependency that inherits nothing may only compute.

use thiserror::Error;
use wac_graph::types::{ItemKind, Package, SubtypeChecker, Type, WorldId};
use wac_graph::{CompositionGraph, EncodeOptions, NodeId};

use crate::manifest::{DependencyName, DependencySpec};

/// What a dependency without configuration may import: nothing there leads out of it. Its environment is that of the
/// component, so there must be none.
const HARMLESS: [&str; 5] = ["wasi:cli/", "wasi:clocks/", "wasi:filesystem/", "wasi:io/", "wasi:random/"];

/// Why components do not fit together.
#[derive(Debug, Error)]
pub enum Unfit {
    /// The bytes of one are no component.
    #[error("{0} is not a usable wasm component: {1}")]
    NoComponent(String, String),
    /// No import has the dependency's name.
    #[error("the dependency `{0}` is no import of the component")]
    NoImport(String),
    /// An import has the name of two dependencies.
    #[error("the import `{0}` is satisfied by two dependencies")]
    Twice(String),
    /// The dependency lacks the export.
    #[error("the dependency `{0}` does not export `{1}`")]
    NoExport(String, String),
    /// The dependency's export has another type.
    #[error("what the dependency `{0}` exports does not fit: {1}")]
    OtherType(String, String),
    /// The dependency wants what it does not inherit.
    #[error("the dependency `{0}` imports `{1}`, and inherits no configuration")]
    NotInherited(String, String),
    /// The dependency would see the component's environment, which it does not inherit.
    #[error("the dependency `{0}` would see the component's `environment`, which it does not inherit")]
    Environment(String),
    /// They fit, and cannot be written down.
    #[error("the components cannot be put together: {0}")]
    Unwritten(String),
}

/// A dependency with its bytes.
pub struct Dependency<'a> {
    /// As the manifest describes it.
    pub spec: &'a DependencySpec,
    /// Its wasm.
    pub wasm: Vec<u8>,
}

/// The component and its dependencies as one; itself if it has none. `has_environment` tells whether it has variables in
/// `environment`.
pub fn compose(wasm: Vec<u8>, parts: Vec<Dependency<'_>>, has_environment: bool) -> Result<Vec<u8>, Unfit> {
    if parts.is_empty() {
        return Ok(wasm);
    }
    let mut graph = CompositionGraph::new();
    let (world, instance) = register(&mut graph, "the component", wasm)?;
    let imports: Vec<String> = graph.types()[world].imports.keys().cloned().collect();
    let mut satisfied = Vec::<String>::new();
    for Dependency { spec, wasm } in parts {
        let name = spec.name.to_string();
        let matching = || imports.iter().filter(|import| spec.name.is(import));
        if matching().next().is_none() {
            return Err(Unfit::NoImport(name));
        }
        let (part_world, part) = register(&mut graph, &name, wasm)?;
        if !spec.inherits {
            check_alone(&graph, part_world, &name, has_environment)?;
        }
        for import in matching() {
            if satisfied.contains(import) {
                return Err(Unfit::Twice(import.clone()));
            }
            satisfied.push(import.clone());
            let export = spec.export.as_ref().unwrap_or(import);
            check_type(&graph, world, import, part_world, export, &name)?;
            let node = graph.alias_instance_export(part, export).map_err(unwritten)?;
            graph.set_instantiation_argument(instance, import, node).map_err(unwritten)?;
        }
    }
    let exports: Vec<String> = graph.types()[world].exports.keys().cloned().collect();
    for export in exports {
        let node = graph.alias_instance_export(instance, &export).map_err(unwritten)?;
        graph.export(node, &export).map_err(unwritten)?;
    }
    graph.encode(EncodeOptions::default()).map_err(unwritten)
}

fn unwritten(error: impl std::error::Error) -> Unfit {
    Unfit::Unwritten(error.to_string())
}

fn register(graph: &mut CompositionGraph, name: &str, wasm: Vec<u8>) -> Result<(WorldId, NodeId), Unfit> {
    let refuse = |error: String| Unfit::NoComponent(name.to_owned(), error);
    let package = Package::from_bytes(name, None, wasm, graph.types_mut());
    let package = package.map_err(|error| refuse(format!("{error:#}")))?;
    let world = package.ty();
    let package = graph.register_package(package).map_err(|error| refuse(error.to_string()))?;
    Ok((world, graph.instantiate(package)))
}

fn check_alone(
    graph: &CompositionGraph,
    world: WorldId,
    name: &str,
    has_environment: bool,
) -> Result<(), Unfit> {
    let types = graph.types();
    // An interface of nothing but types lends nothing: each side that names them brings it along.
    let is_types = |kind: &ItemKind| match kind {
        ItemKind::Instance(id) => {
            types[*id].exports.values().all(|item| matches!(item, ItemKind::Type(Type::Value(_))))
        }
        _ => false,
    };
    for (import, _) in types[world].imports.iter().filter(|(_, kind)| !is_types(kind)) {
        if !HARMLESS.iter().any(|harmless| import.starts_with(harmless)) {
            return Err(Unfit::NotInherited(name.to_owned(), import.clone()));
        }
        if has_environment && import.starts_with("wasi:cli/environment") {
            return Err(Unfit::Environment(name.to_owned()));
        }
    }
    Ok(())
}

fn check_type(
    graph: &CompositionGraph,
    world: WorldId,
    import: &str,
    part_world: WorldId,
    export: &str,
    name: &str,
) -> Result<(), Unfit> {
    let types = graph.types();
    let offered = types[part_world].exports.get(export);
    let offered = offered.ok_or_else(|| Unfit::NoExport(name.to_owned(), export.to_owned()))?;
    let Some(wanted) = types[world].imports.get(import) else { return Ok(()) };
    let mut cache = std::collections::HashSet::default();
    let fits = SubtypeChecker::new(&mut cache).is_subtype(*offered, types, *wanted, types);
    fits.map_err(|error| Unfit::OtherType(name.to_owned(), format!("{error:#}")))
}

impl DependencyName {
    /// Whether an import is meant: one of the same package, and of the same interface and version if the name has them.
    fn is(&self, import: &str) -> bool {
        match Self::parse(import) {
            Some(import) => {
                let is = |own: &Option<String>, other| own.is_none() || *own == other;
                self.package == import.package
                    && is(&self.interface, import.interface)
                    && is(&self.version, import.version)
            }
            None => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(text: &str) -> DependencyName {
        DependencyName::parse(text).expect("a name")
    }

    #[test]
    fn a_name_means_the_imports_it_says() {
        let import = "tierline:triage/engine@0.1.0";
        for meant in [import, "tierline:triage/engine", "tierline:triage", "tierline:triage@0.1.0"] {
            assert!(name(meant).is(import), "{meant}");
            assert_eq!(name(meant).to_string(), meant);
        }
        for other in ["tierline:triage/engine@0.2.0", "tierline:triage/types", "tierline:other", "triage"] {
            assert!(!name(other).is(import), "{other}");
        }
    }

    const ASKS: &str = r#"(component
        (import "a:b/c@0.1.0" (instance $i (export "f" (func (result u32)))))
        (alias export $i "f" (func $f))
        (export "g" (func $f)))"#;

    fn part(body: &str) -> Vec<u8> {
        format!(
            r#"(component {body}
            (core module $m (func (export "f") (result i32) i32.const 7))
            (core instance $m (instantiate $m))
            (func $f (result u32) (canon lift (core func $m "f")))
            (instance $i (export "f" (func $f)))
            (export "a:b/c@0.1.0" (instance $i)))"#
        )
        .into_bytes()
    }

    fn composed(spec: &DependencySpec, part: Vec<u8>, has_environment: bool) -> Result<Vec<u8>, Unfit> {
        let binary = |text: Vec<u8>| wat::parse_bytes(&text).expect("text of wasm").into_owned();
        let wasm = binary(part);
        compose(binary(ASKS.as_bytes().to_vec()), vec![Dependency { spec, wasm }], has_environment)
    }

    fn spec(named: &str) -> DependencySpec {
        DependencySpec { name: name(named), path: "x".into(), export: None, inherits: false }
    }

    #[test]
    fn an_import_is_satisfied_and_gone() {
        let whole = composed(&spec("a:b/c"), part(""), false).expect("composed");
        let engine = wasmtime::Engine::default();
        let component = wasmtime::component::Component::new(&engine, whole).expect("a component");
        let linker = wasmtime::component::Linker::<()>::new(&engine);
        let mut store = wasmtime::Store::new(&engine, ());
        let instance = linker.instantiate(&mut store, &component).expect("no import is left");
        let g = instance.get_typed_func::<(), (u32,)>(&mut store, "g").expect("what it exports stays");
        assert_eq!(g.call(&mut store, ()).expect("called"), (7,));
    }

    #[test]
    fn what_does_not_fit_is_said() {
        let said = |spec: &DependencySpec, wasm, environment| {
            composed(spec, wasm, environment).expect_err("refused").to_string()
        };
        assert!(said(&spec("a:other"), part(""), false).contains("is no import"));
        let elsewhere = DependencySpec { export: Some("a:b/d".to_owned()), ..spec("a:b/c") };
        assert!(said(&elsewhere, part(""), false).contains("does not export `a:b/d`"));
        let other = part("").replace_text("u32", "u64").replace_text("i32", "i64");
        assert!(said(&spec("a:b/c"), other, false).contains("does not fit"));
        assert!(said(&spec("a:b/c"), b"(component)".to_vec(), false).contains("does not export"));
    }

    #[test]
    fn what_inherits_nothing_may_only_compute() {
        let imports = |what: &str| part(&format!(r#"(import "{what}" (instance (export "out" (func))))"#));
        let inherits = DependencySpec { inherits: true, ..spec("a:b/c") };
        for outside in
            ["wasi:http/client@0.3.0", "wasi:keyvalue/store@0.2.0-draft2", "wasi:sockets/tcp@0.2.0"]
        {
            let refused = composed(&spec("a:b/c"), imports(outside), false).expect_err("refused");
            assert!(refused.to_string().contains("inherits no configuration"), "{refused}");
            assert!(composed(&inherits, imports(outside), true).is_ok());
        }
        let types = r#"(import "a:b/types@0.1.0" (instance
            (type $t (record (field "x" u32))) (export "t" (type (eq $t)))))"#;
        assert!(composed(&spec("a:b/c"), part(types), false).is_ok(), "types are nobody's");
        let environment = "wasi:cli/environment@0.2.0";
        assert!(composed(&spec("a:b/c"), imports(environment), false).is_ok());
        let refused = composed(&spec("a:b/c"), imports(environment), true).expect_err("refused");
        assert!(refused.to_string().contains("`environment`"), "{refused}");
    }

    trait ReplaceText {
        fn replace_text(self, from: &str, to: &str) -> Self;
    }

    impl ReplaceText for Vec<u8> {
        fn replace_text(self, from: &str, to: &str) -> Self {
            String::from_utf8(self).expect("text").replace(from, to).into_bytes()
        }
    }
}

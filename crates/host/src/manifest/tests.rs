use super::*;

const HEAD: &str = "spin_manifest_version = 2\n[application]\nname = \"t\"\n";

fn parse(rest: &str) -> Result<Manifest, Failure> {
    Manifest::parse(Path::new("dir/spin.toml"), &format!("{HEAD}{rest}"))
}

fn refusal(rest: &str) -> String {
    let failure = parse(rest).expect_err("refused");
    assert_eq!(failure.kind, ExitKind::BadConfiguration);
    failure.to_string()
}

#[test]
fn reads_what_tierline_uses() {
    let manifest = parse(
        r#"
        [variables]
        secret_key = { required = true, secret = true }
        [[trigger.http]]
        route = "/v1/:desk/..."
        component = "intake"
        [[trigger.http]]
        route = { private = true }
        component = "intake"
        [[trigger.http]]
        route = "/hello"
        static_response = { status_code = 201, headers = { a = "b" }, body = "hi" }
        [component.intake]
        source = "target/intake.wasm"
        key_value_stores = ["default"]
        allowed_outbound_hosts = ["http://triage.spin.internal"]
        environment = { A = "1" }
        [component.intake.variables]
        key = "{{ secret_key }}"
        [component.intake.build]
        command = "cargo build"
        watch = ["src/**/*.rs"]
        "#,
    )
    .expect("a good manifest");
    assert_eq!(manifest.triggers.len(), 3);
    assert_eq!(manifest.triggers[0].route.as_deref(), Some("/v1/:desk/..."));
    assert_eq!(manifest.triggers[1].route, None);
    assert!(matches!(&manifest.triggers[2].target, Target::Static(answer) if answer.status_code == 201));
    assert_eq!(manifest.components["intake"].source, Path::new("dir/target/intake.wasm"));
    assert!(manifest.variables["secret_key"].secret);
}

#[test]
fn an_unknown_field_is_named_with_its_line() {
    let text = refusal(
        "[[trigger.http]]\nroute = \"/\"\ncomponent = \"a\"\n[component.a]\nsource = \"a.wasm\"\nai_models = [\"x\"]\n",
    );
    assert!(text.contains("dir/spin.toml:9:"), "{text}");
    assert!(text.contains("ai_models"), "{text}");
}

#[test]
fn unknown_trigger_kinds_and_top_level_tables_are_named() {
    assert!(refusal("[[trigger.redis]]\nchannel = \"x\"\n").contains("redis"));
    assert!(refusal("[trigger]\n[extra]\n").contains("extra"));
}

#[test]
fn an_unknown_component_is_named() {
    let text = refusal("[[trigger.http]]\nroute = \"/\"\ncomponent = \"gone\"\n");
    assert!(text.contains("unknown component `gone`"), "{text}");
}

#[test]
fn sources_from_elsewhere_and_files_are_refused() {
    let text = refusal(
        "[trigger]\n[component.a]\nsource = { url = \"https://example.com/a.wasm\", digest = \"sha256:0\" }\n",
    );
    assert!(text.contains("not supported"), "{text}");
    let text = refusal("[trigger]\n[component.a]\nsource = \"a.wasm\"\nfiles = [\"x\"]\n");
    assert!(text.contains("`files`"), "{text}");
}

#[test]
fn routes_are_paths_or_private() {
    let with_route = |route: &str| {
        refusal(&format!(
            "[[trigger.http]]\nroute = {route}\ncomponent = \"a\"\n[component.a]\nsource = \"a.wasm\"\n"
        ))
    };
    assert!(with_route("{ private = false }").contains("private = true"));
    assert!(with_route("{ public = true }").contains("public"));
    assert!(with_route("7").contains("a path such as"));
}

#[test]
fn variables_need_a_value_or_to_be_required() {
    assert!(refusal("[trigger]\n[variables]\na = { description = \"x\" }\n").contains("neither required"));
    assert!(refusal("[trigger]\n[variables]\nA_b = { default = \"x\" }\n").contains("no name"));
}

#[test]
fn only_version_two() {
    let text = "spin_manifest_version = 1\n[application]\nname = \"t\"\n[trigger]\n";
    let failure = Manifest::parse(Path::new("spin.toml"), text).expect_err("refused");
    assert!(failure.problem.starts_with("spin.toml:1:"), "{failure}");
}

#[test]
fn a_missing_manifest_is_missing_input() {
    let failure = Manifest::read(Path::new("/nowhere/spin.toml")).expect_err("refused");
    assert_eq!(failure.kind, ExitKind::MissingInput);
}

mod garbage {
    use super::*;
    use proptest::prelude::*;

    /// The manifest that is deployed.
    const WHOLE: &str = include_str!("../../../../spin.toml");
    const STONES: [&str; 14] = [
        "\"",
        "'",
        "[",
        "]]",
        "{",
        "}",
        "=",
        "\n",
        "\\",
        "...",
        "\u{0}",
        "99999999999999999999",
        "\u{202e}",
        "[component.\"\"]\n",
    ];

    proptest! {
        #![proptest_config(ProptestConfig { cases: 1_000, ..ProptestConfig::default() })]

        /// Read or refused with what is wrong, never a panic.
        #[test]
        fn a_broken_manifest_is_refused_in_words(
            breaks in prop::collection::vec((0.0..1.0_f64, 0_usize..40, prop::sample::select(&STONES[..])), 1..6)
        ) {
            let mut text: Vec<char> = WHOLE.chars().collect();
            for (place, gone, stone) in breaks {
                #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss)]
                let at = (place * text.len() as f64) as usize;
                let end = (at + gone).min(text.len());
                text.splice(at..end, stone.chars());
            }
            let text: String = text.into_iter().collect();
            if let Err(failure) = Manifest::parse(Path::new("spin.toml"), &text) {
                prop_assert_eq!(failure.kind, ExitKind::BadConfiguration);
                prop_assert!(failure.to_string().contains("spin.toml"), "{}", failure);
            }
        }
    }
}

fn with_dependencies(text: &str) -> String {
    format!("[[trigger.http]]\nroute = \"/\"\ncomponent = \"a\"\n[component.a]\nsource = \"a.wasm\"\n{text}")
}

#[test]
fn dependencies_are_files_that_inherit_nothing_unless_told() {
    let of = |text: &str| {
        let head = "spin_manifest_version = 2\n[application]\nname = \"t\"\n";
        let text = format!("{head}{}", with_dependencies(text));
        let manifest = Manifest::parse(Path::new("dir/spin.toml"), &text).expect("a good manifest");
        manifest.components["a"].dependencies.clone()
    };
    let found = of("[component.a.dependencies]\n\"x:y/z@0.1.0\" = { path = \"z.wasm\" }\n");
    assert_eq!(found[0].path, Path::new("dir/z.wasm"));
    assert_eq!(found[0].name.to_string(), "x:y/z@0.1.0");
    assert!(!found[0].inherits);
    let all = "dependencies_inherit_configuration = true\n[component.a.dependencies]\n";
    assert!(of(&format!("{all}z = {{ path = \"z.wasm\" }}\n"))[0].inherits);
    let one = "\"x:y\" = { path = \"z.wasm\", export = \"q:r/s\", inherit_configuration = true }\n";
    let found = of(&format!("[component.a.dependencies]\n{one}"));
    assert_eq!((found[0].inherits, found[0].export.as_deref()), (true, Some("q:r/s")));
}

#[test]
fn dependencies_from_elsewhere_and_unknown_words_are_refused() {
    for (dependency, said) in [
        ("\"x:y\" = \">=0.1.0\"", "{ path ="),
        ("\"x:y\" = { version = \"0.1.0\" }", "{ path ="),
        ("\"x:y\" = { component = \"b\" }", "{ path ="),
        ("\"x:y\" = { path = \"z.wasm\", digest = \"sha256:0\" }", "digest"),
        ("\"x:y\" = { path = \"z.wasm\", inherit_configuration = [\"variables\"] }", "true or false"),
        ("\"x y\" = { path = \"z.wasm\" }", "no name for a dependency"),
        ("\"y/z\" = { path = \"z.wasm\" }", "no name for a dependency"),
    ] {
        let text = refusal(&with_dependencies(&format!("[component.a.dependencies]\n{dependency}\n")));
        assert!(text.contains(said) && text.contains("dir/spin.toml:"), "{dependency}: {text}");
    }
    let both = "dependencies_inherit_configuration = false\n[component.a.dependencies]\n\
                \"x:y\" = { path = \"z.wasm\", inherit_configuration = true }\n";
    assert!(refusal(&with_dependencies(both)).contains("both"));
}

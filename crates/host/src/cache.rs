//! Compiled components on disk, so that only the first start compiles.
//!
//! A compiled component is machine code: it is loaded only if it is byte for byte what this host wrote, for
//! this engine and this wasm file, into a directory only its user can write. Anything else is compiled again.

use std::collections::HashSet;
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use sha2::{Digest, Sha256};
use wasmtime::Engine;
use wasmtime::component::Component;

/// Its place inside the state directory.
pub const CACHE_DIR: &str = "tierline-compiled";

/// What no start has used is removed when it is older than this.
const UNUSED_MAX: Duration = Duration::from_secs(24 * 3600);

/// How a component was had.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// From the cache.
    Cached,
    /// Compiled now.
    Compiled,
}

/// The compiled components of one engine.
#[derive(Debug)]
pub struct Cache {
    directory: Option<PathBuf>,
    engine_key: String,
    used: Mutex<HashSet<PathBuf>>,
}

impl Cache {
    /// The cache below a state directory. If it cannot be made, everything is compiled each time.
    pub fn open(engine: &Engine, state_dir: &Path) -> Self {
        let mut hasher = DefaultHasher::new();
        engine.precompile_compatibility_hash().hash(&mut hasher);
        let engine_key = format!("{:016x}", hasher.finish());
        let directory = state_dir.join(CACHE_DIR);
        let directory = match make_private(&directory) {
            Ok(()) => Some(directory),
            Err(error) => {
                tracing::warn!(%error, "no cache for compiled components; each start compiles");
                None
            }
        };
        Self { directory, engine_key, used: Mutex::default() }
    }

    /// Loads the component `id`, compiling it if it has to.
    pub fn load(&self, engine: &Engine, id: &str, wasm: &[u8]) -> wasmtime::Result<(Component, Origin)> {
        let entry = self.entry(wasm);
        if let Some(component) = entry.as_ref().and_then(|entry| entry.read(engine)) {
            return Ok((component, Origin::Cached));
        }
        tracing::info!(component = id, "compiling (once for this build of it)");
        let component = Component::from_binary(engine, wasm)?;
        let Some(entry) = entry else { return Ok((component, Origin::Compiled)) };
        match component.serialize().map_err(io::Error::other).and_then(|code| entry.write(&code)) {
            // Reading it back maps the file and lets go of the compiler's memory.
            Ok(()) => Ok((entry.read(engine).unwrap_or(component), Origin::Compiled)),
            Err(error) => {
                tracing::warn!(%error, "a compiled component could not be kept");
                Ok((component, Origin::Compiled))
            }
        }
    }

    fn entry(&self, wasm: &[u8]) -> Option<Entry> {
        let name = format!("{}-{}", hex(&Sha256::digest(wasm)), self.engine_key);
        let directory = self.directory.as_ref()?;
        let entry = Entry {
            code: directory.join(format!("{name}.code")),
            seal: directory.join(format!("{name}.sha256")),
        };
        let mut used = self.used.lock().unwrap_or_else(PoisonError::into_inner);
        used.extend([entry.code.clone(), entry.seal.clone()]);
        Some(entry)
    }

    /// Removes what this start did not use and is not new: earlier builds of the components.
    pub fn sweep(&self) {
        let Some(files) = self.directory.as_ref().and_then(|directory| fs::read_dir(directory).ok()) else {
            return;
        };
        let used = self.used.lock().unwrap_or_else(PoisonError::into_inner);
        for file in files.flatten() {
            let written = file.metadata().and_then(|metadata| metadata.modified());
            let old = written.is_ok_and(|written| written.elapsed().is_ok_and(|age| age > UNUSED_MAX));
            if old && !used.contains(&file.path()) {
                _ = fs::remove_file(file.path());
            }
        }
    }
}

/// One compiled component: the code, and the digest that vouches for it.
struct Entry {
    code: PathBuf,
    seal: PathBuf,
}

impl Entry {
    /// The component, if the file is exactly what was written.
    #[expect(unsafe_code, reason = "loading machine code is unsafe by nature; see below")]
    fn read(&self, engine: &Engine) -> Option<Component> {
        let sealed = fs::read_to_string(&self.seal).ok()?;
        if sealed.trim() != digest_file(&self.code).ok()? {
            tracing::warn!("a compiled component in the cache is damaged; compiling it again");
            return None;
        }
        // SAFETY: the file's digest is the one this host stored when it wrote the output of
        // `Component::serialize`, in a directory that only this user can write. Whoever can forge both can
        // as well replace this program.
        match unsafe { Component::deserialize_file(engine, &self.code) } {
            Ok(component) => Some(component),
            Err(error) => {
                tracing::debug!(%error, "a compiled component does not fit this engine");
                None
            }
        }
    }

    /// Writes code and seal so that a crash leaves no pair that fits but is wrong.
    fn write(&self, code: &[u8]) -> io::Result<()> {
        write_whole(&self.code, code)?;
        write_whole(&self.seal, hex(&Sha256::digest(code)).as_bytes())
    }
}

fn write_whole(path: &Path, bytes: &[u8]) -> io::Result<()> {
    /// Two components may be one file, compiled at the same time: each writes a draft of its own.
    static DRAFTS: AtomicU64 = AtomicU64::new(0);
    let number = DRAFTS.fetch_add(1, Relaxed);
    let draft = path.with_extension(format!("draft-{}-{number}", std::process::id()));
    let written = fs::write(&draft, bytes).and_then(|()| fs::rename(&draft, path));
    if written.is_err() {
        _ = fs::remove_file(&draft);
    }
    written
}

fn digest_file(path: &Path) -> io::Result<String> {
    let mut file = fs::File::open(path)?;
    let mut hasher = Sha256::new();
    let mut chunk = vec![0; 256 << 10];
    loop {
        match file.read(&mut chunk)? {
            0 => return Ok(hex(&hasher.finalize())),
            read => hasher.update(chunk.get(..read).unwrap_or_default()),
        }
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Makes a directory only its user can enter; refuses one that others own or can write.
fn make_private(directory: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt};
        builder.mode(0o700).create(directory)?;
        let metadata = fs::metadata(directory)?;
        let probe = directory.join(format!("probe-{}", std::process::id()));
        let own = fs::File::create(&probe)?.metadata()?.uid();
        fs::remove_file(&probe)?;
        match metadata.uid() == own && metadata.permissions().mode() & 0o022 == 0 {
            true => Ok(()),
            false => Err(io::Error::other("others own or can write the cache directory: chmod 700 it")),
        }
    }
    #[cfg(not(unix))]
    builder.create(directory)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The smallest component.
    const EMPTY: &[u8] = &[0, b'a', b's', b'm', 0x0d, 0, 1, 0];

    fn load(directory: &Path) -> Origin {
        let engine = Engine::default();
        Cache::open(&engine, directory).load(&engine, "empty", EMPTY).expect("loaded").1
    }

    fn cached_files(directory: &Path, extension: &str) -> Vec<PathBuf> {
        let entries = fs::read_dir(directory.join(CACHE_DIR)).expect("cache");
        let paths = entries.map(|entry| entry.expect("entry").path());
        paths.filter(|path| path.extension().is_some_and(|found| found == extension)).collect()
    }

    #[test]
    fn the_second_load_is_from_the_cache() {
        let directory = tempfile::tempdir().expect("dir");
        assert_eq!(load(directory.path()), Origin::Compiled);
        assert_eq!(load(directory.path()), Origin::Cached);
    }

    #[test]
    fn a_damaged_entry_is_compiled_again() {
        let directory = tempfile::tempdir().expect("dir");
        load(directory.path());
        let code = cached_files(directory.path(), "code").remove(0);
        let mut bytes = fs::read(&code).expect("code");
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
        fs::write(&code, bytes).expect("written");
        assert_eq!(load(directory.path()), Origin::Compiled);
        assert_eq!(load(directory.path()), Origin::Cached);
    }

    /// Two components may be the same file.
    #[test]
    fn the_same_file_at_the_same_time_is_fine() {
        let directory = tempfile::tempdir().expect("dir");
        let engine = Engine::default();
        let cache = Cache::open(&engine, directory.path());
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| cache.load(&engine, "empty", EMPTY).expect("loaded"));
            }
        });
        assert_eq!(load(directory.path()), Origin::Cached);
        assert_eq!(
            fs::read_dir(directory.path().join(CACHE_DIR)).expect("cache").count(),
            2,
            "no drafts stay"
        );
    }

    #[cfg(unix)]
    #[test]
    fn a_directory_others_can_write_is_not_trusted() {
        use std::os::unix::fs::PermissionsExt;
        let directory = tempfile::tempdir().expect("dir");
        load(directory.path());
        let cache = directory.path().join(CACHE_DIR);
        fs::set_permissions(&cache, fs::Permissions::from_mode(0o777)).expect("opened up");
        assert_eq!(load(directory.path()), Origin::Compiled);
    }

    #[test]
    fn a_missing_seal_is_compiled_again() {
        let directory = tempfile::tempdir().expect("dir");
        load(directory.path());
        for seal in cached_files(directory.path(), "sha256") {
            fs::remove_file(seal).expect("removed");
        }
        assert_eq!(load(directory.path()), Origin::Compiled);
    }
}

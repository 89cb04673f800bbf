//! New files: made under another name, synced, and only then given theirs. One that is there is never overwritten.

use std::fs::File;
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use crate::exit::{ExitKind, Failure};

/// A file on its way to `path`, readable by its owner alone, gone if it is dropped before it is placed.
#[derive(Debug)]
pub struct NewFile {
    file: NamedTempFile,
    path: PathBuf,
}

impl NewFile {
    /// Refuses a `path` that is there, or in a directory that is not.
    pub fn begin(path: &Path) -> Result<Self, Failure> {
        if path.symlink_metadata().is_ok() {
            return Err(exists(path));
        }
        let file = tempfile::Builder::new()
            .prefix(".tierline-")
            .tempfile_in(directory_of(path))
            .map_err(|error| unwritable(path, &error))?;
        Ok(Self { file, path: path.to_owned() })
    }

    /// Where it is until it is placed.
    pub fn temporary(&self) -> &Path {
        self.file.path()
    }

    /// To write to.
    pub fn file(&mut self) -> &mut File {
        self.file.as_file_mut()
    }

    /// Puts it in its place, durably.
    pub fn place(self) -> Result<(), Failure> {
        let failed = |error: &std::io::Error| unwritable(&self.path, error);
        // By name: SQLite may have written it through a descriptor of its own.
        File::open(self.file.path()).and_then(|file| file.sync_all()).map_err(|error| failed(&error))?;
        self.file.persist_noclobber(&self.path).map_err(|error| match error.error.kind() {
            std::io::ErrorKind::AlreadyExists => exists(&self.path),
            _ => unwritable(&self.path, &error.error),
        })?;
        sync_directory(&self.path)
    }

    /// Puts it in place of what is there, durably and at once.
    pub fn replace(self) -> Result<(), Failure> {
        let synced = File::open(self.file.path()).and_then(|file| file.sync_all());
        synced.map_err(|error| unwritable(&self.path, &error))?;
        self.file.persist(&self.path).map_err(|error| unwritable(&self.path, &error.error))?;
        sync_directory(&self.path)
    }

    /// On its way to a `path` that may be there.
    pub fn begin_replacing(path: &Path) -> Result<Self, Failure> {
        let file = tempfile::Builder::new()
            .prefix(".tierline-")
            .tempfile_in(directory_of(path))
            .map_err(|error| unwritable(path, &error))?;
        Ok(Self { file, path: path.to_owned() })
    }
}

/// Makes names in the directory of `path` durable.
pub fn sync_directory(path: &Path) -> Result<(), Failure> {
    let synced = File::open(directory_of(path)).and_then(|directory| directory.sync_all());
    synced.map_err(|error| unwritable(path, &error))
}

fn directory_of(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}

fn exists(path: &Path) -> Failure {
    Failure::new(
        ExitKind::StateUnwritable,
        format!("{} is there already", path.display()),
        "name another file: nothing is overwritten",
    )
}

/// What a failed write means.
pub fn unwritable(path: &Path, error: &std::io::Error) -> Failure {
    let advice = match error.kind() {
        std::io::ErrorKind::StorageFull => "free some space, then repeat: nothing was left half done",
        _ => "see that the directory is there, has room, and that this user may write in it",
    };
    Failure::new(ExitKind::StateUnwritable, format!("{} cannot be written: {error}", path.display()), advice)
}

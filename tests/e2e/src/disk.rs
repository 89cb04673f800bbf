//! A disk whose power is cut: what a process wrote and synced, written down by `disk.c`, and played again without what was
//! not synced at that moment. Killing a process keeps its writes in the system's cache; this does not.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The database's files that last. The shared-memory index is made anew by whoever opens the database.
const FILES: [&str; 3] = ["sqlite_key_value.db", "sqlite_key_value.db-wal", "sqlite_key_value.db-journal"];
/// What a disk writes in one piece.
const SECTOR_BYTES: usize = 512;

/// What is left of what was not synced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unsynced {
    /// Nothing.
    Lost,
    /// Any of it, in any mixture, some torn between sectors: a disk writes in the order it likes.
    Mixed,
}

/// Compiles the library that writes down, into `folder`; its path.
pub fn library(folder: &Path) -> PathBuf {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/disk.c");
    let library = folder.join("libdisk.so");
    let compiler = std::env::var_os("CC").unwrap_or_else(|| "cc".into());
    let mut command = Command::new(compiler);
    command.args(["-shared", "-fPIC", "-O1", "-Wall", "-o"]).arg(&library).arg(source);
    assert!(command.status().expect("a C compiler").success(), "disk.c does not compile");
    library
}

/// What is on the disk, and what is only on its way there.
#[derive(Debug, Default, Clone)]
pub struct Disk {
    files: BTreeMap<String, File>,
    /// Syncs seen.
    pub syncs: usize,
}

#[derive(Debug, Default, Clone)]
struct File {
    durable: Vec<u8>,
    pending: Vec<Change>,
}

#[derive(Debug, Clone)]
enum Change {
    Write { offset: usize, data: Vec<u8> },
    Truncate { length: usize },
}

impl Disk {
    /// Of the files as they are, all of them durable.
    pub fn of(state_dir: &Path) -> Self {
        let read = |name: &str| Some((name.to_owned(), std::fs::read(state_dir.join(name)).ok()?));
        let files = FILES.into_iter().filter_map(read);
        let files = files.map(|(name, durable)| (name, File { durable, pending: vec![] }));
        Self { files: files.collect(), syncs: 0 }
    }

    /// Plays what was written down. With `syncs_count` false no sync reaches the disk, as with `synchronous=OFF`.
    pub fn replay(&mut self, log: &Path, syncs_count: bool) {
        let log = std::fs::read(log).unwrap_or_default();
        let mut rest = log.as_slice();
        // The last record may be cut off by the kill: its write was not done, and nobody was told of it.
        while let Some((record, after)) = Record::read(rest) {
            rest = after;
            let file = self.files.entry(record.name.clone()).or_default();
            match record.kind {
                1 => file.pending.push(Change::Write { offset: record.offset, data: record.data }),
                2 => file.pending.push(Change::Truncate { length: record.offset }),
                3 => {
                    self.syncs += 1;
                    if syncs_count {
                        file.sync();
                    }
                }
                _ => drop(self.files.remove(&record.name)),
            }
        }
    }

    /// Bytes that a cut would cost.
    pub fn unsynced_bytes(&self) -> usize {
        let bytes = |change: &Change| match change {
            Change::Write { data, .. } => data.len(),
            Change::Truncate { .. } => 0,
        };
        self.files.values().flat_map(|file| &file.pending).map(bytes).sum()
    }

    /// Puts what a cut leaves into a fresh state directory.
    pub fn cut(self, state_dir: &Path, unsynced: Unsynced, dice: &mut fastrand::Rng) {
        for (name, mut file) in self.files {
            for change in std::mem::take(&mut file.pending) {
                match unsynced {
                    Unsynced::Lost => {}
                    Unsynced::Mixed => file.apply_some(change, dice),
                }
            }
            std::fs::write(state_dir.join(name), file.durable).unwrap();
        }
    }
}

impl File {
    fn sync(&mut self) {
        for change in std::mem::take(&mut self.pending) {
            self.apply(change);
        }
    }

    fn apply(&mut self, change: Change) {
        match change {
            Change::Truncate { length } => self.durable.resize(length, 0),
            Change::Write { offset, data } => {
                let end = offset + data.len();
                if self.durable.len() < end {
                    self.durable.resize(end, 0);
                }
                self.durable[offset..end].copy_from_slice(&data);
            }
        }
    }

    fn apply_some(&mut self, change: Change, dice: &mut fastrand::Rng) {
        match change {
            _ if dice.bool() => {}
            Change::Write { offset, mut data } if dice.bool() => {
                data.truncate(dice.usize(..=data.len() / SECTOR_BYTES) * SECTOR_BYTES);
                self.apply(Change::Write { offset, data });
            }
            whole => self.apply(whole),
        }
    }
}

/// As `disk.c` writes it.
struct Record {
    kind: u32,
    name: String,
    offset: usize,
    data: Vec<u8>,
}

impl Record {
    fn read(log: &[u8]) -> Option<(Self, &[u8])> {
        let (head, rest) = log.split_at_checked(24)?;
        let small = |at: usize| u32::from_ne_bytes(head[at..at + 4].try_into().unwrap());
        let large = |at: usize| usize::from_ne_bytes(head[at..at + 8].try_into().unwrap());
        let (kind, name_bytes, offset, bytes) = (small(0), small(4) as usize, large(8), large(16));
        let (name, rest) = rest.split_at_checked(name_bytes)?;
        let (data, rest) = rest.split_at_checked(if kind == 1 { bytes } else { 0 })?;
        let name = String::from_utf8_lossy(name).into_owned();
        Some((Self { kind, name, offset, data: data.to_vec() }, rest))
    }
}

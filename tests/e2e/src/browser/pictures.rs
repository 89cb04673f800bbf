//! Pictures of pages, for people to leaf through.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// A folder of pictures with a page that shows them all.
pub struct Pictures {
    folder: PathBuf,
    names: Mutex<BTreeSet<String>>,
}

impl Pictures {
    /// A new, empty folder in place of the last run's.
    pub fn into(folder: &Path) -> Self {
        let _ = std::fs::remove_dir_all(folder);
        std::fs::create_dir_all(folder).unwrap();
        Self { folder: folder.to_owned(), names: Mutex::default() }
    }

    /// Keeps a picture. `name` is `what.look`: those of one page stand side by side.
    pub fn keep(&self, name: &str, png: &[u8]) {
        std::fs::write(self.folder.join(format!("{name}.png")), png).unwrap();
        let mut names = self.names.lock().unwrap_or_else(PoisonError::into_inner);
        names.insert(name.to_owned());
        std::fs::write(self.folder.join("index.html"), index(&names)).unwrap();
    }
}

fn index(names: &BTreeSet<String>) -> String {
    let mut page = "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Pages</title><style>\
        body{font:16px system-ui;margin:2rem;background:#888}section{display:flex;gap:1rem;align-items:start;\
        overflow-x:auto}img{max-height:90vh;border:1px solid #444}</style>"
        .to_owned();
    let mut last = "";
    for name in names {
        let (page_name, look) = name.split_once('.').unwrap_or((name, ""));
        if page_name != last {
            let _ = write!(page, "</section><h2>{page_name}</h2><section>");
            last = page_name;
        }
        let _ = write!(
            page,
            "<figure><img loading=\"lazy\" src=\"{name}.png\" alt=\"{name}\"><figcaption>{look}</figcaption></figure>"
        );
    }
    page
}

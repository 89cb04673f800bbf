//! Which mirror this machine takes Debian from: `sources.list` in both of its formats.
//!
//! Its administrator chose one it can reach, so anything more from Debian is asked from there too.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// One archive: a mirror, a suite and its components.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    uri: String,
    suite: String,
    components: Vec<String>,
}

/// Names that a suite of Debian itself goes by besides its code name.
const SUITE_ALIASES: [&str; 5] = ["stable", "oldstable", "testing", "unstable", "sid"];

/// The mirrors of Debian below `etc_apt`, the likeliest first. `codename` is this machine's release.
///
/// More than one, because a vendor's own archive can look the same in these files; only the signature tells.
pub fn mirrors(etc_apt: &Path, codename: &str) -> Vec<String> {
    let mut files = vec![etc_apt.join("sources.list")];
    files.extend(sorted_entries(&etc_apt.join("sources.list.d")));
    let sources: Vec<Source> = files.iter().flat_map(|file| read(file)).collect();
    choose(&sources, codename)
}

fn sorted_entries(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let mut files: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    files.sort();
    files
}

fn read(file: &Path) -> Vec<Source> {
    let Ok(text) = fs::read_to_string(file) else { return Vec::new() };
    match file.extension().and_then(|extension| extension.to_str()) {
        Some("list") => parse_list(&text),
        Some("sources") => parse_deb822(&text),
        _ => Vec::new(),
    }
}

fn choose(sources: &[Source], codename: &str) -> Vec<String> {
    let is_debian = |source: &&Source| {
        let known = source.suite == codename || SUITE_ALIASES.contains(&source.suite.as_str());
        known && source.components.iter().any(|name| name == "main") && !source.uri.starts_with("cdrom:")
    };
    let mut uris: Vec<String> = Vec::new();
    for source in sources.iter().filter(is_debian) {
        if !uris.contains(&source.uri) {
            uris.push(source.uri.clone());
        }
    }
    // A stable sort: the order of the files decides among equals.
    uris.sort_by_key(|uri| !uri.trim_end_matches('/').ends_with("/debian"));
    uris
}

/// `deb [option=value ...] uri suite component...`, one a line.
fn parse_list(text: &str) -> Vec<Source> {
    text.lines().filter_map(parse_list_line).collect()
}

fn parse_list_line(line: &str) -> Option<Source> {
    let entry = line.split('#').next()?.trim().strip_prefix("deb")?;
    if !entry.starts_with(|c: char| c.is_whitespace() || c == '[') {
        return None; // deb-src
    }
    let entry = entry.trim_start();
    let entry = if entry.starts_with('[') { entry.split_once(']')?.1 } else { entry };
    let mut words = entry.split_whitespace().map(str::to_owned);
    Some(Source { uri: words.next()?, suite: words.next()?, components: words.collect() })
}

/// Paragraphs of `Field: value`, which may go on in the next line when that begins with a space.
fn parse_deb822(text: &str) -> Vec<Source> {
    let without_comments: Vec<&str> = text.lines().filter(|line| !line.starts_with('#')).collect();
    without_comments.split(|line| line.trim().is_empty()).flat_map(parse_paragraph).collect()
}

fn parse_paragraph(lines: &[&str]) -> Vec<Source> {
    let fields = parse_fields(lines);
    let words = |field: &str| fields.get(field).map(Vec::as_slice).unwrap_or_default();
    let disabled = words("enabled").iter().any(|word| matches!(word.as_str(), "no" | "false" | "off" | "0"));
    if disabled || !words("types").iter().any(|kind| kind == "deb") {
        return Vec::new();
    }
    let mut sources = Vec::new();
    for uri in words("uris") {
        for suite in words("suites") {
            let components = words("components").to_vec();
            sources.push(Source { uri: uri.clone(), suite: suite.clone(), components });
        }
    }
    sources
}

fn parse_fields(lines: &[&str]) -> BTreeMap<String, Vec<String>> {
    let mut fields: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut current = String::new();
    for line in lines {
        let value = match line.split_once(':') {
            Some((name, value)) if !line.starts_with([' ', '\t']) => {
                current = name.trim().to_ascii_lowercase();
                value
            }
            _ => line,
        };
        fields.entry(current.clone()).or_default().extend(value.split_whitespace().map(str::to_owned));
    }
    fields
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(uri: &str, suite: &str, components: &[&str]) -> Source {
        let components = components.iter().map(|&name| name.to_owned()).collect();
        Source { uri: uri.into(), suite: suite.into(), components }
    }

    #[test]
    fn one_line_format() {
        let text = "\
# deb http://old.example/debian buster main
deb http://mirror.example/debian bookworm main contrib # near
deb [arch=amd64 signed-by=/k.gpg] https://mirror.example/debian-security bookworm-security main
deb-src http://mirror.example/debian bookworm main

deb http://flat.example/ ./
";
        assert_eq!(
            parse_list(text),
            [
                source("http://mirror.example/debian", "bookworm", &["main", "contrib"]),
                source("https://mirror.example/debian-security", "bookworm-security", &["main"]),
                source("http://flat.example/", "./", &[]),
            ]
        );
    }

    #[test]
    fn deb822_format() {
        let text = "\
Types: deb deb-src
# a remark in the middle
URIs: http://mirror.example/debian
Suites: bookworm
 bookworm-updates
components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg

Types: deb
URIs: http://off.example/debian
Suites: bookworm
Components: main
Enabled: no

Types: deb-src
URIs: http://mirror.example/debian
Suites: trixie
Components: main
";
        assert_eq!(
            parse_deb822(text),
            [
                source("http://mirror.example/debian", "bookworm", &["main"]),
                source("http://mirror.example/debian", "bookworm-updates", &["main"]),
            ]
        );
    }

    #[test]
    fn a_mirror_of_debian_goes_before_a_vendors_archive() {
        let sources = [
            source("cdrom:[Debian 12]/", "bookworm", &["main"]),
            source("https://vendor.example/apt", "bookworm", &["main"]),
            source("https://docker.example/linux/debian", "bookworm", &["stable"]),
            source("http://mirror.example/debian-security", "bookworm-security", &["main"]),
            source("http://mirror.example/debian/", "bookworm", &["main"]),
            source("http://mirror.example/debian/", "stable", &["main"]),
            source("https://js.example/node", "nodistro", &["main"]),
        ];
        assert_eq!(
            choose(&sources, "bookworm"),
            ["http://mirror.example/debian/", "https://vendor.example/apt"]
        );
    }

    #[test]
    fn both_formats_are_read_from_their_folders() {
        let etc = tempfile::tempdir().unwrap();
        fs::create_dir(etc.path().join("sources.list.d")).unwrap();
        fs::write(etc.path().join("sources.list"), "deb http://a.example/debian bookworm main\n").unwrap();
        let deb822 = "Types: deb\nURIs: http://b.example/debian\nSuites: bookworm\nComponents: main\n";
        fs::write(etc.path().join("sources.list.d/debian.sources"), deb822).unwrap();
        fs::write(etc.path().join("sources.list.d/debian.sources.bak"), deb822.replace("b.ex", "c.ex"))
            .unwrap();
        assert_eq!(mirrors(etc.path(), "bookworm"), ["http://a.example/debian", "http://b.example/debian"]);
    }
}

//! Desk files for tests.

use tierline_domain::secrets::token_sha256;

/// The demo desk's id; the small desk has it too.
pub const DESK: &str = "harborline";

/// The token of a person at the desk.
pub fn demo_token(person: &str) -> String {
    format!("tla_{DESK}.{person}.secret-of-{person}")
}

/// The demo brand with tokens for everybody.
pub fn demo_file() -> String {
    with_tokens(include_str!("../../../demo/desk.toml"))
}

/// A desk with one answer, one route and three people, quick to publish in thousands of runs.
pub fn small_file() -> String {
    with_tokens(include_str!("small_desk.toml"))
}

/// Adds each person's token hash below their id.
fn with_tokens(file: &str) -> String {
    let mut lines = vec![];
    let mut in_people = false;
    for line in file.lines() {
        if line.starts_with("[[") {
            in_people = line == "[[people]]";
        }
        lines.push(line.to_owned());
        if let Some(id) = line.strip_prefix("id = ").filter(|_| in_people) {
            let token = demo_token(id.trim_matches('"'));
            lines.push(format!("token_sha256 = \"{}\"", token_sha256(&token)));
        }
    }
    lines.join("\n")
}

//! How a desk's lines pass work on: reasons for hand-overs, who decides when a ticket goes to and fro, who may take from
//! whom.

use crate::desk::Line;
use crate::ids::LineId;
use crate::limits::{HAND_OVER_KIND_CHARS_MAX, HAND_OVER_KINDS_MAX, NAME_CHARS_MAX};
use crate::text::is_unprintable;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Kinds of reasons that every desk has; its file can name more. Figures are kept by them, so none ever changes.
pub const KINDS: [&str; 9] = [
    TOO_EASY,
    TOO_HARD,
    "wrong_line",
    "needs_access",
    "needs_time",
    "language",
    "customer_asked",
    PULLED,
    OTHER,
];
/// Somebody below could have solved it.
pub const TOO_EASY: &str = "too_easy";
/// It takes somebody above.
pub const TOO_HARD: &str = "too_hard";
/// Its new line took it.
pub const PULLED: &str = "pulled";
/// The sentence beside it says why.
pub const OTHER: &str = "other";
/// The desk moved it up by itself. Nobody else can give this reason.
pub const TIME_BOX: &str = "time_box";

/// The hand-over of a ticket that goes to who decides, if its desk names a line for that: the third.
pub const HAND_OVERS_BEFORE_LEAD: usize = 2;

/// How work is passed on, as the desk file says.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Routing {
    /// The line of those who decide: the third hand-over of a ticket goes there, and only its people move it on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lead_line: Option<String>,
    /// Kinds of reasons beside [`KINDS`], by id, with their names.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub hand_over_reasons: BTreeMap<String, String>,
    /// Which lines' tickets the people of a line may take straight away. None, if left out.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub pulls: BTreeMap<String, Vec<String>>,
}

impl Routing {
    /// The line of those who decide.
    pub fn lead_line(&self) -> Option<LineId> {
        LineId::parse(self.lead_line.as_deref()?).ok()
    }

    /// Whether people can give this reason.
    pub fn has_kind(&self, kind: &str) -> bool {
        KINDS.contains(&kind) || self.hand_over_reasons.contains_key(kind)
    }

    /// Whether the people of `to` may take tickets straight out of `from`.
    pub fn may_pull(&self, to: &LineId, from: &LineId) -> bool {
        let from = from.as_str();
        self.pulls.get(to.as_str()).is_some_and(|lines| lines.iter().any(|line| line == from))
    }

    /// What is wrong with it at a desk with these lines: each mistake with its field.
    pub fn mistakes(&self, lines: &[Line]) -> Vec<(String, String)> {
        let is_line = |id: &str| lines.iter().any(|line| line.id.as_str() == id);
        let no_line = |id: &str| format!("there is no line \"{id}\"");
        let mut mistakes = vec![];
        if let Some(lead) = self.lead_line.as_deref().filter(|lead| !is_line(lead)) {
            mistakes.push(("lead_line".to_owned(), no_line(lead)));
        }
        if self.hand_over_reasons.len() > HAND_OVER_KINDS_MAX {
            let what = format!("has more than {HAND_OVER_KINDS_MAX} entries");
            mistakes.push(("hand_over_reasons".to_owned(), what));
        }
        for (kind, name) in self.hand_over_reasons.iter().take(HAND_OVER_KINDS_MAX) {
            if let Some(what) = mistake_of_kind(kind, name) {
                mistakes.push(("hand_over_reasons".to_owned(), what));
            }
        }
        for (to, from) in &self.pulls {
            let wrong = std::iter::once(to).chain(from).find(|line| !is_line(line));
            if let Some(line) = wrong {
                mistakes.push(("pulls".to_owned(), no_line(line)));
            }
            if let Some(line) = from.iter().find(|line| *line == to || Some(*line) == self.lead_line.as_ref())
            {
                let what = format!(
                    "nobody takes from \"{line}\" here: it is the same line, or that of those who decide"
                );
                mistakes.push(("pulls".to_owned(), what));
            }
        }
        mistakes
    }
}

fn mistake_of_kind(kind: &str, name: &str) -> Option<String> {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_' || byte == b'-';
    if kind.is_empty() || kind.len() > HAND_OVER_KIND_CHARS_MAX || !kind.bytes().all(plain) {
        let most = HAND_OVER_KIND_CHARS_MAX;
        return Some(format!("ids have 1 to {most} small letters, digits, \"_\" and \"-\""));
    }
    if KINDS.contains(&kind) || kind == TIME_BOX {
        return Some(format!("every desk has \"{kind}\" already"));
    }
    let fits = !name.trim().is_empty() && name.chars().count() <= NAME_CHARS_MAX;
    let what = || format!("the name of \"{kind}\" must have 1 to {NAME_CHARS_MAX} characters, on one line");
    (!fits || name.chars().any(|character| is_unprintable(character) || character.is_control())).then(what)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines() -> Vec<Line> {
        let line = |id: &str| serde_json::json!({"id": id, "name": id, "department": "technical"});
        ["care", "admins", "leads"].map(|id| serde_json::from_value(line(id)).unwrap()).to_vec()
    }

    fn mistakes(text: &str) -> Vec<String> {
        let routing: Routing = serde_json::from_str(text).unwrap();
        routing.mistakes(&lines()).into_iter().map(|(at, _)| at).collect()
    }

    #[test]
    fn what_names_nothing_or_what_is_there_already_is_a_mistake() {
        assert!(mistakes(r#"{"lead_line": "leads", "pulls": {"admins": ["care"]}}"#).is_empty());
        assert!(mistakes(r#"{"hand_over_reasons": {"legal": "A lawyer's question"}}"#).is_empty());
        for (text, at) in [
            (r#"{"lead_line": "nobody"}"#, "lead_line"),
            (r#"{"pulls": {"admins": ["nobody"]}}"#, "pulls"),
            (r#"{"pulls": {"nobody": ["care"]}}"#, "pulls"),
            (r#"{"pulls": {"care": ["care"]}}"#, "pulls"),
            (r#"{"lead_line": "leads", "pulls": {"care": ["leads"]}}"#, "pulls"),
            (r#"{"hand_over_reasons": {"too_easy": "x"}}"#, "hand_over_reasons"),
            (r#"{"hand_over_reasons": {"time_box": "x"}}"#, "hand_over_reasons"),
            (r#"{"hand_over_reasons": {"Legal": "x"}}"#, "hand_over_reasons"),
            (r#"{"hand_over_reasons": {"legal": " "}}"#, "hand_over_reasons"),
        ] {
            assert_eq!(mistakes(text), [at], "{text}");
        }
        let many: BTreeMap<_, _> = (0..30).map(|number| (format!("r{number}"), "x".to_owned())).collect();
        let routing = Routing { hand_over_reasons: many, ..Routing::default() };
        assert_eq!(routing.mistakes(&lines()).len(), 1);
    }

    #[test]
    fn who_takes_from_whom_is_said_or_refused() {
        let routing: Routing = serde_json::from_str(r#"{"pulls": {"admins": ["care"]}}"#).unwrap();
        let line = |id: &str| LineId::parse(id).unwrap();
        assert!(routing.may_pull(&line("admins"), &line("care")));
        assert!(!routing.may_pull(&line("care"), &line("admins")));
        assert!(!Routing::default().may_pull(&line("admins"), &line("care")));
    }
}

//! Places in canned answers that are filled in when one is given: `{customer_name}`, `{ticket}`, and the desk's own.
//!
//! A text without braces is no template and stays as it is. In a template `\{`, `\}` and `\\` stand for themselves.

use crate::limits::PLACEHOLDERS_USED_MAX;
use leon::{Template, vals};
use std::borrow::Cow;

/// What to call the customer, as they said.
pub const CUSTOMER_NAME: &str = "customer_name";
/// The ticket's id.
pub const TICKET: &str = "ticket";

const MALFORMED: &str =
    "has a brace that is no placeholder: write \\{ and \\} for braces, and \\\\ for a backslash beside them";

/// What is known of whoever gets the answer.
#[derive(Debug, Clone, Copy, Default)]
pub struct Filling<'a> {
    /// Their name, if they said one.
    pub customer_name: Option<&'a str>,
    /// Their ticket, if there is one.
    pub ticket: Option<&'a str>,
}

impl<'a> Filling<'a> {
    /// What stands for a placeholder of this name, if it is not the desk's own.
    pub fn value(&self, name: &str) -> Option<&'a str> {
        let known = match name {
            CUSTOMER_NAME => self.customer_name,
            TICKET => self.ticket,
            _ => None,
        };
        known.filter(|value| !value.trim().is_empty())
    }
}

/// The placeholders in a text, each as often as it is there; or what is wrong with it, for whoever wrote it.
pub fn used(text: &str) -> Result<Vec<String>, String> {
    if !is_template(text) {
        return Ok(vec![]);
    }
    let template = Template::parse(text).map_err(|_| MALFORMED)?;
    let used: Vec<String> = template.keys().map(|name| (*name).to_owned()).collect();
    match used.len() > PLACEHOLDERS_USED_MAX {
        true => Err(format!("may have {PLACEHOLDERS_USED_MAX} placeholders at most")),
        false => Ok(used),
    }
}

/// The text with the values in their places. What a value says is no placeholder, whatever it looks like. A text that is
/// no sound template, or has a placeholder without a value, stays as it is.
pub fn fill(text: &str, value: impl Fn(&str) -> Option<String>) -> String {
    let template = is_template(text).then(|| Template::parse(text).ok()).flatten();
    let filled =
        template.and_then(|template| template.render(&vals(|name| value(name).map(Cow::Owned))).ok());
    filled.unwrap_or_else(|| text.to_owned())
}

fn is_template(text: &str) -> bool {
    text.contains(['{', '}'])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filled(text: &str) -> String {
        fill(text, |name| (name == "ticket").then(|| "{customer_name} \\{".to_owned()))
    }

    #[test]
    fn values_stand_in_their_places_and_are_no_templates() {
        assert_eq!(filled("No. {ticket}!"), "No. {customer_name} \\{!");
        assert_eq!(filled("{ ticket }"), "{customer_name} \\{", "spaces inside are nothing");
        assert_eq!(filled("C:\\dir and \\n"), "C:\\dir and \\n", "no braces, no template");
        assert_eq!(filled("\\{ticket\\} is {ticket}"), "{ticket} is {customer_name} \\{");
        assert_eq!(filled("{other} {ticket}"), "{other} {ticket}", "what has no value stays");
        assert_eq!(filled("server { listen 80; }"), "server { listen 80; }", "an earlier build's text stays");
        assert_eq!(filled("a } b"), "a } b");
    }

    #[test]
    fn what_is_used_is_known_and_what_is_wrong_is_said() {
        assert_eq!(
            used("Hello {customer_name}, {ticket} {ticket}"),
            Ok(["customer_name", "ticket", "ticket"].map(str::to_owned).to_vec())
        );
        assert_eq!(used("C:\\dir"), Ok(vec![]));
        for wrong in ["{", "}", "{}", "{{a}}", "a {b", "C:\\d {ticket}"] {
            assert!(used(wrong).is_err(), "{wrong}");
        }
        assert!(used(&"{a}".repeat(PLACEHOLDERS_USED_MAX)).is_ok());
        assert!(used(&"{a}".repeat(PLACEHOLDERS_USED_MAX + 1)).is_err());
    }
}

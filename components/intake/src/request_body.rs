//! The body of a request, read into what the domain takes.

use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use tierline_desk::api::{line, optional_line, optional_text, text};
use tierline_desk::posted::plain;
use tierline_domain::head_start::Proven;
use tierline_domain::limits;
use tierline_domain::ticket::Customer;
use tierline_http::{Form, Problem};

/// Bytes of a request's body: the longest text, and room for the rest.
pub const REQUEST_BYTES_MAX: usize = 256 * 1024;

/// Fields of the form, beside its files.
pub const FORM_FIELDS: &[&str] =
    &["subject", "body", "name", "email", "phone", "external_id", "locale", "token", "channel"];
const CUSTOMER_FIELDS: &[&str] = &["name", "email", "phone", "external_id", "locale", "token"];

/// A form as the JSON that means the same.
pub fn arrange(form: &Form) -> Value {
    let mut body = plain(form, &["subject", "body", "channel"]);
    if let Value::Object(body) = &mut body {
        body.insert("customer".to_owned(), plain(form, CUSTOMER_FIELDS));
    }
    body
}

/// A problem with a form's field, by the name it has in the form.
pub fn in_form(mut problem: Problem) -> Problem {
    let field =
        problem.extra.get("field").and_then(Value::as_str).and_then(|path| path.strip_prefix("customer."));
    if let Some(field) = field.map(ToOwned::to_owned) {
        problem.detail = problem.detail.replace("\"customer.", "\"");
        problem.extra.insert("field".to_owned(), json!(field));
    }
    problem
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RequestBody {
    #[serde(default)]
    subject: Option<String>,
    body: String,
    #[serde(default)]
    customer: CustomerBody,
    #[serde(default)]
    channel: Option<Channel>,
    #[serde(default)]
    metadata: BTreeMap<String, String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct CustomerBody {
    name: Option<String>,
    email: Option<String>,
    phone: Option<String>,
    external_id: Option<String>,
    locale: Option<String>,
    token: Option<String>,
}

/// Channels that may be named by whoever sends JSON. The others are known by their own doors.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Channel {
    Api,
    Form,
    Chat,
}

/// What was asked, checked.
#[derive(Debug, Clone, PartialEq)]
pub struct Asked {
    pub subject: Option<String>,
    pub body: String,
    pub customer: Customer,
    /// The customer's token, which is to be checked.
    pub token: Option<String>,
    /// What is known of who it proved them to be.
    pub proven: Option<Proven>,
    pub channel: &'static str,
    pub metadata: BTreeMap<String, String>,
}

impl RequestBody {
    /// Checks every field against its limit. What comes as a form came through the channel `form`, unless it says so.
    pub fn check(self, is_form: bool) -> Result<Asked, Problem> {
        let asked = self.checked(is_form);
        if is_form { asked.map_err(in_form) } else { asked }
    }

    fn checked(self, is_form: bool) -> Result<Asked, Problem> {
        Ok(Asked {
            subject: optional_line::<{ limits::SUBJECT_CHARS_MAX }>("subject", self.subject.as_deref())?,
            body: text::<{ limits::BODY_CHARS_MAX }>("body", &self.body)?,
            token: self.customer.token.clone(),
            proven: None,
            customer: self.customer.check()?,
            channel: match self.channel {
                None if is_form => "form",
                None | Some(Channel::Api) => "api",
                Some(Channel::Form) => "form",
                Some(Channel::Chat) => "chat",
            },
            metadata: check_metadata(self.metadata)?,
        })
    }
}

impl CustomerBody {
    fn check(self) -> Result<Customer, Problem> {
        let email = optional_text::<{ limits::EMAIL_CHARS_MAX }>("customer.email", self.email.as_deref())?;
        let locale =
            optional_text::<{ limits::LOCALE_CHARS_MAX }>("customer.locale", self.locale.as_deref())?;
        if email.as_deref().is_some_and(|email| !looks_like_email(email)) {
            return Err(Problem::invalid_field(
                "customer.email",
                "The field \"customer.email\" is no e-mail address.",
            ));
        }
        if locale.as_deref().is_some_and(|locale| !looks_like_language(locale)) {
            let detail = "The field \"customer.locale\" is no language tag of BCP 47, for example \"es-MX\".";
            return Err(Problem::invalid_field("customer.locale", detail));
        }
        Ok(Customer {
            name: optional_line::<{ limits::NAME_CHARS_MAX }>("customer.name", self.name.as_deref())?,
            email,
            phone: optional_line::<{ limits::PHONE_CHARS_MAX }>("customer.phone", self.phone.as_deref())?,
            external_id: optional_text::<{ limits::EXTERNAL_ID_CHARS_MAX }>(
                "customer.external_id",
                self.external_id.as_deref(),
            )?,
            locale,
            verified: None,
        })
    }
}

/// One `@` with something on both sides and no white space: more than that only a mail can tell.
fn looks_like_email(text: &str) -> bool {
    let mut parts = text.split('@');
    let both = parts.next().is_some_and(|part| !part.is_empty())
        && parts.next().is_some_and(|part| !part.is_empty());
    both && parts.next().is_none() && !text.chars().any(char::is_whitespace)
}

fn looks_like_language(text: &str) -> bool {
    let part =
        |part: &str| (1..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric());
    text.split('-').all(part)
}

fn check_metadata(metadata: BTreeMap<String, String>) -> Result<BTreeMap<String, String>, Problem> {
    let most = limits::METADATA_ENTRIES_MAX;
    if metadata.len() > most {
        return Err(Problem::invalid_field(
            "metadata",
            format!("The field \"metadata\" may have at most {most} entries."),
        ));
    }
    let bytes: usize = metadata.iter().map(|(key, value)| key.len() + value.len()).sum();
    if bytes > limits::METADATA_BYTES_MAX {
        let most = limits::METADATA_BYTES_MAX;
        return Err(Problem::invalid_field(
            "metadata",
            format!("The field \"metadata\" may have at most {most} bytes."),
        ));
    }
    let mut checked = BTreeMap::new();
    for (key, value) in metadata {
        let key = line::<{ limits::METADATA_KEY_CHARS_MAX }>("metadata", &key)?;
        if let Some(value) = optional_text::<{ limits::METADATA_VALUE_CHARS_MAX }>("metadata", Some(&value))?
        {
            checked.insert(key, value);
        }
    }
    Ok(checked)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(json: serde_json::Value) -> Result<Asked, Problem> {
        serde_json::from_value::<RequestBody>(json).unwrap().check(false)
    }

    #[test]
    fn a_body_is_all_that_is_needed() {
        let asked = check(serde_json::json!({"body": " help "})).unwrap();
        assert_eq!(
            (asked.body.as_str(), asked.channel, asked.customer),
            ("help", "api", Customer::default())
        );
    }

    #[test]
    fn each_field_has_its_limit_and_names_itself() {
        let many: BTreeMap<_, _> = (0..33).map(|n| (n.to_string(), "x")).collect();
        let cases = [
            ("body", serde_json::json!({"body": " "})),
            ("body", serde_json::json!({"body": "x".repeat(20_001)})),
            ("subject", serde_json::json!({"body": "b", "subject": "x".repeat(201)})),
            ("customer.email", serde_json::json!({"body": "b", "customer": {"email": "a b@example.com"}})),
            ("customer.email", serde_json::json!({"body": "b", "customer": {"email": "@example.com"}})),
            ("customer.locale", serde_json::json!({"body": "b", "customer": {"locale": "es_ES"}})),
            ("customer.name", serde_json::json!({"body": "b", "customer": {"name": "a\u{202e}b"}})),
            ("metadata", serde_json::json!({"body": "b", "metadata": many})),
        ];
        for (field, json) in cases {
            let problem = check(json).unwrap_err();
            assert_eq!(problem.extra["field"], field, "{problem}");
        }
    }
}

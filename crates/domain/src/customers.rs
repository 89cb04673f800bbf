//! What the operator knows of a customer, by their own id for them. It is about whoever proves to be that customer.

use crate::ids::DeskId;
use crate::limits::{EMAIL_CHARS_MAX, PHONE_CHARS_MAX};
use crate::secrets::{derive, is_same_secret};
use crate::time::Time;
use serde::{Deserialize, Serialize};

/// A customer's record.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct CustomerRecord {
    /// The operator's own id; empty once erased.
    pub external_id: String,
    /// The day they became a customer, `YYYY-MM-DD`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<String>,
    /// What they have spent, in the desk's currency.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub spend: Option<f64>,
    /// The package they pay for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub package: Option<String>,
    /// Addresses that are theirs, lower case.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub emails: Vec<String>,
    /// Numbers that are theirs, digits with a leading `+`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub phones: Vec<String>,
    /// What they say to prove who they are on the phone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pin: Option<Pin>,
    /// A word for colleagues.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// What is broken for them just now, in a line: until it is gone, people read what they ask.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub incident: Option<String>,
    /// When it was last written.
    pub updated_at: Time,
    /// Erased: nothing of it is left but that it was there.
    #[serde(default)]
    pub erased: bool,
}

/// A PIN, kept so that whoever reads the store cannot try all ten thousand: that takes the deployment's secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pin {
    /// Chance, so that equal PINs look different.
    pub salt: String,
    /// HMAC-SHA-256 under the deployment's secret.
    pub mac: String,
}

impl Pin {
    /// Of these digits, for this customer of this desk.
    pub fn of(secret: &[u8], desk: &DeskId, external_id: &str, salt: String, digits: &str) -> Self {
        let mac = mac(secret, desk, external_id, &salt, digits);
        Self { salt, mac }
    }

    /// Whether these are the digits. Constant time in the PIN.
    pub fn is(&self, secret: &[u8], desk: &DeskId, external_id: &str, digits: &str) -> bool {
        is_same_secret(&self.mac, &mac(secret, desk, external_id, &self.salt, digits))
    }
}

fn mac(secret: &[u8], desk: &DeskId, external_id: &str, salt: &str, digits: &str) -> String {
    let parts = [desk.as_str(), external_id, salt, digits].map(str::as_bytes);
    derive(secret, "tierline pin 1", &parts)
}

/// Whether a text is a day, `YYYY-MM-DD`.
pub fn is_day(text: &str) -> bool {
    text.parse::<crate::hours::Day>().is_ok()
}

/// A phone number in one form: a `+` where it was, and the digits. `None` for what has other signs than those people
/// write between digits, or not 3 to 15 digits (ITU-T E.164).
pub fn phone(text: &str) -> Option<String> {
    let (plus, rest) = text.strip_prefix('+').map_or(("", text), |rest| ("+", rest));
    let known = |character: char| character.is_ascii_digit() || " -./()".contains(character);
    let digits: String = rest.chars().filter(char::is_ascii_digit).collect();
    let fits = text.len() <= PHONE_CHARS_MAX && (3..=15).contains(&digits.len());
    (fits && rest.chars().all(known)).then(|| format!("{plus}{digits}"))
}

/// An address in one form, lower case; `None` for what is none, or is written with more than ASCII.
pub fn email(text: &str) -> Option<String> {
    let (local, domain) = text.split_once('@')?;
    let in_local = |byte: u8| byte.is_ascii_alphanumeric() || b".!#$%&'*+/=?^_`{|}~-".contains(&byte);
    let label = |label: &str| {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
        !label.is_empty() && label.bytes().all(plain) && !label.starts_with('-') && !label.ends_with('-')
    };
    let sound = (1..=64).contains(&local.len()) && local.bytes().all(in_local);
    let sound = sound && domain.contains('.') && domain.split('.').all(label);
    (sound && text.len() <= EMAIL_CHARS_MAX).then(|| text.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pin_opens_for_its_customer_only() {
        let (one, two) = (DeskId::parse("one").unwrap(), DeskId::parse("two").unwrap());
        let pin = Pin::of(b"secret", &one, "c-1", "salt".into(), "4711");
        assert!(pin.is(b"secret", &one, "c-1", "4711"));
        for (secret, desk, customer, digits) in [
            (&b"other!"[..], &one, "c-1", "4711"),
            (b"secret", &two, "c-1", "4711"),
            (b"secret", &one, "c-2", "4711"),
            (b"secret", &one, "c-1", "4712"),
        ] {
            assert!(!pin.is(secret, desk, customer, digits));
        }
        assert!(!serde_json::to_string(&pin).unwrap().contains("4711"));
    }

    #[test]
    fn days_numbers_and_addresses() {
        assert!(is_day("2019-02-28") && !is_day("2019-02-29") && !is_day("2019-2-8") && !is_day(""));
        assert_eq!(phone("+49 (30) 123-45").as_deref(), Some("+493012345"));
        assert_eq!(phone("030/12345").as_deref(), Some("03012345"));
        assert_eq!(
            (phone("12"), phone("call me"), phone("+1+2345"), phone("1234567890123456")),
            (None, None, None, None)
        );
        assert_eq!(email("Ada@Example.COM").as_deref(), Some("ada@example.com"));
        assert_eq!(
            (email("ada"), email("@example.com"), email("a@b"), email("a b@example.com")),
            (None, None, None, None)
        );
    }
}

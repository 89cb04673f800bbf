//! What an operator says of a customer, checked; and what is shown of it.

use serde::{Deserialize, Deserializer, Serialize};
use tierline_desk::api::{optional_line, optional_text};
use tierline_desk::view::RecordView;
use tierline_domain::customers::{CustomerRecord, email, is_day, phone};
use tierline_domain::limits::{
    CUSTOMER_ADDRESSES_MAX, CUSTOMER_NOTE_CHARS_MAX, INCIDENT_CHARS_MAX, PACKAGE_CHARS_MAX, PIN_DIGITS,
    SPEND_MAX,
};
use tierline_http::Problem;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CustomerBody {
    #[serde(default)]
    since: Option<String>,
    #[serde(default)]
    spend: Option<f64>,
    #[serde(default)]
    package: Option<String>,
    #[serde(default)]
    emails: Vec<String>,
    #[serde(default)]
    phones: Vec<String>,
    /// Left out: the PIN stays. Null: it goes.
    #[serde(default, deserialize_with = "said")]
    pin: Option<Option<String>>,
    #[serde(default)]
    note: Option<String>,
    #[serde(default)]
    incident: Option<String>,
}

/// Tells null from nothing.
fn said<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Option<String>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

/// A body that holds: the record without PIN and times, and what is said of the PIN.
pub struct Checked {
    pub record: CustomerRecord,
    pub pin: Option<Option<String>>,
}

impl CustomerBody {
    pub fn check(self, external_id: &str) -> Result<Checked, Problem> {
        if self.since.as_deref().is_some_and(|since| !is_day(since)) {
            return Err(Problem::invalid_field("since", "Write the day as \"2019-05-31\"."));
        }
        if self.spend.is_some_and(|spend| !(0.0..=SPEND_MAX).contains(&spend)) {
            return Err(Problem::invalid_field("spend", format!("A number from 0 to {SPEND_MAX}.")));
        }
        let pin = check_pin(self.pin)?;
        let record = CustomerRecord {
            external_id: external_id.to_owned(),
            since: self.since,
            spend: self.spend,
            package: optional_line::<PACKAGE_CHARS_MAX>("package", self.package.as_deref())?,
            emails: addresses("emails", &self.emails, "an e-mail address like ada@example.com", email)?,
            phones: addresses("phones", &self.phones, "a phone number of 3 to 15 digits", phone)?,
            note: optional_text::<CUSTOMER_NOTE_CHARS_MAX>("note", self.note.as_deref())?,
            incident: optional_line::<INCIDENT_CHARS_MAX>("incident", self.incident.as_deref())?,
            ..CustomerRecord::default()
        };
        Ok(Checked { record, pin })
    }
}

fn check_pin(said: Option<Option<String>>) -> Result<Option<Option<String>>, Problem> {
    let sound =
        |pin: &String| PIN_DIGITS.contains(&pin.len()) && pin.bytes().all(|byte| byte.is_ascii_digit());
    match &said {
        Some(Some(pin)) if !sound(pin) => {
            let (least, most) = (PIN_DIGITS.start(), PIN_DIGITS.end());
            Err(Problem::invalid_field("pin", format!("A PIN has {least} to {most} digits.")))
        }
        _ => Ok(said),
    }
}

fn addresses(
    field: &str,
    all: &[String],
    what: &str,
    read: impl Fn(&str) -> Option<String>,
) -> Result<Vec<String>, Problem> {
    if all.len() > CUSTOMER_ADDRESSES_MAX {
        let detail = format!("At most {CUSTOMER_ADDRESSES_MAX} of these.");
        return Err(Problem::invalid_field(field, detail));
    }
    let mut known = vec![];
    for (index, text) in all.iter().enumerate() {
        let refused = || Problem::invalid_field(&format!("{field}[{index}]"), format!("This is not {what}."));
        let one = read(text).ok_or_else(refused)?;
        if !known.contains(&one) {
            known.push(one);
        }
    }
    Ok(known)
}

#[derive(Serialize)]
pub struct Shown {
    customer: RecordView,
}

impl Shown {
    pub fn of(record: &CustomerRecord) -> Self {
        Self { customer: RecordView::of(record) }
    }
}

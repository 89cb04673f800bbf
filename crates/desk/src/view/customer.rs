//! What the operator knows of a customer.

use serde::Serialize;
use tierline_domain::customers::CustomerRecord;

/// A customer's record.
#[derive(Debug, Serialize)]
pub struct RecordView {
    external_id: String,
    since: Option<String>,
    spend: Option<f64>,
    package: Option<String>,
    emails: Vec<String>,
    phones: Vec<String>,
    /// Whether there is a PIN; it is never shown.
    has_pin: bool,
    note: Option<String>,
    incident: Option<String>,
    updated_at: String,
}

impl RecordView {
    /// Of a record that is there.
    pub fn of(record: &CustomerRecord) -> Self {
        Self {
            external_id: record.external_id.clone(),
            since: record.since.clone(),
            spend: record.spend,
            package: record.package.clone(),
            emails: record.emails.clone(),
            phones: record.phones.clone(),
            has_pin: record.pin.is_some(),
            note: record.note.clone(),
            incident: record.incident.clone(),
            updated_at: record.updated_at.to_rfc3339(),
        }
    }
}

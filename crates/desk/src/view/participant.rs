//! Who is told of a ticket beside its customer.

use super::ActorView;
use serde::Serialize;
use tierline_domain::ticket::Participant;

/// Somebody who is told.
#[derive(Debug, Serialize)]
pub struct ParticipantView {
    id: String,
    address: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    by: ActorView,
    at: String,
}

impl ParticipantView {
    /// As people and the customer see them.
    pub fn of(participant: &Participant) -> Self {
        Self {
            id: participant.id.clone(),
            address: participant.address.clone(),
            name: participant.name.clone(),
            by: ActorView::of(&participant.by),
            at: participant.at.to_rfc3339(),
        }
    }
}

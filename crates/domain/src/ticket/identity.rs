//! Whose a ticket is: proven, or only said. What somebody types proves nothing, and is never taken for proof.

use super::Customer;
use crate::lists::ListId;
use serde::Serialize;

/// How a ticket belongs to a customer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Tie {
    /// The operator's own site vouched for them.
    Proven,
    /// Somebody typed the customer's id.
    TypedId,
    /// Somebody typed no id, and an address that is the customer's.
    TypedAddress,
}

impl Customer {
    /// The operator's own id for them: the proven one where there is one, whatever else was typed.
    pub fn external_id(&self) -> Option<&str> {
        match &self.verified {
            Some(proof) => Some(&proof.external_id),
            None => self.external_id.as_deref(),
        }
    }

    /// How this is the customer `external_id`, who has `addresses`, in lower case; none if it is somebody else. Whoever
    /// proved, or typed, another id is.
    pub fn tie(&self, external_id: &str, addresses: &[String]) -> Option<Tie> {
        match (self.external_id(), &self.email) {
            (Some(id), _) if id != external_id => None,
            (Some(_), _) if self.verified.is_some() => Some(Tie::Proven),
            (Some(_), _) => Some(Tie::TypedId),
            (None, Some(email)) => {
                let is_theirs = addresses.iter().any(|address| address.eq_ignore_ascii_case(email));
                is_theirs.then_some(Tie::TypedAddress)
            }
            (None, None) => None,
        }
    }

    /// The one list of a customer that the ticket stands in: by id, or else by address.
    pub fn list(&self) -> Option<ListId> {
        let by_address = || self.email.as_deref().map(ListId::of_address);
        self.external_id().map(ListId::of_customer).or_else(by_address)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ticket::Verified;

    #[test]
    fn what_is_proven_counts_before_what_is_typed() {
        let proof = |id: &str| {
            Some(Verified { external_id: id.into(), email: Some("p@example.com".into()), name: None })
        };
        let customer = |id: Option<&str>, email: Option<&str>, verified| Customer {
            external_id: id.map(Into::into),
            email: email.map(Into::into),
            verified,
            ..Customer::default()
        };
        let addresses = ["ada@example.com".to_owned()];
        let ada = Some("Ada@example.com");
        for (customer, tie) in [
            (customer(None, None, proof("a")), Some(Tie::Proven)),
            (customer(Some("b"), None, proof("a")), Some(Tie::Proven)),
            (customer(Some("a"), ada, proof("b")), None),
            (customer(Some("a"), None, None), Some(Tie::TypedId)),
            (customer(None, ada, None), Some(Tie::TypedAddress)),
            (customer(Some("b"), ada, None), None),
            (customer(None, Some("bob@example.com"), None), None),
            (customer(None, None, None), None),
        ] {
            assert_eq!(customer.tie("a", &addresses), tie, "{customer:?}");
            let listed = customer.list();
            let looked_in = [ListId::of_customer("a"), ListId::of_address("ada@example.com")];
            assert_eq!(listed.is_some_and(|list| looked_in.contains(&list)), tie.is_some(), "{customer:?}");
        }
    }
}

//! Who asks: the ticket's customer, or one of its desk's people.

use tierline_desk::{api, cors};
use tierline_domain::people::Action;
use tierline_domain::ticket::Ticket;
use tierline_http::{Params, Platform, Problem, Request, Response};

/// One of the two who talk at a ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// Its customer.
    Customer,
    /// The desk's people.
    People,
}

impl Side {
    /// The ticket, and which side asks. Store reads: the ticket; for one of its people, who may do `action`, three.
    pub async fn of<P: Platform>(
        platform: &P,
        request: &Request,
        params: &Params,
        action: Action,
    ) -> Result<(Ticket, Self), Problem> {
        if api::is_by_people(request)? {
            let (ticket, _) = api::ticket_as_person(platform, request, params, action).await?;
            return Ok((ticket, Self::People));
        }
        Ok((api::ticket_as_customer(platform, request, params).await?, Self::Customer))
    }

    /// The answer as this side may have it: pages of other sites are for customers.
    pub fn answer(self, ticket: &Ticket, response: Response) -> Response {
        match self {
            Self::Customer => cors::of_desk(&ticket.desk, response),
            Self::People => response,
        }
    }
}

/// One thing for each side.
#[derive(Debug, Clone, Copy, Default)]
pub struct Sides<T> {
    /// The customer's.
    pub customer: T,
    /// The people's.
    pub people: T,
}

impl<T> Sides<T> {
    /// A side's.
    pub fn of(&self, side: Side) -> &T {
        match side {
            Side::Customer => &self.customer,
            Side::People => &self.people,
        }
    }

    /// A side's, to be changed.
    pub fn of_mut(&mut self, side: Side) -> &mut T {
        match side {
            Side::Customer => &mut self.customer,
            Side::People => &mut self.people,
        }
    }
}

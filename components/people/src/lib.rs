//! Who works at a desk and their tokens; what the operator knows of customers.

mod add_person;
mod change_person;
mod change_token;
mod customer_body;
mod customers;
mod person_view;
mod set_presence;
mod show_people;

use http::Method;
use tierline_http::{Platform, Problem, Request, Response, Router};

/// Bytes of a body here.
const BODY_BYTES_MAX: usize = 32 * 1024;

#[derive(Debug, Clone, Copy)]
enum Endpoint {
    ListPeople,
    AddPerson,
    ShowPerson,
    ChangePerson,
    RemovePerson,
    SetPresence,
    GiveToken,
    TakeToken,
    ShowCustomer,
    WriteCustomer,
    EraseCustomer,
}

fn router() -> Router<Endpoint> {
    let (people, person) = ("/v1/desks/{desk}/people", "/v1/desks/{desk}/people/{person}");
    let (token, customer) =
        ("/v1/desks/{desk}/people/{person}/token", "/v1/desks/{desk}/customers/{customer}");
    Router::new()
        .route(Method::GET, people, Endpoint::ListPeople)
        .route(Method::POST, people, Endpoint::AddPerson)
        .route(Method::GET, person, Endpoint::ShowPerson)
        .route(Method::PUT, person, Endpoint::ChangePerson)
        .route(Method::DELETE, person, Endpoint::RemovePerson)
        .route(Method::PUT, "/v1/desks/{desk}/people/{person}/presence", Endpoint::SetPresence)
        .route(Method::POST, token, Endpoint::GiveToken)
        .route(Method::DELETE, token, Endpoint::TakeToken)
        .route(Method::GET, customer, Endpoint::ShowCustomer)
        .route(Method::PUT, customer, Endpoint::WriteCustomer)
        .route(Method::DELETE, customer, Endpoint::EraseCustomer)
}

/// Answers one request.
pub async fn handle<P: Platform>(platform: P, request: Request) -> Response {
    answer(&platform, &request).await.unwrap_or_else(Into::into)
}

async fn answer<P: Platform>(platform: &P, request: &Request) -> Result<Response, Problem> {
    let (endpoint, params) = router().find_for(request)?;
    match endpoint {
        Endpoint::ListPeople => show_people::list_people(platform, request, &params).await,
        Endpoint::AddPerson => add_person::add_person(platform, request, &params).await,
        Endpoint::ShowPerson => show_people::show_person(platform, request, &params).await,
        Endpoint::ChangePerson => change_person::change_person(platform, request, &params).await,
        Endpoint::RemovePerson => change_person::remove_person(platform, request, &params).await,
        Endpoint::SetPresence => set_presence::set_presence(platform, request, &params).await,
        Endpoint::GiveToken => change_token::give_token(platform, request, &params).await,
        Endpoint::TakeToken => change_token::take_token(platform, request, &params).await,
        Endpoint::ShowCustomer => customers::show_customer(platform, request, &params).await,
        Endpoint::WriteCustomer => customers::write_customer(platform, request, &params).await,
        Endpoint::EraseCustomer => customers::erase_customer(platform, request, &params).await,
    }
}

#[cfg(target_arch = "wasm32")]
tierline_spin::serve!(handle);

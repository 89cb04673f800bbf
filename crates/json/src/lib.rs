//! Reading JSON in which objects are objects.
//!
//! What serde derives for a struct can read it from an object and from a list, its items being the fields in their order.
//! Of that we want the one half alone, for two reasons. What others send is checked by the published schema too: a reader
//! that takes more reads another document ([`strict`]). And what we wrote are objects: the other half is code in every
//! component, for every struct in it, a tenth of its weight ([`from_json`]).

mod objects;
mod whole;

pub use objects::{Objects, from_json, strict};
pub use whole::Whole;

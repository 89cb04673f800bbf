//! What the pages of all components have in common: words in the reader's language, their look, how they are sent.

mod asset;
mod send;
mod words;

pub use asset::{Asset, ICON, STYLE};
pub use send::{guard, origin, redirect, render};
pub use words::{Catalogue, Words, faults, locale, wanted};

//! What the pages of all components have in common: words in the reader's language, their look, how they are sent.

mod accent;
mod asset;
mod files;
mod notice;
mod send;
mod wait;
mod words;

pub use accent::{accent_path, colours, path_of, send_accent};
pub use asset::{Asset, ICON, STYLE, SUGGEST, send_asset};
pub use files::{FilesField, size};
pub use notice::notice;
pub use send::{guard, origin, redirect, render};
pub use wait::{people_now, wait_in_words, wait_now};
pub use words::{Catalogue, Words, faults, locale, wanted};

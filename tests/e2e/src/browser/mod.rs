//! A real browser: Debian's Chromium, told what to do over its DevTools protocol.

mod chromium;
mod pictures;
mod protocol;
mod tab;
mod watch;

pub use chromium::Chromium;
pub use pictures::Pictures;
pub use tab::{Hand, Look, Tab};

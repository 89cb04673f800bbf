//! What the page in the frame loads beside what all pages do.

use tierline_page::Asset;

/// What it does.
pub static CHAT: Asset = Asset::below(
    "/widget",
    "chat",
    "js",
    "text/javascript; charset=utf-8",
    concat!(include_str!("../../../crates/page/assets/thread.js"), include_str!("../assets/chat.js")),
);
/// How it looks beyond what all pages look like.
pub static LOOK: Asset =
    Asset::below("/widget", "chat", "css", "text/css; charset=utf-8", include_str!("../assets/chat.css"));

/// How the page looks that shows how all of them do.
pub static SHOW: Asset = Asset::below(
    "/widget",
    "styleguide",
    "css",
    "text/css; charset=utf-8",
    include_str!("../assets/styleguide.css"),
);

/// All of them.
pub static ALL: [&Asset; 3] = [&CHAT, &LOOK, &SHOW];

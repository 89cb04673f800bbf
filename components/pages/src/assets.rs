//! `GET /assets/{file}`: what pages load, each under a name that changes with its content.

use crate::fault::Notice;
use tierline_http::{Params, Request, Response};
use tierline_page::{Asset, ICON, STYLE, SUGGEST, send_accent, send_asset};

/// What a ticket's page does of itself, where scripts run.
pub static LIVE: Asset = Asset::new(
    "live",
    "js",
    "text/javascript; charset=utf-8",
    concat!(include_str!("../../../crates/page/assets/thread.js"), include_str!("../assets/live.js")),
);

const ALL: [&Asset; 4] = [&STYLE, &LIVE, &SUGGEST, &ICON];

/// No store read.
pub fn show_asset(request: &Request, params: &Params) -> Result<Response, Notice> {
    let name = params.require("file")?;
    match send_accent(request, name) {
        Some(sheet) => Ok(sheet),
        None => Ok(send_asset(&ALL, request, name)?),
    }
}

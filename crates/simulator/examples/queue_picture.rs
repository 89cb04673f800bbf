//! Plays history B's worst day and writes what `docs/queue.md` shows of it: the picture, and the table on standard output.
//!
//! `cargo run -p tierline-simulator --example queue_picture -- docs/queue.svg`

use std::error::Error;
use tierline_simulator::{compare, picture, scenarios};

fn main() -> Result<(), Box<dyn Error>> {
    let comparison =
        compare(&scenarios::history_b(), scenarios::HISTORY_B_DAYS, &scenarios::HISTORY_B_RUSH_S)?;
    if let Some(path) = std::env::args().nth(1) {
        std::fs::write(path, picture::svg(&comparison, scenarios::HISTORY_B_TITLE))?;
    }
    print!("{}", comparison.table());
    Ok(())
}

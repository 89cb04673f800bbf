//! Build, run and test: the one entry point.
fn main() {}

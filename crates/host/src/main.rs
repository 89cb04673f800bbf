//! The `tierline` binary.

use std::process::ExitCode;

fn main() -> ExitCode {
    tierline_host::cli::run(std::env::args_os())
}

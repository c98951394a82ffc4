//! `kubectl pod-probe`.

use std::process::ExitCode;

mod shim;

fn main() -> ExitCode {
    shim::run(env!("CARGO_BIN_NAME"))
}

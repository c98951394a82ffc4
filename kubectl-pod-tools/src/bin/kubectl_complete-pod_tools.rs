//! The plugin that kubectl runs for completions of `kubectl pod-tools`.

use std::process::ExitCode;

mod shim;

fn main() -> ExitCode {
    shim::run(env!("CARGO_BIN_NAME"))
}

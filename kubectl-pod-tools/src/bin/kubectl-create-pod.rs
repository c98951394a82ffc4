//! `kubectl create pod`: kubectl runs plugins as subcommands of `create`.

use std::process::ExitCode;

mod shim;

fn main() -> ExitCode {
    shim::run(env!("CARGO_BIN_NAME"))
}

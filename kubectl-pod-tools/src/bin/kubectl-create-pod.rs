//! `kubectl create pod`: kubectl takes plugins as commands under `create`.

use std::process::ExitCode;

mod shim;

fn main() -> ExitCode {
    shim::run(env!("CARGO_BIN_NAME"))
}

//! `kubectl create pod`: kubectl takes new words under `create` from plugins.

use std::process::ExitCode;

fn main() -> ExitCode {
    kubectl_pod_tools::run_create_pod()
}

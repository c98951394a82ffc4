//! `kubectl pod-tools`.

use std::process::ExitCode;

fn main() -> ExitCode {
    kubectl_pod_tools::run_suite()
}

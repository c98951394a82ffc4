//! `kubectl pod-wait`.

use std::process::ExitCode;

fn main() -> ExitCode {
    kubectl_pod_tools::run_wait()
}

//! What kubectl asks for the words that can stand next after `kubectl pod-tools`.

use std::process::ExitCode;

fn main() -> ExitCode {
    kubectl_pod_tools::run_completion()
}

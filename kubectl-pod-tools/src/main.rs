//! All of pod-tools: `kubectl pod-tools`, and the plugins that are one of its commands.

use std::process::ExitCode;

fn main() -> ExitCode {
    kubectl_pod_tools::main()
}

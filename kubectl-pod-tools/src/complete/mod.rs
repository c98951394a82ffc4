//! Completion: the words that can come next, values from the cluster included.
//!
//! kubectl asks the executable `kubectl_complete-pod_tools` with the words so
//! far, the last of them unfinished, and reads one choice a line
//! (k8s.io/kubectl/pkg/cmd/plugin/plugin_completion.go, and the protocol of
//! cobra's `__complete`).

mod choices;
mod command_line;
mod live;
mod targets;

pub(crate) use choices::choices;

//! A checked command line of `explain-resources`.

use pod_model::cgroup::Runtime;

use crate::explain::args::ExplainOptions;

/// Options of `explain-resources`.
#[derive(Clone, Debug)]
pub(in crate::explain) struct ResourcesOptions {
    pub explain: ExplainOptions,
    /// `--runtime`: the runtime whose `cpu.weight` counts.
    pub runtime: Option<Runtime>,
    /// `--node-memory`: the memory of the node, in bytes.
    pub node_memory: Option<i64>,
    /// `--as-written`: without what the server adds.
    pub is_as_written: bool,
}

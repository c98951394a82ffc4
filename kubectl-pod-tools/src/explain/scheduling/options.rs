//! A checked command line of `explain-scheduling`.

use crate::explain::args::ExplainOptions;

/// Options of `explain-scheduling`.
#[derive(Clone, Debug)]
pub(in crate::explain) struct SchedulingOptions {
    pub explain: ExplainOptions,
    /// `--node`: the node to show in full.
    pub node: Option<String>,
    /// `--as-written`: without the changes that the server makes on create.
    pub is_as_written: bool,
    /// True for the topic in `explain`: the Pods of a cluster are listed only for a Pod that waits
    /// for a node.
    pub is_part: bool,
}

//! A checked command line of `explain-job`.

use pod_model::job::Run;

use crate::explain::args::ExplainOptions;

/// Options of `explain-job`.
#[derive(Clone, Debug)]
pub(in crate::explain) struct JobOptions {
    pub explain: ExplainOptions,
    /// `true` if the command line names the targets; otherwise objects of files that are no Jobs
    /// are left out.
    pub is_explicit: bool,
    /// The words that run the command, such as `kubectl pod-tools explain-job`.
    pub command: String,
    pub assumptions: Option<RunAssumptions>,
}

/// Assumptions about the runs of a Job's Pods.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::explain) struct RunAssumptions {
    /// The runs of the first Pods; of an Indexed Job those of each index.
    pub runs: Vec<Run>,
    /// The run of all others.
    pub then: Run,
}

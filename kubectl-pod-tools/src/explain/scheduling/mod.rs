//! `explain-scheduling`: the nodes on which a Pod fits, and every reason against the others.

mod args;
mod blocks;
mod bound;
mod change_text;
mod checks;
mod daemon;
mod event;
mod fields;
mod gather;
mod groups;
mod judge;
mod options;
mod passed_over;
mod pod_labels;
mod preemption;
mod refused;
mod report;
mod sentence;
mod subject;
mod topic;
mod unknown_pods;

pub(crate) use args::ExplainSchedulingArgs;
pub(in crate::explain) use options::SchedulingOptions;
pub(in crate::explain) use topic::SchedulingTopic;

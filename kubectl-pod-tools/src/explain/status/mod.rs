//! `explain-status`: the state of a Pod in one sentence, its causes, and what to do.

mod args;
mod blocks;
mod containers;
mod containers_table;
mod facts;
mod mask;
mod options;
mod overview;
mod redacted;
mod report;
mod tails;
mod topic;
mod unread;
mod watch;
mod workload;

pub(crate) use args::ExplainStatusArgs;
pub(in crate::explain) use options::StatusOptions;
pub(in crate::explain) use report::StatusBody;
pub(in crate::explain) use topic::StatusTopic;

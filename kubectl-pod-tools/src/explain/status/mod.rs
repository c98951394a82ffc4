//! `explain-status`: the state of a Pod in one sentence, its causes, and what to do.

mod args;
mod blocks;
mod containers;
mod facts;
mod options;
mod report;
mod topic;
mod workload;

pub(crate) use args::ExplainStatusArgs;

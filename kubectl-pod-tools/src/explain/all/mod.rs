//! `explain`: all topics that apply to a target, the most urgent first.

mod any;
mod args;
mod blocks;
mod list;
mod options;
mod report;
mod status;
mod table;
mod topic;
mod unread;

pub(crate) use args::ExplainAllArgs;

//! `explain-hooks`: the hooks of each container, and the course of a Pod's deletion.

mod args;
mod assumed;
mod blocks;
mod checks;
mod deletion;
mod events;
mod options;
mod outlook;
mod reason_text;
mod report;
mod timeline;
mod topic;

pub(crate) use args::ExplainHooksArgs;
pub(in crate::explain) use assumed::ShutdownAssumed;
pub(in crate::explain) use options::HooksOptions;
pub(in crate::explain) use topic::HooksTopic;

//! `explain-security`: as whom each container runs, the Pod Security level that it meets, and what
//! the admission of its namespace answers.

mod args;
mod blocks;
mod checks;
mod container_blocks;
mod containers;
mod created;
mod fix;
mod identity;
mod namespace;
mod namespace_blocks;
mod options;
mod patch;
mod pod_facts;
mod policy;
mod report;
mod status;
mod topic;
mod verdict;
mod windows;

pub(crate) use args::ExplainSecurityArgs;
pub(in crate::explain) use options::SecurityOptions;
pub(in crate::explain) use topic::SecurityTopic;

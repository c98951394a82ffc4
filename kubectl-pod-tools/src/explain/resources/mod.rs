//! `explain-resources`: what requests and limits become on a node.

mod args;
mod blocks;
mod capacity;
mod cgroup_item;
mod checks;
mod class_change;
mod class_refusal;
mod conclude;
mod node;
mod options;
mod pod_blocks;
mod report;
mod subject;
mod topic;
mod usage;

pub(crate) use args::ExplainResourcesArgs;
pub(in crate::explain) use options::ResourcesOptions;
pub(in crate::explain) use topic::ResourcesTopic;

//! `explain-env`: the environment of each container, and where it comes from.

mod args;
mod blocks;
mod collapse;
mod environ;
mod export;
mod options;
mod report;
mod topic;
mod trace;
mod verify;

pub(crate) use args::ExplainEnvArgs;
pub(in crate::explain) use options::EnvOptions;
pub(in crate::explain) use topic::EnvTopic;

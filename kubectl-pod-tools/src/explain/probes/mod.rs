//! `explain-probes`: the probes of each container as the kubelet runs them, and what follows from
//! them over time.

mod args;
mod blocks;
mod bugs;
mod checks;
mod effective;
mod fold;
mod forecasts;
mod happened;
mod kubelet;
mod observed;
mod options;
mod outlook;
mod reason_text;
mod report;
mod seen_events;
mod timeline;
mod topic;
mod unprobed;
mod words;

pub(crate) use args::ExplainProbesArgs;
pub(in crate::explain) use options::ProbesOptions;
pub(in crate::explain) use topic::ProbesTopic;

//! Conditions: each judges an [`Observation`](super::Observation) as met, not yet met or
//! never to be met, with its evidence.

#[cfg(test)]
mod edge_tests;
mod failing_container;
mod job;
mod jsonpath;
mod judge;
mod kinds;
mod named;
mod parse;
mod pod;
mod rollout;
#[cfg(test)]
mod rollout_tests;
mod spec;

pub use job::judge_deleted_job;
pub use jsonpath::{JsonPath, json_path_values};
pub use parse::parse;
pub use spec::Condition;

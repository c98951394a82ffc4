//! `explain-job`: how a Job or a `CronJob` ends, when, and which Pods and runs come next.

mod args;
mod blocks;
mod checks;
mod cron;
mod cron_blocks;
mod cron_times;
mod events;
mod fields;
mod forecast;
mod history;
mod limit;
mod limits;
mod manifest;
mod options;
mod parts;
mod pods;
mod policies;
mod report;
mod running;
mod scene;
mod state;
mod subject;
mod suspension;
mod time;
mod topic;
mod words;

pub(crate) use args::ExplainJobArgs;
pub(in crate::explain) use options::JobOptions;
pub(in crate::explain) use topic::JobTopic;

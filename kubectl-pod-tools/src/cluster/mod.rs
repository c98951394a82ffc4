//! The API server as commands see it: requests that are retried, timed and
//! counted in one place, and errors that name what was refused.

mod attach;
mod discovery;
mod error;
mod exec;
mod log_lines;
mod logs;
mod mapping;
mod objects;
mod renew;
mod request;
mod retry;
mod warnings;
mod watch;

pub(crate) use attach::{Attach, Output};
#[cfg(test)]
pub(crate) use error::Verb;
pub(crate) use error::{ClusterError, Request, innermost};
pub(crate) use log_lines::LogQuery;
pub(crate) use mapping::{Resource, object_name};
pub(crate) use objects::SubmitParams;
pub(crate) use renew::Renew;
pub(crate) use request::Cluster;
pub(crate) use request::{Log, Said};
pub(crate) use warnings::Warnings;
pub(crate) use watch::{Lines, Selection};

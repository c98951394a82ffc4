//! Requests to the API server, with retries, time limits and warnings in one place, and errors
//! that name verb and resource.

mod attach;
mod body;
mod catalog;
mod changed;
mod client_error;
mod discovery;
#[cfg(test)]
mod discovery_tests;
mod error;
#[cfg(test)]
mod error_tests;
mod exec;
#[cfg(fuzzing)]
pub(crate) mod fuzzing;
mod json;
mod lists;
#[cfg(test)]
mod lists_tests;
mod log;
mod log_lines;
mod mapping;
mod objects;
#[cfg(test)]
mod objects_tests;
mod page;
mod pages;
mod pipe;
mod port_forward;
mod refusal;
mod renew;
mod request;
mod request_info;
mod retry;
#[cfg(test)]
mod scripted;
mod shape;
mod split;
mod stream;
mod tls;
mod transport;
mod tree;
mod warnings;
mod watch;

pub(crate) use attach::{Attach, Output, Passed};
pub(crate) use body::{Bound, REFUSAL_AT_MOST};
pub(crate) use client_error::{CredentialError, ProxyError};
pub(crate) use error::{ClusterError, NOT_MERGED, NOT_SERVED};
pub(crate) use exec::{ExecEnd, ExecOutput};
pub(crate) use lists::Selection;
pub(crate) use log::{Log, LogEvent};
pub(crate) use log_lines::{LogPiece, LogQuery};
pub(crate) use mapping::{Resource, object_name};
pub(crate) use objects::SubmitParams;
pub(crate) use pipe::PipedCommand;
pub(crate) use renew::Renew;
pub(crate) use request::Cluster;
pub(crate) use request_info::{Request, Verb};
#[cfg(test)]
pub(crate) use scripted::serving_paths;
pub(crate) use stream::{ItemIdentity, ItemSink};
pub(crate) use transport::innermost;
pub(crate) use tree::size;
pub(crate) use warnings::Warnings;
pub(crate) use watch::{Lines, WatchEvent};

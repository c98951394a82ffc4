//! The state of the cluster that all targets share: its nodes with what runs on them, and the
//! objects that decide about volumes and namespaces. It is read once, and Pods are not kept.

mod bound;
mod cluster;
mod daemon_pods;
mod files;
mod known;
mod sink;
mod state;
mod survey;
mod unreadable;
mod wanted;

pub(super) use daemon_pods::owner;
pub(super) use known::Known;
pub(super) use state::{ClusterState, gather, has_nodes};

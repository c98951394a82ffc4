//! The tables of flags, one file for each group.

mod affinity;
mod capability;
mod confinement;
mod containers;
mod described;
mod env;
mod env_file;
mod examples;
mod failure_policy;
mod groups;
mod handler;
mod hooks;
mod host;
mod job;
mod metadata;
mod overrides;
mod ports;
mod probes;
mod program;
mod resources;
mod restart;
mod scheduling;
mod security;
mod security_context;
mod spread;
mod table;
#[cfg(test)]
pub(super) mod testing;
mod volume_name;
mod volume_source;
mod volumes;

#[cfg(test)]
pub(super) use table::all;
pub(crate) use table::{JobFlags, PodFlags};
pub(super) use table::{write_dependent_fields, write_restart_policies};

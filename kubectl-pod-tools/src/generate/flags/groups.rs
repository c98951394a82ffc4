//! The groups of flags in the order of the help, those of more containers aside:
//! what these say is said by the flags of the others.

use super::super::flag::{Flag, Group};
use super::{
    affinity, env, hooks, host, job, metadata, overrides, ports, probes, program, resources,
    restart, scheduling, security, spread, volumes,
};

/// Groups before that of more containers.
pub(super) const BEFORE_CONTAINERS: &[&Group] = &[
    &metadata::GROUP,
    &program::GROUP,
    &env::GROUP,
    &resources::GROUP,
    &ports::GROUP,
    &volumes::GROUP,
    &probes::GROUP,
    &hooks::GROUP,
    &restart::GROUP,
];

/// Groups behind that of more containers.
pub(super) const AFTER_CONTAINERS: &[&Group] = &[
    &scheduling::GROUP,
    &affinity::GROUP,
    &spread::GROUP,
    &security::GROUP,
    &host::GROUP,
    &job::GROUP,
    &overrides::GROUP,
];

/// Returns the flags of all these groups.
pub(super) fn flags() -> impl Iterator<Item = &'static Flag> {
    let groups = BEFORE_CONTAINERS.iter().chain(AFTER_CONTAINERS);
    groups.flat_map(|group| group.flags)
}

//! Groups of flags in the order of the help, without that of additional containers, whose
//! values consist of flags of the other groups.

use super::super::flag::{Flag, Group};
use super::{
    affinity, env, hooks, host, job, metadata, overrides, ports, probes, program, resources,
    restart, scheduling, security, spread, volumes,
};

/// Groups before that of additional containers.
pub(super) const BEFORE_CONTAINERS: &[&Group] = &[
    &program::GROUP,
    &job::GROUP,
    &metadata::GROUP,
    &env::GROUP,
    &resources::GROUP,
    &ports::GROUP,
    &volumes::GROUP,
    &probes::GROUP,
    &hooks::GROUP,
    &restart::GROUP,
];

/// Groups after that of additional containers.
pub(super) const AFTER_CONTAINERS: &[&Group] = &[
    &scheduling::GROUP,
    &affinity::GROUP,
    &spread::GROUP,
    &security::GROUP,
    &host::GROUP,
    &overrides::GROUP,
];

/// Returns the flags of all these groups.
pub(super) fn flags() -> impl Iterator<Item = &'static Flag> {
    let groups = BEFORE_CONTAINERS.iter().chain(AFTER_CONTAINERS);
    groups.flat_map(|group| group.flags)
}

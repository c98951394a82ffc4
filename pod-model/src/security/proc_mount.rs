//! `/proc` as a container sees it.
//!
//! Upstream: `ConvertToRuntimeMaskedPaths` and `ConvertToRuntimeReadonlyPaths` of
//! pkg/securitycontext/util.go.

use serde::Serialize;

use super::context::Contexts;
use super::effective::{Effective, Origin};

/// Paths that are hidden, beside the `thermal_throttle` of each processor.
pub const MASKED_PATHS: &[&str] = &[
    "/proc/asound",
    "/proc/acpi",
    "/proc/interrupts",
    "/proc/kcore",
    "/proc/keys",
    "/proc/latency_stats",
    "/proc/timer_list",
    "/proc/timer_stats",
    "/proc/sched_debug",
    "/proc/scsi",
    "/sys/firmware",
    "/sys/devices/virtual/powercap",
];

/// Paths that cannot be written to.
pub const READ_ONLY_PATHS: &[&str] = &[
    "/proc/bus",
    "/proc/fs",
    "/proc/irq",
    "/proc/sys",
    "/proc/sysrq-trigger",
];

/// The kind of `/proc`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum ProcMount {
    /// Some paths are hidden or cannot be written to.
    Default,
    /// Everything is there.
    Unmasked,
}

impl ProcMount {
    /// Returns the hidden paths.
    pub fn masked_paths(self) -> &'static [&'static str] {
        match self {
            Self::Default => MASKED_PATHS,
            Self::Unmasked => &[],
        }
    }

    /// Returns the paths that cannot be written to.
    pub fn read_only_paths(self) -> &'static [&'static str] {
        match self {
            Self::Default => READ_ONLY_PATHS,
            Self::Unmasked => &[],
        }
    }
}

/// A privileged container has all of `/proc`, whatever it asks for.
pub(super) fn proc_mount(contexts: &Contexts<'_>, is_privileged: bool) -> Effective<ProcMount> {
    if is_privileged {
        return Effective::of(ProcMount::Unmasked, Origin::Runtime);
    }
    asked(contexts)
}

pub(super) fn asked(contexts: &Contexts<'_>) -> Effective<ProcMount> {
    let set = contexts.own("procMount", |own| own.proc_mount.as_deref());
    set.map_or_else(
        || Effective::of(ProcMount::Default, Origin::Default),
        |own| {
            own.map(|text| match text {
                "Unmasked" => ProcMount::Unmasked,
                _ => ProcMount::Default,
            })
        },
    )
}

//! The checked command line of `probe`.

use std::ffi::OsString;
use std::time::Duration;

use pod_probe::ProbeKind;

use super::at::At;
use crate::targets::TargetSpec;

/// Checked options of a run.
#[derive(Clone, Debug)]
pub(super) struct ProbeOptions {
    pub(super) targets: TargetSpec,
    pub(super) place: Place,
    /// Names of the containers, or empty for all.
    pub(super) containers: Vec<String>,
    /// Kinds of probes, or empty for all.
    pub(super) kinds: Vec<ProbeKind>,
    pub(super) ending: Ending,
    pub(super) timeout: Option<Duration>,
    pub(super) allow_host: bool,
    /// Image of the Pods that connect to live Pods from their nodes, or `None` to connect through
    /// the API server.
    pub(super) from_node: Option<String>,
    pub(super) is_json: bool,
    /// The program to start, or empty.
    pub(super) program: Vec<OsString>,
}

/// Place at which the probes are run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// Through the API server.
    Cluster,
    /// From this machine.
    Local {
        at: At,
        /// True to run commands of exec probes here.
        allow_exec: bool,
    },
}

/// End of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ending {
    /// After one attempt of each probe, which is made at once.
    Once,
    /// After so many attempts of each probe.
    Count(u32),
    /// All containers are ready, or one would be killed.
    Ready,
    /// A container has failed.
    Failed,
    /// With a signal or the time-out.
    Never,
}

impl Ending {
    /// Returns whether a container that does not run is waited for.
    pub(super) fn waits(self) -> bool {
        !matches!(self, Self::Once | Self::Count(_))
    }
}

impl ProbeOptions {
    /// Returns whether a kind of probe is run.
    pub(super) fn has_kind(&self, kind: ProbeKind) -> bool {
        self.kinds.is_empty() || self.kinds.contains(&kind)
    }
}

//! Events of a container.

use serde::Serialize;

use crate::probes::ProbeKind;

/// Something that happens to a container.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Happening {
    /// A probe makes its first attempt on the instance.
    FirstProbe(Kind),
    /// Its startup probe has succeeded, or there is none.
    Started,
    /// It gets traffic.
    Ready,
    /// It gets none.
    Unready,
    /// By a probe; by none where the whole Pod ends.
    Kill(Option<Kind>),
    /// After its preStop hook.
    SigTerm,
    /// Its grace period is over.
    SigKill,
    /// Its process has ended.
    Ended,
    /// The next instance starts.
    Restart,
}

/// A probe's kind, in the order of upstream's workers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Kind {
    /// Holds the others back.
    Startup,
    /// Decides on traffic.
    Readiness,
    /// Kills the container.
    Liveness,
}

impl From<ProbeKind> for Kind {
    fn from(kind: ProbeKind) -> Self {
        match kind {
            ProbeKind::Startup => Self::Startup,
            ProbeKind::Readiness => Self::Readiness,
            ProbeKind::Liveness => Self::Liveness,
        }
    }
}

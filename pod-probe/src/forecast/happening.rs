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

impl Happening {
    /// All of them, in their order.
    pub(super) const ALL: [Self; 14] = [
        Self::FirstProbe(Kind::Startup),
        Self::FirstProbe(Kind::Readiness),
        Self::FirstProbe(Kind::Liveness),
        Self::Started,
        Self::Ready,
        Self::Unready,
        Self::Kill(None),
        Self::Kill(Some(Kind::Startup)),
        Self::Kill(Some(Kind::Readiness)),
        Self::Kill(Some(Kind::Liveness)),
        Self::SigTerm,
        Self::SigKill,
        Self::Ended,
        Self::Restart,
    ];

    /// Returns the position in [`Self::ALL`].
    pub(super) fn index(self) -> usize {
        match self {
            Self::FirstProbe(kind) => kind as usize,
            Self::Started => 3,
            Self::Ready => 4,
            Self::Unready => 5,
            Self::Kill(kind) => kind.map_or(6, |kind| 7 + kind as usize),
            Self::SigTerm => 10,
            Self::SigKill => 11,
            Self::Ended => 12,
            Self::Restart => 13,
        }
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_happening_has_its_position() {
        for (position, happening) in Happening::ALL.into_iter().enumerate() {
            assert_eq!(happening.index(), position);
        }
        assert!(Happening::ALL.is_sorted());
    }
}

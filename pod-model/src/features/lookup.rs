//! Answers about a gate in a version.

use std::fmt;

use super::gates::{Gate, HISTORIES};
use super::state::{GateState, Stage};
use crate::version::KubernetesVersion;

impl Gate {
    /// Returns the gate's state in a version, or `None` if that version does not
    /// know it, be it not yet or no longer.
    ///
    /// Upstream: `pkg/features/kube_features.go` of that version.
    pub fn state(self, version: KubernetesVersion) -> Option<GateState> {
        *self.until(version).last()?
    }

    /// Returns whether a version knows the gate.
    pub fn is_known(self, version: KubernetesVersion) -> bool {
        self.state(version).is_some()
    }

    /// Returns whether the feature is on by default in a version. Where a gate
    /// was removed, its last state stays.
    pub fn is_on(self, version: KubernetesVersion) -> bool {
        let last = self.until(version).iter().rev().flatten().next();
        last.is_some_and(|state| state.is_on)
    }

    /// Returns whether a cluster of this version cannot set the gate.
    pub fn is_locked(self, version: KubernetesVersion) -> bool {
        self.state(version).is_none_or(|state| state.is_locked)
    }

    /// Returns the maturity of the feature in a version that knows the gate.
    pub fn stage(self, version: KubernetesVersion) -> Option<Stage> {
        self.state(version).map(|state| state.stage)
    }

    /// The states in the versions up to this one, the oldest first.
    fn until(self, version: KubernetesVersion) -> &'static [Option<GateState>] {
        let history = HISTORIES.get(self as usize).map_or(&[][..], |own| own);
        let known = KubernetesVersion::ALL.iter();
        let count = known.take_while(|known| **known <= version).count();
        history.get(..count).unwrap_or_default()
    }
}

impl fmt::Display for Gate {
    /// Writes upstream's name: `EnvFiles`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

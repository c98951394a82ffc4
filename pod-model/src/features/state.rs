//! The state of a gate in a version, and the macro that makes the table.

use std::fmt;

use crate::version::KubernetesVersion;

/// The maturity of a feature.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Stage {
    /// Off unless a cluster's administrator wants it.
    Alpha,
    /// Complete, and on by default or not.
    Beta,
    /// Generally available.
    Ga,
    /// To be removed.
    Deprecated,
}

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Alpha => "alpha",
            Self::Beta => "beta",
            Self::Ga => "GA",
            Self::Deprecated => "deprecated",
        })
    }
}

/// A gate in a version that knows it.
///
/// It is displayed as in `alpha in 1.37, off by default` without the version:
/// `alpha, off by default`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct GateState {
    /// The maturity of the feature.
    pub stage: Stage,
    /// True if it is on unless the cluster says otherwise.
    pub is_on: bool,
    /// True if no cluster can say otherwise.
    pub is_locked: bool,
}

impl fmt::Display for GateState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let default = match (self.is_on, self.is_locked) {
            (true, true) => "always on",
            (true, false) => "on by default",
            (false, true) => "always off",
            (false, false) => "off by default",
        };
        write!(f, "{}, {default}", self.stage)
    }
}

/// Number of known minor versions.
const MINORS: usize = KubernetesVersion::ALL.len();

/// A gate in each known version, the oldest first.
pub(super) type History = [Option<GateState>; MINORS];

/// Returns the history that changes make: a minor version, and the state from
/// it on.
pub(super) const fn history(changes: &[(u8, Option<GateState>)]) -> History {
    let mut history = [None; MINORS];
    let mut version = 0;
    while version < MINORS {
        let mut change = 0;
        while change < changes.len() {
            if changes[change].0 <= KubernetesVersion::ALL[version].minor() {
                history[version] = changes[change].1;
            }
            change += 1;
        }
        version += 1;
    }
    history
}

/// A state as the table spells it: `Beta on`, `Ga on locked`, `removed`.
macro_rules! state {
    (removed) => {
        None
    };
    ($stage:ident on) => {
        state!(@ $stage true false)
    };
    ($stage:ident on locked) => {
        state!(@ $stage true true)
    };
    ($stage:ident off) => {
        state!(@ $stage false false)
    };
    ($stage:ident off locked) => {
        state!(@ $stage false true)
    };
    (@ $stage:ident $is_on:literal $is_locked:literal) => {
        Some($crate::features::GateState {
            stage: $crate::features::Stage::$stage,
            is_on: $is_on,
            is_locked: $is_locked,
        })
    };
}

/// The type of gates and the history of each.
macro_rules! gates {
    (minors $($known:literal)+; $($name:ident: $($minor:literal $($word:ident)+),+;)+) => {
        /// A feature gate of Kubernetes, by upstream's name.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Gate {
            $(
                #[doc = concat!("`", stringify!($name), "`.")]
                $name,
            )+
        }

        /// The histories in the order of the gates.
        pub(super) static HISTORIES: &[super::state::History] = &[
            $(super::state::history(&[
                $(($minor, state!($($word)+))),+
            ])),+
        ];

        /// The gates in their order.
        #[cfg(test)]
        pub(super) const ALL: &[Gate] = &[$(Gate::$name),+];

        /// The minor versions that the table was made of.
        #[cfg(test)]
        pub(super) const MINORS: &[u8] = &[$($known),+];
    };
}

pub(super) use {gates, state};

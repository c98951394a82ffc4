//! Answers of plugins, with their reasons.
//!
//! Upstream: `Status` and `Code` in k8s.io/kube-scheduler/framework/interface.go.

use k8s_openapi::api::core::v1::Taint;

use super::plugin::Plugin;
use crate::path::FieldPath;
use crate::verdict::Verdict;

/// The scheduler's own classes of a refusal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Code {
    /// The plugin failed; the whole cycle ends with an error.
    Error,
    /// The node may fit once other Pods are gone.
    Unschedulable,
    /// The node does not fit whatever Pods are evicted from it.
    UnschedulableAndUnresolvable,
}

impl Code {
    /// Returns whether eviction of other Pods could make a difference.
    pub fn is_preemptible(self) -> bool {
        self == Self::Unschedulable
    }

    /// Returns upstream's word.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Error => "Error",
            Self::Unschedulable => "Unschedulable",
            Self::UnschedulableAndUnresolvable => "UnschedulableAndUnresolvable",
        }
    }
}

/// The thing that is in the way, for looking for the nearest change that helps.
#[derive(Clone, Debug, PartialEq)]
pub enum Cause {
    /// `spec.unschedulable` of the node.
    Unschedulable,
    /// The Pod asks for another node by name.
    NodeName,
    /// A taint that the Pod does not tolerate, the first of them.
    Taint(Taint),
    /// Labels that the node does not have as `spec.nodeSelector` requires.
    NodeSelector(Vec<(String, String)>),
    /// No term of the required node affinity matches.
    NodeAffinity,
    /// The node is not among those that are named in the required node affinity or `nodeName`.
    NotNamed,
    /// A host port that another Pod has.
    Port {
        /// The address as the Pod has it, `0.0.0.0` for all.
        host_ip: String,
        /// `TCP`, `UDP` or `SCTP`.
        protocol: String,
        /// The number.
        port: i32,
    },
    /// The node holds as many Pods as it takes.
    TooManyPods {
        /// Pods on the node.
        count: i128,
        /// Pods that the node takes.
        allowed: i128,
    },
    /// There is not enough of a resource: CPU in thousandths, all others in units.
    Insufficient {
        /// Name of the resource.
        resource: String,
        /// Amount that the Pod requests.
        requested: i128,
        /// Amount that the Pods on the node request.
        used: i128,
        /// Amount that the node has for Pods.
        allocatable: i128,
    },
    /// A spread constraint whose topology key is no label of the node.
    MissingTopologyKey(String),
    /// A spread constraint that the Pod would break.
    Skew {
        /// Number of the constraint in `spec.topologySpreadConstraints`.
        constraint: usize,
        /// Matching Pods in the node's domain, without this one.
        matching: i64,
        /// True if the constraint's selector matches this Pod too.
        selects_itself: bool,
        /// Matching Pods in the domain with the fewest.
        minimum: i64,
        /// Largest allowed difference.
        max_skew: i64,
        /// Number of domains.
        domains: i64,
        /// Number of domains below which the minimum counts as 0.
        min_domains: i64,
    },
    /// Any other.
    Other,
}

/// One reason of a plugin against a node.
#[derive(Clone, Debug, PartialEq)]
pub struct Reason {
    /// The plugin.
    pub plugin: Plugin,
    /// The scheduler's message of this version.
    pub message: String,
    /// The thing itself, where the message does not name it.
    pub detail: Option<String>,
    /// The class.
    pub code: Code,
    /// The thing itself as data.
    pub cause: Cause,
}

impl Reason {
    /// A reason of a plugin without detail.
    pub(super) fn new(plugin: Plugin, code: Code, message: &str, cause: Cause) -> Self {
        Self {
            plugin,
            message: message.to_owned(),
            detail: None,
            code,
            cause,
        }
    }

    /// Adds the thing itself.
    pub(super) fn detailed(mut self, detail: String) -> Self {
        self.detail = Some(detail);
        self
    }
}

/// The answer of one plugin about one node.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// Nothing is in the way.
    Passes,
    /// The plugin refuses the node.
    Fails(Vec<Reason>),
    /// The plugin's input is not known: what is missing.
    NotEvaluated(String),
}

impl Outcome {
    /// Refuses a node for one reason.
    pub(super) fn fails(reason: Reason) -> Self {
        Self::Fails(vec![reason])
    }

    /// Returns whether the plugin refuses the node.
    pub fn is_failure(&self) -> bool {
        matches!(self, Self::Fails(_))
    }

    /// Returns the reasons, none unless the plugin refuses the node.
    pub fn reasons(&self) -> &[Reason] {
        match self {
            Self::Fails(reasons) => reasons,
            _ => &[],
        }
    }
}

/// The answers of every plugin about one node, each by itself.
#[derive(Clone, Debug, PartialEq)]
pub struct NodeResult {
    /// The node's number in the snapshot.
    pub node: usize,
    /// The refusal before the filters: the Pod names its nodes, and this is not one of them.
    pub narrowed: Option<Reason>,
    /// The answers in the order of the scheduler's calls.
    pub outcomes: Vec<(Plugin, Outcome)>,
}

impl NodeResult {
    /// Returns whether the Pod fits on the node; unknown if no plugin refuses it and one could
    /// not be evaluated.
    pub fn fits(&self) -> Verdict {
        let mut outcomes = self.outcomes.iter().map(|(_, outcome)| outcome);
        if self.narrowed.is_some() || outcomes.clone().any(Outcome::is_failure) {
            Verdict::No
        } else if outcomes.any(|outcome| matches!(outcome, Outcome::NotEvaluated(_))) {
            Verdict::Unknown
        } else {
            Verdict::Ok
        }
    }

    /// Returns every reason, in the order of the plugins.
    pub fn reasons(&self) -> impl Iterator<Item = &Reason> {
        let narrowed = self.narrowed.iter();
        let outcomes = self.outcomes.iter();
        narrowed.chain(outcomes.flat_map(|(_, outcome)| outcome.reasons()))
    }

    /// Returns the reasons that the scheduler itself gives: it stops at the first plugin.
    /// Empty if none refuses the node.
    pub fn first_failure(&self) -> &[Reason] {
        if let Some(narrowed) = &self.narrowed {
            return std::slice::from_ref(narrowed);
        }
        let mut outcomes = self.outcomes.iter();
        let failing = outcomes.find(|(_, outcome)| outcome.is_failure());
        failing.map_or(&[], |(_, outcome)| outcome.reasons())
    }
}

/// The step of the scheduling cycle in which a Pod is held back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Stage {
    /// Before the Pod enters the scheduler's queue.
    PreEnqueue,
    /// Before any node is looked at.
    PreFilter,
    /// After several nodes fit, before they are compared.
    PreScore,
}

/// A refusal of the Pod as such.
#[derive(Clone, Debug, PartialEq)]
pub struct CycleFailure {
    /// The step.
    pub stage: Stage,
    /// The plugin.
    pub plugin: Plugin,
    /// The scheduler's message of this version.
    pub message: String,
    /// More than the message has.
    pub detail: Option<String>,
    /// The field that is refused, from the Pod's spec, or the root where it is no single one.
    pub path: FieldPath,
    /// The class.
    pub code: Code,
}

/// Answer to "could eviction of other Pods free this node?".
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Preemption {
    /// The Pod fits already.
    Unneeded,
    /// `preemptionPolicy: Never`.
    Never,
    /// This plugin refuses the node whatever Pods are on it.
    Unresolvable(Plugin),
    /// No Pod on the node has a lower priority.
    NoLowerPriority,
    /// This plugin refuses the node without all its Pods of a lower priority, too.
    NotEnough(Plugin),
    /// The Pod fits without the Pods on the node that have a lower priority.
    Possible {
        /// Their number.
        lower: u32,
    },
    /// A plugin that could not be evaluated might refuse the node.
    Unknown(Plugin),
}

/// The findings of a plugin before any node is looked at.
#[derive(Clone, Debug)]
pub(super) enum Prepared<T> {
    /// The plugin has nothing to do with the Pod.
    Skip,
    /// The plugin looks at nodes with this.
    Ready(T),
    /// The plugin refuses the Pod as such.
    Failed(CycleFailure),
    /// The plugin's input is not known: what is missing.
    Unknown(String),
}

impl<T> Prepared<T> {
    /// Returns the answer about a node.
    pub(super) fn judge(&self, judge: impl FnOnce(&T) -> Outcome) -> Outcome {
        match self {
            Self::Skip => Outcome::Passes,
            Self::Ready(state) => judge(state),
            Self::Unknown(why) => Outcome::NotEvaluated(why.clone()),
            Self::Failed(failure) => Outcome::fails(failure.as_reason()),
        }
    }

    /// Returns the refusal of the Pod as such.
    pub(super) fn failure(&self) -> Option<&CycleFailure> {
        match self {
            Self::Failed(failure) => Some(failure),
            _ => None,
        }
    }
}

impl CycleFailure {
    /// A refusal before any node is looked at.
    pub(super) fn pre_filter(plugin: Plugin, code: Code, message: String) -> Self {
        Self {
            stage: Stage::PreFilter,
            plugin,
            message,
            detail: None,
            path: FieldPath::root(),
            code,
        }
    }

    /// The same as a reason against a node.
    fn as_reason(&self) -> Reason {
        Reason {
            plugin: self.plugin,
            message: self.message.clone(),
            detail: self.detail.clone(),
            code: self.code,
            cause: Cause::Other,
        }
    }
}

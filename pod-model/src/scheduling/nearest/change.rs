//! Changes that let a Pod fit.

use k8s_openapi::api::core::v1::Taint;

/// A change of nodes, or of the Pod.
#[derive(Clone, Debug, PartialEq)]
pub enum Change {
    /// The nodes are no longer cordoned.
    Uncordon,
    /// The nodes get a label.
    AddLabel {
        /// The key.
        key: String,
        /// The value.
        value: String,
        /// True if a node has the key with another value.
        overwrites: bool,
    },
    /// The nodes lose a label.
    RemoveLabel {
        /// The key.
        key: String,
    },
    /// The nodes lose a taint.
    RemoveTaint(Taint),
    /// The Pod tolerates a taint.
    Tolerate(Taint),
    /// The Pod asks for another label, which nodes have: the key or the value is mistyped.
    ReplaceLabel {
        /// The key and value that no node has.
        from: (String, String),
        /// A key and value that nodes have.
        to: (String, String),
    },
    /// The Pod does not ask for a label in `nodeSelector`.
    DropNodeSelector {
        /// The key.
        key: String,
        /// The value.
        value: String,
    },
    /// The Pod has no required node affinity.
    DropNodeAffinity,
    /// The Pod requests less of a resource: CPU in thousandths, all others in units.
    LowerRequest {
        /// The resource.
        resource: String,
        /// The requests that are too high.
        owner: RequestOwner,
        /// The amount of the whole Pod, without its overhead.
        from: i128,
        /// The largest amount of the whole Pod that fits on a node, without its overhead.
        to: i128,
    },
    /// The Pod does not ask for a port of the host.
    DropHostPort {
        /// The number.
        port: i32,
        /// `TCP`, `UDP` or `SCTP`.
        protocol: String,
    },
    /// A required spread constraint allows a larger difference.
    RaiseMaxSkew {
        /// Number of the constraint in `spec.topologySpreadConstraints`.
        constraint: usize,
        /// The topology key.
        key: String,
        /// The difference that it needs.
        max_skew: i32,
    },
    /// A required spread constraint is content with fewer domains.
    LowerMinDomains {
        /// Number of the constraint in `spec.topologySpreadConstraints`.
        constraint: usize,
        /// The topology key.
        key: String,
        /// The number of domains that there are.
        min_domains: i32,
    },
    /// A required spread constraint becomes a preferred one: `ScheduleAnyway`.
    RelaxSpread {
        /// Number of the constraint in `spec.topologySpreadConstraints`.
        constraint: usize,
        /// The topology key.
        key: String,
    },
    /// A term of the required Pod affinity, or anti-affinity, is dropped.
    DropPodAffinity {
        /// True for anti-affinity.
        is_anti: bool,
        /// Number of the term.
        term: usize,
        /// The topology key.
        key: String,
    },
}

/// The fields that request what a Pod requests.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RequestOwner {
    /// `spec.resources`.
    Pod,
    /// `spec.resources`, which may not be less than what the containers request.
    PodAndContainers,
    /// One container, whose request is that of the Pod.
    Container(String),
    /// One init container, whose request is that of the Pod.
    InitContainer(String),
    /// Several containers: those that run together.
    Containers,
}

impl Change {
    /// Returns whether it changes nodes rather than the Pod.
    pub fn is_of_nodes(&self) -> bool {
        matches!(
            self,
            Self::Uncordon
                | Self::AddLabel { .. }
                | Self::RemoveLabel { .. }
                | Self::RemoveTaint(_)
        )
    }

    /// Returns the place of a change among those that free as many nodes: what is likely meant
    /// comes first, what gives up most comes last.
    pub(super) fn rank(&self) -> u8 {
        match self {
            Self::ReplaceLabel { .. } => 0,
            Self::Uncordon => 1,
            Self::AddLabel { .. } | Self::RemoveLabel { .. } => 2,
            Self::Tolerate(_) => 3,
            Self::LowerRequest { .. } => 4,
            Self::RaiseMaxSkew { .. } | Self::LowerMinDomains { .. } => 5,
            Self::RelaxSpread { .. } => 6,
            Self::DropHostPort { .. } => 7,
            Self::RemoveTaint(_) => 8,
            Self::DropPodAffinity { .. } => 9,
            Self::DropNodeSelector { .. } => 10,
            Self::DropNodeAffinity => 11,
        }
    }
}

/// A change, with the nodes that it frees.
#[derive(Clone, Debug, PartialEq)]
pub struct NearestChange {
    /// The change.
    pub change: Change,
    /// The nodes that fit with it and do not fit now: their numbers, in order.
    pub nodes: Vec<usize>,
}

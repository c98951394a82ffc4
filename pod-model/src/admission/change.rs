//! Results of admission: changes with their origin, refusals, and what was not known.

use std::fmt;
use std::sync::Arc;

use serde_json::Value;

use crate::features::Gate;
use crate::path::FieldPath;

/// A field of the Pod that the server sets or drops.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    /// The field, in the Pod.
    pub path: FieldPath,
    /// Its new value; null if it was dropped. Most Pods are given the same token and the same tolerations, so that
    /// they share these.
    pub value: Arc<Value>,
    /// The origin of the value.
    pub origin: Origin,
}

/// The origin of a change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// The server's defaulting.
    Default,
    /// The limit of the same resource, which an absent request takes.
    Limit,
    /// The sum of the containers, which an absent amount of the whole Pod takes.
    Containers,
    /// A feature gate that is off, so that the field is dropped.
    FeatureGate(Gate),
    /// A `LimitRange` of the namespace, by name.
    LimitRange(String),
    /// One of several `LimitRange`s that give different amounts: the server asks them in no order that
    /// is defined.
    OneOfLimitRanges {
        /// The one whose amount is shown.
        name: String,
        /// Another one.
        other: String,
        /// The amount that the other one gives.
        amount: String,
    },
    /// A `ServiceAccount`, by name.
    ServiceAccount(String),
    /// A `PriorityClass`, by name.
    PriorityClass(String),
    /// A `RuntimeClass`, by name.
    RuntimeClass(String),
    /// The admission plugin `Priority`, where no class is named and none is the default.
    Priority,
    /// The admission plugin `DefaultTolerationSeconds`.
    DefaultTolerationSeconds,
    /// `matchLabelKeys` or `mismatchLabelKeys` beside the selector.
    MatchLabelKeys,
    /// The annotation of old that AppArmor's field replaced, or the field that it is written from.
    AppArmorAnnotation,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::Limit => f.write_str("the limit"),
            Self::Containers => f.write_str("the containers together"),
            Self::FeatureGate(gate) => write!(f, "feature gate {gate} is off"),
            Self::LimitRange(name) => write!(f, "LimitRange {name}"),
            Self::OneOfLimitRanges {
                name,
                other,
                amount,
            } => write!(
                f,
                "LimitRange {name} (or {amount}: LimitRange {other}; their order is not defined)"
            ),
            Self::ServiceAccount(name) => write!(f, "ServiceAccount {name}"),
            Self::PriorityClass(name) => write!(f, "PriorityClass {name}"),
            Self::RuntimeClass(name) => write!(f, "RuntimeClass {name}"),
            Self::Priority => f.write_str("admission plugin Priority"),
            Self::DefaultTolerationSeconds => {
                f.write_str("admission plugin DefaultTolerationSeconds")
            }
            Self::MatchLabelKeys => f.write_str("matchLabelKeys"),
            Self::AppArmorAnnotation => f.write_str("AppArmor's annotation"),
        }
    }
}

/// A reason for which the server does not create the Pod.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The field, in the Pod.
    pub path: FieldPath,
    /// The reason; of plugins the API's own text, without `pods "x" is forbidden: `.
    pub message: String,
    /// The HTTP status: 403, 404 or 422.
    pub code: u16,
    /// The part of the server that refuses.
    pub by: RefusedBy,
}

/// A part of the server that refuses Pods.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RefusedBy {
    /// The plugin `NamespaceLifecycle`.
    Namespace,
    /// The plugin `ServiceAccount`.
    ServiceAccount,
    /// The plugin `Priority`.
    Priority,
    /// The plugin `RuntimeClass`.
    RuntimeClass,
    /// Validation, which comes after all plugins that change the Pod.
    Validation,
    /// The plugin `LimitRanger`, for a `LimitRange`.
    LimitRange(String),
    /// The plugin `ResourceQuota`, for a `ResourceQuota`.
    ResourceQuota(String),
}

impl fmt::Display for RefusedBy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Namespace => f.write_str("NamespaceLifecycle"),
            Self::ServiceAccount => f.write_str("ServiceAccount"),
            Self::Priority => f.write_str("Priority"),
            Self::RuntimeClass => f.write_str("RuntimeClass"),
            Self::Validation => f.write_str("validation"),
            Self::LimitRange(name) => write!(f, "LimitRange {name}"),
            Self::ResourceQuota(name) => write!(f, "ResourceQuota {name}"),
        }
    }
}

/// Something that could change the Pod and was not known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unknown {
    /// The kind of the object.
    pub kind: &'static str,
    /// Its name, or `None` for all of the namespace or the cluster.
    pub name: Option<String>,
    /// True if some of them are known, so that it is about others.
    pub others: bool,
    /// The reason.
    pub why: UnknownWhy,
}

/// A reason why an object was not known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum UnknownWhy {
    /// No file has it, and the cluster was not asked.
    NotAsked,
    /// The cluster does not allow to read it.
    Forbidden,
    /// The cluster could not answer.
    Failed(String),
}

impl fmt::Display for UnknownWhy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotAsked => f.write_str("not asked"),
            Self::Forbidden => f.write_str("forbidden"),
            Self::Failed(why) => write!(f, "failed: {why}"),
        }
    }
}

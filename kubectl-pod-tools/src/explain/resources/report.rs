//! The report of one target.

use std::collections::BTreeMap;
use std::sync::Arc;

use pod_model::cgroup::{CgroupNames, LimitOrigin, Throttling};
use pod_model::pod_resources::{Eviction, QosClass};
use pod_model::{ContainerType, FieldPath};
use serde::Serialize;

use super::cgroup_item::{CgroupItem, or_nulls};
use super::class_change::QosChangeItem;
use super::node::NodeItem;
use super::usage::{ContainerUsage, Observed};
use crate::explain::topic::Explained;

/// Amounts as the server writes them, by resource.
pub(in crate::explain) type AmountTexts = BTreeMap<String, String>;

/// Fields that a ResourcesReport adds to the item of a target.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::explain) struct ResourcesBody {
    pub qos_class: QosClass,
    /// The one change that leads to the next better class.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub qos_change: Option<QosChangeItem>,
    /// Those of the whole Pod.
    pub requests: AmountTexts,
    pub limits: AmountTexts,
    /// The sums behind each, by `requests.cpu`.
    pub formulas: AmountTexts,
    /// The operating system, if it is not Linux.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub os: Option<&'static str>,
    /// True if the Pod has ended: the numbers are those that it had.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub has_ended: bool,
    /// The Pod's cgroup; its numbers are null on Windows.
    #[serde(serialize_with = "or_nulls")]
    pub cgroup: Option<CgroupItem>,
    /// The parent of the Pod's cgroup, with the driver `cgroupfs`.
    pub cgroup_parent: Option<&'static str>,
    /// The names of the Pod's cgroup by the driver, if it has a uid.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cgroup_names: Option<CgroupNames>,
    pub containers: Vec<ContainerItem>,
    pub eviction: EvictionItem,
    /// A resize that is not done, or other amounts in the status than in the spec: the cgroups are the status's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resize: Option<String>,
    pub node: NodeItem,
    /// The changes of the server, in its order.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub changes: Vec<ChangeItem>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub quotas: Vec<QuotaItem>,
    /// Objects that could change the numbers and are not known.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub unknown: Vec<String>,
    /// The time and window of the measured usage.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub usage: Option<UsageItem>,
    /// The containers that have CPUs of their own on nodes that give them.
    #[serde(skip)]
    pub exclusive_cpus: Vec<String>,
    /// True if a kubelet of this version starts on version 1 of cgroups without being told to.
    #[serde(skip)]
    pub has_v1: bool,
    /// True if the Pod exists, so that its class stays.
    #[serde(skip)]
    pub is_stored: bool,
}

/// A container.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::explain) struct ContainerItem {
    pub name: String,
    #[serde(rename = "type")]
    pub container_type: ContainerType,
    pub requests: AmountTexts,
    pub limits: AmountTexts,
    /// Null if it depends on the node's memory, which is not known, and on Windows.
    pub oom_score_adj: Option<i64>,
    /// Its numbers are null on Windows.
    #[serde(serialize_with = "or_nulls")]
    pub cgroup: Option<CgroupItem>,
    /// The names of its cgroup by the driver, while it runs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cgroup_names: Option<CgroupNames>,
    /// The owners of its limits: `container`, `pod` or null.
    pub limit_of: LimitOf,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub usage: Option<ContainerUsage>,
    /// The time that busy threads wait, where CPU is limited.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub throttling: Vec<ThrottlingItem>,
    /// The reason for `oomScoreAdj`, in words.
    pub oom_score_adj_reason: String,
    #[serde(skip)]
    pub path: FieldPath,
}

/// The owners of limits.
#[derive(Clone, Copy, Debug, Serialize)]
pub(in crate::explain) struct LimitOf {
    pub cpu: Option<&'static str>,
    pub memory: Option<&'static str>,
}

impl LimitOf {
    pub(super) fn new((cpu, memory): (LimitOrigin, LimitOrigin)) -> Self {
        let name = |own: LimitOrigin| match own {
            LimitOrigin::Container => Some("container"),
            LimitOrigin::Pod => Some("pod"),
            LimitOrigin::None => None,
        };
        Self {
            cpu: name(cpu),
            memory: name(memory),
        }
    }
}

/// Threads that are all busy, under a quota.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::explain) struct ThrottlingItem {
    pub threads: u32,
    /// The time of each period in which they run, in microseconds.
    pub runs_for: i64,
    /// The time of each period in which they wait, in microseconds.
    pub waits: i64,
    pub period: i64,
}

impl From<Throttling> for ThrottlingItem {
    fn from(own: Throttling) -> Self {
        Self {
            threads: own.threads,
            runs_for: own.runs,
            waits: own.waits,
            period: own.period,
        }
    }
}

/// The fixed part of the order in which a node evicts Pods.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::explain) struct EvictionItem {
    /// True if the kubelet never evicts it.
    pub never: bool,
    /// Null if it has a class that is not known.
    pub priority: Option<i32>,
    pub memory_request: String,
    pub ephemeral_storage_request: String,
    /// True if any usage of memory is above the request.
    pub always_above_request: bool,
}

impl From<Eviction> for EvictionItem {
    fn from(own: Eviction) -> Self {
        Self {
            never: own.never,
            priority: own.priority,
            memory_request: own.memory_request.to_string(),
            ephemeral_storage_request: own.ephemeral_storage_request.to_string(),
            always_above_request: own.memory_always_above,
        }
    }
}

/// A field that the server sets.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::explain) struct ChangeItem {
    pub path: FieldPath,
    pub value: Arc<serde_json::Value>,
    pub origin: String,
}

/// A quota beside the Pod.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::explain) struct QuotaItem {
    pub name: String,
    /// True if the Pod is in its scopes.
    pub applies: bool,
    pub resources: Vec<QuotaRowItem>,
}

/// A resource of a quota.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::explain) struct QuotaRowItem {
    pub name: String,
    pub hard: String,
    pub used: Option<String>,
    pub requested: String,
    pub left: Option<String>,
    pub exceeded: bool,
}

/// The measured usage, of which the containers have their own part.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::explain) struct UsageItem {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub window: Option<String>,
    /// The reason why it is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unread: Option<String>,
}

impl From<&Observed> for UsageItem {
    fn from(own: &Observed) -> Self {
        match own {
            Ok(usage) => Self {
                time: usage.time.clone(),
                window: usage.window.clone(),
                unread: None,
            },
            Err(why) => Self {
                time: None,
                window: None,
                unread: Some(why.clone()),
            },
        }
    }
}

/// A target and its resources.
pub(in crate::explain) type ExplainedResources = Explained<ResourcesBody>;

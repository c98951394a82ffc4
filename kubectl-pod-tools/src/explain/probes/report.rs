//! The report of one target.

use std::collections::BTreeMap;

use pod_model::{ContainerType, FieldPath, Location};
use pod_probe::Probe;
use serde::Serialize;

use super::kubelet::Kubelet;
use super::observed::Observed;
use super::timeline::TimelineItem;
use crate::explain::topic::Explained;

/// Fields that a ProbesReport adds to the item of a target.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::explain) struct ProbesBody {
    pub containers: Vec<ContainerProbes>,
    /// The words for a Pod none of whose containers has a probe, those that are not shown included.
    #[serde(skip)]
    pub unprobed: Option<String>,
    /// True if the API server refuses the Pod for its probes: then nothing is forecast.
    #[serde(skip)]
    pub is_refused: bool,
    pub timeline: Vec<TimelineItem>,
    /// Time that the timeline looks ahead.
    pub forecast_seconds: u64,
    /// True if more may follow behind it.
    #[serde(skip)]
    pub is_cut: bool,
    /// The kubelet whose rules the probes follow, or `None` if no node is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kubelet: Option<Kubelet>,
    /// Words for time 0, if it is not the start of the Pod's first container.
    #[serde(skip)]
    pub origin: Option<String>,
    /// Consequences of the numbers; under assumptions those that follow from them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub outlook: Vec<Outlook>,
    /// Bugs of this Kubernetes version that change what these probes do.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub known_bugs: Vec<Bug>,
    /// Course of a Pod that has run, or `None` if it has not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub observed: Option<Observed>,
}

/// A consequence of the numbers in a sentence, under a standard assumption.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::explain) struct Outlook {
    /// `None` for the Pod.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub container: Option<String>,
    /// The assumption.
    pub assumption: Assumed,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub earliest_seconds: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub latest_seconds: Option<f64>,
    pub message: String,
}

/// A standard assumption.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::explain) enum Assumed {
    /// Everything answers at once.
    Normal,
    /// Nothing ever answers.
    NeverAnswers,
    /// It answers some time after its start.
    SlowStart,
    /// It answers, and then no more.
    Hangs,
    /// A probe kills it again and again.
    Restarts,
    /// The assumptions of the command line.
    Given,
}

/// A known bug of upstream.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::explain) struct Bug {
    /// Such as `k/k#141155`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub issue: Option<&'static str>,
    pub effect: &'static str,
    /// Upstream's file and function.
    pub source: &'static str,
}

/// A container with its probes.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::explain) struct ContainerProbes {
    pub name: String,
    #[serde(rename = "type")]
    pub container_type: ContainerType,
    pub probes: Vec<EffectiveProbe>,
    #[serde(skip)]
    pub path: FieldPath,
}

/// A probe, and the origin of each of its numbers.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::explain) struct EffectiveProbe {
    #[serde(flatten)]
    pub probe: Probe,
    /// By the name of the field.
    pub origins: BTreeMap<&'static str, Origin>,
    #[serde(skip)]
    pub path: FieldPath,
}

/// The origin of a number.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::explain) struct Origin {
    pub kind: OriginKind,
    /// Its place in a file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub location: Option<Location>,
}

/// The kind of an [`Origin`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::explain) enum OriginKind {
    /// The probe has it.
    Written,
    /// The API server's default.
    Default,
    /// The Pod has it.
    Pod,
}

/// A target and its probes.
pub(in crate::explain) type ExplainedProbes = Explained<ProbesBody>;

//! The subject of the checks.

use k8s_openapi::api::core::v1::PodSpec;
use pod_model::{ContainerView, KubernetesVersion};
use pod_probe::PodPlan;

use super::super::forecasts::PodForecast;
use super::super::observed::Observed;
use super::super::report::ContainerProbes;
use super::declared::Declared;
use crate::targets::Target;

/// A Pod whose probes are checked.
pub(in super::super) struct Subject<'a> {
    pub target: &'a Target,
    /// With defaults filled in.
    pub spec: &'a PodSpec,
    pub version: KubernetesVersion,
    /// Those that are explained.
    pub containers: &'a [ContainerProbes],
    /// The words for a Pod without any probe.
    pub unprobed: Option<&'a str>,
    pub plan: &'a PodPlan,
    pub forecast: &'a PodForecast,
    pub observed: Option<&'a Observed>,
}

/// A container whose probes are checked.
#[derive(Clone, Copy)]
pub(super) struct Probed<'a> {
    pub subject: &'a Subject<'a>,
    pub own: &'a ContainerProbes,
    /// The container in the spec, with defaults filled in.
    pub view: &'a ContainerView<'a>,
    /// All containers of the Pod.
    pub all: &'a [ContainerView<'a>],
    /// Their ports.
    pub declared: &'a Declared<'a>,
}

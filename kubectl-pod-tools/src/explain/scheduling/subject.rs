//! The Pod that is scheduled: the target as the server would store it.

use std::borrow::Cow;

use k8s_openapi::api::core::v1::Pod;
use pod_model::KubernetesVersion;
use pod_model::admission::{Admitted, admit, pod_of};
use pod_model::lookup::Answers;

use super::pod_labels::PodLabels;
use crate::explain::claim_templates::{add_claim_volumes, add_templates};
use crate::explain::stored::{is_manifest, is_stored, node_name};
use crate::targets::Target;

/// The place of a Pod.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Placement {
    /// The scheduler looks for a node.
    Free,
    /// It is on a node, and is asked where else it fits.
    Bound(String),
    /// Its manifest names a node, so that no scheduler is asked.
    Named(String),
}

/// The Pod of a target.
#[derive(Clone, Debug)]
pub(super) struct Subject {
    /// The Pod as the target has it.
    pub own: Pod,
    /// The Pod that the scheduler sees.
    pub pod: Pod,
    /// The changes and refusals of the server, or `None` for a Pod that is stored.
    pub admitted: Option<Admitted>,
    pub placement: Placement,
    /// The volumes of claim templates: their claims are made with the Pod.
    pub claims: Vec<String>,
    /// The labels that the target's controller adds.
    pub labels: PodLabels,
}

impl Subject {
    /// Returns the Pod of a target; `is_as_written` leaves the server's changes out.
    pub(super) fn of(
        target: &Target,
        answers: &Answers,
        version: KubernetesVersion,
        is_as_written: bool,
    ) -> Self {
        let labels = PodLabels::of(target);
        let (own, claims) = own(target, &labels);
        let placement = placement(target);
        let admitted = if is_stored(target) {
            None
        } else if is_as_written {
            Some(Admitted::as_written(&own, version))
        } else {
            Some(admit(&own, &target.pod_namespace, answers, version))
        };
        let mut pod = admitted
            .as_ref()
            .map_or_else(|| own.clone(), |own| own.pod.clone());
        if let (Placement::Bound(_), Some(spec)) = (&placement, &mut pod.spec) {
            spec.node_name = None;
        }
        if let (false, Some(spec)) = (claims.is_empty(), &mut pod.spec) {
            add_templates(target, spec);
        }
        Self {
            own,
            pod,
            admitted,
            placement,
            claims,
            labels,
        }
    }

    /// Returns whether its manifest names its node.
    pub(super) fn is_named(&self) -> bool {
        matches!(self.placement, Placement::Named(_))
    }

    /// Returns the Pod without the volumes of claim templates.
    pub(super) fn without_claims(&self) -> Pod {
        let mut pod = self.pod.clone();
        if let Some(volumes) = pod.spec.as_mut().and_then(|own| own.volumes.as_mut()) {
            volumes.retain(|own| !self.claims.contains(&own.name));
        }
        pod
    }
}

/// Returns the Pod of a target with its defaults, for the selectors that it has.
pub(super) fn shape_of(target: &Target, version: KubernetesVersion) -> Pod {
    let (own, _) = own(target, &PodLabels::of(target));
    if is_stored(target) {
        own
    } else {
        Admitted::as_written(&own, version).pod
    }
}

/// Returns the Pod of a target, and the names of volumes of claim templates.
fn own(target: &Target, labels: &PodLabels) -> (Pod, Vec<String>) {
    let mut spec = if is_stored(target) {
        Cow::Borrowed(&target.spec)
    } else {
        target.spec_before_admission()
    };
    if !target.is_pod() {
        let claims = add_claim_volumes(target, spec.to_mut());
        let mut pod = pod_of(&target.metadata, &spec, &target.pod_namespace);
        labels.add_to(&mut pod.metadata);
        return (pod, claims);
    }
    let mut metadata = target.metadata.clone();
    metadata.namespace = Some(target.pod_namespace.clone());
    let pod = Pod {
        metadata,
        spec: Some(spec.into_owned()),
        status: target.status.clone(),
    };
    (pod, Vec::new())
}

fn placement(target: &Target) -> Placement {
    let Some(node) = node_name(target) else {
        return Placement::Free;
    };
    if target.id.kind == "DaemonSet" {
        // Its controller decides, and makes Pods for that node alone.
        return Placement::Free;
    }
    if target.is_pod() && !is_manifest(target) {
        Placement::Bound(node.to_owned())
    } else {
        Placement::Named(node.to_owned())
    }
}

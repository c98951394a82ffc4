//! The Pod that is explained: the one that the server would store, or the stored one.

use k8s_openapi::api::core::v1::{Node, Pod};
use pod_model::admission::{self, Admitted, QuotaReport, admit, check_quotas, pod_of};
use pod_model::lookup::{Answers, LookupKind, Need};
use pod_model::{FieldPath, KubernetesVersion};

use super::node;
use crate::explain::claim_templates::add_claim_volumes;
use crate::explain::stored::is_stored;
use crate::targets::Target;

/// The kinds of objects that are looked up.
pub(super) const KINDS: &[LookupKind] = &[
    LookupKind::of::<k8s_openapi::api::core::v1::Namespace>(),
    LookupKind::of::<k8s_openapi::api::core::v1::LimitRange>(),
    LookupKind::of::<k8s_openapi::api::core::v1::ServiceAccount>(),
    LookupKind::of::<k8s_openapi::api::scheduling::v1::PriorityClass>(),
    LookupKind::of::<k8s_openapi::api::node::v1::RuntimeClass>(),
    LookupKind::of::<k8s_openapi::api::core::v1::ResourceQuota>(),
    LookupKind::of::<Node>(),
];

/// A Pod, and what its creation would do.
pub(super) struct Subject {
    pub admitted: Admitted,
    /// The quotas, for a Pod that is not created yet.
    pub quotas: QuotaReport,
    /// True if it exists already, so that nothing is added to it.
    pub is_stored: bool,
    /// The path of the Pod in the target.
    pub base: FieldPath,
}

/// Lists the look-ups of a target.
pub(super) fn needs(target: &Target, is_as_written: bool) -> Vec<Need> {
    let mut needs: Vec<Need> = node::needs(target, is_stored(target)).into_iter().collect();
    if !is_stored(target) && !is_as_written {
        needs.extend(admission::needs(&target.spec, &target.pod_namespace));
        needs.extend(admission::quota_needs(&target.pod_namespace));
    }
    needs
}

/// Returns the Pod of a target.
pub(super) fn subject(
    target: &Target,
    answers: &Answers,
    is_as_written: bool,
    version: KubernetesVersion,
) -> Subject {
    let base = target.spec_path.parent().unwrap_or_default();
    let namespace = &target.pod_namespace;
    if is_stored(target) {
        let pod = Pod {
            metadata: target.metadata.clone(),
            spec: Some(target.spec.clone()),
            status: target.status.clone(),
        };
        return Subject {
            admitted: Admitted {
                pod,
                changes: Vec::new(),
                refusals: Vec::new(),
                unknown: Vec::new(),
            },
            quotas: QuotaReport::default(),
            is_stored: true,
            base,
        };
    }
    // The driver fills in defaults, which admission does itself, and in the server's order.
    let written = target.written_spec();
    let spec = written.as_ref().unwrap_or(&target.spec);
    let pod = if target.is_pod() {
        Pod {
            metadata: target.metadata.clone(),
            spec: Some(spec.clone()),
            status: None,
        }
    } else {
        let mut spec = spec.clone();
        add_claim_volumes(target, &mut spec);
        pod_of(&target.metadata, &spec, namespace)
    };
    let (admitted, quotas) = if is_as_written {
        (Admitted::as_written(&pod, version), QuotaReport::default())
    } else {
        let admitted = admit(&pod, namespace, answers, version);
        let quotas = check_quotas(&admitted.pod, namespace, answers, version);
        (admitted, quotas)
    };
    Subject {
        admitted,
        quotas,
        is_stored: false,
        base,
    }
}

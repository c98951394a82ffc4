//! Bounds that `LimitRange`s set: of each container, and of the Pod as a whole.
//!
//! Upstream: `PodValidateLimitFunc` in `k8s.io/kubernetes/plugin/pkg/admission/limitranger`. Its sums of a Pod are its
//! own: without overhead, and of the amounts of the whole Pod only CPU and memory count.

use std::collections::BTreeMap;

use k8s_openapi::api::core::v1::{LimitRange, LimitRangeItem, PodSpec};
use k8s_openapi::apimachinery::pkg::api::resource::Quantity as ApiQuantity;

use super::change::{Refusal, RefusedBy};
use super::constraint::{Amounts, least, most, ratio};
use super::state::{Admission, spec_path};
use crate::defaults::{container_limits, container_requests};
use crate::features::Gate;
use crate::lookup::Answers;
use crate::path::FieldPath;
use crate::quantity::Quantity;
use crate::version::KubernetesVersion;

/// Refuses a Pod outside the bounds.
pub(super) fn check(admission: &mut Admission<'_>) {
    let (answers, namespace, version) = (admission.answers, admission.namespace, admission.version);
    let refusals = refusals(admission.spec(), namespace, answers, version);
    for refusal in refusals {
        admission.forbid(refusal.path, refusal.message, refusal.by);
    }
}

/// Returns the reasons for which a Pod is outside the bounds of the `LimitRange`s of a namespace.
pub(super) fn refusals(
    spec: &PodSpec,
    namespace: &str,
    answers: &Answers,
    version: KubernetesVersion,
) -> Vec<Refusal> {
    let list = answers.all::<LimitRange>(namespace);
    let mut ranges: Vec<&LimitRange> = list.objects.iter().map(|found| found.object).collect();
    ranges.sort_by(|one, other| one.metadata.name.cmp(&other.metadata.name));
    let mut all = Vec::new();
    for range in ranges {
        let by = RefusedBy::LimitRange(range.metadata.name.clone().unwrap_or_default());
        let refused = refused(range, spec, version).into_iter();
        all.extend(refused.map(|(path, message)| Refusal {
            path,
            message,
            code: 403,
            by: by.clone(),
        }));
    }
    all
}

fn refused(
    range: &LimitRange,
    spec: &PodSpec,
    version: KubernetesVersion,
) -> Vec<(FieldPath, String)> {
    let mut refused = Vec::new();
    for item in range.spec.iter().flat_map(|own| &own.limits) {
        match item.type_.as_str() {
            "Container" => {
                let init = spec.init_containers.as_deref().unwrap_or_default();
                for (field, list) in [
                    ("containers", spec.containers.as_slice()),
                    ("initContainers", init),
                ] {
                    for (at, container) in list.iter().enumerate() {
                        let resources = container.resources.as_ref();
                        let requests = amounts(resources.and_then(|own| own.requests.as_ref()));
                        let limits = amounts(resources.and_then(|own| own.limits.as_ref()));
                        let path = spec_path().field(field).index(at).field("resources");
                        of_item(item, &requests, &limits, &path, &mut refused);
                    }
                }
            }
            "Pod" => {
                let (requests, limits) = of_pod(spec, version);
                of_item(item, &requests, &limits, &spec_path(), &mut refused);
            }
            _ => {}
        }
    }
    refused
}

fn of_item(
    item: &LimitRangeItem,
    requests: &Amounts,
    limits: &Amounts,
    path: &FieldPath,
    refused: &mut Vec<(FieldPath, String)>,
) {
    let bounds = [
        (
            &item.min,
            least as fn(&str, &str, &Quantity, &Amounts, &Amounts) -> Option<String>,
        ),
        (&item.max, most),
        (&item.max_limit_request_ratio, ratio),
    ];
    for (list, check) in bounds {
        for (name, bound) in amounts(list.as_ref()) {
            let message = check(&item.type_, &name, &bound, requests, limits);
            refused.extend(message.map(|message| (path.clone(), message)));
        }
    }
}

/// Returns requests and limits of the Pod.
fn of_pod(spec: &PodSpec, version: KubernetesVersion) -> (Amounts, Amounts) {
    let (mut requests, mut limits) = (container_requests(spec), container_limits(spec));
    if Gate::PodLevelResources.is_on(version)
        && let Some(own) = &spec.resources
    {
        let is_counted = |name: &String| matches!(name.as_str(), "cpu" | "memory");
        for (total, own) in [(&mut requests, &own.requests), (&mut limits, &own.limits)] {
            total.extend(
                amounts(own.as_ref())
                    .into_iter()
                    .filter(|(name, _)| is_counted(name)),
            );
        }
    }
    (requests, limits)
}

/// Reads amounts as the server stores them: rounded up to thousandths.
fn amounts(list: Option<&BTreeMap<String, ApiQuantity>>) -> Amounts {
    let list = list.into_iter().flatten();
    list.filter_map(|(name, text)| {
        let mut amount = Quantity::try_from(text).ok()?;
        amount.round_up(-3);
        Some((name.clone(), amount))
    })
    .collect()
}

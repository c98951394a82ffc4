//! Requests and limits of the whole Pod.
//!
//! Upstream: `validatePodResources`, `validatePodResourceConsistency` in
//! `k8s.io/kubernetes/pkg/apis/core/validation`.

use k8s_openapi::api::core::v1::{PodSpec, ResourceRequirements};

use super::claims::ClaimNames;
use super::errors::{Errors, quoted};
use super::path::Path;
use super::resources::{Of, ResourceList, amount, is_huge_pages, requirements};
use crate::defaults::{container_limits, container_requests};

/// Upstream: `validatePodResources`.
pub(super) fn of_pod(
    spec: &PodSpec,
    claims: &ClaimNames<'_>,
    path: &Path<'_>,
    errors: &mut Errors,
) {
    let Some(resources) = &spec.resources else {
        return;
    };
    let containers = path.field("containers");
    let path = path.field("resources");
    if spec.os.as_ref().is_some_and(|os| os.name == "windows") {
        errors.forbidden(&path, "a Windows Pod cannot have resources at Pod level");
        return;
    }
    if resources.claims.is_some() {
        errors
            .forbidden(
                &path.field("claims"),
                "resource claims belong to containers",
            )
            .help("move them to resources.claims of a container");
    }
    requirements(resources, Of::Pod, claims, &path, errors);
    consistency(spec, resources, &path, &containers, errors);
}

/// The containers together have no more than the Pod.
///
/// Upstream: `validatePodResourceConsistency`.
fn consistency(
    spec: &PodSpec,
    pod: &ResourceRequirements,
    path: &Path<'_>,
    containers: &Path<'_>,
    errors: &mut Errors,
) {
    let of_pod =
        |list: &Option<ResourceList>, name: &str| list.as_ref()?.get(name).and_then(amount);
    let requests = path.field("requests");
    for (name, sum) in container_requests(spec) {
        if let Some(own) = of_pod(&pod.requests, &name)
            && sum > own
        {
            errors
                .invalid(
                    &requests.field(&name),
                    format!(
                        "the Pod requests {own} of `{name}`, less than the {sum} of its containers"
                    ),
                )
                .help("raise the Pod's request, or lower those of the containers");
        }
    }
    let limits = path.field("limits");
    for (name, sum) in container_limits(spec) {
        if let Some(own) = of_pod(&pod.limits, &name)
            && is_huge_pages(&name)
            && sum > own
        {
            errors
                .invalid(&limits.field(&name), format!("the Pod's limit of `{name}` is {own}, less than the {sum} of its containers"))
                .help("raise the Pod's limit, or lower those of the containers");
        }
    }
    // Upstream names the containers as if they were below the Pod's resources.
    let named = path.field("containers");
    for (i, container) in spec.containers.iter().enumerate() {
        let own = container
            .resources
            .as_ref()
            .and_then(|own| own.limits.as_ref());
        for (name, limit) in own.into_iter().flatten() {
            let Some((limit, pods)) = amount(limit).zip(of_pod(&pod.limits, name)) else {
                continue;
            };
            if limit > pods {
                let (named, at) = (named.index(i), containers.index(i));
                let (named, at) = (named.field(name), at.field("resources"));
                let at = at.field("limits");
                errors
                    .invalid(
                        &named.field("limits"),
                        format!(
                            "the limit of {}, {limit}, exceeds that of the Pod, {pods}",
                            quoted(name)
                        ),
                    )
                    .help("lower the limit of the container, or raise that of the Pod")
                    .display_path(&at.field(name));
            }
        }
    }
}

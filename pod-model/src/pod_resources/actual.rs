//! A Pod as its node has it while it is resized.
//!
//! Upstream: the kubelet's cgroups and its order of eviction are those of the Pod that it has
//! admitted, not of the spec: `UpdatePodFromAllocation` in
//! pkg/kubelet/allocation/allocation_manager.go; `convertContainerStatusResources` in
//! pkg/kubelet/kubelet_pods.go writes what a running container has into its status.

use std::borrow::Cow;
use std::collections::BTreeMap;

use k8s_openapi::api::core::v1::{Pod, ResourceRequirements};

use super::list::read;
use super::total::is_pod_level_set;

/// Returns a Pod whose containers have the amounts of their statuses, where those differ from
/// the spec; before a resize, and without statuses, it is the Pod itself.
pub fn with_actual_resources(pod: &Pod) -> Cow<'_, Pod> {
    let (Some(spec), Some(status)) = (&pod.spec, &pod.status) else {
        return Cow::Borrowed(pod);
    };
    let apps = status.container_statuses.iter().flatten();
    let starts = status.init_container_statuses.iter().flatten();
    let by_name: BTreeMap<&str, &ResourceRequirements> = apps
        .chain(starts)
        .filter_map(|own| Some((own.name.as_str(), own.resources.as_ref()?)))
        .collect();
    let level = status.resources.as_ref().filter(|_| is_pod_level_set(pod));
    let lists = |own: &ResourceRequirements| {
        [own.requests.clone(), own.limits.clone()].map(Option::unwrap_or_default)
    };
    let differs = |spec: Option<&ResourceRequirements>, actual: &ResourceRequirements| {
        let (spec, actual) = (spec.map(lists).unwrap_or_default(), lists(actual));
        // Written in another way, an amount is the same.
        let mut pairs = spec.iter().zip(&actual);
        pairs.any(|(own, other)| own != other && read(Some(own)) != read(Some(other)))
    };
    let is_resized = level.is_some_and(|own| differs(spec.resources.as_ref(), own))
        || spec
            .containers
            .iter()
            .chain(spec.init_containers.iter().flatten())
            .any(|own| {
                let actual = by_name.get(own.name.as_str());
                actual.is_some_and(|actual| differs(own.resources.as_ref(), actual))
            });
    if !is_resized {
        return Cow::Borrowed(pod);
    }
    let mut actual = spec.clone();
    let starts = actual.init_containers.iter_mut().flatten();
    for container in actual.containers.iter_mut().chain(starts) {
        if let Some(own) = by_name.get(container.name.as_str()) {
            put(&mut container.resources, own);
        }
    }
    if let Some(own) = level {
        put(&mut actual.resources, own);
    }
    Cow::Owned(Pod {
        spec: Some(actual),
        ..pod.clone()
    })
}

fn put(resources: &mut Option<ResourceRequirements>, actual: &ResourceRequirements) {
    let own = resources.get_or_insert_default();
    own.requests.clone_from(&actual.requests);
    own.limits.clone_from(&actual.limits);
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn pod(actual: &str) -> Pod {
        let amounts =
            |cpu: &str| json!({"requests": {"cpu": cpu, "memory": "1Gi"}, "limits": {"cpu": cpu}});
        serde_json::from_value(json!({
            "metadata": {"name": "a"},
            "spec": {"containers": [{"name": "c", "resources": amounts("40")}, {"name": "d"}]},
            "status": {"containerStatuses": [{"name": "c", "image": "", "imageID": "", "ready": true,
                "restartCount": 0, "resources": amounts(actual)}]},
        }))
        .unwrap()
    }

    #[test]
    fn a_resize_that_is_not_done_leaves_the_amounts_of_the_status() {
        let pod = pod("1");
        let actual = with_actual_resources(&pod).into_owned();
        let containers = actual.spec.unwrap().containers;
        let own = containers[0].resources.as_ref().unwrap();
        assert_eq!(own.requests.as_ref().unwrap()["cpu"].0, "1");
        assert_eq!(own.limits.as_ref().unwrap()["cpu"].0, "1");
        assert_eq!(containers[1].resources, None);
    }

    #[test]
    fn a_pod_that_has_what_its_spec_asks_for_is_itself() {
        let pod = pod("40");
        assert!(matches!(with_actual_resources(&pod), Cow::Borrowed(_)));
        let other_words = self::pod("40000m");
        assert!(matches!(
            with_actual_resources(&other_words),
            Cow::Borrowed(_)
        ));
        let mut plain = pod.clone();
        plain.status = None;
        assert!(matches!(with_actual_resources(&plain), Cow::Borrowed(_)));
    }
}

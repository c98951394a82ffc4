//! A Pod as its node has it while it is resized.
//!
//! Upstream: the kubelet's cgroups are on the way to the Pod that it has admitted, and its order of
//! eviction is that of this Pod, not of the spec: `getAllocatedPods` and `UpdatePodFromAllocation` in
//! pkg/kubelet. `convertContainerStatusResources` and `convertToAPIPodLevelResourcesStatus` in
//! `kubelet_pods.go` write both into the status.

use std::borrow::Cow;
use std::collections::BTreeMap;

use k8s_openapi::api::core::v1::{Container, ContainerStatus, Pod, ResourceRequirements};
use k8s_openapi::apimachinery::pkg::api::resource::Quantity as ApiQuantity;

use super::list::{ApiList, List, amount, read};
use super::options::{Options, Side};
use super::total::{is_pod_level_set, overhead};
use crate::quantity::{Format, Quantity};
use crate::version::KubernetesVersion;

/// The largest page of memory in which a cgroup counts.
const PAGE: i64 = 64 * 1024;
/// The least limit of a cgroup in thousandths of a CPU, up to which the status of a Pod that runs has the allocated
/// limit, without overhead. Upstream: `MinMilliCPULimit` in pkg/kubelet/cm/helpers_linux.go.
const LEAST_MILLI_CPU: i64 = 10;
/// The request of the most shares that a cgroup can have, in thousandths of a CPU. Upstream: `MaxShares`.
const MOST_MILLI_CPU: i64 = 256_000;

/// Returns a Pod whose containers have what they run with, by their statuses, where that differs
/// from the spec; before a resize, and without statuses, it is the Pod itself.
pub fn with_actual_resources(pod: &Pod, version: KubernetesVersion) -> Cow<'_, Pod> {
    resized(pod, Side::Actual, version)
}

/// Returns a Pod whose containers request what the kubelet has admitted, where that differs from
/// the spec. Limits are the actual ones: the status has no others.
pub fn with_allocated_resources(pod: &Pod, version: KubernetesVersion) -> Cow<'_, Pod> {
    resized(pod, Side::Allocated, version)
}

fn resized(pod: &Pod, side: Side, version: KubernetesVersion) -> Cow<'_, Pod> {
    let (Some(spec), Some(status)) = (&pod.spec, &pod.status) else {
        return Cow::Borrowed(pod);
    };
    let apps = status.container_statuses.iter().flatten();
    let starts = status.init_container_statuses.iter().flatten();
    let by_name: BTreeMap<&str, [Option<&ApiList>; 2]> = apps
        .chain(starts)
        .filter_map(|own| Some((own.name.as_str(), of_container(own, side)?)))
        .collect();
    let of = |container: &Container| {
        let lists = by_name.get(container.name.as_str())?;
        let spec = container.resources.as_ref()?;
        let mut lists = lists.map(read);
        let [requests, _] = &mut lists;
        keep_most_shares(requests, spec);
        changed(spec, lists.map(Some))
    };
    let level = of_pod(pod, version);
    let mut all = spec
        .containers
        .iter()
        .chain(spec.init_containers.iter().flatten());
    if level.is_none() && all.all(|own| of(own).is_none()) {
        return Cow::Borrowed(pod);
    }
    let mut actual = spec.clone();
    let starts = actual.init_containers.iter_mut().flatten();
    for container in actual.containers.iter_mut().chain(starts) {
        if let Some(own) = of(container) {
            container.resources = Some(own);
        }
    }
    if level.is_some() {
        actual.resources = level;
    }
    Cow::Owned(Pod {
        spec: Some(actual),
        ..pod.clone()
    })
}

/// Returns requests and limits of a status.
fn of_container(status: &ContainerStatus, side: Side) -> Option<[Option<&ApiList>; 2]> {
    let actual = status.resources.as_ref()?;
    let allocated = status.allocated_resources.as_ref();
    let requests = allocated.filter(|_| side == Side::Allocated);
    Some([
        requests.or(actual.requests.as_ref()),
        actual.limits.as_ref(),
    ])
}

/// Requests above the most shares of a cgroup are told as those: the spec's own are not another amount.
fn keep_most_shares(requests: &mut List<'_>, spec: &ResourceRequirements) {
    if let Some(told) = requests.get_mut("cpu")
        && told.milli_value() == MOST_MILLI_CPU
        && let Some(own) = amount(spec.requests.as_ref(), "cpu")
        && own > *told
    {
        *told = own;
    }
}

/// Returns the CPU and memory of the Pod itself, if they differ from the spec. Both lists of its
/// status have the overhead in them. Its requests are the allocated ones: the actual ones are read
/// from the cgroup, whose weight is coarse.
fn of_pod(pod: &Pod, version: KubernetesVersion) -> Option<ResourceRequirements> {
    let options = Options::placed(version);
    let status = pod.status.as_ref().filter(|_| options.use_pod_status())?;
    let spec = pod.spec.as_ref()?.resources.as_ref();
    let spec = spec.filter(|_| is_pod_level_set(pod))?;
    let overhead = overhead(pod, options);
    let requests = status.allocated_resources.as_ref();
    let requests = requests.map(|list| {
        let mut own = told(Some(list), spec.requests.as_ref());
        subtract(&mut own, &overhead);
        own
    });
    let actual = status.resources.as_ref();
    let limits = actual.map(|actual| {
        let mut own = told(actual.limits.as_ref(), spec.limits.as_ref());
        let least = own.get("cpu").filter(|told| {
            let is_read = status.phase.as_deref() == Some("Running");
            is_read && told.milli_value() <= LEAST_MILLI_CPU
        });
        let least = least.cloned();
        // Overhead is added to a limit that is there.
        let is_unlimited = |name: &str| own.get(name).is_none_or(Quantity::is_zero);
        let mut overhead = overhead.clone();
        overhead.retain(|name, _| !is_unlimited(name));
        subtract(&mut own, &overhead);
        for name in overhead.keys() {
            if let Some(told) = own.get_mut(name).filter(|told| told.signum() <= 0) {
                *told = Quantity::new(1, Format::DecimalSi);
            }
        }
        if let Some(least) = least {
            own.insert("cpu", least);
        }
        whole_memory(&mut own, spec);
        own
    });
    changed(spec, [requests, limits])
}

/// Returns the CPU and memory of a list of the status, and all else of the spec: that is never resized.
fn told<'a>(status: Option<&'a ApiList>, spec: Option<&'a ApiList>) -> List<'a> {
    let is_resized = |name: &str| matches!(name, "cpu" | "memory");
    let mut own = read(status);
    own.retain(|name, _| is_resized(name));
    let mut others = read(spec);
    others.retain(|name, _| !is_resized(name));
    own.append(&mut others);
    own
}

fn subtract(list: &mut List<'_>, overhead: &List<'_>) {
    for (name, amount) in list {
        if let Some(more) = overhead
            .get(name)
            .filter(|_| matches!(*name, "cpu" | "memory"))
        {
            *amount -= more;
        }
    }
}

/// A limit of memory is read from the cgroup, which has whole pages of it; one of 0 is none.
fn whole_memory(limits: &mut List<'_>, spec: &ResourceRequirements) {
    if let Some(told) = limits.get_mut("memory")
        && let Some(own) = amount(spec.limits.as_ref(), "memory")
        && !told.is_zero()
        && (0..PAGE).contains(&own.value().saturating_sub(told.value()))
    {
        *told = own;
    }
}

/// Returns requests and limits of the spec with the amounts of the status, if they differ; a list
/// that the status has not is the spec's. Names that the status has not are left out. Those that
/// the spec has not are no resize, which removes nothing: a runtime tells of the Pod's limit where
/// a container has none.
fn changed(
    spec: &ResourceRequirements,
    status: [Option<List<'_>>; 2],
) -> Option<ResourceRequirements> {
    let mut own = spec.clone();
    let mut is_changed = false;
    for (list, status) in [&mut own.requests, &mut own.limits].into_iter().zip(status) {
        let (Some(list), Some(status)) = (list, status) else {
            continue;
        };
        let count = list.len();
        list.retain(|name, _| status.contains_key(name.as_str()));
        is_changed |= list.len() != count;
        for (name, amount) in list {
            let Some(other) = status.get(name.as_str()) else {
                continue;
            };
            // Written in another way, an amount is the same.
            if Quantity::try_from(&*amount).as_ref() != Ok(other) {
                *amount = ApiQuantity::from(other);
                is_changed = true;
            }
        }
    }
    is_changed.then_some(own)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    const LATEST: KubernetesVersion = KubernetesVersion::LATEST;

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

    /// A Pod with resources of its own, as a kubelet reports it.
    fn pod_level([spec, allocated, actual]: &[Value; 3]) -> Pod {
        serde_json::from_value(json!({
            "metadata": {"name": "a"},
            "spec": {"resources": spec, "overhead": {"cpu": "250m", "memory": "64Mi"},
                "containers": [{"name": "c", "resources": {"limits": {"memory": "1Gi"}}}]},
            "status": {"phase": "Running", "allocatedResources": allocated, "resources": actual,
                "containerStatuses": [{"name": "c", "image": "", "imageID": "", "ready": true,
                    "restartCount": 0, "resources": {"limits": {"cpu": "4", "memory": "1Gi"}}}]},
        }))
        .unwrap()
    }

    #[test]
    fn a_resize_that_is_not_done_leaves_the_amounts_of_the_status() {
        let pod = pod("1");
        let actual = with_actual_resources(&pod, LATEST).into_owned();
        let containers = actual.spec.unwrap().containers;
        let own = containers[0].resources.as_ref().unwrap();
        assert_eq!(own.requests.as_ref().unwrap()["cpu"].0, "1");
        assert_eq!(own.limits.as_ref().unwrap()["cpu"].0, "1");
        assert_eq!(containers[1].resources, None);
    }

    #[test]
    fn requests_that_are_admitted_differ_from_those_that_a_container_runs_with() {
        let mut pod = pod("1");
        let status = pod.status.as_mut().unwrap();
        let own = &mut status.container_statuses.as_mut().unwrap()[0];
        own.allocated_resources = Some([("cpu".to_owned(), ApiQuantity("20".to_owned()))].into());
        let cpu = |pod: &Pod| {
            let own = pod.spec.as_ref().unwrap().containers[0].resources.as_ref();
            own.unwrap().requests.as_ref().unwrap()["cpu"].0.clone()
        };
        assert_eq!(cpu(&with_allocated_resources(&pod, LATEST)), "20");
        assert_eq!(cpu(&with_actual_resources(&pod, LATEST)), "1");
    }

    #[test]
    fn a_pod_that_has_what_its_spec_asks_for_is_itself() {
        let pod = pod("40");
        let is_itself = |pod: &Pod| matches!(with_actual_resources(pod, LATEST), Cow::Borrowed(_));
        assert!(is_itself(&pod));
        assert!(is_itself(&self::pod("40000m")));
        let mut plain = pod.clone();
        plain.status = None;
        assert!(is_itself(&plain));
    }

    #[test]
    fn what_a_kubelet_reads_from_the_cgroup_of_a_pod_is_no_resize() {
        // The weight of 1250m leads back to 1222m; 100M and 64Mi are no whole pages.
        let spec = json!({"requests": {"cpu": "1", "memory": "100M"}, "limits": {"cpu": "4", "memory": "100M"}});
        let allocated = json!({"cpu": "1250m", "memory": "167108864"});
        let actual = json!({"requests": {"cpu": "1222m", "memory": "100M"},
            "limits": {"cpu": "4250m", "memory": "167108608"}});
        let pod = pod_level(&[spec, allocated, actual]);
        assert!(matches!(
            with_actual_resources(&pod, LATEST),
            Cow::Borrowed(_)
        ));
    }

    #[test]
    fn the_least_limit_of_a_pod_that_runs_is_told_without_overhead() {
        let limit = |cpu: &str| json!({"limits": {"cpu": cpu}});
        let found = |told: &str, phase: &str| {
            let mut pod = pod_level(&[limit("1"), json!({}), limit(told)]);
            let overhead = ApiQuantity("2m".to_owned());
            pod.spec.as_mut().unwrap().overhead = Some([("cpu".to_owned(), overhead)].into());
            pod.status.as_mut().unwrap().phase = Some(phase.to_owned());
            let own = with_actual_resources(&pod, LATEST).into_owned();
            own.spec.unwrap().resources.unwrap().limits.unwrap()["cpu"]
                .0
                .clone()
        };
        assert_eq!(found("8m", "Running"), "8m");
        assert_eq!(found("12m", "Running"), "10m");
        // Before it runs, the kubelet adds up what it has admitted.
        assert_eq!(found("8m", "Pending"), "6m");
    }

    #[test]
    fn a_limit_that_a_resize_adds_to_the_pod_is_no_limit_yet() {
        let spec = json!({"limits": {"cpu": "1", "memory": "1Gi", "hugepages-2Mi": "4Mi"}});
        let pod = pod_level(&[spec, json!({}), json!({"limits": {"memory": "1088Mi"}})]);
        let own = with_actual_resources(&pod, LATEST).into_owned();
        let expected = json!({"limits": {"memory": "1Gi", "hugepages-2Mi": "4Mi"}});
        assert_eq!(json!(own.spec.unwrap().resources), expected);
    }

    #[test]
    fn a_request_of_more_than_the_most_shares_is_no_resize() {
        let amounts = |cpu: &str| json!({"requests": {"cpu": cpu}});
        let of = |spec: &str, actual: &str| {
            let mut pod = pod("1");
            let list = |cpu: &str| serde_json::from_value(amounts(cpu)).ok();
            pod.spec.as_mut().unwrap().containers[0].resources = list(spec);
            let status = pod.status.as_mut().unwrap();
            status.container_statuses.as_mut().unwrap()[0].resources = list(actual);
            matches!(with_actual_resources(&pod, LATEST), Cow::Borrowed(_))
        };
        assert!(of("300", "256"));
        assert!(!of("300", "255"));
        assert!(!of("250", "256"));
    }

    #[test]
    fn a_resize_of_the_pod_itself_leaves_out_the_overhead_of_the_status() {
        let spec = json!({"requests": {"cpu": "8", "memory": "8Gi"}, "limits": {"cpu": "8", "memory": "8Gi"}});
        let allocated = json!({"cpu": "1250m", "memory": "1088Mi"});
        let actual =
            json!({"requests": {"cpu": "1222m"}, "limits": {"cpu": "4250m", "memory": "2112Mi"}});
        let pod = pod_level(&[spec, allocated, actual]);
        let own = with_allocated_resources(&pod, LATEST).into_owned();
        let expected = json!({"requests": {"cpu": "1", "memory": "1Gi"}, "limits": {"cpu": "4", "memory": "2Gi"}});
        assert_eq!(json!(own.spec.unwrap().resources), expected);
        // Before the gate, the status of the Pod itself has no such lists.
        let own = with_allocated_resources(&pod, KubernetesVersion::V1_35);
        assert!(matches!(own, Cow::Borrowed(_)));
    }
}

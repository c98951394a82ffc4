//! Findings about requests and limits.

use std::collections::{BTreeMap, BTreeSet};

use k8s_openapi::api::core::v1::Pod;
use k8s_openapi::apimachinery::pkg::api::resource::Quantity as ApiQuantity;
use pod_model::admission::{Origin, Refusal, RefusedBy};
use pod_model::cgroup::unlimited_by;
use pod_model::features::Gate;
use pod_model::pod_resources::with_actual_resources;
use pod_model::{
    ContainerType, FieldPath, Finding, KubernetesVersion, Quantity, Segment, Severity, rules,
};

use super::capacity::Capacity;
use super::conclude::resources_path;
use super::report::{ContainerItem, ResourcesBody};
use super::subject::Subject;

/// The smallest CPU limit without a finding.
const SMALL_QUOTA: i64 = 10_000;

/// Returns the findings of a target.
pub(super) fn findings(
    subject: &Subject,
    body: &ResourcesBody,
    capacity: Option<&Capacity>,
    version: KubernetesVersion,
) -> Vec<Finding> {
    let pod = &subject.admitted.pod;
    let mut all = refused(subject);
    all.extend(empty_pod_resources(subject, version));
    // The kubelet computes the cgroup.
    let kubelet = body.node.settings.map_or(version, |own| own.version);
    if body.cgroup.is_some() {
        all.extend(unlimited_init_containers(pod, body, kubelet));
    }
    all.extend(small_pod_limit(subject, body, kubelet));
    for container in lasting(body) {
        all.extend(whole_pod_limit(container, body));
        all.extend(no_memory_limit(container, body));
        all.extend(small_cpu_limit(container));
    }
    let node = pod.spec.as_ref().and_then(|own| own.node_name.as_deref());
    let has_node = node.is_some_and(|name| !name.is_empty());
    if let Some(capacity) = capacity
        && (!subject.is_stored || !has_node && !body.has_ended)
    {
        all.extend(capacity.findings(&body.requests, &subject.base, version));
    }
    all
}

/// Returns the containers that can have amounts: those for debugging have none.
fn lasting(body: &ResourcesBody) -> impl Iterator<Item = &ContainerItem> {
    let is_lasting = |own: &&ContainerItem| own.container_type != ContainerType::Ephemeral;
    body.containers.iter().filter(is_lasting)
}

/// Refusals of the plugins, and those of validation that are about amounts.
fn refused(subject: &Subject) -> Vec<Finding> {
    let all = subject
        .admitted
        .refusals
        .iter()
        .chain(&subject.quotas.refusals);
    let is_amount = |path: &FieldPath| {
        let is = |step: &Segment| matches!(step, Segment::Field(name) if name == "resources" || name == "overhead");
        path.segments().iter().any(is)
    };
    let all = all.filter(|own| own.by != RefusedBy::Validation || is_amount(&own.path));
    all.map(|own| {
        let message = format!("{} refuses the Pod: {}", own.by, own.message);
        let path = subject.base.join(&own.path);
        let finding = Finding::new(&rules::REFUSED_BY_ADMISSION, path, message);
        match given_limit(subject, own) {
            Some(help) => finding.help(help),
            None => finding,
        }
    })
    .collect()
}

/// A limit that the request exceeds, and that nobody has written: a LimitRange gave it.
fn given_limit(subject: &Subject, refusal: &Refusal) -> Option<String> {
    if refusal.by != RefusedBy::Validation {
        return None;
    }
    let refused = refusal.path.to_string();
    let mut changes = subject.admitted.changes.iter();
    let given = changes.find(|own| {
        let limits = own.path.parent();
        let resources = limits.as_ref().and_then(FieldPath::parent);
        let is_limit = limits.is_some_and(|own| own.to_string().ends_with(".limits"));
        let is_near = resources.is_some_and(|own| refused.starts_with(&own.to_string()));
        let is_named = matches!(own.path.segments().last(),
            Some(Segment::Field(name)) if refusal.message.contains(&format!("`{name}`")));
        matches!(
            own.origin,
            Origin::LimitRange(_) | Origin::OneOfLimitRanges { .. }
        ) && is_limit
            && is_near
            && is_named
    })?;
    let limit = given.value.as_str().unwrap_or_default();
    Some(format!(
        "the limit {limit} is the default of {}: set one that is not below the request",
        given.origin
    ))
}

fn empty_pod_resources(subject: &Subject, version: KubernetesVersion) -> Option<Finding> {
    let spec = subject.admitted.pod.spec.as_ref()?;
    let own = spec.resources.as_ref()?;
    let is_empty = |list: &Option<std::collections::BTreeMap<String, _>>| {
        list.as_ref()
            .is_none_or(std::collections::BTreeMap::is_empty)
    };
    if !is_empty(&own.requests) || !is_empty(&own.limits) {
        return None;
    }
    let init = spec.init_containers.iter().flatten();
    let mut resources = spec
        .containers
        .iter()
        .chain(init)
        .filter_map(|own| own.resources.as_ref());
    if !resources.any(|own| !is_empty(&own.requests) || !is_empty(&own.limits)) {
        return None;
    }
    let is_hit = Gate::PodLevelResources.is_on(version)
        && !Gate::PodLevelResourcesFixKubeletQOSClass.is_on(version);
    let message = if is_hit {
        "empty `resources` of the Pod make it BestEffort, whatever its containers request"
    } else {
        "empty `resources` of the Pod make it BestEffort on Kubernetes 1.34 to 1.36, whatever its containers request"
    };
    let path = subject.base.field("spec").field("resources");
    let finding = Finding::new(&rules::EMPTY_POD_RESOURCES, path, message)
        .help("remove `resources: {}` of the Pod");
    Some(if is_hit {
        finding
    } else {
        finding.with_severity(Severity::Info)
    })
}

/// An init container without a limit takes away the limits of the Pod's cgroup.
fn unlimited_init_containers(
    pod: &Pod,
    body: &ResourcesBody,
    version: KubernetesVersion,
) -> Vec<Finding> {
    let names = |resource| -> BTreeSet<String> {
        let names = unlimited_by(pod, resource, version);
        names.into_iter().collect()
    };
    let (cpu, memory) = (names("cpu"), names("memory"));
    let is_start = |own: &&ContainerItem| own.container_type == ContainerType::Init;
    let apps_have = |resource: &str, list: &BTreeSet<String>| {
        let mut apps = lasting(body).filter(|own| !is_start(own));
        !list.is_empty() && apps.all(|own| own.limits.contains_key(resource))
    };
    let (has_cpu, has_memory) = (apps_have("cpu", &cpu), apps_have("memory", &memory));
    let starts = body.containers.iter().filter(is_start);
    starts
        .filter_map(|own| {
            let takes_cpu = has_cpu && cpu.contains(&own.name);
            let takes_memory = has_memory && memory.contains(&own.name);
            let what = match (takes_cpu, takes_memory) {
                (true, true) => "cpu.max and memory.max",
                (true, false) => "cpu.max",
                (false, true) => "memory.max",
                (false, false) => return None,
            };
            let message = format!(
                "init container {} has no limit, so the Pod's cgroup has no {what}, also when it has ended",
                own.name
            );
            let finding = Finding::new(&rules::UNLIMITED_INIT_CONTAINER, resources_path(own), message);
            Some(finding.help("give the init container limits"))
        })
        .collect()
}

fn whole_pod_limit(container: &ContainerItem, body: &ResourcesBody) -> Option<Finding> {
    let runs = |own: &&ContainerItem| own.container_type != ContainerType::Init;
    if lasting(body).filter(runs).count() < 2
        || container.limit_of.cpu != Some("pod")
        || container.requests.contains_key("cpu")
    {
        return None;
    }
    let shares = container.cgroup.as_ref()?.v1.cpu_shares;
    let message = format!(
        "{} has no CPU request, so its share is that of the Pod's whole CPU limit: {shares} shares",
        named(container)
    );
    let finding = Finding::new(&rules::WHOLE_POD_LIMIT, resources_path(container), message);
    Some(finding.help("give the container a CPU request"))
}

/// Returns a container with the noun of its type.
fn named(container: &ContainerItem) -> String {
    format!("{} {}", container.container_type.noun(), container.name)
}

fn no_memory_limit(container: &ContainerItem, body: &ResourcesBody) -> Option<Finding> {
    let pod = body.cgroup.as_ref();
    let is_limited = pod.is_some_and(|own| own.v2.memory_max.is_some());
    if container.limit_of.memory.is_some() || is_limited {
        return None;
    }
    let message = format!("{} has no memory limit", named(container));
    let finding = Finding::new(&rules::NO_MEMORY_LIMIT, resources_path(container), message);
    let help = if pod.is_none() {
        "set `limits.memory`: without one the container can make its Windows node page to disk"
    } else {
        "set `limits.memory`, so that the container is killed before the node evicts Pods"
    };
    Some(finding.help(help))
}

/// The Pod's own limit holds for all containers together, and for each that has none. It is the one that the node has.
fn small_pod_limit(
    subject: &Subject,
    body: &ResourcesBody,
    kubelet: KubernetesVersion,
) -> Option<Finding> {
    let actual = with_actual_resources(&subject.admitted.pod, kubelet);
    let spec = actual.spec.as_ref()?;
    let amount = |list: &Option<BTreeMap<String, ApiQuantity>>| {
        let own = list.as_ref()?.get("cpu")?;
        Quantity::try_from(own).ok().filter(|own| !own.is_zero())
    };
    let mut limit = amount(&spec.resources.as_ref()?.limits)?;
    let limit = match amount(&spec.overhead) {
        Some(overhead) => {
            limit += &overhead;
            format!("{limit} of CPU, {overhead} of it overhead")
        }
        None => format!("{limit} of CPU"),
    };
    let cgroup = &body.cgroup.as_ref()?.v1;
    let path = subject.base.field("spec").field("resources");
    small_limit(
        "the Pod",
        &limit,
        (cgroup.cpu_quota?, cgroup.cpu_period),
        &path,
    )
}

fn small_cpu_limit(container: &ContainerItem) -> Option<Finding> {
    let cgroup = &container.cgroup.as_ref()?.v1;
    if container.limit_of.cpu != Some("container") {
        return None;
    }
    let limit = format!("{} of CPU", container.limits.get("cpu")?);
    let quota = (cgroup.cpu_quota?, cgroup.cpu_period);
    small_limit(&named(container), &limit, quota, &resources_path(container))
}

fn small_limit(
    owner: &str,
    limit: &str,
    (quota, period): (i64, i64),
    resources: &FieldPath,
) -> Option<Finding> {
    if quota >= SMALL_QUOTA {
        return None;
    }
    let rounded = if quota == 1_000 {
        ", the least that a limit can be"
    } else {
        ""
    };
    let message = format!(
        "{owner} is limited to {limit}: its threads together run {} of each {} ms{rounded}",
        milliseconds(quota),
        period / 1000,
    );
    Some(
        Finding::new(
            &rules::SMALL_CPU_LIMIT,
            resources.field("limits").field("cpu"),
            message,
        )
        .help("raise the limit, or remove it: a request shares CPU as well"),
    )
}

/// Returns a number of milliseconds, of microseconds.
pub(super) fn milliseconds(micros: i64) -> String {
    let (whole, rest) = (micros / 1000, micros % 1000);
    if rest == 0 {
        return whole.to_string();
    }
    let rest = format!("{rest:03}");
    format!("{whole}.{}", rest.trim_end_matches('0'))
}

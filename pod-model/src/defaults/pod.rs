//! Pods and their templates.

use k8s_openapi::api::core::v1::{Container, Pod, PodIP, PodSpec, PodStatus, PodTemplateSpec};

use super::pod_resources::{Rounded, Totals};
use super::resources::{requests_from_limits, resource_list, resources};
use super::{container, each, pod_resources, string, volume};
use crate::features::Gate;
use crate::version::KubernetesVersion;

/// First version whose defaulting does what conversion did before: both names of the account are the same, a
/// Pod's grace period is not negative, and `podIP` is the first of `podIPs`.
const CONVERTED_FIELDS_SINCE: KubernetesVersion = KubernetesVersion::V1_37;

/// Fills in a Pod as the server stores it: as [`pod`], and then what a server does after admission. Both names of the
/// account are the same, a grace period is not negative, and the requests and limits of the whole Pod are filled in
/// where the feature gate `PodLevelResourcesFixDefaulting` is on.
///
/// The status stays, and fields whose feature gates are off do:
/// [`prepared_pod`](crate::validation::prepared_pod) drops both.
///
/// Upstream: `PrepareForCreate` in `k8s.io/kubernetes/pkg/registry/core/pod`, `DefaultPodLevelResources` in
/// `…/pkg/api/pod`; before 1.37 `Convert_v1_Pod_To_core_Pod`, `Convert_v1_PodSpec_To_core_PodSpec` and the way back in
/// `…/pkg/apis/core/v1`.
pub fn created_pod(pod: &mut Pod, version: KubernetesVersion) {
    let totals = fill_in(pod, version);
    let spec = pod.spec.get_or_insert_default();
    account_names(spec);
    grace_period(spec);
    if Gate::PodLevelResourcesFixDefaulting.is_on(version)
        && let Some(totals) = totals
    {
        pod_resources::created(spec, &totals);
    }
}

/// Fills in a Pod.
///
/// Upstream: `SetDefaults_Pod`, which does more than templates get: requests
/// from limits, `enableServiceLinks`, host ports; then as [`pod_spec`].
/// Requests and limits of the whole Pod have defaults where the feature gate
/// `PodLevelResources` is on, and `PodLevelResourcesFixDefaulting` is not.
pub fn pod(pod: &mut Pod, version: KubernetesVersion) {
    fill_in(pod, version);
}

/// Does what [`pod`] does, and returns the totals of the containers if the Pod has requests
/// or limits of its own that have defaults.
fn fill_in(pod: &mut Pod, version: KubernetesVersion) -> Option<Totals> {
    let spec = pod.spec.get_or_insert_default();
    if version >= CONVERTED_FIELDS_SINCE {
        grace_period(spec);
    }
    for container in &mut spec.containers {
        requests_from_limits(container.resources.as_mut());
    }
    for container in each(&mut spec.init_containers) {
        requests_from_limits(container.resources.as_mut());
    }
    // On creation amounts are rounded already, and in defaulting they are not yet.
    let (on_creation, rounded) = if Gate::PodLevelResourcesFixDefaulting.is_on(version) {
        (true, Rounded::Amounts)
    } else {
        (false, Rounded::Sums)
    };
    let totals = if Gate::PodLevelResources.is_on(version) {
        Totals::of(spec, rounded)
    } else {
        None
    };
    spec.enable_service_links.get_or_insert(true);
    if spec.host_network == Some(true) {
        host_network_ports(spec.containers.iter_mut());
        host_network_ports(each(&mut spec.init_containers));
    }
    pod_spec(spec, version);
    if let Some(totals) = totals.as_ref().filter(|_| !on_creation) {
        pod_resources::huge_page_limits(spec, totals);
        pod_resources::requests(spec, totals);
    }
    if let Some(status) = &mut pod.status {
        pod_status(status, version);
    }
    totals
}

/// Fills in the Pod template of a workload.
pub fn pod_template_spec(template: &mut PodTemplateSpec, version: KubernetesVersion) {
    pod_spec(template.spec.get_or_insert_default(), version);
}

/// Fills in what a Pod and a template have in common.
///
/// Upstream: `SetDefaults_PodSpec` and the generated walk over `PodSpec`.
pub fn pod_spec(spec: &mut PodSpec, version: KubernetesVersion) {
    if version >= CONVERTED_FIELDS_SINCE {
        account_names(spec);
    }
    string(&mut spec.dns_policy, "ClusterFirst");
    string(&mut spec.restart_policy, "Always");
    spec.security_context.get_or_insert_default();
    spec.termination_grace_period_seconds.get_or_insert(30);
    string(&mut spec.scheduler_name, "default-scheduler");
    for item in each(&mut spec.volumes) {
        volume::volume(item, version);
    }
    for item in each(&mut spec.init_containers) {
        container::container(item);
    }
    for item in &mut spec.containers {
        container::container(item);
    }
    for item in each(&mut spec.ephemeral_containers) {
        container::ephemeral_container(item);
    }
    resource_list(spec.overhead.as_mut());
    resources(spec.resources.as_mut());
}

/// With the host's network, each port is a port of the host.
///
/// Upstream: `defaultHostNetworkPorts`.
fn host_network_ports<'a>(containers: impl Iterator<Item = &'a mut Container>) {
    for port in containers.flat_map(|container| each(&mut container.ports)) {
        super::number(&mut port.host_port, port.container_port);
    }
}

/// The old name of the field is an alias; where they differ, the new one counts.
fn account_names(spec: &mut PodSpec) {
    let names = [
        spec.service_account_name.take(),
        spec.service_account.take(),
    ];
    let mut names = names.into_iter().flatten().filter(|name| !name.is_empty());
    spec.service_account_name = names.next();
    spec.service_account = spec.service_account_name.clone();
}

/// One that is negative is one second.
fn grace_period(spec: &mut PodSpec) {
    if let Some(seconds) = &mut spec.termination_grace_period_seconds
        && *seconds < 0
    {
        *seconds = 1;
    }
}

fn pod_status(status: &mut PodStatus, version: KubernetesVersion) {
    if version >= CONVERTED_FIELDS_SINCE {
        pod_ips(status);
    }
    let lists = [
        &mut status.init_container_statuses,
        &mut status.container_statuses,
        &mut status.ephemeral_container_statuses,
    ];
    for container in lists.into_iter().flat_map(each) {
        resource_list(container.allocated_resources.as_mut());
        resources(container.resources.as_mut());
    }
    resource_list(status.allocated_resources.as_mut());
    resources(status.resources.as_mut());
}

/// Upstream: `SetDefaults_PodStatus`.
fn pod_ips(status: &mut PodStatus) {
    let own = status.pod_ip.clone().filter(|ip| !ip.is_empty());
    let first = status.pod_ips.iter().flatten().next();
    match (own, first) {
        (Some(ip), first) if first.is_none_or(|first| first.ip != ip) => {
            status.pod_ips = Some(vec![PodIP { ip }]);
        }
        (None, Some(first)) => status.pod_ip = Some(first.ip.clone()),
        _ => {}
    }
}

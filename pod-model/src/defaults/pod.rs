//! Pods and their templates.

use k8s_openapi::api::core::v1::{Container, Pod, PodSpec, PodStatus, PodTemplateSpec};

use super::resources::{requests_from_limits, resource_list, resources};
use super::{container, each, pod_resources, string, volume};
use crate::features::Gate;
use crate::version::KubernetesVersion;

/// Fills in a Pod.
///
/// Upstream: `SetDefaults_Pod`, which does more than templates get: requests
/// from limits, `enableServiceLinks`, host ports; then as [`pod_spec`].
/// Requests and limits of the whole Pod have defaults where the feature gate
/// `PodLevelResources` is on.
pub fn pod(pod: &mut Pod, version: KubernetesVersion) {
    let spec = pod.spec.get_or_insert_default();
    for container in &mut spec.containers {
        requests_from_limits(container.resources.as_mut());
    }
    for container in each(&mut spec.init_containers) {
        requests_from_limits(container.resources.as_mut());
    }
    if Gate::PodLevelResources.is_on(version) {
        pod_resources::huge_page_limits(spec);
        pod_resources::requests(spec);
    }
    spec.enable_service_links.get_or_insert(true);
    if spec.host_network == Some(true) {
        host_network_ports(spec.containers.iter_mut());
        host_network_ports(each(&mut spec.init_containers));
    }
    pod_spec(spec, version);
    if let Some(status) = &mut pod.status {
        pod_status(status);
    }
}

/// Fills in the Pod template of a workload.
pub fn pod_template_spec(template: &mut PodTemplateSpec, version: KubernetesVersion) {
    pod_spec(template.spec.get_or_insert_default(), version);
}

/// Fills in what a Pod and a template have in common.
///
/// Upstream: `SetDefaults_PodSpec` and the generated walk over `PodSpec`.
pub fn pod_spec(spec: &mut PodSpec, version: KubernetesVersion) {
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

fn pod_status(status: &mut PodStatus) {
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

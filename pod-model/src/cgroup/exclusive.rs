//! Containers that may have CPUs of their own, which the kubelet's configuration decides.

use k8s_openapi::api::core::v1::Pod;

use crate::pod_resources::{QosClass, is_pod_level_set, own_limit, own_request, qos_class, typed};
use crate::version::KubernetesVersion;

/// Returns the containers that have CPUs of their own if the kubelet's CPU manager policy is `static`:
/// those of a Guaranteed Pod that request whole CPUs. With the gate
/// `DisableCPUQuotaWithExclusiveCPUs` neither they nor the Pod have a limit of CPU then.
///
/// Upstream: `staticPolicy.guaranteedCPUs` in pkg/kubelet/cm/cpumanager.
pub fn may_have_exclusive_cpus(pod: &Pod, version: KubernetesVersion) -> Vec<&str> {
    // Managers of CPU know nothing of resources that the Pod itself has, or little.
    if qos_class(pod, version) != QosClass::Guaranteed || is_pod_level_set(pod) {
        return Vec::new();
    }
    typed(pod)
        .filter(|(own, _)| {
            let resources = own.resources.as_ref();
            let request = own_request(resources, "cpu");
            let request = request.unwrap_or_else(|| own_limit(resources, "cpu"));
            request.signum() > 0 && request.milli_value() % 1000 == 0
        })
        .map(|(own, _)| own.name.as_str())
        .collect()
}

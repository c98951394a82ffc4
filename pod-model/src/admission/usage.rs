//! Amounts that quotas count of a Pod.
//!
//! Upstream: `PodUsageFunc` and `podComputeUsageHelper` in `k8s.io/kubernetes/pkg/quota/v1/evaluator/core`.

use k8s_openapi::api::core::v1::Pod;

use super::constraint::Amounts;
use crate::names;
use crate::pod_resources::{self, Options};
use crate::quantity::{Format, Quantity};
use crate::version::KubernetesVersion;

/// The number of Pods, ended ones included.
const COUNT: &str = "count/pods";
/// The resources that are counted by a name with a prefix as well.
const COMPUTE: [&str; 3] = ["cpu", "memory", "ephemeral-storage"];
const HUGE_PAGES: &str = "hugepages-";
const REQUESTS: &str = "requests.";
/// The names that device classes have as resources, which count from 1.35 on.
pub(super) const DEVICE_CLASS: &str = "deviceclass.resource.kubernetes.io/";
pub(super) const DEVICE_CLASSES_SINCE: KubernetesVersion = KubernetesVersion::V1_35;

/// Returns what quotas count of a Pod, by the names of quotas. One that has ended counts as an object alone; so does
/// one that is deleted and past its time (`is_overdue`), which no clock here can tell.
pub fn usage(pod: &Pod, version: KubernetesVersion, is_overdue: bool) -> Amounts {
    let one = Quantity::new(1, Format::DecimalSi);
    let mut usage = Amounts::from([(COUNT.to_owned(), one.clone())]);
    let phase = pod.status.as_ref().and_then(|own| own.phase.as_deref());
    if is_overdue || matches!(phase, Some("Failed" | "Succeeded")) {
        return usage;
    }
    usage.insert("pods".to_owned(), one);
    let options = Options::placed(version);
    let requests = pod_resources::requests(pod, options);
    let limits = pod_resources::limits(pod, options);
    usage.extend(compute(&requests, &limits, version));
    usage
}

/// Returns what quotas count of requests and limits, without the Pod itself.
pub(super) fn compute(requests: &Amounts, limits: &Amounts, version: KubernetesVersion) -> Amounts {
    let mut usage = Amounts::new();
    for name in COMPUTE {
        if let Some(amount) = requests.get(name) {
            usage.insert(name.to_owned(), amount.clone());
            usage.insert(format!("{REQUESTS}{name}"), amount.clone());
        }
        if let Some(amount) = limits.get(name) {
            usage.insert(format!("limits.{name}"), amount.clone());
        }
    }
    for (name, amount) in requests {
        if name.starts_with(HUGE_PAGES) {
            usage.insert(name.clone(), amount.clone());
            usage.insert(format!("{REQUESTS}{name}"), amount.clone());
        }
        if is_extended(name, version) {
            usage.insert(format!("{REQUESTS}{name}"), amount.clone());
        }
    }
    usage
}

/// Upstream: `IsDRAExtendedResourceName`, before 1.35 `IsExtendedResourceName`.
fn is_extended(name: &str, version: KubernetesVersion) -> bool {
    let is_class = version >= DEVICE_CLASSES_SINCE && name.starts_with(DEVICE_CLASS);
    let is_other = !is_native(name)
        && !name.starts_with(REQUESTS)
        && names::label_key(&format!("{REQUESTS}{name}")).is_none();
    is_class || is_other
}

/// Upstream: `IsNativeResource`.
pub(super) fn is_native(name: &str) -> bool {
    !name.contains('/') || name.contains("kubernetes.io/")
}

/// Returns whether quotas of Pods know a name.
///
/// Upstream: `podEvaluator.MatchingResources`.
pub(super) fn is_of_pods(name: &str, version: KubernetesVersion) -> bool {
    let compute = name.strip_prefix(REQUESTS).or(name.strip_prefix("limits."));
    let is_extended = name.starts_with(REQUESTS)
        && (!is_native(name)
            || version >= DEVICE_CLASSES_SINCE
                && name
                    .strip_prefix(REQUESTS)
                    .is_some_and(|own| own.starts_with(DEVICE_CLASS)));
    matches!(name, COUNT | "pods")
        || COMPUTE.contains(&compute.unwrap_or(name))
        || name.starts_with(HUGE_PAGES)
        || name.starts_with("requests.hugepages-")
        || is_extended
}

//! The plugin `NodeResourcesFit`.
//!
//! Upstream: pkg/scheduler/framework/plugins/noderesources/fit.go.

use super::node_info::NodeInfo;
use super::outcome::{Cause, Code, Outcome, Reason};
use super::plugin::Plugin;
use super::resources::{Resources, amount_text, is_extended};
use super::storage::{Input, Known, Unknown};
use crate::features::Gate;
use crate::version::KubernetesVersion;

/// A resource that a node has not enough of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Insufficient {
    pub(super) resource: String,
    pub(super) requested: i128,
    pub(super) used: i128,
    pub(super) capacity: i128,
}

impl Insufficient {
    /// Returns whether the node would not be enough without any Pod either. The number of Pods
    /// is never judged so.
    fn is_unresolvable(&self) -> bool {
        self.resource != "pods" && self.requested > self.capacity
    }
}

/// Returns the resources that a node has not enough of for the requests, in the order of
/// upstream's `fitsRequest`; extended ones that are left to device classes are passed over.
pub(super) fn insufficient(
    requests: &Resources,
    node: &NodeInfo,
    is_left_to_devices: impl Fn(&str) -> bool,
) -> Vec<Insufficient> {
    let mut found = Vec::new();
    let (allocatable, used) = (node.allocatable(), node.pods().requested());
    let mut compare = |resource: &str, requested: i128| {
        let (used, capacity) = (used.get(resource), allocatable.get(resource));
        if requested > capacity - used {
            found.push(Insufficient {
                resource: resource.to_owned(),
                requested,
                used,
                capacity,
            });
        }
    };
    compare("pods", 1);
    let own = [
        ("cpu", requests.milli_cpu),
        ("memory", requests.memory),
        ("ephemeral-storage", requests.ephemeral_storage),
    ];
    for (resource, requested) in own {
        if requested > 0 {
            compare(resource, requested);
        }
    }
    for (resource, requested) in &requests.scalars {
        if *requested != 0 && !is_left_to_devices(resource) {
            compare(resource, *requested);
        }
    }
    found
}

/// Judges a node. Upstream: `Filter`.
pub(super) fn judge(
    requests: &Resources,
    node: &NodeInfo,
    device_classes: &Known<()>,
    version: KubernetesVersion,
) -> Outcome {
    let mut unknown = None;
    let asks_devices = |resource: &str| {
        let answer = is_left_to_devices(resource, node, device_classes, version);
        answer.map_err(|Unknown(why)| why)
    };
    for resource in requests.scalars.keys() {
        if let Err(why) = asks_devices(resource) {
            unknown = Some(why);
        }
    }
    // Without the classes the resource is judged as if there were none, but only for amounts
    // that are enough: a class may stand for what is not.
    let found = insufficient(requests, node, |resource| {
        asks_devices(resource).unwrap_or(true)
    });
    if found.is_empty() {
        return unknown.map_or(Outcome::Passes, Outcome::NotEvaluated);
    }
    let is_unresolvable =
        version >= KubernetesVersion::V1_34 && found.iter().any(Insufficient::is_unresolvable);
    let code = if is_unresolvable {
        Code::UnschedulableAndUnresolvable
    } else {
        Code::Unschedulable
    };
    let reasons = found.into_iter().map(|found| reason(found, code));
    Outcome::Fails(reasons.collect())
}

fn reason(found: Insufficient, code: Code) -> Reason {
    let Insufficient {
        resource,
        requested,
        used,
        capacity,
    } = found;
    if resource == "pods" {
        let cause = Cause::TooManyPods {
            count: used,
            allowed: capacity,
        };
        let reason = Reason::new(Plugin::NodeResourcesFit, code, "Too many pods", cause);
        return reason.detailed(format!("{used} of {capacity} Pods are on the node"));
    }
    let [asked, others, all] = [requested, used, capacity].map(|own| amount_text(&resource, own));
    let detail = format!("requests {asked} {resource}, {others} of {all} are requested by others");
    let message = format!("Insufficient {resource}");
    let cause = Cause::Insufficient {
        resource,
        requested,
        used,
        allocatable: capacity,
    };
    Reason::new(Plugin::NodeResourcesFit, code, &message, cause).detailed(detail)
}

/// Returns whether an extended resource is left to the plugin `DynamicResources` on a node.
/// Upstream: `shouldDelegateResourceToDRA`.
pub(super) fn is_left_to_devices(
    resource: &str,
    node: &NodeInfo,
    device_classes: &Known<()>,
    version: KubernetesVersion,
) -> Result<bool, Unknown> {
    if !Gate::DRAExtendedResource.is_on(version)
        || node.allocatable().get(resource) > 0
        || !is_dra_extended(resource)
    {
        return Ok(false);
    }
    match device_classes.get(Input::DeviceClasses, resource) {
        Ok(class) => Ok(class.is_some()),
        Err(_) => Err(Unknown(format!(
            "it is not known whether a DeviceClass stands for `{resource}`"
        ))),
    }
}

/// Returns whether a DeviceClass can stand for a resource: an extended one, or
/// `deviceclass.resource.kubernetes.io/NAME`.
pub fn is_dra_extended(resource: &str) -> bool {
    is_extended(resource) || resource.starts_with("deviceclass.resource.kubernetes.io/")
}

//! The plugin `NodeDeclaredFeatures`.
//!
//! Upstream: pkg/scheduler/framework/plugins/nodedeclaredfeatures, and `InferForScheduling` of
//! each feature in k8s.io/component-helpers/nodedeclaredfeatures/features.

use k8s_openapi::api::core::v1::{Container, PodSpec};

use super::node_info::NodeInfo;
use super::outcome::{Cause, Code, Outcome, Prepared, Reason};
use super::plugin::Plugin;
use crate::version::KubernetesVersion;

/// A feature that a Pod can need of its node.
struct Feature {
    name: &'static str,
    since: KubernetesVersion,
    is_needed: fn(&PodSpec) -> bool,
}

/// The features that matter when a Pod is placed; those that matter when it is resized are not
/// among them.
const FEATURES: [Feature; 3] = [
    Feature {
        name: "RestartAllContainersOnContainerExits",
        since: KubernetesVersion::V1_36,
        is_needed: restarts_all_containers,
    },
    Feature {
        name: "UserNamespacesHostNetworkSupport",
        since: KubernetesVersion::V1_36,
        is_needed: |spec| spec.host_network == Some(true) && spec.host_users == Some(false),
    },
    Feature {
        name: "VolumeBindMountOptions",
        since: KubernetesVersion::V1_37,
        is_needed: has_mount_options,
    },
];

fn containers(spec: &PodSpec) -> impl Iterator<Item = &Container> {
    let init = spec.init_containers.iter().flatten();
    spec.containers.iter().chain(init)
}

fn restarts_all_containers(spec: &PodSpec) -> bool {
    let rules = containers(spec).flat_map(|container| container.restart_policy_rules.iter());
    let mut rules = rules.flatten();
    rules.any(|rule| rule.action == "RestartAllContainers")
}

fn has_mount_options(spec: &PodSpec) -> bool {
    let ephemeral = spec.ephemeral_containers.iter().flatten();
    let ephemeral = ephemeral.filter_map(|container| container.volume_mounts.as_ref());
    let mounts = containers(spec).filter_map(|container| container.volume_mounts.as_ref());
    let mut options = mounts
        .chain(ephemeral)
        .flatten()
        .filter_map(|mount| mount.bind_mount_options.as_ref());
    options.any(|options| !options.is_empty())
}

/// Reads the Pod. Upstream: `PreFilter`.
pub(super) fn prepare(spec: &PodSpec, version: KubernetesVersion) -> Prepared<Vec<&'static str>> {
    let needed = FEATURES
        .iter()
        .filter(|feature| version >= feature.since && (feature.is_needed)(spec));
    let needed: Vec<&str> = needed.map(|feature| feature.name).collect();
    if needed.is_empty() {
        Prepared::Skip
    } else {
        Prepared::Ready(needed)
    }
}

/// Judges a node. Upstream: `Filter`.
pub(super) fn judge(needed: &[&str], node: &NodeInfo) -> Outcome {
    let missing = needed.iter().filter(|name| {
        let mut declared = node.declared_features().iter();
        !declared.any(|declared| declared == **name)
    });
    let missing: Vec<&str> = missing.copied().collect();
    if missing.is_empty() {
        return Outcome::Passes;
    }
    let reason = Reason::new(
        Plugin::NodeDeclaredFeatures,
        Code::UnschedulableAndUnresolvable,
        "node(s) didn't match Pod's required features",
        Cause::Other,
    );
    Outcome::fails(reason.detailed(format!("the node does not declare {}", missing.join(", "))))
}

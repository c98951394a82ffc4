//! The groups of a container's first process.

use std::sync::Arc;

use k8s_openapi::api::core::v1::PodSecurityContext;
use serde::Serialize;

use super::context::{Contexts, pod_path};
use super::effective::{Effective, Origin};
use super::settings::{Runtime, Settings};
use crate::version::KubernetesVersion;

/// A primary group.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Group {
    /// A number.
    Id(i64),
    /// The group of the user in the image's `/etc/passwd`; 0 if the user is not there. The
    /// group that the image's configuration names after a colon has no effect.
    OfImage,
}

/// The treatment of groups that the image's `/etc/group` gives to the user.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum GroupsPolicy {
    /// They are added.
    Merge,
    /// They are left out.
    Strict,
}

/// A reason why a policy has no effect, or keeps the Pod from running.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum PolicyIssue {
    /// The kubelet refuses the Pod on nodes whose runtime does not have the policy
    /// (reason `SupplementalGroupsPolicyNotSupported`).
    RefusedWithoutRuntime,
    /// A runtime that does not have the policy merges.
    IgnoredWithoutRuntime,
}

/// Upstream: `determineEffectiveSecurityContext`; the runtime's part is `WithUser` of
/// containerd's `pkg/oci/spec_opts.go`.
pub(super) fn group(contexts: &Contexts<'_>) -> Effective<Group> {
    let set = contexts.either("runAsGroup", |own| own.run_as_group, |pod| pod.run_as_group);
    set.map_or_else(
        || Effective::of(Group::OfImage, Origin::Image),
        |own| own.map(Group::Id),
    )
}

/// Returns the groups that the kubelet asks of the runtime, in its order.
pub(super) fn supplemental_groups(pod: Option<&PodSecurityContext>) -> Arc<[Effective<i64>]> {
    let of_fs = pod.and_then(|own| own.fs_group);
    let of_fs = of_fs.map(|group| Effective::at(group, Origin::Pod, pod_path("fsGroup")));
    let list = pod.and_then(|own| own.supplemental_groups.as_deref());
    let path = pod_path("supplementalGroups");
    let listed = list.unwrap_or_default().iter().enumerate();
    let listed = listed.map(|(i, group)| Effective::at(*group, Origin::Pod, path.index(i)));
    of_fs.into_iter().chain(listed).collect()
}

pub(super) fn policy(contexts: &Contexts<'_>) -> Effective<GroupsPolicy> {
    let set = contexts.of_pod("supplementalGroupsPolicy", |pod| {
        pod.supplemental_groups_policy.as_deref()
    });
    set.map_or_else(
        || Effective::of(GroupsPolicy::Merge, Origin::Default),
        |own| {
            own.map(|text| match text {
                "Strict" => GroupsPolicy::Strict,
                _ => GroupsPolicy::Merge,
            })
        },
    )
}

/// Returns the trouble that a policy makes on nodes whose runtime does not have it, or
/// `None` if the runtime has it.
///
/// Upstream: `Admit` of pkg/kubelet/lifecycle/predicate.go, from 1.33 on; containerd has
/// the policy since 2.0.
pub(super) fn policy_issue(policy: GroupsPolicy, settings: &Settings<'_>) -> Option<PolicyIssue> {
    let has_policy = matches!(settings.runtime, Runtime::Containerd { major, .. } if major >= 2);
    (policy == GroupsPolicy::Strict && !has_policy).then_some(
        if settings.version >= KubernetesVersion::V1_33 {
            PolicyIssue::RefusedWithoutRuntime
        } else {
            PolicyIssue::IgnoredWithoutRuntime
        },
    )
}

//! The groups of a container's first process.

use serde::Serialize;

use super::context::Contexts;
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
pub(super) fn supplemental_groups(contexts: &Contexts<'_>) -> Vec<Effective<i64>> {
    let of_fs = contexts.of_pod("fsGroup", |pod| pod.fs_group);
    let list = contexts.of_pod("supplementalGroups", |pod| pod.supplemental_groups.as_ref());
    let listed = list.into_iter().flat_map(|list| {
        let path = list.path.unwrap_or_default();
        let groups = list.value.iter().enumerate();
        groups
            .map(move |(i, group)| Effective::at(*group, Origin::Pod, path.index(i)))
            .collect::<Vec<_>>()
    });
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

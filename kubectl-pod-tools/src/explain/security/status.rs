//! The users that a Pod's status tells: since Kubernetes 1.33 the kubelet reports that of each first process.

use std::collections::BTreeMap;

use k8s_openapi::api::core::v1::{ContainerStatus, PodStatus};

use super::report::ObservedUser;

/// Returns the user of each container that has one in the status.
pub(super) fn observed_users(status: Option<&PodStatus>) -> BTreeMap<&str, ObservedUser> {
    let Some(status) = status else {
        return BTreeMap::new();
    };
    let lists = [
        &status.init_container_statuses,
        &status.container_statuses,
        &status.ephemeral_container_statuses,
    ];
    let all = lists.into_iter().flatten().flatten();
    all.filter_map(|own| Some((own.name.as_str(), user(own)?)))
        .collect()
}

fn user(status: &ContainerStatus) -> Option<ObservedUser> {
    let linux = status.user.as_ref()?.linux.as_ref()?;
    Some(ObservedUser {
        uid: linux.uid,
        gid: linux.gid,
        supplemental_groups: linux.supplemental_groups.clone().unwrap_or_default(),
    })
}

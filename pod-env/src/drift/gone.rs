//! Separates variables that a restart would remove from those of the image, a device
//! plugin or the runtime.
//!
//! A runtime puts the image's variables first (containerd's `buildLinuxSpec`),
//! then come those of device plugins, then the Pod's own in any order, and
//! those of Services last (`GenerateRunContainerOptions` in
//! pkg/kubelet/kubelet_pods.go). One that takes the place of an image's variable
//! stands where that one stood.

use std::collections::HashSet;

use super::environ::{Entry, RUNTIME};
use super::secrets::could_bring;
use crate::report::{ContainerEnv, EnvVar, SourceKind};
use crate::service_links::is_link_name;
use pod_model::ContainerView;

pub(super) struct Gone<'a> {
    container: &'a ContainerEnv,
    spec: &'a ContainerView<'a>,
    /// Index of the first variable that the kubelet has set.
    first_own: Option<usize>,
}

impl<'a> Gone<'a> {
    pub(super) fn new(
        container: &'a ContainerEnv,
        spec: &'a ContainerView<'a>,
        expected: &[&EnvVar],
        seen: &[Entry<'_>],
    ) -> Self {
        let of_image: HashSet<&str> = container
            .env
            .iter()
            .filter(|entry| entry.source.kind == SourceKind::Runtime)
            .map(|entry| entry.name.as_str())
            .collect();
        let own: HashSet<&[u8]> = expected
            .iter()
            .map(|entry| entry.name.as_str())
            .filter(|name| !of_image.contains(name) && !RUNTIME.contains(name))
            .map(str::as_bytes)
            .collect();
        Self {
            container,
            spec,
            first_own: seen.iter().position(|entry| own.contains(entry.name)),
        }
    }

    /// Returns whether a restart certainly removes the variable at an index.
    pub(super) fn is(&self, at: usize, name: &str) -> bool {
        let unread = &self.container.unread;
        if unread.iter().any(|source| source.could_set(name)) {
            return false;
        }
        let behind_own = self.first_own.is_some_and(|first| first < at);
        // Before them, only the image and device plugins set anything.
        let nobody_else = self.container.image_env_known && !asks_for_devices(self.spec);
        (behind_own || nobody_else) && self.could_be_set(name)
    }

    /// Returns whether a source of the spec may have set it.
    fn could_be_set(&self, name: &str) -> bool {
        self.spec.env.iter().any(|variable| variable.name == name)
            || (self.spec.env_from.iter()).any(|from| could_bring(from, name))
            || is_link_name(name)
    }
}

/// Returns whether a device plugin or driver may set variables: for extended resources and for
/// claims (`GetResources` in pkg/kubelet/cm/container_manager_linux.go).
fn asks_for_devices(spec: &ContainerView<'_>) -> bool {
    let Some(resources) = spec.resources else {
        return false;
    };
    let extended = |name: &String| {
        let domain = name.split_once('/').map(|(domain, _)| domain);
        domain.is_some_and(|domain| !domain.ends_with("kubernetes.io"))
    };
    let named = |list: &Option<std::collections::BTreeMap<String, _>>| {
        list.iter().flat_map(|list| list.keys()).any(extended)
    };
    resources
        .claims
        .as_ref()
        .is_some_and(|claims| !claims.is_empty())
        || named(&resources.limits)
        || named(&resources.requests)
}

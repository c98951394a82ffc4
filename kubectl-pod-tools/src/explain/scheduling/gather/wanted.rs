//! The lists that the targets need.

use k8s_openapi::api::core::v1::{PodSpec, Volume};

/// The lists that at least one target needs.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Wanted {
    /// Claims, volumes, classes, and what the nodes can attach.
    pub volumes: bool,
    /// Device classes: an extended resource may be one of theirs.
    pub device_classes: bool,
}

impl Wanted {
    /// Adds what a Pod needs.
    pub(super) fn add(&mut self, spec: &PodSpec) {
        let volumes = spec.volumes.iter().flatten();
        self.volumes |= { volumes }.any(is_looked_at);
        let containers = spec
            .containers
            .iter()
            .chain(spec.init_containers.iter().flatten());
        let resources = containers.filter_map(|own| own.resources.as_ref());
        let mut names = resources.flat_map(|own| {
            let requests = own.requests.iter().flat_map(|all| all.keys());
            requests.chain(own.limits.iter().flat_map(|all| all.keys()))
        });
        self.device_classes |= names.any(|name| name.contains('/'));
    }
}

fn is_looked_at(volume: &Volume) -> bool {
    volume.persistent_volume_claim.is_some()
        || volume.ephemeral.is_some()
        || volume.csi.is_some()
        || volume.aws_elastic_block_store.is_some()
        || volume.gce_persistent_disk.is_some()
        || volume.iscsi.is_some()
        || volume.rbd.is_some()
}

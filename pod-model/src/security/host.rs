//! The namespaces and paths that a Pod has of its node.

use std::collections::BTreeMap;

use k8s_openapi::api::core::v1::PodSpec;
use serde::Serialize;

use crate::container::ContainerView;
use crate::path::FieldPath;

/// The namespaces that a Pod shares.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct HostNamespaces {
    /// The node's network.
    pub network: bool,
    /// The node's processes.
    pub pid: bool,
    /// The node's IPC.
    pub ipc: bool,
}

pub(super) fn namespaces(spec: &PodSpec) -> HostNamespaces {
    HostNamespaces {
        network: spec.host_network == Some(true),
        pid: spec.host_pid == Some(true),
        ipc: spec.host_ipc == Some(true),
    }
}

/// A path of the node.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct HostPath {
    /// The volume's name.
    pub volume: String,
    /// The path on the node.
    pub host_path: String,
    /// `type`, empty if anything is taken.
    #[serde(rename = "type")]
    pub type_: String,
    /// The containers that have it.
    pub mounts: Vec<HostPathMount>,
    /// The volume's source, from the Pod's root.
    pub path: FieldPath,
}

/// A container that has a path of the node.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct HostPathMount {
    /// The container's name.
    pub container: String,
    /// The path in the container.
    pub mount_path: String,
    /// `subPath` or `subPathExpr`: what of the volume is mounted, if not all of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sub_path: Option<String>,
    /// True if variables are to be expanded in it.
    #[serde(skip)]
    pub is_expression: bool,
    /// True if the container cannot write there.
    pub read_only: bool,
}

impl HostPathMount {
    /// Returns the path of the node that the container has of a volume, or `None` if the container's variables decide.
    pub fn node_path(&self, host_path: &str) -> Option<String> {
        match &self.sub_path {
            None => Some(host_path.to_owned()),
            Some(_) if self.is_expression => None,
            Some(sub_path) => Some(format!("{host_path}/{sub_path}")),
        }
    }
}

fn given(text: Option<&String>) -> Option<String> {
    text.filter(|text| !text.is_empty()).cloned()
}

pub(super) fn host_paths(spec: &PodSpec, containers: &[ContainerView<'_>]) -> Vec<HostPath> {
    let volumes = spec.volumes.iter().flatten();
    let mut all: Vec<HostPath> = Vec::new();
    let mut places: BTreeMap<&str, usize> = BTreeMap::new();
    for (i, volume) in volumes.enumerate() {
        let Some(source) = &volume.host_path else {
            continue;
        };
        let volumes = FieldPath::root().field("spec").field("volumes");
        places.entry(&volume.name).or_insert(all.len());
        all.push(HostPath {
            volume: volume.name.clone(),
            host_path: source.path.clone(),
            type_: source.type_.clone().unwrap_or_default(),
            mounts: Vec::new(),
            path: volumes.index(i).field("hostPath"),
        });
    }
    let mounts = containers.iter().flat_map(|container| {
        let mounts = container.volume_mounts.iter();
        mounts.map(move |mount| (container.name, mount))
    });
    for (container, mount) in mounts {
        // Of volumes of one name, which the server refuses, the first is mounted.
        let place = places.get(mount.name.as_str());
        let path = place.and_then(|own| all.get_mut(*own));
        if let Some(path) = path {
            path.mounts.push(HostPathMount {
                container: container.to_owned(),
                mount_path: mount.mount_path.clone(),
                sub_path: given(mount.sub_path_expr.as_ref()).or(given(mount.sub_path.as_ref())),
                is_expression: given(mount.sub_path_expr.as_ref()).is_some(),
                read_only: mount.read_only == Some(true),
            });
        }
    }
    all
}

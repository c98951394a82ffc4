//! The security of a whole Pod.

use k8s_openapi::api::core::v1::PodSpec;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use serde::Serialize;

use super::container::{ContainerSecurity, container};
use super::fs_group::{FsGroup, VolumeOwnership, fs_group, volumes};
use super::groups::supplemental_groups;
use super::host::{HostNamespaces, HostPath, host_paths, namespaces};
use super::settings::Settings;
use super::sysctls::{SysctlUse, sysctls};
use super::token::{ServiceAccountToken, token};
use super::user_namespace::{UserNamespace, user_namespace};
use crate::container::containers;
use crate::path::FieldPath;

/// The security of a Pod.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PodSecurity {
    /// The containers: init containers first, then the others, then ephemeral ones. A Pod
    /// for Windows has none here.
    pub containers: Vec<ContainerSecurity>,
    /// `fsGroup`, or `None` if the Pod does not set it.
    pub fs_group: Option<FsGroup>,
    /// The volumes, and the effect of `fsGroup` on them.
    pub volumes: Vec<VolumeOwnership>,
    /// The namespaces that are shared.
    pub host_namespaces: HostNamespaces,
    /// True if the containers see each other's processes (`shareProcessNamespace`).
    pub shares_process_namespace: bool,
    /// The user namespace.
    pub user_namespace: UserNamespace,
    /// The sysctls.
    pub sysctls: Vec<SysctlUse>,
    /// The ServiceAccount's token.
    pub token: ServiceAccountToken,
    /// The node's paths.
    pub host_paths: Vec<HostPath>,
    /// True for a Pod for Windows (`spec.os.name`), whose containers are left out.
    pub is_windows: bool,
}

/// Returns the security of a Pod.
pub fn security(metadata: &ObjectMeta, spec: &PodSpec, settings: &Settings<'_>) -> PodSecurity {
    let views = containers(spec, &FieldPath::root().field("spec"));
    let is_windows = spec.os.as_ref().is_some_and(|os| os.name == "windows");
    let groups = supplemental_groups(spec.security_context.as_ref());
    let on_linux = views.iter().filter(|_| !is_windows);
    PodSecurity {
        containers: on_linux
            .map(|own| container(metadata, spec, own, &groups, settings))
            .collect(),
        fs_group: fs_group(spec),
        volumes: volumes(spec, settings.version),
        host_namespaces: namespaces(spec),
        shares_process_namespace: spec.share_process_namespace == Some(true),
        user_namespace: user_namespace(spec.host_users, settings.version),
        sysctls: sysctls(spec, settings.version),
        token: token(spec, &views),
        host_paths: host_paths(spec, &views),
        is_windows,
    }
}

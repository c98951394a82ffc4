//! The security context of each container as it comes into effect: users, groups,
//! capabilities, profiles and namespaces, each value with its origin.
//!
//! The kubelet's part is that of `pkg/kubelet/kuberuntime` and `pkg/securitycontext`; the
//! runtime's part is containerd's (`internal/cri`) or CRI-O's. Windows is left out: there
//! the options of `windowsOptions` decide, and none of these fields.

mod app_armor;
mod capabilities;
mod capability_names;
mod container;
mod context;
mod effective;
mod fs_group;
mod groups;
mod host;
mod low_ports;
mod non_root;
mod pod;
mod proc_mount;
mod profile;
mod settings;
mod sysctls;
#[cfg(test)]
mod tests;
mod token;
mod user;
mod user_namespace;

pub use capabilities::Capabilities;
pub use capability_names::is_capability;
pub use container::ContainerSecurity;
pub use effective::{Effective, Origin};
pub use fs_group::{FsGroup, FsGroupEffect, VolumeOwnership};
pub use groups::{Group, GroupsPolicy, PolicyIssue};
pub use host::{HostNamespaces, HostPath, HostPathMount};
pub use low_ports::LowPorts;
pub use non_root::NonRoot;
pub use pod::{PodSecurity, security};
pub use proc_mount::{MASKED_PATHS, ProcMount, READ_ONLY_PATHS};
pub use profile::Profile;
pub use settings::{ImageUser, Runtime, Settings};
pub use sysctls::{Safety, SysctlNamespace, SysctlUse};
pub use token::{ServiceAccountToken, TokenMount};
pub use user::User;
pub use user_namespace::UserNamespace;

//! Facts about the Pod as a whole: volumes and groups, namespaces of the host, sysctls, token, host paths.

use k8s_openapi::api::core::v1::PodSpec;
use pod_model::FieldPath;
use pod_model::security::{
    FsGroupEffect, HostPath, PodSecurity, PolicyIssue, Safety, ServiceAccountToken, SysctlUse,
    VolumeOwnership,
};

use super::created::{CreatedPod, in_object};
use super::report::{FactValue, PodFact};
use crate::targets::Target;

/// Knowledge of the token that admission mounts.
#[derive(Clone, Copy)]
pub(super) struct TokenKnowledge {
    /// The Pod has been through admission: it has a token, or none.
    pub is_admitted: bool,
    /// The ServiceAccount, which may forbid it, was not read.
    pub is_account_unknown: bool,
}

/// Returns the facts of a Pod.
pub(super) fn facts(
    target: &Target,
    created: &CreatedPod,
    spec: &PodSpec,
    own: &PodSecurity,
    known: TokenKnowledge,
) -> Vec<PodFact> {
    let mut all = vec![
        host_namespaces(spec, own),
        user_namespace(own),
        fs_group(target, created, own),
        token(target, &own.token, known),
        sysctls(&own.sysctls),
        host_paths(&own.host_paths),
    ];
    all.extend(groups_policy(own));
    all
}

/// Returns the trouble that the policy of the groups makes; all containers share it.
fn groups_policy(own: &PodSecurity) -> Option<PodFact> {
    let issue = own.containers.first()?.policy_issue?;
    let line = match issue {
        PolicyIssue::RefusedWithoutRuntime => {
            "Strict: where the runtime lacks it, as containerd 1.7 does, the kubelet refuses the Pod (SupplementalGroupsPolicyNotSupported)"
        }
        PolicyIssue::IgnoredWithoutRuntime => {
            "Strict: a runtime that lacks it, as containerd 1.7 does, adds the image's groups"
        }
    };
    Some(PodFact {
        name: "supplementalGroupsPolicy",
        label: "groups policy",
        value: FactValue::GroupsPolicy {
            value: "Strict",
            issue,
        },
        lines: vec![line.to_owned()],
    })
}

fn host_namespaces(spec: &PodSpec, own: &PodSecurity) -> PodFact {
    let host = &own.host_namespaces;
    let all = [
        ("network", host.network),
        ("PID", host.pid),
        ("IPC", host.ipc),
    ];
    let shared = all.iter().filter(|(_, is_shared)| *is_shared);
    let shared: Vec<&str> = shared.map(|(name, _)| *name).collect();
    let mut lines = Vec::new();
    if !shared.is_empty() {
        lines.push(format!("{} of the node", shared.join(", ")));
    }
    let sees_processes = spec.share_process_namespace == Some(true);
    if sees_processes {
        lines.push("the containers see each other's processes and files".to_owned());
    }
    PodFact {
        name: "hostNamespaces",
        label: "shared namespaces",
        value: FactValue::HostNamespaces {
            network: host.network,
            pid: host.pid,
            ipc: host.ipc,
            shares_process_namespace: sees_processes,
        },
        lines,
    }
}

fn user_namespace(own: &PodSecurity) -> PodFact {
    let user = &own.user_namespace;
    let line = match (user.is_own, user.is_on) {
        (false, _) => None,
        (true, true) => Some("its own: root in a container is nobody on the node"),
        (true, false) => {
            Some("the node's: the API server drops `hostUsers`, its feature gate is off")
        }
    };
    PodFact {
        name: "userNamespace",
        label: "user namespace",
        value: FactValue::UserNamespace(*user),
        lines: line.into_iter().map(str::to_owned).collect(),
    }
}

fn fs_group(target: &Target, created: &CreatedPod, own: &PodSecurity) -> PodFact {
    let mut lines = Vec::new();
    if let Some(group) = &own.fs_group {
        lines.push(format!(
            "{} (fsGroupChangePolicy {})",
            group.group.value, group.change_policy.value
        ));
    }
    let mut volumes = Vec::new();
    for volume in &own.volumes {
        let path = created.volume_path(target, volume);
        if let Some(effect) = effect(volume.effect).filter(|_| path.is_some()) {
            lines.push(format!("{} {}: {effect}", volume.source, volume.name));
        }
        volumes.push(VolumeOwnership {
            path: path.unwrap_or_else(|| in_object(target, &volume.path)),
            ..volume.clone()
        });
    }
    let group = own.fs_group.as_ref();
    PodFact {
        name: "fsGroup",
        label: "fsGroup",
        value: FactValue::FsGroup {
            value: group.map(|own| own.group.value),
            change_policy: group.map(|own| own.change_policy.value.clone()),
            volumes,
        },
        lines,
    }
}

/// Returns whether a field is in the file: the API server adds a volume for the token.
fn is_written(target: &Target, path: &FieldPath) -> bool {
    let document = target.document.as_ref();
    document.is_none_or(|own| own.find(&in_object(target, path)).is_some())
}

fn effect(effect: FsGroupEffect) -> Option<&'static str> {
    match effect {
        FsGroupEffect::NotSet => None,
        FsGroupEffect::Changed => Some("its files get the group, readable and writable"),
        FsGroupEffect::ChangedReadOnly => Some("its files get the group, readable"),
        FsGroupEffect::ChangedByPolicy => {
            Some("its files get the group, readable and writable, as fsGroupChangePolicy says")
        }
        FsGroupEffect::DependsOnDriver => {
            Some("the volume's driver decides (a CSIDriver by its `fsGroupPolicy`)")
        }
        FsGroupEffect::NoPlugin => Some("no kubelet has a plugin for this type any more"),
        FsGroupEffect::PluginOff => Some(
            "the Pod does not start: the kubelet's plugin is off (feature gate GitRepoVolumeDriver)",
        ),
        FsGroupEffect::Unchanged => Some("unchanged"),
        FsGroupEffect::NoFiles => Some("a block device, unchanged"),
    }
}

fn token(target: &Target, own: &ServiceAccountToken, known: TokenKnowledge) -> PodFact {
    let mut lines = vec![own.account.clone()];
    if own.mounts.is_empty() {
        lines.push(match own.automount {
            Some(false) => "no token".to_owned(),
            _ if known.is_admitted => "no token".to_owned(),
            Some(true) => "a token in each container".to_owned(),
            None => "a token in each container, unless the ServiceAccount forbids it".to_owned(),
        });
    }
    for mount in &own.mounts {
        let audience = match &mount.audience {
            Some(audience) => format!("for {audience}"),
            None => "for the API server".to_owned(),
        };
        let containers = match mount.containers.as_slice() {
            [] => "no container".to_owned(),
            all => all.join(", "),
        };
        let is_assumed = known.is_account_unknown && own.automount.is_none();
        let unless = if is_assumed && !is_written(target, &mount.path) {
            ", unless the ServiceAccount forbids it"
        } else {
            ""
        };
        lines.push(format!(
            "a token {audience} in {containers}, for {} s at a time{unless}",
            mount.expiration_seconds
        ));
    }
    PodFact {
        name: "serviceAccountToken",
        label: "ServiceAccount",
        value: FactValue::Token(own.clone()),
        lines,
    }
}

fn sysctls(own: &[SysctlUse]) -> PodFact {
    let line = |own: &SysctlUse| {
        let safety = match &own.safety {
            Safety::Safe { kernel: None } => "safe".to_owned(),
            Safety::Safe {
                kernel: Some(kernel),
            } => format!("safe, from kernel {kernel} on"),
            Safety::Unsafe { .. } => "unsafe: refused unless the kubelet allows it".to_owned(),
            Safety::NotNamespaced { .. } => "refused: it belongs to the node".to_owned(),
            Safety::HostNamespace { .. } => "refused with the node's namespace".to_owned(),
        };
        format!("{}={} ({safety})", own.name, own.value)
    };
    PodFact {
        name: "sysctls",
        label: "sysctls",
        value: FactValue::Sysctls(own.to_vec()),
        lines: own.iter().map(line).collect(),
    }
}

fn host_paths(own: &[HostPath]) -> PodFact {
    let mut lines = Vec::new();
    for path in own {
        for mount in &path.mounts {
            let mode = if mount.read_only {
                "read-only"
            } else {
                "writable"
            };
            let below = match &mount.sub_path {
                Some(below) => format!(", {below} of it,"),
                None => String::new(),
            };
            lines.push(format!(
                "{}{below} at {} of {}, {mode}",
                path.host_path, mount.mount_path, mount.container
            ));
        }
        if path.mounts.is_empty() {
            lines.push(format!("{}, not mounted", path.host_path));
        }
    }
    PodFact {
        name: "hostPaths",
        label: "paths of the node",
        value: FactValue::HostPaths(own.to_vec()),
        lines,
    }
}

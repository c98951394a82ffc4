//! Names of cgroups, as both drivers write them, below the kubelet's root for cgroups.
//!
//! Upstream: `GetPodContainerName` in pkg/kubelet/cm/pod_container_manager_linux.go,
//! `ToSystemd` and `ToCgroupfs` in cgroup_manager_linux.go; containerd's `getCgroupsPath`,
//! CRI-O's `ContainerCgroupPath`.

use k8s_openapi::api::core::v1::Pod;
use serde::Serialize;

use crate::pod_resources::QosClass;

const MIRROR: &str = "kubernetes.io/config.mirror";

/// The name of a cgroup by the cgroup driver of its node, which no API tells.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CgroupNames {
    /// Slices and scopes of systemd, which kubeadm chooses.
    pub systemd: String,
    /// Plain directories.
    pub cgroupfs: String,
}

/// Returns the cgroup above that of a Pod, as the driver `cgroupfs` names it, below the node's
/// root for Pods.
pub fn parent(class: QosClass) -> &'static str {
    match class {
        QosClass::Guaranteed => "kubepods",
        QosClass::Burstable => "kubepods/burstable",
        QosClass::BestEffort => "kubepods/besteffort",
    }
}

/// Returns the cgroup of a Pod with that uid, which may be a placeholder.
pub fn pod_names(class: QosClass, uid: &str) -> CgroupNames {
    let slices = match class {
        QosClass::Guaranteed => "kubepods.slice/kubepods",
        QosClass::Burstable => "kubepods.slice/kubepods-burstable.slice/kubepods-burstable",
        QosClass::BestEffort => "kubepods.slice/kubepods-besteffort.slice/kubepods-besteffort",
    };
    CgroupNames {
        systemd: format!("{slices}-pod{}.slice", uid.replace('-', "_")),
        cgroupfs: format!("{}/pod{uid}", parent(class)),
    }
}

/// Returns the cgroup of a container in that of its Pod, of an id with the runtime's scheme such
/// as `containerd://0123abcd`; `None` if the runtime is not a known one.
pub fn container_names(pod: &CgroupNames, container_id: &str) -> Option<CgroupNames> {
    let (runtime, id) = container_id.split_once("://")?;
    let is_id = !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let (scope, directory) = match runtime {
        "containerd" => ("cri-containerd-", ""),
        "cri-o" => ("crio-", "crio-"),
        "docker" => ("docker-", ""),
        _ => return None,
    };
    is_id.then(|| CgroupNames {
        systemd: format!("{}/{scope}{id}.scope", pod.systemd),
        cgroupfs: format!("{}/{directory}{id}", pod.cgroupfs),
    })
}

/// Returns the uid by which the kubelet names the cgroup of a Pod: of a static Pod it is that
/// of its file, which its mirror in the API has in an annotation.
///
/// Upstream: `CreateMirrorPod` in pkg/kubelet/pod/mirror_client.go.
pub fn cgroup_uid(pod: &Pod) -> Option<&str> {
    let annotations = pod.metadata.annotations.as_ref();
    let mirrored = annotations.and_then(|all| all.get(MIRROR));
    let uid = mirrored.or(pod.metadata.uid.as_ref())?;
    let is_uid = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    (!uid.is_empty() && uid.bytes().all(is_uid)).then_some(uid)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_pod_has_a_slice_of_systemd_and_a_directory() {
        for (class, systemd, cgroupfs) in [
            (
                QosClass::Guaranteed,
                "kubepods.slice/kubepods-pod1a_2b.slice",
                "kubepods/pod1a-2b",
            ),
            (
                QosClass::Burstable,
                "kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod1a_2b.slice",
                "kubepods/burstable/pod1a-2b",
            ),
            (
                QosClass::BestEffort,
                "kubepods.slice/kubepods-besteffort.slice/kubepods-besteffort-pod1a_2b.slice",
                "kubepods/besteffort/pod1a-2b",
            ),
        ] {
            let own = pod_names(class, "1a-2b");
            assert_eq!(
                (own.systemd.as_str(), own.cgroupfs.as_str()),
                (systemd, cgroupfs)
            );
        }
    }

    #[test]
    fn a_container_has_the_name_that_its_runtime_gives() {
        let pod = pod_names(QosClass::Guaranteed, "u");
        for (id, names) in [
            (
                "containerd://ab12",
                Some(("/cri-containerd-ab12.scope", "/ab12")),
            ),
            ("cri-o://ab12", Some(("/crio-ab12.scope", "/crio-ab12"))),
            ("docker://ab12", Some(("/docker-ab12.scope", "/ab12"))),
            ("other://ab12", None),
            ("containerd://", None),
            ("containerd://../x", None),
            ("", None),
        ] {
            let found = container_names(&pod, id);
            let expected = names.map(|(systemd, cgroupfs)| CgroupNames {
                systemd: format!("{}{systemd}", pod.systemd),
                cgroupfs: format!("{}{cgroupfs}", pod.cgroupfs),
            });
            assert_eq!(found, expected, "{id}");
        }
    }

    #[test]
    fn a_mirror_has_the_uid_of_its_static_pod() {
        let uid = |metadata| {
            let pod: Pod = serde_json::from_value(json!({"metadata": metadata})).unwrap();
            cgroup_uid(&pod).map(str::to_owned)
        };
        let mirror = json!({MIRROR: "0af1"});
        assert_eq!(
            uid(json!({"uid": "a-b", "annotations": mirror})),
            Some("0af1".to_owned())
        );
        assert_eq!(uid(json!({"uid": "a-b"})), Some("a-b".to_owned()));
        assert_eq!(uid(json!({"uid": "../x"})), None);
        assert_eq!(uid(json!({})), None);
    }
}

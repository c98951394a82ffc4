//! Checks of the Pod as a whole: sysctls, volumes, annotations and paths of the node.

use pod_model::security::{FsGroupEffect, HostPath, Safety};
use pod_model::{FieldPath, Finding, Severity, rules};

use super::subject::Subject;

/// Annotations of old for seccomp, which nothing reads any more.
const SECCOMP: [&str; 2] = [
    "seccomp.security.alpha.kubernetes.io/pod",
    "container.seccomp.security.alpha.kubernetes.io/",
];

/// Directories whose files give control of a node.
const CONTROL: [&str; 12] = [
    "/",
    "/etc",
    "/etc/kubernetes",
    "/proc",
    "/root",
    "/run",
    "/var",
    "/var/lib",
    "/var/lib/etcd",
    "/var/lib/kubelet",
    "/var/lib/kubelet/pods",
    "/var/run",
];

/// Ends of paths of the sockets of container runtimes.
const SOCKETS: [&str; 4] = [
    "/docker.sock",
    "/containerd.sock",
    "/crio.sock",
    "/cri-dockerd.sock",
];

pub(super) fn check(subject: &Subject<'_>, found: &mut Vec<Finding>) {
    sysctls(subject, found);
    fs_group(subject, found);
    annotations(subject, found);
    for path in &subject.security.host_paths {
        host_path(subject, path, found);
    }
}

fn sysctls(subject: &Subject<'_>, found: &mut Vec<Finding>) {
    for own in &subject.security.sysctls {
        let (message, severity) = match &own.safety {
            Safety::Safe { .. } => continue,
            Safety::Unsafe { message } => (
                format!(
                    "the Pod fails with SysctlForbidden ({message}) on a node whose kubelet does not allow it"
                ),
                Severity::Warning,
            ),
            Safety::NotNamespaced { message } | Safety::HostNamespace { message } => (
                format!("the Pod fails with SysctlForbidden: {message}"),
                Severity::Error,
            ),
        };
        let help = match &own.safety {
            Safety::Unsafe { .. } => {
                format!(
                    "start the kubelet with `--allowed-unsafe-sysctls={}`",
                    own.name
                )
            }
            _ => "set it on the node".to_owned(),
        };
        let path = subject.path(&own.path);
        found.push(
            Finding::new(&rules::UNSAFE_SYSCTL, path, message)
                .with_severity(severity)
                .help(help),
        );
    }
}

fn fs_group(subject: &Subject<'_>, found: &mut Vec<Finding>) {
    let security = subject.security;
    let Some(group) = &security.fs_group else {
        return;
    };
    let written: Vec<_> = security
        .volumes
        .iter()
        .filter(|own| subject.created.volume_path(subject.target, own).is_some())
        .collect();
    let is_unchanged = |effect| matches!(effect, FsGroupEffect::Unchanged | FsGroupEffect::NoFiles);
    if written.is_empty() || !written.iter().all(|own| is_unchanged(own.effect)) {
        return;
    }
    let names: Vec<String> = written
        .iter()
        .map(|own| format!("{} `{}`", own.source, own.name))
        .collect();
    let path = group.group.path.as_ref().map(|path| subject.path(path));
    let message = format!(
        "`fsGroup` changes no volume: the kubelet leaves {} as {}",
        names.join(", "),
        if names.len() == 1 {
            "it is"
        } else {
            "they are"
        }
    );
    found.push(
        Finding::new(&rules::UNUSED_FS_GROUP, path.unwrap_or_default(), message)
            .help("set owner and mode where the files are; the group itself is still given to the processes"),
    );
}

fn annotations(subject: &Subject<'_>, found: &mut Vec<Finding>) {
    let annotations = subject.target.metadata.annotations.iter().flatten();
    for (key, _) in annotations {
        let is_it = key == SECCOMP[0] || key.starts_with(SECCOMP[1]);
        if !is_it {
            continue;
        }
        let metadata = FieldPath::root().field("metadata");
        let path = subject
            .path(&metadata)
            .field("annotations")
            .field(key.clone());
        let message =
            format!("the annotation `{key}` has no effect: nothing reads it since Kubernetes 1.27");
        found.push(
            Finding::new(&rules::SECCOMP_ANNOTATION, path, message)
                .help("set `securityContext.seccompProfile`"),
        );
    }
}

fn host_path(subject: &Subject<'_>, own: &HostPath, found: &mut Vec<Finding>) {
    if own.mounts.is_empty() {
        return;
    }
    let path = own.host_path.trim_end_matches('/');
    let path = if path.is_empty() { "/" } else { path };
    let is_socket = SOCKETS.iter().any(|end| path.ends_with(end));
    let is_writable = own.mounts.iter().any(|mount| !mount.read_only);
    if !is_socket && !CONTROL.contains(&path) {
        return;
    }
    let mode = match (is_socket, is_writable) {
        (true, _) => "the socket of the container runtime",
        (false, true) => "writable",
        (false, false) => "read-only, with the secrets of the node",
    };
    let names: Vec<String> = own
        .mounts
        .iter()
        .map(|mount| format!("`{}`", mount.container))
        .collect();
    let message = format!(
        "{} of the node is in {}, {mode}: whoever controls the container controls the node",
        own.host_path,
        names.join(", ")
    );
    let place = subject.path(&own.path).field("path");
    let help = if is_socket {
        "leave the socket out; most programs that ask for it can use the Kubernetes API"
    } else {
        "mount the one file that is needed"
    };
    found.push(Finding::new(&rules::HOST_CONTROL, place, message).help(help));
}

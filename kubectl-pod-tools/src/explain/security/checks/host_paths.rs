//! Checks of paths of the node that give control of it.

use pod_model::security::{HostPath, HostPathMount};
use pod_model::{Finding, rules};

use super::subject::Subject;

/// Directories whose files give control of a node, or have its secrets.
const CONTROL: [&str; 15] = [
    "/",
    "/etc",
    "/etc/kubernetes",
    "/etc/kubernetes/manifests",
    "/etc/kubernetes/pki",
    "/proc",
    "/root",
    "/root/.ssh",
    "/run",
    "/var",
    "/var/lib",
    "/var/lib/etcd",
    "/var/lib/kubelet",
    "/var/lib/kubelet/pki",
    "/var/lib/kubelet/pods",
];

/// Directories of programs and units that the node runs as root: control of it if they can be written to.
const PROGRAMS: [&str; 15] = [
    "/bin",
    "/boot",
    "/etc/cni/net.d",
    "/etc/cron.d",
    "/etc/systemd",
    "/etc/systemd/system",
    "/lib",
    "/lib64",
    "/opt/cni/bin",
    "/sbin",
    "/usr",
    "/usr/bin",
    "/usr/lib",
    "/usr/local/bin",
    "/usr/sbin",
];

/// Sockets of container runtimes, where they are by default.
const SOCKETS: [&str; 9] = [
    "/run/containerd/containerd.sock",
    "/run/cri-dockerd.sock",
    "/run/crio/crio.sock",
    "/run/docker.sock",
    "/run/docker/containerd/containerd.sock",
    "/run/k0s/containerd.sock",
    "/run/k3s/containerd/containerd.sock",
    "/run/podman/podman.sock",
    "/var/snap/microk8s/common/run/containerd.sock",
];

/// Ends of such paths, wherever they are.
const SOCKET_NAMES: [&str; 5] = [
    "/docker.sock",
    "/containerd.sock",
    "/crio.sock",
    "/cri-dockerd.sock",
    "/podman.sock",
];

pub(super) fn check(subject: &Subject<'_>, found: &mut Vec<Finding>) {
    for path in &subject.security.host_paths {
        host_path(subject, path, found);
    }
}

/// The control that a path of the node gives.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Control {
    /// It is the socket of a container runtime.
    Socket,
    /// It is a directory in which there is one.
    Sockets(&'static str),
    /// It is a directory whose files give control.
    Files,
    /// It is a directory of programs of the node, and can be written to.
    Programs,
}

fn host_path(subject: &Subject<'_>, own: &HostPath, found: &mut Vec<Finding>) {
    let all = own.mounts.iter();
    let controls = all.filter_map(|mount| {
        let path = mount.node_path(&own.host_path)?;
        Some((mount, control(&normal(&path), mount.read_only)?))
    });
    let controls: Vec<(&HostPathMount, Control)> = controls.collect();
    let Some((_, control)) = controls.first() else {
        return;
    };
    let is_writable = controls.iter().any(|(mount, _)| !mount.read_only);
    let mode = match (control, is_writable) {
        (Control::Socket, _) => "the socket of the container runtime".to_owned(),
        (Control::Sockets(socket), _) => {
            format!("where the container runtime has its socket, such as {socket}")
        }
        (Control::Programs, _) => "writable, with programs that the node runs as root".to_owned(),
        (Control::Files, true) => "writable".to_owned(),
        (Control::Files, false) => "read-only, with the secrets of the node".to_owned(),
    };
    let names: Vec<String> = controls
        .iter()
        .map(|(mount, _)| format!("`{}`", mount.container))
        .collect();
    let message = format!(
        "{} of the node is in {}, {mode}: whoever controls the container controls the node",
        own.host_path,
        names.join(", ")
    );
    let place = subject.path(&own.path).field("path");
    let help = match control {
        Control::Socket => {
            "leave the socket out; most programs that ask for it can use the Kubernetes API"
        }
        _ => "mount the one file that is needed",
    };
    found.push(Finding::new(&rules::HOST_CONTROL, place, message).help(help));
}

fn control(path: &str, is_read_only: bool) -> Option<Control> {
    let is_below = |own: &str, tree: &str| {
        own.strip_prefix(tree)
            .is_some_and(|rest| rest.starts_with('/'))
    };
    if SOCKETS.contains(&path) || SOCKET_NAMES.iter().any(|end| path.ends_with(end)) {
        return Some(Control::Socket);
    }
    if CONTROL.contains(&path) {
        return Some(Control::Files);
    }
    if let Some(socket) = SOCKETS.into_iter().find(|socket| is_below(socket, path)) {
        return Some(Control::Sockets(socket));
    }
    (PROGRAMS.contains(&path) && !is_read_only).then_some(Control::Programs)
}

/// Returns a path with one spelling: `/var/run` is a link to `/run` everywhere.
fn normal(path: &str) -> String {
    let steps = path.split('/').filter(|step| !matches!(*step, "" | "."));
    let steps: Vec<&str> = steps.collect();
    let steps = match steps.as_slice() {
        ["var", "run", rest @ ..] => [&["run"], rest].concat(),
        all => all.to_vec(),
    };
    format!("/{}", steps.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_directory_of_a_socket_gives_the_same_control() {
        for (path, is_read_only, expected) in [
            ("/var/run/docker.sock", true, Some(Control::Socket)),
            ("//run/./docker.sock/", true, Some(Control::Socket)),
            ("/data/docker.sock", true, Some(Control::Socket)),
            (
                "/run/k3s",
                true,
                Some(Control::Sockets("/run/k3s/containerd/containerd.sock")),
            ),
            (
                "/var/run/containerd/",
                true,
                Some(Control::Sockets("/run/containerd/containerd.sock")),
            ),
            ("/var/run", true, Some(Control::Files)),
            ("/", true, Some(Control::Files)),
            ("/etc/kubernetes/pki/", true, Some(Control::Files)),
            ("/etc/kubernetes/cloud.conf", true, None),
            ("/etc/hostname", true, None),
            ("/usr/bin", true, None),
            ("/usr/bin", false, Some(Control::Programs)),
            ("/run/containerd/x", false, None),
            ("/srv", false, None),
        ] {
            let found = control(&normal(path), is_read_only);
            assert!(found == expected, "{path}");
        }
    }
}

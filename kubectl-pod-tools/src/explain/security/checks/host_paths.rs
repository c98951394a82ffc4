//! Checks of paths of the node that give control of it.

use std::collections::HashMap;

use pod_model::security::HostPath;
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

/// The control that a path of the node gives, the gravest first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Control {
    /// It is the socket of a container runtime.
    Socket,
    /// It is a directory whose files give control.
    Files,
    /// It is a directory in which there is a socket.
    Sockets(&'static str),
    /// It is a directory of programs of the node, and can be written to.
    Programs,
}

/// A path of the node that gives control, and the containers that have it.
struct Controlling<'a> {
    control: Control,
    path: String,
    containers: Vec<&'a str>,
    is_writable: bool,
}

/// Maximum number of paths of a volume, and of containers of a path, that are named.
const MOST: usize = 8;

/// Returns what the containers have of a volume, the gravest first. With a `subPath` they have that alone.
fn controlling(own: &HostPath) -> Vec<Controlling<'_>> {
    let mut all: Vec<Controlling<'_>> = Vec::new();
    let mut places: HashMap<(String, Control), usize> = HashMap::new();
    for mount in &own.mounts {
        let Some(path) = mount.node_path(&own.host_path) else {
            continue;
        };
        let Some(control) = control(&normal(&path), mount.read_only) else {
            continue;
        };
        let path = clean(&path);
        let at = *places.entry((path.clone(), control)).or_insert(all.len());
        if at == all.len() {
            all.push(Controlling {
                control,
                path,
                containers: Vec::new(),
                is_writable: false,
            });
        }
        let found = &mut all[at];
        found.is_writable |= !mount.read_only;
        // The mounts of a container follow each other.
        if found.containers.last() != Some(&mount.container.as_str()) {
            found.containers.push(&mount.container);
        }
    }
    all.sort_by_key(|own| own.control);
    all
}

impl Controlling<'_> {
    fn sentence(&self) -> String {
        let what = match (self.control, self.is_writable) {
            (Control::Socket, _) => "the socket of the container runtime".to_owned(),
            (Control::Sockets(socket), _) => {
                format!("where the container runtime has its socket, such as {socket}")
            }
            (Control::Programs, _) => {
                "writable, with programs that the node runs as root".to_owned()
            }
            (Control::Files, true) => "writable".to_owned(),
            (Control::Files, false) => "read-only, with the secrets of the node".to_owned(),
        };
        let names = self.containers.iter().take(MOST);
        let names: Vec<String> = names.map(|name| format!("`{name}`")).collect();
        let more = match self.containers.len() - names.len() {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        format!(
            "{} of the node is in {}{more}, {what}",
            self.path,
            names.join(", ")
        )
    }
}

fn host_path(subject: &Subject<'_>, own: &HostPath, found: &mut Vec<Finding>) {
    let all = controlling(own);
    let Some(gravest) = all.first() else {
        return;
    };
    let shown = all.iter().take(MOST).map(Controlling::sentence);
    let mut shown: Vec<String> = shown.collect();
    if all.len() > shown.len() {
        shown.push(format!("and {} more paths", all.len() - shown.len()));
    }
    let message = format!(
        "{}: whoever controls the container controls the node",
        shown.join("; ")
    );
    let place = subject.path(&own.path).field("path");
    let help = match gravest.control {
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

fn steps(path: &str) -> Vec<&str> {
    let steps = path.split('/').filter(|step| !matches!(*step, "" | "."));
    steps.collect()
}

/// Returns a path without what says nothing.
fn clean(path: &str) -> String {
    format!("/{}", steps(path).join("/"))
}

/// Returns a path with one spelling: `/var/run` is a link to `/run` everywhere.
fn normal(path: &str) -> String {
    let steps = match steps(path).as_slice() {
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

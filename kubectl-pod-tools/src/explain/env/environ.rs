//! `--verify`: reads the environment of running containers.
//!
//! A command that runs in a container gets the environment with which the runtime starts
//! that container. That one is read, not that of process 1: process 1 may belong to
//! another container (`shareProcessNamespace`), may be started by a shell that drops
//! names, or may have changed its own environment.

use futures::{StreamExt, stream};
use k8s_openapi::api::core::v1::{ContainerState, ContainerStatus, PodStatus};
use pod_env::Separator;
use pod_model::{ContainerType, ContainerView, containers};

use crate::cluster::{Cluster, ClusterError};
use crate::targets::Target;

/// The environment of one container.
pub(in crate::explain) struct Environ {
    pub container: String,
    pub read: Result<(Vec<u8>, Separator), NotRead>,
}

/// The reason why an environment was not read.
#[derive(Clone, Debug)]
pub(in crate::explain) struct NotRead {
    pub reason: String,
    /// True if it is an init container that has completed, so that nothing is missing.
    pub is_over: bool,
}

impl NotRead {
    fn new(reason: impl Into<String>) -> Self {
        Self {
            reason: reason.into(),
            is_over: false,
        }
    }
}

/// Programs that print their environment. Those without a directory come first; the usual
/// directories follow, since the container's PATH may lack them.
const READERS: &[(&[&str], Separator)] = &[
    (&["cat", "/proc/self/environ"], Separator::Nul),
    (&["/bin/cat", "/proc/self/environ"], Separator::Nul),
    (&["/usr/bin/cat", "/proc/self/environ"], Separator::Nul),
    (&["env", "-0"], Separator::Nul),
    (&["/usr/bin/env", "-0"], Separator::Nul),
    (&["printenv", "-0"], Separator::Nul),
    (&["/usr/bin/printenv", "-0"], Separator::Nul),
    (
        &["/bin/busybox", "cat", "/proc/self/environ"],
        Separator::Nul,
    ),
    (&["printenv"], Separator::LineFeed),
    (&["env"], Separator::LineFeed),
];

/// Containers of one Pod that are read at the same time; several Pods are, too.
const PARALLEL: usize = 4;

/// Reads the environment of each container of a live Pod, or of the chosen ones.
pub(super) async fn read_environs(
    target: &Target,
    chosen: &[String],
    cluster: &Cluster,
) -> Vec<Environ> {
    let pod = target.id.name.as_deref().unwrap_or_default();
    let is_chosen =
        |name: &str| chosen.is_empty() || chosen.iter().any(|chosen| chosen.as_str() == name);
    let mut all = containers(&target.spec, &target.spec_path);
    all.retain(|container| is_chosen(container.name));
    let read = async |container: ContainerView<'_>| Environ {
        container: container.name.to_owned(),
        read: match is_running(target.status.as_ref(), &container) {
            Ok(()) => {
                let read = read(cluster, &target.id.namespace, pod, container.name).await;
                read.map_err(NotRead::new)
            }
            Err(why) => Err(why),
        },
    };
    stream::iter(all)
        .map(read)
        .buffered(PARALLEL)
        .collect()
        .await
}

/// Checks that a container runs.
fn is_running(status: Option<&PodStatus>, container: &ContainerView<'_>) -> Result<(), NotRead> {
    let not_started = || Err(NotRead::new("not started"));
    let Some(status) = status else {
        return not_started();
    };
    let lists = [
        &status.container_statuses,
        &status.init_container_statuses,
        &status.ephemeral_container_statuses,
    ];
    let mut all = lists.into_iter().flatten().flatten();
    let own: Option<&ContainerStatus> = all.find(|s| s.name == container.name);
    match own.and_then(|own| own.state.as_ref()) {
        Some(ContainerState {
            running: Some(_), ..
        }) => Ok(()),
        Some(ContainerState {
            terminated: Some(ended),
            ..
        }) => Err(NotRead {
            reason: format!("ended with exit code {}", ended.exit_code),
            is_over: container.container_type == ContainerType::Init && ended.exit_code == 0,
        }),
        Some(ContainerState {
            waiting: Some(waiting),
            ..
        }) => {
            let why = waiting.reason.as_deref().unwrap_or("no reason given");
            Err(NotRead::new(format!("not running: {why}")))
        }
        _ => not_started(),
    }
}

/// Returns the environment as the first existing program prints it.
async fn read(
    cluster: &Cluster,
    namespace: &str,
    pod: &str,
    container: &str,
) -> Result<(Vec<u8>, Separator), String> {
    let mut other = None;
    for (command, separator) in READERS {
        let done = match cluster.exec(namespace, pod, container, command).await {
            Ok(done) => done,
            Err(error) => return Err(refused(&error)),
        };
        match done.failure {
            None if !done.stdout.is_empty() => return Ok((done.stdout, *separator)),
            None => {}
            Some(why) if is_absent(&why) => {}
            Some(why) => other = other.or(Some(why)),
        }
    }
    Err(match other {
        Some(why) => format!("cannot run a command: {why}"),
        None => "the image has no cat, env or printenv".to_owned(),
    })
}

/// Returns whether a failure means that the program does not exist.
fn is_absent(failure: &str) -> bool {
    [
        "executable file not found",
        "no such file or directory",
        "not a directory",
    ]
    .iter()
    .any(|words| failure.contains(words))
}

fn refused(error: &ClusterError) -> String {
    match error {
        ClusterError::Refused { request, status } if status.code == 403 => {
            format!("no permission to {request}")
        }
        error => error.to_string(),
    }
}

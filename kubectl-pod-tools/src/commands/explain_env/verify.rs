//! `--verify`: what the running containers see, against what a restart would
//! give them.
//!
//! A command that is run in a container gets the environment which the runtime
//! was told to start that container with. That is read, not that of process 1:
//! process 1 may be another container's (`shareProcessNamespace`), may have
//! been started anew by a shell with names left out, or may have written over
//! its own.

use k8s_openapi::api::core::v1::{ContainerState, ContainerStatus, PodStatus};
use pod_env::report::ContainerEnv;
use pod_env::{Change, Difference, Separator, drift};
use pod_model::{ContainerType, Finding, Severity, rules};
use serde::Serialize;

use crate::cluster::{Cluster, ClusterError};
use crate::targets::Target;

/// The answer for one container.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Verification {
    pub container: String,
    pub status: Compared,
    /// Why it was not read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    pub differences: Vec<Difference>,
    /// Variables that are the image's, or were taken away since the start.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub unexplained: Vec<String>,
    /// How many lines may be variables or parts of a value, where nothing in
    /// the image prints variables so that they can be told apart.
    #[serde(skip_serializing_if = "is_zero")]
    pub unclear_lines: usize,
    /// Whether there is nothing to read any more, and nothing to be missed: an
    /// init container has done its work.
    #[serde(skip)]
    over: bool,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde wants it so")]
fn is_zero(number: &usize) -> bool {
    *number == 0
}

/// Whether it is as a restart would make it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Compared {
    /// What is known of it is.
    Same,
    /// Something differs.
    Drift,
    /// Nobody knows.
    Unread,
}

impl Verification {
    fn unread(container: &ContainerEnv, reason: String) -> Self {
        Self {
            container: container.name.clone(),
            status: Compared::Unread,
            reason: Some(reason),
            differences: Vec::new(),
            unexplained: Vec::new(),
            unclear_lines: 0,
            over: false,
        }
    }

    /// Whether it leaves the verdict open.
    pub(super) fn is_open(&self) -> bool {
        self.status == Compared::Unread && !self.over
    }
}

/// Programs that print their environment. Without a directory first, as the
/// image means it; the container's PATH may be anything, so then where they
/// usually are.
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

/// Looks into each container of a live Pod.
pub(super) async fn verify(
    target: &Target,
    containers: &[ContainerEnv],
    cluster: &Cluster,
    show_secrets: bool,
) -> Vec<Verification> {
    let mut found = Vec::new();
    for container in containers {
        if let Err((reason, over)) = is_running(target.status.as_ref(), container) {
            let unread = Verification::unread(container, reason);
            found.push(Verification { over, ..unread });
            continue;
        }
        let pod = target.id.name.as_deref().unwrap_or_default();
        let read = read(cluster, &target.id.namespace, pod, &container.name).await;
        found.push(match read {
            Err(reason) => Verification::unread(container, reason),
            Ok((environ, separator)) => {
                let drift = drift(&target.spec, container, &environ, separator, show_secrets);
                let same = drift.differences.is_empty();
                Verification {
                    container: container.name.clone(),
                    status: if same {
                        Compared::Same
                    } else {
                        Compared::Drift
                    },
                    reason: None,
                    differences: drift.differences,
                    unexplained: drift.unexplained,
                    unclear_lines: drift.unclear_lines,
                    over: false,
                }
            }
        });
    }
    found
}

/// Why there is nothing to look into, and whether that is as it should be.
fn is_running(status: Option<&PodStatus>, container: &ContainerEnv) -> Result<(), (String, bool)> {
    let none = "it has not been started".to_owned();
    let Some(status) = status else {
        return Err((none, false));
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
        }) => {
            let done = container.container_type == ContainerType::Init && ended.exit_code == 0;
            Err((
                format!("it has ended with exit code {}", ended.exit_code),
                done,
            ))
        }
        Some(ContainerState {
            waiting: Some(waiting),
            ..
        }) => {
            let why = waiting.reason.as_deref().unwrap_or("no reason given");
            Err((format!("it does not run: {why}"), false))
        }
        _ => Err((none, false)),
    }
}

/// The environment as the first program prints it that is there.
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
        // The runtime's words follow those of everyone who passed them on.
        Some(why) => format!("no command could be run in it: {why}"),
        None => "its image has none of cat, env and printenv".to_owned(),
    })
}

/// Whether a failure says that there is no such program.
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
            format!("the cluster does not allow to {request}")
        }
        error => error.to_string(),
    }
}

/// What is to be said of the containers.
pub(super) fn findings(containers: &[ContainerEnv], verified: &[Verification]) -> Vec<Finding> {
    let mut found = Vec::new();
    for (container, verification) in containers.iter().zip(verified) {
        for difference in &verification.differences {
            let path = difference.path.as_ref().unwrap_or(&container.path);
            found.push(
                Finding::new(&rules::DRIFT, path.clone(), message(container, difference))
                    .help("restart the container for it to see what its sources hold now"),
            );
        }
        let name = &container.name;
        if let Some(reason) = &verification.reason {
            let message = format!("the environment of container `{name}` is not known: {reason}");
            let path = container.path.clone();
            let finding = Finding::new(&rules::UNREAD_ENVIRONMENT, path, message);
            found.push(if verification.over {
                finding.with_severity(Severity::Info)
            } else {
                finding
            });
        }
        found.extend(unexplained(container, verification));
        if verification.unclear_lines > 0 {
            let count = verification.unclear_lines;
            let lines = if count == 1 { "line" } else { "lines" };
            let message = format!(
                "{count} {lines} of the environment of container `{name}` may be variables, or parts of a value: they are left out"
            );
            found.push(
                Finding::new(&rules::UNCLEAR_LINES, container.path.clone(), message).help(
                    "its image has only printenv or env without -0; with cat it could be told",
                ),
            );
        }
    }
    found
}

/// What nobody can say the source of.
fn unexplained(container: &ContainerEnv, verification: &Verification) -> Option<Finding> {
    if verification.unexplained.is_empty() {
        return None;
    }
    let (name, path) = (&container.name, container.path.clone());
    let names: Vec<_> = verification
        .unexplained
        .iter()
        .map(|name| format!("`{}`", name.escape_debug()))
        .collect();
    let has = format!("container `{name}` has {}", names.join(", "));
    let finding =
        |why: &str| Finding::new(&rules::UNEXPLAINED_VARIABLE, path, format!("{has}: {why}"));
    Some(if container.image_env_known {
        finding("set by a device plugin or the runtime, or no longer by any source")
    } else {
        finding("set by the image, or no longer by any source")
            .help("--image-config FILE tells which")
    })
}

fn message(container: &ContainerEnv, difference: &Difference) -> String {
    let name = difference.name.escape_debug();
    let container = &container.name;
    let value = |value: &Option<String>| short(value.as_deref().unwrap_or_default());
    let (running, restarted) = (value(&difference.running), value(&difference.restarted));
    match difference.change {
        Change::Changed if difference.running.is_none() => format!(
            "`{name}` has changed since container `{container}` started, to {restarted}; where the value that runs ends is not clear"
        ),
        Change::Gone if difference.running.is_none() => {
            format!("`{name}` is set in container `{container}`, and a restart takes it away")
        }
        Change::Changed if running == restarted => {
            format!("`{name}` has changed since container `{container}` started")
        }
        Change::Changed => format!(
            "`{name}` is {running} in container `{container}`, and a restart makes it {restarted}"
        ),
        Change::Gone => {
            format!("`{name}` is {running} in container `{container}`, and a restart takes it away")
        }
        Change::New => format!(
            "`{name}` is not set in container `{container}`, and a restart makes it {restarted}"
        ),
    }
}

/// The longest part of a value that a sentence can hold.
const SHORT: usize = 40;

fn short(value: &str) -> String {
    let text: String = value.chars().take(SHORT).collect();
    let more = if text.len() < value.len() { "…" } else { "" };
    format!("`{}{more}`", text.escape_debug())
}

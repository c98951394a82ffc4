//! The cause of a container's end: its exit code and reason, joined with events and times.
//!
//! Upstream: `convertToAPIContainerStatuses` in pkg/kubelet/kubelet_pods.go, `computePodActions` in
//! pkg/kubelet/kuberuntime/kuberuntime_manager.go (what the event Killing says), `startContainer` and
//! `killContainer` in kuberuntime_container.go, all in `k8s.io/kubernetes`; the reason OOMKilled is the container
//! runtime's.

use super::errors::start_error;
use super::probes::killed_by_probe;
use super::run::{has_events, is_during, logs};
use crate::container::ContainerType;
use crate::diagnosis::cause::{Cause, Evidence};
use crate::diagnosis::scene::{ContainerState, Ended, Scene};
use crate::diagnosis::table as rows;
use crate::diagnosis::words::{restarts, signal};

/// The exit code that containerd gives, with the reason Unknown, to a container whose end it has not seen: the node was
/// restarted (`unknownExitCode` in its internal/cri/server).
const NOT_SEEN: i32 = 255;

/// Returns why a run has ended, or `None` where that is as it should be.
pub(super) fn cause(
    scene: &Scene<'_>,
    container: &ContainerState<'_>,
    ended: Ended<'_>,
) -> Option<Cause> {
    let cause = find(scene, container, ended)?;
    let mut shown = vec![as_fact(container, ended)];
    if container.restarts() > 0 {
        let path = container.state_path("restartCount");
        shown.push(Evidence::field(path, restarts(container.restarts())));
    }
    let mut cause = cause.of(container.name());
    cause.evidence.extend(shown);
    Some(cause.since(ended.at()))
}

/// Returns the exit as a fact: `exit code 137, reason OOMKilled`.
pub(super) fn as_fact(container: &ContainerState<'_>, ended: Ended<'_>) -> Evidence {
    let mut text = format!("exit code {}", ended.run.exit_code);
    if !ended.reason().is_empty() {
        text.push_str(&format!(", reason {}", ended.reason()));
    }
    if !ended.message().is_empty() {
        text.push_str(&format!(": {}", ended.message()));
    }
    Evidence::field(container.state_path(ended.field()), text)
}

fn find(scene: &Scene<'_>, container: &ContainerState<'_>, ended: Ended<'_>) -> Option<Cause> {
    let code = ended.run.exit_code;
    match ended.reason() {
        "StartError" | "ContainerCannotRun" => {
            return Some(start_error(container, ended.message()));
        }
        "OOMKilled" => return Some(out_of_memory(scene, container, code)),
        "ContainerStatusUnknown" => return Some(not_seen(container, code, "the kubelet")),
        "Unknown" if code == NOT_SEEN => {
            return Some(not_seen(container, code, "the container runtime"));
        }
        _ => {}
    }
    if let Some(cause) = killed_by_hook(scene, container, ended) {
        return Some(cause);
    }
    if let Some(cause) = killed_by_probe(scene, container, ended) {
        return Some(cause);
    }
    if code == 0 {
        return completed(scene, container);
    }
    let message = ended.message();
    if message.contains("exec format error") {
        return Some(start_error(container, message));
    }
    if message.contains("Read-only file system") && is_root_read_only(container) {
        return Some(read_only(container, message));
    }
    Some(by_code(scene, container, ended))
}

fn out_of_memory(scene: &Scene<'_>, container: &ContainerState<'_>, code: i32) -> Cause {
    let noun = container.noun();
    let limit = container.memory_limit();
    let within = match &limit {
        Some(limit) => format!("its memory limit of {limit}"),
        None => "a memory limit".to_owned(),
    };
    if code == 0 && scene.phase() == "Succeeded" {
        return Cause::new(
            &rows::OUT_OF_MEMORY_CHILD,
            format!(
                "a process of {noun} ran into {within}, and the program ended well all the same"
            ),
        )
        .harmless()
        .advise("See whether the work is complete: a part of it was killed.");
    }
    let whose = if code == 137 {
        format!("{noun} runs into {within} and is killed by the kernel")
    } else {
        format!(
            "a process of {noun} runs into {within}, and the program ends with exit code {code}"
        )
    };
    let cause = Cause::new(&rows::OUT_OF_MEMORY, whose);
    let path = format!("{}.resources.limits.memory", container.view.path);
    match limit {
        Some(limit) => cause.advise(format!(
            "Raise limits.memory of {noun} ({path}) above {limit}, or make the program use less."
        )),
        None => cause.advise(
            "The container has no limit of its own: raise that of the Pod, or the memory of the node.",
        ),
    }
}

fn not_seen(container: &ContainerState<'_>, code: i32, whose: &str) -> Cause {
    let noun = container.noun();
    Cause::new(
        &rows::END_NOT_SEEN,
        format!("nobody saw {noun} end: {whose} wrote exit code {code} without having seen it"),
    )
    .may_pass()
    .advise("Look at what happened to the node: it was restarted, or the container was removed behind the kubelet's back.")
}

fn killed_by_hook(
    scene: &Scene<'_>,
    container: &ContainerState<'_>,
    ended: Ended<'_>,
) -> Option<Cause> {
    let failed = scene.events(Some(container.name()), "FailedPostStartHook");
    let during = failed.into_iter().find(|event| is_during(event, ended))?;
    Some(post_start(container).shown_by([during.evidence()]))
}

/// The postStart hook has failed.
pub(super) fn post_start(container: &ContainerState<'_>) -> Cause {
    let noun = container.noun();
    let path = format!("{}.lifecycle.postStart", container.view.path);
    Cause::new(
        &rows::POST_START_HOOK_FAILED,
        format!("the postStart hook of {noun} fails, and the kubelet kills the container for it"),
    )
    .of(container.name())
    .advise(format!(
        "Mend the hook ({path}): run its command in the container by hand and see what it says."
    ))
}

fn completed(scene: &Scene<'_>, container: &ContainerState<'_>) -> Option<Cause> {
    let noun = container.noun();
    let policy = container
        .view
        .restart_policy
        .unwrap_or(scene.restart_policy());
    match container.view.container_type {
        ContainerType::Init | ContainerType::Ephemeral => None,
        ContainerType::Sidecar => Some(
            Cause::new(
                &rows::SIDECAR_FAILS,
                format!("{noun} ends with exit code 0 and is started again for ever"),
            )
            .advise("A sidecar is to run as long as the Pod does: make it wait for SIGTERM."),
        ),
        ContainerType::App if policy == "Always" => Some(
            Cause::new(
                &rows::EXITS_UNDER_ALWAYS,
                format!("{noun} does its work and ends with exit code 0, and restartPolicy Always starts it again for ever"),
            )
            .advise("Run what ends as a Job, or make the program stay."),
        ),
        ContainerType::App if scene.has_ended() => None,
        ContainerType::App => Some(
            Cause::new(
                &rows::CONTAINER_COMPLETED,
                format!("{noun} has ended well, and the others still run"),
            )
            .passes()
            .advise("Wait for the other containers: the Pod ends with the last of them."),
        ),
    }
}

fn is_root_read_only(container: &ContainerState<'_>) -> bool {
    let context = container.view.security_context;
    context.is_some_and(|context| context.read_only_root_filesystem == Some(true))
}

fn read_only(container: &ContainerState<'_>, message: &str) -> Cause {
    let noun = container.noun();
    let line = message.lines().last().unwrap_or_default();
    Cause::new(
        &rows::READ_ONLY_ROOT_FILE_SYSTEM,
        format!("{noun} writes to its root file system, which is read-only: {line}"),
    )
    .advise("Mount an emptyDir where the program writes; readOnlyRootFilesystem can stay.")
}

fn by_code(scene: &Scene<'_>, container: &ContainerState<'_>, ended: Ended<'_>) -> Cause {
    let code = ended.run.exit_code;
    let noun = container.noun();
    let logs = logs(scene, container);
    match code {
        126 => Cause::new(
            &rows::COMMAND_NOT_EXECUTABLE,
            format!("a shell in {noun} cannot execute a file (exit code 126)"),
        )
        .advise(format!(
            "See which one: {logs}. Make it executable, or call its interpreter."
        )),
        127 => Cause::new(
            &rows::COMMAND_NOT_FOUND,
            format!("a shell in {noun} does not find a program (exit code 127)"),
        )
        .advise(format!(
            "See which one: {logs}. It is not in the image, or not in PATH."
        )),
        _ => match signal(code) {
            Some(name) => {
                let is_seen = has_events(scene, container, ended);
                by_signal(container, code, name, is_seen).advise(format!("Read its log: {logs}"))
            }
            None => {
                let row = match container.view.container_type {
                    ContainerType::Init => &rows::INIT_CONTAINER_FAILS,
                    ContainerType::Sidecar => &rows::SIDECAR_FAILS,
                    ContainerType::App | ContainerType::Ephemeral => &rows::EXITS_WITH_ERROR,
                };
                Cause::new(row, format!("{noun} ends with exit code {code}"))
                    .advise(format!("Read its log: {logs}"))
            }
        },
    }
}

fn by_signal(container: &ContainerState<'_>, code: i32, name: &str, is_seen: bool) -> Cause {
    let noun = container.noun();
    let whence = match name {
        "SIGKILL" => ", and neither a probe nor the memory killer is known to have sent it",
        "SIGTERM" => ", which asks a program to end",
        _ => "",
    };
    // The kubelet sends these two, and says so in events alone.
    let is_likely = matches!(name, "SIGKILL" | "SIGTERM") && !is_seen;
    let gone = if is_likely {
        "; no events of that run are known, as they live for an hour"
    } else {
        ""
    };
    let cause = Cause::new(
        &rows::KILLED_BY_SIGNAL,
        format!("{noun} dies of {name} (exit code {code}){whence}{gone}"),
    );
    if is_likely { cause.likely() } else { cause }
}

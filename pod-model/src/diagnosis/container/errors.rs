//! Messages of the container runtime and of the kubelet about a container that cannot start.
//!
//! Upstream: containerd's and runc's own words; `ErrCreateContainerConfig` and its fellows in
//! pkg/kubelet/kuberuntime/kuberuntime_container.go, `verifyRunAsNonRoot` in security_context_others.go,
//! `makeEnvironmentVariables` in pkg/kubelet/kubelet_pods.go.

use super::run::logs;
use crate::diagnosis::cause::Cause;
use crate::diagnosis::scene::{ContainerState, Scene};
use crate::diagnosis::table as rows;
use crate::diagnosis::words::{quoted_after, word_after};
use crate::nearest::nearest;

/// A container that never ran: the runtime could not start its program.
pub(super) fn start_error(
    scene: &Scene<'_>,
    container: &ContainerState<'_>,
    message: &str,
) -> Cause {
    let noun = container.noun();
    let program = program(message).or_else(|| container.view.command.first().map(String::as_str));
    let named = program.map_or_else(|| "its program".to_owned(), str::to_owned);
    let path = format!("{}.command", container.view.path);
    let cause = if message.contains("exec format error") {
        Cause::new(
            &rows::EXEC_FORMAT_ERROR,
            format!("{noun} cannot execute {named}: it is of another architecture, or a script without a first line that names its interpreter"),
        )
        .advise("Build the image for the architecture of the node, or begin the script with #!/bin/sh.")
    } else if message.contains("no such file or directory")
        || message.contains("executable file not found")
    {
        Cause::new(
            &rows::PROGRAM_MISSING,
            format!("{noun} has never run: its image has no {named}"),
        )
        .advise(format!(
            "Correct the command ({path}), or use an image that has the program."
        ))
    } else if message.contains("permission denied") {
        Cause::new(
            &rows::PROGRAM_NOT_EXECUTABLE,
            format!("{noun} has never run: {named} may not be executed"),
        )
        .advise(format!(
            "Make {named} executable (chmod +x in the image, defaultMode: 0755 in a volume)."
        ))
    } else {
        let words = last_clause(message);
        Cause::new(
            &rows::CONTAINER_START_FAILS,
            format!("{noun} cannot be started: {words}"),
        )
        .advise(format!(
            "The message is the container runtime's; {}",
            logs(scene, container)
        ))
    };
    cause.of(container.name())
}

/// Returns the program that a message of runc, of a shell or of `exec` names.
fn program(message: &str) -> Option<&str> {
    quoted_after(message, "exec: ")
        .or_else(|| quoted_after(message, "exec "))
        .or_else(|| word_after(message, "exec "))
        .or_else(|| word_after(message, "stat "))
}

/// Returns the end of a message of nested errors.
pub(super) fn last_clause(message: &str) -> &str {
    let message = message.trim().trim_end_matches(": unknown");
    match message.rsplit_once(": ") {
        Some((_, last)) if last.len() > 12 => last,
        _ => message,
    }
}

/// A container whose configuration the kubelet cannot put together.
pub(super) fn config_error(
    scene: &Scene<'_>,
    container: &ContainerState<'_>,
    message: &str,
) -> Cause {
    let noun = container.noun();
    if let Some(cause) =
        missing_object(message, &noun).or_else(|| missing_key(scene, message, &noun))
    {
        return cause;
    }
    let path = format!("{}.securityContext", container.view.path);
    if message.contains("runAsNonRoot") {
        let why = if message.contains("non-numeric user") {
            let user = message
                .split_once("non-numeric user (")
                .and_then(|(_, rest)| rest.split_once(')'))
                .map_or("a name", |(user, _)| user);
            format!("the image names its user ({user}), so that nobody knows whether it is root")
        } else {
            "its user is root".to_owned()
        };
        return Cause::new(
            &rows::RUN_AS_NON_ROOT_REFUSED,
            format!("{noun} is not started: runAsNonRoot is set, and {why}"),
        )
        .advise(format!(
            "Set runAsUser to a number above 0 ({path}.runAsUser)."
        ));
    }
    Cause::new(
        &rows::CONTAINER_CONFIG_ERROR,
        format!("the kubelet cannot put together {noun}: {message}"),
    )
    .advise("Mend what the message names; the kubelet tries again by itself.")
}

/// `secret "x" not found`.
pub(in crate::diagnosis) fn missing_object(message: &str, noun: &str) -> Option<Cause> {
    let of = |row, kind: &str, name: &str| {
        Cause::new(
            row,
            format!("{noun} needs the {kind} {name}, which does not exist"),
        )
        .advise(format!(
            "Create it, or correct the name: kubectl get {}.",
            kind.to_lowercase()
        ))
    };
    if !message.contains("not found") {
        return None;
    }
    let lower = message.to_lowercase();
    for (word, kind, row) in [
        ("configmap ", "ConfigMap", &rows::CONFIG_MAP_MISSING),
        ("secret ", "Secret", &rows::SECRET_MISSING),
        ("configmaps ", "ConfigMap", &rows::CONFIG_MAP_MISSING),
        ("secrets ", "Secret", &rows::SECRET_MISSING),
    ] {
        if let Some(at) = lower.find(&format!("{word}\""))
            && let Some(name) = quoted_after(&message[at..], &message[at..at + word.len()])
        {
            return Some(of(row, kind, name));
        }
    }
    None
}

/// `couldn't find key K in ConfigMap ns/name`.
fn missing_key(scene: &Scene<'_>, message: &str, noun: &str) -> Option<Cause> {
    let key = word_after(message, "find key ")?;
    let (row, kind) = if message.contains("in Secret ") {
        (&rows::SECRET_KEY_MISSING, "Secret")
    } else if message.contains("in ConfigMap ") {
        (&rows::CONFIG_MAP_KEY_MISSING, "ConfigMap")
    } else {
        return None;
    };
    let name = word_after(message, &format!("in {kind} "))?;
    let name = name.rsplit('/').next().unwrap_or(name);
    let mut known = scene.keys.iter();
    let known = known.find(|own| own.kind == kind && own.name == name);
    let keys = known.map_or(&[][..], |own| own.keys.as_slice());
    let similar = nearest(key, keys.iter().map(String::as_str));
    let similar = similar.map_or_else(String::new, |own| format!("; it has {own}"));
    Some(
        Cause::new(
            row,
            format!(
                "{noun} needs the key {key} of the {kind} {name}, which has no such key{similar}"
            ),
        )
        .advise(format!(
            "Add the key, or correct it: kubectl describe {} {name}.",
            kind.to_lowercase()
        )),
    )
}

/// A container that the runtime cannot create.
pub(super) fn create_error(container: &ContainerState<'_>, message: &str) -> Cause {
    let noun = container.noun();
    if message.contains("no command specified") {
        let path = format!("{}.command", container.view.path);
        return Cause::new(
            &rows::NO_COMMAND,
            format!("{noun} has no command: neither its image nor the Pod gives one"),
        )
        .advise(format!("Set {path}."));
    }
    if message.contains("seccomp") {
        let profile = word_after(message, "cannot load seccomp profile ")
            .or_else(|| word_after(message, "open "))
            .unwrap_or("that it names");
        return Cause::new(
            &rows::SECCOMP_PROFILE_MISSING,
            format!("{noun} cannot be created: the node has no seccomp profile {profile}"),
        )
        .advise("Put the profile on the node, or use RuntimeDefault.");
    }
    Cause::new(
        &rows::CONTAINER_CREATION_FAILS,
        format!(
            "the container runtime cannot create {noun}: {}",
            last_clause(message)
        ),
    )
    .advise("The message is the container runtime's: mend what it names.")
}

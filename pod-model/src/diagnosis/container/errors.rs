//! Messages of the container runtime and of the kubelet about a container that cannot start.
//!
//! Upstream: containerd's and runc's own words; `ErrCreateContainerConfig` and its fellows in
//! pkg/kubelet/kuberuntime/kuberuntime_container.go, `verifyRunAsNonRoot` in security_context_others.go,
//! `makeEnvironmentVariables` in pkg/kubelet/kubelet_pods.go.

use crate::diagnosis::cause::Cause;
use crate::diagnosis::scene::{ContainerState, Scene};
use crate::diagnosis::table::{self as rows, CauseRow};
use crate::diagnosis::words::{is_transient, quoted_after, word_after};
use crate::nearest::nearest;

/// A container that never ran: the runtime could not start its program.
pub(super) fn start_error(container: &ContainerState<'_>, message: &str) -> Cause {
    let noun = container.noun();
    // A runtime that logs as key=value escapes the quotes of the message.
    let message = &message.replace("\\\"", "\"");
    let program = program(message).or_else(|| container.view.command.first().map(String::as_str));
    let named = program.map_or_else(|| "its program".to_owned(), str::to_owned);
    let path = format!("{}.command", container.view.path);
    let lower = message.to_lowercase();
    let has = |words: &[&str]| words.iter().any(|word| lower.contains(word));
    let cause = if message.contains("exec format error") {
        Cause::new(
            &rows::EXEC_FORMAT_ERROR,
            format!("{noun} cannot execute {named}: it is of another architecture, or a script without a first line that names its interpreter"),
        )
        .advise("Build the image for the architecture of the node, or begin the script with #!/bin/sh.")
    } else if message.contains("OOM-killed") {
        return too_little_memory(container);
    } else if let Some(directory) = quoted_after(message, "chdir to cwd (") {
        Cause::new(
            &rows::CONTAINER_START_FAILS,
            format!("{noun} cannot be started: it cannot enter its working directory {directory}: {}", last_clause(message)),
        )
        .advise(format!(
            "Correct {}.workingDir, or make the directory in the image; the user of the container has to be allowed to enter it.",
            container.view.path
        ))
    } else if let Some(words) = setup(message) {
        cannot_start(container, words)
    } else if is_about_program(message) && has(&["no such file", "not found"]) {
        Cause::new(
            &rows::PROGRAM_MISSING,
            format!("{noun} has never run: its image has no {named}"),
        )
        .advise(format!(
            "Correct the command ({path}), or use an image that has the program."
        ))
    } else if is_about_program(message) && has(&["permission denied"]) {
        Cause::new(
            &rows::PROGRAM_NOT_EXECUTABLE,
            format!("{noun} has never run: {named} may not be executed"),
        )
        .advise(format!(
            "Make {named} executable (chmod +x in the image, defaultMode: 0755 in a volume)."
        ))
    } else {
        cannot_start(container, last_clause(message))
    };
    let cause = cause.of(container.name());
    if is_transient(message) {
        cause.may_pass()
    } else {
        cause
    }
}

/// The runtime's own words, which no rule knows. A container that has not started has no log.
fn cannot_start(container: &ContainerState<'_>, words: &str) -> Cause {
    Cause::new(
        &rows::CONTAINER_START_FAILS,
        format!("{} cannot be started: {words}", container.noun()),
    )
    .advise("The message is the container runtime's: mend what it names.")
}

/// runc's first process ran into the limit before it became the program.
fn too_little_memory(container: &ContainerState<'_>) -> Cause {
    let noun = container.noun();
    let path = format!("{}.resources.limits.memory", container.view.path);
    let limit = container.memory_limit();
    let limit = limit.map_or_else(String::new, |limit| format!(" of {limit}"));
    Cause::new(
        &rows::OUT_OF_MEMORY,
        format!("{noun} has never run: its memory limit{limit} is too low to start any program"),
    )
    .of(container.name())
    .advise(format!("Raise limits.memory of {noun} ({path})."))
}

/// Returns the part of a message about what a runtime does before it starts the program: it enters the working
/// directory, mounts, and joins cgroups.
///
/// Upstream: runc's `finalizeNamespace` and `mountToRootfs`; crun says the same in words of its own.
fn setup(message: &str) -> Option<&str> {
    const BEGINS: [&str; 5] = [
        "chdir to ",
        "error mounting ",
        "failed to mount ",
        "mount `",
        "error creating device nodes",
    ];
    let at = BEGINS.iter().find_map(|begin| message.find(begin))?;
    Some(message[at..].trim_end_matches(": unknown"))
}

/// Returns true if a message is about the program that was to be executed.
fn is_about_program(message: &str) -> bool {
    ["exec: ", "exec ", "executable file", "open executable"]
        .iter()
        .any(|words| message.contains(words))
}

/// Returns the program that a message of runc, of a shell or of `exec` names.
fn program(message: &str) -> Option<&str> {
    quoted_after(message, "executable file ")
        .or_else(|| quoted_after(message, "exec: "))
        .or_else(|| quoted_after(message, "exec "))
        .or_else(|| word_after(message, "exec "))
        .or_else(|| word_after(message, "stat "))
}

/// Returns the end of a message of nested errors.
pub(super) fn last_clause(message: &str) -> &str {
    let message = message.trim().trim_end_matches(": unknown");
    // The quote that a log of key=value ends with, whose begin is cut off.
    let is_open = message.matches('"').count() % 2 == 1;
    let message = message
        .strip_suffix('"')
        .filter(|_| is_open)
        .unwrap_or(message);
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
    let cause = Cause::new(
        &rows::CONTAINER_CONFIG_ERROR,
        format!("the kubelet cannot put together {noun}: {message}"),
    );
    if is_transient(message) {
        let advice =
            "Wait: the kubelet was not ready for the container, and tries again by itself.";
        return cause.may_pass().advise(advice);
    }
    let cause = cause.advise("Mend what the message names; the kubelet tries again by itself.");
    may_pass_if_young(scene, cause)
}

/// Nobody knows of these whether they last: a Pod that has just begun may yet get over them.
fn may_pass_if_young(scene: &Scene<'_>, cause: Cause) -> Cause {
    if scene.is_young() {
        cause.may_pass()
    } else {
        cause
    }
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
    Some(key_of(scene, row, kind, name, key, noun))
}

/// A ConfigMap or a Secret without a key.
pub(in crate::diagnosis) fn key_of(
    scene: &Scene<'_>,
    row: &'static CauseRow,
    kind: &str,
    name: &str,
    key: &str,
    noun: &str,
) -> Cause {
    let mut known = scene.keys.iter();
    let known = known.find(|own| own.kind == kind && own.name == name);
    let keys = known.map_or(&[][..], |own| own.keys.as_slice());
    let similar = nearest(key, keys.iter().map(String::as_str));
    let similar = similar.map_or_else(String::new, |own| format!("; it has {own}"));
    Cause::new(
        row,
        format!("{noun} needs the key {key} of the {kind} {name}, which has no such key{similar}"),
    )
    .advise(format!(
        "Add the key, or correct it: kubectl describe {} {name}.",
        kind.to_lowercase()
    ))
}

/// A container that the runtime cannot create.
///
/// CRI-O makes the runtime look for the program already now.
pub(super) fn create_error(
    scene: &Scene<'_>,
    container: &ContainerState<'_>,
    message: &str,
) -> Cause {
    let noun = container.noun();
    if ["executable file", "open executable", "OOM-killed"]
        .iter()
        .any(|words| message.contains(words))
    {
        return start_error(container, message);
    }
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
    let cause = Cause::new(
        &rows::CONTAINER_CREATION_FAILS,
        format!(
            "the container runtime cannot create {noun}: {}",
            last_clause(message)
        ),
    );
    if is_transient(message) {
        let advice = "Wait: the runtime is slow, and the kubelet tries again by itself. If it lasts, look at the node.";
        return cause.may_pass().advise(advice);
    }
    let advice = "The message is the container runtime's: mend what it names.";
    may_pass_if_young(scene, cause.advise(advice))
}

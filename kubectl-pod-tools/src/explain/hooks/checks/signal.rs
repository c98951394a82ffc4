//! First processes that do not react to SIGTERM.

use pod_model::{ContainerView, FieldPath, Finding, Severity, rules};
use pod_probe::{Handler, SigtermReaction, sigterm_reaction};

use super::super::report::ContainerHooks;
use super::subject::Subject;

/// The kubelet's minimum: a shorter grace period changes nothing.
const MINIMUM: u64 = 2;

pub(super) fn check(subject: &Subject<'_>, own: &ContainerHooks, found: &mut Vec<Finding>) {
    let Some(view) = subject.view(own) else {
        return;
    };
    let grace = subject.grace.kubelet_seconds;
    // Another signal is not SIGTERM; SIGKILL cannot be ignored.
    if grace <= MINIMUM || own.stop_signal.is_some() {
        return;
    }
    let follows =
        format!("each stop takes the whole grace period of {grace} s and ends with SIGKILL");
    let shell_help =
        "begin the last command with `exec`, set a `trap`, or start it by an init such as tini";
    let (message, help, is_certain) = match sigterm_reaction(subject.spec, view) {
        SigtermReaction::Unknown => return,
        SigtermReaction::IgnoredByProgram(program) => (
            format!(
                "`{program}` has no handler for SIGTERM, and Linux does not deliver such a signal to the first process \
                 of a container: {follows}"
            ),
            "use a program that handles SIGTERM, or start it by an init such as tini",
            true,
        ),
        SigtermReaction::IgnoredByShell(shell) => (
            format!(
                "`{shell}` is the first process, ignores SIGTERM and passes nothing on to its commands: {follows}"
            ),
            shell_help,
            true,
        ),
        SigtermReaction::DependsOnShell(shell) => (
            format!(
                "if `{shell}` is dash, as in images of Debian and Ubuntu, it stays the first process, ignores SIGTERM and \
                 passes nothing on: then {follows}. Bash and BusyBox replace themselves by the last command"
            ),
            shell_help,
            false,
        ),
    };
    let ends_by_itself = subject
        .spec
        .restart_policy
        .as_deref()
        .is_some_and(|own| own != "Always");
    let hook = own.pre_stop.as_ref().map(|hook| &hook.handler);
    let may_end = matches!(hook, Some(Handler::Exec { .. } | Handler::HttpGet(_)));
    let severity = if is_certain && !ends_by_itself && !may_end {
        Severity::Warning
    } else {
        Severity::Info
    };
    found.push(
        Finding::new(&rules::SWALLOWED_SIGTERM, path(view), message)
            .with_severity(severity)
            .help(help),
    );
}

/// Returns the path of the last word of the command.
fn path(view: &ContainerView<'_>) -> FieldPath {
    match (view.args.len(), view.command.len()) {
        (0, 0) => view.path.field("command"),
        (0, words) => view.path.field("command").index(words - 1),
        (words, _) => view.path.field("args").index(words - 1),
    }
}

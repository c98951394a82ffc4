//! Hooks that take too long.

use pod_model::{FieldPath, Finding, Severity, rules};
use pod_probe::{Handler, HookLoop, HookTime, hook_loop};

use super::subject::{DeclaredHook, Subject};

pub(super) fn check(subject: &Subject<'_>, hook: &DeclaredHook<'_>, found: &mut Vec<Finding>) {
    found.extend(long(subject, hook));
    found.extend(hook_loop(hook.handler).map(|own| looping(hook, &own)));
}

/// A preStop hook that sleeps for the whole grace period.
fn long(subject: &Subject<'_>, hook: &DeclaredHook<'_>) -> Option<Finding> {
    let least = HookTime::of(hook.handler)
        .least()
        .filter(|_| !hook.is_post_start)?;
    let grace = subject.grace.kubelet_seconds;
    if least.as_secs() < grace || least.is_zero() {
        return None;
    }
    let message = format!(
        "the preStop hook takes {} s or more, and the grace period of {grace} s counts from its start: the \
         container gets SIGTERM after {grace} s, and SIGKILL 2 s later",
        least.as_secs()
    );
    let help = format!(
        "set `terminationGracePeriodSeconds` to {} s and what the container needs to stop, or shorten the hook",
        least.as_secs()
    );
    Some(Finding::new(&rules::LONG_HOOK, path_of(hook), message).help(help))
}

fn path_of(hook: &DeclaredHook<'_>) -> FieldPath {
    match hook.handler {
        Handler::Exec { command } => {
            let words = hook.path.field("exec").field("command");
            match command.len() {
                0 => words,
                length => words.index(length - 1),
            }
        }
        _ => hook.path.field("sleep").field("seconds"),
    }
}

fn looping(hook: &DeclaredHook<'_>, own: &HookLoop) -> Finding {
    let path = path_of(hook);
    match own {
        HookLoop::Endless { text } if hook.is_post_start => {
            let message = format!(
                "`{text}` never ends, and hooks have no time-out: the container never counts as running, no later \
                 container starts, and the Pod stays Pending"
            );
            let finding = Finding::new(&rules::ENDLESS_HOOK, path, message);
            finding
                .with_severity(Severity::Error)
                .help("leave the loop after some attempts")
        }
        HookLoop::Endless { text } => {
            let message = format!(
                "`{text}` never ends by itself: unless the container ends meanwhile, the hook takes the whole grace \
                 period, and SIGKILL comes 2 s after SIGTERM"
            );
            Finding::new(&rules::ENDLESS_HOOK, path, message)
                .help("leave the loop after some attempts")
        }
        HookLoop::Polls {
            text,
            program,
            while_failing,
        } => {
            let (missing, bound) = match (while_failing, hook.is_post_start) {
                (true, _) => ("it never ends", "nothing else ends it"),
                (false, true) => ("it ends at once", "nothing else ends it"),
                (false, false) => (
                    "it ends at once, and the hook has waited for nothing",
                    "the end of the container or of the grace period ends it, too",
                ),
            };
            let bound = if hook.is_post_start {
                bound
            } else {
                "the end of the container or of the grace period ends it, too"
            };
            let message = format!(
                "`{text}` goes on as long as `{program}` says so; {bound}. If the image does not have `{program}`, {missing}"
            );
            let finding = Finding::new(&rules::ENDLESS_HOOK, path, message);
            finding.with_severity(Severity::Info).help(format!(
                "see whether the image has `{program}`, and count the attempts"
            ))
        }
    }
}

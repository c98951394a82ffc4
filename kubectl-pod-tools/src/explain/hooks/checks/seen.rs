//! Hooks that have failed, as events and the status say.

use pod_model::{FieldPath, Finding, Severity, rules};

use super::super::events::{POST_START_ERROR, SeenHook};
use super::subject::Subject;

/// Words of the runtime for a program that is not there.
const MISSING: [&str; 4] = [
    "executable file not found",
    "no such file or directory",
    "exit code 127",
    "exited with 127",
];

pub(super) fn check(subject: &Subject<'_>, found: &mut Vec<Finding>) {
    for own in subject.observed {
        found.extend(failed(subject, own));
    }
}

fn failed(subject: &Subject<'_>, seen: &SeenHook) -> Option<Finding> {
    let hook = match seen.reason.as_str() {
        "FailedPreStopHook" => "preStop",
        "FailedPostStartHook" | POST_START_ERROR => "postStart",
        _ => return None,
    };
    // The state has the cause, and the event has not.
    let has_state =
        |own: &SeenHook| own.reason == POST_START_ERROR && own.container == seen.container;
    if seen.reason == "FailedPostStartHook" && subject.observed.iter().any(has_state) {
        return None;
    }
    let name = seen.container.as_deref()?;
    let container = subject.containers.iter().find(|own| own.name == name)?;
    let path: FieldPath = container.path.field("lifecycle").field(hook);
    let is_missing = MISSING.iter().any(|words| seen.message.contains(words));
    let times = match seen.count {
        1 => String::new(),
        count => format!(" {count} times"),
    };
    let (message, help) = match (hook, is_missing) {
        (_, true) => (
            format!(
                "the {hook} hook of container {name} has failed{times}: the image does not have its program"
            ),
            "use a program that the image has; a hook runs in the container".to_owned(),
        ),
        ("preStop", false) => (
            format!(
                "the preStop hook of container {name} has failed{times}; the event does not say why. It also fails if the \
                 container ends before it, or is killed while it runs"
            ),
            format!("run it by hand: `kubectl exec POD -c {name} -- …`"),
        ),
        (_, false) => (
            format!(
                "the postStart hook of container {name} has failed{times}, so the container was killed{}",
                if seen.reason == POST_START_ERROR {
                    ""
                } else {
                    "; the event does not say why"
                }
            ),
            "see the message of the waiting container, and run the hook by hand".to_owned(),
        ),
    };
    let severity = if hook == "postStart" {
        Severity::Error
    } else {
        Severity::Warning
    };
    Some(
        Finding::new(&rules::FAILED_HOOK, path, message)
            .with_severity(severity)
            .help(help),
    )
}

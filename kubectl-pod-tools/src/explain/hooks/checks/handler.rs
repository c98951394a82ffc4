//! Hooks that cannot be run, and those over HTTPS.

use pod_model::{FieldPath, Finding, Severity, rules};
use pod_probe::Handler;

use super::subject::{DeclaredHook, Subject};

pub(super) fn check(subject: &Subject<'_>, hook: &DeclaredHook<'_>, found: &mut Vec<Finding>) {
    match hook.handler {
        Handler::Missing {} => {
            let Some(action) = declared(subject, hook) else {
                return;
            };
            let why = "the kubelet has no code for `tcpSocket` in a hook";
            found.push(unrunnable(hook, hook.path.field(action), why).help("use exec or httpGet"));
        }
        Handler::Unresolved { reason } => {
            let path = hook.path.field("httpGet").field("port");
            found.push(unrunnable(hook, path, reason).help("use the number, or declare the port"));
        }
        Handler::Exec { command } => {
            found.extend(one_word(hook, command));
            unexpanded(subject, hook, command, found);
        }
        Handler::HttpGet(request) if request.scheme == "https" => {
            let message = format!(
                "the {} hook goes over HTTPS: the certificate is not verified, and if the server answers without \
                 TLS, the kubelet repeats the request over plain HTTP",
                hook.name()
            );
            let path = hook.path.field("httpGet").field("scheme");
            found.push(Finding::new(&rules::HTTPS_HOOK, path, message));
        }
        _ => {}
    }
}

/// Returns the field of an action that the kubelet does not know.
fn declared(subject: &Subject<'_>, hook: &DeclaredHook<'_>) -> Option<&'static str> {
    let lifecycle = subject.view(hook.container)?.lifecycle?;
    let handler = if hook.is_post_start {
        lifecycle.post_start.as_ref()
    } else {
        lifecycle.pre_stop.as_ref()
    };
    handler?.tcp_socket.as_ref().map(|_| "tcpSocket")
}

fn unrunnable(hook: &DeclaredHook<'_>, path: FieldPath, why: &str) -> Finding {
    let follows = if hook.is_post_start {
        "it fails each time, and the container is killed: it never runs for longer than a moment"
    } else {
        "it fails at once, with the event FailedPreStopHook, and SIGTERM follows"
    };
    let message = format!(
        "the {} hook can never be run: {why}. So {follows}",
        hook.name()
    );
    let finding = Finding::new(&rules::UNRUNNABLE_HOOK, path, message);
    if hook.is_post_start {
        finding
    } else {
        finding.with_severity(Severity::Warning)
    }
}

/// References to variables, which the kubelet does not replace here.
fn unexpanded(
    subject: &Subject<'_>,
    hook: &DeclaredHook<'_>,
    command: &[String],
    found: &mut Vec<Finding>,
) {
    let Some(view) = subject.view(hook.container) else {
        return;
    };
    for (index, word) in command.iter().enumerate() {
        let is_in = |name: &str| !name.is_empty() && word.contains(&format!("$({name})"));
        let Some(own) = view.env.iter().find(|own| is_in(&own.name)) else {
            continue;
        };
        let name = &own.name;
        let message = format!(
            "`$({name})` stays as it is: the kubelet replaces nothing in the command of a hook"
        );
        let path = hook.path.field("exec").field("command").index(index);
        let finding = Finding::new(&rules::NOT_EXPANDED, path, message);
        found.push(finding.help(format!(
            "let a shell in the container replace it: `sh -c '… ${name} …'`"
        )));
    }
}

/// A command line in one word: no shell splits it.
fn one_word(hook: &DeclaredHook<'_>, command: &[String]) -> Option<Finding> {
    let [line] = command else {
        return None;
    };
    let (program, rest) = line.trim().split_once(char::is_whitespace)?;
    // The name of a program may have a space.
    if program.starts_with('/') && !rest.trim_start().starts_with('-') {
        return None;
    }
    let path = hook.path.field("exec").field("command").index(0);
    let why = "its command is one word with spaces, and no shell splits it";
    let finding = unrunnable(hook, path, why).with_severity(Severity::Warning);
    Some(finding.help(format!(
        "make a list of `{program}` and its arguments, or use `[sh, -c, …]`"
    )))
}

//! Flags of the container lifecycle: hooks, stop signal, grace period.

use k8s_openapi::api::core::v1::{Lifecycle, LifecycleHandler, PodOS};

use super::super::draft::Draft;
use super::super::flag::{Flag, Group};
use super::super::fragment::{Fragment, ValueError};
use super::super::value::seconds;
use super::handler::{self, Handler};

/// Returns the long help: the time of the hook, then the syntax of its value.
macro_rules! hook_help {
    ($time:literal) => {
        concat!(
            $time,
            "\n\n\
exec:COMMAND            runs a command in the container
sh:SCRIPT               runs a script with sh -c
http:PORT[/PATH]        sends an HTTP GET; options follow ?, joined
                        by &: header=NAME:VALUE host=HOST scheme=https
sleep:5s                waits"
        )
    };
}

pub(super) const GROUP: Group = Group {
    heading: "Lifecycle",
    flags: &[
        Flag::once(
            "post-start",
            "HOOK",
            "postStart hook: exec:COMMAND, sh:SCRIPT …",
            "sh:echo started > /tmp/started",
            |draft, fragment| {
                lifecycle(draft).post_start = Some(hook(fragment)?);
                Ok(())
            },
        )
        .more(hook_help!(
            "Runs beside the program, right after the container starts."
        )),
        Flag::once(
            "pre-stop",
            "HOOK",
            "preStop hook, same syntax",
            "exec:nginx -s quit",
            |draft, fragment| {
                lifecycle(draft).pre_stop = Some(hook(fragment)?);
                Ok(())
            },
        )
        .more(hook_help!("Runs before the program gets the stop signal.")),
        Flag::once(
            "stop-signal",
            "SIGNAL",
            "Signal that stops the container",
            "SIGUSR1",
            stop_signal,
        )
        .more("Default: the image's, or SIGTERM. Requires the feature gate ContainerStopSignals."),
        Flag::once(
            "grace-period",
            "DURATION",
            "Termination grace period [default: 30s]",
            "60s",
            |draft, fragment| {
                draft.pod.termination_grace_period_seconds = Some(seconds(fragment)?);
                Ok(())
            },
        )
        .of_pod()
        .more("Time from the request to stop until the kill; the preStop hook is included."),
    ],
};

const KINDS: [&str; 5] = ["exec", "sh", "http", "https", "sleep"];

fn lifecycle(draft: &mut Draft) -> &mut Lifecycle {
    draft.container().lifecycle.get_or_insert_default()
}

fn hook(fragment: Fragment<'_>) -> Result<LifecycleHandler, ValueError> {
    let (handler, settings) = handler::handler(fragment, &KINDS)?;
    handler::nothing_left(&settings)?;
    let mut hook = LifecycleHandler::default();
    match handler {
        Handler::Exec(exec) => hook.exec = Some(exec),
        Handler::Http(http) => hook.http_get = Some(http),
        Handler::Sleep(sleep) => hook.sleep = Some(sleep),
        Handler::Tcp(_) | Handler::Grpc(_) => {}
    }
    Ok(hook)
}

/// A server with the feature gate `ContainerStopSignals` wants to know the operating system.
///
/// Upstream: pkg/apis/core/validation, `validateStopSignal`.
fn stop_signal(draft: &mut Draft, fragment: Fragment<'_>) -> Result<(), ValueError> {
    let name = fragment.text().to_ascii_uppercase();
    let name = match name.strip_prefix("SIG") {
        Some(_) => name,
        None => format!("SIG{name}"),
    };
    let is_name = name
        .bytes()
        .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-'));
    if name.len() < 5 || !is_name || name.as_bytes()[3].is_ascii_digit() {
        return Err(fragment.expected("a signal name such as SIGTERM"));
    }
    lifecycle(draft).stop_signal = Some(name);
    draft.pod.os.get_or_insert_with(|| PodOS {
        name: "linux".to_owned(),
    });
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::testing::{assert_specs, assert_value_errors};

    #[test]
    fn hook_has_each_handler() {
        assert_specs(&[
            (
                "--post-start 'exec:/bin/sh -c \"echo hi > /tmp/hi\"' --pre-stop 'sh:nginx -s quit; sleep 1'",
                "containers: [{lifecycle: {postStart: {exec: {command: [/bin/sh, -c, echo hi > /tmp/hi]}}, \
                 preStop: {exec: {command: [sh, -c, nginx -s quit; sleep 1]}}}}]",
            ),
            (
                "--pre-stop 'http:80/bye?header=A:b' --post-start https:admin/hello",
                "containers: [{lifecycle: {preStop: {httpGet: {port: 80, path: /bye, httpHeaders: [{name: A, value: b}]}}, \
                 postStart: {httpGet: {port: admin, path: /hello, scheme: HTTPS}}}}]",
            ),
            (
                "--pre-stop sleep:1m --grace-period 90s",
                "{containers: [{lifecycle: {preStop: {sleep: {seconds: 60}}}}], terminationGracePeriodSeconds: 90}",
            ),
            (
                "--stop-signal usr1",
                "{containers: [{lifecycle: {stopSignal: SIGUSR1}}], os: {name: linux}}",
            ),
            (
                "--stop-signal SIGRTMIN+3",
                "{containers: [{lifecycle: {stopSignal: SIGRTMIN+3}}], os: {name: linux}}",
            ),
        ]);
    }

    #[test]
    fn invalid_value_is_underlined() {
        assert_value_errors(&[
            ("--pre-stop tcp:80", "tcp", "unknown handler `tcp`"),
            (
                "--pre-stop sleep:soon",
                "soon",
                "expected a duration such as 30s, found `soon`",
            ),
            (
                "--pre-stop 'http:80/?period=1s'",
                "period",
                "option `period` is repeated or does not apply",
            ),
            (
                "--post-start 'exec:echo a > b'",
                ">",
                "`>` requires a shell, but the command runs without one",
            ),
            (
                "--stop-signal 9",
                "9",
                "expected a signal name such as SIGTERM, found `9`",
            ),
            (
                "--stop-signal ''",
                "",
                "expected a signal name such as SIGTERM, found nothing",
            ),
            (
                "--grace-period long",
                "long",
                "expected a duration such as 30s, found `long`",
            ),
        ]);
    }
}

//! What happens after a container's start and before its end.

use k8s_openapi::api::core::v1::{Lifecycle, LifecycleHandler, PodOS};

use super::super::draft::Draft;
use super::super::flag::{Flag, Group};
use super::super::fragment::{Fragment, ValueError};
use super::super::value::seconds;
use super::handler::{self, Handler};

const WORDS: &str = "\
exec:COMMAND            run this in the container
sh:SCRIPT               run this script
http:PORT[/PATH]        ask this, with ?header=NAME:VALUE&host=HOST
                        &scheme=https
sleep:5s                wait";

pub(super) const GROUP: Group = Group {
    heading: "Hooks and the end",
    flags: &[
        Flag::once(
            "post-start",
            "HOOK",
            "Do this after the start: exec:COMMAND, sh:SCRIPT, http:PORT …",
            "sh:echo started > /tmp/started",
            |draft, fragment| {
                lifecycle(draft).post_start = Some(hook(fragment)?);
                Ok(())
            },
        )
        .more(WORDS),
        Flag::once(
            "pre-stop",
            "HOOK",
            "Do this before the program is told to end; also sleep:5s",
            "exec:nginx -s quit",
            |draft, fragment| {
                lifecycle(draft).pre_stop = Some(hook(fragment)?);
                Ok(())
            },
        )
        .more(WORDS),
        Flag::once(
            "stop-signal",
            "SIGNAL",
            "Tell the program to end with this signal",
            "SIGUSR1",
            stop_signal,
        )
        .more("Only where the cluster has the feature gate ContainerStopSignals on."),
        Flag::once(
            "grace-period",
            "DURATION",
            "How long the Pod may take to end, hooks included [default: 30s]",
            "60s",
            |draft, fragment| {
                draft.pod.termination_grace_period_seconds = Some(seconds(fragment)?);
                Ok(())
            },
        )
        .of_pod(),
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

/// Upstream: feature gate `ContainerStopSignals`, alpha since 1.33
/// (pkg/features/kube_features.go); a server without it drops the field
/// (pkg/api/pod, `dropContainerStopSignals`), and one with it wants to know the
/// operating system (pkg/apis/core/validation, `validateStopSignal`).
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
        return Err(fragment.error("this is not the name of a signal"));
    }
    lifecycle(draft).stop_signal = Some(name);
    draft.pod.os.get_or_insert_with(|| PodOS {
        name: "linux".to_owned(),
    });
    draft.note(
        "stopSignal counts only where the cluster's feature gate ContainerStopSignals is on: \
         it is off by default (alpha since Kubernetes 1.33), and then the server drops the field",
    );
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::testing::{assert_value_errors, notes, specs};

    #[test]
    fn hooks_in_all_their_forms() {
        specs(&[
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
        let notes = notes("--stop-signal SIGUSR1");
        assert!(notes[0].contains("ContainerStopSignals"), "{notes:?}");
    }

    #[test]
    fn each_slip_is_underlined() {
        assert_value_errors(&[
            ("--pre-stop tcp:80", "tcp", "`tcp:` does not stand here"),
            ("--pre-stop sleep:soon", "soon", "this is not a time"),
            (
                "--pre-stop 'http:80/?period=1s'",
                "period",
                "the option `period` says nothing here, or stands there twice",
            ),
            (
                "--post-start 'exec:echo a > b'",
                ">",
                "`>` is for a shell, and none runs here",
            ),
            ("--stop-signal 9", "9", "this is not the name of a signal"),
            ("--stop-signal ''", "", "this is not the name of a signal"),
            ("--grace-period long", "long", "this is not a time"),
        ]);
    }
}

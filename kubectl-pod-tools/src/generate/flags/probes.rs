//! Flags of probes.

use k8s_openapi::api::core::v1::Probe;

use super::super::draft::Draft;
use super::super::flag::{Flag, Group};
use super::super::fragment::{Fragment, ValueError};
use super::super::value::{number, seconds, short_seconds};
use super::handler::{self, Handler};

/// Returns the long help: the effect of the probe, then the syntax of its value.
macro_rules! probe_help {
    ($effect:literal) => {
        concat!(
            $effect,
            "\n\n\
http:PORT[/PATH]        HTTP GET, expects a status from 200 to 399;
                        PORT is a number or the name of a port
https:PORT[/PATH]       the same over TLS
tcp:PORT                opens a TCP connection
grpc:PORT[/SERVICE]     gRPC health check, expects SERVING
exec:COMMAND            runs a command, expects exit code 0
sh:SCRIPT               runs a script with sh -c, expects exit code 0
Options follow ?, joined by &: delay=3s period=3s timeout=1s failures=3 successes=1 \
grace=30s; for http also header=NAME:VALUE scheme=https host=HOST."
        )
    };
}

pub(super) const GROUP: Group = Group {
    heading: "Probes",
    flags: &[
        Flag::once(
            "startup",
            "PROBE",
            "Startup probe: http:PORT[/PATH], tcp:PORT …",
            "http:8080/healthz?period=2s&failures=30",
            |draft, fragment| {
                draft.container().startup_probe = Some(probe(fragment)?);
                Ok(())
            },
        )
        .more(probe_help!(
            "The other probes wait until it has succeeded once."
        )),
        Flag::once(
            "readiness",
            "PROBE",
            "Readiness probe, same syntax",
            "tcp:8080?period=5s",
            |draft, fragment| {
                draft.container().readiness_probe = Some(probe(fragment)?);
                Ok(())
            },
        )
        .more(probe_help!(
            "While it fails, Services send no traffic to the Pod."
        )),
        Flag::once(
            "liveness",
            "PROBE",
            "Liveness probe, same syntax",
            "exec:cat /tmp/ok?delay=3s&period=3s",
            |draft: &mut Draft, fragment| {
                draft.container().liveness_probe = Some(probe(fragment)?);
                Ok(())
            },
        )
        .more(probe_help!("When it fails, the container is restarted.")),
    ],
};

const KINDS: [&str; 6] = ["http", "https", "tcp", "grpc", "exec", "sh"];

fn probe(fragment: Fragment<'_>) -> Result<Probe, ValueError> {
    let (handler, mut settings) = handler::handler(fragment, &KINDS)?;
    let mut probe = Probe::default();
    match handler {
        Handler::Exec(exec) => probe.exec = Some(exec),
        Handler::Http(http) => probe.http_get = Some(http),
        Handler::Tcp(tcp) => probe.tcp_socket = Some(tcp),
        Handler::Grpc(grpc) => probe.grpc = Some(grpc),
        Handler::Sleep(_) => {}
    }
    let mut take = |name| handler::take(&mut settings, name);
    probe.initial_delay_seconds = take("delay").map(short_seconds).transpose()?;
    probe.period_seconds = take("period").map(short_seconds).transpose()?;
    probe.timeout_seconds = take("timeout").map(short_seconds).transpose()?;
    probe.failure_threshold = take("failures").map(number).transpose()?;
    probe.success_threshold = take("successes").map(number).transpose()?;
    probe.termination_grace_period_seconds = take("grace").map(seconds).transpose()?;
    handler::nothing_left(&settings)?;
    Ok(probe)
}

#[cfg(test)]
mod tests {
    use super::super::testing::{assert_specs, assert_value_errors};

    #[test]
    fn probe_has_each_handler_and_option() {
        let rows = [
            (
                "http:8080/healthz?delay=3s&period=1m&timeout=2&failures=4&successes=1&grace=5s",
                "{httpGet: {path: /healthz, port: 8080}, initialDelaySeconds: 3, periodSeconds: 60, \
                 timeoutSeconds: 2, failureThreshold: 4, successThreshold: 1, terminationGracePeriodSeconds: 5}",
            ),
            (
                "http:web/?header=Host:a.example&header=X-A: b:c?&scheme=https&host=127.0.0.1",
                "{httpGet: {path: /, port: web, host: 127.0.0.1, scheme: HTTPS, \
                 httpHeaders: [{name: Host, value: a.example}, {name: X-A, value: 'b:c?'}]}}",
            ),
            ("https:8443", "{httpGet: {port: 8443, scheme: HTTPS}}"),
            (
                "http:80/a?b=c&d=e?",
                "{httpGet: {port: 80, path: '/a?b=c&d=e'}}",
            ),
            (
                "http:80/a?b=c?period=1s",
                "{httpGet: {port: 80, path: '/a?b=c'}, periodSeconds: 1}",
            ),
            ("tcp:mysql?host=db", "{tcpSocket: {port: mysql, host: db}}"),
            ("grpc:9000", "{grpc: {port: 9000}}"),
            (
                "grpc:9000/my.Service?period=1s",
                "{grpc: {port: 9000, service: my.Service}, periodSeconds: 1}",
            ),
            (
                "exec:cat \"/tmp/it is ok\" ?period=1s",
                "{exec: {command: [cat, /tmp/it is ok]}, periodSeconds: 1}",
            ),
            (
                "exec:ls /tmp/a? \"b?period=2s\"",
                "{exec: {command: [ls, '/tmp/a?', 'b?period=2s']}}",
            ),
            (
                "sh:curl h/ ?delay=1s",
                "{exec: {command: [sh, -c, 'curl h/ ']}, initialDelaySeconds: 1}",
            ),
            (
                "sh:curl \"h/?delay=5\"",
                "{exec: {command: [sh, -c, 'curl \"h/?delay=5\"']}}",
            ),
            (
                "sh:./check?delay=1s",
                "{exec: {command: [sh, -c, ./check]}, initialDelaySeconds: 1}",
            ),
            (
                "sh:test $? = 0 && curl h/?x=y?delay=1s",
                "{exec: {command: [sh, -c, 'test $? = 0 && curl h/?x=y']}, initialDelaySeconds: 1}",
            ),
            (
                "sh:curl -s localhost | grep -q ok?delay=1s",
                "{exec: {command: [sh, -c, 'curl -s localhost | grep -q ok']}, initialDelaySeconds: 1}",
            ),
            (
                "sh:curl -s localhost -o /dev/null?delay=1s",
                "{exec: {command: [sh, -c, 'curl -s localhost -o /dev/null']}, initialDelaySeconds: 1}",
            ),
            (
                "sh:test -e $DIR/ok?delay=1s",
                "{exec: {command: [sh, -c, 'test -e $DIR/ok']}, initialDelaySeconds: 1}",
            ),
        ];
        for (typed, probe) in rows {
            for (flag, field) in [
                ("liveness", "livenessProbe"),
                ("readiness", "readinessProbe"),
                ("startup", "startupProbe"),
            ] {
                let line = format!("--{flag} '{typed}'");
                let expected = format!("containers: [{{{field}: {probe}}}]");
                assert_specs(&[(&line, &expected)]);
            }
        }
    }

    #[test]
    fn invalid_value_is_underlined() {
        assert_value_errors(&[
            (
                "--liveness 8080",
                "8080",
                "expected a handler such as `http:…`, found `8080`",
            ),
            ("--liveness sleep:5s", "sleep", "unknown handler `sleep`"),
            ("--liveness http:", "", "expected a port, found nothing"),
            (
                "--liveness http:/healthz",
                "",
                "expected a port, found nothing",
            ),
            (
                "--liveness http:99999/",
                "99999",
                "expected a port from 1 to 65535, found `99999`",
            ),
            (
                "--liveness http://localhost/",
                "//localhost/",
                "expected PORT[/PATH], found a URL",
            ),
            (
                "--liveness 'tcp:80?perod=3s'",
                "perod",
                "unknown option `perod`; did you mean `period`?",
            ),
            (
                "--liveness 'tcp:80?period=3s&dely=1s'",
                "dely",
                "unknown option `dely`; did you mean `delay`?",
            ),
            (
                "--liveness 'tcp:80?period=3s&delay'",
                "delay",
                "expected `OPTION=VALUE`, found `delay`",
            ),
            (
                "--liveness 'tcp:80?period=x'",
                "x",
                "expected a duration such as 30s, found `x`",
            ),
            (
                "--liveness 'tcp:80?period=1.5s'",
                "1.5s",
                "expected whole seconds, found `1.5s`",
            ),
            (
                "--liveness 'tcp:80?failures=many'",
                "many",
                "expected an integer, found `many`",
            ),
            (
                "--liveness 'tcp:80?period=3s&period=4s'",
                "period",
                "option `period` is repeated or does not apply",
            ),
            (
                "--liveness 'tcp:80?scheme=https'",
                "scheme",
                "option `scheme` is repeated or does not apply",
            ),
            (
                "--liveness 'http:80/?header=a'",
                "a",
                "expected `NAME:VALUE`, found `a`",
            ),
            (
                "--liveness 'http:80/?scheme=ftp'",
                "ftp",
                "unknown value `ftp`",
            ),
            (
                "--liveness grpc:web",
                "web",
                "expected a port from 1 to 65535, found `web`",
            ),
            ("--liveness exec:", "", "expected a command, found nothing"),
            (
                "--liveness 'sh: '",
                " ",
                "expected a command, found nothing",
            ),
            ("--liveness 'exec:curl h/?x=y'", "x", "unknown option `x`"),
            (
                "--liveness \"exec:cat '/tmp\"",
                "cat '/tmp",
                "unclosed quote",
            ),
            (
                "--liveness 'exec:a && b'",
                "&",
                "`&` requires a shell, but the command runs without one",
            ),
        ]);
    }

    /// A list was once taken for a program of that name.
    #[test]
    fn json_list_is_refused_as_command() {
        for typed in [
            "[\"cat\", \"/tmp/ok\"]",
            "[\"cat\",\"/tmp/it is ok\"]",
            "[ \"true\" ]",
            "[]",
        ] {
            let line = format!("--liveness 'exec:{typed}'");
            assert_value_errors(&[(&line, typed, "expected a command line, found a list")]);
        }
        assert_specs(&[(
            "--liveness 'exec:[ -e /tmp/ok ]'",
            "containers: [{livenessProbe: {exec: {command: ['[', -e, /tmp/ok, ']']}}}]",
        )]);
    }

    /// Such a query was once taken for options of the probe.
    #[test]
    fn query_that_could_be_options_is_ambiguous() {
        assert_value_errors(&[
            (
                "--liveness 'sh:curl host/?delay=5'",
                "?delay=",
                "`?delay=` is ambiguous: part of the URL, or an option of the probe",
            ),
            (
                "--liveness 'exec:wget -q http://h:80/a?timeout=5&x=y'",
                "?timeout=",
                "`?timeout=` is ambiguous: part of the URL, or an option of the probe",
            ),
            (
                "--liveness 'sh:curl -f web/healthz?period=5 || exit 1'",
                "?period=",
                "`?period=` is ambiguous: part of the URL, or an option of the probe",
            ),
            (
                "--liveness 'sh:curl -fsS localhost?timeout=3'",
                "?timeout=",
                "`?timeout=` is ambiguous: part of the URL, or an option of the probe",
            ),
            (
                "--liveness 'sh:set -e; timeout 2 wget -qO- $HOST?delay=5'",
                "?delay=",
                "`?delay=` is ambiguous: part of the URL, or an option of the probe",
            ),
            (
                "--readiness 'sh:/usr/bin/curl $URL/ready?period=1'",
                "?period=",
                "`?period=` is ambiguous: part of the URL, or an option of the probe",
            ),
            (
                "--liveness 'exec:healthcheck localhost:8080?grace=5'",
                "?grace=",
                "`?grace=` is ambiguous: part of the URL, or an option of the probe",
            ),
            (
                "--liveness 'sh:wget \"http://web/a\"?host=b'",
                "?host=",
                "`?host=` is ambiguous: part of the URL, or an option of the probe",
            ),
        ]);
    }
}

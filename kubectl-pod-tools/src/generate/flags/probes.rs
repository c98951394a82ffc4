//! Probes.

use k8s_openapi::api::core::v1::Probe;

use super::super::draft::Draft;
use super::super::flag::{Flag, Group};
use super::super::fragment::{Fragment, ValueError};
use super::super::value::{number, seconds, short_seconds};
use super::handler::{self, Handler};

const WORDS: &str = "\
http:PORT[/PATH]        an answer below 400; PORT: a number or a name
tcp:PORT                a connection
grpc:PORT[/SERVICE]     the health service answers SERVING
exec:COMMAND            the command ends with 0
sh:SCRIPT               the script ends with 0
Behind ? stand, with & between them: delay=3s period=3s timeout=1s failures=3
successes=1 grace=30s, and for http header=NAME:VALUE scheme=https host=HOST.
The other probes wait for --startup.";

pub(super) const GROUP: Group = Group {
    heading: "Probes",
    flags: &[
        Flag::once(
            "startup",
            "PROBE",
            "Has it started? http:PORT[/PATH], tcp:PORT, exec:COMMAND …",
            "http:8080/healthz?period=2s&failures=30",
            |draft, fragment| {
                draft.container().startup_probe = Some(probe(fragment)?);
                Ok(())
            },
        )
        .more(WORDS),
        Flag::once(
            "readiness",
            "PROBE",
            "May it be sent requests? The same words",
            "tcp:8080?period=5s",
            |draft, fragment| {
                draft.container().readiness_probe = Some(probe(fragment)?);
                Ok(())
            },
        )
        .more(WORDS),
        Flag::once(
            "liveness",
            "PROBE",
            "Does it still work? Where not, it is restarted",
            "exec:cat /tmp/ok?delay=3s&period=3s",
            |draft: &mut Draft, fragment| {
                draft.container().liveness_probe = Some(probe(fragment)?);
                Ok(())
            },
        )
        .more(WORDS),
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
    use super::super::testing::{assert_value_errors, specs};

    #[test]
    fn probes_in_all_their_forms() {
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
                specs(&[(&line, &expected)]);
            }
        }
    }

    #[test]
    fn each_slip_is_underlined() {
        assert_value_errors(&[
            (
                "--liveness 8080",
                "8080",
                "there is no `http:` or `https:` or `tcp:` or `grpc:` or `exec:` or `sh:` before it",
            ),
            (
                "--liveness sleep:5s",
                "sleep",
                "`sleep:` does not stand here",
            ),
            ("--liveness http:", "", "the port is missing"),
            ("--liveness http:/healthz", "", "the port is missing"),
            (
                "--liveness http:99999/",
                "99999",
                "`99999` is not a port: they go from 1 to 65535",
            ),
            (
                "--liveness http://localhost/",
                "//localhost/",
                "a URL does not stand here: the kubelet asks the Pod itself",
            ),
            (
                "--liveness 'tcp:80?perod=3s'",
                "perod",
                "there is no option `perod`: did you mean `period`?",
            ),
            (
                "--liveness 'tcp:80?period=3s&dely=1s'",
                "dely",
                "there is no option `dely`: did you mean `delay`?",
            ),
            (
                "--liveness 'tcp:80?period=3s&delay'",
                "delay",
                "this is not OPTION=VALUE",
            ),
            ("--liveness 'tcp:80?period=x'", "x", "this is not a time"),
            (
                "--liveness 'tcp:80?period=1.5s'",
                "1.5s",
                "the API counts whole seconds here",
            ),
            (
                "--liveness 'tcp:80?failures=many'",
                "many",
                "this is not a whole number",
            ),
            (
                "--liveness 'tcp:80?period=3s&period=4s'",
                "period",
                "the option `period` says nothing here, or stands there twice",
            ),
            (
                "--liveness 'tcp:80?scheme=https'",
                "scheme",
                "the option `scheme` says nothing here, or stands there twice",
            ),
            (
                "--liveness 'http:80/?header=a'",
                "a",
                "this is not NAME:VALUE",
            ),
            (
                "--liveness 'http:80/?scheme=ftp'",
                "ftp",
                "`ftp` is not known here",
            ),
            (
                "--liveness grpc:web",
                "web",
                "`web` is not a port: they go from 1 to 65535",
            ),
            ("--liveness exec:", "", "the command is missing"),
            ("--liveness 'sh: '", " ", "the command is missing"),
            (
                "--liveness 'exec:curl h/?x=y'",
                "x",
                "there is no option `x`",
            ),
            (
                "--liveness \"exec:cat '/tmp\"",
                "cat '/tmp",
                "a quote is not closed",
            ),
            (
                "--liveness 'exec:a && b'",
                "&",
                "`&` is for a shell, and none runs here",
            ),
        ]);
    }

    /// It was a program of that name.
    #[test]
    fn a_list_is_no_command() {
        for typed in [
            "[\"cat\", \"/tmp/ok\"]",
            "[\"cat\",\"/tmp/it is ok\"]",
            "[ \"true\" ]",
            "[]",
        ] {
            let line = format!("--liveness 'exec:{typed}'");
            assert_value_errors(&[(&line, typed, "a command is not a list here")]);
        }
        specs(&[(
            "--liveness 'exec:[ -e /tmp/ok ]'",
            "containers: [{livenessProbe: {exec: {command: ['[', -e, /tmp/ok, ']']}}}]",
        )]);
    }

    /// It was the probe's without a word.
    #[test]
    fn a_query_that_could_be_the_probes_options_is_asked_about() {
        assert_value_errors(&[
            (
                "--liveness 'sh:curl host/?delay=5'",
                "?delay=",
                "`?delay=` can be part of the URL, or an option of the probe",
            ),
            (
                "--liveness 'exec:wget -q http://h:80/a?timeout=5&x=y'",
                "?timeout=",
                "`?timeout=` can be part of the URL, or an option of the probe",
            ),
            (
                "--liveness 'sh:curl -f web/healthz?period=5 || exit 1'",
                "?period=",
                "`?period=` can be part of the URL, or an option of the probe",
            ),
            (
                "--liveness 'sh:curl -fsS localhost?timeout=3'",
                "?timeout=",
                "`?timeout=` can be part of the URL, or an option of the probe",
            ),
            (
                "--liveness 'sh:set -e; timeout 2 wget -qO- $HOST?delay=5'",
                "?delay=",
                "`?delay=` can be part of the URL, or an option of the probe",
            ),
            (
                "--readiness 'sh:/usr/bin/curl $URL/ready?period=1'",
                "?period=",
                "`?period=` can be part of the URL, or an option of the probe",
            ),
            (
                "--liveness 'exec:healthcheck localhost:8080?grace=5'",
                "?grace=",
                "`?grace=` can be part of the URL, or an option of the probe",
            ),
            (
                "--liveness 'sh:wget \"http://web/a\"?host=b'",
                "?host=",
                "`?host=` can be part of the URL, or an option of the probe",
            ),
        ]);
    }
}

//! Findings of `explain-probes`: they are made where the kubelet does what they say, and only there.

use serde_json::{Value, json};

use crate::explain_probes_truth::{assert_has, finding, ids, item, pod, spec};
use crate::support::Home;

/// A Pod that became ready some seconds after its start.
fn live(container: &str, seconds: u32) -> String {
    let status = json!({
        "conditions": [{"type": "ContainersReady", "status": "True",
            "lastTransitionTime": format!("2026-01-01T00:{:02}:{:02}Z", seconds / 60, seconds % 60)}],
        "containerStatuses": [{"name": "app", "ready": true, "restartCount": 0, "image": "i",
            "imageID": "", "state": {"running": {"startedAt": "2026-01-01T00:00:00Z"}}}],
    });
    format!("{}status: {status}\n", pod(container))
}

const SAME: &str = "readinessProbe: {httpGet: {port: 80}, periodSeconds: 2}, \
    livenessProbe: {httpGet: {port: 80}, timeoutSeconds: 2}";

#[test]
fn a_start_is_called_too_slow_only_where_readiness_tells_what_liveness_would_say() {
    let short = |text: &str| ids(&item(text, &[])).contains(&"short-start-tolerance");
    assert!(short(&live(SAME, 25)));
    // Sooner than any kill, and so late that it cannot be the start.
    assert!(!short(&live(SAME, 15)));
    assert!(!short(&live(SAME, 88)));
    // A port that listens may have answered all the time.
    let tcp = SAME.replace("livenessProbe: {httpGet", "livenessProbe: {tcpSocket");
    assert!(!short(&live(&tcp, 25)));
    // The delay of readiness takes that long by itself.
    let late = SAME.replace(
        "periodSeconds: 2}",
        "periodSeconds: 2, initialDelaySeconds: 24}",
    );
    assert!(!short(&live(&late, 25)));
}

#[test]
fn a_probe_that_is_always_errored_has_no_finding_that_it_kills() {
    let liveness = "ports: [{name: http, containerPort: 80}], livenessProbe: \
        {httpGet: {port: htpp}, initialDelaySeconds: 90, timeoutSeconds: 20}";
    assert_eq!(ids(&item(&pod(liveness), &[])), ["errored-probe"]);
    let both = "ports: [{name: http, containerPort: 80}], readinessProbe: {httpGet: {port: htpp}}, \
        livenessProbe: {httpGet: {port: htpp}}";
    assert_eq!(
        ids(&item(&pod(both), &[])),
        ["errored-probe", "errored-probe"]
    );
    // The liveness probe never runs.
    let startup = "ports: [{name: http, containerPort: 80}], startupProbe: {httpGet: {port: htpp}}, \
        readinessProbe: {httpGet: {port: http}}, livenessProbe: {httpGet: {port: http}}";
    assert_eq!(ids(&item(&pod(startup), &[])), ["errored-probe"]);
}

#[test]
fn the_loopback_address_of_a_host_network_pod_is_its_own() {
    let host = |network: &str, host: &str| {
        let text = format!(
            "{network}  containers: [{{name: app, image: i, readinessProbe: {{tcpSocket: \
             {{port: 80, host: '{host}'}}}}}}]\n"
        );
        item(&spec(&text), &[])
    };
    let own = host("  hostNetwork: true\n", "127.0.0.1");
    let finding_of = |item: &Value| finding(item, "probe-host").clone();
    assert_eq!(finding_of(&own)["severity"], "info");
    assert!(!own.to_string().contains("instead of the Pod"), "{own}");
    // It may be the node's, as in the manifests of kubeadm.
    let address = host("  hostNetwork: true\n", "192.0.2.1");
    assert_eq!(finding_of(&address)["severity"], "info");
    let elsewhere = host("  hostNetwork: true\n", "db.internal");
    assert_eq!(finding_of(&elsewhere)["severity"], "warning");
    let elsewhere = host("", "192.0.2.1");
    assert_eq!(finding_of(&elsewhere)["severity"], "warning");
    let brackets = host("  hostNetwork: true\n", "[::1]");
    assert_eq!(finding_of(&brackets)["severity"], "warning");
    let nodes = host("", "127.0.0.1");
    assert_eq!(finding_of(&nodes)["severity"], "warning");
    assert_has(
        finding_of(&nodes)["message"].as_str().unwrap(),
        "the node's own loopback address instead of the Pod",
    );
}

#[test]
fn brackets_around_an_address_are_one_pair_too_many() {
    let host = item(
        &pod("readinessProbe: {tcpSocket: {port: 80, host: '[::1]'}}"),
        &[],
    );
    let found = finding(&host, "probe-host");
    assert_has(
        found["message"].as_str().unwrap(),
        "cannot connect to `[::1]`",
    );
}

#[test]
fn a_near_port_is_no_slip_if_it_is_used_or_meant() {
    let help = |fields: &str| {
        let item = item(&pod(fields), &[]);
        let mut found = item["findings"].as_array().unwrap().iter();
        let found: Vec<_> = found
            .by_ref()
            .filter(|own| own["id"] == "undeclared-port")
            .map(|own| own["help"].as_str().unwrap().to_owned())
            .collect();
        found
    };
    let ports = "ports: [{containerPort: 15020}]";
    let one = help(&format!(
        "{ports}, readinessProbe: {{tcpSocket: {{port: 15021}}}}"
    ));
    assert_eq!(one, ["did you mean 15020?"]);
    let both = help(&format!(
        "{ports}, readinessProbe: {{tcpSocket: {{port: 15021}}}}, startupProbe: {{grpc: {{port: 15021}}}}"
    ));
    assert_eq!(both.len(), 1, "once is enough");
    assert_has(&both[0], "declare the port");
    let used = help(&format!(
        "{ports}, readinessProbe: {{tcpSocket: {{port: 15021}}}}, startupProbe: {{grpc: {{port: 15020}}}}"
    ));
    assert_has(&used[0], "declare the port");
    let told = help(&format!(
        "{ports}, args: ['--health-port=15021'], readinessProbe: {{tcpSocket: {{port: 15021}}}}"
    ));
    assert!(told.is_empty(), "{told:?}");
}

#[test]
fn a_port_of_udp_alone_is_not_where_a_probe_connects() {
    let found = |ports: &str, port: &str| {
        let fields = format!("ports: [{ports}], readinessProbe: {{tcpSocket: {{port: {port}}}}}");
        item(&pod(&fields), &[])
    };
    let udp = "{name: dns, containerPort: 53, protocol: UDP}";
    for port in ["dns", "53"] {
        let item = found(udp, port);
        let found = finding(&item, "undeclared-port");
        assert_has(
            found["message"].as_str().unwrap(),
            "is declared for UDP alone",
        );
    }
    let both = format!("{udp}, {{name: dns-tcp, containerPort: 53}}");
    assert!(ids(&found(&both, "53")).is_empty());
    assert!(ids(&found(&both, "dns-tcp")).is_empty());
}

#[test]
fn a_command_line_in_one_word_is_no_command() {
    let probe = |word: &str| {
        let fields = format!("readinessProbe: {{exec: {{command: ['{word}']}}}}");
        item(&pod(&fields), &[])
    };
    let item = probe("curl -f http://localhost");
    let found = finding(&item, "errored-probe");
    assert_eq!(found["severity"], "warning");
    assert_has(found["message"].as_str().unwrap(), "no shell splits it");
    assert!(ids(&probe("/opt/my check/run")).is_empty());
    assert!(ids(&probe("pg_isready")).is_empty());
}

#[test]
fn a_curl_without_f_accepts_every_status() {
    let probe = |command: &str| {
        let fields = format!("livenessProbe: {{exec: {{command: [{command}]}}}}");
        item(&pod(&fields), &[])
    };
    for command in [
        "curl, -s, 'localhost:8080'",
        "sh, -c, 'curl localhost:8080'",
    ] {
        let item = probe(command);
        let found = finding(&item, "ignored-failure");
        assert_has(
            found["message"].as_str().unwrap(),
            "also of status 500, counts as success",
        );
        assert_has(found["help"].as_str().unwrap(), "add `-f`");
    }
    assert!(ids(&probe("curl, -sf, 'localhost:8080'")).is_empty());
}

#[test]
fn the_grace_of_a_probe_is_used_as_long_as_another_container_runs() {
    let never = |others: &str| {
        let text = format!(
            "  restartPolicy: Never\n  containers:\n  - {{name: app, image: i, livenessProbe: {{httpGet: \
             {{port: 80}}, terminationGracePeriodSeconds: 3}}}}\n{others}"
        );
        item(&spec(&text), &[])
    };
    let alone = never("");
    assert_eq!(
        finding(&alone, "ignored-probe-grace")["severity"],
        "warning"
    );
    let two = never("  - {name: other, image: i}\n");
    let found = finding(&two, "ignored-probe-grace");
    assert_eq!(found["severity"], "info");
    assert_has(
        found["message"].as_str().unwrap(),
        "if the other containers have ended",
    );
    let kept = never("  - {name: other, image: i, restartPolicy: Always}\n");
    assert!(ids(&kept).is_empty(), "{kept}");
}

#[test]
fn a_longer_time_out_is_a_hint() {
    let fields = "livenessProbe: {httpGet: {port: 80}, timeoutSeconds: 15}";
    let item = item(&pod(fields), &[]);
    assert_eq!(
        finding(&item, "timeout-longer-than-period")["severity"],
        "info"
    );
}

#[test]
fn headers_that_are_credentials_are_shown_on_request_alone() {
    let fields = "readinessProbe: {httpGet: {port: 80, path: '/ready?v=1&access_token=s3cret', \
        httpHeaders: [{name: authorization, value: Bearer s3cret}, {name: X-Custom, value: shown}]}}";
    let home = Home::with(&[("pod.yaml", pod(fields).as_str())]);
    for format in ["table", "json", "yaml", "svg"] {
        let args = [
            "explain-probes",
            "-f",
            "pod.yaml",
            "--offline",
            "-o",
            format,
        ];
        let run = home.run(&args);
        assert!(!run.stdout.contains("s3cret"), "{format}: {run:?}");
        assert_has(&run.stdout, "shown");
        let run = home.run(&[&args[..], &["--show-secrets"]].concat());
        assert_has(&run.stdout, "Bearer s3cret");
        assert_has(&run.stdout, "access_token=s3cret");
    }
    let run = home.run(&["explain-probes", "-f", "pod.yaml", "--offline"]);
    assert_has(
        &run.stdout,
        "/ready?v=1&access_token=***, Authorization: ***",
    );
}

#[test]
fn the_port_of_another_host_need_not_be_declared() {
    let with = |action: &str| {
        let fields = format!("ports: [{{containerPort: 8080}}], readinessProbe: {{{action}}}");
        item(&pod(&fields), &[])
    };
    let here = with("httpGet: {port: 5432}");
    assert!(ids(&here).contains(&"undeclared-port"));
    for action in [
        "httpGet: {host: db.internal, port: 5432}",
        "tcpSocket: {host: db, port: 5432}",
    ] {
        assert_eq!(ids(&with(action)), ["probe-host"], "{action}");
    }
}

#[test]
fn a_longer_time_out_of_liveness_is_another_question() {
    let probes = |timeout: u32| {
        let fields = format!(
            "readinessProbe: {{httpGet: {{port: 80}}}}, \
             livenessProbe: {{httpGet: {{port: 80}}, timeoutSeconds: {timeout}}}"
        );
        item(&pod(&fields), &[])
    };
    assert_eq!(ids(&probes(1)), ["identical-probes"]);
    assert!(ids(&probes(5)).is_empty());
}

#[test]
fn a_startup_probe_every_second_is_no_load() {
    let probe = |kind: &str| {
        let fields = format!("{kind}: {{exec: {{command: [check]}}, periodSeconds: 1}}");
        item(&pod(&fields), &[])
    };
    assert!(ids(&probe("startupProbe")).is_empty());
    assert_eq!(ids(&probe("readinessProbe")), ["exec-every-second"]);
}

#[test]
fn a_script_that_ignores_failures_can_still_take_too_long() {
    let fields = "readinessProbe: {exec: {command: [sh, -c, 'check || true']}}";
    let item = item(&pod(fields), &[]);
    let message = finding(&item, "ignored-failure")["message"]
        .as_str()
        .unwrap();
    assert_has(message, "unless an attempt takes too long");
}

#[test]
fn events_prove_that_attempts_are_errored() {
    let with = |count: u32, message: &str| {
        let pod = live("livenessProbe: {exec: {command: [check]}}", 5);
        let event = json!({"apiVersion": "v1", "kind": "Event", "metadata": {"name": "web.1"},
            "involvedObject": {"kind": "Pod", "name": "web", "fieldPath": "spec.containers{app}"},
            "reason": "Unhealthy", "count": count, "message": message,
            "source": {"component": "kubelet"}});
        item(&format!("{pod}---\n{event}\n"), &[])
    };
    let errored =
        "Liveness probe errored and resulted in unknown state: exec: \"check\": not found";
    let found = with(9, errored);
    let finding = finding(&found, "errored-probe");
    assert_eq!(finding["severity"], "warning");
    let message = finding["message"].as_str().unwrap();
    assert_has(
        message,
        "attempts of the liveness probe could not be run or judged (9 times)",
    );
    assert_has(message, "does not kill the container");
    assert!(
        ids(&with(1, errored)).is_empty(),
        "it may be the end of the container"
    );
    assert!(ids(&with(9, "Liveness probe failed: errored")).is_empty());
}

#[test]
fn the_numbers_of_a_startup_probe_tolerate_what_the_delay_did() {
    let fields = "livenessProbe: {httpGet: {port: 80}, initialDelaySeconds: 35}";
    let item = item(&pod(fields), &[]);
    let found = finding(&item, "long-liveness-delay");
    assert_has(
        &found["help"].to_string(),
        "failureThreshold 7 and periodSeconds 10",
    );
    assert_has(found["message"].as_str().unwrap(), "35 + 3 × 10 s");
    let fields = "ports: [{containerPort: 80}], \
        livenessProbe: {httpGet: {port: 80}, initialDelaySeconds: 20}";
    let found = self::item(&pod(fields), &[]);
    let found = finding(&found, "ready-through-restarts").clone();
    assert_has(
        found["message"].as_str().unwrap(),
        "each time after about 20 + 3 × 10 s",
    );
}

#[test]
fn a_variable_is_called_lost_wherever_the_probe_does_not_get_its_value() {
    let with = |env: &str, word: &str| {
        let fields =
            format!("{env}, readinessProbe: {{exec: {{command: [sh, -c, 'check {word}']}}}}");
        item(&pod(&fields), &[])
    };
    let from = "envFrom: [{configMapRef: {name: settings}}]";
    for (env, word, becomes) in [
        (from, "$(HOST)", "stays as it is"),
        (
            "env: [{name: HOST, valueFrom: {fieldRef: {fieldPath: status.podIP}}}]",
            "$(HOST)",
            "becomes the empty string",
        ),
        (
            "env: [{name: A, value: a}, {name: HOST, value: x-$(A)}]",
            "$(HOST)",
            "becomes a text in which `$(A)` is not replaced",
        ),
    ] {
        let item = with(env, word);
        let found = finding(&item, "empty-probe-variable");
        assert_has(found["message"].as_str().unwrap(), becomes);
    }
    for (env, word) in [
        (from, "$(hostname)"),
        (from, "$$(HOST)"),
        (
            "env: [{name: A, value: a}, {name: HOST, value: x-$$(A)}]",
            "$(HOST)",
        ),
        ("env: [{name: HOST, value: a}]", "$(HOST) $(OTHER)"),
    ] {
        assert!(ids(&with(env, word)).is_empty(), "{env} {word}");
    }
}

/// The number of documents changes nothing of a Pod.
#[test]
fn of_a_thousand_pods_each_is_said_to_contradict_its_forecast() {
    let early = live(
        "readinessProbe: {httpGet: {port: 80}, initialDelaySeconds: 60}",
        12,
    );
    assert_eq!(ids(&item(&early, &[])), ["contradicts-forecast"]);
    let many = vec![early.as_str(); 1_000].join("---\n");
    assert_eq!(ids(&item(&many, &[])), ["contradicts-forecast"]);
}

//! `explain-probes` says of a Pod what the kubelet does, and no more.

use serde_json::Value;

use crate::support::{Home, Run};

fn run(text: &str, args: &[&str]) -> Run {
    let home = Home::with(&[("pod.yaml", text)]);
    home.run(
        &[
            &[
                "explain-probes",
                "-f",
                "pod.yaml",
                "--offline",
                "-o",
                "json",
            ],
            args,
        ]
        .concat(),
    )
}

pub(crate) fn item(text: &str, args: &[&str]) -> Value {
    let run = run(text, args);
    let report: Value =
        serde_json::from_str(&run.stdout).unwrap_or_else(|error| panic!("{error}: {run:?}"));
    report["items"][0].clone()
}

pub(crate) fn spec(spec: &str) -> String {
    format!("apiVersion: v1\nkind: Pod\nmetadata: {{name: web}}\nspec:\n{spec}")
}

/// A Pod with one container, `app`.
pub(crate) fn pod(fields: &str) -> String {
    spec(&format!(
        "  containers:\n  - {{name: app, image: i, {fields}}}\n"
    ))
}

pub(crate) fn ids(item: &Value) -> Vec<&str> {
    let findings = item["findings"].as_array().unwrap().iter();
    findings.map(|own| own["id"].as_str().unwrap()).collect()
}

pub(crate) fn finding<'a>(item: &'a Value, id: &str) -> &'a Value {
    let mut findings = item["findings"].as_array().unwrap().iter();
    let found = findings.find(|own| own["id"] == id);
    found.unwrap_or_else(|| panic!("no {id}: {item}"))
}

/// Returns the sentence of an assumption.
pub(crate) fn outlook<'a>(item: &'a Value, assumption: &str) -> &'a str {
    let mut all = item["outlook"].as_array().unwrap().iter();
    let found = all.find(|own| own["assumption"] == assumption);
    let found = found.unwrap_or_else(|| panic!("no {assumption}: {}", item["outlook"]));
    found["message"].as_str().unwrap()
}

#[track_caller]
pub(crate) fn assert_has(text: &str, part: &str) {
    assert!(text.contains(part), "{part:?} is not in {text:?}");
}

#[test]
fn a_tcp_probe_is_not_said_to_notice_a_hang() {
    let tcp = item(&pod("livenessProbe: {tcpSocket: {port: 80}}"), &[]);
    assert_has(
        outlook(&tcp, "hangs"),
        "its liveness probe does not notice a hang",
    );
    assert!(!outlook(&tcp, "hangs").contains("kills"), "{tcp}");
    let mixed = "readinessProbe: {httpGet: {port: 80}}, livenessProbe: {tcpSocket: {port: 80}}";
    let mixed = item(&pod(mixed), &[]);
    assert_has(outlook(&mixed, "hangs"), "it is not ready any more after ");
    assert_has(
        outlook(&mixed, "hangs"),
        "its liveness probe does not notice a hang",
    );
    let mixed = "readinessProbe: {tcpSocket: {port: 80}}, livenessProbe: {httpGet: {port: 80}}";
    let mixed = item(&pod(mixed), &[]);
    assert_has(
        outlook(&mixed, "hangs"),
        "its liveness probe kills it after ",
    );
    assert_has(outlook(&mixed, "hangs"), "until then it is ready");
    let http = item(&pod("livenessProbe: {httpGet: {port: 80}}"), &[]);
    assert_has(
        outlook(&http, "hangs"),
        "if container app stops answering, its liveness probe kills it",
    );
}

#[test]
fn a_pod_is_called_one_without_probes_only_if_no_container_has_one() {
    let two = "  containers:\n  - {name: app, image: i, readinessProbe: {tcpSocket: {port: 80}}}\n  \
        - {name: other, image: i}\n";
    let home = Home::with(&[("pod.yaml", spec(two).as_str())]);
    let run = home.run(&[
        "explain-probes",
        "-f",
        "pod.yaml",
        "--offline",
        "-c",
        "other",
    ]);
    assert_eq!(run.code, Some(0), "{run:?}");
    assert_has(&run.stdout, "container other, in pod.yaml\nno probes\n");
    assert!(!run.stdout.contains("each container"), "{run:?}");
    assert!(ids(&item(&spec(two), &["-c", "other"])).is_empty());
    for (policy, words) in [
        ("Always", "only the end of its process restarts it"),
        ("OnFailure", "with an exit code other than 0 restarts it"),
        ("Never", "nothing restarts it"),
    ] {
        let text = format!("  restartPolicy: {policy}\n  containers: [{{name: app, image: i}}]\n");
        let item = item(&spec(&text), &[]);
        assert_has(
            finding(&item, "no-probes")["message"].as_str().unwrap(),
            words,
        );
    }
}

#[test]
fn init_containers_and_readiness_gates_are_not_left_out_of_the_sentence() {
    let ready = |more: &str| {
        let text = format!(
            "{more}  containers: [{{name: app, image: i, readinessProbe: {{tcpSocket: {{port: 80}}}}}}]\n"
        );
        item(&spec(&text), &[])
    };
    let plain = ready("");
    assert_has(
        outlook(&plain, "normal"),
        "after its first container started",
    );
    let first = ready(
        "  initContainers: [{name: migrate, image: i}, {name: proxy, image: i, restartPolicy: Always}]\n",
    );
    assert_has(
        outlook(&first, "normal"),
        "after its init containers have ended and the next container started",
    );
    let between = ready(
        "  initContainers: [{name: proxy, image: i, restartPolicy: Always}, {name: migrate, image: i}]\n",
    );
    assert_has(
        outlook(&between, "normal"),
        "and later by the time that the init containers from migrate on take",
    );
    assert!(
        between["outlook"][0].get("latestSeconds").is_none(),
        "{between}"
    );
    let gated = ready("  readinessGates: [{conditionType: example.com/ready}]\n");
    assert_has(
        outlook(&gated, "normal"),
        "the containers of the Pod can be ready ",
    );
    assert_has(outlook(&gated, "normal"), "once its readinessGates are met");
}

#[test]
fn a_delay_longer_than_the_forecast_is_not_called_never_ready() {
    let two = "  containers:\n  - {name: a, image: i, readinessProbe: {tcpSocket: {port: 80}, \
        periodSeconds: 1}}\n  - {name: b, image: i, readinessProbe: {tcpSocket: {port: 81}, \
        initialDelaySeconds: 20000}}\n";
    let item = item(&spec(two), &[]);
    assert!(
        !item["outlook"].to_string().contains("never Ready"),
        "{item}"
    );
}

#[test]
fn rules_of_a_container_decide_on_its_restart() {
    let rules = "  restartPolicy: Never\n  containers:\n  - {name: app, image: i, restartPolicy: Never, \
        restartPolicyRules: [{action: Restart, exitCodes: {operator: NotIn, values: [0]}}], \
        livenessProbe: {httpGet: {port: 80}}}\n  - {name: other, image: i}\n";
    let item = item(&spec(rules), &["--kubernetes-version", "1.37"]);
    let words = outlook(&item, "restarts");
    assert_has(
        words,
        "the restartPolicyRules of container app decide on restarts",
    );
}

#[test]
fn a_probe_that_ends_the_pod_is_told() {
    let never = |fields: &str| {
        let text =
            format!("  restartPolicy: Never\n  containers: [{{name: app, image: i, {fields}}}]\n");
        item(&spec(&text), &[])
    };
    let live = never("livenessProbe: {httpGet: {port: 80}}");
    assert_has(
        outlook(&live, "neverAnswers"),
        "if container app never answers, its liveness probe ends the Pod after ",
    );
    assert_has(
        outlook(&live, "neverAnswers"),
        "with the Pod's grace period of 30s",
    );
    assert!(!live["outlook"].to_string().contains("restarts"), "{live}");
    assert_has(
        outlook(&live, "hangs"),
        "its liveness probe ends the Pod after ",
    );
    assert_has(outlook(&live, "slowStart"), "container app may take ");
    let both = never("readinessProbe: {httpGet: {port: 80}}, livenessProbe: {httpGet: {port: 80}}");
    assert!(
        !outlook(&both, "hangs").contains("nothing restarts it"),
        "{both}"
    );
    assert_has(outlook(&both, "hangs"), "its liveness probe ends the Pod");
    let startup = never(
        "startupProbe: {httpGet: {port: 80}}, livenessProbe: {httpGet: {port: 80}, failureThreshold: 9}",
    );
    assert_has(
        outlook(&startup, "neverAnswers"),
        "its startup probe ends the Pod after ",
    );
    assert_has(
        outlook(&startup, "hangs"),
        "its liveness probe ends the Pod after ",
    );
}

#[test]
fn an_address_of_ipv6_has_brackets_before_its_port() {
    let fields = "readinessProbe: {httpGet: {host: 'fd00::1', port: 80}}";
    let home = Home::with(&[("pod.yaml", pod(fields).as_str())]);
    let run = home.run(&["explain-probes", "-f", "pod.yaml", "--offline"]);
    assert_has(&run.stdout, "GET http://[fd00::1]:80/");
}

#[test]
fn a_container_that_may_end_with_0_is_not_said_to_be_restarted_for_ever() {
    let waits = |policy: &str| {
        let text = format!(
            "  restartPolicy: {policy}\n  containers: [{{name: app, image: i, livenessProbe: \
             {{httpGet: {{port: 80}}}}}}]\n"
        );
        outlook(&item(&spec(&text), &[]), "restarts").to_owned()
    };
    assert_has(&waits("OnFailure"), "with exit code 0 is done");
    assert!(waits("Always").ends_with("every other one comes at once"));
}

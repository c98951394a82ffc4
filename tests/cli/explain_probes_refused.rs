//! `explain-probes` of Pods that the API server refuses: the findings that `create` has, and no
//! forecast.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::explain_probes_truth::{assert_has, ids, item, pod, spec};
use crate::support::Home;

const REFUSED: [&str; 13] = [
    "livenessProbe: {tcpSocket: {port: 80}, httpGet: {port: 80}, periodSeconds: -1}",
    "livenessProbe: {}",
    "livenessProbe: {tcpSocket: {port: 80}, successThreshold: 2}",
    "startupProbe: {tcpSocket: {port: 80}, successThreshold: 2}",
    "readinessProbe: {tcpSocket: {port: 80}, terminationGracePeriodSeconds: 5}",
    "livenessProbe: {tcpSocket: {port: 80}, terminationGracePeriodSeconds: 0}",
    "livenessProbe: {httpGet: {port: 80, scheme: https}}",
    "livenessProbe: {exec: {command: []}}",
    "livenessProbe: {httpGet: {port: 0}}",
    "livenessProbe: {tcpSocket: {port: 99999}}",
    "readinessProbe: {httpGet: {port: '8080'}}",
    "readinessProbe: {grpc: {port: 70000}}",
    "readinessProbe: {httpGet: {port: 80, httpHeaders: [{name: 'a b', value: c}]}}",
];

/// Returns the findings of `create --dry-run=client` as ids with their lines.
fn created(text: &str) -> BTreeSet<String> {
    let home = Home::with(&[("pod.yaml", text)]);
    let run = home.run(&["create", "-f", "pod.yaml", "--dry-run=client"]);
    assert_eq!(run.code, Some(1), "{run:?}");
    let mut found = BTreeSet::new();
    for line in run.stderr.lines() {
        if let Some(rest) = line.strip_prefix("error[") {
            found.insert(rest.replacen(']', "", 1));
        }
    }
    assert!(!found.is_empty(), "{run:?}");
    found
}

fn explained(item: &Value) -> BTreeSet<String> {
    let findings = item["findings"].as_array().unwrap().iter();
    let errors = findings.filter(|own| own["severity"] == "error");
    let text = |field: &Value| field.as_str().unwrap().to_owned();
    errors
        .map(|own| format!("{}: {}", text(&own["id"]), text(&own["message"])))
        .collect()
}

#[test]
fn what_create_refuses_is_refused_with_the_same_words() {
    for probe in REFUSED {
        let text = pod(probe);
        let item = item(&text, &["--kubernetes-version", "1.37"]);
        assert_eq!(explained(&item), created(&text), "{probe}");
        assert_eq!(item["verdict"], "no", "{probe}");
        assert_eq!(item["timeline"], json!([]), "{probe}");
        assert!(item.get("outlook").is_none(), "{probe}: {item}");
        assert!(item.get("knownBugs").is_none(), "{probe}: {item}");
    }
    let init = spec(
        "  initContainers: [{name: first, image: i, readinessProbe: {tcpSocket: {port: 80}}}]\n  \
         containers: [{name: app, image: i}]\n",
    );
    let item = item(&init, &[]);
    assert_eq!(explained(&item), created(&init));
    assert_eq!(
        ids(&item),
        ["forbidden-field"],
        "it is not one without probes"
    );
}

#[test]
fn a_refused_pod_has_no_forecast_and_ends_with_1() {
    let two = "  containers:\n  - {name: bad, image: i, livenessProbe: {}}\n  \
        - {name: good, image: i, readinessProbe: {exec: {command: [check]}, periodSeconds: 1}}\n";
    let home = Home::with(&[("pod.yaml", spec(two).as_str())]);
    for more in [&[][..], &["-o", "svg"], &["--hangs-at", "2m"]] {
        let run = home.run(&[&["explain-probes", "-f", "pod.yaml", "--offline"], more].concat());
        assert_eq!(run.code, Some(1), "{run:?}");
        assert_has(&run.stdout, "no forecast for pod/web");
        assert!(!run.stdout.contains("firstProbe"), "{run:?}");
    }
    let found = item(&spec(two), &[]);
    // Of the other container everything is found that needs no forecast.
    assert_eq!(ids(&found), ["required", "exec-every-second"]);
    let found = item(&spec(two), &["-c", "good"]);
    assert_eq!(ids(&found)[0], "required", "the Pod is refused as a whole");
}

#[test]
fn what_else_is_refused_of_a_pod_is_left_to_create() {
    let other = "  containers: [{name: App, readinessProbe: {tcpSocket: {port: 80}}}]\n";
    let item = item(&spec(other), &[]);
    assert_eq!(item["verdict"], "ok");
    assert!(!item["timeline"].as_array().unwrap().is_empty());
}

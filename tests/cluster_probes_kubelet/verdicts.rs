//! `probe` beside the kubelet: both ask the same servers, and come to the same verdict.
//!
//! Each Pod serves answers of every kind and has one readiness probe. The kubelet's verdict is read
//! from the container's readiness and from its events, and is compared again while it changes: the
//! first attempt may come before the program listens.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::support::cluster::cluster;
use crate::support::namespace::Namespace;

/// A readiness probe that is asked of a server; the first word of its name is its handler.
fn cases() -> Vec<(String, Value)> {
    let mut all = Vec::new();
    let mut add = |name: &str, handler: &str, action: Value| {
        all.push((
            format!("{handler}-{name}").to_lowercase(),
            json!({ handler: action }),
        ));
    };
    for status in [200, 204, 300, 301, 304, 308, 399, 400, 404, 418, 500, 503] {
        let action = json!({"port": 8080, "path": format!("/status/{status}")});
        add(&status.to_string(), "httpGet", action);
    }
    for (name, port, path) in [
        ("redirect-here", 8080, "/redirect/8080/status/200"),
        ("redirect-to-failure", 8080, "/redirect/8080/status/404"),
        ("redirect-to-nonsense", 8080, "/redirect/9092/"),
        ("redirect-away", 8080, "/redirect/away"),
        ("redirect-for-ever", 8080, "/redirect/loop"),
        ("broken", 8080, "/broken/200"),
        ("broken-failure", 8080, "/broken/500"),
        ("slow", 8080, "/slow/5s"),
        ("slow-enough", 8080, "/slow/300ms"),
        ("refused", 8099, "/"),
        ("silent", 9091, "/"),
        ("nonsense", 9092, "/"),
        ("to-tls", 8443, "/"),
    ] {
        add(name, "httpGet", json!({"port": port, "path": path}));
    }
    for (name, port) in [("tls", 8443), ("tls-expired", 8444), ("tls-to-plain", 8080)] {
        add(name, "httpGet", json!({"port": port, "scheme": "HTTPS"}));
    }
    add("unresolved", "httpGet", json!({"port": "nobodys"}));
    for (name, port) in [("open", 8080), ("refused", 8099), ("silent", 9091)] {
        add(name, "tcpSocket", json!({ "port": port }));
    }
    for (name, port, service) in [
        ("serving", 9090, ""),
        ("not-serving", 9090, "notServing"),
        ("unknown", 9090, "unknown"),
        ("missing", 9090, "missing"),
        ("internal", 9090, "internal"),
        ("refused", 8099, ""),
        ("silent", 9091, ""),
        ("http", 8080, ""),
    ] {
        add(name, "grpc", json!({"port": port, "service": service}));
    }
    for code in [0, 1, 2, 126, 127] {
        let command = json!({"command": ["sh", "-c", format!("exit {code}")]});
        add(&code.to_string(), "exec", command);
    }
    for (name, command) in [
        ("missing", &["/no/such/program"][..]),
        ("no-program", &["/etc/passwd"][..]),
        ("killed", &["sh", "-c", "kill -9 $$"][..]),
        ("slow", &["sleep", "5"][..]),
    ] {
        add(name, "exec", json!({ "command": command }));
    }
    all
}

fn pod(name: &str, probe: &Value) -> Value {
    let mut probe = probe.clone();
    for (field, value) in [
        ("initialDelaySeconds", 3),
        ("periodSeconds", 10),
        ("failureThreshold", 1),
        ("timeoutSeconds", if name.contains("slow") { 1 } else { 2 }),
    ] {
        probe[field] = value.into();
    }
    json!({
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name, "labels": {"serves": "answers"}},
        "spec": {
            "automountServiceAccountToken": false,
            "terminationGracePeriodSeconds": 0,
            "containers": [{
                "name": "main",
                "image": "probe-server",
                "imagePullPolicy": "IfNotPresent",
                "args": ["-answers"],
                "resources": {"requests": {"cpu": "20m"}},
                "readinessProbe": probe,
            }],
        },
    })
}

type Verdicts = BTreeMap<String, String>;

/// Returns what the kubelet made of each probe; the newest event counts.
fn of_the_kubelet(namespace: &Namespace) -> Verdicts {
    let mut newest: BTreeMap<String, (String, &str)> = BTreeMap::new();
    let events = namespace.get("events");
    for event in events["items"].as_array().unwrap() {
        let message = event["message"].as_str().unwrap_or_default();
        let verdict = match event["reason"].as_str() {
            Some("ProbeWarning") => "warning",
            Some("Unhealthy") if message.starts_with("Readiness probe errored") => "errored",
            Some("Unhealthy") if message.starts_with("Readiness probe failed") => "failure",
            _ => continue,
        };
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let at = text(&event["lastTimestamp"]);
        let own = newest.entry(text(&event["involvedObject"]["name"]));
        let own = own.or_insert((at.clone(), verdict));
        if at >= own.0 {
            *own = (at, verdict);
        }
    }
    let pods = namespace.get("pods");
    let pods = pods["items"].as_array().unwrap().iter();
    pods.filter_map(|pod| {
        let name = pod["metadata"]["name"].as_str()?;
        let is_ready = pod["status"]["containerStatuses"][0]["ready"] == true;
        let verdict = match newest.get(name) {
            Some((_, "warning")) if is_ready => "warning",
            _ if is_ready => "success",
            Some((_, verdict)) if *verdict != "warning" => verdict,
            _ => return None,
        };
        Some((name.to_owned(), verdict.to_owned()))
    })
    .collect()
}

/// Returns what `probe` makes of each; nothing if it ends otherwise than by a probe that fails.
fn ours(namespace: &Namespace) -> Verdicts {
    let home = namespace.name();
    let args = [
        "probe",
        "-l",
        "serves=answers",
        "--once",
        "-o",
        "json",
        "-n",
        home,
    ];
    let output = cluster().run(env!("CARGO_BIN_EXE_kubectl-pod_tools"), args);
    let stdout = String::from_utf8(output.stdout).unwrap();
    if output.status.code() != Some(1) {
        let stderr = String::from_utf8_lossy(&output.stderr);
        println!("{}: {stdout}{stderr}", output.status);
        return Verdicts::new();
    }
    let lines = stdout.lines().map(|line| {
        let line: Value = serde_json::from_str(line).unwrap();
        let text = |field: &str| line[field].as_str().unwrap().to_owned();
        (text("pod"), text("verdict"))
    });
    lines.collect()
}

#[test]
fn probe_and_the_kubelet_come_to_the_same_verdict() {
    let namespace = Namespace::alone("probes-verdicts");
    let cases = cases();
    let items: Vec<Value> = cases.iter().map(|(name, probe)| pod(name, probe)).collect();
    let list = json!({"apiVersion": "v1", "kind": "List", "items": items});
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), list.to_string()).unwrap();
    namespace.kubectl(&["create", "-f", file.path().to_str().unwrap()]);
    namespace.until("a verdict of the kubelet on each", || {
        (of_the_kubelet(&namespace).len() == cases.len()).then_some(())
    });
    // A slow machine may have failed an attempt of either.
    let mut seen = (Verdicts::new(), Verdicts::new());
    for _ in 0..4 {
        seen = (ours(&namespace), of_the_kubelet(&namespace));
        if seen.0 == seen.1 {
            break;
        }
        std::thread::sleep(std::time::Duration::from_secs(15));
    }
    let (ours, theirs) = seen;
    let differ = theirs
        .iter()
        .filter(|(name, own)| ours.get(*name) != Some(own));
    let differ: Vec<String> = differ
        .map(|(name, own)| format!("{name}: {:?}, the kubelet: {own}", ours.get(name)))
        .collect();
    assert!(differ.is_empty(), "{}", differ.join("\n"));
    assert_eq!(ours.len(), cases.len());
    for (verdict, least) in [
        ("success", 8),
        ("warning", 5),
        ("failure", 20),
        ("errored", 4),
    ] {
        let count = ours.values().filter(|own| *own == verdict).count();
        println!("{count} times {verdict}");
        assert!(count >= least, "{count} times {verdict}: {ours:?}");
    }
}

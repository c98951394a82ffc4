//! `probe` against Pods of a real cluster: commands by `exec`, and HTTP and TCP by port-forward.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

mod from_node;
#[path = "../support/mod.rs"]
mod support;

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::process::{Output, Stdio};

use serde_json::{Value, json};

use support::cluster::cluster;
use support::namespace::Namespace;

/// Much time for each attempt: the machine may be busy.
const TIMEOUT: u32 = 20;

const PROGRAM: &str = env!("CARGO_BIN_EXE_kubectl-pod_probe");

/// A server that has `/index.html`, and nothing else.
const SERVER: &str = "mkdir -p /www; echo fine >/www/index.html; exec httpd -f -p 8080 -h /www";

fn probe(namespace: &Namespace, args: &[&str]) -> Output {
    let args = [args, &["--namespace", namespace.name()]].concat();
    cluster().run(PROGRAM, args)
}

/// Returns the lines of a run that ended with this code.
fn lines(output: &Output, code: i32) -> Vec<Value> {
    let stdout = String::from_utf8_lossy(&output.stdout);
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(code), "{stdout}{stderr}");
    let lines = stdout.lines().map(serde_json::from_str);
    lines.collect::<Result<_, _>>().unwrap()
}

/// Returns the lines of a run of one attempt each, by container and probe.
fn by_probe(output: &Output, code: i32) -> BTreeMap<String, Value> {
    let lines = lines(output, code).into_iter().map(|line| {
        let [container, kind] = ["container", "kind"].map(|key| line[key].as_str().unwrap());
        (format!("{container} {kind}"), line)
    });
    lines.collect()
}

fn verdicts(by_probe: &BTreeMap<String, Value>) -> Vec<String> {
    let verdicts = by_probe
        .iter()
        .map(|(probe, line)| format!("{probe} {}", line["verdict"].as_str().unwrap()));
    verdicts.collect()
}

/// Creates a Pod `web` with these containers, each of which runs a script.
fn create(namespace: &Namespace, containers: &[(&str, &str, Value)]) {
    let containers = containers.iter().map(|(name, script, probes)| {
        let mut container = probes.clone();
        container["name"] = json!(name);
        container["image"] = json!("busybox");
        container["command"] = json!(["sh", "-c", script]);
        container
    });
    let pod = json!({
        "apiVersion": "v1", "kind": "Pod",
        "metadata": {"name": "web", "labels": {"app": "web"}},
        "spec": {
            "terminationGracePeriodSeconds": 1,
            "containers": containers.collect::<Vec<_>>(),
        },
    });
    let file = tempfile::Builder::new().suffix(".json").tempfile().unwrap();
    std::fs::write(&file, pod.to_string()).unwrap();
    namespace.create(file.path().to_str().unwrap());
}

fn until_running(namespace: &Namespace, count: usize) {
    namespace.until("running containers", || {
        let pod = namespace.get("pod/web");
        let statuses = pod["status"]["containerStatuses"].as_array()?;
        let running = statuses
            .iter()
            .filter(|status| !status["state"]["running"].is_null());
        (running.count() == count).then_some(())
    });
}

#[test]
fn verdicts_are_those_of_the_containers() {
    let namespace = Namespace::new("probe-verdicts");
    let good = json!({
        "ports": [{"name": "http", "containerPort": 8080}],
        "env": [{"name": "WORD", "value": "hello"}],
        "startupProbe": {"exec": {"command": ["echo", "$(WORD)"]}, "timeoutSeconds": TIMEOUT},
        "readinessProbe": {"httpGet": {"port": "http", "path": "/"}, "timeoutSeconds": TIMEOUT},
        "livenessProbe": {"tcpSocket": {"port": "http"}, "timeoutSeconds": TIMEOUT},
    });
    let bad = json!({
        "startupProbe": {"exec": {"command": ["sh", "-c", "echo broken; exit 3"]}, "timeoutSeconds": TIMEOUT, "failureThreshold": 1000},
        "readinessProbe": {"httpGet": {"port": 8080, "path": "/gone"}, "timeoutSeconds": TIMEOUT},
        "livenessProbe": {"tcpSocket": {"port": 81}, "timeoutSeconds": TIMEOUT},
    });
    let odd = json!({
        "startupProbe": {"exec": {"command": ["./nope"]}, "timeoutSeconds": TIMEOUT},
        "readinessProbe": {"httpGet": {"port": 81}, "timeoutSeconds": TIMEOUT},
        "livenessProbe": {"tcpSocket": {"port": "nope"}, "timeoutSeconds": TIMEOUT},
    });
    let sleep = "exec sleep 3600";
    create(
        &namespace,
        &[
            ("good", SERVER, good),
            ("bad", sleep, bad),
            ("odd", sleep, odd),
        ],
    );
    until_running(&namespace, 3);
    // A server listens soon after its container runs.
    let ready = ["web", "-c", "good", "--until", "ready", "-o", "json"];
    lines(
        &probe(&namespace, &[&ready[..], &["--timeout", "120s"]].concat()),
        0,
    );

    let output = probe(&namespace, &["web", "-o", "json"]);
    let by_probe = by_probe(&output, 1);
    assert_eq!(
        verdicts(&by_probe),
        [
            "bad liveness failure",
            "bad readiness failure",
            "bad startup failure",
            "good liveness success",
            "good readiness success",
            "good startup success",
            "odd liveness errored",
            "odd readiness failure",
            "odd startup errored",
        ],
        "{by_probe:#?}"
    );
    let field = |probe: &str, key: &str| by_probe[probe][key].clone();
    assert_eq!(field("good startup", "answer"), "hello");
    assert_eq!(field("good startup", "exitCode"), 0);
    assert_eq!(field("good readiness", "status"), 200);
    assert_eq!(field("good readiness", "answer"), "fine");
    assert_eq!(field("bad startup", "exitCode"), 3);
    assert_eq!(field("bad startup", "answer"), "broken");
    assert_eq!(field("bad readiness", "status"), 404);
    assert_eq!(field("odd startup", "tries"), 3);
    for refused in ["bad liveness", "odd readiness"] {
        let message = field(refused, "message");
        assert!(message.as_str().unwrap().contains("refuses"), "{message}");
    }
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(stderr.contains("not the kubelet's path"), "{stderr}");
}

#[test]
fn a_watch_follows_restarts_and_ends_with_the_pod() {
    let namespace = Namespace::new("probe-watch");
    // The second instance is the one that stays.
    let script = "test -f /data/second && exec sleep 3600; touch /data/second; exec sleep 15";
    let probes = json!({
        "readinessProbe": {"exec": {"command": ["true"]}, "timeoutSeconds": TIMEOUT, "periodSeconds": 1},
        "volumeMounts": [{"name": "data", "mountPath": "/data"}],
    });
    let pod = json!({
        "apiVersion": "v1", "kind": "Pod", "metadata": {"name": "web"},
        "spec": {
            "terminationGracePeriodSeconds": 1,
            "volumes": [{"name": "data", "emptyDir": {}}],
            "containers": [{
                "name": "app", "image": "busybox", "command": ["sh", "-c", script],
                "readinessProbe": probes["readinessProbe"], "volumeMounts": probes["volumeMounts"],
            }],
        },
    });
    let file = tempfile::Builder::new().suffix(".json").tempfile().unwrap();
    std::fs::write(&file, pod.to_string()).unwrap();
    namespace.create(file.path().to_str().unwrap());
    // It waits for the container.
    let args = ["web", "--watch", "-o", "json", "-n", namespace.name()];
    let mut command = cluster().command(PROGRAM, args);
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut stdout = BufReader::new(child.stdout.take().unwrap());
    let mut next = || {
        let mut line = String::new();
        stdout.read_line(&mut line).unwrap();
        serde_json::from_str::<Value>(&line).unwrap_or_else(|error| panic!("{line:?}: {error}"))
    };
    assert_eq!(next()["verdict"], "success");
    namespace.until("a restart", || {
        let pod = namespace.get("pod/web");
        let status = &pod["status"]["containerStatuses"][0];
        (status["restartCount"] == 1 && !status["state"]["running"].is_null()).then_some(())
    });
    let restarted = namespace.get("pod/web");
    let started = &restarted["status"]["containerStatuses"][0]["state"]["running"]["startedAt"];
    let started = started.as_str().unwrap().to_owned();
    // Attempts that began later are on the second instance.
    loop {
        let line = next();
        if line["time"].as_str().unwrap() > started.as_str() && line["verdict"] == "success" {
            break;
        }
    }
    namespace.kubectl(&["delete", "pod", "web", "--wait=false"]);
    let mut rest = String::new();
    std::io::Read::read_to_string(&mut stdout, &mut rest).unwrap();
    let output = child.wait_with_output().unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    // Between its end and its deletion it may be seen as one that has ended.
    let code = output.status.code();
    assert!(matches!(code, Some(1 | 4)), "{code:?}: {stderr}");
    let words = if code == Some(4) {
        "was deleted"
    } else {
        "has ended"
    };
    assert!(stderr.contains(words), "{stderr}");
}

#[test]
fn a_workload_means_its_pods() {
    let namespace = Namespace::new("probe-workload");
    let deployment = json!({
        "apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web"},
        "spec": {"replicas": 2, "selector": {"matchLabels": {"app": "web"}}, "template": {
            "metadata": {"labels": {"app": "web"}},
            "spec": {"terminationGracePeriodSeconds": 1, "containers": [{
                "name": "app", "image": "busybox", "command": ["sh", "-c", SERVER],
                "readinessProbe": {"httpGet": {"port": 8080}, "timeoutSeconds": TIMEOUT, "periodSeconds": 1},
            }]},
        }},
    });
    let file = tempfile::Builder::new().suffix(".json").tempfile().unwrap();
    std::fs::write(&file, deployment.to_string()).unwrap();
    namespace.create(file.path().to_str().unwrap());
    namespace.until("two Pods", || {
        let pods = namespace.kubectl(&["get", "pods", "-o", "name"]);
        (pods.lines().count() == 2).then_some(())
    });
    let args = [
        "deploy/web",
        "--until",
        "ready",
        "--timeout",
        "120s",
        "-o",
        "json",
    ];
    let lines = lines(&probe(&namespace, &args), 0);
    let pods: std::collections::BTreeSet<&str> = lines
        .iter()
        .map(|line| line["pod"].as_str().unwrap())
        .collect();
    assert_eq!(pods.len(), 2, "{lines:#?}");
}

#[test]
fn a_missing_right_is_code_3_with_its_name() {
    // The user with few rights has them in this namespace.
    let pod = json!({
        "apiVersion": "v1", "kind": "Pod",
        "metadata": {"name": format!("probe-rights-{}", std::process::id()), "namespace": "default"},
        "spec": {"terminationGracePeriodSeconds": 1, "containers": [{
            "name": "app", "image": "busybox", "command": ["sleep", "3600"],
            "readinessProbe": {"exec": {"command": ["true"]}, "timeoutSeconds": TIMEOUT},
            "livenessProbe": {"tcpSocket": {"port": 80}, "timeoutSeconds": TIMEOUT, "failureThreshold": 1000},
        }]},
    });
    let name = pod["metadata"]["name"].as_str().unwrap();
    let file = tempfile::Builder::new().suffix(".json").tempfile().unwrap();
    std::fs::write(&file, pod.to_string()).unwrap();
    cluster().kubectl(&["create", "-f", file.path().to_str().unwrap()]);
    cluster().kubectl(&[
        "wait",
        "pod",
        name,
        "--for=condition=Ready",
        "--timeout=150s",
    ]);
    let config = cluster().kubeconfig("low-rights");
    for (kind, resource) in [("readiness", "pods/exec"), ("liveness", "pods/portforward")] {
        let args = [name, "--kind", kind, "--kubeconfig", &config];
        let output = cluster().run(PROGRAM, args);
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(3), "{stderr}");
        let message = format!("not allowed to create {resource} \"{name}\"");
        assert!(stderr.contains(&message), "{stderr}");
        assert!(
            stderr.contains("kubectl auth can-i create pods "),
            "{stderr}"
        );
    }
    cluster().kubectl(&["delete", "pod", name, "--wait=false"]);
}

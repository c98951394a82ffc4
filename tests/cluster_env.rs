//! Compares the environment of containers on a real kubelet with `explain-env`: of the
//! file, of the live Pod, and with `--verify`.
//!
//! `POD_TOOLS_TEST_SEED` takes another seed than the one that is written here.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]
#![expect(
    clippy::print_stdout,
    reason = "how much was compared is worth knowing"
)]

#[path = "cluster_env/compare.rs"]
mod compare;
#[path = "cluster_env/mounts.rs"]
mod mounts;
#[path = "support/random/mod.rs"]
mod random;
mod support;
#[path = "cluster_env/verify.rs"]
mod verify;

use std::collections::BTreeMap;
use std::process::Output;
use std::sync::atomic::{AtomicUsize, Ordering};

use k8s_openapi::ByteString;
use serde_json::{Value, json};

use compare::compare;
use random::{Rng, env_pod, env_world};
use support::cluster::cluster;
use support::namespace::Namespace;

/// `pod/container` → variable → value.
type Seen = BTreeMap<String, BTreeMap<String, String>>;

/// Environment and command line that containers printed.
struct Printed {
    env: Seen,
    /// `pod/container` → command line.
    argv: BTreeMap<String, Vec<String>>,
}

/// Number of addresses that Services of this process use.
static WORLDS: AtomicUsize = AtomicUsize::new(0);

fn seed(default: u64) -> u64 {
    match std::env::var("POD_TOOLS_TEST_SEED") {
        Ok(text) => text.parse().unwrap(),
        Err(_) => default,
    }
}

/// Runs the program against the cluster.
fn pod_tools(namespace: &Namespace, args: &[&str]) -> Output {
    let args = [args, &["--namespace", namespace.name()]].concat();
    cluster().run(env!("CARGO_BIN_EXE_kubectl-pod_tools"), args)
}

fn report(output: &Output) -> Value {
    report_with(output, &[0, 1])
}

/// Returns the report of a run that ended with one of these codes.
fn report_with(output: &Output, codes: &[i32]) -> Value {
    let stderr = String::from_utf8_lossy(&output.stderr);
    let is_expected = output
        .status
        .code()
        .is_some_and(|code| codes.contains(&code));
    assert!(is_expected, "{}: {stderr}", output.status);
    serde_json::from_slice(&output.stdout).unwrap()
}

/// Writes these objects to a temporary file.
fn file(objects: &[Value]) -> tempfile::NamedTempFile {
    let file = tempfile::Builder::new().suffix(".yaml").tempfile().unwrap();
    let texts: Vec<String> = objects.iter().map(ToString::to_string).collect();
    std::fs::write(&file, texts.join("\n---\n")).unwrap();
    file
}

fn apply(namespace: &Namespace, objects: &[Value]) {
    let file = file(objects);
    let path = file.path().to_str().unwrap();
    namespace.kubectl(&["create", "-f", path]);
}

/// Waits until the kept Pods are ready and all others have succeeded.
fn settle(namespace: &Namespace) {
    namespace.until("all Pods to be where they should", || {
        let list = namespace.kubectl(&["get", "pods", "-l", "run=env", "-o", "json"]);
        let list: Value = serde_json::from_str(&list).unwrap();
        let arrived = |pod: &Value| {
            let kept = pod["metadata"]["labels"]["kept"] == "true";
            let ready = |c: &Value| c["type"] == "Ready" && c["status"] == "True";
            let phase = pod["status"]["phase"].as_str();
            let text = pod.to_string();
            // A kubelet that is busy reads a ConfigMap at its next attempt.
            let late = text.contains("failed to sync");
            let refused = text.contains("CreateContainerConfigError") && !late;
            let wrong = refused || phase == Some("Failed");
            assert!(!wrong, "{text}");
            if kept {
                pod["status"]["conditions"]
                    .as_array()
                    .is_some_and(|c| c.iter().any(ready))
            } else {
                phase == Some("Succeeded")
            }
        };
        list["items"]
            .as_array()
            .unwrap()
            .iter()
            .all(arrived)
            .then_some(())
    });
}

/// Returns the output of the containers of the Pods that match a selector.
fn printed(namespace: &Namespace, selector: &str) -> Printed {
    let log = namespace.kubectl(&[
        "logs",
        "-l",
        selector,
        "--all-containers",
        "--prefix",
        "--tail=-1",
        "--max-log-requests=500",
    ]);
    let mut texts: BTreeMap<String, String> = BTreeMap::new();
    for line in log.lines() {
        let (name, text) = line.split_once("] ").unwrap();
        let name = name.strip_prefix("[pod/").unwrap();
        texts
            .entry(name.to_owned())
            .or_default()
            .push_str(text.trim());
    }
    let strings = |text: &str| -> Vec<String> {
        let ByteString(bytes) = serde_json::from_value(text.into()).unwrap();
        let text = String::from_utf8(bytes).unwrap();
        text.split_terminator('\0').map(str::to_owned).collect()
    };
    let mut printed = Printed {
        env: Seen::new(),
        argv: BTreeMap::new(),
    };
    for (name, text) in texts {
        // Containers outside of the random Pods print their environment only.
        let (environ, cmdline) = text.split_once(':').unwrap_or((&text, ""));
        let pair = |entry: &String| {
            let (name, value) = entry.split_once('=').unwrap();
            (name.to_owned(), value.to_owned())
        };
        let env = strings(environ).iter().map(pair).collect();
        printed.env.insert(name.clone(), env);
        printed.argv.insert(name, strings(cmdline));
    }
    printed
}

fn compare_random(namespace: &Namespace, seed: u64, pods: usize, kept: usize, more: Vec<Value>) {
    let rng = &mut Rng::new(seed);
    // Addresses that no other Service of the cluster has.
    let third = 2 + std::process::id() % 250;
    let first = 1 + WORLDS.fetch_add(2, Ordering::Relaxed);
    let addresses = [0, 1].map(|i| format!("10.96.{third}.{}", first + i));
    let world = env_world(rng, &addresses);
    let mut objects = [world.objects.clone(), more].concat();
    apply(namespace, &objects);
    // The kubelet's own list of Services follows the API server's.
    std::thread::sleep(std::time::Duration::from_secs(2));
    let pods: Vec<Value> = (0..pods)
        .map(|i| env_pod(rng, &world, &format!("pod-{i}"), i < kept))
        .collect();
    apply(namespace, &pods);
    let named = |pod: &Value| {
        (
            pod["metadata"]["name"].as_str().unwrap().to_owned(),
            pod.clone(),
        )
    };
    let by_name: BTreeMap<String, Value> = pods.iter().map(named).collect();
    objects.extend(pods);
    settle(namespace);
    let printed = printed(namespace, "run=env");

    let file = file(&objects);
    let path = file.path().to_str().unwrap();
    let offline = [
        "explain-env",
        "-f",
        path,
        "--offline",
        "-o",
        "json",
        "--show-secrets",
    ];
    let offline = compare(&report(&pod_tools(namespace, &offline)), &printed, None);
    let live = [
        "explain-env",
        "-l",
        "run=env",
        "-o",
        "json",
        "--show-secrets",
    ];
    let live = compare(
        &report(&pod_tools(namespace, &live)),
        &printed,
        Some(&by_name),
    );
    for (how, count) in [("file", &offline), ("live", &live)] {
        println!(
            "seed {seed}, {how}: {} Pods, {} containers, {} variables and {} arguments equal, {} variables left open",
            count.pods, count.containers, count.equal, count.arguments, count.open
        );
        assert!(count.arguments > 3 * count.pods, "{count:?}");
        assert!(count.equal > 10 * count.pods, "{count:?}");
        assert!(count.open < count.equal, "{count:?}");
    }
    assert!(live.open < offline.open, "{live:?} {offline:?}");
    verify::verify(namespace, &printed.env);
}

#[test]
fn unreadable_containers_are_reported_with_a_reason() {
    let namespace = Namespace::new("env-unread");
    let pod = json!({
        "apiVersion": "v1", "kind": "Pod", "metadata": {"name": "bare"},
        "spec": {"terminationGracePeriodSeconds": 0, "containers": [{
            "name": "c", "image": "qingfeng666/stress", "imagePullPolicy": "IfNotPresent",
            "env": [{"name": "A", "valueFrom": {"secretKeyRef": {"name": "s", "key": "k"}}}],
            "resources": {"limits": {"cpu": "20m"}, "requests": {"cpu": "1m"}},
        }]},
    });
    let secret = json!({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "s"},
        "stringData": {"k": "hunter2-hunter2"}});
    apply(&namespace, &[secret, pod]);
    namespace.until_phase("bare", "Running");
    let output = pod_tools(
        &namespace,
        &["explain-env", "bare", "--verify", "-o", "json"],
    );
    let item = &report_with(&output, &[3])["items"][0];
    assert_eq!(item["verify"][0]["status"], "unread", "{item}");
    let reason = item["verify"][0]["reason"].as_str().unwrap();
    assert_eq!(reason, "the image has no cat, env or printenv");
    assert_eq!(item["verdict"], "unknown");

    // A user who may see Pods and ConfigMaps, but neither Secrets nor into Pods.
    let role = [
        "create",
        "role",
        "some",
        "--verb=get,list",
        "--resource=pods,configmaps",
    ];
    namespace.kubectl(&role);
    namespace.kubectl(&[
        "create",
        "rolebinding",
        "some",
        "--role=some",
        "--user=nobody",
    ]);
    let kubeconfig = cluster().kubeconfig("low-rights");
    let args = [
        "explain-env",
        "bare",
        "--verify",
        "-v",
        "9",
        "--kubeconfig",
        &kubeconfig,
    ];
    let json = pod_tools(&namespace, &[&args[..], &["-o", "json"]].concat());
    let item = &report_with(&json, &[3])["items"][0];
    let reason = item["verify"][0]["reason"].as_str().unwrap();
    assert!(
        reason.contains("no permission to create pods/exec \"bare\""),
        "{reason}"
    );
    assert_eq!(item["verdict"], "unknown");
    let entries = item["containers"][0]["env"].as_array().unwrap();
    let entry = entries.iter().find(|e| e["name"] == "A").unwrap();
    assert!(entry["value"].is_null(), "{entry}");
    assert!(entry["unknown"].is_string(), "{entry}");
    assert!(
        entries
            .iter()
            .any(|e| e["name"] == "HOSTNAME" && e["value"] == "bare")
    );
    for output in [output, json] {
        for text in [&output.stdout, &output.stderr] {
            assert!(!String::from_utf8_lossy(text).contains("hunter2"), "shown");
        }
    }
}

#[test]
fn random_environments_are_as_the_reports_say() {
    let namespace = Namespace::new("env");
    compare_random(&namespace, seed(1), 80, 8, Vec::new());
}

#[test]
fn random_environments_below_a_limit_range_are_as_the_reports_say() {
    let limit_range = json!({
        "apiVersion": "v1", "kind": "LimitRange", "metadata": {"name": "limits"},
        "spec": {"limits": [{
            "type": "Container",
            "default": {"cpu": "1500m", "memory": "70Mi"},
            "defaultRequest": {"cpu": "1m", "memory": "1Mi"},
        }]},
    });
    let namespace = Namespace::new("env-limits");
    compare_random(&namespace, seed(2), 40, 2, vec![limit_range]);
}

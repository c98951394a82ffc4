//! `--verify`, against what a restart really gives.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::random::AGAIN;
use crate::support::namespace::Namespace;
use crate::{Seen, apply, file, pod_tools, printed, report};

const KEPT: &str = "run=env,kept=true";

/// `pod/container` → variable → how it changes, what runs, what a restart gives.
type Drift = BTreeMap<String, BTreeMap<String, Difference>>;
type Difference = (String, Option<String>, Option<String>);

/// The Pods that are kept see what a restart would give them, until their
/// sources are edited; then `--verify` foretells what the restart does.
pub(crate) fn verify(namespace: &Namespace, before: &Seen) {
    let config = image_config();
    let image = config.path().to_str().unwrap();
    let look = |more: &[&str]| {
        let args = ["explain-env", "-l", KEPT, "-o", "json", "--verify"];
        let args = [&args[..], &["--image-config", image], more].concat();
        pod_tools(namespace, &args)
    };

    // Unresolved references have exit code 1 of their own here.
    let same = report(&look(&[]));
    let (compared, none) = differences(&same);
    assert_eq!(none, Drift::new());
    assert!(!same.to_string().contains(r#""id":"drift""#));

    let list = namespace.kubectl(&["get", "pods", "-l", KEPT, "-o", "json"]);
    let pods: Value = serde_json::from_str(&list).unwrap();
    edit(namespace, &pods);
    // The kubelet's own copies follow the API server's.
    std::thread::sleep(std::time::Duration::from_secs(2));
    let (masked, shown) = (look(&[]), look(&["--show-secrets"]));
    assert_eq!(masked.status.code(), Some(1));
    assert!(report(&masked).to_string().contains(r#""id":"drift""#));
    let foretold = differences(&report(&shown)).1;

    restart(namespace, &pods);
    let after = printed(namespace, KEPT).env;
    let real = really_different(before, &after);
    assert!(!real.is_empty());
    assert_eq!(foretold, real);
    let masks = check_masks(&pods, &report(&masked), &real);
    let count: usize = real.values().map(BTreeMap::len).sum();
    println!(
        "--verify: {compared} containers the same; then {count} edited variables, {masks} masked"
    );

    let (_, none) = differences(&report(&look(&[])));
    assert_eq!(none, Drift::new(), "after the restart");
}

/// That of busybox: what is not its PATH is the Pod's, or gone.
fn image_config() -> tempfile::NamedTempFile {
    file(&[json!({"config": {"Env": [
        "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    ]}})])
}

/// Changes a key of some ConfigMaps and Secrets that the Pods take all keys of,
/// adds one, and takes one away that no container needs in order to start.
fn edit(namespace: &Namespace, pods: &Value) {
    let mut needed = BTreeSet::new();
    for source in all_env(pods).filter_map(|entry| entry.get("valueFrom")) {
        for reference in ["configMapKeyRef", "secretKeyRef"] {
            let reference = &source[reference];
            needed.insert((
                reference["name"].clone().to_string(),
                reference["key"].to_string(),
            ));
        }
    }
    let taken: BTreeSet<&str> = ["configMapRef", "secretRef"]
        .iter()
        .flat_map(|kind| all_env_from(pods).filter_map(|from| from[*kind]["name"].as_str()))
        .collect();
    let of = |kind: &'static str| taken.iter().filter(move |name| name.starts_with(kind));
    for name in of("config-").take(3).chain(of("secret-").take(2)) {
        let kind = if name.starts_with("config") {
            "configmap"
        } else {
            "secret"
        };
        let object = namespace.get(&format!("{kind}/{name}"));
        let mut data = object["data"].as_object().unwrap().clone();
        let keys: Vec<String> = data.keys().cloned().collect();
        data[&keys[0]] = "ZWRpdGVk".into();
        data.insert("ADDED".to_owned(), "bmV3".into());
        let is_needed = |key: &&String| {
            let key = (json!(name).to_string(), json!(key).to_string());
            needed.contains(&key)
        };
        if let Some(key) = keys[1..].iter().find(|key| !is_needed(key)) {
            data[key] = Value::Null;
        }
        let patch = json!({"data": data}).to_string();
        namespace.kubectl(&["patch", kind, name, "--type=merge", "-p", &patch]);
    }
}

fn all_env_from(pods: &Value) -> impl Iterator<Item = &Value> {
    let containers = pods["items"].as_array().unwrap().iter().flat_map(running);
    containers.flat_map(|(_, container)| container["envFrom"].as_array().into_iter().flatten())
}

fn all_env(pods: &Value) -> impl Iterator<Item = &Value> {
    let containers = pods["items"].as_array().unwrap().iter().flat_map(running);
    containers.flat_map(|(_, container)| container["env"].as_array().into_iter().flatten())
}

/// The containers of a Pod that run on, by `pod/container`.
fn running(pod: &Value) -> impl Iterator<Item = (String, &Value)> {
    let list = |name: &str| pod["spec"][name].as_array().into_iter().flatten();
    let sidecars = list("initContainers").filter(|c| c["restartPolicy"] == "Always");
    let pod = pod["metadata"]["name"].as_str().unwrap();
    sidecars.chain(list("containers")).map(move |container| {
        let name = container["name"].as_str().unwrap();
        (format!("{pod}/{name}"), container)
    })
}

/// Lets every container start anew, where it is.
fn restart(namespace: &Namespace, pods: &Value) {
    for pod in pods["items"].as_array().unwrap() {
        for (name, _) in running(pod) {
            let (pod, container) = name.split_once('/').unwrap();
            namespace.exec(pod, container, &["/bin/touch", AGAIN]);
        }
    }
    namespace.until("all containers to have started anew", || {
        let list = namespace.kubectl(&["get", "pods", "-l", KEPT, "-o", "json"]);
        let list: Value = serde_json::from_str(&list).unwrap();
        let anew =
            |status: &Value| status["restartCount"] == 1 && status["state"]["running"].is_object();
        let settled = |pod: &Value| {
            let statuses = |field: &str| pod["status"][field].as_array().into_iter().flatten();
            let all: Vec<&Value> = statuses("containerStatuses")
                .chain(statuses("initContainerStatuses"))
                .collect();
            running(pod).all(|(name, _)| {
                let name = name.split_once('/').unwrap().1;
                all.iter()
                    .any(|status| status["name"] == name && anew(status))
            })
        };
        list["items"]
            .as_array()
            .unwrap()
            .iter()
            .all(settled)
            .then_some(())
    });
    // What they print first is on its way.
    std::thread::sleep(std::time::Duration::from_secs(1));
}

/// Returns the number of compared containers, and their differences.
fn differences(report: &Value) -> (usize, Drift) {
    let (mut compared, mut found) = (0, Drift::new());
    for item in report["items"].as_array().unwrap() {
        let pod = item["target"]["name"].as_str().unwrap();
        for container in item["verify"].as_array().unwrap() {
            let name = container["container"].as_str().unwrap();
            if container["status"] == "unread" {
                // Init containers are over.
                assert!(matches!(name, "init" | "setup"), "{pod}: {container}");
                assert_eq!(container["reason"], "ended with exit code 0");
                continue;
            }
            compared += 1;
            assert!(container["unexplained"].is_null(), "{pod}: {container}");
            for difference in container["differences"].as_array().unwrap() {
                let text = |key: &str| difference[key].as_str().map(str::to_owned);
                let of_container = found.entry(format!("{pod}/{name}")).or_default();
                let values = (text("change").unwrap(), text("running"), text("restarted"));
                of_container.insert(text("name").unwrap(), values);
            }
        }
    }
    (compared, found)
}

/// Compares the output of containers at their first start and after a restart.
fn really_different(before: &Seen, after: &Seen) -> Drift {
    let mut found = Drift::new();
    for (container, now) in after {
        if container.ends_with("/init") || container.ends_with("/setup") {
            continue;
        }
        let then = &before[container];
        let names: BTreeSet<&String> = then.keys().chain(now.keys()).collect();
        let different = names.into_iter().filter_map(|name| {
            let (old, new) = (then.get(name).cloned(), now.get(name).cloned());
            let change = match (&old, &new) {
                (Some(old), Some(new)) if old == new => return None,
                (Some(_), Some(_)) => "changed",
                (Some(_), None) => "gone",
                (None, _) => "new",
            };
            Some((name.clone(), (change.to_owned(), old, new)))
        });
        let different: BTreeMap<_, _> = different.collect();
        if !different.is_empty() {
            found.insert(container.clone(), different);
        }
    }
    found
}

/// A report that shows no Secret says the same, but for its masks: none in a
/// container that has nothing of a Secret, and one where a key of a Secret is
/// the last word. Answers how many there are.
fn check_masks(pods: &Value, report: &Value, real: &Drift) -> usize {
    let containers: BTreeMap<String, &Value> = pods["items"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(running)
        .collect();
    let mut masks = 0;
    for item in report["items"].as_array().unwrap() {
        let pod = item["target"]["name"].as_str().unwrap();
        for verified in item["verify"].as_array().unwrap() {
            let container = format!("{pod}/{}", verified["container"].as_str().unwrap());
            for difference in verified["differences"].as_array().unwrap() {
                let name = difference["name"].as_str().unwrap();
                let (change, running, restarted) = &real[&container][name];
                assert_eq!(difference["change"], change.as_str());
                let is_masked =
                    |key: &str| difference[key].as_str().is_some_and(|v| v.contains("***"));
                let masked = is_masked("running") || is_masked("restarted");
                assert_eq!(difference["masked"], masked, "{container}: {difference}");
                for (key, value) in [("running", running), ("restarted", restarted)] {
                    let open = difference[key] == json!(value);
                    assert!(open || is_masked(key), "{container}: {difference}");
                }
                masks += usize::from(masked);
                let spec = containers[&container];
                let mut env = spec["env"].as_array().into_iter().flatten();
                let last = env.rfind(|entry| entry["name"] == name);
                let by_key =
                    last.is_some_and(|entry| entry["valueFrom"]["secretKeyRef"].is_object());
                assert!(masked || !by_key, "{container}: {difference}");
                let text = format!("{} {}", spec["env"], spec["envFrom"]);
                let knows_secrets = text.contains("secretRef") || text.contains("secretKeyRef");
                assert!(knows_secrets || !masked, "{container}: {difference}");
            }
        }
    }
    masks
}

/// The Secret is gone, and what it held still runs.
#[test]
fn values_of_a_deleted_secret_stay_masked() {
    let namespace = Namespace::new("env-deleted");
    let key = json!({"secretKeyRef": {"name": "s", "key": "KEY", "optional": true}});
    let pod = json!({
        "apiVersion": "v1", "kind": "Pod", "metadata": {"name": "left"},
        "spec": {"terminationGracePeriodSeconds": 0, "enableServiceLinks": false, "containers": [{
            "name": "c", "image": "busybox", "imagePullPolicy": "IfNotPresent",
            "command": ["/bin/sh", "-c", "while :; do sleep 1; done"],
            "envFrom": [{"configMapRef": {"name": "m"}}, {"secretRef": {"name": "s", "optional": true}}],
            "env": [{"name": "X", "value": "at $(A)"}, {"name": "K", "value": "literal"},
                {"name": "K", "valueFrom": key}],
        }]},
    });
    let map = json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "m"}, "data": {"A": "map"}});
    let secret = json!({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "s"},
        "stringData": {"A": "hunter2-a", "KEY": "hunter2-k"}});
    apply(&namespace, &[map, secret, pod]);
    namespace.until_ready("left");
    namespace.kubectl(&["delete", "secret", "s"]);
    let config = image_config();
    let image = config.path().to_str().unwrap();
    let args = [
        "explain-env",
        "left",
        "--verify",
        "--image-config",
        image,
        "-v",
        "9",
    ];
    let text = pod_tools(&namespace, &args);
    let json = pod_tools(&namespace, &[&args[..], &["-o", "json"]].concat());
    for output in [&text, &json] {
        assert_eq!(output.status.code(), Some(1));
        for stream in [&output.stdout, &output.stderr] {
            let stream = String::from_utf8_lossy(stream);
            assert!(!stream.contains("hunter2"), "{stream}");
        }
    }
    let mask = || Some("***".to_owned());
    let found = differences(&report(&json)).1.remove("left/c").unwrap();
    let expected = [
        ("A", "changed", mask(), Some("map")),
        ("K", "changed", mask(), Some("literal")),
        ("KEY", "gone", mask(), None),
        ("X", "changed", mask(), Some("at map")),
    ];
    let expected = expected.map(|(name, change, running, restarted)| {
        let restarted = restarted.map(str::to_owned);
        (name.to_owned(), (change.to_owned(), running, restarted))
    });
    assert_eq!(found, BTreeMap::from(expected));
}

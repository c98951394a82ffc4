//! Nodes without a kubelet, and Pods that are placed on them.

use std::collections::BTreeSet;
use std::process::Output;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::cluster::{Traits, scene};
use crate::rng::Rng;
use crate::support::cluster::{cluster, succeeded};

/// Groups of nodes with a namespace each.
const CELLS: usize = 40;
/// The label of a cell's nodes and Pods.
const CELL: &str = "pod-tools.test/cell";
/// A machine that does much else may take long; the scheduler itself takes milliseconds.
const PATIENCE: Duration = Duration::from_mins(4);

/// The scheduler's decision about a Pod.
#[derive(Debug)]
pub(crate) enum Outcome {
    On(String),
    Pending(String),
}

/// The nodes and namespaces; they go away with this value.
pub(crate) struct Cells {
    rng: Rng,
}

fn namespace(cell: usize) -> String {
    format!("cell-{cell}-{}", std::process::id())
}

fn create(objects: &[Value]) -> Output {
    let file = tempfile::Builder::new().suffix(".json").tempfile().unwrap();
    let list = json!({"apiVersion": "v1", "kind": "List", "items": objects});
    std::fs::write(file.path(), list.to_string()).unwrap();
    cluster().try_kubectl(&["create", "-f", file.path().to_str().unwrap()])
}

/// Waits until there is an answer.
fn until<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let start = Instant::now();
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(start.elapsed() < PATIENCE, "no {what} in {PATIENCE:?}");
        std::thread::sleep(Duration::from_millis(200));
    }
}

impl Cells {
    pub(crate) fn create() -> Self {
        let mut rng = Rng::new(0xce11);
        let mut objects = Vec::new();
        for cell in 0..CELLS {
            objects.push(json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": namespace(cell)}}));
            let mut nodes = scene(&mut rng, PLAIN).cluster.remove("nodes").unwrap();
            nodes.truncate(4);
            objects.extend(nodes.into_iter().map(|node| own_node(node, cell)));
        }
        succeeded(&create(&objects), "create");
        let cells = Self { rng };
        until("service account in each namespace", || {
            let accounts = cluster().kubectl(&["get", "serviceaccounts", "-A", "-o", "json"]);
            let accounts: Value = serde_json::from_str(&accounts).unwrap();
            let namespaces: BTreeSet<&str> = accounts["items"]
                .as_array()
                .unwrap()
                .iter()
                .filter_map(|account| account["metadata"]["namespace"].as_str())
                .collect();
            (0..CELLS)
                .all(|cell| namespaces.contains(namespace(cell).as_str()))
                .then_some(())
        });
        cells
    }

    /// Creates a random Pod in each cell, and waits for the scheduler's decisions. Pods that the
    /// server refuses are left out.
    pub(crate) fn place(&mut self, round: usize) -> Vec<(Value, Outcome)> {
        let pods: Vec<Value> = (0..CELLS)
            .map(|cell| own_pod(scene(&mut self.rng, PLAIN).pod, cell, round))
            .collect();
        create(&pods);
        let label = format!("round=r{round}");
        until("decision about each Pod", || {
            let pods = listed(&["get", "pods", "-A", "-l", &label, "-o", "json"]);
            pods.iter()
                .map(|pod| Some((pod.clone(), outcome(pod)?)))
                .collect()
        })
    }
}

/// The nodes of all cells. Controllers add taints later on, which every Pod tolerates.
pub(crate) fn nodes() -> Vec<Value> {
    listed(&["get", "nodes", "-l", CELL, "-o", "json"])
}

/// The names of all Pods that are left, and of their nodes.
pub(crate) fn left() -> BTreeSet<(String, String)> {
    let pods = listed(&["get", "pods", "-A", "-l", "round", "-o", "json"]);
    pods.iter().map(key).collect()
}

/// Deletes the Pods that have no node, so that they never get one.
pub(crate) fn remove_pending(placed: &[(Value, Outcome)]) {
    let pending = placed
        .iter()
        .filter(|(_, outcome)| matches!(outcome, Outcome::Pending(_)));
    let pending: Vec<Value> = pending.map(|(pod, _)| pod.clone()).collect();
    if pending.is_empty() {
        return;
    }
    let file = tempfile::Builder::new().suffix(".json").tempfile().unwrap();
    let list = json!({"apiVersion": "v1", "kind": "List", "items": pending});
    std::fs::write(file.path(), list.to_string()).unwrap();
    // A Pod without a node is gone at once.
    let delete = [
        "delete",
        "--wait=false",
        "-f",
        file.path().to_str().unwrap(),
    ];
    succeeded(&cluster().try_kubectl(&delete), "delete");
}

/// A Pod's namespace and name, and its node.
pub(crate) fn key(pod: &Value) -> (String, String) {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let metadata = &pod["metadata"];
    let name = format!(
        "{}/{}",
        text(&metadata["namespace"]),
        text(&metadata["name"])
    );
    (name, text(&pod["spec"]["nodeName"]))
}

fn listed(args: &[&str]) -> Vec<Value> {
    let mut list: Value = serde_json::from_str(&cluster().kubectl(args)).unwrap();
    let Value::Array(items) = list["items"].take() else {
        panic!("{args:?}: {list}");
    };
    items
}

impl Drop for Cells {
    fn drop(&mut self) {
        let delete = ["delete", "--wait=false"];
        let pods = ["pods", "-A", "-l", "round", "--force"];
        cluster().try_kubectl(&[&delete[..], &pods].concat());
        cluster().try_kubectl(&[&delete[..], &["nodes", "-l", CELL]].concat());
        let names: Vec<String> = (0..CELLS).map(namespace).collect();
        let names = names.iter().map(String::as_str);
        let namespaces = delete.into_iter().chain(["namespaces"]).chain(names);
        cluster().try_kubectl(&namespaces.collect::<Vec<_>>());
    }
}

/// No volumes, and only what a server accepts.
const PLAIN: Traits = Traits {
    has_volumes: false,
    is_odd: false,
};

fn outcome(pod: &Value) -> Option<Outcome> {
    if let Some(node) = pod["spec"]["nodeName"].as_str() {
        return Some(Outcome::On(node.to_owned()));
    }
    let conditions = pod["status"]["conditions"].as_array()?;
    let refused = conditions.iter().find(|condition| {
        condition["type"] == "PodScheduled" && condition["reason"] == "Unschedulable"
    });
    let message = refused?["message"].as_str().unwrap_or_default();
    Some(Outcome::Pending(message.to_owned()))
}

/// A node of a cell. The name of the host stays that of the scene, as far as it has one.
fn own_node(mut node: Value, cell: usize) -> Value {
    let name = format!("cell{cell}-{}", node["metadata"]["name"].as_str().unwrap());
    let labels = node["metadata"]["labels"].as_object_mut().unwrap();
    labels.insert(CELL.to_owned(), json!(format!("c{cell}")));
    if labels.contains_key("kubernetes.io/hostname") {
        labels.insert("kubernetes.io/hostname".to_owned(), json!(name));
    }
    node["metadata"]["name"] = json!(name);
    node["apiVersion"] = json!("v1");
    node["kind"] = json!("Node");
    // The controllers' own taints come and go.
    if let Some(taints) = node["spec"]["taints"].as_array_mut() {
        taints.retain(|taint| !taint["key"].as_str().unwrap().contains("kubernetes.io/"));
        for taint in taints.iter_mut().filter(|taint| taint["value"] == "-3") {
            taint["value"] = json!("3");
        }
        let mut seen = BTreeSet::new();
        taints.retain(|taint| seen.insert((taint["key"].to_string(), taint["effect"].to_string())));
    }
    node["status"]
        .as_object_mut()
        .unwrap()
        .remove("declaredFeatures");
    node["status"]["capacity"] = node["status"]["allocatable"].clone();
    node
}

/// A Pod of a cell that a server accepts, most of the time.
fn own_pod(mut pod: Value, cell: usize, round: usize) -> Value {
    pod["apiVersion"] = json!("v1");
    pod["kind"] = json!("Pod");
    let metadata = pod["metadata"].as_object_mut().unwrap();
    metadata.remove("uid");
    metadata.remove("ownerReferences");
    metadata.insert("name".to_owned(), json!(format!("p{round}")));
    metadata.insert("namespace".to_owned(), json!(namespace(cell)));
    pod["metadata"]["labels"]["round"] = json!(format!("r{round}"));
    let spec = pod["spec"].as_object_mut().unwrap();
    for field in [
        "priority",
        "overhead",
        "nodeName",
        "schedulingGates",
        "resources",
        "hostNetwork",
        "hostUsers",
    ] {
        spec.remove(field);
    }
    let spec = &mut pod["spec"];
    spec["nodeSelector"][CELL] = json!(format!("c{cell}"));
    // A node without a kubelet is not ready, and unreachable before long.
    let tolerations = ["not-ready", "unreachable"]
        .map(|taint| json!({"key": format!("node.kubernetes.io/{taint}"), "operator": "Exists"}));
    let mut all = spec["tolerations"].as_array().cloned().unwrap_or_default();
    all.extend(tolerations);
    spec["tolerations"] = json!(all);
    for list in ["containers", "initContainers"] {
        for container in spec[list].as_array_mut().into_iter().flatten() {
            own_resources(container);
        }
    }
    for kind in ["podAffinity", "podAntiAffinity"] {
        own_terms(&mut spec["affinity"][kind]);
    }
    if spec["affinity"] == json!({"podAffinity": null, "podAntiAffinity": null}) {
        spec.as_object_mut().unwrap().remove("affinity");
    }
    pod
}

/// Requests without limits, except where the API wants both.
fn own_resources(container: &mut Value) {
    let resources = &mut container["resources"];
    let mut requests = resources["requests"]
        .as_object()
        .cloned()
        .unwrap_or_default();
    requests.retain(|name, _| !name.starts_with("hugepages-"));
    let limits = requests.iter().filter(|(name, _)| name.contains('/'));
    let limits: serde_json::Map<String, Value> = limits
        .map(|(name, amount)| (name.clone(), amount.clone()))
        .collect();
    *resources = json!({"requests": requests, "limits": limits});
}

/// Terms are about the Pod's own namespace.
fn own_terms(affinity: &mut Value) {
    let required = "requiredDuringSchedulingIgnoredDuringExecution";
    let preferred = "preferredDuringSchedulingIgnoredDuringExecution";
    let own = |term: &mut Value| {
        if let Some(term) = term.as_object_mut() {
            term.remove("namespaces");
            term.remove("namespaceSelector");
        }
    };
    for term in affinity[required].as_array_mut().into_iter().flatten() {
        own(term);
    }
    for term in affinity[preferred].as_array_mut().into_iter().flatten() {
        own(&mut term["podAffinityTerm"]);
    }
}

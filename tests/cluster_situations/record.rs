//! Writing a record: what is random without meaning, or tells of this machine, is left out.

use std::fs;

use serde_json::{Value, json};

use crate::situations::Situation;
use crate::support::cluster::{cluster, repository};

/// The namespace of all records.
pub(crate) const NAMESPACE: &str = "demo";

/// The annotation that makes a kubelet look at a Pod again.
pub(crate) const NUDGE: &str = "example.com/nudge";

/// Writes the objects of a situation, and the time at which they were read.
pub(crate) fn write(
    situation: &Situation,
    objects: Vec<Value>,
    namespace: &str,
    now: jiff::Timestamp,
) {
    let mut items: Vec<Value> = objects.into_iter().map(strip).collect();
    items.sort_by_key(|object| {
        let last = ["lastTimestamp", "eventTime", "firstTimestamp"];
        let time = last
            .iter()
            .find_map(|field| object[field].as_str())
            .unwrap_or_default();
        let kind = object["kind"].as_str().unwrap_or_default();
        // Events come last, in the order of their times.
        let name = object["metadata"]["name"].as_str().unwrap_or_default();
        (kind == "Event", [kind, time, name].map(str::to_owned))
    });
    let version = items.iter().find(|object| object["kind"] == "Node");
    let version = version.map_or("", |node| {
        node["status"]["nodeInfo"]["kubeletVersion"]
            .as_str()
            .unwrap_or("")
    });
    let recorded = format!("now: \"{now}\"\nversion: {version}\n");
    fs::write(situation.file("recorded.yaml"), recorded).unwrap();
    let list = json!({"apiVersion": "v1", "kind": "List", "items": items});
    let text = serde_json::to_string_pretty(&list).unwrap();
    fs::write(
        situation.file("objects.json"),
        neutral(&text, namespace) + "\n",
    )
    .unwrap();
}

/// Removes what says nothing about the situation.
fn strip(mut object: Value) -> Value {
    let metadata = object["metadata"].as_object_mut().unwrap();
    metadata.remove("managedFields");
    metadata.remove("resourceVersion");
    if let Some(annotations) = metadata
        .get_mut("annotations")
        .and_then(Value::as_object_mut)
    {
        annotations.remove(NUDGE);
        if annotations.is_empty() {
            metadata.remove("annotations");
        }
    }
    if object["kind"] == "Node" {
        object["status"].as_object_mut().unwrap().remove("images");
        let info = object["status"]["nodeInfo"].as_object_mut().unwrap();
        for id in ["bootID", "machineID", "systemUUID"] {
            info.insert(id.to_owned(), "00000000-0000-0000-0000-000000000000".into());
        }
        info.insert("kernelVersion".to_owned(), "6.1.0".into());
    }
    object
}

/// Replaces the paths and names of the test cluster by the usual ones.
fn neutral(text: &str, namespace: &str) -> String {
    let state = cluster().state();
    let state = state.to_str().unwrap();
    let sockets = fs::read_to_string(cluster().state().join("sockets")).unwrap();
    let sockets = sockets.trim();
    let text = text.replace(&format!("{sockets}/kubelet"), "/var/lib/kubelet");
    let text = text.replace(
        &format!("{sockets}/containerd.sock"),
        "/run/containerd/containerd.sock",
    );
    let text = text.replace(&format!("{state}/containerd/state"), "/run/containerd");
    let text = text.replace(&format!("{state}/containerd/root"), "/var/lib/containerd");
    let text = text.replace(&format!("{state}/runc"), "/run/runc");
    let text = text.replace(&format!("{state}/pod-logs"), "/var/log/pods");
    let text = text.replace(&format!("{state}/cni"), "/etc/cni/net.d");
    let text = text.replace("http://127.0.0.1:5000", "https://registry.example.com");
    let text = text.replace("127.0.0.1:5000", "registry.example.com");
    let text = text.replace(&format!("podtools-{}", cluster().name()), "pod-network");
    let text = text.replace(state, "/var/lib/kubelet");
    let text = text.replace(repository().to_str().unwrap(), "/srv");
    text.replace(namespace, NAMESPACE)
}

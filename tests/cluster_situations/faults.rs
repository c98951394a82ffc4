//! Parts of a cluster that is this binary's own, broken and mended.

use std::collections::BTreeMap;
use std::fs;

use serde_json::Value;

use crate::support::cluster::cluster;

/// Sets lines of the kubelet's configuration, and starts it anew.
pub(crate) fn configure_kubelet(lines: &BTreeMap<String, String>) {
    let path = cluster().state().join("kubelet.yaml");
    let text = fs::read_to_string(&path).unwrap();
    let is_kept = |line: &&str| {
        line.split_once(':')
            .is_none_or(|(key, _)| !lines.contains_key(key))
    };
    let kept = text.lines().filter(is_kept).map(str::to_owned);
    let set = lines.iter().map(|(key, value)| format!("{key}: {value}"));
    let text: Vec<String> = kept.chain(set).collect();
    fs::write(&path, text.join("\n") + "\n").unwrap();
    cluster().stop("kubelet");
    cluster().start("kubelet");
}

/// Lets the kubelet evict Pods when half a GiB less than now of `memory` or `fs` is available.
pub(crate) fn set_eviction_threshold(resource: &str) {
    let path = "/api/v1/nodes/node-1/proxy/stats/summary";
    let summary: Value = serde_json::from_str(&cluster().kubectl(&["get", "--raw", path])).unwrap();
    let available = summary["node"][resource]["availableBytes"]
        .as_i64()
        .unwrap();
    let signal = if resource == "fs" { "nodefs" } else { resource };
    let threshold = format!("{{{signal}.available: \"{}\"}}", available - (512 << 20));
    configure_kubelet(&BTreeMap::from([("evictionHard".to_owned(), threshold)]));
}

/// Replaces a text in the configuration of the Pod network; the runtime reads it again by itself.
pub(crate) fn change_network(replace: &str, by: &str) {
    let path = cluster().state().join("cni/10-pods.conflist");
    let text = fs::read_to_string(&path).unwrap();
    assert!(text.contains(replace), "{text}");
    fs::write(&path, text.replace(replace, by)).unwrap();
}

/// Makes the node healthy again, whatever a situation has done to it.
pub(crate) fn mend(healthy: &Healthy) {
    let state = cluster().state();
    fs::write(state.join("kubelet.yaml"), &healthy.kubelet).unwrap();
    fs::write(state.join("cni/10-pods.conflist"), &healthy.network).unwrap();
    cluster().stop("kubelet");
    cluster().start("kubelet");
    let ready = [
        "wait",
        "node",
        "node-1",
        "--for=condition=Ready",
        "--timeout=180s",
    ];
    cluster().kubectl(&ready);
}

/// The configuration of a node that works.
pub(crate) struct Healthy {
    kubelet: String,
    network: String,
}

impl Healthy {
    /// Reads it.
    pub(crate) fn read() -> Self {
        let state = cluster().state();
        Self {
            kubelet: fs::read_to_string(state.join("kubelet.yaml")).unwrap(),
            network: fs::read_to_string(state.join("cni/10-pods.conflist")).unwrap(),
        }
    }
}

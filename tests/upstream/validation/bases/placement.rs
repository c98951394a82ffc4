//! Pods that say where they run.

use serde_json::{Value, json};

use super::{pod, selector};

pub(super) fn placement() -> Value {
    let mut pod = pod(json!({
        "containers": [{ "name": "app", "image": "nginx" }],
        "schedulerName": "mine",
        "nodeSelector": { "disk": "ssd", "example.com/part": "" },
        "schedulingGates": [{ "name": "example.com/first" }, { "name": "second" }],
        "tolerations": [
            { "key": "dedicated", "operator": "Equal", "value": "gpu", "effect": "NoSchedule" },
            { "key": "node.kubernetes.io/not-ready", "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": 30 },
            { "operator": "Exists" },
        ],
        "topologySpreadConstraints": [
            { "maxSkew": 1, "topologyKey": "zone", "whenUnsatisfiable": "DoNotSchedule", "minDomains": 2,
                "labelSelector": selector(), "nodeAffinityPolicy": "Honor", "nodeTaintsPolicy": "Ignore", "matchLabelKeys": ["hash"] },
            { "maxSkew": 2, "topologyKey": "zone", "whenUnsatisfiable": "ScheduleAnyway" },
        ],
        "affinity": {
            "nodeAffinity": {
                "requiredDuringSchedulingIgnoredDuringExecution": { "nodeSelectorTerms": [node_term()] },
                "preferredDuringSchedulingIgnoredDuringExecution": [{ "weight": 1, "preference": node_term() }],
            },
            "podAffinity": {
                "requiredDuringSchedulingIgnoredDuringExecution": [pod_term()],
                "preferredDuringSchedulingIgnoredDuringExecution": [{ "weight": 100, "podAffinityTerm": pod_term() }],
            },
            "podAntiAffinity": {
                "requiredDuringSchedulingIgnoredDuringExecution": [pod_term()],
                "preferredDuringSchedulingIgnoredDuringExecution": [{ "weight": 50, "podAffinityTerm": pod_term() }],
            },
        },
    }));
    pod["metadata"]["labels"] = json!({ "app": "web", "hash": "h1", "tenant": "t1" });
    pod
}

fn node_term() -> Value {
    json!({
        "matchExpressions": [
            { "key": "zone", "operator": "In", "values": ["a", "b"] },
            { "key": "gpu", "operator": "Exists" },
            { "key": "cores", "operator": "Gt", "values": ["4"] },
        ],
        "matchFields": [{ "key": "metadata.name", "operator": "NotIn", "values": ["node-1"] }],
    })
}

fn pod_term() -> Value {
    json!({ "topologyKey": "kubernetes.io/hostname", "labelSelector": selector(), "namespaceSelector": selector(),
        "namespaces": ["default", "other"], "matchLabelKeys": ["hash"], "mismatchLabelKeys": ["tenant"] })
}

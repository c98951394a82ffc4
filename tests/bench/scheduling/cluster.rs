//! A cluster of any size, made object by object.

use k8s_openapi::api::core::v1::{Node, Pod};
use serde_json::{Value, json};

/// Pods of one Deployment.
const REPLICAS: usize = 100;
const ZONES: usize = 3;

/// One node.
pub(crate) fn node(at: usize) -> Node {
    let name = node_name(at);
    let zone = format!("zone-{}", at % ZONES);
    let images: Vec<Value> = (0..20)
        .map(|image| {
            let name = format!("registry.example/team/image-{}:1", (at + image * 7) % 200);
            json!({"names": [name], "sizeBytes": 50_000_000 + image})
        })
        .collect();
    let mut labels = json!({
        "kubernetes.io/hostname": name, "kubernetes.io/os": "linux", "kubernetes.io/arch": "amd64",
        "topology.kubernetes.io/zone": zone, "topology.kubernetes.io/region": "region-1",
        "node.kubernetes.io/instance-type": format!("type-{}", at % 5),
    });
    for label in 0..10 {
        labels[format!("example.com/label-{label}")] = json!(format!("value-{}", at % (label + 2)));
    }
    let taints = if at.is_multiple_of(10) {
        json!([{"key": "gpu", "value": "yes", "effect": "NoSchedule"}])
    } else {
        json!([])
    };
    parsed(json!({
        "metadata": {"name": name, "labels": labels},
        "spec": {"taints": taints},
        "status": {
            "allocatable": {"cpu": "16", "memory": "64Gi", "pods": "110", "ephemeral-storage": "100Gi"},
            "images": images,
        },
    }))
}

fn node_name(at: usize) -> String {
    format!("node-{at:05}")
}

/// One running Pod. A tenth has a label of its own, as those of StatefulSets do; a tenth keeps
/// others of its Deployment away.
pub(crate) fn pod(at: usize, nodes: usize) -> Pod {
    let app = format!("app-{}", at / REPLICAS);
    let mut labels = json!({"app": app, "pod-template-hash": format!("{:08x}", at / REPLICAS)});
    if at / REPLICAS % 10 == 1 {
        labels["statefulset.kubernetes.io/pod-name"] = json!(format!("{app}-{at}"));
    }
    let affinity = match at / REPLICAS % 10 {
        2 => json!({"podAntiAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": [
            {"topologyKey": "kubernetes.io/hostname", "labelSelector": {"matchLabels": {"app": app}}},
        ]}}),
        3 => json!({"podAntiAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": [
            {"topologyKey": "kubernetes.io/hostname", "namespaces": ["team-0"], "labelSelector": {"matchLabels": {"app": "target"}}},
        ]}}),
        _ => Value::Null,
    };
    parsed(json!({
        "metadata": {
            "name": format!("{app}-{at}"), "namespace": format!("team-{}", at / REPLICAS % 20),
            "uid": format!("uid-{at}"), "labels": labels,
        },
        "spec": {
            "nodeName": node_name(at * 7 % nodes), "affinity": affinity, "priority": 0,
            "containers": [
                {"name": "main", "image": "i", "resources": {"requests": {"cpu": "250m", "memory": "256Mi"}}},
                {"name": "proxy", "image": "i", "resources": {"requests": {"cpu": "50m", "memory": "64Mi"}}},
            ],
        },
        "status": {"phase": "Running"},
    }))
}

/// The Pod that looks for a place, which every plugin about other Pods has work with.
pub(crate) fn target() -> Pod {
    let spread = |key: &str| {
        json!({
            "topologyKey": key, "maxSkew": 1, "whenUnsatisfiable": "DoNotSchedule",
            "labelSelector": {"matchExpressions": [{"key": "app", "operator": "In", "values": ["app-0", "app-20", "target"]}]},
        })
    };
    let term = |app: &str, key: &str| json!([{"topologyKey": key, "namespaceSelector": {}, "labelSelector": {"matchLabels": {"app": app}}}]);
    parsed(json!({
        "metadata": {"name": "target", "namespace": "team-0", "labels": {"app": "target"}},
        "spec": {
            "containers": [{"name": "c", "resources": {"requests": {"cpu": "4", "memory": "8Gi"}}}],
            "nodeSelector": {"kubernetes.io/os": "linux"},
            "topologySpreadConstraints": [spread("topology.kubernetes.io/zone"), spread("kubernetes.io/hostname")],
            "affinity": {
                "podAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": term("app-5", "topology.kubernetes.io/zone")},
                "podAntiAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": term("app-7", "kubernetes.io/hostname")},
            },
        },
    }))
}

fn parsed<K: serde::de::DeserializeOwned>(value: Value) -> K {
    serde_json::from_value(value).unwrap()
}

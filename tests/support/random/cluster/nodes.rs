//! Random nodes: labels, taints, what can be allocated, images.

use serde_json::{Map, Value, json};

use crate::rng::Rng;

pub(crate) const IMAGES: [&str; 5] = [
    "docker.io/library/nginx:1.29",
    "docker.io/library/redis:latest",
    "registry.example.com/big:v1",
    "registry.example.com/small:v1",
    "docker.io/library/busybox:latest",
];
const MIB: i64 = 1 << 20;

pub(super) fn node(rng: &mut Rng, n: usize) -> Value {
    let name = format!("n{n}");
    let mut spec = json!({});
    let taints = taints(rng);
    if !taints.is_empty() {
        spec["taints"] = json!(taints);
    }
    if rng.percent(6) {
        spec["unschedulable"] = json!(true);
    }
    let mut status = json!({"allocatable": allocatable(rng), "images": images(rng)});
    if rng.percent(30) {
        status["declaredFeatures"] = json!(
            [
                "GuaranteedQoSPodCPUResize",
                "RestartAllContainersOnContainerExits",
                "UserNamespacesHostNetworkSupport"
            ]
            .iter()
            .filter(|_| rng.percent(50))
            .collect::<Vec<_>>()
        );
    }
    json!({"metadata": {"name": name, "labels": labels(rng, &name)}, "spec": spec, "status": status})
}

fn labels(rng: &mut Rng, name: &str) -> Value {
    let mut labels = Map::new();
    let mut put = |key: &str, value: &str| labels.insert(key.to_owned(), json!(value));
    if !rng.percent(4) {
        put("kubernetes.io/hostname", name);
    }
    if !rng.percent(12) {
        put(
            "topology.kubernetes.io/zone",
            rng.pick(&["za", "zb", "zb", "zc"]),
        );
        if !rng.percent(20) {
            put(
                "topology.kubernetes.io/region",
                rng.pick(&["r1", "r1", "r2"]),
            );
        }
    }
    if rng.percent(6) {
        put(
            "failure-domain.beta.kubernetes.io/zone",
            rng.pick(&["za", "zb", "zc"]),
        );
    }
    if rng.percent(70) {
        put("disk", rng.pick(&["ssd", "hdd", "nvme"]));
    }
    if rng.percent(60) {
        put("size", rng.pick(&["1", "2", "3", "10", "05", "big"]));
    }
    if rng.percent(30) {
        put("rack", rng.pick(&["k1", "k2", ""]));
    }
    json!(labels)
}

fn taints(rng: &mut Rng) -> Vec<Value> {
    let count = rng.pick(&[0, 0, 0, 0, 1, 1, 2]);
    (0..count)
        .map(|_| {
            let mut taint = json!({
                "key": rng.pick(&["dedicated", "gpu", "level", "node.kubernetes.io/not-ready", "node.kubernetes.io/unschedulable"]),
                "effect": rng.pick(&["NoSchedule", "NoSchedule", "NoExecute", "PreferNoSchedule", "PreferNoSchedule"]),
            });
            if rng.percent(70) {
                taint["value"] = json!(rng.pick(&["team-a", "true", "5", "12", "-3"]));
            }
            taint
        })
        .collect()
}

fn allocatable(rng: &mut Rng) -> Value {
    let mut list = Map::new();
    let mut put = |key: &str, value: &str| list.insert(key.to_owned(), json!(value));
    if !rng.percent(1) {
        put(
            "cpu",
            rng.pick(&["500m", "1", "2", "4", "3900m", "1.0005", "0"]),
        );
    }
    if !rng.percent(1) {
        put(
            "memory",
            rng.pick(&["512Mi", "1Gi", "2Gi", "4Gi", "1500M", "8000000k"]),
        );
    }
    match rng.below(40) {
        0 => {}
        1 => _ = put("pods", "0"),
        _ => _ = put("pods", rng.pick(&["2", "4", "10", "110", "110"])),
    }
    if rng.percent(70) {
        put("ephemeral-storage", rng.pick(&["1Gi", "10Gi", "100Mi"]));
    }
    if rng.percent(40) {
        put("example.com/gpu", rng.pick(&["0", "1", "2", "8"]));
    }
    if rng.percent(25) {
        put("hugepages-2Mi", rng.pick(&["0", "64Mi", "4Mi"]));
    }
    json!(list)
}

fn images(rng: &mut Rng) -> Vec<Value> {
    IMAGES
        .iter()
        .filter_map(|name| {
            if !rng.percent(35) {
                return None;
            }
            let size = if name.contains("big") { 900 } else { 30 };
            let size = size * MIB + i64::try_from(rng.below(7)).unwrap() * 90 * MIB;
            let digest = format!("{}@sha256:0", name.rsplit_once(':').unwrap().0);
            Some(json!({"names": [name, digest], "sizeBytes": size}))
        })
        .collect()
}

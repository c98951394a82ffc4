//! Our answer about a Pod, in the form of the oracle's.

use std::collections::BTreeMap;

use k8s_openapi::api::core::v1::Pod;
use pod_model::cgroup::{Cgroup, CpuWeight, MemoryHigh, NodeSettings, of_container, of_pod};
use pod_model::pod_resources::{
    Amounts, Options, Rounded, asked, computed_qos_class, eviction, limits, non_zero,
    oom_score_adj, qos_class, requests, used,
};
use pod_model::{FieldPath, KubernetesVersion, containers};
use serde_json::{Map, Value, json};

use crate::pods::Node;

pub fn settings(node: Node, version: KubernetesVersion) -> NodeSettings {
    NodeSettings {
        weight: CpuWeight::Linear,
        memory_qos: node.memory_qos,
        tiered_reservation: node.tiered,
        throttling_factor: Some(node.factor).filter(|factor| *factor != 0.0),
        cpu_cfs_quota: node.quota,
        allocatable_memory: Some(node.allocatable),
        ..NodeSettings::of(version)
    }
}

fn list(amounts: Amounts) -> Value {
    let texts = amounts.into_iter();
    json!(
        texts
            .map(|(name, amount)| (name, amount.to_string()))
            .collect::<BTreeMap<_, _>>()
    )
}

fn rounded(own: &Rounded) -> Value {
    let scalar: BTreeMap<_, _> = own.scalar.iter().cloned().collect();
    json!({"milliCPU": own.milli_cpu, "memory": own.memory, "storage": own.ephemeral_storage,
        "scalar": scalar})
}

/// The numbers that the kubelet hands over, version 1 and what is `unified` of version 2.
pub fn cgroup(own: &Cgroup) -> Value {
    let high = match own.v2.memory_high {
        MemoryHigh::Max => None,
        MemoryHigh::Bytes(bytes) => Some(bytes),
        MemoryHigh::OfNode => panic!("the node is known"),
    };
    assert_eq!(own.v1.cpu_quota, own.v2.cpu_max);
    assert_eq!(own.v1.cpu_period, own.v2.cpu_period);
    assert_eq!(own.v1.memory_limit, own.v2.memory_max);
    json!({"cpuShares": own.v1.cpu_shares, "cpuQuota": own.v1.cpu_quota,
        "cpuPeriod": own.v1.cpu_period, "memory": own.v1.memory_limit,
        "high": high, "min": own.v2.memory_min, "low": own.v2.memory_low,
        "hugePages": own.huge_pages})
}

pub fn answer(pod: &Pod, node: Node, version: KubernetesVersion) -> Value {
    let (placed, to_place) = (Options::placed(version), Options::to_place(version));
    let settings = settings(node, version);
    let eviction = eviction(pod, version);
    let non_zero = non_zero(pod, version);
    let spec = pod.spec.as_ref().unwrap();
    let mut all = Map::new();
    for container in containers(spec, &FieldPath::root().field("spec")) {
        let mut one = cgroup(&of_container(pod, &container, &settings));
        let score = oom_score_adj(pod, &container, version, Some(node.memory));
        one["oomScoreAdj"] = json!(score.value);
        all.insert(container.name.to_owned(), one);
    }
    let mut own = cgroup(&of_pod(pod, &settings));
    own["cpuWeight"] = json!(of_pod(pod, &settings).v2.cpu_weight);
    json!({
        "requests": list(requests(pod, to_place)),
        "limits": list(limits(pod, to_place)),
        "placedRequests": list(requests(pod, placed)),
        "placedLimits": list(limits(pod, placed)),
        "qos": qos_class(pod, version),
        "computedQOS": computed_qos_class(pod, version),
        "critical": eviction.never,
        "memory": eviction.memory_request.to_string(),
        "storage": eviction.ephemeral_storage_request.to_string(),
        "asked": rounded(&asked(pod, version)),
        "used": rounded(&used(pod, version)),
        "nonZero": {"milliCPU": non_zero.milli_cpu, "memory": non_zero.memory},
        "cgroup": own,
        "containers": all,
    })
}

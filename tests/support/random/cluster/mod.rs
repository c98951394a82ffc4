//! Random clusters and Pods that are to be scheduled in them: what decides about nodes is often
//! tight, so that every plugin refuses some.

#![allow(
    dead_code,
    unreachable_pub,
    clippy::unwrap_used,
    reason = "each test is a crate of its own and uses a part of it"
)]

mod affinity;
mod nodes;
mod pods;
mod resources;
mod storage;
mod volumes;

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::rng::Rng;

/// The namespaces of a cluster; of the last there is no object.
pub const NAMESPACES: [&str; 4] = ["default", "team-a", "team-b", "unlisted"];

/// A cluster, as lists by kind, and a Pod that has no node.
#[derive(Debug)]
pub struct Scene {
    pub cluster: BTreeMap<&'static str, Vec<Value>>,
    pub pod: Value,
}

/// Kinds of objects that a scene may contain.
#[derive(Clone, Copy, Debug)]
pub struct Traits {
    /// Volumes that need other objects.
    pub has_volumes: bool,
    /// Values that no server accepts, but that a plugin would judge.
    pub is_odd: bool,
}

/// A random scene; each aspect is present in some.
pub fn scene(rng: &mut Rng, traits: Traits) -> Scene {
    let count = 3 + rng.below(10);
    let mut cluster = BTreeMap::new();
    let nodes: Vec<Value> = (0..count).map(|n| nodes::node(rng, n)).collect();
    let focus = pods::Focus::random(rng, traits);
    if focus.volumes {
        storage::add(rng, count, &mut cluster);
    }
    let mut running = Vec::new();
    for n in 0..rng.below(count * 4) {
        // The last is no node: of one that is gone a Pod may be left.
        let beyond = usize::from(rng.percent(2));
        let node = format!("n{}", rng.below(count + beyond));
        running.push(pods::running(rng, &focus, n, &node));
    }
    let mut pod = pods::pod(rng, &focus, "incoming");
    if rng.percent(4) {
        pod["spec"]["nodeName"] = json!(format!("n{}", rng.below(count + 1)));
    }
    if rng.percent(2) {
        pod["spec"]["schedulingGates"] = json!([{"name": "example.com/wait"}, {"name": "b"}]);
    }
    if focus.volumes {
        volumes::add_claims(rng, &pod, &mut cluster);
        volumes::mark_users(rng, &mut running, &pod);
    }
    cluster.insert("namespaces", namespaces(rng));
    owners(rng, &mut pod, &mut cluster);
    cluster.insert("nodes", nodes);
    cluster.insert("pods", running);
    Scene { cluster, pod }
}

fn namespaces(rng: &mut Rng) -> Vec<Value> {
    let teams = [
        json!({"team": "a"}),
        json!({"team": "b", "env": "prod"}),
        json!({}),
        Value::Null,
    ];
    NAMESPACES[..3]
        .iter()
        .map(|name| {
            let labels = teams[rng.below(teams.len())].clone();
            json!({"metadata": {"name": name, "labels": labels}})
        })
        .collect()
}

/// Services and controllers of the Pod, by which the default spread constraints find it.
fn owners(rng: &mut Rng, pod: &mut Value, cluster: &mut BTreeMap<&'static str, Vec<Value>>) {
    let namespace = pod["metadata"]["namespace"].clone();
    let app = pod["metadata"]["labels"]["app"].clone();
    if rng.percent(40) {
        let selector = match rng.below(5) {
            0 => json!({}),
            1 => Value::Null,
            2 => json!({"app": "other"}),
            _ => json!({"app": app}),
        };
        let service = json!({"metadata": {"name": "s", "namespace": namespace}, "spec": {"selector": selector}});
        cluster.insert("services", vec![service]);
    }
    if rng.percent(40) {
        let (kind, list) = rng.pick(&[
            ("ReplicaSet", "replicaSets"),
            ("StatefulSet", "statefulSets"),
            ("ReplicationController", "replicationControllers"),
            ("Job", ""),
        ]);
        let version = match kind {
            "ReplicationController" => "v1",
            "Job" => "batch/v1",
            _ => "apps/v1",
        };
        pod["metadata"]["ownerReferences"] = json!([{"apiVersion": version, "kind": kind,
            "name": "owner", "uid": "owner-uid", "controller": true}]);
        let selector = match kind {
            "ReplicationController" => json!({"app": app}),
            _ => json!({"matchLabels": {"app": app}}),
        };
        if !list.is_empty() && !rng.percent(10) {
            let owner = json!({"metadata": {"name": "owner", "namespace": namespace, "uid": "owner-uid"},
                "spec": {"selector": selector}});
            cluster.insert(list, vec![owner]);
        }
    }
}

//! Random storage: classes, volumes, claims in every state, drivers and their limits.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::NAMESPACES;
use super::volumes::CLAIMS;
use crate::rng::Rng;

const CLASSES: [&str; 6] = ["wait", "local", "now", "tracked", "intree", "gone"];

pub(super) fn add(rng: &mut Rng, nodes: usize, cluster: &mut BTreeMap<&'static str, Vec<Value>>) {
    cluster.insert("storageClasses", classes(rng));
    let (mut volumes, mut claims) = (Vec::new(), Vec::new());
    for namespace in NAMESPACES {
        for name in &CLAIMS[..CLAIMS.len() - 1] {
            if namespace == "default" || rng.percent(40) {
                claims.extend(claim(rng, namespace, name, nodes, &mut volumes));
            }
        }
    }
    for n in 0..rng.below(5) {
        let mut volume = volume(rng, &format!("free{n}"), nodes);
        volume["status"]["phase"] = json!(rng.pick(&["Available", "Available", "Released"]));
        volumes.push(volume);
    }
    cluster.insert("persistentVolumes", volumes);
    cluster.insert("persistentVolumeClaims", claims);
    cluster.insert(
        "csiNodes",
        (0..nodes).filter_map(|n| csi_node(rng, n)).collect(),
    );
    let drivers = [
        "csi.example.com",
        "other.example.com",
        "tracked.example.com",
    ];
    let drivers = drivers.iter().filter(|_| rng.percent(90)).map(|name| {
        json!({"metadata": {"name": name}, "spec": {"storageCapacity": *name == "tracked.example.com"}})
    });
    cluster.insert("csiDrivers", drivers.collect());
    cluster.insert(
        "csiStorageCapacities",
        (0..rng.below(4)).map(|n| capacity(rng, n)).collect(),
    );
    if rng.percent(15) {
        let attachments = (0..rng.below(4)).map(|n| json!({"metadata": {"name": format!("a{n}")},
            "spec": {"attacher": "csi.example.com", "nodeName": format!("n{}", rng.below(nodes)),
                "source": {"persistentVolumeName": format!("pv-default-{}", rng.pick(&CLAIMS))}}, "status": {"attached": true}}));
        cluster.insert("volumeAttachments", attachments.collect());
    }
}

fn classes(rng: &mut Rng) -> Vec<Value> {
    let mut classes = vec![
        json!({"metadata": {"name": "wait"}, "provisioner": "csi.example.com", "volumeBindingMode": "WaitForFirstConsumer"}),
        json!({"metadata": {"name": "local"}, "provisioner": "kubernetes.io/no-provisioner", "volumeBindingMode": "WaitForFirstConsumer"}),
        json!({"metadata": {"name": "now"}, "provisioner": "csi.example.com", "volumeBindingMode": "Immediate"}),
        json!({"metadata": {"name": "tracked"}, "provisioner": "tracked.example.com", "volumeBindingMode": "WaitForFirstConsumer"}),
        json!({"metadata": {"name": "intree"}, "provisioner": "kubernetes.io/aws-ebs", "volumeBindingMode": "WaitForFirstConsumer"}),
    ];
    if rng.percent(35) {
        classes[0]["allowedTopologies"] = json!([{"matchLabelExpressions": [
            {"key": "topology.kubernetes.io/zone", "values": [rng.pick(&["za", "zb"]), "zc"]}]}]);
    }
    classes
}

fn node_affinity(rng: &mut Rng, nodes: usize) -> Value {
    let requirement = match rng.below(3) {
        0 => {
            json!({"key": "kubernetes.io/hostname", "operator": "In", "values": [format!("n{}", rng.below(nodes))]})
        }
        1 => {
            json!({"key": "topology.kubernetes.io/zone", "operator": "In", "values": [rng.pick(&["za", "zb", "zc"])]})
        }
        _ => json!({"key": "disk", "operator": "NotIn", "values": [rng.pick(&["ssd", "hdd"])]}),
    };
    json!({"required": {"nodeSelectorTerms": [{"matchExpressions": [requirement]}]}})
}

fn volume(rng: &mut Rng, name: &str, nodes: usize) -> Value {
    let mut spec = json!({"capacity": {"storage": rng.pick(&["1Gi", "2Gi", "500Mi"])},
        "accessModes": [rng.pick(&["ReadWriteOnce", "ReadWriteOnce", "ReadWriteMany"])],
        "volumeMode": "Filesystem", "storageClassName": rng.pick(&CLASSES)});
    match rng.below(6) {
        0 => spec["local"] = json!({"path": "/x"}),
        1 => spec["awsElasticBlockStore"] = json!({"volumeID": name}),
        2 => spec["hostPath"] = json!({"path": "/x"}),
        _ => {
            let driver = rng.pick(&["csi.example.com", "csi.example.com", "other.example.com"]);
            spec["csi"] = json!({"driver": driver, "volumeHandle": name});
        }
    }
    if rng.percent(45) {
        spec["nodeAffinity"] = node_affinity(rng, nodes);
    }
    let mut labels = json!({});
    if rng.percent(30) {
        let key = rng.pick(&[
            "topology.kubernetes.io/zone",
            "topology.kubernetes.io/zone",
            "failure-domain.beta.kubernetes.io/zone",
        ]);
        labels[key] = json!(rng.pick(&["za", "zb", "za__zb", "zc"]));
    }
    if rng.percent(10) {
        labels["topology.kubernetes.io/region"] = json!(rng.pick(&["r1", "r2"]));
    }
    if rng.percent(30) {
        labels["kind"] = json!(rng.pick(&["fast", "slow"]));
    }
    json!({"metadata": {"name": name, "uid": format!("uid-{name}"), "labels": labels}, "spec": spec, "status": {"phase": "Bound"}})
}

/// A claim in some state; a bound one's volume is added.
fn claim(
    rng: &mut Rng,
    namespace: &str,
    name: &str,
    nodes: usize,
    volumes: &mut Vec<Value>,
) -> Option<Value> {
    let mode = rng.pick(&[
        "ReadWriteOnce",
        "ReadWriteOnce",
        "ReadWriteMany",
        "ReadWriteOncePod",
    ]);
    let mut claim = json!({"metadata": {"name": name, "namespace": namespace, "uid": format!("uid-{namespace}-{name}")},
        "spec": {"accessModes": [mode], "storageClassName": rng.pick(&CLASSES), "volumeMode": "Filesystem",
            "resources": {"requests": {"storage": rng.pick(&["1Gi", "100Mi", "2Gi"])}}},
        "status": {"phase": "Pending"}});
    if rng.percent(4) {
        claim["metadata"]["deletionTimestamp"] = json!("2026-01-01T00:00:00Z");
        claim["metadata"]["finalizers"] = json!(["kubernetes.io/pvc-protection"]);
    }
    match rng.below(20) {
        0 => return None,
        1 => claim["status"]["phase"] = json!("Lost"),
        2 => {
            claim["metadata"]["annotations"] =
                json!({"volume.kubernetes.io/selected-node": format!("n{}", rng.below(nodes))});
        }
        3 => claim["spec"]["selector"] = json!({"matchLabels": {"kind": "fast"}}),
        4 => {
            claim["spec"]
                .as_object_mut()
                .unwrap()
                .remove("storageClassName");
        }
        5 => claim["spec"]["storageClassName"] = json!(""),
        6..=8 => {}
        _ => {
            let bound = format!("pv-{namespace}-{name}");
            claim["spec"]["volumeName"] = json!(bound);
            if !rng.percent(8) {
                claim["metadata"]["annotations"] =
                    json!({"pv.kubernetes.io/bind-completed": "yes"});
                claim["status"]["phase"] = json!("Bound");
            }
            if !rng.percent(4) {
                let mut volume = volume(rng, &bound, nodes);
                volume["spec"]["claimRef"] = json!({"kind": "PersistentVolumeClaim", "namespace": namespace, "name": name,
                    "uid": format!("uid-{namespace}-{name}")});
                volumes.push(volume);
            }
        }
    }
    Some(claim)
}

fn csi_node(rng: &mut Rng, n: usize) -> Option<Value> {
    if rng.percent(8) {
        return None;
    }
    let mut drivers = Vec::new();
    for name in ["csi.example.com", "other.example.com", "ebs.csi.aws.com"] {
        if rng.percent(75) {
            let mut driver = json!({"name": name, "nodeID": format!("n{n}")});
            if rng.percent(60) {
                driver["allocatable"] = json!({"count": rng.below(3)});
            }
            drivers.push(driver);
        }
    }
    let mut node = json!({"metadata": {"name": format!("n{n}")}, "spec": {"drivers": drivers}});
    if rng.percent(60) {
        let plugins = "kubernetes.io/aws-ebs,kubernetes.io/gce-pd,kubernetes.io/azure-disk";
        node["metadata"]["annotations"] =
            json!({"storage.alpha.kubernetes.io/migrated-plugins": plugins});
    }
    Some(node)
}

fn capacity(rng: &mut Rng, n: usize) -> Value {
    let mut capacity = json!({"metadata": {"name": format!("cap{n}"), "namespace": "kube-system"},
        "storageClassName": rng.pick(&["tracked", "tracked", "wait"])});
    if rng.percent(80) {
        capacity["capacity"] = json!(rng.pick(&["10Gi", "500Mi", "0"]));
    }
    // The plugin's scores crash on a size without a capacity.
    if capacity.get("capacity").is_some() && rng.percent(30) {
        capacity["maximumVolumeSize"] = json!(rng.pick(&["1Gi", "5Gi"]));
    }
    match rng.below(4) {
        0 => {}
        1 => capacity["nodeTopology"] = json!({}),
        _ => {
            capacity["nodeTopology"] =
                json!({"matchLabels": {"topology.kubernetes.io/zone": rng.pick(&["za", "zb"])}});
        }
    }
    capacity
}

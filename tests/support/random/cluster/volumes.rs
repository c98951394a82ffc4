//! Random volumes of Pods, and the claims that they name.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::rng::Rng;

/// Claims that Pods may name; `storage` makes each in some state, or not at all.
pub(super) const CLAIMS: [&str; 8] = ["c0", "c1", "c2", "c3", "c4", "c5", "c6", "absent"];

/// Volumes of all kinds that a plugin looks at.
pub(super) fn set(rng: &mut Rng, spec: &mut Value) {
    let volumes = (0..=rng.below(2)).map(|n| {
        let mut volume = match rng.below(20) {
            0 => json!({"gcePersistentDisk": {"pdName": rng.pick(&["d1", "d2"]), "readOnly": rng.percent(40)}}),
            1 => json!({"awsElasticBlockStore": {"volumeID": rng.pick(&["v1", "v2", "v3"])}}),
            2 => json!({"iscsi": {"iqn": rng.pick(&["iqn.a", "iqn.b"]), "lun": rng.below(2),
                "targetPortal": "10.0.0.1", "readOnly": rng.percent(40)}}),
            3 => json!({"rbd": {"monitors": [rng.pick(&["m1", "m2"]), "m3"], "image": rng.pick(&["i1", "i2"]),
                "pool": "rbd", "readOnly": rng.percent(40)}}),
            4 => json!({"azureDisk": {"diskName": "a", "diskURI": rng.pick(&["u1", "u2"])}}),
            5 => json!({"csi": {"driver": rng.pick(&["csi.example.com", "other.example.com"])}}),
            6 | 7 => json!({"ephemeral": {"volumeClaimTemplate": {"spec": {}}}}),
            8 => json!({"emptyDir": {}}),
            _ => json!({"persistentVolumeClaim": {"claimName": rng.pick(&CLAIMS), "readOnly": rng.percent(10)}}),
        };
        volume["name"] = json!(format!("v{n}"));
        volume
    });
    spec["volumes"] = json!(volumes.collect::<Vec<_>>());
}

/// Makes the claims of the Pod's generic ephemeral volumes, as their controller does.
pub(super) fn add_claims(
    rng: &mut Rng,
    pod: &Value,
    cluster: &mut BTreeMap<&'static str, Vec<Value>>,
) {
    for volume in pod["spec"]["volumes"].as_array().into_iter().flatten() {
        if volume.get("ephemeral").is_none() || rng.percent(15) {
            continue;
        }
        let name = format!(
            "{}-{}",
            pod["metadata"]["name"].as_str().unwrap(),
            volume["name"].as_str().unwrap()
        );
        let uid = if rng.percent(15) {
            json!("another")
        } else {
            pod["metadata"]["uid"].clone()
        };
        let class = rng.pick(&["wait", "local", "now"]);
        let claim = json!({"metadata": {"name": name, "namespace": pod["metadata"]["namespace"], "uid": format!("uid-{name}"),
            "ownerReferences": [{"apiVersion": "v1", "kind": "Pod", "name": pod["metadata"]["name"], "uid": uid, "controller": true}]},
            "spec": {"accessModes": ["ReadWriteOnce"], "storageClassName": class, "volumeMode": "Filesystem",
                "resources": {"requests": {"storage": "1Gi"}}}, "status": {"phase": "Pending"}});
        cluster
            .entry("persistentVolumeClaims")
            .or_default()
            .push(claim);
    }
}

/// Lets some running Pods use a claim of the Pod.
pub(super) fn mark_users(rng: &mut Rng, running: &mut [Value], pod: &Value) {
    for volume in pod["spec"]["volumes"].as_array().into_iter().flatten() {
        if volume.get("persistentVolumeClaim").is_none() || running.is_empty() || !rng.percent(30) {
            continue;
        }
        let at = rng.below(running.len());
        running[at]["metadata"]["namespace"] = pod["metadata"]["namespace"].clone();
        running[at]["spec"]["volumes"] = json!([volume]);
    }
}

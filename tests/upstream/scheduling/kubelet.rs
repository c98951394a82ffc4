//! The kubelet's admission of random Pods to each node of random clusters.

use k8s_openapi::api::core::v1::Pod;
use pod_model::KubernetesVersion;
use pod_model::scheduling::kubelet_admission::admit;
use serde_json::{Value, json};

use crate::agreement::Agreement;
use crate::cluster::Scene;
use crate::oracle::{Oracle, of_each_minor};
use crate::rng::Rng;
use crate::{build, scenes};

/// The Pod of a scene, bound to a node by hand.
fn bound(scene: &Scene, node: &str, rng: &mut Rng) -> Value {
    let mut pod = scene.pod.clone();
    let named = if rng.percent(5) { "other" } else { node };
    pod["spec"]["nodeName"] = json!(named);
    if rng.percent(5) {
        pod["spec"]["os"] = json!({"name": rng.pick(&["linux", "windows"])});
    }
    if rng.percent(5) {
        pod["metadata"]["labels"]["kubernetes.io/os"] = json!(rng.pick(&["linux", "windows"]));
    }
    if rng.percent(10) {
        let policy = rng.pick(&["Strict", "Merge"]);
        pod["spec"]["securityContext"] = json!({"supplementalGroupsPolicy": policy});
    }
    if rng.percent(10) {
        let source = rng.pick(&["file", "api"]);
        pod["metadata"]["annotations"] = json!({"kubernetes.io/config.source": source});
    }
    pod
}

/// The Pods of a scene that the kubelet of a node has.
fn on_node(scene: &Scene, node: &str) -> Vec<Value> {
    let pods = scene.cluster["pods"].iter().filter(|pod| {
        let has_ended = matches!(
            pod["status"]["phase"].as_str(),
            Some("Succeeded" | "Failed")
        );
        pod["spec"]["nodeName"] == node && !has_ended
    });
    pods.cloned().collect()
}

of_each_minor!(the_kubelet_admits_what_upstreams_admits);

fn the_kubelet_admits_what_upstreams_admits(version: KubernetesVersion) {
    let mut cases = Vec::new();
    let mut scenes = scenes();
    scenes.truncate(scenes.len().div_ceil(4));
    for (seed, scene) in scenes {
        let mut rng = Rng::new(seed);
        let snapshot = build::snapshot(&scene, version);
        for node in &scene.cluster["nodes"] {
            let name = node["metadata"]["name"].as_str().unwrap().to_owned();
            let pod = bound(&scene, &name, &mut rng);
            let pods = on_node(&scene, &name);
            let question =
                json!({"op": "kubeletAdmission", "pod": pod, "node": node, "pods": pods});
            cases.push((seed, snapshot.clone(), name, question));
        }
    }
    let questions: Vec<Value> = cases.iter().map(|case| case.3.clone()).collect();
    let answers = Oracle::of(version).ask_all(&questions);
    let mut agreement = Agreement::new("Pods on nodes");
    for (theirs, (seed, snapshot, node, question)) in answers.iter().zip(&cases) {
        let pod: Pod = serde_json::from_value(question["pod"].clone()).unwrap();
        let rejections = admit(snapshot, snapshot.index_of(node).unwrap(), &pod);
        let ours = match rejections.first() {
            None => json!({"admit": true, "reason": "", "message": ""}),
            Some(first) => {
                json!({"admit": false, "reason": first.reason, "message": first.message})
            }
        };
        if ours == *theirs {
            agreement.equal_and(if rejections.is_empty() {
                "admitted"
            } else {
                "rejected"
            });
        } else {
            agreement.differ(format!(
                "seed {seed}, {node}\n    ours   {ours}\n    theirs {theirs}"
            ));
        }
    }
    agreement.finish(&[]);
}

//! The nodes of random DaemonSets, as their controller finds them.

use k8s_openapi::api::apps::v1::DaemonSet;
use k8s_openapi::api::core::v1::PodSpec;
use pod_model::KubernetesVersion;
use pod_model::scheduling::daemon_set::{pod_for, should_run};
use serde_json::{Value, json};

use crate::agreement::Agreement;
use crate::cluster::Scene;
use crate::oracle::{Oracle, of_each_minor};
use crate::{build, scenes};

/// A DaemonSet whose Pods are as the scene's Pod.
fn daemon_set(scene: &Scene) -> Value {
    let pod = &scene.pod;
    json!({
        "metadata": {"name": "d", "namespace": pod["metadata"]["namespace"]},
        "spec": {
            "selector": {"matchLabels": pod["metadata"]["labels"]},
            "template": {"metadata": {"labels": pod["metadata"]["labels"]}, "spec": pod["spec"]},
        },
    })
}

of_each_minor!(daemon_sets_have_pods_where_the_controller_makes_them);

fn daemon_sets_have_pods_where_the_controller_makes_them(version: KubernetesVersion) {
    let mut scenes = scenes();
    scenes.truncate(scenes.len().div_ceil(4));
    let questions: Vec<Value> = scenes
        .iter()
        .map(|(_, scene)| {
            let nodes = &scene.cluster["nodes"];
            json!({"op": "daemonSetNodes", "daemonSet": daemon_set(scene), "nodes": nodes})
        })
        .collect();
    let answers = Oracle::of(version).ask_all(&questions);
    let mut agreement = Agreement::new("DaemonSets");
    let (mut refused, mut stay) = (0, 0);
    for (theirs, (seed, scene)) in answers.iter().zip(&scenes) {
        assert!(theirs.get("nodes").is_some(), "seed {seed}: {theirs}");
        let ours: DaemonSet = serde_json::from_value(daemon_set(scene)).unwrap();
        let mut different = Vec::new();
        for node in build::snapshot(scene, version).nodes() {
            let found = should_run(&ours, node, version);
            refused += usize::from(!found.run);
            stay += usize::from(!found.run && found.continue_running);
            assert_eq!(
                found.run,
                found.reasons.is_empty(),
                "seed {seed}: {found:?}"
            );
            let found = json!({"shouldRun": found.run, "shouldContinue": found.continue_running});
            let expected = &theirs["nodes"][node.name()];
            if found != *expected {
                different.push(format!("{}: ours {found}, theirs {expected}", node.name()));
            }
        }
        let spec = pod_for(&ours, "n0").spec.unwrap();
        // Through the type, which knows no difference between empty and absent.
        let expected = json!({"containers": [], "tolerations": theirs["tolerations"]});
        let expected: PodSpec = serde_json::from_value(expected).unwrap();
        if spec.tolerations != expected.tolerations {
            different.push(format!(
                "tolerations: ours {:?}, theirs {:?}",
                spec.tolerations, expected.tolerations
            ));
        }
        if different.is_empty() {
            agreement.equal();
        } else {
            agreement.differ(format!("seed {seed}: {}", different.join("\n  ")));
        }
    }
    println!("{refused} nodes refused, on {stay} of them a Pod may stay");
    agreement.finish(&[]);
    let is_telling = refused > scenes.len() && stay > scenes.len() / 10;
    assert!(is_telling || scenes.len() < 100);
}

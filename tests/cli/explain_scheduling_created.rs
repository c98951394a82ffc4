//! `explain-scheduling -f` of what is not created yet: claims, and the labels of Pods.

use serde_json::Value;

use crate::explain_scheduling::{NODES, ids, item, offline, plugins, pod};
use crate::support::Home;

const CLASSES: &str = "\
apiVersion: v1
kind: List
items:
- apiVersion: storage.k8s.io/v1
  kind: StorageClass
  metadata: {name: late, annotations: {storageclass.kubernetes.io/is-default-class: \"true\"}}
  provisioner: driver
  volumeBindingMode: WaitForFirstConsumer
- {apiVersion: storage.k8s.io/v1, kind: StorageClass, metadata: {name: now}, provisioner: driver}
- {apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: other, namespace: default, uid: o}, spec: {}}
- {apiVersion: storage.k8s.io/v1, kind: CSINode, metadata: {name: node-a}, spec: {drivers: []}}
- {apiVersion: storage.k8s.io/v1, kind: CSIDriver, metadata: {name: x}, spec: {}}
";

/// Returns the answer about `text` beside the classes.
fn with_classes(text: &str) -> Value {
    item(&offline(
        &format!("{CLASSES}---\n{text}"),
        &["-o", "json", "--node", "node-a"],
    ))
}

fn fits(item: &Value) -> &Value {
    &item["nodes"][0]["fits"]
}

#[test]
fn a_claim_of_a_manifest_has_the_default_class() {
    let text = |class: &str| {
        format!(
            "{}---\napiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {{name: data}}\nspec: {{{class}accessModes: [ReadWriteOnce], resources: {{requests: {{storage: 1Gi}}}}}}\n",
            pod("  volumes: [{name: d, persistentVolumeClaim: {claimName: data}}]\n")
        )
    };
    let item = with_classes(&text(""));
    assert_eq!(fits(&item), true, "{item}");
    // The volume is made before the Pod is looked at: nothing holds it back.
    let item = with_classes(&text("storageClassName: now, "));
    assert!(fits(&item).is_null(), "{item}");
    assert_eq!(item["verdict"], "unknown", "{item}");
    assert_eq!(ids(&item), ["not-evaluated"], "{item}");
}

#[test]
fn claims_of_ephemeral_volumes_and_stateful_sets_have_it_too() {
    let text = pod(
        "  volumes: [{name: d, ephemeral: {volumeClaimTemplate: {spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}}}}]\n",
    );
    let item = with_classes(&text);
    assert_eq!(fits(&item), true, "{item}");
    let set = |claim: &str| {
        format!(
            "\
apiVersion: apps/v1
kind: StatefulSet
metadata: {{name: db}}
spec:
  serviceName: db
  selector: {{matchLabels: {{app: db}}}}
  template:
    metadata: {{labels: {{app: db}}}}
    spec: {{containers: [{{name: a, image: b, volumeMounts: [{{name: data, mountPath: /d}}]}}]}}
  volumeClaimTemplates: [{{metadata: {{name: data}}, spec: {{accessModes: [ReadWriteOnce], resources: {{requests: {{storage: 1Gi}}}}}}}}]
---
apiVersion: v1
kind: List
items: [{{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {{name: {claim}, namespace: default, uid: c}}, spec: {{}}}}]
"
        )
    };
    let item = with_classes(&set("x"));
    assert_eq!(fits(&item), true, "{item}");
    // Each of its Pods has its own, and the first has been there.
    let item = with_classes(&set("data-db-0"));
    assert!(fits(&item).is_null(), "{item}");
}

/// A Deployment that spreads over nodes by its hash, beside a Pod of an older revision.
fn deployment(metadata: &str, hash: &str) -> String {
    format!(
        "\
apiVersion: apps/v1
kind: Deployment
metadata: {{name: web{metadata}}}
spec:
  selector: {{matchLabels: {{app: web}}}}
  template:
    metadata: {{labels: {{app: web}}}}
    spec:
      containers: [{{name: a, image: b}}]
      topologySpreadConstraints:
      - {{maxSkew: 1, minDomains: 5, topologyKey: zone, whenUnsatisfiable: DoNotSchedule, labelSelector: {{matchLabels: {{app: web}}}}, matchLabelKeys: [pod-template-hash]}}
---
apiVersion: v1
kind: Pod
metadata: {{name: web-1, uid: w, labels: {{app: web{hash}}}}}
spec: {{nodeName: node-a, containers: [{{name: a, image: b}}]}}
"
    )
}

#[test]
fn no_pod_of_an_older_revision_has_the_hash_of_a_new_one() {
    let text = deployment("", ", pod-template-hash: abc");
    let found = item(&offline(&text, &["-o", "json"]));
    assert!(plugins(&found, "node-a").is_empty(), "{found}");
    assert!(!found.to_string().contains("before-creation"), "{found}");
    // Without the key the older Pod counts.
    let text = text.replace(", matchLabelKeys: [pod-template-hash]", "");
    let found = item(&offline(&text, &["-o", "json"]));
    assert_eq!(plugins(&found, "node-a"), ["PodTopologySpread"], "{found}");
    assert!(
        found
            .to_string()
            .contains("there are 2 of at least 5 domains (minDomains)"),
        "{found}"
    );
}

#[test]
fn the_hash_of_a_deployment_that_runs_is_not_known() {
    let found = |hash: &str| {
        item(&offline(&deployment(", uid: d", hash), &["-o", "json"]))["verdict"].clone()
    };
    assert_eq!(found(", pod-template-hash: abc"), "unknown");
    assert_eq!(found(""), "ok");
}

#[test]
fn pods_of_stateful_sets_and_jobs_have_their_labels() {
    let affinity = |key: &str, value: &str| {
        format!(
            "affinity: {{podAffinity: {{requiredDuringSchedulingIgnoredDuringExecution: [{{topologyKey: zone, labelSelector: {{matchLabels: {{{key}: \"{value}\"}}}}}}]}}}}"
        )
    };
    let set = |spec: &str| {
        format!(
            "{{apiVersion: apps/v1, kind: StatefulSet, metadata: {{name: db}}, spec: {{serviceName: db, ordinals: {{start: 3}}, selector: {{matchLabels: {{app: db}}}}, template: {{metadata: {{labels: {{app: db}}}}, spec: {{containers: [{{name: a, image: b}}], {spec}}}}}}}}}\n"
        )
    };
    let job = |spec: &str| {
        format!(
            "{{apiVersion: batch/v1, kind: Job, metadata: {{name: sum}}, spec: {{completionMode: Indexed, completions: 2, template: {{spec: {{restartPolicy: Never, containers: [{{name: a, image: b}}], {spec}}}}}}}}}\n"
        )
    };
    let verdict = |text: &str| item(&offline(text, &["-o", "json"]))["verdict"].clone();
    for (key, value) in [
        ("statefulset.kubernetes.io/pod-name", "db-3"),
        ("apps.kubernetes.io/pod-index", "3"),
    ] {
        assert_eq!(verdict(&set(&affinity(key, value))), "ok", "{key}");
    }
    for (key, value) in [
        ("batch.kubernetes.io/job-completion-index", "0"),
        ("batch.kubernetes.io/job-name", "sum"),
    ] {
        assert_eq!(verdict(&job(&affinity(key, value))), "ok", "{key}");
        assert_eq!(verdict(&set(&affinity(key, value))), "no", "{key}");
    }
}

#[test]
fn a_manifest_that_its_node_refuses_is_told_beside_other_targets() {
    let named = |cpu: &str| {
        format!(
            "apiVersion: v1\nkind: Pod\nmetadata: {{name: named}}\nspec: {{nodeName: node-a, containers: [{{name: a, image: b, resources: {{requests: {{cpu: \"{cpu}\"}}}}}}]}}\n"
        )
    };
    let run = |text: &str| {
        let home = Home::with(&[
            ("pod.yaml", &pod("")),
            ("nodes.yaml", NODES),
            ("named.yaml", text),
        ]);
        home.run(&[
            "explain-scheduling",
            "--offline",
            "-f",
            "pod.yaml",
            "-f",
            "nodes.yaml",
            "-f",
            "named.yaml",
        ])
    };
    let admitted = run(&named("1"));
    assert_eq!(admitted.code, Some(0), "{admitted:?}");
    assert!(!admitted.stdout.contains("pod/named"), "{admitted:?}");
    for text in [
        named("9"),
        named("1").replace("node-a", "node-x"),
        named("1").replace("name: a,", "name: A_A,"),
    ] {
        let refused = run(&text);
        assert_eq!(refused.code, Some(1), "{refused:?}");
        assert!(refused.stdout.contains("pod/named"), "{refused:?}");
        assert!(refused.stdout.contains("pod/web"), "{refused:?}");
    }
}

#[test]
fn another_operating_system_is_left_to_the_kubelet() {
    let found = item(&offline(&pod("  os: {name: windows}\n"), &["-o", "json"]));
    assert_eq!(found["verdict"], "no", "{found}");
    assert_eq!(ids(&found), ["kubelet-refuses"]);
    let message = found["findings"][0]["message"].as_str().unwrap();
    assert!(message.contains("PodOSNotSupported"), "{message}");
    let found = item(&offline(&pod("  os: {name: linux}\n"), &["-o", "json"]));
    assert_eq!(ids(&found), [""; 0], "{found}");
}

#[test]
fn the_scheduler_passes_over_pods_that_have_ended_or_are_of_a_file() {
    let running = |more: &str, phase: &str| {
        let text = pod("").replace("spec:\n", "spec:\n  nodeName: node-a\n");
        text.replace("name: web}\n", &format!("name: web, uid: u{more}}}\n"))
            + &format!("status: {{phase: {phase}}}\n")
    };
    for (more, phase, words) in [
        ("", "Succeeded", "it has ended"),
        (
            ", annotations: {kubernetes.io/config.mirror: x}",
            "Running",
            "runs it from a file",
        ),
    ] {
        let found = item(&offline(&running(more, phase), &["pod/web", "-o", "json"]));
        let summary = found["summary"].as_str().unwrap();
        assert!(summary.contains(words), "{summary}");
    }
}

#[test]
fn a_daemon_pod_that_does_not_fit_has_a_nearest_miss_and_may_evict() {
    let text = |priority: &str| {
        format!(
            "\
apiVersion: apps/v1
kind: DaemonSet
metadata: {{name: agent}}
spec:
  selector: {{matchLabels: {{app: agent}}}}
  template:
    metadata: {{labels: {{app: agent}}}}
    spec: {{{priority}containers: [{{name: a, image: b, resources: {{requests: {{cpu: \"2\"}}}}}}]}}
"
        )
    };
    let found = item(&offline(&text(""), &["-o", "json"]));
    let nearest = &found["nearest"][0];
    assert_eq!(
        nearest["nodeNames"],
        serde_json::json!(["node-b"]),
        "{found}"
    );
    assert_eq!(
        nearest["change"],
        "the cpu request of container a at 1 or less, instead of 2"
    );
    assert_eq!(found["preemption"]["nodes"], 0, "{found}");
    // A taint or a label keeps it from all nodes: what is asked of nodes is told.
    let nowhere = text("nodeSelector: {disktype: ssd}, ");
    let found = item(&offline(&nowhere, &["-o", "json"]));
    let changes: Vec<&Value> = found["nearest"].as_array().unwrap().iter().collect();
    let is_toleration =
        |own: &&&Value| own["change"] == "a toleration of the taint gpu=true:NoSchedule";
    let tolerated = changes.iter().find(is_toleration).unwrap();
    assert_eq!(
        tolerated["nodeNames"],
        serde_json::json!(["node-c"]),
        "{found}"
    );
    let tolerations =
        "tolerations: [{key: gpu, operator: Exists}], nodeSelector: {disktype: ssd}, ";
    let found = item(&offline(&text(tolerations), &["-o", "json"]));
    assert_eq!(found["nodes"][2]["getsPod"], true, "{found}");
    // Nodes that it leaves out are meant to be.
    assert_eq!(found["nearest"], serde_json::json!([]), "{found}");
    let high = "priorityClassName: system-node-critical, ";
    let found = item(&offline(&text(high), &["-o", "json"]));
    assert_eq!(found["preemption"]["nodes"], 1, "{found}");
}

#[test]
fn a_typed_list_without_items_says_that_there_are_none() {
    let text = pod("  volumes: [{name: d, persistentVolumeClaim: {claimName: data}}]\n");
    let with = |list: &str| item(&offline(&format!("{text}---\n{list}"), &["-o", "json"]));
    let found = with("{apiVersion: v1, kind: List, items: []}\n");
    assert_eq!(found["verdict"], "unknown", "{found}");
    let help = found["findings"][0]["help"].as_str().unwrap();
    assert!(
        help.contains("kubectl get --raw /api/v1/persistentvolumeclaims"),
        "{help}"
    );
    let found = with("{apiVersion: v1, kind: PersistentVolumeClaimList, items: []}\n");
    assert_eq!(found["verdict"], "no", "{found}");
    let summary = found["summary"].as_str().unwrap();
    assert!(summary.contains("\"data\" not found"), "{summary}");
    let home = Home::with(&[
        ("pod.yaml", &pod("")),
        (
            "nodes.json",
            r#"{"apiVersion": "v1", "kind": "NodeList", "items": []}"#,
        ),
        ("nodes.yaml", NODES),
        (
            "pods.json",
            r#"{"apiVersion": "v1", "kind": "PodList", "items": []}"#,
        ),
    ]);
    let command = ["explain-scheduling", "--offline", "-f", "pod.yaml", "-f"];
    let none = home.run(&[&command[..], &["nodes.json"]].concat());
    assert!(none.stdout.contains("there are no nodes"), "{none:?}");
    let empty = home.run(&[&command[..], &["nodes.yaml", "-f", "pods.json"]].concat());
    assert!(empty.stdout.contains("fits 2 of 3 nodes"), "{empty:?}");
    assert!(!empty.stdout.contains("taken as empty"), "{empty:?}");
}

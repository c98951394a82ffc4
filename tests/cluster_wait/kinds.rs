//! Pods, and workloads that roll out.

use crate::support::namespace::Namespace;
use crate::support::waiting::{apply, begin, command};

fn pod(name: &str, policy: &str, script: &str) -> String {
    format!(
        "---\napiVersion: v1\nkind: Pod\nmetadata: {{name: {name}}}\nspec:\n  restartPolicy: {policy}\n  terminationGracePeriodSeconds: 1\n  containers: [{{name: main, image: busybox, command: [sh, -c, '{script}']}}]\n"
    )
}

fn controller(kind: &str, name: &str, spec: &str, probe: &str) -> String {
    format!(
        "---\napiVersion: apps/v1\nkind: {kind}\nmetadata: {{name: {name}}}\nspec:\n  {spec}\n  selector: {{matchLabels: {{app: {name}}}}}\n  template:\n    metadata: {{labels: {{app: {name}}}}}\n    spec:\n      terminationGracePeriodSeconds: 1\n      containers:\n      - name: main\n        image: busybox\n        command: [sleep, \"600\"]\n        readinessProbe: {{exec: {{command: [{probe}]}}, periodSeconds: 1}}\n"
    )
}

#[test]
fn pods_and_what_rolls_out_are_waited_for_as_what_they_are() {
    let namespace = Namespace::new("wait-kinds");
    let all = [
        pod("ends", "Never", "true"),
        pod("fails", "Never", "exit 7"),
        pod("serves", "Always", "sleep 600"),
        controller("Deployment", "rolls", "replicas: 2", "\"true\""),
        controller(
            "Deployment",
            "late",
            "progressDeadlineSeconds: 4",
            "\"false\"",
        ),
        controller(
            "StatefulSet",
            "ordered",
            "replicas: 2\n  serviceName: ordered",
            "\"true\"",
        ),
        controller("DaemonSet", "everywhere", "minReadySeconds: 1", "\"true\""),
    ];
    apply(&namespace, &all.concat());
    let cases = [
        ("pod/ends", 0, "pod/ends is done: Succeeded"),
        ("pod/fails", 1, "container main exited 7"),
        ("pod/serves", 0, "pod/serves is done: Ready"),
        ("deployment/rolls", 0, "deployment/rolls is done"),
        ("deployment/late", 1, "ProgressDeadlineExceeded"),
        ("statefulset/ordered", 0, "statefulset/ordered is done"),
        ("daemonset/everywhere", 0, "daemonset/everywhere is done"),
    ];
    let begun: Vec<_> = cases
        .iter()
        .map(|(target, ..)| begin(command(&namespace, &[target, "--timeout", "150s"])))
        .collect();
    for ((target, code, says), begun) in cases.iter().zip(begun) {
        begun.ended().is(target, *code, &[says]);
    }
}

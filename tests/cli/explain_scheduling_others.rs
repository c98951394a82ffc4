//! `explain-scheduling -f` beside Pods, claims and nodes of files.

use crate::explain_scheduling::{NODES, ids, item, offline, plugins, pod};
use crate::support::Home;

#[test]
fn the_pods_that_a_daemon_set_has_are_not_in_its_way() {
    let ports = "ports: [{containerPort: 9100, hostPort: 9100, protocol: TCP}]";
    let text = format!(
        "\
apiVersion: apps/v1
kind: DaemonSet
metadata: {{name: agent}}
spec:
  selector: {{matchLabels: {{app: agent}}}}
  template:
    metadata: {{labels: {{app: agent}}}}
    spec: {{containers: [{{name: a, image: b, {ports}}}]}}
---
apiVersion: v1
kind: Pod
metadata:
  name: agent-x
  uid: x
  labels: {{app: agent}}
  ownerReferences: [{{apiVersion: apps/v1, kind: DaemonSet, name: agent, uid: u, controller: true}}]
spec: {{nodeName: node-a, containers: [{{name: a, image: b, {ports}}}]}}
---
apiVersion: v1
kind: Pod
metadata: {{name: other, uid: other}}
spec: {{nodeName: node-b, containers: [{{name: a, image: b, {ports}}}]}}
"
    );
    let item = item(&offline(&text, &["-o", "json"]));
    assert!(plugins(&item, "node-a").is_empty(), "{item}");
    assert_eq!(plugins(&item, "node-b"), ["NodePorts"]);
}

#[test]
fn no_change_is_denied_to_a_daemon_set() {
    let text = "\
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: agent}
spec:
  selector: {matchLabels: {app: agent}}
  template:
    metadata: {labels: {app: agent}}
    spec: {nodeSelector: {disktype: ssd}, containers: [{name: a, image: b}]}
";
    let run = offline(text, &[]);
    assert!(run.stdout.contains("no node gets a Pod"), "{run:?}");
    assert!(!run.stdout.contains("no single change"), "{run:?}");
}

#[test]
fn a_pod_by_itself_is_the_target_and_counts_once_beside_a_list() {
    let stored = |name: &str, cpu: &str| {
        format!(
            "{{apiVersion: v1, kind: Pod, metadata: {{name: {name}, namespace: default, uid: {name}}}, spec: {{nodeName: node-a, containers: [{{name: c, image: i, resources: {{requests: {{cpu: \"{cpu}\"}}}}}}]}}, status: {{phase: Running}}}}"
        )
    };
    let list = format!(
        "{{apiVersion: v1, kind: List, items: [{}, {}]}}",
        stored("web", "3"),
        stored("other", "1")
    );
    let home = Home::with(&[
        ("web.yaml", &stored("web", "3")),
        ("nodes.yaml", NODES),
        ("list.yaml", &list),
    ]);
    let args = [
        "explain-scheduling",
        "--offline",
        "-f",
        "web.yaml",
        "-f",
        "nodes.yaml",
        "-f",
        "list.yaml",
        "-o",
        "json",
    ];
    let item = item(&home.run(&args));
    assert_eq!(item["target"]["name"], "web");
    // Three CPUs of four are its own.
    assert!(plugins(&item, "node-a").is_empty(), "{item}");
}

#[test]
fn scores_name_the_plugin_that_they_lack() {
    let run = offline(&pod(""), &[]);
    assert!(
        run.stdout.contains("not in the scores: PodTopologySpread"),
        "{run:?}"
    );
    let run = offline(&pod("  nodeName: node-a\n"), &["pod/web"]);
    assert!(!run.stdout.contains("score"), "{run:?}");
}

#[test]
fn nodes_of_files_without_pods_are_said_to_be_taken_as_empty() {
    let home = Home::with(&[("pod.yaml", &pod("")), ("nodes.yaml", NODES)]);
    let args = [
        "explain-scheduling",
        "--offline",
        "-f",
        "pod.yaml",
        "-f",
        "nodes.yaml",
    ];
    let words = "the nodes are taken as empty";
    assert!(home.run(&args).stdout.contains(words));
    assert!(!offline(&pod(""), &[]).stdout.contains(words));
}

#[test]
fn claim_templates_of_a_stateful_set_are_volumes_and_not_evaluated() {
    let text = "\
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db}
spec:
  serviceName: db
  selector: {matchLabels: {app: db}}
  template:
    metadata: {labels: {app: db}}
    spec: {containers: [{name: a, image: b, volumeMounts: [{name: data, mountPath: /d}]}]}
  volumeClaimTemplates: [{metadata: {name: data}, spec: {}}]
";
    let item = item(&offline(text, &["-o", "json"]));
    assert_eq!(ids(&item), ["not-evaluated"], "{item}");
    assert_eq!(item["verdict"], "unknown");
    assert_eq!(
        (&item["feasible"], &item["unknown"]),
        (&0.into(), &2.into())
    );
    // The taint is in the way whatever the claims are.
    assert_eq!(plugins(&item, "node-c"), ["TaintToleration"]);
    let run = Home::with(&[("set.yaml", text)]).run(&[
        "explain-resources",
        "--offline",
        "-f",
        "set.yaml",
    ]);
    assert!(!run.stdout.contains("has no volume"), "{run:?}");
}

/// A Pod of a server on a node.
fn stored(name: &str, node: &str, cpu: &str) -> String {
    format!(
        "{{apiVersion: v1, kind: Pod, metadata: {{name: {name}, namespace: default, uid: {name}}}, spec: {{nodeName: {node}, containers: [{{name: c, image: i, resources: {{requests: {{cpu: \"{cpu}\"}}}}}}]}}, status: {{phase: Running}}}}"
    )
}

#[test]
fn of_a_whole_cluster_only_pods_without_a_node_are_asked_about() {
    let (web, other) = (stored("web", "node-a", "1"), stored("other", "node-a", "1"));
    let waiting = "{apiVersion: v1, kind: Pod, metadata: {name: new, namespace: default, uid: new}, spec: {containers: [{name: c, image: i}]}, status: {phase: Pending}}";
    let home = Home::with(&[
        ("nodes.yaml", NODES),
        ("web.yaml", &web),
        (
            "running.yaml",
            &format!("{{apiVersion: v1, kind: List, items: [{web}, {other}]}}"),
        ),
        (
            "all.yaml",
            &format!("{NODES}---\n{web}\n---\n{other}\n---\n{waiting}\n"),
        ),
    ]);
    let run = |args: &[&str]| {
        let command = ["explain-scheduling", "--offline"];
        home.run(&[&command, args].concat())
    };
    let nothing = run(&["-f", "nodes.yaml", "-f", "running.yaml"]);
    assert_eq!((nothing.code, nothing.stdout.as_str()), (Some(0), ""));
    assert!(
        nothing
            .stderr
            .contains("2 Pods on nodes are not asked about"),
        "{nothing:?}"
    );
    let all = run(&["-f", "all.yaml", "-o", "json"]);
    assert_eq!(item(&all)["target"]["name"], "new");
    assert!(all.stderr.contains("2 Pods on nodes"), "{all:?}");
    let files = ["-f", "nodes.yaml", "-f", "running.yaml"];
    let named = run(&[&files[..], &["pod/web", "-o", "json"]].concat());
    assert_eq!(item(&named)["nodeName"], "node-a");
    assert_eq!(named.stderr, "");
    // A Pod by itself is asked about beside those of the cluster that wait.
    let single = home.run(&[
        "explain-scheduling",
        "--offline",
        "-f",
        "web.yaml",
        "-f",
        "all.yaml",
    ]);
    assert!(single.stdout.contains("pod/web, in web.yaml"), "{single:?}");
    assert!(!single.stdout.contains("pod/other"), "{single:?}");
}

#[test]
fn a_quantity_that_cannot_be_read_is_not_zero() {
    for (node, of, unknown) in [("9", "1x", "pods"), ("1x", "1", "nodes")] {
        let text = format!(
            "{}---\napiVersion: v1\nkind: Node\nmetadata: {{name: odd}}\nstatus: {{allocatable: {{cpu: \"{node}\", pods: \"9\"}}}}\n---\n{}\n",
            pod(""),
            stored("odd", "odd", of)
        );
        let run = offline(&text, &["pod/web", "-o", "json"]);
        let item = item(&run);
        assert_eq!(item["verdict"], "unknown", "{item}");
        let message = item["findings"][0]["message"].as_str().unwrap();
        assert!(
            message.contains(&format!("the {unknown} are not known")) && message.contains("`1x`"),
            "{message}"
        );
    }
}

#[test]
fn a_pod_of_a_file_that_is_to_have_a_node_takes_room_there() {
    let first = "{apiVersion: v1, kind: Pod, metadata: {name: first, namespace: default, uid: first}, spec: {priority: 5, containers: [{name: c, image: i, resources: {requests: {cpu: \"3\"}}}]}, status: {phase: Pending, nominatedNodeName: node-a}}";
    let text = format!("{}---\n{first}\n", pod(""));
    let run = offline(&text, &["pod/web", "-o", "json"]);
    assert_eq!(
        plugins(&item(&run), "node-a"),
        ["NodeResourcesFit"],
        "{run:?}"
    );
}

#[test]
fn the_controller_and_no_kubelet_decides_about_a_daemon_set_with_a_node_name() {
    let text = "\
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: agent}
spec:
  selector: {matchLabels: {app: agent}}
  template:
    metadata: {labels: {app: agent}}
    spec: {nodeName: node-c, containers: [{name: a, image: b}]}
";
    let run = offline(text, &["-o", "json"]);
    let item = item(&run);
    let summary = item["summary"].as_str().unwrap();
    assert!(summary.starts_with("no node gets a Pod"), "{summary}");
    assert_eq!(ids(&item), ["no-node-fits"]);
}

#[test]
fn what_several_plugins_lack_is_one_finding() {
    let text = pod("  volumes: [{name: d, persistentVolumeClaim: {claimName: data}}]\n");
    let run = offline(&text, &["-o", "json"]);
    let item = item(&run);
    assert_eq!(ids(&item), ["not-evaluated"], "{item}");
    let finding = &item["findings"][0];
    let message = finding["message"].as_str().unwrap();
    assert!(
        message
            .ends_with("were not evaluated: the PersistentVolumeClaim `default/data` is not known"),
        "{message}"
    );
    assert!(
        finding["help"]
            .as_str()
            .unwrap()
            .contains("kubectl get pvc,pv")
    );
}

#[test]
fn classes_that_are_not_known_are_said_and_no_priority_is_assumed() {
    let text = pod("  priorityClassName: high\n").replace("cpu: \"2\"", "cpu: \"4\"");
    let text = format!("{text}---\n{}\n", stored("x", "node-a", "1"));
    let run = offline(&text, &[]);
    assert!(
        run.stdout
            .contains("not known, and may change the Pod: PriorityClass high: not given"),
        "{run:?}"
    );
    assert!(!run.stdout.contains("preemption"), "{run:?}");
    let run = offline(&text.replace("  priorityClassName: high\n", ""), &[]);
    assert!(run.stdout.contains("preemption cannot help"), "{run:?}");
}

#[test]
fn a_template_with_a_node_name_is_admitted_for_what_it_requests() {
    let text = |cpu: u32| {
        format!(
            "\
apiVersion: apps/v1
kind: Deployment
metadata: {{name: web}}
spec:
  selector: {{matchLabels: {{app: web}}}}
  template:
    metadata: {{labels: {{app: web}}}}
    spec: {{nodeName: node-a, containers: [{{name: a, image: b, resources: {{requests: {{cpu: {cpu}}}}}}}]}}
"
        )
    };
    for (cpu, verdict) in [(1, "ok"), (99, "no")] {
        let item = item(&offline(&text(cpu), &["-o", "json"]));
        assert_eq!(item["verdict"], verdict, "{item}");
    }
}

#[test]
fn a_manifest_of_a_namespace_is_not_all_namespaces() {
    let text = "\
apiVersion: v1
kind: Namespace
metadata: {name: mine, labels: {env: test}}
---
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: mine}
spec:
  containers: [{name: a, image: b}]
  tolerations: [{operator: Exists}]
  affinity:
    podAntiAffinity:
      requiredDuringSchedulingIgnoredDuringExecution:
      - topologyKey: zone
        labelSelector: {matchLabels: {app: db}}
        namespaceSelector: {matchLabels: {env: prod}}
---
apiVersion: v1
kind: Pod
metadata: {name: db, namespace: other, uid: u, labels: {app: db}}
spec: {nodeName: node-a, containers: [{name: a, image: b}]}
";
    let unknown = item(&offline(text, &["-o", "json", "pod/web"]));
    let node = |item: &serde_json::Value, name: &str| {
        let nodes = item["nodes"].as_array().unwrap().iter();
        nodes.clone().find(|own| own["name"] == name).unwrap()["fits"].clone()
    };
    assert!(node(&unknown, "node-a").is_null(), "{unknown}");
    let other = "- {apiVersion: v1, kind: Namespace, metadata: {name: other, labels: {env: prod}}}";
    let list = format!("{text}---\napiVersion: v1\nkind: List\nitems:\n{other}\n");
    let known = item(&offline(&list, &["-o", "json", "pod/web"]));
    assert_eq!(node(&known, "node-a"), false, "{known}");
    assert_eq!(node(&known, "node-c"), true, "{known}");
}

#[test]
fn the_pods_of_a_job_have_its_name_as_a_label() {
    let text = "\
apiVersion: batch/v1
kind: Job
metadata: {name: sum}
spec:
  template:
    spec:
      restartPolicy: Never
      containers: [{name: a, image: b}]
      affinity:
        podAffinity:
          requiredDuringSchedulingIgnoredDuringExecution:
          - {topologyKey: zone, labelSelector: {matchLabels: {job-name: sum}}}
";
    let item = item(&offline(text, &["-o", "json"]));
    assert_eq!(item["verdict"], "ok", "{item}");
}

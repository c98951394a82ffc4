//! The nearest miss of small clusters.

use k8s_openapi::api::core::v1::{Node, Pod};
use serde_json::{Value, json};

use super::{Change, KnownLabels, RequestOwner, nearest_changes, unknown_labels};
use crate::scheduling::{Evaluation, NodeResult, Snapshot};
use crate::version::KubernetesVersion;

fn node(name: &str, labels: &Value, spec: &Value) -> Node {
    let value = json!({"metadata": {"name": name, "labels": labels}, "spec": spec,
        "status": {"allocatable": {"cpu": "4", "memory": "8Gi", "pods": "10"}}});
    serde_json::from_value(value).unwrap()
}

fn pod(spec: &Value) -> Pod {
    let value = json!({"metadata": {"name": "web", "namespace": "default", "labels": {"app": "web"}},
        "spec": spec});
    serde_json::from_value(value).unwrap()
}

fn container(cpu: &str) -> Value {
    json!([{"name": "c", "resources": {"requests": {"cpu": cpu}}}])
}

/// Returns the changes with the numbers of the nodes that each frees.
fn changes(nodes: &[Node], running: &[Pod], pod: &Pod) -> Vec<(Change, Vec<usize>)> {
    let mut builder = Snapshot::builder(KubernetesVersion::V1_37);
    for node in nodes {
        builder.node(node);
    }
    for pod in running {
        builder.pod(pod);
    }
    let snapshot = builder.build();
    let evaluation = Evaluation::new(&snapshot, pod);
    let results: Vec<NodeResult> = evaluation.nodes().collect();
    let known = KnownLabels::of(&snapshot);
    let changes = nearest_changes(&snapshot, pod, &evaluation, &results, &known);
    changes
        .into_iter()
        .map(|own| (own.change, own.nodes))
        .collect()
}

#[test]
fn the_change_that_frees_most_nodes_is_first() {
    let taint = json!({"taints": [{"key": "gpu", "effect": "NoSchedule"}]});
    let nodes = [
        node("a", &json!({}), &json!({})),
        node("b", &json!({}), &json!({})),
        node("c", &json!({"disk": "ssd"}), &taint),
        // Two reasons: no single change frees it.
        node("d", &json!({}), &taint),
    ];
    let pod = pod(&json!({"nodeSelector": {"disk": "ssd"}, "containers": container("1")}));
    let changes = changes(&nodes, &[], &pod);
    let label = Change::AddLabel {
        key: "disk".to_owned(),
        value: "ssd".to_owned(),
        overwrites: false,
    };
    assert_eq!(changes[0], (label, vec![0, 1]));
    let tolerated = changes
        .iter()
        .find(|(own, _)| matches!(own, Change::Tolerate(_)));
    assert_eq!(tolerated.unwrap().1, [2]);
    assert!(changes.iter().all(|(_, nodes)| !nodes.contains(&3)));
}

#[test]
fn the_largest_request_is_one_that_fits() {
    let nodes = [
        node("a", &json!({}), &json!({})),
        node("b", &json!({}), &json!({})),
    ];
    let mut other = pod(&json!({"nodeName": "a", "containers": container("2500m")}));
    other.metadata.name = Some("other".to_owned());
    let pod = pod(&json!({"containers": container("6")}));
    let changes = changes(&nodes, &[other], &pod);
    let lower = |to| Change::LowerRequest {
        resource: "cpu".to_owned(),
        owner: RequestOwner::Container("c".to_owned()),
        from: 6000,
        to,
    };
    assert_eq!(changes, [(lower(4000), vec![1])]);
}

#[test]
fn the_request_that_is_too_high_is_that_of_its_owner() {
    let of = |name: &str, cpu: &str| json!({"name": name, "resources": {"requests": {"cpu": cpu}}});
    let sidecar = |cpu: &str| {
        let mut own = of("side", cpu);
        own["restartPolicy"] = json!("Always");
        own
    };
    let container = |name: &str| RequestOwner::Container(name.to_owned());
    for (spec, owner) in [
        (json!({"containers": [of("c", "6")]}), container("c")),
        (
            json!({"containers": [of("c", "6"), {"name": "d"}]}),
            container("c"),
        ),
        (
            json!({"containers": [of("c", "1")], "initContainers": [of("i", "6")]}),
            RequestOwner::InitContainer("i".to_owned()),
        ),
        (
            json!({"containers": [of("c", "5")], "initContainers": [of("i", "6")]}),
            RequestOwner::Containers,
        ),
        (
            json!({"containers": [of("c", "3"), of("d", "3")]}),
            RequestOwner::Containers,
        ),
        (
            json!({"containers": [of("c", "3")], "initContainers": [sidecar("3")]}),
            RequestOwner::Containers,
        ),
        (
            json!({"containers": [of("c", "1")], "resources": {"requests": {"cpu": "6"}}}),
            RequestOwner::Pod,
        ),
        (
            json!({"containers": [of("c", "5")], "resources": {"requests": {"cpu": "6"}}}),
            RequestOwner::PodAndContainers,
        ),
    ] {
        let changes = changes(&[node("a", &json!({}), &json!({}))], &[], &pod(&spec));
        let lower = Change::LowerRequest {
            resource: "cpu".to_owned(),
            owner,
            from: 6000,
            to: 4000,
        };
        assert_eq!(changes, [(lower, vec![0])], "{spec}");
    }
    // The overhead comes on top.
    let spec = json!({"containers": [of("c", "5")], "overhead": {"cpu": "1"}});
    let changes = changes(&[node("a", &json!({}), &json!({}))], &[], &pod(&spec));
    let lower = Change::LowerRequest {
        resource: "cpu".to_owned(),
        owner: container("c"),
        from: 5000,
        to: 3000,
    };
    assert_eq!(changes, [(lower, vec![0])]);
}

#[test]
fn a_cordon_and_its_taint_are_one_change() {
    let cordoned = json!({"unschedulable": true,
        "taints": [{"key": "node.kubernetes.io/unschedulable", "effect": "NoSchedule"}]});
    let not_ready =
        json!({"taints": [{"key": "node.kubernetes.io/not-ready", "effect": "NoExecute"}]});
    let nodes = [
        node("a", &json!({}), &cordoned),
        node("b", &json!({}), &not_ready),
    ];
    let changes = changes(&nodes, &[], &pod(&json!({"containers": container("1")})));
    assert_eq!(changes, [(Change::Uncordon, vec![0])]);
}

#[test]
fn a_spread_that_is_too_strict_needs_the_least_larger_skew() {
    let zone = |name: &str| node(name, &json!({"zone": name}), &json!({}));
    let cordoned = node("b", &json!({"zone": "b"}), &json!({"unschedulable": true}));
    let running: Vec<Pod> = (0..2)
        .map(|n| {
            let mut own = pod(&json!({"nodeName": "a", "containers": container("1")}));
            own.metadata.name = Some(format!("own-{n}"));
            own
        })
        .collect();
    let pod = pod(
        &json!({"containers": container("1"), "topologySpreadConstraints": [{
        "maxSkew": 1, "topologyKey": "zone", "whenUnsatisfiable": "DoNotSchedule",
        "labelSelector": {"matchLabels": {"app": "web"}}}]}),
    );
    let changes = changes(&[zone("a"), cordoned], &running, &pod);
    let skew = Change::RaiseMaxSkew {
        constraint: 0,
        key: "zone".to_owned(),
        max_skew: 3,
    };
    assert!(changes.contains(&(skew, vec![0])), "{changes:?}");
    assert!(
        changes.contains(&(Change::Uncordon, vec![1])),
        "{changes:?}"
    );
}

#[test]
fn a_pod_that_its_own_spread_does_not_count_needs_one_skew_less() {
    let zone = |name: &str| node(name, &json!({"zone": name}), &json!({}));
    let cordoned = node("b", &json!({"zone": "b"}), &json!({"unschedulable": true}));
    let running: Vec<Pod> = (0..2)
        .map(|n| {
            let mut own = pod(&json!({"nodeName": "a", "containers": container("1")}));
            own.metadata.name = Some(format!("own-{n}"));
            own
        })
        .collect();
    let mut pod = pod(
        &json!({"containers": container("1"), "topologySpreadConstraints": [{
        "maxSkew": 1, "topologyKey": "zone", "whenUnsatisfiable": "DoNotSchedule",
        "labelSelector": {"matchLabels": {"app": "web"}}}]}),
    );
    pod.metadata.labels = None;
    let changes = changes(&[zone("a"), cordoned], &running, &pod);
    let skew = Change::RaiseMaxSkew {
        constraint: 0,
        key: "zone".to_owned(),
        max_skew: 2,
    };
    assert!(changes.contains(&(skew, vec![0])), "{changes:?}");
}

#[test]
fn host_ports_and_pod_affinity_are_named() {
    let nodes = [node("a", &json!({"zone": "z"}), &json!({}))];
    let port =
        json!([{"name": "c", "ports": [{"containerPort": 80, "hostPort": 80, "protocol": "TCP"}]}]);
    let mut other = pod(&json!({"nodeName": "a", "containers": port}));
    other.metadata.name = Some("other".to_owned());
    let found = changes(
        &nodes,
        std::slice::from_ref(&other),
        &pod(&json!({"containers": port})),
    );
    let free = Change::DropHostPort {
        port: 80,
        protocol: "TCP".to_owned(),
    };
    assert_eq!(found, [(free, vec![0])]);
    let anti = json!({"podAntiAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": [
        {"topologyKey": "zone", "labelSelector": {"matchLabels": {"app": "web"}}}]}});
    let anti = pod(&json!({"affinity": anti, "containers": container("1")}));
    let found = changes(&nodes, &[other], &anti);
    assert!(
        matches!(&found[..], [(Change::DropPodAffinity { is_anti: true, term: 0, .. }, nodes)] if *nodes == [0]),
        "{found:?}"
    );
}

#[test]
fn labels_that_no_node_has_lead_to_similar_ones() {
    let mut builder = Snapshot::builder(KubernetesVersion::V1_37);
    builder.node(&node(
        "a",
        &json!({"disktype": "ssd", "kubernetes.io/os": "linux"}),
        &json!({}),
    ));
    let snapshot = builder.build();
    let known = KnownLabels::of(&snapshot);
    let spec = pod(&json!({"containers": [], "nodeSelector":
        {"disktyp": "ssd", "disktype": "sdd", "beta.kubernetes.io/os": "linux", "kubernetes.io/os": "linux"}}));
    let unknown = unknown_labels(&spec.spec.unwrap(), &known);
    let found: Vec<_> = unknown
        .iter()
        .map(|own| (own.key.as_str(), own.suggestion.clone()))
        .collect();
    let label = |key: &str, value: &str| Some((key.to_owned(), Some(value.to_owned())));
    assert_eq!(
        found,
        [
            ("beta.kubernetes.io/os", label("kubernetes.io/os", "linux")),
            ("disktyp", label("disktype", "ssd")),
            ("disktype", label("disktype", "ssd")),
        ]
    );
}

#[test]
fn labels_that_say_what_a_node_is_are_not_to_be_changed() {
    let labels = |key: &str, value: &str| {
        let nodes = [
            node("a", &json!({key: value}), &json!({})),
            node("b", &json!({}), &json!({})),
        ];
        let wanted = pod(&json!({"containers": container("1"), "nodeSelector": {key: "other"}}));
        let changes = changes(&nodes, &[], &wanted).into_iter();
        let labelled = changes.filter(|(own, _)| matches!(own, Change::AddLabel { .. }));
        labelled.flat_map(|(_, nodes)| nodes).collect::<Vec<_>>()
    };
    assert_eq!(labels("disk", "ssd"), [0, 1]);
    assert_eq!(labels("topology.kubernetes.io/zone", "z"), [1]);
    for key in [
        "kubernetes.io/os",
        "kubernetes.io/arch",
        "kubernetes.io/hostname",
        "node.kubernetes.io/instance-type",
    ] {
        assert!(labels(key, "linux").is_empty(), "{key}");
    }
}

#[test]
fn too_few_domains_are_enough_with_a_lower_number() {
    let zone = |name: &str| node(name, &json!({"zone": "one"}), &json!({}));
    let mut own = pod(&json!({"nodeName": "a", "containers": container("1")}));
    own.metadata.name = Some("own".to_owned());
    let pod = pod(
        &json!({"containers": container("1"), "topologySpreadConstraints": [{
        "maxSkew": 1, "minDomains": 3, "topologyKey": "zone", "whenUnsatisfiable": "DoNotSchedule",
        "labelSelector": {"matchLabels": {"app": "web"}}}]}),
    );
    let changes = changes(&[zone("a"), zone("b")], &[own], &pod);
    let lower = Change::LowerMinDomains {
        constraint: 0,
        key: "zone".to_owned(),
        min_domains: 1,
    };
    assert!(changes.contains(&(lower, vec![0, 1])), "{changes:?}");
}

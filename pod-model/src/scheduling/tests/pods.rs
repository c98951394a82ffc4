//! Plugins that look at other Pods.

use serde_json::{Value, json};

use super::*;

const SPREAD: &str = "PodTopologySpread: node(s) didn't match pod topology spread constraints";
const AFFINITY: &str = "InterPodAffinity: node(s) didn't match pod affinity rules";
const ANTI: &str = "InterPodAffinity: node(s) didn't match pod anti-affinity rules";
const EXISTING: &str = "InterPodAffinity: node(s) didn't satisfy existing pods anti-affinity rules";

fn zoned(name: &str, zone: &str) -> Node {
    node(name, &json!({"metadata": {"labels": {"zone": zone}}}))
}

fn labelled(name: &str, node: &str, app: &str) -> Pod {
    running(name, node, &json!({"metadata": {"labels": {"app": app}}}))
}

fn term(app: &str, other: &Value) -> Value {
    let base = json!({"topologyKey": "zone", "labelSelector": {"matchLabels": {"app": app}}});
    merged(base, other)
}

fn with_terms(kind: &str, terms: &Value) -> Value {
    json!({"spec": {"affinity": {kind: {"requiredDuringSchedulingIgnoredDuringExecution": terms}}}})
}

fn spread(constraint: &Value) -> Pod {
    let base = json!({
        "topologyKey": "zone", "maxSkew": 1, "whenUnsatisfiable": "DoNotSchedule",
        "labelSelector": {"matchLabels": {"app": "x"}},
    });
    pod(
        "p",
        &json!({"metadata": {"labels": {"app": "x"}}, "spec": {"topologySpreadConstraints": [merged(base, constraint)]}}),
    )
}

#[test]
fn spread_counts_domains_of_nodes_that_have_every_key() {
    let nodes = [zoned("a", "1"), zoned("b", "2"), node("c", &json!({}))];
    let snapshot = snapshot(&nodes, &[labelled("x1", "a", "x")]);
    let missing = format!("{SPREAD} (missing required label)");
    for (constraint, expected) in [
        (json!({}), [SPREAD, "fits", missing.as_str()]),
        (json!({"maxSkew": 2}), ["fits", "fits", &missing]),
        (
            json!({"whenUnsatisfiable": "ScheduleAnyway"}),
            ["fits", "fits", "fits"],
        ),
        // Of fewer domains than there should be, the least is 0.
        (
            json!({"maxSkew": 2, "minDomains": 3}),
            ["fits", "fits", &missing],
        ),
        // An empty selector counts nobody, and selects the Pod itself.
        (
            json!({"labelSelector": {"matchLabels": null}}),
            ["fits", "fits", &missing],
        ),
        (json!({"labelSelector": null}), ["fits", "fits", &missing]),
    ] {
        assert_eq!(
            answers(&snapshot, &spread(&constraint)),
            expected,
            "{constraint}"
        );
    }
}

#[test]
fn spread_leaves_out_pods_that_are_deleted_or_of_other_namespaces() {
    let nodes = [zoned("a", "1"), zoned("b", "2")];
    for (other, expected) in [
        (json!({}), [SPREAD, "fits"]),
        (
            json!({"metadata": {"deletionTimestamp": "2026-01-01T00:00:00Z"}}),
            ["fits", "fits"],
        ),
        (json!({"metadata": {"namespace": "e"}}), ["fits", "fits"]),
        (json!({"status": {"phase": "Failed"}}), ["fits", "fits"]),
    ] {
        let labels = json!({"metadata": {"labels": {"app": "x"}}});
        let pods = [running("x1", "a", &merged(labels, &other))];
        let found = answers(&snapshot(&nodes, &pods), &spread(&json!({})));
        assert_eq!(found, expected, "{other}");
    }
}

#[test]
fn spread_honors_affinity_and_ignores_taints_unless_told() {
    let tainted = json!({"metadata": {"labels": {"zone": "2"}}, "spec": {"taints": [{"key": "k", "effect": "NoSchedule"}]}});
    let nodes = [zoned("a", "1"), node("b", &tainted)];
    let pods = [labelled("x1", "a", "x")];
    let snapshot = snapshot(&nodes, &pods);
    let taint = "TaintToleration: node(s) had untolerated taint(s)";
    let found = answers(&snapshot, &spread(&json!({})));
    assert_eq!(found, [SPREAD, taint]);
    let found = answers(&snapshot, &spread(&json!({"nodeTaintsPolicy": "Honor"})));
    assert_eq!(found, ["fits", taint]);
    let mut selecting = spread(&json!({}));
    selecting.spec.as_mut().unwrap().node_selector =
        Some([("zone".to_owned(), "1".to_owned())].into());
    assert_eq!(answers(&snapshot, &selecting)[0], "fits");
    let mut ignoring = spread(&json!({"nodeAffinityPolicy": "Ignore"}));
    ignoring.spec.as_mut().unwrap().node_selector = selecting.spec.unwrap().node_selector;
    assert_eq!(answers(&snapshot, &ignoring)[0], SPREAD);
}

#[test]
fn labels_of_the_pod_can_be_part_of_the_selector() {
    let nodes = [zoned("a", "1"), zoned("b", "2")];
    let old = running(
        "x1",
        "a",
        &json!({"metadata": {"labels": {"app": "x", "hash": "old"}}}),
    );
    let mut pod = spread(&json!({"matchLabelKeys": ["hash", "absent"]}));
    let labels = pod.metadata.labels.as_mut().unwrap();
    labels.insert("hash".to_owned(), "new".to_owned());
    assert_eq!(answers(&snapshot(&nodes, &[old]), &pod), ["fits", "fits"]);
}

#[test]
fn affinity_asks_one_pod_for_all_terms() {
    let nodes = [zoned("a", "1"), zoned("b", "2"), node("c", &json!({}))];
    let both = running(
        "xy",
        "b",
        &json!({"metadata": {"labels": {"app": "x", "tier": "y"}}}),
    );
    let tier = json!({"topologyKey": "zone", "labelSelector": {"matchLabels": {"tier": "y"}}});
    let pod = pod(
        "p",
        &with_terms("podAffinity", &json!([term("x", &json!({})), tier])),
    );
    let apart = [
        labelled("x1", "a", "x"),
        running("y1", "a", &json!({"metadata": {"labels": {"tier": "y"}}})),
    ];
    assert_eq!(answers(&snapshot(&nodes, &apart), &pod), [AFFINITY; 3]);
    let found = answers(&snapshot(&nodes, &[apart[0].clone(), both]), &pod);
    assert_eq!(found, [AFFINITY, "fits", AFFINITY]);
}

#[test]
fn the_first_pod_of_a_series_may_go_anywhere() {
    let nodes = [zoned("a", "1"), node("c", &json!({}))];
    let series = merged(
        with_terms("podAffinity", &json!([term("x", &json!({}))])),
        &json!({"metadata": {"labels": {"app": "x"}}}),
    );
    let pod = pod("p", &series);
    assert_eq!(answers(&snapshot(&nodes, &[]), &pod), ["fits", AFFINITY]);
}

#[test]
fn anti_affinity_counts_pods_that_are_deleted() {
    let nodes = [zoned("a", "1"), zoned("b", "1"), zoned("c", "2")];
    let deleted = running(
        "x1",
        "a",
        &json!({"metadata": {"labels": {"app": "x"}, "deletionTimestamp": "2026-01-01T00:00:00Z"}}),
    );
    let pod = pod(
        "p",
        &with_terms("podAntiAffinity", &json!([term("x", &json!({}))])),
    );
    let found = answers(&snapshot(&nodes, &[deleted]), &pod);
    assert_eq!(found, [ANTI, ANTI, "fits"]);
}

#[test]
fn anti_affinity_of_others_keeps_a_pod_away() {
    let nodes = [zoned("a", "1"), zoned("b", "2")];
    let selects_team = json!({"namespaceSelector": {"matchLabels": {"team": "t"}}});
    let none = json!({"namespaceSelector": {"matchLabels": null}});
    for (other, expected) in [
        (json!({}), [EXISTING, "fits"]),
        (json!({"namespaces": ["e"]}), ["fits", "fits"]),
        (selects_team, [EXISTING, "fits"]),
        (none, [EXISTING, "fits"]),
        (
            json!({"namespaceSelector": {"matchLabels": {"team": "u"}}}),
            ["fits", "fits"],
        ),
    ] {
        let existing = running(
            "e1",
            "a",
            &with_terms("podAntiAffinity", &json!([term("x", &other)])),
        );
        let mut builder = builder(KubernetesVersion::LATEST);
        for node in &nodes {
            builder.node(node);
        }
        let namespace = json!({"metadata": {"name": "d", "labels": {"team": "t"}}});
        builder.namespace(&serde_json::from_value(namespace).unwrap());
        let snapshot = builder.pod(&existing).build();
        let pod = pod("p", &json!({"metadata": {"labels": {"app": "x"}}}));
        assert_eq!(answers(&snapshot, &pod), expected, "{other}");
    }
}

#[test]
fn a_selector_of_namespaces_is_unknown_without_them() {
    let nodes = [zoned("a", "1")];
    let selector = json!({"namespaceSelector": {"matchLabels": {"team": "t"}}});
    let unknown = |terms: &Value, pods: &[Pod]| {
        let mut builder = Snapshot::builder(KubernetesVersion::LATEST);
        builder.node(&nodes[0]);
        for pod in pods {
            builder.pod(pod);
        }
        answers(&builder.build(), &pod("p", terms))
    };
    let own = with_terms("podAntiAffinity", &json!([term("x", &selector)]));
    assert_eq!(unknown(&own, &[]), ["unknown"]);
    let existing = [running("e1", "a", &own)];
    let labels = |app: &str| json!({"metadata": {"labels": {"app": app}}});
    assert_eq!(unknown(&labels("x"), &existing), ["unknown"]);
    assert_eq!(unknown(&labels("y"), &existing), ["fits"]);
}

#[test]
fn a_running_pod_is_not_in_its_own_way() {
    let nodes = [zoned("a", "1"), zoned("b", "2")];
    let alone = merged(
        with_terms("podAntiAffinity", &json!([term("x", &json!({}))])),
        &json!({
            "metadata": {"labels": {"app": "x"}},
            "spec": {
                "containers": [{"name": "c", "ports": [{"containerPort": 1, "hostPort": 1}], "resources": {"requests": {"cpu": "3", "e.com/x": "1"}}}],
                "volumes": [{"name": "v", "persistentVolumeClaim": {"claimName": "v"}}],
            },
        }),
    );
    let own = running("x1", "a", &alone);
    let others = [labelled("x2", "b", "x"), running("y", "a", &json!({}))];
    let with = snapshot(&nodes, &[others[0].clone(), others[1].clone(), own.clone()]);
    let without = snapshot(&nodes, &others);
    let taken_out = with.without_pod(&own);
    for (a, b) in taken_out.nodes().iter().zip(without.nodes()) {
        let (a, b) = (a.pods(), b.pods());
        assert_eq!(a.requested().milli_cpu, b.requested().milli_cpu);
        assert_eq!(a.count(), b.count());
        assert_eq!(a.ports(), b.ports());
        assert_eq!(a.priorities(), b.priorities());
        assert_eq!(a.non_zero_requested(), b.non_zero_requested());
        assert_eq!(a.groups().count(), b.groups().count());
        assert!(a.claims.is_empty() && b.claims.is_empty());
    }
}

#[test]
fn memory_is_that_of_groups_if_only_labels_are_kept_that_are_selected() {
    let target = spread(&json!({}));
    let mut builder = builder(KubernetesVersion::LATEST);
    builder.only_for(&[&target]).node(&zoned("a", "1"));
    for at in 0..100 {
        let name = format!("x{at}");
        let labels = json!({"metadata": {"labels": {"app": "x", "pod-index": at.to_string()}}});
        builder.pod(&running(&name, "a", &labels));
    }
    let snapshot = builder.build();
    assert_eq!(snapshot.groups().len(), 1);
    assert_eq!(snapshot.nodes()[0].pods().count(), 100);
}

//! Plugins that look at the node and at sums.

use serde_json::{Value, json};

use super::*;
use crate::scheduling::{Cause, Plugin, Stage};

const AFFINITY: &str = "NodeAffinity: node(s) didn't match Pod's node affinity/selector";

#[test]
fn a_node_is_refused_for_every_reason_in_the_order_of_the_plugins() {
    let node = node(
        "a",
        &json!({
            "spec": {"unschedulable": true, "taints": [{"key": "gpu", "value": "yes", "effect": "NoSchedule"}]},
            "status": {"allocatable": {"cpu": "1"}},
        }),
    );
    let pod = pod(
        "p",
        &json!({"spec": {
            "nodeSelector": {"disk": "ssd"},
            "containers": [{"name": "c", "resources": {"requests": {"cpu": "2", "memory": "9Gi"}}}],
        }}),
    );
    let snapshot = snapshot(&[node], &[]);
    let result = Evaluation::new(&snapshot, &pod).node(0);
    let found: Vec<(&str, &str, Option<&str>)> = result
        .reasons()
        .map(|reason| {
            (
                reason.plugin.name(),
                reason.message.as_str(),
                reason.detail.as_deref(),
            )
        })
        .collect();
    assert_eq!(
        found,
        [
            ("NodeUnschedulable", "node(s) were unschedulable", None),
            (
                "TaintToleration",
                "node(s) had untolerated taint(s)",
                Some("gpu=yes:NoSchedule"),
            ),
            (
                "NodeAffinity",
                "node(s) didn't match Pod's node affinity/selector",
                Some("`disk=ssd` is required, the label is absent"),
            ),
            (
                "NodeResourcesFit",
                "Insufficient cpu",
                Some("requests 2 cpu, 0 of 1 are requested by others"),
            ),
            (
                "NodeResourcesFit",
                "Insufficient memory",
                Some("requests 9Gi memory, 0 of 8Gi are requested by others"),
            ),
        ]
    );
    assert_eq!(result.first_failure().len(), 1);
}

#[test]
fn the_message_about_a_taint_names_it_before_1_34() {
    let node = node(
        "a",
        &json!({"spec": {"taints": [{"key": "k", "value": "v", "effect": "NoExecute"}, {"key": "soft", "effect": "PreferNoSchedule"}]}}),
    );
    for (version, message) in [
        (
            KubernetesVersion::V1_33,
            "node(s) had untolerated taint {k: v}",
        ),
        (KubernetesVersion::V1_34, "node(s) had untolerated taint(s)"),
    ] {
        let snapshot = builder(version).node(&node).build();
        let found = answers(&snapshot, &pod("p", &json!({})));
        assert_eq!(found, [format!("TaintToleration: {message}")]);
    }
}

#[test]
fn a_cordoned_node_is_tolerated_through_its_taint() {
    let node = node("a", &json!({"spec": {"unschedulable": true}}));
    let pod = pod(
        "p",
        &json!({"spec": {"tolerations": [{"key": "node.kubernetes.io/unschedulable", "operator": "Exists"}]}}),
    );
    assert_eq!(answers(&snapshot(&[node], &[]), &pod), ["fits"]);
}

#[test]
fn terms_of_node_affinity_are_alternatives_and_an_empty_one_matches_nothing() {
    let nodes = [node("a", &json!({"metadata": {"labels": {"disk": "ssd"}}}))];
    let snapshot = snapshot(&nodes, &[]);
    let required = |terms: &Value| {
        pod(
            "p",
            &json!({"spec": {"affinity": {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": terms}}}}}),
        )
    };
    let ssd = json!({"matchExpressions": [{"key": "disk", "operator": "In", "values": ["ssd"]}]});
    let invalid =
        json!({"matchExpressions": [{"key": "disk", "operator": "Gt", "values": ["-5"]}]});
    for (terms, expected) in [
        (json!([{}, ssd]), "fits"),
        (json!([{}]), AFFINITY),
        (json!([invalid]), AFFINITY),
        (json!([invalid, ssd]), "fits"),
    ] {
        assert_eq!(answers(&snapshot, &required(&terms)), [expected], "{terms}");
    }
}

#[test]
fn names_in_the_affinity_narrow_the_nodes_before_any_filter() {
    let nodes = [
        node("a", &json!({"spec": {"unschedulable": true}})),
        node("b", &json!({})),
    ];
    let snapshot = snapshot(&nodes, &[]);
    let named = |values: &Value| {
        pod(
            "p",
            &json!({"spec": {"affinity": {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": [
                {"matchFields": values},
            ]}}}}}),
        )
    };
    let only = |name: &str| json!({"key": "metadata.name", "operator": "In", "values": [name]});
    let pod = named(&json!([only("b")]));
    let evaluation = Evaluation::new(&snapshot, &pod);
    let first = evaluation.node(0);
    let first = &first.first_failure()[0];
    assert_eq!(
        first.message,
        "node(s) didn't satisfy plugin(s) [NodeAffinity]"
    );
    assert_eq!(
        (first.plugin, &first.cause),
        (Plugin::NodeAffinity, &Cause::NotNamed)
    );
    assert_eq!(evaluation.node(1).fits(), Verdict::Ok);
    let pod = named(&json!([only("a"), only("b")]));
    let evaluation = Evaluation::new(&snapshot, &pod);
    let failure = &evaluation.cycle_failures()[0];
    assert_eq!(failure.message, "pod affinity terms conflict");
    assert_eq!(failure.stage, Stage::PreFilter);
}

#[test]
fn node_name_narrows_the_nodes_from_1_37_on() {
    let nodes = [node("a", &json!({})), node("b", &json!({}))];
    let pod = pod("p", &json!({"spec": {"nodeName": "b"}}));
    for (version, message) in [
        (
            KubernetesVersion::V1_36,
            "node(s) didn't match the requested node name",
        ),
        (
            KubernetesVersion::V1_37,
            "node(s) didn't satisfy plugin(s) [NodeName]",
        ),
    ] {
        let snapshot = builder(version).node(&nodes[0]).node(&nodes[1]).build();
        let evaluation = Evaluation::new(&snapshot, &pod);
        assert_eq!(evaluation.node(0).first_failure()[0].message, message);
        assert_eq!(evaluation.node(1).fits(), Verdict::Ok);
    }
}

#[test]
fn used_is_the_sum_of_rounded_requests_of_pods_that_have_not_ended() {
    let nodes = [node(
        "a",
        &json!({"status": {"allocatable": {"cpu": "10m", "pods": "4"}}}),
    )];
    let small = |name: &str, other: &Value| {
        let requests = json!({"spec": {"containers": [{"name": "c", "resources": {"requests": {"cpu": "100u"}}}]}});
        running(name, "a", &merged(requests, other))
    };
    let pods = [
        small("one", &json!({})),
        small(
            "deleted",
            &json!({"metadata": {"deletionTimestamp": "2026-01-01T00:00:00Z"}}),
        ),
        small("ended", &json!({"status": {"phase": "Succeeded"}})),
        small("failed", &json!({"status": {"phase": "Failed"}})),
    ];
    let snapshot = snapshot(&nodes, &pods);
    let requested = snapshot.nodes()[0].pods().requested();
    assert_eq!((requested.milli_cpu, requested.pods), (2, 2));
    let asks = |cpu: &str| {
        pod(
            "p",
            &json!({"spec": {"containers": [{"name": "c", "resources": {"requests": {"cpu": cpu}}}]}}),
        )
    };
    assert_eq!(answers(&snapshot, &asks("8m")), ["fits"]);
    assert_eq!(
        answers(&snapshot, &asks("8001u")),
        ["NodeResourcesFit: Insufficient cpu"]
    );
}

#[test]
fn a_node_without_a_number_of_pods_takes_none() {
    let mut node = node("a", &json!({}));
    let status = node.status.as_mut().unwrap();
    status.allocatable.as_mut().unwrap().remove("pods");
    let found = answers(&snapshot(&[node], &[]), &pod("p", &json!({})));
    assert_eq!(found, ["NodeResourcesFit: Too many pods"]);
}

#[test]
fn host_ports_of_sidecars_count_from_1_33_on() {
    let ports = json!([{"containerPort": 80, "hostPort": 80}]);
    let sidecar = running(
        "s",
        "a",
        &json!({"spec": {"initContainers": [{"name": "i", "restartPolicy": "Always", "ports": ports}]}}),
    );
    let pod = pod(
        "p",
        &json!({"spec": {"containers": [{"name": "c", "ports": ports}]}}),
    );
    let taken = "NodePorts: node(s) didn't have free ports for the requested pod ports";
    for (version, expected) in [
        (KubernetesVersion::V1_32, "fits"),
        (KubernetesVersion::V1_33, taken),
    ] {
        let snapshot = builder(version)
            .node(&node("a", &json!({})))
            .pod(&sidecar)
            .build();
        assert_eq!(answers(&snapshot, &pod), [expected]);
    }
}

#[test]
fn an_extended_resource_of_a_device_class_is_not_evaluated() {
    let pod = pod(
        "p",
        &json!({"spec": {"containers": [{"name": "c", "resources": {"requests": {"e.com/gpu": "1"}}}]}}),
    );
    let node = node("a", &json!({}));
    let insufficient = "NodeResourcesFit: Insufficient e.com/gpu";
    for (version, has_class, expected) in [
        (KubernetesVersion::V1_35, true, insufficient),
        (KubernetesVersion::V1_36, false, insufficient),
        (KubernetesVersion::V1_36, true, "unknown"),
    ] {
        let mut builder = builder(version);
        builder.node(&node);
        if has_class {
            builder.device_class("e.com/gpu");
        }
        assert_eq!(answers(&builder.build(), &pod), [expected], "{version}");
    }
    let unknown = Snapshot::builder(KubernetesVersion::LATEST)
        .node(&node)
        .build();
    assert_eq!(answers(&unknown, &pod), ["unknown"]);
}

#[test]
fn resource_claims_are_not_evaluated() {
    let pod = pod(
        "p",
        &json!({"spec": {"resourceClaims": [{"name": "r", "resourceClaimName": "x"}]}}),
    );
    assert_eq!(
        answers(&snapshot(&[node("a", &json!({}))], &[]), &pod),
        ["unknown"]
    );
}

#[test]
fn a_node_has_to_declare_the_features_that_a_pod_needs() {
    let nodes = [
        node("a", &json!({})),
        node(
            "b",
            &json!({"status": {"declaredFeatures": ["UserNamespacesHostNetworkSupport"]}}),
        ),
    ];
    let pod = pod(
        "p",
        &json!({"spec": {"hostNetwork": true, "hostUsers": false}}),
    );
    let missing = "NodeDeclaredFeatures: node(s) didn't match Pod's required features";
    for (version, expected) in [
        (KubernetesVersion::V1_35, ["fits", "fits"]),
        (KubernetesVersion::V1_36, [missing, "fits"]),
    ] {
        let snapshot = builder(version).node(&nodes[0]).node(&nodes[1]).build();
        assert_eq!(answers(&snapshot, &pod), expected);
    }
}

#[test]
fn the_only_term_of_the_node_affinity_names_what_it_lacks() {
    let node = node(
        "a",
        &json!({"metadata": {"labels": {"disk": "hdd", "size": "3"}}}),
    );
    let snapshot = snapshot(&[node], &[]);
    let detail = |terms: &serde_json::Value| {
        let pod = pod(
            "p",
            &json!({"spec": {"affinity": {"nodeAffinity": {
                "requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": terms},
            }}}}),
        );
        let result = Evaluation::new(&snapshot, &pod).node(0);
        let detail = result.reasons().next().and_then(|own| own.detail.clone());
        detail.unwrap_or_default()
    };
    let ssd =
        json!({"matchExpressions": [{"key": "disk", "operator": "In", "values": ["ssd", "nvme"]}]});
    assert_eq!(
        detail(&json!([ssd])),
        "`disk in (ssd,nvme)` is required, the label is `hdd` on the node"
    );
    let both = json!({"matchExpressions": [
        {"key": "size", "operator": "Gt", "values": ["2"]},
        {"key": "size", "operator": "Lt", "values": ["3"]},
        {"key": "zone", "operator": "Exists"},
    ]});
    assert_eq!(
        detail(&json!([both])),
        "`size < 3` is required, the label is `3` on the node; `zone` is required, the label is absent"
    );
    let nothing = "no term of the required node affinity matches";
    assert_eq!(detail(&json!([ssd, both])), nothing);
    assert_eq!(detail(&json!([{}])), nothing);
}

#[test]
fn a_required_name_is_told_beside_the_name_of_the_node() {
    let terms =
        json!([{"matchFields": [{"key": "metadata.name", "operator": "In", "values": ["b"]}]}]);
    let pod = pod(
        "p",
        &json!({"spec": {"affinity": {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": terms}}}}}),
    );
    let snapshot = snapshot(&[node("a", &json!({})), node("b", &json!({}))], &[]);
    let evaluation = Evaluation::new(&snapshot, &pod);
    let details = |at: usize| {
        let result = evaluation.node(at);
        let details = result.reasons().filter_map(|own| own.detail.clone());
        details.collect::<Vec<_>>()
    };
    let told = "`metadata.name in (b)` is required, the node's name is `a`";
    assert_eq!(details(0), [told]);
    assert!(details(1).is_empty());
}

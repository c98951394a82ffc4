//! Plugins that look at volumes.

use serde_json::{Value, json};

use super::*;

const BINDING: &str = "VolumeBinding: node(s) didn't find available persistent volumes to bind";
const CONFLICT: &str = "VolumeBinding: node(s) didn't match PersistentVolume's node affinity";

pub(super) fn object<K: serde::de::DeserializeOwned>(value: Value) -> K {
    serde_json::from_value(value).unwrap()
}

pub(super) fn claim(name: &str, other: &Value) -> Value {
    let base = json!({
        "metadata": {"name": name, "namespace": "d", "uid": name},
        "spec": {"accessModes": ["ReadWriteOnce"], "storageClassName": "late", "resources": {"requests": {"storage": "1Gi"}}},
    });
    merged(base, other)
}

fn bound(name: &str, volume: &str) -> Value {
    claim(
        name,
        &json!({"metadata": {"annotations": {"pv.kubernetes.io/bind-completed": "yes"}}, "spec": {"volumeName": volume}}),
    )
}

pub(super) fn volume(name: &str, host: &str, other: &Value) -> Value {
    let terms = json!([{"matchExpressions": [{"key": "kubernetes.io/hostname", "operator": "In", "values": [host]}]}]);
    let base = json!({
        "metadata": {"name": name},
        "spec": {"accessModes": ["ReadWriteOnce"], "capacity": {"storage": "1Gi"}, "storageClassName": "late", "nodeAffinity": {"required": {"nodeSelectorTerms": terms}}},
        "status": {"phase": "Available"},
    });
    merged(base, other)
}

pub(super) fn class(name: &str, mode: &str, provisioner: &str) -> Value {
    json!({"metadata": {"name": name}, "provisioner": provisioner, "volumeBindingMode": mode})
}

pub(super) fn with_claims(names: &[&str]) -> Pod {
    let volumes = names
        .iter()
        .map(|name| json!({"name": name, "persistentVolumeClaim": {"claimName": name}}));
    pod(
        "p",
        &json!({"spec": {"volumes": volumes.collect::<Vec<_>>()}}),
    )
}

fn local(claims: &[Value], volumes: &[Value]) -> Snapshot {
    let mut builder = builder(KubernetesVersion::LATEST);
    builder
        .node(&node("a", &json!({})))
        .node(&node("b", &json!({})));
    builder.storage_class(&object(class(
        "late",
        "WaitForFirstConsumer",
        "kubernetes.io/no-provisioner",
    )));
    builder.storage_class(&object(class("now", "Immediate", "driver")));
    for claim in claims {
        builder.claim(&object(claim.clone()));
    }
    for volume in volumes {
        builder.persistent_volume(&object(volume.clone()));
    }
    builder.build()
}

pub(super) fn failures(snapshot: &Snapshot, pod: &Pod) -> Vec<String> {
    let evaluation = Evaluation::new(snapshot, pod);
    let failures = evaluation.cycle_failures().iter();
    failures
        .map(|failure| format!("{}: {}", failure.plugin, failure.message))
        .collect()
}

#[test]
fn a_claim_waits_for_a_node_that_reaches_a_volume() {
    let claims = [
        claim("one", &json!({})),
        claim(
            "two",
            &json!({"spec": {"resources": {"requests": {"storage": "2Gi"}}}}),
        ),
    ];
    let volumes = [
        volume("small", "a", &json!({})),
        volume(
            "large",
            "a",
            &json!({"spec": {"capacity": {"storage": "2Gi"}}}),
        ),
        volume("b-small", "b", &json!({})),
        volume(
            "b-taken",
            "b",
            &json!({"spec": {"claimRef": {"namespace": "d", "name": "other"}}}),
        ),
    ];
    let snapshot = local(&claims, &volumes);
    assert_eq!(answers(&snapshot, &with_claims(&["one"])), ["fits", "fits"]);
    assert_eq!(
        answers(&snapshot, &with_claims(&["two"])),
        ["fits", BINDING]
    );
    // The smaller request takes the smaller volume first.
    assert_eq!(
        answers(&snapshot, &with_claims(&["two", "one"])),
        ["fits", BINDING]
    );
}

#[test]
fn a_volume_that_refers_to_the_claim_is_the_only_one() {
    let reserved = volume(
        "reserved",
        "b",
        &json!({"spec": {"claimRef": {"namespace": "d", "name": "one"}}}),
    );
    let snapshot = local(
        &[claim("one", &json!({}))],
        &[volume("free", "a", &json!({})), reserved],
    );
    assert_eq!(
        answers(&snapshot, &with_claims(&["one"])),
        [BINDING, "fits"]
    );
}

#[test]
fn a_bound_volume_keeps_the_pod_where_it_is() {
    let snapshot = local(
        &[bound("one", "v"), bound("lost", "gone")],
        &[volume("v", "b", &json!({}))],
    );
    assert_eq!(
        answers(&snapshot, &with_claims(&["one"])),
        [CONFLICT, "fits"]
    );
    let missing =
        "VolumeBinding: node(s) unavailable due to one or more pvc(s) bound to non-existent pv(s)";
    let found = answers(&snapshot, &with_claims(&["lost"]));
    assert!(
        found.iter().all(|found| found.starts_with(missing)),
        "{found:?}"
    );
}

#[test]
fn claims_that_hold_the_whole_pod_back() {
    let immediate = claim("now", &json!({"spec": {"storageClassName": "now"}}));
    let deleted = claim(
        "deleted",
        &json!({"metadata": {"deletionTimestamp": "2026-01-01T00:00:00Z"}}),
    );
    let snapshot = local(&[immediate, deleted], &[]);
    assert_eq!(
        failures(&snapshot, &with_claims(&["now"]))[0],
        "VolumeBinding: pod has unbound immediate PersistentVolumeClaims"
    );
    assert_eq!(
        failures(&snapshot, &with_claims(&["deleted"]))[0],
        "VolumeBinding: persistentvolumeclaim \"deleted\" is being deleted"
    );
    assert_eq!(
        failures(&snapshot, &with_claims(&["absent"]))[0],
        "VolumeRestrictions: persistentvolumeclaim \"absent\" not found"
    );
}

#[test]
fn a_claim_that_is_not_known_is_not_evaluated() {
    let snapshot = Snapshot::builder(KubernetesVersion::LATEST)
        .node(&node("a", &json!({})))
        .build();
    assert_eq!(answers(&snapshot, &with_claims(&["one"])), ["unknown"]);
    let mut known = Snapshot::builder(KubernetesVersion::LATEST);
    known
        .node(&node("a", &json!({})))
        .missing(Input::PersistentVolumeClaims, "d", "one");
    assert_eq!(failures(&known.build(), &with_claims(&["one"])).len(), 3);
}

#[test]
fn ephemeral_volumes_of_a_pod_that_is_not_created_yet_have_the_claims_of_their_templates() {
    let template = json!({"spec": claim("x", &json!({}))["spec"]});
    let mut pod = pod(
        "p",
        &json!({"spec": {"volumes": [{"name": "v", "ephemeral": {"volumeClaimTemplate": template}}]}}),
    );
    let snapshot = local(&[], &[volume("v", "b", &json!({}))]);
    assert_eq!(
        failures(&snapshot, &pod),
        [
            "VolumeBinding: waiting for ephemeral volume controller to create the persistentvolumeclaim \"p-v\""
        ]
    );
    pod.metadata.uid = None;
    assert_eq!(answers(&snapshot, &pod), [BINDING, "fits"]);
}

#[test]
fn one_pod_alone_may_use_a_claim_of_mode_read_write_once_pod() {
    let claims = [claim(
        "one",
        &json!({"metadata": {"annotations": {"pv.kubernetes.io/bind-completed": "yes"}}, "spec": {"accessModes": ["ReadWriteOncePod"], "volumeName": "v"}}),
    )];
    let volumes = [volume("v", "a", &json!({"spec": {"nodeAffinity": null}}))];
    let mut other = with_claims(&["one"]);
    other.metadata.name = Some("other".to_owned());
    other.spec.as_mut().unwrap().node_name = Some("b".to_owned());
    for (version, message) in [
        (
            KubernetesVersion::V1_33,
            "node has pod using PersistentVolumeClaim with the same name and ReadWriteOncePod access mode",
        ),
        (
            KubernetesVersion::V1_34,
            "node(s) unavailable due to PersistentVolumeClaim with ReadWriteOncePod access mode already in-use by another pod",
        ),
    ] {
        let mut builder = builder(version);
        builder
            .node(&node("a", &json!({})))
            .node(&node("b", &json!({})))
            .pod(&other);
        builder
            .claim(&object(claims[0].clone()))
            .persistent_volume(&object(volumes[0].clone()));
        let found = answers(&builder.build(), &with_claims(&["one"]));
        assert_eq!(
            found,
            [
                format!("VolumeRestrictions: {message}"),
                format!("VolumeRestrictions: {message}")
            ]
        );
    }
}

#[test]
fn disks_without_a_claim_conflict_unless_all_only_read() {
    let disk = |read_only: bool| json!({"spec": {"volumes": [{"name": "v", "gcePersistentDisk": {"pdName": "d", "readOnly": read_only}}]}});
    for (theirs, ours, expected) in [
        (true, true, "fits"),
        (
            true,
            false,
            "VolumeRestrictions: node(s) had no available disk",
        ),
        (
            false,
            true,
            "VolumeRestrictions: node(s) had no available disk",
        ),
    ] {
        let snapshot = snapshot(
            &[node("a", &json!({}))],
            &[running("r", "a", &disk(theirs))],
        );
        assert_eq!(answers(&snapshot, &pod("p", &disk(ours))), [expected]);
    }
}

#[test]
fn zones_of_a_volume_are_compared_with_either_label_unless_a_node_has_none() {
    let zone = |key: &str, value: &str| json!({"metadata": {"labels": {key: value}}});
    let (ga, beta) = (
        "topology.kubernetes.io/zone",
        "failure-domain.beta.kubernetes.io/zone",
    );
    let refused = "VolumeZone: node(s) had no available volume zone";
    for (labels, expected) in [
        (zone(ga, "1__2"), ["fits", refused, "fits"]),
        (zone(beta, "1"), ["fits", refused, "fits"]),
        (zone(ga, "1__"), ["fits", "fits", "fits"]),
    ] {
        let mut builder = builder(KubernetesVersion::LATEST);
        for (name, labels) in [("a", zone(ga, "1")), ("b", zone(ga, "3")), ("c", json!({}))] {
            builder.node(&node(name, &labels));
        }
        builder.claim(&object(bound("one", "v")));
        let placed = volume(
            "v",
            "a",
            &merged(json!({"spec": {"nodeAffinity": null}}), &labels),
        );
        builder.persistent_volume(&object(placed));
        assert_eq!(
            answers(&builder.build(), &with_claims(&["one"])),
            expected,
            "{labels}"
        );
    }
}

#[test]
fn a_driver_attaches_as_many_volumes_as_it_says() {
    let csi = |name: &str| {
        volume(
            name,
            "a",
            &json!({"spec": {"nodeAffinity": null, "csi": {"driver": "x.io", "volumeHandle": name}}}),
        )
    };
    let drivers = json!({"metadata": {"name": "a"}, "spec": {"drivers": [{"name": "x.io", "nodeID": "a", "allocatable": {"count": 2}}]}});
    let attached = json!({"metadata": {"name": "at"}, "spec": {"attacher": "x.io", "nodeName": "a", "source": {"persistentVolumeName": "v3"}}});
    let full = "NodeVolumeLimits: node(s) exceed max volume count";
    for (has_attachment, ours, expected) in [
        (false, "c2", "fits"),
        (true, "c2", full),
        // A volume that is on the node already takes no other place.
        (true, "c1", "fits"),
    ] {
        let mut builder = builder(KubernetesVersion::LATEST);
        builder
            .node(&node("a", &json!({})))
            .csi_node(&object(drivers.clone()));
        for (name, volume) in [("c1", "v1"), ("c2", "v2"), ("c3", "v3")] {
            builder
                .claim(&object(bound(name, volume)))
                .persistent_volume(&object(csi(volume)));
        }
        let mut other = with_claims(&["c1"]);
        other.metadata.name = Some("other".to_owned());
        other.spec.as_mut().unwrap().node_name = Some("a".to_owned());
        builder.pod(&other);
        if has_attachment {
            builder.volume_attachment(&object(attached.clone()));
        }
        assert_eq!(answers(&builder.build(), &with_claims(&[ours])), [expected]);
    }
}

#[test]
fn a_driver_that_reports_its_capacity_needs_enough_of_it() {
    let driver = json!({"metadata": {"name": "x.io"}, "spec": {"storageCapacity": true}});
    let capacity = |size: &str| json!({"metadata": {"name": "c", "namespace": "d"}, "storageClassName": "x", "capacity": size, "nodeTopology": {"matchLabels": {"kubernetes.io/hostname": "a"}}});
    let full = "VolumeBinding: node(s) did not have enough free storage";
    for (size, expected) in [("1Gi", ["fits", full]), ("1Mi", [full, full])] {
        let mut builder = builder(KubernetesVersion::LATEST);
        builder
            .node(&node("a", &json!({})))
            .node(&node("b", &json!({})));
        builder.storage_class(&object(class("x", "WaitForFirstConsumer", "x.io")));
        builder
            .csi_driver(&object(driver.clone()))
            .csi_storage_capacity(&object(capacity(size)));
        builder.claim(&object(claim(
            "one",
            &json!({"spec": {"storageClassName": "x"}}),
        )));
        assert_eq!(
            answers(&builder.build(), &with_claims(&["one"])),
            expected,
            "{size}"
        );
    }
}

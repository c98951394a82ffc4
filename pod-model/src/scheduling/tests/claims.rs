//! Claims that are not created yet, and those that name no class.

use serde_json::{Value, json};

use super::volumes::{claim, class, failures, object, with_claims};
use super::*;

const LATE: &str = "WaitForFirstConsumer";
const NONE: &str = "kubernetes.io/no-provisioner";

/// A claim that names no class, without a uid: nobody has stored it.
fn written(name: &str) -> Value {
    let mut claim = claim(name, &json!({}));
    claim["metadata"]["uid"] = Value::Null;
    claim["spec"]["storageClassName"] = Value::Null;
    claim
}

fn stored(name: &str) -> Value {
    let mut claim = written(name);
    claim["metadata"]["uid"] = json!(name);
    claim
}

fn default(name: &str, mode: &str, provisioner: &str, created: Option<&str>) -> Value {
    let annotations = json!({"metadata": {"annotations": {"storageclass.kubernetes.io/is-default-class": "true"}, "creationTimestamp": created}});
    merged(class(name, mode, provisioner), &annotations)
}

fn with(classes: &[Value], claims: &[Value]) -> Snapshot {
    let mut builder = builder(KubernetesVersion::LATEST);
    builder.node(&node("a", &json!({})));
    for class in classes {
        builder.storage_class(&object(class.clone()));
    }
    for claim in claims {
        builder.claim(&object(claim.clone()));
    }
    builder.build()
}

#[test]
fn a_claim_without_a_class_has_the_newest_default() {
    let year = |year: u32| format!("{year}-01-01T00:00:00Z");
    let classes = |old: &str, new: &str| {
        [
            default("a-old", LATE, old, Some(&year(2024))),
            default("b-new", LATE, new, Some(&year(2025))),
        ]
    };
    for claim in [written("one"), stored("one")] {
        let pod = with_claims(&["one"]);
        let found = |classes: &[Value]| answers(&with(classes, std::slice::from_ref(&claim)), &pod);
        assert_eq!(found(&classes(NONE, "driver")), ["fits"]);
        let refused = found(&classes("driver", NONE));
        assert!(refused[0].starts_with("VolumeBinding"), "{refused:?}");
        // One that is about to be created is newer.
        let mut more = classes("driver", NONE).to_vec();
        more.push(default("c", LATE, "driver", None));
        assert_eq!(found(&more), ["fits"]);
    }
}

#[test]
fn the_annotation_of_old_makes_a_default_too_and_an_empty_class_wants_none() {
    let beta = json!({"metadata": {"annotations": {"storageclass.beta.kubernetes.io/is-default-class": "true"}}});
    let classes = [merged(class("x", LATE, "driver"), &beta)];
    let mut empty = written("empty");
    empty["spec"]["storageClassName"] = json!("");
    let snapshot = with(&classes, &[written("one"), empty]);
    assert_eq!(answers(&snapshot, &with_claims(&["one"])), ["fits"]);
    assert_eq!(answers(&snapshot, &with_claims(&["empty"])), ["unknown"]);
}

#[test]
fn a_claim_that_is_not_created_gets_its_volume_before_the_pod_is_looked_at() {
    let now = [default("now", "Immediate", "driver", None)];
    let pod = with_claims(&["one"]);
    let snapshot = with(&now, &[written("one")]);
    assert_eq!(answers(&snapshot, &pod), ["unknown"]);
    assert!(failures(&snapshot, &pod).is_empty());
    // A live one has none yet, and the scheduler says so.
    assert!(!failures(&with(&now, &[stored("one")]), &pod).is_empty());
    assert!(!failures(&with(&[], &[stored("one")]), &pod).is_empty());
}

#[test]
fn the_default_class_is_not_known_unless_all_classes_are() {
    let mut builder = Snapshot::builder(KubernetesVersion::LATEST);
    builder
        .complete(Input::PersistentVolumeClaims)
        .node(&node("a", &json!({})))
        .storage_class(&object(default("x", LATE, "driver", None)))
        .claim(&object(written("one")));
    assert_eq!(
        answers(&builder.build(), &with_claims(&["one"])),
        ["unknown"]
    );
}

#[test]
fn a_named_claim_with_a_template_is_made_with_the_pod() {
    let classes = [class("late", LATE, "driver"), class("none", LATE, NONE)];
    let pod = |class: &str| {
        let template = claim("x", &json!({"spec": {"storageClassName": class}}));
        let mut pod: Pod = object(json!({
            "metadata": {"namespace": "d"},
            "spec": {"containers": [{"name": "c", "image": "i"}], "volumes": [{
                "name": "data",
                "persistentVolumeClaim": {"claimName": "data-set-0"},
                "ephemeral": {"volumeClaimTemplate": {"spec": template["spec"]}},
            }]},
        }));
        pod.metadata.uid = None;
        pod
    };
    let snapshot = with(&classes, &[]);
    assert_eq!(answers(&snapshot, &pod("late")), ["fits"]);
    assert!(answers(&snapshot, &pod("none"))[0].starts_with("VolumeBinding"));
    // Another Pod of the set does not have the claim that is there.
    let snapshot = with(&classes, &[claim("data-set-0", &json!({}))]);
    assert_eq!(answers(&snapshot, &pod("late")), ["unknown"]);
}

use proptest::prelude::*;
use serde_json::{Value, json};

use super::redact;

fn items(objects: Vec<Value>) -> Vec<Value> {
    let mut list = redact(objects);
    match list["items"].take() {
        Value::Array(items) => items,
        other => panic!("{other}"),
    }
}

fn pod() -> Value {
    json!({
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {
            "name": "zebra-api-7d9f8b6c5d-x2x4z",
            "namespace": "giraffe",
            "uid": "0a1b2c3d-1111-2222-3333-444455556666",
            "labels": {"app": "zebra", "giraffe.example/team": "okapi", "pod-template-hash": "7d9f8b6c5d"},
            "annotations": {"giraffe.example/note": "okapi knows"},
            "ownerReferences": [{"apiVersion": "apps/v1", "kind": "ReplicaSet", "name": "zebra-api-7d9f8b6c5d", "uid": "okapi"}],
            "managedFields": [{"manager": "okapi"}]
        },
        "spec": {
            "nodeName": "rhino-1.savanna.example",
            "schedulerName": "default-scheduler",
            "containers": [{
                "name": "worker",
                "image": "registry.savanna.example/zebra/api:v1.2",
                "command": ["/opt/zebra/run", "--token=meerkat"],
                "env": [{"name": "OKAPI", "value": "meerkat"}],
                "resources": {"limits": {"memory": "64Mi", "savanna.example/gpu": "1"}},
                "okapi": {"meerkat": "lemur"}
            }]
        },
        "status": {
            "phase": "Running",
            "podIP": "10.244.7.9",
            "conditions": [{"type": "Ready", "status": "False", "reason": "ContainersNotReady",
                "message": "containers with unready status: [worker]",
                "lastTransitionTime": "2026-01-31T12:00:00Z"}],
            "containerStatuses": [{
                "name": "worker", "image": "x", "imageID": "", "ready": false, "restartCount": 3,
                "lastState": {"terminated": {"exitCode": 137, "reason": "OOMKilled", "message": "lemur 4711 failed",
                    "finishedAt": "2026-01-31T12:00:00Z"}},
                "state": {"waiting": {"reason": "CrashLoopBackOff",
                    "message": "back-off 40s restarting failed container=worker pod=zebra-api-7d9f8b6c5d-x2x4z_giraffe(0a1b2c3d-1111-2222-3333-444455556666)"}}
            }]
        }
    })
}

fn event(message: &str) -> Value {
    json!({
        "apiVersion": "v1",
        "kind": "Event",
        "metadata": {"name": "zebra-api.17a8f3c", "namespace": "giraffe"},
        "involvedObject": {
            "kind": "Pod", "name": "zebra-api-7d9f8b6c5d-x2x4z", "namespace": "giraffe",
            "uid": "0a1b2c3d-1111-2222-3333-444455556666", "fieldPath": "spec.containers{worker}"
        },
        "reason": "Unhealthy",
        "message": message,
        "type": "Warning",
        "count": 7
    })
}

#[test]
fn names_and_values_are_hidden_and_what_judges_stays() {
    let redacted = items(vec![pod()]).remove(0);
    let text = redacted.to_string();
    for canary in [
        "zebra",
        "giraffe",
        "okapi",
        "OKAPI",
        "savanna",
        "rhino",
        "meerkat",
        "lemur",
        "worker",
        "10.244",
        "7d9f8b6c5d",
        "0a1b2c3d",
        "4711",
        "/opt",
    ] {
        assert!(!text.contains(canary), "{canary} is left in {text}");
    }
    let status = &redacted["status"]["containerStatuses"][0];
    assert_eq!(status["lastState"]["terminated"]["exitCode"], 137);
    assert_eq!(status["lastState"]["terminated"]["reason"], "OOMKilled");
    assert_eq!(status["restartCount"], 3);
    assert_eq!(status["state"]["waiting"]["reason"], "CrashLoopBackOff");
    let limits = &redacted["spec"]["containers"][0]["resources"]["limits"];
    assert_eq!(limits["memory"], "64Mi");
    let condition = &redacted["status"]["conditions"][0];
    assert_eq!(condition["lastTransitionTime"], "2026-01-31T12:00:00Z");
    assert_eq!(
        condition["message"],
        "containers with unready status: [container-1]"
    );
}

#[test]
fn one_name_has_one_pseudonym_in_fields_and_messages() {
    let message = "Liveness probe failed: Get \"http://10.244.7.9:8080/healthz\": dial tcp 10.244.7.9:8080: connection refused";
    // The event comes first, and the Pod names what it is about.
    let redacted = items(vec![event(message), pod()]);
    let [event, pod] = redacted.as_slice() else {
        panic!("{redacted:?}");
    };
    assert_eq!(event["involvedObject"]["uid"], pod["metadata"]["uid"]);
    assert_eq!(event["involvedObject"]["name"], pod["metadata"]["name"]);
    let container = &pod["spec"]["containers"][0]["name"];
    assert_eq!(&pod["status"]["containerStatuses"][0]["name"], container);
    let path = event["involvedObject"]["fieldPath"].as_str();
    let container = container.as_str().unwrap_or_default();
    assert_eq!(
        path,
        Some(format!("spec.containers{{{container}}}").as_str())
    );
    let ip = pod["status"]["podIP"].as_str().unwrap_or_default();
    assert_eq!(
        event["message"],
        format!(
            "Liveness probe failed: Get \"http://{ip}:8080/healthz\": dial tcp {ip}:8080: connection refused"
        )
    );
    let waiting = &pod["status"]["containerStatuses"][0]["state"]["waiting"]["message"];
    let name = pod["metadata"]["name"].as_str().unwrap_or_default();
    let namespace = pod["metadata"]["namespace"].as_str().unwrap_or_default();
    let uid = pod["metadata"]["uid"].as_str().unwrap_or_default();
    assert_eq!(
        waiting,
        &format!(
            "back-off 40s restarting failed container={container} pod={name}_{namespace}({uid})"
        )
    );
}

#[test]
fn names_and_addresses_are_found_within_tokens() {
    let message = "pods \"zebra-api-7d9f8b6c5d-x2x4z-\" in range 10.244.7.9-10.244.7.12, zebra-api-7d9f8b6c5d-x2x4z.json";
    let redacted = items(vec![event(message)]).remove(0);
    assert_eq!(
        redacted["message"],
        "pods \"pod-1-\" in range 198.18.0.1-198.18.0.2, pod-1.json"
    );
}

#[test]
fn secrets_keep_the_number_of_their_keys_alone() {
    let secret = json!({
        "apiVersion": "v1", "kind": "Secret", "metadata": {"name": "zebra"}, "type": "Opaque",
        "data": {"okapi": "bWVlcmthdA=="}, "stringData": {"lemur": "meerkat"}
    });
    let redacted = items(vec![secret]).remove(0);
    let text = redacted.to_string();
    for canary in ["zebra", "okapi", "bWVlcmthdA", "lemur", "meerkat"] {
        assert!(!text.contains(canary), "{canary} is left in {text}");
    }
    assert_eq!(
        redacted["data"].as_object().map(serde_json::Map::len),
        Some(1)
    );
}

#[test]
fn of_an_unknown_kind_the_metadata_is_left() {
    let custom = json!({
        "apiVersion": "savanna.example/v1", "kind": "Zebra",
        "metadata": {"name": "okapi", "okapi": 1}, "spec": {"okapi": "meerkat"}, "okapi": 4711
    });
    let text = items(vec![custom]).remove(0).to_string();
    for canary in ["savanna", "Zebra", "okapi", "meerkat", "4711", "spec"] {
        assert!(!text.contains(canary), "{canary} is left in {text}");
    }
}

/// Puts a canary into every string and every key of a map.
fn seed(value: &mut Value, canary: &str, at: &mut usize, pick: usize) {
    match value {
        Value::String(text) => {
            *at += 1;
            if *at == pick {
                *text = canary.to_owned();
            }
        }
        Value::Array(items) => items
            .iter_mut()
            .for_each(|item| seed(item, canary, at, pick)),
        Value::Object(fields) => {
            for (key, value) in fields.iter_mut() {
                // A kind of its own has no fields, and an enumeration is the API's.
                if !matches!(key.as_str(), "kind" | "apiVersion" | "phase") {
                    seed(value, canary, at, pick);
                }
            }
        }
        _ => {}
    }
}

proptest! {
    #[test]
    fn no_canary_is_left_wherever_it_is(
        pick in 1_usize..60,
        before in "[ -~]{0,12}",
        behind in "[ -~]{0,12}",
    ) {
        let canary = "Xq7Zkanary";
        let mut objects = Value::Array(vec![pod(), event("Back-off pulling image")]);
        let text = format!("{before}{canary}{behind}");
        seed(&mut objects, &text, &mut 0, pick);
        let Value::Array(objects) = objects else { unreachable!() };
        let redacted = redact(objects).to_string();
        prop_assert!(!redacted.contains("kanary"), "{text:?} in {redacted}");
    }

    #[test]
    fn any_text_is_taken(text in "\\PC{0,80}") {
        let redacted = items(vec![event(&text)]);
        prop_assert_eq!(redacted.len(), 1);
    }
}

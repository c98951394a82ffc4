//! The right answers: a small cluster in which every command of the table ends
//! as its row says.

use serde_json::{Value, json};

use crate::server::{Answer, Body, Place, Request, split};

/// The uid of whatever the cluster stores.
const UID: &str = "11111111-2222-3333-4444-555555555555";
/// The labels of everything.
const LABELS: [(&str, &str); 1] = [("app", "web")];

/// Events of the cluster after the first list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Then {
    /// Everything is done, met and ready.
    Ends,
    /// Everything is deleted.
    Deletes,
}

/// The answer to a request.
pub(crate) fn answer(request: &Request, then: Then) -> Answer {
    let (path, query) = split(&request.path);
    if path == "/version" {
        let version = json!({"major": "1", "minor": "37", "gitVersion": "v1.37.2"});
        return Answer::json(200, &version);
    }
    let Some(place) = Place::of(path) else {
        return discovery(path);
    };
    match (request.method.as_str(), place.subresource) {
        (_, "exec" | "attach") => Answer {
            status: 101,
            headers: Vec::new(),
            body: Body::Exec(b"PATH=/bin\0HOST=db\0FIXED=1\0".to_vec()),
        },
        (_, "log") => Answer::new(200, "text/plain", "2026-01-02T03:04:05Z a line\n"),
        ("DELETE", _) => {
            let gone =
                json!({"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success"});
            Answer::json(200, &gone)
        }
        ("POST", _) => Answer::json(201, &stored(request)),
        ("PATCH" | "PUT", _) => Answer::json(200, &stored(request)),
        _ if query.contains("watch=1") => Answer {
            body: Body::Held(changes(place.plural, query, then).into_bytes()),
            ..Answer::json(200, &Value::Null)
        },
        _ if place.name.is_empty() => Answer::json(200, &list(place.plural, query)),
        _ => match objects(place.plural)
            .into_iter()
            .find(|object| object["metadata"]["name"] == place.name)
        {
            Some(object) => Answer::json(200, &object),
            None => not_found(&place),
        },
    }
}

/// A refusal in the words of the API.
pub(crate) fn status(code: u16, reason: &str, message: &str) -> Value {
    json!({
        "kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure",
        "message": message, "reason": reason, "code": code,
    })
}

fn not_found(place: &Place) -> Answer {
    let message = format!("{} {:?} not found", place.plural, place.name);
    Answer::json(404, &status(404, "NotFound", &message))
}

fn discovery(path: &str) -> Answer {
    let resource = json!({
        "resource": "widgets", "singularResource": "widget", "scope": "Namespaced",
        "responseKind": {"group": "example.com", "version": "v1", "kind": "Widget"},
        "verbs": ["get", "list", "watch", "create", "patch", "delete"],
    });
    Answer::json(
        200,
        &match path {
            "/apis" => json!({
                "kind": "APIGroupDiscoveryList", "apiVersion": "apidiscovery.k8s.io/v2",
                "metadata": {},
                "items": [{"metadata": {"name": "example.com"},
                           "versions": [{"version": "v1", "resources": [resource]}]}],
            }),
            _ => json!({
                "kind": "APIResourceList", "apiVersion": "v1", "groupVersion": "example.com/v1",
                "resources": [{"name": "widgets", "singularName": "widget", "namespaced": true,
                               "kind": "Widget", "verbs": resource["verbs"]}],
            }),
        },
    )
}

/// The object that was sent, with the fields that a server adds.
fn stored(request: &Request) -> Value {
    let mut object = request.json();
    let metadata = &mut object["metadata"];
    metadata["uid"] = UID.into();
    metadata["resourceVersion"] = "1".into();
    metadata["creationTimestamp"] = "2026-01-02T03:04:05Z".into();
    object
}

fn object(api_version: &str, kind: &str, name: &str, rest: &Value) -> Value {
    let mut object = json!({
        "apiVersion": api_version, "kind": kind,
        "metadata": {"name": name, "namespace": "default", "uid": UID, "resourceVersion": "1",
                     "labels": LABELS.into_iter().collect::<std::collections::BTreeMap<_, _>>()},
    });
    for (key, value) in rest.as_object().unwrap() {
        object[key] = value.clone();
    }
    object
}

fn container_status(state: &Value) -> Value {
    json!([{"name": "web", "ready": true, "restartCount": 0, "image": "i", "imageID": "i", "state": state}])
}

fn pod(phase: &str, state: &Value) -> Value {
    object(
        "v1",
        "Pod",
        "web",
        &json!({
            "spec": {
                "restartPolicy": "Never", "enableServiceLinks": false,
                "containers": [{
                    "name": "web", "image": "i",
                    "envFrom": [{"configMapRef": {"name": "settings"}}],
                    "env": [{"name": "FIXED", "value": "1"}],
                    "readinessProbe": {"exec": {"command": ["true"]}},
                }],
            },
            "status": {"phase": phase, "containerStatuses": container_status(state)},
        }),
    )
}

/// The Pod of the Job.
fn job_pod(phase: &str, state: &Value) -> Value {
    let mut pod = pod(phase, state);
    pod["metadata"]["name"] = "migrate-x".into();
    pod["metadata"]["uid"] = "p".into();
    pod["metadata"]["labels"] = json!({"batch.kubernetes.io/controller-uid": UID});
    pod["metadata"]["ownerReferences"] = json!([{
        "apiVersion": "batch/v1", "kind": "Job", "name": "migrate", "uid": UID, "controller": true,
    }]);
    pod["spec"]["containers"][0]["name"] = "migrate".into();
    pod["status"]["containerStatuses"][0]["name"] = "migrate".into();
    pod
}

/// The objects of a collection at the beginning.
fn objects(plural: &str) -> Vec<Value> {
    let running = json!({"running": {"startedAt": "2026-01-02T03:04:05Z"}});
    match plural {
        "pods" => vec![job_pod("Running", &running), pod("Running", &running)],
        "jobs" => {
            let job = json!({
                "spec": {
                    "completions": 1, "backoffLimit": 0,
                    "selector": {"matchLabels": {"batch.kubernetes.io/controller-uid": UID}},
                    "template": {"spec": {"restartPolicy": "Never",
                        "containers": [{"name": "migrate", "image": "i"}]}},
                },
                "status": {"active": 1},
            });
            vec![object("batch/v1", "Job", "migrate", &job)]
        }
        "widgets" => {
            let widget = json!({"spec": {"size": 1}, "status": {}});
            vec![object("example.com/v1", "Widget", "gear", &widget)]
        }
        "configmaps" => {
            let map = json!({"data": {"HOST": "db"}});
            vec![object("v1", "ConfigMap", "settings", &map)]
        }
        "nodes" => {
            let room = json!({"cpu": "4", "memory": "8Gi", "pods": "110"});
            let node = json!({"spec": {}, "status": {"capacity": room, "allocatable": room}});
            vec![object("v1", "Node", "node-1", &node)]
        }
        _ => Vec::new(),
    }
}

/// An event about a probe of the Pod.
fn unhealthy() -> Value {
    let event = json!({
        "involvedObject": {"kind": "Pod", "name": "web", "namespace": "default", "uid": UID,
                           "fieldPath": "spec.containers{web}"},
        "reason": "Unhealthy", "message": "Readiness probe failed: no", "type": "Warning", "count": 3,
        "firstTimestamp": "2026-01-02T03:04:06Z", "lastTimestamp": "2026-01-02T03:04:09Z",
        "source": {"component": "kubelet"},
    });
    object("v1", "Event", "web.1", &event)
}

/// The same when everything is done.
fn ended(plural: &str) -> Vec<Value> {
    let terminated = json!({"terminated": {"exitCode": 0, "reason": "Completed"}});
    let mut objects = objects(plural);
    match plural {
        "pods" => {
            objects = vec![
                job_pod("Succeeded", &terminated),
                pod("Succeeded", &terminated),
            ];
            for pod in &mut objects {
                pod["status"]["podIP"] = "10.0.0.1".into();
            }
        }
        "jobs" => {
            objects[0]["status"] = json!({"succeeded": 1, "conditions": [
                {"type": "Complete", "status": "True", "reason": "CompletionsReached"}]});
        }
        "widgets" => {
            objects[0]["status"] = json!({"conditions": [{"type": "Ready", "status": "True"}]});
        }
        _ => {}
    }
    for object in &mut objects {
        object["metadata"]["resourceVersion"] = "2".into();
    }
    objects
}

/// Returns whether a selector of a query finds an object.
fn selects(query: &str, object: &Value) -> bool {
    let metadata = &object["metadata"];
    let name = metadata["name"].as_str().unwrap();
    query.split('&').all(|part| match part.split_once('=') {
        Some(("fieldSelector", selector)) => match selector.strip_prefix("metadata.name%3D") {
            Some(wanted) => wanted == name,
            None => true,
        },
        // By the controller's uid, or by the Job's name.
        Some(("labelSelector", selector)) if selector.contains("batch.kubernetes.io") => {
            !metadata["ownerReferences"].is_null()
        }
        _ => true,
    })
}

fn list(plural: &str, query: &str) -> Value {
    let (api_version, kind) = match plural {
        "pods" => ("v1", "PodList"),
        "jobs" => ("batch/v1", "JobList"),
        "widgets" => ("example.com/v1", "WidgetList"),
        "configmaps" => ("v1", "ConfigMapList"),
        "services" => ("v1", "ServiceList"),
        "events" => ("v1", "EventList"),
        "limitranges" => ("v1", "LimitRangeList"),
        "namespaces" => ("v1", "NamespaceList"),
        "nodes" => ("v1", "NodeList"),
        other => panic!("no list of {other} in this world"),
    };
    let mut items = objects(plural);
    // Who asks for those of one object reads what the kubelet says of it.
    if plural == "events" && query.contains("involvedObject") {
        items.push(unhealthy());
    }
    items.retain(|item| selects(query, item));
    if plural != "widgets" {
        for item in &mut items {
            // The API server leaves these out of typed lists.
            let item = item.as_object_mut().unwrap();
            item.shift_remove("kind");
            item.shift_remove("apiVersion");
        }
    }
    json!({"kind": kind, "apiVersion": api_version, "metadata": {"resourceVersion": "1"}, "items": items})
}

fn changes(plural: &str, query: &str, then: Then) -> String {
    let (kind, mut objects) = match then {
        Then::Ends => ("MODIFIED", ended(plural)),
        Then::Deletes => ("DELETED", objects(plural)),
    };
    objects.retain(|object| selects(query, object));
    let events = objects.into_iter().map(|object| event(kind, &object));
    events.collect()
}

/// A line of a watch.
pub(crate) fn event(kind: &str, object: &Value) -> String {
    format!("{}\n", json!({"type": kind, "object": object}))
}

/// A Pod that has just been changed, and still runs.
pub(crate) fn still_running(plural: &str, version: usize) -> Value {
    let mut object = objects(plural).pop().unwrap_or_else(|| json!({}));
    object["metadata"]["resourceVersion"] = version.to_string().into();
    object
}

//! `explain` of live objects: each thing is read once, and what may not be read is said once.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::apiserver::{Answer, ApiServer};
use crate::support::Home;

const UID: &str = "11111111-2222-3333-4444-555555555555";

fn pod() -> Value {
    json!({
        "apiVersion": "v1", "kind": "Pod",
        "metadata": {"name": "web", "namespace": "default", "uid": UID, "resourceVersion": "1",
            "creationTimestamp": "2026-11-29T10:00:00Z"},
        "spec": {"nodeName": "n1", "containers": [{"name": "app", "image": "nginx",
            "envFrom": [{"configMapRef": {"name": "settings"}}],
            "env": [{"name": "KEY", "valueFrom": {"secretKeyRef": {"name": "db", "key": "key"}}}],
            "lifecycle": {"preStop": {"sleep": {"seconds": 5}}},
            "readinessProbe": {"httpGet": {"port": 80}}}]},
        "status": {
            "phase": "Running",
            "conditions": [{"type": "Ready", "status": "False",
                "lastTransitionTime": "2026-11-29T10:02:40Z"}],
            "containerStatuses": [{"name": "app", "ready": false, "restartCount": 2,
                "image": "nginx", "imageID": "",
                "state": {"running": {"startedAt": "2026-11-29T10:01:12Z"}}}],
        },
    })
}

fn events(count: usize) -> Value {
    let event = |n: usize| {
        json!({
            "apiVersion": "v1", "kind": "Event",
            "metadata": {"name": format!("web.{n}"), "namespace": "default",
                "uid": format!("e-{n}"), "resourceVersion": "1"},
            "involvedObject": {"kind": "Pod", "name": "web", "namespace": "default", "uid": UID,
                "fieldPath": "spec.containers{app}"},
            "reason": "Unhealthy", "message": format!("Readiness probe failed: attempt {n}"),
            "count": 1, "type": "Warning", "source": {"component": "kubelet"},
            "firstTimestamp": "2026-11-29T10:01:20Z", "lastTimestamp": "2026-11-29T10:02:20Z",
        })
    };
    let items: Vec<Value> = (0..count).map(event).collect();
    json!({"kind": "EventList", "apiVersion": "v1", "metadata": {"resourceVersion": "2"},
        "items": items})
}

fn object(kind: &str, name: &str) -> Answer {
    Answer::json(
        &json!({"apiVersion": "v1", "kind": kind, "data": {"key": "eA=="},
        "metadata": {"name": name, "namespace": "default", "uid": name, "resourceVersion": "1"}}),
    )
}

fn empty(kind: &str) -> Answer {
    Answer::json(
        &json!({"apiVersion": "v1", "kind": kind, "metadata": {"resourceVersion": "2"},
        "items": []}),
    )
}

fn node() -> Answer {
    Answer::json(&json!({
        "apiVersion": "v1", "kind": "Node", "metadata": {"name": "n1", "uid": "n1"},
        "status": {"nodeInfo": {"kubeletVersion": "v1.37.0", "architecture": "", "bootID": "",
            "containerRuntimeVersion": "", "kernelVersion": "", "kubeProxyVersion": "", "machineID": "",
            "operatingSystem": "", "osImage": "", "systemUUID": ""}},
    }))
}

/// A server with a Pod of 300 events; the answers to those and to the node are given.
fn server(events: Answer, node: Answer) -> ApiServer {
    with_objects(ApiServer::new(), events, node)
}

/// The same behind other routes.
fn with_objects(server: ApiServer, events: Answer, node: Answer) -> ApiServer {
    let namespace = "GET /api/v1/namespaces/default";
    server
        .on(&format!("{namespace}/pods/web"), Answer::json(&pod()))
        .on(&format!("{namespace}/events"), events)
        .on(
            &format!("{namespace}/configmaps/settings"),
            object("ConfigMap", "settings"),
        )
        .on(&format!("{namespace}/secrets/db"), object("Secret", "db"))
        .on(
            &format!("{namespace}/services/kubernetes"),
            object("Service", "kubernetes"),
        )
        .on(&format!("{namespace}/services"), empty("ServiceList"))
        .on(&format!("{namespace}/limitranges"), empty("LimitRangeList"))
        .on("GET /api/v1/nodes/n1", node)
}

/// The number of times that each path was asked for, without its query.
fn asked(server: &ApiServer) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for request in server.requests() {
        let (path, _) = request.path.split_once('?').unwrap_or((&request.path, ""));
        *counts.entry(path.to_owned()).or_insert(0) += 1;
    }
    counts
}

#[test]
fn each_thing_is_read_once_for_all_topics() {
    for format in ["table", "json", "html"] {
        let server = server(Answer::json(&events(300)), node());
        let run = Home::new().run_on(&server, &["explain", "web", "-o", format]);
        assert_eq!(run.stderr, "", "{run:?}");
        let asked = asked(&server);
        assert!(asked.values().all(|count| *count == 1), "{asked:?}");
        for path in [
            "namespaces/default/events",
            "nodes/n1",
            "namespaces/default/secrets/db",
        ] {
            assert!(asked.contains_key(&format!("/api/v1/{path}")), "{asked:?}");
        }
    }
}

#[test]
fn a_right_that_lacks_is_said_once() {
    let refused = || Answer::refusal(403, "Forbidden", "is forbidden");
    let server = server(refused(), refused());
    let run = Home::new().run_on(&server, &["explain", "web"]);
    let text = run.stdout.replace('\n', " ");
    let said = "could not be read: list events in namespace default: not allowed; get nodes n1: not allowed";
    assert_eq!(text.matches(said).count(), 1, "{}", run.stdout);
    assert_eq!(text.matches("not allowed").count(), 2, "{}", run.stdout);
    let json = Home::new().run_on(&server, &["explain", "web", "-o", "json"]);
    let report: Value = serde_json::from_str(&json.stdout).unwrap();
    let unread = &report["items"][0]["unread"];
    let expected = json!([
        "list events in namespace default: not allowed",
        "get nodes n1: not allowed"
    ]);
    assert_eq!(*unread, expected);
    assert_eq!(report["items"][0]["verdict"], "unknown");
    let counts = asked(&server);
    assert!(counts.values().all(|count| *count == 2), "{counts:?}");
}

#[test]
fn what_one_topic_lacks_leaves_the_others_their_answers() {
    let failed = Answer::refusal(500, "InternalError", "etcd is away");
    let server = ApiServer::new().on("GET /api/v1/namespaces/default/configmaps/settings", failed);
    let server = with_objects(server, Answer::json(&events(3)), node());
    let args = ["explain", "web", "-o", "json", "--request-timeout", "5s"];
    let run = Home::new().run_on(&server, &args);
    let report: Value = serde_json::from_str(&run.stdout).unwrap_or_else(|_| panic!("{run:?}"));
    let item = &report["items"][0];
    assert_eq!(item["topics"]["env"]["verdict"], "unknown", "{item}");
    assert_eq!(item["topics"]["hooks"]["verdict"], "ok", "{item}");
    let unread = item["unread"][0].as_str().unwrap();
    assert!(
        unread.starts_with("get configmaps settings in namespace default: "),
        "{unread}"
    );
    assert!(unread.contains("etcd is away"), "{unread}");
}

#[test]
fn the_topics_of_a_live_target_are_those_of_its_own_commands() {
    let report = |command: &str| -> Value {
        let server = server(Answer::json(&events(3)), node());
        let args = [
            command,
            "web",
            "-o",
            "json",
            "--now",
            "2026-11-29T10:05:00Z",
        ];
        let run = Home::new().run_on(&server, &args);
        serde_json::from_str(&run.stdout).unwrap()
    };
    let all = report("explain");
    for topic in ["status", "env", "probes", "hooks", "resources"] {
        let own = report(&format!("explain-{topic}"));
        assert_eq!(all["items"][0]["topics"][topic], own["items"][0], "{topic}");
    }
}

#[test]
fn the_events_of_many_pods_are_one_list() {
    let pods: Vec<Value> = (0..60)
        .map(|n| {
            let mut pod = pod();
            pod["metadata"]["name"] = json!(format!("web-{n}"));
            pod["metadata"]["uid"] = json!(format!("u-{n}"));
            pod
        })
        .collect();
    let list = json!({"kind": "PodList", "apiVersion": "v1", "metadata": {"resourceVersion": "2"},
        "items": pods});
    let server = server(Answer::json(&events(0)), node())
        .on("GET /api/v1/namespaces/default/pods", Answer::json(&list));
    let run = Home::new().run_on(&server, &["explain", "pod", "--all"]);
    let lines = run.stdout.lines().filter(|line| line.contains("pod/web-"));
    assert_eq!(lines.count(), 60, "{run:?}");
    let asked = asked(&server);
    assert!(asked.values().all(|count| *count == 1), "{asked:?}");
}

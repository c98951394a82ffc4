//! `explain-scheduling` of objects in the cluster.

use serde_json::{Value, json};

use crate::apiserver::{Answer, ApiServer};
use crate::support::{Home, Run};

const UID: &str = "11111111-2222-3333-4444-555555555555";
const POD: &str = "GET /api/v1/namespaces/default/pods/web";
const EVENTS: &str = "GET /api/v1/namespaces/default/events";
const NODES: &str = "GET /api/v1/nodes";
const PODS: &str = "GET /api/v1/pods";
const NAMESPACES: &str = "GET /api/v1/namespaces?";

fn pod() -> Value {
    json!({
        "apiVersion": "v1", "kind": "Pod",
        "metadata": {"name": "web", "namespace": "default", "uid": UID, "resourceVersion": "1"},
        "spec": {"containers": [{"name": "app", "image": "nginx", "resources": {"requests": {"cpu": "2"}}}]},
        "status": {"phase": "Pending"},
    })
}

fn list(kind: &str, items: &Value) -> Answer {
    Answer::json(&json!({"kind": format!("{kind}List"), "apiVersion": "v1",
        "metadata": {"resourceVersion": "2"}, "items": items}))
}

fn node(name: &str, cpu: &str) -> Value {
    json!({"metadata": {"name": name, "uid": name, "resourceVersion": "1"},
        "status": {"allocatable": {"cpu": cpu, "memory": "8Gi", "pods": "110"}}})
}

fn running(name: &str, node: &str, cpu: &str) -> Value {
    json!({"metadata": {"name": name, "namespace": "other", "uid": name, "resourceVersion": "1"},
        "spec": {"nodeName": node, "containers": [{"name": "c", "resources": {"requests": {"cpu": cpu}}}]},
        "status": {"phase": "Running"}})
}

fn event(message: &str) -> Value {
    json!({"metadata": {"name": "web.1", "namespace": "default", "uid": "1", "resourceVersion": "1"},
        "involvedObject": {"kind": "Pod", "name": "web", "namespace": "default", "uid": UID},
        "reason": "FailedScheduling", "message": message, "count": 3, "type": "Warning",
        "source": {"component": "default-scheduler"}, "lastTimestamp": "2026-11-29T10:00:01Z"})
}

fn server_with(nodes: Answer, pods: Answer) -> ApiServer {
    server_of(&pod(), nodes, pods)
}

fn server_of(pod: &Value, nodes: Answer, pods: Answer) -> ApiServer {
    let message = "0/4 nodes are available: 4 Insufficient cpu.";
    ApiServer::new()
        .on(POD, Answer::json(pod))
        .on(EVENTS, list("Event", &json!([event(message)])))
        .on(NAMESPACES, list("Namespace", &json!([])))
        .on(NODES, nodes)
        .on(PODS, pods)
}

fn nodes() -> Answer {
    list("Node", &json!([node("a", "4"), node("b", "1")]))
}

fn pods() -> Answer {
    list("Pod", &json!([running("db", "a", "3")]))
}

fn server() -> ApiServer {
    server_with(nodes(), pods())
}

fn item(run: &Run) -> Value {
    let report: Value = serde_json::from_str(&run.stdout).unwrap_or_else(|_| panic!("{run:?}"));
    report["items"][0].clone()
}

const JSON: [&str; 4] = ["explain-scheduling", "web", "-o", "json"];

#[test]
fn a_pending_pod_is_compared_with_the_nodes_and_with_the_event() {
    let args = ["explain-scheduling", "web", "--now", "2026-11-29T10:05:01Z"];
    let run = Home::new().run_on(&server(), &args);
    assert_eq!(run.code, Some(1), "{run:?}");
    let text = run.stdout.replace('\n', " ");
    for words in [
        "no node fits: 2 of 2 Insufficient cpu",
        "0/4 nodes are available: 4 Insufficient cpu. (3 times)",
        "it counts 4 nodes, and there are 2 now",
        "would fit with the cpu request",
    ] {
        assert!(text.contains(words), "{words}: {}", run.stdout);
    }
}

#[test]
fn pods_that_are_not_listed_make_the_answer_unknown_and_not_yes() {
    let server = server_with(nodes(), Answer::refusal(403, "Forbidden", "not allowed"));
    let run = Home::new().run_on(&server, &JSON);
    let item = item(&run);
    assert_eq!(item["verdict"], "unknown", "{item}");
    assert_eq!(
        (&item["feasible"], &item["unknown"]),
        (&0.into(), &1.into())
    );
    assert_eq!(item["nodes"][0]["fits"], Value::Null);
    // One CPU is never enough for two, whatever runs there.
    assert_eq!(item["nodes"][1]["fits"], false);
    assert_eq!(item["unread"][0], "list pods: not allowed to list them");
}

#[test]
fn nodes_that_are_not_listed_make_the_answer_unknown() {
    let server = server_with(Answer::refusal(403, "Forbidden", "not allowed"), pods());
    let run = Home::new().run_on(&server, &JSON);
    assert_eq!(run.code, Some(0), "{run:?}");
    let item = item(&run);
    assert_eq!(item["verdict"], "unknown", "{item}");
    assert_eq!(item["total"], Value::Null);
}

#[test]
fn what_is_no_list_of_pods_is_refused() {
    for wrong in [
        json!([{"metadata": {"name": "a", "namespace": "n"}, "spec": 5}]),
        json!([{"metadata": {"namespace": "n"}}]),
        json!([{"kind": "Node", "apiVersion": "v1", "metadata": {"name": "a"}}]),
        json!([5]),
        json!({}),
    ] {
        let server = server_with(nodes(), list("Pod", &wrong));
        let run = Home::new().run_on(&server, &JSON);
        assert_eq!(run.code, Some(3), "{wrong}: {run:?}");
    }
}

#[test]
fn files_with_nodes_are_a_cluster_of_their_own() {
    let file = json!({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "web"},
        "spec": {"containers": [{"name": "app", "image": "nginx"}]}});
    let mut own = node("n", "4");
    own["apiVersion"] = "v1".into();
    own["kind"] = "Node".into();
    let home = Home::with(&[
        ("pod.json", &file.to_string()),
        ("node.json", &own.to_string()),
    ]);
    let server = server();
    let args = [
        "explain-scheduling",
        "-f",
        "pod.json",
        "-f",
        "node.json",
        "-o",
        "json",
    ];
    let run = home.run_on(&server, &args);
    let item = item(&run);
    assert_eq!(item["nodes"][0]["name"], "n", "{run:?}");
    assert_eq!(item["total"], 1);
}

#[test]
fn without_the_pods_no_node_is_refused_because_of_them() {
    let mut pod = pod();
    pod["spec"]["containers"][0]["resources"] = json!({});
    pod["spec"]["affinity"] = json!({"podAffinity": {
        "requiredDuringSchedulingIgnoredDuringExecution": [{
            "topologyKey": "zone", "labelSelector": {"matchLabels": {"app": "db"}},
        }],
    }});
    let mut node = node("a", "4");
    node["metadata"]["labels"] = json!({"zone": "one"});
    let server = ApiServer::new()
        .on(POD, Answer::json(&pod))
        .on(EVENTS, list("Event", &json!([])))
        .on(NAMESPACES, list("Namespace", &json!([])))
        .on(NODES, list("Node", &json!([node])))
        .on(PODS, Answer::refusal(403, "Forbidden", "not allowed"));
    let run = Home::new().run_on(&server, &JSON);
    assert_eq!(run.code, Some(0), "{run:?}");
    let item = item(&run);
    assert_eq!(item["verdict"], "unknown", "{item}");
    assert_eq!(item["nodes"][0]["fits"], Value::Null);
    assert_eq!(
        item["nodes"][0]["notEvaluated"],
        json!(["InterPodAffinity"])
    );
    assert_eq!(item["nearest"], json!([]));
    assert_eq!(item["preemption"], Value::Null);
}

#[test]
fn the_pods_of_a_daemon_set_of_the_cluster_are_not_in_its_way() {
    let container = json!({"name": "a", "image": "i", "resources": {"requests": {"cpu": "3"}}});
    let daemon_set = json!({
        "apiVersion": "apps/v1", "kind": "DaemonSet",
        "metadata": {"name": "agent", "namespace": "default", "uid": "u", "resourceVersion": "1"},
        "spec": {"selector": {"matchLabels": {"app": "agent"}}, "template": {
            "metadata": {"labels": {"app": "agent"}}, "spec": {"containers": [container]},
        }},
    });
    let mut own = running("agent-x", "a", "3");
    own["metadata"]["namespace"] = json!("default");
    own["metadata"]["ownerReferences"] = json!([{"apiVersion": "apps/v1", "kind": "DaemonSet",
        "name": "agent", "uid": "u", "controller": true}]);
    let pods = json!([own, running("db", "b", "3")]);
    let server = ApiServer::new()
        .on(
            "GET /apis/apps/v1/namespaces/default/daemonsets/agent",
            Answer::json(&daemon_set),
        )
        .on(NAMESPACES, list("Namespace", &json!([])))
        .on(
            NODES,
            list("Node", &json!([node("a", "4"), node("b", "4")])),
        )
        .on(PODS, list("Pod", &pods));
    let args = ["explain-scheduling", "daemonset/agent", "-o", "json"];
    let run = Home::new().run_on(&server, &args);
    let item = item(&run);
    assert_eq!(item["nodes"][0]["fits"], true, "{item}");
    assert_eq!(item["nodes"][1]["fits"], false, "{item}");
}

#[test]
fn of_all_pods_those_on_nodes_are_not_asked_about() {
    let pods = list("Pod", &json!([running("db", "a", "3"), pod()]));
    let args = ["explain-scheduling", "--all", "-A", "-o", "json"];
    let run = Home::new().run_on(&server_with(nodes(), pods), &args);
    let report: Value = serde_json::from_str(&run.stdout).unwrap_or_else(|_| panic!("{run:?}"));
    let items = report["items"].as_array().unwrap();
    assert_eq!(items.len(), 1, "{run:?}");
    assert_eq!(items[0]["target"]["name"], "web");
    assert!(
        run.stderr.contains("1 Pod on nodes is not asked about"),
        "{run:?}"
    );
}

#[test]
fn an_event_is_not_older_than_what_holds_the_pod_back_and_is_over_once_it_has_a_node() {
    let mut gated = pod();
    gated["spec"]["schedulingGates"] = json!([{"name": "wait"}]);
    gated["spec"]["containers"][0]["resources"] = json!({});
    let run = Home::new().run_on(&server_of(&gated, nodes(), pods()), &JSON);
    let differences = item(&run)["event"]["differences"].to_string();
    assert!(!differences.contains("older"), "{differences}");
    gated["spec"]["schedulingGates"] = json!([]);
    gated["spec"]["nodeName"] = json!("a");
    let run = Home::new().run_on(&server_of(&gated, nodes(), pods()), &JSON);
    assert_eq!(item(&run)["event"], Value::Null, "{run:?}");
}

#[test]
fn a_pod_that_is_being_deleted_is_passed_over() {
    let mut deleted = pod();
    deleted["metadata"]["deletionTimestamp"] = json!("2026-11-29T10:00:00Z");
    let run = Home::new().run_on(&server_of(&deleted, nodes(), pods()), &JSON);
    let summary = item(&run)["summary"].to_string();
    assert!(
        summary.contains("it is being deleted, and the scheduler passes over it"),
        "{summary}"
    );
}

//! `explain-probes` of a Pod that has run: beside the forecast, what happened.

use serde_json::{Value, json};
use snapbox::{assert_data_eq, str};

use crate::apiserver::{Answer, ApiServer};
use crate::support::Home;

const UID: &str = "11111111-2222-3333-4444-555555555555";

fn pod() -> Value {
    json!({
        "apiVersion": "v1", "kind": "Pod",
        "metadata": {"name": "web", "namespace": "default", "uid": UID, "resourceVersion": "1"},
        "spec": {"containers": [{"name": "app", "image": "nginx",
            "readinessProbe": {"httpGet": {"port": 80}, "periodSeconds": 5},
            "livenessProbe": {"tcpSocket": {"port": 80}}}]},
        "status": {
            "phase": "Running",
            "conditions": [{"type": "ContainersReady", "status": "True",
                "lastTransitionTime": "2026-11-29T10:02:40Z"}],
            "containerStatuses": [{"name": "app", "ready": true, "restartCount": 2,
                "image": "nginx", "imageID": "",
                "state": {"running": {"startedAt": "2026-11-29T10:01:12Z"}},
                "lastState": {"terminated": {"exitCode": 137,
                    "startedAt": "2026-11-29T10:00:10Z", "finishedAt": "2026-11-29T10:01:10Z"}}}],
        },
    })
}

fn event(reason: &str, message: &str, count: u32, last: &str) -> Value {
    json!({
        "apiVersion": "v1", "kind": "Event",
        "metadata": {"name": format!("web.{reason}.{count}"), "namespace": "default",
            "uid": format!("{reason}-{count}"), "resourceVersion": "1"},
        "involvedObject": {"kind": "Pod", "name": "web", "namespace": "default", "uid": UID,
            "fieldPath": "spec.containers{app}"},
        "reason": reason, "message": message, "count": count, "type": "Warning",
        "source": {"component": "kubelet"},
        "firstTimestamp": "2026-11-29T10:00:20Z", "lastTimestamp": last,
    })
}

fn events() -> Vec<Value> {
    vec![
        event(
            "Unhealthy",
            "Liveness probe failed: dial tcp 10.0.0.7:80: connect: connection refused",
            9,
            "2026-11-29T10:02:20Z",
        ),
        event(
            "ProbeWarning",
            "Readiness probe warning: Probe terminated redirects, Response body: ",
            4,
            "2026-11-29T10:03:00Z",
        ),
        event(
            "Killing",
            "Container app failed liveness probe, will be restarted",
            2,
            "2026-11-29T10:00:40Z",
        ),
        // Not about probes.
        event(
            "Pulled",
            "Container image is present",
            1,
            "2026-11-29T10:00:00Z",
        ),
    ]
}

/// Everything from what happened on.
fn happened(text: &str) -> String {
    let (_, rest) = text
        .split_once("what happened\n")
        .unwrap_or_else(|| panic!("{text}"));
    rest.to_owned()
}

#[test]
fn what_happened_stands_beside_the_forecast() {
    let list = json!({"kind": "EventList", "apiVersion": "v1", "metadata": {"resourceVersion": "2"},
        "items": events()});
    let server = ApiServer::new()
        .on(
            "GET /api/v1/namespaces/default/pods/web",
            Answer::json(&pod()),
        )
        .on("GET /api/v1/namespaces/default/events", Answer::json(&list));
    let run = Home::new().run_on(&server, &["explain-probes", "web"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    assert_data_eq!(
        happened(&run.stdout),
        str![[r#"
status and events of the kubelet, times in UTC
|- container app: ready, running since 2026-11-29T10:01:12Z, 2 restarts; the run
|  before lasted 60s and ended with exit code 137, 2s before this one
|- Unhealthy 9 times, app, 2026-11-29T10:00:20Z to 2026-11-29T10:02:20Z:
|  Liveness probe failed: dial tcp 10.0.0.7:80: connect: connection refused
|- ProbeWarning 4 times, app, 2026-11-29T10:00:20Z to 2026-11-29T10:03:00Z:
|  Readiness probe warning: Probe terminated redirects, Response body:
`- Killing 2 times, app, 2026-11-29T10:00:20Z to 2026-11-29T10:00:40Z: Container
   app failed liveness probe, will be restarted

warning[redirect-leaves-pod]: the answer to the probe was a redirect that the kubelet did not follow (4 times), most often because it leaves the Pod: it counts as a success, so the probe says nothing about the page behind it
 --> pod/web: spec.containers[0].readinessProbe
  = help: probe a path that answers by itself

"#]]
    );
    let requests = server.requests();
    let query = format!("involvedObject.uid%3D{UID}");
    let mut asked = requests.iter().map(|request| &request.path);
    assert!(
        asked.any(|path| path.contains(&query)),
        "no request has {query}"
    );
}

#[test]
fn events_of_a_file_answer_too() {
    let items: Vec<Value> = std::iter::once(pod()).chain(events()).collect();
    let list = json!({"apiVersion": "v1", "kind": "List", "items": items}).to_string();
    let home = Home::with(&[("all.json", list.as_str())]);
    let run = home.run(&[
        "explain-probes",
        "-f",
        "all.json",
        "--offline",
        "-o",
        "json",
    ]);
    let report: Value = serde_json::from_str(&run.stdout).unwrap();
    let item = &report["items"][0];
    let seen = item["observed"]["events"].as_array().unwrap();
    let reasons: Vec<_> = seen.iter().map(|event| &event["reason"]).collect();
    assert_eq!(reasons, ["Unhealthy", "ProbeWarning", "Killing"]);
    assert_eq!(seen[0]["count"], 9);
    assert_eq!(item["observed"]["containers"][0]["restartCount"], 2);
    assert_eq!(item["verdict"], "ok", "warnings are no errors");
}

#[test]
fn events_that_may_not_be_read_leave_the_verdict_open() {
    let refused = Answer::refusal(403, "Forbidden", "events is forbidden");
    let server = ApiServer::new()
        .on(
            "GET /api/v1/namespaces/default/pods/web",
            Answer::json(&pod()),
        )
        .on("GET /api/v1/namespaces/default/events", refused);
    let run = Home::new().run_on(&server, &["explain-probes", "web", "-o", "json"]);
    let report: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(report["items"][0]["verdict"], "unknown");
    assert_eq!(
        report["items"][0]["observed"]["unread"],
        "not allowed to list them"
    );
    assert_eq!(run.code, Some(0), "{run:?}");
}

/// Returns what is printed and reported of a Pod on a node, from a server of 1.37.
fn on_a_node(node: Answer, args: &[&str]) -> (String, Value) {
    let mut pod = pod();
    pod["spec"]["nodeName"] = json!("n1");
    pod["spec"]["containers"][0]["readinessProbe"] = json!({"exec": {"command": ["true"]}});
    let list = json!({"kind": "EventList", "apiVersion": "v1", "metadata": {"resourceVersion": "2"},
        "items": []});
    let server = ApiServer::new()
        .on(
            "GET /api/v1/namespaces/default/pods/web",
            Answer::json(&pod),
        )
        .on("GET /api/v1/namespaces/default/events", Answer::json(&list))
        .on("GET /api/v1/nodes/n1", node);
    let args = [&["explain-probes", "web"], args].concat();
    let text = Home::new().run_on(&server, &args);
    assert_eq!(text.code, Some(0), "{text:?}");
    let json = Home::new().run_on(&server, &[&args[..], &["-o", "json"]].concat());
    let report: Value = serde_json::from_str(&json.stdout).unwrap();
    (text.stdout.replace('\n', " "), report["items"][0].clone())
}

fn node(version: &str) -> Answer {
    Answer::json(&json!({
        "apiVersion": "v1", "kind": "Node", "metadata": {"name": "n1"},
        "status": {"nodeInfo": {"kubeletVersion": version, "architecture": "", "bootID": "",
            "containerRuntimeVersion": "", "kernelVersion": "", "kubeProxyVersion": "", "machineID": "",
            "operatingSystem": "", "osImage": "", "systemUUID": ""}},
    }))
}

/// In 1.36 exec readiness probes of a Pod that terminates cannot run; in 1.37 they can.
#[test]
fn the_kubelet_of_the_node_decides_and_not_the_api_server() {
    let bug = |item: &Value| item["knownBugs"].to_string().contains("k/k#140881");
    let (text, item) = on_a_node(node("v1.36.1"), &[]);
    assert!(bug(&item), "{item}");
    assert_eq!(item["kubelet"], json!({"node": "n1", "version": "v1.36.1"}));
    let note = "node n1 runs kubelet v1.36.1: the probes follow the rules of Kubernetes 1.36";
    assert!(text.contains(note), "{text}");
    let (text, item) = on_a_node(node("v1.37.0"), &[]);
    assert!(!bug(&item), "{item}");
    assert!(!text.contains("node n1"), "{text}");
    let (_, item) = on_a_node(node("v1.37.0"), &["--kubernetes-version", "1.36"]);
    assert!(bug(&item) && item.get("kubelet").is_none(), "{item}");
}

#[test]
fn a_node_that_may_not_be_read_is_said() {
    let refused = || Answer::refusal(403, "Forbidden", "nodes is forbidden");
    let (text, item) = on_a_node(refused(), &[]);
    assert_eq!(item["kubelet"]["unread"], "not allowed to get the node");
    assert!(
        text.contains("the kubelet of node n1 may be older than the rules of Kubernetes 1.37 here"),
        "{text}"
    );
    let (text, _) = on_a_node(refused(), &["--kubernetes-version", "1.37"]);
    assert!(!text.contains("may be older"), "{text}");
}

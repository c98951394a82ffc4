//! `explain-security` of objects in the cluster.

use serde_json::{Value, json};

use crate::apiserver::{Answer, ApiServer};
use crate::support::Home;

const UID: &str = "11111111-2222-3333-4444-555555555555";
const POD: &str = "GET /api/v1/namespaces/default/pods/web";
const DEPLOYMENT: &str = "GET /apis/apps/v1/namespaces/default/deployments/web";
const NAMESPACE: &str = "GET /api/v1/namespaces/default";
const NODE: &str = "GET /api/v1/nodes/node-1";

fn spec() -> Value {
    json!({"nodeName": "node-1", "securityContext": {"runAsNonRoot": true},
        "containers": [{"name": "app", "image": "nginx", "ports": [{"containerPort": 80}]}]})
}

fn pod() -> Value {
    json!({
        "apiVersion": "v1", "kind": "Pod",
        "metadata": {"name": "web", "namespace": "default", "uid": UID, "resourceVersion": "1"},
        "spec": spec(),
        "status": {"phase": "Running", "containerStatuses": [{"name": "app", "ready": true, "restartCount": 0,
            "image": "nginx", "imageID": "", "state": {"running": {"startedAt": "2026-11-29T09:00:00Z"}},
            "user": {"linux": {"uid": 101, "gid": 101, "supplementalGroups": [101]}}}]},
    })
}

fn deployment() -> Value {
    json!({
        "apiVersion": "apps/v1", "kind": "Deployment",
        "metadata": {"name": "web", "namespace": "default", "uid": UID, "resourceVersion": "1"},
        "spec": {"selector": {"matchLabels": {"app": "web"}}, "template": {"metadata": {"labels": {"app": "web"}},
            "spec": {"hostNetwork": true, "containers": [{"name": "app", "image": "nginx"}]}}},
    })
}

fn namespace(labels: &Value) -> Answer {
    Answer::json(&json!({"apiVersion": "v1", "kind": "Namespace",
        "metadata": {"name": "default", "uid": "2", "resourceVersion": "1", "labels": labels}}))
}

/// A server that has what admission reads, and the namespace.
fn server(labels: &Value) -> ApiServer {
    let list = |kind: &str, version: &str| {
        Answer::json(
            &json!({"kind": kind, "apiVersion": version, "metadata": {"resourceVersion": "2"}, "items": []}),
        )
    };
    ApiServer::new()
        .on(POD, Answer::json(&pod()))
        .on(DEPLOYMENT, Answer::json(&deployment()))
        .on("GET /api/v1/namespaces/default/limitranges", list("LimitRangeList", "v1"))
        .on(
            "GET /api/v1/namespaces/default/serviceaccounts/default",
            Answer::json(&json!({"apiVersion": "v1", "kind": "ServiceAccount",
                "metadata": {"name": "default", "namespace": "default", "uid": "4", "resourceVersion": "1"}})),
        )
        .on("GET /apis/scheduling.k8s.io/v1/priorityclasses", list("PriorityClassList", "scheduling.k8s.io/v1"))
        .on(NAMESPACE, namespace(labels))
}

fn node(runtime: &str) -> Answer {
    Answer::json(&json!({"apiVersion": "v1", "kind": "Node",
        "metadata": {"name": "node-1", "uid": "3", "resourceVersion": "1"},
        "status": {"nodeInfo": {"containerRuntimeVersion": runtime, "architecture": "amd64", "bootID": "", "kernelVersion": "6.1.0",
            "kubeProxyVersion": "", "kubeletVersion": "v1.37.0", "machineID": "", "operatingSystem": "linux", "osImage": "",
            "systemUUID": ""}}}))
}

fn item(server: &ApiServer, args: &[&str]) -> (Option<i32>, Value) {
    let run = Home::new().run_on(
        server,
        &[&["explain-security", "-o", "json"], args].concat(),
    );
    let report: Value = serde_json::from_str(&run.stdout).unwrap_or_else(|_| panic!("{run:?}"));
    (run.code, report["items"][0].clone())
}

fn ids(item: &Value) -> Vec<&str> {
    let all = item["findings"].as_array().unwrap().iter();
    all.map(|own| own["id"].as_str().unwrap()).collect()
}

#[test]
fn the_status_tells_the_user_of_the_image() {
    let server = server(&json!({})).on(NODE, node("containerd://1.7.3"));
    let (code, item) = item(&server, &["web"]);
    assert_eq!((code, &item["verdict"]), (Some(0), &json!("ok")), "{item}");
    let app = &item["containers"][0];
    assert_eq!(app["runAsUser"], json!({"value": 101, "origin": "image"}));
    assert_eq!(
        app["observed"],
        json!({"uid": 101, "gid": 101, "supplementalGroups": [101]})
    );
    assert_eq!(app["capabilities"]["effective"], json!([]));
    // containerd 1.7 leaves the low ports to root.
    assert_eq!(app["lowPorts"]["value"], false);
    assert!(ids(&item).contains(&"low-port"), "{item}");
    assert_eq!(item["namespace"]["enforce"]["levelOrigin"], "serverDefault");
}

#[test]
fn a_newer_runtime_lets_every_user_have_low_ports() {
    let server = server(&json!({})).on(NODE, node("containerd://2.1.4"));
    let (_, item) = item(&server, &["web"]);
    assert_eq!(item["containers"][0]["lowPorts"]["value"], true, "{item}");
    assert!(!ids(&item).contains(&"low-port"), "{item}");
}

#[test]
fn a_pod_that_runs_is_not_refused_any_more() {
    let labels = json!({"pod-security.kubernetes.io/enforce": "restricted"});
    let server = server(&labels).on(NODE, node("containerd://2.1.4"));
    let (code, item) = item(&server, &["web"]);
    assert_eq!((code, &item["verdict"]), (Some(0), &json!("ok")), "{item}");
    let all = item["findings"].as_array().unwrap().iter();
    let refused = all
        .clone()
        .find(|own| own["id"] == "pod-security-refused")
        .unwrap();
    assert_eq!(refused["severity"], "warning");
    assert!(
        refused["message"]
            .as_str()
            .unwrap()
            .contains("if it were created again"),
        "{refused}"
    );
}

#[test]
fn a_deployment_in_a_namespace_that_refuses_its_pods_is_a_no() {
    let labels = json!({"pod-security.kubernetes.io/enforce": "baseline"});
    let server = server(&labels);
    let (code, item) = item(&server, &["deploy/web"]);
    assert_eq!((code, &item["verdict"]), (Some(1), &json!("no")), "{item}");
    assert_eq!(item["namespace"]["isRefusedLater"], true);
    assert_eq!(item["namespace"]["source"], "cluster");
}

#[test]
fn without_the_right_to_get_namespaces_the_answer_is_unknown() {
    let server = ApiServer::new()
        .on(POD, Answer::json(&pod()))
        .on(NAMESPACE, Answer::refusal(403, "Forbidden", "not allowed"))
        .on(NODE, Answer::refusal(403, "Forbidden", "not allowed"));
    let (code, item) = item(&server, &["web"]);
    assert_eq!(
        (code, &item["verdict"]),
        (Some(0), &json!("unknown")),
        "{item}"
    );
    assert_eq!(item["namespace"], Value::Null);
    let unknown = item["unknown"][0].as_str().unwrap();
    assert!(
        unknown.contains("not allowed to get namespaces"),
        "{unknown}"
    );
    assert_eq!(item["level"], "baseline");
}

#[test]
fn a_file_is_judged_by_the_namespace_of_the_cluster() {
    let labels = json!({"pod-security.kubernetes.io/enforce": "restricted"});
    let server = server(&labels);
    let home = Home::with(&[(
        "pod.yaml",
        "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec:\n  containers: [{name: app, image: nginx}]\n",
    )]);
    let run = home.run_on(
        &server,
        &["explain-security", "-f", "pod.yaml", "-o", "json"],
    );
    assert_eq!(run.code, Some(1), "{run:?}");
    let report: Value = serde_json::from_str(&run.stdout).unwrap();
    let refusal = report["items"][0]["namespace"]["refusal"].as_str().unwrap();
    assert!(
        refusal.starts_with("violates PodSecurity \"restricted:latest\""),
        "{refusal}"
    );
}

/// The kubelet refuses a name, and the status has but numbers.
#[test]
fn the_number_of_a_process_does_not_say_that_its_image_has_no_name() {
    for (uid, words) in [
        (
            101,
            "# container app starts only if the user of its image is a number above 0, not a name",
        ),
        (
            0,
            "does not start then (CreateContainerConfigError): its image runs as root",
        ),
    ] {
        let mut pod = pod();
        pod["spec"]["securityContext"] = json!({});
        pod["status"]["containerStatuses"][0]["user"]["linux"]["uid"] = json!(uid);
        let server = ApiServer::new()
            .on(POD, Answer::json(&pod))
            .on(NAMESPACE, namespace(&json!({})))
            .on(NODE, node("containerd://2.1.4"));
        let run = Home::new().run_on(&server, &["explain-security", "web", "-o", "patch"]);
        assert!(run.stdout.contains(words), "{run:?}");
    }
}

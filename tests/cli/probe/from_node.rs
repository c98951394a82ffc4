//! `--from-node`, through a scripted API server: what is refused before anything is created, and
//! how a Pod that cannot be created or does not run ends the command.

use serde_json::{Value, json};

use crate::apiserver::{Answer, ApiServer};
use crate::support::{Home, Run};

const PODS: &str = "/api/v1/namespaces/default/pods";

fn pod(probe: &Value, node: Option<&str>) -> Value {
    let mut pod = json!({
        "apiVersion": "v1", "kind": "Pod",
        "metadata": {"name": "web", "namespace": "default", "uid": "u"},
        "spec": {"containers": [{"name": "app", "image": "i", "livenessProbe": probe}]},
        "status": {"phase": "Running", "podIP": "10.0.0.1", "containerStatuses": [
            {"name": "app", "ready": true, "started": true, "restartCount": 0, "image": "i",
             "imageID": "i", "containerID": "c://1",
             "state": {"running": {"startedAt": "2026-01-02T03:04:05Z"}}}]},
    });
    if let Some(node) = node {
        pod["spec"]["nodeName"] = node.into();
    }
    pod
}

fn tcp() -> Value {
    json!({"tcpSocket": {"port": 80}})
}

fn probe(server: &ApiServer, more: &[&str]) -> Run {
    Home::new().run_on(server, &[&["probe", "web", "--from-node"], more].concat())
}

fn created(server: &ApiServer) -> usize {
    let requests = server.requests();
    requests.iter().filter(|r| r.method == "POST").count()
}

#[test]
fn what_a_helper_cannot_reach_creates_none() {
    let local = json!({"tcpSocket": {"port": 80, "host": "127.0.0.1"}});
    let cases = [
        (pod(&tcp(), None), &[][..], 1, "pod/web has no node yet"),
        (
            pod(&local, Some("n")),
            &["--allow-host"],
            2,
            "the node itself, which a helper Pod does not reach",
        ),
    ];
    for (pod, more, code, message) in cases {
        let server = ApiServer::new().on(&format!("GET {PODS}/web"), Answer::json(&pod));
        let run = probe(&server, more);
        assert_eq!(run.code, Some(code), "{run:?}");
        assert!(run.stderr.contains(message), "{message}: {run:?}");
        assert_eq!(created(&server), 0);
    }
}

#[test]
fn a_refused_helper_ends_the_command() {
    let forbidden = "pods is forbidden: User \"u\" cannot create resource \"pods\" in API group \"\" in the namespace \"default\"";
    let denied = "admission webhook \"policy.example.com\" denied the request: no busybox here";
    for (message, code, expected) in [
        (forbidden, 3, "not allowed to create pods"),
        (denied, 5, "no busybox here"),
    ] {
        let server = ApiServer::new()
            .on(
                &format!("POST {PODS}"),
                Answer::refusal(403, "Forbidden", message),
            )
            .on(
                &format!("GET {PODS}/web"),
                Answer::json(&pod(&tcp(), Some("n"))),
            );
        let run = probe(&server, &["-o", "json"]);
        assert_eq!(run.code, Some(code), "{run:?}");
        assert_eq!(run.stdout, "");
        assert!(run.stderr.contains(expected), "{expected}: {run:?}");
        // Nothing exists, so nothing is deleted.
        assert!(!run.stderr.contains("delete"), "{run:?}");
        assert_eq!(created(&server), 1);
    }
}

#[test]
fn a_helper_whose_creation_has_no_answer_is_named() {
    let server = ApiServer::new()
        .on(&format!("POST {PODS}"), Answer::closed())
        .on(
            &format!("GET {PODS}/web"),
            Answer::json(&pod(&tcp(), Some("n"))),
        )
        .on(
            &format!("DELETE {PODS}/"),
            Answer::refusal(500, "InternalError", "broken"),
        );
    let run = probe(&server, &[]);
    assert_eq!(run.code, Some(3), "{run:?}");
    assert!(
        run.stderr
            .contains("use `kubectl delete pod pod-tools-probe-"),
        "{run:?}"
    );
}

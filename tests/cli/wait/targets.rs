//! Targets by type and name and by selector, and types that only the server knows.

use serde_json::{Value, json};
use snapbox::{assert_data_eq, str};

use super::{LIST, WATCH, complete, list};
use crate::apiserver::{Answer, ApiServer, Then};
use crate::support::{Home, Run};

pub(super) const HOLD: fn() -> Answer = || Answer::watch(&[], Then::Hold);
const WIDGETS: &str = "GET /apis/example.com/v1/namespaces/default/widgets?";

pub(super) fn on(server: &ApiServer, home: &Home, args: &[&str]) -> Run {
    home.run_on(server, &[&["wait", "-n", "default"], args].concat())
}

pub(super) fn widget(name: &str, ready: &str) -> Value {
    json!({
        "apiVersion": "example.com/v1", "kind": "Widget",
        "metadata": {"name": name, "namespace": "default", "uid": name, "resourceVersion": "1"},
        "spec": {"size": 3},
        "status": {"phase": "Cold", "conditions": [{"type": "Ready", "status": ready, "reason": "Warm"}]},
    })
}

/// A server with a CustomResourceDefinition, as it tells in one answer.
pub(super) fn with_widgets(server: ApiServer, widgets: &[Value]) -> ApiServer {
    let resource = json!({
        "resource": "widgets", "responseKind": {"group": "example.com", "version": "v1", "kind": "Widget"},
        "scope": "Namespaced", "singularResource": "widget", "shortNames": ["wd"], "verbs": ["get", "list", "watch"],
    });
    let groups = json!({
        "kind": "APIGroupDiscoveryList", "apiVersion": "apidiscovery.k8s.io/v2",
        "items": [{"metadata": {"name": "example.com"}, "versions": [{"version": "v1", "resources": [resource]}]}],
    });
    let resources = json!({
        "kind": "APIResourceList", "groupVersion": "example.com/v1",
        "resources": [{"name": "widgets", "singularName": "widget", "namespaced": true, "kind": "Widget", "shortNames": ["wd"]}],
    });
    server
        .on(&format!("{WIDGETS}watch=1"), HOLD())
        .on(WIDGETS, list(1, widgets))
        .on("GET /apis/example.com/v1", Answer::json(&resources))
        .on("GET /apis", Answer::json(&groups))
}

#[test]
fn a_custom_type_is_found_by_all_its_names() {
    let server = with_widgets(ApiServer::new(), &[widget("one", "True")]);
    for words in [
        &["widgets/one"][..],
        &["widget/one"],
        &["wd/one"],
        &["Widget/one"],
        &["widgets.example.com/one"],
        &["widgets.v1.example.com/one"],
        &["widgets", "one"],
        &["widgets", "--all"],
        &["wd", "-l", "a=b"],
    ] {
        let run = on(
            &server,
            &Home::new(),
            &[words, &["--for=condition=Ready", "--timeout=9s"]].concat(),
        );
        assert_eq!(
            (run.code, run.stderr.as_str()),
            (
                Some(0),
                "widget.example.com/one: condition met: Ready=True: Warm\n"
            ),
            "{words:?} {run:?}"
        );
    }
    let names = on(
        &server,
        &Home::new(),
        &["wd/one", "--for=ready", "-o", "name", "-q"],
    );
    assert_eq!(names.stdout, "widget.example.com/one\n", "{names:?}");
}

#[test]
fn a_server_without_aggregated_discovery_is_asked_group_by_group() {
    let groups = json!({"kind": "APIGroupList", "groups": [
        {"name": "away.example.org", "versions": [{"version": "v1"}], "preferredVersion": {"version": "v1"}},
        {"name": "example.com", "versions": [{"version": "v1"}], "preferredVersion": {"version": "v1"}},
    ]});
    let resources = json!({"kind": "APIResourceList", "resources": [
        {"name": "widgets/status", "singularName": "", "namespaced": true, "kind": "Widget"},
        {"name": "widgets", "singularName": "widget", "namespaced": true, "kind": "Widget"},
    ]});
    let server = ApiServer::new()
        .on(
            "GET /apis/away.example.org",
            Answer::refusal(503, "ServiceUnavailable", "away"),
        )
        .on(&format!("{WIDGETS}watch=1"), HOLD())
        .on(WIDGETS, list(1, &[widget("one", "True")]))
        .on("GET /apis/example.com/v1", Answer::json(&resources))
        .on("GET /apis", Answer::json(&groups));
    for word in ["widget.example.com/one", "widgets.v1.example.com/one"] {
        let run = on(
            &server,
            &Home::new(),
            &[word, "--for=condition=ready", "-q"],
        );
        assert_eq!(run.code, Some(0), "{run:?}");
    }
}

#[test]
fn a_custom_resource_is_waited_for_by_its_condition() {
    let server = with_widgets(ApiServer::new(), &[widget("one", "False")]);
    for (condition, code) in [
        ("--for=condition=Ready=False", 0),
        ("--for=condition=Ready", 124),
        ("--for=jsonpath={.spec.size}=3", 0),
        ("--for=jsonpath={.status.phase}=Hot", 124),
        ("--for=created", 0),
        ("--for=deleted", 124),
    ] {
        let run = on(
            &server,
            &Home::new(),
            &["widget/one", condition, "--timeout=0"],
        );
        assert_eq!(run.code, Some(code), "{condition} {run:?}");
    }
    let gone = on(
        &with_widgets(ApiServer::new(), &[]),
        &Home::new(),
        &["widget/two", "--for=deleted", "-q"],
    );
    assert_eq!(gone.code, Some(0), "{gone:?}");
}

#[test]
fn a_custom_resource_requires_a_condition() {
    let server = with_widgets(ApiServer::new(), &[widget("one", "True")]);
    assert_data_eq!(
        on(&server, &Home::new(), &["widget/one", "--timeout=9s"]).all(),
        str![[r#"
exit code 2
--- stderr
error: `--for=done` does not apply to a Widget
help: use --for=condition=NAME, --for=jsonpath='{.status.…}'=VALUE, --for=created or --for=deleted

"#]]
    );
    assert_data_eq!(
        on(&server, &Home::new(), &["gadget/one", "--timeout=9s"]).all(),
        str![[r#"
exit code 2
--- stderr
error: the server has no type `gadget`
help: `kubectl api-resources` lists the types of the server

"#]]
    );
}

/// Volcano's Job is not the Job that is built in.
#[test]
fn a_custom_kind_with_a_built_in_name_is_none_of_the_built_in_ones() {
    let resource = json!({
        "resource": "jobs", "responseKind": {"group": "batch.volcano.sh", "version": "v1alpha1", "kind": "Job"},
        "scope": "Namespaced", "singularResource": "job", "shortNames": ["vcjob"], "verbs": ["get", "list", "watch"],
    });
    let groups = json!({"kind": "APIGroupDiscoveryList", "items": [
        {"metadata": {"name": "batch.volcano.sh"}, "versions": [{"version": "v1alpha1", "resources": [resource]}]},
    ]});
    let mut other = complete(1);
    other["apiVersion"] = "batch.volcano.sh/v1alpha1".into();
    let jobs = "GET /apis/batch.volcano.sh/v1alpha1/namespaces/default/jobs?";
    let server = ApiServer::new()
        .on(&format!("{jobs}watch=1"), HOLD())
        .on(jobs, list(1, &[other]))
        .on("GET /apis", Answer::json(&groups));
    let run = on(&server, &Home::new(), &["vcjob/migrate", "--timeout=0"]);
    assert_eq!(run.code, Some(2), "{run:?}");
    let run = on(
        &server,
        &Home::new(),
        &["vcjob/migrate", "--timeout=0", "--for=condition=Complete"],
    );
    assert_eq!(run.code, Some(0), "{run:?}");
    let asked = server.asked();
    assert!(!asked.iter().any(|a| a.contains("/pods")), "{asked:?}");
}

#[test]
fn several_names_are_pods_unless_the_first_is_a_type() {
    let pods = ["web", "db"].map(
        |name| json!({"metadata": {"name": name, "uid": name}, "status": {"phase": "Succeeded"}}),
    );
    let server = ApiServer::new()
        .on("GET /api/v1/namespaces/default/pods?watch=1", HOLD())
        .on("GET /api/v1/namespaces/default/pods?", list(1, &pods))
        .on(
            "GET /api/v1/namespaces/default/pods/web",
            Answer::json(&pods[0]),
        )
        .on(
            "GET /apis",
            Answer::json(&json!({"kind": "APIGroupDiscoveryList", "items": []})),
        );
    let run = on(&server, &Home::new(), &["web", "db", "-o", "name"]);
    assert_eq!(
        (run.code, run.stdout.as_str()),
        (Some(0), "pod/web\npod/db\n"),
        "{run:?}"
    );
}

#[test]
fn selectors_go_to_the_server_as_they_are() {
    for (args, query) in [
        (&["jobs", "--all"][..], ""),
        (
            &["job", "-l", "a in (b,c)"],
            "&labelSelector=a%20in%20%28b%2Cc%29",
        ),
        (
            &["jobs.batch", "--field-selector", "status.successful=1"],
            "&fieldSelector=status.successful%3D1",
        ),
        (
            &["jobs", "--field-selector", "metadata.name!=x", "-l", "a"],
            "&fieldSelector=metadata.name%21%3Dx&labelSelector=a",
        ),
    ] {
        let server = ApiServer::new()
            .on(WATCH, HOLD())
            .on(LIST, list(1, &[complete(1)]));
        let run = on(&server, &Home::new(), args);
        assert_eq!(run.code, Some(0), "{run:?}");
        let requests = server.requests();
        let asked = requests.iter().find(|r| r.path.contains("/jobs?limit"));
        let path = &asked.unwrap().path;
        assert!(path.ends_with(&format!("jobs?limit=500{query}")), "{path}");
    }
}

#[test]
fn several_types_and_none_that_matches() {
    let server = ApiServer::new()
        .on("GET /api/v1/namespaces/default/pods?watch=1", HOLD())
        .on("GET /api/v1/namespaces/default/pods?", list(1, &[]))
        .on(WATCH, HOLD())
        .on(LIST, list(1, &[complete(1)]));
    let run = on(&server, &Home::new(), &["jobs,pods", "-l", "a=b"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    let once = "--wait-for-creation=false";
    let run = on(&server, &Home::new(), &["-l", "a=b", "--timeout=9s", once]);
    assert_data_eq!(
        run.all(),
        str![[r#"
exit code 4
--- stderr
error: no pods match
help: use `--wait-for-creation` or `--expect N` to wait for them until `--timeout`

"#]]
    );
}

#[test]
fn words_that_are_not_targets_are_wrong_usage() {
    let server = ApiServer::new();
    for args in [
        &[][..],
        &["job/"],
        &["job", "a", "job/b"],
        &["jobs", "a", "-l", "a=b"],
        &["jobs,", "--all"],
        &["jobs/a", "--all"],
        &["jobs", "--all", "-l", "a=b"],
    ] {
        let run = on(&server, &Home::new(), args);
        assert_eq!(run.code, Some(2), "{args:?} {run:?}");
    }
    assert!(server.asked().is_empty());
}

/// The server has the type, so the words are not names of Pods, although one of them is.
#[test]
fn a_type_that_the_condition_refuses_is_not_taken_for_pods() {
    let pod = json!({"metadata": {"name": "one", "uid": "u", "namespace": "default"}, "status": {"phase": "Succeeded"}});
    let server = ApiServer::new()
        .on(
            "GET /api/v1/namespaces/default/pods/one",
            Answer::json(&pod),
        )
        .on("GET /api/v1/namespaces/default/pods?watch=1", HOLD())
        .on("GET /api/v1/namespaces/default/pods?", list(1, &[pod]));
    let server = with_widgets(server, &[widget("one", "True")]);
    for words in [&["widgets", "one"][..], &["widget/one"]] {
        let run = on(&server, &Home::new(), &[words, &["--timeout=5s"]].concat());
        assert_eq!(run.code, Some(2), "{words:?} {run:?}");
        let message = "error: `--for=done` does not apply to a Widget\n";
        assert!(run.stderr.starts_with(message), "{words:?} {run:?}");
    }
    let run = on(
        &server,
        &Home::new(),
        &["widgets", "one", "--for=ready", "-o", "name"],
    );
    assert_eq!(run.stdout, "widget.example.com/one\n", "{run:?}");
}

//! Discovery that is refused, or half away: no type is taken for another, and no
//! object for gone.

use serde_json::{Value, json};

use super::list;
use crate::apiserver::{Answer, ApiServer, Then};
use crate::support::{Home, Run};

const PODS: &str = "GET /api/v1/namespaces/default/pods";

fn wait(server: &ApiServer, words: &[&str]) -> Run {
    let args = [&["wait", "-n", "default", "--timeout=5s"], words].concat();
    Home::new().run_on(server, &args)
}

/// A server without any Pods; what discovery says comes from the test.
fn without_pods(server: ApiServer) -> ApiServer {
    let missing = Answer::refusal(404, "NotFound", "pods \"x\" not found");
    server
        .on(&format!("{PODS}?watch"), Answer::watch(&[], Then::Hold))
        .on(&format!("{PODS}?"), list(1, &[]))
        .on(&format!("{PODS}/"), missing)
}

fn group(name: &str, versions: &[&str]) -> Value {
    let all: Vec<Value> = versions.iter().map(|v| json!({"version": v})).collect();
    json!({"name": name, "versions": all, "preferredVersion": {"version": versions[0]}})
}

fn groups(groups: &[Value]) -> Answer {
    Answer::json(&json!({"kind": "APIGroupList", "groups": groups}))
}

fn widgets() -> Answer {
    Answer::json(
        &json!({"resources": [{"name": "widgets", "singularName": "widget", "kind": "Widget", "namespaced": true}]}),
    )
}

fn aggregated(freshness: &str) -> Answer {
    Answer::json(
        &json!({"kind": "APIGroupDiscoveryList", "items": [{"metadata": {"name": "example.com"}, "versions": [
            {"version": "v1", "freshness": freshness, "resources": []},
        ]}]}),
    )
}

#[test]
fn no_type_is_taken_for_pods_that_are_gone() {
    let one = || groups(&[group("example.com", &["v1"])]);
    let unavailable = || Answer::plain(503, "service unavailable");
    for (code, server) in [
        (
            3,
            ApiServer::new()
                .on("GET /apis/example.com/v1", unavailable())
                .on("GET /apis", one()),
        ),
        (3, ApiServer::new().on("GET /apis", aggregated("Stale"))),
        (2, ApiServer::new().on("GET /apis", aggregated("Current"))),
        (3, ApiServer::new().on("GET /apis", unavailable())),
        (
            3,
            ApiServer::new().on("GET /apis", Answer::refusal(403, "Forbidden", "no")),
        ),
        (
            3,
            ApiServer::new().on("GET /apis", Answer::refusal(401, "Unauthorized", "no")),
        ),
    ] {
        let server = without_pods(server);
        for words in [
            &["widgets", "web", "--for=deleted"][..],
            &["widgets/web", "--for=deleted"],
            &["widgets", "--all", "--for=deleted"],
        ] {
            let run = wait(&server, words);
            assert_eq!(run.code, Some(code), "{words:?} {run:?}");
            assert!(!run.all().contains("condition met"), "{run:?}");
        }
    }
}

#[test]
fn words_are_pods_if_one_of_them_exists() {
    let pod = json!({"metadata": {"name": "web", "uid": "u", "namespace": "default"}});
    let server = without_pods(
        ApiServer::new()
            .on(&format!("{PODS}/web"), Answer::json(&pod))
            .on("GET /apis", aggregated("Current")),
    );
    let run = wait(&server, &["db", "web", "--for=deleted"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    for condition in ["deleted", "done", "ready", "condition=Ready"] {
        let condition = format!("--for={condition}");
        let run = wait(&server, &["widgetz", "other", &condition]);
        assert_eq!(
            (run.code, run.stderr.as_str()),
            (
                Some(2),
                "error: the server has no type `widgetz`, and no Pod has one of these names\n\
                 help: `kubectl api-resources` lists the types of the server; use `kubectl pod-tools wait pods widgetz other` for Pods of these names\n"
            ),
            "{run:?}"
        );
    }
}

#[test]
fn an_unavailable_group_is_named_and_hides_only_later_groups() {
    let server = || {
        let list = list(1, &[]);
        ApiServer::new()
            .on("GET /apis/example.com/v1/namespaces/default/widgets?", list)
            .on("GET /apis/example.com/v1", widgets())
            .on(
                "GET /apis/away.example.org/v1",
                Answer::refusal(503, "ServiceUnavailable", "away"),
            )
    };
    let (away, there) = (
        || group("away.example.org", &["v1"]),
        || group("example.com", &["v1"]),
    );
    let behind = server().on("GET /apis", groups(&[away(), there()]));
    let before = server().on("GET /apis", groups(&[there(), away()]));
    for (server, word, code) in [
        (&behind, "widgets", 3),
        (&behind, "widgets.example.com", 0),
        (&behind, "widgets.v1.example.com", 0),
        (&before, "widgets", 0),
        (&before, "widgets.away.example.org", 3),
        (&before, "gadgets", 3),
        (&before, "gadgets.example.com", 2),
    ] {
        let run = wait(server, &[&format!("{word}/web"), "--for=deleted"]);
        assert_eq!(run.code, Some(code), "{word}: {run:?}");
        let told = "the server does not list the types of away.example.org/v1: away";
        assert_eq!(run.stderr.contains(told), code == 3, "{word}: {run:?}");
    }
}

/// A version that is not the preferred one may have types of its own.
#[test]
fn every_version_of_a_group_is_asked_for() {
    let server = ApiServer::new()
        .on(
            "GET /apis/example.com/v1beta1/namespaces/default/widgets?",
            list(1, &[]),
        )
        .on("GET /apis/example.com/v1beta1", widgets())
        .on(
            "GET /apis/example.com/v1",
            Answer::json(&json!({"resources": []})),
        )
        .on(
            "GET /apis",
            groups(&[group("example.com", &["v1", "v1beta1"])]),
        );
    let run = wait(&server, &["widget/web", "--for=deleted"]);
    assert_eq!(run.code, Some(0), "{run:?}");
}

/// A CustomResourceDefinition that drops a version keeps its objects.
#[test]
fn a_version_that_is_dropped_deletes_no_object() {
    let not_found = || {
        Answer::refusal(
            404,
            "NotFound",
            "the server could not find the requested resource",
        )
    };
    let widget = json!({"metadata": {"name": "w", "uid": "u", "resourceVersion": "1"}});
    let resource = json!({"resource": "widgets", "responseKind": {"kind": "Widget"}, "scope": "Namespaced", "singularResource": "widget"});
    let told = |versions: &[(&str, &str)]| {
        let versions: Vec<Value> = versions
            .iter()
            .map(|(name, freshness)| json!({"version": name, "freshness": freshness, "resources": [resource.clone()]}))
            .collect();
        Answer::json(
            &json!({"kind": "APIGroupDiscoveryList", "items": [{"metadata": {"name": "example.com"}, "versions": versions}]}),
        )
    };
    let by_group = || groups(&[group("example.com", &["v1"])]);
    let both = || told(&[("v1", "Current"), ("v1beta1", "Current")]);
    let collection = "GET /apis/example.com/v1beta1/namespaces/default/widgets?";
    for (after, code) in [
        (told(&[("v1", "Current")]), 3),
        (told(&[("v1", "Stale")]), 124),
        (by_group(), 3),
        (
            Answer::json(&json!({"kind": "APIGroupDiscoveryList", "items": []})),
            0,
        ),
    ] {
        let server = ApiServer::new()
            .once(
                &format!("{collection}limit"),
                list(1, std::slice::from_ref(&widget)),
            )
            .on(collection, not_found())
            .on("GET /apis/example.com/v1beta1", not_found())
            .on("GET /apis/example.com/v1", widgets())
            .once("GET /apis", both())
            .on("GET /apis", after);
        let run = wait(&server, &["widgets.v1beta1.example.com/w", "--for=deleted"]);
        assert_eq!(run.code, Some(code), "{run:?} {:?}", server.asked());
        let told = "widgets.example.com is no longer served in v1beta1; use v1";
        assert_eq!(run.stderr.contains(told), code == 3, "{run:?}");
    }
}

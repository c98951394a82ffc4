//! Answers that are none: nothing is concluded from what was not said.

use serde_json::{Value, json};

use crate::POD;
use crate::apiserver::{Answer, ApiServer, Then};
use crate::support::Home;

/// An answer of status 200 to any request, and nothing else.
fn only(body: &str) -> ApiServer {
    ApiServer::new()
        .on("GET /api", Answer::text(200, body))
        .on("POST /api", Answer::text(201, body))
        .on("PATCH /api", Answer::text(200, body))
        .on("DELETE /api", Answer::text(200, body))
}

const NO_ANSWERS: [&str; 9] = [
    "{}",
    "[]",
    "\"x\"",
    "null",
    "true",
    "{\"items\": []}",
    "{\"kind\": \"Pod\", \"apiVersion\": \"v1\"}",
    "{\"kind\": \"Status\", \"apiVersion\": \"v1\", \"status\": \"Success\"}",
    "{\"kind\": \"Pod\", \"apiVersion\": \"v1\", \"metadata\": {\"name\": \"other\"}}",
];

#[test]
fn response_about_another_object_is_an_unknown_outcome() {
    for body in NO_ANSWERS {
        let server = only(body);
        let home = Home::with(&[("pod.yaml", POD)]);
        for command in ["create", "apply"] {
            for dry_run in ["none", "server"] {
                let dry_run = format!("--dry-run={dry_run}");
                let run = home.run_on(&server, &[command, "-f", "pod.yaml", &dry_run]);
                assert_eq!(
                    (run.code, run.stdout.as_str()),
                    (Some(3), ""),
                    "{body}: {run:?}"
                );
                assert!(run.stderr.contains("outcome unknown: "), "{run:?}");
            }
        }
    }
}

#[test]
fn no_deletion_is_met_by_an_answer_that_lists_nothing() {
    for body in NO_ANSWERS {
        for words in [
            &["pod/x"][..],
            &["pods", "--all"],
            &["pods", "-l", "a=b"],
            &["pods", "--field-selector", "a=b"],
        ] {
            let args = [&["wait"], words, &["--for=deleted", "--timeout", "1s"]].concat();
            let run = Home::new().run_on(&only(body), &args);
            assert_eq!(run.code, Some(3), "{body} {words:?}: {run:?}");
        }
    }
}

#[test]
fn no_set_is_empty_that_nobody_has_listed() {
    // A port that was free a moment ago may be that of another test's server by now.
    let refusing = "http://127.0.0.1:1".to_owned();
    let servers = [
        ApiServer::bare().on("GET /", Answer::silent()),
        ApiServer::bare().on("GET /", Answer::closed()),
        ApiServer::bare().on(
            "GET /",
            Answer::text(502, "<html><title>Log in</title></html>"),
        ),
        ApiServer::bare().on(
            "GET /",
            Answer::refusal(429, "TooManyRequests", "later").header("retry-after", "1"),
        ),
        ApiServer::bare().on("GET /", Answer::refusal(500, "InternalError", "etcd")),
    ];
    let urls = servers.iter().map(ApiServer::url).chain([refusing]);
    for url in urls {
        for words in [
            &["pods", "--all"][..],
            &["jobs", "-l", "a=b"],
            &["pods", "--field-selector", "a=b"],
            &["jobs,pods", "--all"],
        ] {
            let home = Home::new();
            let end = [
                "--for=deleted",
                "--timeout",
                "1s",
                "--junit",
                "report.xml",
                "--server",
                &url,
            ];
            let run = home.run(&[&["wait"], words, &end].concat());
            assert_eq!(run.code, Some(124), "{url} {words:?}: {run:?}");
            assert!(run.stderr.contains("has not listed its"), "{run:?}");
            let report = std::fs::read_to_string(home.path().join("report.xml")).unwrap();
            assert!(report.contains("failures=\"1\""), "{report}");
        }
    }
}

/// A server that does not know of the selector, or answers something else.
#[test]
fn no_absence_is_seen_in_the_list_of_another() {
    for others in [&["b"][..], &["b", "c"], &["x", "b"]] {
        let items: Vec<Value> = others
            .iter()
            .map(|name| json!({"metadata": {"name": name, "uid": name}}))
            .collect();
        let list = json!({"metadata": {"resourceVersion": "1"}, "items": items});
        let server =
            ApiServer::new().on("GET /api/v1/namespaces/default/pods", Answer::json(&list));
        for condition in ["deleted", "done", "created"] {
            let condition = format!("--for={condition}");
            let run = Home::new().run_on(&server, &["wait", "pod/x", &condition, "--timeout=20s"]);
            assert_eq!(run.code, Some(3), "{others:?} {condition}: {run:?}");
            assert!(
                run.stderr.contains("expected the Pod \"x\", found \"b\""),
                "{run:?}"
            );
        }
    }
    // One that a person typed may say more.
    let list = json!({"metadata": {"resourceVersion": "1"}, "items": [{"metadata": {"name": "x", "uid": "u"}, "status": {"phase": "Succeeded"}}]});
    let server = ApiServer::new().on(
        "GET /api/v1/namespaces/default/pods?limit",
        Answer::json(&list),
    );
    for selector in [
        "metadata.name=x",
        "metadata.name==x",
        "metadata.name=x,status.phase=Succeeded",
    ] {
        let run = Home::new().run_on(
            &server,
            &[
                "wait",
                "pods",
                "--field-selector",
                selector,
                "--timeout=20s",
            ],
        );
        assert_eq!(run.code, Some(0), "{selector}: {run:?}");
    }
}

#[test]
fn of_several_types_each_has_to_be_listed() {
    let pod = json!({"metadata": {"name": "a", "uid": "u"}, "status": {"phase": "Succeeded"}});
    for items in [json!([]), json!([pod])] {
        let server = ApiServer::new()
            .on(
                "GET /api/v1/namespaces/default/pods?watch",
                Answer::watch(&[], Then::Hold),
            )
            .on(
                "GET /api/v1/namespaces/default/pods",
                Answer::json(&json!({"metadata": {"resourceVersion": "1"}, "items": items})),
            )
            .on(
                "GET /apis/batch/v1/namespaces/default/jobs",
                Answer::silent(),
            );
        for condition in ["done", "deleted"] {
            let condition = format!("--for={condition}");
            let run = Home::new().run_on(
                &server,
                &["wait", "pods,jobs", "--all", &condition, "--timeout=1s"],
            );
            assert_eq!(run.code, Some(124), "{condition} {items}: {run:?}");
        }
    }
}

#[test]
fn invalid_list_ends_the_wait_with_its_reason() {
    for (items, why) in [
        (json!([5]), "expected an object, found a number"),
        (json!([null]), "expected an object, found null"),
        (json!([{}]), "a Pod has no name"),
        (json!({}), "the list's items are an object"),
        (json!("x"), "the list's items are a string"),
        (
            json!([{"kind": "Secret", "metadata": {"name": "x"}}]),
            "expected a Pod, found Secret",
        ),
    ] {
        let body = json!({"metadata": {"resourceVersion": "1"}, "items": items});
        let server = ApiServer::new().on("GET /api/v1", Answer::json(&body));
        let run = Home::new().run_on(&server, &["wait", "pods", "--all", "--timeout=20s"]);
        assert_eq!(run.code, Some(3), "{items}: {run:?}");
        assert!(run.stderr.contains(why), "{items}: {run:?}");
        let run = Home::new().run_on(&server, &["explain-env", "pods", "-l", "a=b"]);
        assert_eq!(run.code, Some(3), "{items}: {run:?}");
        assert!(run.stderr.contains(why), "{items}: {run:?}");
    }
}

#[test]
fn a_list_that_does_not_end_is_given_up() {
    let page = |token: &str, items: Value| {
        Answer::json(
            &json!({"metadata": {"resourceVersion": "1", "continue": token}, "items": items}),
        )
    };
    let same = page("again", json!([{"metadata": {"name": "a"}}]));
    let empty = |request: &crate::apiserver::Request| {
        let token = request.path.len().to_string() + &request.path;
        Answer::json(&json!({"metadata": {"continue": token.get(..40).unwrap()}, "items": []}))
    };
    for server in [
        ApiServer::new().on("GET /api/v1", same),
        ApiServer::new().answering("GET /api/v1", empty),
    ] {
        let run = Home::new().run_on(&server, &["explain-env", "pods", "-l", "a=b"]);
        assert_eq!(run.code, Some(3), "{run:?}");
        assert!(run.stderr.contains("its list does not end"), "{run:?}");
        assert!(server.asked().len() < 110, "{}", server.asked().len());
    }
}

/// Nor is a set empty whose list says that there is more.
#[test]
fn a_list_that_says_that_it_is_not_whole_is_none() {
    let pods = "GET /api/v1/namespaces/default/pods";
    let list = |metadata: &Value| json!({"apiVersion": "v1", "kind": "PodList", "metadata": metadata, "items": []});
    let part = Answer::text(206, &list(&json!({"resourceVersion": "1"})).to_string());
    for answer in [
        Answer::json(&list(&json!({"resourceVersion": "1", "continue": 5}))),
        Answer::json(&list(
            &json!({"resourceVersion": "1", "remainingItemCount": 5}),
        )),
        part,
    ] {
        let server = ApiServer::new().on(pods, answer.clone());
        for words in [&["pods", "--all"][..], &["pod/x"]] {
            let args = [&["wait"], words, &["--for=deleted", "--timeout=9s"]].concat();
            let run = Home::new().run_on(&server, &args);
            assert_eq!(run.code, Some(3), "{answer:?} {run:?}");
        }
        let run = Home::new().run_on(&server, &["explain-env", "pods", "-l", "a=b"]);
        assert_eq!(run.code, Some(3), "{answer:?} {run:?}");
    }
}

/// A login page will not become an API server: that is told at once.
/// Each answer with the exit codes of a create and of a read.
/// As deep as the API server takes objects, and deeper.
#[test]
fn deep_objects_are_read_as_deep_as_a_server_stores_them() {
    let deep = |levels: usize| {
        let spec = format!("{}1{}", "[".repeat(levels), "]".repeat(levels));
        format!(
            r#"{{"apiVersion": "example.com/v1", "kind": "Deep", "metadata": {{"name": "a", "uid": "u", "namespace": "default"}}, "spec": {spec}, "status": {{"ok": "yes"}}}}"#
        )
    };
    let resources = json!({"kind": "APIResourceList", "resources": [{"name": "deeps", "kind": "Deep", "namespaced": true}]});
    let groups = json!({"kind": "APIGroupDiscoveryList", "items": [{"metadata": {"name": "example.com"}, "versions": [
        {"version": "v1", "resources": [{"resource": "deeps", "responseKind": {"kind": "Deep"}, "scope": "Namespaced", "singularResource": "deep"}]},
    ]}]});
    let home = Home::with(&[(
        "deep.yaml",
        "apiVersion: example.com/v1\nkind: Deep\nmetadata: {name: a}\nspec: [1]\n",
    )]);
    for (levels, code) in [(100, 0), (130, 0), (1_000, 0), (9_990, 0), (10_001, 3)] {
        let object = deep(levels);
        let list = format!(
            r#"{{"apiVersion": "example.com/v1", "kind": "DeepList", "metadata": {{"resourceVersion": "1"}}, "items": [{object}]}}"#
        );
        let event = format!(r#"{{"type": "MODIFIED", "object": {object}}}{}"#, '\n');
        let server = ApiServer::new()
            .on(
                "GET /apis/example.com/v1/namespaces/default/deeps?watch",
                Answer::raw_watch(&[&event], Then::Hold),
            )
            .on(
                "GET /apis/example.com/v1/namespaces/default/deeps",
                Answer::text(200, &list),
            )
            .on("GET /apis/example.com/v1", Answer::json(&resources))
            .on("GET /apis", Answer::json(&groups))
            .on("POST /apis", Answer::text(201, &object));
        let run = home.run_on(
            &server,
            &[
                "wait",
                "deeps",
                "--all",
                "--for=jsonpath={.status.ok}=yes",
                "--timeout=30s",
            ],
        );
        assert_eq!(run.code, Some(code), "{levels}: {run:?}");
        let run = home.run_on(&server, &["create", "-f", "deep.yaml", "-o", "json"]);
        assert_eq!(run.code, Some(code), "{levels}: {:?}", run.stderr);
    }
}

/// As a Go program that is no API server says of every path, and so does one
/// that is of a path it does not serve.
#[test]
fn names_of_discovery_stay_in_their_path() {
    for plural in [
        "w/../../secrets?x=",
        "",
        "..",
        "a b",
        "d%2e%2e",
        "\u{1b}[2J",
    ] {
        let resources = json!({"kind": "APIResourceList", "resources": [{"name": plural, "kind": "Deep", "namespaced": true}]});
        let groups = json!({"kind": "APIGroupDiscoveryList", "items": [{"metadata": {"name": "example.com"}, "versions": [
            {"version": "v1", "resources": [{"resource": plural, "responseKind": {"kind": "Deep"}, "scope": "Namespaced", "singularResource": "deep"}]},
        ]}]});
        let server = ApiServer::new()
            .on("GET /apis/example.com/v1", Answer::json(&resources))
            .on("GET /apis", Answer::json(&groups));
        let home = Home::with(&[(
            "deep.yaml",
            "apiVersion: example.com/v1\nkind: Deep\nmetadata: {name: a}\n",
        )]);
        let run = home.run_on(&server, &["create", "-f", "deep.yaml"]);
        assert_eq!(run.code, Some(3), "{plural}: {run:?}");
        let run = home.run_on(
            &server,
            &["wait", "deep/a", "--for=created", "--timeout=5s"],
        );
        assert_eq!(run.code, Some(3), "{plural}: {run:?}");
        let asked = server.asked();
        assert!(
            asked
                .iter()
                .all(|line| line.starts_with("GET /apis") && !line.contains("secrets")),
            "{asked:?}"
        );
    }
}

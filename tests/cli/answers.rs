//! Answers that are none: nothing is concluded from what was not said.

use serde_json::{Value, json};

use super::errors::{PODS, create, refused};
use crate::POD;
use crate::apiserver::{Answer, ApiServer, Then};
use crate::support::{Home, Run};

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
fn nothing_is_created_or_applied_by_an_answer_that_names_something_else() {
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
                assert!(
                    run.stderr.contains("it is not known whether this was done"),
                    "{run:?}"
                );
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
            assert_eq!(run.code, Some(124), "{body} {words:?}: {run:?}");
        }
    }
}

#[test]
fn no_set_is_empty_that_nobody_has_listed() {
    let gone = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let refusing = format!("http://{}", gone.local_addr().unwrap());
    drop(gone);
    let servers = [
        ApiServer::bare().on("GET /", Answer::silent()),
        ApiServer::bare().on("GET /", Answer::closed()),
        ApiServer::bare().on(
            "GET /",
            Answer::text(200, "<html><title>Log in</title></html>"),
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
            assert!(run.stderr.contains("has not said which"), "{run:?}");
            let report = std::fs::read_to_string(home.path().join("report.xml")).unwrap();
            assert!(report.contains("failures=\"1\""), "{report}");
        }
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
fn what_is_no_list_ends_the_wait_with_its_reason() {
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

/// What is answered, by whom, and what a create, a get and a list end with.
#[test]
fn only_the_servers_own_words_mean_that_the_answer_is_no() {
    let status = |code: u16| Answer::refusal(code, "Reason", "words of the server");
    let page = |code: u16| Answer::text(code, "<html>").header("x", "y");
    let plain = |code: u16, text: &str| Answer::plain(code, text);
    for (code, answer, created, read) in [
        (400, status(400), 1, 3),
        (401, status(401), 3, 3),
        (403, status(403), 3, 3),
        (404, status(404), 4, 4),
        (405, status(405), 3, 3),
        (409, status(409), 1, 3),
        (413, status(413), 1, 3),
        (415, status(415), 3, 3),
        (422, status(422), 1, 3),
        (429, status(429), 3, 3),
        (500, status(500), 3, 3),
        (503, status(503), 3, 3),
        (504, status(504), 3, 3),
        (301, page(301), 3, 3),
        (302, page(302), 3, 3),
        (400, page(400), 3, 3),
        (403, page(403), 3, 3),
        (404, page(404), 3, 3),
        (405, page(405), 3, 3),
        (407, page(407), 3, 3),
        (502, page(502), 3, 3),
        (404, plain(404, "404 page not found\n"), 3, 3),
        (404, plain(404, "nothing here"), 3, 3),
        (404, plain(404, ""), 3, 3),
        (
            400,
            plain(400, "Client sent an HTTP request to an HTTPS server.\n"),
            3,
            3,
        ),
        (
            429,
            plain(429, "Too many requests, please try again later."),
            3,
            3,
        ),
        (204, plain(204, ""), 3, 3),
        (404, Answer::text(404, "{\"message\": \"not found\"}"), 3, 3),
        (409, Answer::text(409, "{}"), 3, 3),
    ] {
        let run = refused(answer.clone());
        assert_eq!(run.code, Some(created), "create {code}: {run:?}");
        assert!(!run.stderr.is_empty() && run.stdout.is_empty(), "{run:?}");
        let server = ApiServer::new().on("GET /api", answer);
        for args in [
            &["explain-env", "web"][..],
            &[
                "create",
                "pod",
                "x",
                "--from",
                "pod/web",
                "--dry-run=client",
            ],
        ] {
            let run = Home::new().run_on(&server, args);
            assert_eq!(run.code, Some(read), "{args:?} {code}: {run:?}");
        }
        // A list is never missing: what is not there is its type.
        let run = Home::new().run_on(&server, &["wait", "pod/web", "--timeout", "20s"]);
        let waited = if read == 4 { 4 } else { 3 };
        assert_eq!(run.code, Some(waited), "wait {code}: {run:?}");
    }
}

#[test]
fn what_answers_in_the_servers_place_is_named_with_what_to_look_at() {
    let redirect = Answer::text(302, "").header("location", "https://login.example/?key=s3cret");
    for (answer, said, help) in [
        (
            redirect,
            "302 with a redirect to https://login.example/",
            "a login page or a proxy",
        ),
        (
            Answer::text(407, "<title>Proxy</title>"),
            "407 with an HTML page titled \"Proxy\"",
            "the proxy asks",
        ),
        (
            Answer::text(404, "<html>"),
            "404 with an HTML page",
            "the server's URL",
        ),
        (
            Answer::plain(400, "Client sent an HTTP request to an HTTPS server."),
            "an HTTP request to an HTTPS server",
            "https://",
        ),
        (
            Answer::text(502, "<html>"),
            "502 with an HTML page",
            "load balancer",
        ),
        (
            Answer::text(200, "<!DOCTYPE html><title>\u{1b}[2JSign in</title>"),
            "200 with an HTML page titled",
            "login page",
        ),
    ] {
        let server = ApiServer::new().on("GET /api", answer.clone());
        let run = Home::new().run_on(&server, &["explain-env", "web"]);
        assert_eq!(run.code, Some(3), "{run:?}");
        assert!(
            run.stderr.contains(said) && run.stderr.contains(help),
            "{said}: {run:?}"
        );
        assert!(
            !run.stderr.contains("s3cret") && !run.stderr.contains('\u{1b}'),
            "{run:?}"
        );
        let run = refused(answer);
        assert!(run.stderr.contains(said), "{said}: {run:?}");
    }
}

#[test]
fn a_change_whose_answer_was_lost_may_have_been_made() {
    let whole = json!({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "web"}});
    let created = Answer::text(201, &whole.to_string());
    let known = |run: &Run| !run.stderr.contains("it is not known whether this was done");
    for answer in [
        created.clone().half(),
        Answer::closed(),
        Answer::text(201, "{"),
        Answer::text(502, "<html>"),
        Answer::refusal(
            504,
            "Timeout",
            "Timeout: request did not complete within requested timeout",
        ),
        Answer::refusal(500, "InternalError", "etcdserver: request timed out"),
    ] {
        let run = refused(answer);
        assert_eq!((run.code, known(&run)), (Some(3), false), "{run:?}");
        assert!(
            run.stderr.contains("kubectl get pods web -n default"),
            "{run:?}"
        );
    }
    for answer in [
        Answer::refusal(403, "Forbidden", "no"),
        Answer::refusal(500, "InternalError", "failed calling webhook \"w\""),
        Answer::refusal(503, "ServiceUnavailable", "away"),
        Answer::text(302, ""),
    ] {
        let run = refused(answer);
        assert_eq!((run.code, known(&run)), (Some(3), true), "{run:?}");
    }
    let run = create(&ApiServer::new().on(PODS, created));
    assert_eq!(
        (run.code, run.stdout.as_str()),
        (Some(0), "pod/web created\n"),
        "{run:?}"
    );
}

#[test]
fn an_apply_that_met_another_change_is_sent_again() {
    let conflict = || {
        Answer::refusal(
            409,
            "Conflict",
            "Operation cannot be fulfilled on pods \"web\": the object has been modified; please apply your changes to the latest version and try again",
        )
    };
    let apply = "PATCH /api/v1/namespaces/default/pods/web";
    let home = Home::with(&[
        ("pod.yaml", POD),
        (
            "pinned.yaml",
            &POD.replace(
                "  name: web\nspec",
                "  name: web\n  resourceVersion: \"7\"\nspec",
            ),
        ),
    ]);
    let server = ApiServer::new()
        .once(apply, conflict())
        .once(apply, conflict())
        .storing();
    let run = home.run_on(&server, &["apply", "-f", "pod.yaml"]);
    assert_eq!((run.code, run.stderr.as_str()), (Some(0), ""), "{run:?}");
    assert_eq!(server.asked().len(), 3);
    // Not for ever, and not where a version is meant, an owner stands against it,
    // or something is created.
    let server = ApiServer::new().on(apply, conflict());
    assert_eq!(
        home.run_on(&server, &["apply", "-f", "pod.yaml"]).code,
        Some(1)
    );
    assert_eq!(server.asked().len(), 6);
    let server = ApiServer::new().on(apply, conflict());
    assert_eq!(
        home.run_on(&server, &["apply", "-f", "pinned.yaml"]).code,
        Some(1)
    );
    assert_eq!(server.asked().len(), 1);
    let owned = json!([{"field": ".spec.containers", "reason": "FieldManagerConflict", "message": "conflict with \"other\""}]);
    let server = ApiServer::new().on(
        apply,
        Answer::refusal_with(409, "Conflict", "Apply failed with 1 conflict", &owned),
    );
    assert_eq!(
        home.run_on(&server, &["apply", "-f", "pod.yaml"]).code,
        Some(1)
    );
    assert_eq!(server.asked().len(), 1);
    let server = ApiServer::new().on(PODS, conflict());
    assert_eq!(create(&server).code, Some(1));
    assert_eq!(server.asked().len(), 1);
}

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
fn not_found_is_no_word_of_an_object() {
    let nothing = Answer::plain(404, "404 page not found\n");
    let home = Home::with(&[
        (
            "widget.yaml",
            "apiVersion: example.com/v1\nkind: Widget\nmetadata: {name: a}\n",
        ),
        (
            "pod.yaml",
            &POD.replace(
                "    image: nginx",
                "    image: nginx\n    envFrom: [{configMapRef: {name: c}}]",
            ),
        ),
    ]);
    let server = ApiServer::bare()
        .on("GET /", nothing.clone())
        .on("POST /", nothing.clone())
        .on("DELETE /", nothing.clone());
    for args in [
        &["wait", "pod/x", "--timeout=5s"][..],
        &["wait", "pod/x", "--for=deleted", "--timeout=5s"],
        &["wait", "pods", "--all", "--for=deleted", "--timeout=5s"],
        &["wait", "-f", "widget.yaml", "--for=deleted", "--timeout=5s"],
        &["wait", "widget/a", "--for=deleted", "--timeout=5s"],
        &["explain-env", "x"],
        &["explain-env", "-f", "pod.yaml"],
        &["create", "-f", "widget.yaml"],
        &["create", "-f", "pod.yaml"],
        &["version"],
    ] {
        let run = home.run_on(&server, args);
        assert_eq!(run.code, Some(3), "{args:?}: {run:?}");
    }
    // Where listing is not allowed, each is asked for by its name.
    let server = ApiServer::new()
        .on(
            "GET /api/v1/namespaces/default/pods?",
            Answer::refusal(403, "Forbidden", "no"),
        )
        .on("GET /api/v1/namespaces/default/pods/x", nothing);
    let run = home.run_on(&server, &["wait", "pod/x", "--for=deleted", "--timeout=5s"]);
    assert_eq!(run.code, Some(3), "{run:?}");
}

#[test]
fn what_discovery_names_stays_in_its_path() {
    for plural in [
        "w/../../secrets?x=",
        "deeps/a",
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

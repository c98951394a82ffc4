//! Answers without success, of the API server and of what stands in its place.

use serde_json::json;

use super::errors::refused;
use crate::POD;
use crate::apiserver::{Answer, ApiServer};
use crate::support::Home;

#[test]
fn no_set_is_empty_that_a_login_page_has_listed() {
    for answer in [
        Answer::text(200, "<html><title>Log in</title></html>"),
        Answer::text(302, "").header("location", "https://login.example/"),
        Answer::text(404, "<html>"),
        Answer::text(403, "{}"),
    ] {
        let server = ApiServer::bare().on("GET /", answer);
        for words in [&["pods", "--all"][..], &["jobs,pods", "-l", "a=b"]] {
            let home = Home::new();
            let end = ["--for=deleted", "--timeout", "30s", "--junit", "report.xml"];
            let run = home.run_on(&server, &[&["wait"], words, &end].concat());
            assert_eq!(run.code, Some(3), "{words:?}: {run:?}");
            let report = std::fs::read_to_string(home.path().join("report.xml")).unwrap();
            assert!(report.contains("failures=\"1\""), "{report}");
        }
    }
}

#[test]
fn only_the_servers_own_words_mean_that_the_answer_is_no() {
    let status = |code: u16| Answer::refusal(code, "Reason", "words of the server");
    let page = |code: u16| Answer::text(code, "<html>").header("x", "y");
    let plain = |code: u16, text: &str| Answer::plain(code, text);
    for (code, answer, created, read) in [
        (400, status(400), 1, 3),
        (401, status(401), 3, 3),
        (403, status(403), 3, 3),
        (404, status(404), 4, 3),
        (404, Answer::refusal(404, "NotFound", "words"), 4, 4),
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
        let answer_again = answer.clone();
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
        let asked = ApiServer::bare().on("GET /", answer_again.clone());
        let run = Home::new().run_on(&asked, &["version"]);
        assert_eq!(run.code, Some(3), "version {code}: {run:?}");
        // A list is never missing: what is not there is its type.
        let run = Home::new().run_on(&server, &["wait", "pod/web", "--timeout", "20s"]);
        assert_eq!(run.code, Some(3), "wait {code}: {run:?}");
    }
}

#[test]
fn foreign_response_is_named_with_a_help() {
    let redirect = Answer::text(302, "").header("location", "https://login.example/?key=s3cret");
    for (answer, said, help) in [
        (
            redirect,
            "302 with a redirect to https://login.example/",
            "a login page or proxy",
        ),
        (
            Answer::text(407, "<title>Proxy</title>"),
            "407 with an HTML page titled \"Proxy\"",
            "the proxy requires",
        ),
        (
            Answer::text(404, "<html>"),
            "404 with an HTML page",
            "the URL of the server",
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

/// A 404 is the absence of an object only where it is a refusal that names it.
#[test]
fn not_found_is_a_word_of_the_object_that_it_names() {
    let status = |more: &serde_json::Value| {
        let mut body = json!({"kind": "Status", "apiVersion": "v1", "status": "Failure", "reason": "NotFound", "code": 404, "message": "not found"});
        for (key, value) in more.as_object().unwrap() {
            body[key] = value.clone();
        }
        Answer::text(404, &body.to_string())
    };
    let about = |kind: &str, group: &str, name: &str| {
        status(&json!({"details": {"kind": kind, "group": group, "name": name}}))
    };
    let text = POD.replace(
        "    image: nginx",
        "    image: nginx\n    envFrom: [{configMapRef: {name: x}}]",
    );
    let home = Home::with(&[(
        "pod.yaml",
        &text.replace("spec:", "spec:\n  enableServiceLinks: false"),
    )]);
    for (answer, pod, config_map) in [
        (status(&json!({})), true, true),
        (about("pods", "", "x"), true, false),
        (about("configmaps", "", "x"), false, true),
        (about("", "", "x"), true, true),
        (about("pods", "", "y"), false, false),
        (about("pods", "apps", "x"), false, false),
        (about("namespaces", "", "default"), false, false),
        (Answer::text(404, "{\"kind\": \"Status\"}"), false, false),
        (status(&json!({"apiVersion": "v2"})), false, false),
        (status(&json!({"status": "Success"})), false, false),
        (status(&json!({"reason": "Forbidden"})), false, false),
    ] {
        let server = ApiServer::new()
            .on(
                "GET /api/v1/namespaces/default/services/kubernetes",
                Answer::refusal(404, "NotFound", "services \"kubernetes\" not found"),
            )
            .on(
                "GET /api/v1/namespaces/default/configmaps/x",
                answer.clone(),
            )
            .on(
                "GET /api/v1/namespaces/default/pods?",
                Answer::refusal(403, "Forbidden", "no"),
            )
            .on("GET /api/v1/namespaces/default/pods/x", answer.clone());
        let run = home.run_on(&server, &["wait", "pod/x", "--for=deleted", "--timeout=9s"]);
        assert_eq!(
            run.code,
            Some(if pod { 0 } else { 3 }),
            "{answer:?} {run:?}"
        );
        let run = home.run_on(&server, &["explain-env", "x"]);
        assert_eq!(
            run.code,
            Some(if pod { 4 } else { 3 }),
            "{answer:?} {run:?}"
        );
        let run = home.run_on(&server, &["explain-env", "-f", "pod.yaml"]);
        let code = if config_map { 1 } else { 3 };
        assert_eq!(run.code, Some(code), "{answer:?} {run:?}");
        assert!(
            code == 1 || run.stderr.contains("configmaps \"x\""),
            "{run:?}"
        );
    }
}

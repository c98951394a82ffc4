//! Changes whose response is lost, or not of the API server: their outcome, and retries.

use serde_json::json;

use super::errors::{PODS, create, refused};
use crate::POD;
use crate::apiserver::{Answer, ApiServer};
use crate::support::{Home, Run};

#[test]
fn a_change_whose_answer_was_lost_may_have_been_made() {
    let whole = json!({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "web", "uid": "u"}});
    let created = Answer::text(201, &whole.to_string());
    let known = |run: &Run| !run.stderr.contains("outcome unknown: ");
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
        Answer::refusal(408, "Timeout", "Timeout: request did not complete"),
        Answer::plain(408, "Request Timeout"),
        Answer::text(503, "<html>"),
        Answer::plain(
            503,
            "upstream connect error or disconnect/reset before headers. reset reason: connection termination",
        ),
        Answer::plain(500, "Internal Server Error"),
        Answer::plain(503, ""),
        Answer::text(206, &whole.to_string()),
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

/// A name of a file is not a command of its author's.
#[test]
fn the_command_that_shows_a_change_quotes_what_it_names() {
    let text = "apiVersion: example.com/v1\nkind: Widget\nmetadata: {name: 'x; touch pwn #'}\n";
    let home = Home::with(&[("widget.yaml", text)]);
    let resources =
        json!({"resources": [{"name": "widgets", "kind": "Widget", "namespaced": true}]});
    let server = ApiServer::new()
        .on("GET /apis/example.com/v1", Answer::json(&resources))
        .on("POST /", Answer::closed());
    let run = home.run_on(&server, &["create", "-f", "widget.yaml"]);
    let told = "`kubectl get widgets.example.com 'x; touch pwn #' -n default`";
    assert!(run.stderr.contains(told), "{run:?}");
}

/// A change that may have been made is not sent again: it would be refused as existing
/// already, or create a second object of one `generateName`.
#[test]
fn a_change_is_sent_again_only_where_nothing_was_done() {
    let generated = POD.replace("  name: web\nspec", "  generateName: web-\nspec");
    let home = Home::with(&[("pod.yaml", POD), ("generated.yaml", &generated)]);
    let busy = "Too many requests, please try again later.";
    let posts = |server: &ApiServer| {
        let requests = server.requests();
        requests.iter().filter(|r| r.method != "GET").count()
    };
    for (answer, again) in [
        (Answer::text(503, "<html>"), false),
        (Answer::text(429, "<html>"), false),
        (Answer::plain(503, "upstream connect error"), false),
        (Answer::text(502, ""), false),
        (Answer::refusal(504, "Timeout", "Timeout"), false),
        (
            Answer::refusal(500, "InternalError", "etcdserver: request timed out"),
            false,
        ),
        (Answer::refusal(429, "TooManyRequests", "later"), true),
        (Answer::plain(429, busy), true),
        (Answer::refusal(503, "ServiceUnavailable", "later"), true),
        (Answer::refusal(500, "ServerTimeout", "later"), true),
    ] {
        let answer = answer.header("retry-after", "1");
        for args in [
            ["create", "-f", "pod.yaml"],
            ["create", "-f", "generated.yaml"],
            ["apply", "-f", "pod.yaml"],
        ] {
            let server = ApiServer::new()
                .once("POST /", answer.clone())
                .once("PATCH /", answer.clone())
                .storing();
            let run = home.run_on(&server, &args);
            let (code, sent) = if again { (0, 2) } else { (3, 1) };
            assert_eq!(
                (run.code, posts(&server)),
                (Some(code), sent),
                "{answer:?} {args:?} {run:?}"
            );
        }
    }
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

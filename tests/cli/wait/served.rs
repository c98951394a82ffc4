//! Types that a server stops serving, lists without a version, pages that grow too old, and answers
//! that ask to wait.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::{LIST, WATCH, asked, complete, ends_well, event, job, list, running, too_old, wait};
use crate::apiserver::{Answer, ApiServer, Then};
use crate::support::Home;

const WIDGETS: &str = "GET /apis/example.com/v1/namespaces/default/widgets?";

fn not_served() -> Answer {
    Answer::refusal(
        404,
        "NotFound",
        "the server could not find the requested resource",
    )
}

#[test]
fn a_type_that_is_deleted_takes_its_objects_along() {
    for (condition, code) in [("deleted", 0), ("jsonpath={.a}=b", 4)] {
        let server = widgets();
        let condition = format!("--for={condition}");
        let args = ["wait", "widget/x", "-n", "default", "--timeout=20s"];
        let run = Home::new().run_on(&server, &[&args[..], &[&condition]].concat());
        assert_eq!(run.code, Some(code), "{run:?} {:?}", server.asked());
        assert!(server.asked().len() < 8, "{:?}", server.asked());
    }
}

/// A server that has one object of a type, and then the type no more.
fn widgets() -> ApiServer {
    ApiServer::new()
        .once(&format!("{WIDGETS}limit"), found())
        .on(WIDGETS, not_served())
        .on("GET /apis/example.com/v1", not_served())
        .on("GET /apis", groups())
}

fn found() -> Answer {
    let widget = json!({"metadata": {"name": "x", "uid": "u", "resourceVersion": "1"}});
    Answer::json(&json!({"metadata": {"resourceVersion": "1"}, "items": [widget]}))
}

fn groups() -> Answer {
    Answer::json(
        &json!({"kind": "APIGroupDiscoveryList", "items": [{"metadata": {"name": "example.com"}, "versions": [
            {"version": "v1", "resources": [{"resource": "widgets", "responseKind": {"kind": "Widget"}, "scope": "Namespaced", "singularResource": "widget"}]},
        ]}]}),
    )
}

/// Discovery may lag behind a type that was deleted, and then the wait goes on;
/// but it ends.
#[test]
fn a_type_that_is_served_and_not_found_for_ever_ends_the_wait() {
    let resources =
        json!({"resources": [{"name": "widgets", "kind": "Widget", "namespaced": true}]});
    let server = ApiServer::new()
        .once(&format!("{WIDGETS}limit"), found())
        .on(WIDGETS, not_served())
        .on("GET /apis/example.com/v1", Answer::json(&resources))
        .on("GET /apis", groups());
    let args = ["wait", "widget/x", "-n", "default", "--for=deleted"];
    let run = Home::new().run_on(&server, &args);
    assert_eq!(run.code, Some(3), "{run:?} {:?}", server.asked());
    assert!(
        run.stderr.contains("does not serve widgets.example.com"),
        "{run:?}"
    );
}

#[test]
fn a_type_is_gone_only_when_the_server_says_so() {
    // As many a proxy answers that does not find the server.
    for away in [
        Answer::text(404, "404 page not found\n").header("content-type", "text/plain"),
        Answer::text(404, "<html>not found</html>"),
        Answer::refusal(503, "ServiceUnavailable", "away"),
        Answer::text(200, "{}"),
        Answer::closed(),
    ] {
        let server = ApiServer::new()
            .once(&format!("{WIDGETS}limit"), found())
            .on(WIDGETS, not_served())
            .once("GET /apis", groups())
            .on("GET /apis", away);
        let args = ["wait", "widget/x", "-n", "default", "--for=deleted"];
        let run = Home::new().run_on(&server, &[&args[..], &["--timeout=3s"]].concat());
        assert_eq!(run.code, Some(124), "{run:?} {:?}", server.asked());
    }
}

#[test]
fn a_list_without_a_version_is_looked_at_again_and_again_with_pauses() {
    let nameless =
        |job: Value| Answer::json(&json!({"kind": "JobList", "metadata": {}, "items": [job]}));
    let server = ApiServer::new().on(LIST, nameless(job(1, &json!({}))));
    assert_eq!(wait(&server, &["--timeout", "5s"]).code, Some(124));
    let (lists, watches) = asked(&server);
    assert!((2..6).contains(&lists) && watches == 0, "{lists} {watches}");
    let server = ApiServer::new()
        .once(LIST, nameless(job(1, &json!({}))))
        .on(LIST, nameless(complete(2)));
    ends_well(&wait(&server, &[]));
}

#[test]
fn a_page_that_grew_too_old_is_followed_by_the_whole_list() {
    let page = json!({"metadata": {"resourceVersion": "1", "continue": "next"}, "items": [job(1, &json!({}))]});
    let server = ApiServer::new()
        .once(
            "GET /apis/batch/v1/namespaces/default/jobs?limit=500&fieldSelector=metadata.name%3Dmigrate&continue",
            Answer::refusal(410, "Expired", "too old"),
        )
        .once(LIST, Answer::json(&page))
        .on(
            "GET /apis/batch/v1/namespaces/default/jobs?fieldSelector",
            list(9, &[complete(9)]),
        );
    ends_well(&wait(&server, &[]));
    assert_eq!(asked(&server).0, 3);
}

#[test]
fn a_server_that_asks_to_wait_is_not_asked_before() {
    let later = || Answer::refusal(429, "TooManyRequests", "later").header("retry-after", "2");
    for (server, lists, watches) in [
        (
            ApiServer::new()
                .once(WATCH, later())
                .on(
                    WATCH,
                    Answer::watch(&[event("MODIFIED", &complete(3))], Then::Hold),
                )
                .on(LIST, running(1)),
            1,
            2,
        ),
        (
            ApiServer::new()
                .once(LIST, later())
                .on(LIST, list(9, &[complete(9)])),
            2,
            0,
        ),
    ] {
        let began = Instant::now();
        ends_well(&wait(&server, &[]));
        assert!(began.elapsed() >= Duration::from_secs(2));
        let (listed, watched) = asked(&server);
        // One more watch may begin before the end has gone through.
        assert!(
            listed == lists && (watches..=watches + 1).contains(&watched),
            "{listed} {watched}"
        );
    }
    let long = Answer::refusal(429, "TooManyRequests", "later").header("retry-after", "60");
    let server = ApiServer::new().on(LIST, long);
    let began = Instant::now();
    let run = wait(&server, &["--timeout", "2s"]);
    assert_eq!(run.code, Some(124), "{run:?}");
    assert!(began.elapsed() < Duration::from_secs(5));
    assert_eq!(asked(&server).0, 1);
}

/// The streams beside that of the targets are begun again, too, and none spins.
#[test]
fn faults_of_the_streams_beside_are_no_end() {
    let pods = "GET /api/v1/namespaces/default/pods?";
    let events = "GET /api/v1/namespaces/default/events?";
    let empty = || Answer::json(&json!({"metadata": {"resourceVersion": "1"}, "items": []}));
    let answers = [
        Answer::refusal(500, "InternalError", "no etcd"),
        Answer::refusal(401, "Unauthorized", "Unauthorized"),
        Answer::refusal(403, "Forbidden", "no"),
        Answer::refusal(404, "NotFound", "no"),
        Answer::refusal(410, "Expired", "too old"),
        Answer::raw_watch(&["{\"type\": \"MODIFIED\", \"obj"], Then::End),
        Answer::watch(&[], Then::End),
        Answer::watch(&[too_old()], Then::End),
        Answer::closed(),
    ];
    let judge = |answer: &Answer| {
        let server = ApiServer::new()
            .on(&format!("{pods}watch"), answer.clone())
            .on(&format!("{events}watch"), answer.clone())
            .on(pods, empty())
            .on(events, empty())
            .on(WATCH, Answer::watch(&[], Then::Hold))
            .on(LIST, running(1));
        let run = wait(&server, &["--timeout", "4s"]);
        assert_eq!(run.code, Some(124), "{answer:?} {run:?}");
        let asked = server.asked();
        let beside = asked.iter().filter(|path| !path.ends_with("/jobs")).count();
        assert!((4..30).contains(&beside), "{answer:?} {beside}");
        // The same from the beginning.
        let server = ApiServer::new()
            .on(pods, answer.clone())
            .on(events, answer.clone())
            .on(WATCH, Answer::watch(&[], Then::Hold))
            .on(LIST, list(1, &[complete(1)]));
        ends_well(&wait(&server, &["--timeout", "4s"]));
    };
    std::thread::scope(|scope| {
        for answer in &answers {
            scope.spawn(|| judge(answer));
        }
    });
}

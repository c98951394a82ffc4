//! A server that is busy, silent, away, or none at all.

use std::time::{Duration, Instant};

use serde_json::json;
use snapbox::{assert_data_eq, str};

use super::errors::{PODS, create, refused};
use crate::POD;
use crate::apiserver::{Answer, ApiServer};
use crate::support::Home;

#[test]
fn too_many_requests_are_tried_again_when_the_server_says_so() {
    for status in [429, 503] {
        let busy = Answer::refusal(status, "Busy", "busy").header("retry-after", "1");
        let server = ApiServer::new().once(PODS, busy).storing();
        let began = Instant::now();
        let run = create(&server);
        assert_eq!(
            (run.code, run.stdout.as_str()),
            (Some(0), "pod/web created\n"),
            "{run:?}"
        );
        assert!(began.elapsed() >= Duration::from_secs(1));
        assert_eq!(server.asked().len(), 2);
    }
}

#[test]
fn long_wait_is_reported_once() {
    let busy = Answer::refusal(503, "Busy", "busy").header("retry-after", "2");
    let server = ApiServer::new()
        .once(PODS, busy.clone())
        .once(PODS, busy)
        .storing();
    let run = create(&server);
    assert_eq!(run.code, Some(0), "{run:?}");
    assert_eq!(run.stderr, "the server asks to wait 2 s\n");
    assert_eq!(server.asked().len(), 3);
}

#[test]
fn internal_error_is_not_retried() {
    let server = ApiServer::new().on(
        PODS,
        Answer::refusal(500, "InternalError", "Internal error occurred: etcd"),
    );
    assert_data_eq!(
        create(&server).all(),
        str![[r#"
exit code 3
--- stderr
error[refused-by-server]: pod/web: the server failed to create pods "web" in namespace "default" (500): Internal error occurred: etcd
 --> pod.yaml:4:9
  |
4 |   name: web
  |         ^^^


"#]]
    );
    assert_eq!(server.asked().len(), 1);
}

#[test]
fn retries_end_with_the_request_timeout() {
    let busy = Answer::refusal(429, "TooManyRequests", "busy").header("retry-after", "1");
    let server = ApiServer::new().on(PODS, busy);
    let home = Home::with(&[("pod.yaml", POD)]);
    let args = ["create", "-f", "pod.yaml", "--request-timeout", "1500ms"];
    let run = home.run_on(&server, &args);
    assert_data_eq!(
        run.all(),
        str![[r#"
exit code 3
--- stderr
error: outcome unknown: create pods "web" in namespace "default": no answer from http://SERVER/ within 1 s
help: check the result with `kubectl get pods web -n default` before retrying

"#]]
    );
}

#[test]
fn a_silent_server_ends_with_the_request_timeout() {
    let server = ApiServer::bare().on("GET /version", Answer::silent());
    let run = Home::new().run_on(&server, &["version", "--request-timeout", "1s"]);
    assert_data_eq!(
        run.all(),
        str![[r#"
exit code 3
--- stdout
Client Version: v0.1.0
Known Kubernetes Versions: 1.31 to 1.37
Kubernetes Rules: 1.37 (without a server)
--- stderr
error: no answer from http://SERVER/ within 1 s to: get /version
help: raise --request-timeout

"#]]
    );
}

#[test]
fn unreachable_server_is_named() {
    let gone = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let home = Home::with(&[("pod.yaml", POD)]);
    let url = format!("http://{gone}");
    let run = home.run(&["create", "-f", "pod.yaml", "--server", &url]);
    assert_data_eq!(
        run.all().replace(&gone.port().to_string(), "PORT"),
        str![[r#"
exit code 3
--- stderr
error: the server http://127.0.0.1:PORT/ cannot be reached: connection refused
help: check the server and --context with `kubectl cluster-info --server http://127.0.0.1:PORT`

"#]]
    );
    let run = home.run(&[
        "create",
        "-f",
        "pod.yaml",
        "--server",
        "http://no-such-host.invalid",
    ]);
    assert_eq!(run.code, Some(3));
    assert!(
        run.stderr
            .starts_with("error: the server http://no-such-host.invalid"),
        "{run:?}"
    );
    assert_eq!(run.stderr.lines().count(), 2, "{run:?}");
}

#[test]
fn invalid_responses_are_errors() {
    for (answer, what) in [
        (Answer::text(200, "<html>hello</html>"), "NotAnApi"),
        (Answer::text(200, "{\"half\": "), "half JSON"),
        (Answer::json(&json!({"a": "b".repeat(1000)})).half(), "half"),
        (Answer::closed(), "closed"),
    ] {
        let run = refused(answer);
        assert_eq!(
            (run.code, run.stdout.as_str()),
            (Some(3), ""),
            "{what}: {run:?}"
        );
        assert!(run.stderr.starts_with("error: "), "{what}: {run:?}");
        assert!(!run.stderr.contains("panicked"), "{what}: {run:?}");
    }
    let html = refused(Answer::text(200, "<html>hello</html>"));
    assert_data_eq!(
        html.all(),
        str![[r#"
exit code 3
--- stderr
error: outcome unknown: create pods "web" in namespace "default": http://SERVER/ answered 200 with an HTML page
help: check the result with `kubectl get pods web -n default` before retrying; check the URL of the server with its path, `proxy-url` and HTTPS_PROXY; a login page may have answered

"#]]
    );
    let proxy = refused(Answer::text(502, "<html>\u{1b}[2Jbad gateway</html>"));
    assert_data_eq!(
        proxy.all(),
        str![[r#"
exit code 3
--- stderr
error: outcome unknown: create pods "web" in namespace "default": http://SERVER/ answered 502 with an HTML page
help: check the result with `kubectl get pods web -n default` before retrying; a proxy or load balancer answered instead of the server, which it may not reach

"#]]
    );
}

//! Credentials that are refused while waiting: they may be renewed meanwhile.

use std::time::{Duration, Instant};

use super::{LIST, WATCH, asked, bookmark, complete, ends_well, list, running, wait};
use crate::apiserver::{Answer, ApiServer, Request, Then};
use crate::support::{Home, Run};

fn refused() -> Answer {
    Answer::refusal(401, "Unauthorized", "Unauthorized")
}

/// A server that takes the first token until the watch has begun, and only the
/// second from then on.
fn rotating(on_watch: impl Fn() + Send + Sync + 'static) -> ApiServer {
    let second = |request: &Request| request.header("authorization") == ["Bearer second"];
    ApiServer::new()
        .answering(WATCH, move |request| {
            on_watch();
            if second(request) {
                Answer::watch(&[], Then::Hold)
            } else {
                refused()
            }
        })
        .once(LIST, running(1))
        .answering(LIST, move |request| {
            if second(request) {
                list(9, &[complete(9)])
            } else {
                refused()
            }
        })
}

fn as_user(home: &Home, server: &ApiServer, user: &str) -> Run {
    home.kubeconfig(server, user);
    home.run(&["wait", "job/migrate", "-n", "default", "--timeout=60s"])
}

#[test]
fn a_token_file_is_read_again_whether_it_ends_with_its_line_or_not() {
    for end in ["", "\n"] {
        let home = Home::with(&[("token", &format!("first{end}"))]);
        let path = home.path().join("token");
        let file = path.clone();
        let next = format!("second{end}");
        let server = rotating(move || std::fs::write(&file, &next).unwrap());
        let began = Instant::now();
        let run = as_user(
            &home,
            &server,
            &format!("{{tokenFile: {}}}", path.display()),
        );
        ends_well(&run);
        assert!(began.elapsed() < Duration::from_secs(8), "at once: {run:?}");
        assert!(asked(&server).0 < 4, "{:?}", asked(&server));
    }
}

#[test]
fn a_plugin_is_run_again() {
    let home = Home::new();
    let script = "n=first; test -e ran && n=second; touch ran\n\
        echo \"{\\\"apiVersion\\\": \\\"client.authentication.k8s.io/v1\\\", \\\"kind\\\": \\\"ExecCredential\\\", \\\"status\\\": {\\\"token\\\": \\\"$n\\\"}}\"";
    let plugin = home.script("plugin", script);
    let server = rotating(|| {});
    let user = format!(
        "{{exec: {{apiVersion: client.authentication.k8s.io/v1, command: '{}', interactiveMode: Never}}}}",
        plugin.display()
    );
    ends_well(&as_user(&home, &server, &user));
}

#[test]
fn a_wait_continues_when_the_server_recovers() {
    let server = ApiServer::new()
        .once(WATCH, Answer::watch(&[bookmark(2)], Then::End))
        .once(WATCH, refused())
        .on(WATCH, Answer::watch(&[], Then::Hold))
        .once(LIST, running(1))
        .once(LIST, refused())
        .once(LIST, refused())
        .once(LIST, refused())
        .once(LIST, refused())
        .once(LIST, refused())
        .on(LIST, list(9, &[complete(9)]));
    let run = wait(&server, &[]);
    ends_well(&run);
    assert!(run.stderr.contains("Unauthorized; trying again"), "{run:?}");
    let (lists, watches) = asked(&server);
    assert!(lists == 7 && watches <= 3, "{lists} {watches}");
}

#[test]
fn an_immediate_refusal_ends_the_wait_at_once() {
    let server = ApiServer::new().on(LIST, refused());
    let began = Instant::now();
    let run = wait(&server, &[]);
    assert_eq!(run.code, Some(3), "{run:?}");
    assert!(run.stderr.contains("credentials"), "{run:?}");
    assert!(began.elapsed() < Duration::from_secs(5));
    assert_eq!(asked(&server), (1, 0));
}

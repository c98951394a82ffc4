//! Completion through kubectl.

use serde_json::json;
use snapbox::{assert_data_eq, str};

use crate::apiserver::{Answer, ApiServer};
use crate::support::{Home, finish};

/// The choices for the last of these words.
fn choices(words: &[&str]) -> String {
    let program = env!("CARGO_BIN_EXE_kubectl_complete-pod_tools");
    finish(Home::new().program(program, words), b"").all()
}

/// The same with a server named before.
fn live(server: &ApiServer, words: &[&str]) -> String {
    let url = server.url();
    choices(&[&["--server", &url, "-n", "team"], words].concat())
}

#[test]
fn commands_and_flags_are_offered() {
    assert_data_eq!(
        choices(&["create", "po"]),
        str![[r#"
exit code 0
--- stdout
pod	Create a Pod from flags
:4

"#]]
    );
    assert_data_eq!(
        choices(&["create", "pod", "web", "--env-k"]),
        str![[r#"
exit code 0
--- stdout
--env-key	Set a variable from a ConfigMap or Secret
:4

"#]]
    );
    assert_data_eq!(
        choices(&["explain-env", "-o", "js"]),
        str![[r#"
exit code 0
--- stdout
json	The report as JSON
:4

"#]]
    );
}

#[test]
fn a_rule_is_completed_with_its_title() {
    assert_data_eq!(
        choices(&["rules", "unknown-f"]),
        str![[r#"
exit code 0
--- stdout
unknown-field	The API has no such field
:4

"#]]
    );
}

#[test]
fn values_come_from_the_cluster() {
    let server = ApiServer::new()
        .on("GET /api/v1/namespaces/team/configmaps", Answer::json(&json!({"items": [
            {"metadata": {"name": "settings"}, "data": {"HOST": "db", "PORT": "1"}},
        ]})))
        .on("GET /api/v1/namespaces/team/secrets", Answer::json(&json!({"items": [
            {"metadata": {"name": "login"}, "data": {"password": "aHVudGVyMg=="}},
        ]})))
        .on("GET /api/v1/namespaces/team/pods", Answer::json(&json!({"items": [
            {"metadata": {"name": "a"}, "spec": {"containers": [{"image": "nginx:1"}, {"image": "redis"}]}},
            {"metadata": {"name": "b"}, "spec": {"containers": [{"image": "nginx:1"}]}},
        ]})));
    let create = ["create", "pod", "web"];
    let offered = |flag: &str, typed: &str| {
        let words = [&create[..], &[flag, typed]].concat();
        // A machine that is busy may miss the 300 ms.
        let mut tries = (0..50).map(|_| live(&server, &words));
        let nothing = "exit code 0\n--- stdout\n:4\n";
        tries.find(|said| said != nothing).unwrap_or_default()
    };
    assert_data_eq!(
        offered("--image", "ng"),
        str![[r#"
exit code 0
--- stdout
nginx:1
:4

"#]]
    );
    assert_data_eq!(
        offered("--env-from", ""),
        str![[r#"
exit code 0
--- stdout
configmap/settings
secret/login
:4

"#]]
    );
    assert_data_eq!(
        offered("--env-key", "P=secret/"),
        str![[r#"
exit code 0
--- stdout
P=secret/login/password
:4

"#]]
    );
}

#[test]
fn a_server_that_is_not_there_or_says_nothing_offers_nothing_soon() {
    let began = std::time::Instant::now();
    let silent = ApiServer::new().on("GET /api/v1/namespaces/team/pods", Answer::silent());
    assert_data_eq!(
        live(&silent, &["create", "pod", "web", "--image", ""]),
        str![[r#"
exit code 0
--- stdout
:4

"#]]
    );
    assert_data_eq!(
        choices(&["create", "pod", "web", "--image", ""]),
        str![[r#"
exit code 0
--- stdout
:4

"#]]
    );
    // Far from any request's own time-out.
    assert!(began.elapsed() < std::time::Duration::from_secs(8));
}

/// The names of some objects; one of them is no name.
fn names(names: &[&str]) -> Answer {
    let items = names.iter().map(|name| json!({"metadata": {"name": name}}));
    Answer::json(&json!({"items": items.collect::<Vec<_>>()}))
}

#[test]
fn targets_namespaces_and_sources_come_from_the_cluster() {
    let server = ApiServer::new()
        .on(
            "GET /api/v1/namespaces/team/pods",
            names(&["web", "$(id)", "x;y", "-x"]),
        )
        .on("GET /api/v1/namespaces?", names(&["team", "`id`"]))
        .on(
            "GET /apis/batch/v1/namespaces/team/jobs",
            names(&["migrate", "a\nb"]),
        )
        .on(
            "GET /apis/batch/v1/namespaces/team/cronjobs",
            names(&["nightly"]),
        );
    for (words, expected) in [
        (&["wait", "we"][..], "web\n"),
        (&["explain-env", "we"], "web\n"),
        (&["wait", "job/"], "job/migrate\n"),
        (&["wait", "jobs/m"], "jobs/migrate\n"),
        (&["wait", "job", ""], "migrate\n"),
        (&["wait", "job", "migrate", ""], "migrate\n"),
        (&["explain-env", "cj/"], "cj/nightly\n"),
        (&["explain-job", "mi"], "migrate\n"),
        (&["explain-job", "cronjob", ""], "nightly\n"),
        (&["explain-env", "pod", ""], "web\n"),
        (
            &["create", "job", "x", "--from", "cronjob/"],
            "cronjob/nightly\n",
        ),
        (&["wait", "-n", ""], "team\n"),
    ] {
        // A machine that is busy may miss the 300 ms.
        let nothing = "exit code 0\n--- stdout\n:4\n";
        let mut tries = (0..200).map(|_| live(&server, words));
        let said = tries.find(|said| said != nothing).unwrap_or_default();
        assert_eq!(
            said,
            format!("exit code 0\n--- stdout\n{expected}:4\n"),
            "{words:?}"
        );
    }
}

#[test]
fn conditions_and_types_are_offered_without_a_cluster() {
    for (words, expected) in [
        (
            &["wait", "job/x", "--for=comp"][..],
            &["--for=complete"][..],
        ),
        (
            &["wait", "job/x", "--for", "d"],
            &["done", "deleted", "delete"],
        ),
        (
            &["wait", "job/x", "--for", "condition=S"],
            &["condition=Suspended"],
        ),
        (&["wait", "job/x", "--for", "json"], &["jsonpath={.status."]),
        (&["wait", "cronj"], &["cronjob"]),
        (&["explain-env", "deploy"], &["deployment"]),
        (&["explain-env", "svc/"], &[]),
        (&["explain-job", "cron"], &["cronjob"]),
        (&["explain-job", "deploy"], &[]),
        (&["create", "job", "x", "--from", "cron"], &["cronjob/"]),
        (&["create", "pod", "x", "--from", "svc/"], &[]),
    ] {
        let said = choices(words);
        let offered: Vec<&str> = said
            .lines()
            .skip(2)
            .filter(|line| *line != ":4")
            .map(|line| line.split('\t').next().unwrap())
            .collect();
        assert_eq!(offered, expected, "{words:?}");
    }
}

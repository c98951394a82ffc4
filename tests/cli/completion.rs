//! What kubectl is told when somebody presses TAB.

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
--env-key	A key of configmap/NAME or secret/NAME [,optional]
:4

"#]]
    );
    assert_data_eq!(
        choices(&["explain-env", "-o", "js"]),
        str![[r#"
exit code 0
--- stdout
json	The report, for programs
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

//! `version`.

use std::process::Command;

use snapbox::{assert_data_eq, str};

use crate::apiserver::{Answer, ApiServer};
use crate::support::{Home, finish};

#[test]
fn client_version_needs_no_home_and_no_cluster() {
    let mut command = Command::new(env!("CARGO_BIN_EXE_kubectl-pod_tools"));
    command.args(["version", "--client"]).env_clear();
    assert_data_eq!(
        finish(command, b"").all(),
        str![[r#"
exit code 0
--- stdout
Client Version: v0.1.0
Kubernetes Rules: v1.31 to v1.35

"#]]
    );
}

#[test]
fn client_version_ignores_a_broken_kubeconfig() {
    let home = Home::with(&[(".kube/config", "][")]);
    assert_eq!(home.run(&["version", "--client"]).code, Some(0));
}

#[test]
fn client_and_server_versions_are_printed() {
    let server = ApiServer::new();
    assert_data_eq!(
        Home::new().run_on(&server, &["version"]).all(),
        str![[r#"
exit code 0
--- stdout
Client Version: v0.1.0
Kubernetes Rules: v1.31 to v1.35
Server Version: v1.35.4

"#]]
    );
    let json = Home::new().run_on(&server, &["version", "-o", "json"]);
    assert_data_eq!(
        json.all(),
        str![[r#"
exit code 0
--- stdout
{
    "clientVersion": "v0.1.0",
    "kubernetesVersions": [
        "1.31",
        "1.32",
        "1.33",
        "1.34",
        "1.35"
    ],
    "serverVersion": "v1.35.4"
}

"#]]
    );
    let yaml = Home::new().run_on(&server, &["version", "-o", "yaml"]);
    assert_data_eq!(
        yaml.all(),
        str![[r#"
exit code 0
--- stdout
clientVersion: v0.1.0
kubernetesVersions:
- "1.31"
- "1.32"
- "1.33"
- "1.34"
- "1.35"
serverVersion: v1.35.4

"#]]
    );
}

#[test]
fn client_version_is_printed_without_a_server() {
    let run = Home::new().run(&["version"]);
    assert_data_eq!(
        run.all(),
        str![[r#"
exit code 3
--- stdout
Client Version: v0.1.0
Kubernetes Rules: v1.31 to v1.35
--- stderr
error: no cluster is configured
help: set --kubeconfig, $KUBECONFIG or --server

"#]]
    );
}

#[test]
fn a_servers_version_cannot_play_with_the_terminal() {
    let server = ApiServer::bare().on(
        "GET /version",
        Answer::text(200, r#"{"gitVersion": "v1\u001b[2J"}"#),
    );
    let run = Home::new().run_on(&server, &["version"]);
    assert_eq!(run.code, Some(0));
    assert!(
        run.stdout.ends_with("Server Version: v1\\u{1b}[2J\n"),
        "{run:?}"
    );
}

//! `version`.

use std::process::Command;

use serde_json::{Value, json};
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
Known Kubernetes Versions: 1.31 to 1.37
Kubernetes Rules: 1.37 (without a server)

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
Server Version: v1.37.2
Known Kubernetes Versions: 1.31 to 1.37
Kubernetes Rules: 1.37

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
        "1.35",
        "1.36",
        "1.37"
    ],
    "serverVersion": "v1.37.2",
    "kubernetesVersion": {
        "rules": "1.37",
        "server": "v1.37.2"
    }
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
- "1.36"
- "1.37"
serverVersion: v1.37.2
kubernetesVersion:
  rules: "1.37"
  server: v1.37.2

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
Known Kubernetes Versions: 1.31 to 1.37
Kubernetes Rules: 1.37 (without a server)
--- stderr
error: no cluster is configured
help: set --kubeconfig, $KUBECONFIG or --server

"#]]
    );
}

/// A version is no resource, of which `kubectl auth can-i` takes the path.
#[test]
fn a_version_that_may_not_be_read_names_the_right_by_its_path() {
    let message = "forbidden: User \"eve\" cannot get path \"/version\"";
    let refusal = Answer::refusal(403, "Forbidden", message);
    let server = ApiServer::bare().on("GET /version", refusal);
    let run = Home::new().run_on(&server, &["version"]);
    assert_data_eq!(
        run.all(),
        str![[r#"
exit code 3
--- stdout
Client Version: v0.1.0
Known Kubernetes Versions: 1.31 to 1.37
Kubernetes Rules: 1.37 (without a server)
--- stderr
error: not allowed to get /version: forbidden: User "eve" cannot get path "/version"
help: check with `kubectl auth can-i get /version`

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
        run.stdout.contains("\nServer Version: v1\\u{1b}[2J\n"),
        "{run:?}"
    );
}

/// Returns a server of a version, as `/version` names it.
fn server_of(git_version: &str, minor: &str) -> ApiServer {
    let version = json!({"major": "1", "minor": minor, "gitVersion": git_version});
    ApiServer::bare().on("GET /version", Answer::json(&version))
}

#[test]
fn rules_are_those_of_the_server_or_of_the_flag() {
    for (git_version, minor, rules, skew) in [
        ("v1.34.2-gke.100", "34+", "1.34", None),
        ("v1.35.0+k3s1", "35", "1.35", None),
        ("v1.33.1-eks-abc", "33+", "1.33", None),
        ("v1.37.0-rc.1", "37", "1.37", None),
        (
            "v1.38.0-beta.0",
            "38+",
            "1.37",
            Some(("newer", "the server is newer than the known versions")),
        ),
        (
            "v1.29.3",
            "29",
            "1.31",
            Some(("older", "the server is older than the known versions")),
        ),
        (
            "v0.0.0-master",
            "",
            "1.37",
            Some(("unknown", "the server's version is not recognized")),
        ),
    ] {
        let server = server_of(git_version, minor);
        let run = Home::new().run_on(&server, &["version"]);
        let reason = skew.map_or(String::new(), |(_, reason)| format!(" ({reason})"));
        let last = format!("\nKubernetes Rules: {rules}{reason}\n");
        assert!(run.stdout.ends_with(&last), "{git_version}: {run:?}");
        let run = Home::new().run_on(&server, &["version", "-o", "json"]);
        let report: Value = serde_json::from_str(&run.stdout).unwrap();
        let mut expected = json!({"rules": rules, "server": git_version});
        if let Some((skew, _)) = skew {
            expected["skew"] = skew.into();
        }
        assert_eq!(report["kubernetesVersion"], expected, "{git_version}");

        let chosen = ["version", "--kubernetes-version", "v1.36.2"];
        let run = Home::new().run_on(&server, &chosen);
        let last = "\nKubernetes Rules: 1.36 (--kubernetes-version)\n";
        assert!(run.stdout.ends_with(last), "{git_version}: {run:?}");
        assert!(run.stdout.contains(git_version), "{run:?}");
    }
    let run = Home::new().run(&["version", "--client", "--kubernetes-version=1.33"]);
    let last = "\nKubernetes Rules: 1.33 (--kubernetes-version)\n";
    assert!(run.stdout.ends_with(last), "{run:?}");
}

#[test]
fn rules_are_those_of_the_version_that_the_server_emulates() {
    for (emulated, rules, reason, skew) in [
        ("35", "1.35", "the version that the server emulates", None),
        (
            "30",
            "1.31",
            "the server is older than the known versions",
            Some("older"),
        ),
    ] {
        let version = json!({
            "major": "1", "minor": "37", "gitVersion": "v1.37.2",
            "emulationMajor": "1", "emulationMinor": emulated,
        });
        let server = ApiServer::bare().on("GET /version", Answer::json(&version));
        let run = Home::new().run_on(&server, &["version"]);
        let last = format!("\nKubernetes Rules: {rules} ({reason})\n");
        assert!(run.stdout.ends_with(&last), "{emulated}: {run:?}");
        let run = Home::new().run_on(&server, &["version", "-o", "json"]);
        let report: Value = serde_json::from_str(&run.stdout).unwrap();
        let mut expected =
            json!({"rules": rules, "server": "v1.37.2", "emulates": format!("1.{emulated}")});
        if let Some(skew) = skew {
            expected["skew"] = skew.into();
        }
        assert_eq!(report["kubernetesVersion"], expected);
    }
}

#[test]
fn an_unknown_version_is_an_error_with_the_known_ones() {
    for version in ["1.38", "1.30", "latest", "1.37.x"] {
        let run = Home::new().run(&["version", "--client", "--kubernetes-version", version]);
        assert_eq!(run.code, Some(2), "{run:?}");
        let expected = format!(
            "unsupported Kubernetes version `{version}`; \
             expected 1.31, 1.32, 1.33, 1.34, 1.35, 1.36 or 1.37"
        );
        assert!(run.stderr.contains(&expected), "{run:?}");
    }
}

#[test]
fn help_names_the_newest_version() {
    let run = Home::new().run(&["version", "--help"]);
    let default = format!("offline {}]", pod_model::KubernetesVersion::LATEST);
    assert!(run.stdout.contains(&default), "{run:?}");
}

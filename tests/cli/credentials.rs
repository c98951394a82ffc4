//! Who one is, and that nothing of it is ever shown.

use std::time::{Duration, Instant};

use serde_json::json;
use snapbox::{assert_data_eq, str};

use crate::apiserver::{Answer, ApiServer};
use crate::support::{Home, interrupted};

const CREDENTIAL: &str = r#"echo '{"apiVersion": "client.authentication.k8s.io/v1", "kind": "ExecCredential", "status": {"token": "from-plugin"}}'"#;

fn plugin(command: &str) -> String {
    format!(
        "{{exec: {{apiVersion: client.authentication.k8s.io/v1, command: {command}, interactiveMode: Never, env: [{{name: GREETING, value: hello}}]}}}}"
    )
}

#[test]
fn a_plugin_beside_the_kubeconfig_gives_the_token() {
    let server = ApiServer::new();
    let home = Home::new();
    home.script(
        ".kube/bin/login",
        &format!("[ \"$GREETING\" = hello ] || exit 9\n{CREDENTIAL}"),
    );
    home.kubeconfig(&server, &plugin("./bin/login"));
    let run = home.run(&["version"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    assert_eq!(
        server.requests()[0].header("authorization"),
        ["Bearer from-plugin"]
    );
}

#[test]
fn a_token_flag_wins_over_the_plugin() {
    let server = ApiServer::new();
    let home = Home::new();
    home.script(".kube/login", "touch called; exit 1");
    home.kubeconfig(&server, &plugin("./login"));
    // By itself it is run.
    assert_eq!(home.run(&["version"]).code, Some(3));
    assert!(home.take_mark("called"));
    let run = home.run(&["version", "--token", "by-hand"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    assert_eq!(
        server.requests()[0].header("authorization"),
        ["Bearer by-hand"]
    );
    assert!(!home.take_mark("called"));
}

#[test]
fn failed_plugin_is_reported_with_its_message() {
    let server = ApiServer::new();
    let home = Home::new();
    home.script(".kube/login", "echo 'your session has expired' >&2; exit 7");
    home.kubeconfig(&server, &plugin("./login"));
    let run = home.run(&["version"]);
    assert_eq!(run.code, Some(3));
    let home_dir = home.path().display().to_string();
    assert_data_eq!(
        run.stderr
            .replace(&server.https(), "https://SERVER")
            .replace(&home_dir, "HOME"),
        str![[r#"
your session has expired
error: no credentials for https://SERVER/: the credential plugin `HOME/.kube/login` failed (exit code 7)
help: log in again, or use other credentials with --user or --token

"#]]
    );
    assert!(server.requests().is_empty());
}

#[test]
fn missing_or_invalid_plugin_is_reported() {
    let server = ApiServer::new();
    let home = Home::new();
    home.kubeconfig(&server, &plugin("no-such-plugin"));
    let shown = |run: crate::support::Run| {
        assert_eq!(run.code, Some(3), "{run:?}");
        run.stderr
            .replace(&server.https(), "https://SERVER")
            .replace(&home.path().display().to_string(), "HOME")
    };
    assert_data_eq!(
        shown(home.run(&["version"])),
        str![[r#"
error: no credentials for https://SERVER/: the credential plugin `no-such-plugin` cannot be started: no such file or directory
help: log in again, or use other credentials with --user or --token

"#]]
    );
    home.script(".kube/login", "echo 's3cret is no JSON'");
    home.kubeconfig(&server, &plugin("./login"));
    assert_data_eq!(
        shown(home.run(&["version"])),
        str![[r#"
error: no credentials for https://SERVER/: the credential plugin `HOME/.kube/login` printed no ExecCredential
help: log in again, or use other credentials with --user or --token

"#]]
    );
}

#[test]
fn a_plugin_that_hangs_can_be_interrupted() {
    let server = ApiServer::new();
    let home = Home::new();
    home.script(".kube/login", "touch started; exec sleep 60");
    home.kubeconfig(&server, &plugin("./login"));
    let mut child = home.command(&["version"]).spawn().unwrap();
    let began = Instant::now();
    while !home.path().join("started").exists() {
        assert!(began.elapsed() < Duration::from_secs(20));
        std::thread::sleep(Duration::from_millis(20));
    }
    assert_eq!(interrupted(&mut child, "TERM"), 143);
}

#[test]
fn missing_token_file_is_reported() {
    let server = ApiServer::new();
    let home = Home::new();
    home.kubeconfig(&server, "{tokenFile: gone}");
    let run = home.run(&["version"]);
    assert_eq!(run.code, Some(3), "{run:?}");
    assert!(run.stderr.contains("/.kube/gone"), "{run:?}");
}

#[test]
fn invalid_token_is_reported_but_not_shown() {
    let run = Home::new().run(&[
        "version",
        "--server",
        "https://127.0.0.1:1",
        "--token",
        "s3cret\nx",
    ]);
    let told = "error: no credentials: the token contains a character that is not allowed in an HTTP header\n";
    assert_eq!(run.code, Some(3));
    assert!(
        run.stderr.starts_with(told) && !run.stderr.contains("s3cret"),
        "{run:?}"
    );
}

#[test]
fn name_and_password_are_basic_authentication() {
    let server = ApiServer::new();
    let home = Home::new();
    home.kubeconfig(&server, "{username: joe}");
    let run = home.run(&["version", "--username", "jane", "--password", "pw"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    assert_eq!(
        server.requests()[0].header("authorization"),
        ["Basic amFuZTpwdw=="]
    );
}

#[test]
fn no_secret_is_in_any_output() {
    let secret =
        "apiVersion: v1\nkind: Secret\nmetadata: {name: s}\nstringData: {a: s3cret-data}\n";
    let wrong = "apiVersion: v1\nkind: Secret\nmetadata: {name: w}\ndata: [s3cret-data]\nstrngData: {b: s3cret-data}\n";
    let causes = json!([{"reason": "FieldValueInvalid", "field": "data[a]", "message": "Invalid value: too long"}]);
    let answers = [
        Answer::refusal_with(422, "Invalid", "Secret \"s\" is invalid", &causes),
        Answer::refusal(401, "Unauthorized", "Unauthorized"),
        Answer::refusal(403, "Forbidden", "no"),
        Answer::refusal(500, "InternalError", "no"),
        Answer::text(201, "nonsense"),
        Answer::closed(),
    ];
    let home = Home::with(&[("s.yaml", secret), ("w.yaml", wrong)]);
    for answer in answers {
        let server = ApiServer::new().on("POST /api/v1/namespaces/team/secrets", answer);
        for user in [
            "{token: s3cret-token}",
            "{username: jane, password: s3cret-password}",
        ] {
            home.kubeconfig(&server, user);
            for file in ["s.yaml", "w.yaml"] {
                let run = home.run(&["create", "-f", file, "-v", "9"]);
                let all = run.all();
                assert_ne!(run.code, Some(0));
                for word in ["s3cret", "czNjcmV0", "amFuZT"] {
                    assert!(!all.contains(word), "{user}: {all}");
                }
            }
        }
    }
}

#[test]
fn verbose_output_names_each_request() {
    let server = ApiServer::new().storing();
    let home = Home::with(&[("pod.yaml", crate::POD)]);
    let run = home.run_on(&server, &["create", "-f", "pod.yaml", "-v", "6"]);
    let lines: Vec<&str> = run.stderr.lines().collect();
    assert_eq!(lines.len(), 2, "{run:?}");
    assert!(lines[0].starts_with("GET /version 200 in "), "{run:?}");
    assert!(lines[1].starts_with("POST /api/v1/namespaces/default/pods?fieldManager=pod-tools&fieldValidation=Strict 201 in "), "{run:?}");
}

//! README and the pages of docs/ show what the programs really print. With `UPDATE_README=1`
//! the test writes it there.

#![allow(
    clippy::unwrap_used,
    reason = "a test ends where something is not as it should be"
)]

#[expect(dead_code, unused_imports, reason = "tests/cli uses all of it")]
#[path = "support/apiserver.rs"]
mod apiserver;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::json;

use apiserver::{Answer, ApiServer, Then};

/// Words after `kubectl`, and the program that kubectl runs for them.
const PROGRAMS: [(&str, &str); 5] = [
    ("pod-tools", env!("CARGO_BIN_EXE_kubectl-pod_tools")),
    ("pod-env", env!("CARGO_BIN_EXE_kubectl-pod_env")),
    ("pod-wait", env!("CARGO_BIN_EXE_kubectl-pod_wait")),
    ("pod-probe", env!("CARGO_BIN_EXE_kubectl-pod_probe")),
    ("create pod", env!("CARGO_BIN_EXE_kubectl-create-pod")),
];

/// Namespace `default` with the Job `migrate`, whose only Pod has failed.
fn cluster() -> ApiServer {
    let job = json!({
        "apiVersion": "batch/v1", "kind": "Job",
        "metadata": {"name": "migrate", "namespace": "default", "resourceVersion": "3",
            "uid": "11111111-2222-3333-4444-555555555555"},
        "spec": {"backoffLimit": 0, "template": {"spec": {"restartPolicy": "Never",
            "containers": [{"name": "migrate", "image": "registry/app:1.4"}]}}},
        "status": {"failed": 1, "conditions": [{"type": "Failed", "status": "True",
            "reason": "BackoffLimitExceeded",
            "message": "Job has reached the specified backoff limit"}]},
    });
    let pod = json!({
        "apiVersion": "v1", "kind": "Pod",
        "metadata": {"name": "migrate-x7k2p", "namespace": "default", "resourceVersion": "3",
            "uid": "11111111-2222-3333-4444-666666666666",
            "ownerReferences": [{"apiVersion": "batch/v1", "kind": "Job", "name": "migrate",
                "uid": "11111111-2222-3333-4444-555555555555", "controller": true}]},
        "spec": {"restartPolicy": "Never",
            "containers": [{"name": "migrate", "image": "registry/app:1.4"}]},
        "status": {"phase": "Failed", "containerStatuses": [{"name": "migrate", "ready": false,
            "restartCount": 0, "image": "registry/app:1.4", "imageID": "",
            "state": {"terminated": {"exitCode": 3, "reason": "Error"}}}]},
    });
    let log = b"connecting to db:5432\nmigration 42 failed: relation \"users\" does not exist\n";
    let pods = "/api/v1/namespaces/default/pods";
    let mut server =
        ApiServer::new().on(&format!("GET {pods}/migrate-x7k2p/log"), Answer::bytes(log));
    for (path, kind, items) in [
        (
            "/apis/batch/v1/namespaces/default/jobs",
            "JobList",
            vec![job],
        ),
        (pods, "PodList", vec![pod]),
        ("/api/v1/namespaces/default/events", "EventList", vec![]),
    ] {
        let list = json!({"kind": kind, "metadata": {"resourceVersion": "3"}, "items": items});
        server = server
            .on(
                &format!("GET {path}?watch=1"),
                Answer::watch(&[], Then::Hold),
            )
            .on(&format!("GET {path}"), Answer::json(&list));
    }
    server
}

/// Returns the output of `kubectl WORDS` as a person sees it: both streams, and the exit code if it is not 0.
fn printed(words: &str, kubeconfig: &Path) -> String {
    let (named, program) = PROGRAMS
        .into_iter()
        .find(|(named, _)| words.starts_with(named))
        .unwrap_or_else(|| panic!("no plugin answers `kubectl {words}`"));
    let mut command = Command::new(program);
    command.current_dir(root());
    command.args(shlex::split(&words[named.len()..]).unwrap());
    // Nothing of this machine's: neither a cluster nor colours.
    command.env_clear().env("HOME", "/nonexistent");
    command.env("KUBECONFIG", kubeconfig);
    let output = command.output().unwrap();
    let mut text =
        String::from_utf8(output.stderr).unwrap() + &String::from_utf8(output.stdout).unwrap();
    text.truncate(text.trim_end().len());
    match output.status.code().unwrap() {
        0 => format!("{text}\n"),
        code => format!("{text}\n(exit code {code})\n"),
    }
}

fn root() -> PathBuf {
    let crate_root = Path::new(env!("CARGO_MANIFEST_DIR"));
    crate_root.parent().unwrap().to_owned()
}

fn pages() -> Vec<PathBuf> {
    let docs = fs::read_dir(root().join("docs")).unwrap();
    let mut pages: Vec<PathBuf> = docs.map(|entry| entry.unwrap().path()).collect();
    pages.push(root().join("README.md"));
    pages
}

/// The page with fresh output in each block of the console, and how many there are.
fn refreshed(page: &str, kubeconfig: &Path) -> (String, usize) {
    let mut fresh = String::new();
    let mut blocks = 0;
    let mut lines = page.lines();
    while let Some(line) = lines.next() {
        fresh.push_str(line);
        fresh.push('\n');
        if line != "```console" {
            continue;
        }
        let mut command = lines.next().unwrap().to_owned();
        while command.ends_with('\\') {
            command = format!("{command}\n{}", lines.next().unwrap());
        }
        let words = command.strip_prefix("$ kubectl ").unwrap();
        let words = words.replace("\\\n", "");
        let text = printed(&words, kubeconfig);
        fresh.push_str(&format!("{command}\n{text}```\n"));
        blocks += 1;
        // What stood there before.
        assert!(lines.any(|line| line == "```"));
    }
    (fresh, blocks)
}

#[test]
fn the_pages_show_what_the_programs_print() {
    let server = cluster();
    let dir = tempfile::tempdir().unwrap();
    let kubeconfig = dir.path().join("config");
    let text = format!(
        "apiVersion: v1\nkind: Config\ncurrent-context: c\n\
         clusters:\n- {{name: k, cluster: {{server: '{}'}}}}\n\
         contexts:\n- {{name: c, context: {{cluster: k}}}}\n",
        server.url()
    );
    fs::write(&kubeconfig, text).unwrap();
    let mut blocks = 0;
    for path in pages() {
        let page = fs::read_to_string(&path).unwrap();
        let (fresh, count) = refreshed(&page, &kubeconfig);
        blocks += count;
        if std::env::var_os("UPDATE_README").is_some() {
            fs::write(&path, fresh).unwrap();
        } else {
            assert_eq!(page, fresh, "run it with UPDATE_README=1");
        }
    }
    assert!(blocks > 4, "the pages show something");
}

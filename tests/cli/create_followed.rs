//! `create pod` and `create job`: what follows the creation, and what is read back.

use snapbox::{assert_data_eq, str};

use crate::apiserver::{Answer, ApiServer};
use crate::support::Home;

#[test]
fn flags_of_actions_after_creation_require_an_end() {
    let home = Home::new();
    let lines: [&[&str]; 7] = [
        &["pod", "p", "--rm"],
        &["pod", "p", "--wait", "--rm"],
        &["pod", "p", "--attach", "--stdin", "--tty"],
        &["pod", "p", "--attach", "--dry-run=client"],
        &["job", "j", "--attach", "--stdin"],
        &["pod", "p", "--timeout=5s"],
        &["pod", "p", "--logs"],
    ];
    let all: String = lines
        .iter()
        .map(|line| {
            home.run(&[&["create"], *line, &["--image", "i"]].concat())
                .all()
        })
        .collect();
    assert_data_eq!(
        all,
        str![[r#"
exit code 2
--- stderr
error: `--rm` requires `--wait` or `--attach`
help: add `--wait`, or `--attach` to print the program's output
exit code 2
--- stderr
error: `--rm` requires a Pod that ends; its restart policy is Always
help: use `--restart Never` or `--restart OnFailure`
exit code 2
--- stderr
error: `--tty` requires a terminal on standard input
help: leave out `--tty`
exit code 2
--- stderr
error: cannot combine `--attach` with `--dry-run`
help: leave out `--attach` or `--dry-run`
exit code 2
--- stderr
error: cannot combine `--attach` and `--stdin` on a Job
help: leave out `--stdin`, or use `create pod`
exit code 2
--- stderr
error: `--timeout` requires `--wait`
help: add `--wait`
exit code 2
--- stderr
error: `--logs` requires `--wait`
help: add `--wait`

"#]]
    );
}

/// An attached program ends, and its input ends with ours.
#[test]
fn an_attached_pod_is_not_restarted() {
    let server = ApiServer::new().on(
        "POST /api/v1/namespaces/default/pods",
        Answer::refusal(403, "Forbidden", "no"),
    );
    let args = ["create", "pod", "p", "--image", "i", "--attach", "--stdin"];
    let run = Home::new().run_on(&server, &args);
    assert_eq!(run.code, Some(3), "{run:?}");
    let sent = server
        .requests()
        .into_iter()
        .find(|request| request.method == "POST");
    let spec = sent.unwrap().json()["spec"].clone();
    assert_eq!(spec["restartPolicy"], "Never");
    assert_eq!(spec["containers"][0]["stdinOnce"], true);
}

#[test]
fn printed_yaml_is_read_back_as_the_same() {
    let lines: [&[&str]; 3] = [
        &[
            "pod",
            "-l",
            "a=b",
            "--annotation",
            "c=d",
            "--env",
            "A=yes",
            "--env",
            "B=$(A)",
            "--env-from",
            "cm/x",
            "--port",
            "http=80",
            "--liveness",
            "http:http/x?period=3s",
            "--pre-stop",
            "sleep:5s",
            "--init",
            "i busybox -- true",
            "--sidecar",
            "s busybox port=9",
            "--mount",
            "emptydir:/x",
            "--tmp",
            "--user",
            "1000",
            "--profile",
            "restricted",
            "--toleration",
            "gpu",
            "--require-node",
            "a in (b)",
            "--spread",
            "zone",
            "--grace-period",
            "5s",
            "--restart",
            "Never",
            "--limits",
            "cpu=1",
            "--requests",
            "memory=1Gi",
        ],
        &[
            "job",
            "-l",
            "a=b",
            "--annotation",
            "c=d",
            "--completions",
            "3",
            "--indexed",
            "--success-policy",
            "0-1",
            "--pod-failure-policy",
            "fail:exit 3",
            "--ttl",
            "1h",
            "--suspend",
            "--backoff-limit",
            "0",
            "--restart-rule",
            "exit 42 -> restart",
            "--apart",
            "app=x",
            "--sysctl",
            "a.b=1",
            "--shell",
            "echo\nhi\n",
        ],
        &["job"],
    ];
    for line in lines {
        let home = Home::new();
        let common = ["--no-comment", "--dry-run=client", "-o", "yaml"];
        let first = [
            &["create", line[0], "x", "--image", "nginx:1"],
            &line[1..],
            &common,
        ]
        .concat();
        let written = home.run(&first);
        assert_eq!(written.code, Some(0), "{written:?}");
        home.write("x.yaml", &written.stdout);
        let again = [&["create", line[0], "x", "--from", "x.yaml"], &common[..]].concat();
        assert_eq!(home.run(&again).stdout, written.stdout);
    }
}

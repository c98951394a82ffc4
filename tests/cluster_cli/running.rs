//! Waiting for what really runs, and kubectl as the caller.

use std::path::PathBuf;

use serde_json::Value;

use crate::support::cluster::{cluster, repository, succeeded};
use crate::{PAUSE, Place, SUITE};

#[test]
fn waiting_for_a_job_ends_with_its_own_answer() {
    let place = Place::new("wait");
    let job = "apiVersion: batch/v1\nkind: Job\nmetadata: {name: NAME}\nspec:\n  backoffLimit: 0\n  template:\n    spec:\n      restartPolicy: Never\n      containers: [{name: c, image: 'busybox:1.28', command: [sh, -c, 'exit CODE']}]\n";
    for (name, code, exit, last) in [
        ("good", "0", 0, "job/good is done: CompletionsReached: "),
        (
            "bad",
            "3",
            1,
            "error: job/bad failed: BackoffLimitExceeded: ",
        ),
    ] {
        let file = place.file("job.yaml", &job.replace("NAME", name).replace("CODE", code));
        let run = place.run(&["apply", "-f", &file, "--wait", "--timeout", "150s"]);
        assert_eq!(run.code, Some(exit), "{run:?}");
        assert_eq!(run.stdout, format!("job.batch/{name} serverside-applied\n"));
        assert!(
            run.stderr.lines().any(|line| line.starts_with(last)),
            "{run:?}"
        );
    }
    let slow = place.file(
        "slow.yaml",
        &job.replace("NAME", "slow")
            .replace("exit CODE", "sleep 600"),
    );
    let run = place.run(&["create", "-f", &slow, "--wait", "--timeout", "1s"]);
    assert_eq!(run.code, Some(124), "{run:?}");
    let pod = place.file("pod.yaml", PAUSE);
    let run = place.run(&["create", "-f", &pod, "--wait", "--timeout", "150s"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    assert!(
        run.stderr.ends_with("pod/pause is done: Ready\n"),
        "{run:?}"
    );
    place
        .namespace
        .kubectl(&["delete", "pod", "pause", "--now"]);
}

#[test]
fn kubectl_finds_the_plugins_and_flags_pass() {
    let place = Place::new("plugin");
    let upstream = match std::env::var_os("POD_TOOLS_UPSTREAM") {
        Some(path) => PathBuf::from(path),
        None => repository().join("target/cluster/upstream"),
    };
    let bin = std::path::Path::new(SUITE).parent().unwrap();
    let path = std::env::join_paths(
        std::iter::once(bin.to_owned())
            .chain(std::env::split_paths(&std::env::var_os("PATH").unwrap())),
    );
    let kubectl = |args: &[&str]| {
        let path = format!("PATH={}", path.as_ref().unwrap().to_str().unwrap());
        let call = [
            &[path.as_str(), upstream.to_str().unwrap(), "kubectl"],
            args,
        ]
        .concat();
        cluster().run("env", call)
    };
    let file = place.file("pod.yaml", PAUSE);
    let namespace = format!("--namespace={}", place.namespace.name());
    let create = [
        "pod-tools",
        "create",
        "-f",
        &file,
        "--dry-run=server",
        "-o",
        "name",
        &namespace,
    ];
    assert_eq!(
        succeeded(&kubectl(&create), "kubectl pod-tools"),
        "pod/pause\n"
    );
    let version = succeeded(
        &kubectl(&["pod-tools", "version"]),
        "kubectl pod-tools version",
    );
    assert!(version.contains("Server Version: v1.37."), "{version}");
    let environment = ["pod-env", "-f", &file, "--offline", "-o", "json"];
    let report: Value =
        serde_json::from_str(&succeeded(&kubectl(&environment), "pod-env")).unwrap();
    assert_eq!(report["kind"], "EnvReport");
    assert_eq!(kubectl(&["pod-tools", "create"]).status.code(), Some(2));
}

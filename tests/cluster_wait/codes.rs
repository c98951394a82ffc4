//! An example for each exit code.

use crate::support::cluster::cluster;
use crate::support::namespace::Namespace;
use crate::support::waiting::{NEVER, apply, begin, command, job, wait};

#[test]
fn each_exit_code_has_its_example() {
    let namespace = Namespace::new("wait-codes");
    let manifests = [
        job("good", "backoffLimit: 0", NEVER, "true"),
        job("bad", "backoffLimit: 0", NEVER, "exit 3"),
        job("long", "backoffLimit: 0", NEVER, "sleep 600"),
        job("stuck", "backoffLimit: 0", NEVER, "true").replace("busybox", "no-such-image:1"),
    ];
    apply(&namespace, &manifests.concat());
    let nobody = cluster().kubeconfig("bad-token");
    let limit = ["--timeout", "120s", "--stuck-after", "3s"];
    let cases: [(&[&str], i32, &str); 12] = [
        (&["job/good"], 0, "job/good is done: CompletionsReached"),
        (&["job/bad"], 1, "container main exited 3 (1 of 1 attempts)"),
        (
            &["job/bad", "--for=complete"],
            1,
            "job/bad failed: BackoffLimitExceeded",
        ),
        (
            &["job/good", "--for=failed"],
            1,
            "can never meet the condition",
        ),
        (&["job/bad", "--exit-code-from=main"], 3, "job/bad failed"),
        (&["job/good", "--for=nonsense"], 2, ""),
        (&["job/good", "--kubeconfig", &nobody], 3, "Unauthorized"),
        (
            &["job/none", "--wait-for-creation=false"],
            4,
            "job/none does not exist",
        ),
        (&["job/stuck"], 5, "job/stuck is stuck: "),
        (&["job/good", "job/stuck"], 5, "job/stuck is stuck"),
        (
            &["job/long", "--timeout", "3s"],
            124,
            "job/long: timed out: Running: 0 of 1 succeeded",
        ),
        (
            &["job/long", "--timeout", "0"],
            124,
            "job/long: timed out: Running",
        ),
    ];
    let begun: Vec<_> = cases
        .iter()
        .map(|(args, ..)| {
            let limited = args.contains(&"--timeout");
            let args = [*args, if limited { &[] } else { &limit[..] }].concat();
            begin(command(&namespace, &args))
        })
        .collect();
    let signalled = [("INT", 130), ("TERM", 143)];
    let long = signalled.map(|_| begin(command(&namespace, &["job/long"])));
    for ((args, code, says), begun) in cases.iter().zip(begun) {
        let waited = begun.ended();
        assert_eq!(waited.code, Some(*code), "{args:?}: {waited:?}");
        assert!(waited.stderr.contains(says), "{args:?}: {waited:?}");
    }
    for ((signal, code), mut begun) in signalled.into_iter().zip(long) {
        assert!(begun.runs(), "{signal}: it waits");
        begun.signal(signal);
        let waited = begun.ended();
        assert_eq!(waited.code, Some(code), "{signal}: {waited:?}");
    }
    let active = namespace.get("job/long")["status"]["active"].clone();
    assert_eq!(active, 1, "the Job is left as it is");
}

#[test]
fn missing_rights_are_exit_code_3() {
    let namespace = Namespace::new("wait-rights");
    let config = cluster().kubeconfig("low-rights");
    let waited = wait(&namespace, &["job/any", "--kubeconfig", &config]);
    assert_eq!(waited.code, Some(3), "{waited:?}");
    assert!(
        waited.stderr.contains("cannot get resource \"jobs\""),
        "{waited:?}"
    );
}

#[test]
fn a_pod_that_may_only_be_read_is_looked_at_again_and_again() {
    let name = format!("only-get-{}", std::process::id());
    let pod = format!(
        "apiVersion: v1\nkind: Pod\nmetadata: {{name: {name}, namespace: default}}\nspec: {{restartPolicy: Never, containers: [{{name: c, image: busybox, command: [sleep, '3']}}]}}\n"
    );
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), pod).unwrap();
    cluster().kubectl(&["apply", "-f", file.path().to_str().unwrap()]);
    let config = cluster().kubeconfig("low-rights");
    let args = [
        &name,
        "-n",
        "default",
        "--timeout",
        "100s",
        "--kubeconfig",
        &config,
    ];
    let waited = cluster().run(env!("CARGO_BIN_EXE_kubectl-pod_wait"), args);
    assert_eq!(waited.status.code(), Some(0), "{waited:?}");
    cluster().kubectl(&["delete", "pod", &name, "-n", "default", "--wait=false"]);
}

/// The Pods of two indexes at the same time, of which one fails at once.
#[test]
fn a_job_of_several_pods_gives_the_code_of_the_one_to_blame_and_is_removed() {
    let namespace = Namespace::new("wait-several");
    let spec = "backoffLimit: 0\n  completionMode: Indexed\n  completions: 2\n  parallelism: 2";
    for (name, failing) in [("first", 0), ("second", 1)] {
        let script = format!("test $JOB_COMPLETION_INDEX = {failing} && exit 3; exit 0");
        apply(&namespace, &job(name, spec, NEVER, &script));
        let job = format!("job/{name}");
        for poll in [&[][..], &["--poll", "1s"]] {
            let args = [&[&job, "--timeout", "120s", "--exit-code-from=main"], poll].concat();
            let waited = wait(&namespace, &args);
            assert_eq!(waited.code, Some(3), "{waited:?}");
        }
        let waited = wait(&namespace, &[&job, "--timeout", "120s", "--rm"]);
        assert_eq!(waited.code, Some(1), "{waited:?}");
        let gone = wait(&namespace, &[&job, "--timeout", "120s", "--for=deleted"]);
        assert_eq!(gone.code, Some(0), "{gone:?}");
    }
    let left = namespace.get("jobs")["items"].clone();
    assert_eq!(left, serde_json::json!([]));
}

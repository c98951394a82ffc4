//! `create pod` and `create job` on the real cluster: the flags of containers do
//! there what their help says. Those of Pods and Jobs are in `cluster_flags`.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

mod support;
#[path = "upstream/words/mod.rs"]
mod words;

use std::io::Write;
use std::process::{Output, Stdio};

use serde_json::{Value, json};
use support::cluster::cluster;
use support::namespace::Namespace;

fn try_create(namespace: &Namespace, args: &[&str]) -> Output {
    let program = env!("CARGO_BIN_EXE_kubectl-pod_tools");
    let all = [&["create", "-n", namespace.name()], args].concat();
    cluster().command(program, all).output().unwrap()
}

/// Creates it; what was said.
fn create(namespace: &Namespace, args: &[&str]) -> String {
    let output = try_create(namespace, args);
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success(), "{args:?}: {said}");
    said
}

/// The log of a Pod that ends well.
fn log(namespace: &Namespace, args: &[&str]) -> String {
    let pod = args[0];
    let all = [
        &[
            "pod",
            pod,
            "--image=busybox",
            "--restart=Never",
            "--grace-period=1s",
        ],
        &args[1..],
    ]
    .concat();
    create(namespace, &all);
    namespace.until_phase(pod, "Succeeded");
    namespace.logs(pod, pod)
}

fn has(text: &str, lines: &[&str]) {
    for line in lines {
        assert!(
            text.lines().any(|known| known.trim() == *line),
            "{line}: {text}"
        );
    }
}

#[test]
fn environment_and_resources_reach_the_program() {
    let namespace = Namespace::new("create-env");
    namespace.kubectl(&[
        "create",
        "configmap",
        "settings",
        "--from-literal=HOST=db",
        "--from-literal=PORT=1",
    ]);
    namespace.kubectl(&[
        "create",
        "secret",
        "generic",
        "login",
        "--from-literal=password=hunter2",
    ]);
    let text = log(
        &namespace,
        &[
            "env",
            "--env-from=configmap/settings,prefix=DB_",
            "--env-from=secret/nothing,optional",
            "--env-key=PASSWORD=secret/login/password",
            "--env=URL=db://$(PASSWORD)@$(DB_HOST)",
            "--env-field=NAME=metadata.name",
            "--env-resource=LIMIT=limits.memory/1Mi",
            "--requests=cpu=10m",
            "--limits=memory=64Mi",
            "--workdir=/tmp",
            "--shell=env; pwd",
        ],
    );
    has(
        &text,
        &[
            "DB_HOST=db",
            "DB_PORT=1",
            "PASSWORD=hunter2",
            "URL=db://hunter2@db",
            "NAME=env",
            "LIMIT=64",
            "/tmp",
        ],
    );
    let pod = namespace.get("pod/env");
    assert_eq!(pod["status"]["qosClass"], "Burstable");
}

#[test]
fn volumes_are_where_they_were_mounted() {
    let namespace = Namespace::new("create-mount");
    namespace.kubectl(&["create", "configmap", "page", "--from-literal=index=hello"]);
    let text = log(&namespace, &[
        "files", "--mount=configmap/page:/page:ro", "--mount=emptydir=shared:/shared",
        "--mount=hostpath:/etc:/host:ro", "--mount=token:vault:10m:/token", "--tmp", "--read-only",
        "--init=first busybox mount=emptydir=shared:/shared shell='echo from-init > /shared/x'",
        "--shell=cat /page/index; echo; cat /shared/x; ls /host/hostname; wc -c < /token/token; touch /tmp/ok && echo tmp; touch /no 2>&1; true",
    ].map(|word| word));
    has(&text, &["hello", "from-init", "/host/hostname", "tmp"]);
    assert!(text.contains("Read-only file system"), "{text}");
}

#[test]
fn a_probe_that_fails_restarts_and_hooks_write() {
    let namespace = Namespace::new("create-probe");
    create(
        &namespace,
        &[
            "pod",
            "sick",
            "--image=busybox",
            "--liveness=tcp:9?period=1s&failures=1",
            "--grace-period=1s",
            "--shell=sleep 1000",
        ],
    );
    create(
        &namespace,
        &[
            "pod",
            "hooked",
            "--image=busybox",
            "--post-start=sh:echo started > /tmp/hook",
            "--readiness=exec:test -f /tmp/ready?period=1s",
            "--grace-period=1s",
            "--shell=sleep 1000",
        ],
    );
    let written = namespace.until("the hook to write", || {
        let output = namespace.try_kubectl(&["exec", "hooked", "--", "cat", "/tmp/hook"]);
        output.status.success().then_some(output.stdout)
    });
    assert_eq!(written, b"started\n");
    let ready = |pod: &Value| pod["status"]["containerStatuses"][0]["ready"].clone();
    assert_eq!(ready(&namespace.get("pod/hooked")), json!(false));
    namespace.kubectl(&["exec", "hooked", "--", "touch", "/tmp/ready"]);
    namespace.until_ready("hooked");
    namespace.until("the probe to restart the container", || {
        let pod = namespace.get("pod/sick");
        let restarts = pod["status"]["containerStatuses"][0]["restartCount"].as_u64()?;
        (restarts > 0).then_some(())
    });
}

#[test]
fn a_restart_rule_restarts_where_the_policy_would_not() {
    let namespace = Namespace::new("create-rule");
    create(
        &namespace,
        &[
            "pod",
            "again",
            "--image=busybox",
            "--restart=Never",
            "--restart-rule=exit 42 -> restart",
            "--mount=emptydir:/kept",
            "--shell=[ -f /kept/x ] && exit 0; touch /kept/x; exit 42",
        ],
    );
    let pod = namespace.until_phase("again", "Succeeded");
    assert_eq!(pod["status"]["containerStatuses"][0]["restartCount"], 1);
}

#[test]
fn a_live_job_is_the_base_of_another_with_another_command() {
    let namespace = Namespace::new("create-from");
    create(
        &namespace,
        &[
            "job",
            "first",
            "--image=busybox",
            "--env=WHO=world",
            "-l",
            "team=a",
            "--shell=echo first",
        ],
    );
    create(
        &namespace,
        &[
            "job",
            "second",
            "--from=job/first",
            "--wait",
            "--timeout=120s",
            "--",
            "sh",
            "-c",
            "echo hello $WHO",
        ],
    );
    assert_eq!(namespace.logs("job/second", "first"), "hello world\n");
    let job = namespace.get("job/second");
    assert_eq!(job["spec"]["template"]["metadata"]["labels"]["team"], "a");
    let yaml = try_create(
        &namespace,
        &[
            "pod",
            "third",
            "--from=job/first",
            "--dry-run=client",
            "-o",
            "yaml",
        ],
    );
    let yaml = String::from_utf8(yaml.stdout).unwrap();
    assert!(
        !yaml.contains("controller-uid") && !yaml.contains("terminationMessagePath"),
        "{yaml}"
    );
}

/// Runs it with this on standard input; the exit code and what it writes.
fn attached(namespace: &Namespace, args: &[&str], input: &str) -> (Option<i32>, String, String) {
    let program = env!("CARGO_BIN_EXE_kubectl-pod_tools");
    let all = [&["create", "-n", namespace.name()], args].concat();
    let mut child = cluster()
        .command(program, all)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child
        .stdin
        .take()
        .unwrap()
        .write_all(input.as_bytes())
        .unwrap();
    let output = child.wait_with_output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (
        output.status.code(),
        text(output.stdout),
        text(output.stderr),
    )
}

#[test]
fn an_attached_program_gives_its_output_and_its_exit_code() {
    let namespace = Namespace::new("create-attach");
    let (code, out, said) = attached(
        &namespace,
        &[
            "job",
            "ends",
            "--image=busybox",
            "--attach",
            "--rm",
            "--backoff-limit=0",
            "--timeout=120s",
            "--shell=echo out; exit 4",
        ],
        "",
    );
    assert_eq!(code, Some(4), "{out}{said}");
    assert!(out.contains("out"), "{out}{said}");
    let (code, out, said) = attached(
        &namespace,
        &[
            "pod",
            "reads",
            "--image=busybox",
            "--attach",
            "--stdin",
            "--rm",
            "--timeout=120s",
            "--shell=while read line; do echo got $line; done; echo end >&2; exit 3",
        ],
        "one\ntwo\n",
    );
    assert_eq!(code, Some(3), "{out}{said}");
    assert_eq!(out, "got one\ngot two\n", "{said}");
    assert!(said.contains("end\n"), "{said}");
    namespace.until("both to be deleted", || {
        let left = namespace.kubectl(&["get", "pods,jobs", "-o", "name"]);
        left.is_empty().then_some(())
    });
}

#[test]
fn sidecars_and_more_containers_run_beside_the_main_one() {
    let namespace = Namespace::new("create-more");
    create(
        &namespace,
        &[
            "pod",
            "many",
            "--image=busybox",
            "--restart=Never",
            "--grace-period=1s",
            "--mount=emptydir=x:/x",
            "--sidecar=side busybox mount=emptydir=x:/x startup='exec:test -f /x/side?period=1s' shell='touch /x/side; sleep 1000'",
            "--container=beside busybox env=A=1 shell='echo beside $A'",
            "--shell=ls /x",
        ],
    );
    namespace.until_phase("many", "Succeeded");
    assert_eq!(namespace.logs("many", "many"), "side\n");
    assert_eq!(namespace.logs("many", "beside"), "beside 1\n");
}

/// Objects that we accept pass the server's strictest validation.
#[test]
fn the_server_takes_what_we_take() {
    let namespace = Namespace::new("create-dry");
    let (mut taken, mut number) = (0, 0_usize);
    for (table, kind) in [(words::POD, "pod"), (words::JOB, "job")] {
        for (flag, values) in table {
            for value in *values {
                number += 1;
                let name = format!("n{number}");
                let flag = match *value {
                    "" => format!("--{flag}"),
                    value => format!("--{flag}={value}"),
                };
                let args = [kind, &name, "--image=nginx", &flag, "--dry-run=client"];
                if !try_create(&namespace, &args).status.success() {
                    continue;
                }
                let args = [&args[..4], &["--dry-run=server", "--validate=strict"]].concat();
                let output = try_create(&namespace, &args);
                let said = String::from_utf8(output.stderr).unwrap();
                // Admission looks for what the object refers to.
                let admission = [
                    "no PriorityClass",
                    "RuntimeClass",
                    "service account",
                    "serviceaccount",
                ];
                if admission.iter().any(|word| said.contains(word)) {
                    continue;
                }
                assert!(output.status.success(), "{args:?}: {said}");
                taken += 1;
            }
        }
    }
    assert!(taken > 100, "only {taken} are taken");
}

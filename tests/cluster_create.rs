//! `create pod` and `create job` on the real cluster: each group of flags does
//! there what its help says.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

mod support;
#[path = "upstream/words/mod.rs"]
mod words;

use std::process::Output;

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
fn ids_and_capabilities_are_those_asked_for() {
    let namespace = Namespace::new("create-user");
    let text = log(
        &namespace,
        &[
            "ids",
            "--user=1000",
            "--group=3000",
            "--fs-group=2000",
            "--supplemental-groups=4000",
            "--non-root",
            "--cap-drop=ALL",
            "--no-privilege-escalation",
            "--seccomp=RuntimeDefault",
            "--no-token",
            "--shell=id -u; id -g; id -G; grep -E 'CapBnd|NoNewPrivs|Seccomp:' /proc/self/status; ls /var/run/secrets 2>&1; true",
        ],
    );
    has(
        &text,
        &[
            "1000",
            "3000",
            "CapBnd:\t0000000000000000",
            "NoNewPrivs:\t1",
            "Seccomp:\t2",
        ],
    );
    assert!(text.contains("2000") && text.contains("4000"), "{text}");
    assert!(text.contains("No such file"), "{text}");
    let text = log(
        &namespace,
        &[
            "caps",
            "--cap-drop=ALL",
            "--cap-add=NET_ADMIN",
            "--shell=grep CapEff /proc/self/status",
        ],
    );
    has(&text, &["CapEff:\t0000000000001000"]);
}

#[test]
fn a_restricted_namespace_takes_what_the_profile_makes() {
    let namespace = Namespace::new("create-profile");
    let enforce = "pod-security.kubernetes.io/enforce=restricted";
    namespace.kubectl(&["label", "namespace", namespace.name(), enforce]);
    let refused = try_create(&namespace, &["pod", "plain", "--image=busybox"]);
    let said = String::from_utf8(refused.stderr).unwrap();
    assert_eq!(refused.status.code(), Some(1), "{said}");
    assert!(said.contains("violates PodSecurity"), "{said}");
    let text = log(
        &namespace,
        &[
            "strict",
            "--profile=restricted",
            "--user=1000",
            "--shell=id -u",
        ],
    );
    has(&text, &["1000"]);
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
fn taints_and_labels_of_nodes_decide() {
    // No other Pod has to live with the taint.
    let namespace = Namespace::alone("create-toleration");
    let node = namespace.kubectl(&["get", "nodes", "-o", "jsonpath={.items[0].metadata.name}"]);
    let hostname = format!("--require-node=kubernetes.io/hostname in ({node})");
    namespace.kubectl(&[
        "taint",
        "node",
        &node,
        "pod-tools.test/batch=yes:NoSchedule",
    ]);
    let untaint = Untaint(&namespace, node.clone());
    create(
        &namespace,
        &["pod", "out", "--image=busybox", "--shell=true"],
    );
    create(
        &namespace,
        &[
            "pod",
            "in",
            "--image=busybox",
            "--restart=Never",
            "--toleration=pod-tools.test/batch=yes:NoSchedule",
            &hostname,
            "--apart=app=none@hostname",
            "--shell=true",
        ],
    );
    namespace.until_phase("in", "Succeeded");
    let why = namespace.until_event("out", "FailedScheduling");
    assert!(why.contains("untolerated taint"), "{why}");
    create(
        &namespace,
        &[
            "pod",
            "nowhere",
            "--image=busybox",
            "--require-node=kubernetes.io/hostname=none",
            "--toleration=*",
            "--shell=true",
        ],
    );
    let why = namespace.until_event("nowhere", "FailedScheduling");
    assert!(why.contains("node affinity"), "{why}");
    drop(untaint);
}

/// Takes the taint away, however the test ends.
struct Untaint<'a>(&'a Namespace, String);

impl Drop for Untaint<'_> {
    fn drop(&mut self) {
        self.0
            .try_kubectl(&["taint", "node", &self.1, "pod-tools.test/batch-"]);
    }
}

#[test]
fn jobs_end_as_their_policies_say() {
    let namespace = Namespace::new("create-job");
    let run = |args: &[&str]| {
        let all = [
            &["job"],
            args,
            &[
                "--image=busybox",
                "--grace-period=1s",
                "--wait",
                "--timeout=120s",
            ],
        ]
        .concat();
        let output = try_create(&namespace, &all);
        (
            output.status.code(),
            String::from_utf8(output.stderr).unwrap(),
        )
    };
    let (code, said) = run(&[
        "numbers",
        "--completions=3",
        "--parallelism=3",
        "--indexed",
        "--shell=echo $JOB_COMPLETION_INDEX",
    ]);
    assert_eq!(code, Some(0), "{said}");
    let log = namespace.kubectl(&["logs", "-l", "job-name=numbers", "--tail=-1"]);
    let mut numbers: Vec<_> = log.lines().collect();
    numbers.sort_unstable();
    assert_eq!(numbers, ["0", "1", "2"]);
    let (code, said) = run(&[
        "policy",
        "--pod-failure-policy=fail:exit 42",
        "--backoff-limit=6",
        "--shell=exit 42",
    ]);
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("PodFailurePolicy"), "{said}");
    let (code, said) = run(&["late", "--deadline=2s", "--shell=sleep 1000"]);
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("DeadlineExceeded"), "{said}");
    let (code, said) = run(&[
        "enough",
        "--completions=2",
        "--parallelism=2",
        "--indexed",
        "--success-policy=0",
        "--shell=[ $JOB_COMPLETION_INDEX = 0 ] || sleep 1000",
    ]);
    assert_eq!(code, Some(0), "{said}");
    create(
        &namespace,
        &[
            "job",
            "asleep",
            "--image=busybox",
            "--suspend",
            "--ttl=1h",
            "--shell=true",
        ],
    );
    let job = namespace.get("job/asleep");
    assert_eq!(
        (
            &job["spec"]["suspend"],
            &job["spec"]["ttlSecondsAfterFinished"]
        ),
        (&json!(true), &json!(3600))
    );
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
    assert_eq!(namespace.kubectl(&["logs", "job/second"]), "hello world\n");
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

/// What we take, the server takes, with its strictest validation.
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

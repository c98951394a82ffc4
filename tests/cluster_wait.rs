//! `wait` on the real cluster: Jobs that really end in each way, and what
//! happens to them while we wait.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

mod support;

use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use support::cluster::{cluster, repository};
use support::namespace::Namespace;

/// What came of a wait.
struct Waited {
    code: Option<i32>,
    stderr: String,
}

impl From<Output> for Waited {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

/// Text as it stands in a kubectl-ready file of its own.
fn apply(namespace: &Namespace, text: &str) {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), text).unwrap();
    namespace.kubectl(&["apply", "-f", file.path().to_str().unwrap()]);
}

fn job(name: &str, spec: &str, pod: &str, script: &str) -> String {
    format!(
        "apiVersion: batch/v1\nkind: Job\nmetadata: {{name: {name}}}\nspec:\n  {spec}\n  template:\n    spec:\n      {pod}\n      terminationGracePeriodSeconds: 1\n      containers:\n      - name: main\n        image: busybox\n        command: [sh, -c, '{script}']\n"
    )
}

fn command(namespace: &Namespace, args: &[&str]) -> Command {
    let home = ["-n", namespace.name()];
    cluster().command(
        env!("CARGO_BIN_EXE_kubectl-pod_wait"),
        [args, &home[..]].concat(),
    )
}

fn wait(namespace: &Namespace, args: &[&str]) -> Waited {
    command(namespace, args).output().unwrap().into()
}

/// Applies a Job, waits for it, and looks at the code and at what is said last.
fn ends(namespace: &Namespace, manifest: &str, name: &str, code: i32, says: &[&str]) {
    apply(namespace, manifest);
    let target = format!("job/{name}");
    let waited = wait(
        namespace,
        &[&target, "--timeout", "120s", "--stuck-after", "4s"],
    );
    assert_eq!(waited.code, Some(code), "{name}: {}", waited.stderr);
    let last = waited.stderr.lines().last().unwrap();
    for text in says {
        assert!(last.contains(text), "{name}: {text}: {}", waited.stderr);
    }
}

const NEVER: &str = "restartPolicy: Never";
const ON_FAILURE: &str = "restartPolicy: OnFailure";

#[test]
fn jobs_that_complete_are_exit_code_0() {
    let namespace = Namespace::new("wait-complete");
    let ends = |name: &str, spec: &str, script: &str| {
        let manifest = job(name, spec, NEVER, script);
        ends(&namespace, &manifest, name, 0, &["is done"]);
    };
    ends("plain", "completions: 1", "true");
    ends("wide", "parallelism: 3\n  completions: 2", "true");
    ends(
        "indexed",
        "completionMode: Indexed\n  completions: 2",
        "echo $JOB_COMPLETION_INDEX",
    );
    ends(
        "success-policy",
        "completionMode: Indexed\n  completions: 2\n  parallelism: 2\n  successPolicy: {rules: [{succeededIndexes: \"0\"}]}",
        "[ $JOB_COMPLETION_INDEX = 0 ] || sleep 600",
    );
    ends(
        "count",
        "backoffLimit: 2\n  podFailurePolicy: {rules: [{action: Ignore, onPodConditions: [{type: DisruptionTarget}]}]}",
        "true",
    );
    let sidecar = "restartPolicy: Never\n      initContainers: [{name: side, image: busybox, restartPolicy: Always, command: [sleep, \"600\"]}]";
    let manifest = job("sidecar", "completions: 1", sidecar, "true");
    self::ends(&namespace, &manifest, "sidecar", 0, &["is done"]);
}

#[test]
fn jobs_that_fail_are_exit_code_1_with_the_container_to_blame() {
    let namespace = Namespace::new("wait-failed");
    let ends = |name: &str, spec: &str, pod: &str, script: &str, says: &[&str]| {
        ends(&namespace, &job(name, spec, pod, script), name, 1, says);
    };
    let exit = "echo first; echo no such table; exit 3";
    ends(
        "backoff",
        "backoffLimit: 0",
        NEVER,
        exit,
        &[
            "job/backoff failed: BackoffLimitExceeded: pod backoff-",
            "container main exited 3 (1 of 1 attempts); last lines: first | no such table",
        ],
    );
    ends(
        "deadline",
        "activeDeadlineSeconds: 2",
        NEVER,
        "sleep 600",
        &["DeadlineExceeded"],
    );
    let policy = "backoffLimit: 6\n  podFailurePolicy: {rules: [{action: FailJob, onExitCodes: {operator: In, values: [3]}}]}";
    ends(
        "policy",
        policy,
        NEVER,
        exit,
        &["PodFailurePolicy", "exited 3 (1 of 7 attempts)"],
    );
    let indexed = "completionMode: Indexed\n  completions: 2\n  backoffLimitPerIndex: 0";
    ends(
        "per-index",
        indexed,
        NEVER,
        "exit $JOB_COMPLETION_INDEX",
        &[
            "FailedIndexes",
            "index 1, pod per-index-1-",
            "failed indexes: 1",
        ],
    );
    let most = format!("{indexed}\n  maxFailedIndexes: 0");
    ends(
        "most-indexes",
        &most,
        NEVER,
        "exit $JOB_COMPLETION_INDEX",
        &["MaxFailedIndexesExceeded"],
    );
    let index = format!(
        "{indexed}\n  podFailurePolicy: {{rules: [{{action: FailIndex, onExitCodes: {{operator: In, values: [1]}}}}]}}"
    );
    ends(
        "fail-index",
        &index,
        NEVER,
        "exit $JOB_COMPLETION_INDEX",
        &["FailedIndexes"],
    );
    let init = |policy: &str| {
        format!(
            "{policy}\n      initContainers: [{{name: first, image: busybox, command: [sh, -c, exit 2]}}]"
        )
    };
    ends(
        "init-never",
        "backoffLimit: 0",
        &init(NEVER),
        "true",
        &["container first exited 2"],
    );
    ends(
        "init-again",
        "backoffLimit: 0",
        &init(ON_FAILURE),
        "true",
        &["BackoffLimitExceeded"],
    );
}

#[test]
fn jobs_that_are_stuck_are_exit_code_5_with_what_is_missing() {
    let namespace = Namespace::new("wait-stuck");
    let ends = |name: &str, pod: &str, container: &str, says: &[&str]| {
        let manifest =
            job(name, "backoffLimit: 1", pod, "true").replace("image: busybox", container);
        ends(&namespace, &manifest, name, 5, says);
    };
    let busybox = "image: busybox";
    ends(
        "image",
        NEVER,
        "image: no-such-image:1",
        &["is stuck", "container main", "no-such-image:1"],
    );
    ends(
        "never-pull",
        NEVER,
        "image: no-such-image:1\n        imagePullPolicy: Never",
        &["ErrImageNeverPull"],
    );
    ends(
        "config-map",
        NEVER,
        "image: busybox\n        envFrom: [{configMapRef: {name: nope}}]",
        &["CreateContainerConfigError", "configmap \"nope\" not found"],
    );
    ends(
        "key",
        NEVER,
        "image: busybox\n        env: [{name: A, valueFrom: {secretKeyRef: {name: nope, key: k}}}]",
        &["CreateContainerConfigError", "secret \"nope\" not found"],
    );
    ends(
        "node",
        "restartPolicy: Never\n      nodeSelector: {no: such}",
        busybox,
        &["Unschedulable", "0/1 nodes are available"],
    );
    ends(
        "account",
        "restartPolicy: Never\n      serviceAccountName: nobody",
        busybox,
        &["FailedCreate", "serviceaccount \"nobody\" not found"],
    );
    ends(
        "volume",
        "restartPolicy: Never\n      volumes: [{name: v, configMap: {name: nope}}]",
        "image: busybox\n        volumeMounts: [{name: v, mountPath: /v}]",
        &["FailedMount", "configmap \"nope\" not found"],
    );
}

/// Ends the API server as a crash would, and starts it again after a time.
fn restart_api_server(pause: Duration) {
    let pids = repository().join(format!(
        "target/cluster/{}/pids/apiserver",
        cluster().name()
    ));
    let pid = std::fs::read_to_string(&pids).unwrap().trim().to_owned();
    let line = std::fs::read(format!("/proc/{pid}/cmdline")).unwrap();
    let line = String::from_utf8(line).unwrap();
    let words: Vec<&str> = line.trim_end_matches('\0').split('\0').collect();
    assert!(words.contains(&"apiserver"), "{words:?}");
    let killed = Command::new("sh")
        .args(["-c", &format!("kill -9 {pid}")])
        .status();
    assert!(killed.unwrap().success());
    std::thread::sleep(pause);
    let background = ["-c", "\"$@\" >/dev/null 2>&1 </dev/null & echo $!", "sh"];
    let again = cluster().run("sh", [&background[..], &words].concat());
    std::fs::write(pids, again.stdout).unwrap();
}

#[test]
fn a_wait_outlives_the_api_server() {
    let namespace = Namespace::alone("wait-outage");
    apply(
        &namespace,
        &job("outage", "backoffLimit: 0", NEVER, "sleep 8; exit 3"),
    );
    let child = begun(&namespace, &["job/outage", "--timeout", "150s"]);
    restart_api_server(Duration::from_secs(4));
    let waited = ended(child);
    assert_eq!(waited.code, Some(1), "{}", waited.stderr);
    assert!(waited.stderr.contains("trying again"), "{}", waited.stderr);
    assert!(
        waited.stderr.contains("the server answers again"),
        "{}",
        waited.stderr
    );
    assert!(
        waited.stderr.contains("container main exited 3"),
        "{}",
        waited.stderr
    );
}

/// Starts a wait and returns when it has said something of its target.
fn begun(namespace: &Namespace, args: &[&str]) -> std::process::Child {
    let mut command = command(namespace, args);
    let child = command
        .stderr(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    std::thread::sleep(Duration::from_secs(3));
    child
}

fn ended(child: std::process::Child) -> Waited {
    child.wait_with_output().unwrap().into()
}

#[test]
fn what_happens_to_a_job_while_we_wait_is_told() {
    let namespace = Namespace::new("wait-changes");
    apply(
        &namespace,
        &job("gone", "backoffLimit: 0", NEVER, "sleep 600"),
    );
    let child = begun(&namespace, &["job/gone", "--timeout", "120s"]);
    namespace.kubectl(&["delete", "job", "gone", "--wait=false"]);
    let waited = ended(child);
    assert_eq!(waited.code, Some(4), "{}", waited.stderr);

    apply(&namespace, &job("held", "suspend: true", NEVER, "true"));
    let child = begun(&namespace, &["job/held", "--timeout", "120s"]);
    namespace.kubectl(&[
        "patch",
        "job",
        "held",
        "-p",
        "{\"spec\":{\"suspend\":false}}",
    ]);
    let waited = ended(child);
    assert_eq!(waited.code, Some(0), "{}", waited.stderr);
    assert!(
        waited.stderr.contains("job/held: Suspended"),
        "{}",
        waited.stderr
    );

    apply(
        &namespace,
        &job("short", "ttlSecondsAfterFinished: 0", NEVER, "sleep 4"),
    );
    let waited = wait(&namespace, &["job/short", "--timeout", "120s"]);
    assert_eq!(waited.code, Some(0), "{}", waited.stderr);

    apply(
        &namespace,
        &job("long", "backoffLimit: 0", NEVER, "sleep 600"),
    );
    let waited = wait(&namespace, &["job/long", "--timeout", "3s"]);
    assert_eq!(waited.code, Some(124), "{}", waited.stderr);
    let waited = wait(&namespace, &["job/long", "--timeout", "0"]);
    assert_eq!(waited.code, Some(124), "{}", waited.stderr);
    let waited = wait(&namespace, &["job/none"]);
    assert_eq!(waited.code, Some(4), "{}", waited.stderr);
}

#[test]
fn who_may_not_look_is_exit_code_3() {
    let namespace = Namespace::new("wait-rights");
    for user in ["low-rights", "bad-token"] {
        let config = cluster().kubeconfig(user);
        let waited = wait(&namespace, &["job/any", "--kubeconfig", &config]);
        assert_eq!(waited.code, Some(3), "{user}: {}", waited.stderr);
    }
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
    let waited: Waited = cluster()
        .run(env!("CARGO_BIN_EXE_kubectl-pod_wait"), args)
        .into();
    assert_eq!(waited.code, Some(0), "{}", waited.stderr);
    cluster().kubectl(&["delete", "pod", &name, "-n", "default", "--wait=false"]);
}

#[test]
fn our_exit_is_not_later_than_that_of_kubectl() {
    let namespace = Namespace::new("wait-latency");
    apply(
        &namespace,
        &job("both", "backoffLimit: 0", NEVER, "sleep 6"),
    );
    let script = repository().join("tests/cluster/cluster.sh");
    let mut theirs = Command::new(script);
    theirs.env("POD_TOOLS_CLUSTER_NAME", cluster().name());
    theirs.args([
        "kubectl",
        "wait",
        "--for=condition=Complete",
        "job/both",
        "--timeout=120s",
        "-n",
        namespace.name(),
    ]);
    let theirs = theirs.stdout(Stdio::null()).spawn().unwrap();
    let ours = begun(&namespace, &["job/both", "--timeout", "120s"]);
    let theirs = std::thread::spawn(move || {
        assert!(theirs.wait_with_output().unwrap().status.success());
        Instant::now()
    });
    let waited = ended(ours);
    let at = Instant::now();
    assert_eq!(waited.code, Some(0), "{}", waited.stderr);
    let later = at.saturating_duration_since(theirs.join().unwrap());
    // Both processes share two CPUs with the cluster: this only finds a wait
    // that polls or sleeps. The benchmark compares the medians.
    assert!(later < Duration::from_secs(1), "{later:?} later");
}

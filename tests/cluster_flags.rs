//! Flags of `create pod` and `create job` on the real cluster: what they write
//! does there what the help says.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

mod support;

use std::process::Output;

use serde_json::{Value, json};
use support::cluster::cluster;
use support::namespace::Namespace;

fn try_create(namespace: &Namespace, words: &[&str]) -> Output {
    let home = ["create", "--namespace", namespace.name()];
    cluster().run(
        env!("CARGO_BIN_EXE_kubectl-pod_tools"),
        [&home[..], words].concat(),
    )
}

fn create(namespace: &Namespace, words: &[&str]) {
    let output = try_create(namespace, words);
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{words:?}\n{said}");
}

/// A Pod of busybox that runs a script and ends.
fn runs(namespace: &Namespace, name: &str, flags: &[&str], script: &str) -> String {
    let script = format!("--shell={script}");
    let program = ["pod", name, "--image=busybox", "--restart=Never", &script];
    create(namespace, &[&program[..], flags].concat());
    namespace.until_phase(name, "Succeeded");
    namespace.logs(name, name)
}

#[test]
fn flags_of_the_pod_apply_to_each_container() {
    let namespace = Namespace::new("flags-profile");
    let label = "pod-security.kubernetes.io/enforce=restricted";
    cluster().kubectl(&["label", "namespace", namespace.name(), label]);
    let said = runs(
        &namespace,
        "restricted",
        &[
            "--profile=restricted",
            "--user=1000",
            "--read-only",
            "--tmp",
            "--hostname=elsewhere",
            "--init=before busybox user=2000 shell='id -u; grep CapBnd /proc/self/status'",
        ],
        "id -u; touch /a 2>/dev/null || echo read-only; touch /tmp/a && echo tmp; hostname",
    );
    assert_eq!(said, "1000\nread-only\ntmp\nelsewhere\n");
    let said = namespace.logs("restricted", "before");
    assert_eq!(said, "2000\nCapBnd:\t0000000000000000\n");
}

/// The only node with a label, as long as this value lives.
struct Labelled(String);

const DISK: &str = "example.com/disk";

impl Labelled {
    fn new() -> Self {
        let names = ["get", "nodes", "-o", "jsonpath={.items[0].metadata.name}"];
        let name = cluster().kubectl(&names);
        cluster().kubectl(&["label", "node", &name, &format!("{DISK}=ssd")]);
        Self(name)
    }
}

impl Drop for Labelled {
    fn drop(&mut self) {
        let gone = format!("{DISK}-");
        drop(cluster().try_kubectl(&["label", "node", &self.0, &gone]));
    }
}

#[test]
fn a_pod_gets_to_the_nodes_that_it_may_and_wants_to_run_on() {
    let namespace = Namespace::new("flags-scheduling");
    let _label = Labelled::new();
    let pod = |name: &str, flags: &[&str]| {
        let program = [
            "pod",
            name,
            "--image=busybox",
            "--restart=Never",
            "--shell=sleep 600",
        ];
        create(
            &namespace,
            &[&program[..], &["--grace-period=0"], flags].concat(),
        );
    };
    pod(
        "ssd",
        &[
            "--require-node=example.com/disk in (nvme,ssd)",
            "-l",
            "app=web",
        ],
    );
    pod(
        "hdd",
        &["--require-node=example.com/disk=hdd||!example.com/disk"],
    );
    namespace.until_phase("ssd", "Running");
    let told = namespace.until_event("hdd", "FailedScheduling");
    assert!(told.contains("affinity/selector"), "{told}");
    // A second one with the same label wants another node; a wish does not hold it back.
    pod("apart", &["--apart=app=web"]);
    pod(
        "wish",
        &["--apart=50:app=web", "--near=app=web@example.com/disk"],
    );
    namespace.until_phase("wish", "Running");
    let told = namespace.until_event("apart", "FailedScheduling");
    assert!(told.contains("anti-affinity"), "{told}");
    pod("spread", &["--spread=app=web@hostname", "-l", "app=web"]);
    namespace.until_phase("spread", "Running");
}

#[test]
fn a_job_ends_as_its_bounds_and_policies_say() {
    let namespace = Namespace::new("flags-job");
    let job = |name: &str, flags: &[&str], script: &str| {
        let script = format!("--shell={script}");
        let program = ["job", name, "--image=busybox", "--grace-period=0", &script];
        create(&namespace, &[&program[..], flags].concat());
    };
    job(
        "policy",
        &["--pod-failure-policy=ignore:DisruptionTarget; fail:exit 40-42"],
        "exit 42",
    );
    job(
        "retried",
        &[
            "--backoff-limit=1",
            "--pod-failure-policy=fail:exit 1 in retried",
        ],
        "exit 42",
    );
    job(
        "indexes",
        &[
            "--indexed",
            "--completions=2",
            "--parallelism=2",
            "--backoff-limit-per-index=0",
            "--max-failed-indexes=1",
        ],
        "exit $JOB_COMPLETION_INDEX",
    );
    job(
        "too-many",
        &[
            "--indexed",
            "--completions=2",
            "--parallelism=2",
            "--backoff-limit-per-index=0",
            "--max-failed-indexes=0",
        ],
        "test $JOB_COMPLETION_INDEX = 0 && exit 1; sleep 600",
    );
    job("gone", &["--ttl=0"], "true");
    for (name, kind, reason) in [
        ("policy", "Failed", "PodFailurePolicy"),
        ("retried", "Failed", "BackoffLimitExceeded"),
        ("indexes", "Failed", "FailedIndexes"),
        ("too-many", "Failed", "MaxFailedIndexesExceeded"),
    ] {
        let ended = namespace.until(&format!("{name}: {kind}"), || {
            let job = namespace.get(&format!("job/{name}"));
            let conditions = job["status"]["conditions"].as_array().cloned()?;
            let ended = |condition: &Value| condition["type"] == kind;
            conditions.into_iter().find(ended)
        });
        assert_eq!(ended["reason"], reason, "{name}: {ended:?}");
    }
    assert_eq!(namespace.get("job/policy")["status"]["failed"], json!(1));
    assert_eq!(namespace.get("job/retried")["status"]["failed"], json!(2));
    assert_eq!(
        namespace.get("job/indexes")["status"]["failedIndexes"],
        json!("1")
    );
    namespace.until("the Job to be deleted", || {
        let gone = namespace.kubectl(&["get", "jobs", "-o", "name"]);
        (!gone.contains("gone")).then_some(())
    });
}

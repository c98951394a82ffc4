//! Exit code 1: Jobs that fail, each with the container to blame.

use serde_json::Value;

use crate::support::namespace::Namespace;
use crate::support::waiting::{NEVER, apply, job, wait};
use crate::{ON_FAILURE, case, each_ends};

const EXIT: &str = "echo first; echo no such table; exit 3";
const BY_INDEX: &str = "exit $JOB_COMPLETION_INDEX";
const INDEXED: &str = "completionMode: Indexed\n  completions: 2\n  backoffLimitPerIndex: 0";

#[test]
fn jobs_that_run_out_of_attempts_or_time_are_exit_code_1() {
    let namespace = Namespace::new("wait-failed");
    let init = |policy: &str| {
        format!(
            "{policy}\n      initContainers: [{{name: first, image: busybox, command: [sh, -c, exit 2]}}]"
        )
    };
    let failed =
        |name, spec: &str, pod: &str, script: &str, says| case(name, spec, pod, script, 1, says);
    each_ends(
        &namespace,
        &[
            failed(
                "backoff",
                "backoffLimit: 0",
                NEVER,
                EXIT,
                &[
                    "job/backoff failed: BackoffLimitExceeded: pod backoff-",
                    "container main exited 3 (1 of 1 attempts); last lines: first | no such table",
                ],
            ),
            failed(
                "twice",
                "backoffLimit: 1",
                NEVER,
                EXIT,
                &[
                    "BackoffLimitExceeded: pod twice-",
                    "exited 3 (2 of 2 attempts); last lines: first | no such table",
                ],
            ),
            failed(
                "deadline",
                "activeDeadlineSeconds: 3",
                NEVER,
                "sleep 600",
                &[
                    "job/deadline failed: DeadlineExceeded: Job was active longer than specified deadline",
                ],
            ),
            failed(
                "init-never",
                "backoffLimit: 0",
                &init(NEVER),
                "true",
                &[
                    "BackoffLimitExceeded: pod init-never-",
                    "container first exited 2 (1 of 1 attempts)",
                ],
            ),
            failed(
                "init-again",
                "backoffLimit: 0",
                &init(ON_FAILURE),
                "true",
                &[
                    "BackoffLimitExceeded: pod init-again-",
                    "container first exited 2",
                ],
            ),
        ],
    );
}

/// The runtime hears of a container's end and of the kernel's kill in any
/// order, so that the kubelet sometimes writes `Error` for the reason.
#[test]
fn a_job_that_runs_out_of_memory_fails_for_the_reason_that_the_kubelet_wrote() {
    let namespace = Namespace::new("wait-memory");
    let manifest = job("oom", "backoffLimit: 0", NEVER, "tail /dev/zero").replace(
        "image: busybox",
        "image: busybox\n        resources: {limits: {memory: 20Mi}}",
    );
    apply(&namespace, &manifest);
    let waited = wait(&namespace, &["job/oom", "--timeout", "170s"]);
    let pods = namespace.kubectl(&["get", "pods", "-l", "job-name=oom", "-o", "json"]);
    let pods: Value = serde_json::from_str(&pods).unwrap();
    let ended = "/items/0/status/containerStatuses/0/state/terminated/reason";
    let reason = match pods.pointer(ended).and_then(Value::as_str) {
        Some("OOMKilled") => " (OOMKilled)",
        Some("Error") => "",
        _ => panic!("{pods:#}"),
    };
    let exited = format!("container main exited 137{reason} (1 of 1 attempts)");
    let says = ["BackoffLimitExceeded: pod oom-", &exited];
    waited.is("oom", 1, &says);
}

#[test]
fn jobs_whose_policies_or_indexes_fail_are_exit_code_1() {
    let namespace = Namespace::new("wait-policies");
    let policy = |rule: &str| {
        format!(
            "backoffLimit: 1\n  podFailurePolicy: {{rules: [{{action: {rule}, onExitCodes: {{operator: In, values: [3]}}}}]}}"
        )
    };
    let index = format!(
        "{INDEXED}\n  podFailurePolicy: {{rules: [{{action: FailIndex, onExitCodes: {{operator: In, values: [1]}}}}]}}"
    )
    // Without the rule there would be a second attempt.
    .replace("backoffLimitPerIndex: 0", "backoffLimitPerIndex: 6");
    let failed = |name, spec: &str, script: &str, says| case(name, spec, NEVER, script, 1, says);
    each_ends(
        &namespace,
        &[
            failed(
                "fail-job",
                &policy("FailJob"),
                EXIT,
                &[
                    "job/fail-job failed: PodFailurePolicy: ",
                    "matching FailJob rule at index 0",
                    "exited 3 (1 of 2 attempts); last lines: first | no such table",
                ],
            ),
            failed(
                "count",
                &policy("Count"),
                EXIT,
                &[
                    "job/count failed: BackoffLimitExceeded: pod count-",
                    "exited 3 (2 of 2 attempts)",
                ],
            ),
            failed(
                "per-index",
                INDEXED,
                BY_INDEX,
                &[
                    "job/per-index failed: FailedIndexes: index 1, pod per-index-1-",
                    "container main exited 1; failed indexes: 1",
                ],
            ),
            failed(
                "most-indexes",
                &format!("{INDEXED}\n  maxFailedIndexes: 0"),
                BY_INDEX,
                &[
                    "job/most-indexes failed: MaxFailedIndexesExceeded: index 1, pod most-indexes-1-",
                    "failed indexes: 1",
                ],
            ),
            failed(
                "fail-index",
                &index,
                BY_INDEX,
                &[
                    "job/fail-index failed: FailedIndexes: index 1, pod fail-index-1-",
                    "container main exited 1; failed indexes: 1",
                ],
            ),
        ],
    );
}

//! Exit code 0: Jobs that complete.

use crate::support::namespace::Namespace;
use crate::support::waiting::{NEVER, apply, begin, command, job};
use crate::{ON_FAILURE, case, each_ends};

#[test]
fn jobs_that_complete_are_exit_code_0() {
    let namespace = Namespace::new("wait-complete");
    let done = |name, spec: &str, pod: &str, script: &str| {
        case(
            name,
            spec,
            pod,
            script,
            0,
            &["is done: CompletionsReached: "],
        )
    };
    let indexed = "completionMode: Indexed\n  completions: 2\n  parallelism: 2";
    let sidecar = format!(
        "{NEVER}\n      initContainers: [{{name: side, image: busybox, restartPolicy: Always, command: [sleep, \"600\"]}}]"
    );
    // The container's file system is new after each restart, the Pod's volume is not.
    let again = format!(
        "{ON_FAILURE}\n      volumes: [{{name: v, emptyDir: {{}}}}]\n      initContainers: [{{name: first, image: busybox, volumeMounts: [{{name: v, mountPath: /v}}], command: [sh, -c, \"[ -e /v/x ] || {{ touch /v/x; exit 2; }}\"]}}]"
    );
    each_ends(
        &namespace,
        &[
            done("plain", "completions: 1", NEVER, "true"),
            done("wide", "parallelism: 3\n  completions: 2", NEVER, "true"),
            done("indexed", indexed, NEVER, "exit 0"),
            done("sidecar", "completions: 1", &sidecar, "true"),
            done("init-second-try", "completions: 1", &again, "true"),
            case(
                "success-policy",
                &format!("{indexed}\n  successPolicy: {{rules: [{{succeededIndexes: \"0\"}}]}}"),
                NEVER,
                "[ $JOB_COMPLETION_INDEX = 0 ] || sleep 600",
                0,
                &["is done: SuccessPolicy: "],
            ),
        ],
    );
}

/// Without the rule its first failure would be its last: backoffLimit is 0.
#[test]
fn a_failure_that_the_policy_ignores_is_not_the_end() {
    let namespace = Namespace::new("wait-ignore");
    let spec = "backoffLimit: 0\n  podFailurePolicy: {rules: [{action: Ignore, onExitCodes: {operator: In, values: [42]}}]}";
    let text = job("ignored", spec, NEVER, "exit ${CODE:-42}").replace(
        "image: busybox",
        "image: busybox\n        env: [{name: CODE, valueFrom: {configMapKeyRef: {name: later, key: code, optional: true}}}]",
    );
    apply(&namespace, &text);
    let wait = begin(command(&namespace, &["job/ignored", "--timeout", "150s"]));
    namespace.until("a Pod that failed", || {
        let pods = [
            "get",
            "pods",
            "-o",
            "jsonpath={.items[*].status.containerStatuses[0].state.terminated.exitCode}",
        ];
        namespace
            .kubectl(&pods)
            .split(' ')
            .any(|code| code == "42")
            .then_some(())
    });
    namespace.kubectl(&["create", "configmap", "later", "--from-literal=code=0"]);
    let waited = wait.ended();
    waited.is("ignored", 0, &["job/ignored is done: CompletionsReached"]);
}

//! Objects that a person holds, and objects that do not exist yet. The command that a stuck target
//! names is run, and ends the state.

use std::time::Duration;

use crate::support::namespace::Namespace;
use crate::support::waiting::{Begun, NEVER, Waited, apply, begin, command, job, wait};

const SLEEPS: &str = "terminationGracePeriodSeconds: 1\n      containers: [{name: main, image: busybox, command: [sleep, \"600\"]}]";

fn workload(kind: &str, name: &str, spec: &str) -> String {
    format!(
        "---\napiVersion: apps/v1\nkind: {kind}\nmetadata: {{name: {name}}}\nspec:\n  {spec}\n  selector: {{matchLabels: {{app: {name}}}}}\n  template:\n    metadata: {{labels: {{app: {name}}}}}\n    spec:\n      {SLEEPS}\n"
    )
}

fn pod(name: &str, spec: &str) -> String {
    format!(
        "---\napiVersion: v1\nkind: Pod\nmetadata: {{name: {name}}}\nspec:\n  {spec}\n  terminationGracePeriodSeconds: 1\n  containers: [{{name: main, image: busybox, command: [sleep, \"600\"]}}]\n"
    )
}

/// Runs the command that stands between backquotes, which has one quoted argument at
/// most, its last.
fn run_what_it_says(namespace: &Namespace, waited: &Waited) {
    let command = waited.last().split('`').nth(1).unwrap();
    let words = command.strip_prefix("kubectl ").unwrap();
    let (words, quoted) = match words.split_once(" '") {
        Some((words, quoted)) => (words, quoted.strip_suffix('\'')),
        None => (words, None),
    };
    let words: Vec<&str> = words.split(' ').chain(quoted).collect();
    namespace.kubectl(&words);
}

#[test]
fn a_hold_is_stuck_until_the_named_command_ends_it() {
    let namespace = Namespace::new("wait-held");
    let set = "replicas: 1\n  serviceName: manual\n  updateStrategy: {type: OnDelete}";
    let all = [
        workload("Deployment", "paused", "replicas: 1\n  paused: true"),
        workload("StatefulSet", "manual", set),
        job("held", "suspend: true", NEVER, "true"),
        pod("gated", "schedulingGates: [{name: example.com/hold}]"),
        pod(
            "behind",
            "readinessGates: [{conditionType: example.com/lb}]",
        ),
    ];
    apply(&namespace, &all.concat());
    let limit = ["--timeout", "150s", "--stuck-after", "3s"];
    let manual = wait(&namespace, &[&["statefulset/manual"], &limit[..]].concat());
    manual.is("manual", 0, &["1 of 1 Pods are updated"]);
    namespace.kubectl(&["set", "env", "statefulset/manual", "A=B"]);
    let cases = [
        ("deployment/paused", "is paused: 0 of 1 Pods are updated"),
        ("statefulset/manual", "1 of 1 Pods are outdated"),
        ("job/held", "the Job is suspended"),
        ("pod/gated", "the scheduling gates example.com/hold"),
    ];
    for (target, says) in cases {
        let stuck = wait(&namespace, &[&[target], &limit[..]].concat());
        stuck.is(target, 5, &["is stuck: ", says]);
        run_what_it_says(&namespace, &stuck);
    }
    for (target, _) in cases {
        let args = [target, "--timeout", "150s"];
        let done = wait(&namespace, &args);
        assert_eq!(done.code, Some(0), "{target}: {done:?}");
    }
    let behind = wait(&namespace, &["pod/behind", "--timeout", "3s"]);
    let gate = "ReadinessGatesNotReady: corresponding condition of pod readiness gate \"example.com/lb\" does not exist.";
    behind.is("behind", 124, &[gate]);
}

#[test]
fn later_targets_of_all_namespaces_are_waited_for() {
    let namespace = Namespace::new("wait-late");
    let label = format!("late={}", namespace.name());
    let everywhere = ["jobs", "-A", "-l", &label, "--timeout", "150s"];
    let mut waits = [
        begin(command(&namespace, &["job/late", "--timeout", "150s"])),
        begin(command(&namespace, &everywhere)),
    ];
    std::thread::sleep(Duration::from_secs(3));
    assert!(waits.iter_mut().all(Begun::runs), "it may come yet");
    let labelled = format!(
        "metadata: {{name: late, labels: {{{}}}}}",
        label.replace('=', ": ")
    );
    let late = job("late", "backoffLimit: 0", NEVER, "true");
    apply(
        &namespace,
        &late.replace("metadata: {name: late}", &labelled),
    );
    let [named, everywhere] = waits.map(Begun::ended);
    named.is("late", 0, &["job/late is done"]);
    let shown = format!("job/late in {} is done", namespace.name());
    everywhere.is("everywhere", 0, &[&shown]);
    let missing = wait(&namespace, &["job/none", "--wait-for-creation=2s"]);
    missing.is("none", 4, &["job/none does not exist"]);
}

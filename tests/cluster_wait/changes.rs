//! Changes of a Job during the wait.

use std::time::Duration;

use crate::support::namespace::Namespace;
use crate::support::waiting::{Begun, NEVER, apply, begin, command, job, kubectl_wait};

/// Begins to wait, with time to see the Job.
fn begun(namespace: &Namespace, args: &[&str]) -> Begun {
    let begun = begin(command(namespace, &[args, &["--timeout", "120s"]].concat()));
    std::thread::sleep(Duration::from_secs(2));
    begun
}

#[test]
fn a_job_that_is_suspended_and_resumed_is_waited_for() {
    let namespace = Namespace::new("wait-suspend");
    let text = [
        job("held", "suspend: true", NEVER, "true"),
        job("paused", "backoffLimit: 0", NEVER, "sleep 600"),
    ];
    apply(&namespace, &text.concat());
    let suspend = |name: &str, value: bool| {
        let patch = format!("{{\"spec\":{{\"suspend\":{value}}}}}");
        namespace.kubectl(&["patch", "job", name, "-p", &patch]);
    };
    let mut held = begun(&namespace, &["job/held"]);
    let mut paused = begun(&namespace, &["job/paused"]);
    assert!(held.runs(), "suspended is not the end");
    suspend("paused", true);
    suspend("held", false);
    let waited = held.ended();
    waited.is("held", 0, &["job/held is done: CompletionsReached"]);
    assert!(waited.stderr.contains("job/held: Suspended"), "{waited:?}");
    assert!(paused.runs(), "suspended is not failed");
    namespace.kubectl(&["delete", "job", "paused", "--wait=false"]);
    let waited = paused.ended();
    waited.is("paused", 4, &["job/paused was deleted while waiting"]);
    assert!(
        waited.stderr.contains("job/paused: Suspended"),
        "{waited:?}"
    );
}

#[test]
fn our_exit_is_not_later_than_that_of_kubectl() {
    let namespace = Namespace::new("wait-latency");
    apply(
        &namespace,
        &job("both", "backoffLimit: 0", NEVER, "sleep 5"),
    );
    let limit = ["job/both", "--timeout=120s"];
    let theirs = begin(kubectl_wait(
        &namespace,
        &[&limit[..], &["--for=condition=Complete"]].concat(),
    ));
    let ours = begin(command(&namespace, &limit));
    let theirs = std::thread::spawn(move || theirs.ended());
    let ours = ours.ended();
    let theirs = theirs.join().unwrap();
    assert_eq!(
        (ours.code, theirs.code),
        (Some(0), Some(0)),
        "{ours:?} {theirs:?}"
    );
    // Both processes share two CPUs with the cluster: this only finds a wait
    // that polls or sleeps. The benchmark compares the medians.
    let later = ours.took.saturating_sub(theirs.took);
    assert!(later < Duration::from_secs(1), "{later:?} later");
}

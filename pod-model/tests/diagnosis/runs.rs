//! Runs of a container: those that have ended, and the one that goes on.

use pod_model::Verdict;
use pod_model::diagnosis::Certainty;
use serde_json::{Value, json};

use crate::small::{ago, assert_cause, end, judge, own_event, pod};

const KILL: &str = "Container main failed liveness probe, will be restarted";

/// Returns a ready Pod whose container has run for some seconds after so many restarts.
fn running(runs: i64, last: Value, restarts: i32, container: Value) -> Value {
    let status = json!({
        "state": {"running": {"startedAt": ago(runs)}},
        "lastState": last,
        "restartCount": restarts,
        "ready": true,
        "started": true,
    });
    pod(9 * 86_400, "Running", container, status)
}

#[test]
fn a_program_that_ends_regularly_is_not_well_until_it_has_outlasted_its_last_run() {
    let half_an_hour = |runs| end(137, "OOMKilled", runs + 1_800, runs);
    for (runs, restarts, verdict) in [
        (120, 48, Verdict::No),
        (700, 48, Verdict::Unknown),
        (700, 3, Verdict::Unknown),
        (700, 2, Verdict::Ok),
        (2_000, 48, Verdict::Ok),
    ] {
        let pod = running(runs, half_an_hour(runs), restarts, json!({}));
        assert_cause(&judge(&pod, &[]), verdict, "out-of-memory");
    }
}

#[test]
fn a_container_that_is_killed_regularly_is_not_well_before_it_has_outlasted_its_last_run() {
    let probe = json!({"livenessProbe": {"tcpSocket": {"port": 80}}});
    for (runs, restarts, verdict) in [
        (60, 4, Verdict::Unknown),
        (90, 4, Verdict::Ok),
        (60, 2, Verdict::Ok),
        (20, 4, Verdict::No),
        (20, 1, Verdict::Unknown),
    ] {
        let last = end(137, "Error", runs + 70, runs);
        let pod = running(runs, last, restarts, probe.clone());
        let killing = own_event("Killing", KILL, runs + 30, 1);
        assert_cause(&judge(&pod, &[killing]), verdict, "liveness-probe-killed");
    }
}

#[test]
fn one_restart_after_a_long_run_is_no_habit() {
    for (code, reason) in [(137, "OOMKilled"), (143, "Error"), (1, "Error")] {
        let once = |restarts| running(120, end(code, reason, 3 * 86_400, 125), restarts, json!({}));
        assert_eq!(judge(&once(1), &[]).verdict, Verdict::Unknown);
        assert_eq!(judge(&once(2), &[]).verdict, Verdict::No);
        let short = running(3, end(code, reason, 10, 5), 1, json!({}));
        assert_eq!(judge(&short, &[]).verdict, Verdict::No);
    }
}

#[test]
fn nobody_saw_an_end_that_containerd_calls_unknown() {
    let after = running(180, end(255, "Unknown", 8 * 86_400, 200), 1, json!({}));
    assert_cause(&judge(&after, &[]), Verdict::Unknown, "end-not-seen");
    let state = json!({"state": end(255, "Unknown", 29_000, 100), "restartCount": 3});
    let before = pod(30_000, "Running", json!({}), state);
    assert_cause(&judge(&before, &[]), Verdict::Unknown, "end-not-seen");
    // The program's own.
    let own = json!({"state": end(255, "Error", 29_000, 100), "restartCount": 3});
    let own = pod(30_000, "Running", json!({}), own);
    assert_cause(&judge(&own, &[]), Verdict::No, "exits-with-error");
}

/// Returns a Pod whose container has run for some seconds, and waits to be started again.
fn crashing(code: i32, lasted: i64) -> Value {
    let status = json!({
        "state": {"waiting": {"reason": "CrashLoopBackOff", "message": "back-off 40s restarting failed container"}},
        "lastState": end(code, "Error", 20 + lasted, 20),
        "restartCount": 5,
    });
    let probe = json!({"livenessProbe": {"tcpSocket": {"port": 80}}});
    pod(3_600, "Running", probe, status)
}

#[test]
fn a_kill_of_the_run_before_is_no_cause_of_an_end() {
    let before = own_event("Killing", KILL, 22, 2);
    let diagnosis = judge(&crashing(1, 1), &[before]);
    assert_cause(&diagnosis, Verdict::No, "exits-with-error");
    let during = own_event("Killing", KILL, 21, 2);
    let diagnosis = judge(&crashing(1, 40), &[during]);
    assert_cause(&diagnosis, Verdict::No, "liveness-probe-killed");
}

#[test]
fn without_events_nobody_can_prove_who_sent_a_signal_that_the_kubelet_sends() {
    let started = own_event("Started", "Container started", 25, 1);
    for (code, events, certainty) in [
        (137, vec![], Certainty::Likely),
        (143, vec![], Certainty::Likely),
        (139, vec![], Certainty::Proven),
        (137, vec![started], Certainty::Proven),
    ] {
        let diagnosis = judge(&crashing(code, 5), &events);
        let cause = assert_cause(&diagnosis, Verdict::No, "killed-by-signal");
        assert_eq!(cause.certainty, certainty, "{cause:?}");
        let is_likely = certainty == Certainty::Likely;
        assert_eq!(
            cause.message.contains("for an hour"),
            is_likely,
            "{cause:?}"
        );
    }
}

/// Returns a Pod that is not ready, whose container has run for some seconds.
fn unready(runs: i64) -> Value {
    let status = json!({"state": {"running": {"startedAt": ago(runs)}}, "started": true});
    let probe = json!({"readinessProbe": {"httpGet": {"port": 80}, "periodSeconds": 30}});
    pod(runs, "Running", probe, status)
}

#[test]
fn a_readiness_probe_fails_once_it_has_failed_often_enough_and_for_long_enough() {
    let failed = "Readiness probe failed: connection refused";
    for (runs, count, verdict) in [
        (7, 1, Verdict::Unknown),
        (80, 3, Verdict::Unknown),
        (500, 2, Verdict::Unknown),
        (500, 3, Verdict::No),
    ] {
        let event = own_event("Unhealthy", failed, 2, count);
        let diagnosis = judge(&unready(runs), &[event]);
        assert_cause(&diagnosis, verdict, "readiness-probe-fails");
    }
    // Each message is an event of its own.
    let events = ["a", "b", "c"].map(|why| {
        let message = format!("Readiness probe failed: {why}");
        own_event("Unhealthy", &message, 2, 1)
    });
    assert_eq!(judge(&unready(500), &events).verdict, Verdict::No);
}

#[test]
fn an_event_that_stands_for_similar_ones_says_what_they_say() {
    let combined = |message: &str, count| {
        let message = format!("(combined from similar events): {message}");
        own_event("Unhealthy", &message, 5, count)
    };
    let reset = combined(
        "Readiness probe failed: read: connection reset by peer",
        1_200,
    );
    let diagnosis = judge(&unready(7_000), &[reset]);
    let cause = assert_cause(&diagnosis, Verdict::No, "readiness-probe-fails");
    assert!(cause.message.contains("reset by peer"), "{cause:?}");
    let probe = json!({"livenessProbe": {"exec": {"command": ["nope"]}}});
    let status =
        json!({"state": {"running": {"startedAt": ago(7_000)}}, "ready": true, "started": true});
    let pod = pod(7_000, "Running", probe, status);
    let message = "Liveness probe errored and resulted in unknown state: rpc error";
    let diagnosis = judge(&pod, &[combined(message, 700)]);
    assert_cause(&diagnosis, Verdict::Ok, "liveness-probe-errored");
}

#[test]
fn a_readiness_gate_has_a_moment_to_open() {
    for (since, verdict) in [(10, Verdict::Unknown), (600, Verdict::No)] {
        let status = json!({"state": {"running": {"startedAt": ago(since)}}, "ready": true, "started": true});
        let mut pod = pod(since, "Running", json!({}), status);
        pod["spec"]["readinessGates"] = json!([{"conditionType": "example.com/balancer"}]);
        pod["status"]["conditions"] = json!([
            {"type": "Ready", "status": "False", "reason": "ReadinessGatesNotReady"},
            {"type": "ContainersReady", "status": "True", "lastTransitionTime": ago(since)},
        ]);
        assert_cause(&judge(&pod, &[]), verdict, "readiness-gate-unmet");
    }
}

//! Edge cases of the stuck states.

use serde_json::{Value, json};

use super::detect::find_stuck;
use crate::status::{EventNote, Observation};

fn reason(object: &Value, pods: &[Value], notes: &[EventNote]) -> Option<String> {
    let observation = Observation {
        object,
        pods: pods.iter().collect(),
        notes: notes.iter().collect(),
    };
    find_stuck(&observation).map(|stuck| stuck.evidence.reason)
}

fn job() -> Value {
    json!({"apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": "j", "uid": "u"}, "status": {}})
}

fn pod(policy: &str, status: &Value) -> Value {
    json!({
        "apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p", "uid": "p"},
        "spec": {"restartPolicy": policy},
        "status": {"phase": "Running", "containerStatuses": [status]},
    })
}

#[track_caller]
fn note(uid: &str, reporter: &str, reason: &str, at: &str) -> EventNote {
    let kind = if uid == "p" { "Pod" } else { "Job" };
    let event = json!({
        "involvedObject": {"kind": kind, "name": uid, "uid": uid}, "reason": reason, "message": "m",
        "source": {"component": reporter}, "lastTimestamp": at,
    });
    EventNote::of(&event).unwrap()
}

const FIRST: &str = "2026-01-01T00:00:01Z";
const SECOND: &str = "2026-01-01T00:00:02Z";

#[test]
fn a_container_that_is_restarted_for_the_second_time_crashes_again_and_again() {
    let ended = |code: i64, restarts: i64| json!({"name": "c", "restartCount": restarts, "state": {"terminated": {"exitCode": code}}});
    for (policy, code, restarts, crashes) in [
        ("OnFailure", 3, 0, false),
        ("OnFailure", 3, 1, true),
        ("OnFailure", 3, 2, true),
        ("OnFailure", 0, 1, false),
        ("OnFailure", -1, 1, true),
        // It is the end, or is meant to stay.
        ("Never", 3, 1, false),
        ("Always", 3, 1, false),
    ] {
        let found = reason(&job(), &[pod(policy, &ended(code, restarts))], &[]);
        let expected = crashes.then_some("CrashLoopBackOff");
        assert_eq!(found.as_deref(), expected, "{policy} {code} {restarts}");
    }
    // Since 1.36 the kubelet removes a container to restart all of its Pod.
    let removed = |reason: &str| json!({"name": "c", "restartCount": 2, "state": {"terminated": {"exitCode": 137, "reason": reason}}});
    for (reason_of_end, crashes) in [
        ("RestartingAllContainers", None),
        ("ContainerStatusUnknown", Some("CrashLoopBackOff")),
    ] {
        let found = reason(&job(), &[pod("OnFailure", &removed(reason_of_end))], &[]);
        assert_eq!(found.as_deref(), crashes, "{reason_of_end}");
    }
    let runs = json!({"name": "c", "restartCount": 2, "state": {"running": {}}});
    assert_eq!(reason(&job(), &[pod("OnFailure", &runs)], &[]), None);
}

#[test]
fn a_pod_that_has_ended_or_is_told_to_go_is_not_stuck() {
    let waits = json!({"name": "c", "state": {"waiting": {"reason": "InvalidImageName"}}});
    let stuck = pod("Never", &waits);
    let found = reason(&job(), std::slice::from_ref(&stuck), &[]);
    assert_eq!(found.as_deref(), Some("InvalidImageName"));
    for (pointer, key, value) in [
        ("/status", "phase", "Failed"),
        ("/status", "phase", "Succeeded"),
        ("/metadata", "deletionTimestamp", FIRST),
    ] {
        let mut pod = stuck.clone();
        pod.pointer_mut(pointer).unwrap()[key] = value.into();
        assert_eq!(reason(&job(), &[pod.clone()], &[]), None, "{pod}");
        // Another one may be.
        assert!(reason(&job(), &[pod, stuck.clone()], &[]).is_some());
    }
}

#[test]
fn a_volume_that_is_mounted_in_the_same_second_is_mounted() {
    let creating = json!({"name": "c", "state": {"waiting": {"reason": "ContainerCreating"}}});
    let pod = pod("Never", &creating);
    let fails = |at| note("p", "kubelet", "FailedMount", at);
    for (notes, stuck) in [
        (vec![fails(FIRST)], true),
        (
            vec![fails(FIRST), note("p", "kubelet", "Pulling", FIRST)],
            false,
        ),
        // The list is in no order within a second.
        (
            vec![note("p", "kubelet", "Pulling", FIRST), fails(FIRST)],
            false,
        ),
        (
            vec![note("p", "kubelet", "Pulled", FIRST), fails(SECOND)],
            true,
        ),
        (
            vec![fails(FIRST), note("p", "kubelet", "Created", SECOND)],
            false,
        ),
        (
            vec![
                fails(FIRST),
                note("p", "scheduler", "Pulled", ""),
                fails(SECOND),
            ],
            true,
        ),
        // Without times the order tells.
        (vec![note("p", "kubelet", "Pulled", ""), fails("")], true),
        (vec![fails(""), note("p", "kubelet", "Pulled", "")], false),
        // That of another Pod says nothing.
        (
            vec![fails(FIRST), note("q", "kubelet", "Pulled", SECOND)],
            true,
        ),
    ] {
        let found = reason(&job(), std::slice::from_ref(&pod), &notes);
        assert_eq!(
            found.as_deref(),
            stuck.then_some("FailedMount"),
            "{notes:?}"
        );
    }
    // A volume that is attached need not be mounted yet.
    let notes = [
        note("p", "attachdetach-controller", "FailedAttachVolume", FIRST),
        note(
            "p",
            "attachdetach-controller",
            "SuccessfulAttachVolume",
            FIRST,
        ),
    ];
    let found = reason(&job(), std::slice::from_ref(&pod), &notes[..1]);
    assert_eq!(found.as_deref(), Some("FailedAttachVolume"));
    assert_eq!(reason(&job(), std::slice::from_ref(&pod), &notes), None);
    let notes = [fails(FIRST), notes[1].clone()];
    let found = reason(&job(), &[pod], &notes);
    assert_eq!(found.as_deref(), Some("FailedMount"));
}

#[test]
fn a_refusal_is_over_with_a_pod_of_the_same_second() {
    let refused = || note("u", "job-controller", "FailedCreate", FIRST);
    let ended = |at: &str| json!({"kind": "Pod", "metadata": {"name": "p", "uid": "p", "creationTimestamp": at}, "status": {"phase": "Failed"}});
    let runs = json!({"kind": "Pod", "metadata": {"uid": "p"}, "status": {"phase": "Running"}});
    for (pods, notes, stuck) in [
        (vec![], vec![refused()], true),
        (vec![ended("2026-01-01T00:00:00Z")], vec![refused()], true),
        (vec![ended(FIRST)], vec![refused()], false),
        (vec![ended(SECOND)], vec![refused()], false),
        (vec![ended("")], vec![refused()], true),
        (vec![runs], vec![refused()], false),
        (
            vec![],
            vec![
                refused(),
                note("u", "job-controller", "SuccessfulCreate", FIRST),
            ],
            false,
        ),
        (
            vec![],
            vec![
                note("u", "job-controller", "SuccessfulCreate", FIRST),
                note("u", "job-controller", "FailedCreate", SECOND),
            ],
            true,
        ),
        // Whoever may write events may give them any reason.
        (vec![], vec![note("u", "me", "FailedCreate", FIRST)], false),
        (
            vec![],
            vec![note("v", "job-controller", "FailedCreate", FIRST)],
            false,
        ),
    ] {
        let found = reason(&job(), &pods, &notes);
        assert_eq!(
            found.as_deref(),
            stuck.then_some("FailedCreate"),
            "{pods:?} {notes:?}"
        );
    }
    for (status, stuck) in [
        (json!({"active": 0}), true),
        (json!({"active": 1}), false),
        (
            json!({"conditions": [{"type": "Suspended", "status": "True"}]}),
            false,
        ),
        (
            json!({"conditions": [{"type": "Suspended", "status": "False"}]}),
            true,
        ),
    ] {
        let mut job = job();
        job["status"] = status;
        let found = reason(&job, &[], &[refused()]);
        assert_eq!(found.as_deref(), stuck.then_some("FailedCreate"), "{job}");
    }
}

#[test]
fn a_pod_without_a_node_waits_for_the_one_that_was_asked_for() {
    let pod = |status: &str, reason: &str| {
        json!({"kind": "Pod", "metadata": {"name": "p", "uid": "p"}, "status": {"phase": "Pending",
            "conditions": [{"type": "PodScheduled", "status": status, "reason": reason, "message": "m"}]}})
    };
    for (pod, notes, stuck) in [
        (pod("False", "Unschedulable"), vec![], true),
        (pod("True", "Unschedulable"), vec![], false),
        (pod("False", "SchedulerError"), vec![], false),
        (
            pod("False", "Unschedulable"),
            vec![note("p", "cluster-autoscaler", "TriggeredScaleUp", FIRST)],
            false,
        ),
        (
            pod("False", "Unschedulable"),
            vec![note("p", "karpenter", "Nominated", FIRST)],
            false,
        ),
        (
            pod("False", "Unschedulable"),
            vec![note("q", "karpenter", "Nominated", FIRST)],
            true,
        ),
        (
            pod("False", "Unschedulable"),
            vec![note("p", "scheduler", "FailedScheduling", FIRST)],
            true,
        ),
    ] {
        let found = reason(&job(), std::slice::from_ref(&pod), &notes);
        assert_eq!(
            found.as_deref(),
            stuck.then_some("Unschedulable"),
            "{pod} {notes:?}"
        );
    }
}

#[test]
fn a_pod_that_has_a_node_is_not_unschedulable() {
    let mut pod = json!({
        "apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p", "uid": "p"},
        "spec": {"restartPolicy": "Never"},
        "status": {"phase": "Pending", "conditions": [
            {"type": "PodScheduled", "status": "False", "reason": "Unschedulable", "message": "m"}
        ]},
    });
    let found = |pod: &Value| reason(&job(), std::slice::from_ref(pod), &[]);
    assert_eq!(found(&pod).as_deref(), Some("Unschedulable"));
    pod["spec"]["nodeName"] = "n".into();
    assert_eq!(found(&pod), None);
}

#[test]
fn the_exit_code_of_a_container_that_was_removed_to_restart_is_not_its_own() {
    let waits = |reason: &str| json!({"name": "c", "restartCount": 2, "state": {"waiting": {"reason": "CrashLoopBackOff"}}, "lastState": {"terminated": {"exitCode": 137, "reason": reason}}});
    for (reason, message) in [
        ("RestartingAllContainers", "pod p, container c"),
        (
            "Error",
            "pod p, container c; it exited 137 and was restarted 2 times",
        ),
    ] {
        let pod = pod("Never", &waits(reason));
        let observation = Observation {
            object: &job(),
            pods: vec![&pod],
            notes: Vec::new(),
        };
        let stuck = find_stuck(&observation).unwrap();
        assert_eq!(stuck.evidence.message, message);
    }
}

/// With spec.scheduling a Job has a Workload before it has Pods (Kubernetes 1.37).
#[test]
fn a_job_that_is_refused_its_workload_makes_no_pods() {
    let of = |reporter, reason, at| note("u", reporter, reason, at);
    let refused = |at| of("job-controller", "FailedWorkloadCreate", at);
    for (notes, expected) in [
        (vec![refused(FIRST)], Some("FailedWorkloadCreate")),
        (
            vec![of("job-controller", "FailedWorkloadCompilation", FIRST)],
            Some("FailedWorkloadCompilation"),
        ),
        (
            vec![
                refused(FIRST),
                of("job-controller", "WorkloadCreated", SECOND),
            ],
            None,
        ),
        (
            vec![
                of("job-controller", "WorkloadCreated", FIRST),
                of("job-controller", "FailedCreate", SECOND),
            ],
            Some("FailedCreate"),
        ),
        (vec![of("kubelet", "FailedWorkloadCreate", FIRST)], None),
    ] {
        let found = reason(&job(), &[], &notes);
        assert_eq!(found.as_deref(), expected, "{notes:?}");
    }
}

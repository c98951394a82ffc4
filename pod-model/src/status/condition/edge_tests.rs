//! Exact messages about objects that do not meet their condition yet.

use serde_json::{Value, json};

use super::{Condition, parse};
use crate::status::answer::Answer;
use crate::status::{Observation, WorkloadKind};

fn said(condition: &str, object: &Value, pods: &[Value]) -> (String, String) {
    let observation = Observation {
        object,
        pods: pods.iter().collect(),
        notes: Vec::new(),
    };
    let evidence = match parse(condition).unwrap().judge(&observation) {
        Answer::NotYet(evidence) => evidence,
        other => panic!("{other:?}"),
    };
    (evidence.reason, evidence.message)
}

#[test]
fn a_pod_that_stays_says_what_would_make_it_fail() {
    let pod = |policy: &str, status: &Value| json!({"apiVersion": "v1", "kind": "Pod", "spec": {"restartPolicy": policy}, "status": status});
    let only = "with restartPolicy Always only an eviction or a deadline can make it fail";
    let waits = json!({"phase": "Pending", "containerStatuses": [{"name": "c", "state": {"waiting": {"reason": "ErrImagePull"}}}]});
    for (pod, expected) in [
        (pod("Always", &json!({"phase": "Pending"})), only.to_owned()),
        (
            pod("Always", &waits),
            format!("container c: ErrImagePull; {only}"),
        ),
        (pod("Never", &json!({"phase": "Pending"})), String::new()),
        (
            pod("OnFailure", &waits),
            "container c: ErrImagePull".to_owned(),
        ),
    ] {
        assert_eq!(said("failed", &pod, &[]).1, expected, "{pod}");
    }
}

#[test]
fn a_job_names_a_failure_only_while_nothing_has_succeeded() {
    let pod = json!({"kind": "Pod", "metadata": {"name": "p"}, "status": {"phase": "Failed",
        "containerStatuses": [{"name": "c", "state": {"terminated": {"exitCode": 3}}}]}});
    for (failed, succeeded, names) in [
        (0, 0, false),
        (1, 0, true),
        (2, 0, true),
        (1, 1, false),
        (0, 1, false),
    ] {
        let job = json!({"apiVersion": "batch/v1", "kind": "Job", "metadata": {"uid": "u"},
            "spec": {"completions": 5}, "status": {"failed": failed, "succeeded": succeeded}});
        let (_, said) = said("done", &job, std::slice::from_ref(&pod));
        assert_eq!(
            said.contains("exited 3"),
            names,
            "{failed} {succeeded}: {said}"
        );
        assert!(
            said.starts_with(&format!("{succeeded} of 5 succeeded")),
            "{said}"
        );
    }
}

#[test]
fn only_some_conditions_are_about_an_end() {
    for (condition, of_a_job, of_a_pod) in [
        ("done", true, true),
        ("complete", true, true),
        ("failed", true, true),
        ("condition=Complete", true, false),
        ("condition=Failed", true, false),
        ("condition=Ready", false, false),
        ("ready", false, false),
        ("created", false, false),
        ("delete", false, false),
        ("jsonpath={.status.phase}=Failed", false, false),
    ] {
        let condition: Condition = parse(condition).unwrap();
        let found = (
            condition.is_about_end(WorkloadKind::Job),
            condition.is_about_end(WorkloadKind::Pod),
        );
        assert_eq!(found, (of_a_job, of_a_pod), "{condition:?}");
    }
}

#[test]
fn a_value_that_is_waited_for_is_shown_as_it_is_up_to_sixty_characters() {
    for (length, ends) in [
        (1, false),
        (59, false),
        (60, false),
        (61, true),
        (500, true),
    ] {
        let text = "é".repeat(length);
        let object = json!({"kind": "ConfigMap", "data": {"k": text}});
        let (_, said) = said("jsonpath={.data.k}=x", &object, &[]);
        assert!(said.contains(&"é".repeat(length.min(60))), "{said}");
        assert_eq!(said.contains('…'), ends, "{length}: {said}");
    }
}

#[test]
fn a_condition_that_no_kind_like_this_has_is_refused_in_its_own_word() {
    for (condition, version, kind, expected) in [
        (
            "complete",
            "apps/v1",
            "Deployment",
            "`--for=complete` does not apply to a Deployment",
        ),
        (
            "complete",
            "v1",
            "ConfigMap",
            "`--for=complete` does not apply to a ConfigMap",
        ),
        (
            "failed",
            "apps/v1",
            "StatefulSet",
            "`--for=failed` does not apply to a StatefulSet",
        ),
        (
            "done",
            "v1",
            "ConfigMap",
            "`--for=done` does not apply to a ConfigMap",
        ),
        (
            "ready",
            "batch/v1",
            "CronJob",
            "`--for=ready` does not apply to a CronJob",
        ),
        (
            "done",
            "batch/v1",
            "CronJob",
            "`--for=done` does not apply to a CronJob",
        ),
        ("complete", "batch/v1", "Job", ""),
        ("complete", "v1", "Pod", ""),
        ("failed", "apps/v1", "Deployment", ""),
        ("done", "apps/v1", "Deployment", ""),
        ("ready", "v1", "ConfigMap", ""),
        ("deleted", "v1", "ConfigMap", ""),
    ] {
        let group = version.split_once('/').map_or("", |(group, _)| group);
        let workload_kind = WorkloadKind::of_type(group, kind);
        let refused = parse(condition).unwrap().refusal(workload_kind, kind);
        let (said, help) = refused.unwrap_or_default();
        assert_eq!(said, expected, "{condition} {kind}");
        assert_eq!(
            help.contains("one of its Jobs"),
            kind == "CronJob",
            "{help}"
        );
    }
}

#[test]
fn a_pod_that_failed_says_what_its_status_and_its_container_say() {
    let failed = |message: &str, reason: &str, code: Option<u8>| {
        let state = json!({"terminated": {"exitCode": code}});
        let statuses = code.map(|_| json!([{"name": "c", "state": state}]));
        let pod = json!({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p"}, "status": {
            "phase": "Failed", "reason": reason, "message": message, "containerStatuses": statuses}});
        let observation = Observation {
            object: &pod,
            pods: vec![&pod],
            notes: Vec::new(),
        };
        match parse("done").unwrap().judge(&observation) {
            Answer::Never(evidence) => {
                let failing_container = evidence
                    .failing_container
                    .map(|failing_container| failing_container.container);
                (evidence.reason, evidence.message, failing_container)
            }
            other => panic!("{other:?}"),
        }
    };
    let (reason, of_container, failing_container) = failed("", "", Some(3));
    assert_eq!(
        (reason.as_str(), failing_container.as_deref()),
        ("Failed", Some("c"))
    );
    assert!(of_container.contains("exited 3"), "{of_container}");
    let low = "The node was low on resource: memory.";
    for (message, reason, code, expected, blamed) in [
        (
            low,
            "Evicted",
            Some(3),
            format!("{low}; {of_container}"),
            true,
        ),
        (low, "Evicted", None, low.to_owned(), false),
        ("", "Evicted", Some(3), of_container.clone(), true),
        ("", "", None, String::new(), false),
    ] {
        let (told, said, failing_container) = failed(message, reason, code);
        assert_eq!(told, if reason.is_empty() { "Failed" } else { reason });
        assert_eq!(said, expected);
        assert_eq!(failing_container.is_some(), blamed, "{message} {code:?}");
    }
}

#[test]
fn a_container_that_is_removed_to_restart_all_has_not_failed() {
    let job = json!({"apiVersion": "batch/v1", "kind": "Job", "metadata": {"uid": "u"},
        "spec": {"completions": 5}, "status": {"failed": 1}});
    for (reason, expected) in [("RestartingAllContainers", "second"), ("Error", "first")] {
        let pod = json!({"kind": "Pod", "metadata": {"name": "p"}, "status": {"phase": "Failed",
        "containerStatuses": [
            {"name": "first", "state": {"waiting": {"reason": reason}},
                "lastState": {"terminated": {"exitCode": 137, "reason": reason}}},
            {"name": "second", "state": {"terminated": {"exitCode": 3}}},
        ]}});
        let (_, said) = said("done", &job, std::slice::from_ref(&pod));
        let expected = format!("container {expected} exited");
        assert!(said.contains(&expected), "{reason}: {said}");
    }
}

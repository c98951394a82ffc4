//! `create job --from` a CronJob: whose the Job is, as `kubectl create job --from`
//! has it (k8s.io/kubectl/pkg/cmd/create, `createJobFromCronJob`).

use serde_json::{Value, json};

use crate::apiserver::{Answer, ApiServer};
use crate::support::Home;

const STORED: &str = "GET /apis/batch/v1/namespaces/default/cronjobs/nightly";

fn cron_job(metadata: &Value) -> Value {
    json!({
        "apiVersion": "batch/v1", "kind": "CronJob",
        "metadata": {"name": "nightly", "namespace": "default", "uid": "u-1"},
        "spec": {"schedule": "@daily", "jobTemplate": {
            "metadata": metadata,
            "spec": {"template": {
                "metadata": {"annotations": {"of": "pods"}},
                "spec": {"restartPolicy": "Never", "containers": [{"name": "a", "image": "a"}]},
            }},
        }},
    })
}

/// The Job that is made of a CronJob of the cluster.
fn made(metadata: &Value, kind: &str, args: &[&str]) -> (Value, String) {
    let server = ApiServer::new().on(STORED, Answer::json(&cron_job(metadata)));
    let line = [
        "create",
        kind,
        "once",
        "--from",
        "cronjob/nightly",
        "--dry-run=client",
        "-o",
        "json",
    ];
    let run = Home::new().run_on(&server, &[&line, args].concat());
    assert_eq!(run.code, Some(0), "{run:?}");
    (serde_json::from_str(&run.stdout).unwrap(), run.stderr)
}

#[test]
fn cron_job_is_controller_of_job() {
    let (job, said) = made(
        &json!({"labels": {"app": "n"}, "annotations": {"team": "a"}}),
        "job",
        &[],
    );
    assert_eq!(
        job["metadata"],
        json!({
            "name": "once", "labels": {"app": "n"},
            "annotations": {"cronjob.kubernetes.io/instantiate": "manual", "team": "a"},
            "ownerReferences": [{"apiVersion": "batch/v1", "kind": "CronJob", "name": "nightly", "uid": "u-1", "controller": true}],
        })
    );
    assert_eq!(said, "");
}

#[test]
fn value_of_template_is_kept() {
    let key = "cronjob.kubernetes.io/instantiate";
    let (job, _) = made(&json!({"annotations": {key: "by hand"}}), "job", &[]);
    assert_eq!(job["metadata"]["annotations"], json!({key: "by hand"}));
    let (job, _) = made(
        &json!({}),
        "job",
        &["--annotation", "cronjob.kubernetes.io/instantiate=x"],
    );
    assert_eq!(job["metadata"]["annotations"], json!({key: "x"}));
}

#[test]
fn owner_reference_false_sets_no_owner() {
    for flag in [
        "--owner-reference=false",
        "--owner-reference=true",
        "--owner-reference",
    ] {
        let (job, _) = made(&json!({}), "job", &[flag]);
        let owned = flag != "--owner-reference=false";
        assert_eq!(
            job["metadata"].get("ownerReferences").is_some(),
            owned,
            "{flag}"
        );
        let annotations = &job["metadata"]["annotations"];
        assert_eq!(
            annotations["cronjob.kubernetes.io/instantiate"], "manual",
            "{flag}"
        );
    }
}

#[test]
fn pod_from_cron_job_has_no_owner() {
    let (pod, _) = made(&json!({}), "pod", &[]);
    assert_eq!(
        pod["metadata"],
        json!({"name": "once", "annotations": {"of": "pods"}})
    );
}

/// The garbage collector would delete the Job: the CronJob of a file may be in no
/// cluster, or in another.
#[test]
fn cron_job_of_file_is_no_owner() {
    let mut without_uid = cron_job(&json!({}));
    without_uid["metadata"]
        .as_object_mut()
        .unwrap()
        .remove("uid");
    for object in [cron_job(&json!({})), without_uid] {
        let text = object.to_string();
        let home = Home::with(&[("cron.json", text.as_str())]);
        let line = [
            "create",
            "job",
            "once",
            "--from",
            "cron.json",
            "--dry-run=client",
            "-o",
            "json",
        ];
        let run = home.run(&line);
        let job: Value = serde_json::from_str(&run.stdout).unwrap();
        assert!(job["metadata"].get("ownerReferences").is_none(), "{job}");
        assert!(
            run.stderr
                .starts_with("warning: no owner reference set: cron.json is a file"),
            "{}",
            run.stderr
        );
        let run = home.run(&[&line[..], &["--owner-reference=false"]].concat());
        assert_eq!((run.code, run.stderr.as_str()), (Some(0), ""));
    }
}

#[test]
fn invalid_source_is_refused_without_server() {
    for from in [
        "cronjob/",
        "pod/",
        "job/..",
        "cronjobs/.",
        "cj/a%2fb",
        "cronjob.batch/%",
        "",
    ] {
        let server = ApiServer::new();
        let line = ["create", "job", "once", "--dry-run=client"];
        let from = format!("--from={from}");
        let run = Home::new().run_on(&server, &[&line[..], &[&from]].concat());
        assert_eq!(run.code, Some(2), "{from}: {run:?}");
        assert!(run.stderr.starts_with("error: --from "), "{from}: {run:?}");
        assert_eq!(server.requests().len(), 0, "{from}");
    }
}

//! `create pod` and `create job` from something that exists, and what is
//! written over it.

use serde_json::json;
use snapbox::{assert_data_eq, str};

use crate::apiserver::{Answer, ApiServer};
use crate::support::Home;

const CRON: &str = "\
apiVersion: batch/v1
kind: CronJob
metadata: {name: nightly}
spec:
  schedule: '@daily'
  jobTemplate:
    spec:
      backoffLimit: 2
      template:
        metadata: {labels: {app: report}}
        spec:
          restartPolicy: OnFailure
          containers:
          - name: report
            image: report:1
            command: [report, --all]
            env: [{name: DAY, value: today}]
";

/// A Pod as an API server has stored it.
fn stored() -> serde_json::Value {
    json!({
        "metadata": {
            "name": "web", "namespace": "default", "uid": "u", "resourceVersion": "7",
            "creationTimestamp": "2026-01-01T00:00:00Z", "labels": {"app": "web"},
            "annotations": {"kubectl.kubernetes.io/last-applied-configuration": "{}"},
        },
        "spec": {
            "nodeName": "n1", "serviceAccountName": "default", "serviceAccount": "default",
            "restartPolicy": "Always", "dnsPolicy": "ClusterFirst", "priority": 0,
            "preemptionPolicy": "PreemptLowerPriority", "enableServiceLinks": true,
            "schedulerName": "default-scheduler", "securityContext": {},
            "terminationGracePeriodSeconds": 30,
            "tolerations": [
                {"key": "node.kubernetes.io/not-ready", "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": 300},
                {"key": "gpu", "operator": "Exists"},
            ],
            "containers": [{
                "name": "web", "image": "nginx:1.29", "imagePullPolicy": "IfNotPresent",
                "resources": {}, "terminationMessagePath": "/dev/termination-log",
                "terminationMessagePolicy": "File",
                "volumeMounts": [{"name": "kube-api-access-x", "mountPath": "/var/run/secrets/kubernetes.io/serviceaccount", "readOnly": true}],
            }],
            "volumes": [{"name": "kube-api-access-x", "projected": {"sources": [], "defaultMode": 420}}],
        },
        "status": {"phase": "Running"},
    })
}

#[test]
fn a_cron_jobs_template_becomes_a_job_with_another_command() {
    let home = Home::with(&[("cron.yaml", CRON)]);
    let args = [
        "create",
        "job",
        "once",
        "--from",
        "cron.yaml",
        "--env",
        "DAY=monday",
        "--env",
        "X=$(DAY)",
        "--dry-run=client",
        "-o",
        "yaml",
        "--",
        "report",
        "--one",
    ];
    assert_data_eq!(
        home.run(&args).all(),
        str![[r#"
exit code 0
--- stdout
# kubectl pod-tools create job once --from cron.yaml --env DAY=monday --env 'X=$(DAY)' -- report --one
apiVersion: batch/v1
kind: Job
metadata:
  name: once
  labels:
    app: report
spec:
  backoffLimit: 2
  template:
    metadata:
      labels:
        app: report
    spec:
      containers:
      - name: report
        image: report:1
        command:
        - report
        - --one
        env:
        - name: DAY
          value: monday
        - name: X
          value: $(DAY)
      restartPolicy: OnFailure

"#]]
    );
}

#[test]
fn a_live_pod_loses_what_the_server_wrote() {
    let server = ApiServer::new().on(
        "GET /api/v1/namespaces/default/pods/web",
        Answer::json(&stored()),
    );
    let run = Home::new().run_on(
        &server,
        &[
            "create",
            "pod",
            "again",
            "--from",
            "pod/web",
            "--dry-run=client",
            "-o",
            "yaml",
        ],
    );
    assert_data_eq!(
        run.all(),
        str![[r#"
exit code 0
--- stdout
# kubectl pod-tools create pod again --from pod/web
apiVersion: v1
kind: Pod
metadata:
  name: again
  labels:
    app: web
spec:
  containers:
  - name: web
    image: nginx:1.29
  tolerations:
  - key: gpu
    operator: Exists

"#]]
    );
}

#[test]
fn a_deployments_labels_are_left_out_and_said() {
    let deployment = json!({"metadata": {"name": "web"}, "spec": {
        "selector": {"matchLabels": {"app": "web"}},
        "template": {"metadata": {"labels": {"app": "web"}}, "spec": {"containers": [{"name": "web", "image": "nginx"}]}},
    }});
    let server = ApiServer::new().on(
        "GET /apis/apps/v1/namespaces/default/deployments/web",
        Answer::json(&deployment),
    );
    let run = Home::new().run_on(
        &server,
        &[
            "create",
            "job",
            "j",
            "--from",
            "deploy/web",
            "--no-comment",
            "--dry-run=client",
            "-o",
            "yaml",
        ],
    );
    assert_data_eq!(
        run.all(),
        str![[r#"
exit code 0
--- stdout
apiVersion: batch/v1
kind: Job
metadata:
  name: j
spec:
  template:
    spec:
      containers:
      - name: web
        image: nginx
      restartPolicy: Never
--- stderr
warning: the labels of the Deployment's Pods are left out: a Service and a controller would take a Pod with them in; -l sets labels

"#]]
    );
}

/// Its controller would take the copy in, and delete one of the two.
#[test]
fn the_labels_of_a_pod_that_a_controller_owns_are_left_out() {
    let mut pod = stored();
    pod["metadata"]["ownerReferences"] = json!([{"controller": true, "kind": "ReplicaSet"}]);
    pod["metadata"]["labels"]["pod-template-hash"] = json!("h");
    pod["spec"]["volumes"] = json!([{"name": "cache", "emptyDir": {}}]);
    let server = ApiServer::new().on(
        "GET /api/v1/namespaces/default/pods/web",
        Answer::json(&pod),
    );
    let args = [
        "create",
        "pod",
        "again",
        "--from",
        "pod/web",
        "--dry-run=client",
        "-o",
        "json",
    ];
    let run = Home::new().run_on(&server, &args);
    assert!(
        run.stderr.contains("the labels of the Pod are left out"),
        "{run:?}"
    );
    let made: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    assert!(made["metadata"]["labels"].is_null(), "{made}");
    assert_eq!(made["spec"]["volumes"][0]["emptyDir"], json!({}));
}

#[test]
fn a_field_of_the_base_that_nobody_knows_is_not_lost_without_a_word() {
    let text = CRON.replace("backoffLimit", "backofLimit");
    let home = Home::with(&[("cron.yaml", &text)]);
    let run = home.run(&[
        "create",
        "job",
        "j",
        "--from",
        "cron.yaml",
        "--dry-run=client",
    ]);
    assert_eq!(run.code, Some(1), "{run:?}");
    assert!(run.stderr.contains("cron.yaml:8:7"), "{run:?}");
}

#[test]
fn what_cannot_be_a_base_is_refused() {
    let home = Home::with(&[
        (
            "map.yaml",
            "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n",
        ),
        ("odd.yaml", "kind: Pod\n\tx"),
    ]);
    let mut all = String::new();
    for from in ["map.yaml", "odd.yaml", "missing.yaml", "svc/web"] {
        all += &home
            .run(&["create", "pod", "p", "--from", from, "--dry-run=client"])
            .all();
    }
    assert_data_eq!(
        all,
        str![[r#"
exit code 1
--- stderr
error: map.yaml holds nothing that makes Pods
help: name a file with a Pod, a Job, or anything else with a Pod template; for a live object write TYPE/NAME
exit code 1
--- stderr
error: found a tab character that violates indentation
 --> odd.yaml:2:1
  |
2 |     x
  | ^^^^ a tab
  |
 ::: odd.yaml:1:7
  |
1 | kind: Pod
  |       - while scanning a plain scalar
  |
  = help: YAML takes no tabs in indentation: replace them with spaces

exit code 1
--- stderr
error: cannot read missing.yaml: no such file or directory
exit code 2
--- stderr
error: --from svc/web: a Service makes no Pods
help: name a Pod, a Job, a CronJob or anything else with a Pod template, or a file with one

"#]]
    );
}

#[test]
fn a_base_that_is_not_there_is_gone() {
    let server = ApiServer::new();
    let run = Home::new().run_on(&server, &["create", "job", "j", "--from", "cronjob/x"]);
    assert_data_eq!(
        run.all(),
        str![[r#"
exit code 4
--- stderr
error: not scripted: GET /apis/batch/v1/namespaces/default/cronjobs/x

"#]]
    );
}

#[test]
fn fields_and_patches_are_written_last_and_their_mistakes_are_underlined() {
    let home = Home::new();
    let create = |more: &[&str]| {
        let args = [
            "create",
            "job",
            "j",
            "--image",
            "i",
            "--dry-run=client",
            "-o",
            "yaml",
            "--no-comment",
        ];
        home.run(&[&args[..], more].concat()).all()
    };
    let good = create(&[
        "--set",
        "spec.template.spec.containers[0].stdinOnce=true",
        "--overrides",
        r#"{"spec": {"template": {"spec": {"containers": [{"name": "j", "tty": true}]}}}}"#,
    ]);
    assert_data_eq!(
        good,
        str![[r#"
exit code 0
--- stdout
apiVersion: batch/v1
kind: Job
metadata:
  name: j
spec:
  template:
    spec:
      containers:
      - name: j
        image: i
        stdinOnce: true
        tty: true
      restartPolicy: Never

"#]]
    );
    let bad = create(&[
        "--set",
        "spec.paralelism=3",
        "--set",
        "a",
        "--overrides",
        "[]",
    ]);
    assert_data_eq!(
        bad,
        str![[r#"
exit code 2
--- stderr
error: this is not NAME=VALUE
 --> command line:1:7
  |
1 | --set a
  |       ^
  |
  = help: for example: --set 'spec.activeDeadlineSeconds=600'

error: this is no object
 --> command line:1:13
  |
1 | --overrides []
  |             ^^
  |
  = help: for example: --overrides '{"spec":{"activeDeadlineSeconds":600}}'


"#]]
    );
}

#[test]
fn what_the_server_refuses_is_told_at_the_flag() {
    let causes = json!([{
        "reason": "FieldValueInvalid", "field": "spec.containers[0].env[0].name",
        "message": "Invalid value: \"a b\": not this one",
    }]);
    let server = ApiServer::new().on(
        "POST /api/v1/namespaces/default/pods",
        Answer::refusal_with(422, "Invalid", "Pod \"p\" is invalid", &causes),
    );
    let run = Home::new().run_on(
        &server,
        &["create", "pod", "p", "--image", "i", "--env", "A.B=1"],
    );
    assert_data_eq!(
        run.all(),
        str![[r#"
exit code 1
--- stderr
error: pod/p: spec.containers[0].env[0].name: Invalid value: "a b": not this one
 --> command line:1:7
  |
1 | --env A.B=1
  |       ^^^^^ spec.containers[0].env[0].name
  |
  = help: for example: --env 'URL=http://$(HOST):8080'


"#]]
    );
}

#[test]
fn fields_are_explained_once_each() {
    let run = Home::new().run(&[
        "create",
        "job",
        "j",
        "--image",
        "i",
        "--env",
        "A=1",
        "--explain-flags",
        "--dry-run=client",
        "-o",
        "yaml",
        "--",
        "a\nb",
        "it's",
    ]);
    assert_data_eq!(
        run.all(),
        str![[r#"
exit code 0
--- stdout
# kubectl pod-tools create job j --image i --env A=1 -- $'a/nb' 'it'/''s'
apiVersion: batch/v1
kind: Job
metadata:
  name: j
spec:
  template:
    spec:
      containers:
      - name: j
        # without a tag or digest it is :latest
        image: i
        # in place of the image's entrypoint; $(VAR) is expanded, there is no shell
        command:
        - |-
          a
          b
        - it's
        # over envFrom; $(NAME) is the value of a variable that stands before
        env:
        - name: A
          value: "1"
      # Always restarts what ends, OnFailure what fails, Never nothing; a Job's failed Pods stay to be read with Never
      restartPolicy: Never

"#]]
    );
}

#[test]
fn what_follows_the_creation_needs_an_end_to_wait_for() {
    let home = Home::new();
    let lines: [&[&str]; 7] = [
        &["pod", "p", "--rm"],
        &["pod", "p", "--wait", "--rm"],
        &["pod", "p", "--attach", "--stdin", "--tty"],
        &["pod", "p", "--attach", "--dry-run=client"],
        &["job", "j", "--attach", "--stdin"],
        &["pod", "p", "--timeout=5s"],
        &["pod", "p", "--logs"],
    ];
    let all: String = lines
        .iter()
        .map(|line| {
            home.run(&[&["create"], *line, &["--image", "i"]].concat())
                .all()
        })
        .collect();
    assert_data_eq!(
        all,
        str![[r#"
exit code 2
--- stderr
error: --rm has no end to wait for
help: add --wait, or --attach to see what the program writes
exit code 2
--- stderr
error: --rm waits for an end, and this Pod is restarted for ever
help: add --restart Never, or --restart OnFailure
exit code 2
--- stderr
error: --tty needs a terminal, and standard input is none
help: leave out --tty
exit code 2
--- stderr
error: --attach has nothing to wait for in a dry run
help: leave out --attach or --dry-run
exit code 2
--- stderr
error: --attach cannot hand standard input to the Pods of a Job
help: leave out --stdin, or create a Pod
exit code 2
--- stderr
error: --timeout says nothing without --wait
help: add --wait
exit code 2
--- stderr
error: --logs says nothing without --wait
help: add --wait

"#]]
    );
}

/// An attached program ends, and its input ends with ours.
#[test]
fn an_attached_pod_is_not_restarted() {
    let server = ApiServer::new().on(
        "POST /api/v1/namespaces/default/pods",
        Answer::refusal(403, "Forbidden", "no"),
    );
    let args = ["create", "pod", "p", "--image", "i", "--attach", "--stdin"];
    let run = Home::new().run_on(&server, &args);
    assert_eq!(run.code, Some(3), "{run:?}");
    let sent = server
        .requests()
        .into_iter()
        .find(|request| request.method == "POST");
    let spec = sent.unwrap().json()["spec"].clone();
    assert_eq!(spec["restartPolicy"], "Never");
    assert_eq!(spec["containers"][0]["stdinOnce"], true);
}

#[test]
fn what_is_written_is_read_back_as_the_same() {
    let lines: [&[&str]; 3] = [
        &[
            "pod",
            "-l",
            "a=b",
            "--annotation",
            "c=d",
            "--env",
            "A=yes",
            "--env",
            "B=$(A)",
            "--env-from",
            "cm/x",
            "--port",
            "http=80",
            "--liveness",
            "http:http/x?period=3s",
            "--pre-stop",
            "sleep:5s",
            "--init",
            "i busybox -- true",
            "--sidecar",
            "s busybox port=9",
            "--mount",
            "emptydir:/x",
            "--tmp",
            "--user",
            "1000",
            "--profile",
            "restricted",
            "--toleration",
            "gpu",
            "--require-node",
            "a in (b)",
            "--spread",
            "zone",
            "--grace-period",
            "5s",
            "--restart",
            "Never",
            "--limits",
            "cpu=1",
            "--requests",
            "memory=1Gi",
        ],
        &[
            "job",
            "-l",
            "a=b",
            "--annotation",
            "c=d",
            "--completions",
            "3",
            "--indexed",
            "--success-policy",
            "0-1",
            "--pod-failure-policy",
            "fail:exit 3",
            "--ttl",
            "1h",
            "--suspend",
            "--backoff-limit",
            "0",
            "--restart-rule",
            "exit 42 -> restart",
            "--apart",
            "app=x",
            "--sysctl",
            "a.b=1",
            "--shell",
            "echo\nhi\n",
        ],
        &["job"],
    ];
    for line in lines {
        let home = Home::new();
        let common = ["--no-comment", "--dry-run=client", "-o", "yaml"];
        let first = [
            &["create", line[0], "x", "--image", "nginx:1"],
            &line[1..],
            &common,
        ]
        .concat();
        let written = home.run(&first);
        assert_eq!(written.code, Some(0), "{written:?}");
        home.write("x.yaml", &written.stdout);
        let again = [&["create", line[0], "x", "--from", "x.yaml"], &common[..]].concat();
        assert_eq!(home.run(&again).stdout, written.stdout);
    }
}

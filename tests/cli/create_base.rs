//! `create pod` and `create job` from something that exists.

use serde_json::json;
use snapbox::{assert_data_eq, str};

use crate::apiserver::{Answer, ApiServer};
use crate::support::{Home, Run};

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

/// The YAML of what would be created.
fn printed(server: &ApiServer, args: &[&str]) -> Run {
    let args = [&["create"], args, &["--dry-run=client", "-o", "yaml"]].concat();
    Home::new().run_on(server, &args)
}

#[test]
fn job_from_cron_job_template_takes_another_command() {
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
        "--owner-reference=false",
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
  annotations:
    cronjob.kubernetes.io/instantiate: manual
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
fn copy_of_live_pod_has_no_server_fields() {
    let server = ApiServer::new().on(
        "GET /api/v1/namespaces/default/pods/web",
        Answer::json(&stored()),
    );
    let run = printed(&server, &["pod", "again", "--from", "pod/web"]);
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
fn labels_of_deployment_are_not_copied_and_noted() {
    let deployment = json!({"metadata": {"name": "web"}, "spec": {
        "selector": {"matchLabels": {"app": "web"}},
        "template": {"metadata": {"labels": {"app": "web"}}, "spec": {"containers": [{"name": "web", "image": "nginx"}]}},
    }});
    let server = ApiServer::new().on(
        "GET /apis/apps/v1/namespaces/default/deployments/web",
        Answer::json(&deployment),
    );
    let run = printed(
        &server,
        &["job", "j", "--from", "deploy/web", "--no-comment"],
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
warning: the labels of the Deployment's Pods are not copied: a Service or controller would adopt a Pod with them; use -l to set labels

"#]]
    );
}

/// Its controller would adopt the copy, and delete one of the two.
#[test]
fn labels_of_owned_pod_are_not_copied() {
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
        run.stderr.contains("the labels of the Pod are not copied"),
        "{run:?}"
    );
    let made: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    assert!(made["metadata"]["labels"].is_null(), "{made}");
    assert_eq!(made["spec"]["volumes"][0]["emptyDir"], json!({}));
}

#[test]
fn unknown_field_of_source_is_reported() {
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
fn unfit_source_is_refused() {
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
error: map.yaml has no object with a Pod template
help: use TYPE/NAME of a Pod, a Job, a CronJob or anything else with a Pod template, or a file with one
exit code 1
--- stderr
error[syntax]: found a tab character that violates indentation
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
  = help: YAML does not allow tabs in indentation; use spaces

exit code 1
--- stderr
error: cannot read missing.yaml: no such file or directory
exit code 2
--- stderr
error: --from svc/web: a Service has no Pod template
help: use TYPE/NAME of a Pod, a Job, a CronJob or anything else with a Pod template, or a file with one

"#]]
    );
}

const ROLLOUT: &str = "\
apiVersion: argoproj.io/v1alpha1
kind: Rollout
metadata: {name: web}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, image: nginx}]}
";

/// A server with a custom resource that has a Pod template, and one that has none.
fn with_rollouts() -> ApiServer {
    let groups = json!({"kind": "APIGroupList", "groups": [{
        "name": "argoproj.io", "versions": [{"version": "v1alpha1"}],
        "preferredVersion": {"version": "v1alpha1"}}]});
    let types = json!({"resources": [{"name": "rollouts", "singularName": "rollout",
        "kind": "Rollout", "namespaced": true}]});
    let rollout = |name: &str, spec: &serde_json::Value| {
        Answer::json(&json!({
            "apiVersion": "argoproj.io/v1alpha1", "kind": "Rollout",
            "metadata": {"name": name, "namespace": "default", "uid": "u"}, "spec": spec,
        }))
    };
    let spec = json!({"selector": {"matchLabels": {"app": "web"}}, "template": {
        "metadata": {"labels": {"app": "web"}},
        "spec": {"containers": [{"name": "web", "image": "nginx"}]}}});
    let route = "GET /apis/argoproj.io/v1alpha1/namespaces/default/rollouts";
    ApiServer::new()
        .on(&format!("{route}/web"), rollout("web", &spec))
        .on(
            &format!("{route}/odd"),
            rollout("odd", &json!({"replicas": 1})),
        )
        .on("GET /apis/argoproj.io/v1alpha1", Answer::json(&types))
        .on("GET /apis", Answer::json(&groups))
}

#[test]
fn custom_resource_with_a_pod_template_can_be_copied() {
    let home = Home::with(&[("rollout.yaml", ROLLOUT)]);
    let server = with_rollouts();
    for from in ["rollout/web", "rollouts.argoproj.io/web", "rollout.yaml"] {
        let args = ["create", "job", "j", "--from", from, "--dry-run=client"];
        let run = home.run_on(&server, &[&args[..], &["-o", "json"]].concat());
        assert_eq!(run.code, Some(0), "{run:?}");
        let job: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
        let pod = &job["spec"]["template"]["spec"];
        assert_eq!(pod["containers"][0]["image"], "nginx", "{from}");
        assert!(job["metadata"]["labels"].is_null(), "{job}");
        assert!(
            run.stderr.contains("labels of the Rollout's Pods"),
            "{run:?}"
        );
    }
    let odd = ["create", "job", "j", "--from", "rollout/odd"];
    assert_data_eq!(
        home.run_on(&server, &odd).all(),
        str![[r#"
exit code 2
--- stderr
error: rollout.argoproj.io/odd has no Pod template
help: expected `spec.template.spec.containers` or `spec.jobTemplate.spec.template.spec.containers`

"#]]
    );
    let unknown = home.run_on(&server, &["create", "job", "j", "--from", "rolout/web"]);
    assert_eq!(unknown.code, Some(2), "{unknown:?}");
    assert!(unknown.stderr.contains("rolout"), "{unknown:?}");
}

#[test]
fn object_is_read_and_the_copy_created_over_one_connection() {
    let server = ApiServer::new()
        .on(
            "GET /api/v1/namespaces/default/pods/web",
            Answer::json(&stored()),
        )
        .storing();
    let run = Home::new().run_on(&server, &["create", "pod", "again", "--from", "pod/web"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    let requests = server.requests();
    let paths = requests.iter();
    let paths = paths.map(|request| request.path.split('?').next().unwrap());
    assert_eq!(
        paths.collect::<Vec<_>>(),
        [
            "/version",
            "/api/v1/namespaces/default/pods/web",
            "/api/v1/namespaces/default/pods",
        ]
    );
}

#[test]
fn missing_source_exits_with_not_found() {
    let server = ApiServer::new();
    let run = Home::new().run_on(&server, &["create", "job", "j", "--from", "cronjob/x"]);
    assert_data_eq!(
        run.all(),
        str![[r#"
exit code 4
--- stderr
error: not scripted: GET /apis/batch/v1/namespaces/default/cronjobs/x
help: looked in namespace `default`; use `-n` for another

"#]]
    );
}

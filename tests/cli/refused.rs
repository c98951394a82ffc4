//! Mistakes that the server would refuse although its schema allows them, reported before
//! anything is sent.

use snapbox::{assert_data_eq, str};

use crate::POD;
use crate::apiserver::{Answer, ApiServer};
use crate::support::Home;

const WRONG: &str = "\
apiVersion: v1
kind: Pod
metadata:
  name: web
  labels:
    app kind: web
spec:
  restartPolicy: always
  volumes:
  - name: data
    emptyDir: {}
  containers:
  - name: Web
    image: nginx
    resources:
      requests: {memory: 2Gi}
      limits: {memory: 1Gi, gpu: 1}
    volumeMounts:
    - {name: dta, mountPath: /data, subPath: /abs}
";

const JOB: &str = "\
apiVersion: batch/v1
kind: Job
metadata:
  name: work
spec:
  template:
    metadata:
      labels:
        batch.kubernetes.io/controller-uid: 1a2b
    spec:
      containers:
      - name: work
        image: busybox
";

#[test]
fn all_refusals_are_placed_before_anything_is_sent() {
    let home = Home::with(&[("wrong.yaml", WRONG)]);
    let server = ApiServer::new().storing();
    let run = home.run_on(&server, &["create", "-f", "wrong.yaml"]);
    assert_data_eq!(
        run.all(),
        str![[r#"
exit code 1
--- stderr
error[invalid]: invalid label key `app kind`: must consist of letters, digits, `-`, `_` and `.`, and start and end with a letter or digit
 --> wrong.yaml:6:5
  |
6 |     app kind: web
  |     ^^^^^^^^

error[not-supported]: unsupported restart policy `always`
 --> wrong.yaml:8:18
  |
8 |   restartPolicy: always
  |                  ^^^^^^
  |
  = help: did you mean `Always`?

error[invalid]: invalid container name `Web`: must consist of lower-case letters, digits and `-`, and start and end with a letter or digit
  --> wrong.yaml:13:11
   |
13 |   - name: Web
   |           ^^^
   |
   = help: use `web`

error[invalid]: request for `memory`, 2Gi, exceeds its limit, 1Gi
  --> wrong.yaml:16:26
   |
16 |       requests: {memory: 2Gi}
   |                          ^^^
   |
   = help: lower the request, or raise the limit

error[invalid]: unsupported container resource `gpu`
  --> wrong.yaml:17:29
   |
17 |       limits: {memory: 1Gi, gpu: 1}
   |                             ^^^
   |
   = help: use `cpu`, `memory`, `ephemeral-storage`, `hugepages-SIZE`, or an extended resource with a domain such as `example.com/gpu`

error[not-found]: the Pod has no volume `dta`
  --> wrong.yaml:19:14
   |
19 |     - {name: dta, mountPath: /data, subPath: /abs}
   |              ^^^
   |
   = help: did you mean `data`?

error[invalid]: `/abs` must be a relative path
  --> wrong.yaml:19:46
   |
19 |     - {name: dta, mountPath: /data, subPath: /abs}
   |                                              ^^^^
   |
   = help: remove the leading `/`


"#]]
    );
    assert!(server.asked().is_empty(), "{:?}", server.asked());
}

#[test]
fn a_job_and_a_template_are_judged_as_a_pod_is() {
    let deployment = "\
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
      - name: web
        image: nginx
        ports: [{containerPort: 70000}]
";
    let text = format!("{JOB}---\n{deployment}");
    let home = Home::with(&[("two.yaml", &text)]);
    let run = home.run(&["create", "-f", "two.yaml", "--dry-run=client"]);
    assert_data_eq!(
        run.all(),
        str![[r#"
exit code 1
--- stderr
error[invalid]: the labels of the template do not match the selector of the Job
 --> two.yaml:8:7
  |
8 |       labels:
  |       ^^^^^^

error[invalid]: label `batch.kubernetes.io/controller-uid` must be the UID of the Job
 --> two.yaml:9:45
  |
9 |         batch.kubernetes.io/controller-uid: 1a2b
  |                                             ^^^^
  |
  = help: remove it; the server sets it for each Job, unless `manualSelector` is set

error[required]: the Pods of a Job cannot have `restartPolicy: Always`, which is the default
  --> two.yaml:10:5
   |
10 |     spec:
   |     ^^^^
   |
   = help: set `restartPolicy: Never` or `OnFailure`

error[invalid]: expected a port from 1 to 65535, found 70000
  --> two.yaml:26:33
   |
26 |         ports: [{containerPort: 70000}]
   |                                 ^^^^^

0 of 2 objects created (dry run); not created: job.batch/work, deployment.apps/web

"#]]
    );
}

#[test]
fn warn_sends_what_the_server_may_refuse_and_ignore_says_nothing() {
    let text = POD.replace("name: web\nspec", "name: Web\nspec");
    let home = Home::with(&[("pod.yaml", &text)]);
    for (how, warnings) in [("warn", 1), ("ignore", 0)] {
        let server = ApiServer::new().storing();
        let flag = format!("--validate={how}");
        let run = home.run_on(&server, &["create", "-f", "pod.yaml", &flag]);
        assert_eq!(run.code, Some(0), "{run:?}");
        let told = run
            .stderr
            .matches("warning[invalid]: invalid object name `Web`")
            .count();
        assert_eq!(told, warnings, "{run:?}");
        assert!(server.asked().iter().any(|asked| asked.starts_with("POST")));
    }
}

/// Fields that the file lacks can be in the cluster, and labels that the server generates
/// can be in the file.
#[test]
fn apply_does_not_refuse_what_the_cluster_may_complete() {
    let home = Home::with(&[("job.yaml", JOB)]);
    let run = home.run(&["apply", "-f", "job.yaml", "--dry-run=client"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    let told: Vec<_> = run
        .stderr
        .lines()
        .filter(|line| line.contains(": "))
        .collect();
    assert!(
        told[0].starts_with("warning[invalid]: the label"),
        "{run:?}"
    );
    assert!(
        run.stderr
            .contains("warning[required]: the Pods of a Job cannot have"),
        "{run:?}"
    );
    let text = POD.replace("image: nginx", "image: ' nginx'");
    home.write("pod.yaml", &text);
    let run = home.run(&["apply", "-f", "pod.yaml", "--dry-run=client"]);
    assert_eq!(run.code, Some(1), "what is written is judged: {run:?}");
}

#[test]
fn a_newer_server_judges_what_the_newest_rules_refuse() {
    let version = r#"{"major": "1", "minor": "99", "gitVersion": "v1.99.0"}"#;
    let text = POD.replace("spec:", "spec:\n  restartPolicy: Sometimes");
    let home = Home::with(&[("pod.yaml", &text)]);
    let server = ApiServer::bare()
        .on("GET /version", Answer::text(200, version))
        .storing();
    let run = home.run_on(&server, &["create", "-f", "pod.yaml"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    assert!(run.stderr.contains("warning[not-supported]: "), "{run:?}");
    assert!(
        run.stderr.contains("server version v1.99.0 is newer than"),
        "{run:?}"
    );
    let rules = ["create", "-f", "pod.yaml", "--kubernetes-version", "1.37"];
    let run = home.run_on(&server, &rules);
    assert_eq!(run.code, Some(1), "{run:?}");
}

/// Admission names the account before the server validates.
#[test]
fn a_token_without_an_account_is_that_of_the_default_one() {
    let volume =
        "volumes:\n  - name: token\n    projected: {sources: [{serviceAccountToken: {path: t}}]}";
    let text = POD.replace("spec:", &format!("spec:\n  {volume}"));
    let home = Home::with(&[("pod.yaml", &text)]);
    let run = home.run(&["create", "-f", "pod.yaml", "--dry-run=client"]);
    assert_eq!((run.code, run.stderr.as_str()), (Some(0), ""), "{run:?}");
}

/// The version chooses the feature gates: volumes of images came in 1.35, and
/// before it they are dropped unseen.
#[test]
fn an_older_server_has_older_rules() {
    let volume = "volumes:\n  - name: files\n    image: {pullPolicy: Sometimes}";
    let text = POD.replace("spec:", &format!("spec:\n  {volume}"));
    let home = Home::with(&[("pod.yaml", &text)]);
    for (version, code) in [("1.37", 1), ("1.35", 1), ("1.33", 0)] {
        let run = home.run(&[
            "create",
            "-f",
            "pod.yaml",
            "--dry-run=client",
            "--kubernetes-version",
            version,
        ]);
        assert_eq!(run.code, Some(code), "{version}: {run:?}");
    }
}

//! `--set`, `--overrides` and comments of fields in `create pod` and `create job`.

use serde_json::json;
use snapbox::{assert_data_eq, str};

use crate::apiserver::{Answer, ApiServer};
use crate::support::Home;

#[test]
fn set_and_overrides_are_applied_last_and_their_errors_are_underlined() {
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
error[flag-value]: expected `PATH=VALUE`, found `a`
 --> command line:1:7
  |
1 | --set a
  |       ^
  |
  = help: for example: --set spec.activeDeadlineSeconds=600

error[flag-value]: expected a JSON object
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
fn refusal_of_server_is_shown_at_flag() {
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
error[refused-by-server]: pod/p: spec.containers[0].env[0].name: Invalid value: "a b": not this one
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
fn field_is_explained_once() {
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
        # overrides the image's entrypoint; $(VAR) is expanded, no shell runs
        command:
        - |-
          a
          b
        - it's
        # overrides envFrom; $(NAME) refers to a variable that is defined before
        env:
        - name: A
          value: "1"
      # Always restarts ended containers, OnFailure failed ones, Never none; with Never a Job keeps its failed Pods
      restartPolicy: Never

"#]]
    );
}

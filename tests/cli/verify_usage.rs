//! `explain-env --verify` where there is nothing to compare with.

use serde_json::json;
use snapbox::{assert_data_eq, str};

use crate::apiserver::{Answer, ApiServer};
use crate::support::Home;

#[test]
fn verify_of_files_exports_and_templates_is_wrong_usage() {
    let home = Home::with(&[("pod.yaml", crate::POD)]);
    let of_file = home.run(&["explain-env", "-f", "pod.yaml", "--verify"]);
    assert_data_eq!(
        of_file.all(),
        str![[r#"
exit code 2
--- stderr
error: cannot combine `--verify` with `-f`: only running Pods can be compared
help: use `kubectl pod-tools explain-env POD --verify`

"#]]
    );
    let export = home.run(&["explain-env", "web", "--verify", "-o", "dotenv"]);
    assert_data_eq!(
        export.all(),
        str![[r#"
exit code 2
--- stderr
error: cannot combine `--verify` with `-o` dotenv, shell or docker
help: use `-o` table, json or yaml

"#]]
    );
    let template = json!({"metadata": {}, "spec": {"restartPolicy": "Never", "containers": [{"name": "c", "image": "i"}]}});
    let job = json!({"apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": "x", "namespace": "default"},
        "spec": {"template": template}});
    let server = ApiServer::new().on(
        "GET /apis/batch/v1/namespaces/default/jobs/x",
        Answer::json(&job),
    );
    let of_job = home.run_on(&server, &["explain-env", "job/x", "--verify"]);
    assert_data_eq!(
        of_job.all(),
        str![[r#"
exit code 2
--- stderr
error: cannot compare job.batch/x with `--verify`: it is not a Pod
help: name one of its Pods, or all by their labels: explain-env -l app=web --verify

"#]]
    );
}

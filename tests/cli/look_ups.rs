//! Look-ups of `explain-env`: in the same input, in the cluster.

use serde_json::json;
use snapbox::{assert_data_eq, str};

use super::explain_env::offline;
use crate::apiserver::{Answer, ApiServer};
use crate::support::Home;

/// A Pod that takes from a ConfigMap and a Secret of the same input.
pub(crate) const SHOP: &str = "\
apiVersion: v1
kind: ConfigMap
metadata: {name: settings}
data: {HOST: db.example.com}
---
apiVersion: v1
kind: Secret
metadata: {name: login}
stringData: {password: hunter2}
---
apiVersion: v1
kind: Pod
metadata: {name: shop}
spec:
  enableServiceLinks: false
  initContainers:
  - name: first
    image: i
    env: [{name: ONLY, value: here}]
  containers:
  - name: app
    image: i
    command: [run, --url=$(URL)]
    envFrom: [{configMapRef: {name: settings}}]
    env:
    - name: PASSWORD
      valueFrom: {secretKeyRef: {name: login, key: password}}
    - name: URL
      value: db://admin:$(PASSWORD)@$(HOST)
";

#[test]
fn look_ups_are_answered_from_the_same_input_and_secrets_are_masked() {
    assert_data_eq!(
        offline(SHOP, &[]).all(),
        str![[r#"
exit code 0
--- stdout
pod/shop, init container first, in pod.yaml
NAME           SOURCE               VALUE
ONLY           line 19              here
KUBERNETES_…   service/kubernetes   8 variables (--services lists them)
PATH           runtime              <set by the image or the runtime>
HOSTNAME       runtime              shop
HOME           runtime              <the user's home directory in the image's /etc/passwd>

pod/shop, container app, in pod.yaml
NAME           SOURCE                     VALUE
HOST           configmap/settings[HOST]   db.example.com
PASSWORD       secret/login[password]     ***
URL            line 28                    db://admin:***@db.example.com
KUBERNETES_…   service/kubernetes         8 variables (--services lists them)
PATH           runtime                    <set by the image or the runtime>
HOSTNAME       runtime                    shop
HOME           runtime                    <the user's home directory in the image's /etc/passwd>

command: run '--url=db://admin:***@db.example.com'

"#]]
    );
    for format in ["table", "json", "yaml"] {
        let run = offline(SHOP, &["-o", format, "-v", "9"]);
        assert!(
            !run.all().contains("hunter2") && !run.all().contains("aHVudGVyMg"),
            "{run:?}"
        );
        let shown = offline(SHOP, &["-o", format, "--show-secrets"]);
        assert!(
            shown.stdout.contains("db://admin:hunter2@db.example.com"),
            "{shown:?}"
        );
    }
    for format in ["dotenv", "shell", "docker"] {
        let run = offline(SHOP, &["-o", format, "-c", "app"]);
        assert!(!run.all().contains("hunter2"), "{run:?}");
        assert!(
            run.stderr
                .contains("warning: values of Secrets are omitted"),
            "{run:?}"
        );
        let shown = offline(SHOP, &["-o", format, "-c", "app", "--show-secrets"]);
        assert!(
            shown.stdout.contains("db://admin:hunter2@db.example.com"),
            "{shown:?}"
        );
    }
    let trace = offline(SHOP, &["--trace", "URL"]);
    assert!(!trace.all().contains("hunter2"), "{trace:?}");
}

#[test]
fn a_missing_config_map_is_exit_code_1_when_the_cluster_says_so() {
    let text = SHOP.split_once("---\n").unwrap().1;
    let home = Home::with(&[("pod.yaml", text)]);
    let missing = Answer::refusal(404, "NotFound", "configmaps \"settings\" not found");
    let server = ApiServer::new()
        .on(
            "GET /api/v1/namespaces/default/configmaps/settings",
            missing,
        )
        .on(
            "GET /api/v1/namespaces/default/services/kubernetes",
            Answer::refusal(404, "NotFound", "services \"kubernetes\" not found"),
        )
        .on(
            "GET /api/v1/namespaces/default/services",
            Answer::json(&json!({"items": []})),
        );
    let run = home.run_on(&server, &["explain-env", "-f", "pod.yaml", "-c", "app"]);
    assert_data_eq!(
        run.all(),
        str![[r#"
exit code 1
--- stdout
pod/shop, container app, in pod.yaml
NAME       SOURCE                   VALUE
PASSWORD   secret/login[password]   ***
URL        line 23                  db://admin:***@$(HOST)
PATH       runtime                  <set by the image or the runtime>
HOSTNAME   runtime                  shop
HOME       runtime                  <the user's home directory in the image's /etc/passwd>

command: run '--url=db://admin:***@$(HOST)'

error[missing-configmap]: ConfigMap `settings` does not exist in namespace `default`: the container waits with CreateContainerConfigError
  --> pod.yaml:19:16
   |
19 |     envFrom: [{configMapRef: {name: settings}}]
   |                ^^^^^^^^^^^^ not found
   |
   = help: create the ConfigMap, correct the name, or set `optional: true`

error[unresolved-reference]: environment variable `URL` refers to `HOST`, which is not defined
  --> pod.yaml:24:37
   |
24 |       value: db://admin:$(PASSWORD)@$(HOST)
   |                                     ^^^^^^^ stays literally `$(HOST)`
   |
   = help: define `HOST` before it, or write `$$(HOST)` to keep the text

"#]]
    );
    let unknown = home.run(&["explain-env", "-f", "pod.yaml", "--offline", "-c", "app"]);
    assert_data_eq!(
        unknown.all(),
        str![[r#"
exit code 0
--- stdout
pod/shop, container app, in pod.yaml
NAME           SOURCE                   VALUE
PASSWORD       secret/login[password]   ***
URL            line 23                  <ConfigMap `settings` was not read>
KUBERNETES_…   service/kubernetes       8 variables (--services lists them)
PATH           runtime                  <set by the image or the runtime>
HOSTNAME       runtime                  shop
HOME           runtime                  <the user's home directory in the image's /etc/passwd>
…              configmap/settings       unknown: not asked

command: run '--url=$(URL)'

warning[not-looked-up]: ConfigMap `settings` was not looked up: its values are unknown
  --> pod.yaml:19:16
   |
19 |     envFrom: [{configMapRef: {name: settings}}]
   |                ^^^^^^^^^^^^
   |
   = help: add the ConfigMap with `-f`, or leave out `--offline`

warning[unknown-reference]: `$(HOST)` may be defined by ConfigMap `settings`, which was not read
  --> pod.yaml:24:37
   |
24 |       value: db://admin:$(PASSWORD)@$(HOST)
   |                                     ^^^^^^^

"#]]
    );
}

#[test]
fn a_live_pod_is_a_target_and_one_that_is_not_there_is_exit_code_4() {
    let pod = json!({
        "apiVersion": "v1", "kind": "Pod", "metadata": {"name": "web", "namespace": "default", "uid": "u"},
        "spec": {"enableServiceLinks": false, "containers": [{"name": "c", "image": "i", "env": [{"name": "A", "value": "b"}]}]},
        "status": {"phase": "Running"},
    });
    let server = ApiServer::new()
        .on(
            "GET /api/v1/namespaces/default/pods/web",
            Answer::json(&pod),
        )
        .on(
            "GET /api/v1/namespaces/default/services",
            Answer::refusal(404, "NotFound", "no"),
        )
        .on(
            "GET /api/v1/namespaces/default/pods/gone",
            Answer::refusal(404, "NotFound", "pods \"gone\" not found"),
        );
    let home = Home::new();
    let run = home.run_on(&server, &["explain-env", "web", "-o", "docker"]);
    assert_eq!(
        (run.code, run.stdout.as_str()),
        (Some(0), "A=b\n"),
        "{run:?}"
    );
    assert_data_eq!(
        home.run_on(&server, &["explain-env", "gone"]).all(),
        str![[r#"
exit code 4
--- stderr
error: pods "gone" not found
help: looked in namespace `default`; use `-n` for another

"#]]
    );
    let run = home.run_on(&server, &["explain-env", "job"]);
    let told = "help: `job` is a TYPE; use `job/NAME`, `job -l LABEL=VALUE` or `job --all`\n";
    assert!(run.code == Some(4) && run.stderr.ends_with(told), "{run:?}");
}

/// The target exists: what cannot be listed beside it is not its absence.
#[test]
fn a_list_that_is_not_found_is_no_missing_target() {
    let pod = json!({
        "metadata": {"name": "x", "namespace": "default", "uid": "u"},
        "spec": {"containers": [{"name": "c", "image": "i"}]},
    });
    let server = ApiServer::new()
        .on("GET /api/v1/namespaces/default/pods/x", Answer::json(&pod))
        .on(
            "GET /api/v1/namespaces/default/services",
            Answer::refusal(404, "NotFound", "no"),
        );
    for args in [&[][..], &["-o", "json"]] {
        let run = Home::new().run_on(&server, &[&["explain-env", "pod/x"], args].concat());
        assert_eq!(
            (run.code, run.stderr.as_str()),
            (
                Some(3),
                "error: the server refused to list services in namespace \"default\" (404): no\n"
            ),
            "{run:?}"
        );
    }
    let gone = ApiServer::new().on(
        "GET /api/v1/namespaces/default/pods/x",
        Answer::refusal(404, "NotFound", "no"),
    );
    let run = Home::new().run_on(&gone, &["explain-env", "pod/x"]);
    assert_eq!(run.code, Some(4), "{run:?}");
    let told = "error: get pods \"x\" in namespace \"default\": no\n";
    assert!(run.stderr.starts_with(told), "{run:?}");
}

//! `explain-env`: the kubelet's rules, as far as the command line and the
//! cluster have a part in them.

use serde_json::{Value, json};
use snapbox::{assert_data_eq, str};

use super::explain_env::offline;
use crate::apiserver::{Answer, ApiServer};
use crate::support::{Home, Run};

fn forbidden(what: &str) -> Answer {
    Answer::refusal(403, "Forbidden", &format!("{what} is forbidden"))
}

/// The report on one file, with what the server answers.
fn report(text: &str, server: &ApiServer) -> (Run, Value) {
    let home = Home::with(&[("pod.yaml", text)]);
    let run = home.run_on(server, &["explain-env", "-f", "pod.yaml", "-o", "json"]);
    let report = serde_json::from_str(&run.stdout).unwrap_or_default();
    (run, report)
}

/// The variable of a name that counts, in the first container.
fn variable<'r>(report: &'r Value, name: &str) -> &'r Value {
    let env = report["items"][0]["containers"][0]["env"].as_array();
    let mut all = env.unwrap().iter();
    all.find(|v| v["name"] == name && v["status"] != "overridden")
        .unwrap_or_else(|| panic!("no {name} in {report}"))
}

const LINKED: &str = "\
apiVersion: v1
kind: Pod
metadata: {name: p}
spec:
  containers:
  - {name: c, image: i, env: [{name: A, value: b}]}
";

#[test]
fn services_that_may_not_be_listed_are_said_to_be_unread() {
    let server = ApiServer::new()
        .on(
            "GET /api/v1/namespaces/default/services",
            forbidden("services"),
        )
        .on(
            "GET /api/v1/namespaces/default/services/kubernetes",
            forbidden("services"),
        );
    let home = Home::with(&[("pod.yaml", LINKED)]);
    assert_data_eq!(
        home.run_on(&server, &["explain-env", "-f", "pod.yaml"])
            .all(),
        str![[r#"
exit code 0
--- stdout
pod/p, container c
NAME           SOURCE               VALUE
A              line 6               b
KUBERNETES_…   service/kubernetes   8 variables (--services lists them)
PATH           runtime              <what the image sets, or the runtime's default>
HOSTNAME       runtime              p
HOME           runtime              <the home directory of the user, by the image's /etc/passwd>
…              other services       not known: forbidden

warning: the Services of namespace `default` may not be listed, so the variables that they bring are not known
 --> pod.yaml:4:1
  |
4 | spec:
  | ^^^^
  |
  = help: ask for the right to list Services, or set `enableServiceLinks: false` if none is meant

"#]]
    );
    let (_, report) = report(LINKED, &server);
    assert_eq!(report["items"][0]["verdict"], "unknown");
    assert_eq!(
        report["items"][0]["containers"][0]["unread"],
        json!([{"kind": "serviceLink", "name": "", "prefix": "", "reason": "forbidden"}])
    );
}

#[test]
fn the_service_of_the_api_server_is_asked_for_by_name_where_the_rest_may_not_be_listed() {
    let kubernetes = json!({"apiVersion": "v1", "kind": "Service",
        "metadata": {"name": "kubernetes", "namespace": "default"},
        "spec": {"clusterIP": "10.96.0.1", "ports": [{"name": "https", "port": 443}]}});
    let server = ApiServer::new()
        .on(
            "GET /api/v1/namespaces/default/services/kubernetes",
            Answer::json(&kubernetes),
        )
        .on(
            "GET /api/v1/namespaces/default/services",
            forbidden("services"),
        );
    let (_, report) = report(LINKED, &server);
    let host = variable(&report, "KUBERNETES_SERVICE_HOST");
    assert_eq!(host["value"], "10.96.0.1");
    assert_eq!(report["items"][0]["verdict"], "unknown");
}

#[test]
fn who_may_see_the_services_of_the_namespace_knows_them_all() {
    let server = ApiServer::new()
        .on(
            "GET /api/v1/namespaces/shop/services",
            Answer::json(&json!({"items": []})),
        )
        .on(
            "GET /api/v1/namespaces/default/services/kubernetes",
            forbidden("services"),
        );
    let text = LINKED.replace("{name: p}", "{name: p, namespace: shop}");
    let (run, report) = report(&text, &server);
    let item = &report["items"][0];
    assert_eq!((&item["verdict"], run.code), (&json!("ok"), Some(0)));
    assert_eq!(item["containers"][0]["unread"], Value::Null);
    // Where the API server is, is then not known, and not nowhere.
    let host = variable(&report, "KUBERNETES_SERVICE_HOST");
    assert_eq!(
        (&host["value"], &host["status"]),
        (&Value::Null, &json!("runtime"))
    );
}

#[test]
fn a_file_alone_knows_of_no_other_services() {
    let run = offline(LINKED, &[]);
    assert_eq!(run.code, Some(0), "{run:?}");
    let row = |run: &Run| {
        run.stdout
            .contains("other services       not known: not asked")
    };
    assert!(row(&run), "{run:?}");
    let off = LINKED.replace(
        "  containers:",
        "  enableServiceLinks: false\n  containers:",
    );
    assert!(!row(&offline(&off, &[])));
}

//! `explain-env`: what is found where, and what is not.

use serde_json::{Value, json};
use snapbox::{assert_data_eq, str};

use super::explain_env::offline;
use crate::apiserver::{Answer, ApiServer};
use crate::support::Home;

pub(super) fn forbidden(what: &str) -> Answer {
    Answer::refusal(403, "Forbidden", &format!("{what} is forbidden"))
}

/// A Pod without links, so that no Service of its namespace is asked for.
pub(super) fn pod(container: &str) -> String {
    format!(
        "apiVersion: v1\nkind: Pod\nmetadata: {{name: p}}\nspec:\n  enableServiceLinks: false\n  containers:\n  - {{name: c, image: i, {container}}}\n"
    )
}

/// The first item of the report on one file, with what the server answers.
fn item(text: &str, server: &ApiServer) -> Value {
    let home = Home::with(&[("pod.yaml", text)]);
    let run = home.run_on(server, &["explain-env", "-f", "pod.yaml", "-o", "json"]);
    let report: Value = serde_json::from_str(&run.stdout).unwrap_or_else(|_| panic!("{run:?}"));
    report["items"][0].clone()
}

fn first_container(item: &Value) -> &Value {
    &item["containers"][0]
}

pub(super) fn variable<'r>(item: &'r Value, name: &str) -> &'r Value {
    let env = first_container(item)["env"].as_array();
    let mut all = env.unwrap().iter();
    all.find(|v| v["name"] == name && v["status"] != "overridden")
        .unwrap_or_else(|| panic!("no {name} in {item}"))
}

pub(super) fn ids(item: &Value) -> Vec<&str> {
    let findings = item["findings"].as_array().unwrap().iter();
    findings.map(|f| f["id"].as_str().unwrap()).collect()
}

/// The API server's own Service may be seen.
pub(super) fn server() -> ApiServer {
    let kubernetes = json!({"apiVersion": "v1", "kind": "Service",
        "metadata": {"name": "kubernetes", "namespace": "default"},
        "spec": {"clusterIP": "10.96.0.1", "ports": [{"name": "https", "port": 443}]}});
    ApiServer::new().on(
        "GET /api/v1/namespaces/default/services/kubernetes",
        Answer::json(&kubernetes),
    )
}

#[test]
fn forbidden_config_map_is_reported_and_the_rest_is_explained() {
    let server = server().on(
        "GET /api/v1/namespaces/default/configmaps/settings",
        forbidden("configmaps"),
    );
    let text = pod("envFrom: [{configMapRef: {name: settings}}], env: [{name: A, value: b}]");
    let item = item(&text, &server);
    assert_eq!(ids(&item), ["forbidden"]);
    assert_eq!(item["verdict"], "unknown");
    assert_eq!(first_container(&item)["unread"][0]["name"], "settings");
    assert_eq!(variable(&item, "A")["value"], "b");
    let host = variable(&item, "KUBERNETES_SERVICE_HOST");
    assert_eq!(host["value"], "10.96.0.1");
}

#[test]
fn forbidden_node_is_reported_if_a_limit_depends_on_it() {
    let server = server().on("GET /api/v1/nodes/n1", forbidden("nodes")).on(
        "GET /api/v1/namespaces/default/limitranges",
        Answer::json(&json!({"items": []})),
    );
    let text = pod("env: [{name: CPU, valueFrom: {resourceFieldRef: {resource: limits.cpu}}}]");
    let text = text.replace("  containers:", "  nodeName: n1\n  containers:");
    let item = item(&text, &server);
    assert_eq!(ids(&item), ["forbidden"], "{item}");
    let message = item["findings"][0]["message"].as_str().unwrap();
    assert!(
        message.starts_with("no permission to read Node `n1`"),
        "{message}"
    );
    assert_eq!(variable(&item, "CPU")["value"], Value::Null);
    assert_eq!(item["verdict"], "unknown");
}

#[test]
fn forbidden_limit_ranges_are_reported_but_not_for_a_live_pod() {
    let container = "env: [{name: CPU, valueFrom: {resourceFieldRef: {resource: requests.cpu}}}]";
    let server = server()
        .on(
            "GET /api/v1/namespaces/default/limitranges",
            forbidden("limitranges"),
        )
        .on(
            "GET /api/v1/namespaces/default/pods/p",
            Answer::json(&json!({
                "apiVersion": "v1", "kind": "Pod",
                "metadata": {"name": "p", "namespace": "default", "uid": "u"},
                "spec": {"enableServiceLinks": false, "containers": [{"name": "c", "image": "i",
                    "env": [{"name": "CPU", "valueFrom": {"resourceFieldRef": {"resource": "requests.cpu"}}}]}]},
                "status": {"phase": "Running"},
            })),
        );
    let of_file = item(&pod(container), &server);
    assert_eq!(ids(&of_file), ["forbidden"]);
    assert_eq!(
        variable(&of_file, "CPU")["unknown"],
        "`0`, unless a LimitRange sets it"
    );
    let asked = |server: &ApiServer| {
        let asked = server.asked();
        asked.iter().filter(|r| r.ends_with("/limitranges")).count()
    };
    assert_eq!(asked(&server), 1);

    let run = Home::new().run_on(&server, &["explain-env", "p", "-o", "json"]);
    let report: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(variable(&report["items"][0], "CPU")["value"], "0");
    assert_eq!((run.code, asked(&server)), (Some(0), 1), "{run:?}");
}

#[test]
fn an_object_of_the_input_wins_over_that_of_the_cluster() {
    let map = |value: &str| {
        json!({"apiVersion": "v1", "kind": "ConfigMap",
        "metadata": {"name": "m", "namespace": "default"}, "data": {"A": value}})
    };
    let server = server().on(
        "GET /api/v1/namespaces/default/configmaps/m",
        Answer::json(&map("cluster")),
    );
    let text = pod("envFrom: [{configMapRef: {name: m}}]");
    assert_eq!(variable(&item(&text, &server), "A")["value"], "cluster");
    let with = format!("{text}---\n{}\n", map("file"));
    assert_eq!(variable(&item(&with, &server), "A")["value"], "file");
    let item = item(&with, &server);
    let origin = &variable(&item, "A")["source"]["origin"];
    assert!(
        origin.as_str().unwrap().starts_with("pod.yaml:"),
        "{origin}"
    );
}

#[test]
fn a_service_of_the_input_keeps_the_address_that_the_cluster_gave_it() {
    let service = |spec: Value| {
        json!({"apiVersion": "v1", "kind": "Service",
        "metadata": {"name": "web", "namespace": "default"}, "spec": spec})
    };
    let live = service(json!({"clusterIP": "10.0.0.7", "ports": [{"port": 80}]}));
    let other = json!({"metadata": {"name": "other", "namespace": "default"},
        "spec": {"clusterIP": "10.0.0.8", "ports": [{"port": 1}]}});
    let server = server().on(
        "GET /api/v1/namespaces/default/services",
        Answer::json(&json!({"items": [live, other]})),
    );
    let text = pod("env: []").replace("  enableServiceLinks: false\n", "");
    for (spec, host, port) in [
        (json!({"ports": [{"port": 81}]}), json!("10.0.0.7"), "81"),
        (
            json!({"clusterIP": "", "ports": [{"port": 81}]}),
            json!("10.0.0.7"),
            "81",
        ),
        (
            json!({"clusterIP": "10.0.0.9", "ports": [{"port": 81}]}),
            json!("10.0.0.9"),
            "81",
        ),
    ] {
        let item = item(&format!("{text}---\n{}\n", service(spec.clone())), &server);
        assert_eq!(variable(&item, "WEB_SERVICE_HOST")["value"], host, "{spec}");
        assert_eq!(variable(&item, "WEB_SERVICE_PORT")["value"], port, "{spec}");
        assert_eq!(variable(&item, "OTHER_SERVICE_HOST")["value"], "10.0.0.8");
    }
    // One that becomes a name only, or headless, loses it.
    for spec in [
        json!({"type": "ExternalName", "externalName": "x.org", "ports": [{"port": 81}]}),
        json!({"clusterIP": "None", "ports": [{"port": 81}]}),
    ] {
        let item = item(&format!("{text}---\n{}\n", service(spec.clone())), &server);
        let env = first_container(&item)["env"].to_string();
        assert!(!env.contains("WEB_SERVICE_HOST"), "{spec} {env}");
    }
}

#[test]
fn services_of_other_namespaces_make_nothing() {
    let service = |name: &str, namespace: &str, ip: &str| {
        format!(
            "apiVersion: v1\nkind: Service\nmetadata: {{name: {name}, namespace: {namespace}}}\nspec: {{clusterIP: {ip}, ports: [{{port: 80}}]}}\n---\n"
        )
    };
    let text = [
        service("kubernetes", "default", "10.0.0.1"),
        service("plain", "default", "10.0.0.2"),
        service("web", "shop", "10.0.0.3"),
        service("kubernetes", "elsewhere", "10.0.0.4"),
        pod("env: []")
            .replace("{name: p}", "{name: p, namespace: shop}")
            .replace("  enableServiceLinks: false\n", ""),
    ]
    .concat();
    let beside = text.replace(
        "{name: plain, namespace: default}",
        "{name: plain, namespace: shop}",
    );
    assert!(
        offline(&beside, &["-o", "json"])
            .stdout
            .contains("\"PLAIN_SERVICE_HOST\"")
    );
    let run = offline(&text, &["-o", "json"]);
    let report: Value = serde_json::from_str(&run.stdout).unwrap();
    let item = &report["items"][0];
    assert_eq!(
        variable(item, "KUBERNETES_SERVICE_HOST")["value"],
        "10.0.0.1"
    );
    assert_eq!(variable(item, "WEB_SERVICE_HOST")["value"], "10.0.0.3");
    let env = first_container(item)["env"].to_string();
    assert!(
        !env.contains("PLAIN_") && !env.contains("10.0.0.4"),
        "{env}"
    );
}

#[test]
fn ephemeral_containers_see_the_pods_services_and_sources() {
    let map = json!({"metadata": {"name": "m", "namespace": "default"}, "data": {"A": "1"}});
    let server = server()
        .on(
            "GET /api/v1/namespaces/default/configmaps/m",
            Answer::json(&map),
        )
        .on(
            "GET /api/v1/namespaces/default/pods/p",
            Answer::json(&json!({
                "apiVersion": "v1", "kind": "Pod",
                "metadata": {"name": "p", "namespace": "default", "uid": "u"},
                "spec": {"enableServiceLinks": false, "containers": [{"name": "c", "image": "i"}],
                    "ephemeralContainers": [{"name": "debug", "image": "i", "args": ["$(B)"],
                        "envFrom": [{"configMapRef": {"name": "m"}}],
                        "env": [{"name": "B", "value": "<$(A)>"}]}]},
                "status": {"phase": "Running"},
            })),
        );
    let args = ["explain-env", "p", "-c", "debug", "-o", "json"];
    let run = Home::new().run_on(&server, &args);
    let report: Value = serde_json::from_str(&run.stdout).unwrap_or_else(|_| panic!("{run:?}"));
    let item = &report["items"][0];
    assert_eq!(first_container(item)["type"], "ephemeral");
    assert_eq!(variable(item, "B")["value"], "<1>");
    assert_eq!(first_container(item)["args"], json!(["<1>"]));
    assert_eq!((&item["verdict"], run.code), (&json!("ok"), Some(0)));
}

#[test]
fn name_that_no_shell_can_refer_to_is_set_and_reported() {
    let run = offline(include_str!("../../examples/configmap-env.yaml"), &[]);
    assert_data_eq!(
        run.all(),
        str![[r#"
exit code 0
--- stdout
pod/configmap-env, container env, in pod.yaml
NAME           SOURCE                           VALUE
db-url         configmap/my-db-config[db-url]   jdbc:mysql://db.example.com:3306/shop
KUBERNETES_…   service/kubernetes               8 variables (--services lists them)
PATH           runtime                          <set by the image or the runtime>
HOSTNAME       runtime                          configmap-env
HOME           runtime                          <the user's home directory in the image's /etc/passwd>
…              other services                   unknown: not asked

command: env

info[not-shell-name]: `db-url` is set, but a POSIX shell cannot refer to it
  --> pod.yaml:28:7
   |
28 |     - configMapRef:
   |       ^^^^^^^^^^^^
   |
   = help: print it with `printenv 'db-url'`; `$(db-url)` refers to it in the manifest

"#]]
    );
}

#[test]
fn template_without_containers_and_invalid_keys_are_errors() {
    let text = "apiVersion: v1\nkind: ReplicationController\nmetadata: {name: x}\nspec: {template: {spec: {containers: []}}}\n";
    let run = offline(text, &[]);
    assert_eq!(run.code, Some(1), "{run:?}");
    assert!(
        run.stdout.contains("a Pod needs at least one container"),
        "{run:?}"
    );

    let text = format!(
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: m}}\ndata: {{\"a b\": x, good: z, \"\\e[31m\": r}}\n---\n{}",
        pod("envFrom: [{configMapRef: {name: m}}]")
    );
    let run = offline(&text, &[]);
    assert_eq!(run.code, Some(1), "{run:?}");
    for said in [
        "key `a b` of ConfigMap `m` must ",
        "key `\\u{1b}[31m` of ConfigMap `m` must ",
        "good           configmap/m[good]",
    ] {
        assert!(run.stdout.contains(said), "{said}: {run:?}");
    }
    assert!(!run.all().contains('\u{1b}'), "{run:?}");
}

#[test]
fn newer_server_is_one_warning_and_a_field_of_the_report() {
    let text = [
        pod("env: []"),
        pod("env: []").replace("name: p}", "name: q}"),
    ]
    .join("---\n");
    let home = Home::with(&[("pods.yaml", &text)]);
    let version = json!({"major": "1", "minor": "38+", "gitVersion": "v1.38.0-beta.0"});
    let server = ApiServer::bare().on("GET /version", Answer::json(&version));
    let args = ["explain-env", "-f", "pods.yaml", "-o", "json"];
    let run = home.run_on(&server, &args);
    assert_eq!(
        run.stderr,
        "warning: server version v1.38.0-beta.0 is newer than 1.37, the newest known version; \
         the rules of 1.37 apply\n"
    );
    let report: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(
        report["kubernetesVersion"],
        json!({"rules": "1.37", "server": "v1.38.0-beta.0", "skew": "newer"})
    );
    assert_eq!(report["items"].as_array().unwrap().len(), 2);

    let chosen = [&args[..], &["--kubernetes-version=1.34"]].concat();
    let run = home.run_on(&server, &chosen);
    assert_eq!(run.stderr, "");
    let report: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(report["kubernetesVersion"], json!({"rules": "1.34"}));
}

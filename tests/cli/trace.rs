//! `explain-env --trace`: the steps that lead to the value of a variable.

use serde_json::{Value, json};
use snapbox::{assert_data_eq, str};

use super::explain_env::offline;
use super::look_ups::SHOP;
use crate::apiserver::{Answer, ApiServer};
use crate::support::Home;

/// Every sort of source, and two that override others.
pub(super) const MIXED: &str = "\
apiVersion: v1
kind: ConfigMap
metadata: {name: settings}
data: {HOST: \"db\\e[31m\", 1a: x}
---
apiVersion: v1
kind: Secret
metadata: {name: login}
stringData: {password: \"hunter2\\e[31m\"}
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {clusterIP: 10.0.0.7, ports: [{name: http, port: 80}]}
---
apiVersion: v1
kind: Pod
metadata: {name: shop}
spec:
  initContainers:
  - {name: init, image: i, env: [{name: URL, value: none}]}
  containers:
  - name: app
    image: i
    envFrom: [{configMapRef: {name: settings}}]
    env:
    - name: PASSWORD
      valueFrom: {secretKeyRef: {name: login, key: password}}
    - {name: URL, value: \"db://$(PASSWORD)@$(HOST)\"}
    - {name: HOST, value: \"$(HOST):$(WEB_SERVICE_PORT)\"}
    - {name: WEB_PORT, value: own}
    - {name: NAMESPACE, valueFrom: {fieldRef: {fieldPath: metadata.namespace}}}
    - {name: CPU, valueFrom: {resourceFieldRef: {resource: limits.cpu}}}
    - {name: ALL, value: \"$(URL) $(URL) $(NONE) $$(URL) $$ $(CPU)\"}
";

/// The steps of a variable of the container `app`; every line but those of a
/// value that is long itself fits on a terminal of 80 columns.
fn steps(text: &str, name: &str, more: &[&str]) -> String {
    let run = offline(text, &[&["-c", "app", "--trace", name], more].concat());
    assert!(run.stderr.is_empty(), "{run:?}");
    let odd = |c: char| c.is_control() && c != '\n';
    assert!(!run.stdout.contains(odd), "{run:?}");
    let lines = run.stdout.lines().filter(|line| !line.contains("ALL "));
    for line in lines {
        assert!(line.chars().count() <= 80, "{line}");
    }
    run.stdout
}

#[test]
fn a_trace_names_object_key_field_file_and_line() {
    for name in [
        "NAMESPACE",
        "CPU",
        "PASSWORD",
        "WEB_SERVICE_HOST",
        "HOSTNAME",
    ] {
        let text = steps(MIXED, name, &[]);
        let expected = match name {
            "NAMESPACE" => str![[r#"
pod/shop, container app, in pod.yaml
NAME        STEP
NAMESPACE   pod.yaml:32 reads field `metadata.namespace`
NAMESPACE   is "default"

"#]],
            "CPU" => str![[r#"
pod/shop, container app, in pod.yaml
NAME   STEP
CPU    pod.yaml:33 reads `limits.cpu`
CPU    is unknown: the node's allocatable, as no limit is set

"#]],
            "PASSWORD" => str![[r#"
pod/shop, container app, in pod.yaml
NAME       STEP
PASSWORD   pod.yaml:27 reads secret/login[password] (pod.yaml:9)
PASSWORD   is "***"

"#]],
            "WEB_SERVICE_HOST" => str![[r#"
pod/shop, container app, in pod.yaml
NAME               STEP
WEB_SERVICE_HOST   set by service/web (pod.yaml:11)
WEB_SERVICE_HOST   is "10.0.0.7"

"#]],
            _ => str![[r#"
pod/shop, container app, in pod.yaml
NAME       STEP
HOSTNAME   set by the runtime
HOSTNAME   is "shop"

"#]],
        };
        assert_data_eq!(text, expected);
    }
}

#[test]
fn a_trace_follows_references_through_config_maps_and_secrets() {
    assert_data_eq!(
        steps(MIXED, "URL", &[]),
        str![[r#"
pod/shop, container app, in pod.yaml
NAME         STEP
URL          pod.yaml:29 sets "db://$(PASSWORD)@$(HOST)"
PASSWORD     `$(PASSWORD)` becomes "***"
  PASSWORD   pod.yaml:27 reads secret/login[password] (pod.yaml:9)
HOST         `$(HOST)` becomes "db/u{1b}[31m"
  HOST       pod.yaml:25 reads configmap/settings[HOST] (pod.yaml:4)
URL          is "db://***@db/u{1b}[31m"

"#]]
    );
    let shown = steps(MIXED, "URL", &["--show-secrets"]);
    // A snapshot would take the backslashes for slashes.
    for line in [
        r#"PASSWORD     `$(PASSWORD)` becomes "hunter2\u{1b}[31m""#,
        r#"URL          is "db://hunter2\u{1b}[31m@db\u{1b}[31m""#,
    ] {
        assert!(shown.lines().any(|shown| shown == line), "{shown}");
    }
    assert_data_eq!(
        steps(MIXED, "ALL", &[]),
        str![[r#"
pod/shop, container app, in pod.yaml
NAME           STEP
ALL            pod.yaml:34 sets "$(URL) $(URL) $(NONE) $$(URL) $$ $(CPU)"
URL            `$(URL)` becomes "db://***@db/u{1b}[31m"
  URL          pod.yaml:29 sets "db://$(PASSWORD)@$(HOST)"
  PASSWORD     `$(PASSWORD)` becomes "***"
    PASSWORD   pod.yaml:27 reads secret/login[password] (pod.yaml:9)
  HOST         `$(HOST)` becomes "db/u{1b}[31m"
    HOST       pod.yaml:25 reads configmap/settings[HOST] (pod.yaml:4)
URL            `$(URL)` becomes "db://***@db/u{1b}[31m"
  URL          pod.yaml:29 sets "db://$(PASSWORD)@$(HOST)"
  URL          see its references above
NONE           `$(NONE)` is not defined before it and stays as it is
URL            `$$(URL)` becomes `$(URL)`
$              `$$` becomes `$`
CPU            `$(CPU)` is unknown
  CPU          pod.yaml:33 reads `limits.cpu`
ALL            is unknown: depends on `CPU`

"#]]
    );
}

#[test]
fn trace_shows_overriding_and_overridden_definitions() {
    assert_data_eq!(
        steps(MIXED, "HOST", &[]),
        str![[r#"
pod/shop, container app, in pod.yaml
NAME                 STEP
HOST                 pod.yaml:25 reads configmap/settings[HOST] (pod.yaml:4)
HOST                 is "db/u{1b}[31m"
HOST                 is overridden by pod.yaml:30
HOST                 pod.yaml:30 sets "$(HOST):$(WEB_SERVICE_PORT)"
HOST                 `$(HOST)` becomes "db/u{1b}[31m"
  HOST               pod.yaml:25 reads configmap/settings[HOST] (pod.yaml:4)
WEB_SERVICE_PORT     `$(WEB_SERVICE_PORT)` becomes "80"
  WEB_SERVICE_PORT   set by service/web (pod.yaml:11)
HOST                 is "db/u{1b}[31m:80"
HOST                 overrides configmap/settings[HOST]

"#]]
    );
    assert_data_eq!(
        steps(MIXED, "WEB_PORT", &[]),
        str![[r#"
pod/shop, container app, in pod.yaml
NAME       STEP
WEB_PORT   pod.yaml:31 sets "own"
WEB_PORT   is "own"
WEB_PORT   overrides service/web
WEB_PORT   set by service/web (pod.yaml:11)
WEB_PORT   is "tcp://10.0.0.7:80"
WEB_PORT   is overridden by pod.yaml:31

"#]]
    );
}

#[test]
fn a_trace_is_of_each_container_that_has_the_variable() {
    let both = offline(MIXED, &["--trace", "URL"]).stdout;
    assert!(
        both.starts_with("pod/shop, container init, in pod.yaml\n"),
        "{both}"
    );
    assert!(
        both.contains("\npod/shop, container app, in pod.yaml\n"),
        "{both}"
    );
    let one = offline(MIXED, &["--trace", "URL", "-c", "init"]).stdout;
    assert_data_eq!(
        one,
        str![[r#"
pod/shop, container init, in pod.yaml
NAME   STEP
URL    pod.yaml:21 sets "none"
URL    is "none"

"#]]
    );
    let two = offline(MIXED, &["--trace", "URL", "-c", "init", "-c", "app"]).stdout;
    assert_eq!(two, both);
    let none = offline(MIXED, &["--trace", "PASSWORD", "-c", "init"]);
    assert_eq!(none.code, Some(1));
    assert!(
        none.stderr
            .starts_with("error: no container has a variable `PASSWORD`\n"),
        "{none:?}"
    );
}

#[test]
fn a_trace_for_programs_points_at_the_entries() {
    let run = offline(MIXED, &["--trace", "HOST", "-c", "app", "-o", "json"]);
    let report: Value = serde_json::from_str(&run.stdout).unwrap();
    let item = &report["items"][0];
    let steps = item["traces"][0]["steps"].as_array().unwrap();
    assert_eq!(item["traces"][0]["container"], "app");
    let env = &item["containers"][0]["env"];
    let first = &steps[0];
    let text = "pod.yaml:25 reads configmap/settings[HOST] (pod.yaml:4)";
    assert_eq!((&first["depth"], &first["text"]), (&json!(0), &json!(text)));
    let entry = &env[usize::try_from(first["entry"].as_u64().unwrap()).unwrap()];
    assert_eq!(entry["source"]["kind"], "configMap");
    assert_eq!(entry["status"], "overridden");
    assert!(!run.stdout.contains("hunter2"));
}

#[test]
fn misspelt_variable_gets_a_suggestion() {
    for (typed, help) in [
        ("PASWORD", "did you mean `PASSWORD`?"),
        (
            "NOTHING_LIKE_IT",
            "leave out `--trace` to see all variables",
        ),
    ] {
        let run = offline(MIXED, &["--trace", typed]);
        let told = format!("error: no container has a variable `{typed}`\nhelp: {help}\n");
        assert_eq!((run.code, &run.stderr), (Some(1), &told), "{run:?}");
    }
}

#[test]
fn trace_of_a_variable_that_an_unread_source_may_set_fails() {
    let pod_alone = SHOP.split_once("---\n").unwrap().1;
    let run = offline(pod_alone, &["--trace", "HOST"]);
    assert_data_eq!(
        run.all(),
        str![[r#"
exit code 1
--- stderr
error: no container has a known variable `HOST`; it may come from configmap/settings, which was not read (not asked)
help: add the object with `-f`, or leave out `--offline`

"#]]
    );
}

#[test]
fn a_live_object_is_traced_by_its_fields() {
    let pod = json!({
        "apiVersion": "v1", "kind": "Pod", "metadata": {"name": "web", "namespace": "default"},
        "spec": {"enableServiceLinks": false, "containers": [{"name": "c", "image": "i",
            "envFrom": [{"configMapRef": {"name": "m"}}],
            "env": [{"name": "A", "value": "$(B)"}, {"name": "B", "value": "own"}]}]},
    });
    let map = json!({"metadata": {"name": "m"}, "data": {"B": "map"}});
    let server = ApiServer::new()
        .on(
            "GET /api/v1/namespaces/default/pods/web",
            Answer::json(&pod),
        )
        .on(
            "GET /api/v1/namespaces/default/configmaps/m",
            Answer::json(&map),
        );
    let home = Home::new();
    let trace = |name| {
        home.run_on(&server, &["explain-env", "web", "--trace", name])
            .stdout
    };
    assert_data_eq!(
        trace("A"),
        str![[r#"
pod/web, container c
NAME   STEP
A      env[0] sets "$(B)"
B      `$(B)` becomes "map"
  B    envFrom[0] reads configmap/m[B] (cluster)
A      is "map"

"#]]
    );
    assert_data_eq!(
        trace("B"),
        str![[r#"
pod/web, container c
NAME   STEP
B      envFrom[0] reads configmap/m[B] (cluster)
B      is "map"
B      is overridden by env[1]
B      env[1] sets "own"
B      is "own"
B      overrides configmap/m[B]

"#]]
    );
    let table = home.run_on(&server, &["explain-env", "web"]).stdout;
    assert_data_eq!(
        table,
        str![[r#"
pod/web, container c
NAME       SOURCE           VALUE
B          configmap/m[B]   map
                            (overridden by env[1])
A          env[0]           map
B          env[1]           own
                            (overrides configmap/m[B])
PATH       runtime          <set by the image or the runtime>
HOSTNAME   runtime          web
HOME       runtime          <the user's home directory in the image's /etc/passwd>

"#]]
    );
}

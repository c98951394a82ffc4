//! `explain-env -f`: which objects of the input answer look-ups, and which are
//! targets. A kind is its group and its name.

use serde_json::Value;

use super::explain_env::offline;

const POD: &str = "\
apiVersion: v1
kind: Pod
metadata: {name: p}
spec:
  containers:
  - name: c
    image: i
    envFrom:
    - configMapRef: {name: same, optional: true}
    env:
    - {name: KEY, valueFrom: {secretKeyRef: {name: same, key: k}}}
    - {name: CPU, valueFrom: {resourceFieldRef: {resource: limits.cpu}}}
---
apiVersion: v1
kind: Secret
metadata: {name: same}
stringData: {k: right}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: same}
data: {A: right}
";

/// Returns the report with an object of another group before the Pod and with one
/// after it; both are the same.
fn report_beside(object: &str) -> (Option<i32>, Value) {
    let runs = [format!("{object}---\n{POD}"), format!("{POD}---\n{object}")];
    let [first, second] = runs.map(|text| {
        let run = offline(&text, &["-o", "json", "--show-secrets"]);
        let report: Value = serde_json::from_str(&run.stdout).unwrap_or_else(|_| panic!("{run:?}"));
        (run.code, report)
    });
    let env = |report: &Value| report["items"][0]["containers"][0]["env"].clone();
    let values = |report: &Value| -> Vec<(Value, Value)> {
        let env = env(report);
        let env = env.as_array().unwrap().iter();
        env.map(|v| (v["name"].clone(), v["value"].clone()))
            .collect()
    };
    assert_eq!(values(&first.1), values(&second.1), "{object}");
    assert_eq!(first.0, second.0, "{object}");
    second
}

#[test]
fn another_groups_object_is_no_neighbour_and_does_no_harm() {
    for (version, kind, rest) in [
        (
            "serving.knative.dev/v1",
            "Service",
            "spec: {template: {spec: {containers: []}}, ports: none}\n",
        ),
        (
            "example.com/v1",
            "Service",
            "spec: {clusterIP: 10.9.9.9, ports: [{port: 1}]}\n",
        ),
        (
            "v2",
            "Service",
            "spec: {clusterIP: 10.9.9.9, ports: [{port: 1}]}\n",
        ),
        ("example.com/v1", "Secret", "data: not a map\n"),
        ("example.com/v1", "Secret", "stringData: {k: wrong}\n"),
        (
            "example.com/v1alpha1",
            "ConfigMap",
            "data: {A: wrong, B: wrong}\n",
        ),
        ("example.com/v1", "ConfigMap", "data: [1, 2]\n"),
        ("apps/v1", "Node", "status: {allocatable: all}\n"),
        (
            "example.com/v1",
            "LimitRange",
            "spec: {limits: [{type: Container, default: {cpu: 7}}]}\n",
        ),
        ("example.com/v1", "LimitRange", "spec: none\n"),
        ("example.com/v1", "Namespace", "spec: 1\n"),
        ("batch.volcano.sh/v1alpha1", "Job", "spec: {tasks: 1}\n"),
        ("extensions/v1beta1", "ReplicaSet", "spec: {template: 1}\n"),
        ("example.com/v1", "Pod", "spec: []\n"),
    ] {
        let object =
            format!("apiVersion: {version}\nkind: {kind}\nmetadata: {{name: same}}\n{rest}");
        let (code, report) = report_beside(&object);
        let items = report["items"].as_array().unwrap();
        assert_eq!(items.len(), 1, "{object}");
        assert_eq!(items[0]["verdict"], "ok", "{object}");
        let env = items[0]["containers"][0]["env"].as_array().unwrap();
        let value = |name: &str| {
            let mut all = env.iter();
            let found = all.find(|variable| variable["name"] == name);
            found.map_or(Value::Null, |variable| variable["value"].clone())
        };
        assert_eq!(value("A"), "right", "{object}");
        assert_eq!(value("KEY"), "right", "{object}");
        assert_eq!(value("B"), Value::Null, "{object}");
        assert_ne!(value("CPU"), "7", "{object}");
        assert!(
            env.iter()
                .all(|v| v["source"]["name"] != "same" || v["source"]["kind"] != "serviceLink")
        );
        // A group that Kubernetes has, and this kind not in it, is an error of the file.
        let is_unknown = ["v2", "apps/v1", "extensions/v1beta1"].contains(&version);
        assert_eq!(code, Some(i32::from(is_unknown)), "{object}");
    }
}

#[test]
fn a_file_of_nothing_but_other_groups_objects_holds_no_target() {
    let run = offline(
        "apiVersion: serving.knative.dev/v1\nkind: Service\nmetadata: {name: a}\nspec: {template: {spec: {containers: [{image: i}]}}}\n",
        &[],
    );
    assert_eq!(run.code, Some(1), "{run:?}");
    assert!(run.stderr.contains("the input has no Pod"), "{run:?}");
}

#[test]
fn a_list_gives_its_items_their_group() {
    let list = |version: &str| {
        format!(
            "apiVersion: {version}\nkind: ConfigMapList\nitems: [{{metadata: {{name: other}}, data: {{A: listed}}}}]\n---\n{}",
            POD.replace("configMapRef: {name: same", "configMapRef: {name: other")
        )
    };
    for (version, value) in [("v1", "listed"), ("example.com/v1", "")] {
        let run = offline(&list(version), &["-o", "json"]);
        let report: Value = serde_json::from_str(&run.stdout).unwrap();
        let env = report["items"][0]["containers"][0]["env"].as_array();
        let found = env.unwrap().iter().find(|v| v["name"] == "A");
        let found = found.map_or("", |v| v["value"].as_str().unwrap());
        assert_eq!(found, value, "{version}");
    }
}

const TAKES_SECRET: &str = "\
apiVersion: v1
kind: Pod
metadata: {name: p}
spec:
  enableServiceLinks: false
  containers:
  - {name: c, image: i, envFrom: [{secretRef: {name: s}}, {configMapRef: {name: m}}]}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: m}
binaryData: {blob: \"AA\\nA=\"}
data: {PLAIN: text}
---
";

#[test]
fn base64_with_line_breaks_is_read_as_the_server_reads_it() {
    let secret = "apiVersion: v1\nkind: Secret\nmetadata: {name: s}\ndata:\n  \
        CERT: |\n    LS0tLS1CRUdJ\n    Ti0tLS0tCg==\n  \
        FOLDED: >\n    aGVs\n\n    bG8=\n  \
        CRLF: \"aGVs\\r\\nbG8=\"\n  \
        BITS: aGVsbG9=\n  LIST: [104, 105]\n";
    let run = offline(
        &format!("{TAKES_SECRET}{secret}"),
        &["-o", "json", "--show-secrets"],
    );
    assert_eq!(run.code, Some(0), "{run:?}");
    let report: Value = serde_json::from_str(&run.stdout).unwrap();
    let env = report["items"][0]["containers"][0]["env"].as_array();
    for (name, value) in [
        ("CERT", "-----BEGIN-----\n"),
        ("FOLDED", "hello"),
        ("CRLF", "hello"),
        ("BITS", "hello"),
        ("LIST", "hi"),
        ("PLAIN", "text"),
    ] {
        let found = env.unwrap().iter().find(|v| v["name"] == name);
        assert_eq!(found.unwrap_or(&Value::Null)["value"], value, "{name}");
    }
}

#[test]
fn invalid_base64_is_refused_without_its_text() {
    for wrong in [
        "hunter2 hunter2",
        "aHVudGVyMg",
        "hunter_2",
        "aHVu\\tdGVy",
        "hunter22=",
    ] {
        let text = format!(
            "{TAKES_SECRET}apiVersion: v1\nkind: Secret\nmetadata: {{name: s}}\ndata: {{A: \"{wrong}\"}}\n"
        );
        let run = offline(&text, &[]);
        assert_eq!(run.code, Some(1), "{wrong}: {run:?}");
        assert!(
            run.stderr.contains("base64") || run.stderr.contains("Base64"),
            "{run:?}"
        );
        let told = wrong.split(['\\', ' ']).next().unwrap();
        assert!(!run.all().contains(told), "{run:?}");
    }
}

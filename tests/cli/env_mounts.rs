//! `explain-env`: `subPathExpr`, the commands of probes and hooks, and the places
//! of keys.

use serde_json::{Value, json};
use snapbox::{assert_data_eq, str};

use super::explain_env::offline;

const MOUNTS: &str = "\
apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  enableServiceLinks: false
  volumes: [{name: logs, emptyDir: {}}]
  containers:
  - name: c
    image: i
    env:
    - {name: NAME, valueFrom: {fieldRef: {fieldPath: metadata.name}}}
    volumeMounts:
    - {name: logs, mountPath: /logs, subPathExpr: $(NAME)/a b}
    - {name: logs, mountPath: /data, subPathExpr: x/$(POD_NAME)}
    livenessProbe:
      exec: {command: [cat, /logs/$(NAME)]}
";

#[test]
fn sub_path_without_a_value_has_its_place() {
    assert_data_eq!(
        offline(MOUNTS, &[]).all(),
        str![[r#"
exit code 1
--- stdout
pod/web, container c, in pod.yaml
NAME           SOURCE               VALUE
NAME           metadata.name        web
KUBERNETES_…   service/kubernetes   8 variables (--services lists them)
PATH           runtime              <set by the image or the runtime>
HOSTNAME       runtime              web
HOME           runtime              <the user's home directory in the image's /etc/passwd>

mount: /logs from 'web/a b' of logs
mount: /data from <the container is not created> of logs

error[unresolved-reference]: the mount at `/data` has no sub-path: the container waits with CreateContainerConfigError: missing value for POD_NAME
  --> pod.yaml:14:53
   |
14 |     - {name: logs, mountPath: /data, subPathExpr: x/$(POD_NAME)}
   |                                                     ^^^^^^^^^^^ no value
   |
   = help: define `POD_NAME` in `env`, or write `$$(POD_NAME)` for a directory of that name

warning[not-expanded]: `$(NAME)` becomes the empty string in the command of a probe, which sees only literal values of `env`
  --> pod.yaml:16:35
   |
16 |       exec: {command: [cat, /logs/$(NAME)]}
   |                                   ^^^^^^^
   |
   = help: let a shell expand it: [sh, -c, 'exec … "${NAME}"']

"#]]
    );
}

#[test]
fn a_report_holds_the_mounts() {
    let run = offline(MOUNTS, &["-o", "json"]);
    assert_eq!(run.code, Some(1));
    let report: Value = serde_json::from_str(&run.stdout).unwrap();
    let item = &report["items"][0];
    let mounts = &item["containers"][0]["mounts"];
    assert_eq!(
        (
            &mounts[0]["subPath"],
            &mounts[0]["status"],
            &mounts[0]["mountPath"]
        ),
        (&json!("web/a b"), &json!("resolved"), &json!("/logs"))
    );
    assert_eq!(mounts[0]["subPathExpr"], "$(NAME)/a b");
    assert_eq!(mounts[0]["references"][0]["name"], "NAME");
    assert_eq!(mounts[0]["location"]["line"], 13);
    assert_eq!(mounts[0]["location"]["column"], 51);
    assert_eq!(mounts[0]["location"]["endColumn"], 62);
    assert_eq!(
        (&mounts[1]["subPath"], &mounts[1]["status"]),
        (&Value::Null, &json!("unresolved"))
    );
    assert_eq!(item["verdict"], "no");
    assert_eq!(item["findings"][0]["id"], "unresolved-reference");
    assert_eq!(
        item["findings"][0]["path"],
        "spec.containers[0].volumeMounts[1].subPathExpr"
    );
}

#[test]
fn a_key_has_a_place_of_its_own() {
    let text = "\
apiVersion: v1
kind: Pod
metadata: {name: p}
spec:
  enableServiceLinks: false
  containers:
  - name: c
    image: i
    envFrom:
    - configMapRef: {name: m}
    - secretRef: {name: s}
    env:
    - {name: ONE, valueFrom: {configMapKeyRef: {name: m, key: B}}}
    - {name: TWO, valueFrom: {secretKeyRef: {name: s, key: BOTH}}}
    - {name: NONE, valueFrom: {configMapKeyRef: {name: m, key: Z, optional: true}}}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: m}
data:
  A: |
    text
  B: b
---
apiVersion: v1
kind: List
items:
- apiVersion: v1
  kind: Secret
  metadata: {name: s}
  stringData: {BOTH: hunter2}
  data: {OLD: aHVudGVyMw==, BOTH: aHVudGVyMw==}
";
    let run = offline(text, &["-o", "json"]);
    let report: Value = serde_json::from_str(&run.stdout).unwrap();
    let env = report["items"][0]["containers"][0]["env"]
        .as_array()
        .unwrap();
    for (name, place) in [
        ("A", "pod.yaml:21:3"),
        ("B", "pod.yaml:23:3"),
        ("ONE", "pod.yaml:23:3"),
        ("OLD", "pod.yaml:32:10"),
        ("BOTH", "pod.yaml:31:16"),
        ("TWO", "pod.yaml:31:16"),
        // It has none, so the object has to do.
        ("NONE", "pod.yaml:17:1"),
    ] {
        let variable = env.iter().find(|v| v["name"] == name).unwrap();
        assert_eq!(variable["source"]["origin"], place, "{name}");
    }
    assert!(!run.all().contains("hunter"), "{run:?}");
    let trace = offline(text, &["--trace", "TWO"]).all();
    assert!(trace.contains("(pod.yaml:31)"), "{trace}");
}

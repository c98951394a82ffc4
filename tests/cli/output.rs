//! `-o`, colour, pipes that close, and text that would play with a terminal.

use std::io::Read;
use std::process::Stdio;

use serde_json::Value;
use snapbox::{assert_data_eq, str};

use crate::POD;
use crate::apiserver::ApiServer;
use crate::support::Home;

const ODD: &str = r#"
kind: Pod
apiVersion: v1
spec:
  restartPolicy: Never
  containers:
  - env:
    - {value: "yes", name: A}
    - {value: "0644", name: B}
    - {value: "1e3", name: C}
    - {value: "12:30:45", name: D}
    - {name: E, value: "two\nlines"}
    image: nginx
    name: web
  nodeName: null
metadata:
  annotations: {z: "1", a: "null"}
  creationTimestamp: null
  name: web
status: {phase: Pending}
"#;

#[test]
fn yaml_is_fit_to_commit() {
    let home = Home::with(&[("odd.yaml", ODD)]);
    let server = ApiServer::new().storing();
    let run = home.run_on(
        &server,
        &["create", "-f", "odd.yaml", "-o", "yaml", "--dry-run=server"],
    );
    assert_data_eq!(
        run.all(),
        str![[r#"
exit code 0
--- stdout
apiVersion: v1
kind: Pod
metadata:
  name: web
  namespace: default
  annotations:
    z: "1"
    a: "null"
spec:
  containers:
  - name: web
    image: nginx
    env:
    - name: A
      value: "yes"
    - name: B
      value: "0644"
    - name: C
      value: "1e3"
    - name: D
      value: "12:30:45"
    - name: E
      value: |-
        two
        lines
  restartPolicy: Never

"#]]
    );
    let again = home.run_with(
        &[
            "create",
            "--dry-run=client",
            "-o",
            "yaml",
            "-n",
            "default",
            "-f",
            "-",
        ],
        &run.stdout,
    );
    assert_eq!(
        (again.code, again.stdout),
        (Some(0), run.stdout),
        "{}",
        again.stderr
    );
}

#[test]
fn several_objects_are_documents() {
    let text = format!(
        "{POD}---\n{}",
        POD.replace("name: web\nspec", "name: other\nspec")
    );
    let home = Home::with(&[("pods.yaml", &text)]);
    let args = ["create", "-f", "pods.yaml", "--dry-run=client", "-o"];
    let yaml = home.run(&[&args[..], &["yaml"]].concat());
    assert_eq!(yaml.stdout, text);
    let names = home.run(&[&args[..], &["name"]].concat());
    assert_eq!(names.stdout, "pod/web\npod/other\n");
    let json = home.run(&[&args[..], &["json"]].concat());
    let objects = serde_json::Deserializer::from_str(&json.stdout).into_iter::<Value>();
    assert_eq!(objects.count(), 2);
}

#[test]
fn json_is_what_the_server_returned() {
    let home = Home::with(&[("pod.yaml", POD)]);
    let server = ApiServer::new().storing();
    let run = home.run_on(&server, &["create", "-f", "pod.yaml", "-o", "json"]);
    let object: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(
        object["metadata"]["uid"],
        "11111111-2222-3333-4444-555555555555"
    );
    assert_eq!(object["metadata"].get("managedFields"), None);
    assert!(
        run.stdout.starts_with("{\n    \"apiVersion\": \"v1\",\n"),
        "{}",
        run.stdout
    );
}

#[test]
fn a_pipe_that_closes_early_is_no_error() {
    let home = Home::new();
    let mut many = String::new();
    for n in 0..2000 {
        many.push_str(&POD.replace("name: web\nspec", &format!("name: web-{n}\nspec")));
        many.push_str("---\n");
    }
    home.write("many.yaml", many);
    for args in [
        &[
            "create",
            "--dry-run=client",
            "-o",
            "yaml",
            "-f",
            "many.yaml",
        ][..],
        &["explain-env", "--offline", "-f", "many.yaml"],
        &["explain-env", "--offline", "-o", "json", "-f", "many.yaml"],
        &["completion", "bash"],
    ] {
        let mut command = home.command(args);
        let mut child = command
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut one = [0];
        child.stdout.take().unwrap().read_exact(&mut one).unwrap();
        let output = child.wait_with_output().unwrap();
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert_eq!(
            (output.status.code(), stderr.as_ref()),
            (Some(0), ""),
            "{args:?}"
        );
    }
}

#[test]
fn a_full_disk_is_an_error() {
    let home = Home::with(&[("pod.yaml", POD)]);
    let full = std::fs::File::create("/dev/full").unwrap();
    let mut command = home.command(&["create", "--dry-run=client", "-f", "pod.yaml"]);
    let output = command
        .stdout(full)
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
        .wait_with_output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert_data_eq!(
        String::from_utf8(output.stderr).unwrap(),
        str![[r#"
error: cannot write to standard output: no space left on device

"#]]
    );
}

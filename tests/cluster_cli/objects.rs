//! Objects on the server: all examples, twice, and printed again.

use std::fs;
use std::path::PathBuf;

use serde_json::{Value, json};

use crate::Place;
use crate::support::cluster::{cluster, repository};

fn examples() -> Vec<PathBuf> {
    let files = fs::read_dir(repository().join("examples")).unwrap();
    let paths = files.map(|file| file.unwrap().path());
    let examples: Vec<PathBuf> = paths
        .filter(|path| path.extension().is_some_and(|e| e == "yaml"))
        .collect();
    assert!(examples.len() >= 13, "{examples:?}");
    examples
}

#[test]
fn every_example_is_taken_by_the_server_and_comes_back_fit_to_commit() {
    let place = Place::new("dry");
    for path in examples() {
        let path = path.display().to_string();
        for command in ["create", "apply"] {
            let lines = place.succeed(&[command, "-f", &path, "--dry-run=server"]);
            assert!(
                lines
                    .lines()
                    .all(|line| line.ends_with(" (server dry run)")),
                "{lines}"
            );
        }
        let create = ["create", "--dry-run=server", "-o", "yaml", "-f"];
        let once = place.succeed(&[&create[..], &[&path]].concat());
        for word in [
            "status:",
            "creationTimestamp",
            "uid:",
            "managedFields",
            "null",
        ] {
            assert!(!once.contains(word), "{path}: {word}: {once}");
        }
        // What was printed is what the server makes of it again.
        let printed = place.file("printed.yaml", &once);
        let twice = place.succeed(&[&create[..], &[&printed]].concat());
        assert_eq!(twice, once, "{path}");
    }
    let left = place.namespace.get("pods,jobs,configmaps")["items"].clone();
    let names: Vec<_> = left
        .as_array()
        .unwrap()
        .iter()
        .map(|o| &o["metadata"]["name"])
        .collect();
    assert_eq!(names, ["kube-root-ca.crt"], "nothing was stored");
}

#[test]
fn create_refuses_what_exists_and_apply_changes_it() {
    let place = Place::new("twice");
    let config = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndata: {a: one}\n";
    let file = place.file("c.yaml", config);
    assert_eq!(
        place.succeed(&["create", "-f", &file]),
        "configmap/c created\n"
    );
    let again = place.run(&["create", "-f", &file]);
    assert_eq!((again.code, again.stdout.as_str()), (Some(1), ""));
    let told = "error[refused-by-server]: configmap/c: configmaps \"c\" already exists\n";
    assert!(again.stderr.starts_with(told), "{}", again.stderr);

    let other = place.file("d.yaml", &config.replace("name: c", "name: d"));
    let version = || place.namespace.get("configmap/d")["metadata"]["resourceVersion"].clone();
    assert_eq!(
        place.succeed(&["apply", "-f", &other]),
        "configmap/d serverside-applied\n"
    );
    let first = version();
    place.succeed(&["apply", "-f", &other]);
    assert_eq!(version(), first, "the same once more changes nothing");
    let changed = place.file(
        "d.yaml",
        &config.replace("name: c", "name: d").replace("one", "two"),
    );
    place.succeed(&["apply", "-f", &changed]);
    assert_eq!(
        place.namespace.get("configmap/d")["data"],
        json!({"a": "two"})
    );
}

#[test]
fn hostile_strings_come_back_through_kubectl_as_they_were() {
    let place = Place::new("hostile");
    let words = [
        "yes",
        "No",
        "on",
        "0644",
        "1_000",
        "1e3",
        "12:30:45",
        "~",
        "null",
        "",
        " a",
        "a ",
        "\ta",
        "a: b",
        "# a",
        "- a",
        "a\nb\n",
        "a\n\n",
        "\n a",
        "<<",
        "=",
        "2001-01-01",
        "0x1F",
        ".inf",
        "é\u{feff}",
        "\u{85}",
        "\u{2028}",
        "{",
        "'",
        "\"",
        "\\",
        "%",
        "@",
        "a\r\nb",
        "\u{1b}[2J",
        "😀",
        "|",
        ">",
        "? a",
        "!x",
    ];
    let data: serde_json::Map<String, Value> = words
        .iter()
        .enumerate()
        .map(|(n, word)| (format!("k{n}"), json!(word)))
        .chain([
            ("yes".into(), json!("n")),
            ("1.0".into(), json!("y")),
            ("0644".into(), json!("~")),
        ])
        .collect();
    let object =
        json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "h"}, "data": data});
    let file = place.file("in.json", &object.to_string());
    for how in ["client", "server"] {
        let flag = format!("--dry-run={how}");
        let yaml = place.succeed(&["create", "-f", &file, &flag, "-o", "yaml"]);
        let printed = place.file("out.yaml", &yaml);
        let read = ["create", "--dry-run=client", "-o", "json", "-f", &printed];
        let back: Value = serde_json::from_str(&place.namespace.kubectl(&read)).unwrap();
        assert_eq!(back["data"], object["data"], "{yaml}");
    }
}

#[test]
fn a_definition_and_its_objects_are_one_input_and_the_server_validates_them() {
    let place = Place::new("crd");
    let group = format!("g{}.example.com", std::process::id());
    let text = format!(
        "\
apiVersion: {group}/v1
kind: Thing
metadata: {{name: a}}
spec: {{size: 3}}
---
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {{name: things.{group}}}
spec:
  group: {group}
  scope: Namespaced
  names: {{plural: things, singular: thing, kind: Thing}}
  versions:
  - name: v1
    served: true
    storage: true
    deprecated: true
    deprecationWarning: Things go away
    schema:
      openAPIV3Schema:
        type: object
        properties: {{spec: {{type: object, properties: {{size: {{type: integer}}}}}}}}
"
    );
    let file = place.file("things.yaml", &text);
    let first = place.run(&["create", "-f", &file]);
    let definition =
        format!("customresourcedefinition.apiextensions.k8s.io/things.{group} created\n");
    assert!(first.stdout.starts_with(&definition), "{first:?}");
    assert_eq!(
        first.stdout,
        format!("{definition}thing.{group}/a created\n"),
        "{first:?}"
    );
    let warnings = first
        .stderr
        .lines()
        .filter(|line| *line == "Warning: Things go away");
    assert_eq!((first.code, warnings.count()), (Some(0), 1), "{first:?}");

    let thing = format!(
        "apiVersion: {group}/v1\nkind: Thing\nmetadata: {{name: NAME}}\nspec:\n  szie: 3\n"
    );
    let two = [thing.replace("NAME", "b"), thing.replace("NAME", "c")].join("---\n");
    let wrong = place.file("wrong.yaml", &two);
    let strict = place.run(&["create", "-f", &wrong]);
    assert_eq!(
        (strict.code, strict.stdout.as_str()),
        (Some(1), ""),
        "{strict:?}"
    );
    assert!(
        strict.stderr.contains("wrong.yaml:5:9"),
        "{}",
        strict.stderr
    );
    let warned = place.run(&["create", "-f", &wrong, "--validate=warn"]);
    assert_eq!(warned.code, Some(0), "{warned:?}");
    let told = warned
        .stderr
        .lines()
        .filter(|line| line.starts_with("Warning: "));
    assert_eq!(
        told.count(),
        2,
        "one deprecation, one field, each once: {warned:?}"
    );
    cluster().kubectl(&["delete", "crd", &format!("things.{group}")]);
}

//! Targets of `explain-env -f`.

use serde_json::Value;
use snapbox::{assert_data_eq, str};

use crate::support::{Home, Run};

/// Objects as `kubectl get -A -o json` writes them, and another document.
const FILE: &str = r#"
apiVersion: v1
kind: List
items:
- apiVersion: v1
  kind: Pod
  metadata: {name: web, namespace: one, labels: {app: web}}
  spec: {nodeName: n1, containers: [{name: c, image: i}]}
  status: {phase: Running}
- apiVersion: v1
  kind: Pod
  metadata: {name: web, namespace: two, labels: {app: web, old: "yes"}}
  spec: {containers: [{name: c, image: i}]}
  status: {phase: Pending}
- apiVersion: v1
  kind: Event
  metadata: {name: web.1, namespace: two}
  involvedObject: {kind: Pod, name: web, namespace: two}
- apiVersion: batch/v1
  kind: Job
  metadata: {name: migrate, namespace: one, labels: {app: db}}
  spec:
    template: {spec: {restartPolicy: Never, containers: [{name: c, image: i}]}}
- apiVersion: argoproj.io/v1alpha1
  kind: Rollout
  metadata: {name: shop, labels: {app: web}}
  spec: {template: {spec: {containers: [{name: c, image: i}]}}}
- apiVersion: argoproj.io/v1alpha1
  kind: Rollout
  metadata: {name: empty}
  spec: {replicas: 1}
---
apiVersion: v1
kind: Pod
metadata: {name: plain}
spec: {containers: [{name: c, image: i}]}
"#;

fn run(words: &[&str]) -> Run {
    let home = Home::with(&[("all.yaml", FILE)]);
    home.run(&[&["explain-env", "-f", "all.yaml", "--offline"], words].concat())
}

fn explained(words: &[&str]) -> Vec<String> {
    let run = run(&[&["-o", "json"], words].concat());
    assert_eq!(run.code, Some(0), "{run:?}");
    let report: Value = serde_json::from_str(&run.stdout).unwrap();
    let items = report["items"].as_array().unwrap().iter();
    let shown = |item: &Value| {
        let text = |field: &str| item["target"][field].as_str().unwrap().to_lowercase();
        format!("{}/{}/{}", text("namespace"), text("kind"), text("name"))
    };
    items.map(shown).collect()
}

#[test]
fn all_objects_with_a_pod_template_are_explained() {
    let all = [
        "one/pod/web",
        "two/pod/web",
        "one/job/migrate",
        "default/rollout/shop",
        "default/pod/plain",
    ];
    assert_eq!(explained(&[]), all);
}

#[test]
fn names_choose_among_the_objects_of_files() {
    for (words, expected) in [
        // In all namespaces, unless one is given.
        (&["web"][..], &["one/pod/web", "two/pod/web"][..]),
        (&["web", "-n", "two"], &["two/pod/web"]),
        (&["plain", "-n", "two"], &["two/pod/plain"]),
        (
            &["job/migrate", "pod/plain"],
            &["one/job/migrate", "default/pod/plain"],
        ),
        (&["jobs", "migrate"], &["one/job/migrate"]),
        (&["rollout/shop"], &["default/rollout/shop"]),
        (&["rollouts", "shop"], &["default/rollout/shop"]),
        (&["rollouts.argoproj.io/shop"], &["default/rollout/shop"]),
        (
            &["plain", "web", "-n", "one"],
            &["one/pod/web", "one/pod/plain"],
        ),
    ] {
        assert_eq!(explained(words), expected, "{words:?}");
    }
}

#[test]
fn selectors_choose_among_the_objects_of_files() {
    let web = ["one/pod/web", "two/pod/web", "default/rollout/shop"];
    for (words, expected) in [
        (&["-l", "app=web"][..], &web[..]),
        (
            &["-l", "app in (web,db),!old"],
            &["one/pod/web", "one/job/migrate", "default/rollout/shop"],
        ),
        (&["pods", "-l", "app=web", "-n", "one"], &["one/pod/web"]),
        (
            &["jobs,rollouts", "--all"],
            &["one/job/migrate", "default/rollout/shop"],
        ),
        (
            &["pods", "--field-selector", "spec.nodeName=n1"],
            &["one/pod/web"],
        ),
        (
            &["--field-selector", "metadata.namespace=default"],
            &["default/rollout/shop", "default/pod/plain"],
        ),
    ] {
        assert_eq!(explained(words), expected, "{words:?}");
    }
}

/// A Pod that no server has stored has no phase, so that it is not known whether it is
/// selected.
#[test]
fn a_field_that_is_not_known_selects_nothing() {
    let run = run(&[
        "pods",
        "--field-selector",
        "status.phase!=Pending",
        "-o",
        "json",
    ]);
    let report: Value = serde_json::from_str(&run.stdout).unwrap();
    let items = report["items"].as_array().unwrap();
    assert!(
        items.len() == 1 && items[0]["target"]["namespace"] == "one",
        "{run:?}"
    );
    let told = "warning: 1 object left out: without the fields that --field-selector compares\n";
    assert!(run.stderr.contains(told), "{run:?}");
}

#[test]
fn a_target_that_the_files_lack_is_not_found() {
    for (words, code, message) in [
        (
            &["gone"][..],
            4,
            "error: pods \"gone\" not found in the input\n",
        ),
        (
            &["plain", "gone"],
            4,
            "error: pods \"gone\" not found in the input\n",
        ),
        (
            &["job/web"],
            4,
            "error: jobs \"web\" not found in the input\n",
        ),
        (
            &["web", "-n", "three"],
            4,
            "error: pods \"web\" not found in namespace \"three\" of the input\n",
        ),
        (
            &["foo/bar"],
            4,
            "error: foo \"bar\" not found in the input\n",
        ),
        (
            &["-l", "a=b"],
            4,
            "error: no objects with a Pod template in the input match the selector\n",
        ),
        (
            &["cronjobs", "--all"],
            4,
            "error: no cronjobs in the input\n",
        ),
        (
            &["jobs", "--field-selector", "status.phase=Failed"],
            2,
            "error: field selectors of a Job cannot compare `status.phase`\n",
        ),
        (
            &["--field-selector", "status.foo=x"],
            2,
            "error: field selectors cannot compare `status.foo` of any object in the input\nhelp: use one of: ",
        ),
        (
            &[
                "-n",
                "three",
                "--field-selector",
                "status.foo!=x",
                "-l",
                "app=none",
            ],
            2,
            "error: field selectors cannot compare `status.foo` of any object in the input\n",
        ),
        (
            &["-n", "three", "--field-selector", "status.phase!=x"],
            4,
            "warning: ",
        ),
    ] {
        let run = run(words);
        assert_eq!(run.code, Some(code), "{run:?}");
        assert!(run.stderr.starts_with(message), "{run:?}");
        assert_eq!(run.stdout, "", "{run:?}");
    }
    assert_data_eq!(
        run(&["rollout/empty"]).all(),
        str![[r#"
exit code 2
--- stderr
error: rollout.argoproj.io/empty has no Pod template
help: expected `spec.template.spec.containers` or `spec.jobTemplate.spec.template.spec.containers`

"#]]
    );
}

/// A file that cannot be read to its end may hold what was named.
#[test]
fn an_unreadable_file_is_reported_instead_of_a_missing_target() {
    let text = format!("{FILE}---\nkind: [\n");
    let home = Home::with(&[("all.yaml", text.as_str())]);
    let run = home.run(&["explain-env", "-f", "all.yaml", "--offline", "gone"]);
    assert_eq!(run.code, Some(1), "{run:?}");
    assert!(
        run.stderr.contains("all.yaml:") && !run.stderr.contains("not found"),
        "{run:?}"
    );
}

//! `explain-env` of several targets: look-ups, warnings and names of all of them.

use serde_json::{Value, json};

use super::env_look_ups::{forbidden, ids, pod, server, variable};
use super::explain_env::offline;
use crate::apiserver::{Answer, ApiServer};
use crate::support::Home;

#[test]
fn each_object_and_list_is_asked_for_once_for_all_targets() {
    let mut server = ApiServer::new();
    let maps = json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "m"},
        "data": {"A": "1"}});
    let list = json!({"apiVersion": "v1", "kind": "ServiceList", "metadata": {}, "items": []});
    for (path, answer) in [
        ("configmaps/m", Answer::json(&maps)),
        ("configmaps/secretive", forbidden("configmaps")),
        ("services", Answer::json(&list)),
        ("services/kubernetes", forbidden("services")),
    ] {
        server = server.on(&format!("GET /api/v1/namespaces/default/{path}"), answer);
    }
    let pod = |i: usize| {
        format!(
            "apiVersion: v1\nkind: Pod\nmetadata: {{name: p{i}}}\nspec:\n  containers:\n  - {{name: c, image: i, envFrom: [{{configMapRef: {{name: m}}}}, {{configMapRef: {{name: secretive}}}}]}}\n---\n"
        )
    };
    let text: String = (0..40).map(pod).collect();
    let home = Home::with(&[("pods.yaml", text.as_str())]);
    let run = home.run_on(&server, &["explain-env", "-f", "pods.yaml", "-o", "json"]);
    let report: Value = serde_json::from_str(&run.stdout).unwrap();
    let items = report["items"].as_array().unwrap();
    assert_eq!(items.len(), 40);
    for item in items {
        assert_eq!(variable(item, "A")["value"], "1");
        assert!(ids(item).contains(&"forbidden"), "{item}");
    }
    let mut asked: Vec<String> = server
        .requests()
        .into_iter()
        .map(|request| request.path)
        .filter(|path| path.contains("/namespaces/"))
        .collect();
    asked.sort();
    let count = asked.len();
    asked.dedup();
    assert_eq!(count, asked.len(), "asked twice: {asked:?}");
    // The list of Services, which is complete, has no `kubernetes`.
    assert_eq!(count, 3, "{asked:?}");
}

#[test]
fn nothing_is_printed_if_only_the_last_target_could_have_the_name() {
    let pod = |name: &str, container: &str| {
        format!(
            "apiVersion: v1\nkind: Pod\nmetadata: {{name: {name}}}\nspec:\n  containers:\n  - {{name: {container}, image: i, env: [{{name: {}, value: x}}]}}\n---\n",
            container.to_uppercase()
        )
    };
    let mut text: String = (0..100).map(|i| pod(&format!("p{i}"), "a")).collect();
    text.push_str(&pod("last", "b"));
    for name in [&["-c", "b"][..], &["--trace", "B"]] {
        let found = offline(&text, name);
        assert!(found.stdout.contains("pod/last"), "{found:?}");
        assert_eq!(found.stdout.matches("pod/").count(), 1, "{found:?}");
    }
    for name in [&["-c", "d"][..], &["--trace", "D"]] {
        for format in ["table", "json"] {
            let refused = offline(&text, &[name, &["-o", format]].concat());
            assert_eq!(refused.stdout, "", "{refused:?}");
            assert!(refused.stderr.contains('d') || refused.stderr.contains('D'));
            assert_ne!(refused.code, Some(0));
        }
    }
}

#[test]
fn a_secret_that_may_not_be_read_is_reported_once_in_text_and_for_each_target_in_json() {
    let server = server().on(
        "GET /api/v1/namespaces/default/secrets/db",
        forbidden("secrets"),
    );
    let first = pod("envFrom: [{secretRef: {name: db}}]");
    let second = first.replace("{name: p}", "{name: q}");
    let home = Home::with(&[("pods.yaml", &format!("{first}---\n{second}"))]);
    let run = home.run_on(&server, &["explain-env", "-f", "pods.yaml"]);
    let text = &run.stdout;
    assert_eq!(
        text.matches("no permission to read Secret `db`").count(),
        1,
        "{run:?}"
    );
    assert_eq!(text.matches("unknown: forbidden").count(), 2, "{run:?}");
    let run = home.run_on(&server, &["explain-env", "-f", "pods.yaml", "-o", "json"]);
    let report: Value = serde_json::from_str(&run.stdout).unwrap();
    for item in report["items"].as_array().unwrap() {
        assert_eq!(ids(item), ["forbidden"]);
    }
}

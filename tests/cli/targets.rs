//! Targets of `explain-env` in the cluster.

use serde_json::{Value, json};
use snapbox::{assert_data_eq, str};

use super::explain_env::offline;
use super::look_ups::SHOP;
use crate::apiserver::{Answer, ApiServer};
use crate::support::Home;

pub(super) fn pod(name: &str) -> Value {
    let env = json!([{"name": "WHO", "value": name}]);
    json!({
        "metadata": {"name": name, "namespace": "default", "uid": "u"},
        "spec": {"enableServiceLinks": false, "containers": [
            {"name": "main", "image": "i", "env": env}, {"name": "side", "image": "i"}]},
        "status": {"phase": "Running"},
    })
}

/// A server with these Pods and a Job, and with no Service at all.
pub(super) fn server(names: &[&str]) -> ApiServer {
    let job = json!({
        "metadata": {"name": "migrate", "namespace": "default"},
        "spec": {"template": {"spec": {"enableServiceLinks": false, "containers": [
            {"name": "main", "image": "i", "env": [{"name": "WHO", "value": "job"}]}]}}},
    });
    let mut server = ApiServer::new()
        .on(
            "GET /apis/batch/v1/namespaces/default/jobs/migrate",
            Answer::json(&job),
        )
        .on(
            "GET /api/v1/namespaces/default/services/kubernetes",
            Answer::refusal(404, "NotFound", "no"),
        );
    for name in names {
        let route = format!("GET /api/v1/namespaces/default/pods/{name}");
        server = server.on(&route, Answer::json(&pod(name)));
    }
    server
}

pub(super) fn names(report: &str) -> Vec<String> {
    let report: Value = serde_json::from_str(report).unwrap();
    let items = report["items"].as_array().unwrap();
    let name = |item: &Value| item["target"]["name"].as_str().unwrap().to_owned();
    items.iter().map(name).collect()
}

#[test]
fn several_targets_are_explained_in_one_call() {
    let home = Home::new();
    let args = ["explain-env", "web", "job/migrate", "pods/db", "-o", "json"];
    let server = server(&["web", "db"]);
    let run = home.run_on(&server, &args);
    assert_eq!(run.code, Some(0), "{run:?}");
    assert_eq!(names(&run.stdout), ["web", "migrate", "db"]);
    // What they have in common is asked for once.
    let asked = server.asked();
    let services = asked.iter().filter(|line| line.contains("/services/"));
    assert_eq!(services.count(), 1, "{asked:?}");
    let text = home.run_on(&server, &["explain-env", "pods", "web", "db"]);
    let headings: Vec<&str> = text
        .stdout
        .lines()
        .filter(|line| line.starts_with("pod/"))
        .collect();
    assert_eq!(
        headings,
        [
            "pod/web, container main",
            "pod/web, container side",
            "pod/db, container main",
            "pod/db, container side"
        ]
    );
}

#[test]
fn all_containers_are_the_default_and_can_be_asked_for() {
    for format in ["table", "json", "yaml"] {
        let default = offline(SHOP, &["-o", format]);
        let all = offline(SHOP, &["-o", format, "--all-containers"]);
        assert_eq!(
            (all.code, &all.stdout),
            (Some(0), &default.stdout),
            "{all:?}"
        );
        assert!(all.stdout.contains("first") && all.stdout.contains("app"));
    }
    let both = offline(SHOP, &["--all-containers", "-c", "app"]);
    assert_eq!(both.code, Some(2), "{both:?}");
}

#[test]
fn the_verdict_is_that_of_the_chosen_containers() {
    let broken = SHOP.replace("value: here", "value: $(GONE)");
    let verdict = |text: &str, container: &str| {
        let run = offline(text, &["-c", container, "-o", "json"]);
        let report: Value = serde_json::from_str(&run.stdout).unwrap();
        let verdict = report["items"][0]["verdict"].as_str().unwrap().to_owned();
        (run.code, verdict)
    };
    assert_eq!(verdict(&broken, "first"), (Some(1), "no".to_owned()));
    assert_eq!(verdict(&broken, "app"), (Some(0), "ok".to_owned()));
    let unread = broken.replace("name: settings}\n", "name: other}\n");
    assert_eq!(verdict(&unread, "app"), (Some(0), "unknown".to_owned()));
}

#[test]
fn a_cluster_that_does_not_answer_or_refuses_is_exit_code_3() {
    let home = Home::new();
    let dead = ["explain-env", "web", "-s", "http://127.0.0.1:1"];
    let run = home.run(&dead);
    assert_eq!(run.code, Some(3), "{run:?}");
    let told = "error: the server http://127.0.0.1:1/ cannot be reached";
    assert!(run.stderr.starts_with(told), "{run:?}");
    let refused = Answer::refusal(403, "Forbidden", "no rights");
    let server = server(&[])
        .on("GET /api/v1/namespaces/default/pods/web", refused.clone())
        .on("GET /api/v1/namespaces/default/pods?", refused);
    assert_data_eq!(
        home.run_on(&server, &["explain-env", "web"]).all(),
        str![[r#"
exit code 3
--- stderr
error: not allowed to get pods "web" in namespace "default": no rights
help: check with `kubectl auth can-i get pods -n default`

"#]]
    );
    assert_data_eq!(
        home.run_on(&server, &["explain-env", "-l", "app=web"])
            .all(),
        str![[r#"
exit code 3
--- stderr
error: not allowed to list pods in namespace "default": no rights
help: check with `kubectl auth can-i list pods -n default`

"#]]
    );
}

#[test]
fn a_target_that_is_not_there_is_exit_code_4_whatever_else_is() {
    let home = Home::new();
    let gone = Answer::refusal(404, "NotFound", "pods \"gone\" not found");
    let server = server(&["web"])
        .on("GET /api/v1/namespaces/default/pods/gone", gone)
        .on(
            "GET /api/v1/namespaces/default/pods?",
            Answer::json(&json!({"items": []})),
        )
        .on(
            "GET /apis",
            Answer::json(&json!({"kind": "APIGroupDiscoveryList", "items": []})),
        );
    let run = home.run_on(&server, &["explain-env", "web", "gone"]);
    assert_eq!((run.code, run.stdout.as_str()), (Some(4), ""), "{run:?}");
    let run = home.run_on(&server, &["explain-env", "-l", "app=none"]);
    let told = "error: no pods in namespace \"default\" match the selector\n";
    assert_eq!((run.code, run.stderr.as_str()), (Some(4), told));
}

/// Pods in two pages; the second one's list may have been forgotten meanwhile.
fn paged(second: Answer) -> ApiServer {
    let list = |names: &[&str], token: &str| {
        let items: Vec<Value> = names.iter().map(|name| pod(name)).collect();
        Answer::json(&json!({"metadata": {"continue": token}, "items": items}))
    };
    server(&[]).answering(
        "GET /api/v1/namespaces/default/pods?",
        move |request| match request.path.as_str() {
            path if path.contains("continue=a%2Fb") => second.clone(),
            path if path.contains("limit=500") => list(&["one"], "a/b"),
            _ => list(&["one", "two", "three"], ""),
        },
    )
}

#[test]
fn a_long_list_is_read_page_by_page() {
    let home = Home::new();
    let args = ["explain-env", "-l", "app=web", "-o", "json"];
    let second = Answer::json(&json!({"metadata": {}, "items": [pod("two")]}));
    let server = paged(second);
    let run = home.run_on(&server, &args);
    assert_eq!(names(&run.stdout), ["one", "two"], "{run:?}");
    let pages = server
        .requests()
        .into_iter()
        .filter(|r| r.path.contains("/pods?"));
    assert!(
        pages
            .clone()
            .all(|r| r.path.contains("labelSelector=app%3Dweb"))
    );
    assert_eq!(pages.count(), 2);
    // Pages that grew too old are asked for all at once.
    let run = home.run_on(&paged(Answer::refusal(410, "Expired", "too old")), &args);
    assert_eq!(names(&run.stdout), ["one", "two", "three"], "{run:?}");
}

#[test]
fn all_objects_of_a_type_are_explained_in_one_namespace_or_in_all() {
    let here = json!({"items": [pod("one"), pod("two")]});
    let mut other = pod("one");
    other["metadata"]["namespace"] = json!("team");
    let everywhere = json!({"items": [pod("one"), other]});
    let server = server(&[])
        .on("GET /api/v1/namespaces/default/pods?", Answer::json(&here))
        .on("GET /api/v1/pods?", Answer::json(&everywhere))
        .on(
            "GET /apis/batch/v1/namespaces/default/jobs?",
            Answer::json(&json!({"items": []})),
        )
        .on(
            "GET /apis/apps/v1/deployments?",
            Answer::json(&json!({"items": []})),
        );
    let explained = |words: &[&str]| {
        let args = [&["explain-env", "-o", "json"], words].concat();
        let run = Home::new().run_on(&server, &args);
        assert_eq!(run.code, Some(0), "{run:?}");
        let report: Value = serde_json::from_str(&run.stdout).unwrap();
        let items = report["items"].as_array().unwrap().clone();
        let shown = |item: &Value| {
            let text = |field: &str| item["target"][field].as_str().unwrap().to_owned();
            format!("{}/{}", text("namespace"), text("name"))
        };
        items.iter().map(shown).collect::<Vec<_>>()
    };
    let both = ["default/one", "default/two"];
    assert_eq!(explained(&["--all"]), both);
    assert_eq!(explained(&["pods,jobs", "--all"]), both);
    assert_eq!(
        explained(&["-A", "-l", "app=web"]),
        ["default/one", "team/one"]
    );
    assert_eq!(
        explained(&["-A", "--all", "-n", "elsewhere"]),
        ["default/one", "team/one"]
    );
    assert_eq!(
        explained(&["--field-selector", "status.phase=Running"]),
        both
    );
    let selected = "fieldSelector=status.phase%3DRunning";
    let asked = server.requests();
    assert!(asked.iter().any(|request| request.path.contains(selected)));
    let text = Home::new().run_on(&server, &["explain-env", "-A", "--all", "-c", "main"]);
    let headings = text.stdout.lines().filter(|line| line.starts_with("pod/"));
    let expected = [
        "pod/one in default, container main",
        "pod/one in team, container main",
    ];
    assert_eq!(headings.collect::<Vec<_>>(), expected, "{text:?}");
    for (words, message) in [
        (
            &["jobs", "--all"][..],
            "error: no jobs.batch in namespace \"default\"\n",
        ),
        (
            &["deploy", "-A", "-l", "a=b"],
            "error: no deployments.apps in any namespace match the selector\n",
        ),
    ] {
        let run = Home::new().run_on(&server, &[&["explain-env"], words].concat());
        assert_eq!(
            (run.code, run.stderr.as_str()),
            (Some(4), message),
            "{words:?}"
        );
    }
}

#[test]
fn flags_that_contradict_each_other_are_wrong_usage() {
    let names = "error: cannot combine names with `-l`, `--field-selector` or `--all`\n";
    for (words, message) in [
        (&["pods", "web", "-l", "a=b"][..], names),
        (&["pods", "web", "--all"], names),
        (
            &["pods", "--all", "-l", "a=b"],
            "error: cannot combine `--all` with `-l`\n",
        ),
        (
            &["web", "-A"],
            "error: a resource cannot be retrieved by name across all namespaces\n",
        ),
        (
            &["-f", "x.yaml", "-A"],
            "error: cannot combine `-f` with `-A`",
        ),
        (&["svc", "--all"], "error: a Service has no Pod template\n"),
        (
            &["--field-selector", "a"],
            "error: invalid field selector `a`: expected `=` or `!=` in `a`\n",
        ),
        (&["--offline", "web"], "error: `--offline` requires `-f`"),
    ] {
        let run = Home::new().run(&[&["explain-env"], words].concat());
        assert_eq!(run.code, Some(2), "{run:?}");
        assert!(run.stderr.starts_with(message), "{run:?}");
    }
}

//! Targets of files: all their objects, or those that names and selectors choose.

use serde_json::json;

use super::targets::{HOLD, on, widget, with_widgets};
use super::{LIST, WATCH, complete, list};
use crate::POD;
use crate::apiserver::{Answer, ApiServer};
use crate::support::Home;

#[test]
fn objects_of_files_are_waited_for() {
    let config = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings}\n";
    let custom = "apiVersion: example.com/v1\nkind: Widget\nmetadata: {name: one}\n";
    let other = "apiVersion: batch/v1\nkind: Job\nmetadata: {name: migrate, namespace: other}\n";
    let home = Home::with(&[
        ("all/a.yaml", &format!("{}---\n{config}", super::JOB)),
        ("all/b.yaml", &format!("{custom}---\n{POD}---\n{other}")),
        ("custom.yaml", custom),
        ("config.yaml", config),
    ]);
    let mut elsewhere = complete(1);
    elsewhere["metadata"]["namespace"] = "other".into();
    let server = ApiServer::new()
        .on("GET /api/v1/namespaces/default/pods?watch=1", HOLD())
        .on(
            "GET /api/v1/namespaces/default/pods?",
            list(1, &[json!({"metadata": {"name": "web", "uid": "w"}, "status": {"phase": "Succeeded"}})]),
        )
        .on("GET /apis/batch/v1/namespaces/other/jobs?watch=1", HOLD())
        .on("GET /apis/batch/v1/namespaces/other/jobs?", list(1, &[elsewhere]))
        .on(WATCH, HOLD())
        .on(LIST, list(1, &[complete(1)]));
    let server = with_widgets(server, &[widget("one", "True")]);
    let run = on(&server, &home, &["-f", "all", "-o", "name"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    assert_eq!(
        run.stdout, "job.batch/migrate\npod/web\njob.batch/migrate\n",
        "{run:?}"
    );
    assert!(
        run.stderr.contains("configmap/settings: nothing to wait for\n")
            && run.stderr.contains(
                "warning: not waiting for widget.example.com/one: Widget has no `done` state\nhelp: use --for=condition=NAME"
            ),
        "{run:?}"
    );
    assert!(
        run.stderr.contains("job/migrate in default is done: ")
            && run.stderr.contains("job/migrate in other is done: "),
        "{run:?}"
    );
    let run = on(&server, &home, &["-f", "custom.yaml", "--for=ready", "-q"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    home.write("all/deep/c.yaml", POD.replace("name: web", "name: deep"));
    let once = "--wait-for-creation=false";
    let run = on(&server, &home, &["-R", "-f", "all", "-q", once]);
    assert_eq!(run.code, Some(4), "{run:?}");
    assert!(
        run.stderr.contains("error: pod/deep does not exist\n"),
        "{run:?}"
    );
    for file in ["custom.yaml", "config.yaml"] {
        let run = on(&server, &home, &["-f", file]);
        assert_eq!(run.code, Some(1), "{run:?}");
        assert!(
            run.stderr
                .contains("error: no object to wait for in the input\nhelp: use --for"),
            "{run:?}"
        );
    }
}

#[test]
fn a_kind_of_a_file_that_the_server_does_not_have_is_an_error() {
    let home = Home::with(&[(
        "x.yaml",
        "apiVersion: no.example.com/v1\nkind: Nothing\nmetadata: {name: x}\n",
    )]);
    let server = ApiServer::new()
        .on("GET /apis/", Answer::refusal(404, "NotFound", "no"))
        .on("GET /apis", Answer::json(&json!({"groups": []})));
    let run = on(&server, &home, &["-f", "x.yaml", "--for=created"]);
    assert_eq!(run.code, Some(1), "{run:?}");
    assert!(
        run.stderr
            .contains("the server has no kind \"Nothing\" in \"no.example.com/v1\""),
        "{run:?}"
    );
}

#[test]
fn names_and_selectors_choose_among_the_objects_of_files() {
    let pods = "apiVersion: v1\nkind: List\nitems:\n\
        - {apiVersion: v1, kind: Pod, metadata: {name: web, labels: {app: web}}}\n\
        - {apiVersion: v1, kind: Pod, metadata: {name: db, labels: {app: db}, namespace: other}}\n\
        - {apiVersion: v1, kind: ConfigMap, metadata: {name: settings, labels: {app: web}}}\n";
    let home = Home::with(&[("all.yaml", &format!("{}---\n{pods}", super::JOB))]);
    let pod = |name: &str| json!({"metadata": {"name": name, "uid": name}, "status": {"phase": "Succeeded"}});
    let server = ApiServer::new()
        .on("GET /api/v1/namespaces/default/pods?watch=1", HOLD())
        .on(
            "GET /api/v1/namespaces/default/pods?",
            list(1, &[pod("web")]),
        )
        .on("GET /api/v1/namespaces/other/pods?watch=1", HOLD())
        .on("GET /api/v1/namespaces/other/pods?", list(1, &[pod("db")]))
        .on(WATCH, HOLD())
        .on(LIST, list(1, &[complete(1)]));
    let run = |words: &[&str]| {
        let args = [&["wait", "-f", "all.yaml", "-o", "name"], words].concat();
        home.run_on(&server, &args)
    };
    for (words, names) in [
        (&["web"][..], "pod/web\n"),
        (&["job/migrate", "pod/db"], "job.batch/migrate\npod/db\n"),
        (&["jobs", "migrate"], "job.batch/migrate\n"),
        (&["web", "db"], "pod/web\npod/db\n"),
        (&["-l", "app=web"], "pod/web\n"),
        (&["-l", "app in (web,db)"], "pod/web\npod/db\n"),
        (&["pods", "--all"], "pod/web\npod/db\n"),
        (
            &["--field-selector", "metadata.namespace=other"],
            "pod/db\n",
        ),
        (&["db", "-n", "other"], "pod/db\n"),
    ] {
        let run = run(words);
        assert_eq!(
            (run.code, run.stdout.as_str()),
            (Some(0), names),
            "{words:?} {run:?}"
        );
    }
    // A selector without a TYPE passes over what has no end, and says which object it cannot judge.
    let left = run(&["--field-selector", "spec.restartPolicy!=Never"]);
    let told = "warning: 2 objects left out: without the fields that --field-selector compares\n";
    assert!(left.stderr.contains(told), "{left:?}");
    for (words, code, message) in [
        (
            &["settings"][..],
            4,
            "error: pods \"settings\" not found in the input\n",
        ),
        (&["cm/settings", "web"], 2, "error: "),
        (
            &[
                "-l",
                "app=db",
                "--field-selector",
                "status.phase=Running",
                "-n",
                "default",
            ],
            4,
            "error: no objects in namespace \"default\" of the input match the selector\n",
        ),
        (
            &["gone"],
            4,
            "error: pods \"gone\" not found in the input\n",
        ),
        (
            &["-l", "a=b"],
            4,
            "error: no objects in the input match the selector\n",
        ),
        (
            &["web", "db", "-l", "a=b"],
            2,
            "error: cannot combine names with `-l`",
        ),
        (&["--all", "-A"], 2, "error: cannot combine `-f` with `-A`"),
        (
            &["configmap/settings"],
            2,
            "error: `--for=done` does not apply to a ConfigMap\n",
        ),
    ] {
        let run = run(words);
        assert_eq!(run.code, Some(code), "{run:?}");
        assert!(run.stderr.starts_with(message), "{run:?}");
    }
}

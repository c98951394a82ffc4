//! Targets of all namespaces.

use serde_json::{Value, json};

use super::{finished, list};
use crate::apiserver::{Answer, ApiServer, Then};
use crate::support::{Home, Run};

pub(super) fn holding() -> Answer {
    Answer::watch(&[], Then::Hold)
}

pub(super) fn job_in(namespace: &str, name: &str, status: &Value) -> Value {
    json!({"metadata": {"name": name, "namespace": namespace, "uid": format!("{namespace}-{name}"), "resourceVersion": "1"},
           "spec": {"completions": 2}, "status": status})
}

pub(super) fn done() -> Value {
    finished("Complete", "CompletionsReached")
}

/// Jobs of all namespaces.
fn everywhere(jobs: &[Value]) -> ApiServer {
    ApiServer::new()
        .on("GET /apis/batch/v1/jobs?watch", holding())
        .on("GET /apis/batch/v1/jobs?", list(1, jobs))
        .on("GET /api/v1/pods?watch", holding())
        .on("GET /api/v1/pods?", list(1, &[]))
        .on("GET /api/v1/events?watch", holding())
        .on("GET /api/v1/events?", list(1, &[]))
}

pub(super) fn on(server: &ApiServer, args: &[&str]) -> Run {
    Home::new().run_on(server, &[&["wait"], args].concat())
}

/// Returns the number of lists and watches of each collection, as `LISTS WATCHES PATH`.
pub(super) fn asked(server: &ApiServer) -> Vec<String> {
    let requests = server.requests();
    let path = |path: &str| path.split('?').next().unwrap_or("").to_owned();
    let mut paths: Vec<String> = requests.iter().map(|r| path(&r.path)).collect();
    paths.retain(|path| path != "/version" && !path.ends_with("/apis"));
    paths.sort();
    paths.dedup();
    let count = |of: &str, watch: bool| {
        let of = requests.iter().filter(|r| path(&r.path) == of);
        of.filter(|r| r.path.contains("watch=1") == watch).count()
    };
    let counts = paths.iter();
    let counts = counts.map(|of| format!("{} {} {of}", count(of, false), count(of, true)));
    counts.collect()
}

#[test]
fn equal_names_of_several_namespaces_are_distinguished() {
    let failed = finished("Failed", "DeadlineExceeded");
    let jobs = [
        job_in("team-a", "migrate", &done()),
        job_in("team-b", "migrate", &failed),
        job_in("team-b", "other", &done()),
    ];
    for all in [
        &["-A"][..],
        &["--all-namespaces"],
        &["-A", "-n", "elsewhere"],
    ] {
        let server = everywhere(&jobs);
        let run = on(
            &server,
            &[&["jobs", "-l", "a=b", "-o", "json"], all].concat(),
        );
        assert_eq!(run.code, Some(1), "{run:?}");
        for said in [
            "job/migrate in team-a is done: ",
            "error: job/migrate in team-b failed: ",
            "job/other in team-b is done: ",
        ] {
            assert!(run.stderr.contains(said), "{said}: {run:?}");
        }
        let report: Value = serde_json::from_str(&run.stdout).unwrap();
        let items = report["items"].as_array().unwrap().iter();
        let of = |item: &Value| {
            let text = |pointer: &str| item.pointer(pointer).unwrap().as_str().unwrap().to_owned();
            [
                text("/target/namespace"),
                text("/target/name"),
                text("/outcome"),
            ]
            .join(" ")
        };
        let items: Vec<String> = items.map(of).collect();
        assert_eq!(
            items,
            [
                "team-a migrate succeeded",
                "team-b migrate failed",
                "team-b other succeeded"
            ]
        );
        assert_eq!(
            asked(&server)[1..],
            [
                "1 1 /api/v1/pods".to_owned(),
                "1 1 /apis/batch/v1/jobs".to_owned()
            ],
            "{:?}",
            server.asked()
        );
    }
}

#[test]
fn a_target_that_no_longer_matches_is_looked_up_in_its_own_namespace() {
    let gone = |namespace: &str| {
        json!({"type": "DELETED", "object": {"apiVersion": "batch/v1", "kind": "Job",
            "metadata": {"name": "migrate", "namespace": namespace, "uid": format!("{namespace}-migrate"), "resourceVersion": "2"}}})
    };
    let jobs = [
        job_in("team-a", "migrate", &json!({"active": 2})),
        job_in("team-b", "migrate", &done()),
    ];
    let server = ApiServer::new()
        .on(
            "GET /apis/batch/v1/jobs?watch",
            Answer::watch(&[gone("team-a")], Then::Hold),
        )
        .on(
            "GET /apis/batch/v1/namespaces/team-a/jobs?",
            list(
                2,
                &[job_in(
                    "team-a",
                    "migrate",
                    &finished("Failed", "DeadlineExceeded"),
                )],
            ),
        )
        .on("GET /apis/batch/v1/jobs?", list(1, &jobs))
        .on("GET /api/v1/", list(1, &[]));
    let run = on(&server, &["jobs", "-l", "a=b", "-A", "--timeout=20s"]);
    assert_eq!(run.code, Some(1), "{run:?}");
    assert!(
        run.stderr.contains("error: job/migrate in team-a failed: "),
        "{run:?}"
    );
}

#[test]
fn rm_deletes_targets_of_all_namespaces_each_in_its_own() {
    let server = everywhere(&[
        job_in("team-a", "migrate", &done()),
        job_in("team-b", "migrate", &done()),
    ])
    .on(
        "DELETE /apis/batch/v1/namespaces/",
        Answer::json(&json!({"kind": "Status", "apiVersion": "v1", "status": "Success"})),
    );
    let run = on(&server, &["jobs", "--all", "-A", "--rm"]);
    let deleted = server
        .asked()
        .into_iter()
        .filter(|asked| asked.starts_with("DELETE"));
    assert_eq!(
        deleted.collect::<Vec<_>>(),
        ["team-a", "team-b"].map(|n| format!("DELETE /apis/batch/v1/namespaces/{n}/jobs/migrate")),
        "{run:?}"
    );
}

#[test]
fn a_name_is_of_one_namespace() {
    let server = ApiServer::new();
    let names = "error: a resource cannot be retrieved by name across all namespaces\nhelp: use `-A` with `-l`, `--field-selector` or `--all`\n";
    let file = Home::with(&[("x.yaml", super::JOB)]);
    for (args, said) in [
        (&["job/migrate", "-A"][..], names),
        (&["migrate", "--all-namespaces"], names),
        (&["jobs", "migrate", "other", "-A"], names),
        (
            &["-f", "x.yaml", "-A"],
            "error: cannot combine `-f` with `-A`",
        ),
    ] {
        let run = file.run_on(&server, &[&["wait"], args].concat());
        assert_eq!(run.code, Some(2), "{run:?}");
        assert!(run.stderr.starts_with(said), "{run:?}");
    }
    assert!(server.asked().is_empty());
}

#[test]
fn a_forbidden_list_of_all_namespaces_names_the_allowed_one() {
    let server = ApiServer::new().on("GET /", Answer::refusal(403, "Forbidden", "no"));
    let run = on(&server, &["pods", "--all", "-A", "--timeout=20s"]);
    assert_eq!(run.code, Some(3), "{run:?}");
    assert!(
        run.stderr.contains("list pods in all namespaces"),
        "{run:?}"
    );
}

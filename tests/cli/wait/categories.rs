//! Categories and several types: one list and one watch for each type.

use serde_json::{Value, json};

use super::everywhere::{asked, done, holding, job_in, on};
use super::{finished, list};
use crate::apiserver::{Answer, ApiServer, Request, Then};

/// The groups of a server that has types of the category `all` and of `tools`.
fn groups() -> Answer {
    let of = |resource: &str, kind: &str, categories: &[&str]| {
        json!({"resource": resource, "responseKind": {"kind": kind}, "scope": "Namespaced",
               "singularResource": kind.to_lowercase(), "categories": categories})
    };
    Answer::json(&json!({"kind": "APIGroupDiscoveryList", "items": [
        {"metadata": {"name": "apps"}, "versions": [{"version": "v1", "resources": [of("deployments", "Deployment", &["all"])]}]},
        {"metadata": {"name": "batch"}, "versions": [{"version": "v1", "resources": [
            of("jobs", "Job", &["all"]), of("cronjobs", "CronJob", &["all"]),
        ]}]},
        {"metadata": {"name": "example.com"}, "versions": [{"version": "v1", "resources": [
            of("widgets", "Widget", &["tools"]), of("gears", "Gear", &["tools"]),
        ]}]},
    ]}))
}

fn with_categories() -> ApiServer {
    let ready = json!({"metadata": {"name": "x", "uid": "x", "resourceVersion": "1"}, "status": {"conditions": [{"type": "Ready", "status": "True"}]}});
    let home = "/namespaces/default";
    [
        "api/v1",
        "apis/apps/v1",
        "apis/example.com/v1",
        "apis/batch/v1",
    ]
    .into_iter()
    .fold(ApiServer::new(), |server, group| {
        [
            "pods",
            "replicationcontrollers",
            "services",
            "deployments",
            "widgets",
            "gears",
            "jobs",
            "events",
        ]
        .into_iter()
        .fold(server, |server, plural| {
            let path = format!("GET /{group}{home}/{plural}?");
            let items = match plural {
                "jobs" => vec![job_in("default", "migrate", &done())],
                "widgets" | "gears" => vec![ready.clone()],
                _ => Vec::new(),
            };
            server
                .on(&format!("{path}watch"), holding())
                .on(&path, list(1, &items))
        })
    })
    .on("GET /apis", groups())
}

#[test]
fn a_category_is_all_types_that_are_of_it() {
    let server = with_categories();
    let run = on(&server, &["all", "-l", "app=x", "-n", "default"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    assert!(
        run.stderr
            .contains("nothing to wait for: services, cronjobs.batch\n"),
        "{run:?}"
    );
    assert!(run.stderr.contains("job/migrate is done: "), "{run:?}");
    let requests = server.requests();
    let listed = |of: &str| {
        requests
            .iter()
            .any(|r| r.path.contains(of) && r.path.contains("labelSelector=app%3Dx"))
    };
    // The Pods that others make need not have the label, and come by the same list.
    let pods = |r: &&Request| r.path.contains("/pods?limit");
    let pods: Vec<&Request> = requests.iter().filter(pods).collect();
    assert!(pods.len() == 1 && !pods[0].path.contains("labelSelector"));
    for of in [
        "/replicationcontrollers?limit",
        "/deployments?limit",
        "/jobs?limit",
    ] {
        assert!(listed(of), "{of}: {:?}", server.asked());
    }
    assert!(!listed("/services?"), "{:?}", server.asked());
    let of_groups = server
        .asked()
        .iter()
        .filter(|asked| *asked == "GET /apis")
        .count();
    assert_eq!(of_groups, 1, "discovery is long");
    // A category of custom resources, beside one that names one of its types again.
    let server = with_categories();
    let run = on(
        &server,
        &["tools,widgets", "--all", "--for=ready", "-n", "default"],
    );
    assert_eq!(run.code, Some(0), "{run:?}");
    let run = on(
        &server,
        &[
            "tools,jobs",
            "--all",
            "--for=created",
            "-n",
            "default",
            "-o",
            "name",
        ],
    );
    let mut names: Vec<&str> = run.stdout.lines().collect();
    names.sort_unstable();
    assert_eq!(
        names,
        [
            "gear.example.com/x",
            "job.batch/migrate",
            "widget.example.com/x"
        ],
        "{run:?}"
    );
    // A category is no type of what has a name.
    let run = on(&server, &["tools/x", "--for=ready", "-n", "default"]);
    assert_eq!(
        (run.code, run.stderr.lines().last()),
        (
            Some(2),
            Some("help: use `-l`, `--field-selector` or `--all`")
        ),
        "{run:?}"
    );
}

/// Pods that are targets, and those of the Jobs beside them.
fn pods_and_jobs(pods: &[Value], events: &[Value]) -> ApiServer {
    let home = "GET /api/v1/namespaces/default";
    let failed = finished("Failed", "BackoffLimitExceeded");
    let mut job = job_in("default", "migrate", &failed);
    job["metadata"]["labels"] = json!({"a": "b"});
    ApiServer::new()
        .on(super::WATCH, holding())
        .on(super::LIST, list(1, &[job]))
        .on(
            &format!("{home}/pods?watch"),
            Answer::watch(events, Then::Hold),
        )
        .on(&format!("{home}/pods?"), list(1, pods))
        .on(&format!("{home}/events?watch"), holding())
        .on(&format!("{home}/events?"), list(1, &[]))
}

fn pod(name: &str, label: &str, status: &Value) -> Value {
    json!({"apiVersion": "v1", "kind": "Pod",
        "metadata": {"name": name, "namespace": "default", "uid": name, "resourceVersion": "2", "labels": {"a": label}},
        "spec": {"restartPolicy": "Never"}, "status": status})
}

#[test]
fn several_types_have_one_list_and_one_watch_each() {
    // The Pod of the Job does not have the label, and tells why the Job failed.
    let ended = json!({"exitCode": 3});
    let status = json!({"phase": "Failed", "containerStatuses": [{"name": "main", "state": {"terminated": ended}}]});
    let mut of_job = pod("migrate-x", "none", &status);
    let owner = json!({"apiVersion": "batch/v1", "kind": "Job", "name": "migrate", "uid": "default-migrate", "controller": true});
    of_job["metadata"]["ownerReferences"] = json!([owner]);
    let running = pod("web", "b", &json!({"phase": "Running"}));
    let event =
        json!({"type": "MODIFIED", "object": pod("web", "b", &json!({"phase": "Succeeded"}))});
    let other = pod("other", "c", &json!({"phase": "Running"}));
    for (chosen, names) in [
        (&["-l", "a=b"][..], "job.batch/migrate pod/web"),
        (&["-l", "a in (b)"], "job.batch/migrate pod/web"),
        (&["--all"], "job.batch/migrate pod/migrate-x pod/web"),
    ] {
        let mut there = vec![of_job.clone(), running.clone()];
        if chosen[0] == "-l" {
            there.push(other.clone());
        }
        let server = pods_and_jobs(&there, std::slice::from_ref(&event));
        let args = ["jobs,pods", "-n", "default", "--timeout=30s", "-o", "json"];
        let run = on(&server, &[&args[..], chosen].concat());
        assert_eq!(run.code, Some(1), "{run:?}");
        let said = "error: job/migrate failed: BackoffLimitExceeded: pod migrate-x, container main exited 3";
        assert!(run.stderr.contains(said), "{run:?}");
        let report: Value = serde_json::from_str(&run.stdout).unwrap();
        let name = |item: &Value| {
            let text = |pointer: &str| item.pointer(pointer).unwrap().as_str().unwrap().to_owned();
            let kind = text("/target/kind")
                .to_lowercase()
                .replace("job", "job.batch");
            format!("{kind}/{}", text("/target/name"))
        };
        let items = report["items"].as_array().unwrap();
        let mut found: Vec<String> = items.iter().map(name).collect();
        found.sort();
        assert_eq!(found.join(" "), names, "{run:?}");
        let counted = asked(&server);
        for of in [
            "1 1 /api/v1/namespaces/default/pods",
            "1 1 /apis/batch/v1/namespaces/default/jobs",
        ] {
            assert!(counted.iter().any(|line| line == of), "{counted:?}");
        }
    }
}

/// The shared list also has objects that were not selected.
#[test]
fn only_selected_objects_of_a_shared_list_are_deleted() {
    let pods = [
        pod("web", "b", &json!({"phase": "Succeeded"})),
        pod("other", "c", &json!({"phase": "Succeeded"})),
    ];
    let status = json!({"kind": "Status", "apiVersion": "v1", "status": "Success"});
    let server = pods_and_jobs(&pods, &[]).on("DELETE /api", Answer::json(&status));
    let args = [
        "jobs,pods",
        "-l",
        "a=b",
        "-n",
        "default",
        "--timeout=30s",
        "--rm",
    ];
    let run = on(&server, &args);
    assert_eq!(run.code, Some(1), "{run:?}");
    let deleted = server.asked().into_iter();
    let mut deleted: Vec<String> = deleted.filter(|a| a.starts_with("DELETE")).collect();
    deleted.sort();
    assert_eq!(
        deleted,
        [
            "DELETE /api/v1/namespaces/default/pods/web",
            "DELETE /apis/batch/v1/namespaces/default/jobs/migrate",
        ],
        "{run:?}"
    );
}

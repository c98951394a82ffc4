//! `--wait` on `create` and `apply`, and `wait`: against a scripted API server
//! that behaves well or badly.

use std::process::Stdio;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use snapbox::{assert_data_eq, str};

use crate::POD;
use crate::apiserver::{Answer, ApiServer, Then};
use crate::support::{Home, Run, interrupted};

const JOB: &str = "\
apiVersion: batch/v1
kind: Job
metadata: {name: migrate}
spec:
  completions: 2
  template:
    spec:
      restartPolicy: Never
      containers: [{name: c, image: i}]
";
const UID: &str = "11111111-2222-3333-4444-555555555555";
const ONE: &str = "GET /apis/batch/v1/namespaces/default/jobs/migrate";
const LIST: &str = "GET /apis/batch/v1/namespaces/default/jobs?limit";
const WATCH: &str = "GET /apis/batch/v1/namespaces/default/jobs?watch=1";

fn job(version: u32, status: &Value) -> Value {
    json!({
        "apiVersion": "batch/v1", "kind": "Job",
        "metadata": {"name": "migrate", "namespace": "default", "uid": UID, "resourceVersion": version.to_string()},
        "spec": {"completions": 2, "backoffLimit": 6}, "status": status,
    })
}

/// The list that holds these.
fn list(version: u32, jobs: &[Value]) -> Answer {
    Answer::json(&json!({
        "kind": "JobList", "metadata": {"resourceVersion": version.to_string()}, "items": jobs,
    }))
}

fn running(version: u32) -> Answer {
    list(version, &[job(version, &json!({"active": 2}))])
}

fn event(kind: &str, object: &Value) -> Value {
    json!({"type": kind, "object": object})
}

fn finished(kind: &str, reason: &str) -> Value {
    json!({"conditions": [{"type": kind, "status": "True", "reason": reason, "message": "said so"}]})
}

fn complete(version: u32) -> Value {
    job(version, &finished("Complete", "CompletionsReached"))
}

fn too_old() -> Value {
    json!({"type": "ERROR", "object": {"kind": "Status", "code": 410, "reason": "Expired", "message": "too old resource version"}})
}

fn bookmark(version: u32) -> Value {
    event(
        "BOOKMARK",
        &json!({"kind": "Job", "metadata": {"resourceVersion": version.to_string()}}),
    )
}

/// `create --wait`.
fn create(server: &ApiServer, more: &[&str]) -> Run {
    let home = Home::with(&[("job.yaml", JOB)]);
    home.run_on(
        server,
        &[&["create", "-f", "job.yaml", "--wait"], more].concat(),
    )
}

/// `wait job/migrate`.
fn wait(server: &ApiServer, more: &[&str]) -> Run {
    Home::new().run_on(
        server,
        &[&["wait", "job/migrate", "-n", "default"], more].concat(),
    )
}

/// How often the Jobs were listed and watched.
fn asked(server: &ApiServer) -> (usize, usize) {
    let requests = server.requests();
    let of_jobs = requests
        .iter()
        .filter(|r| r.method == "GET" && r.path.contains("/jobs?"));
    let watched = of_jobs
        .clone()
        .filter(|r| r.path.contains("watch=1"))
        .count();
    (of_jobs.count() - watched, watched)
}

fn ends_well(run: &Run) {
    assert_eq!(run.code, Some(0), "{run:?}");
    assert!(
        run.stderr
            .ends_with("job/migrate is done: CompletionsReached: said so\n"),
        "{run:?}"
    );
}

#[test]
fn a_job_is_followed_to_its_completion() {
    let events = [
        event("MODIFIED", &job(2, &json!({"active": 2}))),
        bookmark(3),
        event("MODIFIED", &job(4, &json!({"active": 1, "succeeded": 1}))),
        event("MODIFIED", &complete(5)),
    ];
    let server = ApiServer::new()
        .storing()
        .on(WATCH, Answer::watch(&events, Then::Hold))
        .on(LIST, list(1, &[job(1, &json!({}))]));
    assert_data_eq!(
        create(&server, &[]).all(),
        str![[r#"
exit code 0
--- stdout
job.batch/migrate created
--- stderr
job/migrate: Running: 0 of 2 succeeded
job/migrate: Running: 0 of 2 succeeded, 2 active
job/migrate: Running: 1 of 2 succeeded, 1 active
job/migrate is done: CompletionsReached: said so

"#]]
    );
    assert_eq!(asked(&server), (1, 1));
    let requests = server.requests();
    let watch = requests
        .iter()
        .find(|r| r.path.contains("jobs?watch=1"))
        .unwrap();
    assert!(
        watch
            .path
            .ends_with("resourceVersion=1&fieldSelector=metadata.name%3Dmigrate"),
        "{watch:?}"
    );
    let quiet = create(&server, &["-q"]);
    assert_eq!(
        (quiet.code, quiet.stderr.as_str()),
        (Some(0), ""),
        "{quiet:?}"
    );
}

#[test]
fn a_job_that_fails_is_exit_code_1_and_says_who_is_to_blame() {
    let failed = job(
        2,
        &json!({"failed": 7, "conditions": [{"type": "Failed", "status": "True", "reason": "BackoffLimitExceeded"}]}),
    );
    let pod = json!({
        "metadata": {"name": "migrate-x7k2p", "uid": "p", "ownerReferences": [{"kind": "Job", "uid": UID}]},
        "spec": {"restartPolicy": "Never"},
        "status": {"phase": "Failed", "containerStatuses": [{"name": "c", "state": {"terminated": {"exitCode": 3}}}]},
    });
    let server = ApiServer::new()
        .storing()
        .on(
            "GET /api/v1/namespaces/default/pods/migrate-x7k2p/log",
            Answer::text(200, "one\nno such table\n"),
        )
        .on(
            "GET /api/v1/namespaces/default/pods?limit",
            Answer::json(&json!({"metadata": {"resourceVersion": "1"}, "items": [pod]})),
        )
        .on(LIST, list(2, &[failed]));
    assert_data_eq!(
        create(&server, &[]).all(),
        str![[r#"
exit code 1
--- stdout
job.batch/migrate created
--- stderr
error: job/migrate failed: BackoffLimitExceeded: pod migrate-x7k2p, container c exited 3 (7 of 7 attempts); last lines: one | no such table

"#]]
    );
    let names = wait(&server, &["-o", "name"]);
    assert_eq!(
        (names.code, names.stdout.as_str()),
        (Some(1), ""),
        "{names:?}"
    );
    let report: Value = serde_json::from_str(&wait(&server, &["-o", "json"]).stdout).unwrap();
    let item = &report["items"][0];
    assert_eq!(
        (
            &report["kind"],
            &item["verdict"],
            &item["outcome"],
            &item["reason"]
        ),
        (
            &json!("WaitReport"),
            &json!("no"),
            &json!("failed"),
            &json!("BackoffLimitExceeded")
        )
    );
    assert_eq!(
        item["pods"],
        json!([{"name": "migrate-x7k2p", "phase": "Failed", "containers": [{"name": "c", "exitCode": 3}]}])
    );
}

#[test]
fn a_job_that_is_deleted_is_exit_code_4() {
    let events = [event("DELETED", &job(3, &json!({})))];
    let server = ApiServer::new()
        .storing()
        .on(WATCH, Answer::watch(&events, Then::Hold))
        .on(LIST, list(1, &[job(1, &json!({}))]));
    assert_data_eq!(
        create(&server, &[]).all(),
        str![[r#"
exit code 4
--- stdout
job.batch/migrate created
--- stderr
job/migrate: Running: 0 of 2 succeeded
error: job/migrate was deleted while waiting

"#]]
    );
    let gone = ApiServer::new().storing().on(LIST, list(1, &[]));
    assert_eq!(create(&gone, &[]).code, Some(4));
    let run = wait(&gone, &["--timeout", "9s"]);
    assert_data_eq!(
        run.all(),
        str![[r#"
exit code 4
--- stderr
error: job/migrate does not exist

"#]]
    );
}

#[test]
fn another_job_of_the_same_name_is_not_ours() {
    let mut other = complete(7);
    other["metadata"]["uid"] = "another".into();
    let server = ApiServer::new().storing().on(LIST, list(7, &[other]));
    let run = create(&server, &[]);
    assert_eq!(run.code, Some(4), "{run:?}");
}

#[test]
fn the_time_out_is_exit_code_124_and_says_how_far_it_came() {
    let server = ApiServer::new()
        .storing()
        .on(WATCH, Answer::watch(&[], Then::Hold))
        .on(
            LIST,
            list(1, &[job(1, &json!({"active": 1, "succeeded": 1}))]),
        );
    let began = Instant::now();
    assert_data_eq!(
        create(&server, &["--timeout", "1s"]).all(),
        str![[r#"
exit code 124
--- stdout
job.batch/migrate created
--- stderr
job/migrate: Running: 1 of 2 succeeded, 1 active
error: job/migrate: timed out: Running: 1 of 2 succeeded, 1 active

"#]]
    );
    assert!(began.elapsed() < Duration::from_secs(10));
    let looks = asked(&server);
    let once = wait(&server, &["--timeout", "0"]);
    assert_eq!(once.code, Some(124), "{once:?}");
    assert_eq!(
        asked(&server),
        (looks.0 + 1, looks.1),
        "one look, and no watch"
    );
}

#[test]
fn an_end_in_a_gap_between_two_watches_is_not_missed() {
    let server = ApiServer::new()
        .once(WATCH, Answer::watch(&[too_old()], Then::Hold))
        .once(
            WATCH,
            Answer::refusal(410, "Expired", "too old resource version"),
        )
        .once(LIST, running(1))
        .once(LIST, running(3))
        .on(LIST, list(9, &[complete(9)]));
    ends_well(&wait(&server, &[]));
    // One more watch may begin before the end has gone through.
    let (lists, watches) = asked(&server);
    assert!(lists == 3 && watches <= 3, "{lists} {watches}");
}

#[test]
fn a_deletion_in_a_gap_is_found_by_the_next_list() {
    let server = ApiServer::new()
        .on(WATCH, Answer::watch(&[bookmark(2), too_old()], Then::Hold))
        .once(LIST, running(1))
        .on(LIST, list(9, &[]));
    let run = wait(&server, &[]);
    assert_eq!(run.code, Some(4), "{run:?}");
}

#[test]
fn a_server_that_always_says_410_is_not_asked_without_end() {
    let server = ApiServer::new()
        .on(
            WATCH,
            Answer::refusal(410, "Expired", "too old resource version"),
        )
        .on(LIST, running(1));
    let run = wait(&server, &["--timeout", "6s"]);
    assert_eq!(run.code, Some(124), "{run:?}");
    let (lists, watches) = asked(&server);
    assert!(
        (2..12).contains(&lists) && watches <= lists,
        "{lists} {watches}"
    );
}

#[test]
fn a_watch_that_is_closed_every_time_misses_nothing_and_does_not_spin() {
    let server = ApiServer::new()
        .once(WATCH, Answer::watch(&[bookmark(2)], Then::End))
        .once(WATCH, Answer::watch(&[], Then::End))
        .once(
            WATCH,
            Answer::watch(
                &[event("MODIFIED", &job(3, &json!({"succeeded": 1})))],
                Then::End,
            ),
        )
        .once(WATCH, Answer::watch(&[], Then::End))
        .once(
            WATCH,
            Answer::watch(&[event("MODIFIED", &complete(4))], Then::End),
        )
        .on(LIST, running(1));
    ends_well(&wait(&server, &[]));
    let versions: Vec<String> = server
        .requests()
        .iter()
        .filter(|r| r.path.contains("jobs?watch=1"))
        .map(|r| {
            r.path
                .split("resourceVersion=")
                .nth(1)
                .unwrap()
                .split('&')
                .next()
                .unwrap()
                .to_owned()
        })
        .collect();
    assert_eq!(
        versions,
        ["1", "2", "2", "3", "3"],
        "each goes on where the last one ended"
    );
    let server = ApiServer::new()
        .on(WATCH, Answer::watch(&[], Then::End))
        .on(LIST, running(1));
    assert_eq!(wait(&server, &["--timeout", "5s"]).code, Some(124));
    let (lists, watches) = asked(&server);
    assert!(
        lists == 1 && (2..12).contains(&watches),
        "{lists} {watches}"
    );
}

#[test]
fn bookmarks_alone_are_no_reason_to_end_or_to_ask() {
    let bookmarks: Vec<Value> = (2..40).map(bookmark).collect();
    let server = ApiServer::new()
        .on(WATCH, Answer::watch(&bookmarks, Then::Hold))
        .on(LIST, running(1));
    assert_eq!(wait(&server, &["--timeout", "3s"]).code, Some(124));
    assert_eq!(asked(&server), (1, 1));
}

#[test]
fn half_a_line_of_json_is_looked_at_again() {
    let half = Answer::raw_watch(&["{\"type\": \"MODIFIED\", \"obj"], Then::End);
    let server = ApiServer::new()
        .once(WATCH, half)
        .once(LIST, running(1))
        .on(LIST, list(9, &[complete(9)]));
    ends_well(&wait(&server, &[]));
    let half = list(1, &[complete(1)]).half();
    let server = ApiServer::new()
        .once(LIST, half)
        .on(LIST, list(9, &[complete(9)]));
    ends_well(&wait(&server, &[]));
}

#[test]
fn a_server_that_is_unwell_for_a_while_is_waited_for() {
    let unwell = || Answer::refusal(500, "InternalError", "etcd leader changed");
    let later = Answer::refusal(429, "TooManyRequests", "later").header("retry-after", "1");
    let server = ApiServer::new()
        .once(WATCH, unwell())
        .once(WATCH, later.clone())
        .once(LIST, later)
        .once(LIST, unwell())
        .once(LIST, Answer::closed())
        .once(LIST, running(1))
        .once(LIST, unwell())
        .once(LIST, running(1))
        .on(LIST, list(9, &[complete(9)]));
    let run = wait(&server, &[]);
    ends_well(&run);
    assert!(
        run.stderr.contains("etcd leader changed; trying again"),
        "{run:?}"
    );
    assert!(run.stderr.contains("the server answers again"), "{run:?}");
}

#[test]
fn a_server_that_is_unwell_from_the_beginning_is_exit_code_3() {
    let server = ApiServer::new().on(LIST, Answer::refusal(500, "InternalError", "no etcd"));
    let run = wait(&server, &[]);
    assert_eq!(run.code, Some(3), "{run:?}");
    let (lists, _) = asked(&server);
    assert!((2..10).contains(&lists), "{lists}");
}

#[test]
fn credentials_that_are_refused_while_waiting_are_exit_code_3() {
    let refused = Answer::refusal(401, "Unauthorized", "Unauthorized");
    let server = ApiServer::new()
        .once(WATCH, Answer::watch(&[bookmark(2)], Then::End))
        .on(WATCH, refused.clone())
        .once(LIST, running(1))
        .on(LIST, refused);
    let run = wait(&server, &[]);
    assert_eq!(run.code, Some(3), "{run:?}");
    assert!(run.stderr.contains("credentials"), "{run:?}");
}

#[test]
fn who_may_not_watch_looks_again_and_again() {
    let forbidden = Answer::refusal(403, "Forbidden", "cannot watch resource \"jobs\"");
    let server = ApiServer::new()
        .on(WATCH, forbidden)
        .once(LIST, running(1))
        .once(LIST, running(2))
        .on(LIST, list(9, &[complete(9)]));
    let run = wait(&server, &[]);
    ends_well(&run);
    assert!(
        run.stderr
            .contains("watching jobs.batch is not allowed: looking every 2 s instead"),
        "{run:?}"
    );
    assert_eq!(asked(&server), (3, 1));
}

#[test]
fn who_may_only_get_looks_at_each_object() {
    let forbidden = Answer::refusal(403, "Forbidden", "cannot list resource \"jobs\"");
    let server = ApiServer::new()
        .on(LIST, forbidden.clone())
        .once(ONE, Answer::json(&job(1, &json!({}))))
        .on(ONE, Answer::json(&complete(9)));
    ends_well(&wait(&server, &[]));
    let nothing = ApiServer::new()
        .on(LIST, forbidden.clone())
        .on(ONE, forbidden);
    let run = wait(&nothing, &[]);
    assert_eq!(run.code, Some(3), "{run:?}");
    assert!(
        run.stderr
            .contains("error: not allowed to get jobs.batch \"migrate\""),
        "{run:?}"
    );
}

#[test]
fn with_poll_nothing_is_watched() {
    let server = ApiServer::new()
        .once(LIST, running(1))
        .on(LIST, list(9, &[complete(9)]));
    ends_well(&wait(&server, &["--poll", "200ms"]));
    assert_eq!(asked(&server), (2, 0));
}

#[test]
fn a_silent_server_does_not_outlast_the_time_out() {
    let server = ApiServer::new().on(LIST, Answer::silent());
    let began = Instant::now();
    let run = wait(&server, &["--timeout", "2s"]);
    assert_eq!(run.code, Some(124), "{run:?}");
    assert!(began.elapsed() < Duration::from_secs(10));
    let server = ApiServer::new().on(LIST, Answer::silent());
    assert_eq!(wait(&server, &["--request-timeout", "1s"]).code, Some(3));
}

#[test]
fn a_version_that_goes_backwards_is_no_end() {
    let events = [
        event("MODIFIED", &job(90, &json!({"succeeded": 1}))),
        event("MODIFIED", &job(5, &json!({"active": 2}))),
        event("MODIFIED", &complete(7)),
    ];
    let server = ApiServer::new()
        .on(WATCH, Answer::watch(&events, Then::Hold))
        .on(LIST, running(80));
    ends_well(&wait(&server, &[]));
}

#[test]
fn objects_of_ten_megabytes_go_through() {
    let large = |mut job: Value| {
        job["metadata"]["annotations"] = json!({"large": "x".repeat(10 << 20)});
        job
    };
    let events = [
        event("MODIFIED", &large(job(2, &json!({"active": 1})))),
        event("MODIFIED", &large(complete(3))),
    ];
    let server = ApiServer::new()
        .on(WATCH, Answer::watch(&events, Then::Hold))
        .on(LIST, list(1, &[large(job(1, &json!({})))]));
    ends_well(&wait(&server, &[]));
}

#[test]
fn a_wrong_condition_shows_its_place_and_what_there_is() {
    let server = ApiServer::new();
    let run = wait(&server, &["--for=condition="]);
    assert_eq!(run.code, Some(2), "{run:?}");
    assert!(
        run.stderr
            .contains("--for=condition=\n                ^ position 11"),
        "{run:?}"
    );
    assert!(
        run.stderr.contains("there are: done, complete, failed"),
        "{run:?}"
    );
    let cron = Home::new().run_on(&server, &["wait", "cronjob/night"]);
    assert_data_eq!(
        cron.all(),
        str![[r#"
exit code 2
--- stderr
error: a CronJob is never done by itself
help: wait for a Job that it makes: `wait job/NAME`, or `wait job -l SELECTOR --expect 1`

"#]]
    );
    assert!(server.asked().is_empty());
}

#[test]
fn rm_deletes_what_has_ended_and_nothing_else() {
    let server = ApiServer::new()
        .on(
            "DELETE /apis/batch/v1/namespaces/default/jobs/migrate",
            Answer::json(&json!({"kind": "Status", "status": "Success"})),
        )
        .on(WATCH, Answer::watch(&[], Then::Hold))
        .once(LIST, list(9, &[complete(9)]))
        .on(LIST, running(10));
    let run = wait(&server, &["--rm"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    let deletions = || {
        server
            .requests()
            .into_iter()
            .filter(|r| r.method == "DELETE")
            .collect::<Vec<_>>()
    };
    assert_eq!(deletions()[0].json()["preconditions"], json!({"uid": UID}));
    assert_eq!(wait(&server, &["--rm", "--timeout", "1s"]).code, Some(124));
    assert_eq!(deletions().len(), 1);
}

#[test]
fn five_hundred_targets_share_one_list_and_one_watch() {
    let named = |index: u32, done: bool| {
        let mut job = if done {
            complete(index)
        } else {
            job(index, &json!({}))
        };
        job["metadata"]["name"] = format!("j{index}").into();
        job["metadata"]["uid"] = format!("u{index}").into();
        job
    };
    let jobs: Vec<Value> = (0..500).map(|index| named(index, false)).collect();
    let ends: Vec<Value> = (0..500)
        .map(|index| event("MODIFIED", &named(index, true)))
        .collect();
    let lines: Vec<String> = ends.iter().map(ToString::to_string).collect();
    let text = lines.join("\n") + "\n";
    let server = ApiServer::new()
        .on(WATCH, Answer::raw_watch(&[text.as_str()], Then::Hold))
        .on(LIST, list(1, &jobs));
    let run = Home::new().run_on(
        &server,
        &[
            "wait", "jobs", "-l", "a=b", "-n", "default", "-q", "-o", "name",
        ],
    );
    assert_eq!(
        (run.code, run.stdout.lines().count()),
        (Some(0), 500),
        "{}",
        run.stderr
    );
    assert_eq!(asked(&server), (1, 1));
}

#[test]
fn a_pod_is_done_when_it_serves_or_has_ended() {
    let home = Home::with(&[("pod.yaml", POD)]);
    for (status, code, last) in [
        (
            json!({"phase": "Running", "conditions": [{"type": "Ready", "status": "True"}]}),
            0,
            "pod/web is done: Ready\n",
        ),
        (
            json!({"phase": "Succeeded"}),
            0,
            "pod/web is done: Succeeded\n",
        ),
        (
            json!({"phase": "Failed", "reason": "Evicted", "message": "no \u{1b}[31mdisk"}),
            1,
            "error: pod/web failed: Evicted: no \\u{1b}[31mdisk\n",
        ),
    ] {
        let pod = json!({"kind": "Pod", "metadata": {"name": "web", "uid": UID, "resourceVersion": "1"}, "status": status});
        let server = ApiServer::new().storing().on(
            "GET /api/v1/namespaces/default/pods?limit",
            Answer::json(&json!({"metadata": {"resourceVersion": "1"}, "items": [pod]})),
        );
        let run = home.run_on(&server, &["apply", "-f", "pod.yaml", "--wait"]);
        assert_eq!(
            (run.code, run.stderr.as_str()),
            (Some(code), last),
            "{run:?}"
        );
    }
}

#[test]
fn signals_end_the_wait_and_leave_the_job() {
    for (signal, code) in [("INT", 130), ("TERM", 143)] {
        let server = ApiServer::new()
            .storing()
            .on(WATCH, Answer::watch(&[], Then::Hold))
            .on(LIST, running(1));
        let home = Home::with(&[("job.yaml", JOB)]);
        let url = server.url();
        let mut command = home.command(&["create", "-f", "job.yaml", "--wait", "--server", &url]);
        let mut child = command
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let began = Instant::now();
        while asked(&server).1 < 1 {
            assert!(
                began.elapsed() < Duration::from_secs(20),
                "{:?}",
                server.asked()
            );
            std::thread::sleep(Duration::from_millis(20));
        }
        assert_eq!(interrupted(&mut child, signal), code);
        assert!(
            !server
                .asked()
                .iter()
                .any(|asked| asked.starts_with("DELETE"))
        );
    }
}

#[test]
fn a_pipeline_gets_the_containers_code_its_log_and_a_report() {
    let failed = job(
        2,
        &json!({"failed": 1, "conditions": [{"type": "Failed", "status": "True", "reason": "BackoffLimitExceeded"}]}),
    );
    let pod = json!({
        "metadata": {"name": "migrate-x7k2p", "uid": "p", "ownerReferences": [{"kind": "Job", "uid": UID}]},
        "spec": {"restartPolicy": "Never"},
        "status": {"phase": "Failed", "containerStatuses": [
            {"name": "good", "state": {"terminated": {"exitCode": 0}}},
            {"name": "c", "state": {"terminated": {"exitCode": 42}}},
        ]},
    });
    let log = "GET /api/v1/namespaces/default/pods/migrate-x7k2p/log?container=";
    let server = ApiServer::new()
        .on(&format!("{log}c"), Answer::text(200, "boom \u{1b}[31m\n"))
        .on(&format!("{log}good"), Answer::text(200, "fine\n"))
        .on(
            "GET /api/v1/namespaces/default/pods?limit",
            Answer::json(&json!({"metadata": {"resourceVersion": "1"}, "items": [pod]})),
        )
        .on(LIST, list(2, &[failed]));
    let run = wait(&server, &["--exit-code-from=c", "--logs"]);
    assert_eq!(run.code, Some(42), "{run:?}");
    assert_eq!(
        run.stdout,
        "[migrate-x7k2p/good] fine\n[migrate-x7k2p/c] boom \\u{1b}[31m\n"
    );
    let run = wait(&server, &["--exit-code-from=good", "--logs=failed"]);
    assert_eq!(
        (run.code, run.stdout.lines().count()),
        (Some(0), 1),
        "{run:?}"
    );
    let none = wait(&server, &["--exit-code-from=other"]);
    assert_eq!(none.code, Some(1), "{none:?}");

    let home = Home::new();
    let url = server.url();
    let args = [
        "wait",
        "job/migrate",
        "-n",
        "default",
        "--junit",
        "out.xml",
        "--server",
        &url,
    ];
    let mut command = home.command(&args);
    command.env("GITHUB_ACTIONS", "true");
    let run = crate::support::finish(command, b"");
    assert_eq!(run.code, Some(1), "{run:?}");
    assert!(
        run.stderr
            .contains("\n::error title=job/migrate::job/migrate failed: BackoffLimitExceeded"),
        "{run:?}"
    );
    let junit = std::fs::read_to_string(home.path().join("out.xml")).unwrap();
    assert!(
        junit.contains("<failure type=\"Failed\" message=\"BackoffLimitExceeded: "),
        "{junit}"
    );
}

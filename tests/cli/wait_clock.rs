//! `wait` on a machine whose clock is an hour off that of the cluster. No rule
//! compares the two: what lasts is measured here, what is older than what by
//! the cluster's own times.

use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::apiserver::{Answer, ApiServer, Then};
use crate::support::{Home, Run};

const JOBS: &str = "GET /apis/batch/v1/namespaces/default/jobs?";
const PODS: &str = "GET /api/v1/namespaces/default/pods?";
const EVENTS: &str = "GET /api/v1/namespaces/default/events?";

/// The cluster's clock.
#[derive(Clone, Copy)]
struct Clock(SignedDuration);

const OFF: [Clock; 3] = [
    Clock(SignedDuration::from_hours(1)),
    Clock(SignedDuration::from_hours(-1)),
    Clock(SignedDuration::ZERO),
];

impl Clock {
    /// Returns the time this many seconds ago by the clock of the cluster.
    fn ago(self, seconds: i64) -> String {
        let now = Timestamp::now() + self.0 - SignedDuration::from_secs(seconds);
        now.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
    }

    /// An answer with the cluster's time in its head.
    fn answer(self, answer: Answer) -> Answer {
        let now = Timestamp::now() + self.0;
        answer.header(
            "date",
            &now.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string(),
        )
    }

    fn list(self, items: &[Value]) -> Answer {
        self.answer(Answer::json(
            &json!({"metadata": {"resourceVersion": "1"}, "items": items}),
        ))
    }

    fn job(self, status: &Value) -> Value {
        json!({
            "kind": "Job",
            "metadata": {"name": "migrate", "uid": "u", "resourceVersion": "2", "creationTimestamp": self.ago(60)},
            "spec": {"completions": 1, "backoffLimit": 1, "activeDeadlineSeconds": 90, "ttlSecondsAfterFinished": 30},
            "status": status,
        })
    }

    fn pod(self, name: &str, created: i64, status: &Value) -> Value {
        json!({
            "metadata": {"name": name, "uid": name, "creationTimestamp": self.ago(created), "ownerReferences": [{"controller": true, "kind": "Job", "uid": "u"}]},
            "spec": {"restartPolicy": "Never"},
            "status": status,
        })
    }

    fn failed(self, kind: &str) -> Value {
        json!({"failed": 2, "startTime": self.ago(60), "conditions": [
            {"type": kind, "status": "True", "reason": "BackoffLimitExceeded", "lastTransitionTime": self.ago(1)},
        ]})
    }

    /// Lists first, then what a watch of the Jobs brings.
    fn server(self, job: &Value, pods: &[Value], events: &[Value], later: &[Value]) -> ApiServer {
        let watch = |of: &str| of.replace('?', "?watch=1");
        let hold = || self.answer(Answer::watch(&[], Then::Hold));
        ApiServer::new()
            .on(&watch(JOBS), self.answer(Answer::watch(later, Then::Hold)))
            .on(&watch(PODS), hold())
            .on(&watch(EVENTS), hold())
            .on(JOBS, self.list(std::slice::from_ref(job)))
            .on(PODS, self.list(pods))
            .on(EVENTS, self.list(events))
    }
}

fn wait(server: &ApiServer, more: &[&str]) -> (Run, Duration) {
    let began = Instant::now();
    let args = [&["wait", "job/migrate", "-n", "default"], more].concat();
    let run = Home::new().run_on(server, &args);
    (run, began.elapsed())
}

fn ended(code: i32) -> Value {
    json!({"phase": "Failed", "containerStatuses": [{"name": "c", "state": {"terminated": {"exitCode": code}}}]})
}

#[test]
fn an_end_is_found_at_once_whatever_the_clock_shows() {
    for clock in OFF {
        let events = [json!({"type": "MODIFIED", "object": clock.job(&clock.failed("Failed"))})];
        let pods = [
            clock.pod("late", 3, &ended(4)),
            clock.pod("early", 30, &ended(3)),
        ];
        let server = clock.server(&clock.job(&json!({"active": 1})), &pods, &[], &events);
        let (run, took) = wait(&server, &["-o", "json"]);
        assert_eq!(run.code, Some(1), "{run:?}");
        assert!(
            run.stderr
                .contains("BackoffLimitExceeded: pod late, container c exited 4 (2 of 2 attempts)"),
            "{run:?}"
        );
        assert!(took < Duration::from_secs(20), "{took:?}");
        // The report is about this wait: its times are those of this machine.
        let report: Value = serde_json::from_str(&run.stdout).unwrap();
        for key in ["startedAt", "finishedAt"] {
            let time: Timestamp = report["items"][0][key].as_str().unwrap().parse().unwrap();
            let since = Timestamp::now().duration_since(time).as_secs();
            assert!((0..60).contains(&since), "{key}: {since} s ago");
        }
    }
}

#[test]
fn a_stuck_state_lasts_as_long_as_it_is_watched() {
    for clock in OFF {
        let stuck = json!({"phase": "Pending", "startTime": clock.ago(600), "containerStatuses": [
            {"name": "c", "state": {"waiting": {"reason": "ImagePullBackOff", "message": "why"}}},
        ]});
        let event = json!({
            "involvedObject": {"kind": "Pod", "name": "p", "uid": "p"}, "reason": "BackOff", "message": "Back-off",
            "firstTimestamp": clock.ago(600), "lastTimestamp": clock.ago(1), "metadata": {"name": "e"},
        });
        let pods = [clock.pod("p", 600, &stuck)];
        let server = clock.server(&clock.job(&json!({"active": 1})), &pods, &[event], &[]);
        let (run, took) = wait(&server, &["--stuck-after", "3s"]);
        assert_eq!(run.code, Some(5), "{run:?}");
        let fits = Duration::from_secs(3)..Duration::from_secs(20);
        assert!(fits.contains(&took), "{took:?}");
        // The time-out comes first.
        let (run, took) = wait(&server, &["--stuck-after", "60s", "--timeout", "2s"]);
        assert_eq!(run.code, Some(124), "{run:?}");
        let fits = Duration::from_secs(2)..Duration::from_secs(20);
        assert!(fits.contains(&took), "{took:?}");
    }
}

/// Its deadline and its time to live seem to be over, or far away.
#[test]
fn a_job_that_runs_is_not_judged_by_the_time() {
    for clock in OFF {
        let running = clock.job(&json!({"active": 1, "startTime": clock.ago(80)}));
        let pods = [clock.pod("p", 80, &json!({"phase": "Running"}))];
        let server = clock.server(&running, &pods, &[], &[]);
        let (run, _) = wait(&server, &["--timeout", "2s"]);
        assert_eq!(run.code, Some(124), "{run:?}");
        assert!(
            run.stderr
                .ends_with("job/migrate: timed out: Running: 0 of 1 succeeded, 1 active\n"),
            "{run:?}"
        );
    }
}

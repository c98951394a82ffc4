//! `explain-hooks -f`.

use serde_json::{Value, json};

use crate::support::{Home, Run};

const WEB: &str = "\
apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  terminationGracePeriodSeconds: 20
  initContainers:
  - name: proxy
    image: envoy
    restartPolicy: Always
    lifecycle: {preStop: {sleep: {seconds: 2}}}
  containers:
  - name: app
    image: nginx
    ports: [{containerPort: 80}]
    lifecycle:
      postStart: {httpGet: {port: 80, path: /warm}}
      preStop: {exec: {command: [sleep, \"5\"]}}
";

fn offline(text: &str, args: &[&str]) -> Run {
    let home = Home::with(&[("pod.yaml", text)]);
    home.run(&[&["explain-hooks", "-f", "pod.yaml", "--offline"], args].concat())
}

fn item(run: &Run) -> Value {
    let report: Value = serde_json::from_str(&run.stdout).unwrap_or_else(|_| panic!("{run:?}"));
    assert_eq!(report["kind"], "HooksReport");
    report["items"][0].clone()
}

fn at<'a>(item: &'a Value, container: &str, event: &str) -> Option<&'a Value> {
    let all = item["timeline"].as_array().unwrap().iter();
    let mut all = all.filter(|own| own["container"] == container && own["event"] == event);
    all.next()
}

/// Returns whether a time lies in the range of an event, which is at most two seconds wide.
fn is_about(item: &Value, container: &str, event: &str, seconds: f64) -> bool {
    let own = at(item, container, event).unwrap_or_else(|| panic!("{container} {event}: {item}"));
    let earliest = own["earliestSeconds"].as_f64().unwrap();
    let latest = own["latestSeconds"].as_f64().unwrap();
    earliest <= seconds && seconds <= latest && latest - earliest <= 2.0
}

fn ids(item: &Value) -> Vec<&str> {
    let all = item["findings"].as_array().unwrap().iter();
    all.map(|own| own["id"].as_str().unwrap()).collect()
}

#[test]
fn the_report_has_hooks_and_a_timeline() {
    let run = offline(WEB, &["-o", "json"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    let item = item(&run);
    assert_eq!(item["verdict"], "ok");
    let app = &item["containers"][1];
    assert_eq!(app["name"], "app");
    let exec = json!({"handler": {"exec": {"command": ["sleep", "5"]}}});
    assert_eq!(app["preStop"], exec);
    assert_eq!(app["postStart"]["handler"]["httpGet"]["path"], "/warm");
    assert_eq!(item["containers"][0]["type"], "sidecar");
    assert_eq!(item["gracePeriod"]["seconds"], 20);
    assert_eq!(item["gracePeriod"]["location"]["line"], 5);
    assert!(is_about(&item, "app", "delete", 0.0));
    for container in ["app", "proxy"] {
        assert!(is_about(&item, container, "preStop", 0.1), "{item}");
    }
    assert!(is_about(&item, "proxy", "preStopEnd", 2.1));
    assert!(is_about(&item, "app", "preStopEnd", 5.1));
    assert!(is_about(&item, "app", "sigterm", 5.2));
    let sidecar = at(&item, "proxy", "sigterm").unwrap();
    assert!(
        sidecar["earliestSeconds"].as_f64() >= Some(5.0),
        "{sidecar}"
    );
    let reason = sidecar["reason"].as_str().unwrap();
    assert!(reason.contains("after the end of app"), "{reason}");
    assert!(at(&item, "app", "sigkill").is_none());
    for own in item["timeline"].as_array().unwrap() {
        assert!(!own["reason"].as_str().unwrap().is_empty(), "{own}");
    }
}

#[test]
fn the_text_fits_a_terminal_and_says_what_the_hooks_do() {
    let run = offline(WEB, &[]);
    assert_eq!(run.code, Some(0), "{run:?}");
    for words in [
        "pod/web, sidecar proxy, in pod.yaml",
        "preStop: sleep of 2 s",
        "postStart: GET http://POD-IP:80/warm",
        "deletion with a grace period of 20s (line 5)",
        "runs beside the container's own process",
        "Any answer to an HTTP hook is a success",
        "The last container, proxy, ends ",
    ] {
        let text = run.stdout.replace('\n', " ");
        assert!(text.contains(words), "{words}: {}", run.stdout);
    }
    for line in run.stdout.lines() {
        assert!(line.chars().count() <= 80, "{line}");
    }
}

#[test]
fn a_hook_that_runs_over_leaves_two_seconds() {
    let item = item(&offline(
        WEB,
        &["--grace", "3s", "--stop-takes", "never", "-o", "json"],
    ));
    assert_eq!(item["gracePeriod"]["origin"], "requested");
    assert!(is_about(&item, "app", "preStopEnd", 3.1));
    assert!(is_about(&item, "app", "sigterm", 3.1));
    assert!(is_about(&item, "app", "sigkill", 5.2));
    assert!(is_about(&item, "proxy", "sigkill", 5.5));
    assert!(ids(&item).contains(&"long-hook"), "{item}");
}

#[test]
fn assumed_times_count_for_hooks_whose_time_is_not_known() {
    let text = WEB.replace("sleep, \"5\"", "drain");
    let item = item(&offline(
        &text,
        &["--pre-stop-takes", "8s", "--stop-takes", "4s", "-o", "json"],
    ));
    assert!(is_about(&item, "app", "sigterm", 8.2));
    assert!(is_about(&item, "app", "ended", 12.3));
    // The sidecar's hook sleeps, which is known.
    assert!(is_about(&item, "proxy", "preStopEnd", 2.1));
}

#[test]
fn a_first_process_without_a_handler_is_killed_at_the_end_of_the_grace_period() {
    let text = "\
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
      - name: app
        image: busybox
        command: [sh, -c, \"while true; do date; sleep 1; done\"]
";
    let run = offline(text, &["-o", "json"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    let item = item(&run);
    assert_eq!(ids(&item), ["swallowed-sigterm"]);
    let path = "spec.template.spec.containers[0].command[2]";
    assert_eq!(item["findings"][0]["path"], path);
    assert!(is_about(&item, "app", "sigkill", 30.2));
    // What the command line assumes counts more.
    let assumed = offline(text, &["--stop-takes", "1s", "-o", "json"]);
    let item = self::item(&assumed);
    assert!(at(&item, "app", "sigkill").is_none());
}

#[test]
fn a_hook_that_the_server_refuses_has_no_timeline() {
    let text = WEB.replace("{sleep: {seconds: 2}}", "{sleep: {seconds: 60}}");
    let run = offline(&text, &["-o", "json"]);
    assert_eq!(run.code, Some(1), "{run:?}");
    let item = item(&run);
    assert_eq!(item["verdict"], "no");
    assert_eq!(item["timeline"], json!([]));
    let people = offline(&text, &[]);
    assert!(people.stdout.contains("the API server refuses its hooks"));
}

#[test]
fn a_drawing_has_the_timeline() {
    let run = offline(WEB, &["-o", "svg"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    for words in ["<svg", "preStopEnd", "sigterm", "</svg>"] {
        assert!(run.stdout.contains(words), "{words}");
    }
}

/// The status of a Pod whose deletion began at 12:00:00, with a grace period of 20 s.
fn terminating(state: &str) -> String {
    let metadata = "metadata:
  name: web
  deletionTimestamp: \"2026-01-01T12:00:20Z\"
  deletionGracePeriodSeconds: 20";
    let status = format!(
        "  nodeName: node-1
status:
  phase: Running
  initContainerStatuses:
  - {{name: proxy, image: envoy, imageID: i, ready: true, restartCount: 0,
     state: {{running: {{startedAt: \"2026-01-01T10:00:00Z\"}}}}}}
  containerStatuses:
  - {{name: app, image: nginx, imageID: i, ready: true, restartCount: 0, state: {state}}}
"
    );
    WEB.replace("metadata: {name: web}", metadata) + &status
}

#[test]
fn a_pod_that_is_being_deleted_shows_how_far_it_is() {
    let text = terminating("{running: {startedAt: \"2026-01-01T10:00:00Z\"}}");
    let args = ["--now", "2026-01-01T12:00:03Z"];
    let run = offline(&text, &args);
    let lines = run.stdout.replace('\n', " ");
    for words in [
        "Deleted 3s ago, at 2026-01-01T12:00:00Z",
        "next: preStopEnd of container app in 2-",
        "now",
    ] {
        assert!(lines.contains(words), "{words}: {}", run.stdout);
    }
    let item = item(&offline(&text, &[&args[..], &["-o", "json"]].concat()));
    assert_eq!(item["deletion"]["state"], "running");
    assert_eq!(item["deletion"]["elapsedSeconds"], 3);
    assert_eq!(item["gracePeriod"]["origin"], "deletion");
    let late = offline(&text, &["--now", "2026-01-01T13:00:00Z"]);
    let lines = late.stdout.replace('\n', " ");
    assert!(lines.contains("containers should have ended"), "{lines}");
}

#[test]
fn a_container_that_had_ended_before_is_not_stopped() {
    let ended = |at: &str| format!("{{terminated: {{exitCode: 0, finishedAt: \"{at}\"}}}}");
    let args = ["--now", "2026-01-01T12:00:03Z", "-o", "json"];
    let before = item(&offline(
        &terminating(&ended("2026-01-01T11:00:00Z")),
        &args,
    ));
    assert!(at(&before, "app", "sigterm").is_none());
    assert_eq!(before["notRunning"], json!(["app"]));
    // The sidecar has nobody to wait for.
    assert!(is_about(&before, "proxy", "sigterm", 2.1));
    let since = item(&offline(
        &terminating(&ended("2026-01-01T12:00:01Z")),
        &args,
    ));
    assert!(at(&since, "app", "sigterm").is_some());
}

#[test]
fn a_pod_without_a_node_or_with_an_end_goes_at_once() {
    for (phase, node, words) in [
        ("Pending", "", "the Pod has no node yet"),
        (
            "Succeeded",
            "  nodeName: node-1\n",
            "the Pod has ended (Succeeded)",
        ),
    ] {
        let text = format!("{WEB}{node}status: {{phase: {phase}}}\n");
        let item = item(&offline(&text, &["-o", "json"]));
        assert_eq!(item["deletion"]["state"], "immediate");
        assert_eq!(item["deletion"]["reason"], words);
        assert_eq!(item["timeline"], json!([]));
    }
}

#[test]
fn a_failed_hook_is_found_in_the_status() {
    let message = "Exec lifecycle hook ([warm]) for Container \\\"app\\\" failed - error: exec: \\\"warm\\\": executable file not found in $PATH";
    let state = format!("{{waiting: {{reason: PostStartHookError, message: \"{message}\"}}}}");
    let text = terminating(&state);
    let item = item(&offline(
        &text,
        &["--now", "2026-01-01T12:00:03Z", "-o", "json"],
    ));
    let findings = item["findings"].as_array().unwrap();
    let failed = findings
        .iter()
        .find(|own| own["id"] == "failed-hook")
        .unwrap();
    assert_eq!(failed["severity"], "error");
    let message = failed["message"].as_str().unwrap();
    assert!(
        message.contains("the image does not have its program"),
        "{message}"
    );
}

#[test]
fn a_grace_period_of_zero_is_one_second_on_the_node() {
    let item = item(&offline(WEB, &["--grace", "0", "-o", "json"]));
    assert_eq!(item["gracePeriod"]["seconds"], 0);
    assert_eq!(item["gracePeriod"]["kubeletSeconds"], 1);
    assert!(is_about(&item, "app", "sigterm", 1.1));
}

#[test]
fn credentials_in_requests_are_masked() {
    let text = WEB.replace("path: /warm", "path: /warm?token=abc");
    for args in [&[][..], &["-o", "json"], &["-o", "svg"]] {
        let run = offline(&text, args);
        assert!(!run.stdout.contains("abc"), "{run:?}");
    }
    let shown = offline(&text, &["--show-secrets"]);
    assert!(shown.stdout.contains("token=abc"));
}

#[test]
fn usage_errors_name_the_flag_and_what_it_expects() {
    for (args, words) in [
        (&["--grace", "1.5s"][..], "whole seconds"),
        (&["--grace", "soon"], "expected a duration"),
        (&["--now", "yesterday"], "RFC 3339"),
        (&["--stop-takes", "soon"], "never"),
    ] {
        let run = offline(WEB, args);
        assert_eq!(run.code, Some(2), "{run:?}");
        assert!(run.stderr.contains(words), "{run:?}");
    }
}

#[test]
fn a_variable_in_the_command_of_a_hook_is_not_replaced() {
    let text = WEB.replace("[sleep, \"5\"]", "[drain, $(PORT)]");
    let text = text.replace(
        "    ports:",
        "    env: [{name: PORT, value: \"80\"}]\n    ports:",
    );
    let item = item(&offline(&text, &["-o", "json"]));
    assert_eq!(ids(&item), ["not-expanded"], "{item}");
}

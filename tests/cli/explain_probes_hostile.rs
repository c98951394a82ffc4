//! `explain-probes` of what nobody means well: numbers without end, and texts that a terminal obeys.

use serde_json::{Value, json};

use crate::runners::{HOSTILE, RUNNERS, obeyed};
use crate::support::{Home, finish};

fn probe(numbers: [i64; 5], action: &Value) -> Value {
    let mut probe = json!({"initialDelaySeconds": numbers[0], "periodSeconds": numbers[1],
        "timeoutSeconds": numbers[2], "failureThreshold": numbers[3],
        "terminationGracePeriodSeconds": numbers[4]});
    for (key, value) in action.as_object().unwrap() {
        probe[key] = value.clone();
    }
    probe
}

#[test]
fn numbers_without_end_end_with_a_report() {
    let most = i64::from(i32::MAX);
    let exec = json!({"exec": {"command": ["check"]}});
    let http = json!({"httpGet": {"port": 80}});
    let mut containers = Vec::new();
    for (index, numbers) in [
        [most; 5],
        [0, 1, 1, most, i64::MAX],
        [most, 1, most, 1, 1],
        [0, most, 1, 1, 1],
        [0, 1, most, most, 1],
        [
            i64::from(i32::MIN),
            i64::from(i32::MIN),
            -1,
            i64::from(i32::MIN),
            i64::MIN,
        ],
    ]
    .into_iter()
    .enumerate()
    {
        let mut readiness = probe(numbers, &exec);
        readiness
            .as_object_mut()
            .unwrap()
            .remove("terminationGracePeriodSeconds");
        readiness["successThreshold"] = numbers[3].into();
        containers.push(json!({"name": format!("c{index}"), "image": "i",
            "startupProbe": probe(numbers, &http), "livenessProbe": probe(numbers, &http),
            "readinessProbe": readiness}));
    }
    for container in containers {
        for policy in ["Always", "OnFailure", "Never"] {
            let pod = json!({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "web"},
                "spec": {"restartPolicy": policy, "terminationGracePeriodSeconds": i64::MAX,
                    "containers": [container]},
                "status": {"containerStatuses": [{"name": container["name"], "ready": false,
                    "restartCount": i32::MAX, "image": "i", "imageID": "",
                    "state": {"running": {"startedAt": "9999-12-31T23:59:59Z"}},
                    "lastState": {"terminated": {"exitCode": i32::MIN,
                        "startedAt": "9999-12-31T23:59:59Z", "finishedAt": "0001-01-01T00:00:00Z"}}}]}});
            let home = Home::with(&[("pod.json", pod.to_string().as_str())]);
            for assumed in [&[][..], &["--hangs-at", "1m", "--stop-takes", "never"]] {
                let args = [
                    "explain-probes",
                    "-f",
                    "pod.json",
                    "--offline",
                    "-o",
                    "json",
                ];
                let run = home.run(&[&args[..], assumed].concat());
                assert!(matches!(run.code, Some(0 | 1)), "{run:?}");
                let report: Value = serde_json::from_str(&run.stdout)
                    .unwrap_or_else(|error| panic!("{error}: {run:?}"));
                assert_eq!(
                    report["items"][0]["containers"][0]["name"],
                    container["name"]
                );
                let run = home.run(&[&args[..4], assumed].concat());
                assert!(matches!(run.code, Some(0 | 1)), "{run:?}");
            }
        }
    }
}

#[test]
fn hostile_texts_reach_no_terminal() {
    let event = |api: &str, about: &str, text: &str, name: &str| {
        json!({"apiVersion": api, "kind": "Event", "metadata": {"name": name},
            about: {"kind": "Pod", "name": "web", "fieldPath": format!("spec.containers{{{HOSTILE}}}")},
            "reason": "Unhealthy", text: HOSTILE, "eventTime": "2026-01-01T00:00:00.000000Z"})
    };
    let pod = json!({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "web"},
        "spec": {"containers": [
            {"name": HOSTILE, "image": "i", "ports": [{"name": HOSTILE, "containerPort": 80}],
             "env": [{"name": HOSTILE, "value": HOSTILE}],
             "startupProbe": {"httpGet": {"port": HOSTILE, "host": HOSTILE, "path": HOSTILE,
                "scheme": HOSTILE, "httpHeaders": [{"name": HOSTILE, "value": HOSTILE}]}},
             "readinessProbe": {"exec": {"command": [HOSTILE, format!("$({HOSTILE})")]}},
             "livenessProbe": {"grpc": {"port": 80, "service": HOSTILE}}},
            {"name": "other", "image": "i",
             "startupProbe": {"httpGet": {"port": 81, "host": HOSTILE, "path": HOSTILE,
                "httpHeaders": [{"name": "a", "value": HOSTILE}]}},
             "readinessProbe": {"exec": {"command": ["sh", "-c", format!("{HOSTILE} || true")]}},
             "livenessProbe": {"exec": {"command": [format!("a {HOSTILE}")]}}}]},
        "status": {"containerStatuses": [{"name": HOSTILE, "ready": false, "restartCount": 1,
            "image": HOSTILE, "imageID": HOSTILE, "state": {"waiting": {"reason": HOSTILE}},
            "lastState": {"terminated": {"exitCode": 1, "reason": HOSTILE,
                "startedAt": "2026-01-01T00:00:00Z", "finishedAt": "2026-01-01T00:00:01Z"}}}]}});
    let mut sound = pod.clone();
    sound["spec"]["containers"]
        .as_array_mut()
        .unwrap()
        .remove(0);
    for pod in [pod, sound] {
        let items = json!([
            pod,
            event("v1", "involvedObject", "message", "a"),
            event("events.k8s.io/v1", "regarding", "note", "b")
        ]);
        let list = json!({"apiVersion": "v1", "kind": "List", "items": items}).to_string();
        let home = Home::with(&[("all.json", list.as_str())]);
        for format in ["table", "svg", "json", "yaml"] {
            let args = [
                "explain-probes",
                "-f",
                "all.json",
                "--offline",
                "--show-secrets",
                "-o",
            ];
            for (variable, value) in RUNNERS {
                let mut command = home.command(&[&args[..], &[format]].concat());
                command.env(variable, value);
                let run = finish(command, b"");
                assert!(matches!(run.code, Some(0 | 1)), "{format}: {run:?}");
                for text in [&run.stdout, &run.stderr] {
                    // Within JSON and YAML they are data.
                    let is_data = matches!(format, "json" | "yaml");
                    let found = if is_data { Vec::new() } else { obeyed(text) };
                    assert_eq!(found, Vec::<String>::new(), "{format}: {run:?}");
                    let is_control = |own: char| own.is_control() && !matches!(own, '\n' | '\t');
                    assert!(!text.contains(is_control), "{format}: {run:?}");
                }
                // Each stays in its line: none can look like a sentence of ours.
                let is_forged =
                    |line: &str| line.trim_start_matches(['|', ' ']).starts_with("::add");
                assert!(
                    format != "table" || !run.stdout.lines().any(is_forged),
                    "{run:?}"
                );
            }
        }
    }
}

#[test]
fn what_nests_deep_is_no_reason_to_fail() {
    let deep = format!("{}1{}", "[".repeat(5_000), "]".repeat(5_000));
    let pod = format!(
        "{{\"apiVersion\": \"v1\", \"kind\": \"Pod\", \"metadata\": {{\"name\": \"web\"}}, \"spec\": \
         {{\"containers\": [{{\"name\": \"app\", \"image\": \"i\", \"livenessProbe\": {{\"tcpSocket\": \
         {{\"port\": 80, \"deep\": {deep}}}}}}}]}}}}"
    );
    let home = Home::with(&[("pod.json", pod.as_str())]);
    let run = home.run(&["explain-probes", "-f", "pod.json", "--offline"]);
    assert!(matches!(run.code, Some(0 | 1)), "{run:?}");
    assert!(!run.stderr.contains("panicked"), "{run:?}");
    assert!(run.stdout.len() + run.stderr.len() < 20_000, "{run:?}");
}

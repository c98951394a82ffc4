//! `explain`: all topics of a target, and pages.

use serde_json::{Value, json};
use snapbox::{assert_data_eq, str};

use crate::support::{Home, Run};

const POD: &str = "apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  containers:
  - name: app
    image: nginx
    env:
    - {name: URL, value: $(HOST)/}
    - {name: HOST, value: x}
";

fn explain(home: &Home, args: &[&str]) -> Run {
    home.run(&[&["explain", "--offline"], args].concat())
}

/// A Pod that runs, or one that has crashed.
fn pod(name: &str, has_crashed: bool) -> Value {
    let state = if has_crashed {
        json!({"waiting": {"reason": "CrashLoopBackOff",
            "message": "back-off 5m0s restarting failed container=app pod=x"}})
    } else {
        json!({"running": {"startedAt": "2026-11-29T10:00:00Z"}})
    };
    json!({
        "apiVersion": "v1", "kind": "Pod",
        "metadata": {"name": name, "namespace": "default", "uid": name,
            "creationTimestamp": "2026-11-29T10:00:00Z"},
        "spec": {"nodeName": "n1", "containers": [{"name": "app", "image": "nginx"}]},
        "status": {"phase": "Running",
            "conditions": [{"type": "Ready", "status": if has_crashed { "False" } else { "True" },
                "lastTransitionTime": "2026-11-29T10:00:02Z"}],
            "containerStatuses": [{"name": "app", "ready": !has_crashed, "image": "nginx", "imageID": "",
                "restartCount": if has_crashed { 7 } else { 0 }, "state": state,
                "lastState": if has_crashed {
                    json!({"terminated": {"exitCode": 1, "reason": "Error",
                        "startedAt": "2026-11-29T10:00:10Z", "finishedAt": "2026-11-29T10:01:10Z"}})
                } else { json!({}) }}]},
    })
}

fn list(items: &[Value]) -> String {
    json!({"apiVersion": "v1", "kind": "List", "items": items}).to_string()
}

const RECORDED: [&str; 4] = ["-f", "state.json", "--now", "2026-11-29T10:02:00Z"];

#[test]
fn the_most_urgent_topic_comes_first() {
    let run = explain(&Home::with(&[("pod.yaml", POD)]), &["-f", "pod.yaml"]);
    assert_data_eq!(
        run.all(),
        str![[r#"
exit code 1
--- stdout
pod/web, in pod.yaml
|- env: no. Environment variable `URL` refers to `HOST`, which is defined after
|  it, 1 entry later
|- probes: ok. No probes: each container is ready as soon as it runs, and only
|  the end of its process restarts it
|- hooks: ok. The last container, app, ends 0-0.9s after the deletion
|- resources: ok. BestEffort, and requests nothing
`- security: ok. Pod Security (v1.37): meets baseline; restricted lacks
   allowPrivilegeEscalation, capabilities_restricted, runAsNonRoot,
   seccompProfile_restricted

env
error[unresolved-reference]: environment variable `URL` refers to `HOST`, which is defined after it, 1 entry later
  --> pod.yaml:9:26
   |
 9 |     - {name: URL, value: $(HOST)/}
   |                          ^^^^^^^ stays literally `$(HOST)`
   |
  ::: pod.yaml:10:8
   |
10 |     - {name: HOST, value: x}
   |        ---- defined here
   |
   = help: move `HOST` above `URL`

`explain-status`, `explain-env` and so on print the whole report of a topic; `-o
html` is all of them as a page.

"#]]
    );
}

#[test]
fn a_manifest_has_no_status_and_a_pod_that_has_run_has_one() {
    let home = Home::with(&[
        ("pod.yaml", POD),
        ("state.json", &list(&[pod("web", true)])),
    ]);
    let topics = |args: &[&str]| {
        let run = explain(&home, &[args, &["-o", "json"]].concat());
        let report: Value = serde_json::from_str(&run.stdout).unwrap();
        let topics = report["items"][0]["topics"].as_object().unwrap().clone();
        topics.keys().cloned().collect::<Vec<_>>()
    };
    assert_eq!(
        topics(&["-f", "pod.yaml"]),
        ["env", "probes", "hooks", "resources", "security"]
    );
    let of_state = topics(&RECORDED);
    assert_eq!(
        of_state,
        ["status", "env", "probes", "hooks", "resources", "security"]
    );
    let job = "apiVersion: batch/v1\nkind: Job\nmetadata: {name: a}\nspec:\n  template:\n    spec:\n      \
               restartPolicy: Never\n      containers: [{name: c, image: i}]\n";
    home.write("job.yaml", job);
    let of_job = topics(&["-f", "job.yaml"]);
    assert!(of_job.contains(&"job".to_owned()), "{of_job:?}");
}

#[test]
fn each_topic_is_the_item_of_its_own_report() {
    let home = Home::with(&[("state.json", &list(&[pod("web", true), pod("api", false)]))]);
    let report = |command: &str| -> Value {
        let args = [&[command, "--offline", "-o", "json"], &RECORDED[..]].concat();
        serde_json::from_str(&home.run(&args).stdout).unwrap()
    };
    let all = report("explain");
    assert_eq!(all["kind"], "ExplainReport");
    for topic in ["status", "env", "probes", "hooks", "resources"] {
        let own = report(&format!("explain-{topic}"));
        for n in 0..2 {
            let item = &all["items"][n]["topics"][topic];
            assert_eq!(*item, own["items"][n], "{topic} {n}");
        }
    }
    assert_eq!(all["items"][0]["verdict"], "no");
    assert_eq!(
        all["items"][1]["verdict"],
        all["items"][1]["topics"]["status"]["verdict"]
    );
}

#[test]
fn findings_are_those_of_all_topics_each_once() {
    let home = Home::with(&[("pod.yaml", POD)]);
    let run = explain(&home, &["-f", "pod.yaml", "-o", "json"]);
    let report: Value = serde_json::from_str(&run.stdout).unwrap();
    let item = &report["items"][0];
    let findings = item["findings"].as_array().unwrap();
    let topics = item["topics"].as_object().unwrap();
    let of_topics: Vec<&Value> = topics
        .values()
        .flat_map(|topic| topic["findings"].as_array().unwrap())
        .collect();
    assert!(of_topics.iter().all(|finding| findings.contains(finding)));
    for (n, finding) in findings.iter().enumerate() {
        assert!(!findings[..n].contains(finding), "{finding}");
    }
    let id = |finding: &Value| finding["id"] == "unresolved-reference";
    assert!(findings.iter().any(id), "{item}");
    assert_eq!(run.code, Some(1));
}

#[test]
fn many_targets_have_a_line_each_and_the_worst_comes_first() {
    let mut pods: Vec<Value> = (0..6).map(|n| pod(&format!("well-{n}"), false)).collect();
    pods.push(pod("crashed", true));
    let home = Home::with(&[("state.json", &list(&pods))]);
    let run = explain(&home, &RECORDED);
    assert_eq!(run.code, Some(1), "{run:?}");
    let lines: Vec<&str> = run.stdout.lines().collect();
    assert!(lines[0].starts_with("VERDICT"), "{run:?}");
    assert!(
        lines[1].starts_with("no        pod/crashed   crashes"),
        "{run:?}"
    );
    let few = explain(
        &home,
        &[&RECORDED[..], &["pod/well-1", "pod/crashed"]].concat(),
    );
    let first = few.stdout.lines().next().unwrap();
    assert!(first.starts_with("pod/crashed"), "{few:?}");
    assert!(few.stdout.contains("pod/well-1, in state.json"), "{few:?}");
    // What is said once is said once.
    assert_eq!(few.stdout.matches("`explain-status`").count(), 1);
}

#[test]
fn a_chosen_container_that_no_target_has_is_wrong_usage() {
    let home = Home::with(&[("pod.yaml", POD)]);
    for format in ["table", "json", "html"] {
        let run = explain(&home, &["-f", "pod.yaml", "-c", "ap", "-o", format]);
        assert_eq!(run.code, Some(2), "{run:?}");
        assert_eq!(run.stdout, "");
        assert!(run.stderr.contains("did you mean `app`?"), "{run:?}");
    }
}

const HOSTILE: &str = r#"apiVersion: v1
kind: Pod
metadata:
  name: "</title><script>alert(1)</script>\e[2J"
  annotations:
    kubectl.kubernetes.io/last-applied-configuration: '{"token": "hunter2"}'
spec:
  containers:
  - name: "<img src=x onerror=alert(2)>"
    image: nginx
    env:
    - {name: "\" onmouseover=alert(3) x", value: "</style></td>$(NONE)::error::x"}
    - name: PASSWORD
      valueFrom: {secretKeyRef: {name: db, key: password}}
    readinessProbe:
      httpGet:
        port: 80
        path: /ready?token=hunter2&full=1
        httpHeaders: [{name: Authorization, value: hunter2}, {name: Accept, value: text}]
    livenessProbe:
      httpGet: {port: 80, path: &path "/live?sig=hunter2"}
---
apiVersion: v1
kind: Secret
metadata: {name: db}
stringData: {password: hunter2}
"#;

#[test]
fn text_of_others_is_no_markup_and_secrets_are_masked() {
    let home = Home::with(&[("pod.yaml", HOSTILE)]);
    for command in [
        "explain",
        "explain-env",
        "explain-probes",
        "explain-hooks",
        "explain-status",
    ] {
        let args = [command, "--offline", "-f", "pod.yaml", "-o", "html"];
        let page = home.run(&args).stdout;
        assert!(page.starts_with("<!DOCTYPE html>\n") && page.ends_with("</html>\n"));
        for markup in [
            "<script",
            "<img",
            "</style></td>",
            " onmouseover=alert(3) x\"",
            "\u{1b}",
        ] {
            assert!(!page.contains(markup), "{command}: {markup}: {page}");
        }
        assert!(page.contains("&lt;script&gt;"), "{page}");
        assert!(!page.contains("hunter2"), "{command}: {page}");
        assert!(
            page.contains("/ready?token=***&amp;full=1"),
            "{command}: {page}"
        );
        assert!(page.contains("value: text"), "{command}: {page}");
        let shown = home.run(&[&args[..], &["--show-secrets"]].concat()).stdout;
        assert!(shown.contains("/ready?token=hunter2"), "{command}: {shown}");
    }
}

#[test]
fn a_page_refers_to_nothing_outside_and_has_no_script() {
    let home = Home::with(&[("pod.yaml", POD)]);
    let page = explain(&home, &["-f", "pod.yaml", "-o", "html"]).stdout;
    let policy = "content=\"default-src 'none'; style-src 'sha256-";
    assert!(page.contains(policy), "{page}");
    for part in [
        "<script", " src=", "url(", "@import", "http://", "https://", "<link", " style=",
    ] {
        assert!(!page.contains(part), "{part}: {page}");
    }
    for part in [
        "<html lang=\"en\">",
        "<title>pod/web: explain</title>",
        "<h1>",
        "id=\"t0-9\"",
    ] {
        assert!(page.contains(part), "{part}: {page}");
    }
    // The finding stands below its line.
    let (_, below) = page.split_once("id=\"t0-9\"").unwrap();
    let (line, note) = below.split_once("</tr>\n").unwrap();
    assert!(line.contains("<mark>$(HOST)</mark>"), "{line}");
    assert!(note.starts_with("<tr class=\"note\">") && note.contains("unresolved-reference"));
}

#[test]
fn only_the_lines_of_the_target_are_on_its_page() {
    let text = format!("apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: other}}\n---\n{POD}");
    let items = json!([{"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "s"},
        "stringData": {"a": "hunter2"}}, pod("web", false)]);
    let one_line = json!({"apiVersion": "v1", "kind": "List", "items": items}).to_string();
    let home = Home::with(&[("pod.yaml", &text), ("list.json", &one_line)]);
    let page = explain(&home, &["-f", "pod.yaml", "-o", "html"]).stdout;
    assert!(
        page.contains("id=\"t0-5\"") && !page.contains("id=\"t0-4\""),
        "{page}"
    );
    assert!(!page.contains("ConfigMap"), "{page}");
    let page = explain(&home, &["-f", "list.json", "-o", "html"]).stdout;
    assert!(
        page.contains("containerStatuses") && !page.contains("hunter2"),
        "{page}"
    );
}

#[test]
fn a_long_object_shows_the_lines_around_its_findings() {
    let mut text = POD.to_owned();
    for n in 0..1_000 {
        text.push_str(&format!("    - {{name: V{n}, value: x}}\n"));
    }
    text.push_str("    - {name: BAD, value: $(LAST)}\n    - {name: LAST, value: x}\n");
    let home = Home::with(&[("pod.yaml", &text)]);
    let page = explain(&home, &["-f", "pod.yaml", "-o", "html"]).stdout;
    assert!(
        page.contains("id=\"t0-9\"") && page.contains("id=\"t0-1011\""),
        "{page}"
    );
    assert!(!page.contains("id=\"t0-500\""));
    assert!(page.contains("993 lines"), "{page}");
}

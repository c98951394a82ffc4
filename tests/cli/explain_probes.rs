//! `explain-probes -f`.

use serde_json::{Value, json};
use snapbox::{assert_data_eq, str};

use crate::support::{Home, Run};

const WEB: &str = "\
apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  containers:
  - name: app
    image: nginx
    ports: [{name: http, containerPort: 8080}]
    startupProbe:
      httpGet: {port: http, path: /healthz, httpHeaders: [{name: Host, value: example.com}]}
      failureThreshold: 12
      periodSeconds: 5
    readinessProbe:
      httpGet: {port: http, path: /ready}
    livenessProbe:
      exec: {command: [sh, -c, test -f /tmp/alive]}
      periodSeconds: 5
      timeoutSeconds: 2
";

fn offline(text: &str, args: &[&str]) -> Run {
    let home = Home::with(&[("pod.yaml", text)]);
    home.run(&[&["explain-probes", "-f", "pod.yaml", "--offline"], args].concat())
}

fn item(run: &Run) -> Value {
    let report: Value = serde_json::from_str(&run.stdout).unwrap();
    report["items"][0].clone()
}

/// Returns the events of a name in the timeline.
fn events(item: &Value, name: &str) -> Vec<Value> {
    let all = item["timeline"].as_array().unwrap().iter();
    all.filter(|event| event["event"] == name)
        .cloned()
        .collect()
}

/// The numbers, their origins and the sentences; times of forecasts are tested by their rules.
#[test]
fn numbers_have_their_origins_and_consequences() {
    let run = offline(WEB, &[]);
    assert_eq!(run.code, Some(0), "{run:?}");
    let (numbers, rest) = run.stdout.split_once("\n\npod/web, forecast").unwrap();
    assert_data_eq!(
        numbers,
        str![[r#"
pod/web, container app, in pod.yaml
startup: GET http://POD-IP:8080/healthz, Host: example.com
readiness: GET http://POD-IP:8080/ready
liveness: exec sh -c 'test -f /tmp/alive'

FIELD                           STARTUP        READINESS      LIVENESS
initialDelaySeconds             0 (default)    0 (default)    0 (default)
periodSeconds                   5 (line 12)    10 (default)   5 (line 17)
timeoutSeconds                  1 (default)    1 (default)    2 (line 18)
successThreshold                1 (default)    1 (default)    1 (default)
failureThreshold                12 (line 11)   3 (default)    3 (default)
terminationGracePeriodSeconds   30 (Pod)       -              30 (Pod)
"#]]
    );
    for words in [
        "firstProbe startup",
        "ready",
        "The Pod can be Ready ",
        "If container app never answers, its startup probe kills it after ",
        "come at once, then each waits, ",
        "Container app may take ",
        "If container app stops answering, ",
    ] {
        assert!(rest.contains(words), "{words}: {run:?}");
    }
    for line in run.stdout.lines() {
        assert!(line.chars().count() <= 80, "{line}");
    }
}

#[test]
fn the_report_has_the_fields_that_scripts_rely_on() {
    let item = item(&offline(WEB, &["-o", "json"]));
    assert_eq!(item["verdict"], "ok");
    let startup = &item["containers"][0]["probes"][0];
    let expected = json!({
        "kind": "startup",
        "handler": {"httpGet": {"scheme": "http", "port": 8080, "path": "/healthz",
            "hostHeader": "example.com", "headers": [
                {"name": "User-Agent", "value": "kube-probe/1.37"},
                {"name": "Accept", "value": "*/*"}]}},
        "initialDelaySeconds": 0, "periodSeconds": 5, "timeoutSeconds": 1,
        "successThreshold": 1, "failureThreshold": 12, "terminationGracePeriodSeconds": 30,
    });
    for (field, value) in expected.as_object().unwrap() {
        assert_eq!(&startup[field], value, "{field}");
    }
    let origins = &startup["origins"];
    assert_eq!(origins["periodSeconds"]["kind"], "written");
    assert_eq!(origins["periodSeconds"]["location"]["line"], 12);
    assert_eq!(origins["timeoutSeconds"], json!({"kind": "default"}));
    assert_eq!(origins["terminationGracePeriodSeconds"]["kind"], "pod");
    let ready = &events(&item, "ready")[0];
    assert_eq!(
        (&ready["container"], &ready["instance"]),
        (&json!("app"), &json!(0))
    );
    assert!(ready["earliestSeconds"].as_f64() <= ready["latestSeconds"].as_f64());
    assert!(
        ready["reason"]
            .as_str()
            .is_some_and(|reason| !reason.is_empty())
    );
    assert!(events(&item, "kill").is_empty());
}

/// Twelve failures five seconds apart take at least 11 × 5 s.
#[test]
fn a_start_that_is_too_slow_is_killed_and_restarted() {
    let args = ["--starts-after", "2m", "--for", "5m", "-o", "json"];
    let item = item(&offline(WEB, &args));
    let kill = &events(&item, "kill")[0];
    assert_eq!(kill["probe"], "startup");
    let earliest = kill["earliestSeconds"].as_f64().unwrap();
    let latest = kill["latestSeconds"].as_f64().unwrap();
    assert!(earliest > 50.0 && latest < 65.0, "{kill}");
    assert!(events(&item, "restart").len() > 2);
    assert!(
        events(&item, "ready").is_empty(),
        "no run lasts two minutes"
    );
    let outlook = item["outlook"].as_array().unwrap();
    assert!(
        outlook.iter().all(|own| own["assumption"] == "given"),
        "{item}"
    );
}

#[test]
fn a_long_timeline_is_folded_for_people_only() {
    let args = ["--starts-after", "1h", "--for", "30m"];
    let run = offline(WEB, &args);
    assert!(
        run.stdout
            .contains("forecast under assumptions: starts after 1h"),
        "{run:?}"
    );
    assert!(run.stdout.contains("more restarts, "), "{run:?}");
    assert!(run.stdout.lines().count() < 60, "{run:?}");
    let json = item(&offline(WEB, &[&args[..], &["-o", "json"]].concat()));
    assert!(events(&json, "restart").len() > 6);
}

#[test]
fn every_assumption_has_its_word_in_the_heading() {
    for (args, words) in [
        (
            &["--fails-at", "2m", "--recovers-at", "3m"][..],
            "fails at 2m, recovers at 3m",
        ),
        (&["--hangs-at", "30"], "hangs at 30s"),
        (&["--errors-at", "1m30s"], "cannot be probed at 1m30s"),
        (
            &["--exits-at", "30s=1", "--first-run-only"],
            "ends at 30s with exit code 1, first run only",
        ),
        (&["--slow", "500ms"], "each answer takes 0.5s"),
        (&["--stop-takes", "never"], "ignores SIGTERM"),
        (&["--stop-takes", "0s=0"], "ends with 0 at SIGTERM"),
        (
            &["--stop-takes", "10s", "--pre-stop-takes", "5s"],
            "preStop takes 5s, stops after 10s",
        ),
    ] {
        let run = offline(WEB, args);
        let heading = format!("pod/web, forecast under assumptions: {words}\n");
        assert!(run.stdout.contains(&heading), "{args:?}: {run:?}");
    }
}

#[test]
fn assumptions_that_contradict_each_other_are_refused() {
    for (args, message) in [
        (&["--recovers-at", "1m"][..], "`--recovers-at` requires "),
        (
            &["--fails-at", "2m", "--recovers-at", "1m"],
            "must be later than `--fails-at`",
        ),
        (&["--for", "7h"], "at most 6h"),
        (&["--for", "0s"], "at least 1s"),
        (
            &["--stop-takes", "soon"],
            "expected `never`, or a duration such as",
        ),
    ] {
        let run = offline(WEB, args);
        assert_eq!(run.code, Some(2), "{args:?}: {run:?}");
        assert!(run.stderr.contains(message), "{args:?}: {run:?}");
    }
}

#[test]
fn a_pod_without_probes_is_one_line_however_many_there_are() {
    let pod = "kind: Pod\napiVersion: v1\nmetadata: {name: a}\nspec: {containers: [{name: c, image: i}]}\n";
    let run = offline(&format!("{pod}---\n{pod}"), &[]);
    assert_data_eq!(
        run.all(),
        str![[r#"
exit code 0
--- stdout
pod/a, in pod.yaml
no probes: each container is ready as soon as it runs, and only the end of its
process restarts it

pod/a, in pod.yaml
no probes: each container is ready as soon as it runs, and only the end of its
process restarts it

"#]]
    );
}

#[test]
fn a_probe_that_can_never_be_run_is_an_error() {
    let text = WEB.replace(
        "httpGet: {port: http, path: /ready}",
        "httpGet: {port: htpp}",
    );
    let run = offline(&text, &[]);
    assert_eq!(run.code, Some(1), "{run:?}");
    let (_, finding) = run.stdout.split_once("error[").unwrap();
    assert_data_eq!(
        finding,
        str![[r#"
errored-probe]: the readiness probe can never be run: the container has no port named `htpp`. Each attempt is an error, which counts neither as a failure nor as a success: the container is never ready
  --> pod.yaml:14:23
   |
14 |       httpGet: {port: htpp}
   |                       ^^^^
   |
   = help: use `http`, or declare the port

"#]]
    );
    assert!(
        run.stdout.contains(
            "The Pod is never Ready: the readiness probe of container app can never be run."
        ),
        "{run:?}"
    );
}

#[test]
fn a_container_that_is_never_ready_is_not_said_to_be_ready_until_it_is_killed() {
    let text = WEB.replace(
        "httpGet: {port: http, path: /ready}",
        "httpGet: {port: htps, path: /ready}",
    );
    let run = offline(&text, &["-o", "json"]);
    assert!(run.stdout.contains("it is never ready anyway"), "{run:?}");
    assert!(!run.stdout.contains("until then it is ready"), "{run:?}");
    let text = WEB.replace(
        "    readinessProbe:\n      httpGet: {port: http, path: /ready}\n",
        "",
    );
    let run = offline(&text, &["-o", "json"]);
    assert!(run.stdout.contains("until then it is ready"), "{run:?}");
}

#[test]
fn templates_of_workloads_and_sidecars_are_explained() {
    let text = "\
apiVersion: apps/v1
kind: Deployment
metadata: {name: shop}
spec:
  selector: {matchLabels: {app: shop}}
  template:
    metadata: {labels: {app: shop}}
    spec:
      initContainers:
      - {name: migrate, image: i}
      - name: proxy
        image: i
        restartPolicy: Always
        startupProbe: {tcpSocket: {port: 15000}}
      containers:
      - name: app
        image: i
        readinessProbe: {grpc: {port: 9000, service: shop}}
";
    let item = item(&offline(text, &["-o", "json"]));
    let containers = item["containers"].as_array().unwrap();
    let names: Vec<_> = containers
        .iter()
        .map(|own| (&own["name"], &own["type"]))
        .collect();
    assert_eq!(
        names,
        [
            (&json!("proxy"), &json!("sidecar")),
            (&json!("app"), &json!("app"))
        ]
    );
    let all = offline(text, &[]);
    assert!(all.stdout.contains("sidecar proxy"), "{all:?}");
    let run = offline(text, &["-c", "app"]);
    assert!(
        run.stdout
            .contains("readiness: gRPC health check of POD-IP:9000, service shop"),
        "{run:?}"
    );
    assert!(!run.stdout.contains("sidecar proxy"), "{run:?}");
}

#[test]
fn a_drawing_is_one_file_that_an_xml_parser_reads() {
    let text = WEB.replace("name: app", "name: app\n    env: [{name: A, value: '<&>'}]");
    let run = offline(&text, &["--hangs-at", "2m", "-o", "svg"]);
    assert_eq!((run.code, run.stderr.as_str()), (Some(0), ""), "{run:?}");
    let drawing = roxmltree::Document::parse(&run.stdout).unwrap();
    let root = drawing.root_element();
    assert_eq!(root.tag_name().name(), "svg");
    let of = |name: &str| {
        let nodes = drawing.descendants();
        nodes
            .filter(|node| node.has_tag_name(("http://www.w3.org/2000/svg", name)))
            .count()
    };
    assert!(
        of("rect") > 5 && of("text") > 10 && of("desc") == 1,
        "{}",
        run.stdout
    );
    for outside in ["href", "url(", "@import", "http://www.w3.org/1999"] {
        assert!(!run.stdout.contains(outside), "{outside}");
    }
}

/// The API server takes every number that is not negative.
#[test]
fn numbers_at_the_edge_of_their_type_are_explained() {
    let most = i32::MAX;
    let text = format!(
        "\
apiVersion: v1
kind: Pod
metadata: {{name: web}}
spec:
  terminationGracePeriodSeconds: {long}
  containers:
  - name: a
    image: i
    livenessProbe:
      tcpSocket: {{port: 80}}
      initialDelaySeconds: {most}
      periodSeconds: {most}
      timeoutSeconds: {most}
      failureThreshold: {most}
  - name: b
    image: i
    readinessProbe: {{tcpSocket: {{port: 80}}, periodSeconds: {most}, successThreshold: {most}}}
",
        long = i64::MAX
    );
    let run = offline(&text, &[]);
    assert_eq!(run.code, Some(0), "{run:?}");
    assert!(!run.stderr.contains("panicked"), "{run:?}");
}

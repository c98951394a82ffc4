//! `explain-status` of files: a recorded state, many of them, and manifests that never ran.

use serde_json::{Value, json};
use snapbox::{assert_data_eq, str};

use crate::support::Home;

const NOW: &str = "2026-11-29T10:02:00Z";

/// A Pod whose container ran into its memory limit again and again.
fn crashing(name: &str) -> Value {
    json!({
        "apiVersion": "v1", "kind": "Pod",
        "metadata": {"name": name, "namespace": "default", "uid": format!("uid-{name}")},
        "spec": {"nodeName": "node-1", "containers": [{"name": "app", "image": "app:1",
            "resources": {"limits": {"memory": "32Mi"}}}]},
        "status": {"phase": "Running",
            "conditions": [{"type": "Ready", "status": "False", "reason": "ContainersNotReady",
                "lastTransitionTime": "2026-11-29T10:01:50Z"}],
            "containerStatuses": [{"name": "app", "ready": false, "restartCount": 3,
                "image": "app:1", "imageID": "",
                "state": {"waiting": {"reason": "CrashLoopBackOff",
                    "message": "back-off 40s restarting failed container=app"}},
                "lastState": {"terminated": {"exitCode": 137, "reason": "OOMKilled",
                    "startedAt": "2026-11-29T10:01:40Z", "finishedAt": "2026-11-29T10:01:50Z"}}}]},
    })
}

fn running(name: &str) -> Value {
    json!({
        "apiVersion": "v1", "kind": "Pod",
        "metadata": {"name": name, "namespace": "default", "uid": format!("uid-{name}")},
        "spec": {"nodeName": "node-1", "containers": [{"name": "app", "image": "app:1"}]},
        "status": {"phase": "Running",
            "conditions": [
                {"type": "ContainersReady", "status": "True"},
                {"type": "Ready", "status": "True", "lastTransitionTime": "2026-11-29T10:00:00Z"}],
            "containerStatuses": [{"name": "app", "ready": true, "restartCount": 0, "started": true,
                "image": "app:1", "imageID": "",
                "state": {"running": {"startedAt": "2026-11-29T10:00:00Z"}}}]},
    })
}

fn home(items: &[Value]) -> Home {
    let list = json!({"apiVersion": "v1", "kind": "List", "items": items}).to_string();
    Home::with(&[("state.json", list.as_str())])
}

fn status<'a>(more: &[&'a str]) -> Vec<&'a str> {
    let mut args = vec![
        "explain-status",
        "-f",
        "state.json",
        "--offline",
        "--now",
        NOW,
    ];
    args.extend(more);
    args
}

#[test]
fn one_sentence_comes_first_and_then_the_evidence() {
    let run = home(&[crashing("web")]).run(&status(&[]));
    assert_eq!(run.code, Some(1), "{run:?}");
    assert_data_eq!(
        run.stdout,
        str![[r#"
pod/web crashes again and again, since 2026-11-29T10:01:50Z (10s ago): container
app runs into its memory limit of 32Mi and is killed by the kernel; the kubelet
waits 40s before it starts it again. It does not get better by itself. Raise
limits.memory of container app (spec.containers[0].resources.limits.memory)
above 32Mi, or make the program use less.

kubectl shows CrashLoopBackOff, although the last run of container `app` ended
with OOMKilled (exit code 137)

out-of-memory
|- status.containerStatuses[0].lastState.terminated: exit code 137, reason
|  OOMKilled
|- status.containerStatuses[0].restartCount: 3 restarts
`- status.containerStatuses[0].state.waiting: CrashLoopBackOff: back-off 40s
   restarting failed container=app

CONTAINER   TYPE   STATE              READY   RESTARTS      LAST RUN          NEXT START
app         app    CrashLoopBackOff   no      3 (10s ago)   OOMKilled (137)   in 30s

"#]]
    );
}

#[test]
fn the_report_has_the_fields_that_scripts_rely_on() {
    let run = home(&[crashing("web")]).run(&status(&["pod/web", "-o", "json"]));
    let report: Value = serde_json::from_str(&run.stdout).unwrap_or_else(|_| panic!("{run:?}"));
    assert_eq!(report["kind"], "StatusReport");
    let item = &report["items"][0];
    assert_eq!(item["verdict"], "no");
    assert_eq!(item["state"], "crashes again and again");
    assert_eq!(item["kubectlStatus"], "CrashLoopBackOff");
    assert_eq!(item["since"], "2026-11-29T10:01:50Z");
    assert_eq!(item["betterByItself"], "no");
    assert_eq!(item["causes"][0]["id"], "out-of-memory");
    assert_eq!(item["causes"][0]["certainty"], "proven");
    assert!(
        item["summary"]
            .as_str()
            .is_some_and(|text| text.starts_with("pod/web crashes"))
    );
    assert_eq!(item["advice"].as_array().map(Vec::len), Some(1), "{item}");
    let container = &item["containers"][0];
    assert_eq!(container["type"], "app");
    assert_eq!(container["lastRun"]["exitCode"], 137);
    assert_eq!(container["nextStart"], "2026-11-29T10:02:30Z");
}

#[test]
fn a_pod_that_is_well_is_a_line_and_a_table() {
    let run = home(&[running("web")]).run(&status(&[]));
    assert_eq!(run.code, Some(0), "{run:?}");
    assert_data_eq!(
        run.stdout,
        str![[r#"
pod/web runs and is ready, since 2026-11-29T10:00:00Z (2m ago).

CONTAINER   TYPE   STATE        READY   RESTARTS   LAST RUN
app         app    running 2m   yes     0

"#]]
    );
}

#[test]
fn many_targets_are_one_screen_the_worst_first() {
    let well = (0..150).map(|n| running(&format!("well-{n:03}")));
    let sick = (0..50).map(|n| crashing(&format!("sick-{n:03}")));
    let items: Vec<Value> = well.chain(sick).collect();
    let run = home(&items).run(&status(&[]));
    assert_eq!(run.code, Some(1), "{run:?}");
    assert_data_eq!(
        run.stdout,
        str![[r#"
200 targets: 50 not well, 0 not known, 150 well
|- 50 Pods: out-of-memory: container app runs into its memory limit of 32Mi
|  |  and is killed by the kernel
|  `- pod/sick-000, pod/sick-001, pod/sick-002, pod/sick-003 and 46 more
`- 150 Pods: runs and is ready

For one of them, with what to do: kubectl pod-tools explain-status -f FILE
TYPE/NAME

"#]]
    );
}

#[test]
fn named_targets_are_explained_in_full() {
    let home = home(&[running("a"), crashing("b")]);
    let run = home.run(&status(&["pod/a", "pod/b"]));
    assert_eq!(run.code, Some(1), "{run:?}");
    let tables = run.stdout.matches("CONTAINER   TYPE").count();
    assert_eq!(tables, 2, "{run:?}");
}

#[test]
fn a_manifest_that_never_ran_gives_the_life_ahead() {
    let yaml = "apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  nodeSelector: {disk: ssd}
  initContainers:
  - {name: migrate, image: app}
  - {name: proxy, image: proxy, restartPolicy: Always, startupProbe: {tcpSocket: {port: 1}}}
  containers:
  - name: app
    image: app
    readinessProbe: {httpGet: {port: 80}}
    lifecycle: {preStop: {sleep: {seconds: 5}}}
";
    let run =
        Home::with(&[("pod.yaml", yaml)]).run(&["explain-status", "-f", "pod.yaml", "--offline"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    assert_data_eq!(
        run.stdout,
        str![[r#"
pod/web has never run; this is the life that lies ahead of it.

what lies ahead
|- scheduling: default-scheduler chooses a node with disk=ssd; until there is
|  one that fits, the Pod is Pending.
|- init container: migrate runs to its end; if it fails, it is run again, with a
|  growing back-off, for ever.
|- sidecar: proxy is started and stays; what follows waits until its startup
|  probe has succeeded.
|- containers: app is started.
|- ready: The Pod is ready when the startup probe of proxy has succeeded and the
|  readiness probe of app has succeeded.
|- restarts: A container that ends, however, is started again: at once, then
|  after 10 s, 20 s, 40 s, at most 5 min. The Pod ends by deletion only.
`- deletion: the preStop hook of app runs first, then SIGTERM comes, and SIGKILL
   30 s after the deletion at the latest.

"#]]
    );
}

#[test]
fn a_workload_is_judged_with_its_pods() {
    let mut pod = crashing("web-1");
    pod["metadata"]["labels"] = json!({"app": "web"});
    pod["metadata"]["ownerReferences"] = json!([{"apiVersion": "apps/v1", "kind": "ReplicaSet",
        "name": "web", "uid": "uid-set", "controller": true}]);
    let set = json!({
        "apiVersion": "apps/v1", "kind": "ReplicaSet",
        "metadata": {"name": "web", "namespace": "default", "uid": "uid-set", "generation": 1},
        "spec": {"replicas": 2, "selector": {"matchLabels": {"app": "web"}}, "template": {
            "metadata": {"labels": {"app": "web"}}, "spec": pod["spec"]}},
        "status": {"replicas": 2, "readyReplicas": 1, "observedGeneration": 1},
    });
    let run = home(&[pod, set]).run(&status(&["rs/web"]));
    assert_eq!(run.code, Some(1), "{run:?}");
    let text = run.stdout.replace('\n', " ");
    assert!(
        text.starts_with("replicaset.apps/web has 1 of 2 Pods ready, since 2026-11-29T10:01:50Z (10s ago): pod web-1: container app runs into"),
        "{text}"
    );
}

#[test]
fn hostile_text_of_the_cluster_reaches_no_terminal() {
    let mut pod = crashing("web");
    let escape = "\u{1b}[2J\u{1b}]0;x\u{7}\r\nerror: fake";
    pod["status"]["containerStatuses"][0]["state"]["waiting"]["message"] = json!(escape);
    pod["status"]["containerStatuses"][0]["lastState"]["terminated"]["message"] = json!(escape);
    let run = home(&[pod]).run(&status(&[]));
    assert_eq!(run.code, Some(1), "{run:?}");
    assert!(!run.stdout.contains('\u{1b}'), "{run:?}");
    assert!(
        !run.stdout
            .lines()
            .any(|line| line.starts_with("error: fake")),
        "{run:?}"
    );
}

#[test]
fn a_watch_needs_a_name_and_a_cluster() {
    let home = home(&[running("web")]);
    for (args, words) in [
        (
            &["-f", "state.json", "--watch"][..],
            "a file does not change",
        ),
        (&["-l", "app=web", "--watch"], "needs the name of a target"),
        (
            &["web", "--watch", "-o", "yaml"],
            "cannot be combined with `-o yaml`",
        ),
    ] {
        let mut all = vec!["explain-status"];
        all.extend(args);
        let run = home.run(&all);
        assert_eq!(run.code, Some(2), "{run:?}");
        assert!(run.stderr.contains(words), "{run:?}");
    }
}

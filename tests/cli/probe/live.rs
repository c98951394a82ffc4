//! Live Pods, through a scripted API server.

use serde_json::{Value, json};

use super::{Running, lines, verdicts};
use crate::apiserver::{Answer, ApiServer};
use crate::support::{Home, Run};

const PODS: &str = "GET /api/v1/namespaces/default/pods";

fn exec_probe(word: &str) -> Value {
    json!({"exec": {"command": [word, "$(WORD)"]}, "periodSeconds": 1, "timeoutSeconds": 60})
}

/// A running Pod with a container `app`.
fn pod(probes: &Value, state: &Value) -> Value {
    let mut container = probes.clone();
    container["name"] = "app".into();
    container["image"] = "i".into();
    container["env"] = json!([{"name": "WORD", "value": "hello"}]);
    json!({
        "apiVersion": "v1", "kind": "Pod",
        "metadata": {"name": "web", "namespace": "default", "uid": "u", "labels": {"app": "web"}},
        "spec": {"containers": [container]},
        "status": {"phase": "Running", "podIP": "10.0.0.1", "containerStatuses": [
            {"name": "app", "ready": false, "started": true, "restartCount": 0, "image": "i",
             "imageID": "i", "containerID": "c://1", "state": state}]},
    })
}

fn running() -> Value {
    json!({"running": {"startedAt": "2026-01-02T03:04:05Z"}})
}

fn ready(word: &str) -> Value {
    pod(&json!({"readinessProbe": exec_probe(word)}), &running())
}

fn exited(code: i32) -> Answer {
    Answer::exec_status(
        "said\n",
        &json!({"status": "Failure", "reason": "NonZeroExitCode",
            "message": format!("command terminated with non-zero exit code: {code}"),
            "details": {"causes": [{"reason": "ExitCode", "message": code.to_string()}]}}),
    )
}

fn server(pod: &Value, exec: Answer) -> ApiServer {
    ApiServer::new()
        .on(&format!("{PODS}/web/exec"), exec)
        .on(&format!("{PODS}/web"), Answer::json(pod))
}

fn probe(server: &ApiServer, more: &[&str]) -> Run {
    Home::new().run_on(server, &[&["probe", "web", "-o", "json"], more].concat())
}

#[test]
fn commands_are_run_in_the_container() {
    let server = server(&ready("cat"), Answer::exec("said\nmore", None));
    let run = probe(&server, &[]);
    assert_eq!(run.code, Some(0), "{run:?}");
    let lines = lines(&run.stdout);
    assert_eq!(verdicts(&lines), ["readiness success"]);
    assert_eq!(lines[0]["answer"], "said");
    assert!(run.stderr.contains("not the kubelet's path"), "{run:?}");
    let requests = server.requests();
    let exec = requests.iter().find(|r| r.path.contains("/exec")).unwrap();
    assert!(exec.path.contains("container=app"), "{}", exec.path);
    assert!(
        exec.path.contains("command=cat&command=hello"),
        "{}",
        exec.path
    );
}

#[test]
fn an_exit_code_is_a_failure_and_a_missing_program_is_errored() {
    let run = probe(&server(&ready("cat"), exited(4)), &[]);
    assert_eq!(run.code, Some(1), "{run:?}");
    let failed = lines(&run.stdout);
    assert_eq!(verdicts(&failed), ["readiness failure"]);
    assert_eq!(failed[0]["exitCode"], 4);
    let missing = Answer::exec(
        "",
        Some("exec: \"nope\": executable file not found in $PATH"),
    );
    let run = probe(&server(&ready("nope"), missing), &[]);
    assert_eq!(run.code, Some(1), "{run:?}");
    let errored = lines(&run.stdout);
    assert_eq!(verdicts(&errored), ["readiness errored"]);
    assert_eq!(errored[0]["tries"], 3);
}

#[test]
fn a_missing_right_is_code_3_and_named() {
    let message = "pods \"web\" is forbidden: User \"u\" cannot create resource \"pods/exec\" in API group \"\" in the namespace \"default\"";
    let refused = Answer::refusal(403, "Forbidden", message);
    let run = probe(&server(&ready("cat"), refused), &[]);
    assert_eq!(run.code, Some(3), "{run:?}");
    assert_eq!(run.stdout, "");
    assert!(
        run.stderr
            .contains("not allowed to create pods/exec \"web\""),
        "{run:?}"
    );
    let http = pod(
        &json!({"readinessProbe": {"httpGet": {"port": 80}, "timeoutSeconds": 60}}),
        &running(),
    );
    let server = ApiServer::new()
        .on(
            &format!("{PODS}/web/portforward"),
            Answer::refusal(403, "Forbidden", message),
        )
        .on(&format!("{PODS}/web"), Answer::json(&http));
    let run = probe(&server, &["--watch"]);
    assert_eq!(run.code, Some(3), "{run:?}");
    assert!(
        run.stderr
            .contains("kubectl auth can-i create pods --subresource=portforward -n default"),
        "{run:?}"
    );
}

#[test]
fn a_pod_that_is_deleted_meanwhile_is_code_4() {
    let get = format!("{PODS}/web");
    let server = ApiServer::new()
        .on(&format!("{PODS}/web/exec"), Answer::exec("", None))
        .once(&get, Answer::json(&ready("cat")))
        .on(
            &get,
            Answer::refusal(404, "NotFound", "pods \"web\" not found"),
        );
    let run = probe(&server, &["--watch"]);
    assert_eq!(run.code, Some(4), "{run:?}");
    assert!(run.stderr.contains("error: pod/web was deleted"), "{run:?}");
    assert!(!lines(&run.stdout).is_empty());
}

#[test]
fn a_new_instance_begins_anew() {
    let get = format!("{PODS}/web");
    let mut second = pod(&json!({"livenessProbe": exec_probe("cat")}), &running());
    let first = second.clone();
    second["status"]["containerStatuses"][0]["containerID"] = "c://2".into();
    let server = ApiServer::new()
        .on(&format!("{PODS}/web/exec"), Answer::exec("", None))
        .once(&get, Answer::json(&first))
        .on(&get, Answer::json(&second));
    let url = server.url();
    let home = Home::new();
    let words = ["probe", "web", "--watch", "-o", "json", "--server", &url];
    let mut running = Running::start(home.command(&words));
    // It goes on across the restart.
    for number in 1..=5 {
        assert_eq!(running.line()["attempt"], number);
    }
    running.child.kill().unwrap();
    running.end();
}

#[test]
fn a_container_that_does_not_run_is_named_with_the_reason() {
    let waiting = json!({"waiting": {"reason": "CrashLoopBackOff"}});
    let pod = pod(&json!({"readinessProbe": exec_probe("cat")}), &waiting);
    let run = probe(&server(&pod, Answer::exec("", None)), &[]);
    assert_eq!(run.code, Some(1), "{run:?}");
    assert!(
        run.stderr
            .contains("container `app` of pod/web does not run: CrashLoopBackOff"),
        "{run:?}"
    );
}

#[test]
fn the_probes_of_the_containers_that_run_are_run() {
    let waiting = json!({"waiting": {"reason": "CrashLoopBackOff"}});
    let mut pod = pod(&json!({"readinessProbe": exec_probe("cat")}), &running());
    let mut other = pod["spec"]["containers"][0].clone();
    other["name"] = "other".into();
    pod["spec"]["containers"]
        .as_array_mut()
        .unwrap()
        .push(other);
    let status = json!({"name": "other", "image": "i", "imageID": "", "ready": false, "restartCount": 3, "state": waiting});
    let statuses = &mut pod["status"]["containerStatuses"];
    statuses.as_array_mut().unwrap().push(status);
    for (code, failed) in [
        (0, ""),
        (
            1,
            "the readiness probe of container `app` of pod/web did not pass; ",
        ),
    ] {
        for args in [&[][..], &["--count", "2"]] {
            let answer = match code {
                0 => Answer::exec("", None),
                code => exited(code),
            };
            let run = probe(&server(&pod, answer), args);
            assert_eq!(run.code, Some(1), "{run:?}");
            assert_eq!(lines(&run.stdout).len(), args.len().max(1), "{run:?}");
            let message = format!(
                "error: {failed}container `other` of pod/web does not run: CrashLoopBackOff"
            );
            assert!(run.stderr.contains(&message), "{run:?}");
        }
    }
    let server = server(&pod, Answer::exec("", None));
    let run = probe(&server, &["--until", "ready", "--timeout", "3s"]);
    assert_eq!(run.code, Some(124), "{run:?}");
    let message = "container `other` of pod/web does not run: CrashLoopBackOff\n";
    assert!(
        run.stderr.starts_with(message) || run.stderr.contains(&format!("\n{message}")),
        "{run:?}"
    );
}

/// One that has ended is never ready, whatever becomes of the others.
#[test]
fn a_pod_that_fails_ends_the_wait_for_all() {
    let named = |name: &str, phase: &str| {
        let mut pod = ready("cat");
        pod["metadata"]["name"] = name.into();
        pod["metadata"]["uid"] = name.into();
        pod["status"]["phase"] = phase.into();
        Answer::json(&pod)
    };
    let server = ApiServer::new()
        .on(&format!("{PODS}/a/exec"), exited(1))
        .on(&format!("{PODS}/b/exec"), exited(1))
        .on(&format!("{PODS}/a"), named("a", "Running"))
        .once(&format!("{PODS}/b"), named("b", "Running"))
        .on(&format!("{PODS}/b"), named("b", "Failed"));
    let args = [
        "probe",
        "pod/a",
        "pod/b",
        "--until",
        "ready",
        "--timeout",
        "100s",
    ];
    let run = Home::new().run_on(&server, &args);
    assert_eq!(run.code, Some(1), "{run:?}");
    assert!(run.stderr.contains("pod/b has ended: failed"), "{run:?}");
}

#[test]
fn a_workload_means_its_running_pods() {
    let deployment = json!({
        "apiVersion": "apps/v1", "kind": "Deployment",
        "metadata": {"name": "web", "namespace": "default", "uid": "d"},
        "spec": {"selector": {"matchLabels": {"app": "web"}}, "template": {
            "metadata": {"labels": {"app": "web"}}, "spec": {"containers": [{"name": "app", "image": "i"}]}}},
    });
    let mut ended = ready("cat");
    ended["metadata"]["name"] = "old".into();
    ended["metadata"]["uid"] = "o".into();
    ended["status"]["phase"] = "Failed".into();
    let pods = json!({"metadata": {"resourceVersion": "1"}, "items": [ready("cat"), ended]});
    let server = ApiServer::new()
        .on(&format!("{PODS}/web/exec"), Answer::exec("", None))
        .on(&format!("{PODS}?"), Answer::json(&pods))
        .on(
            "GET /apis/apps/v1/namespaces/default/deployments/web",
            Answer::json(&deployment),
        );
    let run = Home::new().run_on(&server, &["probe", "deploy/web", "-o", "json"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    let lines = lines(&run.stdout);
    assert_eq!(lines.len(), 1, "{run:?}");
    assert_eq!(lines[0]["pod"], "web");
    let requests = server.requests();
    let listed = |r: &&crate::apiserver::Request| r.path.contains("labelSelector=app%3Dweb");
    assert_eq!(requests.iter().filter(listed).count(), 1, "{requests:?}");
}

//! Commands in messages reach the cluster that the run reached.

use serde_json::{Value, json};

use crate::apiserver::{Answer, ApiServer, Then};
use crate::support::Home;

const JOB: &str = "\
apiVersion: batch/v1
kind: Job
metadata: {name: migrate}
spec:
  template:
    spec:
      restartPolicy: Never
      containers: [{name: c, image: i}]
";

fn list(items: &[Value]) -> Answer {
    Answer::json(&json!({"metadata": {"resourceVersion": "1"}, "items": items}))
}

fn running(namespace: &str) -> Value {
    json!({"apiVersion": "batch/v1", "kind": "Job",
        "metadata": {"name": "migrate", "namespace": namespace, "uid": namespace, "resourceVersion": "1"},
        "spec": {"completions": 1}, "status": {"active": 1}})
}

/// A server of Jobs that do not end, in a namespace or in all.
fn serving(path: &str, jobs: &[Value]) -> ApiServer {
    ApiServer::new()
        .on(
            &format!("GET {path}?watch=1"),
            Answer::watch(&[], Then::Hold),
        )
        .on(&format!("GET {path}?limit"), list(jobs))
}

#[test]
fn hint_of_an_object_left_behind_names_the_cluster() {
    let path = "/apis/batch/v1/namespaces/team/jobs";
    for (flags, typed) in [
        (&[][..], ""),
        (&["--context", "c"], " --context c"),
        (&["--user=u", "--cluster=k"], " --cluster k --user u"),
        (
            &["--kubeconfig", ".kube/config", "--as", "jane doe"],
            " --kubeconfig .kube/config --as 'jane doe'",
        ),
        (&["--token", "sesame", "--context=c"], " --context c"),
    ] {
        let home = Home::new();
        let server = serving(path, &[running("team")]);
        home.kubeconfig(&server, "{token: t}");
        let args = ["wait", "job/migrate", "--rm", "--timeout", "3s"];
        let run = home.run(&[&args[..], flags].concat());
        assert_eq!(run.code, Some(124), "{run:?}");
        let help = format!("help: delete with: kubectl delete job.batch/migrate -n team{typed}\n");
        assert!(run.stderr.contains(&help), "{run:?}");
        assert!(!run.stderr.contains("sesame"), "{run:?}");
    }
}

#[test]
fn a_server_that_was_named_is_named_again() {
    let server = serving(
        "/apis/batch/v1/namespaces/default/jobs",
        &[running("default")],
    );
    let url = server.url();
    let args = [
        "wait",
        "job/migrate",
        "-n",
        "default",
        "--rm",
        "--timeout=3s",
    ];
    let run = Home::new().run(&[&args[..], &["--server", &url]].concat());
    let help = format!("kubectl delete job.batch/migrate -n default --server {url}\n");
    assert!(run.stderr.contains(&help), "{run:?}");
}

#[test]
fn each_namespace_of_all_has_a_command() {
    let server = serving(
        "/apis/batch/v1/jobs",
        &[running("team-b"), running("team-a")],
    );
    let args = ["wait", "jobs", "--all", "-A", "--rm", "--timeout", "3s"];
    let run = Home::new().run_on(&server, &args);
    assert_eq!(run.code, Some(124), "{run:?}");
    for namespace in ["team-a", "team-b"] {
        let help = format!("delete with: kubectl delete job.batch/migrate -n {namespace}\n");
        assert!(run.stderr.contains(&help), "{run:?}");
    }
}

#[test]
fn hint_of_an_unknown_outcome_names_the_cluster() {
    let home = Home::with(&[("job.yaml", JOB)]);
    let server = ApiServer::new().on("POST ", Answer::closed());
    home.kubeconfig(&server, "{token: t}");
    let run = home.run(&["create", "-f", "job.yaml", "--context", "c"]);
    assert_eq!(run.code, Some(3), "{run:?}");
    let help = "check the result with `kubectl get jobs.batch migrate -n team --context c` before retrying";
    assert!(run.stderr.contains(help), "{run:?}");
}

fn ended(namespace: &str, phase: &str, code: u8) -> Value {
    json!({"apiVersion": "v1", "kind": "Pod",
        "metadata": {"name": "web", "namespace": namespace, "uid": namespace, "resourceVersion": "1"},
        "spec": {"restartPolicy": "Never", "containers": [{"name": "c"}]},
        "status": {"phase": phase, "containerStatuses":
            [{"name": "c", "state": {"terminated": {"exitCode": code}}}]}})
}

/// Pods of the same name in two namespaces, and their logs.
fn two_webs(phase: &str, code: u8) -> ApiServer {
    let pods = ["a", "b"].map(|namespace| ended(namespace, phase, code));
    let server = serving("/api/v1/pods", &pods);
    ["a", "b"]
        .iter()
        .zip(&pods)
        .fold(server, |server, (namespace, pod)| {
            let path = format!("/api/v1/namespaces/{namespace}/pods");
            let line = format!("2026-01-02T03:04:05Z of {namespace}\n");
            // At the end logs are read without times.
            let at_the_end = format!("of {namespace}\n");
            server
                .on(
                    &format!("GET {path}/web/log?container=c&follow"),
                    Answer::bytes(line),
                )
                .on(&format!("GET {path}/web/log?"), Answer::bytes(at_the_end))
                .on(
                    &format!("GET {path}?watch=1"),
                    Answer::watch(&[], Then::Hold),
                )
                .on(&format!("GET {path}?"), list(std::slice::from_ref(pod)))
        })
}

#[test]
fn lines_of_logs_name_the_namespace_where_there_are_several() {
    let pod = |namespace: &str| {
        format!(
            "apiVersion: v1\nkind: Pod\nmetadata: {{name: web, namespace: {namespace}}}\nspec: {{containers: [{{name: c, image: i}}]}}\n"
        )
    };
    let both = [pod("a"), pod("b")].join("---\n");
    let home = Home::with(&[("both.yaml", &both), ("one.yaml", &pod("a"))]);
    let of_two = "[a/web/c] of a\n[b/web/c] of b\n";
    for (args, code, expected) in [
        (&["pods", "--all", "-A", "--logs"][..], 0, of_two),
        (&["pods", "--all", "-A", "--logs=failed"], 3, of_two),
        (&["-f", "both.yaml", "--logs"], 0, of_two),
        (&["-f", "one.yaml", "--logs"], 0, "[web/c] of a\n"),
        (&["pod/web", "-n", "b", "--logs"], 0, "[web/c] of b\n"),
    ] {
        let phase = if code == 0 { "Succeeded" } else { "Failed" };
        let server = two_webs(phase, code);
        let run = home.run_on(&server, &[&["wait"], args].concat());
        assert_eq!(run.code == Some(0), code == 0, "{run:?}");
        let mut lines: Vec<&str> = run.stdout.split_inclusive('\n').collect();
        lines.sort_unstable();
        assert_eq!(lines.concat(), expected, "{run:?}");
    }
}

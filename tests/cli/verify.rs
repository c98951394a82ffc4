//! `explain-env --verify`: what a running container sees, against what a
//! restart would give it.

use serde_json::{Value, json};
use snapbox::{assert_data_eq, str};

use crate::apiserver::{Answer, ApiServer, Request};
use crate::support::{Home, Run};

const PODS: &str = "GET /api/v1/namespaces/default/pods";
const CAT: &str = "command=cat&command=%2Fproc%2Fself%2Fenviron";
const ABSENT: &str = "exec failed: \"x\": executable file not found in $PATH";

/// A running Pod `web` with one container `app`.
fn pod(container: &Value) -> Value {
    let mut container = container.clone();
    container["name"] = "app".into();
    container["image"] = "i".into();
    json!({
        "apiVersion": "v1", "kind": "Pod",
        "metadata": {"name": "web", "namespace": "default", "uid": "u"},
        "spec": {"enableServiceLinks": false, "containers": [container]},
        "status": {"phase": "Running", "containerStatuses": [
            {"name": "app", "ready": true, "restartCount": 0, "image": "i", "imageID": "i",
             "state": {"running": {"startedAt": "2026-01-02T03:04:05Z"}}}]},
    })
}

/// A container that takes from a ConfigMap, a Secret and a key of it.
fn takes_all() -> Value {
    json!({
        "envFrom": [{"configMapRef": {"name": "m"}}, {"secretRef": {"name": "s", "optional": true}, "prefix": "S_"}],
        "env": [{"name": "URL", "value": "db://$(S_USER)@$(HOST)"}, {"name": "FIXED", "value": "1"}],
    })
}

fn config_map(data: &Value) -> Answer {
    Answer::json(&json!({"metadata": {"name": "m"}, "data": data}))
}

/// The Pod, no Service but none at all, and a ConfigMap.
fn server(pod: &Value, data: &Value) -> ApiServer {
    ApiServer::new()
        .on(&format!("{PODS}/web?"), Answer::json(pod))
        .on(
            "GET /api/v1/namespaces/default/configmaps/m",
            config_map(data),
        )
}

/// The same where `cat` prints these variables.
fn with_environ(pod: &Value, data: &Value, environ: &'static str) -> ApiServer {
    server(pod, data)
        .answering(&format!("{PODS}/web/exec"), move |request| {
            assert!(request.path.contains(CAT), "{}", request.path);
            assert!(request.path.contains("container=app"), "{}", request.path);
            Answer::exec(environ, None)
        })
        .on(&format!("{PODS}/web"), Answer::json(pod))
}

fn verify(server: &ApiServer, more: &[&str]) -> Run {
    Home::new().run_on(
        server,
        &[&["explain-env", "web", "--verify"], more].concat(),
    )
}

/// Returns the text after the heading `as it runs`.
fn as_it_runs(run: &Run) -> String {
    let (_, rest) = run
        .stdout
        .split_once("pod/web, running containers\n")
        .unwrap();
    format!("exit code {:?}\n{rest}--- stderr\n{}", run.code, run.stderr)
}

#[test]
fn a_container_that_is_as_a_restart_would_make_it_is_exit_code_0() {
    let environ = "PATH=/bin\0HOSTNAME=web\0HOST=db\0URL=db://db\0HOME=/\0";
    let container = json!({
        "envFrom": [{"configMapRef": {"name": "m"}}],
        "env": [{"name": "URL", "value": "db://$(HOST)"}],
    });
    let server = with_environ(&pod(&container), &json!({"HOST": "db"}), environ);
    assert_data_eq!(
        as_it_runs(&verify(&server, &[])),
        str![[r#"
exit code Some(0)
CONTAINER   AFTER A RESTART
app         the same
--- stderr

"#]]
    );
    let run = verify(&server, &["-o", "json"]);
    let report: Value = serde_json::from_str(&run.stdout).unwrap();
    let item = &report["items"][0];
    assert_eq!(
        (run.code, &item["verdict"]),
        (Some(0), &json!("ok")),
        "{item}"
    );
    let expected = json!([{"container": "app", "status": "same", "differences": []}]);
    assert_eq!(item["verify"], expected);
    let gets = server.requests();
    let execs = gets.iter().filter(|r| r.path.contains("/exec")).count();
    assert_eq!(execs, 2, "one command for each run");
}

#[test]
fn drift_is_exit_code_1_with_masked_changes() {
    // The Secret is gone, and was S_USER and S_TOKEN; the ConfigMap was edited.
    let environ = "PATH=/bin\0HOST=db\\e\u{1b}[31m\0OLD=x\0URL=db://hunter2@db\0S_USER=hunter2\0S_TOKEN=hunter3\0FIXED=1\0";
    let now = json!({"HOST": "db2", "NEW": "y".repeat(50)});
    let server = with_environ(&pod(&takes_all()), &now, environ);
    let image = Home::with(&[("image.json", r#"{"config": {"Env": ["PATH=/bin"]}}"#)]);
    let args = [
        "explain-env",
        "web",
        "--verify",
        "--image-config",
        "image.json",
    ];
    let run = image.run_on(&server, &args);
    assert_data_eq!(
        as_it_runs(&run),
        str![[r#"
exit code Some(1)
CONTAINER   AFTER A RESTART
app         6 variables would differ

error[unresolved-reference]: environment variable `URL` refers to `S_USER`, which is not defined
 --> pod/web: spec.containers[0].env[0].value
  = help: define `S_USER` before it, or write `$$(S_USER)` to keep the text

error[drift]: `HOST` is `db//e/u{1b}[31m` in container `app`, but `db2` after a restart
 --> pod/web: spec.containers[0].envFrom[0]
  = help: restart the container to apply the change

error[drift]: `NEW` is not set in container `app`, but `yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy…` after a restart
 --> pod/web: spec.containers[0].envFrom[0]
  = help: restart the container to apply the change

error[drift]: `URL` is `***` in container `app`, but `db://$(S_USER)@db2` after a restart
 --> pod/web: spec.containers[0].env[0]
  = help: restart the container to apply the change

error[drift]: `OLD` is `x` in container `app`, but not set after a restart
 --> pod/web: spec.containers[0]
  = help: restart the container to apply the change

error[drift]: `S_USER` is `***` in container `app`, but not set after a restart
 --> pod/web: spec.containers[0]
  = help: restart the container to apply the change

error[drift]: `S_TOKEN` is `***` in container `app`, but not set after a restart
 --> pod/web: spec.containers[0]
  = help: restart the container to apply the change

info[optional-missing]: Secret `s` does not exist in namespace `default`; it is optional, so nothing is set
 --> pod/web: spec.containers[0].envFrom[1].secretRef
--- stderr

"#]]
    );
    assert!(!run.all().contains("hunter"), "{run:?}");

    let structured = image.run_on(&server, &[&args[..], &["-o", "json"]].concat());
    assert!(!structured.all().contains("hunter"), "{structured:?}");
    let report: Value = serde_json::from_str(&structured.stdout).unwrap();
    let item = &report["items"][0];
    assert_eq!((structured.code, &item["verdict"]), (Some(1), &json!("no")));
    let path = |entry: &str| format!("spec.containers[0].{entry}");
    let expected = json!([
        {"name": "HOST", "change": "changed", "running": "db\\e\u{1b}[31m", "restarted": "db2", "masked": false, "path": path("envFrom[0]")},
        {"name": "NEW", "change": "new", "running": null, "restarted": "y".repeat(50), "masked": false, "path": path("envFrom[0]")},
        {"name": "URL", "change": "changed", "running": "***", "restarted": "db://$(S_USER)@db2", "masked": true, "path": path("env[0]")},
        {"name": "OLD", "change": "gone", "running": "x", "restarted": null, "masked": false},
        {"name": "S_USER", "change": "gone", "running": "***", "restarted": null, "masked": true},
        {"name": "S_TOKEN", "change": "gone", "running": "***", "restarted": null, "masked": true},
    ]);
    assert_eq!(item["verify"][0]["status"], "drift");
    assert_eq!(item["verify"][0]["differences"], expected);

    for format in ["table", "json"] {
        let args = [&args[..], &["-o", format, "--show-secrets"]].concat();
        let shown = image.run_on(&server, &args).stdout;
        assert!(
            shown.contains("db://hunter2@db") && shown.contains("hunter3"),
            "{shown}"
        );
        assert!(!shown.contains('\u{1b}'), "{shown:?}");
    }
}

#[test]
fn variable_of_the_image_is_unexplained_without_an_image_config() {
    let container = json!({"env": [{"name": "A", "value": "1"}]});
    let server = with_environ(&pod(&container), &json!({}), "PATH=/bin\0LANG=C\0A=1\0");
    assert_data_eq!(
        as_it_runs(&verify(&server, &[])),
        str![[r#"
exit code Some(0)
CONTAINER   AFTER A RESTART
app         the same

info[unexplained-variable]: container `app` has `LANG`: set by the image, or by a source that no longer exists
 --> pod/web: spec.containers[0]
  = help: use `--image-config FILE` to tell them apart
--- stderr

"#]]
    );
    let image = Home::with(&[("image.json", r#"{"config": {"Env": ["PATH=/bin"]}}"#)]);
    let args = [
        "explain-env",
        "web",
        "--verify",
        "--image-config",
        "image.json",
    ];
    assert_data_eq!(
        as_it_runs(&image.run_on(&server, &args)),
        str![[r#"
exit code Some(0)
CONTAINER   AFTER A RESTART
app         the same

info[unexplained-variable]: container `app` has `LANG`: set by a device plugin or the runtime, or by a source that no longer exists
 --> pod/web: spec.containers[0]
--- stderr

"#]]
    );
}

/// Programs are tried in turn; the last ones part variables by lines.
#[test]
fn an_image_without_cat_is_read_by_what_it_has() {
    let container = json!({"env": [
        {"name": "KEY", "valueFrom": {"secretKeyRef": {"name": "s", "key": "k"}}},
        {"name": "A", "value": "1"},
    ]});
    let pod = pod(&container);
    let refused = Answer::refusal(403, "Forbidden", "no");
    let server = server(&pod, &json!({}))
        .answering(&format!("{PODS}/web/exec"), |request: &Request| {
            if request.path.contains("command=printenv") && !request.path.contains("command=-0") {
                Answer::exec("KEY=-----BEGIN\nQUJDhunter2==\n-----END\nA=2\n", None)
            } else {
                Answer::exec("", Some(ABSENT))
            }
        })
        .on(&format!("{PODS}/web"), Answer::json(&pod))
        .on("GET /api/v1/namespaces/default/secrets/s", refused);
    let run = verify(&server, &[]);
    assert_data_eq!(
        as_it_runs(&run),
        str![[r#"
exit code Some(1)
CONTAINER   AFTER A RESTART
app         1 variable would differ

error[drift]: `A` is `***` in container `app`, but `1` after a restart
 --> pod/web: spec.containers[0].env[1]
  = help: restart the container to apply the change

warning[forbidden]: no permission to read Secret `s`: its values are unknown
 --> pod/web: spec.containers[0].env[0].valueFrom.secretKeyRef.name
  = help: request permission to get Secrets, or add the Secret with `-f`

info[unclear-lines]: 1 line of the environment of container `app` may be variables or parts of a value, and were not compared
 --> pod/web: spec.containers[0]
  = help: the image lacks cat and `env -0`, which separate variables clearly
--- stderr

"#]]
    );
    assert!(!run.all().contains("hunter2") && !run.all().contains("QUJD"));
    let json = verify(&server, &["-o", "json"]);
    assert!(!json.all().contains("hunter2") && !json.all().contains("QUJD"));
    let report: Value = serde_json::from_str(&json.stdout).unwrap();
    let verified = &report["items"][0]["verify"][0];
    assert_eq!(
        (&verified["unclearLines"], &verified["unexplained"]),
        (&json!(1), &Value::Null)
    );
}

#[test]
fn containers_that_cannot_be_compared_end_with_code_3_and_the_reason() {
    let container = json!({"env": [{"name": "A", "value": "1"}]});
    let pod = pod(&container);
    for (answer, told) in [
        (
            Answer::exec("", Some(ABSENT)),
            "the image has no cat, env or printenv",
        ),
        (
            Answer::exec("", Some("cgroups: no such device")),
            "cannot run a command: cgroups: no such device",
        ),
        (
            Answer::refusal(403, "Forbidden", "no"),
            "no permission to create pods/exec \"web\" in namespace \"default\"",
        ),
    ] {
        let server = server(&pod, &json!({}))
            .on(&format!("{PODS}/web/exec"), answer)
            .on(&format!("{PODS}/web"), Answer::json(&pod));
        let run = verify(&server, &[]);
        let error =
            format!("error: cannot compare any container of pod/web: container `app`: {told}\n");
        assert_eq!((run.code, &run.stderr), (Some(3), &error), "{run:?}");
        assert!(
            run.stdout.contains(&format!("app         unknown: {told}")),
            "{run:?}"
        );
        let report: Value = serde_json::from_str(&verify(&server, &["-o", "json"]).stdout).unwrap();
        let item = &report["items"][0];
        assert_eq!(item["verdict"], "unknown");
        assert_eq!(item["verify"][0]["status"], "unread");
        assert_eq!(item["verify"][0]["reason"], told);
        assert_eq!(item["findings"][0]["id"], "unread-environment");
    }
    let mut waiting = pod;
    waiting["status"]["containerStatuses"][0]["state"] =
        json!({"waiting": {"reason": "ImagePullBackOff"}});
    let server = server(&waiting, &json!({})).on(&format!("{PODS}/web"), Answer::json(&waiting));
    let run = verify(&server, &[]);
    assert_eq!(run.code, Some(3), "{run:?}");
    assert!(
        run.stdout
            .contains("app         unknown: not running: ImagePullBackOff"),
        "{run:?}"
    );
    assert!(!server.asked().iter().any(|asked| asked.contains("exec")));
}

#[test]
fn a_value_of_two_megabytes_is_read_whole() {
    let container = json!({"envFrom": [{"configMapRef": {"name": "m"}}]});
    let long = "x".repeat(2 << 20);
    let now = json!({"A": format!("{long}y")});
    let environ: &'static str = Box::leak(format!("PATH=/\0A={long}\0").into_boxed_str());
    let server = with_environ(&pod(&container), &now, environ);
    let run = verify(&server, &["-o", "json"]);
    let report: Value = serde_json::from_str(&run.stdout).unwrap();
    let difference = &report["items"][0]["verify"][0]["differences"][0];
    assert_eq!(difference["running"].as_str().unwrap().len(), long.len());
    let text = verify(&server, &[]);
    let message = "error[drift]: `A` has changed since container `app` started\n";
    assert!(
        text.stdout.contains(message),
        "{}",
        text.stdout.replace(&long, "…")
    );
}

//! `explain-env -f`.

use serde_json::{Value, json};
use snapbox::{assert_data_eq, str};

use super::look_ups::SHOP;
use crate::support::{Home, Run, finish};

const EXAMPLE: &str = include_str!("../../examples/dependent-env.yaml");

pub(crate) fn offline(text: &str, args: &[&str]) -> Run {
    let home = Home::with(&[("pod.yaml", text)]);
    home.run(&[&["explain-env", "-f", "pod.yaml", "--offline"], args].concat())
}

#[test]
fn the_example_is_explained() {
    assert_data_eq!(
        offline(EXAMPLE, &[]).all(),
        str![[r#"
exit code 1
--- stdout
pod/dependent-env, container env, in pod.yaml
NAME                  SOURCE               VALUE
SERVICE_IP            line 37              172.17.0.1
SERVICE_PORT          line 39              80
UNCHANGED_REFERENCE   line 41              $(PROTOCAL)://172.17.0.1:80
PROTOCAL              line 43              https
SERVICE               line 45              https://172.17.0.1:80
ESCAPED_SERVICE       line 47              $(PROTOCAL)://172.17.0.1:80
KUBERNETES_…          service/kubernetes   8 variables (--services lists them)
PATH                  runtime              <set by the image or the runtime>
HOSTNAME              runtime              dependent-env
HOME                  runtime              <the user's home directory in the image's /etc/passwd>
…                     other services       unknown: not asked

command: sh -c
args:    'echo "UNCHANGED_REFERENCE=$UNCHANGED_REFERENCE"/necho "SERVICE=$SERVICE"/necho "ESCAPED_SERVICE=$ESCAPED_SERVICE"/n'

error[unresolved-reference]: environment variable `UNCHANGED_REFERENCE` refers to `PROTOCAL`, which is defined after it, 1 entry later
  --> pod.yaml:42:15
   |
42 |       value: "$(PROTOCAL)://$(SERVICE_IP):$(SERVICE_PORT)"
   |               ^^^^^^^^^^^ stays literally `$(PROTOCAL)`
   |
  ::: pod.yaml:43:7
   |
43 |     - name: PROTOCAL
   |       ---- defined here
   |
   = help: move `PROTOCAL` above `UNCHANGED_REFERENCE`

info[shell-variable]: `$UNCHANGED_REFERENCE`, `$SERVICE` and `$ESCAPED_SERVICE` are expanded by the shell, not by Kubernetes; they are in the environment
  --> pod.yaml:33:33
   |
33 |       echo "UNCHANGED_REFERENCE=$UNCHANGED_REFERENCE"
   |                                 ^^^^^^^^^^^^^^^^^^^^

"#]]
    );
}

#[test]
fn one_variable_is_followed_to_its_origin() {
    assert_data_eq!(
        offline(EXAMPLE, &["--trace", "SERVICE"]).all(),
        str![[r#"
exit code 1
--- stdout
pod/dependent-env, container env, in pod.yaml
NAME             STEP
SERVICE          pod.yaml:45 sets "$(PROTOCAL)://$(SERVICE_IP):$(SERVICE_PORT)"
PROTOCAL         `$(PROTOCAL)` becomes "https"
  PROTOCAL       pod.yaml:43 sets "https"
SERVICE_IP       `$(SERVICE_IP)` becomes "172.17.0.1"
  SERVICE_IP     pod.yaml:37 sets "172.17.0.1"
SERVICE_PORT     `$(SERVICE_PORT)` becomes "80"
  SERVICE_PORT   pod.yaml:39 sets "80"
SERVICE          is "https://172.17.0.1:80"

"#]]
    );
    let run = offline(EXAMPLE, &["--trace", "NOBODY"]);
    assert_data_eq!(
        run.all(),
        str![[r#"
exit code 1
--- stderr
error: no container has a variable `NOBODY`
help: leave out `--trace` to see all variables

"#]]
    );
}

#[test]
fn the_environment_alone_is_for_programs() {
    for (format, expected) in [
        ("dotenv", "SERVICE_IP"),
        ("shell", "SERVICE_IP"),
        ("docker", "SERVICE_IP=172.17.0.1\n"),
    ] {
        let run = offline(EXAMPLE, &["-o", format]);
        assert_eq!(run.code, Some(1), "one reference has no variable: {run:?}");
        assert!(run.stdout.contains(expected), "{run:?}");
    }
    // A shell that reads it sees what the container will see.
    let shell = offline(EXAMPLE, &["-o", "shell"]).stdout;
    let home = Home::new();
    let program =
        "eval \"$1\"; printf '%s\\n' \"$UNCHANGED_REFERENCE\" \"$SERVICE\" \"$ESCAPED_SERVICE\"";
    let seen = finish(home.program("sh", &["-c", program, "sh", &shell]), b"");
    let expected =
        "$(PROTOCAL)://172.17.0.1:80\nhttps://172.17.0.1:80\n$(PROTOCAL)://172.17.0.1:80\n";
    assert_eq!(seen.stdout, expected, "{shell}");
}

#[test]
fn the_report_has_the_fields_that_scripts_rely_on() {
    let run = offline(EXAMPLE, &["-o", "json"]);
    let report: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(report["apiVersion"], "pod-tools/v1alpha1");
    assert_eq!(report["kind"], "EnvReport");
    assert_eq!(report["kubernetesVersion"], json!({"rules": "1.37"}));
    let item = &report["items"][0];
    assert_eq!(
        item["target"],
        json!({"kind": "Pod", "namespace": "default", "name": "dependent-env", "source": {"file": "pod.yaml", "document": 1}})
    );
    let container = &item["containers"][0];
    assert_eq!(
        (&container["name"], &container["type"]),
        (&json!("env"), &json!("app"))
    );
    let unchanged = &container["env"][2];
    assert_eq!(unchanged["value"], "$(PROTOCAL)://172.17.0.1:80");
    assert_eq!(
        unchanged["raw"],
        "$(PROTOCAL)://$(SERVICE_IP):$(SERVICE_PORT)"
    );
    assert_eq!(
        unchanged["references"][0],
        json!({"name": "PROTOCAL", "status": "undefined", "offset": 0, "length": 11})
    );
    assert_eq!(unchanged["source"]["kind"], "literal");
    assert_eq!(unchanged["masked"], false);
    assert_eq!(container["env"][5]["references"][0]["status"], "escaped");
    let place = &item["findings"][0]["location"];
    assert_eq!(
        (&place["file"], &place["line"]),
        (&json!("pod.yaml"), &json!(42)),
        "{item}"
    );

    let yaml = offline(EXAMPLE, &["-o", "yaml"]);
    assert!(
        yaml.stdout
            .starts_with("apiVersion: pod-tools/v1alpha1\nkind: EnvReport\nkubernetesVersion:\n  rules: \"1.37\"\nitems:\n")
    );
    assert_eq!((run.code, yaml.code), (Some(1), Some(1)));
}

#[test]
fn unknown_container_gets_a_suggestion() {
    let run = offline(SHOP, &["-c", "first", "-o", "docker"]);
    assert_eq!(run.code, Some(0));
    assert!(run.stdout.starts_with("ONLY=here\n"), "{run:?}");
    // In the order in which they start, whatever was typed.
    for chosen in [&["-c", "app,first"][..], &["-c", "app", "-c", "first"]] {
        let both = offline(SHOP, chosen).stdout;
        assert_eq!(both, offline(SHOP, &["--all-containers"]).stdout);
    }
    let one = offline(SHOP, &["-c", "app", "-c", "app"]).stdout;
    assert_eq!(one.matches("pod/shop").count(), 1, "{one}");
    assert_data_eq!(
        offline(SHOP, &["-c", "frist"]).all(),
        str![[r#"
exit code 2
--- stderr
error: no container is named `frist`
help: did you mean `first`?

"#]]
    );
    assert_data_eq!(
        offline(SHOP, &["-o", "shell"]).all(),
        str![[r#"
exit code 2
--- stderr
error: this format prints one container, found 2: first, app
help: choose one with `-c NAME`

"#]]
    );
}

#[test]
fn every_kind_with_a_template_is_a_target() {
    let template = "{metadata: {labels: {app: a}}, spec: {containers: [{name: c, image: i, env: [{name: A, value: b}]}]}}";
    let selector = "selector: {matchLabels: {app: a}}";
    for (version, kind, spec) in [
        (
            "batch/v1",
            "Job",
            format!(
                "{{template: {}}}",
                template.replace("spec: {", "spec: {restartPolicy: Never, ")
            ),
        ),
        (
            "batch/v1",
            "CronJob",
            format!(
                "{{schedule: '* * * * *', jobTemplate: {{spec: {{template: {}}}}}}}",
                template.replace("spec: {", "spec: {restartPolicy: Never, ")
            ),
        ),
        (
            "apps/v1",
            "Deployment",
            format!("{{{selector}, template: {template}}}"),
        ),
        (
            "apps/v1",
            "ReplicaSet",
            format!("{{{selector}, template: {template}}}"),
        ),
        (
            "apps/v1",
            "StatefulSet",
            format!("{{{selector}, serviceName: s, template: {template}}}"),
        ),
        (
            "apps/v1",
            "DaemonSet",
            format!("{{{selector}, template: {template}}}"),
        ),
        (
            "v1",
            "ReplicationController",
            format!("{{template: {template}}}"),
        ),
    ] {
        let text =
            format!("apiVersion: {version}\nkind: {kind}\nmetadata: {{name: x}}\nspec: {spec}\n");
        let run = offline(&text, &["-o", "docker"]);
        assert_eq!(run.code, Some(0), "{kind}: {}", run.stderr);
        assert!(run.stdout.starts_with("A=b\n"), "{kind}: {run:?}");
    }
    let text =
        format!("apiVersion: v1\nkind: PodTemplate\nmetadata: {{name: x}}\ntemplate: {template}\n");
    let run = offline(&text, &["-o", "docker"]);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert!(run.stdout.starts_with("A=b\n"), "{run:?}");
}

#[test]
fn input_without_pods_and_broken_input_are_errors() {
    let run = offline(
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n",
        &[],
    );
    assert_data_eq!(
        run.all(),
        str![[r#"
exit code 1
--- stderr
error: the input has no Pod and no Pod template
help: add a Pod, Job, CronJob, Deployment, ReplicaSet, StatefulSet, DaemonSet, ReplicationController or PodTemplate

"#]]
    );
    let wrong = EXAMPLE.replace("restartPolicy:", "restartpolicy:");
    let run = offline(&wrong, &[]);
    assert_eq!(run.code, Some(1), "{run:?}");
    assert!(run.stderr.contains("pod.yaml:26:3"), "{run:?}");
    let run = offline("a: [", &[]);
    assert_eq!((run.code, run.stdout.as_str()), (Some(1), ""), "{run:?}");
}

/// The container may be in the part that cannot be read.
#[test]
fn errors_of_the_input_come_before_a_name_that_no_container_has() {
    let broken = "kind: Pod\nspec:\n  containers: [{name: app, image: x\n";
    for args in [&["-c", "app"][..], &["--trace", "A"]] {
        let run = offline(broken, args);
        assert_eq!((run.code, run.stdout.as_str()), (Some(1), ""), "{run:?}");
        assert!(run.stderr.starts_with("error[syntax]: "), "{run:?}");
        assert!(!run.stderr.contains("no container"), "{run:?}");
    }
}

#[test]
fn the_plugin_of_its_own_is_the_same_command() {
    let home = Home::with(&[("pod.yaml", EXAMPLE)]);
    let args = ["-f", "pod.yaml", "--offline"];
    let plugin = finish(
        home.program(env!("CARGO_BIN_EXE_kubectl-pod_env"), &args),
        b"",
    );
    let suite = home.run(&[&["explain-env"], &args[..]].concat());
    assert_eq!(plugin.all(), suite.all());
    assert_eq!(plugin.code, Some(1));
}

#[test]
fn variables_of_services_stand_in_one_line_unless_they_matter() {
    let web = "\
apiVersion: v1
kind: Service
metadata: {name: my-web}
spec: {clusterIP: 10.0.0.7, ports: [{name: http, port: 80}]}
---
apiVersion: v1
kind: Pod
metadata: {name: p}
spec:
  containers:
  - name: c
    image: i
    env:
    - {name: URL, value: 'http://$(MY_WEB_SERVICE_HOST)'}
    - {name: MY_WEB_PORT, value: own}
";
    assert_data_eq!(
        offline(web, &[]).stdout,
        str![[r#"
pod/p, container c, in pod.yaml
NAME                  SOURCE               VALUE
URL                   line 14              http://10.0.0.7
MY_WEB_PORT           line 15              own
                                           (overrides service/my-web)
MY_WEB_SERVICE_HOST   service/my-web       10.0.0.7
MY_WEB_…              service/my-web       6 variables (--services lists them)
MY_WEB_PORT           service/my-web       tcp://10.0.0.7:80
                                           (overridden by line 15)
KUBERNETES_…          service/kubernetes   8 variables (--services lists them)
PATH                  runtime              <set by the image or the runtime>
HOSTNAME              runtime              p
HOME                  runtime              <the user's home directory in the image's /etc/passwd>
…                     other services       unknown: not asked

warning[overrides-service-link]: `MY_WEB_PORT` overrides the variable of Service `my-web`
  --> pod.yaml:15:8
   |
15 |     - {name: MY_WEB_PORT, value: own}
   |        ^^^^
   |
   = help: rename it, or set `enableServiceLinks: false`

"#]]
    );
    let all = offline(web, &["--services"]).stdout;
    assert_eq!(all.matches("service/kubernetes").count(), 8, "{all}");
    assert_eq!(all.matches("service/my-web ").count(), 8, "{all}");
    let json = offline(web, &["-o", "json"]).stdout;
    assert_eq!(json, offline(web, &["-o", "json", "--services"]).stdout);
}

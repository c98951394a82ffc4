//! `create pod` and `create job` are checked by the rules of the server's version, as
//! `create -f` is.

use serde_json::json;
use snapbox::{assert_data_eq, str};

use crate::apiserver::{Answer, ApiServer};
use crate::support::Home;

fn server(minor: &str) -> ApiServer {
    let version = json!({"major": "1", "minor": minor, "gitVersion": format!("v1.{minor}.0")});
    ApiServer::bare()
        .on("GET /version", Answer::json(&version))
        .storing()
}

const POD: [&str; 5] = ["create", "pod", "a", "--image", "nginx"];

#[test]
fn older_server_refuses_before_anything_is_sent() {
    let home = Home::new();
    let relaxed_name = [&POD[..], &["--env", "A B=1"]].concat();
    let old = server("31");
    let run = home.run_on(&old, &relaxed_name);
    assert_eq!(run.code, Some(2), "{run:?}");
    assert!(run.stderr.contains("--env A B=1"), "{run:?}");
    assert_eq!(old.asked(), Vec::<String>::new());

    // The same as a file.
    let yaml = home.run(&[&relaxed_name[..], &["--dry-run=client", "-o", "yaml"]].concat());
    let home = Home::with(&[("pod.yaml", &yaml.stdout)]);
    let run = home.run_on(&old, &["create", "-f", "pod.yaml"]);
    assert_eq!(run.code, Some(1), "{run:?}");
    assert_eq!(old.asked(), Vec::<String>::new());

    let run = home.run_on(&server("37"), &relaxed_name);
    assert_eq!(run.code, Some(0), "{run:?}");
    let chosen = [&relaxed_name[..], &["--kubernetes-version=1.37"]].concat();
    assert_eq!(home.run_on(&old, &chosen).code, Some(0));
}

#[test]
fn newer_server_judges_unknown_fields_itself() {
    let home = Home::new();
    let new_field = [&POD[..], &["--set", "spec.newField=1"]].concat();
    let new = server("38");
    let run = home.run_on(&new, &new_field);
    assert_eq!(run.code, Some(0), "{run:?}");
    assert_eq!(new.asked(), ["POST /api/v1/namespaces/default/pods"]);
    let sent = new.requests().pop().unwrap().json();
    assert_eq!(sent["spec"]["newField"], 1);

    let known = server("37");
    let run = home.run_on(&known, &new_field);
    assert_eq!(run.code, Some(2), "{run:?}");
    assert_eq!(known.asked(), Vec::<String>::new());
    let offline = [&new_field[..], &["--dry-run=client"]].concat();
    assert_eq!(home.run(&offline).code, Some(2));
}

#[test]
fn server_outside_the_known_versions_is_one_warning() {
    let home = Home::with(&[(
        "pods.yaml",
        "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {containers: [{name: a, image: i}]}\n---\n\
         apiVersion: v1\nkind: Pod\nmetadata: {name: b}\nspec: {containers: [{name: a, image: i}]}\n",
    )]);
    for (minor, expected) in [
        (
            "38",
            "warning: server version v1.38.0 is newer than 1.37, the newest known version; \
             the rules of 1.37 apply\n",
        ),
        (
            "30",
            "warning: server version v1.30.0 is older than 1.31, the oldest known version; \
             the rules of 1.31 apply\n",
        ),
        ("37", ""),
        ("31", ""),
    ] {
        let server = server(minor);
        for command in ["create", "apply"] {
            let run = home.run_on(&server, &[command, "-f", "pods.yaml", "-q"]);
            assert_eq!(
                (run.code, run.stderr.as_str()),
                (Some(0), expected),
                "{command} 1.{minor}"
            );
        }
        let chosen = ["create", "-f", "pods.yaml", "--kubernetes-version=1.36"];
        let run = home.run_on(&server, &chosen);
        assert_eq!((run.code, run.stderr.as_str()), (Some(0), ""), "1.{minor}");
        let asked = server.requests();
        let asked = asked.iter().filter(|request| request.path == "/version");
        assert_eq!(asked.count(), 3, "once for each run");
    }
}

#[test]
fn field_that_the_version_lacks_or_has_behind_a_gate_is_reported() {
    let home = Home::new();
    let grpc = [
        "--liveness=grpc:9000",
        "--set=spec.containers[0].livenessProbe.grpc.mode=TLS",
    ];
    for (flags, version, expected) in [
        (
            &["--hostname-override=a.b"][..],
            "1.33",
            Err("no field `hostnameOverride` in PodSpec of Kubernetes 1.33: added in 1.34"),
        ),
        (
            &["--hostname-override=a.b"],
            "1.34",
            Ok(
                "`spec.hostnameOverride` requires the feature gate HostnameOverride (alpha in Kubernetes 1.34",
            ),
        ),
        (&["--hostname-override=a.b"], "1.35", Ok("")),
        (
            &["--mount=certificate/a.b/c:/tls"],
            "1.36",
            Ok(
                "`spec.volumes.projected.sources.podCertificate` requires the feature gate PodCertificateRequest (beta in Kubernetes 1.36",
            ),
        ),
        (&["--mount=certificate/a.b/c:/tls"], "1.37", Ok("")),
        (
            &grpc,
            "1.37",
            Ok(
                "`livenessProbe.grpc.mode` requires the feature gate GRPCContainerProbeTLS (alpha in Kubernetes 1.37",
            ),
        ),
        (
            &["--stop-signal=SIGUSR1"],
            "1.37",
            Ok(
                "`lifecycle.stopSignal` requires the feature gate ContainerStopSignals (alpha in Kubernetes 1.37",
            ),
        ),
        (
            &grpc,
            "1.36",
            Err("no field `mode` in GRPCAction of Kubernetes 1.36: added in 1.37"),
        ),
    ] {
        let version_flag = format!("--kubernetes-version={version}");
        let args = [&POD[..], flags, &["--dry-run=client", &version_flag]].concat();
        let run = home.run(&args);
        let (code, message) = match expected {
            Ok(message) => (0, message),
            Err(message) => (2, message),
        };
        assert_eq!(run.code, Some(code), "{version}: {run:?}");
        assert!(run.stderr.contains(message), "{version}: {run:?}");
        assert!(
            !message.is_empty() || run.stderr.is_empty(),
            "{version}: {run:?}"
        );
    }
}

#[test]
fn gated_field_of_a_file_is_a_warning_at_its_place() {
    let job = "apiVersion: batch/v1
kind: Job
metadata: {name: a}
spec:
  template:
    spec:
      restartPolicy: Never
      hostnameOverride: a.b
      os: {name: linux}
      containers:
        - name: a
          image: i
        - name: b
          image: i
          lifecycle:
            stopSignal: SIGUSR1
";
    let home = Home::with(&[("job.yaml", job)]);
    let create = ["create", "-f", "job.yaml", "--dry-run=client", "-o", "name"];
    let run = |flags: &[&str]| home.run(&[&create[..], flags].concat());
    let old = run(&["--kubernetes-version=1.34"]);
    assert_eq!(old.code, Some(0), "{old:?}");
    assert_eq!(old.stdout, "job.batch/a\n");
    assert_data_eq!(
        old.stderr,
        str![[r#"
warning[gated-field]: `spec.template.spec.hostnameOverride` requires the feature gate HostnameOverride (alpha in Kubernetes 1.34, off by default); without it the server drops the field or refuses the object
 --> job.yaml:8:25
  |
8 |       hostnameOverride: a.b
  |                         ^^^

warning[gated-field]: `spec.template.spec.containers[1].lifecycle.stopSignal` requires the feature gate ContainerStopSignals (alpha in Kubernetes 1.34, off by default); without it the server drops the field or refuses the object
  --> job.yaml:16:25
   |
16 |             stopSignal: SIGUSR1
   |                         ^^^^^^^


"#]]
    );
    let ignored = run(&["--kubernetes-version=1.34", "--validate=ignore"]);
    assert_eq!((ignored.code, ignored.stderr.as_str()), (Some(0), ""));
    let new = run(&["--kubernetes-version=1.37", "--validate=warn"]);
    assert_eq!(new.stderr.matches("[gated-field]").count(), 1, "{new:?}");
    // The field is unknown there.
    let older = run(&["--kubernetes-version=1.32"]);
    assert_eq!(older.code, Some(1), "{older:?}");
    assert!(!older.stderr.contains("[gated-field]"), "{older:?}");
}

#[test]
fn unreachable_server_hides_no_invalid_flag() {
    let home = Home::new();
    let closed = ["--server", "http://127.0.0.1:1"];
    let invalid = [&POD[..], &["--port", "http"], &closed].concat();
    assert_eq!(home.run(&invalid).code, Some(2));
    let name = [&["create", "pod", "A_B", "--image=i"][..], &closed].concat();
    assert_eq!(home.run(&name).code, Some(2));
    let unknown = [&POD[..], &["--set", "spec.newField=1"], &closed].concat();
    assert_eq!(home.run(&unknown).code, Some(2));
    let valid = [&POD[..], &closed].concat();
    assert_eq!(home.run(&valid).code, Some(3));
}

#[test]
fn refusal_of_a_generated_object_has_no_place() {
    let refusal = Answer::refusal(422, "Invalid", "Pod \"a\" is invalid: no reason");
    let server = ApiServer::new().on("POST /api/v1/namespaces/default/pods", refusal);
    assert_data_eq!(
        Home::new().run_on(&server, &POD).all(),
        str![[r#"
exit code 1
--- stderr
error[refused-by-server]: pod/a: Pod "a" is invalid: no reason


"#]]
    );
}

const OF_1_35: &str = "\
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  selector: {matchLabels: {a: b}}
  template:
    metadata: {labels: {a: b}}
    spec:
      workloadRef: {name: w, podGroup: g}
      containers: [{name: web, image: nginx}]
";

#[test]
fn field_of_a_copied_file_that_only_an_older_version_has_is_left_out_with_a_warning() {
    let home = Home::with(&[("web.yaml", OF_1_35)]);
    let args = ["create", "job", "j", "--from=web.yaml", "-l", "a=c"];
    let args = [
        &args[..],
        &["--no-comment", "--dry-run=client", "-o", "yaml"],
    ]
    .concat();
    let older = [&args[..], &["--kubernetes-version=1.35"]].concat();
    assert_data_eq!(
        home.run(&older).all(),
        str![[r#"
exit code 0
--- stdout
apiVersion: batch/v1
kind: Job
metadata:
  name: j
  labels:
    a: c
spec:
  template:
    metadata:
      labels:
        a: c
    spec:
      containers:
      - name: web
        image: nginx
      restartPolicy: Never
--- stderr
warning: --from web.yaml: `spec.template.spec.workloadRef` is unknown here and is left out
warning: the labels of the Deployment's Pods are not copied: a Service or controller would adopt a Pod with them; use -l to set labels

"#]]
    );
    let newest = home.run(&args);
    assert_eq!(newest.code, Some(1), "{newest:?}");
    assert!(
        newest
            .stderr
            .contains("no field `workloadRef` in PodSpec of Kubernetes 1.37"),
        "{newest:?}"
    );
}

#[test]
fn unknown_fields_of_a_copied_live_object_are_left_out_with_a_warning() {
    let job = json!({
        "apiVersion": "batch/v1", "kind": "Job",
        "metadata": {"name": "web", "namespace": "default", "uid": "u"},
        "spec": {"newRule": {"a": 1}, "completions": 1, "template": {"spec": {
            "containers": [{"name": "web", "image": "nginx", "newField": 1}],
            "restartPolicy": "Never", "newFields": [1], "newAndUnset": null,
        }}},
        "status": {"newCount": 1},
    });
    let path = "GET /apis/batch/v1/namespaces/default/jobs/web";
    let server = server("38").on(path, Answer::json(&job));
    let of_kind = |kind| {
        let args = [
            "create",
            kind,
            "j",
            "--from=job/web",
            "--kubernetes-version=1.37",
            "--dry-run=client",
        ];
        let run = Home::new().run_on(&server, &args);
        assert_eq!(run.code, Some(0), "{run:?}");
        run.stderr
    };
    let of_pod = "`spec.template.spec.containers[0].newField` and `spec.template.spec.newFields`";
    assert_eq!(
        of_kind("pod"),
        format!("warning: --from job/web: {of_pod} are unknown here and are left out\n")
    );
    assert_eq!(
        of_kind("job"),
        format!(
            "warning: --from job/web: `spec.newRule`, {of_pod} are unknown here and are left out\n"
        )
    );
}

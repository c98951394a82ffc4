//! `--logs` on the real cluster: what containers really write, through restarts,
//! and whose Pods they are; and the types that only the server knows.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

mod support;

use std::fs::File;
use std::process::Output;

use support::cluster::cluster;
use support::namespace::Namespace;

/// Two Pods that run twice: an init container, a sidecar, and many lines.
const RESTARTS: &str = r#"
apiVersion: batch/v1
kind: Job
metadata: {name: counts}
spec:
  completions: 2
  parallelism: 2
  template:
    spec:
      restartPolicy: OnFailure
      terminationGracePeriodSeconds: 1
      volumes: [{name: runs, emptyDir: {}}]
      initContainers:
      - {name: init, image: busybox, command: [sh, -c, 'for i in 0 1 2; do echo init $i; done']}
      - {name: side, image: busybox, restartPolicy: Always, command: [sh, -c, 'trap "echo side ends; exit 0" TERM; echo side begins; while true; do sleep 0.1; done']}
      containers:
      - name: main
        image: busybox
        volumeMounts: [{name: runs, mountPath: /runs}]
        command: [sh, -c, 'n=$(cat /runs/n 2>/dev/null || echo 0); echo $((n+1)) > /runs/n; i=0; while [ $i -lt 300 ]; do echo run $n line $i; i=$((i+1)); done; [ $n = 1 ] || exit 3; printf "without an end"']
"#;

/// A Job that finds its Pods by a selector of its own.
const MANUAL: &str = r#"
apiVersion: batch/v1
kind: Job
metadata: {name: manual}
spec:
  manualSelector: true
  backoffLimit: 0
  selector: {matchLabels: {mine: "yes"}}
  template:
    metadata: {labels: {mine: "yes"}}
    spec:
      restartPolicy: Never
      containers: [{name: main, image: busybox, command: [sh, -c, 'echo by hand; exit 7']}]
"#;

const DEFINITION: &str = r"
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: gizmos.logs.example.com}
spec:
  group: logs.example.com
  scope: Namespaced
  names: {plural: gizmos, singular: gizmo, kind: Gizmo, shortNames: [gzm]}
  versions:
  - {name: v1, served: true, storage: true, subresources: {status: {}}, schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}}
---
apiVersion: logs.example.com/v1
kind: Gizmo
metadata: {name: one}
";

fn run(namespace: &Namespace, args: &[&str]) -> (Option<i32>, String, String) {
    let home = ["-n", namespace.name(), "--timeout", "120s"];
    let program = env!("CARGO_BIN_EXE_kubectl-pod_tools");
    let Output {
        status,
        stdout,
        stderr,
    } = cluster().run(program, [args, &home].concat());
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (status.code(), text(stdout), text(stderr))
}

fn file(text: &str) -> (tempfile::TempDir, String) {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("manifest.yaml");
    std::io::Write::write_all(&mut File::create(&path).unwrap(), text.as_bytes()).unwrap();
    let path = path.to_str().unwrap().to_owned();
    (dir, path)
}

/// The lines of a container of each Pod, by Pod.
fn lines_of<'a>(log: &'a str, pod: &str, container: &str) -> Vec<&'a str> {
    let prefix = format!("[{pod}/{container}] ");
    let lines = log.lines().filter_map(|line| line.strip_prefix(&prefix));
    lines.collect()
}

#[test]
fn every_line_of_every_run_comes_once_and_in_order() {
    let namespace = Namespace::new("logs-restarts");
    let (_dir, path) = file(RESTARTS);
    let (code, stdout, stderr) = run(&namespace, &["create", "-f", &path, "--wait", "--logs"]);
    assert_eq!(code, Some(0), "{stderr}");
    let pods = namespace.kubectl(&["get", "pods", "-o", "jsonpath={.items[*].metadata.name}"]);
    let mut main: Vec<String> = Vec::new();
    for run in 0..2 {
        main.extend((0..300).map(|line| format!("run {run} line {line}")));
    }
    main.push("without an end".to_owned());
    assert_eq!(pods.split(' ').count(), 2, "{pods}");
    for pod in pods.split(' ') {
        assert_eq!(lines_of(&stdout, pod, "main"), main, "{pod}: {stderr}");
        assert_eq!(
            lines_of(&stdout, pod, "init"),
            ["init 0", "init 1", "init 2"],
            "{stderr}"
        );
        assert_eq!(
            lines_of(&stdout, pod, "side"),
            ["side begins", "side ends"],
            "{stderr}"
        );
    }
}

#[test]
fn a_job_with_its_own_selector_has_its_pods_and_their_logs() {
    let namespace = Namespace::new("logs-manual");
    let (_dir, path) = file(MANUAL);
    namespace.create(&path);
    let (code, stdout, stderr) = run(&namespace, &["wait", "job/manual", "--logs"]);
    assert_eq!(code, Some(1), "{stderr}");
    assert!(
        stderr.contains("container main exited 7 (1 of 1 attempts); last lines: by hand"),
        "{stderr}"
    );
    let pod = namespace.kubectl(&["get", "pods", "-o", "jsonpath={.items[*].metadata.name}"]);
    assert_eq!(stdout, format!("[{pod}/main] by hand\n"));
    let (code, stdout, stderr) = run(&namespace, &["wait", "job/manual", "--logs=failed"]);
    assert_eq!(code, Some(1), "{stderr}");
    assert_eq!(stdout, format!("[{pod}/main] by hand\n"));
}

#[test]
fn a_custom_resource_is_found_by_what_discovery_says() {
    let namespace = Namespace::new("logs-custom");
    let (_dir, path) = file(DEFINITION);
    let (code, _, stderr) = run(&namespace, &["apply", "-f", &path, "--wait"]);
    assert_eq!(code, Some(0), "{stderr}");
    let status =
        r#"{"status": {"conditions": [{"type": "Ready", "status": "True", "reason": "Warm"}]}}"#;
    for word in ["gzm/one", "gizmos.v1.logs.example.com/one"] {
        // A moment passes until discovery tells of a new definition.
        namespace.until(word, || {
            let args = ["wait", word, "--for=jsonpath={.metadata.name}=one"];
            (run(&namespace, &args).0 == Some(0)).then_some(())
        });
    }
    let kind = "gizmos.logs.example.com";
    namespace.kubectl(&[
        "patch",
        kind,
        "one",
        "--subresource=status",
        "--type=merge",
        "-p",
        status,
    ]);
    let (code, _, stderr) = run(
        &namespace,
        &["wait", "Gizmo", "one", "--for=condition=Ready"],
    );
    assert_eq!(code, Some(0), "{stderr}");
    assert!(
        stderr.ends_with("gizmo.logs.example.com/one: condition met: Ready=True: Warm\n"),
        "{stderr}"
    );
    let (code, _, stderr) = run(&namespace, &["wait", "gzm/one"]);
    assert_eq!(code, Some(2), "{stderr}");
    cluster().kubectl(&["delete", "crd", "gizmos.logs.example.com", "--wait=false"]);
}

/// Control characters of containers are printed as `kubectl logs` does.
#[test]
fn bytes_are_those_of_kubectl_logs() {
    let namespace = Namespace::new("logs-bytes");
    for (name, script, with_kubectl) in [
        (
            "long",
            "head -c 40000 /dev/zero | tr '\\0' x; echo; echo next",
            true,
        ),
        ("exact", "head -c 16384 /dev/zero | tr '\\0' x; echo", true),
        (
            "binary",
            "printf 'a\\377\\001\\033[31m\\r\\n\\n10%%\\r20%%'",
            true,
        ),
        ("both", "echo out; echo err >&2; printf last", true),
        ("empty", "true", true),
        ("input", "echo early; cat", false),
    ] {
        let mut args = vec![
            "create", "pod", name, "--image", "busybox", "--attach", "-q",
        ];
        args.extend(["-n", namespace.name(), "--timeout", "120s"]);
        if !with_kubectl {
            args.push("--stdin");
        }
        args.extend(["--", "sh", "-c", script]);
        let program = env!("CARGO_BIN_EXE_kubectl-pod_tools");
        let Output {
            status,
            stdout,
            stderr,
        } = cluster().run(program, args);
        assert_eq!(status.code(), Some(0), "{name}: {stderr:?}");
        // Whether the connection stood in time to tell them apart is not certain.
        let ours = if name == "both" {
            stdout.len() + stderr.len()
        } else {
            stdout.len()
        };
        let logs = namespace.until(&format!("{ours} bytes of log of {name}"), || {
            let logs = namespace.try_kubectl(&["logs", name]).stdout;
            (logs.len() >= ours).then_some(logs)
        });
        if name == "both" {
            assert_eq!(ours, logs.len(), "{stdout:?} {stderr:?}");
        } else {
            assert_eq!(stdout, logs, "{name}: {stderr:?}");
        }
    }
}

/// The connection tells standard error from standard output, as soon as it stands.
#[test]
fn standard_error_is_apart() {
    let namespace = Namespace::new("logs-sides");
    let dir = tempfile::tempdir().unwrap();
    let (out, err) = (dir.path().join("out"), dir.path().join("err"));
    let script =
        "i=0; while [ ! -e /tmp/f ]; do echo out $i; echo err $i >&2; i=$((i+1)); sleep 0.1; done";
    let home = ["-n", namespace.name(), "--timeout", "120s"];
    let args = ["create", "pod", "p", "--image", "busybox", "--attach", "-q"];
    let command = ["--", "sh", "-c", script];
    let program = env!("CARGO_BIN_EXE_kubectl-pod_tools");
    let mut child = cluster()
        .command(program, [&args[..], &home, &command].concat())
        .stdout(File::create(&out).unwrap())
        .stderr(File::create(&err).unwrap())
        .spawn()
        .unwrap();
    let read = |path| std::fs::read_to_string(path).unwrap();
    namespace.until("a line of standard error", || {
        read(&err).contains('\n').then_some(())
    });
    namespace.kubectl(&["exec", "p", "--", "touch", "/tmp/f"]);
    assert!(child.wait().unwrap().success());
    let (out, err) = (read(&out), read(&err));
    let of = |text: &str, word: &str| -> Vec<usize> {
        let lines = text.lines().filter_map(|line| line.strip_prefix(word));
        lines.map(|number| number.trim().parse().unwrap()).collect()
    };
    let count = of(&out, "out").len();
    assert_eq!(of(&out, "out"), (0..count).collect::<Vec<_>>(), "{out}");
    // Those before the connection are on standard output, and all others are not.
    let errors = [of(&out, "err"), of(&err, "err")].concat();
    assert_eq!(errors, (0..count).collect::<Vec<_>>(), "{out}\n{err}");
    assert_eq!(of(&err, "out"), [0; 0]);
}

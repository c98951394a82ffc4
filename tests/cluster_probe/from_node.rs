//! `--from-node`: connections from a helper Pod on the node, which is deleted at the end.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use serde_json::{Value, json};

use super::{PROGRAM, SERVER, by_probe, create, probe, until_running, verdicts};
use crate::support::cluster::cluster;
use crate::support::namespace::Namespace;

/// Selects helper Pods.
const HELPERS: &str = "app.kubernetes.io/name=pod-tools-probe";

fn helpers(namespace: &Namespace) -> String {
    namespace.kubectl(&["get", "pods", "-l", HELPERS, "-o", "name"])
}

/// A directory, to which the server redirects.
const DIRECTORY: &str = "mkdir -p /www/dir; echo there >/www/dir/index.html;";

fn listening(namespace: &Namespace) {
    namespace.until("a server that listens", || {
        let output = cluster().run(
            PROGRAM,
            [
                "web",
                "-c",
                "good",
                "--kind",
                "liveness",
                "--namespace",
                namespace.name(),
            ],
        );
        output.status.success().then_some(())
    });
}

#[test]
fn the_node_reaches_what_the_kubelet_reaches() {
    let namespace = Namespace::new("probe-from-node");
    namespace.kubectl(&[
        "label",
        "namespace",
        namespace.name(),
        "pod-security.kubernetes.io/warn=restricted",
    ]);
    let good = json!({
        "ports": [{"name": "http", "containerPort": 8080}],
        "startupProbe": {"httpGet": {"port": 8080, "path": "/dir"}, "failureThreshold": 1000},
        "readinessProbe": {"httpGet": {"port": "http", "path": "/"}},
        "livenessProbe": {"tcpSocket": {"port": "http"}, "failureThreshold": 1000},
    });
    let loopback = json!({
        "startupProbe": {"exec": {"command": ["echo", "here"]}},
        "readinessProbe": {"httpGet": {"port": 8081}},
        "livenessProbe": {"tcpSocket": {"port": 81}, "failureThreshold": 1000},
    });
    let script = format!("{DIRECTORY} {SERVER}");
    let local =
        "mkdir -p /www; echo fine >/www/index.html; exec httpd -f -p 127.0.0.1:8081 -h /www";
    create(
        &namespace,
        &[("good", &script, good), ("loopback", local, loopback)],
    );
    until_running(&namespace, 2);
    listening(&namespace);
    namespace.until("a server at the loopback address", || {
        let args = ["web", "-c", "loopback", "--kind", "readiness"];
        probe(&namespace, &args).status.success().then_some(())
    });

    let output = probe(&namespace, &["web", "--from-node", "-o", "json"]);
    let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
    let by_probe = by_probe(&output, 1);
    assert_eq!(
        verdicts(&by_probe),
        [
            "good liveness success",
            "good readiness success",
            "good startup success",
            "loopback liveness failure",
            "loopback readiness failure",
            "loopback startup success",
        ],
        "{by_probe:#?}{stderr}"
    );
    assert_eq!(by_probe["good readiness"]["answer"], "fine");
    let redirects = &by_probe["good startup"]["redirects"];
    let followed = redirects[0].as_str().unwrap();
    assert!(followed.ends_with(":8080/dir/"), "{redirects}");
    assert_eq!(by_probe["good startup"]["answer"], "there");
    // A port-forward reaches it; the kubelet does not.
    for refused in ["loopback liveness", "loopback readiness"] {
        let message = by_probe[refused]["message"].as_str().unwrap();
        assert!(message.contains("refuses connections"), "{message}");
    }
    // One Pod serves all probes of a node, and the level `restricted` accepts it.
    assert_eq!(
        stderr.matches("created pod/pod-tools-probe-").count(),
        1,
        "{stderr}"
    );
    assert!(stderr.contains("the kubelet's path but for"), "{stderr}");
    assert!(!stderr.contains("would violate PodSecurity"), "{stderr}");
    assert!(stderr.contains(" deleted\n"), "{stderr}");
    assert_eq!(helpers(&namespace), "");
}

#[test]
fn a_signal_and_an_image_that_cannot_be_pulled_leave_no_pod() {
    let namespace = Namespace::new("probe-from-node-ends");
    let probes = json!({"livenessProbe": {
        "tcpSocket": {"port": 8080}, "periodSeconds": 1, "failureThreshold": 1000,
    }});
    create(&namespace, &[("good", SERVER, probes)]);
    until_running(&namespace, 1);
    listening(&namespace);

    let args = [
        "web",
        "--from-node",
        "--watch",
        "-o",
        "json",
        "-n",
        namespace.name(),
    ];
    let mut command = cluster().command(PROGRAM, args);
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut stdout = BufReader::new(child.stdout.take().unwrap());
    let mut line = String::new();
    stdout.read_line(&mut line).unwrap();
    let first: Value = serde_json::from_str(&line).unwrap_or_else(|e| panic!("{line:?}: {e}"));
    assert_eq!(first["verdict"], "success");
    assert_eq!(helpers(&namespace).lines().count(), 1);
    let sent = Command::new("kill")
        .args(["-TERM", &child.id().to_string()])
        .status();
    assert!(sent.unwrap().success());
    let output = child.wait_with_output().unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(143), "{stderr}");
    assert!(stderr.contains(" deleted\n"), "{stderr}");
    assert_eq!(helpers(&namespace), "");

    let args = ["web", "--from-node", "--image", "no-such-image:1"];
    let output = probe(&namespace, &args);
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(5), "{stderr}");
    assert!(
        stderr.contains("cannot run: ") && stderr.contains("ImagePull"),
        "{stderr}"
    );
    assert_eq!(helpers(&namespace), "");
}

#[test]
fn the_right_to_create_pods_is_named_if_it_is_missing() {
    let pod = json!({
        "apiVersion": "v1", "kind": "Pod",
        "metadata": {"name": format!("probe-node-rights-{}", std::process::id()), "namespace": "default"},
        "spec": {"terminationGracePeriodSeconds": 1, "containers": [{
            "name": "app", "image": "busybox", "command": ["sleep", "3600"],
            "livenessProbe": {"tcpSocket": {"port": 80}, "failureThreshold": 1000},
        }]},
    });
    let name = pod["metadata"]["name"].as_str().unwrap();
    let file = tempfile::Builder::new().suffix(".json").tempfile().unwrap();
    std::fs::write(&file, pod.to_string()).unwrap();
    cluster().kubectl(&["create", "-f", file.path().to_str().unwrap()]);
    cluster().kubectl(&[
        "wait",
        "pod",
        name,
        "--for=condition=Ready",
        "--timeout=150s",
    ]);
    let config = cluster().kubeconfig("low-rights");
    let output = cluster().run(PROGRAM, [name, "--from-node", "--kubeconfig", &config]);
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(3), "{stderr}");
    assert!(stderr.contains("not allowed to create pods "), "{stderr}");
    assert!(
        stderr.contains("kubectl auth can-i create pods"),
        "{stderr}"
    );
    cluster().kubectl(&["delete", "pod", name, "--wait=false"]);
}

//! The files that are explained: each part of a page, long words, and text that would be markup.

use serde_json::{Value, json};

/// The time at which `state.json` was recorded.
pub(crate) const NOW: &str = "2026-11-29T10:05:00Z";

const POD: &str = r#"apiVersion: v1
kind: Pod
metadata:
  name: web
  annotations:
    kubectl.kubernetes.io/last-applied-configuration: |
      {"token":"s3cret"}
spec:
  terminationGracePeriodSeconds: 20
  initContainers:
  - name: proxy
    image: envoy
    restartPolicy: Always
    lifecycle:
      preStop:
        sleep: {seconds: 10}
  containers:
  - name: app
    image: nginx
    command: ["sh", "-c", "sleep 20; exec server"]
    env:
    - name: URL
      value: "$(LATER)/<script>alert(1)</script>"
    - name: LATER
      value: x
    - name: A_VERY_LONG_NAME_A_VERY_LONG_NAME_A_VERY_LONG_NAME_A_VERY_LONG_NAME_A_VERY_LONG_NAME
      value: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa
    - name: PASSWORD
      valueFrom:
        secretKeyRef: {name: db, key: password}
    startupProbe:
      httpGet:
        port: 8080
        path: /healthz?token=s3cret
        httpHeaders:
        - {name: Authorization, value: Bearer s3cret}
      failureThreshold: 30
    livenessProbe:
      tcpSocket: {port: 8080}
    readinessProbe:
      exec: {command: ["true"]}
---
apiVersion: v1
kind: Secret
metadata: {name: db}
stringData: {password: s3cret}
"#;

const JOB: &str = "apiVersion: batch/v1
kind: Job
metadata: {name: migrate}
spec:
  template:
    spec:
      restartPolicy: Never
      containers: [{name: migrate, image: migrate}]
";

/// The number of the line of the Pod's file that has this text.
pub(crate) fn line_of(text: &str) -> usize {
    POD.lines().position(|line| line.contains(text)).unwrap() + 1
}

/// A Pod that is killed again and again, with its events.
fn state() -> Value {
    let pod = json!({
        "apiVersion": "v1", "kind": "Pod",
        "metadata": {"name": "api", "namespace": "default", "uid": "u-1"},
        "spec": {"nodeName": "n1", "containers": [{"name": "app", "image": "nginx",
            "livenessProbe": {"httpGet": {"port": 80}}}]},
        "status": {
            "phase": "Running",
            "conditions": [{"type": "Ready", "status": "False", "reason": "ContainersNotReady",
                "lastTransitionTime": "2026-11-29T10:02:40Z"}],
            "containerStatuses": [{"name": "app", "ready": false, "restartCount": 7,
                "image": "nginx", "imageID": "",
                "state": {"waiting": {"reason": "CrashLoopBackOff",
                    "message": "back-off 5m0s restarting failed container=app"}},
                "lastState": {"terminated": {"exitCode": 137, "reason": "OOMKilled",
                    "startedAt": "2026-11-29T10:00:10Z", "finishedAt": "2026-11-29T10:01:10Z"}}}],
        },
    });
    let event = json!({
        "apiVersion": "v1", "kind": "Event",
        "metadata": {"name": "api.1", "namespace": "default"},
        "involvedObject": {"kind": "Pod", "name": "api", "namespace": "default", "uid": "u-1",
            "fieldPath": "spec.containers{app}"},
        "reason": "BackOff", "message": "Back-off restarting <b>failed</b> container", "count": 9,
        "type": "Warning", "source": {"component": "kubelet"},
        "firstTimestamp": "2026-11-29T10:01:20Z", "lastTimestamp": "2026-11-29T10:04:20Z",
    });
    json!({"apiVersion": "v1", "kind": "List", "items": [pod, event]})
}

/// The files with their names.
pub(crate) fn files() -> [(&'static str, String); 3] {
    [
        ("pod.yaml", POD.to_owned()),
        ("job.yaml", JOB.to_owned()),
        (
            "state.json",
            serde_json::to_string_pretty(&state()).unwrap(),
        ),
    ]
}

//! `subPathExpr`, and `$(NAME)` in the commands of probes and hooks, against what a
//! kubelet makes of them.

use serde_json::{Value, json};

use crate::support::namespace::Namespace;
use crate::{apply, pod_tools, report};

/// Values that a kubelet refuses, by the name of the Pod.
const REFUSED: &[(&str, &str)] = &[
    ("missing", "x/$(POD_NAME)/$(ANOTHER)"),
    ("empty", "$(EMPTY)"),
    ("skipped", "$(OPTIONAL)"),
    ("runtime", "$(HOSTNAME)"),
    ("absolute", "$(ROOT)/x"),
    ("up", "x/$(UP)"),
];

fn env() -> Value {
    json!([
        {"name": "PLAIN", "value": "plain"},
        {"name": "CHAIN", "value": "$(PLAIN)/x"},
        {"name": "EMPTY", "value": ""},
        {"name": "ROOT", "value": "/etc"},
        {"name": "UP", "value": ".."},
        {"name": "log.level", "value": "debug"},
        {"name": "NAME", "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}},
        {"name": "OPTIONAL", "valueFrom": {"configMapKeyRef": {"name": "none", "key": "k", "optional": true}}},
    ])
}

fn pod(name: &str, mut container: Value) -> Value {
    container["name"] = json!("c");
    container["image"] = json!("busybox");
    container["imagePullPolicy"] = json!("IfNotPresent");
    container["env"] = env();
    container["envFrom"] = json!([{"configMapRef": {"name": "settings"}}]);
    json!({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name}, "spec": {
        "restartPolicy": "Never", "terminationGracePeriodSeconds": 1,
        "volumes": [{"name": "v", "emptyDir": {}}], "containers": [container]}})
}

fn mount(at: &str, expression: &str) -> Value {
    json!({"name": "v", "mountPath": at, "subPathExpr": expression})
}

/// Returns the report of `explain-env` on a live Pod.
fn explained(namespace: &Namespace, name: &str) -> Value {
    let report = report(&pod_tools(namespace, &["explain-env", name, "-o", "json"]));
    report["items"][0].clone()
}

fn live(namespace: &Namespace, name: &str) -> Value {
    serde_json::from_str(&namespace.kubectl(&["get", "pod", name, "-o", "json"])).unwrap()
}

/// The log of a Pod that has succeeded.
fn log(namespace: &Namespace, name: &str) -> String {
    namespace.until("the Pod to succeed", || {
        let phase = live(namespace, name)["status"]["phase"].clone();
        assert_ne!(phase, "Failed", "{name}");
        (phase == "Succeeded").then_some(())
    });
    namespace.logs(name, "c")
}

fn messages(item: &Value, id: &str) -> Vec<String> {
    let findings = item["findings"].as_array().unwrap().iter();
    let of_id = findings.filter(|finding| finding["id"] == id);
    let message = |finding: &Value| finding["message"].as_str().unwrap().to_owned();
    of_id.map(message).collect()
}

#[test]
fn a_kubelet_makes_of_variables_what_is_said_of_them() {
    let namespace = Namespace::new("env-mounts");
    // It ends when hook and probe have written what they got.
    let script = "until [ -s /all/probe ] && [ -s /all/hook ]; do sleep 0.1; done; \
         touch /m/here; cat /all/probe /all/hook; find /all -name here; env | grep -c log.level || true";
    let mut objects = vec![
        json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "settings"}, "data": {"FROM": "map"}}),
        pod(
            "good",
            json!({
                "command": ["sh", "-c", script],
                "volumeMounts": [mount("/m", "$(NAME)/$(FROM)/$$(A)"), {"name": "v", "mountPath": "/all"}],
                "readinessProbe": {"periodSeconds": 1, "exec": {"command":
                    ["sh", "-c", "echo \"$0|$1|$2|$3\" > /all/probe", "$(PLAIN)", "$(NAME)", "$(FROM)", "$(CHAIN)"]}},
                "lifecycle": {"postStart": {"exec": {"command":
                    ["sh", "-c", "echo \"$0\" > /all/hook", "$(PLAIN)"]}}},
            }),
        ),
        pod("direct", json!({"command": ["env"]})),
    ];
    for (name, expression) in REFUSED {
        let container = json!({"command": ["true"], "volumeMounts": [mount("/m", expression)]});
        objects.push(pod(name, container));
    }
    apply(&namespace, &objects);

    for (name, expression) in REFUSED {
        let waiting = namespace.until("the container to wait", || {
            let pod = live(&namespace, name);
            let state = pod["status"]["containerStatuses"][0]["state"]["waiting"].clone();
            let message = state["message"].as_str().unwrap_or_default();
            let late = message.contains("failed to sync");
            let is_refused = state["reason"] == "CreateContainerConfigError" && !late;
            is_refused.then(|| message.to_owned())
        });
        let item = explained(&namespace, name);
        let said = [
            messages(&item, "unresolved-reference"),
            messages(&item, "invalid-sub-path"),
        ]
        .concat();
        let words = format!("CreateContainerConfigError: {waiting}");
        assert!(
            said.len() == 1 && said[0].ends_with(&words),
            "{expression}: {said:?}, and the kubelet: {waiting}"
        );
        assert_eq!(item["verdict"], "no");
    }

    let item = explained(&namespace, "good");
    assert_eq!(item["verdict"], "ok", "{item}");
    let directory = &item["containers"][0]["mounts"][0]["subPath"];
    assert_eq!(directory, "good/map/$(A)");
    let not_expanded = messages(&item, "not-expanded");
    let hook = not_expanded.iter().filter(|m| m.contains("of a hook"));
    assert_eq!(
        (not_expanded.len(), hook.count()),
        (4, 1),
        "{not_expanded:?}"
    );
    assert_eq!(
        log(&namespace, "good"),
        "plain||$(FROM)|$(PLAIN)/x\n$(PLAIN)\n/all/good/map/$(A)/here\n0\n"
    );
    assert!(messages(&item, "not-shell-name")[0].contains("busybox ash"));
    assert!(log(&namespace, "direct").contains("log.level=debug\n"));
    println!(
        "subPathExpr: {} refused in the kubelet's words",
        REFUSED.len()
    );
}

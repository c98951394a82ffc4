//! Mistakes that people make, one a row: a sound object and what is changed.

use serde_json::{Value, json};

use crate::bases::{plain_job, plain_pod};

/// One mistake.
pub struct Row {
    pub name: &'static str,
    pub object: Value,
}

/// A field as a JSON pointer, and its new value; null removes the field.
type Edit = (&'static str, Value);

fn edited(mut object: Value, edits: &[Edit]) -> Value {
    for (pointer, value) in edits {
        let mut target = &mut object;
        for step in pointer.split('/').filter(|step| !step.is_empty()) {
            // What is missing on the way is made.
            target = match step.parse::<usize>() {
                Ok(index) if !target.is_object() => {
                    if !target.is_array() {
                        *target = json!([]);
                    }
                    let list = target.as_array_mut().unwrap();
                    while list.len() <= index {
                        list.push(json!({}));
                    }
                    &mut list[index]
                }
                _ => {
                    if target.is_null() {
                        *target = json!({});
                    }
                    target
                        .as_object_mut()
                        .unwrap()
                        .entry(step)
                        .or_insert(Value::Null)
                }
            };
        }
        *target = value.clone();
    }
    object
}

const C: &str = "/spec/containers/0";

/// Rows of Pods: what it is, and a part of the first container.
fn container(rows: &mut Vec<Row>, name: &'static str, part: Value) {
    let mut object = plain_pod();
    let own = object.pointer_mut(C).unwrap().as_object_mut().unwrap();
    for (field, value) in part.as_object().unwrap() {
        own.insert(field.clone(), value.clone());
    }
    rows.push(Row { name, object });
}

fn pod(rows: &mut Vec<Row>, name: &'static str, edits: &[Edit]) {
    rows.push(Row {
        name,
        object: edited(plain_pod(), edits),
    });
}

fn job(rows: &mut Vec<Row>, name: &'static str, edits: &[Edit]) {
    rows.push(Row {
        name,
        object: edited(plain_job(), edits),
    });
}

pub fn rows() -> Vec<Row> {
    let mut rows = Vec::new();
    metadata(&mut rows);
    containers(&mut rows);
    specs(&mut rows);
    volumes(&mut rows);
    jobs(&mut rows);
    rows
}

fn metadata(r: &mut Vec<Row>) {
    pod(r, "no name", &[("/metadata", json!({}))]);
    pod(r, "a name in capitals", &[("/metadata/name", json!("Web"))]);
    pod(
        r,
        "a long name",
        &[("/metadata/name", json!("a".repeat(254)))],
    );
    pod(
        r,
        "a bad prefix",
        &[("/metadata", json!({ "generateName": "Web-" }))],
    );
    pod(
        r,
        "a prefix that ends with a dot",
        &[("/metadata", json!({ "generateName": "a.-" }))],
    );
    pod(
        r,
        "a bad namespace",
        &[("/metadata/namespace", json!("a.b"))],
    );
    pod(
        r,
        "a bad label",
        &[("/metadata/labels", json!({ "a b": "c", "d": "e f" }))],
    );
    pod(
        r,
        "a bad annotation",
        &[("/metadata/annotations", json!({ "a b": "c" }))],
    );
    pod(
        r,
        "large annotations",
        &[("/metadata/annotations", json!({ "a": "x".repeat(262_144) }))],
    );
    pod(
        r,
        "a bad finalizer",
        &[("/metadata/finalizers", json!(["own", "a b"]))],
    );
    pod(
        r,
        "two ways to delete",
        &[(
            "/metadata/finalizers",
            json!(["orphan", "foregroundDeletion"]),
        )],
    );
    pod(
        r,
        "an owner without anything",
        &[(
            "/metadata/ownerReferences",
            json!([{ "apiVersion": "", "kind": "", "name": "", "uid": "" }]),
        )],
    );
    pod(
        r,
        "two controllers",
        &[(
            "/metadata/ownerReferences",
            json!([
        { "apiVersion": "v1", "kind": "A", "name": "a", "uid": "a", "controller": true },
        { "apiVersion": "v1", "kind": "A", "name": "b", "uid": "b", "controller": true }]),
        )],
    );
    pod(
        r,
        "an event for an owner",
        &[(
            "/metadata/ownerReferences",
            json!([{ "apiVersion": "v1", "kind": "Event", "name": "a", "uid": "a" }]),
        )],
    );
    for (name, key, value) in [
        ("mirror", "kubernetes.io/config.mirror", "x"),
        (
            "no tolerations",
            "scheduler.alpha.kubernetes.io/tolerations",
            "x",
        ),
        (
            "bad tolerations",
            "scheduler.alpha.kubernetes.io/tolerations",
            r#"[{"key":"a b","effect":"x"}]"#,
        ),
        (
            "costs with a plus",
            "controller.kubernetes.io/pod-deletion-cost",
            "+1",
        ),
        (
            "costs with zeros",
            "controller.kubernetes.io/pod-deletion-cost",
            "01",
        ),
        (
            "high costs",
            "controller.kubernetes.io/pod-deletion-cost",
            "2147483648",
        ),
        (
            "seccomp of the Pod",
            "seccomp.security.alpha.kubernetes.io/pod",
            "x",
        ),
        (
            "seccomp on the node",
            "seccomp.security.alpha.kubernetes.io/pod",
            "localhost/../x",
        ),
        (
            "seccomp of a container",
            "container.seccomp.security.alpha.kubernetes.io/app",
            "localhost//x",
        ),
        (
            "AppArmor",
            "container.apparmor.security.beta.kubernetes.io/app",
            "x",
        ),
        (
            "AppArmor of nobody",
            "container.apparmor.security.beta.kubernetes.io/nobody",
            "unconfined",
        ),
    ] {
        let mut object = plain_pod();
        object["metadata"]["annotations"] = json!({ key: value });
        r.push(Row { name, object });
    }
    for (name, annotation, context) in [
        (
            "another seccomp profile",
            "container.seccomp.security.alpha.kubernetes.io/app",
            json!({ "seccompProfile": { "type": "Unconfined" } }),
        ),
        (
            "another seccomp file",
            "container.seccomp.security.alpha.kubernetes.io/app",
            json!({ "seccompProfile": { "type": "Localhost", "localhostProfile": "b" } }),
        ),
        (
            "another AppArmor profile",
            "container.apparmor.security.beta.kubernetes.io/app",
            json!({ "appArmorProfile": { "type": "RuntimeDefault" } }),
        ),
        (
            "another AppArmor file",
            "container.apparmor.security.beta.kubernetes.io/app",
            json!({ "appArmorProfile": { "type": "Localhost", "localhostProfile": "b" } }),
        ),
    ] {
        let mut object = plain_pod();
        object["metadata"]["annotations"] = json!({ annotation: "localhost/a" });
        object["spec"]["containers"][0]["securityContext"] = context;
        r.push(Row { name, object });
    }
}

fn containers(r: &mut Vec<Row>) {
    pod(r, "no containers", &[("/spec/containers", json!([]))]);
    pod(
        r,
        "two of a name",
        &[("/spec/containers/1", json!({ "name": "app", "image": "i" }))],
    );
    pod(
        r,
        "an init container of the same name",
        &[(
            "/spec/initContainers/0",
            json!({ "name": "app", "image": "i" }),
        )],
    );
    pod(
        r,
        "a port of the node twice",
        &[
            (
                "/spec/containers/0/ports",
                json!([{ "containerPort": 1, "hostPort": 1 }]),
            ),
            (
                "/spec/containers/1",
                json!({ "name": "b", "image": "i", "ports": [{ "containerPort": 2, "hostPort": 1 }] }),
            ),
        ],
    );
    pod(
        r,
        "an init container with a probe",
        &[(
            "/spec/initContainers/0",
            json!({ "name": "i", "image": "i",
        "livenessProbe": { "exec": { "command": ["a"] } }, "readinessProbe": {}, "startupProbe": {}, "lifecycle": {} }),
        )],
    );
    pod(
        r,
        "a sidecar with rules",
        &[(
            "/spec/initContainers/0",
            json!({ "name": "i", "image": "i", "restartPolicy": "Always",
        "restartPolicyRules": [{ "action": "Restart", "exitCodes": { "operator": "In", "values": [1] } }] }),
        )],
    );
    pod(
        r,
        "an init container's rules alone",
        &[(
            "/spec/initContainers/0",
            json!({ "name": "i", "image": "i",
        "restartPolicyRules": [{ "action": "Restart", "exitCodes": { "operator": "In", "values": [1] } }] }),
        )],
    );
    pod(
        r,
        "an ephemeral container",
        &[(
            "/spec/ephemeralContainers/0",
            json!({ "name": "app", "image": " i", "targetContainerName": "nobody",
        "ports": [], "resources": { "limits": {} }, "resizePolicy": [], "restartPolicy": "Always", "restartPolicyRules": [],
        "livenessProbe": {}, "readinessProbe": {}, "startupProbe": {}, "lifecycle": {},
        "volumeMounts": [{ "name": "v", "mountPath": "/v", "subPath": "a", "subPathExpr": "b" }] }),
        )],
    );
    for (name, part) in [
        ("no name of a container", json!({ "name": "" })),
        ("a name with an underscore", json!({ "name": "my_app" })),
        ("a name with dots", json!({ "name": "a.b" })),
        ("no image", json!({ "image": "" })),
        ("an image with blanks", json!({ "image": " nginx" })),
        ("a pull policy", json!({ "imagePullPolicy": "always" })),
        (
            "a policy of messages",
            json!({ "terminationMessagePolicy": "x" }),
        ),
        ("a port 0", json!({ "ports": [{ "containerPort": 0 }] })),
        (
            "a port too high",
            json!({ "ports": [{ "containerPort": 65536, "hostPort": -1 }] }),
        ),
        (
            "a protocol",
            json!({ "ports": [{ "containerPort": 1, "protocol": "tcp" }] }),
        ),
        (
            "a long name of a port",
            json!({ "ports": [{ "containerPort": 1, "name": "a-name-of-16-char" }] }),
        ),
        (
            "a port's name twice",
            json!({ "ports": [{ "containerPort": 1, "name": "a" }, { "containerPort": 2, "name": "a" }] }),
        ),
        (
            "a variable without a name",
            json!({ "env": [{ "name": "" }] }),
        ),
        ("a variable with =", json!({ "env": [{ "name": "a=b" }] })),
        (
            "a value twice",
            json!({ "env": [{ "name": "A", "value": "a", "valueFrom": { "secretKeyRef": { "name": "s", "key": "k" } } }] }),
        ),
        (
            "no source",
            json!({ "env": [{ "name": "A", "valueFrom": {} }] }),
        ),
        (
            "two sources",
            json!({ "env": [{ "name": "A", "valueFrom": { "secretKeyRef": { "name": "s", "key": "k" }, "configMapKeyRef": { "name": "", "key": "" } } }] }),
        ),
        (
            "a bad key",
            json!({ "env": [{ "name": "A", "valueFrom": { "secretKeyRef": { "name": "S", "key": "a/b" } } }] }),
        ),
        (
            "a field that there is not",
            json!({ "env": [{ "name": "A", "valueFrom": { "fieldRef": { "fieldPath": "spec.nodename" } } }] }),
        ),
        (
            "a field for volumes",
            json!({ "env": [{ "name": "A", "valueFrom": { "fieldRef": { "fieldPath": "metadata.labels" } } }] }),
        ),
        (
            "a field for nobody",
            json!({ "env": [{ "name": "A", "valueFrom": { "fieldRef": { "fieldPath": "status.phase" } } }] }),
        ),
        (
            "a key of a field",
            json!({ "env": [{ "name": "A", "valueFrom": { "fieldRef": { "fieldPath": "metadata.name['a']" } } }] }),
        ),
        (
            "a bad label of the Pod",
            json!({ "env": [{ "name": "A", "valueFrom": { "fieldRef": { "fieldPath": "metadata.labels['a b']" } } }] }),
        ),
        (
            "a version",
            json!({ "env": [{ "name": "A", "valueFrom": { "fieldRef": { "apiVersion": "v2", "fieldPath": "metadata.name" } } }] }),
        ),
        (
            "a resource that there is not",
            json!({ "env": [{ "name": "A", "valueFrom": { "resourceFieldRef": { "resource": "limits.gpu" } } }] }),
        ),
        (
            "a divisor",
            json!({ "env": [{ "name": "A", "valueFrom": { "resourceFieldRef": { "resource": "limits.cpu", "divisor": "2" } } }] }),
        ),
        (
            "a divisor of bytes",
            json!({ "env": [{ "name": "A", "valueFrom": { "resourceFieldRef": { "resource": "limits.memory", "divisor": "1m" } } }] }),
        ),
        (
            "a file of variables",
            json!({ "env": [{ "name": "A", "valueFrom": { "fileKeyRef": { "volumeName": "v", "path": "../a", "key": "a=b" } } }] }),
        ),
        (
            "a file without anything",
            json!({ "env": [{ "name": "A", "valueFrom": { "fileKeyRef": { "volumeName": "", "path": "", "key": "" } } }] }),
        ),
        (
            "no source of all",
            json!({ "envFrom": [{ "prefix": "a=" }] }),
        ),
        (
            "two sources of all",
            json!({ "envFrom": [{ "configMapRef": { "name": "" }, "secretRef": { "name": "A" } }] }),
        ),
        (
            "a mount of nothing",
            json!({ "volumeMounts": [{ "name": "v", "mountPath": "/v" }] }),
        ),
        (
            "a mount without anything",
            json!({ "volumeMounts": [{ "name": "", "mountPath": "" }] }),
        ),
        (
            "a device of nothing",
            json!({ "volumeDevices": [{ "name": "v", "devicePath": "" }, { "name": "v", "devicePath": "/../a" }] }),
        ),
        (
            "a request above its limit",
            json!({ "resources": { "requests": { "cpu": "2" }, "limits": { "cpu": "1" } } }),
        ),
        (
            "a negative amount",
            json!({ "resources": { "requests": { "cpu": "-1" } } }),
        ),
        (
            "a resource nobody knows",
            json!({ "resources": { "limits": { "gpu": "1" } } }),
        ),
        (
            "a resource of quotas",
            json!({ "resources": { "limits": { "pods": "1" } } }),
        ),
        (
            "half a device",
            json!({ "resources": { "limits": { "example.com/gpu": "0.5" } } }),
        ),
        (
            "a device without a limit",
            json!({ "resources": { "requests": { "example.com/gpu": "1" } } }),
        ),
        (
            "a device's request",
            json!({ "resources": { "requests": { "example.com/gpu": "1" }, "limits": { "example.com/gpu": "2" } } }),
        ),
        (
            "huge pages alone",
            json!({ "resources": { "limits": { "hugepages-2Mi": "2Mi" } } }),
        ),
        (
            "a part of a huge page",
            json!({ "resources": { "limits": { "hugepages-2Mi": "1Mi", "cpu": "1" } } }),
        ),
        (
            "a claim that there is not",
            json!({ "resources": { "claims": [{ "name": "a" }, { "name": "" }, { "name": "a" }] } }),
        ),
        (
            "a policy of resizing",
            json!({ "resizePolicy": [{ "resourceName": "gpu", "restartPolicy": "x" }, { "resourceName": "", "restartPolicy": "" }, { "resourceName": "", "restartPolicy": "" }] }),
        ),
        (
            "a liveness probe that counts",
            json!({ "livenessProbe": { "exec": { "command": ["a"] }, "successThreshold": 2 } }),
        ),
        (
            "a readiness probe that ends",
            json!({ "readinessProbe": { "exec": { "command": ["a"] }, "terminationGracePeriodSeconds": 1 } }),
        ),
        (
            "a startup probe that ends at once",
            json!({ "startupProbe": { "exec": { "command": ["a"] }, "terminationGracePeriodSeconds": 0 } }),
        ),
        ("a probe without anything", json!({ "livenessProbe": {} })),
        (
            "a probe with two",
            json!({ "livenessProbe": { "exec": {}, "httpGet": { "port": 1 } } }),
        ),
        (
            "negative times",
            json!({ "livenessProbe": { "exec": { "command": ["a"] }, "periodSeconds": -1, "timeoutSeconds": -1, "initialDelaySeconds": -1, "failureThreshold": -1, "successThreshold": -1 } }),
        ),
        (
            "a request to no port",
            json!({ "livenessProbe": { "httpGet": { "port": 0, "scheme": "http", "httpHeaders": [{ "name": "a b", "value": "" }] } } }),
        ),
        (
            "a port in quotes",
            json!({ "livenessProbe": { "tcpSocket": { "port": "8080" } } }),
        ),
        (
            "gRPC to no port",
            json!({ "livenessProbe": { "grpc": { "port": 0 } } }),
        ),
        (
            "a long sleep",
            json!({ "lifecycle": { "preStop": { "sleep": { "seconds": 31 } } } }),
        ),
        (
            "a hook without anything",
            json!({ "lifecycle": { "preStop": {}, "postStart": { "exec": {} } } }),
        ),
        (
            "restart rules alone",
            json!({ "restartPolicyRules": [{ "action": "x", "exitCodes": { "operator": "x", "values": [] } }, { "action": "RestartAllContainers" }] }),
        ),
        ("a restart policy", json!({ "restartPolicy": "x" })),
        (
            "many restart rules",
            json!({ "restartPolicy": "Never", "restartPolicyRules": vec![json!({ "action": "Restart", "exitCodes": { "operator": "In", "values": vec![1; 256] } }); 21] }),
        ),
        (
            "a negative user",
            json!({ "securityContext": { "runAsUser": -1, "runAsGroup": 2_147_483_648_i64 } }),
        ),
        (
            "privileged without escalation",
            json!({ "securityContext": { "privileged": true, "allowPrivilegeEscalation": false } }),
        ),
        (
            "CAP_SYS_ADMIN without escalation",
            json!({ "securityContext": { "capabilities": { "add": ["CAP_SYS_ADMIN"] }, "allowPrivilegeEscalation": false } }),
        ),
        (
            "an unmasked /proc",
            json!({ "securityContext": { "procMount": "Unmasked" } }),
        ),
        (
            "a way to mount /proc",
            json!({ "securityContext": { "procMount": "x" } }),
        ),
        (
            "a seccomp profile",
            json!({ "securityContext": { "seccompProfile": { "type": "x", "localhostProfile": "a" } } }),
        ),
        (
            "a seccomp file",
            json!({ "securityContext": { "seccompProfile": { "type": "Localhost", "localhostProfile": "/a" } } }),
        ),
        (
            "no seccomp file",
            json!({ "securityContext": { "seccompProfile": { "type": "Localhost" } } }),
        ),
        (
            "no seccomp type",
            json!({ "securityContext": { "seccompProfile": { "type": "" }, "appArmorProfile": { "type": "" } } }),
        ),
        (
            "an AppArmor profile",
            json!({ "securityContext": { "appArmorProfile": { "type": "x" } } }),
        ),
        (
            "no AppArmor name",
            json!({ "securityContext": { "appArmorProfile": { "type": "Localhost" } } }),
        ),
        (
            "an AppArmor name of blanks",
            json!({ "securityContext": { "appArmorProfile": { "type": "Localhost", "localhostProfile": " a" } } }),
        ),
        (
            "an empty AppArmor name",
            json!({ "securityContext": { "appArmorProfile": { "type": "Localhost", "localhostProfile": "" } } }),
        ),
        (
            "a long AppArmor name",
            json!({ "securityContext": { "appArmorProfile": { "type": "Localhost", "localhostProfile": "a".repeat(4096) } } }),
        ),
        (
            "a name with the default profile",
            json!({ "securityContext": { "appArmorProfile": { "type": "RuntimeDefault", "localhostProfile": "a" } } }),
        ),
        (
            "options of Windows",
            json!({ "securityContext": { "windowsOptions": { "gmsaCredentialSpecName": "A", "gmsaCredentialSpec": "", "runAsUserName": "" } } }),
        ),
        (
            "long credentials",
            json!({ "securityContext": { "windowsOptions": { "gmsaCredentialSpec": "a".repeat(65537) } } }),
        ),
    ] {
        container(r, name, part);
    }
    for name in [
        "a\\b\\c",
        "a\tb",
        "..",
        ".\\a",
        "\\a",
        "a\\",
        "a:b",
        &"a".repeat(105),
        &format!("{}\\a", "a".repeat(256)),
    ] {
        container(
            r,
            "a user of Windows",
            json!({ "securityContext": { "windowsOptions": { "runAsUserName": name } } }),
        );
    }
}

fn specs(r: &mut Vec<Row>) {
    let term = json!({ "topologyKey": "", "namespaces": ["A"], "labelSelector": { "matchLabels": { "a b": "c d" },
        "matchExpressions": [{ "key": "a b", "operator": "In" }, { "key": "a", "operator": "Exists", "values": ["b"] }, { "key": "a", "operator": "x", "values": ["b c"] }] } });
    let keys = json!({ "topologyKey": "a", "matchLabelKeys": ["a"], "mismatchLabelKeys": ["a"] });
    let both = json!({ "topologyKey": "a", "matchLabelKeys": ["a", "b b"], "mismatchLabelKeys": ["a"], "labelSelector": { "matchLabels": { "a": "b" } } });
    for (name, edits) in [
        (
            "a restart policy of the Pod",
            vec![("/spec/restartPolicy", json!("always"))],
        ),
        ("a policy of DNS", vec![("/spec/dnsPolicy", json!("x"))]),
        ("no name servers", vec![("/spec/dnsPolicy", json!("None"))]),
        (
            "an empty DNS",
            vec![
                ("/spec/dnsPolicy", json!("None")),
                ("/spec/dnsConfig", json!({})),
            ],
        ),
        (
            "name servers",
            vec![(
                "/spec/dnsConfig",
                json!({ "nameservers": ["1.1.1", "1.1.1.1", "::1", "a"], "searches": ["A", "a b"], "options": [{}] }),
            )],
        ),
        (
            "many searches",
            vec![(
                "/spec/dnsConfig",
                json!({ "searches": vec!["a".repeat(63); 33] }),
            )],
        ),
        (
            "a label of nodes",
            vec![("/spec/nodeSelector", json!({ "a b": "c d" }))],
        ),
        (
            "a user of the Pod",
            vec![(
                "/spec/securityContext",
                json!({ "runAsUser": -1, "runAsGroup": -1, "fsGroup": -1, "supplementalGroups": [-1] }),
            )],
        ),
        (
            "policies of the Pod",
            vec![(
                "/spec/securityContext",
                json!({ "fsGroupChangePolicy": "x", "supplementalGroupsPolicy": "x", "seLinuxChangePolicy": "x" }),
            )],
        ),
        (
            "a policy behind a gate",
            vec![(
                "/spec/securityContext",
                json!({ "seLinuxChangePolicy": "MountOption" }),
            )],
        ),
        (
            "a shared PID namespace",
            vec![
                ("/spec/hostPID", json!(true)),
                ("/spec/shareProcessNamespace", json!(true)),
            ],
        ),
        (
            "kernel parameters",
            vec![(
                "/spec/securityContext/sysctls",
                json!([{ "name": "", "value": "" }, { "name": "A", "value": "" }, { "name": "a", "value": "" }, { "name": "a", "value": "" }]),
            )],
        ),
        (
            "the node's kernel parameters",
            vec![
                ("/spec/hostNetwork", json!(true)),
                ("/spec/hostIPC", json!(true)),
                (
                    "/spec/securityContext/sysctls",
                    json!([{ "name": "net/ipv4/a", "value": "" }, { "name": "kernel.sem", "value": "" }, { "name": "fs.mqueue.a", "value": "" }]),
                ),
            ],
        ),
        (
            "another port of the node",
            vec![
                ("/spec/hostNetwork", json!(true)),
                (
                    "/spec/containers/0/ports",
                    json!([{ "containerPort": 1, "hostPort": 2 }]),
                ),
            ],
        ),
        (
            "a term of affinity",
            vec![(
                "/spec/affinity/podAffinity",
                json!({ "requiredDuringSchedulingIgnoredDuringExecution": [term] }),
            )],
        ),
        (
            "a weight",
            vec![(
                "/spec/affinity/podAntiAffinity",
                json!({ "preferredDuringSchedulingIgnoredDuringExecution": [{ "weight": 0, "podAffinityTerm": term }] }),
            )],
        ),
        (
            "keys without a selector",
            vec![(
                "/spec/affinity/podAffinity",
                json!({ "requiredDuringSchedulingIgnoredDuringExecution": [keys] }),
            )],
        ),
        (
            "keys in both",
            vec![
                ("/metadata/labels", json!({ "a": "b" })),
                (
                    "/spec/affinity/podAffinity",
                    json!({ "requiredDuringSchedulingIgnoredDuringExecution": [both] }),
                ),
            ],
        ),
        (
            "no terms of nodes",
            vec![(
                "/spec/affinity/nodeAffinity",
                json!({ "requiredDuringSchedulingIgnoredDuringExecution": { "nodeSelectorTerms": [] } }),
            )],
        ),
        (
            "terms of nodes",
            vec![(
                "/spec/affinity/nodeAffinity",
                json!({ "requiredDuringSchedulingIgnoredDuringExecution": { "nodeSelectorTerms": [
            { "matchExpressions": [{ "key": "", "operator": "In" }, { "key": "a", "operator": "Exists", "values": ["b c"] }, { "key": "a", "operator": "Gt" }, { "key": "a", "operator": "x" }],
              "matchFields": [{ "key": "a", "operator": "Exists" }, { "key": "metadata.name", "operator": "In", "values": ["A", "b"] }] }] } }),
            )],
        ),
        (
            "a weight of nodes",
            vec![(
                "/spec/affinity/nodeAffinity",
                json!({ "preferredDuringSchedulingIgnoredDuringExecution": [{ "weight": 101, "preference": { "matchExpressions": [{ "key": "a", "operator": "In", "values": ["b c"] }] } }] }),
            )],
        ),
        (
            "gates",
            vec![
                (
                    "/spec/schedulingGates",
                    json!([{ "name": "a" }, { "name": "a" }, { "name": "a b" }]),
                ),
                ("/spec/nodeName", json!("n")),
            ],
        ),
        (
            "a gate of readiness",
            vec![("/spec/readinessGates", json!([{ "conditionType": "a b" }]))],
        ),
        (
            "spreading",
            vec![(
                "/spec/topologySpreadConstraints",
                json!([
            { "maxSkew": 0, "topologyKey": "", "whenUnsatisfiable": "x", "minDomains": 0, "nodeAffinityPolicy": "x", "nodeTaintsPolicy": "x", "matchLabelKeys": ["a"] },
            { "maxSkew": 1, "topologyKey": "", "whenUnsatisfiable": "x" }]),
            )],
        ),
        (
            "spreading by keys",
            vec![
                ("/metadata/labels", json!({ "a": "b" })),
                (
                    "/spec/topologySpreadConstraints",
                    json!([
            { "maxSkew": 1, "topologyKey": "a", "whenUnsatisfiable": "DoNotSchedule", "matchLabelKeys": ["a"], "labelSelector": { "matchLabels": { "a": "b" } } }]),
                ),
            ],
        ),
        (
            "tolerations",
            vec![(
                "/spec/tolerations",
                json!([{ "key": "a b", "operator": "Exists", "value": "a" }, { "key": "", "operator": "Equal" }, { "key": "a", "value": "a b" },
            { "key": "a", "operator": "x" }, { "key": "a", "operator": "Gt", "value": "1" }, { "key": "a", "effect": "x" }, { "key": "a", "tolerationSeconds": 1 }]),
            )],
        ),
        (
            "names",
            vec![
                ("/spec/serviceAccountName", json!("A")),
                ("/spec/nodeName", json!("A")),
                ("/spec/hostname", json!("a.b")),
                ("/spec/subdomain", json!("a.b")),
                ("/spec/priorityClassName", json!("A")),
                ("/spec/runtimeClassName", json!("")),
            ],
        ),
        (
            "the older name of an account",
            vec![("/spec/serviceAccount", json!("A"))],
        ),
        (
            "a deadline",
            vec![("/spec/activeDeadlineSeconds", json!(0))],
        ),
        (
            "aliases of hosts",
            vec![(
                "/spec/hostAliases",
                json!([{ "ip": "a", "hostnames": ["A"] }]),
            )],
        ),
        ("preemption", vec![("/spec/preemptionPolicy", json!("x"))]),
        (
            "empty preemption",
            vec![("/spec/preemptionPolicy", json!(""))],
        ),
        (
            "overhead",
            vec![("/spec/overhead", json!({ "cpu": "-1", "gpu": "1" }))],
        ),
        ("no system", vec![("/spec/os", json!({ "name": "" }))]),
        ("a system", vec![("/spec/os", json!({ "name": "Linux" }))]),
        (
            "Windows options for Linux",
            vec![
                ("/spec/os", json!({ "name": "linux" })),
                ("/spec/securityContext/windowsOptions", json!({})),
                (
                    "/spec/containers/0/securityContext/windowsOptions",
                    json!({}),
                ),
            ],
        ),
        (
            "Linux for Windows",
            vec![
                ("/spec/os", json!({ "name": "windows" })),
                ("/spec/hostUsers", json!(true)),
                ("/spec/hostPID", json!(true)),
                ("/spec/hostIPC", json!(true)),
                ("/spec/shareProcessNamespace", json!(false)),
                ("/spec/resources", json!({})),
                (
                    "/spec/securityContext",
                    json!({ "runAsUser": 1, "runAsGroup": 1, "fsGroup": 1, "fsGroupChangePolicy": "Always", "supplementalGroups": [], "supplementalGroupsPolicy": "Merge", "seLinuxChangePolicy": "Recursive",
                "seLinuxOptions": {}, "seccompProfile": { "type": "Unconfined" }, "appArmorProfile": { "type": "Unconfined" }, "sysctls": [{ "name": "a", "value": "" }] }),
                ),
                (
                    "/spec/containers/0/securityContext",
                    json!({ "runAsUser": 1, "runAsGroup": 1, "privileged": false, "capabilities": {}, "procMount": "Default", "readOnlyRootFilesystem": true, "allowPrivilegeEscalation": true,
                "seLinuxOptions": {}, "seccompProfile": { "type": "Unconfined" }, "appArmorProfile": { "type": "Unconfined" } }),
                ),
            ],
        ),
        (
            "some processes of the node",
            vec![
                (
                    "/spec/containers/0/securityContext/windowsOptions/hostProcess",
                    json!(true),
                ),
                ("/spec/containers/1", json!({ "name": "b", "image": "i" })),
            ],
        ),
        (
            "no processes of the node",
            vec![
                (
                    "/spec/securityContext/windowsOptions/hostProcess",
                    json!(true),
                ),
                (
                    "/spec/containers/0/securityContext/windowsOptions/hostProcess",
                    json!(false),
                ),
            ],
        ),
        (
            "users and the host",
            vec![
                ("/spec/hostUsers", json!(false)),
                ("/spec/hostNetwork", json!(true)),
                ("/spec/hostPID", json!(true)),
                ("/spec/hostIPC", json!(true)),
                (
                    "/spec/containers/0/volumeDevices",
                    json!([{ "name": "a", "devicePath": "b" }]),
                ),
            ],
        ),
        (
            "another hostname",
            vec![
                ("/spec/hostnameOverride", json!("A".repeat(65))),
                ("/spec/setHostnameAsFQDN", json!(true)),
                ("/spec/hostNetwork", json!(true)),
            ],
        ),
        (
            "claims",
            vec![(
                "/spec/resourceClaims",
                json!([{ "name": "" }, { "name": "a", "resourceClaimName": "A", "resourceClaimTemplateName": "A" }, { "name": "a", "resourceClaimName": "a" }, { "name": "A", "resourceClaimName": "a" }]),
            )],
        ),
        (
            "claims of a mirror",
            vec![
                (
                    "/spec/resourceClaims",
                    json!([{ "name": "a", "resourceClaimName": "a" }]),
                ),
                (
                    "/metadata/annotations",
                    json!({ "kubernetes.io/config.mirror": "a" }),
                ),
                ("/spec/nodeName", json!("n")),
            ],
        ),
        (
            "the Pod's resources",
            vec![
                (
                    "/spec/resources",
                    json!({ "claims": [], "limits": { "cpu": "1", "hugepages-2Mi": "2Mi", "example.com/a": "1", "ephemeral-storage": "1" }, "requests": { "memory": "1" } }),
                ),
                (
                    "/spec/containers/0/resources",
                    json!({ "limits": { "cpu": "2", "hugepages-2Mi": "4Mi" }, "requests": { "memory": "2" } }),
                ),
            ],
        ),
        (
            "resizing what is never restarted",
            vec![
                ("/spec/restartPolicy", json!("Never")),
                (
                    "/spec/containers/0/resizePolicy",
                    json!([{ "resourceName": "cpu", "restartPolicy": "RestartContainer" }]),
                ),
            ],
        ),
        (
            "a file of variables elsewhere",
            vec![
                (
                    "/spec/volumes",
                    json!([{ "name": "v", "configMap": { "name": "c" } }]),
                ),
                (
                    "/spec/containers/0/env",
                    json!([{ "name": "A", "valueFrom": { "fileKeyRef": { "volumeName": "v", "path": "a", "key": "b" } } }]),
                ),
            ],
        ),
    ] {
        pod(r, name, &edits);
    }
}

fn volumes(r: &mut Vec<Row>) {
    let mount = |fields: Value| {
        let mut mount = json!({ "name": "v", "mountPath": "/v" });
        mount
            .as_object_mut()
            .unwrap()
            .extend(fields.as_object().unwrap().clone());
        mount
    };
    for (name, mounts) in [
        (
            "one place twice",
            json!([mount(json!({})), mount(json!({}))]),
        ),
        (
            "a path in a volume",
            json!([mount(json!({ "subPath": "/a" }))]),
        ),
        (
            "two paths in a volume",
            json!([mount(json!({ "subPath": "a", "subPathExpr": "../b" }))]),
        ),
        (
            "propagation",
            json!([mount(json!({ "mountPropagation": "x" }))]),
        ),
        (
            "propagation to the node",
            json!([mount(json!({ "mountPropagation": "Bidirectional" }))]),
        ),
        (
            "recursive",
            json!([mount(json!({ "recursiveReadOnly": "x" }))]),
        ),
        (
            "recursive without readOnly",
            json!([mount(
                json!({ "recursiveReadOnly": "Enabled", "mountPropagation": "HostToContainer" })
            )]),
        ),
    ] {
        pod(
            r,
            name,
            &[
                ("/spec/volumes", json!([{ "name": "v", "emptyDir": {} }])),
                ("/spec/containers/0/volumeMounts", mounts),
            ],
        );
    }
    pod(
        r,
        "devices and mounts",
        &[
            (
                "/spec/volumes",
                json!([{ "name": "v", "emptyDir": {} }, { "name": "w", "persistentVolumeClaim": { "claimName": "c" } }]),
            ),
            (
                "/spec/containers/0/volumeMounts",
                json!([{ "name": "w", "mountPath": "/v" }]),
            ),
            (
                "/spec/containers/0/volumeDevices",
                json!([{ "name": "v", "devicePath": "/v" }, { "name": "w", "devicePath": "/w" }, { "name": "w", "devicePath": "/w" }]),
            ),
        ],
    );
    pod(
        r,
        "names of volumes",
        &[(
            "/spec/volumes",
            json!([{ "name": "", "emptyDir": {} }, { "name": "A", "emptyDir": {} }, { "name": "a", "emptyDir": {} }, { "name": "a", "emptyDir": {} }]),
        )],
    );
    pod(
        r,
        "a claim of an ephemeral volume",
        &[(
            "/spec/volumes",
            json!([
        { "name": "v", "ephemeral": { "volumeClaimTemplate": { "spec": { "accessModes": ["ReadWriteOnce"], "resources": { "requests": { "storage": "1" } } } } } },
        { "name": "w", "persistentVolumeClaim": { "claimName": "web-v" } }]),
        )],
    );
    pod(
        r,
        "a token of nobody",
        &[(
            "/spec/volumes",
            json!([{ "name": "v", "projected": { "sources": [{ "serviceAccountToken": { "path": "t" } }] } }]),
        )],
    );
    for (name, source) in [
        (
            "two kinds",
            json!({ "emptyDir": {}, "hostPath": { "path": "/" }, "cephfs": { "monitors": [] }, "downwardAPI": {} }),
        ),
        (
            "a negative size",
            json!({ "emptyDir": { "sizeLimit": "-1" } }),
        ),
        ("no path of the node", json!({ "hostPath": { "path": "" } })),
        (
            "a path of the node",
            json!({ "hostPath": { "path": "/a/../b", "type": "x" } }),
        ),
        (
            "a repository",
            json!({ "gitRepo": { "repository": "", "directory": "/a" } }),
        ),
        (
            "a Secret",
            json!({ "secret": { "secretName": "", "defaultMode": 512, "items": [{ "key": "", "path": "", "mode": -1 }, { "key": "a", "path": "/a" }, { "key": "a", "path": "..a" }] } }),
        ),
        (
            "a ConfigMap",
            json!({ "configMap": { "name": "", "defaultMode": -1, "items": [{ "key": "a", "path": "../a" }] } }),
        ),
        (
            "fields of the Pod",
            json!({ "downwardAPI": { "defaultMode": 512, "items": [{ "path": "" }, { "path": "/a", "mode": 512, "fieldRef": { "fieldPath": "status.podIP" }, "resourceFieldRef": { "resource": "limits.cpu" } },
            { "path": "a", "resourceFieldRef": { "resource": "limits.cpu" } }] } }),
        ),
        (
            "many sources",
            json!({ "projected": { "defaultMode": 512, "sources": [
            { "secret": { "name": "", "items": [{ "key": "a", "path": "a" }] }, "configMap": { "name": "", "items": [{ "key": "a", "path": "a" }] } },
            { "downwardAPI": { "items": [{ "path": "a" }] } }, { "serviceAccountToken": { "path": "", "expirationSeconds": 1 } }, { "serviceAccountToken": { "path": "../a", "expirationSeconds": 4_294_967_297_i64 } }] } }),
        ),
        (
            "no claim",
            json!({ "persistentVolumeClaim": { "claimName": "" } }),
        ),
        (
            "an image volume",
            json!({ "image": { "reference": "", "pullPolicy": "x" } }),
        ),
        (
            "a driver",
            json!({ "csi": { "driver": "", "nodePublishSecretRef": { "name": "" } } }),
        ),
        (
            "a long driver",
            json!({ "csi": { "driver": "A_".repeat(32), "nodePublishSecretRef": { "name": "A" } } }),
        ),
        (
            "a GCE disk",
            json!({ "gcePersistentDisk": { "pdName": "", "partition": 256 } }),
        ),
        (
            "an AWS disk",
            json!({ "awsElasticBlockStore": { "volumeID": "", "partition": -1 } }),
        ),
        ("NFS", json!({ "nfs": { "server": "", "path": "a" } })),
        (
            "iSCSI",
            json!({ "iscsi": { "targetPortal": "", "iqn": "", "lun": 256, "chapAuthSession": true, "initiatorName": "x" } }),
        ),
        (
            "names of iSCSI",
            json!({ "iscsi": { "targetPortal": "t".repeat(70), "iqn": "iqn.x", "lun": 0, "initiatorName": "eui.1" } }),
        ),
        (
            "Glusterfs",
            json!({ "glusterfs": { "endpoints": "", "path": "" } }),
        ),
        ("no dataset", json!({ "flocker": {} })),
        (
            "two datasets",
            json!({ "flocker": { "datasetName": "a/b", "datasetUUID": "c" } }),
        ),
        ("RBD", json!({ "rbd": { "monitors": [], "image": "" } })),
        (
            "Cinder",
            json!({ "cinder": { "volumeID": "", "secretRef": { "name": "" } } }),
        ),
        ("CephFS", json!({ "cephfs": { "monitors": [] } })),
        (
            "no registry of Quobyte",
            json!({ "quobyte": { "registry": "", "volume": "" } }),
        ),
        (
            "a tenant of Quobyte",
            json!({ "quobyte": { "registry": "r", "volume": "v", "tenant": "t".repeat(65) } }),
        ),
        (
            "a registry of Quobyte",
            json!({ "quobyte": { "registry": "r:1,s", "volume": "v" } }),
        ),
        ("no FC", json!({ "fc": {} })),
        (
            "FC twice",
            json!({ "fc": { "targetWWNs": ["a"], "wwids": ["b"] } }),
        ),
        (
            "a unit of FC",
            json!({ "fc": { "targetWWNs": ["a"], "lun": 256 } }),
        ),
        (
            "a flexible volume",
            json!({ "flexVolume": { "driver": "", "options": { "Kubernetes.io/a": "b", "x.k8s.io": "c" } } }),
        ),
        (
            "Azure's files",
            json!({ "azureFile": { "secretName": "", "shareName": "" } }),
        ),
        (
            "Azure's disks",
            json!({ "azureDisk": { "diskName": "", "diskURI": "", "kind": "x", "cachingMode": "x" } }),
        ),
        (
            "a managed disk",
            json!({ "azureDisk": { "diskName": "a", "diskURI": "https://a", "kind": "Managed" } }),
        ),
        ("vSphere", json!({ "vsphereVolume": { "volumePath": "" } })),
        ("Photon", json!({ "photonPersistentDisk": { "pdID": "" } })),
        ("Portworx", json!({ "portworxVolume": { "volumeID": "" } })),
        (
            "ScaleIO",
            json!({ "scaleIO": { "gateway": "", "system": "", "secretRef": { "name": "" } } }),
        ),
        (
            "StorageOS",
            json!({ "storageos": { "secretRef": { "name": "" }, "volumeNamespace": "A" } }),
        ),
        (
            "a name of StorageOS",
            json!({ "storageos": { "volumeName": "A" } }),
        ),
        ("no template", json!({ "ephemeral": {} })),
        (
            "an empty template",
            json!({ "ephemeral": { "volumeClaimTemplate": { "spec": {} } } }),
        ),
        (
            "a template",
            json!({ "ephemeral": { "volumeClaimTemplate": {
            "metadata": { "name": "a", "generateName": "a", "namespace": "a", "uid": "a", "resourceVersion": "1", "generation": 1, "finalizers": [], "ownerReferences": [], "labels": { "a b": "c d" }, "annotations": { "a b": "c" } },
            "spec": { "accessModes": ["x", "ReadWriteOncePod", "ReadWriteOnce"], "storageClassName": "A", "volumeAttributesClassName": "A", "volumeMode": "x", "resources": { "requests": { "storage": "0" } },
                "selector": { "matchLabels": { "a b": "c" } },
                "dataSource": { "kind": "", "name": "" }, "dataSourceRef": { "kind": "x", "name": "y", "apiGroup": "A", "namespace": "A" } } } } }),
        ),
        (
            "two sources of data",
            json!({ "ephemeral": { "volumeClaimTemplate": { "spec": { "accessModes": ["ReadWriteOnce"], "resources": { "requests": { "storage": "1" } },
            "dataSource": { "kind": "PersistentVolumeClaim", "name": "a" }, "dataSourceRef": { "kind": "PersistentVolumeClaim", "name": "b" } } } } }),
        ),
    ] {
        let mut volume = source;
        volume["name"] = "v".into();
        pod(r, name, &[("/spec/volumes", json!([volume]))]);
    }
}

fn jobs(r: &mut Vec<Row>) {
    let rule = |rule: Value| vec![("/spec/podFailurePolicy/rules", json!([rule]))];
    let indexed = |more: Vec<Edit>| {
        let mut edits = vec![
            ("/spec/completionMode", json!("Indexed")),
            ("/spec/completions", json!(5)),
        ];
        edits.extend(more);
        edits
    };
    for (name, edits) in [
        (
            "a Job that is always restarted",
            vec![("/spec/template/spec/restartPolicy", Value::Null)],
        ),
        (
            "a Job's restart policy",
            vec![("/spec/template/spec/restartPolicy", json!("never"))],
        ),
        (
            "a failure policy with restarts",
            vec![
                ("/spec/template/spec/restartPolicy", json!("OnFailure")),
                ("/spec/podFailurePolicy/rules", json!([])),
            ],
        ),
        (
            "negative counts",
            vec![
                ("/spec/parallelism", json!(-1)),
                ("/spec/completions", json!(-1)),
                ("/spec/activeDeadlineSeconds", json!(-1)),
                ("/spec/backoffLimit", json!(-1)),
                ("/spec/ttlSecondsAfterFinished", json!(-1)),
            ],
        ),
        (
            "indexes without a mode",
            vec![
                ("/spec/backoffLimitPerIndex", json!(-1)),
                ("/spec/maxFailedIndexes", json!(-1)),
            ],
        ),
        (
            "failed indexes alone",
            vec![("/spec/maxFailedIndexes", json!(1))],
        ),
        ("a manager", vec![("/spec/managedBy", json!("a"))]),
        ("an empty manager", vec![("/spec/managedBy", json!(""))]),
        (
            "a manager's domain",
            vec![("/spec/managedBy", json!("A/b c"))],
        ),
        (
            "a long manager",
            vec![("/spec/managedBy", json!(format!("a/{}", "b".repeat(62))))],
        ),
        ("a mode", vec![("/spec/completionMode", json!("indexed"))]),
        (
            "no completions",
            vec![
                ("/spec/completionMode", json!("Indexed")),
                ("/spec/parallelism", json!(1)),
            ],
        ),
        (
            "many Pods",
            indexed(vec![("/spec/parallelism", json!(100_001))]),
        ),
        (
            "more failed indexes than there are",
            indexed(vec![
                ("/spec/backoffLimitPerIndex", json!(1)),
                ("/spec/maxFailedIndexes", json!(100_001)),
            ]),
        ),
        (
            "many completions",
            indexed(vec![
                ("/spec/completions", json!(100_001)),
                ("/spec/backoffLimitPerIndex", json!(1)),
                ("/spec/parallelism", json!(10_001)),
            ]),
        ),
        (
            "many failed indexes",
            indexed(vec![
                ("/spec/completions", json!(100_001)),
                ("/spec/backoffLimitPerIndex", json!(1)),
                ("/spec/maxFailedIndexes", json!(10_001)),
            ]),
        ),
        (
            "a Job's name with dots",
            indexed(vec![("/metadata/name", json!("a.b"))]),
        ),
        (
            "a Job's long name",
            indexed(vec![("/metadata/name", json!("a".repeat(62)))]),
        ),
        (
            "a Job's name for a label",
            vec![("/metadata/name", json!("a".repeat(64)))],
        ),
        ("no rule", rule(json!({ "action": "" }))),
        (
            "an action",
            rule(json!({ "action": "x", "onExitCodes": { "operator": "", "values": [] } })),
        ),
        (
            "both",
            rule(
                json!({ "action": "Ignore", "onExitCodes": { "operator": "x", "values": [1], "containerName": "nobody" }, "onPodConditions": [{ "type": "a b", "status": "x" }] }),
            ),
        ),
        (
            "exit codes",
            rule(
                json!({ "action": "Ignore", "onExitCodes": { "operator": "In", "values": [2, 0, 2] } }),
            ),
        ),
        (
            "many exit codes",
            rule(
                json!({ "action": "FailIndex", "onExitCodes": { "operator": "In", "values": (1..300).collect::<Vec<_>>() } }),
            ),
        ),
        (
            "many conditions",
            rule(
                json!({ "action": "Ignore", "onPodConditions": vec![json!({ "type": "A" }); 21] }),
            ),
        ),
        (
            "many rules",
            vec![(
                "/spec/podFailurePolicy/rules",
                json!(vec![
                    json!({ "action": "Ignore", "onPodConditions": [{ "type": "A" }] });
                    21
                ]),
            )],
        ),
        (
            "replacement",
            vec![("/spec/podReplacementPolicy", json!("x"))],
        ),
        (
            "replacement beside a failure policy",
            vec![
                ("/spec/podReplacementPolicy", json!("TerminatingOrFailed")),
                ("/spec/podFailurePolicy/rules", json!([])),
            ],
        ),
        (
            "success of no indexes",
            vec![(
                "/spec/successPolicy/rules",
                json!([{ "succeededCount": 1 }]),
            )],
        ),
        (
            "no success",
            indexed(vec![("/spec/successPolicy/rules", json!([]))]),
        ),
        (
            "success without anything",
            indexed(vec![(
                "/spec/successPolicy/rules",
                json!([{}, { "succeededCount": -1 }, { "succeededCount": 6 }, { "succeededCount": 2, "succeededIndexes": "1" }]),
            )]),
        ),
        (
            "bad indexes",
            indexed(vec![(
                "/spec/successPolicy/rules",
                json!([{ "succeededIndexes": "5" }, { "succeededIndexes": "3-1" }, { "succeededIndexes": "1,1" }, { "succeededIndexes": "a" }, { "succeededIndexes": "1-2-3" }, { "succeededIndexes": "-1" }]),
            )]),
        ),
        (
            "long indexes",
            indexed(vec![(
                "/spec/successPolicy/rules",
                json!([{ "succeededIndexes": "0".repeat(65_537) }]),
            )]),
        ),
        (
            "many rules of success",
            indexed(vec![(
                "/spec/successPolicy/rules",
                json!(vec![json!({ "succeededCount": 1 }); 21]),
            )]),
        ),
        (
            "a selector of one's own",
            vec![("/spec/selector", json!({ "matchLabels": { "a": "b" } }))],
        ),
        (
            "another UID",
            vec![(
                "/spec/template/metadata/labels",
                json!({ "controller-uid": "a", "batch.kubernetes.io/controller-uid": "b", "job-name": "c", "batch.kubernetes.io/job-name": "d" }),
            )],
        ),
        ("no selector", vec![("/spec/manualSelector", json!(true))]),
        (
            "a bad selector",
            vec![
                ("/spec/manualSelector", json!(true)),
                (
                    "/spec/selector",
                    json!({ "matchExpressions": [{ "key": "a b", "operator": "x" }] }),
                ),
            ],
        ),
        (
            "a selector of others",
            vec![
                ("/spec/manualSelector", json!(true)),
                ("/spec/selector", json!({ "matchLabels": { "a": "b" } })),
            ],
        ),
        (
            "a template's labels",
            vec![(
                "/spec/template/metadata",
                json!({ "labels": { "a b": "c d" }, "annotations": { "a b": "c" } }),
            )],
        ),
        (
            "a template's annotations",
            vec![(
                "/spec/template/metadata/annotations",
                json!({ "kubernetes.io/config.mirror": "a", "controller.kubernetes.io/pod-deletion-cost": "a",
            "seccomp.security.alpha.kubernetes.io/pod": "a", "container.apparmor.security.beta.kubernetes.io/x": "a", "scheduler.alpha.kubernetes.io/tolerations": "a" }),
            )],
        ),
        (
            "a template's ephemeral container",
            vec![(
                "/spec/template/spec/ephemeralContainers",
                json!([{ "name": "e", "image": "i" }]),
            )],
        ),
        (
            "a template's port of the node",
            vec![
                ("/spec/template/spec/hostNetwork", json!(true)),
                (
                    "/spec/template/spec/containers/0/ports",
                    json!([{ "containerPort": 1, "hostPort": 2 }]),
                ),
            ],
        ),
        (
            "a negative time to end",
            vec![
                (
                    "/spec/template/spec/terminationGracePeriodSeconds",
                    json!(-1),
                ),
                (
                    "/spec/template/spec/containers/0/lifecycle/preStop/sleep/seconds",
                    json!(0),
                ),
            ],
        ),
    ] {
        job(r, name, &edits);
    }
}

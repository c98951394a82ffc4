//! Pods with security contexts, of the node's namespaces, of Windows.

use serde_json::{Value, json};

use super::pod;

pub(super) fn security() -> Value {
    pod(json!({
        "hostUsers": false,
        "os": { "name": "linux" },
        "securityContext": {
            "fsGroup": 1000, "runAsUser": 1000, "runAsGroup": 1000, "runAsNonRoot": true, "supplementalGroups": [1, 2],
            "fsGroupChangePolicy": "OnRootMismatch", "supplementalGroupsPolicy": "Strict", "seLinuxChangePolicy": "Recursive",
            "sysctls": [{ "name": "net.ipv4.tcp_syncookies", "value": "1" }, { "name": "kernel/shm_rmid_forced", "value": "1" }],
            "seccompProfile": { "type": "RuntimeDefault" }, "appArmorProfile": { "type": "Localhost", "localhostProfile": "mine" },
            "seLinuxOptions": { "level": "s0" },
        },
        "containers": [
            { "name": "app", "image": "nginx", "securityContext": {
                "runAsUser": 1, "runAsGroup": 1, "privileged": false, "allowPrivilegeEscalation": false, "procMount": "Unmasked",
                "readOnlyRootFilesystem": true, "capabilities": { "add": ["NET_ADMIN"], "drop": ["ALL"] },
                "seccompProfile": { "type": "Localhost", "localhostProfile": "profiles/own.json" },
                "appArmorProfile": { "type": "RuntimeDefault" }, "seLinuxOptions": { "type": "t" } } },
            { "name": "second", "image": "nginx", "securityContext": { "procMount": "Default", "privileged": true,
                "appArmorProfile": { "type": "Unconfined" }, "capabilities": { "add": ["CAP_SYS_ADMIN"] } } },
        ],
    }))
}

pub(super) fn windows() -> Value {
    pod(json!({
        "os": { "name": "windows" },
        "hostNetwork": true,
        "securityContext": { "windowsOptions": { "hostProcess": true, "runAsUserName": "NT AUTHORITY\\SYSTEM",
            "gmsaCredentialSpecName": "spec", "gmsaCredentialSpec": "{}" } },
        "containers": [
            { "name": "app", "image": "nginx", "securityContext": { "windowsOptions": { "hostProcess": true, "runAsUserName": "user" } } },
            { "name": "second", "image": "nginx", "securityContext": { "runAsNonRoot": true } },
        ],
    }))
}

pub(super) fn host() -> Value {
    pod(json!({
        "hostNetwork": true, "hostPID": true, "hostIPC": true, "hostUsers": true, "shareProcessNamespace": false,
        "dnsPolicy": "ClusterFirstWithHostNet",
        "securityContext": { "sysctls": [{ "name": "kernel.own", "value": "1" }] },
        "containers": [{ "name": "app", "image": "nginx", "ports": [
            { "containerPort": 80 }, { "containerPort": 81, "hostPort": 81 }] }],
    }))
}

pub(super) fn annotated() -> Value {
    let mut pod = pod(json!({
        "securityContext": { "seccompProfile": { "type": "RuntimeDefault" } },
        "containers": [
            { "name": "app", "image": "i", "securityContext": { "seccompProfile": { "type": "Localhost", "localhostProfile": "x" },
                "appArmorProfile": { "type": "Localhost", "localhostProfile": "y" } } },
            { "name": "second", "image": "i" },
        ],
    }));
    pod["metadata"] = json!({
        "name": "web.example",
        "namespace": "default",
        "labels": { "app": "web", "example.com/part": "A_b.c" },
        "annotations": {
            "Example.com/Note": "anything",
            "controller.kubernetes.io/pod-deletion-cost": "-10",
            "seccomp.security.alpha.kubernetes.io/pod": "runtime/default",
            "container.seccomp.security.alpha.kubernetes.io/app": "localhost/x",
            "container.apparmor.security.beta.kubernetes.io/app": "localhost/y",
            "container.apparmor.security.beta.kubernetes.io/second": "unconfined",
            "scheduler.alpha.kubernetes.io/tolerations": "[{\"key\": \"a\", \"operator\": \"Exists\"}]",
        },
    });
    pod
}

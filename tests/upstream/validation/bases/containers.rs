//! Pods with every field of a container.

use serde_json::{Value, json};

use super::pod;

pub(super) fn containers() -> Value {
    pod(json!({
        "activeDeadlineSeconds": 100,
        "terminationGracePeriodSeconds": 30,
        "restartPolicy": "Always",
        "volumes": [
            { "name": "files", "emptyDir": { "sizeLimit": "1Gi" } },
            { "name": "data", "persistentVolumeClaim": { "claimName": "data" } },
            { "name": "disk", "persistentVolumeClaim": { "claimName": "disk" } },
        ],
        "imagePullSecrets": [{ "name": "registry" }],
        "containers": [{
            "name": "app",
            "image": "nginx:1.27",
            "imagePullPolicy": "IfNotPresent",
            "workingDir": "/w",
            "command": ["sh"],
            "args": ["-c", "true"],
            "terminationMessagePath": "/log",
            "terminationMessagePolicy": "FallbackToLogsOnError",
            "ports": [
                { "name": "http", "containerPort": 80, "hostPort": 8080, "protocol": "TCP", "hostIP": "127.0.0.1" },
                { "name": "dns", "containerPort": 53, "hostPort": 5353, "protocol": "UDP" },
            ],
            "env": [
                { "name": "A", "value": "b" },
                { "name": "NODE", "valueFrom": { "fieldRef": { "apiVersion": "v1", "fieldPath": "spec.nodeName" } } },
                { "name": "PART", "valueFrom": { "fieldRef": { "fieldPath": "metadata.labels['app.kubernetes.io/part-of']" } } },
                { "name": "NOTE", "valueFrom": { "fieldRef": { "fieldPath": "metadata.annotations['Note']" } } },
                { "name": "CPU", "valueFrom": { "resourceFieldRef": { "resource": "limits.cpu", "divisor": "1m", "containerName": "app" } } },
                { "name": "PAGES", "valueFrom": { "resourceFieldRef": { "resource": "limits.hugepages-2Mi", "divisor": "1Mi" } } },
                { "name": "KEY", "valueFrom": { "configMapKeyRef": { "name": "settings", "key": "a.b", "optional": true } } },
                { "name": "WORD", "valueFrom": { "secretKeyRef": { "name": "login", "key": "password" } } },
                { "name": "FILE", "valueFrom": { "fileKeyRef": { "volumeName": "files", "path": "env/own", "key": "FILE" } } },
            ],
            "envFrom": [
                { "prefix": "P_", "configMapRef": { "name": "settings" } },
                { "secretRef": { "name": "login", "optional": false } },
            ],
            "resources": {
                "limits": { "cpu": "2", "memory": "1Gi", "hugepages-2Mi": "4Mi", "example.com/gpu": "1", "ephemeral-storage": "1Gi" },
                "requests": { "cpu": "500m", "memory": "512Mi", "hugepages-2Mi": "4Mi", "example.com/gpu": "1" },
                "claims": [{ "name": "gpu" }, { "name": "other", "request": "part" }],
            },
            "resizePolicy": [
                { "resourceName": "cpu", "restartPolicy": "NotRequired" },
                { "resourceName": "memory", "restartPolicy": "RestartContainer" },
            ],
            "volumeMounts": [
                { "name": "files", "mountPath": "/files", "subPath": "a/b", "readOnly": true, "recursiveReadOnly": "IfPossible" },
                { "name": "data", "mountPath": "/data", "subPathExpr": "$(A)", "mountPropagation": "HostToContainer" },
            ],
            "volumeDevices": [{ "name": "disk", "devicePath": "/dev/own" }],
            "livenessProbe": { "httpGet": { "path": "/live", "port": "http", "scheme": "HTTPS", "host": "h",
                "httpHeaders": [{ "name": "X-A", "value": "b" }] }, "successThreshold": 1, "failureThreshold": 3,
                "initialDelaySeconds": 1, "timeoutSeconds": 1, "periodSeconds": 10, "terminationGracePeriodSeconds": 5 },
            "readinessProbe": { "tcpSocket": { "port": 80, "host": "h" }, "successThreshold": 2 },
            "startupProbe": { "grpc": { "port": 80, "service": "s" } },
            "lifecycle": {
                "postStart": { "exec": { "command": ["true"] } },
                "preStop": { "sleep": { "seconds": 10 } },
            },
            "restartPolicy": "Never",
            "restartPolicyRules": [{ "action": "Restart", "exitCodes": { "operator": "In", "values": [42] } }],
        }, {
            "name": "second",
            "image": "busybox",
            "lifecycle": { "preStop": { "httpGet": { "port": 8080 } }, "postStart": { "tcpSocket": { "port": "http" } } },
            "livenessProbe": { "exec": { "command": ["true"] } },
        }],
        "resourceClaims": [
            { "name": "gpu", "resourceClaimName": "gpu" },
            { "name": "other", "resourceClaimTemplateName": "template" },
        ],
    }))
}

pub(super) fn sidecars() -> Value {
    pod(json!({
        "terminationGracePeriodSeconds": 60,
        "restartPolicy": "OnFailure",
        "initContainers": [
            { "name": "prepare", "image": "busybox", "ports": [{ "containerPort": 1, "hostPort": 1 }],
                "restartPolicy": "Never", "restartPolicyRules": [{ "action": "Restart", "exitCodes": { "operator": "NotIn", "values": [1, 2] } }] },
            { "name": "log", "image": "busybox", "restartPolicy": "Always",
                "livenessProbe": { "exec": { "command": ["true"] } },
                "readinessProbe": { "httpGet": { "port": 1, "path": "/" } },
                "startupProbe": { "tcpSocket": { "port": 1 } },
                "lifecycle": { "preStop": { "exec": { "command": ["true"] } }, "postStart": { "sleep": { "seconds": 1 } } },
                "resizePolicy": [{ "resourceName": "cpu", "restartPolicy": "NotRequired" }] },
            { "name": "plain", "image": "busybox", "ports": [{ "containerPort": 1, "hostPort": 1 }] },
        ],
        "containers": [{ "name": "app", "image": "nginx" }],
        "hostname": "web-0",
        "subdomain": "web",
        "setHostnameAsFQDN": false,
        "hostnameOverride": "other.example",
        "hostAliases": [{ "ip": "10.0.0.1", "hostnames": ["db", "db.example"] }],
        "dnsPolicy": "None",
        "dnsConfig": { "nameservers": ["1.1.1.1", "2001:db8::1"], "searches": ["example.com", "_a.b_c.", "."],
            "options": [{ "name": "ndots", "value": "2" }] },
        "readinessGates": [{ "conditionType": "example.com/ready" }],
        "serviceAccountName": "robot",
        "nodeName": "node-1",
        "priorityClassName": "high",
        "preemptionPolicy": "Never",
        "runtimeClassName": "gvisor",
        "overhead": { "cpu": "100m", "memory": "64Mi" },
        "enableServiceLinks": false,
        "shareProcessNamespace": true,
    }))
}

//! Sound objects that have every field at least once, to be broken.

use serde_json::{Value, json};

#[expect(
    clippy::needless_pass_by_value,
    reason = "it becomes a part of the object"
)]
pub fn pod(spec: Value) -> Value {
    json!({ "apiVersion": "v1", "kind": "Pod", "metadata": { "name": "web" }, "spec": spec })
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "it becomes a part of the object"
)]
pub fn job(spec: Value) -> Value {
    json!({ "apiVersion": "batch/v1", "kind": "Job", "metadata": { "name": "work" }, "spec": spec })
}

/// A Pod with one plain container.
pub fn plain_pod() -> Value {
    pod(json!({ "containers": [{ "name": "app", "image": "nginx:1.27" }] }))
}

/// A Job with one plain container.
pub fn plain_job() -> Value {
    job(json!({ "template": { "spec": {
        "restartPolicy": "Never", "containers": [{ "name": "app", "image": "busybox:1.36" }] } } }))
}

pub fn all() -> Vec<Value> {
    let mut all = vec![
        plain_pod(),
        plain_job(),
        containers(),
        sidecars(),
        placement(),
        security(),
        windows(),
        host(),
        volumes(),
        old_volumes(),
        resources(),
        indexed(),
        not_indexed(),
        manual(),
        annotated(),
        named(),
    ];
    all.extend([cron_job(), deployment(), stateful_set()]);
    // The same Pods as templates.
    for base in [
        containers(),
        security(),
        volumes(),
        placement(),
        annotated(),
    ] {
        let mut spec = base["spec"].clone();
        spec["restartPolicy"] = "OnFailure".into();
        let mut metadata = base["metadata"].clone();
        metadata["name"] = Value::Null;
        all.push(job(
            json!({ "template": { "metadata": metadata, "spec": spec } }),
        ));
    }
    all
}

fn cron_job() -> Value {
    let mut spec = containers()["spec"].clone();
    spec["restartPolicy"] = "OnFailure".into();
    json!({ "apiVersion": "batch/v1", "kind": "CronJob", "metadata": { "name": "nightly" }, "spec": {
        "schedule": "0 0 * * *", "timeZone": "Etc/UTC", "concurrencyPolicy": "Forbid", "startingDeadlineSeconds": 10,
        "suspend": false, "successfulJobsHistoryLimit": 1, "failedJobsHistoryLimit": 2,
        "jobTemplate": { "metadata": { "labels": { "a": "b" } }, "spec": {
            "backoffLimit": 1, "parallelism": 2, "completions": 3, "completionMode": "Indexed", "manualSelector": false,
            "template": { "metadata": { "labels": { "a": "b" } }, "spec": spec } } } } })
}

/// A workload with the template of a Pod.
fn workload(kind: &str, more: Value, pod: &Value) -> Value {
    let mut spec = more;
    spec["selector"] = json!({ "matchLabels": { "app": "web" } });
    spec["template"] = json!({ "metadata": { "labels": { "app": "web" } }, "spec": pod["spec"] });
    json!({ "apiVersion": "apps/v1", "kind": kind, "metadata": { "name": "web" }, "spec": spec })
}

fn deployment() -> Value {
    let mut pod = containers();
    pod["spec"]["activeDeadlineSeconds"] = Value::Null;
    workload("Deployment", json!({}), &pod)
}

fn stateful_set() -> Value {
    let mut pod = volumes();
    pod["spec"]["hostname"] = "its.own".into();
    pod["spec"]["containers"][0]["volumeMounts"] =
        json!([{ "name": "data", "mountPath": "/data" }, { "name": "own", "mountPath": "/own" }]);
    let claim = json!({ "metadata": { "name": "data" }, "spec": { "accessModes": ["ReadWriteOnce"], "resources": { "requests": { "storage": "1Gi" } } } });
    let own = json!({ "metadata": { "name": "own" }, "spec": claim["spec"] });
    workload(
        "StatefulSet",
        json!({ "serviceName": "web", "volumeClaimTemplates": [claim, own] }),
        &pod,
    )
}

fn containers() -> Value {
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

fn sidecars() -> Value {
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

fn selector() -> Value {
    json!({ "matchLabels": { "app": "web" }, "matchExpressions": [
        { "key": "tier", "operator": "In", "values": ["front", "back"] },
        { "key": "old", "operator": "DoesNotExist" },
    ] })
}

fn pod_term() -> Value {
    json!({ "topologyKey": "kubernetes.io/hostname", "labelSelector": selector(), "namespaceSelector": selector(),
        "namespaces": ["default", "other"], "matchLabelKeys": ["hash"], "mismatchLabelKeys": ["tenant"] })
}

fn node_term() -> Value {
    json!({
        "matchExpressions": [
            { "key": "zone", "operator": "In", "values": ["a", "b"] },
            { "key": "gpu", "operator": "Exists" },
            { "key": "cores", "operator": "Gt", "values": ["4"] },
        ],
        "matchFields": [{ "key": "metadata.name", "operator": "NotIn", "values": ["node-1"] }],
    })
}

fn placement() -> Value {
    let mut pod = pod(json!({
        "containers": [{ "name": "app", "image": "nginx" }],
        "schedulerName": "mine",
        "nodeSelector": { "disk": "ssd", "example.com/part": "" },
        "schedulingGates": [{ "name": "example.com/first" }, { "name": "second" }],
        "tolerations": [
            { "key": "dedicated", "operator": "Equal", "value": "gpu", "effect": "NoSchedule" },
            { "key": "node.kubernetes.io/not-ready", "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": 30 },
            { "operator": "Exists" },
        ],
        "topologySpreadConstraints": [
            { "maxSkew": 1, "topologyKey": "zone", "whenUnsatisfiable": "DoNotSchedule", "minDomains": 2,
                "labelSelector": selector(), "nodeAffinityPolicy": "Honor", "nodeTaintsPolicy": "Ignore", "matchLabelKeys": ["hash"] },
            { "maxSkew": 2, "topologyKey": "zone", "whenUnsatisfiable": "ScheduleAnyway" },
        ],
        "affinity": {
            "nodeAffinity": {
                "requiredDuringSchedulingIgnoredDuringExecution": { "nodeSelectorTerms": [node_term()] },
                "preferredDuringSchedulingIgnoredDuringExecution": [{ "weight": 1, "preference": node_term() }],
            },
            "podAffinity": {
                "requiredDuringSchedulingIgnoredDuringExecution": [pod_term()],
                "preferredDuringSchedulingIgnoredDuringExecution": [{ "weight": 100, "podAffinityTerm": pod_term() }],
            },
            "podAntiAffinity": {
                "requiredDuringSchedulingIgnoredDuringExecution": [pod_term()],
                "preferredDuringSchedulingIgnoredDuringExecution": [{ "weight": 50, "podAffinityTerm": pod_term() }],
            },
        },
    }));
    pod["metadata"]["labels"] = json!({ "app": "web", "hash": "h1", "tenant": "t1" });
    pod
}

fn security() -> Value {
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

fn windows() -> Value {
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

fn host() -> Value {
    pod(json!({
        "hostNetwork": true, "hostPID": true, "hostIPC": true, "hostUsers": true, "shareProcessNamespace": false,
        "dnsPolicy": "ClusterFirstWithHostNet",
        "securityContext": { "sysctls": [{ "name": "kernel.own", "value": "1" }] },
        "containers": [{ "name": "app", "image": "nginx", "ports": [
            { "containerPort": 80 }, { "containerPort": 81, "hostPort": 81 }] }],
    }))
}

fn items() -> Value {
    json!([{ "key": "k", "path": "p/q", "mode": 420 }, { "key": "l", "path": "r" }])
}

fn downward_items(prefix: &str) -> Value {
    json!([
        { "path": format!("{prefix}/labels"), "fieldRef": { "fieldPath": "metadata.labels" }, "mode": 292 },
        { "path": format!("{prefix}/one"), "fieldRef": { "fieldPath": "metadata.annotations['a']", "apiVersion": "v1" } },
        { "path": format!("{prefix}/cpu"), "resourceFieldRef": { "containerName": "app", "resource": "requests.cpu", "divisor": "1" } },
    ])
}

fn claim_template() -> Value {
    json!({
        "metadata": { "labels": { "a": "b" }, "annotations": { "a": "b" } },
        "spec": {
            "accessModes": ["ReadWriteOnce", "ReadOnlyMany"], "storageClassName": "fast", "volumeMode": "Filesystem",
            "volumeAttributesClassName": "gold", "selector": selector(),
            "resources": { "requests": { "storage": "1Gi" }, "limits": { "storage": "2Gi" } },
            "dataSource": { "apiGroup": "snapshot.storage.k8s.io", "kind": "VolumeSnapshot", "name": "s" },
            "dataSourceRef": { "apiGroup": "snapshot.storage.k8s.io", "kind": "VolumeSnapshot", "name": "s" },
        },
    })
}

fn volumes() -> Value {
    pod(json!({
        "serviceAccountName": "robot",
        "containers": [{ "name": "app", "image": "nginx", "volumeMounts": [{ "name": "own", "mountPath": "/own" }],
            "volumeDevices": [{ "name": "made", "devicePath": "/dev/made" }] }],
        "volumes": [
            { "name": "own", "emptyDir": { "medium": "Memory", "sizeLimit": "64Mi" } },
            { "name": "host", "hostPath": { "path": "/var/log", "type": "Directory" } },
            { "name": "secret", "secret": { "secretName": "s", "defaultMode": 256, "items": items() } },
            { "name": "map", "configMap": { "name": "c", "defaultMode": 420, "items": items() } },
            { "name": "downward", "downwardAPI": { "defaultMode": 420, "items": downward_items("d") } },
            { "name": "all", "projected": { "defaultMode": 420, "sources": [
                { "secret": { "name": "s", "items": items() } },
                { "configMap": { "name": "c", "items": [{ "key": "k", "path": "other" }] } },
                { "downwardAPI": { "items": downward_items("e") } },
                { "serviceAccountToken": { "path": "token", "audience": "a", "expirationSeconds": 3600 } },
                { "clusterTrustBundle": { "name": "x", "path": "trust" } },
            ] } },
            { "name": "claim", "persistentVolumeClaim": { "claimName": "c", "readOnly": true } },
            { "name": "made", "ephemeral": { "volumeClaimTemplate": claim_template() } },
            { "name": "image", "image": { "reference": "nginx:1.27", "pullPolicy": "Always" } },
            { "name": "csi", "csi": { "driver": "csi.example.com", "nodePublishSecretRef": { "name": "s" } } },
            { "name": "git", "gitRepo": { "repository": "https://example.com/r", "directory": "d", "revision": "r" } },
        ],
    }))
}

fn old_volumes() -> Value {
    pod(json!({
        "containers": [{ "name": "app", "image": "nginx" }],
        "volumes": [
            { "name": "gce", "gcePersistentDisk": { "pdName": "d", "partition": 1 } },
            { "name": "aws", "awsElasticBlockStore": { "volumeID": "d", "partition": 1 } },
            { "name": "nfs", "nfs": { "server": "s", "path": "/p" } },
            { "name": "iscsi", "iscsi": { "targetPortal": "10.0.0.1:3260", "iqn": "iqn.2001-04.com.example:storage.disk", "lun": 0,
                "chapAuthDiscovery": true, "chapAuthSession": false, "secretRef": { "name": "s" }, "initiatorName": "eui.0123456789abcdef" } },
            { "name": "naa", "iscsi": { "targetPortal": "t", "iqn": "naa.0123456789abcdef0123456789abcdef", "lun": 255 } },
            { "name": "glusterfs", "glusterfs": { "endpoints": "e", "path": "p" } },
            { "name": "flocker", "flocker": { "datasetName": "d" } },
            { "name": "rbd", "rbd": { "monitors": ["m"], "image": "i" } },
            { "name": "cinder", "cinder": { "volumeID": "d", "secretRef": { "name": "s" } } },
            { "name": "cephfs", "cephfs": { "monitors": ["m"], "secretRef": { "name": "s" } } },
            { "name": "quobyte", "quobyte": { "registry": "r:1,[::1]:2", "volume": "v", "tenant": "t" } },
            { "name": "fc", "fc": { "targetWWNs": ["w"], "lun": 1 } },
            { "name": "fc2", "fc": { "wwids": ["w"] } },
            { "name": "flex", "flexVolume": { "driver": "d/e", "options": { "a": "b", "example.com/o": "c" } } },
            { "name": "file", "azureFile": { "secretName": "s", "shareName": "t" } },
            { "name": "disk", "azureDisk": { "diskName": "d", "diskURI": "https://x", "kind": "Dedicated", "cachingMode": "None" } },
            { "name": "managed", "azureDisk": { "diskName": "d", "diskURI": "/subscriptions/x", "kind": "Managed" } },
            { "name": "vsphere", "vsphereVolume": { "volumePath": "v" } },
            { "name": "photon", "photonPersistentDisk": { "pdID": "p" } },
            { "name": "portworx", "portworxVolume": { "volumeID": "p" } },
            { "name": "scale", "scaleIO": { "gateway": "g", "system": "s", "volumeName": "v", "secretRef": { "name": "n" } } },
            { "name": "storageos", "storageos": { "volumeName": "v", "volumeNamespace": "n", "secretRef": { "name": "s" } } },
        ],
    }))
}

fn resources() -> Value {
    pod(json!({
        "resources": { "limits": { "cpu": "4", "memory": "4Gi", "hugepages-2Mi": "8Mi" }, "requests": { "cpu": "2", "memory": "2Gi", "hugepages-2Mi": "8Mi" } },
        "initContainers": [
            { "name": "prepare", "image": "i", "resources": { "requests": { "cpu": "1" } } },
            { "name": "log", "image": "i", "restartPolicy": "Always", "resources": { "requests": { "cpu": "500m" }, "limits": { "cpu": "1" } } },
        ],
        "containers": [
            { "name": "app", "image": "i", "resources": { "requests": { "cpu": "1", "memory": "1Gi" }, "limits": { "cpu": "2", "hugepages-2Mi": "4Mi" } } },
            { "name": "second", "image": "i", "resources": { "limits": { "memory": "512Mi" } } },
        ],
    }))
}

fn indexed() -> Value {
    job(json!({
        "completionMode": "Indexed", "completions": 10, "parallelism": 3, "backoffLimitPerIndex": 2, "maxFailedIndexes": 4,
        "activeDeadlineSeconds": 100, "ttlSecondsAfterFinished": 60, "suspend": true, "podReplacementPolicy": "Failed",
        "managedBy": "example.com/controller",
        "podFailurePolicy": { "rules": [
            { "action": "FailIndex", "onExitCodes": { "operator": "In", "values": [1, 2, 3], "containerName": "app" } },
            { "action": "Ignore", "onPodConditions": [{ "type": "DisruptionTarget", "status": "True" }, { "type": "example.com/x" }] },
            { "action": "Count", "onExitCodes": { "operator": "NotIn", "values": [0, 40] } },
            { "action": "FailJob", "onPodConditions": [{ "type": "ConfigIssue", "status": "Unknown" }] },
        ] },
        "successPolicy": { "rules": [
            { "succeededIndexes": "0,2-4,7", "succeededCount": 3 }, { "succeededCount": 8 }, { "succeededIndexes": "1" }] },
        "template": { "metadata": { "labels": { "a": "b" }, "annotations": { "c": "d" } }, "spec": {
            "restartPolicy": "Never",
            "initContainers": [{ "name": "prepare", "image": "i" }],
            "containers": [{ "name": "app", "image": "i" }] } },
    }))
}

fn not_indexed() -> Value {
    job(json!({
        "completionMode": "NonIndexed", "completions": 2, "parallelism": 2, "backoffLimit": 3, "podReplacementPolicy": "TerminatingOrFailed",
        "manualSelector": false,
        "template": { "metadata": { "labels": { "job-name": "work" } }, "spec": {
            "hostNetwork": true, "restartPolicy": "OnFailure", "terminationGracePeriodSeconds": 5,
            "volumes": [{ "name": "i", "image": {} }],
            "containers": [{ "name": "app", "image": " i ", "ports": [{ "containerPort": 80 }] }] } },
    }))
}

fn manual() -> Value {
    job(json!({
        "manualSelector": true,
        "selector": { "matchLabels": { "app": "work" }, "matchExpressions": [
            { "key": "tier", "operator": "In", "values": ["back"] }, { "key": "app", "operator": "Exists" },
            { "key": "x", "operator": "NotIn", "values": ["y"] }, { "key": "z", "operator": "DoesNotExist" }] },
        "template": { "metadata": { "labels": { "app": "work", "tier": "back" } }, "spec": {
            "restartPolicy": "Never", "containers": [{ "name": "app", "image": "i" }] } },
    }))
}

fn annotated() -> Value {
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

fn named() -> Value {
    let mut pod = plain_pod();
    pod["metadata"] = json!({
        "generateName": "web-",
        "finalizers": ["example.com/first", "orphan"],
        "ownerReferences": [
            { "apiVersion": "apps/v1", "kind": "ReplicaSet", "name": "r", "uid": "u", "controller": true },
            { "apiVersion": "v1", "kind": "Node", "name": "n", "uid": "u" }],
    });
    pod["spec"]["nodeName"] = "node".into();
    pod["metadata"]["annotations"] = json!({ "kubernetes.io/config.mirror": "x" });
    pod
}

//! Pods with volumes of every type.

use serde_json::{Value, json};

use super::{pod, selector};

pub(super) fn volumes() -> Value {
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
                { "clusterTrustBundle": { "signerName": "example.com/signer", "labelSelector": selector(), "path": "signed" } },
                { "podCertificate": { "signerName": "example.com/signer", "keyType": "ED25519", "maxExpirationSeconds": 3600,
                    "keyPath": "key", "certificateChainPath": "chain", "userAnnotations": { "example.com/a": "b" } } },
                { "podCertificate": { "signerName": "kubernetes.io/kube-apiserver-client-pod", "keyType": "RSA3072",
                    "credentialBundlePath": "bundle" } },
            ] } },
            { "name": "claim", "persistentVolumeClaim": { "claimName": "c", "readOnly": true } },
            { "name": "made", "ephemeral": { "volumeClaimTemplate": claim_template() } },
            { "name": "image", "image": { "reference": "nginx:1.27", "pullPolicy": "Always" } },
            { "name": "csi", "csi": { "driver": "csi.example.com", "nodePublishSecretRef": { "name": "s" } } },
            { "name": "git", "gitRepo": { "repository": "https://example.com/r", "directory": "d", "revision": "r" } },
        ],
    }))
}

pub(super) fn old_volumes() -> Value {
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

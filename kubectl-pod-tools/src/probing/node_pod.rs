//! The manifest of a helper Pod.

use serde_json::{Value, json};

/// Name of its container.
pub(super) const CONTAINER: &str = "nc";

/// Returns a Pod that sleeps on a node, and that the Pod Security level `restricted` accepts.
///
/// Every taint is tolerated, because the target runs there already. No mesh adds a sidecar, whose
/// connections would not be ours.
pub(super) fn manifest(name: &str, node: &str, image: &str, seconds: u64) -> Value {
    json!({
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {
            "name": name,
            "labels": {
                "app.kubernetes.io/name": "pod-tools-probe",
                "app.kubernetes.io/managed-by": "pod-tools",
                "sidecar.istio.io/inject": "false",
            },
            "annotations": {
                "linkerd.io/inject": "disabled",
                "sidecar.istio.io/inject": "false",
            },
        },
        "spec": {
            "nodeName": node,
            "tolerations": [{"operator": "Exists"}],
            "restartPolicy": "Never",
            "terminationGracePeriodSeconds": 0,
            "activeDeadlineSeconds": seconds,
            "automountServiceAccountToken": false,
            "enableServiceLinks": false,
            // The kubelet resolves names as the node does.
            "dnsPolicy": "Default",
            "securityContext": {
                "runAsNonRoot": true,
                "runAsUser": 65534,
                "runAsGroup": 65534,
                "seccompProfile": {"type": "RuntimeDefault"},
            },
            "containers": [{
                "name": CONTAINER,
                "image": image,
                "imagePullPolicy": "IfNotPresent",
                "command": ["sleep", seconds.to_string()],
                "resources": {
                    "requests": {"cpu": "10m", "memory": "16Mi"},
                    "limits": {"cpu": "500m", "memory": "64Mi"},
                },
                "securityContext": {
                    "allowPrivilegeEscalation": false,
                    "readOnlyRootFilesystem": true,
                    "capabilities": {"drop": ["ALL"]},
                },
            }],
        },
    })
}

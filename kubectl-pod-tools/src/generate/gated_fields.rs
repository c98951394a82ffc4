//! Notes about fields that a server has only with a feature gate.

use pod_model::gated_fields::find;
use pod_model::{Document, KubernetesVersion};

/// Returns a warning for each gate that is off by default in a version that has the field. A
/// field that the version does not have is an error elsewhere.
pub(crate) fn gated_field_notes(document: &Document, version: KubernetesVersion) -> Vec<String> {
    let found = find(document, version).into_iter();
    found
        .map(|found| {
            // A flag names no place in the object.
            let path = found.field.path;
            let path = path
                .strip_prefix("container.")
                .map_or_else(|| format!("spec.{path}"), str::to_owned);
            found.message(&path)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use pod_model::manifest;
    use serde_json::json;

    #[test]
    fn note_names_field_gate_and_version() {
        let notes = |object: &serde_json::Value| {
            let manifest = manifest::read("a.yaml", object.to_string().into_bytes());
            gated_field_notes(&manifest.documents[0], KubernetesVersion::V1_37)
        };
        let object = json!({"apiVersion": "batch/v1", "kind": "Job", "spec": {
            "scheduling": {},
            "template": {"spec": {
                "containers": [{"lifecycle": {"stopSignal": "SIGUSR1"}}, {"lifecycle": {"stopSignal": "SIGUSR1"}}],
                "hostUsers": true,
                "tolerations": [{"operator": "Exists"}, {"operator": "Lt"}],
            }},
        }});
        assert_eq!(
            notes(&object),
            [
                "`lifecycle.stopSignal` requires the feature gate ContainerStopSignals (alpha in Kubernetes 1.37, off by \
                 default); without it the server drops the field or refuses the object",
                "`spec.tolerations.operator: Lt` requires the feature gate TaintTolerationComparisonOperators (alpha in \
                 Kubernetes 1.37, off by default); without it the server drops the field or refuses the object",
                "`spec.scheduling` requires the feature gate WorkloadWithJob (alpha in Kubernetes 1.37, off by default); \
                 without it the server drops the field or refuses the object",
            ]
        );
        let plain = json!({"apiVersion": "v1", "kind": "Pod"});
        assert_eq!(notes(&plain), Vec::<String>::new());
    }
}

//! Fields that the schema wants and the server does not.

use crate::version::KubernetesVersion;

/// A definition's last name, its field, and the first minor version where it
/// may be left out. The OpenAPI calls a field required when its Go type has no
/// `omitempty`; for these, validation takes the zero value, or a default fills
/// it.
///
/// Sources: k8s.io/kubernetes/pkg/apis/*/validation and pkg/apis/*/v1/defaults.go.
const OPTIONAL: &[(&str, &str, u8)] = &[
    // An empty list of endpoints is valid (discovery ValidateEndpointSlice).
    ("EndpointSlice", "endpoints", 0),
    // A zone is a label's value, which may be empty (discovery validateEndpoints).
    ("ForZone", "name", 0),
    // A header may be empty (core validateHTTPGetAction looks at its name).
    ("HTTPHeader", "value", 0),
    // LUN 0 is a LUN (core validateISCSIVolumeSource).
    ("ISCSIPersistentVolumeSource", "lun", 0),
    ("ISCSIVolumeSource", "lun", 0),
    // core ValidateLimitRange loops over what there is.
    ("LimitRangeSpec", "limits", 0),
    // The empty selector is every Pod (networking ValidateNetworkPolicySpec).
    ("NetworkPolicySpec", "podSelector", 0),
    // batch validatePodFailurePolicy loops over what there is.
    ("PodFailurePolicy", "rules", 0),
    // SetDefaults_PodFailurePolicyOnPodConditionsPattern of batch/v1: True.
    ("PodFailurePolicyOnPodConditionsPattern", "status", 0),
    // Zero is a priority (scheduling ValidatePriorityClass).
    ("PriorityClass", "value", 0),
    // core validateScaleIOVolumeSource looks at the names.
    ("ScaleIOVolumeSource", "secretRef", 0),
    // core validateSleepAction, since PodLifecycleSleepActionAllowZero is on.
    ("SleepAction", "seconds", 33),
    // apps ValidateStatefulSetSpec takes an empty name.
    ("StatefulSetSpec", "serviceName", 0),
    // core validateSysctls looks at the name.
    ("Sysctl", "value", 0),
];

/// Lists, by their definition's last name and their field, of which the server
/// refuses a null item though no field of it is required. The kinds whose validation
/// is ours ([`crate::validation`]) are not among them.
///
/// Sources: k8s.io/kubernetes/pkg/apis/{apps,core,discovery,networking,storage}/validation.
const NO_EMPTY_ITEMS: &[(&str, &str)] = &[
    ("Endpoint", "addresses"),
    ("Endpoints", "subsets"),
    ("IngressTLS", "hosts"),
    ("NetworkPolicyEgressRule", "to"),
    ("NetworkPolicyIngressRule", "from"),
    ("NetworkPolicySpec", "policyTypes"),
    ("ServiceSpec", "clusterIPs"),
    ("ServiceSpec", "externalIPs"),
    ("ServiceSpec", "ipFamilies"),
    ("StatefulSetSpec", "volumeClaimTemplates"),
    ("StorageClass", "allowedTopologies"),
];

/// The way out where an item of a list, or a value of a map, is null.
pub(super) const EMPTY_ITEM_HELP: &str = "remove the empty item, or fill it";

/// Returns whether a null item of a list is refused though nothing in it is required.
pub(super) fn has_no_empty_items(definition: &str, field: &str) -> bool {
    NO_EMPTY_ITEMS.contains(&(definition, field))
}

/// Returns whether the server of a version does without it.
pub(super) fn is_optional(definition: &str, field: &str, version: KubernetesVersion) -> bool {
    let mut rows = OPTIONAL.iter();
    rows.any(|(d, f, since)| (*d, *f) == (definition, field) && version.minor() >= *since)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::builtin;

    #[test]
    fn every_row_is_a_required_field_of_some_version() {
        let schema = builtin();
        for (definition, field, _) in OPTIONAL {
            let known = |version| {
                let mut kinds = schema.definitions_named(definition);
                kinds.any(|id| schema.field(id, field, version).is_some_and(|f| f.required))
            };
            assert!(
                KubernetesVersion::ALL.into_iter().any(known),
                "{definition}.{field}"
            );
        }
        for (definition, field) in NO_EMPTY_ITEMS {
            let kinds = schema.definitions_named(definition);
            let mut fields =
                kinds.filter_map(|id| schema.field(id, field, KubernetesVersion::LATEST));
            let is_list =
                |field: &crate::schema::Field| matches!(field.kind, crate::schema::Type::List(_));
            assert!(fields.all(is_list), "{definition}.{field}");
            assert!(
                kinds_have(schema, definition, field),
                "{definition}.{field}"
            );
        }
    }

    fn kinds_have(schema: &crate::schema::Builtin, definition: &str, field: &str) -> bool {
        let mut kinds = schema.definitions_named(definition);
        kinds.any(|id| schema.field(id, field, KubernetesVersion::LATEST).is_some())
    }

    /// Nothing in a field is required by a server that drops the field.
    #[test]
    fn required_fields_of_a_dropped_field_are_not_missing() {
        use KubernetesVersion as V;
        let missing = |text: &str, version| {
            let manifest = crate::manifest::read("pod.yaml", text.as_bytes().to_vec());
            let findings = crate::check(&manifest.documents[0], version);
            findings
                .iter()
                .filter(|f| f.id() == "missing-field")
                .count()
        };
        let pod =
            |spec: &str| format!("apiVersion: v1\nkind: Pod\nmetadata: {{name: a}}\nspec:\n{spec}");
        let containers = "  containers: [{name: a}]\n";
        let projected = |source: &str| {
            pod(&format!(
                "{containers}  volumes: [{{name: v, projected: {{sources: [{source}]}}}}]\n"
            ))
        };
        for (text, dropped, required) in [
            (
                projected("{podCertificate: {signerName: a.b/c}}"),
                V::V1_36,
                Some(V::V1_37),
            ),
            (
                projected("{clusterTrustBundle: {name: a}}"),
                V::V1_36,
                Some(V::V1_37),
            ),
            (
                pod("  containers: [{name: a, restartPolicyRules: [{}]}]\n"),
                V::V1_34,
                Some(V::V1_35),
            ),
            (
                pod(&format!("{containers}  resourceClaims: [{{}}]\n")),
                V::V1_33,
                Some(V::V1_34),
            ),
            (
                pod(&format!("{containers}  evictionResponders: [{{}}]\n")),
                V::V1_37,
                None,
            ),
        ] {
            assert_eq!(missing(&text, dropped), 0, "{text}");
            if let Some(version) = required {
                assert_ne!(missing(&text, version), 0, "{text}");
            }
        }
    }
}

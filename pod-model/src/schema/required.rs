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

/// Whether the server of a version does without it.
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
    }
}

//! Fields that a server has only with a feature gate.

use pod_model::KubernetesVersion;
use pod_model::features::Gate;
use serde_json::Value;

use super::draft::TargetKind;

/// Fields of a Pod's spec, each with its gate. `container` is each container; after `=` stands
/// the only value that requires the gate.
///
/// Upstream: `DropDisabledPodFields` in pkg/api/pod, and the fields' `+featureGate` in
/// k8s.io/api/core/v1.
const OF_PODS: &[(&str, Gate)] = &[
    ("container.env.valueFrom.fileKeyRef", Gate::EnvFiles),
    (
        "container.lifecycle.postStart.httpGet.protocol",
        Gate::H2CContainerProbe,
    ),
    (
        "container.lifecycle.preStop.httpGet.protocol",
        Gate::H2CContainerProbe,
    ),
    ("container.lifecycle.stopSignal", Gate::ContainerStopSignals),
    (
        "container.livenessProbe.grpc.mode",
        Gate::GRPCContainerProbeTLS,
    ),
    (
        "container.livenessProbe.httpGet.protocol",
        Gate::H2CContainerProbe,
    ),
    (
        "container.readinessProbe.grpc.mode",
        Gate::GRPCContainerProbeTLS,
    ),
    (
        "container.readinessProbe.httpGet.protocol",
        Gate::H2CContainerProbe,
    ),
    ("container.resizePolicy", Gate::InPlacePodVerticalScaling),
    (
        "container.resources.claims",
        Gate::DynamicResourceAllocation,
    ),
    ("container.restartPolicyRules", Gate::ContainerRestartRules),
    (
        "container.restartPolicyRules.action=RestartAllContainers",
        Gate::RestartAllContainersOnContainerExits,
    ),
    (
        "container.securityContext.procMount=Unmasked",
        Gate::ProcMountType,
    ),
    (
        "container.startupProbe.grpc.mode",
        Gate::GRPCContainerProbeTLS,
    ),
    (
        "container.startupProbe.httpGet.protocol",
        Gate::H2CContainerProbe,
    ),
    (
        "container.volumeMounts.bindMountOptions",
        Gate::VolumeBindMountOptions,
    ),
    ("containers.restartPolicy", Gate::ContainerRestartRules),
    ("evictionResponders", Gate::EvictionRequestAPI),
    ("hostUsers=false", Gate::UserNamespacesSupport),
    ("hostnameOverride", Gate::HostnameOverride),
    (
        "initContainers.restartPolicy=Never",
        Gate::ContainerRestartRules,
    ),
    (
        "initContainers.restartPolicy=OnFailure",
        Gate::ContainerRestartRules,
    ),
    ("resourceClaims", Gate::DynamicResourceAllocation),
    ("resources", Gate::PodLevelResources),
    ("schedulingGroup", Gate::GenericWorkload),
    (
        "securityContext.seLinuxChangePolicy",
        Gate::SELinuxChangePolicy,
    ),
    (
        "securityContext.supplementalGroupsPolicy",
        Gate::SupplementalGroupsPolicy,
    ),
    (
        "tolerations.operator=Gt",
        Gate::TaintTolerationComparisonOperators,
    ),
    (
        "tolerations.operator=Lt",
        Gate::TaintTolerationComparisonOperators,
    ),
    (
        "volumes.configMap.defaultUser",
        Gate::AtomicWriteVolumeUserFields,
    ),
    (
        "volumes.configMap.items.user",
        Gate::AtomicWriteVolumeUserFields,
    ),
    (
        "volumes.downwardAPI.defaultUser",
        Gate::AtomicWriteVolumeUserFields,
    ),
    (
        "volumes.downwardAPI.items.user",
        Gate::AtomicWriteVolumeUserFields,
    ),
    ("volumes.emptyDir.mode", Gate::EmptyDirVolumeMode),
    ("volumes.image", Gate::ImageVolume),
    (
        "volumes.projected.defaultUser",
        Gate::AtomicWriteVolumeUserFields,
    ),
    (
        "volumes.projected.sources.clusterTrustBundle",
        Gate::ClusterTrustBundleProjection,
    ),
    (
        "volumes.projected.sources.podCertificate",
        Gate::PodCertificateRequest,
    ),
    (
        "volumes.projected.sources.clusterTrustBundle.user",
        Gate::AtomicWriteVolumeUserFields,
    ),
    (
        "volumes.projected.sources.configMap.items.user",
        Gate::AtomicWriteVolumeUserFields,
    ),
    (
        "volumes.projected.sources.downwardAPI.items.user",
        Gate::AtomicWriteVolumeUserFields,
    ),
    (
        "volumes.projected.sources.podCertificate.user",
        Gate::AtomicWriteVolumeUserFields,
    ),
    (
        "volumes.projected.sources.secret.items.user",
        Gate::AtomicWriteVolumeUserFields,
    ),
    (
        "volumes.projected.sources.serviceAccountToken.user",
        Gate::AtomicWriteVolumeUserFields,
    ),
    (
        "volumes.secret.defaultUser",
        Gate::AtomicWriteVolumeUserFields,
    ),
    (
        "volumes.secret.items.user",
        Gate::AtomicWriteVolumeUserFields,
    ),
];

/// Fields of a Job's spec.
const OF_JOBS: &[(&str, Gate)] = &[
    ("managedBy", Gate::JobManagedBy),
    ("scheduling", Gate::WorkloadWithJob),
];

/// Returns a warning for each gate that is off by default in a version that has the field. A
/// field that the version does not have is an error elsewhere.
pub(super) fn notes(
    target_kind: TargetKind,
    object: &Value,
    version: KubernetesVersion,
) -> Vec<String> {
    let template = match target_kind {
        TargetKind::Pod => object,
        TargetKind::Job => &object["spec"]["template"],
    };
    let of_pods = OF_PODS.iter().map(|row| (&template["spec"], row));
    let of_jobs = OF_JOBS
        .iter()
        .filter(|_| target_kind == TargetKind::Job)
        .map(|row| (&object["spec"], row));
    let mut seen = Vec::new();
    let mut notes = Vec::new();
    for (spec, (field, gate)) in of_pods.chain(of_jobs) {
        let Some(state) = gate.state(version).filter(|state| !state.is_on) else {
            continue;
        };
        if seen.contains(gate) || !has(spec, field) {
            continue;
        }
        seen.push(*gate);
        let (path, value) = field.split_once('=').unwrap_or((field, ""));
        let path = path
            .strip_prefix("container.")
            .map_or_else(|| format!("spec.{path}"), str::to_owned);
        let shown = match value {
            "" => format!("`{path}`"),
            value => format!("`{path}: {value}`"),
        };
        notes.push(format!(
            "{shown} requires the feature gate {gate} ({} in Kubernetes {version}, off by default); \
             without it the server drops the field or refuses the object",
            state.stage
        ));
    }
    notes
}

/// Returns whether a spec has a field of a table.
fn has(spec: &Value, field: &str) -> bool {
    let (path, value) = field.split_once('=').unwrap_or((field, ""));
    let names: Vec<&str> = path.split('.').collect();
    match names.split_first() {
        Some((&"container", rest)) => ["containers", "initContainers"]
            .iter()
            .any(|list| has_at(&spec[*list], rest, value)),
        _ => has_at(spec, &names, value),
    }
}

/// Returns whether a value, or an item of a list, has a field at the path.
fn has_at(value: &Value, names: &[&str], expected: &str) -> bool {
    if let Value::Array(items) = value {
        return items.iter().any(|item| has_at(item, names, expected));
    }
    match (names.split_first(), value) {
        (Some((name, rest)), value) => value
            .get(name)
            .is_some_and(|value| has_at(value, rest, expected)),
        (None, Value::Null) => false,
        (None, _) if expected.is_empty() => true,
        (None, Value::String(text)) => text == expected,
        (None, Value::Bool(is_set)) => expected.parse() == Ok(*is_set),
        (None, _) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    /// Returns an object with one field of a table.
    fn with(kind: &str, field: &str) -> Value {
        let (path, value) = field.split_once('=').unwrap_or((field, "x"));
        let mut names = path.split('.').map(|name| match name {
            "container" => "initContainers",
            name => name,
        });
        let first = names.next().unwrap();
        let value = names
            .rev()
            .fold(json!(value), |value, name| json!([{name: value}]));
        match kind {
            "Pod" => json!({"spec": {first: value}}),
            _ => json!({"spec": {"template": {"spec": {first: value}}}}),
        }
    }

    #[test]
    fn field_of_a_table_is_noted_where_its_gate_is_off() {
        for (field, gate) in OF_PODS {
            let off = KubernetesVersion::ALL
                .into_iter()
                .filter(|version| gate.state(*version).is_some_and(|state| !state.is_on));
            assert_ne!(off.clone().count(), 0, "{field} is on in every version");
            for version in KubernetesVersion::ALL {
                for (kind, target_kind) in [("Pod", TargetKind::Pod), ("Job", TargetKind::Job)] {
                    let notes = notes(target_kind, &with(kind, field), version);
                    let expected = off.clone().any(|off| off == version);
                    let is_noted = notes.iter().any(|note| note.contains(&gate.to_string()));
                    assert_eq!(is_noted, expected, "{field} in {version}: {notes:?}");
                }
            }
        }
    }

    #[test]
    fn note_names_field_gate_and_version() {
        let object = json!({"spec": {
            "scheduling": {},
            "template": {"spec": {
                "containers": [{"lifecycle": {"stopSignal": "SIGUSR1"}}, {"lifecycle": {"stopSignal": "SIGUSR1"}}],
                "hostUsers": true,
                "tolerations": [{"operator": "Exists"}],
            }},
        }});
        assert_eq!(
            notes(TargetKind::Job, &object, KubernetesVersion::V1_37),
            [
                "`lifecycle.stopSignal` requires the feature gate ContainerStopSignals (alpha in Kubernetes 1.37, off by \
                 default); without it the server drops the field or refuses the object",
                "`spec.scheduling` requires the feature gate WorkloadWithJob (alpha in Kubernetes 1.37, off by default); \
                 without it the server drops the field or refuses the object",
            ]
        );
        assert_eq!(
            notes(TargetKind::Pod, &json!({}), KubernetesVersion::V1_37),
            Vec::<String>::new()
        );
    }
}

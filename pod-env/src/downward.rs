//! `fieldRef`: fields of the Pod as variables.
//!
//! Upstream: `podFieldSelectorRuntimeValue` in pkg/kubelet/kubelet_pods.go,
//! pkg/fieldpath, `ConvertDownwardAPIFieldLabel` in pkg/apis/core/pods, and
//! `validEnvDownwardAPIFieldPathExpressions` in pkg/apis/core/validation.

use std::collections::BTreeMap;

use pod_model::KubernetesVersion;
use pod_model::features::Gate;

use crate::subject::{Stage, Subject};

/// The result of a `fieldRef`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum FieldValue {
    /// The value.
    Known(String),
    /// The Pod has no label or annotation of that key: the empty string.
    Absent,
    /// The reason why the value is not known yet, as a phrase.
    Unknown(String),
}

/// A path that a `fieldRef` of `env` may name.
struct Row {
    path: &'static str,
    get: fn(&Subject<'_>) -> FieldValue,
}

/// Every path without a subscript that a `fieldRef` of `env` may name, with the value
/// that the kubelet reads (`validEnvDownwardAPIFieldPathExpressions`).
const FIELDS: &[Row] = &[
    Row {
        path: "metadata.name",
        get: |s| known(s.name, "the Pod's generated name"),
    },
    Row {
        path: "metadata.namespace",
        get: |s| FieldValue::Known(s.namespace.to_owned()),
    },
    Row {
        path: "metadata.uid",
        get: |s| {
            let uid = (s.stage == Stage::Live).then_some(s.metadata.uid.as_deref());
            known(uid.flatten(), "the Pod's UID, set by the API server")
        },
    },
    Row {
        path: "spec.nodeName",
        get: |s| {
            known(
                s.spec.node_name.as_deref(),
                "the name of the node that the scheduler chooses",
            )
        },
    },
    Row {
        path: "spec.serviceAccountName",
        // The ServiceAccount admission plugin fills in `default`.
        get: |s| {
            let name = s.spec.service_account_name.as_deref();
            let name = name.filter(|name| !name.is_empty());
            let name = name.or(s.spec.service_account.as_deref());
            FieldValue::Known(name.unwrap_or("default").to_owned())
        },
    },
    Row {
        path: "status.hostIP",
        get: |s| {
            let ip = s.status.and_then(|status| status.host_ip.as_deref());
            known(ip, "the node's address")
        },
    },
    Row {
        path: "status.hostIPs",
        get: |s| {
            let ips = s.status.and_then(|status| status.host_ips.as_deref());
            let ips = ips.unwrap_or_default().iter().map(|ip| ip.ip.as_str());
            known(Some(&join(ips)), "the node's addresses")
        },
    },
    Row {
        path: "status.podIP",
        get: |s| {
            let ip = s.status.and_then(|status| status.pod_ip.as_deref());
            known(ip, "the Pod's address")
        },
    },
    Row {
        path: "status.podIPs",
        get: |s| {
            let ips = s.status.and_then(|status| status.pod_ips.as_deref());
            let ips = ips.unwrap_or_default().iter().map(|ip| ip.ip.as_str());
            known(Some(&join(ips)), "the Pod's addresses")
        },
    },
];

/// Labels and annotations that controllers add to the Pods of a template.
const ADDED: &[&str] = &[
    // pkg/controller/deployment/util, pkg/controller/daemon, statefulset
    "pod-template-hash",
    "controller-revision-hash",
    "pod-template-generation",
    "statefulset.kubernetes.io/pod-name",
    "apps.kubernetes.io/pod-index",
    // staging/src/k8s.io/api/batch/v1/types.go
    "job-name",
    "controller-uid",
    "batch.kubernetes.io/job-name",
    "batch.kubernetes.io/controller-uid",
    "batch.kubernetes.io/job-completion-index",
    "batch.kubernetes.io/job-index-failure-count",
];

/// Labels that a Pod gets when it is bound to a node, where the feature gate
/// `PodTopologyLabelsAdmission` is on.
///
/// Upstream: plugin/pkg/admission/podtopologylabels.
const COPIED: &[&str] = &[
    "topology.kubernetes.io/zone",
    "topology.kubernetes.io/region",
];

fn known(value: Option<&str>, otherwise: &str) -> FieldValue {
    match value {
        Some(value) if !value.is_empty() => FieldValue::Known(value.to_owned()),
        _ => FieldValue::Unknown(otherwise.to_owned()),
    }
}

fn join<'a>(parts: impl Iterator<Item = &'a str>) -> String {
    parts.collect::<Vec<_>>().join(",")
}

/// Returns the value of a `fieldRef` that
/// [`validate_field_ref`](pod_model::validation::validate_field_ref) accepts.
pub(crate) fn field(subject: &Subject<'_>, rules: KubernetesVersion, path: &str) -> FieldValue {
    if let Some((map, key)) = split_subscript(path) {
        return subscript(subject, rules, map, key);
    }
    // For old clients: `ConvertDownwardAPIFieldLabel`.
    let path = if path == "spec.host" {
        "spec.nodeName"
    } else {
        path
    };
    match FIELDS.iter().find(|row| row.path == path) {
        Some(row) => (row.get)(subject),
        None => FieldValue::Unknown(format!("`{path}` of the Pod")),
    }
}

/// Upstream: `ExtractFieldPathAsString`, for paths with a subscript.
fn subscript(subject: &Subject<'_>, rules: KubernetesVersion, map: &str, key: &str) -> FieldValue {
    let entries: &Option<BTreeMap<String, String>> = match map {
        "metadata.labels" => &subject.metadata.labels,
        _ => &subject.metadata.annotations,
    };
    match entries.as_ref().and_then(|entries| entries.get(key)) {
        Some(value) => FieldValue::Known(value.clone()),
        None if subject.stage != Stage::Live && ADDED.contains(&key) => {
            FieldValue::Unknown(format!("`{key}`, set by a controller"))
        }
        None if map == "metadata.labels"
            && (subject.stage != Stage::Live || subject.spec.node_name.is_none())
            && COPIED.contains(&key)
            && Gate::PodTopologyLabelsAdmission.is_on(rules) =>
        {
            FieldValue::Unknown(format!("`{key}` of the node that the scheduler chooses"))
        }
        None => FieldValue::Absent,
    }
}

/// `metadata.labels['a']` as `metadata.labels` and `a`.
///
/// Upstream: `SplitMaybeSubscriptedPath`.
fn split_subscript(path: &str) -> Option<(&str, &str)> {
    let (map, key) = path.strip_suffix("']")?.split_once("['")?;
    (!map.is_empty()).then_some((map, key))
}

#[cfg(test)]
mod tests {
    use super::*;
    use k8s_openapi::api::core::v1::{ObjectFieldSelector, PodSpec, PodStatus};
    use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
    use pod_model::FieldPath;
    use pod_model::validation::validate_field_ref;
    use serde_json::json;

    use crate::subject::Controller;

    const V1_35: KubernetesVersion = KubernetesVersion::V1_35;

    fn meta() -> ObjectMeta {
        serde_json::from_value(json!({"uid": "u-1", "labels": {"app": "web", "a/b": "c"},
            "annotations": {"note": "x", "Up": "y", "it's": "no"}}))
        .unwrap()
    }

    fn with<T>(stage: Stage, status: Option<&PodStatus>, f: impl FnOnce(&Subject<'_>) -> T) -> T {
        let metadata = meta();
        let spec = PodSpec {
            node_name: (stage == Stage::Live).then(|| "n1".to_owned()),
            ..PodSpec::default()
        };
        f(&Subject {
            name: (stage != Stage::Template).then_some("p"),
            namespace: "ns",
            metadata: &metadata,
            spec: &spec,
            status,
            base: FieldPath::parse("spec"),
            stage,
            controller: &Controller::Other,
        })
    }

    fn status() -> PodStatus {
        serde_json::from_value(json!({"hostIP": "1.1.1.1", "podIP": "2.2.2.2",
            "hostIPs": [{"ip": "1.1.1.1"}, {"ip": "fd::1"}],
            "podIPs": [{"ip": "2.2.2.2"}, {"ip": "fd::2"}]}))
        .unwrap()
    }

    #[test]
    fn a_live_pod_answers_every_field() {
        let status = status();
        with(Stage::Live, Some(&status), |subject| {
            let table = [
                ("metadata.name", "p"),
                ("metadata.namespace", "ns"),
                ("metadata.uid", "u-1"),
                ("metadata.labels['app']", "web"),
                ("metadata.labels['a/b']", "c"),
                ("metadata.annotations['note']", "x"),
                ("metadata.annotations['Up']", "y"),
                ("spec.nodeName", "n1"),
                ("spec.host", "n1"),
                ("spec.serviceAccountName", "default"),
                ("status.hostIP", "1.1.1.1"),
                ("status.hostIPs", "1.1.1.1,fd::1"),
                ("status.podIP", "2.2.2.2"),
                ("status.podIPs", "2.2.2.2,fd::2"),
            ];
            for (path, expected) in table {
                let got = field(subject, V1_35, path);
                assert_eq!(got, FieldValue::Known(expected.into()), "{path}");
            }
        });
    }

    #[test]
    fn a_file_does_not_know_what_the_cluster_decides() {
        for (stage, name_is_known) in [(Stage::File, true), (Stage::Template, false)] {
            with(stage, None, |subject| {
                for path in [
                    "metadata.uid",
                    "spec.nodeName",
                    "status.hostIP",
                    "status.hostIPs",
                    "status.podIP",
                    "status.podIPs",
                    "metadata.labels['pod-template-hash']",
                    "metadata.annotations['batch.kubernetes.io/job-completion-index']",
                ] {
                    let got = field(subject, V1_35, path);
                    assert!(
                        matches!(got, FieldValue::Unknown(_)),
                        "{stage:?} {path} {got:?}"
                    );
                }
                let name = field(subject, V1_35, "metadata.name");
                assert_eq!(matches!(name, FieldValue::Known(_)), name_is_known);
            });
        }
    }

    #[test]
    fn a_label_that_is_not_there_is_the_empty_string() {
        with(Stage::File, None, |subject| {
            assert_eq!(
                field(subject, V1_35, "metadata.labels['x']"),
                FieldValue::Absent
            );
        });
    }

    #[test]
    fn fields_are_those_that_validation_accepts() {
        let is_accepted = |path: &str| {
            let selector = ObjectFieldSelector {
                field_path: path.to_owned(),
                ..ObjectFieldSelector::default()
            };
            validate_field_ref(&selector, &FieldPath::root()).is_empty()
        };
        for row in FIELDS {
            assert!(is_accepted(row.path), "{}", row.path);
        }
        // The list of the message is upstream's own.
        let wrong = ObjectFieldSelector {
            field_path: "spec.schedulerName".to_owned(),
            ..ObjectFieldSelector::default()
        };
        let refused = validate_field_ref(&wrong, &FieldPath::root());
        let help = refused[0].help.as_deref().unwrap_or_default();
        for word in help
            .split(['`', ' ', ','])
            .filter(|word| word.contains('.'))
        {
            assert!(FIELDS.iter().any(|row| row.path == word), "{word}");
        }
        for path in [
            "metadata.labels",
            "metadata.annotations",
            "spec.restartPolicy",
            "spec.schedulerName",
            "status.phase",
            "spec.containers['a']",
            "metadata.labels['a b']",
            "metadata.labels['']",
            "metadata.annotations['it's']",
            "",
        ] {
            assert!(!is_accepted(path), "{path}");
        }
    }

    #[test]
    fn a_label_of_the_node_comes_from_1_35_on() {
        let zone = "metadata.labels['topology.kubernetes.io/zone']";
        let annotation = "metadata.annotations['topology.kubernetes.io/zone']";
        with(Stage::Template, None, |subject| {
            let got = |rules, path| field(subject, rules, path);
            assert!(matches!(got(V1_35, zone), FieldValue::Unknown(_)));
            let old = got(KubernetesVersion::V1_34, zone);
            assert_eq!(old, FieldValue::Absent);
            assert_eq!(got(V1_35, annotation), FieldValue::Absent);
        });
    }
}

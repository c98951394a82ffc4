//! The labels that controllers give to their Pods beside those of the template.

use std::collections::BTreeMap;
use std::sync::Arc;

use k8s_openapi::api::apps::v1::{DaemonSet, Deployment, StatefulSet};
use k8s_openapi::api::batch::v1::{CronJob, Job, JobSpec};
use k8s_openapi::api::core::v1::{Pod, PodAffinityTerm, PodSpec};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::{LabelSelector, ObjectMeta};
use pod_model::scheduling::{OptionalSelector, Plugin, PodGroup};

use crate::explain::claim_templates::first_ordinal;
use crate::explain::stored::has_uid;
use crate::targets::Target;

/// Stands for a value that nobody knows before it is made up: of a hash, a uid or a name. No other
/// Pod has such a value either.
pub(super) const NEW: &str = "not-known-before-creation";

const HASH: &str = "pod-template-hash";
const REVISION: &str = "controller-revision-hash";
const JOB_NAMES: [&str; 2] = ["job-name", "batch.kubernetes.io/job-name"];
const JOB_UIDS: [&str; 2] = ["controller-uid", "batch.kubernetes.io/controller-uid"];

/// The labels of a target's next Pod.
#[derive(Clone, Debug, Default)]
pub(super) struct PodLabels {
    labels: Vec<(&'static str, String)>,
    /// The key of a label that the target's running Pods have with a value that is not known.
    unknown: Option<&'static str>,
}

impl PodLabels {
    /// Returns the labels that a target's controller adds; none to a Pod.
    pub(super) fn of(target: &Target) -> Self {
        match target.id.kind.as_str() {
            "Deployment" => of_deployment(target),
            "StatefulSet" => of_stateful_set(target),
            "DaemonSet" => of_daemon_set(target),
            "Job" => decoded::<Job>(target).map_or_else(Self::default, |job| {
                let name = job.metadata.name.clone();
                of_job(&job.spec.unwrap_or_default(), name)
            }),
            "CronJob" => decoded::<CronJob>(target).map_or_else(Self::default, |own| {
                of_job(&own.spec.job_template.spec.unwrap_or_default(), None)
            }),
            _ => Self::default(),
        }
    }

    /// Adds them to the labels of a template.
    pub(super) fn add_to(&self, metadata: &mut ObjectMeta) {
        if self.labels.is_empty() {
            return;
        }
        let labels: &mut BTreeMap<String, String> = metadata.labels.get_or_insert_default();
        for (key, value) in &self.labels {
            let is_of_job = JOB_NAMES.contains(key) || JOB_UIDS.contains(key);
            // A Job that is stored has them in its template.
            if !is_of_job || !labels.contains_key(*key) {
                labels.insert((*key).to_owned(), value.clone());
            }
        }
    }

    /// Returns the key of the label that is not known.
    pub(super) fn unknown(&self) -> Option<&'static str> {
        self.unknown
    }

    /// Returns the plugins for which the Pod counts others by the unknown label, where some of these
    /// groups of Pods are among those that it would count: those that refuse nodes by it, and those
    /// that only compare nodes.
    pub(super) fn deciding(&self, pod: &Pod, groups: &[Arc<PodGroup>]) -> Deciding {
        let (Some(key), Some(spec)) = (self.unknown, &pod.spec) else {
            return Deciding::default();
        };
        let own = pod.metadata.namespace.as_deref().unwrap_or_default();
        let has =
            |keys: Option<&Vec<String>>| keys.is_some_and(|keys| keys.iter().any(|own| own == key));
        let counts = |selector: Option<&LabelSelector>, is_own_namespace: bool| {
            // What is wrong with a selector is told elsewhere.
            let selector = OptionalSelector::of(selector).unwrap_or(OptionalSelector::NOTHING);
            groups.iter().any(|group| {
                group.label(key).is_some()
                    && (!is_own_namespace || group.namespace() == own)
                    && selector.matches(|key| group.label(key))
            })
        };
        let spread = |is_required: bool| {
            let mut constraints = spec.topology_spread_constraints.iter().flatten();
            constraints.any(|own| {
                (own.when_unsatisfiable != "ScheduleAnyway") == is_required
                    && has(own.match_label_keys.as_ref())
                    && counts(own.label_selector.as_ref(), true)
            })
        };
        let decides = |own: &PodAffinityTerm| {
            let is_own_namespace = own.namespaces.iter().flatten().next().is_none()
                && own.namespace_selector.is_none();
            (has(own.match_label_keys.as_ref()) || has(own.mismatch_label_keys.as_ref()))
                && counts(own.label_selector.as_ref(), is_own_namespace)
        };
        let plugins = |spread: bool, terms: bool| {
            let plugins = [
                (spread, Plugin::PodTopologySpread),
                (terms, Plugin::InterPodAffinity),
            ];
            let plugins = plugins.into_iter().filter(|(is_needed, _)| *is_needed);
            plugins.map(|(_, plugin)| plugin).collect()
        };
        Deciding {
            filters: plugins(spread(true), required_terms(spec).any(decides)),
            scores: plugins(spread(false), preferred_terms(spec).any(decides)),
        }
    }
}

/// Plugins whose answers depend on a label that is not known.
#[derive(Debug, Default)]
pub(super) struct Deciding {
    pub filters: Vec<Plugin>,
    pub scores: Vec<Plugin>,
}

fn decoded<K>(target: &Target) -> Option<K>
where
    K: k8s_openapi::Resource + serde::de::DeserializeOwned,
{
    target.decode::<K>().ok().flatten()
}

/// Upstream: `getNewReplicaSet` (pkg/controller/deployment/sync.go).
fn of_deployment(target: &Target) -> PodLabels {
    let own = decoded::<Deployment>(target);
    PodLabels {
        labels: vec![(HASH, NEW.to_owned())],
        unknown: own.filter(|own| has_uid(&own.metadata)).map(|_| HASH),
    }
}

/// Upstream: `updateIdentity`, `setPodRevision` (pkg/controller/statefulset/stateful_set_utils.go).
fn of_stateful_set(target: &Target) -> PodLabels {
    let Some(own) = decoded::<StatefulSet>(target) else {
        return PodLabels::default();
    };
    let first = first_ordinal(&own);
    let name = own.metadata.name.as_deref();
    let status = own.status.as_ref();
    let revision = status.and_then(|status| status.update_revision.clone());
    PodLabels {
        unknown: (has_uid(&own.metadata) && revision.is_none()).then_some(REVISION),
        labels: vec![
            (
                "statefulset.kubernetes.io/pod-name",
                name.map_or_else(|| NEW.to_owned(), |name| format!("{name}-{first}")),
            ),
            ("apps.kubernetes.io/pod-index", first.to_string()),
            (REVISION, revision.unwrap_or_else(|| NEW.to_owned())),
        ],
    }
}

/// Upstream: `CreatePodTemplate` (pkg/controller/daemon/util/daemonset_util.go).
fn of_daemon_set(target: &Target) -> PodLabels {
    let own = decoded::<DaemonSet>(target);
    PodLabels {
        labels: vec![(REVISION, NEW.to_owned())],
        unknown: own.filter(|own| has_uid(&own.metadata)).map(|_| REVISION),
    }
}

/// Upstream: `generateSelector` (pkg/registry/batch/job/strategy.go), `addCompletionIndexLabel`
/// (pkg/controller/job/indexed_job_utils.go).
fn of_job(spec: &JobSpec, name: Option<String>) -> PodLabels {
    let mut labels = Vec::new();
    if spec.manual_selector != Some(true) {
        let name = name.unwrap_or_else(|| NEW.to_owned());
        labels.extend(JOB_NAMES.map(|key| (key, name.clone())));
        labels.extend(JOB_UIDS.map(|key| (key, NEW.to_owned())));
    }
    if spec.completion_mode.as_deref() == Some("Indexed") {
        labels.push(("batch.kubernetes.io/job-completion-index", "0".to_owned()));
    }
    PodLabels {
        labels,
        unknown: None,
    }
}

fn required_terms(spec: &PodSpec) -> impl Iterator<Item = &PodAffinityTerm> {
    let affinity = spec.affinity.as_ref();
    let own = affinity.and_then(|own| own.pod_affinity.as_ref());
    let own = own.and_then(|own| {
        own.required_during_scheduling_ignored_during_execution
            .as_ref()
    });
    let anti = affinity.and_then(|own| own.pod_anti_affinity.as_ref());
    let anti = anti.and_then(|own| {
        own.required_during_scheduling_ignored_during_execution
            .as_ref()
    });
    own.into_iter().chain(anti).flatten()
}

fn preferred_terms(spec: &PodSpec) -> impl Iterator<Item = &PodAffinityTerm> {
    let affinity = spec.affinity.as_ref();
    let own = affinity.and_then(|own| own.pod_affinity.as_ref());
    let own = own.and_then(|own| {
        own.preferred_during_scheduling_ignored_during_execution
            .as_ref()
    });
    let anti = affinity.and_then(|own| own.pod_anti_affinity.as_ref());
    let anti = anti.and_then(|own| {
        own.preferred_during_scheduling_ignored_during_execution
            .as_ref()
    });
    let terms = own.into_iter().chain(anti).flatten();
    terms.map(|own| &own.pod_affinity_term)
}

//! Admission: the Pod that the server stores, made of the Pod of a file or a template and of what is known of the
//! cluster.
//!
//! The Pod of a file is not the one that is scheduled: the server fills in defaults, and its plugins add limits, tolerations,
//! overhead, a priority and a token. The order is the server's, and it shows: a `LimitRange` comes after requests
//! were taken from limits and before validation, so that its bare maximum makes "request 4Gi, limit 2Gi" of a Pod that
//! only requests 4Gi, which is invalid and not forbidden.
//!
//! A server ends at the first refusal; here all are found, as if each had been lifted, in the server's order.
//!
//! Upstream: `AllOrderedPlugins` in `k8s.io/kubernetes/pkg/kubeapiserver/options/plugins.go`, of which those that are
//! on by default are here; Pod Security is [`pod_security`](crate::pod_security). Webhooks and policies are not known.

mod app_armor;
mod change;
mod constraint;
mod limit_ranger;
mod limits;
mod mountable;
mod namespace;
mod needs;
mod prepare;
mod priority;
mod quota;
mod raised;
mod runtime_class;
mod scope;
mod service_account;
mod state;
#[cfg(test)]
mod tests;
mod tolerations;
mod usage;

use k8s_openapi::api::core::v1::Pod;

use crate::defaults;
use crate::features::Gate;
use crate::lookup::Answers;
use crate::path::FieldPath;
use crate::validation;
use crate::version::KubernetesVersion;
use state::Admission;

pub use change::{Change, Origin, Refusal, RefusedBy, Unknown, UnknownWhy};
pub use needs::{KINDS, QUOTA_KINDS, needs, pod_of, quota_needs};
pub use quota::{QuotaReport, QuotaRow, QuotaState, check_quotas};
pub use raised::refusals_of_change;
pub use usage::usage;

/// A Pod after admission.
#[derive(Clone, Debug)]
pub struct Admitted {
    /// The Pod as it would be stored, without a status.
    pub pod: Pod,
    /// The changes, in the server's order. Defaults that no question of resources, scheduling or security
    /// depends on are not listed.
    pub changes: Vec<Change>,
    /// The reasons for which the server would not create it, in the server's order: it answers with the first.
    pub refusals: Vec<Refusal>,
    /// Objects that could change the Pod and were not known.
    pub unknown: Vec<Unknown>,
}

impl Admitted {
    /// Returns a Pod with its defaults alone, as if the cluster had nothing to add. The classes that every server has count.
    pub fn as_written(pod: &Pod, version: KubernetesVersion) -> Self {
        let answers = Answers::default();
        let mut admission = start(pod.clone(), "", &answers, version);
        priority::apply_system(&mut admission);
        store(&mut admission);
        read(&mut admission);
        end(admission)
    }

    /// Returns the origin of the value of a field, or `None` if it was not changed.
    pub fn origin_of(&self, path: &FieldPath) -> Option<&Origin> {
        let mut last = self.changes.iter().rev();
        last.find(|change| change.path == *path)
            .map(|change| &change.origin)
    }
}

/// Makes the Pod that a server would store of a Pod without defaults.
pub fn admit(
    pod: &Pod,
    namespace: &str,
    answers: &Answers,
    version: KubernetesVersion,
) -> Admitted {
    admit_owned(pod.clone(), namespace, answers, version)
}

/// Does what [`admit`] does with a Pod that is not needed any more.
pub fn admit_owned(
    pod: Pod,
    namespace: &str,
    answers: &Answers,
    version: KubernetesVersion,
) -> Admitted {
    let mut admission = start(pod, namespace, answers, version);
    let metadata = &mut admission.pod.metadata;
    metadata.namespace = Some(namespace.to_owned());
    namespace::check(&mut admission);
    limit_ranger::apply(&mut admission);
    service_account::apply(&mut admission);
    priority::apply(&mut admission);
    tolerations::add_default(&mut admission);
    let overhead = runtime_class::apply(&mut admission);
    store(&mut admission);
    validate(&mut admission);
    limits::check(&mut admission);
    runtime_class::check(&mut admission, &overhead);
    read(&mut admission);
    end(admission)
}

fn end(admission: Admission<'_>) -> Admitted {
    Admitted {
        pod: admission.pod,
        changes: admission.changes,
        refusals: admission.refusals,
        unknown: admission.unknown,
    }
}

fn start<'a>(
    mut pod: Pod,
    namespace: &'a str,
    answers: &'a Answers,
    version: KubernetesVersion,
) -> Admission<'a> {
    pod.status = None;
    let before = pod
        .spec
        .as_ref()
        .filter(|spec| prepare::lacks_defaults(spec));
    let before = before.map(prepare::changed_by_defaults);
    defaults::pod(&mut pod, version);
    let mut changes = Vec::new();
    if let (Some(before), Some(after)) = (before, &pod.spec) {
        prepare::defaulted(&before, after, &mut changes);
    }
    Admission {
        pod,
        namespace,
        answers,
        version,
        changes,
        refusals: Vec::new(),
        unknown: Vec::new(),
    }
}

/// Does what the server does between the plugins and validation.
fn store(admission: &mut Admission<'_>) {
    let version = admission.version;
    let before = prepare::changed_on_storing(admission.spec());
    let mut pod = std::mem::take(&mut admission.pod);
    // Before that, amounts of the whole Pod are filled in when it is read.
    if Gate::PodLevelResourcesFixDefaulting.is_on(version) {
        defaults::created_pod(&mut pod, version);
    }
    admission.pod = validation::defaulted_pod(pod, version);
    let after = admission.pod.spec.get_or_insert_default();
    prepare::stored(&before, after, &mut admission.changes);
    app_armor::write_annotations(admission);
}

/// Does what the server does whenever it reads a Pod: it fills in its defaults once more, with what plugins have added.
fn read(admission: &mut Admission<'_>) {
    let before = admission.spec().resources.clone();
    defaults::pod(&mut admission.pod, admission.version);
    let after = admission.pod.spec.get_or_insert_default();
    prepare::of_pod(before.as_ref(), after, &mut admission.changes);
}

fn validate(admission: &mut Admission<'_>) {
    let findings = validation::prepared_pod_findings(&admission.pod, admission.version);
    let refusals = findings.into_iter().map(|finding| Refusal {
        path: finding.path,
        message: finding.message,
        code: 422,
        by: RefusedBy::Validation,
    });
    admission.refusals.extend(refusals);
}

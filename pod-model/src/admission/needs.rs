//! Objects that have to be known of the cluster.

use k8s_openapi::api::core::v1::{
    LimitRange, Namespace, Pod, PodSpec, ResourceQuota, ServiceAccount,
};
use k8s_openapi::api::node::v1::RuntimeClass;
use k8s_openapi::api::scheduling::v1::PriorityClass;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;

use super::change::{Unknown, UnknownWhy};
use crate::lookup::{Answer, Completeness, List, LookupKind, Need};

/// The kinds that [`needs`] names.
pub const KINDS: &[LookupKind] = &[
    LookupKind::of::<Namespace>(),
    LookupKind::of::<LimitRange>(),
    LookupKind::of::<ServiceAccount>(),
    LookupKind::of::<PriorityClass>(),
    LookupKind::of::<RuntimeClass>(),
];

/// The kinds that [`quota_needs`] names.
pub const QUOTA_KINDS: &[LookupKind] = &[LookupKind::of::<ResourceQuota>()];

/// Lists the look-ups of [`admit`](super::admit). All follow from the Pod.
pub fn needs(spec: &PodSpec, namespace: &str) -> Vec<Need> {
    let mut needs = vec![
        Need::named::<Namespace>("", namespace),
        Need::all::<LimitRange>(namespace),
        Need::named::<ServiceAccount>(namespace, account_name(spec)),
        match given(spec.priority_class_name.as_deref()) {
            Some(name) => Need::named::<PriorityClass>("", name),
            None => Need::all::<PriorityClass>(""),
        },
    ];
    if let Some(name) = spec.runtime_class_name.as_deref() {
        needs.push(Need::named::<RuntimeClass>("", name));
    }
    needs
}

/// Lists the look-ups of [`check_quotas`](super::check_quotas).
pub fn quota_needs(namespace: &str) -> Vec<Need> {
    vec![Need::all::<ResourceQuota>(namespace)]
}

/// Makes the Pod of a template, as a controller would: it names the Pod.
pub fn pod_of(metadata: &ObjectMeta, spec: &PodSpec, namespace: &str) -> Pod {
    Pod {
        metadata: ObjectMeta {
            annotations: metadata.annotations.clone(),
            finalizers: metadata.finalizers.clone(),
            generate_name: Some("pod-".to_owned()),
            labels: metadata.labels.clone(),
            namespace: Some(namespace.to_owned()),
            ..ObjectMeta::default()
        },
        spec: Some(spec.clone()),
        status: None,
    }
}

/// Returns a text unless it is absent or empty, which Go does not tell apart.
pub(super) fn given(text: Option<&str>) -> Option<&str> {
    text.filter(|text| !text.is_empty())
}

/// The account of a Pod that names none.
pub(super) const DEFAULT_ACCOUNT: &str = "default";

/// Returns the name of the account, whose field has an alias of old.
pub(super) fn account_name(spec: &PodSpec) -> &str {
    let own = given(spec.service_account_name.as_deref());
    own.or(given(spec.service_account.as_deref()))
        .unwrap_or(DEFAULT_ACCOUNT)
}

/// Returns the reason why an object is not known, or `None` if it is.
pub(super) fn unanswered<K>(answer: &Answer<'_, K>) -> Option<UnknownWhy> {
    match answer {
        Answer::Found(_) | Answer::Missing => None,
        Answer::Forbidden => Some(UnknownWhy::Forbidden),
        Answer::Failed(why) => Some(UnknownWhy::Failed((*why).to_owned())),
        Answer::NotAsked => Some(UnknownWhy::NotAsked),
    }
}

/// Returns the statement that a list may have more objects, or `None` if it is complete.
pub(super) fn incomplete<K>(list: &List<'_, K>, kind: &'static str) -> Option<Unknown> {
    let why = match list.completeness {
        Completeness::Complete => return None,
        Completeness::Forbidden => UnknownWhy::Forbidden,
        Completeness::Failed => UnknownWhy::Failed(list.failure.unwrap_or_default().to_owned()),
        Completeness::NotAsked => UnknownWhy::NotAsked,
    };
    Some(Unknown {
        kind,
        name: None,
        others: !list.objects.is_empty(),
        why,
    })
}

//! Tolerations that are added to every Pod, and the union of two lists.
//!
//! Upstream: `Plugin.Admit` in `k8s.io/kubernetes/plugin/pkg/admission/defaulttolerationseconds`,
//! `MergeTolerations` in `…/pkg/util/tolerations`.

use std::sync::{Arc, LazyLock};

use k8s_openapi::api::core::v1::Toleration;
use serde_json::{Value, json};

use super::change::Origin;
use super::needs::given;
use super::state::{Admission, spec_path};

/// Taints that evict after some time, for a Pod that says nothing about them.
const EVICTING_TAINTS: [&str; 2] = [
    "node.kubernetes.io/not-ready",
    "node.kubernetes.io/unreachable",
];
/// The time, unless the server is told otherwise by a flag.
const SECONDS: i64 = 300;
const NO_EXECUTE: &str = "NoExecute";

/// The toleration of each of these taints, and the same as a report has it.
static DEFAULTS: LazyLock<[(Toleration, Arc<Value>); 2]> = LazyLock::new(|| {
    EVICTING_TAINTS.map(|taint| {
        let toleration = Toleration {
            effect: Some(NO_EXECUTE.to_owned()),
            key: Some(taint.to_owned()),
            operator: Some("Exists".to_owned()),
            toleration_seconds: Some(SECONDS),
            value: None,
        };
        let value = json!(toleration);
        (toleration, Arc::new(value))
    })
});

/// Adds the tolerations of `DefaultTolerationSeconds`.
pub(super) fn add_default(admission: &mut Admission<'_>) {
    let own = admission.spec().tolerations.get_or_insert_default();
    let missing: Vec<&(Toleration, Arc<Value>)> = EVICTING_TAINTS
        .iter()
        .zip(DEFAULTS.iter())
        .filter(|(taint, _)| !own.iter().any(|toleration| tolerates(toleration, taint)))
        .map(|(_, added)| added)
        .collect();
    for (toleration, value) in missing {
        let list = admission.spec().tolerations.get_or_insert_default();
        let path = spec_path().element("tolerations", list.len());
        list.push(toleration.clone());
        admission.changed_to(path, Arc::clone(value), Origin::DefaultTolerationSeconds);
    }
    let spec = admission.spec();
    spec.tolerations = spec.tolerations.take().filter(|own| !own.is_empty());
}

fn tolerates(toleration: &Toleration, taint: &str) -> bool {
    let key = given(toleration.key.as_deref());
    let effect = given(toleration.effect.as_deref());
    key.is_none_or(|key| key == taint) && effect.is_none_or(|effect| effect == NO_EXECUTE)
}

/// Adds tolerations to those of the Pod, of which those that another one covers are left out.
pub(super) fn merge(admission: &mut Admission<'_>, more: &[Toleration], origin: &Origin) {
    let own = admission.spec().tolerations.take().unwrap_or_default();
    let merged = merged(&own, more);
    let path = spec_path().field("tolerations");
    for (at, toleration) in merged.iter().enumerate() {
        if !own.iter().any(|old| is_equal(old, toleration)) {
            admission.changed(path.index(at), json!(toleration), origin.clone());
        }
    }
    admission.spec().tolerations = Some(merged).filter(|all| !all.is_empty());
}

fn merged(first: &[Toleration], second: &[Toleration]) -> Vec<Toleration> {
    let all: Vec<&Toleration> = first.iter().chain(second).collect();
    let mut merged: Vec<&Toleration> = Vec::new();
    for (i, own) in all.iter().enumerate() {
        let mut later = all[i + 1..].iter();
        let is_covered = merged.iter().any(|kept| covers(kept, own))
            || later.any(|other| !is_equal(own, other) && covers(other, own));
        if !is_covered {
            merged.push(own);
        }
    }
    merged.into_iter().cloned().collect()
}

/// Returns whether all that `own` tolerates is tolerated by `other`.
///
/// Upstream: `isSuperset`.
fn covers(other: &Toleration, own: &Toleration) -> bool {
    if is_equal(other, own) {
        return true;
    }
    let (key, other_key) = (text(own.key.as_ref()), text(other.key.as_ref()));
    let (operator, other_operator) = (text(own.operator.as_ref()), text(other.operator.as_ref()));
    if key != other_key && !(other_key.is_empty() && other_operator == "Exists") {
        return false;
    }
    let (effect, other_effect) = (text(own.effect.as_ref()), text(other.effect.as_ref()));
    if effect != other_effect && !other_effect.is_empty() {
        return false;
    }
    if other_effect == NO_EXECUTE
        && let Some(most) = other.toleration_seconds
        && own.toleration_seconds.is_none_or(|seconds| seconds > most)
    {
        return false;
    }
    match other_operator {
        "Equal" | "" => {
            operator == "Equal" && text(own.value.as_ref()) == text(other.value.as_ref())
        }
        "Exists" => true,
        _ => false,
    }
}

fn is_equal(one: &Toleration, other: &Toleration) -> bool {
    let texts = |own: &Toleration| {
        [&own.key, &own.operator, &own.value, &own.effect]
            .map(|field| text(field.as_ref()).to_owned())
    };
    texts(one) == texts(other) && one.toleration_seconds == other.toleration_seconds
}

fn text(field: Option<&String>) -> &str {
    field.map_or("", String::as_str)
}

//! Overhead, selector and tolerations of the `RuntimeClass`.
//!
//! Upstream: `setOverhead`, `setScheduling` and `validateOverhead` in
//! `k8s.io/kubernetes/plugin/pkg/admission/runtimeclass`.

use std::collections::BTreeMap;

use k8s_openapi::api::node::v1::RuntimeClass;
use k8s_openapi::apimachinery::pkg::api::resource::Quantity as ApiQuantity;

use super::change::{Origin, RefusedBy, Unknown};
use super::needs::unanswered;
use super::state::{Admission, spec_path};
use super::tolerations;
use crate::lookup::Answer;
use crate::quantity::Quantity;

type Overhead = BTreeMap<String, ApiQuantity>;

/// The overhead that the Pod has to have.
pub(super) enum Expected {
    Overhead(Overhead),
    None,
    /// The class is not known, or does not exist.
    Unknown,
}

/// Gives the Pod what its class has.
pub(super) fn apply(admission: &mut Admission<'_>) -> Expected {
    let Some(name) = admission.spec().runtime_class_name.clone() else {
        return Expected::None;
    };
    let answers = admission.answers;
    let answer = answers.one::<RuntimeClass>("", &name);
    if let Some(why) = unanswered(&answer) {
        admission.unknown.push(Unknown {
            kind: "RuntimeClass",
            name: Some(name.clone()),
            others: false,
            why,
        });
    }
    let class = match answer {
        Answer::Found(found) => found.object,
        Answer::Missing => {
            admission.forbid(
                spec_path().field("runtimeClassName"),
                format!("pod rejected: RuntimeClass \"{name}\" not found"),
                RefusedBy::RuntimeClass,
            );
            return Expected::Unknown;
        }
        Answer::Forbidden | Answer::Failed(_) | Answer::NotAsked => return Expected::Unknown,
    };
    let expected = overhead(admission, class, &name);
    scheduling(admission, class, &name);
    expected
}

fn overhead(admission: &mut Admission<'_>, class: &RuntimeClass, name: &str) -> Expected {
    let Some(overhead) = &class.overhead else {
        return Expected::None;
    };
    let fixed = overhead.pod_fixed.clone().unwrap_or_default();
    let own = admission.spec().overhead.clone().unwrap_or_default();
    if !own.is_empty() && !is_equal(&fixed, &own) {
        mismatch(admission);
        return Expected::Unknown;
    }
    for (resource, amount) in fixed.iter().filter(|(name, _)| !own.contains_key(*name)) {
        let path = spec_path().field("overhead").field(resource.clone());
        let origin = Origin::RuntimeClass(name.to_owned());
        admission.changed(path, amount.0.clone(), origin);
    }
    admission.spec().overhead.clone_from(&overhead.pod_fixed);
    Expected::Overhead(fixed)
}

fn scheduling(admission: &mut Admission<'_>, class: &RuntimeClass, name: &str) {
    let Some(scheduling) = &class.scheduling else {
        return;
    };
    let origin = Origin::RuntimeClass(name.to_owned());
    let path = spec_path().field("nodeSelector");
    let mut selector = admission.spec().node_selector.clone();
    let mut added = Vec::new();
    for (key, value) in scheduling.node_selector.iter().flatten() {
        let own = selector.get_or_insert_default();
        match own.get(key) {
            Some(old) if old == value => {}
            Some(old) => {
                let message = format!(
                    "conflict: runtimeClass.scheduling.nodeSelector[{key}] = {value}; pod.spec.nodeSelector[{key}] = {old}"
                );
                admission.forbid(path.field(key.clone()), message, RefusedBy::RuntimeClass);
                return;
            }
            None => {
                own.insert(key.clone(), value.clone());
                added.push((path.field(key.clone()), value.as_str()));
            }
        }
    }
    admission.spec().node_selector = selector;
    for (path, value) in added {
        admission.changed(path, value, origin.clone());
    }
    let more = scheduling.tolerations.as_deref().unwrap_or_default();
    tolerations::merge(admission, more, &origin);
}

/// Checks the overhead, after validation.
pub(super) fn check(admission: &mut Admission<'_>, expected: &Expected) {
    let own = admission.spec().overhead.clone();
    match expected {
        Expected::Unknown => {}
        Expected::Overhead(fixed) => {
            if !is_equal(fixed, &own.unwrap_or_default()) {
                mismatch(admission);
            }
        }
        Expected::None => {
            if own.is_some() {
                admission.forbid(
                    spec_path().field("overhead"),
                    "pod rejected: Pod Overhead set without corresponding RuntimeClass defined Overhead",
                    RefusedBy::RuntimeClass,
                );
            }
        }
    }
}

fn mismatch(admission: &mut Admission<'_>) {
    admission.forbid(
        spec_path().field("overhead"),
        "pod rejected: Pod's Overhead doesn't match RuntimeClass's defined Overhead",
        RefusedBy::RuntimeClass,
    );
}

fn is_equal(one: &Overhead, other: &Overhead) -> bool {
    let amount = |text: &ApiQuantity| Quantity::try_from(text).ok();
    one.len() == other.len()
        && one.iter().all(|(name, own)| {
            let other = other.get(name);
            other.is_some_and(|other| own == other || amount(own) == amount(other))
        })
}

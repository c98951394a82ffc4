//! The parts of a cluster that would refuse a Pod of the next better class.

use std::collections::BTreeMap;

use pod_model::admission::refusals_of_change;
use pod_model::lookup::Answers;
use pod_model::pod_resources::{Options, qos_change, requests};
use pod_model::{KubernetesVersion, Quantity};

use super::capacity::Capacity;
use super::report::{AmountTexts, ResourcesBody};
use super::subject::Subject;

/// The cluster that a change would meet.
pub(super) struct Surroundings<'a> {
    /// The namespace of the Pod.
    pub namespace: &'a str,
    /// The answers in which LimitRanges and quotas are; `None` if they do not count.
    pub answers: Option<&'a Answers>,
    pub capacity: Option<&'a Capacity>,
    pub version: KubernetesVersion,
}

/// Returns the reasons for which the change of the class would be refused, as far as is known.
pub(super) fn refusals(
    subject: &Subject,
    body: &ResourcesBody,
    around: &Surroundings<'_>,
) -> Vec<String> {
    let base = subject.base.field("spec");
    let mut before = subject.admitted.pod.clone();
    // A Pod that is created anew has no status yet.
    before.status = None;
    let Some(change) = qos_change(&subject.admitted.pod, around.version, &base) else {
        return Vec::new();
    };
    let after = change.applied_to(&before, &base);
    let is_counted = subject.is_stored && !body.has_ended;
    // A quota counts what a resize has not given back yet.
    let known = if is_counted {
        &subject.admitted.pod
    } else {
        &before
    };
    let refused = around.answers.map(|answers| {
        refusals_of_change(
            known,
            &after,
            around.namespace,
            answers,
            around.version,
            is_counted,
        )
    });
    let refused = refused.into_iter().flatten();
    let mut all: Vec<String> = refused
        .map(|own| format!("{} refuses it: {}", own.by, own.message))
        .collect();
    if let Some(capacity) = around.capacity {
        let options = Options::placed(around.version);
        let [old, new] = [&before, &after].map(|pod| texts(&requests(pod, options)));
        all.extend(capacity.raised(&old, &new, around.version));
    }
    all
}

fn texts(amounts: &BTreeMap<String, Quantity>) -> AmountTexts {
    let amounts = amounts.iter();
    amounts
        .map(|(name, amount)| (name.clone(), amount.to_string()))
        .collect()
}

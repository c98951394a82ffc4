//! The parts of a cluster that would refuse a Pod of the next better class.

use std::cell::OnceCell;
use std::collections::BTreeMap;

use k8s_openapi::api::core::v1::{LimitRange, Pod};
use pod_model::admission::{RefusedBy, refusals_of_change};
use pod_model::lookup::Answers;
use pod_model::pod_resources::{Options, QosChange, qos_change, requests};
use pod_model::validation::validate_pod;
use pod_model::{FieldPath, Finding, KubernetesVersion, Quantity, containers};

use super::capacity::Capacity;
use super::class_change::{self, QosChangeItem};
use super::report::AmountTexts;
use super::subject::Subject;

/// Examples other than the usual ones, from what a container is likely to need to what it may be left with.
const EXAMPLES: [(&str, &[&str]); 2] = [
    (
        "cpu",
        &[
            "50m", "20m", "10m", "200m", "500m", "1", "2", "4", "8", "5m", "2m", "1m",
        ],
    ),
    (
        "memory",
        &[
            "32Mi", "16Mi", "128Mi", "256Mi", "512Mi", "1Gi", "2Gi", "4Gi", "8Gi", "8Mi", "4Mi",
        ],
    ),
];

/// The cluster that a change would meet.
pub(super) struct Surroundings<'a> {
    /// The namespace of the Pod.
    pub namespace: &'a str,
    /// The answers in which LimitRanges and quotas are; `None` if they do not count.
    pub answers: Option<&'a Answers>,
    pub capacity: Option<&'a Capacity>,
    pub version: KubernetesVersion,
}

/// Returns the change of the class with the reasons for which it would be refused, as far as is known, and with examples
/// that are not refused, where there are any.
pub(super) fn judged(
    subject: &Subject,
    has_ended: bool,
    around: &Surroundings<'_>,
) -> Option<QosChangeItem> {
    let pod = &subject.admitted.pod;
    let base = subject.base.field("spec");
    let mut change = qos_change(pod, around.version, &base)?;
    let mut before = pod.clone();
    // A Pod that is created anew has no status yet.
    before.status = None;
    let is_counted = subject.is_stored && !has_ended;
    let judge = Judge {
        // A quota counts what a resize has not given back yet.
        known: if is_counted { pod } else { &before },
        before: &before,
        base: &base,
        invalid_before: OnceCell::new(),
        is_counted,
        around,
    };
    let refused = judge.fit(&mut change);
    let all = before.spec.as_ref().map(|spec| containers(spec, &base));
    let mut item = class_change::item(&change, &all.unwrap_or_default());
    item.refused = refused;
    Some(item)
}

/// The judge of changes of one Pod.
struct Judge<'a> {
    known: &'a Pod,
    before: &'a Pod,
    base: &'a FieldPath,
    /// The findings of validation before the change, once they are asked for.
    invalid_before: OnceCell<Vec<Finding>>,
    is_counted: bool,
    around: &'a Surroundings<'a>,
}

impl Judge<'_> {
    /// Chooses examples that nothing refuses, where there are any, and returns the refusals that are left.
    fn fit(&self, change: &mut QosChange) -> Vec<String> {
        let mut refused = self.refusals(change);
        for (resource, examples) in EXAMPLES {
            if !names(&refused, resource) {
                continue;
            }
            let mut other = change.clone();
            let bounds = self.bounds(resource);
            let examples = examples.iter().copied();
            for example in examples.chain(bounds.iter().map(String::as_str)) {
                if !other.choose(resource, example) {
                    break;
                }
                let left = self.refusals(&other);
                if !names(&left, resource) {
                    *change = other;
                    refused = left;
                    break;
                }
            }
        }
        refused
    }

    /// Returns the bounds of `LimitRange`s, which may be the only amount between them.
    fn bounds(&self, resource: &str) -> Vec<String> {
        let Some(answers) = self.around.answers else {
            return Vec::new();
        };
        let ranges = answers.all::<LimitRange>(self.around.namespace).objects;
        let specs = ranges.iter().filter_map(|found| found.object.spec.as_ref());
        let lists = specs
            .flat_map(|own| &own.limits)
            .flat_map(|own| [&own.max, &own.min]);
        let amounts = lists.flatten().filter_map(|list| list.get(resource));
        let parsed = amounts.filter_map(|own| Quantity::try_from(own).ok());
        let positive = parsed.filter(|own| own.signum() > 0);
        positive.map(|own| own.to_string()).collect()
    }

    /// Returns the reasons for which validation refuses a Pod after a change that it has not for the Pod before. What
    /// the change sets is valid by itself; only the Pod's own resources have to fit to those of its containers.
    fn invalid(&self, after: &Pod) -> Vec<String> {
        let spec = after.spec.as_ref();
        if spec.is_none_or(|own| own.resources.is_none()) {
            return Vec::new();
        }
        let mut found = validate_pod(after, self.around.version);
        if !found.is_empty() {
            let known = self
                .invalid_before
                .get_or_init(|| validate_pod(self.before, self.around.version));
            let is_new = |own: &Finding| known.iter().all(|old| old.message != own.message);
            found.retain(is_new);
        }
        let messages = found.into_iter().map(|own| own.message);
        messages
            .map(|own| format!("{} refuses it: {own}", RefusedBy::Validation))
            .collect()
    }

    fn refusals(&self, change: &QosChange) -> Vec<String> {
        let around = self.around;
        let after = change.applied_to(self.before, self.base);
        let mut all = self.invalid(&after);
        let refused = around.answers.map(|answers| {
            refusals_of_change(
                self.known,
                &after,
                around.namespace,
                answers,
                around.version,
                self.is_counted,
            )
        });
        let refused = refused.into_iter().flatten();
        all.extend(refused.map(|own| format!("{} refuses it: {}", own.by, own.message)));
        if let Some(capacity) = around.capacity {
            let options = Options::placed(around.version);
            let [old, new] = [self.before, &after].map(|pod| texts(&requests(pod, options)));
            all.extend(capacity.raised(&old, &new, around.version));
        }
        all
    }
}

/// A name that has the word by chance costs a search in vain, and nothing else.
fn names(refused: &[String], resource: &str) -> bool {
    refused.iter().any(|own| own.contains(resource))
}

fn texts(amounts: &BTreeMap<String, Quantity>) -> AmountTexts {
    let amounts = amounts.iter();
    amounts
        .map(|(name, amount)| (name.clone(), amount.to_string()))
        .collect()
}

//! Amounts that `LimitRange`s give to containers.
//!
//! Upstream: `PodMutateLimitFunc` in `k8s.io/kubernetes/plugin/pkg/admission/limitranger`.

use std::collections::BTreeMap;
use std::sync::Arc;

use k8s_openapi::api::core::v1::{Container, LimitRange, Pod};
use k8s_openapi::apimachinery::pkg::api::resource::Quantity as ApiQuantity;

use super::change::{Change, Origin};
use super::needs::incomplete;
use super::state::{Admission, spec_path};
use crate::defaults;
use crate::lookup::Answers;
use crate::path::{FieldPath, Segment};
use crate::quantity::Quantity;
use crate::resources::LimitRangeDefaults;
use crate::version::KubernetesVersion;

const ANNOTATION: &str = "kubernetes.io/limit-ranger";

/// A `LimitRange` with the amounts that it gives.
struct Given {
    name: String,
    defaults: LimitRangeDefaults,
}

/// Gives each container the amounts that it lacks, of several `LimitRange`s those of the first: their order is
/// not defined, so it is that of their names.
pub(super) fn apply(admission: &mut Admission<'_>) {
    let answers = admission.answers;
    let list = answers.all::<LimitRange>(admission.namespace);
    admission.unknown.extend(incomplete(&list, "LimitRange"));
    let ranges = list.objects.iter().map(|found| found.object);
    let mut given: Vec<Given> = ranges
        .map(|range| {
            let mut defaults = LimitRangeDefaults::of(&[range]);
            defaults::resource_list(Some(&mut defaults.limits));
            defaults::resource_list(Some(&mut defaults.requests));
            Given {
                name: range.metadata.name.clone().unwrap_or_default(),
                defaults,
            }
        })
        .collect();
    given.sort_by(|one, other| one.name.cmp(&other.name));
    for own in &given {
        give(admission, own);
    }
    for change in &mut admission.changes {
        if let Some(origin) = disputed(change, &given) {
            change.origin = origin;
        }
    }
}

/// Returns a Pod with what the `LimitRange`s of a namespace give it, and the requests that follow from its limits.
pub(super) fn given(
    pod: &Pod,
    namespace: &str,
    answers: &Answers,
    version: KubernetesVersion,
) -> Pod {
    let mut admission = Admission {
        pod: pod.clone(),
        namespace,
        answers,
        version,
        changes: Vec::new(),
        refusals: Vec::new(),
        unknown: Vec::new(),
    };
    apply(&mut admission);
    defaults::pod(&mut admission.pod, version);
    admission.pod
}

/// Returns the origin of an amount for which another `LimitRange` has another one.
fn disputed(change: &Change, given: &[Given]) -> Option<Origin> {
    let (Origin::LimitRange(name), Some(amount)) = (&change.origin, change.value.as_str()) else {
        return None;
    };
    let [.., Segment::Field(list), Segment::Field(resource)] = change.path.segments() else {
        return None;
    };
    let is_request = list == "requests";
    let read = |text: &str| text.parse::<Quantity>().ok();
    let own = read(amount);
    given.iter().find_map(|other| {
        let lists = &other.defaults;
        let list = if is_request {
            &lists.requests
        } else {
            &lists.limits
        };
        let amount = &list.get(&**resource)?.0;
        (read(amount) != own).then(|| Origin::OneOfLimitRanges {
            name: name.clone(),
            other: other.name.clone(),
            amount: amount.clone(),
        })
    })
}

fn give(admission: &mut Admission<'_>, given: &Given) {
    let mut changes = Vec::new();
    let mut notes = Vec::new();
    let spec = admission.spec();
    let list = spec_path().field("containers");
    for (at, container) in spec.containers.iter_mut().enumerate() {
        merge(container, given, &list.index(at), &mut changes);
        notes.extend(note(container, "container", &mut changes));
    }
    let list = spec_path().field("initContainers");
    for (at, container) in spec.init_containers.iter_mut().flatten().enumerate() {
        merge(container, given, &list.index(at), &mut changes);
        notes.extend(note(container, "init container", &mut changes));
    }
    if !notes.is_empty() {
        let text = format!("LimitRanger plugin set: {}", notes.join("; "));
        let annotations = admission.pod.metadata.annotations.get_or_insert_default();
        annotations.insert(ANNOTATION.to_owned(), text);
    }
    admission
        .changes
        .extend(changes.into_iter().map(|own| own.change));
}

/// A change of which the annotation has not told yet, or has.
struct Noted {
    change: Change,
    resource: String,
    is_request: bool,
    is_told: bool,
}

fn merge(container: &mut Container, given: &Given, path: &FieldPath, changes: &mut Vec<Noted>) {
    let (limits, requests) = (&given.defaults.limits, &given.defaults.requests);
    if limits.is_empty() && requests.is_empty() {
        return;
    }
    let resources = container.resources.get_or_insert_default();
    let path = path.field("resources");
    let lists = [
        (&mut resources.requests, requests, "requests"),
        (&mut resources.limits, limits, "limits"),
    ];
    for (own, more, field) in lists {
        if more.is_empty() {
            continue;
        }
        let own: &mut BTreeMap<String, ApiQuantity> = own.get_or_insert_default();
        for (name, amount) in more {
            if own.contains_key(name) {
                continue;
            }
            own.insert(name.clone(), amount.clone());
            changes.push(Noted {
                change: Change {
                    path: path.field(field).field(name.clone()),
                    value: Arc::new(amount.0.clone().into()),
                    origin: Origin::LimitRange(given.name.clone()),
                },
                resource: name.clone(),
                is_request: field == "requests",
                is_told: false,
            });
        }
    }
}

/// Returns what the annotation says of a container.
fn note(container: &Container, label: &str, changes: &mut [Noted]) -> Vec<String> {
    let mut notes = Vec::new();
    for is_request in [true, false] {
        let open = |own: &&Noted| !own.is_told && own.is_request == is_request;
        let names: Vec<&str> = changes
            .iter()
            .filter(open)
            .map(|own| own.resource.as_str())
            .collect();
        if !names.is_empty() {
            let word = if is_request { "request" } else { "limit" };
            notes.push(format!(
                "{} {word} for {label} {}",
                names.join(", "),
                container.name
            ));
        }
    }
    for own in changes.iter_mut() {
        own.is_told = true;
    }
    notes
}

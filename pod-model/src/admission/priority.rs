//! The priority that a Pod's class gives it.
//!
//! Upstream: `Plugin.admitPod` in `k8s.io/kubernetes/plugin/pkg/admission/priority`, the classes that every server
//! makes in `…/pkg/apis/scheduling`, `SetDefaults_PriorityClass` in `…/pkg/apis/scheduling/v1`.

use k8s_openapi::api::scheduling::v1::PriorityClass;

use super::change::{Origin, RefusedBy, Unknown};
use super::needs::{given, incomplete, unanswered};
use super::state::{Admission, spec_path};
use crate::lookup::Answer;

/// The classes that every server makes.
const SYSTEM_CLASSES: [(&str, i32); 2] = [
    ("system-cluster-critical", 2_000_000_000),
    ("system-node-critical", 2_000_001_000),
];
const PREEMPT_LOWER_PRIORITY: &str = "PreemptLowerPriority";

struct Class {
    /// Empty if there is none.
    name: String,
    value: i32,
    preemption_policy: String,
    origin: Origin,
}

impl Class {
    fn of(class: &PriorityClass, name: &str) -> Self {
        let policy = given(class.preemption_policy.as_deref());
        Self {
            name: name.to_owned(),
            value: class.value.unwrap_or_default(),
            preemption_policy: policy.unwrap_or(PREEMPT_LOWER_PRIORITY).to_owned(),
            origin: Origin::PriorityClass(name.to_owned()),
        }
    }

    fn without_name(name: &str, value: i32, origin: Origin) -> Self {
        Self {
            name: name.to_owned(),
            value,
            preemption_policy: PREEMPT_LOWER_PRIORITY.to_owned(),
            origin,
        }
    }
}

/// Gives the Pod the priority of its class.
pub(super) fn apply(admission: &mut Admission<'_>) {
    let named = admission.spec().priority_class_name.clone();
    let class = match given(named.as_deref()) {
        Some(name) => by_name(admission, name),
        None => Some(default_class(admission)),
    };
    if let Some(class) = class {
        set(admission, class);
    }
}

/// Gives the Pod the priority of a class that every server makes, if it names one and has no priority.
pub(super) fn apply_system(admission: &mut Admission<'_>) {
    let spec = admission.spec();
    let named = spec.priority_class_name.clone();
    let class = given(named.as_deref()).and_then(system_class);
    if let Some(class) = class.filter(|_| spec.priority.is_none()) {
        set(admission, class);
    }
}

fn system_class(name: &str) -> Option<Class> {
    let (name, value) = SYSTEM_CLASSES.iter().find(|(own, _)| *own == name)?;
    let origin = Origin::PriorityClass((*name).to_owned());
    Some(Class::without_name(name, *value, origin))
}

fn by_name(admission: &mut Admission<'_>, name: &str) -> Option<Class> {
    let answers = admission.answers;
    let answer = answers.one::<PriorityClass>("", name);
    let unknown = unanswered(&answer);
    match answer {
        Answer::Found(found) => Some(Class::of(found.object, name)),
        Answer::Missing => {
            admission.forbid(
                spec_path().field("priorityClassName"),
                format!("no PriorityClass with name {name} was found"),
                RefusedBy::Priority,
            );
            None
        }
        Answer::Forbidden | Answer::Failed(_) | Answer::NotAsked => {
            if let Some(class) = system_class(name) {
                return Some(class);
            }
            if let Some(why) = unknown {
                admission.unknown.push(Unknown {
                    kind: "PriorityClass",
                    name: Some(name.to_owned()),
                    others: false,
                    why,
                });
            }
            None
        }
    }
}

/// Returns the default class, of several the one with the lowest value; without one the priority is 0.
fn default_class(admission: &mut Admission<'_>) -> Class {
    let answers = admission.answers;
    let list = answers.all::<PriorityClass>("");
    let defaults = list.objects.iter().map(|found| found.object);
    let defaults = defaults.filter(|class| class.global_default == Some(true));
    let class = defaults.min_by_key(|class| class.value.unwrap_or_default());
    admission.unknown.extend(incomplete(&list, "PriorityClass"));
    match class {
        Some(class) => Class::of(class, class.metadata.name.as_deref().unwrap_or_default()),
        None => Class::without_name("", 0, Origin::Priority),
    }
}

fn set(admission: &mut Admission<'_>, class: Class) {
    let path = |field: &'static str| spec_path().field(field);
    let spec = admission.spec();
    let (priority, policy) = (spec.priority, spec.preemption_policy.clone());
    let has_name = given(spec.priority_class_name.as_deref()).is_some();
    spec.priority = Some(class.value);
    spec.preemption_policy = Some(class.preemption_policy.clone());
    spec.priority_class_name = Some(class.name.clone()).filter(|name| !name.is_empty());
    if !has_name && !class.name.is_empty() {
        let (path, name) = (path("priorityClassName"), class.name.as_str());
        admission.changed(path, name, class.origin.clone());
    }
    match priority {
        None => admission.changed(path("priority"), class.value, class.origin.clone()),
        Some(given) if given != class.value => admission.forbid(
            path("priority"),
            format!(
                "the integer value of priority ({given}) must not be provided in pod spec; priority admission controller computed {} from the given PriorityClass name",
                class.value
            ),
            RefusedBy::Priority,
        ),
        Some(_) => {}
    }
    match policy {
        None => admission.changed(path("preemptionPolicy"), class.preemption_policy, class.origin),
        Some(given) if given != class.preemption_policy => admission.forbid(
            path("preemptionPolicy"),
            format!(
                "the string value of PreemptionPolicy ({given}) must not be provided in pod spec; priority admission controller computed {} from the given PriorityClass name",
                class.preemption_policy
            ),
            RefusedBy::Priority,
        ),
        Some(_) => {}
    }
}

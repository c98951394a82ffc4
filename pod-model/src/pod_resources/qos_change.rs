//! The change that moves a Pod to the next better class of quality of service.

use k8s_openapi::api::core::v1::{Pod, PodSpec, ResourceRequirements};
use k8s_openapi::apimachinery::pkg::api::resource::Quantity as ApiQuantity;

use super::effective::Part;
use super::list::amount;
use super::options::Options;
use super::qos::{COMPUTE, QosClass, computed_qos_class, pod_level};
use super::total::requests;
use super::walk::typed;
use crate::container::{ContainerType, containers};
use crate::path::{FieldPath, Segment};
use crate::quantity::Quantity;
use crate::version::KubernetesVersion;

/// A change that moves a Pod to the next better class.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QosChange {
    /// The class that the Pod then has.
    pub to: QosClass,
    /// All fields that have to change.
    pub edits: Vec<QosEdit>,
}

/// A field that has to change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QosEdit {
    /// The field.
    pub path: FieldPath,
    /// The thing to do with it.
    pub action: QosAction,
}

/// The thing to do with a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum QosAction {
    /// Set it to this amount.
    Set(String),
    /// Set it to an amount above 0: the author decides, this is an example.
    Choose(String),
    /// Remove it.
    Remove,
}

impl QosChange {
    /// Returns a Pod with the change, and with the examples where the author decides; `base` is the path of `spec`.
    pub fn applied_to(&self, pod: &Pod, base: &FieldPath) -> Pod {
        let mut changed = pod.clone();
        if let Some(spec) = &mut changed.spec {
            for edit in &self.edits {
                let path = edit.path.segments().get(base.segments().len()..);
                apply(spec, path.unwrap_or_default(), &edit.action);
            }
        }
        changed
    }

    /// Gives another example of a resource wherever the author decides; returns whether that is anywhere.
    pub fn choose(&mut self, resource: &str, amount: &str) -> bool {
        let mut is_any = false;
        for edit in &mut self.edits {
            let last = edit.path.segments().last();
            let is_own = matches!(last, Some(Segment::Field(name)) if name == resource);
            if let QosAction::Choose(example) = &mut edit.action
                && is_own
            {
                amount.clone_into(example);
                is_any = true;
            }
        }
        is_any
    }
}

/// Makes an edit at `resources`, or at an amount of the Pod itself or of a container.
fn apply(spec: &mut PodSpec, path: &[Segment], action: &QosAction) {
    use Segment::{Field, Index};
    let (resources, rest) = match path {
        [Field(own), rest @ ..] if own == "resources" => (&mut spec.resources, rest),
        [Field(list), Index(at), Field(_), rest @ ..] => {
            let all = if list == "containers" {
                Some(&mut spec.containers)
            } else {
                spec.init_containers.as_mut()
            };
            match all.and_then(|all| all.get_mut(*at)) {
                Some(own) => (&mut own.resources, rest),
                None => return,
            }
        }
        _ => return,
    };
    let amount = match action {
        QosAction::Set(amount) => amount.as_str(),
        QosAction::Choose(example) => example.as_str(),
        QosAction::Remove => {
            *resources = None;
            return;
        }
    };
    if let [Field(list), Field(name)] = rest {
        let own = resources.get_or_insert_default();
        let own = if list == "limits" {
            &mut own.limits
        } else {
            &mut own.requests
        };
        let amount = ApiQuantity(amount.to_owned());
        own.get_or_insert_default().insert(name.to_string(), amount);
    }
}

/// Returns the change that moves a Pod to the next better class, by its spec; `base` is the
/// path of `spec`. Guaranteed is the best.
pub fn qos_change(pod: &Pod, version: KubernetesVersion, base: &FieldPath) -> Option<QosChange> {
    let spec = pod.spec.as_ref()?;
    let class = computed_qos_class(pod, version);
    let own = pod_level(pod, spec, version);
    match class {
        QosClass::Guaranteed => None,
        QosClass::BestEffort => Some(own.map_or_else(
            || {
                let first = spec.containers.first();
                let path = base.field(ContainerType::App.field()).index(0);
                request(&path, first.and_then(|own| own.resources.as_ref()))
            },
            |own| {
                without_pod_level(pod, version, base).unwrap_or_else(|| {
                    let mut change = request(base, Some(own));
                    let of_containers = of_containers(pod, "memory", version);
                    if let Some(least) = of_containers.filter(|least| *least > example()) {
                        change.choose("memory", &least.to_string());
                    }
                    change
                })
            },
        )),
        QosClass::Burstable => {
            let mut edits = Vec::new();
            if let Some(own) = own {
                let least = |name: &str| {
                    let requested = of_containers(pod, name, version);
                    largest_limit(pod, name).max(requested)
                };
                equal(Some(own), base, least, &mut edits);
            } else {
                let all = containers(spec, base);
                let counted = all
                    .iter()
                    .filter(|own| own.container_type != ContainerType::Ephemeral);
                for container in counted {
                    let none = |_: &str| None;
                    equal(container.resources, &container.path, none, &mut edits);
                }
            }
            Some(QosChange {
                to: QosClass::Guaranteed,
                edits,
            })
        }
    }
}

/// An amount of memory where the author decides.
const EXAMPLE: &str = "64Mi";

fn example() -> Quantity {
    EXAMPLE.parse().unwrap_or_default()
}

/// Returns what the containers request together, below which the Pod's own request must not be.
fn of_containers(pod: &Pod, name: &str, version: KubernetesVersion) -> Option<Quantity> {
    let options = Options {
        pod_level: false,
        overhead: false,
        ..Options::to_place(version)
    };
    requests(pod, options).remove(name)
}

/// A request of memory is enough to be Burstable, or a limit where there is one of 0.
fn request(owner: &FieldPath, resources: Option<&ResourceRequirements>) -> QosChange {
    let has_limit = amount(Part::Limits.of(resources), "memory").is_some();
    let list = if has_limit { "limits" } else { "requests" };
    let path = owner.field("resources").field(list).field("memory");
    QosChange {
        to: QosClass::Burstable,
        edits: vec![QosEdit {
            path,
            action: QosAction::Choose(EXAMPLE.to_owned()),
        }],
    }
}

/// The Pod's own resources without CPU and memory hide those of the containers.
fn without_pod_level(pod: &Pod, version: KubernetesVersion, base: &FieldPath) -> Option<QosChange> {
    let mut plain = pod.clone();
    let own = plain.spec.as_mut()?.resources.take()?;
    let holds = |list: Option<&_>| COMPUTE.iter().any(|name| amount(list, name).is_some());
    let has_none = !holds(Part::Requests.of(Some(&own))) && !holds(Part::Limits.of(Some(&own)));
    let to = computed_qos_class(&plain, version);
    (has_none && to != QosClass::BestEffort).then(|| QosChange {
        to,
        edits: vec![QosEdit {
            path: base.field("resources"),
            action: QosAction::Remove,
        }],
    })
}

/// Returns the largest limit of a container, below which the Pod's own limit must not be.
fn largest_limit(pod: &Pod, name: &str) -> Option<Quantity> {
    let limits =
        typed(pod).filter_map(|(own, _)| amount(Part::Limits.of(own.resources.as_ref()), name));
    limits.max()
}

/// Sets requests to the limits, and limits that are absent to the requests, but not below `least`.
fn equal(
    resources: Option<&ResourceRequirements>,
    owner: &FieldPath,
    least: impl Fn(&str) -> Option<Quantity>,
    edits: &mut Vec<QosEdit>,
) {
    let examples = ["100m", EXAMPLE];
    for (name, example) in COMPUTE.into_iter().zip(examples) {
        let of = |part: Part| amount(part.of(resources), name).filter(|own| own.signum() > 0);
        let path = |list: &'static str| owner.field("resources").field(list).field(name);
        let mut edit = |list, action| {
            edits.push(QosEdit {
                path: path(list),
                action,
            });
        };
        let request = of(Part::Requests);
        let least = least(name).filter(|least| request.as_ref().is_none_or(|own| least > own));
        match (request, of(Part::Limits), least) {
            (Some(request), Some(limit), _) if request == limit => {}
            (_, Some(limit), _) => edit("requests", QosAction::Set(limit.to_string())),
            (_, None, Some(least)) if least.signum() > 0 => {
                edit("limits", QosAction::Set(least.to_string()));
                edit("requests", QosAction::Set(least.to_string()));
            }
            (Some(request), None, _) => edit("limits", QosAction::Set(request.to_string())),
            (None, None, _) => {
                edit("limits", QosAction::Choose(example.to_owned()));
                edit("requests", QosAction::Choose(example.to_owned()));
            }
        }
    }
}

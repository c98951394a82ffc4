//! Quantities of files that cannot be read, and nodes without a name: a server refuses them.

use std::collections::BTreeMap;

use k8s_openapi::api::core::v1::{Node, Pod, ResourceRequirements};
use k8s_openapi::apimachinery::pkg::api::resource::Quantity as ApiQuantity;
use pod_model::quantity::Quantity;

type Quantities = BTreeMap<String, ApiQuantity>;

/// Returns a phrase about a quantity of a node that cannot be read, or about its missing name.
pub(super) fn of_node(node: &Node) -> Option<String> {
    if node.metadata.name.as_deref().unwrap_or_default().is_empty() {
        return Some("a node of the files has no name".to_owned());
    }
    let allocatable = node.status.as_ref()?.allocatable.as_ref()?;
    let wrong = wrong(allocatable)?;
    let name = node.metadata.name.as_deref().unwrap_or_default();
    Some(format!(
        "status.allocatable of node {name} has {wrong}, which is no quantity"
    ))
}

/// Returns a phrase about a request of a Pod that cannot be read.
pub(super) fn of_pod(pod: &Pod) -> Option<String> {
    let spec = pod.spec.as_ref()?;
    let init_containers = spec.init_containers.iter().flatten();
    let containers = spec.containers.iter().chain(init_containers);
    let resources = containers.filter_map(|own| own.resources.as_ref());
    let mut resources = resources.chain(&spec.resources);
    let wrong = resources
        .find_map(of_resources)
        .or_else(|| wrong(spec.overhead.as_ref()?))?;
    let metadata = &pod.metadata;
    Some(format!(
        "Pod {} in namespace {} has {wrong}, which is no quantity",
        metadata.name.as_deref().unwrap_or_default(),
        metadata.namespace.as_deref().unwrap_or_default()
    ))
}

fn of_resources(own: &ResourceRequirements) -> Option<String> {
    let lists = own.requests.iter().chain(&own.limits);
    { lists }.find_map(wrong)
}

fn wrong(list: &Quantities) -> Option<String> {
    let mut wrong = list
        .iter()
        .filter(|(_, own)| own.0.parse::<Quantity>().is_err());
    let (resource, own) = wrong.next()?;
    Some(format!("{resource}: `{}`", own.0))
}

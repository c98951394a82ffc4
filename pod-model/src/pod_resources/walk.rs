//! The containers that count in the sums of a Pod, in upstream's order.

use k8s_openapi::api::core::v1::{Container, Pod};

use super::effective::{Lists, Part, Statuses};
use super::options::Side;
use crate::container::ContainerType;

/// A container with its lists.
pub(super) struct Walked<'a> {
    pub(super) name: &'a str,
    pub(super) container_type: ContainerType,
    pub(super) lists: Lists<'a>,
}

/// Returns the app containers, then the init containers and sidecars as they are listed.
pub(super) fn walk<'a>(
    pod: &'a Pod,
    statuses: &Statuses<'a>,
    part: Part,
    side: Option<Side>,
) -> impl Iterator<Item = Walked<'a>> {
    typed(pod).map(move |(container, container_type)| Walked {
        name: &container.name,
        container_type,
        lists: statuses.lists(container, container_type, part, side),
    })
}

/// Returns the app containers, then the init containers and sidecars, with their type.
pub(crate) fn typed(pod: &Pod) -> impl Iterator<Item = (&Container, ContainerType)> {
    let spec = pod.spec.as_ref();
    let app = spec.into_iter().flat_map(|spec| &spec.containers);
    let init = spec.into_iter().flat_map(|spec| &spec.init_containers);
    let init = init
        .flatten()
        .map(|own| match own.restart_policy.as_deref() {
            Some("Always") => (own, ContainerType::Sidecar),
            _ => (own, ContainerType::Init),
        });
    app.map(|own| (own, ContainerType::App)).chain(init)
}

//! The look-ups that a Pod's environment depends on.

use std::collections::BTreeSet;

use k8s_openapi::api::core::v1::{ConfigMap, LimitRange, Node, PodSpec, Secret, Service};
use pod_model::lookup::{LookupKind, Need};
use pod_model::resources::{depends_on_limit_ranges, depends_on_node};
use pod_model::{FieldPath, containers};

use crate::service_links::{MASTER, MASTER_NAMESPACE};
use crate::subject::Stage;

/// The kinds of objects that [`needs`] names.
pub const LOOKUP_KINDS: &[LookupKind] = &[
    LookupKind::of::<ConfigMap>(),
    LookupKind::of::<LimitRange>(),
    LookupKind::of::<Node>(),
    LookupKind::of::<Secret>(),
    LookupKind::of::<Service>(),
];

/// Lists the look-ups of a Pod or a template, each once. A template's Pods are in
/// `namespace`, too.
pub fn needs(spec: &PodSpec, namespace: &str, stage: Stage) -> Vec<Need> {
    let (mut config_maps, mut secrets) = (BTreeSet::new(), BTreeSet::new());
    let (mut limit_ranges, mut node) = (false, None);
    for container in containers(spec, &FieldPath::root()) {
        for from in container.env_from {
            config_maps.extend(from.config_map_ref.iter().map(|map| map.name.as_str()));
            secrets.extend(from.secret_ref.iter().map(|secret| secret.name.as_str()));
        }
        for source in container.env.iter().filter_map(|v| v.value_from.as_ref()) {
            config_maps.extend(
                source
                    .config_map_key_ref
                    .iter()
                    .map(|key| key.name.as_str()),
            );
            secrets.extend(source.secret_key_ref.iter().map(|key| key.name.as_str()));
            if let Some(selector) = &source.resource_field_ref {
                // A live Pod has what LimitRanges gave it.
                limit_ranges |= stage != Stage::Live && depends_on_limit_ranges(selector);
                if depends_on_node(selector) {
                    node = spec.node_name.as_deref().filter(|name| !name.is_empty());
                }
            }
        }
    }
    let mut needs = Vec::new();
    let one = |name| Need::named::<ConfigMap>(namespace, name);
    needs.extend(config_maps.into_iter().map(one));
    let one = |name| Need::named::<Secret>(namespace, name);
    needs.extend(secrets.into_iter().map(one));
    needs.extend(node.map(|name| Need::named::<Node>("", name)));
    if spec.enable_service_links.unwrap_or(true) {
        needs.push(Need::all::<Service>(namespace));
    }
    // Every container gets its variables; the API server gives it its address.
    needs.push(Need::named::<Service>(MASTER_NAMESPACE, MASTER).as_stored());
    if limit_ranges {
        needs.push(Need::all::<LimitRange>(namespace));
    }
    // An environment without one of them would be wrong.
    needs.into_iter().map(Need::required).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn kubernetes() -> Need {
        Need::named::<Service>("default", "kubernetes")
            .as_stored()
            .required()
    }

    #[test]
    fn every_container_is_looked_through() {
        let spec: PodSpec = serde_json::from_value(json!({
            "nodeName": "n1",
            "initContainers": [{"name": "i", "envFrom": [{"configMapRef": {"name": "c", "optional": true}}]}],
            "containers": [{"name": "a", "env": [
                {"name": "A", "valueFrom": {"configMapKeyRef": {"name": "c", "key": "k"}}},
                {"name": "B", "valueFrom": {"secretKeyRef": {"name": "s", "key": "k", "optional": true}}},
                {"name": "C", "valueFrom": {"resourceFieldRef": {"resource": "limits.cpu"}}}]}],
            "ephemeralContainers": [{"name": "e", "envFrom": [{"secretRef": {"name": "t"}}]}],
        }))
        .unwrap();
        let expected = [
            Need::named::<ConfigMap>("ns", "c"),
            Need::named::<Secret>("ns", "s"),
            Need::named::<Secret>("ns", "t"),
            Need::named::<Node>("", "n1"),
            Need::all::<Service>("ns"),
            kubernetes(),
            Need::all::<LimitRange>("ns"),
        ];
        let expected = expected.map(Need::required);
        let got = needs(&spec, "ns", Stage::File);
        assert_eq!(got, expected);
        let mut kinds = got.iter().map(|need| need.kind);
        assert!(kinds.all(|kind| LOOKUP_KINDS.contains(&kind)));
    }

    #[test]
    fn requests_need_no_node_and_links_can_be_off() {
        let spec: PodSpec = serde_json::from_value(json!({
            "nodeName": "n1", "enableServiceLinks": false,
            "containers": [{"name": "a", "env": [
                {"name": "C", "valueFrom": {"resourceFieldRef": {"resource": "requests.cpu"}}}]}],
        }))
        .unwrap();
        assert_eq!(
            needs(&spec, "ns", Stage::Template),
            [kubernetes(), Need::all::<LimitRange>("ns").required()]
        );
        // What they give stands in it already.
        assert_eq!(needs(&spec, "ns", Stage::Live), [kubernetes()]);
    }
}

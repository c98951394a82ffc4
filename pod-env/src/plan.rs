//! What has to be looked up before the environment can be told.

use std::collections::BTreeMap;

use k8s_openapi::api::core::v1::PodSpec;
use pod_model::FieldPath;

use crate::subject::Stage;
use pod_model::containers;
use pod_model::resources::{depends_on_limit_ranges, depends_on_node};

/// The look-ups that a Pod's environment needs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    /// ConfigMaps of the Pod's namespace, by name.
    pub config_maps: BTreeMap<String, Need>,
    /// Secrets of the Pod's namespace, by name.
    pub secrets: BTreeMap<String, Need>,
    /// Whether the Services of the Pod's namespace are needed; the Service
    /// `kubernetes` of the namespace `default` always is.
    pub services: bool,
    /// Whether the LimitRanges of the Pod's namespace are needed; a live Pod
    /// has what they gave it.
    pub limit_ranges: bool,
    /// The node whose allocatable stands in for a limit.
    pub node: Option<String>,
}

/// How much a Pod needs an object.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Need {
    /// Whether every use of it is optional.
    pub optional: bool,
    /// Whether all of its keys are taken, and not single ones only.
    pub all_keys: bool,
}

/// Lists the look-ups of a Pod, or of a template.
pub fn plan(spec: &PodSpec, stage: Stage) -> Plan {
    let mut plan = Plan {
        services: spec.enable_service_links.unwrap_or(true),
        ..Plan::default()
    };
    for container in containers(spec, &FieldPath::root()) {
        for from in container.env_from {
            if let Some(source) = &from.config_map_ref {
                note(&mut plan.config_maps, &source.name, source.optional, true);
            }
            if let Some(source) = &from.secret_ref {
                note(&mut plan.secrets, &source.name, source.optional, true);
            }
        }
        for source in container.env.iter().filter_map(|v| v.value_from.as_ref()) {
            if let Some(key) = &source.config_map_key_ref {
                note(&mut plan.config_maps, &key.name, key.optional, false);
            }
            if let Some(key) = &source.secret_key_ref {
                note(&mut plan.secrets, &key.name, key.optional, false);
            }
            if let Some(selector) = &source.resource_field_ref {
                plan.limit_ranges |= stage != Stage::Live && depends_on_limit_ranges(selector);
                if depends_on_node(selector) {
                    plan.node.clone_from(&spec.node_name);
                }
            }
        }
    }
    plan.node = plan.node.filter(|name| !name.is_empty());
    plan
}

fn note(needs: &mut BTreeMap<String, Need>, name: &str, optional: Option<bool>, all_keys: bool) {
    let optional = optional.unwrap_or(false);
    let need = needs
        .entry(name.to_owned())
        .or_insert(Need { optional, all_keys });
    need.optional &= optional;
    need.all_keys |= all_keys;
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

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
        let plan = plan(&spec, Stage::File);
        let need = |optional, all_keys| Need { optional, all_keys };
        assert_eq!(plan.config_maps, [("c".into(), need(false, true))].into());
        assert_eq!(
            plan.secrets,
            [
                ("s".into(), need(true, false)),
                ("t".into(), need(false, true))
            ]
            .into()
        );
        assert!(plan.services);
        assert_eq!(plan.node.as_deref(), Some("n1"));
    }

    #[test]
    fn requests_need_no_node_and_links_can_be_off() {
        let spec: PodSpec = serde_json::from_value(json!({
            "nodeName": "n1", "enableServiceLinks": false,
            "containers": [{"name": "a", "env": [
                {"name": "C", "valueFrom": {"resourceFieldRef": {"resource": "requests.cpu"}}}]}],
        }))
        .unwrap();
        let expected = Plan {
            limit_ranges: true,
            ..Plan::default()
        };
        assert_eq!(plan(&spec, Stage::Template), expected);
        // What they give stands in it already.
        assert_eq!(plan(&spec, Stage::Live), Plan::default());
    }
}

//! The demands of a Pod that decide on its node, and that which meets them, as phrases behind a statement.

use crate::diagnosis::scene::Scene;
use crate::prose::list;
use crate::selector::required_node_affinity;

pub(super) fn claims(scene: &Scene<'_>) -> String {
    let volumes = scene.spec().and_then(|spec| spec.volumes.as_ref());
    let names: Vec<&str> = volumes
        .into_iter()
        .flatten()
        .filter_map(|volume| Some(volume.persistent_volume_claim.as_ref()?.claim_name.as_str()))
        .collect();
    match names.as_slice() {
        [] => "the Pod".to_owned(),
        [one] => format!("the claim {one}"),
        all => format!("the claims {}", list(all)),
    }
}

/// Returns the nodes that the volumes of the claims can be used on.
pub(super) fn places(scene: &Scene<'_>) -> String {
    let mut places = Vec::new();
    for volume in scene.volumes {
        let affinity = volume
            .spec
            .as_ref()
            .and_then(|spec| spec.node_affinity.as_ref());
        let required = affinity.and_then(|own| own.required.as_ref());
        for term in required.iter().flat_map(|own| &own.node_selector_terms) {
            for own in term.match_expressions.iter().flatten() {
                places.push(requirement(&own.key, &own.operator, own.values.as_deref()));
            }
        }
    }
    behind_colon(&places)
}

/// Returns a requirement of a selector: `zone In a, b`.
fn requirement(key: &str, operator: &str, values: Option<&[String]>) -> String {
    let values = values.unwrap_or_default().join(", ");
    format!("{key} {operator} {values}").trim_end().to_owned()
}

/// Returns a list behind a colon, or nothing for an empty one.
fn behind_colon(wants: &[String]) -> String {
    if wants.is_empty() {
        String::new()
    } else {
        format!(": {}", list(wants))
    }
}

/// Returns the labels that a Pod wants of its node, behind a colon.
pub(super) fn selector(scene: &Scene<'_>) -> String {
    let Some(spec) = scene.spec() else {
        return String::new();
    };
    let mut wants: Vec<String> = spec
        .node_selector
        .iter()
        .flatten()
        .map(|(key, value)| format!("{key}={value}"))
        .collect();
    let required = required_node_affinity(spec);
    for term in required
        .iter()
        .flat_map(|required| &required.node_selector_terms)
    {
        for own in term
            .match_expressions
            .iter()
            .flatten()
            .chain(term.match_fields.iter().flatten())
        {
            wants.push(requirement(&own.key, &own.operator, own.values.as_deref()));
        }
    }
    behind_colon(&wants)
}

pub(super) fn taints(scene: &Scene<'_>) -> String {
    let mut taints: Vec<String> = scene
        .nodes
        .iter()
        .filter_map(|node| node.spec.as_ref()?.taints.as_ref())
        .flatten()
        .filter(|taint| taint.effect != "PreferNoSchedule")
        .map(|taint| match taint.value.as_deref() {
            Some(value) if !value.is_empty() => format!("{}={value}:{}", taint.key, taint.effect),
            _ => format!("{}:{}", taint.key, taint.effect),
        })
        .collect();
    taints.sort();
    taints.dedup();
    behind_colon(&taints)
}

pub(super) fn cordoned(scene: &Scene<'_>) -> String {
    let names: Vec<&str> = scene
        .nodes
        .iter()
        .filter(|node| node.spec.as_ref().and_then(|spec| spec.unschedulable) == Some(true))
        .filter_map(|node| node.metadata.name.as_deref())
        .collect();
    match names.as_slice() {
        [] => "the nodes that fit are".to_owned(),
        [one] => format!("node {one} is"),
        all => format!("nodes {} are", list(all)),
    }
}

pub(super) fn host_ports(scene: &Scene<'_>) -> String {
    let containers = scene.containers();
    let ports: Vec<String> = containers
        .iter()
        .flat_map(|container| container.view.ports)
        .filter_map(|port| port.host_port.filter(|port| *port > 0))
        .map(|port| port.to_string())
        .collect();
    if ports.is_empty() {
        String::new()
    } else {
        format!(" ({})", list(&ports))
    }
}

pub(super) fn pod_labels(scene: &Scene<'_>) -> String {
    let affinity = scene.spec().and_then(|spec| spec.affinity.as_ref());
    let Some(affinity) = affinity else {
        return String::new();
    };
    let beside = affinity.pod_affinity.iter().flat_map(|own| {
        own.required_during_scheduling_ignored_during_execution
            .iter()
            .flatten()
    });
    let away = affinity.pod_anti_affinity.iter().flat_map(|own| {
        own.required_during_scheduling_ignored_during_execution
            .iter()
            .flatten()
    });
    let mut wants = Vec::new();
    for term in beside.chain(away) {
        let Some(selector) = &term.label_selector else {
            continue;
        };
        for (key, value) in selector.match_labels.iter().flatten() {
            wants.push(format!("{key}={value}"));
        }
        for own in selector.match_expressions.iter().flatten() {
            wants.push(requirement(&own.key, &own.operator, own.values.as_deref()));
        }
    }
    behind_colon(&wants)
}

pub(super) fn request(scene: &Scene<'_>, resource: &str) -> String {
    let containers = scene.containers();
    let asks: Vec<String> = containers
        .iter()
        .filter_map(|container| {
            let requests = container.view.resources?.requests.as_ref()?;
            let amount = requests.get(resource)?;
            Some(format!("{} for {}", amount.0, container.noun()))
        })
        .collect();
    if asks.is_empty() {
        String::new()
    } else {
        format!(" ({})", list(&asks))
    }
}

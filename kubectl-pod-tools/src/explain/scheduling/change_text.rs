//! Changes that free nodes, in words and as commands.

use k8s_openapi::api::core::v1::Pod;
use pod_model::scheduling::{
    Change, NearestChange, RequestOwner, Snapshot, amount_text, taint_text,
};
use pod_model::selector::required_node_affinity;

use super::report::NearestReport;
use crate::shell_quote::quoted;

/// Names of nodes that a report has for a change.
const MOST_NAMES: usize = 10;
/// Nodes that a command names. Of more it names the first: one is enough for a Pod.
const MOST_IN_COMMAND: usize = 5;

/// Returns a change as reports have it.
pub(super) fn nearest_report(snapshot: &Snapshot, pod: &Pod, own: &NearestChange) -> NearestReport {
    let nodes = own.nodes.iter();
    let names = nodes.filter_map(|at| Some(snapshot.nodes().get(*at)?.name()));
    let names: Vec<&str> = names.collect();
    NearestReport {
        change: words(&own.change, pod),
        command: command(&own.change, &names),
        nodes: own.nodes.len(),
        is_about_pods: matches!(
            own.change,
            Change::RaiseMaxSkew { .. }
                | Change::LowerMinDomains { .. }
                | Change::RelaxSpread { .. }
                | Change::DropPodAffinity { .. }
                | Change::DropHostPort { .. }
        ),
        node_names: names
            .iter()
            .take(MOST_NAMES)
            .map(|&name| name.to_owned())
            .collect(),
    }
}

/// Returns a change as a phrase that follows "with".
fn words(change: &Change, pod: &Pod) -> String {
    match change {
        Change::Uncordon => "the nodes uncordoned".to_owned(),
        Change::AddLabel { key, value, .. } => format!("the label {key}={value} on the nodes"),
        Change::RemoveLabel { key } => format!("the label {key} removed from the nodes"),
        Change::RemoveTaint(taint) => {
            format!("the taint {} removed from the nodes", taint_text(taint))
        }
        Change::Tolerate(taint) => format!("a toleration of the taint {}", taint_text(taint)),
        Change::ReplaceLabel { from, to } => {
            format!(
                "{}={} instead of {}={} in the Pod",
                to.0, to.1, from.0, from.1
            )
        }
        Change::DropNodeSelector { key, value } => format!("{key}={value} out of nodeSelector"),
        Change::DropNodeAffinity => {
            let which = if names_nodes(pod) {
                ", which names nodes,"
            } else {
                ""
            };
            format!("the required node affinity{which} left out")
        }
        Change::LowerRequest {
            resource,
            owner,
            from,
            to,
        } => {
            format!(
                "{} at {} or less, instead of {}",
                request(owner, resource),
                amount_text(resource, *to),
                amount_text(resource, *from)
            )
        }
        Change::DropHostPort { port, protocol } => {
            format!("the host port {port}/{protocol} left out, or free")
        }
        Change::RaiseMaxSkew { key, max_skew, .. } => {
            format!("maxSkew {max_skew} of the spread over {key}")
        }
        Change::LowerMinDomains {
            key, min_domains, ..
        } => format!("minDomains {min_domains} of the spread over {key}"),
        Change::RelaxSpread { key, .. } => {
            format!("whenUnsatisfiable: ScheduleAnyway of the spread over {key}")
        }
        Change::DropPodAffinity { is_anti, key, .. } => {
            let anti = if *is_anti {
                "anti-affinity"
            } else {
                "affinity"
            };
            format!("the required Pod {anti} over {key} left out")
        }
    }
}

/// Returns whether the required node affinity of a Pod has nodes by their names.
fn names_nodes(pod: &Pod) -> bool {
    let required = pod.spec.as_ref().and_then(required_node_affinity);
    let terms = required
        .into_iter()
        .flat_map(|own| &own.node_selector_terms);
    let mut fields = terms.flat_map(|own| own.match_fields.iter().flatten());
    fields.next().is_some()
}

fn request(owner: &RequestOwner, resource: &str) -> String {
    match owner {
        RequestOwner::Pod => format!("the {resource} request of the Pod"),
        RequestOwner::PodAndContainers => {
            format!(
                "the {resource} request of the Pod, and those of the containers that run together,"
            )
        }
        RequestOwner::Container(name) => format!("the {resource} request of container {name}"),
        RequestOwner::InitContainer(name) => {
            format!("the {resource} request of init container {name}")
        }
        RequestOwner::Containers => {
            format!("the {resource} requests of the containers that run together")
        }
    }
}

/// Returns the command that changes nodes, or `None` for changes of the Pod.
fn command(change: &Change, names: &[&str]) -> Option<String> {
    let count = if names.len() <= MOST_IN_COMMAND {
        names.len()
    } else {
        1
    };
    let nodes: Vec<String> = names.iter().take(count).map(|name| quoted(name)).collect();
    let nodes = nodes.join(" ");
    Some(match change {
        Change::Uncordon => format!("kubectl uncordon {nodes}"),
        Change::AddLabel {
            key,
            value,
            overwrites,
        } => {
            let overwrite = if *overwrites { " --overwrite" } else { "" };
            let label = quoted(&format!("{key}={value}"));
            format!("kubectl label node {nodes} {label}{overwrite}")
        }
        Change::RemoveLabel { key } => {
            format!("kubectl label node {nodes} {}", quoted(&format!("{key}-")))
        }
        Change::RemoveTaint(taint) => {
            let taint = quoted(&format!("{}-", taint_text(taint)));
            format!("kubectl taint node {nodes} {taint}")
        }
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn an_affinity_that_names_nodes_is_told_as_such() {
        let affinity = |term: serde_json::Value| {
            let pod = json!({"spec": {"containers": [], "affinity": {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": [term]}}}}});
            words(
                &Change::DropNodeAffinity,
                &serde_json::from_value(pod).unwrap(),
            )
        };
        assert_eq!(
            affinity(json!({"matchExpressions": [{"key": "disk", "operator": "Exists"}]})),
            "the required node affinity left out"
        );
        assert_eq!(
            affinity(
                json!({"matchFields": [{"key": "metadata.name", "operator": "In", "values": ["a"]}]})
            ),
            "the required node affinity, which names nodes, left out"
        );
    }
}

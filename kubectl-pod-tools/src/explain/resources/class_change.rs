//! The change that moves a Pod to the next better class: in the report field by field, in the text by container.

use pod_model::pod_resources::{QosAction, QosChange, QosClass, QosEdit};
use pod_model::{ContainerView, FieldPath, Segment};
use serde::Serialize;

use crate::render::{Block, Cell, TreeNode};
use crate::ui::escape;

/// Number of containers that are listed.
const LISTED: usize = 8;

/// A change of the class of quality of service.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::explain) struct QosChangeItem {
    pub to: QosClass,
    pub edits: Vec<String>,
    /// The reasons for which the cluster would refuse it, as far as is known.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub refused: Vec<String>,
    #[serde(skip)]
    owners: Vec<OwnerEdits>,
    /// The only edit, as words after the class.
    #[serde(skip)]
    only: Option<String>,
}

/// The edits of a container, or of the Pod itself.
#[derive(Clone, Debug)]
struct OwnerEdits {
    path: FieldPath,
    owner: String,
    edits: Vec<String>,
}

/// Returns the change as it is reported.
pub(super) fn item(change: &QosChange, containers: &[ContainerView<'_>]) -> QosChangeItem {
    let edits = change.edits.iter();
    let only = match change.edits.as_slice() {
        [edit] => Some(match edit.action {
            QosAction::Remove => format!("without {}", edit.path),
            _ => format!("with {}", words(edit, &edit.path.to_string())),
        }),
        _ => None,
    };
    QosChangeItem {
        to: change.to,
        edits: edits
            .map(|edit| words(edit, &edit.path.to_string()))
            .collect(),
        refused: Vec::new(),
        owners: owners(change, containers),
        only,
    }
}

fn words(edit: &QosEdit, field: &str) -> String {
    match &edit.action {
        QosAction::Set(amount) => format!("{field} = {amount}"),
        QosAction::Choose(example) => format!("{field}, such as {example}"),
        QosAction::Remove => format!("without {field}"),
    }
}

/// Edits come container by container, and a limit before its request, which the server takes from it.
fn owners(change: &QosChange, containers: &[ContainerView<'_>]) -> Vec<OwnerEdits> {
    let mut all: Vec<OwnerEdits> = Vec::new();
    let mut views = containers.iter();
    let mut current = None;
    let mut limited = String::new();
    for edit in &change.edits {
        let Some((path, list, resource)) = split(&edit.path) else {
            continue;
        };
        if all.last().is_none_or(|own| own.path != path) {
            // Both are in the same order.
            current = views.find(|own| own.path == path);
            limited.clear();
            all.push(OwnerEdits {
                owner: current.map_or_else(|| "the Pod itself".to_owned(), name),
                path,
                edits: Vec::new(),
            });
        }
        let is_chosen = matches!(edit.action, QosAction::Choose(_));
        if is_chosen && list == "limits" {
            limited.clone_from(&resource);
        }
        let follows = is_chosen && list == "requests" && limited == resource;
        if follows && current.is_some_and(|own| !requests(own, &resource)) {
            continue;
        }
        if let Some(own) = all.last_mut() {
            own.edits.push(words(edit, &format!("{list}.{resource}")));
        }
    }
    all
}

fn requests(container: &ContainerView<'_>, resource: &str) -> bool {
    let requests = container.resources.and_then(|own| own.requests.as_ref());
    requests.is_some_and(|own| own.contains_key(resource))
}

/// Divides the path of an amount: its owner, `requests` or `limits`, and the resource.
fn split(path: &FieldPath) -> Option<(FieldPath, String, String)> {
    let of_list = path.parent()?;
    let owner = of_list.parent()?.parent()?;
    let field = |path: &FieldPath| match path.segments().last() {
        Some(Segment::Field(name)) => Some(name.to_string()),
        _ => None,
    };
    Some((owner, field(&of_list)?, field(path)?))
}

fn name(container: &ContainerView<'_>) -> String {
    let kind = container.container_type.noun();
    format!("{kind} {}", escape(container.name))
}

/// Returns the change as a fact, if it is one edit. `is_stored`: of a Pod that exists.
pub(super) fn fact(change: &QosChangeItem, is_stored: bool) -> Option<String> {
    let only = escape(change.only.as_ref()?);
    let anew = if is_stored {
        ", created anew: the class of a Pod never changes"
    } else {
        ""
    };
    let mut text = format!("{} {only}{anew}", change.to);
    for (at, why) in change.refused.iter().enumerate() {
        text += if at == 0 { ", but " } else { "; also, " };
        text += &escape(why);
    }
    Some(text)
}

/// Returns the change as a tree, if it is several edits.
pub(super) fn tree(change: &QosChangeItem, is_stored: bool) -> Option<Block> {
    if change.only.is_some() || change.owners.is_empty() {
        return None;
    }
    let anew = if is_stored { "created anew, it " } else { "" };
    let mut root = TreeNode::new(format!("{anew}would be {} with", change.to));
    let mut push = |text: String| root.children.push(TreeNode::new(Cell::from(text)));
    for own in change.owners.iter().take(LISTED) {
        push(format!("{}: {}", own.owner, own.edits.join("; ")));
    }
    let left = change.owners.len().saturating_sub(LISTED);
    if left > 0 {
        push(format!(
            "{left} more containers; `-o json` has all {} edits",
            change.edits.len()
        ));
    }
    for why in &change.refused {
        push(format!("but {}", escape(why)));
    }
    Some(Block::Tree(root))
}

#[cfg(test)]
mod tests {
    use k8s_openapi::api::core::v1::Pod;
    use pod_model::pod_resources::qos_change;
    use pod_model::{KubernetesVersion, containers};
    use serde_json::json;

    use super::*;

    fn change(spec: &serde_json::Value, version: KubernetesVersion) -> QosChangeItem {
        let pod: Pod = serde_json::from_value(json!({"spec": spec})).unwrap();
        let base = FieldPath::root().field("spec");
        let spec = pod.spec.as_ref().unwrap();
        let change = qos_change(&pod, version, &base).unwrap();
        item(&change, &containers(spec, &base))
    }

    #[test]
    fn a_removal_is_not_introduced_by_with() {
        let spec = json!({"resources": {},
            "containers": [{"name": "a", "resources": {"requests": {"cpu": "1"}}}]});
        let change = change(&spec, KubernetesVersion::V1_35);
        assert_eq!(change.only.as_deref(), Some("without spec.resources"));
    }

    #[test]
    fn edits_are_listed_by_container_below_its_resources() {
        let spec = json!({
            "initContainers": [{"name": "m"}],
            "containers": [{"name": "a", "resources": {"requests": {"cpu": "1"}, "limits": {"memory": "1Gi"}}}],
        });
        let change = change(&spec, KubernetesVersion::LATEST);
        let told: Vec<(&str, String)> = change
            .owners
            .iter()
            .map(|own| (own.owner.as_str(), own.edits.join("; ")))
            .collect();
        // Requests that are absent are taken from the limits.
        let expected = [
            (
                "init container m",
                "limits.cpu, such as 100m; limits.memory, such as 64Mi".to_owned(),
            ),
            (
                "container a",
                "limits.cpu = 1; requests.memory = 1Gi".to_owned(),
            ),
        ];
        assert_eq!(told, expected, "{change:?}");
        assert_eq!(change.only, None);
        assert_eq!(change.edits.len(), 6, "{change:?}");
    }
}

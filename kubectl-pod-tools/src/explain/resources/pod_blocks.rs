//! The facts of the whole Pod, as text.

use super::report::ResourcesBody;
use crate::render::{Block, Cell, Table};

/// Returns the class, its change, and the order of eviction.
pub(super) fn facts(body: &ResourcesBody) -> Block {
    let mut facts: Vec<(&'static str, Cell)> =
        vec![("QoS class", body.qos_class.to_string().into())];
    if let Some(change) = &body.qos_change {
        let text = format!("{} with {}", change.to, change.edits.join("; "));
        facts.push(("would be", text.into()));
    }
    facts.push(("eviction", eviction(body).into()));
    facts.push(("cgroup", format!("{}/pod…", body.cgroup_parent).into()));
    if let Some(text) = node(body) {
        facts.push(("node", text.into()));
    }
    Block::Facts(facts)
}

fn eviction(body: &ResourcesBody) -> String {
    let own = &body.eviction;
    if own.never {
        return "never: its priority is that of a critical Pod".to_owned();
    }
    let priority = own.priority;
    if own.always_above_request {
        format!("among the first, whatever it uses: it requests no memory; priority {priority}")
    } else {
        format!(
            "late as long as it uses at most {} of memory; priority {priority}",
            own.memory_request
        )
    }
}

fn node(body: &ResourcesBody) -> Option<String> {
    let node = &body.node;
    let mut parts: Vec<String> = node.name.iter().cloned().collect();
    parts.extend(node.memory.map(|bytes| format!("{bytes} bytes of memory")));
    parts.extend(
        node.kubelet_version
            .as_ref()
            .map(|own| format!("kubelet {own}")),
    );
    parts.extend(node.container_runtime.clone());
    (!parts.is_empty()).then(|| parts.join(", "))
}

/// Returns requests and limits of the whole Pod, with their formulas.
pub(super) fn totals(body: &ResourcesBody) -> Option<Block> {
    let mut table = Table::new(&["RESOURCE", "TOTAL", "IS"]);
    for (list, amounts) in [("requests", &body.requests), ("limits", &body.limits)] {
        for (name, amount) in amounts {
            let key = format!("{list}.{name}");
            let formula = body.formulas.get(&key).cloned().unwrap_or_default();
            // The formula ends with the total.
            let end = format!(" = {amount}");
            let formula = formula.strip_suffix(&end).unwrap_or(&formula).to_owned();
            table.row(vec![key.into(), amount.clone().into(), formula.into()]);
        }
    }
    (!table.is_empty()).then_some(Block::Table(table))
}

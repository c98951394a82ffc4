//! The facts of the whole Pod, as text.

use pod_model::Quantity;
use pod_model::cgroup::pod_names;
use pod_model::quantity::Format;

use super::class_change;
use super::report::ResourcesBody;
use crate::render::{Block, Cell, Table};
use crate::ui::escape;

/// Returns the class, its change, and the order of eviction.
pub(super) fn facts(body: &ResourcesBody) -> Block {
    let mut facts: Vec<(&'static str, Cell)> =
        vec![("QoS class", body.qos_class.to_string().into())];
    let change = body.qos_change.as_ref();
    if let Some(text) = change.and_then(|change| class_change::fact(change, body.is_stored)) {
        facts.push(("would be", text.into()));
    }
    facts.push(("eviction", eviction(body).into()));
    facts.extend(cgroup_names(body));
    if let Some(resize) = &body.resize {
        let text = format!("{}: the cgroups are of what the status has", escape(resize));
        facts.push(("resize", text.into()));
    }
    if let Some(text) = node(body) {
        facts.push(("node", text.into()));
    }
    Block::Facts(facts)
}

/// Returns the name of the Pod's cgroup with each driver: no API tells which one the node has.
fn cgroup_names(body: &ResourcesBody) -> Vec<(&'static str, Cell)> {
    if body.cgroup.is_none() {
        return Vec::new();
    }
    let (names, hint) = match &body.cgroup_names {
        Some(own) => (own.clone(), ""),
        None => (
            pod_names(body.qos_class, "<uid>"),
            ", `-` of the uid as `_`",
        ),
    };
    vec![
        (
            "cgroup",
            format!("{} (driver systemd{hint})", names.systemd).into(),
        ),
        ("or", format!("{} (driver cgroupfs)", names.cgroupfs).into()),
    ]
}

fn eviction(body: &ResourcesBody) -> String {
    const CRITICAL: i32 = 2_000_000_000;
    let own = &body.eviction;
    let priority = own.priority.map_or_else(
        || "unknown (that of its class)".to_owned(),
        |own| own.to_string(),
    );
    if body.has_ended {
        return "none any more: the Pod has ended, and uses nothing".to_owned();
    }
    if own.never {
        return if own.priority >= Some(CRITICAL) {
            "never: its priority is that of a critical Pod".to_owned()
        } else {
            "never: it is a static Pod".to_owned()
        };
    }
    if own.always_above_request {
        return format!(
            "among the first, whatever it uses: it requests no memory; priority {priority}"
        );
    }
    let request = &own.memory_request;
    match used_memory(body) {
        Some(used) if is_above(&used, request) => format!(
            "among the first: it uses {used} of memory and requests {request}; priority {priority}"
        ),
        _ => format!("late as long as it uses at most {request} of memory; priority {priority}"),
    }
}

fn is_above(used: &Quantity, request: &str) -> bool {
    request.parse::<Quantity>().is_ok_and(|own| *used > own)
}

/// Returns the memory that all containers together use, if it was measured.
fn used_memory(body: &ResourcesBody) -> Option<Quantity> {
    let used = body.containers.iter().filter_map(|own| {
        let text = own.usage.as_ref()?.memory.as_ref()?;
        text.parse::<Quantity>().ok()
    });
    used.reduce(|mut sum, next| {
        sum += &next;
        sum
    })
}

fn node(body: &ResourcesBody) -> Option<String> {
    let node = &body.node;
    let mut parts: Vec<String> = node.name.iter().cloned().collect();
    parts.extend(node.memory.map(|bytes| {
        let memory = Quantity::new(bytes, Format::BinarySi);
        let assumed = if node.is_memory_assumed {
            " (assumed)"
        } else {
            ""
        };
        format!("{memory} of memory{assumed}")
    }));
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

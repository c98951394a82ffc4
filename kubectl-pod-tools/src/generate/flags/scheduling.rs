//! Which node the Pod gets to: by name, by labels, past taints.

use k8s_openapi::api::core::v1::Toleration;

use super::super::draft::Draft;
use super::super::flag::{Completes, Flag, Group};
use super::super::part::{Part, Slip};
use super::super::value::{long, one_of, pair};

pub(super) const GROUP: Group = Group {
    heading: "Scheduling",
    flags: &[
        Flag::many(
            "node-selector",
            "KEY=VALUE",
            "Only nodes with these labels; several with commas",
            "disktype=ssd",
            node_selector,
        )
        .of_pod()
        .completes(Completes::NodeLabels),
        Flag::many(
            "toleration",
            "TAINT",
            "Tolerate a taint: KEY[=VALUE][:EFFECT][@SECONDS]",
            "dedicated=batch:NoSchedule",
            toleration,
        )
        .of_pod()
        .more(
            "\
dedicated=batch:NoSchedule          the taint with this value and effect
dedicated:NoSchedule                whatever its value is
dedicated                           whatever its value and effect are
node.kubernetes.io/not-ready:NoExecute@30
                                    for 30 seconds, then the Pod is evicted
*                                   every taint",
        ),
        Flag::once(
            "node",
            "NAME",
            "Run on this node: no scheduler is asked",
            "node-1",
            |draft, name| {
                draft.pod.node_name = Some(name.owned());
                Ok(())
            },
        )
        .of_pod()
        .completes(Completes::Nodes),
        Flag::once(
            "priority-class",
            "NAME",
            "PriorityClass: who goes first, and who gives way",
            "system-node-critical",
            |draft, name| {
                draft.pod.priority_class_name = Some(name.owned());
                Ok(())
            },
        )
        .of_pod()
        .completes(Completes::PriorityClasses),
        Flag::once(
            "scheduler",
            "NAME",
            "Scheduler that finds the node",
            "default-scheduler",
            |draft, name| {
                draft.pod.scheduler_name = Some(name.owned());
                Ok(())
            },
        )
        .of_pod(),
        Flag::once(
            "runtime-class",
            "NAME",
            "RuntimeClass: what runs the containers",
            "gvisor",
            |draft, name| {
                draft.pod.runtime_class_name = Some(name.owned());
                Ok(())
            },
        )
        .of_pod()
        .completes(Completes::RuntimeClasses),
    ],
};

fn node_selector(draft: &mut Draft, part: Part<'_>) -> Result<(), Slip> {
    for word in part.split(",") {
        let (key, value) = pair(word.trim())
            .map_err(|slip| slip.help("for other conditions: --require-node 'key in (a,b)'"))?;
        let selector = draft.pod.node_selector.get_or_insert_default();
        selector.insert(key.owned(), value.owned());
    }
    Ok(())
}

/// `KEY[=VALUE][:EFFECT][@SECONDS]`: none of these signs can stand in a taint.
fn toleration(draft: &mut Draft, part: Part<'_>) -> Result<(), Slip> {
    let (taint, seconds) = match part.rsplit_once("@") {
        Some((taint, seconds)) => (taint, Some(long(seconds)?)),
        None => (part, None),
    };
    let (taint, effect) = match taint.split_once(":") {
        Some((taint, effect)) => {
            let effects = ["NoSchedule", "PreferNoSchedule", "NoExecute"];
            (taint, Some(one_of(effect, &effects)?.to_owned()))
        }
        None => (taint, None),
    };
    if seconds.is_some() && effect.as_deref() != Some("NoExecute") {
        return Err(part
            .slip("seconds are counted only where the effect is NoExecute")
            .help("write KEY:NoExecute@30"));
    }
    let (key, value) = match taint.split_once("=") {
        Some((key, value)) => (key, Some(value)),
        None => (taint, None),
    };
    if key.is_empty() || (key.text() == "*" && value.is_some()) {
        return Err(key.slip("the taint's key is missing").help(
            "write KEY, KEY=VALUE or KEY:EFFECT; * stands for every taint, *:EFFECT for those of one effect",
        ));
    }
    let toleration = Toleration {
        key: (key.text() != "*").then(|| key.owned()),
        operator: Some(if value.is_some() { "Equal" } else { "Exists" }.to_owned()),
        value: value.map(Part::owned),
        effect,
        toleration_seconds: seconds,
    };
    let all = draft.pod.tolerations.get_or_insert_default();
    if !all.contains(&toleration) {
        all.push(toleration);
    }
    Ok(())
}

//! Which node the Pod gets to: by name, by labels, past taints.

use k8s_openapi::api::core::v1::Toleration;

use super::super::draft::Draft;
use super::super::flag::{Flag, Group};
use super::super::fragment::{Fragment, ValueError};
use super::super::value::{long, one_of, pair};
use crate::completion_kind::CompletionKind;

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
        .completes(CompletionKind::NodeLabels),
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
dedicated=batch:NoSchedule          this value and effect of a taint
dedicated:NoSchedule                whatever its value is
dedicated                           whatever its value and effect are
node.kubernetes.io/not-ready:NoExecute@30
                                    for 30 seconds, then it is evicted
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
        .completes(CompletionKind::Names("nodes")),
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
        .completes(CompletionKind::Names("priorityclasses")),
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
        .completes(CompletionKind::Names("runtimeclasses")),
    ],
};

fn node_selector(draft: &mut Draft, fragment: Fragment<'_>) -> Result<(), ValueError> {
    for word in fragment.split(",") {
        let (key, value) = pair(word.trim())
            .map_err(|error| error.help("for other conditions: --require-node 'key in (a,b)'"))?;
        let selector = draft.pod.node_selector.get_or_insert_default();
        selector.insert(key.owned(), value.owned());
    }
    Ok(())
}

/// `KEY[=VALUE][:EFFECT][@SECONDS]`: none of these signs can stand in a taint.
fn toleration(draft: &mut Draft, fragment: Fragment<'_>) -> Result<(), ValueError> {
    let (taint, seconds) = match fragment.rsplit_once("@") {
        Some((taint, seconds)) => (taint, Some(long(seconds)?)),
        None => (fragment, None),
    };
    let (taint, effect) = match taint.split_once(":") {
        Some((taint, effect)) => {
            let effects = ["NoSchedule", "PreferNoSchedule", "NoExecute"];
            (taint, Some(one_of(effect, &effects)?.to_owned()))
        }
        None => (taint, None),
    };
    if seconds.is_some() && effect.as_deref() != Some("NoExecute") {
        return Err(fragment
            .error("seconds are counted only where the effect is NoExecute")
            .help("write KEY:NoExecute@30"));
    }
    let (key, value) = match taint.split_once("=") {
        Some((key, value)) => (key, Some(value)),
        None => (taint, None),
    };
    if key.is_empty() || (key.text() == "*" && value.is_some()) {
        return Err(key.error("the taint's key is missing").help(
            "write KEY, KEY=VALUE or KEY:EFFECT; * stands for every taint, *:EFFECT for those of one effect",
        ));
    }
    let toleration = Toleration {
        key: (key.text() != "*").then(|| key.owned()),
        operator: Some(if value.is_some() { "Equal" } else { "Exists" }.to_owned()),
        value: value.map(Fragment::owned),
        effect,
        toleration_seconds: seconds,
    };
    let all = draft.pod.tolerations.get_or_insert_default();
    if !all.contains(&toleration) {
        all.push(toleration);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::testing::{assert_value_errors, specs};

    #[test]
    fn a_node_is_named_selected_or_tolerated() {
        specs(&[
            (
                "--node-selector disktype=ssd,arch= --node-selector disktype=hdd",
                "nodeSelector: {disktype: hdd, arch: ''}",
            ),
            ("--node node-1", "nodeName: node-1"),
            ("--priority-class high", "priorityClassName: high"),
            ("--scheduler mine", "schedulerName: mine"),
            ("--runtime-class gvisor", "runtimeClassName: gvisor"),
        ]);
    }

    #[test]
    fn tolerations_have_keys_values_effects_and_seconds() {
        for (typed, expected) in [
            ("a", "{key: a, operator: Exists}"),
            ("a=b", "{key: a, operator: Equal, value: b}"),
            ("a=", "{key: a, operator: Equal, value: ''}"),
            (
                "a:noschedule",
                "{key: a, operator: Exists, effect: NoSchedule}",
            ),
            (
                "a.io/b=c:NoExecute@30",
                "{key: a.io/b, operator: Equal, value: c, effect: NoExecute, tolerationSeconds: 30}",
            ),
            ("*", "{operator: Exists}"),
            ("*:NoExecute", "{operator: Exists, effect: NoExecute}"),
        ] {
            let line = format!("--toleration '{typed}' --toleration '{typed}'");
            specs(&[(&line, &format!("tolerations: [{expected}]"))]);
        }
    }

    #[test]
    fn what_is_no_taint_is_underlined() {
        assert_value_errors(&[
            ("--node-selector ssd", "ssd", "this is not NAME=VALUE"),
            ("--toleration a:Never", "Never", "`Never` is not known here"),
            (
                "--toleration a:NoSchedule@30",
                "a:NoSchedule@30",
                "seconds are counted only where the effect is NoExecute",
            ),
            (
                "--toleration a:NoExecute@soon",
                "soon",
                "this is not a whole number",
            ),
            ("--toleration =b", "", "the taint's key is missing"),
            ("--toleration '*=b'", "*", "the taint's key is missing"),
        ]);
    }
}

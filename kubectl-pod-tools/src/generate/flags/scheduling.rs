//! Flags of scheduling: node, node labels, taints, scheduler.

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
            "Required node labels, comma-separated",
            "disktype=ssd",
            node_selector,
        )
        .of_pod()
        .completes(CompletionKind::NodeLabels),
        Flag::many(
            "toleration",
            "TAINT",
            "Tolerate a taint: KEY[=VALUE][:EFFECT]",
            "dedicated=batch:NoSchedule",
            toleration,
        )
        .of_pod()
        .more(
            "\
dedicated=batch:NoSchedule          taints with this value and effect
dedicated:NoSchedule                with any value
dedicated                           with any value and effect
node.kubernetes.io/not-ready:NoExecute@30
                                    evict the Pod after 30 s
*                                   every taint",
        ),
        Flag::once(
            "node",
            "NAME",
            "Bind to this node, bypassing the scheduler",
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
            "Name of the PriorityClass",
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
            "Name of the scheduler",
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
            "Name of the RuntimeClass",
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
        let (key, value) = pair(word.trim(), "KEY=VALUE").map_err(|error| {
            error.help("use --require-node 'key in (a,b)' for other conditions")
        })?;
        let selector = draft.pod.node_selector.get_or_insert_default();
        selector.insert(key.owned(), value.owned());
    }
    Ok(())
}

/// Parses `KEY[=VALUE][:EFFECT][@SECONDS]`: no taint contains one of these separators.
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
            .error("`@SECONDS` requires the effect NoExecute")
            .help("use KEY:NoExecute@30"));
    }
    let (key, value) = match taint.split_once("=") {
        Some((key, value)) => (key, Some(value)),
        None => (taint, None),
    };
    if key.is_empty() || (key.text() == "*" && value.is_some()) {
        return Err(key.error("expected the key of a taint").help(
            "use KEY, KEY=VALUE or KEY:EFFECT; * tolerates every taint, *:EFFECT every taint with that effect",
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
    use super::super::testing::{assert_specs, assert_value_errors};

    #[test]
    fn node_is_named_selected_or_tolerated() {
        assert_specs(&[
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
    fn toleration_has_key_value_effect_and_seconds() {
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
            assert_specs(&[(&line, &format!("tolerations: [{expected}]"))]);
        }
    }

    #[test]
    fn invalid_value_is_underlined() {
        assert_value_errors(&[
            (
                "--node-selector ssd",
                "ssd",
                "expected `KEY=VALUE`, found `ssd`",
            ),
            ("--toleration a:Never", "Never", "unknown value `Never`"),
            (
                "--toleration a:NoSchedule@30",
                "a:NoSchedule@30",
                "`@SECONDS` requires the effect NoExecute",
            ),
            (
                "--toleration a:NoExecute@soon",
                "soon",
                "expected an integer, found `soon`",
            ),
            ("--toleration =b", "", "expected the key of a taint"),
            ("--toleration '*=b'", "*", "expected the key of a taint"),
        ]);
    }
}

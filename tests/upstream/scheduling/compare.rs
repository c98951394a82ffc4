//! Both answers about one scene, in the oracle's form.

use pod_model::scheduling::score::{DefaultSelector, ScorePlugin, Scores};
use pod_model::scheduling::{CycleFailure, Evaluation, Outcome, Preemption, Reason, Stage};
use serde_json::{Value, json};

/// Differences between the answers, each as one line; `note` is told of each refusal.
pub(crate) fn differences(
    evaluation: &Evaluation<'_>,
    theirs: &Value,
    note: &mut impl FnMut(&str),
) -> Vec<String> {
    let mut different = Vec::new();
    let mut compare = |place: &str, ours: &Value, theirs: &Value| {
        if ours != theirs {
            different.push(format!("{place}\n    ours   {ours}\n    theirs {theirs}"));
        }
    };
    let of_stage = |stage: Stage| {
        let failures = evaluation.cycle_failures().iter();
        failures.filter(move |failure| failure.stage == stage)
    };
    let gates: Vec<Value> = of_stage(Stage::PreEnqueue).map(failure).collect();
    compare("preEnqueue", &json!(gates), &theirs["preEnqueue"]);
    let pre_filter = of_stage(Stage::PreFilter).next().map(failure);
    compare(
        "preFilter",
        &of_no_plugin(&json!(pre_filter), &theirs["preFilter"]),
        &theirs["preFilter"],
    );
    for (index, node) in evaluation.snapshot().nodes().iter().enumerate() {
        let result = evaluation.node(index);
        let mut theirs = theirs["nodes"][node.name()].clone();
        sort_resources(&mut theirs["first"]);
        let mut all = Vec::new();
        let mut unknown = "";
        for (plugin, outcome) in &result.outcomes {
            match outcome {
                Outcome::Passes => {}
                Outcome::Fails(reasons) => {
                    note(plugin.name());
                    all.push(refusal(reasons));
                }
                Outcome::NotEvaluated(_) => {
                    note("unknown");
                    unknown = plugin.name();
                }
            }
        }
        let refusals = theirs["all"].as_array_mut().unwrap();
        refusals.retain(|refusal| refusal["plugin"] != unknown);
        refusals.iter_mut().for_each(sort_resources);
        compare(&format!("{} all", node.name()), &json!(all), &theirs["all"]);
        if !unknown.is_empty() && theirs["first"]["plugin"] == unknown {
            continue;
        }
        let first = match (&pre_filter, result.first_failure()) {
            (Some(failure), _) => failure.clone(),
            (None, []) => Value::Null,
            (None, reasons) => refusal(reasons),
        };
        let first = of_no_plugin(&first, &theirs["first"]);
        compare(&format!("{} first", node.name()), &first, &theirs["first"]);
        if let (Some(theirs), Some(ours)) = (
            theirs["preemptible"].as_bool(),
            is_preemptible(&evaluation.preemption(&result)),
        ) {
            note(if theirs {
                "preemptible"
            } else {
                "not preemptible"
            });
            let place = format!("{} preemptible", node.name());
            compare(&place, &json!(ours), &json!(theirs));
        }
    }
    let fits = theirs["nodes"].as_object().unwrap().values();
    let fits = fits.filter(|node| node["first"].is_null()).count();
    if fits > 0 {
        let ours = evaluation.pre_score_failure().is_some();
        compare(
            "scoreErr",
            &json!(ours),
            &json!(theirs.get("scoreErr").is_some()),
        );
    }
    different
}

/// Returns whether evictions make room on a node, or `None` if that is not known, or not asked.
fn is_preemptible(preemption: &Preemption) -> Option<bool> {
    match preemption {
        // The policy is looked at before any node.
        Preemption::Unknown(_) | Preemption::Never => None,
        Preemption::Possible { .. } => Some(true),
        _ => Some(false),
    }
}

/// Differences between the scores of the nodes that fit.
pub(crate) fn score_differences(
    evaluation: &Evaluation<'_>,
    selector: &DefaultSelector,
    theirs: &Value,
    note: &mut impl FnMut(&str),
) -> Vec<String> {
    let Some(their_scores) = theirs["scores"].as_object() else {
        return Vec::new();
    };
    let nodes = evaluation.snapshot().nodes().iter().enumerate();
    let fitting: Vec<usize> = nodes
        .filter(|(_, node)| their_scores.contains_key(node.name()))
        .map(|(index, _)| index)
        .collect();
    let ours = Scores::of(evaluation, &fitting, Some(selector));
    let mut different = Vec::new();
    for (plugin, why) in &ours.unknown {
        if *plugin == ScorePlugin::VolumeBinding {
            note("unknown");
            continue;
        }
        different.push(format!("{plugin}: {why}"));
    }
    for node in &ours.nodes {
        let name = evaluation.snapshot().nodes()[node.node].name();
        for score in &node.plugins {
            let plugin = score.plugin.name();
            let theirs = their_scores[name]["plugins"][plugin].as_i64().unwrap_or(0);
            if score.weighted == theirs {
                if theirs != 0 {
                    note(plugin);
                }
            } else {
                different.push(format!("{name} {plugin}: {} not {theirs}", score.weighted));
            }
        }
    }
    different
}

/// Upstream goes through extended resources in no order.
fn sort_resources(refusal: &mut Value) {
    if refusal["plugin"] == "NodeResourcesFit" {
        let reasons = refusal["reasons"].as_array_mut().unwrap();
        reasons.sort_by_key(Value::to_string);
    }
}

/// Upstream names no plugin where several have narrowed the nodes, and words an error of a plugin
/// once more.
fn of_no_plugin(ours: &Value, theirs: &Value) -> Value {
    let mut ours = ours.clone();
    if theirs["plugin"] == "" && !ours.is_null() {
        ours["plugin"] = json!("");
    }
    if theirs["code"] == "Error" && ours["code"] == "Error" {
        ours["reasons"] = theirs["reasons"].clone();
    }
    ours
}

fn failure(failure: &CycleFailure) -> Value {
    json!({"plugin": failure.plugin.name(), "code": failure.code.name(), "reasons": [failure.message]})
}

fn refusal(reasons: &[Reason]) -> Value {
    let messages: Vec<&str> = reasons
        .iter()
        .map(|reason| reason.message.as_str())
        .collect();
    let (plugin, code) = reasons.first().map_or(("", ""), |first| {
        (
            first.plugin.name(),
            worst(reasons).unwrap_or(first.code.name()),
        )
    });
    let mut refusal = json!({"plugin": plugin, "code": code, "reasons": messages});
    sort_resources(&mut refusal);
    refusal
}

/// The code of several reasons together: unresolvable if one of them is.
fn worst(reasons: &[Reason]) -> Option<&'static str> {
    let codes: Vec<&str> = reasons.iter().map(|reason| reason.code.name()).collect();
    ["Error", "UnschedulableAndUnresolvable", "Unschedulable"]
        .into_iter()
        .find(|code| codes.contains(code))
}

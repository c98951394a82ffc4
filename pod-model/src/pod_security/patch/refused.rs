//! Changes that the API server does not take.

use std::cell::OnceCell;
use std::collections::{HashMap, HashSet};

use k8s_openapi::api::core::v1::{Pod, PodSpec};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use serde_json::{Value, json};

use super::level_patch::LevelPatch;
use super::places::is_index;
use crate::edit::{Edit, apply};
use crate::finding::Finding;
use crate::path::{FieldPath, Segment};
use crate::validation::validate_pod;
use crate::version::KubernetesVersion;

/// Maximum number of times that edits are looked for by the fields of the refusals.
const ROUNDS: usize = 4;

/// Maximum number of validations after that: each of them reads the whole Pod.
const TRIALS: usize = 24;

/// A finding without its indices: an item of a list may have another one after the edits.
type Old = (String, Vec<Segment>);

/// The Pod before the edits.
struct Before {
    pod: Pod,
    object: Value,
    server: KubernetesVersion,
    /// The refusals of the Pod as it is.
    found: OnceCell<HashSet<Old>>,
}

impl Before {
    /// Returns the reasons for which a server refuses the Pod after some edits, and not before.
    fn refusals(&self, edits: &[Edit]) -> Vec<Finding> {
        let mut object = self.object.clone();
        let after = apply(edits, &mut object).ok();
        let after = after.and_then(|()| serde_json::from_value::<Pod>(object).ok());
        let Some(after) = after else {
            return Vec::new();
        };
        let mut found = validate_pod(&after, self.server);
        if !found.is_empty() {
            let old = self.found.get_or_init(|| {
                let all = validate_pod(&self.pod, self.server);
                all.iter().map(without_indices).collect()
            });
            found.retain(|own| !old.contains(&without_indices(own)));
        }
        found
    }
}

fn without_indices(own: &Finding) -> Old {
    let all = own.path.segments().iter();
    let fields = all.filter(|step| !is_index(step)).cloned();
    (own.message.clone(), fields.collect())
}

/// Asks the server's validation about the Pod after the patch: what it refuses is told, and no safe edit may lead there.
///
/// A Pod may have thousands of edits: the number of validations does not grow with them.
pub(super) fn check(
    patch: &mut LevelPatch,
    metadata: &ObjectMeta,
    spec: &PodSpec,
    server: KubernetesVersion,
) {
    if patch.edits.is_empty() {
        return;
    }
    let pod = Pod {
        metadata: metadata.clone(),
        spec: Some(spec.clone()),
        status: None,
    };
    let before = Before {
        object: json!(pod),
        pod,
        server,
        found: OnceCell::new(),
    };
    patch.refused = before.refusals(&patch.chosen(true));
    let safe = safe(patch);
    let mut found = if safe.len() == patch.edits.len() {
        patch.refused.clone()
    } else if safe.is_empty() {
        return;
    } else {
        before.refusals(&edits(patch, &safe))
    };
    for _ in 0..ROUNDS {
        if found.is_empty() || !decide_by_field(patch, &found) {
            break;
        }
        found = before.refusals(&patch.chosen(false));
    }
    if !found.is_empty() {
        search(patch, &before, found);
    }
}

/// The indices of the edits that need no decision.
fn safe(patch: &LevelPatch) -> Vec<usize> {
    let all = patch.edits.iter().enumerate();
    let safe = all.filter(|(_, own)| own.decision.is_none());
    safe.map(|(at, _)| at).collect()
}

fn edits(patch: &LevelPatch, indices: &[usize]) -> Vec<Edit> {
    let all = indices.iter().map(|at| patch.edits[*at].edit.clone());
    all.collect()
}

fn refused(first: &Finding) -> String {
    let at = first.display_path.as_ref().unwrap_or(&first.path);
    format!("the API server refuses it: {} ({at})", first.message)
}

/// Leaves the edits of the refused fields to a person, and returns whether there are any.
fn decide_by_field(patch: &mut LevelPatch, found: &[Finding]) -> bool {
    let mut by_path: HashMap<FieldPath, usize> = HashMap::new();
    for at in safe(patch) {
        by_path.insert(patch.edits[at].edit.path.clone(), at);
    }
    let mut has_any = false;
    for own in found {
        let mut place = Some(own.path.clone());
        while let Some(path) = place {
            if let Some(at) = by_path.remove(&path) {
                patch.edits[at].decision = Some(refused(own));
                has_any = true;
            }
            place = path.parent();
        }
    }
    has_any
}

/// Looks for the edits that are refused where the fields do not tell: halves of them are tried, as long as there are
/// trials.
fn search(patch: &mut LevelPatch, before: &Before, mut found: Vec<Finding>) {
    let mut trials = TRIALS;
    while !found.is_empty() && trials > 0 {
        let Some((at, why)) = first_refused(patch, before, &mut trials) else {
            break;
        };
        patch.edits[at].decision = Some(why);
        trials = trials.saturating_sub(1);
        found = before.refusals(&patch.chosen(false));
    }
    let Some(first) = found.first() else {
        return;
    };
    // Several together may be what it refuses.
    let why = format!(
        "the API server refuses it beside the others: {}",
        first.message
    );
    for at in safe(patch) {
        patch.edits[at].decision = Some(why.clone());
    }
}

/// Returns an edit that is refused alone, and the reason.
fn first_refused(
    patch: &LevelPatch,
    before: &Before,
    trials: &mut usize,
) -> Option<(usize, String)> {
    let all = safe(patch);
    let mut some = all.as_slice();
    loop {
        let half = if some.len() > 1 {
            some.split_at(some.len() / 2).0
        } else {
            some
        };
        *trials = trials.checked_sub(1)?;
        let found = before.refusals(&edits(patch, half));
        match (found.first(), half) {
            (Some(first), [at]) => return Some((*at, refused(first))),
            (Some(_), _) => some = half,
            // The refused one is in the other half, if it is alone.
            (None, _) if some.len() > 1 => some = &some[half.len()..],
            (None, _) => return None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pod_security::patch::LevelEdit;

    /// A Pod of `count` containers, and the patch with one edit of each that the server refuses.
    fn checked(count: usize, edit: impl Fn(FieldPath) -> Edit) -> LevelPatch {
        let one = |at| json!({"name": format!("c{at}"), "image": "x", "ports": [{"containerPort": 1, "name": format!("p{at}")}]});
        let containers: Vec<Value> = (0..count).map(one).collect();
        let pod = json!({"metadata": {"name": "a"}, "spec": {"containers": containers}});
        let pod: Pod = serde_json::from_value(pod).unwrap();
        let spec = FieldPath::root().field("spec");
        let mut all: Vec<Edit> = (0..count)
            .map(|at| edit(spec.element("containers", at)))
            .collect();
        all.push(Edit::set(spec.field("hostNetwork"), false));
        let edits = all.into_iter().map(|edit| LevelEdit {
            edit,
            check: "x",
            decision: None,
        });
        let mut patch = LevelPatch {
            edits: edits.collect(),
            ..LevelPatch::default()
        };
        let version = KubernetesVersion::LATEST;
        check(&mut patch, &pod.metadata, &pod.spec.unwrap(), version);
        patch
    }

    #[test]
    fn edits_of_refused_fields_are_left_and_the_others_stay() {
        let patch = checked(200, |own| Edit::set(own.field("name"), "A"));
        assert_eq!(patch.chosen(false).len(), 1);
        let why = patch.edits[7].decision.clone().unwrap();
        assert!(
            why.starts_with("the API server refuses it: ") && why.contains("containers[7]"),
            "{why}"
        );
    }

    #[test]
    fn a_refusal_of_another_field_is_searched_with_few_trials() {
        // The same name of two containers is refused at the second one.
        let patch = checked(3, |own| {
            let is_first = own == FieldPath::parse("spec.containers[0]");
            let (field, value) = if is_first {
                ("name", "c2")
            } else {
                ("workingDir", "/w")
            };
            Edit::set(own.field(field), value)
        });
        let chosen: Vec<String> = patch
            .chosen(false)
            .iter()
            .map(|own| own.path.to_string())
            .collect();
        let expected = [
            "spec.containers[1].workingDir",
            "spec.containers[2].workingDir",
            "spec.hostNetwork",
        ];
        assert_eq!(chosen, expected);
    }
}

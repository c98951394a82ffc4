//! Changes that the API server does not take.

use k8s_openapi::api::core::v1::{Pod, PodSpec};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use serde_json::json;

use super::level_patch::LevelPatch;
use super::places::is_index;
use crate::edit::{Edit, apply};
use crate::finding::Finding;
use crate::path::Segment;
use crate::validation::validate_pod;
use crate::version::KubernetesVersion;

/// Returns the reasons for which a server refuses a Pod after some edits, and not before.
fn refusals(
    edits: &[Edit],
    before: &[Finding],
    pod: &Pod,
    server: KubernetesVersion,
) -> Vec<Finding> {
    let mut object = json!(pod);
    let after = apply(edits, &mut object).ok();
    let after = after.and_then(|()| serde_json::from_value::<Pod>(object).ok());
    let Some(after) = after else {
        return Vec::new();
    };
    let mut found = validate_pod(&after, server);
    // An item of a list may have another index now.
    let fields = |own: &Finding| -> Vec<Segment> {
        let all = own.path.segments().iter();
        all.filter(|step| !is_index(step)).cloned().collect()
    };
    let is_old = |own: &Finding| {
        let mut all = before.iter();
        all.any(|old| old.message == own.message && fields(old) == fields(own))
    };
    found.retain(|own| !is_old(own));
    found
}

/// Asks the server's validation about the Pod after the patch: what it refuses is told, and no safe edit may lead there.
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
    let before = validate_pod(&pod, server);
    patch.refused = refusals(&patch.chosen(true), &before, &pod, server);
    let safe = patch.chosen(false);
    if safe.is_empty() || refusals(&safe, &before, &pod, server).is_empty() {
        return;
    }
    for own in &mut patch.edits {
        if own.decision.is_some() {
            continue;
        }
        let found = refusals(std::slice::from_ref(&own.edit), &before, &pod, server);
        if let Some(first) = found.first() {
            let at = first.display_path.as_ref().unwrap_or(&first.path);
            own.decision = Some(format!(
                "the API server refuses it: {} ({at})",
                first.message
            ));
        }
    }
    // Several together may be what it refuses.
    if let Some(first) = refusals(&patch.chosen(false), &before, &pod, server).first() {
        let why = format!(
            "the API server refuses it beside the others: {}",
            first.message
        );
        let safe = patch.edits.iter_mut().filter(|own| own.decision.is_none());
        safe.for_each(|own| own.decision = Some(why.clone()));
    }
}

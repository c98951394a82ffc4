//! `-o patch`: the least patch of a target.

use pod_model::edit::{Edit, apply};
use pod_model::pod_security::patch::{Images, LevelPatch};
use pod_model::pod_security::{Level, LevelVersion, PolicyVersion};
use pod_model::{KubernetesVersion, Segment, json_merge_patch, strategic_merge_patch};
use serde_json::{Map, Value, json};

use super::super::created::{creatable, is_custom};
use super::super::policy::library;
use super::report::start_condition;
use super::subject::evaluate_created;
use crate::error::Failure;
use crate::exit::Exit;
use crate::render::to_yaml;
use crate::targets::Target;
use crate::ui::escape_line;

/// Returns the patch with which a target meets a level, the next one by default, as a document
/// for `kubectl patch --patch-file`. Comments mark the changes that a person has to decide.
/// `None`: it meets the level.
///
/// # Errors
/// A list whose items cannot be told apart.
pub(in crate::explain::security) fn patch_document(
    target: &Target,
    level: Option<Level>,
    version: PolicyVersion,
    rules: KubernetesVersion,
    images: Images<'_>,
) -> Result<Option<String>, Failure> {
    // A default is no field of the file that could be patched.
    let written = target.document.as_ref();
    let written = written.and_then(|own| own.decode_at(&target.spec_path).ok().flatten());
    let spec = creatable(written.as_ref().unwrap_or(&target.spec));
    let spec = spec.as_ref();
    let meets = |level| {
        let at = LevelVersion { level, version };
        evaluate_created(at, rules, &target.metadata, spec).is_allowed()
    };
    let level = level.unwrap_or(if meets(Level::Baseline) {
        Level::Restricted
    } else {
        Level::Baseline
    });
    if meets(level) {
        return Ok(None);
    }
    let at = LevelVersion { level, version };
    let patch = LevelPatch::of(at, library(version, rules), &target.metadata, spec, images);
    let template = target.spec_path.parent().unwrap_or_default();
    let merged = if is_custom(target) {
        whole_lists(target, template.segments(), &patch.chosen(true))
    } else {
        let object = json!({"metadata": target.metadata, "spec": spec});
        strategic_merge_patch(&patch.chosen(true), &object)
    };
    let merged = merged
        .map_err(|message| Failure::new(Exit::Failure, format!("{}: {message}", target.shown)))?;
    let mut out = header(target, at, &patch);
    if !patch.edits.is_empty() {
        out.push_str(&to_yaml(&in_owner(merged, template.segments())));
    }
    Ok(Some(out))
}

/// Returns the patch of the template of a custom resource: the API server knows no keys of its lists.
fn whole_lists(target: &Target, template: &[Segment], edits: &[Edit]) -> Result<Value, String> {
    let object = target.to_value().unwrap_or_default();
    let old = template.iter().try_fold(&object, |value, step| match step {
        Segment::Field(name) => value.get(name.as_ref()),
        Segment::Index(_) => None,
    });
    let old = old.ok_or("the object cannot be read as JSON")?;
    let mut new = old.clone();
    apply(edits, &mut new)?;
    Ok(json_merge_patch(old, &new))
}

/// Puts the patch of a Pod into the shape of its owner.
fn in_owner(patch: Value, template: &[Segment]) -> Value {
    template.iter().rev().fold(patch, |inner, segment| {
        let Segment::Field(name) = segment else {
            return inner;
        };
        let mut outer = Map::new();
        outer.insert(name.to_string(), inner);
        Value::Object(outer)
    })
}

/// The comments before a patch.
fn header(target: &Target, at: LevelVersion, patch: &LevelPatch) -> String {
    let mut lines = vec![format!("{} to {at}", target.shown)];
    let template = target.spec_path.parent().unwrap_or_default();
    let kind = target.id.kind.as_str();
    if target.is_pod() || kind == "Job" {
        lines.push(format!(
            "the API server refuses this change of a {kind} that exists: delete and create it again"
        ));
    }
    if is_custom(target) && !patch.edits.is_empty() {
        lines.push(
            "for `kubectl patch --type merge`: strategic patches are not for custom resources, so lists are whole".to_owned(),
        );
    }
    let decisions = patch.edits.iter().filter(|own| own.decision.is_some());
    for own in decisions {
        let field = template.join(&own.edit.path);
        let why = own.decision.as_deref().unwrap_or_default();
        lines.push(format!("to decide: {}: {why}", own.describe(&field)));
    }
    for own in &patch.refused {
        let place = own.display_path.as_ref().unwrap_or(&own.path);
        let field = template.join(place);
        lines.push(format!(
            "the API server refuses this patch: {} ({field})",
            own.message
        ));
    }
    if !patch.depends_on_image.is_empty() {
        lines.push(start_condition(&patch.depends_on_image));
    }
    for own in &patch.left {
        let field = template.join(&own.path);
        lines.push(format!("not in this patch: {} ({field})", own.message));
    }
    let lines = lines
        .iter()
        .map(|line| format!("# {}\n", escape_line(line)));
    lines.collect()
}

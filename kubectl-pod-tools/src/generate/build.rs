//! Turns typed flags into the object. All errors are returned at once.

use std::collections::BTreeMap;

use pod_model::pod_security::Level;
use pod_model::{FieldPath, Finding, KubernetesVersion, rules};
use serde_json::Value;

use super::draft::{Draft, TargetKind, run};
use super::flag::{ENTRYPOINT, Typed};
use super::flag_hints::help_with_flag;
use super::fragment::ValueError;
use super::history::{History, change_object, locate_error, without_place, write_flags};
use super::host_env::HostEnv;
use super::object::to_value;
use super::value::label;
use super::{contradictions, flag_conflicts, flags, profile};
use crate::render::LocatedFinding;
use crate::submit::clean;

/// Warnings at most: nobody reads more, and each is located by itself.
const MAX_WARNINGS: usize = 100;

/// A request for an object.
pub(crate) struct GenerateRequest {
    pub target_kind: TargetKind,
    /// Name, or `None` with `--generate-name`.
    pub name: Option<String>,
    pub(super) typed: Vec<Typed>,
    /// Words after `--`.
    pub arguments: Vec<String>,
    /// Set if it will be attached to: its program must end, and its input ends with ours.
    pub attached: bool,
    /// Inputs of flags beside their values.
    pub host_env: HostEnv,
}

/// A generated object.
pub(crate) struct Generated {
    /// The object, in the API's conventional order.
    pub object: Value,
    /// Warnings for the user.
    pub notes: Vec<String>,
    /// Warnings about flags.
    pub warnings: Vec<LocatedFinding>,
    history: History,
}

/// Writes the flags into the base, one after the other. The run checks the object by the rules of
/// the API.
///
/// # Errors
/// All errors in the flags and their values.
pub(crate) fn generate(
    request: &GenerateRequest,
    version: KubernetesVersion,
    base: Option<Draft>,
) -> Result<Generated, Vec<LocatedFinding>> {
    let typed = &request.typed;
    let mut start = base.unwrap_or_else(|| Draft::new(request.target_kind));
    start.arguments.clone_from(&request.arguments);
    start.host_env = request.host_env.clone();
    name(&mut start, request.name.as_deref());
    let locate = |(at, error): (usize, ValueError)| locate_error(&typed[at], error);

    let mut errors = flag_conflicts::check(typed, &request.arguments);
    let written = write_flags(&start, typed);
    errors.extend(written.errors.into_iter().map(locate));
    let mut draft = written.state;
    if request.attached {
        attached(&mut draft);
    }
    let has_entrypoint = typed.iter().any(|t| t.flag.name == ENTRYPOINT);
    finish(&mut draft, has_entrypoint);
    draft.labels_at_the_end = labels_at_the_end(&draft, typed);
    let mut late = flags::write_dependent_fields(&mut draft);

    let finished = to_value(&draft);
    let changed = change_object(&finished, typed);
    errors.extend(changed.errors.into_iter().map(locate));
    let mut object = changed.state;
    if let Some(level) = draft.profile.filter(|level| *level != Level::Privileged) {
        let outcome = profile::meet(level, version, request.target_kind, &mut object);
        late.extend(outcome.findings);
        let notes = outcome.notes.into_iter().map(str::to_owned);
        draft.notes.extend(notes);
    }
    if !has_image(&object) && errors.is_empty() {
        let finding = Finding::new(&rules::FLAG_MISSING, FieldPath::root(), "no image given");
        errors.push(without_place(finding.help("use --image nginx:1.29")));
    }
    let warnings = contradictions::find(request.target_kind, &object, version);
    let object = clean(&object, &object);
    let mut generated = Generated {
        object,
        notes: draft.notes,
        warnings: Vec::new(),
        history: History::new(typed, start, written.steps, finished, changed.steps),
    };
    errors.extend(generated.locate(late));
    if !errors.is_empty() {
        return Err(errors);
    }
    // A warning about what no flag wrote is about the copied object.
    let located = warnings
        .into_iter()
        .filter_map(|finding| generated.locate_warning(finding));
    generated.warnings = located.take(MAX_WARNINGS).collect();
    Ok(generated)
}

/// Returns the labels of the Pods after `--set` and `--overrides`, or `None` without such flags.
/// Errors in them are reported when they are written for good.
fn labels_at_the_end(draft: &Draft, typed: &[Typed]) -> Option<BTreeMap<String, String>> {
    if typed.iter().all(|typed| typed.flag.change.is_none()) {
        return None;
    }
    let object = change_object(&to_value(draft), typed).state;
    let labels = match draft.target_kind {
        TargetKind::Pod => object.pointer("/metadata/labels"),
        TargetKind::Job => object.pointer("/spec/template/metadata/labels"),
    };
    serde_json::from_value(labels?.clone()).ok()
}

/// Prepares the container to be attached to, as `kubectl run --attach` does. A container that is
/// restarted would have no final exit code.
fn attached(draft: &mut Draft) {
    draft
        .pod
        .restart_policy
        .get_or_insert_with(|| "Never".to_owned());
    let main = draft.container();
    if main.stdin == Some(true) {
        main.stdin_once = Some(true);
    }
}

fn name(draft: &mut Draft, name: Option<&str>) {
    let Some(name) = name else { return };
    draft.meta.name = Some(name.to_owned());
}

/// Names the main container after the object. Its name is a DNS label; an object's name may have
/// dots.
fn name_main(draft: &mut Draft) {
    let meta = &draft.meta;
    let name = meta.name.as_deref().or(meta.generate_name.as_deref());
    let name = label(name.unwrap_or_default());
    let main = draft.container();
    if main.name.is_empty() {
        main.name = name;
    }
}

/// Writes required fields that no flag sets.
fn finish(draft: &mut Draft, has_entrypoint: bool) {
    name_main(draft);
    let arguments = std::mem::take(&mut draft.arguments);
    let is_command = draft.is_command || draft.target_kind == TargetKind::Job && !has_entrypoint;
    run(draft.container(), arguments, is_command);
    flags::write_restart_policies(draft);
    if draft.target_kind == TargetKind::Job {
        // Failed Pods are kept with their logs.
        draft
            .pod
            .restart_policy
            .get_or_insert_with(|| "Never".to_owned());
    }
}

/// Returns whether the main container has an image.
fn has_image(object: &Value) -> bool {
    [
        "/spec/containers/0/image",
        "/spec/template/spec/containers/0/image",
    ]
    .iter()
    .any(|path| object.pointer(path).is_some())
}

impl Generated {
    /// Returns the errors that the API would report, at the flags that cause them.
    #[cfg(test)]
    pub(super) fn problems(&self, version: KubernetesVersion) -> Vec<LocatedFinding> {
        let text = crate::render::to_yaml(&self.object);
        let manifest = pod_model::manifest::read("the object", text.into_bytes());
        let Some(document) = manifest.documents.first() else {
            return Vec::new();
        };
        let mut findings = crate::input::problems(document, version);
        let is_error = |finding: &Finding| finding.severity == pod_model::Severity::Error;
        // Errors of the schema would cause many others.
        if !findings.iter().any(is_error) {
            findings.extend(pod_model::validation::check(document, version));
        }
        findings.retain(is_error);
        self.locate(findings)
    }

    /// Locates findings at the flags that wrote their fields, or without a place.
    fn locate(&self, findings: Vec<Finding>) -> Vec<LocatedFinding> {
        let findings = findings.into_iter();
        findings
            .map(|finding| self.locate_finding(finding))
            .collect()
    }

    /// Locates a warning at the flag that wrote its field, or else a related one. No message
    /// quotes a part of a value from --env-file, which may be a password.
    fn locate_warning(&self, mut finding: Finding) -> Option<LocatedFinding> {
        let related = std::mem::take(&mut finding.related_paths).into_iter();
        let paths = [finding.path.clone()];
        let mut paths = paths.into_iter().chain(related.map(|related| related.path));
        let located = paths.find_map(|path| {
            finding.path = path;
            self.history.attribute(&finding)
        })?;
        let flag = located.source.as_ref()?.text();
        (!flag.contains("env-file")).then_some(located)
    }

    /// Locates a finding at the flag that wrote its field, or without a place if none did.
    pub(crate) fn locate_finding(&self, mut finding: Finding) -> LocatedFinding {
        finding.help = help_with_flag(&finding);
        if let Some(located) = self.history.attribute(&finding) {
            return located;
        }
        let name = FieldPath::root().field("metadata").field("name");
        if finding.id() == rules::REFUSED_BY_SERVER.id && finding.path == name {
            // A refusal without causes is about the whole object, which its message names.
            finding.path = FieldPath::root();
        }
        without_place(finding)
    }
}

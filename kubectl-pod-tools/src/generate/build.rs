//! Turns typed flags into the object. All errors are returned at once.

use pod_model::pod_security::Level;
use pod_model::{FieldPath, Finding, KubernetesVersion, Source, Span, rules};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use super::draft::{Draft, TargetKind, run};
use super::flag::{ENTRYPOINT, Typed};
use super::flag_hints::help_with_flag;
use super::fragment::{Fragment, ValueError};
use super::host_env::HostEnv;
use super::origins::Origins;
use super::value::label;
use super::{flag_conflicts, flags, profile};
use crate::render::LocatedFinding;
use crate::submit::clean;

/// A request for an object.
pub(crate) struct GenerateRequest {
    pub target_kind: TargetKind,
    /// Name, or `None` with `--generate-name`.
    pub name: Option<String>,
    pub(super) typed: Vec<Typed>,
    /// Words after `--`.
    pub arguments: Vec<String>,
    /// Whether it will be attached to: its program must end, and its input ends with ours.
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
    origins: Origins,
    typed: Vec<Typed>,
}

/// Writes the flags into the base, one after the other. The run checks the object by the
/// rules of the API.
///
/// # Errors
/// All errors in the flags and their values.
pub(crate) fn generate(
    request: &GenerateRequest,
    version: KubernetesVersion,
    base: Option<Draft>,
) -> Result<Generated, Vec<LocatedFinding>> {
    let mut draft = base.unwrap_or_else(|| Draft::new(request.target_kind));
    draft.arguments.clone_from(&request.arguments);
    draft.host_env = request.host_env.clone();
    name(&mut draft, request.name.as_deref());
    let mut origins = Origins::default();
    let mut wrong = flag_conflicts::check(&request.typed, &request.arguments);
    let mut before = to_value(&draft);
    for (number, typed) in request.typed.iter().enumerate() {
        // An invalid flag must not leave anything half written.
        let mut written = draft.clone();
        if let Err(error) = (typed.flag.write)(&mut written, Fragment::whole(&typed.text)) {
            wrong.push(locate_error(typed, error));
            continue;
        }
        draft = written;
        let after = to_value(&draft);
        origins.note(number, &before, &after);
        before = after;
    }
    let has_entrypoint = request.typed.iter().any(|t| t.flag.name == ENTRYPOINT);
    if request.attached {
        attached(&mut draft);
    }
    finish(&mut draft, has_entrypoint);
    draft.labels_at_the_end = labels_at_the_end(&draft, &request.typed);
    let mut late = flags::write_dependent_fields(&mut draft);
    let mut object = to_value(&draft);
    for (number, typed) in request.typed.iter().enumerate() {
        let Some(change) = typed.flag.change else {
            continue;
        };
        let before = object.clone();
        match change(&mut object, Fragment::whole(&typed.text)) {
            Ok(()) => origins.note(number, &before, &object),
            Err(error) => wrong.push(locate_error(typed, error)),
        }
    }
    if let Some(level) = draft.profile.filter(|level| *level != Level::Privileged) {
        let outcome = profile::meet(level, version, request.target_kind, &mut object);
        late.extend(outcome.findings);
        draft
            .notes
            .extend(outcome.notes.into_iter().map(str::to_owned));
    }
    if !has_image(&object) && wrong.is_empty() {
        wrong.push(LocatedFinding {
            finding: Finding::new(&rules::FLAG_MISSING, FieldPath::root(), "no image given")
                .help("use --image nginx:1.29"),
            source: None,
            object: String::new(),
        });
    }
    let generated = Generated {
        object: clean(&object, &object),
        notes: draft.notes,
        origins,
        typed: request.typed.clone(),
    };
    wrong.extend(
        late.into_iter()
            .map(|finding| generated.locate_finding(finding)),
    );
    if !wrong.is_empty() {
        return Err(wrong);
    }
    Ok(generated)
}

/// Returns the labels of the Pods after `--set` and `--overrides`, or `None` without such flags.
/// Errors in them are reported when they are written for good.
fn labels_at_the_end(draft: &Draft, typed: &[Typed]) -> Option<BTreeMap<String, String>> {
    let mut changes = typed
        .iter()
        .filter_map(|typed| Some((typed.flag.change?, typed)))
        .peekable();
    changes.peek()?;
    let mut object = to_value(draft);
    for (change, typed) in changes {
        let mut written = object.clone();
        if change(&mut written, Fragment::whole(&typed.text)).is_ok() {
            object = written;
        }
    }
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

/// Whether the main container has an image.
fn has_image(object: &Value) -> bool {
    [
        "/spec/containers/0/image",
        "/spec/template/spec/containers/0/image",
    ]
    .iter()
    .any(|path| object.pointer(path).is_some())
}

/// Returns the object in the API's form.
fn to_value(draft: &Draft) -> Value {
    let value = |fragment: Result<Value, serde_json::Error>| fragment.unwrap_or_default();
    let pod = value(serde_json::to_value(&draft.pod));
    let metadata = value(serde_json::to_value(&draft.meta));
    match draft.target_kind {
        TargetKind::Pod => json!({
            "apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": pod,
        }),
        TargetKind::Job => {
            let mut job = value(serde_json::to_value(&draft.job));
            let labels = value(serde_json::to_value(&draft.template));
            let template = match labels.as_object() {
                Some(map) if !map.is_empty() => json!({ "spec": pod, "metadata": labels }),
                _ => json!({ "spec": pod }),
            };
            if let Some(job) = job.as_object_mut() {
                job.insert("template".to_owned(), template);
            }
            json!({
                "apiVersion": "batch/v1", "kind": "Job", "metadata": metadata, "spec": job,
            })
        }
    }
}

impl Generated {
    /// Returns what the API would refuse, at the flags that wrote it.
    #[cfg(test)]
    pub(super) fn problems(&self, version: KubernetesVersion) -> Vec<LocatedFinding> {
        let text = crate::render::to_yaml(&self.object);
        let manifest = pod_model::manifest::read("the object", text.into_bytes());
        let Some(document) = manifest.documents.first() else {
            return Vec::new();
        };
        let mut findings = crate::input::problems(document, version);
        // Errors of the schema would cause many others.
        if findings
            .iter()
            .all(|finding| finding.severity != pod_model::Severity::Error)
        {
            findings.extend(pod_model::validation::check(document, version));
        }
        let errors = findings.into_iter();
        errors
            .filter(|finding| finding.severity == pod_model::Severity::Error)
            .map(|finding| self.locate_finding(finding))
            .collect()
    }

    /// Returns a finding at the flag that wrote the field, or without a place if no flag did.
    pub(crate) fn locate_finding(&self, mut finding: Finding) -> LocatedFinding {
        finding.help = help_with_flag(&finding);
        if let Some(located) = self.attribute_to_flag(&finding) {
            return located;
        }
        if finding.path == FieldPath::root().field("metadata").field("name") {
            // The name is typed without a flag, and the message repeats it.
            finding.path = FieldPath::root();
        }
        LocatedFinding {
            finding: finding.at(None),
            source: None,
            object: String::new(),
        }
    }

    /// Returns a finding at the flag that wrote the field, or `None` if no flag did.
    fn attribute_to_flag(&self, finding: &Finding) -> Option<LocatedFinding> {
        let flag = *self.origins.of(&finding.path).first()?;
        let typed = self.typed.get(flag)?;
        let locate = typed.flag.locate;
        let range = locate.and_then(|locate| locate(Fragment::whole(&typed.text), &finding.path));
        let range = range.unwrap_or(0..typed.text.len());
        let mut placed = place(typed, range, finding.clone());
        if placed.finding.label.is_none() {
            placed.finding.label = Some(finding.path.to_string());
        }
        if placed.finding.help.is_none() {
            placed.finding.help = example(typed);
        }
        Some(placed)
    }
}

fn locate_error(typed: &Typed, error: ValueError) -> LocatedFinding {
    if let Some((source, span)) = error.in_file {
        let mut finding = Finding::new(&rules::FLAG_VALUE, FieldPath::root(), error.message)
            .at(Some(source.location(span)));
        finding.help = error.help;
        return LocatedFinding {
            finding,
            source: Some(source),
            object: String::new(),
        };
    }
    let mut finding = Finding::new(&rules::FLAG_VALUE, FieldPath::root(), error.message);
    finding.help = error.help.or_else(|| example(typed));
    place(typed, error.range, finding)
}

fn example(typed: &Typed) -> Option<String> {
    typed.flag.value?;
    Some(format!("for example: {}", typed.flag.example_words()))
}

/// Locates a finding at a part of the typed flag.
fn place(typed: &Typed, range: Range<usize>, mut finding: Finding) -> LocatedFinding {
    let flag = typed.flag.typed();
    let (text, span) = match typed.flag.value {
        Some(_) => {
            let start = flag.len() + 1;
            let span = Span::new(start + range.start, start + range.end);
            (format!("{flag} {}", typed.text), span)
        }
        // A switch is underlined as a whole.
        None => {
            let span = Span::new(0, flag.len());
            (flag, span)
        }
    };
    let source = Arc::new(Source::new("command line", text));
    finding.location = Some(source.location(span));
    LocatedFinding {
        finding,
        source: Some(source),
        object: String::new(),
    }
}

//! `env`: one variable after the other.

use k8s_openapi::api::core::v1::EnvVar as SpecVar;
use pod_model::rules::Rule;
use pod_model::validation::{validate_env_name, validate_env_source};
use pod_model::{ContainerType, FieldPath, Finding, rules};

use super::builder::{Builder, Draft};
use super::context::shown_name;
use super::references::Place;
use super::value::Value;
use crate::report::{Source, SourceKind, Status};
use crate::subject::{Controller, Stage};

/// Upstream: `completionIndexEnvName` in pkg/controller/job, and
/// `JobCompletionIndexAnnotation` in k8s.io/api/batch/v1.
const COMPLETION_INDEX: &str = "JOB_COMPLETION_INDEX";
const COMPLETION_INDEX_FIELD: &str = "metadata.labels['batch.kubernetes.io/job-completion-index']";
/// The same value, which the controller has set in every version.
pub(super) const COMPLETION_INDEX_ANNOTATION: &str =
    "metadata.annotations['batch.kubernetes.io/job-completion-index']";

impl Builder<'_> {
    /// Adds one entry of `env`.
    pub(super) fn env(&mut self, i: usize, variable: &SpecVar) {
        self.check_name(i, variable);
        self.check_duplicate(i, variable);
        let text = variable.value.as_deref().unwrap_or_default();
        match &variable.value_from {
            // The kubelet reads `valueFrom` only if `value` is empty.
            Some(source) if text.is_empty() => self.value_from(i, variable, source),
            _ => {
                self.check_source(i, variable);
                self.literal(i, variable, text);
            }
        }
    }

    fn literal(&mut self, i: usize, variable: &SpecVar, text: &str) {
        let expanded = self.expand(text, Place::Env(i));
        let mut draft = Draft::new(
            &variable.name,
            expanded.value,
            Source::new(SourceKind::Literal),
        )
        .status(expanded.status)
        .path(self.env_path(i));
        draft.raw = Some(text.to_owned());
        draft.references = expanded.references;
        draft.service_references = expanded.service_references;
        self.define(draft);
    }

    fn check_name(&mut self, i: usize, variable: &SpecVar) {
        let version = self.context.options.version;
        let path = self.env_path(i).field("name");
        let refused = validate_env_name(&variable.name, version, &path);
        self.refuse(refused, &rules::INVALID_NAME, &path);
    }

    /// Checks that the value has one source.
    pub(super) fn check_source(&mut self, i: usize, variable: &SpecVar) {
        let version = self.context.options.version;
        let path = self.env_path(i).field("valueFrom");
        let refused = validate_env_source(variable, version, &path);
        self.refuse(refused, &rules::INVALID_SOURCE, &path);
    }

    /// Adds findings of the API server's validation under a rule and at a path of the
    /// environment.
    pub(super) fn refuse(&mut self, refused: Vec<Finding>, rule: &'static Rule, path: &FieldPath) {
        self.findings.extend(refused.into_iter().map(|mut finding| {
            finding.judge_by(rule);
            finding.path = path.clone();
            finding.display_path = None;
            finding
        }));
    }

    /// Warns of two entries of one name. They are allowed, and the last one counts, but
    /// that is rarely intended.
    fn check_duplicate(&mut self, i: usize, variable: &SpecVar) {
        if variable.name.is_empty() {
            return;
        }
        let Some(first) = self.own_names.before(i, &variable.name) else {
            return;
        };
        let name = shown_name(variable);
        let message = format!("`{name}` is set twice; the last value counts");
        self.findings.push(
            Finding::new(
                &rules::DUPLICATE_NAME,
                self.env_path(i).field("name"),
                message,
            )
            .help("remove one of the two; server-side apply refuses duplicates")
            .related_path("first set here", self.env_path(first).field("name")),
        );
    }

    /// Adds the variable that the Job controller gives to the Pods of an indexed Job.
    pub(super) fn completion_index(&mut self) {
        if !self.is_added_by_job(COMPLETION_INDEX) {
            return;
        }
        let source = Source::new(SourceKind::Field).path(COMPLETION_INDEX_FIELD);
        let value = Value::unknown("the Pod's completion index, set by the Job controller");
        self.define(Draft::new(COMPLETION_INDEX, value, source).status(Status::Runtime));
    }

    /// Returns whether the Job controller appends a variable of this name to `env`.
    ///
    /// Upstream: `addCompletionIndexEnvVariables` in pkg/controller/job, which leaves
    /// a container that has the variable as it is.
    pub(super) fn is_added_by_job(&self, name: &str) -> bool {
        let subject = self.context.subject;
        name == COMPLETION_INDEX
            && matches!(subject.controller, Controller::IndexedJob { .. })
            && subject.stage != Stage::Live
            && self.container.container_type != ContainerType::Ephemeral
            && self.container.env.iter().all(|v| v.name != name)
    }
}

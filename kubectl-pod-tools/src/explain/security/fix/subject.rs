//! The Pods and Pod templates of a file.

use k8s_openapi::api::core::v1::{Pod, PodSpec};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use pod_model::kinds::group_of;
use pod_model::pod_security::patch::LevelPatch;
use pod_model::pod_security::{Evaluation, LevelVersion, evaluate};
use pod_model::{Document, FieldPath, KubernetesVersion, defaults};

use crate::cluster::object_name;
use crate::targets::template_path;

/// A Pod or a Pod template of a file, as it is written.
pub(super) struct Subject<'a> {
    pub document: &'a Document,
    /// Its name in messages.
    pub shown: String,
    /// Path of the Pod in the object.
    pub template: FieldPath,
    pub metadata: ObjectMeta,
    pub spec: PodSpec,
}

/// An object that cannot be read as a Pod.
pub(super) struct Unreadable {
    pub place: String,
    pub message: String,
}

/// Returns what a file has, in its order.
pub(super) fn subjects(documents: &[Document]) -> (Vec<Subject<'_>>, Vec<Unreadable>) {
    let (mut all, mut unreadable) = (Vec::new(), Vec::new());
    for document in documents {
        let Some(template) = template_path(document) else {
            continue;
        };
        let metadata = document.decode_at::<ObjectMeta>(&template.field("metadata"));
        let spec = document.decode_at::<PodSpec>(&template.field("spec"));
        match (metadata, spec) {
            (Ok(metadata), Ok(Some(spec))) => all.push(Subject {
                document,
                shown: shown(document),
                template,
                metadata: metadata.unwrap_or_default(),
                spec,
            }),
            (_, Ok(None)) => unreadable.push(Unreadable {
                place: document
                    .location(document.find_nearest(&template).span())
                    .to_string(),
                message: format!("{} has no `{}`", shown(document), template.field("spec")),
            }),
            (Err(error), _) | (_, Err(error)) => unreadable.push(Unreadable {
                place: document.location(error.span).to_string(),
                message: format!("{}: {}", error.path, error.message),
            }),
        }
    }
    (all, unreadable)
}

fn shown(document: &Document) -> String {
    let group = group_of(document.api_version().unwrap_or(""));
    let kind = document.kind().unwrap_or("");
    object_name(group, kind, document.name().unwrap_or(""))
}

impl Subject<'_> {
    /// Returns the least change with which it meets a level.
    pub(super) fn patch(&self, at: LevelVersion, rules: KubernetesVersion) -> LevelPatch {
        LevelPatch::of(at, rules, &self.metadata, &self.spec)
    }

    /// Returns the answer about the Pod with the defaults that it gets.
    pub(super) fn evaluate(&self, at: LevelVersion, rules: KubernetesVersion) -> Evaluation {
        evaluate_created(at, rules, &self.metadata, &self.spec)
    }
}

/// Returns the answer about a Pod with the defaults that it gets.
pub(super) fn evaluate_created(
    at: LevelVersion,
    rules: KubernetesVersion,
    metadata: &ObjectMeta,
    spec: &PodSpec,
) -> Evaluation {
    let mut pod = Pod {
        spec: Some(spec.clone()),
        ..Pod::default()
    };
    defaults::created_pod(&mut pod, rules);
    evaluate(at, rules, metadata, &pod.spec.unwrap_or_default())
}

//! The Pods and Pod templates of a file.

use k8s_openapi::api::core::v1::{Pod, PodSpec};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use pod_model::kinds::{by_kind, group_of, has_built_in_group};
use pod_model::pod_security::patch::LevelPatch;
use pod_model::pod_security::{Evaluation, LevelVersion, evaluate};
use pod_model::schema_check::check_pod_template;
use pod_model::security::ImageUser;
use pod_model::{ContainerView, Document, FieldPath, KubernetesVersion, defaults};

use super::super::created::creatable;
use super::super::policy::library;
use crate::cluster::object_name;
use crate::explain::image_config::ImageConfigs;
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
    /// True for a kind that is not Kubernetes' own.
    pub is_custom: bool,
}

/// A place of a file, and what is wrong there.
pub(super) struct Remark {
    pub place: String,
    pub message: String,
    /// True for a value that has not the type of its field.
    pub is_of_schema: bool,
}

/// The objects of a file.
#[derive(Default)]
pub(super) struct Subjects<'a> {
    pub found: Vec<Subject<'a>>,
    /// Objects that cannot be read as a Pod.
    pub unreadable: Vec<Remark>,
    /// Custom resources that only resemble one with a Pod template.
    pub foreign: Vec<Remark>,
}

/// Returns what a file has, in its order.
pub(super) fn subjects(documents: &[Document], rules: KubernetesVersion) -> Subjects<'_> {
    let mut all = Subjects::default();
    for document in documents {
        let is_custom = is_custom(document);
        if is_custom && let Some(remark) = foreign(document, rules) {
            all.foreign.push(remark);
            continue;
        }
        let Some(template) = template_path(document) else {
            continue;
        };
        let metadata = document.decode_at::<ObjectMeta>(&template.field("metadata"));
        let spec = document.decode_at::<PodSpec>(&template.field("spec"));
        match (metadata, spec) {
            (Ok(metadata), Ok(Some(spec))) => all.found.push(Subject {
                document,
                shown: shown(document),
                template,
                metadata: metadata.unwrap_or_default(),
                spec,
                is_custom,
            }),
            (_, Ok(None)) => all.unreadable.push(Remark {
                place: document
                    .location(document.find_nearest(&template).span())
                    .to_string(),
                message: format!("{} has no `{}`", shown(document), template.field("spec")),
                is_of_schema: false,
            }),
            (Err(error), _) | (_, Err(error)) => all.unreadable.push(Remark {
                place: document.location(error.span).to_string(),
                message: format!("{}: {}", error.path, error.message),
                is_of_schema: true,
            }),
        }
    }
    all
}

fn is_custom(document: &Document) -> bool {
    let (api_version, kind) = (document.api_version(), document.kind());
    let (api_version, kind) = (api_version.unwrap_or(""), kind.unwrap_or(""));
    by_kind(api_version, kind).is_none() && !has_built_in_group(group_of(api_version))
}

/// Returns the reason why a custom resource is no object with a Pod template, although it has
/// containers where those have them: the template of a Knative Service has fields of its own.
fn foreign(document: &Document, rules: KubernetesVersion) -> Option<Remark> {
    let usual = ["spec.template", "spec.jobTemplate.spec.template"];
    let usual = usual.into_iter().map(FieldPath::parse);
    let mut usual = usual.filter(|path| {
        let containers = path.field("spec").field("containers").index(0);
        document.find(&containers).is_some()
    });
    let template = usual.next()?;
    let findings = check_pod_template(document, &template, rules);
    let first = findings.first()?;
    let place = first.location.as_ref().map(ToString::to_string);
    Some(Remark {
        place: place.unwrap_or_default(),
        message: format!(
            "{} is left as it is: its `{template}` is not a Pod template: {}",
            shown(document),
            first.message
        ),
        is_of_schema: false,
    })
}

fn shown(document: &Document) -> String {
    let group = group_of(document.api_version().unwrap_or(""));
    let kind = document.kind().unwrap_or("");
    object_name(group, kind, document.name().unwrap_or(""))
}

impl Subject<'_> {
    /// Returns the least change with which it meets a level.
    pub(super) fn patch(
        &self,
        at: LevelVersion,
        rules: KubernetesVersion,
        images: &ImageConfigs,
    ) -> LevelPatch {
        let user = |own: &ContainerView<'_>| {
            let config = images.of(own.name);
            config.map_or(ImageUser::Unknown, |own| ImageUser::parse(own.user()))
        };
        let server = library(at.version, rules);
        LevelPatch::of(at, server, &self.metadata, &creatable(&self.spec), &user)
    }

    /// Returns whether it has ephemeral containers: a Pod that is created from the file has none.
    pub(super) fn has_ephemeral(&self) -> bool {
        let all = self.spec.ephemeral_containers.as_ref();
        all.is_some_and(|all| !all.is_empty())
    }

    /// Returns the answer about the Pod with the defaults that it gets.
    pub(super) fn evaluate(&self, at: LevelVersion, rules: KubernetesVersion) -> Evaluation {
        evaluate_created(at, rules, &self.metadata, &creatable(&self.spec))
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
    let server = library(at.version, rules);
    evaluate(at, server, metadata, &pod.spec.unwrap_or_default())
}

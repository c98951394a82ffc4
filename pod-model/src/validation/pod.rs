//! Pods and Pod templates as a whole.
//!
//! Upstream: `ValidatePodCreate`, `ValidatePodTemplateSpec` in `k8s.io/kubernetes/pkg/apis/core/validation`.

use k8s_openapi::api::core::v1::{Pod, PodSpec, PodTemplateSpec};

use super::annotations::{self, Annotations};
use super::containers::{APP, Containers, EPHEMERAL, INIT};
use super::errors::Errors;
use super::path::Path;
use super::pod_spec::pod_spec;
use super::{container, metadata, prepare, profiles, selectors};
use crate::defaults;
use crate::finding::Finding;
use crate::path::FieldPath;
use crate::version::KubernetesVersion;

/// Returns the findings for a Pod that a server of this version refuses to create though
/// its schema allows it. The Pod is given without defaults.
///
/// The rules are those of the version, with the feature gates that it has on by
/// default.
pub fn validate_pod(pod: &Pod, version: KubernetesVersion) -> Vec<Finding> {
    validated_pod(pod.clone(), version)
}

/// Returns a Pod as a server of this version validates and stores it: with its defaults,
/// without the fields whose feature gates are off by default. The Pod is given without
/// defaults; its status is left out.
pub fn prepared_pod(pod: Pod, version: KubernetesVersion) -> Pod {
    prepare::pod(pod, version)
}

/// Returns a Pod template as a server of this version stores it, and as its admission sees it: with its defaults,
/// without the fields whose feature gates are off by default. The template is given without defaults.
pub fn stored_template(
    mut template: PodTemplateSpec,
    version: KubernetesVersion,
) -> PodTemplateSpec {
    defaults::pod_template_spec(&mut template, version);
    prepare::annotations(template.metadata.get_or_insert_default());
    prepare::template(template.spec.get_or_insert_default(), version);
    template
}

/// As [`validate_pod`], of one that nobody needs afterwards.
pub(super) fn validated_pod(pod: Pod, version: KubernetesVersion) -> Vec<Finding> {
    prepared_pod_findings(&prepared_pod(pod, version), version)
}

/// As [`validate_pod`], of a Pod that [`prepared_pod`] has made.
pub(crate) fn prepared_pod_findings(pod: &Pod, version: KubernetesVersion) -> Vec<Finding> {
    let mut errors = Errors::default();
    let root = FieldPath::root();
    let root = Path::base(&root);
    let none = Annotations::new();
    let annotations = pod.metadata.annotations.as_ref().unwrap_or(&none);
    let default = PodSpec::default();
    let spec = pod.spec.as_ref().unwrap_or(&default);
    let containers = Containers::of(spec);
    let path = root.field("spec");

    let at = root.field("metadata");
    metadata::object_meta(&pod.metadata, version, &at, &mut errors);
    let at = at.field("annotations");
    annotations::annotations(annotations, spec, &containers, &at, &at, &mut errors);
    pod_spec(
        spec,
        Some(&pod.metadata),
        &containers,
        version,
        &path,
        &mut errors,
    );
    tokens_without_account(spec, &path, &mut errors);
    for kind in [APP, INIT] {
        let list = path.field(kind);
        for (i, own) in containers.of_kind(kind) {
            container::only_for_pod(own, &list.index(i), &mut errors);
        }
    }
    if containers.of_kind(EPHEMERAL).next().is_some() {
        errors
            .forbidden(
                &path.field(EPHEMERAL),
                "a Pod cannot be created with ephemeral containers",
            )
            .help("add them to the running Pod with `kubectl debug`");
    }
    let gates = spec.scheduling_gates.as_deref().unwrap_or_default();
    if !gates.is_empty()
        && spec
            .node_name
            .as_deref()
            .is_some_and(|name| !name.is_empty())
    {
        errors
            .forbidden(
                &path.field("nodeName"),
                "cannot combine `nodeName` and scheduling gates",
            )
            .help("remove `nodeName` or the gates");
    }
    profiles::annotations_match(annotations, spec, &containers, &path, &mut errors);
    errors.into_findings()
}

/// Returns the findings for a Pod template at `path`, in any object, that a server of this
/// version refuses. The template is given without defaults.
///
/// The rules are those of the version, with the feature gates that it has on by
/// default.
pub fn validate_template(
    template: &PodTemplateSpec,
    path: &FieldPath,
    version: KubernetesVersion,
) -> Vec<Finding> {
    let mut template = template.clone();
    defaults::pod_template_spec(&mut template, version);
    let mut errors = Errors::default();
    prepared_template(&mut template, version, &Path::base(path), &mut errors);
    errors.into_findings()
}

/// As [`validate_template`], of one that has its defaults.
pub(super) fn prepared_template(
    template: &mut PodTemplateSpec,
    version: KubernetesVersion,
    path: &Path<'_>,
    errors: &mut Errors,
) {
    let metadata = template.metadata.get_or_insert_default();
    prepare::annotations(metadata);
    let none = Annotations::new();
    let annotations = metadata.annotations.as_ref().unwrap_or(&none);
    let spec = template.spec.get_or_insert_default();
    prepare::template(spec, version);
    let spec = &*spec;
    let containers = Containers::of(spec);
    // Upstream leaves the `metadata` out of these paths.
    let at = path.field("metadata");
    selectors::labels(
        metadata.labels.as_ref(),
        &path.field("labels"),
        &at.field("labels"),
        errors,
    );
    let (named, at) = (path.field("annotations"), at.field("annotations"));
    metadata::annotations(annotations, &named, &at, errors);
    annotations::annotations(annotations, spec, &containers, &named, &at, errors);
    let path = path.field("spec");
    pod_spec(spec, None, &containers, version, &path, errors);
    profiles::annotations_match(annotations, spec, &containers, &path, errors);
    if containers.of_kind(EPHEMERAL).next().is_some() {
        errors
            .forbidden(
                &path.field(EPHEMERAL),
                "a template cannot have ephemeral containers",
            )
            .help("add them to a running Pod with `kubectl debug`");
    }
}

/// A token is one of an account.
fn tokens_without_account(spec: &PodSpec, path: &Path<'_>, errors: &mut Errors) {
    if spec
        .service_account_name
        .as_deref()
        .is_some_and(|name| !name.is_empty())
    {
        return;
    }
    let list = path.field("volumes");
    for (i, volume) in spec.volumes.iter().flatten().enumerate() {
        let path = list.index(i);
        let path = path.field("projected");
        let path = path.field("sources");
        let sources = volume
            .projected
            .as_ref()
            .and_then(|own| own.sources.as_ref());
        for (i, source) in sources.into_iter().flatten().enumerate() {
            if source.service_account_token.is_some() {
                let path = path.index(i);
                errors
                    .forbidden(
                        &path.field("serviceAccountToken"),
                        "a ServiceAccount token requires `serviceAccountName`",
                    )
                    .help("set `serviceAccountName`");
            }
        }
    }
}

//! The selector of a Job and the labels of its Pods, which the server makes up
//! unless `manualSelector` is set.
//!
//! Upstream: `generateSelector` in
//! `k8s.io/kubernetes/pkg/registry/batch/job`, `validateGeneratedSelector` and
//! `ValidateJobSpec` in `…/pkg/apis/batch/validation`.

use k8s_openapi::api::batch::v1::JobSpec;

use super::errors::{Errors, quoted};
use super::path::Path;
use super::selectors::{self, Labels};

const CONTROLLER: &str = "batch.kubernetes.io/controller-uid";
const LABELS: [(&str, Source); 4] = [
    ("controller-uid", Source::Uid),
    ("job-name", Source::Name),
    (CONTROLLER, Source::Uid),
    ("batch.kubernetes.io/job-name", Source::Name),
];
/// Stands for the UID that the server will give: nobody can have written it.
const UID: &str = "00000000-0000-0000-0000-000000000000";

#[derive(Clone, Copy, PartialEq, Eq)]
enum Source {
    Name,
    Uid,
}

fn is_manual(spec: &JobSpec) -> bool {
    spec.manual_selector == Some(true)
}

fn value(source: Source, name: &str) -> &str {
    match source {
        Source::Name => name,
        Source::Uid => UID,
    }
}

/// Fills in what the server makes up.
pub(super) fn generate(spec: &mut JobSpec, name: &str) {
    if is_manual(spec) {
        return;
    }
    let metadata = spec.template.metadata.get_or_insert_default();
    let labels = metadata.labels.get_or_insert_default();
    for (key, source) in LABELS {
        labels
            .entry(key.to_owned())
            .or_insert_with(|| value(source, name).to_owned());
    }
    let selector = spec.selector.get_or_insert_default();
    let labels = selector.match_labels.get_or_insert_default();
    labels
        .entry(CONTROLLER.to_owned())
        .or_insert_with(|| UID.to_owned());
}

fn labels(spec: &JobSpec) -> Labels {
    let metadata = spec.template.metadata.as_ref();
    metadata
        .and_then(|own| own.labels.clone())
        .unwrap_or_default()
}

const HELP: &str = "remove it; the server sets it for each Job, unless `manualSelector` is set";

/// Checks that the file has not made up something else.
pub(super) fn generated(spec: &JobSpec, name: &str, path: &Path<'_>, errors: &mut Errors) {
    if is_manual(spec) {
        return;
    }
    let own = labels(spec);
    let at = path.field("template");
    let at = at.field("metadata");
    let at = at.field("labels");
    for (key, source) in LABELS {
        let wanted = value(source, name);
        if own.get(key).is_some_and(|own| own != wanted) {
            let wanted = match source {
                Source::Name => format!("the name of the Job, {}", quoted(name)),
                Source::Uid => "the UID of the Job".to_owned(),
            };
            errors
                .invalid(&at.field(key), format!("label `{key}` must be {wanted}"))
                .help(HELP);
        }
    }
    let wanted = LABELS.map(|(key, source)| (key.to_owned(), value(source, name).to_owned()));
    if selectors::selects(spec.selector.as_ref(), &wanted.into()) == Some(false) {
        errors
            .invalid(
                &path.field("selector"),
                "the selector differs from the one that the server generates",
            )
            .help(HELP);
    }
}

/// The Job's own Pods must be among those that it selects.
pub(super) fn selects_template(spec: &JobSpec, path: &Path<'_>, errors: &mut Errors) {
    let at = path.field("selector");
    if spec.selector.is_none() {
        errors
            .required(&at, "`manualSelector` requires a selector")
            .help("remove `manualSelector` to have the server generate a selector");
    }
    selectors::selector(spec.selector.as_ref(), &at, errors);
    if selectors::selects(spec.selector.as_ref(), &labels(spec)) == Some(false) {
        let path = path.field("template");
        let path = path.field("metadata");
        errors.invalid(
            &path.field("labels"),
            "the labels of the template do not match the selector of the Job",
        );
    }
}

//! Jobs.
//!
//! Upstream: `ValidateJob`, `validateJobSpec` in
//! `k8s.io/kubernetes/pkg/apis/batch/validation`.

use k8s_openapi::api::batch::v1::{Job, JobSpec};

use super::errors::{Errors, invalid_message, quoted};
use super::path::Path;
use super::{failure_policy, job_selector, metadata, names, pod, success_policy};
use crate::defaults;
use crate::features::Gate;
use crate::finding::Finding;
use crate::path::FieldPath;
use crate::version::KubernetesVersion;

const MODES: [&str; 2] = ["NonIndexed", "Indexed"];
const REPLACEMENTS: [&str; 2] = ["Failed", "TerminatingOrFailed"];
const INDEXED: &str = "Indexed";
const PARALLELISM_MOST: i32 = 100_000;
const FAILED_INDEXES_MOST: i32 = 100_000;
/// Beyond so many completions, failures of single indexes are bounded more.
const MANY_COMPLETIONS: i32 = 100_000;
const OF_MANY_MOST: i32 = 10_000;
const MANAGED_BY_MOST: usize = 63;

/// Returns the findings for a Job that a server of this version refuses to create though
/// its schema allows it. The Job is given without defaults.
///
/// The rules are those of the version, with the feature gates that it has on by
/// default.
pub fn validate_job(job: &Job, version: KubernetesVersion) -> Vec<Finding> {
    validated_job(job.clone(), version)
}

/// As [`validate_job`], of one that nobody needs afterwards.
pub(super) fn validated_job(mut job: Job, version: KubernetesVersion) -> Vec<Finding> {
    let has_labels = job
        .metadata
        .labels
        .as_ref()
        .is_some_and(|own| !own.is_empty());
    let template = job
        .spec
        .as_ref()
        .and_then(|spec| spec.template.metadata.as_ref());
    let takes_labels = !has_labels && template.is_some_and(|own| own.labels.is_some());
    job.status = None;
    defaults::job(&mut job, version);
    let mut spec = job.spec.unwrap_or_default();
    let name = job.metadata.name.clone().filter(|name| !name.is_empty());
    let name = name.or_else(|| {
        let prefix = job.metadata.generate_name.as_deref();
        prefix
            .filter(|prefix| !prefix.is_empty())
            .map(metadata::generated)
    });
    let name = name.unwrap_or_default();
    if !Gate::JobManagedBy.is_on(version) {
        spec.managed_by = None;
    }
    job_selector::generate(&mut spec, &name);
    // A Job without labels has taken over those of its template, the very map,
    // and what the server adds to that one is in both.
    if takes_labels {
        job.metadata.labels = spec
            .template
            .metadata
            .as_ref()
            .and_then(|own| own.labels.clone());
    }

    let mut errors = Errors::default();
    let root = FieldPath::root();
    let root = Path::base(&root);
    let at = root.field("metadata");
    metadata::object_meta(&job.metadata, version, &at, &mut errors);
    let path = root.field("spec");
    job_selector::generated(&spec, &name, &path, &mut errors);
    job_spec(&mut spec, version, &path, &mut errors);
    job_selector::selects_template(&spec, &path, &mut errors);
    // Each Pod is called after the Job and its index, and its host likewise.
    if let Some(completions) = spec.completions.filter(|count| *count > 0)
        && is_indexed(&spec)
    {
        let last = format!("{name}-{}", completions - 1);
        if let Some(wrong) = names::dns_label(&last) {
            errors
                .invalid(
                    &at.field("name"),
                    invalid_message(&last, "name for the Pod of the last index", &wrong),
                )
                .help("shorten the name of the Job, and avoid dots");
        }
    }
    errors.into_findings()
}

fn is_indexed(spec: &JobSpec) -> bool {
    spec.completion_mode.as_deref() == Some(INDEXED)
}

/// A spec with its defaults; the fields of its template that servers drop are
/// dropped here.
pub(super) fn job_spec(
    spec: &mut JobSpec,
    version: KubernetesVersion,
    path: &Path<'_>,
    errors: &mut Errors,
) {
    let count = |number: Option<i32>| number.map(i64::from);
    for (field, number) in [
        ("parallelism", count(spec.parallelism)),
        ("completions", count(spec.completions)),
        ("activeDeadlineSeconds", spec.active_deadline_seconds),
        ("backoffLimit", count(spec.backoff_limit)),
        (
            "ttlSecondsAfterFinished",
            count(spec.ttl_seconds_after_finished),
        ),
        ("backoffLimitPerIndex", count(spec.backoff_limit_per_index)),
        ("maxFailedIndexes", count(spec.max_failed_indexes)),
    ] {
        if let Some(number) = number {
            errors.not_negative(&path.field(field), number, &format!("`{field}`"));
        }
    }
    if spec.max_failed_indexes.is_some() && spec.backoff_limit_per_index.is_none() {
        errors
            .required(
                &path.field("backoffLimitPerIndex"),
                "`maxFailedIndexes` requires `backoffLimitPerIndex`",
            )
            .requires("backoffLimitPerIndex");
    }
    if let Some(manager) = &spec.managed_by {
        managed_by(manager, &path.field("managedBy"), errors);
    }
    let mode = spec.completion_mode.as_deref().unwrap_or(MODES[0]);
    errors.one_of(
        &path.field("completionMode"),
        mode,
        "completion mode",
        &MODES,
    );
    match mode {
        INDEXED => indexed(spec, path, errors),
        "NonIndexed" => not_indexed(spec, path, errors),
        _ => {}
    }
    if let Some(policy) = &spec.pod_failure_policy {
        failure_policy::policy(policy, spec, &path.field("podFailurePolicy"), errors);
    }
    if let Some(policy) = &spec.success_policy {
        let path = path.field("successPolicy");
        if is_indexed(spec) {
            success_policy::policy(policy, spec.completions, &path, errors);
        } else {
            errors
                .invalid(&path, "a success policy requires `completionMode: Indexed`")
                .help("set `completionMode: Indexed`")
                .requires("completionMode: Indexed");
        }
    }
    if let Some(policy) = &spec.pod_replacement_policy {
        let path = path.field("podReplacementPolicy");
        if spec.pod_failure_policy.is_none() {
            errors.one_of(&path, policy, "Pod replacement policy", &REPLACEMENTS);
        } else if policy != "Failed" {
            errors.not_supported(
                &path,
                policy,
                "Pod replacement policy with `podFailurePolicy`",
                &["Failed"],
            );
        }
    }
    let at = path.field("template");
    let before = errors.len();
    pod::prepared_template(&mut spec.template, version, &at, errors);
    restart_policy(spec, before, &at, errors);
}

/// Upstream: `IsDomainPrefixedPath`.
fn managed_by(manager: &str, path: &Path<'_>, errors: &mut Errors) {
    const PATH: &[u8] = b"/-._~%!$&'()*+,;=:";
    let help = "use a domain and a path, such as `example.com/controller`";
    if manager.is_empty() {
        errors
            .required(path, "the name of the controller is required")
            .help(help);
    } else {
        let sound = manager.split_once('/').is_some_and(|(domain, rest)| {
            let letter = |b: u8| b.is_ascii_alphanumeric() || PATH.contains(&b);
            names::dns_subdomain(domain).is_none() && !rest.is_empty() && rest.bytes().all(letter)
        });
        if !sound {
            errors
                .invalid(
                    path,
                    format!(
                        "invalid controller {}: must be DOMAIN/PATH",
                        quoted(manager)
                    ),
                )
                .help(help);
        }
    }
    if manager.len() > MANAGED_BY_MOST {
        errors.too_long(path, format!("the name of a controller must be no more than {MANAGED_BY_MOST} characters, found {}", manager.len()));
    }
}

fn indexed(spec: &JobSpec, path: &Path<'_>, errors: &mut Errors) {
    let at = path.field("completions");
    if spec.completions.is_none() {
        errors
            .required(&at, "`completionMode: Indexed` requires `completions`")
            .requires("completions");
    }
    let most = |number: Option<i32>, field: &str, most: i32, errors: &mut Errors| {
        if let Some(number) = number.filter(|number| *number > most) {
            errors.invalid(
                &path.field(field),
                format!("`{field}` of this Indexed Job must be at most {most}, found {number}"),
            );
        }
    };
    most(spec.parallelism, "parallelism", PARALLELISM_MOST, errors);
    if let Some(completions) = spec.completions
        && let Some(failed) = spec
            .max_failed_indexes
            .filter(|failed| *failed > completions)
    {
        errors.invalid(
            &path.field("maxFailedIndexes"),
            format!("`maxFailedIndexes` must be at most the number of completions, {completions}, found {failed}"),
        );
    }
    most(
        spec.max_failed_indexes,
        "maxFailedIndexes",
        FAILED_INDEXES_MOST,
        errors,
    );
    let is_many = spec
        .completions
        .is_some_and(|count| count > MANY_COMPLETIONS);
    if is_many && spec.backoff_limit_per_index.is_some() {
        if spec.max_failed_indexes.is_none() {
            errors.required(
                &path.field("maxFailedIndexes"),
                format!(
                    "`maxFailedIndexes` is required with more than {MANY_COMPLETIONS} completions"
                ),
            );
        }
        most(spec.parallelism, "parallelism", OF_MANY_MOST, errors);
        most(
            spec.max_failed_indexes,
            "maxFailedIndexes",
            OF_MANY_MOST,
            errors,
        );
    }
}

fn not_indexed(spec: &JobSpec, path: &Path<'_>, errors: &mut Errors) {
    for (field, number) in [
        ("backoffLimitPerIndex", spec.backoff_limit_per_index),
        ("maxFailedIndexes", spec.max_failed_indexes),
    ] {
        if number.is_some() {
            errors
                .invalid(
                    &path.field(field),
                    format!("`{field}` requires `completionMode: Indexed`"),
                )
                .help("set `completionMode: Indexed`")
                .requires("completionMode: Indexed");
        }
    }
}

/// A Job ends, so its Pods cannot be restarted for ever. What the template's
/// own check says of the word, since `before`, is not said again.
fn restart_policy(spec: &JobSpec, before: usize, template: &Path<'_>, errors: &mut Errors) {
    let pod = spec.template.spec.as_ref();
    let policy = pod
        .and_then(|pod| pod.restart_policy.as_deref())
        .unwrap_or_default();
    let path = template.field("spec");
    let path = path.field("restartPolicy");
    match policy {
        "Always" | "" => {
            errors
                .required(
                    &path,
                    "the Pods of a Job cannot have `restartPolicy: Always`, which is the default",
                )
                .help("set `restartPolicy: Never` or `OnFailure`")
                .requires("restartPolicy: Never");
        }
        "Never" => {}
        "OnFailure" => {
            if spec.pod_failure_policy.is_some() {
                errors
                    .invalid(
                        &path,
                        "a Pod failure policy requires `restartPolicy: Never`",
                    )
                    .help("set `restartPolicy: Never`")
                    .requires("restartPolicy: Never");
            }
        }
        other => {
            errors.remove_since(before, &path);
            errors.not_supported(
                &path,
                other,
                "restart policy of a Job",
                &["OnFailure", "Never"],
            );
        }
    }
}

//! The validation of a document, each finding with its place.

use std::collections::{BTreeSet, HashSet};

use k8s_openapi::api::apps::v1::StatefulSet;
use k8s_openapi::api::batch::v1::{CronJob, Job};
use k8s_openapi::api::core::v1::{PersistentVolumeClaimVolumeSource, Pod, PodTemplateSpec, Volume};

use super::changes::Change;
use super::errors::Errors;
use super::job::validated_job;
use super::metadata::finalizer_names;
use super::path::Path;
use super::pod::validated_pod;
use super::{validate_cron_job, validate_template};
use crate::finding::Finding;
use crate::kinds::pod_template_path;
use crate::manifest::Document;
use crate::path::{FieldPath, Segment};
use crate::schema_check::MAX_FINDINGS;
use crate::version::KubernetesVersion;

/// Returns the findings for a Pod, a Job or any other object with a Pod template that a
/// server of this version refuses. Objects that do not decode as the API's types have
/// none: `schema_check::check` reports them.
///
/// A Pod without an account has the one called `default`, which admission gives
/// it before it is validated (`ServiceAccount` in
/// `k8s.io/kubernetes/plugin/pkg/admission/serviceaccount`).
pub fn check(document: &Document, version: KubernetesVersion) -> Vec<Finding> {
    let (Some(api_version), Some(kind)) = (document.api_version(), document.kind()) else {
        return Vec::new();
    };
    let is_whole = matches!(
        (api_version, kind),
        ("v1", "Pod") | ("batch/v1", "Job" | "CronJob")
    );
    let findings = match (api_version, kind) {
        ("v1", "Pod") => document.decode::<Pod>().map(|mut pod| {
            with_account(&mut pod);
            validated_pod(pod, version)
        }),
        ("batch/v1", "Job") => document
            .decode::<Job>()
            .map(|job| validated_job(job, version)),
        ("batch/v1", "CronJob") => document
            .decode::<CronJob>()
            .map(|cron_job| validate_cron_job(&cron_job, version)),
        ("apps/v1", "StatefulSet") => document
            .decode::<StatefulSet>()
            .map(|set| stateful_set(&set, version)),
        _ => match pod_template_path(api_version, kind) {
            None => Ok(Vec::new()),
            Some(path) => document
                .decode_at::<PodTemplateSpec>(&path)
                .map(|template| {
                    template.map_or_else(Vec::new, |own| validate_template(&own, &path, version))
                }),
        },
    };
    let mut findings = findings.unwrap_or_default();
    if !is_whole {
        findings.extend(finalizers(document));
    }
    once(document, &mut findings);
    findings.truncate(MAX_FINDINGS);
    let mut findings = document.place(findings);
    findings.sort_by_key(|finding| finding.location.as_ref().map(|place| place.span.start));
    findings
}

/// Every object's finalizers are looked at, whatever its kind.
fn finalizers(document: &Document) -> Vec<Finding> {
    let path = FieldPath::root().field("metadata").field("finalizers");
    let finalizers = document.decode_at::<Vec<String>>(&path).ok().flatten();
    let mut errors = Errors::default();
    let finalizers = finalizers.unwrap_or_default();
    finalizer_names(&finalizers, &Path::base(&path), &mut errors);
    errors.into_findings()
}

/// Drops findings about values that were defaulted from an invalid value, such as
/// requests from limits or the labels of a Job from its template.
fn once(document: &Document, findings: &mut Vec<Finding>) {
    let is_written = |finding: &Finding| {
        let path = finding.display_path.as_ref().unwrap_or(&finding.path);
        document.find(path).is_some()
    };
    let written: HashSet<(&'static str, String)> = findings
        .iter()
        .filter(|finding| is_written(finding))
        .map(|finding| (finding.id(), finding.message.clone()))
        .collect();
    // The two that take their values from beside them.
    let is_taken = |finding: &Finding| {
        let steps = finding.path.segments();
        let is = |step: &Segment, name: &str| matches!(step, Segment::Field(own) if own == name);
        steps.iter().any(|step| is(step, "requests"))
            || matches!(steps, [first, second] if is(first, "metadata") && is(second, "labels"))
    };
    findings.retain(|finding| {
        let is_own = is_written(finding) || !is_taken(finding);
        is_own || !written.contains(&(finding.id(), finding.message.clone()))
    });
}

/// The Pods of a `StatefulSet` have a volume for each template of a claim, and
/// names of its own making. Servers before 1.34 do not look at the template.
///
/// Upstream: `ValidateStatefulSetSpec` in
/// `k8s.io/kubernetes/pkg/apis/apps/validation`.
fn stateful_set(set: &StatefulSet, version: KubernetesVersion) -> Vec<Finding> {
    if !Change::StatefulSetTemplate.is_in(version) {
        return Vec::new();
    }
    let spec = &set.spec;
    let mut template = spec.template.clone();
    let pod = template.spec.get_or_insert_default();
    pod.hostname = None;
    pod.subdomain = None;
    let claims = spec.volume_claim_templates.iter().flatten();
    let mut claims: BTreeSet<String> = claims
        .map(|claim| claim.metadata.name.clone().unwrap_or_default())
        .collect();
    let volumes = pod.volumes.get_or_insert_default();
    let names = claims.clone();
    volumes.retain_mut(|volume| {
        if !names.contains(&volume.name) {
            return true;
        }
        let is_first = claims.remove(&volume.name);
        *volume = of_claim(std::mem::take(&mut volume.name));
        is_first
    });
    volumes.extend(claims.into_iter().map(of_claim));
    let path = FieldPath::root().field("spec").field("template");
    validate_template(&template, &path, version)
}

fn of_claim(name: String) -> Volume {
    Volume {
        persistent_volume_claim: Some(PersistentVolumeClaimVolumeSource {
            claim_name: name.clone(),
            read_only: None,
        }),
        name,
        ..Volume::default()
    }
}

fn with_account(pod: &mut Pod) {
    let spec = pod.spec.get_or_insert_default();
    let is_empty = |name: &Option<String>| name.as_deref().is_none_or(str::is_empty);
    if is_empty(&spec.service_account_name) && is_empty(&spec.service_account) {
        spec.service_account_name = Some("default".to_owned());
    }
}

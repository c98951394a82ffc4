//! Jobs and CronJobs.

use k8s_openapi::api::batch::v1::{CronJob, Job, JobSpec};

use super::{each, pod_template_spec, string};
use crate::version::KubernetesVersion;

const BACKOFF_LIMIT: i32 = 6;

/// Fills in a Job and its Pod template.
///
/// Upstream: `SetDefaults_Job`, `SetDefaults_PodFailurePolicyOnPodConditionsPattern`
/// and the generated walk over `Job`, of `k8s.io/kubernetes/pkg/apis/batch/v1`.
pub fn job(job: &mut Job, version: KubernetesVersion) {
    let spec = job.spec.get_or_insert_default();
    if spec.completions.is_none() && spec.parallelism.is_none() {
        spec.completions = Some(1);
    }
    spec.parallelism.get_or_insert(1);
    // With a limit for each index, the one for all is out of the way.
    let limit = match spec.backoff_limit_per_index {
        Some(_) => i32::MAX,
        None => BACKOFF_LIMIT,
    };
    spec.backoff_limit.get_or_insert(limit);
    let template = spec.template.metadata.as_ref();
    if let Some(labels) = template.and_then(|metadata| metadata.labels.as_ref())
        && !labels.is_empty()
        && job
            .metadata
            .labels
            .as_ref()
            .is_none_or(std::collections::BTreeMap::is_empty)
    {
        job.metadata.labels = Some(labels.clone());
    }
    spec.completion_mode
        .get_or_insert_with(|| "NonIndexed".to_owned());
    spec.suspend.get_or_insert(false);
    let replacement = match spec.pod_failure_policy {
        Some(_) => "Failed",
        None => "TerminatingOrFailed",
    };
    spec.pod_replacement_policy
        .get_or_insert_with(|| replacement.to_owned());
    spec.manual_selector.get_or_insert(false);
    conditions(spec);
    pod_template_spec(&mut spec.template, version);
}

/// Fills in a CronJob; of its Jobs' template, only the Pod template and the
/// conditions have defaults before a Job is made of it.
///
/// Upstream: `SetDefaults_CronJob` and the generated walk over `CronJob`.
pub fn cron_job(cron_job: &mut CronJob, version: KubernetesVersion) {
    let spec = &mut cron_job.spec;
    string(&mut spec.concurrency_policy, "Allow");
    spec.suspend.get_or_insert(false);
    spec.successful_jobs_history_limit.get_or_insert(3);
    spec.failed_jobs_history_limit.get_or_insert(1);
    let job = spec.job_template.spec.get_or_insert_default();
    if version >= KubernetesVersion::V1_34 {
        conditions(job);
    }
    pod_template_spec(&mut job.template, version);
}

/// Gives each condition of the failure policy its status. Until 1.33 a default of
/// Jobs alone, and since then of every type that holds one.
fn conditions(spec: &mut JobSpec) {
    let rules = spec.pod_failure_policy.iter_mut();
    for rule in rules.flat_map(|policy| policy.rules.iter_mut()) {
        for pattern in each(&mut rule.on_pod_conditions) {
            string(&mut pattern.status, "True");
        }
    }
}

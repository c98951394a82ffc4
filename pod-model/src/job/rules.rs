//! The fields of a Job that decide how it ends, with their defaults.

use k8s_openapi::api::batch::v1::{Job, JobSpec, PodFailurePolicy, SuccessPolicy};

use crate::features::Gate;
use crate::version::KubernetesVersion;

/// The name of the Job controller in `spec.managedBy`, which is also its default
/// (k8s.io/api/batch/v1, `JobControllerName`).
pub const JOB_CONTROLLER: &str = "kubernetes.io/job-controller";
/// The default of `backoffLimit` where there is none for each index.
const BACKOFF_LIMIT: i32 = 6;

/// The fields of a Job that decide how it ends, with their defaults
/// (`SetDefaults_Job` of pkg/apis/batch/v1).
#[derive(Clone, Copy, Debug)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a field of the Job that has two values"
)]
pub struct JobRules<'a> {
    /// Number of Pods at the same time.
    pub parallelism: i32,
    /// Number of Pods that must succeed; `None` if one is enough.
    pub completions: Option<i32>,
    /// True if each Pod has an index.
    pub is_indexed: bool,
    /// Number of failures that do not fail the Job.
    pub backoff_limit: i32,
    /// Number of failures of an index that do not fail it.
    pub backoff_limit_per_index: Option<i32>,
    /// Number of failed indexes that do not end the Job.
    pub max_failed_indexes: Option<i32>,
    /// Seconds from `status.startTime` after which the Job fails.
    pub active_deadline_seconds: Option<i64>,
    /// Seconds from its end after which the Job is deleted.
    pub ttl_seconds_after_finished: Option<i32>,
    /// True if the Job is suspended.
    pub is_suspended: bool,
    /// True if containers are restarted in their Pod: `restartPolicy: OnFailure`.
    pub restarts_in_place: bool,
    /// True if a Pod is replaced only when it has ended: `podReplacementPolicy: Failed`.
    pub only_replaces_failed: bool,
    /// The failure policy of its Pods.
    pub failure_policy: Option<&'a PodFailurePolicy>,
    /// The success policy of an Indexed Job.
    pub success_policy: Option<&'a SuccessPolicy>,
    /// The controller that manages it instead of the Job controller.
    pub external_controller: Option<&'a str>,
}

impl<'a> JobRules<'a> {
    /// Reads the rules of a Job, as a controller of this version does.
    pub fn of(job: &'a Job, version: KubernetesVersion) -> Option<Self> {
        job.spec.as_ref().map(|spec| Self::of_spec(spec, version))
    }

    /// Reads the rules of the spec of a Job.
    pub fn of_spec(spec: &'a JobSpec, version: KubernetesVersion) -> Self {
        let completions = match (spec.completions, spec.parallelism) {
            (None, None) => Some(1),
            (completions, _) => completions,
        };
        let limit = match spec.backoff_limit_per_index {
            Some(_) => i32::MAX,
            None => BACKOFF_LIMIT,
        };
        let pod = spec.template.spec.as_ref();
        let managed_by = spec.managed_by.as_deref();
        Self {
            parallelism: spec.parallelism.unwrap_or(1),
            completions,
            is_indexed: spec.completion_mode.as_deref() == Some("Indexed"),
            backoff_limit: spec.backoff_limit.unwrap_or(limit),
            backoff_limit_per_index: spec.backoff_limit_per_index,
            max_failed_indexes: spec.max_failed_indexes,
            active_deadline_seconds: spec.active_deadline_seconds,
            ttl_seconds_after_finished: spec.ttl_seconds_after_finished,
            is_suspended: spec.suspend == Some(true),
            restarts_in_place: pod.and_then(|pod| pod.restart_policy.as_deref())
                == Some("OnFailure"),
            only_replaces_failed: only_replaces_failed(spec, version),
            failure_policy: spec.pod_failure_policy.as_ref(),
            success_policy: spec.success_policy.as_ref(),
            external_controller: managed_by
                .filter(|name| *name != JOB_CONTROLLER && Gate::JobManagedBy.is_on(version)),
        }
    }
}

/// Upstream: `onlyReplaceFailedPods`, with the default that a failure policy gives. Up to 1.36 a failure policy was enough, whatever the
/// replacement policy, which validation does not let differ.
fn only_replaces_failed(spec: &JobSpec, version: KubernetesVersion) -> bool {
    match spec.pod_replacement_policy.as_deref() {
        Some("Failed") => true,
        Some(_) if version >= KubernetesVersion::V1_37 => false,
        _ => spec.pod_failure_policy.is_some(),
    }
}

//! The ends after which a Job is deleted: its own time, and the history of its `CronJob`.
//!
//! Upstream: `cleanupFinishedJobs` (pkg/controller/cronjob/cronjob_controllerv2.go),
//! `SetDefaults_CronJob` (pkg/apis/batch/v1/defaults.go).

use k8s_openapi::api::batch::v1::{CronJob, Job};
use pod_model::FieldPath;
use pod_model::job::JobRules;

use super::fields::{Fields, Place};
use super::limit::{Limit, LimitKind};
use super::time::seconds;

/// Defaults of the history limits.
const SUCCESSFUL: i32 = 3;
const FAILED: i32 = 1;

/// The owner of a Job that deletes it.
pub(super) enum Keeper<'a> {
    /// Only its own time does.
    Nobody,
    /// The `CronJob` that is explained.
    CronJob(&'a CronJob),
    /// The `CronJob` of this name.
    Named(&'a str),
}

impl<'a> Keeper<'a> {
    /// Returns the keeper of a Job.
    pub(super) fn of(job: &'a Job) -> Self {
        let mut owners = job.metadata.owner_references.iter().flatten();
        let owner = owners.find(|own| own.controller == Some(true) && own.kind == "CronJob");
        owner.map_or(Self::Nobody, |own| Self::Named(&own.name))
    }

    /// Returns how long a Job stays after its end.
    pub(super) fn limit(&self, rules: &JobRules<'_>, fields: &Fields<'_>) -> Limit {
        let own = rules.ttl_seconds_after_finished.map(|ttl| {
            format!(
                "is deleted {} after its end, with its Pods and logs",
                seconds(i64::from(ttl))
            )
        });
        let own_place = fields.of("ttlSecondsAfterFinished");
        let (message, place) = match (self, own) {
            (Self::Nobody, Some(own)) => (own, own_place),
            (Self::Nobody, None) => ("stays until somebody deletes it".to_owned(), own_place),
            (Self::CronJob(cron_job), own) => {
                let kept = kept(cron_job);
                match own {
                    Some(own) => (
                        format!("{own}, or before: as soon as it is not among {kept}"),
                        own_place,
                    ),
                    None => (
                        format!("stays as long as it is among {kept}"),
                        place(fields),
                    ),
                }
            }
            (Self::Named(name), Some(own)) => (
                format!("{own}, or before by the history limits of cronjob/{name}"),
                own_place,
            ),
            (Self::Named(name), None) => (
                format!("stays until the history limits of cronjob/{name} or somebody delete it"),
                own_place,
            ),
        };
        Limit::new(LimitKind::TimeToLive, message, place)
    }
}

fn kept(cron_job: &CronJob) -> String {
    let spec = &cron_job.spec;
    format!(
        "the last {} that succeeded and the last {} that failed",
        spec.successful_jobs_history_limit.unwrap_or(SUCCESSFUL),
        spec.failed_jobs_history_limit.unwrap_or(FAILED)
    )
}

/// The place of the history limit in the `CronJob`.
fn place(fields: &Fields<'_>) -> Place {
    let fields = Fields {
        base: FieldPath::root(),
        document: fields.document,
    };
    fields.of("successfulJobsHistoryLimit")
}

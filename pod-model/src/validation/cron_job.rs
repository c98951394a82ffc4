//! CronJobs.
//!
//! Upstream: `ValidateCronJobCreate`, `validateScheduleFormat`, `validateTimeZone`,
//! `ValidateJobTemplateSpec` in `k8s.io/kubernetes/pkg/apis/batch/validation`.

use k8s_openapi::api::batch::v1::CronJob;

use super::errors::{Errors, quoted};
use super::path::Path;
use super::{job, metadata};
use crate::defaults;
use crate::features::Gate;
use crate::finding::Finding;
use crate::job::schedule::{
    ScheduleProblem, TimeZoneProblem, validate_schedule, validate_time_zone,
};
use crate::path::FieldPath;
use crate::version::KubernetesVersion;

const POLICIES: [&str; 3] = ["Allow", "Forbid", "Replace"];
const HELP: &str = "remove it; the server generates one for each Job";
const SCHEDULE_HELP: &str =
    "use five fields (minute, hour, day of month, month, day of week), such as `30 2 * * *`";
const ZONE_HELP: &str = "use a name of the IANA database, such as `Europe/Berlin`; case counts";
/// A Job is called after it, with eleven characters more.
const NAME_MOST: usize = 52;

/// Returns the findings for a `CronJob` that a server of this version refuses to create
/// though its schema allows it. The `CronJob` is given without defaults.
///
/// The rules are those of the version, with the feature gates that it has on by
/// default.
pub fn validate_cron_job(cron_job: &CronJob, version: KubernetesVersion) -> Vec<Finding> {
    let mut cron_job = cron_job.clone();
    defaults::cron_job(&mut cron_job, version);
    let spec = &mut cron_job.spec;
    let mut errors = Errors::default();
    let root = FieldPath::root();
    let root = Path::base(&root);
    let at = root.field("metadata");
    metadata::object_meta(&cron_job.metadata, version, &at, &mut errors);
    let name = cron_job.metadata.name.as_deref().unwrap_or_default();
    if name.len() > NAME_MOST {
        errors.invalid(
            &at.field("name"),
            format!(
                "the name of a CronJob must be no more than {NAME_MOST} characters, and {} has {}",
                quoted(name),
                name.len()
            ),
        );
    }
    let path = root.field("spec");
    schedule(&spec.schedule, &path.field("schedule"), &mut errors);
    if let Some(name) = &spec.time_zone {
        time_zone(name, &path.field("timeZone"), &mut errors);
    }
    let policy = spec.concurrency_policy.as_deref().unwrap_or_default();
    let at = path.field("concurrencyPolicy");
    errors.one_of(&at, policy, "concurrency policy", &POLICIES);
    for (field, number) in [
        ("startingDeadlineSeconds", spec.starting_deadline_seconds),
        (
            "successfulJobsHistoryLimit",
            spec.successful_jobs_history_limit.map(i64::from),
        ),
        (
            "failedJobsHistoryLimit",
            spec.failed_jobs_history_limit.map(i64::from),
        ),
    ] {
        let number = number.unwrap_or_default();
        errors.not_negative(&path.field(field), number, &format!("`{field}`"));
    }
    let at = path.field("jobTemplate");
    let at = at.field("spec");
    let job = spec.job_template.spec.get_or_insert_default();
    if !Gate::JobManagedBy.is_on(version) {
        job.managed_by = None;
    }
    job::job_spec(job, version, &at, &mut errors);
    if job.selector.is_some() {
        errors
            .invalid(
                &at.field("selector"),
                "a CronJob cannot set the selector of its Jobs",
            )
            .help(HELP);
    }
    if job.manual_selector == Some(true) {
        let at = at.field("manualSelector");
        errors
            .not_supported(
                &at,
                "true",
                "value of `manualSelector` in a CronJob",
                &["false"],
            )
            .help(HELP);
    }
    errors.into_findings()
}

fn schedule(text: &str, at: &Path<'_>, errors: &mut Errors) {
    if text.is_empty() {
        errors.required(at, "the schedule is required");
        return;
    }
    for problem in validate_schedule(text) {
        match problem {
            ScheduleProblem::Syntax(error) => {
                errors
                    .invalid(at, format!("invalid schedule {}: {error}", quoted(text)))
                    .help(SCHEDULE_HELP);
            }
            ScheduleProblem::TimeZone => {
                errors
                    .invalid(at, "a schedule cannot name a time zone")
                    .help("use the field `timeZone`");
            }
        }
    }
}

fn time_zone(name: &str, at: &Path<'_>, errors: &mut Errors) {
    for problem in validate_time_zone(name) {
        let message = match problem {
            TimeZoneProblem::Empty => "the time zone is empty".to_owned(),
            TimeZoneProblem::Local => "`Local` is not a time zone of its own".to_owned(),
            TimeZoneProblem::Syntax | TimeZoneProblem::Unknown => {
                format!("unknown time zone {}", quoted(name))
            }
        };
        errors.invalid(at, message).help(ZONE_HELP);
    }
}

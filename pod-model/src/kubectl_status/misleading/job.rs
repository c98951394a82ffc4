//! Texts of a Job that read as something else than its state.

use k8s_openapi::api::batch::v1::{Job, JobSpec, JobStatus};

use super::job_reason::JobMisleading;
use super::reason::Misleading;
use crate::kubectl_status::job::{JobRow, true_condition};
use crate::kubectl_status::origin::StatusRule;
use crate::path::FieldPath;

type Found = Vec<Misleading<JobMisleading>>;

/// The value of `spec.managedBy` that stands for the built-in controller.
const BUILT_IN: &str = "kubernetes.io/job-controller";

/// Returns the reasons why STATUS or DURATION of a Job mislead, the most important first.
pub fn misleading_job(job: &Job, row: &JobRow) -> Vec<Misleading<JobMisleading>> {
    let (no_spec, no_status) = (JobSpec::default(), JobStatus::default());
    let spec = job.spec.as_ref().unwrap_or(&no_spec);
    let status = job.status.as_ref().unwrap_or(&no_status);
    let mut found = Vec::new();
    certain(row, status, &mut found);
    deletion(job, row, &mut found);
    suspended(row, spec, &mut found);
    running(row, spec, status, &mut found);
    ended(row, spec, status, &mut found);
    found
}

fn field(name: &'static str) -> FieldPath {
    FieldPath::root().field("status").field(name)
}

/// The conditions that come before Failed and Complete, whatever text they stand behind.
fn certain(row: &JobRow, status: &JobStatus, found: &mut Found) {
    if matches!(row.status.text.as_str(), "Complete" | "Failed") {
        return;
    }
    for condition in ["FailureTarget", "SuccessCriteriaMet"] {
        let Some(index) = true_condition(status, condition) else {
            continue;
        };
        let own = status.conditions.as_ref().and_then(|all| all.get(index));
        found.push(Misleading {
            reason: JobMisleading::OutcomeCertain {
                condition: condition.to_owned(),
                reason: own.and_then(|own| own.reason.clone()).unwrap_or_default(),
            },
            path: field("conditions").index(index),
        });
    }
}

fn deletion(job: &Job, row: &JobRow, found: &mut Found) {
    if job.metadata.deletion_timestamp.is_none() {
        return;
    }
    let metadata = FieldPath::root().field("metadata");
    let finalizers = job.metadata.finalizers.clone().unwrap_or_default();
    if row.status.origin.rule != StatusRule::Deletion {
        found.push(Misleading {
            reason: JobMisleading::DeletionHidden { finalizers },
            path: metadata.field("deletionTimestamp"),
        });
    } else if !finalizers.is_empty() {
        found.push(Misleading {
            reason: JobMisleading::HeldByFinalizers { finalizers },
            path: metadata.field("finalizers"),
        });
    }
}

/// The condition is written after the controller has deleted or created Pods.
fn suspended(row: &JobRow, spec: &JobSpec, found: &mut Found) {
    let suspend = spec.suspend.unwrap_or_default();
    let is_shown = match row.status.text.as_str() {
        "Suspended" => true,
        "Running" => false,
        _ => return,
    };
    if suspend != is_shown {
        found.push(Misleading {
            reason: JobMisleading::SuspendNotSeen { suspend },
            path: FieldPath::root().field("spec").field("suspend"),
        });
    }
}

fn running(row: &JobRow, spec: &JobSpec, status: &JobStatus, found: &mut Found) {
    if row.status.origin.rule != StatusRule::JobDefault {
        return;
    }
    let other = spec.managed_by.clone().filter(|name| name != BUILT_IN);
    if *status == JobStatus::default() {
        found.push(Misleading {
            reason: JobMisleading::NotSeen { managed_by: other },
            path: FieldPath::root().field("status"),
        });
        return;
    }
    let active = status.active.unwrap_or_default();
    if active == 0 {
        found.push(Misleading {
            reason: JobMisleading::NoActivePods,
            path: field("active"),
        });
    } else if status.ready == Some(0) {
        found.push(Misleading {
            reason: JobMisleading::NoReadyPods { active },
            path: field("ready"),
        });
    }
    let failed = status.failed.unwrap_or_default();
    if failed > 0 {
        found.push(Misleading {
            reason: JobMisleading::PodsFailed { failed },
            path: field("failed"),
        });
    }
}

fn ended(row: &JobRow, spec: &JobSpec, status: &JobStatus, found: &mut Found) {
    let succeeded = status.succeeded.unwrap_or_default();
    match (row.status.text.as_str(), spec.completions) {
        ("Complete", Some(completions)) if succeeded < completions => found.push(Misleading {
            reason: JobMisleading::SucceededEarly {
                succeeded,
                completions,
            },
            path: field("succeeded"),
        }),
        ("Failed", _) if row.started.is_some() && row.completed.is_none() => {
            found.push(Misleading {
                reason: JobMisleading::DurationGoesOn,
                path: field("completionTime"),
            });
        }
        _ => {}
    }
}

//! CronJobs.
//!
//! Upstream: `syncCronJob` in pkg/controller/cronjob/cronjob_controllerv2.go.

use k8s_openapi::api::batch::v1::CronJob;

use super::scene::{State, WorkloadScene};
use crate::diagnosis::cause::{Cause, Evidence};
use crate::diagnosis::table as rows;
use crate::job::cron_schedule;
use crate::job::schedule::Zone;

pub(super) fn state(scene: &WorkloadScene<'_>, own: &CronJob) -> State {
    let cause = cause(scene, own);
    State {
        words: "waits for its next run".to_owned(),
        since: cause.since,
        verdict: cause.verdict,
        causes: vec![cause],
    }
}

fn cause(scene: &WorkloadScene<'_>, own: &CronJob) -> Cause {
    let spec = Some(&own.spec);
    if spec.and_then(|spec| spec.suspend) == Some(true) {
        return Cause::new(
            &rows::CRON_JOB_SUSPENDED,
            "it is suspended: no Job is created before somebody sets spec.suspend to false",
        )
        .may_pass()
        .shown_by([Evidence::field("spec.suspend", "true")])
        .advise("kubectl patch cronjob NAME -p '{\"spec\":{\"suspend\":false}}'");
    }
    let active = own
        .status
        .as_ref()
        .and_then(|status| status.active.as_ref());
    let active = active
        .and_then(|active| active.first())
        .and_then(|own| own.name.as_deref());
    let policy = spec.and_then(|spec| spec.concurrency_policy.as_deref());
    if let (Some(job), Some("Forbid")) = (active, policy) {
        let held = scene
            .events
            .iter()
            .filter(|event| event.reason == "JobAlreadyActive");
        return Cause::new(
            &rows::CRON_JOB_FORBIDDEN,
            format!("concurrencyPolicy Forbid keeps the next run from starting while job {job} runs"),
        )
        .may_pass()
        .shown_by(held.max_by_key(|event| event.last).map(super::super::event::PodEvent::evidence))
        .shown_by([Evidence::field("status.active", job)])
        .advise(format!("See why it takes so long (kubectl pod-tools explain-status job/{job}), or set concurrencyPolicy to Replace."));
    }
    let next = scene.now.and_then(|now| {
        let schedule = cron_schedule(own, &Zone::utc()).ok()?;
        schedule.next_runs(now, 1).first().copied()
    });
    let schedule = spec.map_or("", |spec| spec.schedule.as_str());
    let next = next.map_or_else(String::new, |next| format!("; the next run is at {next}"));
    Cause::new(
        &rows::CRON_JOB_WAITS,
        format!("its schedule is {schedule}{next}"),
    )
    .harmless()
    .shown_by([Evidence::field("spec.schedule", schedule)])
}

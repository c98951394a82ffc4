//! Findings: Jobs that never end, and schedules that never come.

use k8s_openapi::api::core::v1::Container;
use pod_model::job::{FailureAction, JobRules};
use pod_model::{ContainerType, FieldPath, Finding, containers, rules};
use pod_probe::{Handler, HookLoop, hook_loop};

use super::cron::{CronReport, deadline_of_none};
use super::fields::Fields;
use crate::targets::Target;

/// Returns the findings about a Job, or about the Jobs of a `CronJob`.
pub(super) fn job_findings(
    target: &Target,
    job: &JobRules<'_>,
    fields: &Fields<'_>,
) -> Vec<Finding> {
    let mut findings = Vec::new();
    // It is Complete at once.
    let is_empty = job.completions == Some(0);
    if is_empty || job.external_controller.is_some() {
        return findings;
    }
    if job.parallelism == 0 && !job.is_suspended {
        let path = fields.of("parallelism").path;
        let message = "the Job creates no Pods and never ends, because its parallelism is 0";
        let help = "set `parallelism` to 1 or more, or use `suspend: true` to start it later";
        findings.push(Finding::new(&rules::ENDLESS_JOB, path, message).help(help));
    }
    // A deadline ends the Pods, and so does a success policy that other indexes meet.
    if job.active_deadline_seconds.is_none() && job.success_policy.is_none() && !target.is_pod() {
        findings.extend(endless(target));
    }
    if job.active_deadline_seconds.is_none() {
        findings.extend(ignored(job, fields));
    }
    findings
}

/// Containers whose own command never ends.
fn endless(target: &Target) -> Vec<Finding> {
    let all = containers(&target.spec, &target.spec_path);
    let ends = all
        .iter()
        .filter(|own| matches!(own.container_type, ContainerType::App | ContainerType::Init));
    let found = ends.filter_map(|own| {
        let container = own.to_container();
        let text = endless_command(&container)?;
        let field = if container.command.is_some() {
            "command"
        } else {
            "args"
        };
        let message = format!(
            "container `{}` never ends by itself (`{text}`), so the Job does not end",
            own.name
        );
        let help = "end the command when its work is done; a container that only accompanies the work is a sidecar: an init container with `restartPolicy: Always`";
        let path = own.path.field(field);
        Some(Finding::new(&rules::ENDLESS_JOB, path, message).help(help))
    });
    found.collect()
}

/// Returns the part of a container's command that never ends.
fn endless_command(container: &Container) -> Option<String> {
    let own = container.command.iter().flatten();
    let words: Vec<String> = own
        .chain(container.args.iter().flatten())
        .cloned()
        .collect();
    let plain: Vec<&str> = words.iter().map(String::as_str).collect();
    let program = plain
        .first()
        .map(|own| own.rsplit('/').next().unwrap_or(own));
    match (program, &plain[..]) {
        (Some("sleep"), [_, "infinity" | "inf"]) => return Some("sleep infinity".to_owned()),
        (Some("tail"), [_, "-f" | "-F", file]) => return Some(format!("tail -f {file}")),
        _ => {}
    }
    match hook_loop(&Handler::Exec { command: words })? {
        HookLoop::Endless { text } => Some(text),
        HookLoop::Polls { .. } => None,
    }
}

/// A rule that ignores an exit code, so that failures go on for ever.
fn ignored(job: &JobRules<'_>, fields: &Fields<'_>) -> Option<Finding> {
    let policy = job.failure_policy?;
    let mut rules_of = policy.rules.iter().enumerate();
    // Disruptions end, unlike a program that fails.
    let (index, _) = rules_of.find(|(_, rule)| {
        FailureAction::parse(&rule.action) == Some(FailureAction::Ignore)
            && rule.on_exit_codes.is_some()
    })?;
    let path = FieldPath::root().field("spec").field("podFailurePolicy");
    let path = fields.at(&path.field("rules").index(index)).path;
    let message = "a program that fails with these exit codes is tried again without end";
    let help = "set `activeDeadlineSeconds`, or use the action `Count`";
    Some(Finding::new(&rules::ENDLESS_RETRIES, path, message).help(help))
}

/// Returns the finding about a schedule without times, or a deadline that leaves none.
pub(super) fn cron_findings(report: &CronReport) -> Vec<Finding> {
    if !report.next_runs.is_empty() || !report.is_readable {
        return Vec::new();
    }
    if report.forbids_all_runs {
        let path = FieldPath::root()
            .field("spec")
            .field("startingDeadlineSeconds");
        let message = format!("the CronJob never runs: {}", deadline_of_none(report));
        let help = "use 10 or more: the controller may need so long to start a run";
        return vec![Finding::new(&rules::ENDLESS_SCHEDULE, path, message).help(help)];
    }
    let path = FieldPath::root().field("spec").field("schedule");
    let message = format!(
        "the schedule `{}` has no time within five years",
        report.schedule
    );
    let help = "use a day that the month has, such as `0 0 28 2 *`";
    vec![Finding::new(&rules::ENDLESS_SCHEDULE, path, message).help(help)]
}

//! The containers of a Pod with their states, as the status has them.

use k8s_openapi::api::core::v1::{ContainerState, ContainerStateTerminated, ContainerStatus};
use k8s_openapi::jiff::Timestamp;
use pod_model::{ContainerType, containers};

use super::report::{ContainerReport, LastRun};
use super::tails::Tail;
use crate::flag_value::read_duration;
use crate::targets::Target;

/// Returns the containers in the order of the Pod.
pub(super) fn reports(target: &Target, tails: &[Tail]) -> Vec<ContainerReport> {
    let status = target.status.as_ref();
    containers(&target.spec, &target.spec_path)
        .iter()
        .map(|own| {
            let statuses = status.and_then(|status| match own.container_type {
                ContainerType::Init | ContainerType::Sidecar => {
                    status.init_container_statuses.as_ref()
                }
                ContainerType::App => status.container_statuses.as_ref(),
                ContainerType::Ephemeral => status.ephemeral_container_statuses.as_ref(),
            });
            let mut statuses = statuses.into_iter().flatten();
            let status = statuses.find(|status| status.name == own.name);
            let tail = tails.iter().find(|tail| tail.container == own.name);
            report(own.name, own.container_type, status, tail)
        })
        .collect()
}

fn report(
    name: &str,
    container_type: ContainerType,
    status: Option<&ContainerStatus>,
    tail: Option<&Tail>,
) -> ContainerReport {
    let mut report = ContainerReport {
        name: name.to_owned(),
        container_type,
        state: None,
        reason: None,
        message: None,
        exit_code: None,
        ready: false,
        restart_count: 0,
        since: None,
        last_run: None,
        next_start: None,
    };
    let Some(status) = status else {
        return report;
    };
    report.ready = status.ready;
    report.restart_count = status.restart_count;
    if let Some(state) = &status.state {
        if let Some(waiting) = &state.waiting {
            report.state = Some("waiting");
            report.reason.clone_from(&waiting.reason);
            report.message.clone_from(&waiting.message);
        } else if let Some(running) = &state.running {
            report.state = Some("running");
            report.since = running.started_at.as_ref().map(|time| time.0);
        } else if let Some(ended) = &state.terminated {
            report.state = Some("terminated");
            report.reason.clone_from(&ended.reason);
            report.message.clone_from(&ended.message);
            report.exit_code = Some(ended.exit_code);
            report.since = ended.finished_at.as_ref().map(|time| time.0);
        }
    }
    let ended = |state: &'_ Option<ContainerState>| state.as_ref()?.terminated.clone();
    let newest = ended(&status.state).or_else(|| ended(&status.last_state));
    report.last_run = newest.map(|run| last_run(run, tail));
    report.next_start = next_start(&report);
    report
}

fn last_run(ended: ContainerStateTerminated, tail: Option<&Tail>) -> LastRun {
    let lines = tail.map(|tail| &tail.lines);
    LastRun {
        exit_code: ended.exit_code,
        reason: ended.reason,
        started_at: ended.started_at.map(|time| time.0),
        finished_at: ended.finished_at.map(|time| time.0),
        log: lines.and_then(|lines| lines.as_ref().ok().cloned()),
        log_unread: lines.and_then(|lines| lines.as_ref().err().cloned()),
    }
}

/// Returns the end of the back-off that the kubelet names: `back-off 40s restarting failed container=…`.
///
/// Upstream: `doBackOff` in pkg/kubelet/kuberuntime/kuberuntime_manager.go; the back-off counts from the end of the
/// last run.
fn next_start(report: &ContainerReport) -> Option<Timestamp> {
    if report.reason.as_deref() != Some("CrashLoopBackOff") {
        return None;
    }
    let message = report.message.as_deref()?;
    let (_, rest) = message.split_once("back-off ")?;
    let wait = read_duration(rest.split_whitespace().next()?).ok()?;
    let finished = report.last_run.as_ref()?.finished_at?;
    finished.checked_add(wait).ok()
}

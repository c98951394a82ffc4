//! The containers of a Pod with their states, as the status has them.

use k8s_openapi::api::core::v1::{ContainerStateTerminated, ContainerStatus};
use pod_model::{ContainerType, containers};

use super::report::{ContainerReport, LastRun};
use crate::targets::Target;

/// Returns the containers in the order of the Pod.
pub(super) fn reports(target: &Target) -> Vec<ContainerReport> {
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
            report(own.name, own.container_type, status)
        })
        .collect()
}

fn report(
    name: &str,
    container_type: ContainerType,
    status: Option<&ContainerStatus>,
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
    let last = status.last_state.as_ref();
    report.last_run = last.and_then(|last| last.terminated.as_ref()).map(last_run);
    report
}

fn last_run(ended: &ContainerStateTerminated) -> LastRun {
    LastRun {
        exit_code: ended.exit_code,
        reason: ended.reason.clone(),
        started_at: ended.started_at.as_ref().map(|time| time.0),
        finished_at: ended.finished_at.as_ref().map(|time| time.0),
    }
}

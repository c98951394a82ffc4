//! A Pod with its row, and what several finders ask of it.

use std::collections::HashSet;

use k8s_openapi::api::core::v1::{
    ContainerStateTerminated, ContainerStatus, Pod, PodCondition, PodSpec, PodStatus,
};

use super::pod_reason::PodMisleading;
use super::reason::Misleading;
use crate::container::ContainerType;
use crate::kubectl_status::origin::{ContainerName, StatusRule};
use crate::kubectl_status::pod::{PodRow, init_type, sidecar_names};
use crate::path::FieldPath;

/// The reasons found so far.
pub(super) type Found = Vec<Misleading<PodMisleading>>;

/// A Pod with its row.
pub(super) struct View<'a> {
    pub(super) pod: &'a Pod,
    pub(super) row: &'a PodRow,
    spec: Option<&'a PodSpec>,
    status: Option<&'a PodStatus>,
}

/// A container's status, with its name and its path.
pub(super) struct Seen<'a> {
    pub(super) container: ContainerName,
    pub(super) path: FieldPath,
    pub(super) status: &'a ContainerStatus,
}

impl<'a> View<'a> {
    pub(super) fn new(pod: &'a Pod, row: &'a PodRow) -> Self {
        Self {
            pod,
            row,
            spec: pod.spec.as_ref(),
            status: pod.status.as_ref(),
        }
    }

    pub(super) fn spec(&self) -> Option<&'a PodSpec> {
        self.spec
    }

    pub(super) fn status(&self) -> Option<&'a PodStatus> {
        self.status
    }

    /// Returns the shown text.
    pub(super) fn text(&self) -> &'a str {
        &self.row.status.text
    }

    pub(super) fn rule(&self) -> StatusRule {
        self.row.status.origin.rule
    }

    /// Returns the container of the text.
    pub(super) fn origin(&self) -> Option<&'a ContainerName> {
        self.row.status.origin.container.as_ref()
    }

    /// Returns the status of the container of the text.
    pub(super) fn origin_status(&self) -> Option<Seen<'a>> {
        let own = self.origin()?;
        // Of several statuses with one name, the path tells which.
        let path = self.row.status.origin.path.to_string();
        let mut all = self.all();
        all.retain(|seen| seen.container == *own);
        let index = all
            .iter()
            .position(|seen| path.starts_with(&format!("{}.", seen.path)))?;
        Some(all.swap_remove(index))
    }

    pub(super) fn phase(&self) -> &'a str {
        let phase = self.status.and_then(|status| status.phase.as_deref());
        phase.unwrap_or_default()
    }

    pub(super) fn has_ended(&self) -> bool {
        matches!(self.phase(), "Succeeded" | "Failed")
    }

    pub(super) fn is_deleted(&self) -> bool {
        self.pod.metadata.deletion_timestamp.is_some()
    }

    /// Returns whether the text is of a rule that reads app containers, or of an init one.
    pub(super) fn is_of_container(&self) -> bool {
        self.origin().is_some()
            || matches!(
                self.rule(),
                StatusRule::RunningBesideCompleted | StatusRule::NotReadyBesideCompleted
            )
    }

    /// Returns the statuses of the app containers.
    pub(super) fn apps(&self) -> Vec<Seen<'a>> {
        let statuses = self.status.and_then(|s| s.container_statuses.as_deref());
        let list = FieldPath::root().field("status").field("containerStatuses");
        seen(statuses, &list, |_| ContainerType::App)
    }

    /// Returns the statuses of the init containers and sidecars.
    pub(super) fn init(&self) -> Vec<Seen<'a>> {
        let statuses = self
            .status
            .and_then(|s| s.init_container_statuses.as_deref());
        let list = FieldPath::root().field("status");
        let sidecars = self.spec.map(sidecar_names).unwrap_or_default();
        seen(statuses, &list.field("initContainerStatuses"), |name| {
            init_type(&sidecars, name)
        })
    }

    /// Returns the statuses of both lists.
    pub(super) fn all(&self) -> Vec<Seen<'a>> {
        let mut all = self.init();
        all.extend(self.apps());
        all
    }

    /// Returns the app containers that run.
    pub(super) fn running_apps(&self) -> Vec<ContainerName> {
        let apps = self.apps().into_iter().filter(Seen::is_running);
        apps.map(|seen| seen.container).collect()
    }

    /// Returns the first condition of a type, with its path.
    pub(super) fn condition(&self, kind: &str) -> Option<(FieldPath, &'a PodCondition)> {
        let conditions = self.status?.conditions.as_deref()?;
        let index = conditions.iter().position(|c| c.type_ == kind)?;
        let path = FieldPath::root().field("status").field("conditions");
        Some((path.index(index), conditions.get(index)?))
    }

    /// Returns the types whose first condition is True.
    pub(super) fn true_conditions(&self) -> HashSet<&'a str> {
        let conditions = self.status.and_then(|status| status.conditions.as_deref());
        let mut seen = HashSet::new();
        let first = conditions.unwrap_or_default().iter();
        let first = first.filter(|own| seen.insert(own.type_.as_str()));
        let is_true = first.filter(|own| own.status == "True");
        is_true.map(|own| own.type_.as_str()).collect()
    }

    /// Returns whether the first condition of a type is True.
    pub(super) fn is_true(&self, kind: &str) -> bool {
        self.condition(kind)
            .is_some_and(|(_, c)| c.status == "True")
    }
}

fn seen<'a>(
    statuses: Option<&'a [ContainerStatus]>,
    list: &FieldPath,
    container_type: impl Fn(&str) -> ContainerType,
) -> Vec<Seen<'a>> {
    let statuses = statuses.unwrap_or_default().iter().enumerate();
    let seen = statuses.map(|(index, status)| Seen {
        container: ContainerName {
            name: status.name.clone(),
            container_type: container_type(&status.name),
        },
        path: list.index(index),
        status,
    });
    seen.collect()
}

impl<'a> Seen<'a> {
    pub(super) fn is_sidecar(&self) -> bool {
        self.container.container_type == ContainerType::Sidecar
    }

    pub(super) fn is_running(&self) -> bool {
        let state = self.status.state.as_ref();
        state.is_some_and(|state| state.running.is_some())
    }

    pub(super) fn terminated(&self) -> Option<&'a ContainerStateTerminated> {
        self.status.state.as_ref()?.terminated.as_ref()
    }

    pub(super) fn last_terminated(&self) -> Option<&'a ContainerStateTerminated> {
        self.status.last_state.as_ref()?.terminated.as_ref()
    }

    pub(super) fn waiting_reason(&self) -> Option<&'a str> {
        let waiting = self.status.state.as_ref()?.waiting.as_ref()?;
        waiting.reason.as_deref().filter(|text| !text.is_empty())
    }

    /// Returns the error that the container waits with or has ended with.
    pub(super) fn error(&self) -> Option<String> {
        if let Some(reason) = self.waiting_reason() {
            let usual = ["ContainerCreating", "PodInitializing", RESTARTING];
            return (!usual.contains(&reason)).then(|| reason.to_owned());
        }
        let end = self.terminated().filter(|end| end.exit_code != 0)?;
        Some(match end.reason.as_deref() {
            Some(RESTARTING) => return None,
            None | Some("") => format!("exit code {}", end.exit_code),
            Some(reason) => reason.to_owned(),
        })
    }
}

/// The reason of a container that was removed to restart all of its Pod.
pub(super) const RESTARTING: &str = "RestartingAllContainers";

//! A helper Pod of `--from-node`.

use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hasher};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use pod_model::status::Observation;
use pod_model::status::fields::{items_at, text_at};
use pod_model::status::stuck::find_stuck;
use serde_json::Value;
use tokio::time::{Instant, sleep};

use super::node_pod::{CONTAINER, manifest};
use crate::cluster::{Cluster, ClusterError, PipedCommand, Resource, SubmitParams};
use crate::error::Failure;
use crate::exit::Exit;
use crate::ui::Ui;

/// Time between two looks at a Pod that does not run yet.
const INTERVAL: Duration = Duration::from_millis(250);
/// Maximum time until it runs: the image may have to be pulled.
const PATIENCE: Duration = Duration::from_mins(3);
/// Maximum time that an obstacle counts as passing.
const OBSTACLE: Duration = Duration::from_secs(20);

/// A Pod on the node of a target, in the target's namespace.
pub(super) struct Helper {
    cluster: Cluster,
    pub(super) namespace: String,
    pub(super) node: String,
    pub(super) name: String,
    /// Its name in messages.
    pub(super) shown: String,
    stage: Mutex<Stage>,
}

/// Progress of its creation, as far as it is known here.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Stage {
    /// It does not exist.
    Absent,
    /// It was requested, and there is no answer.
    Requested,
    /// It exists, with this uid.
    Created(String),
}

impl Helper {
    pub(super) fn new(cluster: &Cluster, namespace: &str, node: &str) -> Self {
        // The name is chosen here, so that the Pod can be deleted if there is no answer.
        let random = RandomState::new().build_hasher().finish();
        let name = format!("pod-tools-probe-{random:016x}");
        Self {
            cluster: cluster.clone(),
            namespace: namespace.to_owned(),
            node: node.to_owned(),
            shown: format!("pod/{name}"),
            name,
            stage: Mutex::new(Stage::Absent),
        }
    }

    fn stage(&self) -> MutexGuard<'_, Stage> {
        self.stage.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Creates it, and waits until it runs.
    ///
    /// # Errors
    /// It is refused, or cannot run; it may exist nevertheless.
    pub(super) async fn start(
        &self,
        resource: &Resource,
        image: &str,
        seconds: u64,
        ui: &Ui,
    ) -> Result<(), Failure> {
        let object = manifest(&self.name, &self.node, image, seconds);
        let params = SubmitParams {
            field_validation: "Warn",
            field_manager: "pod-tools".to_owned(),
            ..SubmitParams::default()
        };
        *self.stage() = Stage::Requested;
        let (namespace, name) = (&self.namespace, Some(self.name.as_str()));
        let answer = self
            .cluster
            .create(resource, namespace, name, &object, &params)
            .await;
        let pod = answer.map_err(|error| {
            if error.code().is_some_and(|code| code < 500) {
                *self.stage() = Stage::Absent;
            }
            refused(error)
        })?;
        *self.stage() = Stage::Created(text_at(&pod, "/metadata/uid").to_owned());
        let (shown, node) = (&self.shown, &self.node);
        ui.note(&format!(
            "created {shown} on node {node} in namespace {namespace}"
        ));
        self.until_running(resource, pod).await
    }

    async fn until_running(&self, resource: &Resource, mut pod: Value) -> Result<(), Failure> {
        let began = Instant::now();
        let mut obstacle: Option<(&'static str, Instant)> = None;
        loop {
            if is_running(&pod) {
                return Ok(());
            }
            let stuck = |why: String| {
                let message = format!("the helper {} cannot run: {why}", self.shown);
                Failure::new(Exit::Stuck, message)
                    .help("use `--image` with an image that the node can pull and that has BusyBox's sh, nc, cat and sleep")
            };
            if let Some(why) = ended(&pod) {
                return Err(stuck(why));
            }
            let found = find_stuck(&Observation {
                object: &pod,
                pods: vec![&pod],
                notes: Vec::new(),
            });
            match (&found, obstacle) {
                (None, _) => obstacle = None,
                (Some(found), Some((reason, since))) if reason == found.state.reason => {
                    if since.elapsed() >= found.state.grace.min(OBSTACLE) {
                        let evidence = &found.evidence;
                        return Err(stuck(format!("{}: {}", evidence.reason, evidence.message)));
                    }
                }
                (Some(found), _) => obstacle = Some((found.state.reason, Instant::now())),
            }
            if began.elapsed() > PATIENCE {
                let (shown, seconds) = (&self.shown, PATIENCE.as_secs());
                let message = format!("the helper {shown} does not run after {seconds} s");
                return Err(Failure::timed_out(message));
            }
            sleep(INTERVAL).await;
            let looked = self
                .cluster
                .get(resource, &self.namespace, &self.name)
                .await;
            pod = match looked {
                Ok(pod) => pod,
                // It may be created, but not read.
                Err(error) if error.code() == Some(403) => return Err(error.into()),
                Err(error) if error.is_not_found() => {
                    let message = format!("the helper {} was deleted", self.shown);
                    return Err(Failure::new(Exit::NotFound, message));
                }
                Err(error) => return Err(error.into()),
            };
        }
    }

    /// Starts a command in it.
    ///
    /// # Errors
    /// Request errors.
    pub(super) async fn pipe(&self, command: &[&str]) -> Result<PipedCommand, ClusterError> {
        self.cluster
            .pipe(&self.namespace, &self.name, CONTAINER, command)
            .await
    }

    /// Returns whether it may exist.
    pub(super) fn may_exist(&self) -> bool {
        *self.stage() != Stage::Absent
    }

    /// Deletes it, if it may exist.
    ///
    /// # Errors
    /// Request errors.
    pub(super) async fn remove(&self, resource: &Resource, ui: &Ui) -> Result<(), ClusterError> {
        let stage = self.stage().clone();
        let uid = match &stage {
            Stage::Absent => return Ok(()),
            Stage::Requested => None,
            Stage::Created(uid) => Some(uid.as_str()).filter(|uid| !uid.is_empty()),
        };
        let deletion = self
            .cluster
            .request_deletion(resource, &self.namespace, &self.name, uid);
        match deletion.await {
            Ok(_) => ui.note(&format!("{} deleted", self.shown)),
            Err(error) if error.is_not_found() => {}
            Err(error) => return Err(error),
        }
        *self.stage() = Stage::Absent;
        Ok(())
    }
}

/// Returns the failure of a creation that is refused.
fn refused(error: ClusterError) -> Failure {
    let mut failure = Failure::from(error);
    failure.message = format!("cannot create the helper Pod: {}", failure.message);
    if failure.exit == Exit::Failure {
        // Admission; its help is about Pods of one's own.
        failure.exit = Exit::Stuck;
        failure.help = None;
    }
    failure
}

fn is_running(pod: &Value) -> bool {
    items_at(pod, "/status/containerStatuses")
        .any(|status| status.pointer("/state/running").is_some())
}

/// Returns why a Pod has ended, or `None` if it has not.
fn ended(pod: &Value) -> Option<String> {
    if !matches!(text_at(pod, "/status/phase"), "Failed" | "Succeeded") {
        return None;
    }
    let state = "/status/containerStatuses/0/state/terminated";
    let reasons = [
        (
            text_at(pod, "/status/reason"),
            text_at(pod, "/status/message"),
        ),
        (
            text_at(pod, &format!("{state}/reason")),
            text_at(pod, &format!("{state}/message")),
        ),
    ];
    let known = reasons.iter().find(|(reason, _)| !reason.is_empty());
    let (reason, message) = known.copied().unwrap_or(("it has ended", ""));
    Some(if message.is_empty() {
        reason.to_owned()
    } else {
        format!("{reason}: {message}")
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_end_of_a_pod_has_its_reason() {
        let refused =
            json!({"status": {"phase": "Failed", "reason": "OutOfcpu", "message": "too little"}});
        assert_eq!(ended(&refused).as_deref(), Some("OutOfcpu: too little"));
        let terminated = json!({"reason": "StartError", "message": "no sleep"});
        let broken = json!({"status": {"phase": "Failed",
            "containerStatuses": [{"state": {"terminated": terminated}}]}});
        assert_eq!(ended(&broken).as_deref(), Some("StartError: no sleep"));
        let silent = json!({"status": {"phase": "Succeeded"}});
        assert_eq!(ended(&silent).as_deref(), Some("it has ended"));
        assert_eq!(ended(&json!({"status": {"phase": "Pending"}})), None);
    }
}

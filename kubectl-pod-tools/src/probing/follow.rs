//! Follows the Pods of a run: their containers stop, run anew, or go away.

use std::time::Duration;

use k8s_openapi::api::core::v1::Pod;
use pod_model::decode_value;
use pod_model::kinds::by_type;
use tokio::time::sleep;

use super::container::{ContainerState, Standing};
use super::pods::{ProbedPod, has_ended};
use super::subject::Subject;
use crate::cluster::{Cluster, ClusterError, Resource};
use crate::error::Failure;
use crate::exit::Exit;
use crate::ui::Ui;

/// Time between two looks at the Pods.
const INTERVAL: Duration = Duration::from_secs(2);
/// Additional time for each Pod, so that many of them are no load for the server.
const PER_POD: Duration = Duration::from_millis(40);
/// Looks in a row that may fail before the cluster counts as lost.
const MAX_LOST: u32 = 10;

/// Pods that are followed.
pub(super) struct Follower<'a> {
    pub(super) cluster: &'a Cluster,
    pub(super) pods: &'a [ProbedPod],
    pub(super) subjects: &'a [Subject],
    pub(super) containers: &'a [ContainerState],
    /// One that has ended is never ready.
    pub(super) awaits_ready: bool,
    pub(super) ui: &'a Ui,
}

/// Result of a look at a Pod.
enum Looked {
    Pod(Box<Pod>),
    Deleted,
}

impl Follower<'_> {
    /// Looks at the Pods until all of them are gone or have ended.
    pub(super) async fn follow(&self) -> Failure {
        let mut present = vec![true; self.pods.len()];
        let count = u32::try_from(self.pods.len()).unwrap_or(u32::MAX);
        let mut failures = 0;
        loop {
            sleep(INTERVAL.max(PER_POD.saturating_mul(count))).await;
            for (index, pod) in self.pods.iter().enumerate() {
                if !present.get(index).is_some_and(|present| *present) {
                    continue;
                }
                let last = match self.look(pod).await {
                    Ok(Looked::Deleted) => {
                        Failure::new(Exit::NotFound, format!("{} was deleted", pod.shown))
                    }
                    Ok(Looked::Pod(live)) if has_ended(live.status.as_ref()) => {
                        let phase = live.status.and_then(|status| status.phase);
                        let phase = phase.unwrap_or_default().to_lowercase();
                        let message = format!("{} has ended: {phase}", pod.shown);
                        Failure::new(Exit::Failure, message)
                    }
                    Ok(Looked::Pod(live)) => {
                        failures = 0;
                        self.update(index, &live);
                        continue;
                    }
                    Err(error) if matches!(error.code(), Some(401 | 403)) => return error.into(),
                    Err(error) => {
                        failures += 1;
                        if failures >= MAX_LOST {
                            return error.into();
                        }
                        continue;
                    }
                };
                if self.awaits_ready && last.exit == Exit::Failure {
                    return last;
                }
                if let Some(present) = present.get_mut(index) {
                    *present = false;
                }
                for container in self.of_pod(index).map(|(_, container)| container) {
                    container.set_standing(Standing::Gone);
                }
                if !present.contains(&true) {
                    return last;
                }
                self.ui.note(&last.message);
            }
        }
    }

    fn of_pod(&self, pod: usize) -> impl Iterator<Item = (&Subject, &ContainerState)> {
        let all = self.subjects.iter().zip(self.containers);
        all.filter(move |(subject, _)| subject.pod == pod)
    }

    async fn look(&self, pod: &ProbedPod) -> Result<Looked, ClusterError> {
        let (Some(kind), Some(name)) = (by_type("pods"), &pod.name) else {
            return Ok(Looked::Deleted);
        };
        let resource = Resource::of(kind);
        let object = match self.cluster.get(&resource, &pod.namespace, name).await {
            Ok(object) => object,
            Err(error) if error.is_not_found() => return Ok(Looked::Deleted),
            Err(error) => return Err(error),
        };
        // An object that is no Pod says nothing.
        let live: Pod = decode_value(&object).unwrap_or_default();
        if live.metadata.uid.is_some() && pod.uid.is_some() && live.metadata.uid != pod.uid {
            return Ok(Looked::Deleted);
        }
        Ok(Looked::Pod(Box::new(live)))
    }

    fn update(&self, index: usize, live: &Pod) {
        if live.status.is_none() {
            return;
        }
        for (subject, container) in self.of_pod(index) {
            let (standing, _) = Standing::of_status(live.status.as_ref(), &subject.container);
            if *container.standing() == standing {
                continue;
            }
            if let Standing::Waiting(reason) = &standing {
                self.ui
                    .note(&format!("{} does not run: {reason}", subject.shown));
            }
            container.set_standing(standing);
        }
    }
}

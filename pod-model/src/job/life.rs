//! The life of a Job before it runs: its Pods, their failures and retries, and the times, under
//! assumptions of how its Pods behave.
//!
//! The controller is that of [`super::sync_job`], which is compared with upstream's. It looks at
//! the Job whenever a Pod has changed or a back-off has ended; Pods start and end as assumed, and
//! those that are deleted end at once. With `restartPolicy: OnFailure` their containers are
//! restarted in place, as the kubelet does it. Other delays are left out, so times are the
//! earliest.

use std::collections::{BTreeMap, BTreeSet};

use k8s_openapi::api::batch::v1::{Job, JobStatus};
use k8s_openapi::api::core::v1::Pod;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;
use k8s_openapi::jiff::{SignedDuration, Timestamp};

use super::back_off::BackOff;
use super::end::EndCause;
use super::failure_policy::counts;
use super::life_pod::{LifePod, PodChange, Run, Runs, pod_of};
use super::manage::Creation;
use super::rules::JobRules;
use super::sync::{ObservedJob, Sync, SyncOutcome, sync_job};
use super::track::Tracked;
use crate::version::KubernetesVersion;

/// Number of looks after which a simulation ends.
const MOST_LOOKS: usize = 10_000;
/// Number of Pods that all looks together see, after which a simulation ends.
const MOST_SEEN: usize = 300_000;

/// The behaviour of a Job's Pods.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LifeAssumptions {
    /// The runs of the first Pods, in the order in which they are created; of an Indexed Job
    /// those of each index. With `restartPolicy: OnFailure` those of the first container of each
    /// Pod.
    pub runs: Vec<Run>,
    /// The run of all others; `None` if they run for ever.
    pub then: Option<Run>,
    /// Time from the start of the Job at which the simulation ends.
    pub horizon: SignedDuration,
}

/// An event of a Job's life.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LifeEvent {
    /// Time from the start of the Job.
    pub at: SignedDuration,
    /// The change.
    pub kind: LifeEventKind,
}

/// A change in a Job's life.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LifeEventKind {
    /// A Pod is created.
    Created {
        /// Its number, from 0.
        pod: usize,
        /// Its completion index.
        index: Option<i64>,
    },
    /// A Pod succeeds.
    Succeeded {
        /// Its number.
        pod: usize,
    },
    /// A Pod fails.
    Failed {
        /// Its number.
        pod: usize,
        /// The exit code.
        exit_code: i32,
        /// True if a rule of the failure policy ignores it, so that it does not count.
        is_ignored: bool,
    },
    /// A container fails, and is to be restarted in its Pod.
    Crashed {
        /// The Pod's number.
        pod: usize,
        /// The exit code.
        exit_code: i32,
    },
    /// A container is restarted in its Pod.
    Restarted {
        /// The Pod's number.
        pod: usize,
        /// Number of restarts of the Pod.
        restarts: i32,
    },
    /// The next Pod is held back.
    HeldBack {
        /// Time from the start of the Job until which it is.
        until: SignedDuration,
    },
    /// An active Pod is deleted.
    Deleted {
        /// Its number.
        pod: usize,
    },
    /// The Job has ended.
    Ended {
        /// The cause.
        cause: EndCause,
    },
}

/// The life of a Job.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Life {
    /// Its events, in order.
    pub events: Vec<LifeEvent>,
    /// Number of Pods.
    pub pods: usize,
    /// The cause of its end; `None` if it has not ended within the horizon, or was not followed
    /// so far.
    pub end: Option<EndCause>,
    /// True if it was followed neither to its end nor to the horizon, since it has too many Pods
    /// or changes.
    pub is_cut: bool,
}

/// Simulates the life of a Job that is created now; `None` for a Job that nobody runs (suspended,
/// or managed by another controller). One with very many Pods is not followed to its end.
pub fn simulate(
    job: &Job,
    assumptions: &LifeAssumptions,
    version: KubernetesVersion,
) -> Option<Life> {
    let rules = JobRules::of(job, version)?;
    if rules.is_suspended || rules.external_controller.is_some() {
        return None;
    }
    let mut world = World::new(job, assumptions, rules.restarts_in_place, version);
    let is_cut = !world.live();
    Some(Life {
        pods: world.pods.len(),
        events: world.events,
        end: world.end,
        is_cut,
    })
}

struct World<'a> {
    assumptions: &'a LifeAssumptions,
    version: KubernetesVersion,
    restarts_in_place: bool,
    job: Job,
    /// Name of the container that runs as assumed.
    container: String,
    pods: Vec<LifePod>,
    /// Number of Pods of each index.
    turns: BTreeMap<Option<i64>, usize>,
    start: Timestamp,
    now: Timestamp,
    memory: BackOff,
    looks_again: Vec<Timestamp>,
    events: Vec<LifeEvent>,
    end: Option<EndCause>,
}

/// Decisions of one look, without the Pods that it borrows.
struct Decision {
    created: Vec<Creation>,
    deleted: Vec<String>,
    released: Vec<String>,
    held_back: bool,
}

impl<'a> World<'a> {
    fn new(
        job: &Job,
        assumptions: &'a LifeAssumptions,
        restarts_in_place: bool,
        version: KubernetesVersion,
    ) -> Self {
        let pod = job
            .spec
            .as_ref()
            .and_then(|spec| spec.template.spec.as_ref());
        let container = pod.and_then(|pod| pod.containers.first());
        let container = container.map_or_else(String::new, |own| own.name.clone());
        let mut job = job.clone();
        job.status = None;
        let start = Timestamp::UNIX_EPOCH;
        Self {
            assumptions,
            version,
            restarts_in_place,
            job,
            container,
            pods: Vec::new(),
            turns: BTreeMap::new(),
            start,
            now: start,
            memory: BackOff::default(),
            looks_again: Vec::new(),
            events: Vec::new(),
            end: None,
        }
    }

    /// Goes on to the end of the Job, or to the horizon; false if that takes too long.
    fn live(&mut self) -> bool {
        let mut seen = 0;
        for _ in 0..MOST_LOOKS {
            let before = self.pods.len();
            seen += before;
            if seen > MOST_SEEN {
                return false;
            }
            if !self.look() {
                return true;
            }
            // It looks again at what it has created: a look creates so many Pods at most.
            if self.pods.len() == before && !self.advance() {
                return true;
            }
        }
        false
    }

    /// Lets the controller look at the Job; false if the Job has ended.
    fn look(&mut self) -> bool {
        let pods: Vec<Pod> = self
            .pods
            .iter()
            .map(|pod| pod_of(pod, &self.container))
            .collect();
        let observed = ObservedJob {
            job: &self.job,
            pods: pods.iter().collect(),
            now: self.now,
            memory: self.memory,
            version: self.version,
        };
        let SyncOutcome::Synced(sync) = sync_job(&observed) else {
            return false;
        };
        let status = status_after(&sync);
        let name = |pod: &&Pod| pod.metadata.name.clone();
        let decision = Decision {
            created: sync.changes.created.clone(),
            deleted: sync.changes.deleted.iter().filter_map(name).collect(),
            released: sync.tracked.released.iter().filter_map(name).collect(),
            held_back: sync.changes.held_back.is_some(),
        };
        self.memory = sync.memory;
        self.looks_again.clone_from(&sync.looks_again);
        let end = sync.end.clone();
        drop(sync);
        self.job.status = Some(status);
        self.apply(decision);
        if let Some(cause) = end {
            self.note(LifeEventKind::Ended {
                cause: cause.clone(),
            });
            self.end = Some(cause);
            return false;
        }
        true
    }

    fn apply(&mut self, decision: Decision) {
        for name in &decision.deleted {
            if let Some(number) = LifePod::number(name)
                && let Some(pod) = self.pods.get_mut(number)
            {
                pod.is_deleted = true;
                self.note(LifeEventKind::Deleted { pod: number });
            }
        }
        let released: BTreeSet<usize> = decision
            .released
            .iter()
            .filter_map(|name| LifePod::number(name))
            .collect();
        for number in released {
            if let Some(pod) = self.pods.get_mut(number) {
                pod.is_tracked = false;
            }
        }
        for creation in decision.created {
            let pod = self.pods.len();
            let index = creation.index;
            let turn = self.turns.entry(index).or_default();
            let runs = self.assumptions.runs.get(*turn..).unwrap_or_default();
            *turn += 1;
            let runs = if self.restarts_in_place {
                &self.assumptions.runs
            } else {
                runs
            };
            self.pods.push(LifePod::new(
                pod,
                creation,
                self.now,
                Runs {
                    first: runs.to_vec(),
                    then: self.assumptions.then,
                    restart_in_place: self.restarts_in_place,
                },
            ));
            self.note(LifeEventKind::Created { pod, index });
        }
        if decision.held_back
            && let Some(until) = self.looks_again.last()
        {
            let until = until.duration_since(self.start);
            let event = LifeEventKind::HeldBack { until };
            let is_said = self.events.iter().any(|before| before.kind == event);
            if !is_said {
                self.note(event);
            }
        }
    }

    /// Goes on to the next change; false if there is none within the horizon.
    fn advance(&mut self) -> bool {
        let changes = self.pods.iter().filter_map(LifePod::next_change);
        // A change that is due has not been seen yet; the controller has looked at this time.
        let changes = changes.map(|at| at.max(self.now));
        let looks = self.looks_again.iter().copied();
        let looks = looks.filter(|at| *at > self.now);
        let Some(next) = changes.chain(looks).min() else {
            return false;
        };
        if next.duration_since(self.start) > self.assumptions.horizon {
            return false;
        }
        self.now = next;
        for pod in 0..self.pods.len() {
            let Some(change) = self.pods[pod].change_by(next) else {
                continue;
            };
            self.note(match change {
                PodChange::Ended(0) => LifeEventKind::Succeeded { pod },
                PodChange::Ended(exit_code) => LifeEventKind::Failed {
                    pod,
                    exit_code,
                    is_ignored: self.is_ignored(pod),
                },
                PodChange::Crashed(exit_code) => LifeEventKind::Crashed { pod, exit_code },
                PodChange::Restarted(restarts) => LifeEventKind::Restarted { pod, restarts },
            });
        }
        true
    }

    fn is_ignored(&self, pod: usize) -> bool {
        let spec = self.job.spec.as_ref();
        let policy = spec.and_then(|spec| spec.pod_failure_policy.as_ref());
        let pod = pod_of(&self.pods[pod], &self.container);
        !counts(policy, &pod)
    }

    fn note(&mut self, kind: LifeEventKind) {
        let at = self.now.duration_since(self.start);
        self.events.push(LifeEvent { at, kind });
    }
}

fn status_after(sync: &Sync<'_>) -> JobStatus {
    let Tracked {
        succeeded,
        failed,
        completed_indexes,
        ..
    } = &sync.tracked;
    let count = |count: i64| Some(i32::try_from(count).unwrap_or(i32::MAX));
    JobStatus {
        succeeded: count(*succeeded),
        failed: count(*failed),
        completed_indexes: completed_indexes.as_ref().map(ToString::to_string),
        failed_indexes: sync.failed_indexes.as_ref().map(ToString::to_string),
        start_time: sync.started.map(Time),
        ..JobStatus::default()
    }
}

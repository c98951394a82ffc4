//! The helper Pods of a run: created before the first attempt, deleted at the end.

use std::cell::RefCell;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use futures::future::try_join_all;
use futures::{StreamExt, stream};
use pod_model::kinds::by_type;
use tokio::time::{Instant, sleep, sleep_until, timeout};

use super::node_helper::Helper;
use super::options::{Ending, ProbeOptions};
use super::pods::ProbedPod;
use crate::cluster::{Cluster, ClusterError, Resource};
use crate::error::{CommandError, Failure};
use crate::exit::Exit;
use crate::signals::{self, Claim};
use crate::ui::Ui;

/// Maximum time to delete the Pods.
pub(super) const REMOVAL: Duration = Duration::from_secs(10);
/// The same after a signal, which leaves little time.
const REMOVAL_AFTER_SIGNAL: Duration = Duration::from_millis(1200);
/// Time after a signal for the answers of requests that create Pods.
const ANSWERS: Duration = Duration::from_millis(300);
/// Number of requests at the same time.
const AT_ONCE: usize = 16;

/// Lifetime in seconds of a Pod that could not be deleted, beside the time of the run.
const SPARE: u64 = 600;
/// The same if the run has no limit, and ends soon or does not.
const SHORT: u64 = 3600;
const LONG: u64 = 24 * 3600;

/// The helper Pods of a run, one for each node and namespace.
pub(super) struct Helpers {
    image: String,
    seconds: u64,
    all: RefCell<Vec<Arc<Helper>>>,
}

impl Helpers {
    /// Returns the helpers of a run, none yet, or `None` without `--from-node`.
    pub(super) fn new(options: &ProbeOptions) -> Option<Self> {
        let seconds = match (options.timeout, options.ending) {
            (Some(time), _) => time.as_secs().saturating_add(SPARE).min(LONG),
            (None, Ending::Once) => SHORT,
            (None, _) => LONG,
        };
        Some(Self {
            image: options.from_node.clone()?,
            seconds,
            all: RefCell::default(),
        })
    }

    /// Returns the helper for a Pod.
    ///
    /// # Errors
    /// The Pod is not on a node, or has no address.
    pub(super) fn of(&self, pod: &ProbedPod, cluster: &Cluster) -> Result<Arc<Helper>, Failure> {
        let missing = |what: &str| {
            let message = format!("{} has no {what} yet", pod.shown);
            Failure::new(Exit::Failure, message)
                .help("use `--from-node` once it runs, or leave it out to wait for the Pod")
        };
        let node = pod.spec.node_name.as_deref();
        let node = node.ok_or_else(|| missing("node"))?;
        if pod.address().is_empty() {
            return Err(missing("IP address"));
        }
        let mut all = self.all.borrow_mut();
        let known = all
            .iter()
            .find(|helper| helper.namespace == pod.namespace && helper.node == node);
        if let Some(known) = known {
            return Ok(Arc::clone(known));
        }
        let helper = Arc::new(Helper::new(cluster, &pod.namespace, node));
        all.push(Arc::clone(&helper));
        Ok(helper)
    }

    fn all(&self) -> Vec<Arc<Helper>> {
        self.all.borrow().clone()
    }

    /// Creates all Pods, and waits until they run.
    ///
    /// # Errors
    /// One of them does not run, the time-out, or a signal.
    pub(super) async fn start(
        &self,
        limit: Option<Instant>,
        claim: &Claim,
        ui: &Ui,
    ) -> Result<(), CommandError> {
        let (all, resource) = (self.all(), pods()?);
        let started = all
            .iter()
            .map(|helper| helper.start(&resource, &self.image, self.seconds, ui));
        let mut started = pin!(try_join_all(started));
        let time = async {
            match limit {
                Some(limit) => sleep_until(limit).await,
                None => std::future::pending().await,
            }
        };
        let signal = tokio::select! {
            biased;
            signal = claim.received() => Some(signal),
            started = &mut started => return started.map(drop).map_err(Into::into),
            () = time => None,
        };
        // An answer has the uid to delete.
        let _ = timeout(ANSWERS, started).await;
        Err(match signal {
            Some(signal) => {
                ui.note(signals::word(signal));
                CommandError::Reported(signal)
            }
            None => Failure::timed_out("the helper Pods do not run yet").into(),
        })
    }

    /// Deletes all Pods, and prints which ones may be left. Returns the exit code.
    pub(super) async fn remove(&self, claim: &Claim, ui: &Ui) -> Exit {
        let all = self.all();
        let Ok(resource) = pods() else {
            return Exit::Success;
        };
        let failed: RefCell<Vec<(usize, ClusterError)>> = RefCell::default();
        let remove = async |(index, helper): (usize, &Arc<Helper>)| {
            if let Err(error) = helper.remove(&resource, ui).await {
                failed.borrow_mut().push((index, error));
            }
        };
        let removals = stream::iter(all.iter().enumerate()).for_each_concurrent(AT_ONCE, remove);
        let time = async {
            if timeout(REMOVAL, claim.received()).await.is_ok() {
                sleep(REMOVAL_AFTER_SIGNAL).await;
            }
        };
        tokio::select! {
            biased;
            () = removals => {}
            () = time => {}
        }
        let mut exit = Exit::Success;
        let mut failed = failed.into_inner();
        for (index, helper) in all.iter().enumerate() {
            if !helper.may_exist() {
                continue;
            }
            exit = Exit::Cluster;
            let why = failed
                .iter()
                .position(|(failed, _)| *failed == index)
                .map_or_else(
                    || "no answer".to_owned(),
                    |at| Failure::from(failed.swap_remove(at).1).message,
                );
            let Helper {
                shown,
                name,
                namespace,
                ..
            } = &**helper;
            ui.error(&format!("the helper {shown} is not deleted: {why}"));
            ui.help(&format!("use `kubectl delete pod {name} -n {namespace}`"));
        }
        exit
    }
}

fn pods() -> Result<Resource, Failure> {
    let kind = by_type("pods").map(Resource::of);
    kind.ok_or_else(|| Failure::new(Exit::Cluster, "Pods are no known kind"))
}

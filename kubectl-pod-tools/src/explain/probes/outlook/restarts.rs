//! Restarts of a container that a probe kills again and again.

use std::time::Duration;

use pod_probe::{ContainerPlan, ProbeKind, RestartPolicy};

use super::entry::{has, run, sound};
use crate::render::in_minutes;

/// The first wait, which each restart doubles.
const FIRST: Duration = Duration::from_secs(10);
/// The longest wait.
const MOST: Duration = Duration::from_mins(5);
/// A tick comes a little early.
const INEXACT: Duration = Duration::from_millis(200);
/// The kubelet has no end to compare with at the first restart, and no wait at the second.
const FREE: u32 = 2;

/// Restarts that come without a wait, one after the other.
///
/// A sync that kills compares with the end of the run before: a restart waits only if the wait is longer
/// than the run that was just killed. Then the next sync compares with that run's own end.
///
/// Upstream: `doBackOff` in `k8s.io/kubernetes/pkg/kubelet/kuberuntime/kuberuntime_manager.go`, and `Next` in
/// `k8s.io/client-go/util/flowcontrol/backoff.go`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) struct Immediate {
    /// In every case.
    pub least: u32,
    /// `None` if all of them may.
    pub most: Option<u32>,
    /// The first wait after the least number.
    pub wait: Option<Duration>,
}

impl Immediate {
    /// Returns those of a container whose startup or liveness probe never passes, or `None` if it has none
    /// that can be run.
    pub(in super::super) fn of(container: &ContainerPlan) -> Option<Self> {
        let kind = if has(container, ProbeKind::Startup) {
            ProbeKind::Startup
        } else {
            ProbeKind::Liveness
        };
        let probe = sound(container, kind)?;
        let hook = container.pre_stop.unwrap_or_default();
        let (shortest, longest) = run(probe);
        let stops = hook.min(probe.grace_period);
        Some(Self::of_runs(
            shortest.saturating_add(stops).saturating_sub(INEXACT),
            longest.saturating_add(stops),
        ))
    }

    fn of_runs(shortest: Duration, longest: Duration) -> Self {
        let (least, wait) = without_wait(shortest);
        let (most, ends_with) = without_wait(longest);
        Self {
            least,
            most: ends_with.map(|_| most),
            wait,
        }
    }

    /// Returns the number in words, such as `4-5`, or `None` if all come without a wait.
    pub(in super::super) fn count(&self) -> Option<String> {
        self.wait?;
        Some(match self.most {
            Some(most) if most > self.least => format!("{}-{most}", self.least),
            Some(_) => self.least.to_string(),
            None => format!("{} or more", self.least),
        })
    }
}

/// Returns the number of restarts without a wait of runs that take a time, and the first wait, if any.
fn without_wait(run: Duration) -> (u32, Option<Duration>) {
    let (mut count, mut wait) = (FREE, FIRST);
    while wait <= run {
        count += 1;
        if wait == MOST {
            return (count, None);
        }
        wait = (wait * 2).min(MOST);
    }
    (count, Some(wait))
}

/// Returns the sentence on the restarts that follow the first kill.
///
/// Rules are not asked about a container that runs when a probe kills it, but the policy is.
pub(super) fn restarts(container: &ContainerPlan, counts_for_job: bool) -> Option<String> {
    let name = &container.name;
    if container.restart_policy == RestartPolicy::Never {
        return Some(if container.restart_rules.is_empty() {
            format!("container {name} is not restarted")
        } else {
            format!(
                "the restartPolicyRules of container {name} decide on restarts by the exit code"
            )
        });
    }
    let immediate = Immediate::of(container)?;
    let (Some(count), Some(wait)) = (immediate.count(), immediate.wait) else {
        return Some(format!(
            "each restart of container {name} comes at once{}",
            job(counts_for_job)
        ));
    };
    let at_once = format!("the first {count} restarts of container {name} come at once");
    let later = match immediate.most {
        None => "and later ones at once or after 5m".to_owned(),
        Some(_) if wait == MOST => "and then every other one waits 5m".to_owned(),
        Some(most) => format!(
            "then each waits, {}{} at first and up to 5m, and from there on every other one comes at once",
            in_minutes(wait),
            if most > immediate.least {
                " or more"
            } else {
                ""
            }
        ),
    };
    // Its end is judged once a wait has held the start back.
    let unless = match container.restart_policy {
        RestartPolicy::OnFailure => {
            ". One that has to wait and has ended with exit code 0 is done: it is not restarted"
        }
        _ => "",
    };
    Some(format!("{at_once}, {later}{unless}{}", job(counts_for_job)))
}

/// Upstream: `pastBackoffLimitOnFailure` in `k8s.io/kubernetes/pkg/controller/job/job_controller.go`.
fn job(counts_for_job: bool) -> &'static str {
    if counts_for_job {
        ". Each restart counts for the Job's backoffLimit"
    } else {
        ""
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_restart_waits_only_if_the_wait_is_longer_than_the_run() {
        let seconds = Duration::from_secs;
        for (run, count, wait) in [
            (3, 2, Some(10)),
            (10, 3, Some(20)),
            (27, 4, Some(40)),
            (42, 5, Some(80)),
            (90, 6, Some(160)),
            (299, 7, Some(300)),
            (300, 8, None),
            (600, 8, None),
        ] {
            let expected = (count, wait.map(seconds));
            assert_eq!(without_wait(seconds(run)), expected, "{run}");
        }
        let between = Immediate::of_runs(seconds(27), seconds(42));
        assert_eq!(between.count().as_deref(), Some("4-5"));
        let long = Immediate::of_runs(seconds(290), seconds(310));
        assert_eq!(long.count().as_deref(), Some("7 or more"));
        assert_eq!(Immediate::of_runs(seconds(301), seconds(310)).count(), None);
    }
}

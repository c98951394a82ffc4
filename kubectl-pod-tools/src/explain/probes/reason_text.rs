//! Reasons of forecasts in words.

use std::time::Duration;

use pod_probe::{Reason, Verdict};

use super::words::{times, word};
use crate::render::time_range;

fn text(time: Duration) -> String {
    time_range(time, Some(time))
}

/// The event that a reason is of.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Of {
    /// Its run, from 0 on.
    pub instance: u32,
    /// True for an attempt that waits for the success of the startup probe.
    pub is_gated: bool,
    /// True for one of a readiness probe, whose ticker each sync of the Pod before begins anew.
    pub is_synced: bool,
}

/// Returns a reason as a phrase.
pub(super) fn reason_text(reason: Reason, of: Of) -> String {
    match reason {
        Reason::Ticker { .. } | Reason::Sync { .. } => first_attempt(reason, of),
        Reason::Running => "no probe decides: as soon as the kubelet sees it run".to_owned(),
        Reason::Threshold {
            probe,
            verdict,
            threshold,
            period,
            timeout,
        } => {
            let probe = word(probe);
            match verdict {
                Verdict::Success | Verdict::Warning if threshold == 1 => {
                    format!("first success of the {probe} probe")
                }
                Verdict::Success | Verdict::Warning => format!(
                    "successThreshold {threshold} of the {probe} probe, periodSeconds {}",
                    period.as_secs()
                ),
                Verdict::Failure | Verdict::Errored => format!(
                    "failureThreshold {threshold} of the {probe} probe, periodSeconds {}, \
                     timeoutSeconds {}",
                    period.as_secs(),
                    timeout.as_secs()
                ),
            }
        }
        Reason::NotRunning => "the container has ended".to_owned(),
        Reason::NextSync => "the next sync of the Pod sees the probe's success".to_owned(),
        Reason::PodEnds { grace_period } => format!(
            "a probe has failed and nothing of the Pod remains: it ends, with its own grace period of {}",
            text(grace_period)
        ),
        Reason::NoHook => "no preStop hook: at once".to_owned(),
        Reason::PreStop {
            takes,
            grace_period,
        } if takes.is_zero() => format!(
            "after the preStop hook, which is taken to end at once (`--pre-stop-takes`), within the grace \
             period of {}",
            text(grace_period)
        ),
        Reason::PreStop {
            takes,
            grace_period,
        } => format!(
            "after the preStop hook ({}), within the grace period of {}",
            text(takes),
            text(grace_period)
        ),
        Reason::GracePeriod { grace_period, left } if grace_period == left => {
            format!("the grace period of {} is over", text(grace_period))
        }
        Reason::GracePeriod { grace_period, left } => format!(
            "the {} are over that the preStop hook left of the grace period of {}",
            text(left),
            text(grace_period)
        ),
        Reason::AllRestart => {
            "a restart rule: all containers end and start again, without a grace period".to_owned()
        }
        Reason::Stopped { takes } if takes.is_zero() => "it ends at SIGTERM".to_owned(),
        Reason::Stopped { takes } => format!("it ends {} after SIGTERM", text(takes)),
        Reason::Killed => "SIGKILL".to_owned(),
        Reason::Exited { after, code } => {
            format!(
                "it ends by itself after {} with exit code {code}",
                text(after)
            )
        }
        Reason::AtOnce { .. } | Reason::BackOff { .. } => restart(reason, of.instance),
        Reason::KnownBug(id) => {
            let bug = id.bug();
            let issue = bug.issue.unwrap_or("known bug of upstream");
            format!("{issue}: {}", bug.effect.trim_end_matches('.'))
        }
    }
}

/// Returns the reason of a first attempt.
fn first_attempt(reason: Reason, of: Of) -> String {
    let (initial_delay, period) = match reason {
        Reason::Ticker {
            initial_delay,
            period,
        }
        | Reason::Sync {
            initial_delay,
            period,
        } => (initial_delay, period.as_secs()),
        _ => return String::new(),
    };
    let causes = before(of.is_gated, initial_delay);
    match reason {
        Reason::Sync { .. } => {
            format!("{causes}first sync of the Pod, or tick of periodSeconds {period}")
        }
        _ if of.is_synced => format!(
            "{causes}first tick of periodSeconds {period}, which the last sync of the Pod began anew"
        ),
        _ => format!("{causes}first tick of periodSeconds {period}, which began before the start"),
    }
}

/// Returns the reason of a restart.
fn restart(reason: Reason, instance: u32) -> String {
    match reason {
        Reason::AtOnce {
            is_one_behind: true,
            restarts,
        } if restarts > 0 => {
            format!(
                "at once: the wait counts from the end of {}",
                run_before(instance, 2)
            )
        }
        Reason::AtOnce { restarts: 0, .. } => "the first restart comes at once".to_owned(),
        Reason::AtOnce { restarts, .. } => format!(
            "at once, although it was restarted {} before",
            times(restarts)
        ),
        Reason::BackOff {
            wait,
            is_one_behind,
        } => format!(
            "back-off of {} from the end of {}",
            text(wait),
            run_before(instance, if is_one_behind { 2 } else { 1 })
        ),
        _ => String::new(),
    }
}

/// Returns a run before that of a restart, by its number for people.
fn run_before(instance: u32, steps: u32) -> String {
    format!("run {}", (instance + 1).saturating_sub(steps).max(1))
}

/// Returns the causes that come before the first attempt's own.
fn before(is_gated: bool, initial_delay: Duration) -> String {
    match (is_gated, initial_delay.as_secs()) {
        (false, 0) => String::new(),
        (true, 0) => "success of the startup probe, then the ".to_owned(),
        (false, seconds) => format!("initialDelaySeconds {seconds}, then the "),
        (true, seconds) => {
            format!("success of the startup probe and initialDelaySeconds {seconds}, then the ")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_has_its_numbers() {
        let seconds = Duration::from_secs;
        for (reason, expected) in [
            (
                Reason::Ticker {
                    initial_delay: seconds(5),
                    period: seconds(10),
                },
                "initialDelaySeconds 5, then the first tick of periodSeconds 10, which began before the \
                 start",
            ),
            (
                Reason::Threshold {
                    probe: pod_probe::ProbeKind::Liveness,
                    verdict: Verdict::Failure,
                    threshold: 3,
                    period: seconds(10),
                    timeout: seconds(1),
                },
                "failureThreshold 3 of the liveness probe, periodSeconds 10, timeoutSeconds 1",
            ),
            (
                Reason::BackOff {
                    wait: seconds(40),
                    is_one_behind: true,
                },
                "back-off of 40s from the end of run 4",
            ),
            (
                Reason::GracePeriod {
                    grace_period: seconds(30),
                    left: seconds(10),
                },
                "the 10s are over that the preStop hook left of the grace period of 30s",
            ),
        ] {
            let of = Of {
                instance: 5,
                ..Of::default()
            };
            assert_eq!(reason_text(reason, of), expected);
        }
        let reason = Reason::Sync {
            initial_delay: Duration::ZERO,
            period: seconds(10),
        };
        assert_eq!(
            reason_text(
                reason,
                Of {
                    instance: 0,
                    is_gated: true,
                    is_synced: true
                }
            ),
            "success of the startup probe, then the first sync of the Pod, or tick of periodSeconds 10"
        );
    }
}

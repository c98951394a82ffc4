//! Reasons of a shutdown's events in words.

use pod_probe::{ShutdownReason, ShutdownRole};

use crate::render::in_minutes;

/// Returns a reason in words.
pub(super) fn reason_text(reason: &ShutdownReason, role: ShutdownRole) -> String {
    let time = |time: &std::time::Duration| in_minutes(*time);
    match reason {
        ShutdownReason::Deleted { grace_period } => format!(
            "grace period of {}; endpoints are updated at the same time, not before",
            time(grace_period)
        ),
        ShutdownReason::Together => {
            "the kubelet has seen the deletion; the grace period counts from here".to_owned()
        }
        ShutdownReason::HookEnds { takes, is_assumed } => {
            let assumed = if *is_assumed { ", as assumed" } else { "" };
            format!("it takes {}{assumed}", time(takes))
        }
        ShutdownReason::HookOverruns { grace_period, .. } => format!(
            "not waited for any longer: the grace period of {} is used up. The hook is not ended",
            time(grace_period)
        ),
        ShutdownReason::HookFails => {
            "the kubelet cannot run it: event FailedPreStopHook".to_owned()
        }
        ShutdownReason::NoHook if role == ShutdownRole::Sidecar => {
            "no preStop hook, and no container to wait for".to_owned()
        }
        ShutdownReason::NoHook => "no preStop hook".to_owned(),
        ShutdownReason::AfterHook { left } => format!("{} left for its stop", time(left)),
        ShutdownReason::AfterContainers {
            containers,
            left,
            is_late,
        } => {
            let late = if *is_late {
                ", or at the end of the grace period, which may come first"
            } else {
                ""
            };
            format!(
                "after the end of {}{late}; {} left for its stop",
                containers.join(", "),
                time(left)
            )
        }
        ShutdownReason::GraceUsedUp { grace_period } => format!(
            "the grace period of {} is used up before its turn; 2s left for its stop",
            time(grace_period)
        ),
        ShutdownReason::GracePeriod { grace_period, left } if grace_period == left => {
            format!("the grace period of {} is over", time(grace_period))
        }
        ShutdownReason::GracePeriod { grace_period, left } => format!(
            "{} after SIGTERM: the rest of the grace period of {}",
            time(left),
            time(grace_period)
        ),
        ShutdownReason::MinimumGrace { minimum } => {
            format!("{} after SIGTERM: the kubelet's minimum", time(minimum))
        }
        ShutdownReason::Stopped { takes } if takes.is_zero() => {
            "it reacts to SIGTERM at once, as assumed".to_owned()
        }
        ShutdownReason::Stopped { takes } => {
            format!("{} after SIGTERM, as assumed", time(takes))
        }
        ShutdownReason::StoppedOrKilled => "at SIGTERM, or by SIGKILL".to_owned(),
        ShutdownReason::Killed => "by SIGKILL, exit code 137".to_owned(),
    }
}

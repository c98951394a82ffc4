//! The Pods: each is a kind of trouble that probes are there for, or that they make.
//!
//! A probe that comes late may find a program failed that had been well in time, and everything
//! after is early by a period. So the times lie between ticks: a readiness probe's are up to a second
//! after a multiple of its period, and a liveness probe's next kill is a multiple of its period after
//! the last, which the time to stop and to fail must not be.

use std::time::Duration;

use pod_probe::Kind::{Liveness, Readiness, Startup};
use pod_probe::{Assumptions, StopTakes};
use serde_json::json;

use crate::case::Handler::{Exec, Grpc, Http, MissingProgram, Tcp, Unresolved};
use crate::case::{Case, probe};

fn s(seconds: f64) -> Duration {
    Duration::from_secs_f64(seconds)
}

fn starts_after(seconds: f64) -> impl FnOnce(&mut Assumptions) {
    move |does| does.starts_after = s(seconds)
}

fn fails_at(seconds: f64) -> impl FnOnce(&mut Assumptions) {
    move |does| does.fails_at = Some(s(seconds))
}

/// Everything that is run.
pub(crate) fn all() -> Vec<Case> {
    [starts(), failures(), ends(), thresholds(), several()].concat()
}

/// Starts that are quick, slow, or never end.
fn starts() -> Vec<Case> {
    vec![
        Case::new("no-probes", 10, vec![]),
        Case::new("ready-http", 20, vec![probe(Readiness, Http, 2, 3)]),
        Case::new("ready-tcp", 20, vec![probe(Readiness, Tcp, 3, 3)]),
        Case::new("ready-grpc", 20, vec![probe(Readiness, Grpc, 3, 3)]),
        Case::new("ready-exec", 20, vec![probe(Readiness, Exec, 5, 3)]),
        Case::new(
            "all-three",
            40,
            vec![
                probe(Startup, Http, 1, 30),
                probe(Readiness, Http, 2, 2),
                probe(Liveness, Http, 5, 3),
            ],
        ),
        Case::new("late-ready", 40, vec![probe(Readiness, Http, 5, 3)]).does(starts_after(13.0)),
        Case::new(
            "late-ready-grpc",
            40,
            vec![probe(Readiness, Grpc, 4, 3), probe(Liveness, Grpc, 5, 9)],
        )
        .does(starts_after(14.5)),
        Case::new(
            "late-startup",
            60,
            vec![
                probe(Startup, Http, 3, 20),
                probe(Readiness, Http, 5, 1),
                probe(Liveness, Http, 4, 1),
            ],
        )
        .does(starts_after(12.0)),
        Case::new(
            "late-startup-tcp",
            50,
            vec![probe(Startup, Tcp, 2, 20), probe(Readiness, Http, 4, 1)],
        )
        .does(starts_after(9.0)),
        Case::new("startup-too-slow", 100, vec![probe(Startup, Http, 2, 3)])
            .does(starts_after(3600.0)),
        Case::new("liveness-too-early", 100, vec![probe(Liveness, Http, 3, 2)])
            .does(starts_after(20.0)),
    ]
}

/// A program that works, and then fails.
fn failures() -> Vec<Case> {
    let live = |name, period, failures| {
        Case::new(name, 100, vec![probe(Liveness, Http, period, failures)])
    };
    vec![
        live("never-live", 1, 1).does(starts_after(3600.0)),
        live("never-live-slower", 5, 1).does(starts_after(3600.0)),
        Case::new("never-live-tcp", 90, vec![probe(Liveness, Tcp, 2, 2)])
            .does(starts_after(3600.0)),
        // Its server listens, and says NOT_SERVING.
        Case::new("never-live-grpc", 90, vec![probe(Liveness, Grpc, 4, 1)]).does(fails_at(0.001)),
        Case::new("never-live-exec", 70, vec![probe(Liveness, Exec, 5, 1)])
            .does(starts_after(3600.0)),
        live("fails", 4, 2).does(fails_at(22.0)),
        live("fails-once", 3, 3).does(|does| {
            fails_at(16.0)(does);
            does.first_run_only = true;
        }),
        Case::new("unready", 60, vec![probe(Readiness, Http, 3, 2)]).does(fails_at(20.0)),
        Case::new(
            "unready-and-back",
            90,
            vec![probe(Readiness, Http, 2, 3), probe(Liveness, Http, 5, 9)],
        )
        .does(|does| {
            fails_at(21.5)(does);
            does.recovers_at = Some(s(41.5));
        }),
        live("hangs", 3, 2).does(|does| does.hangs_at = Some(s(16.0))),
        Case::new(
            "hangs-unready",
            80,
            vec![
                probe(Readiness, Http, 2, 2).with("timeoutSeconds", 3),
                probe(Liveness, Http, 5, 4),
            ],
        )
        .does(|does| {
            does.hangs_at = Some(s(15.5));
            does.recovers_at = Some(s(31.5));
        }),
        Case::new(
            "errors",
            60,
            vec![probe(Readiness, Http, 3, 1), probe(Liveness, Http, 4, 1)],
        )
        .does(|does| does.errors_at = Some(s(15.0))),
        Case::new(
            "unresolved",
            60,
            vec![
                probe(Readiness, Http, 3, 3),
                probe(Liveness, Unresolved, 2, 1),
            ],
        ),
        Case::new(
            "unresolved-ready",
            30,
            vec![probe(Readiness, Unresolved, 2, 1)],
        ),
        Case::new(
            "missing-program",
            50,
            vec![
                probe(Readiness, Http, 3, 3),
                probe(Liveness, MissingProgram, 5, 1),
            ],
        ),
        Case::new(
            "slow",
            60,
            vec![probe(Readiness, Http, 3, 2), probe(Liveness, Http, 4, 2)],
        )
        .does(|does| does.slow = s(2.0)),
        Case::new(
            "slower-than-the-time-out",
            70,
            vec![probe(Liveness, Http, 3, 2).with("timeoutSeconds", 2)],
        )
        .does(|does| does.slow = s(4.0)),
    ]
}

/// Containers that end: by themselves, by SIGTERM, late, or not at all.
fn ends() -> Vec<Case> {
    let live = |name, at| Case::new(name, 80, vec![probe(Liveness, Http, 3, 2)]).does(fails_at(at));
    let exits = |code| move |does: &mut Assumptions| does.exits_at = Some((s(12.0), code));
    let ready = |name| Case::new(name, 90, vec![probe(Readiness, Http, 2, 3)]);
    vec![
        live("slow-stop", 15.0)
            .grace(8)
            .does(|does| does.stop_takes = StopTakes::Time(s(4.0))),
        live("ignores-sigterm", 15.0)
            .grace(4)
            .does(|does| does.stop_takes = StopTakes::Never),
        Case::new(
            "grace-of-the-probe",
            80,
            vec![probe(Liveness, Http, 3, 2).with("terminationGracePeriodSeconds", 3)],
        )
        .grace(30)
        .does(fails_at(16.0))
        .does(|does| does.stop_takes = StopTakes::Never),
        live("pre-stop-sleep", 15.0)
            .grace(10)
            .pre_stop(&json!({"sleep": {"seconds": 4}})),
        live("pre-stop-longer-than-the-grace", 16.0)
            .grace(4)
            .pre_stop(&json!({"sleep": {"seconds": 4}}))
            .does(|does| does.stop_takes = StopTakes::Never),
        live("pre-stop-exec", 16.0)
            .grace(12)
            .pre_stop(&json!({"exec": {"command": ["sleep", "3"]}}))
            .does(|does| does.pre_stop_takes = s(3.0)),
        live("never", 15.0)
            .restart_policy("Never")
            .does(|does| does.stop_takes = StopTakes::Time(s(2.0))),
        live("on-failure", 16.0).restart_policy("OnFailure"),
        ready("exits").does(exits(1)),
        ready("exits-well").does(exits(0)),
        ready("exits-on-failure")
            .restart_policy("OnFailure")
            .does(exits(3)),
        ready("done-on-failure")
            .restart_policy("OnFailure")
            .does(exits(0)),
        ready("done-never").restart_policy("Never").does(exits(2)),
    ]
}

/// Delays and thresholds.
fn thresholds() -> Vec<Case> {
    vec![
        Case::new(
            "three-successes",
            50,
            vec![probe(Readiness, Http, 4, 2).with("successThreshold", 3)],
        )
        .does(starts_after(6.0)),
        Case::new(
            "three-successes-again",
            90,
            vec![probe(Readiness, Http, 3, 2).with("successThreshold", 3)],
        )
        .does(|does| {
            fails_at(26.0)(does);
            does.recovers_at = Some(s(41.0));
        }),
        Case::new(
            "delay",
            50,
            vec![
                probe(Readiness, Http, 5, 3).with("initialDelaySeconds", 5),
                probe(Liveness, Http, 3, 3).with("initialDelaySeconds", 10),
            ],
        ),
        Case::new(
            "delay-too-short",
            90,
            vec![probe(Liveness, Http, 2, 3).with("initialDelaySeconds", 6)],
        )
        .does(starts_after(3600.0)),
        Case::new(
            "delay-of-startup",
            60,
            vec![
                probe(Startup, Http, 2, 3).with("initialDelaySeconds", 8),
                probe(Readiness, Grpc, 3, 3),
            ],
        )
        .does(starts_after(10.0)),
    ]
}

/// Containers beside each other.
fn several() -> Vec<Case> {
    vec![
        Case::new("two", 60, vec![probe(Readiness, Http, 2, 3)])
            .beside("other", vec![probe(Readiness, Http, 5, 3)])
            .does(starts_after(7.5)),
        Case::new("one-of-two-fails", 80, vec![probe(Readiness, Http, 2, 3)])
            .beside("other", vec![probe(Liveness, Http, 3, 2)])
            .does(fails_at(21.5)),
        Case::new("sidecar", 60, vec![probe(Readiness, Http, 3, 3)])
            .sidecar(vec![
                probe(Startup, Http, 2, 20),
                probe(Readiness, Http, 3, 3),
            ])
            .does(starts_after(6.0)),
        Case::new("sidecar-fails", 90, vec![probe(Readiness, Http, 3, 3)])
            .sidecar(vec![
                probe(Readiness, Http, 2, 1),
                probe(Liveness, Http, 3, 2),
            ])
            .does(fails_at(21.5)),
        Case::new(
            "sidecar-without-startup",
            40,
            vec![probe(Liveness, Http, 3, 3)],
        )
        .sidecar(vec![probe(Liveness, Http, 3, 3)]),
    ]
}

//! The Pods: each is a kind of trouble that probes are there for, or that they make.

use std::time::Duration;

use pod_probe::Kind::{Liveness, Readiness, Startup};
use pod_probe::{Assumptions, StopTakes};
use serde_json::json;

use crate::case::Handler::{Exec, Grpc, Http, MissingProgram, Tcp, Unresolved};
use crate::case::{Case, probe};

fn s(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

fn starts_after(seconds: u64) -> impl FnOnce(&mut Assumptions) {
    move |does| does.starts_after = s(seconds)
}

fn fails_at(seconds: u64) -> impl FnOnce(&mut Assumptions) {
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
        Case::new("late-ready", 40, vec![probe(Readiness, Http, 5, 3)]).does(starts_after(12)),
        Case::new(
            "late-ready-grpc",
            40,
            vec![probe(Readiness, Grpc, 4, 3), probe(Liveness, Grpc, 5, 9)],
        )
        .does(starts_after(12)),
        Case::new(
            "late-startup",
            60,
            vec![
                probe(Startup, Http, 3, 20),
                probe(Readiness, Http, 5, 1),
                probe(Liveness, Http, 4, 1),
            ],
        )
        .does(starts_after(12)),
        Case::new(
            "late-startup-tcp",
            50,
            vec![probe(Startup, Tcp, 2, 20), probe(Readiness, Http, 4, 1)],
        )
        .does(starts_after(9)),
        Case::new("startup-too-slow", 100, vec![probe(Startup, Http, 2, 3)])
            .does(starts_after(3600)),
        Case::new("liveness-too-early", 100, vec![probe(Liveness, Http, 3, 2)])
            .does(starts_after(20)),
    ]
}

/// A program that works, and then fails.
fn failures() -> Vec<Case> {
    let live = |name, period, failures| {
        Case::new(name, 100, vec![probe(Liveness, Http, period, failures)])
    };
    vec![
        live("never-live", 1, 1).does(starts_after(3600)),
        live("never-live-slower", 5, 1).does(starts_after(3600)),
        Case::new("never-live-tcp", 90, vec![probe(Liveness, Tcp, 2, 2)]).does(starts_after(3600)),
        Case::new("never-live-grpc", 90, vec![probe(Liveness, Grpc, 4, 1)])
            .does(starts_after(3600)),
        Case::new("never-live-exec", 70, vec![probe(Liveness, Exec, 5, 1)])
            .does(starts_after(3600)),
        live("fails", 4, 2).does(fails_at(20)),
        live("fails-once", 3, 3).does(|does| {
            fails_at(15)(does);
            does.first_run_only = true;
        }),
        Case::new("unready", 60, vec![probe(Readiness, Http, 3, 2)]).does(fails_at(20)),
        Case::new(
            "unready-and-back",
            90,
            vec![probe(Readiness, Http, 2, 3), probe(Liveness, Http, 5, 9)],
        )
        .does(|does| {
            fails_at(20)(does);
            does.recovers_at = Some(s(40));
        }),
        live("hangs", 3, 2).does(|does| does.hangs_at = Some(s(15))),
        Case::new(
            "hangs-unready",
            80,
            vec![
                probe(Readiness, Http, 2, 2).with("timeoutSeconds", 3),
                probe(Liveness, Http, 5, 4),
            ],
        )
        .does(|does| {
            does.hangs_at = Some(s(15));
            does.recovers_at = Some(s(30));
        }),
        Case::new(
            "errors",
            60,
            vec![probe(Readiness, Http, 3, 1), probe(Liveness, Http, 4, 1)],
        )
        .does(|does| does.errors_at = Some(s(15))),
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
        .does(|does| does.slow = s(2)),
        Case::new(
            "slower-than-the-time-out",
            70,
            vec![probe(Liveness, Http, 3, 2).with("timeoutSeconds", 2)],
        )
        .does(|does| does.slow = s(4)),
    ]
}

/// Containers that end: by themselves, by SIGTERM, late, or not at all.
fn ends() -> Vec<Case> {
    let live = |name| Case::new(name, 80, vec![probe(Liveness, Http, 3, 2)]).does(fails_at(15));
    let exits = |code| move |does: &mut Assumptions| does.exits_at = Some((s(12), code));
    let ready = |name| Case::new(name, 90, vec![probe(Readiness, Http, 2, 3)]);
    vec![
        live("slow-stop")
            .grace(8)
            .does(|does| does.stop_takes = StopTakes::Time(s(4))),
        live("ignores-sigterm")
            .grace(4)
            .does(|does| does.stop_takes = StopTakes::Never),
        Case::new(
            "grace-of-the-probe",
            80,
            vec![probe(Liveness, Http, 3, 2).with("terminationGracePeriodSeconds", 3)],
        )
        .grace(30)
        .does(fails_at(15))
        .does(|does| does.stop_takes = StopTakes::Never),
        live("pre-stop-sleep")
            .grace(10)
            .pre_stop(&json!({"sleep": {"seconds": 4}})),
        live("pre-stop-longer-than-the-grace")
            .grace(4)
            .pre_stop(&json!({"sleep": {"seconds": 4}}))
            .does(|does| does.stop_takes = StopTakes::Never),
        live("pre-stop-exec")
            .grace(12)
            .pre_stop(&json!({"exec": {"command": ["sleep", "3"]}}))
            .does(|does| does.pre_stop_takes = s(3)),
        live("never")
            .restart_policy("Never")
            .does(|does| does.stop_takes = StopTakes::Time(s(2))),
        live("on-failure").restart_policy("OnFailure"),
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
        .does(starts_after(6)),
        Case::new(
            "three-successes-again",
            90,
            vec![probe(Readiness, Http, 3, 2).with("successThreshold", 3)],
        )
        .does(|does| {
            fails_at(25)(does);
            does.recovers_at = Some(s(40));
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
        .does(starts_after(3600)),
        Case::new(
            "delay-of-startup",
            60,
            vec![
                probe(Startup, Http, 2, 3).with("initialDelaySeconds", 8),
                probe(Readiness, Grpc, 3, 3),
            ],
        )
        .does(starts_after(10)),
    ]
}

/// Containers beside each other.
fn several() -> Vec<Case> {
    vec![
        Case::new("two", 60, vec![probe(Readiness, Http, 2, 3)])
            .beside("other", vec![probe(Readiness, Http, 5, 3)])
            .does(starts_after(7)),
        Case::new("one-of-two-fails", 80, vec![probe(Readiness, Http, 2, 3)])
            .beside("other", vec![probe(Liveness, Http, 3, 2)])
            .does(fails_at(20)),
        Case::new("sidecar", 60, vec![probe(Readiness, Http, 3, 3)])
            .sidecar(vec![
                probe(Startup, Http, 2, 20),
                probe(Readiness, Http, 3, 3),
            ])
            .does(starts_after(6)),
        Case::new("sidecar-fails", 90, vec![probe(Readiness, Http, 3, 3)])
            .sidecar(vec![
                probe(Readiness, Http, 2, 1),
                probe(Liveness, Http, 3, 2),
            ])
            .does(fails_at(20)),
        Case::new(
            "sidecar-without-startup",
            40,
            vec![probe(Liveness, Http, 3, 3)],
        )
        .sidecar(vec![probe(Liveness, Http, 3, 3)]),
    ]
}

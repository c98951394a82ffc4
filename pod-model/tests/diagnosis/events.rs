//! Random events: of any reporter, and with hostile texts.

use k8s_openapi::jiff::Timestamp;
use pod_model::diagnosis::PodEvent;

use crate::NOW;
use crate::random::Rng;
use crate::random::status::Clock;

const REASONS: [&str; 24] = [
    "BackOff",
    "Evicted",
    "Failed",
    "FailedAttachVolume",
    "FailedCreate",
    "FailedCreatePodSandBox",
    "FailedKillPod",
    "FailedMount",
    "FailedPostStartHook",
    "FailedPreStopHook",
    "FailedScheduling",
    "Killing",
    "NodeNotReady",
    "Preempted",
    "Preempting",
    "ProbeWarning",
    "ProvisioningFailed",
    "Pulled",
    "ResizeInfeasible",
    "Scheduled",
    "Started",
    "TaintManagerEviction",
    "Unhealthy",
    "",
];

const MESSAGES: [&str; 14] = [
    "",
    "Container app-0 failed liveness probe, will be restarted",
    "Container app-0 failed startup probe, will be restarted",
    "Liveness probe failed: HTTP probe failed with statuscode: 500",
    "Readiness probe failed: dial tcp 10.0.0.1:80: connect: connection refused",
    "Readiness probe errored and resulted in unknown state: rpc error",
    "Startup probe failed: ",
    "PostStartHook failed",
    "Stopping container app-0",
    "0/1 nodes are available: 1 Insufficient cpu. preemption: 0/1 nodes are available: 1 No preemption victims found.",
    "0/0 nodes are available: .",
    "pods \"web-\" is forbidden: exceeded quota: q, requested: pods=1, used: pods=1, limited: pods=1",
    "\u{1b}[31m\u{202e}\0 failed liveness probe: ): (: {{{ \u{feff}é",
    "probe probe: : :, , . . 0/ nodes/are available:: 99999999999999999999 x",
];

const REPORTERS: [&str; 6] = [
    "kubelet",
    "default-scheduler",
    "kubelet",
    "job-controller",
    "",
    "evil",
];

fn event(rng: &mut Rng) -> PodEvent {
    let last = Timestamp::from_second(NOW - Clock::span(rng)).ok();
    let containers = [
        None,
        Some("app-0"),
        Some("app-1"),
        Some("init-0"),
        Some("x{y}"),
    ];
    PodEvent {
        container: rng.pick(&containers).map(str::to_owned),
        reason: rng.pick(&REASONS).to_owned(),
        message: rng.pick(&MESSAGES).to_owned(),
        reporter: rng.pick(&REPORTERS).to_owned(),
        is_warning: rng.percent(50),
        count: rng.pick(&[1, 1, 1, 2, 3, 50, u32::MAX]),
        first: last.filter(|_| rng.percent(90)),
        last: last.filter(|_| rng.percent(95)),
    }
}

pub(crate) fn events(rng: &mut Rng) -> Vec<PodEvent> {
    (0..rng.below(9)).map(|_| event(rng)).collect()
}

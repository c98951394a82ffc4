//! The probes of a container.

use k8s_openapi::api::core::v1::{Container, Probe as ApiProbe};
use pod_model::KubernetesVersion;
use serde::Serialize;

use crate::handler::Handler;

/// The kind of a probe.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum ProbeKind {
    /// Holds the others back until it succeeds; kills the container if not.
    Startup,
    /// True if the container gets traffic.
    Readiness,
    /// Kills the container.
    Liveness,
}

/// The origin of a grace period.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum GracePeriodOrigin {
    /// The probe's own.
    Probe,
    /// The Pod's.
    Pod,
}

/// One probe; times are in seconds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Probe {
    /// Its kind.
    pub kind: ProbeKind,
    /// Its handler.
    pub handler: Handler,
    /// From the container's start to the first attempt.
    pub initial_delay_seconds: i32,
    /// Between attempts.
    pub period_seconds: i32,
    /// After which an attempt has failed.
    pub timeout_seconds: i32,
    /// Successes in a row that count as one.
    pub success_threshold: i32,
    /// Failures in a row that count as one.
    pub failure_threshold: i32,
    /// Time for the container to stop when this probe kills it; absent for readiness,
    /// which kills nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub termination_grace_period_seconds: Option<i64>,
    /// The origin of that time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub termination_grace_period_origin: Option<GracePeriodOrigin>,
}

/// The probes that a container declares, in the order startup, readiness,
/// liveness.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Probes(pub Vec<Probe>);

/// The kubelet's minimum grace period: `minimumGracePeriodInSeconds`.
const MINIMUM_GRACE_PERIOD_SECONDS: i64 = 2;

impl Probes {
    /// The probes of a container whose defaults are filled in.
    ///
    /// `pod_grace_period` is the Pod's `terminationGracePeriodSeconds`.
    pub fn of(
        container: &Container,
        pod_grace_period: Option<i64>,
        version: KubernetesVersion,
    ) -> Self {
        let ports = container.ports.as_deref().unwrap_or_default();
        let declared = [
            (ProbeKind::Startup, &container.startup_probe),
            (ProbeKind::Readiness, &container.readiness_probe),
            (ProbeKind::Liveness, &container.liveness_probe),
        ];
        let probe = |(kind, probe): (ProbeKind, &Option<ApiProbe>)| {
            let probe = probe.as_ref()?;
            let grace = grace_period(kind, probe, pod_grace_period);
            Some(Probe {
                kind,
                handler: Handler::of_probe(probe, ports, version),
                initial_delay_seconds: probe.initial_delay_seconds.unwrap_or_default(),
                period_seconds: probe.period_seconds.unwrap_or_default(),
                timeout_seconds: probe.timeout_seconds.unwrap_or_default(),
                success_threshold: probe.success_threshold.unwrap_or_default(),
                failure_threshold: probe.failure_threshold.unwrap_or_default(),
                termination_grace_period_seconds: grace.map(|(seconds, _)| seconds),
                termination_grace_period_origin: grace.map(|(_, origin)| origin),
            })
        };
        Self(declared.into_iter().filter_map(probe).collect())
    }
}

/// The grace period of a container that a probe kills, not less than what the
/// kubelet grants in any case.
///
/// Upstream: `setTerminationGracePeriod` and `killContainer` in
/// `k8s.io/kubernetes/pkg/kubelet/kuberuntime/kuberuntime_container.go`; a Pod
/// that is being deleted has its deletion's grace period instead.
fn grace_period(
    kind: ProbeKind,
    probe: &ApiProbe,
    pod: Option<i64>,
) -> Option<(i64, GracePeriodOrigin)> {
    if kind == ProbeKind::Readiness {
        return None;
    }
    let (seconds, origin) = match (pod, probe.termination_grace_period_seconds) {
        (Some(_), Some(own)) => (own, GracePeriodOrigin::Probe),
        (Some(pod), None) => (pod, GracePeriodOrigin::Pod),
        (None, _) => (MINIMUM_GRACE_PERIOD_SECONDS, GracePeriodOrigin::Pod),
    };
    Some((seconds.max(MINIMUM_GRACE_PERIOD_SECONDS), origin))
}

#[cfg(test)]
mod tests {
    use pod_model::defaults;
    use serde_json::json;

    use super::*;
    use crate::Hooks;

    fn container(value: serde_json::Value) -> Container {
        let mut container = serde_json::from_value(value).unwrap();
        defaults::container(&mut container);
        container
    }

    #[test]
    fn a_probe_has_its_defaults_and_its_port_resolved() {
        let container = container(json!({
            "name": "c",
            "ports": [{ "name": "web", "containerPort": 8080 }],
            "livenessProbe": { "httpGet": { "port": "web" }, "terminationGracePeriodSeconds": 1 },
            "readinessProbe": { "grpc": { "port": 9000 }, "periodSeconds": 3 },
            "startupProbe": { "tcpSocket": { "port": "nope" } },
        }));
        let probes = Probes::of(&container, Some(30), KubernetesVersion::V1_34);
        assert_eq!(
            serde_json::to_value(probes).unwrap(),
            json!([
                {
                    "kind": "startup",
                    "handler": { "unresolved": { "reason": "the container has no port named `nope`" } },
                    "initialDelaySeconds": 0, "periodSeconds": 10, "timeoutSeconds": 1,
                    "successThreshold": 1, "failureThreshold": 3,
                    "terminationGracePeriodSeconds": 30, "terminationGracePeriodOrigin": "pod",
                },
                {
                    "kind": "readiness",
                    "handler": { "grpc": { "port": 9000, "service": "" } },
                    "initialDelaySeconds": 0, "periodSeconds": 3, "timeoutSeconds": 1,
                    "successThreshold": 1, "failureThreshold": 3,
                },
                {
                    "kind": "liveness",
                    "handler": { "httpGet": {
                        "scheme": "http", "port": 8080, "path": "/",
                        "headers": [
                            { "name": "User-Agent", "value": "kube-probe/1.34" },
                            { "name": "Accept", "value": "*/*" },
                        ],
                    } },
                    "initialDelaySeconds": 0, "periodSeconds": 10, "timeoutSeconds": 1,
                    "successThreshold": 1, "failureThreshold": 3,
                    "terminationGracePeriodSeconds": 2, "terminationGracePeriodOrigin": "probe",
                },
            ])
        );
    }

    #[test]
    fn the_kubelet_cannot_run_a_tcp_hook() {
        let container = container(json!({
            "name": "c",
            "lifecycle": {
                "postStart": { "tcpSocket": { "port": 80 } },
                "preStop": { "sleep": { "seconds": 5 } },
            },
        }));
        assert_eq!(
            serde_json::to_value(Hooks::of(&container, KubernetesVersion::V1_35)).unwrap(),
            json!({
                "postStart": { "handler": { "missing": {} } },
                "preStop": { "handler": { "sleep": { "seconds": 5 } } },
            })
        );
    }
}

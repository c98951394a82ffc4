//! Known bugs of upstream that change what probes do, as data.
//!
//! The forecast does what each version really does, bugs included.

use k8s_openapi::api::core::v1::{Container, PodSpec};
use pod_model::KubernetesVersion;
use pod_model::features::Gate;
use serde::Serialize;

/// Names of the bugs in code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum BugId {
    /// k/k#141155
    InheritedStarted,
    /// k/k#140881
    CancelledExecProbe,
    /// k/k#122591
    BrokenBody,
    /// No issue is known.
    RecreatedWorkers,
}

/// A bug of upstream.
#[derive(Clone, Copy, Debug)]
pub struct KnownBug {
    /// Its name in code.
    pub id: BugId,
    /// Its issue, such as `k/k#141155`; absent if none is known.
    pub issue: Option<&'static str>,
    /// The first version that has it.
    pub since: KubernetesVersion,
    /// The last known version that has it.
    pub until: KubernetesVersion,
    /// The feature gate that avoids it where it is on.
    pub avoided_by: Option<Gate>,
    /// The effect, as a sentence.
    pub effect: &'static str,
    /// Upstream's file and function.
    pub source: &'static str,
    applies: fn(&PodSpec, KubernetesVersion) -> bool,
}

/// Every known bug.
pub const KNOWN_BUGS: [KnownBug; 4] = [
    KnownBug {
        id: BugId::InheritedStarted,
        issue: Some("k/k#141155"),
        since: KubernetesVersion::V1_35,
        until: KubernetesVersion::V1_37,
        avoided_by: Some(Gate::ChangeContainerStatusOnKubeletRestart),
        effect: "Where a liveness probe has killed a container and it starts again at once, liveness and \
                 readiness probes run before the startup probe has passed, until its first tick: a \
                 container that starts slowly can be killed again.",
        source: "k8s.io/kubernetes/pkg/kubelet/kubelet_pods.go convertToAPIContainerStatuses, \
                 pkg/kubelet/prober/prober_manager.go isContainerStarted",
        applies: |spec, version| {
            probed(spec).any(|own| {
                let is_probed = own.startup_probe.is_some() && own.liveness_probe.is_some();
                is_probed && policy_of(own, spec, version) != "Never"
            })
        },
    },
    KnownBug {
        id: BugId::CancelledExecProbe,
        issue: Some("k/k#140881"),
        since: KubernetesVersion::V1_35,
        until: KubernetesVersion::V1_36,
        avoided_by: None,
        effect: "While the Pod terminates, its exec readiness probes cannot run, and each container \
                 stays as ready as it was.",
        source: "k8s.io/kubernetes/pkg/kubelet/prober/prober_manager.go AddPod",
        applies: |spec, _| {
            let mut probes = probed(spec).filter_map(|own| own.readiness_probe.as_ref());
            probes.any(|probe| probe.exec.is_some())
        },
    },
    KnownBug {
        id: BugId::BrokenBody,
        issue: Some("k/k#122591"),
        since: KubernetesVersion::V1_31,
        until: KubernetesVersion::V1_37,
        avoided_by: None,
        effect: "An HTTP answer whose body breaks off or stalls counts neither as a success nor as a \
                 failure, whatever its status: the container is never killed for it.",
        source: "k8s.io/kubernetes/pkg/probe/http/http.go DoHTTPProbe",
        applies: |spec, _| {
            let kills = |own: &Container| {
                let probes = [own.startup_probe.as_ref(), own.liveness_probe.as_ref()];
                let mut probes = probes.into_iter().flatten();
                probes.any(|probe| probe.http_get.is_some())
            };
            probed(spec).any(kills)
        },
    },
    KnownBug {
        id: BugId::RecreatedWorkers,
        issue: None,
        since: KubernetesVersion::V1_33,
        until: KubernetesVersion::V1_37,
        avoided_by: None,
        effect: "While a container that has ended for good is still probed, the kubelet syncs the \
                 Pod every second: readiness probes of containers that are not ready run at each of \
                 these syncs.",
        source: "k8s.io/kubernetes/pkg/kubelet/prober/prober_manager.go AddPod, worker.go doProbe",
        applies: |spec, version| {
            // `AddPod` looks at the containers in their order. Up to 1.36 it returns at the first worker
            // that lives: only those of the first probed container are made anew.
            let is_probed = |own: &&Container| {
                own.startup_probe.is_some()
                    || own.readiness_probe.is_some()
                    || own.liveness_probe.is_some()
            };
            let made_anew = if version < KubernetesVersion::V1_37 {
                1
            } else {
                usize::MAX
            };
            let mut made_anew = spec.containers.iter().filter(is_probed).take(made_anew);
            made_anew.any(|own| {
                let has_readiness = |other: &Container| other.readiness_probe.is_some();
                let mut others = probed(spec).filter(|other| other.name != own.name);
                // The Pod ends with the last app container.
                let goes_on = spec.containers.len() > 1;
                goes_on && can_end(own, spec, version) && others.any(has_readiness)
            })
        },
    },
];

/// Returns a container's own restart policy, or the Pod's.
fn policy_of<'a>(own: &'a Container, spec: &'a PodSpec, version: KubernetesVersion) -> &'a str {
    let is_sidecar = !spec.containers.iter().any(|other| other.name == own.name);
    let has_own = is_sidecar || Gate::ContainerRestartRules.is_on(version);
    let own_policy = own.restart_policy.as_deref().filter(|_| has_own);
    own_policy
        .or(spec.restart_policy.as_deref())
        .unwrap_or("Always")
}

/// Returns whether the workers of a container end with it: before the gate `ContainerRestartRules` only
/// where the Pod never restarts a container.
///
/// Upstream: `doProbe` in `k8s.io/kubernetes/pkg/kubelet/prober/worker.go`.
fn can_end(own: &Container, spec: &PodSpec, version: KubernetesVersion) -> bool {
    match policy_of(own, spec, version) {
        "Never" => true,
        "OnFailure" => Gate::ContainerRestartRules.is_on(version),
        _ => false,
    }
}

/// Returns the containers that the kubelet probes: the app containers and the sidecars.
fn probed(spec: &PodSpec) -> impl Iterator<Item = &Container> {
    let is_sidecar = |own: &&Container| own.restart_policy.as_deref() == Some("Always");
    let sidecars = spec.init_containers.iter().flatten().filter(is_sidecar);
    spec.containers.iter().chain(sidecars)
}

impl BugId {
    /// Returns the bug's row.
    pub fn bug(self) -> &'static KnownBug {
        &KNOWN_BUGS[self as usize]
    }
}

impl KnownBug {
    /// Returns whether a version has it, with its gates' defaults.
    pub fn stands_in(&self, version: KubernetesVersion) -> bool {
        let is_avoided = self.avoided_by.is_some_and(|gate| gate.is_on(version));
        (self.since..=self.until).contains(&version) && !is_avoided
    }
}

/// Returns the bugs of a version that can change what the probes of a Pod do.
pub fn known_bugs(spec: &PodSpec, version: KubernetesVersion) -> Vec<&'static KnownBug> {
    let stands = |bug: &&KnownBug| bug.stands_in(version) && (bug.applies)(spec, version);
    KNOWN_BUGS.iter().filter(stands).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn each_bug_has_its_own_row() {
        for (index, bug) in KNOWN_BUGS.iter().enumerate() {
            assert_eq!(bug.id as usize, index);
            assert_eq!(bug.id.bug().id, bug.id);
        }
    }

    #[test]
    fn a_bug_is_said_only_of_pods_and_versions_that_have_it() {
        let spec = |value| serde_json::from_value::<PodSpec>(value).unwrap();
        let ids = |spec: &PodSpec, version| -> Vec<BugId> {
            known_bugs(spec, version).iter().map(|bug| bug.id).collect()
        };
        let startup = spec(json!({"containers": [{"name": "c",
            "startupProbe": {"exec": {}}, "livenessProbe": {"exec": {}}}]}));
        assert_eq!(ids(&startup, KubernetesVersion::V1_34), []);
        assert_eq!(
            ids(&startup, KubernetesVersion::V1_35),
            [BugId::InheritedStarted]
        );
        let exec = spec(json!({"containers": [{"name": "c", "readinessProbe": {"exec": {}}}]}));
        assert_eq!(
            ids(&exec, KubernetesVersion::V1_36),
            [BugId::CancelledExecProbe]
        );
        assert_eq!(ids(&exec, KubernetesVersion::V1_37), []);
    }

    fn has(id: BugId, spec: &serde_json::Value, version: KubernetesVersion) -> bool {
        let spec = serde_json::from_value::<PodSpec>(spec.clone()).unwrap();
        known_bugs(&spec, version).iter().any(|bug| bug.id == id)
    }

    #[test]
    fn started_is_inherited_only_where_a_liveness_probe_restarts_the_container() {
        let inherits = |policy: &str, kind: &str| {
            let mut own = json!({"name": "c", "startupProbe": {"exec": {}}});
            own[kind] = json!({"exec": {}});
            let spec = json!({"restartPolicy": policy, "containers": [own]});
            has(BugId::InheritedStarted, &spec, KubernetesVersion::V1_35)
        };
        assert!(inherits("Always", "livenessProbe"));
        assert!(inherits("OnFailure", "livenessProbe"));
        assert!(!inherits("Never", "livenessProbe"));
        assert!(!inherits("Always", "readinessProbe"));
    }

    #[test]
    fn workers_are_made_anew_of_the_first_probed_container_or_since_1_37_of_any() {
        use KubernetesVersion as V;
        let spec = |pods: &str, own: [Option<&str>; 2]| {
            let container = |name, own: Option<&str>| json!({"name": name, "restartPolicy": own, "readinessProbe": {"exec": {}}});
            let containers = [container("a", own[0]), container("b", own[1])];
            json!({"restartPolicy": pods, "containers": containers})
        };
        let anew = |spec: &_, version| has(BugId::RecreatedWorkers, spec, version);
        let never = spec("Never", [None, None]);
        assert!([V::V1_33, V::V1_34, V::V1_35, V::V1_37].map(|of| anew(&never, of)) == [true; 4]);
        let on_failure = spec("OnFailure", [None, None]);
        assert!(!anew(&on_failure, V::V1_34) && anew(&on_failure, V::V1_35));
        assert!(!anew(&spec("Always", [None, None]), V::V1_37));
        // A policy of its own counts since 1.35; the second container's workers are left alone to 1.36.
        let first = spec("Always", [Some("Never"), None]);
        let second = spec("Always", [None, Some("Never")]);
        assert!(!anew(&first, V::V1_34) && anew(&first, V::V1_35));
        assert!(!anew(&second, V::V1_36) && anew(&second, V::V1_37));
        let alone = json!({"restartPolicy": "Never",
            "containers": [{"name": "a", "readinessProbe": {"exec": {}}}, {"name": "b"}]});
        assert!(!anew(&alone, V::V1_37));
    }
}

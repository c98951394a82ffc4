//! No status makes the rows of `kubectl get`, the reasons why they mislead, and the diagnosis panic, or
//! name a field of nowhere.

#![allow(
    clippy::unwrap_used,
    reason = "a test ends where something is not as it should be"
)]

use k8s_openapi::api::batch::v1::{Job, JobCondition, JobSpec, JobStatus};
use k8s_openapi::api::core::v1::{
    Container, ContainerState, ContainerStateRunning, ContainerStateTerminated,
    ContainerStateWaiting, ContainerStatus, Pod, PodCondition, PodReadinessGate, PodSpec,
    PodStatus,
};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::{ObjectMeta, Time};
use k8s_openapi::jiff::Timestamp;
use pod_model::diagnosis::{PodEvent, Scene, Workload, WorkloadScene, diagnose, diagnose_workload};
use pod_model::kubectl_status::{age, job_row, misleading_job, misleading_pod, pod_row};
use pod_model::{KubernetesVersion, Verdict};
use proptest::collection::vec;
use proptest::option::of;
use proptest::prelude::*;
use proptest::sample::select;

const WORDS: &[&str] = &[
    "",
    "a",
    "b",
    "Always",
    "OnFailure",
    "Never",
    "Running",
    "Pending",
    "Succeeded",
    "Failed",
    "Unknown",
    "NodeLost",
    "Evicted",
    "Terminated",
    "Completed",
    "Error",
    "OOMKilled",
    "CrashLoopBackOff",
    "ContainerCreating",
    "PodInitializing",
    "SchedulingGated",
    "RestartingAllContainers",
    "ContainerStatusUnknown",
    "Init:",
    "é\u{202e}\0",
];
const CONDITIONS: &[&str] = &[
    "Ready",
    "Initialized",
    "PodScheduled",
    "ContainersReady",
    "PodReadyToStartContainers",
    "DisruptionTarget",
    "Complete",
    "Failed",
    "Suspended",
    "FailureTarget",
    "SuccessCriteriaMet",
];

fn word() -> impl Strategy<Value = String> {
    select(WORDS).prop_map(str::to_owned)
}

fn number() -> impl Strategy<Value = i32> {
    prop_oneof![
        Just(0),
        Just(1),
        Just(-1),
        Just(i32::MIN),
        Just(i32::MAX),
        any::<i32>()
    ]
}

fn time() -> impl Strategy<Value = Time> {
    let odd = [Timestamp::MIN, Timestamp::MAX, Timestamp::UNIX_EPOCH];
    let odd = odd.into_iter().chain("0001-01-01T00:00:00Z".parse());
    let odd: Vec<Timestamp> = odd.collect();
    prop_oneof![
        select(odd),
        (-70_000_000_000..200_000_000_000_i64)
            .prop_map(|second| Timestamp::from_second(second).unwrap()),
    ]
    .prop_map(Time)
}

fn state() -> impl Strategy<Value = ContainerState> {
    let waiting = of(word()).prop_map(|reason| ContainerStateWaiting {
        reason,
        message: None,
    });
    let terminated = (number(), of(word()), of(number()), of(time()));
    let terminated =
        terminated.prop_map(
            |(exit_code, reason, signal, finished_at)| ContainerStateTerminated {
                exit_code,
                reason,
                signal,
                finished_at,
                ..ContainerStateTerminated::default()
            },
        );
    let running = Just(ContainerStateRunning::default());
    (of(waiting), of(terminated), of(running)).prop_map(|(waiting, terminated, running)| {
        ContainerState {
            running,
            terminated,
            waiting,
        }
    })
}

fn container_status() -> impl Strategy<Value = ContainerStatus> {
    let flags = (any::<bool>(), of(any::<bool>()));
    (word(), flags, number(), of(state()), of(state())).prop_map(
        |(name, (ready, started), restart_count, state, last_state)| ContainerStatus {
            name,
            ready,
            started,
            restart_count,
            state,
            last_state,
            ..ContainerStatus::default()
        },
    )
}

fn pod_condition() -> impl Strategy<Value = PodCondition> {
    let status = select(vec!["True", "False", "Unknown", ""]);
    (select(CONDITIONS), status, of(word())).prop_map(|(type_, status, reason)| PodCondition {
        type_: type_.to_owned(),
        status: status.to_owned(),
        reason,
        ..PodCondition::default()
    })
}

fn container() -> impl Strategy<Value = Container> {
    (word(), of(word())).prop_map(|(name, restart_policy)| Container {
        name,
        restart_policy,
        ..Container::default()
    })
}

fn spec() -> impl Strategy<Value = PodSpec> {
    let gates = of(vec(select(CONDITIONS), 0..3));
    let words = (of(word()), of(word()));
    let lists = (vec(container(), 0..4), of(vec(container(), 0..4)));
    (lists, words, gates).prop_map(
        |((containers, init_containers), (restart_policy, node_name), gates)| PodSpec {
            containers,
            init_containers,
            restart_policy,
            node_name,
            readiness_gates: gates.map(|gates| {
                let gates = gates.into_iter().map(|kind| PodReadinessGate {
                    condition_type: kind.to_owned(),
                });
                gates.collect()
            }),
            ..PodSpec::default()
        },
    )
}

fn metadata() -> impl Strategy<Value = ObjectMeta> {
    let grace = prop_oneof![Just(i64::MIN), Just(i64::MAX), -5..100_i64];
    (of(time()), of(time()), of(grace), of(vec(word(), 0..3))).prop_map(
        |(creation_timestamp, deletion_timestamp, grace, finalizers)| ObjectMeta {
            creation_timestamp,
            deletion_timestamp,
            deletion_grace_period_seconds: grace,
            finalizers,
            ..ObjectMeta::default()
        },
    )
}

fn pod() -> impl Strategy<Value = Pod> {
    let statuses = || of(vec(container_status(), 0..5));
    let conditions = of(vec(pod_condition(), 0..6));
    let status = (of(word()), of(word()), conditions, statuses(), statuses()).prop_map(
        |(phase, reason, conditions, container_statuses, init_container_statuses)| PodStatus {
            phase,
            reason,
            conditions,
            container_statuses,
            init_container_statuses,
            ..PodStatus::default()
        },
    );
    (metadata(), of(spec()), of(status)).prop_map(|(metadata, spec, status)| Pod {
        metadata,
        spec,
        status,
    })
}

fn job() -> impl Strategy<Value = Job> {
    let condition = pod_condition().prop_map(|own| JobCondition {
        type_: own.type_,
        status: own.status,
        reason: own.reason,
        ..JobCondition::default()
    });
    let counts = (of(number()), of(number()), of(number()), of(number()));
    let times = (of(time()), of(time()));
    let status = (of(vec(condition, 0..5)), counts, times).prop_map(
        |(conditions, (active, ready, succeeded, failed), (start_time, completion_time))| {
            JobStatus {
                conditions,
                active,
                ready,
                succeeded,
                failed,
                start_time,
                completion_time,
                ..JobStatus::default()
            }
        },
    );
    let spec = (of(number()), of(number()), of(any::<bool>()), of(word())).prop_map(
        |(completions, parallelism, suspend, managed_by)| JobSpec {
            completions,
            parallelism,
            suspend,
            managed_by,
            ..JobSpec::default()
        },
    );
    (metadata(), of(spec), of(status)).prop_map(|(metadata, spec, status)| Job {
        metadata,
        spec,
        status,
    })
}

fn event() -> impl Strategy<Value = PodEvent> {
    let reason = select(vec![
        "Killing",
        "Unhealthy",
        "BackOff",
        "Failed",
        "Evicted",
        "FailedMount",
        "FailedScheduling",
    ]);
    let message = prop_oneof![word(), ".{0,40}", "[a-z:(){}./ 0-9-]{0,60}"];
    (of(word()), reason, message, of(time()), any::<u32>()).prop_map(
        |(container, reason, message, last, count)| PodEvent {
            container,
            reason: reason.to_owned(),
            message,
            reporter: String::new(),
            is_warning: true,
            count,
            first: last.as_ref().map(|own| own.0),
            last: last.map(|own| own.0),
        },
    )
}

fn scene<'a>(
    pod: &'a Pod,
    events: &'a [PodEvent],
    version: KubernetesVersion,
    now: Option<Time>,
) -> Scene<'a> {
    Scene {
        pod,
        events,
        has_events: true,
        now: now.map(|now| now.0),
        version,
        node: None,
        nodes: &[],
        claims: &[],
        volumes: &[],
        keys: &[],
    }
}

fn version() -> impl Strategy<Value = KubernetesVersion> {
    select(KubernetesVersion::ALL.to_vec())
}

fn is_known_field(path: &str) -> bool {
    ["metadata.", "spec.", "status"]
        .iter()
        .any(|start| path.starts_with(start))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3_000))]

    #[test]
    fn any_pod_has_a_row(pod in pod(), version in version(), now in time()) {
        let row = pod_row(&pod, version);
        let has_ended = pod.status.as_ref().is_some_and(|status| {
            matches!(status.phase.as_deref(), Some("Succeeded" | "Failed"))
        });
        let text = row.status.text.as_str();
        if pod.metadata.deletion_timestamp.is_some() && !has_ended {
            prop_assert!(matches!(text, "Terminating" | "Unknown"), "{text}");
            prop_assert!(row.masked.is_some());
        }
        prop_assert!(is_known_field(&row.status.origin.path.to_string()));
        prop_assert!(row.restarts_column(now.0).starts_with(&row.restarts.to_string()));
        prop_assert!(row.ready_column().contains('/'));
        prop_assert!(!age(pod.metadata.creation_timestamp.as_ref(), now.0).is_empty());
        if let Some(container) = &row.status.origin.container {
            let status = pod.status.as_ref().unwrap();
            let lists = [&status.init_container_statuses, &status.container_statuses];
            let mut all = lists.into_iter().flatten().flatten();
            prop_assert!(all.any(|own| own.name == container.name));
        }
    }

    #[test]
    fn the_reasons_of_any_pod_can_be_said(pod in pod(), version in version()) {
        let row = pod_row(&pod, version);
        let found = misleading_pod(&pod, &row, &[]);
        for (index, own) in found.iter().enumerate() {
            prop_assert!(is_known_field(&own.path.to_string()), "{own:?}");
            prop_assert!(own.reason.to_string().contains(' '), "{own:?}");
            let name = std::mem::discriminant(&own.reason);
            let before = &found[..index];
            // The reason and the phase may both be dead.
            let is_dead = own.reason.to_string().starts_with("no component");
            prop_assert!(
                is_dead || before.iter().all(|other| std::mem::discriminant(&other.reason) != name),
                "{found:?}"
            );
        }
    }

    #[test]
    fn any_job_has_a_row_and_reasons(job in job(), version in version(), now in time()) {
        let row = job_row(&job, version);
        prop_assert!(!row.status.text.is_empty());
        prop_assert!(is_known_field(&row.status.origin.path.to_string()));
        prop_assert_eq!(row.duration_column(now.0).is_empty(), row.started.is_none());
        prop_assert!(row.completions.contains('/'));
        for own in misleading_job(&job, &row) {
            prop_assert!(is_known_field(&own.path.to_string()), "{own:?}");
            prop_assert!(own.reason.to_string().contains(' '), "{own:?}");
        }
    }

    #[test]
    fn any_pod_has_a_diagnosis(
        pod in pod(), events in vec(event(), 0..6), version in version(), now in of(time()),
    ) {
        let phase = pod.status.as_ref().and_then(|own| own.phase.as_deref());
        let found = diagnose(&scene(&pod, &events, version, now));
        if pod.metadata.deletion_timestamp.is_none() {
            prop_assert!(phase != Some("Succeeded") || found.verdict != Verdict::No, "{found:?}");
            prop_assert!(phase != Some("Failed") || found.verdict != Verdict::Ok, "{found:?}");
        }
    }

    #[test]
    fn any_job_has_a_diagnosis(
        job in job(), pods in vec(pod(), 0..3), events in vec(event(), 0..6), version in version(), now in of(time()),
    ) {
        let pods: Vec<Scene<'_>> =
            pods.iter().map(|pod| scene(pod, &events, version, now.clone())).collect();
        let found = diagnose_workload(&WorkloadScene {
            workload: Workload::Job(&job),
            pods: &pods,
            jobs: &[],
            replica_sets: &[],
            events: &events,
            has_events: true,
            now: now.map(|now| now.0),
            version,
        });
        prop_assert!(!found.summary.is_empty());
    }
}

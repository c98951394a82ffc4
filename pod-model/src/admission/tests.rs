use k8s_openapi::api::core::v1::{LimitRange, Namespace, Pod, ServiceAccount};
use k8s_openapi::api::node::v1::RuntimeClass;
use k8s_openapi::api::scheduling::v1::PriorityClass;
use serde_json::{Value, json};

use super::{Admitted, admit};
use crate::lookup::{Answers, LookupKind, LookupType};
use crate::version::KubernetesVersion;

fn add<K: LookupType>(answers: &mut Answers, namespace: &str, object: &Value) {
    let kind = LookupKind::of::<K>();
    let name = object["metadata"]["name"].as_str().unwrap().to_owned();
    let decoded = kind.decode_value(object).unwrap();
    answers.add_from_cluster(kind, namespace, &name, decoded, "cluster".into());
}

/// A cluster in which everything is known: the namespace `n`, the default account, and what is added.
fn cluster() -> Answers {
    let mut answers = Answers::default();
    add::<Namespace>(&mut answers, "", &json!({"metadata": {"name": "n"}}));
    add::<ServiceAccount>(&mut answers, "n", &json!({"metadata": {"name": "default"}}));
    let complete = crate::lookup::Completeness::Complete;
    answers.set_completeness(LookupKind::of::<LimitRange>(), "n", complete);
    answers.set_completeness(LookupKind::of::<PriorityClass>(), "", complete);
    answers.set_completeness(LookupKind::of::<RuntimeClass>(), "", complete);
    answers
}

fn limit_range(answers: &mut Answers, name: &str, limits: &Value) {
    let object = json!({"metadata": {"name": name}, "spec": {"limits": limits}});
    add::<LimitRange>(answers, "n", &object);
}

fn pod(spec: &Value) -> Pod {
    let mut spec = spec.clone();
    for list in ["containers", "initContainers"] {
        for (at, own) in spec[list].as_array_mut().into_iter().flatten().enumerate() {
            let own = own.as_object_mut().unwrap();
            own.entry("name")
                .or_insert_with(|| format!("{}{at}", &list[..1]).into());
            own.entry("image").or_insert_with(|| "image".into());
        }
    }
    if spec["initContainers"].is_null() {
        spec.as_object_mut().unwrap().remove("initContainers");
    }
    let object = json!({"metadata": {"name": "p"}, "spec": spec});
    serde_json::from_value(object).unwrap()
}

fn admitted(spec: &Value, answers: &Answers) -> Admitted {
    admit(&pod(spec), "n", answers, KubernetesVersion::LATEST)
}

fn changed(admitted: &Admitted, prefix: &str) -> Vec<String> {
    let all = admitted.changes.iter().map(|own| {
        let value = own
            .value
            .as_str()
            .map_or_else(|| own.value.to_string(), str::to_owned);
        format!("{}={value} by {}", own.path, own.origin)
    });
    all.filter(|text| text.starts_with(prefix)).collect()
}

fn refusals(admitted: &Admitted) -> Vec<String> {
    let all = admitted.refusals.iter();
    all.map(|own| format!("{} {}: {}: {}", own.code, own.by, own.path, own.message))
        .collect()
}

#[test]
fn a_bare_maximum_limits_every_container_and_makes_a_larger_request_invalid() {
    let mut answers = cluster();
    limit_range(
        &mut answers,
        "small",
        &json!([{"type": "Container", "max": {"memory": "2Gi"}}]),
    );
    let spec = json!({"containers": [{"resources": {"requests": {"memory": "4Gi"}}}, {}]});
    let admitted = admitted(&spec, &answers);
    let of = |prefix: &str| changed(&admitted, prefix);
    assert_eq!(
        of("spec.containers[0].resources"),
        ["spec.containers[0].resources.limits.memory=2Gi by LimitRange small"]
    );
    assert_eq!(
        of("spec.containers[1].resources"),
        [
            "spec.containers[1].resources.requests.memory=2Gi by LimitRange small",
            "spec.containers[1].resources.limits.memory=2Gi by LimitRange small",
        ]
    );
    assert_eq!(
        refusals(&admitted),
        [
            "422 validation: spec.containers[0].resources.requests: request for `memory`, 4Gi, exceeds its limit, 2Gi",
            "403 LimitRange small: spec.containers[0].resources: maximum memory usage per Container is 2Gi, but request is 4Gi",
        ]
    );
}

#[test]
fn a_limit_becomes_the_request_before_a_limit_range_is_asked() {
    let mut answers = cluster();
    let limits =
        json!([{"type": "Container", "default": {"cpu": "1"}, "defaultRequest": {"cpu": "100m"}}]);
    limit_range(&mut answers, "l", &limits);
    let spec = json!({"containers": [{"resources": {"limits": {"cpu": "2"}}}],
        "initContainers": [{}]});
    let admitted = admitted(&spec, &answers);
    assert_eq!(
        changed(&admitted, "spec.containers[0].resources"),
        ["spec.containers[0].resources.requests.cpu=2 by the limit"]
    );
    assert_eq!(
        changed(&admitted, "spec.initContainers[0].resources"),
        [
            "spec.initContainers[0].resources.requests.cpu=100m by LimitRange l",
            "spec.initContainers[0].resources.limits.cpu=1 by LimitRange l"
        ]
    );
    assert_eq!(
        admitted.pod.metadata.annotations.unwrap()["kubernetes.io/limit-ranger"],
        "LimitRanger plugin set: cpu request for init container i0; cpu limit for init container i0"
    );
}

#[test]
fn of_two_limit_ranges_that_give_different_amounts_either_may_come_first() {
    let mut answers = cluster();
    let give = |cpu: &str, memory: &str| {
        let amounts = json!({"cpu": cpu, "memory": memory});
        json!([{"type": "Container", "default": amounts, "defaultRequest": amounts}])
    };
    limit_range(&mut answers, "b", &give("1000m", "4Gi"));
    limit_range(&mut answers, "a", &give("1", "1Gi"));
    let spec = json!({"containers": [{"resources": {"requests": {"memory": "2Gi"}}}]});
    let admitted = admitted(&spec, &answers);
    let at = "spec.containers[0].resources";
    let either = "LimitRange a (or 4Gi: LimitRange b; their order is not defined)";
    assert_eq!(
        changed(&admitted, at),
        [
            format!("{at}.requests.cpu=1 by LimitRange a"),
            format!("{at}.limits.cpu=1 by LimitRange a"),
            format!("{at}.limits.memory=1Gi by {either}"),
        ]
    );
}

#[test]
fn the_bounds_of_a_pod_count_sidecars_and_no_overhead() {
    let mut answers = cluster();
    limit_range(
        &mut answers,
        "l",
        &json!([{"type": "Pod", "max": {"cpu": "2"}}]),
    );
    let class = json!({"metadata": {"name": "vm"}, "handler": "vm", "overhead": {"podFixed": {"cpu": "5"}}});
    add::<RuntimeClass>(&mut answers, "", &class);
    let cpu = |amount: &str| json!({"limits": {"cpu": amount}});
    let spec = |sidecar: &str| {
        json!({"runtimeClassName": "vm", "containers": [{"resources": cpu("1")}],
        "initContainers": [{"restartPolicy": "Always", "resources": cpu(sidecar)}]})
    };
    assert_eq!(refusals(&admitted(&spec("1"), &answers)), [""; 0]);
    assert_eq!(
        refusals(&admitted(&spec("1500m"), &answers)),
        ["403 LimitRange l: spec: maximum cpu usage per Pod is 2, but limit is 2500m"]
    );
}

#[test]
fn every_pod_tolerates_lost_nodes_for_a_while_and_has_a_token_and_a_priority() {
    let admitted = admitted(&json!({"containers": [{}]}), &cluster());
    assert_eq!(refusals(&admitted), [""; 0]);
    assert_eq!(admitted.unknown, []);
    let spec = admitted.pod.spec.unwrap();
    let keys = spec
        .tolerations
        .unwrap()
        .into_iter()
        .map(|own| (own.key.unwrap(), own.toleration_seconds));
    assert_eq!(
        keys.collect::<Vec<_>>(),
        [
            ("node.kubernetes.io/not-ready".to_owned(), Some(300)),
            ("node.kubernetes.io/unreachable".to_owned(), Some(300))
        ]
    );
    assert_eq!(
        (spec.priority, spec.preemption_policy.as_deref()),
        (Some(0), Some("PreemptLowerPriority"))
    );
    assert_eq!(spec.volumes.unwrap()[0].name, "kube-api-access-xxxxx");
    assert_eq!(spec.containers[0].volume_mounts.as_ref().unwrap().len(), 1);
    assert_eq!(spec.service_account_name.as_deref(), Some("default"));
}

#[test]
fn a_runtime_class_gives_overhead_selector_and_tolerations_or_refuses() {
    let mut answers = cluster();
    let class = json!({"metadata": {"name": "vm"}, "handler": "vm",
        "overhead": {"podFixed": {"memory": "64Mi"}},
        "scheduling": {"nodeSelector": {"vm": "yes"}, "tolerations": [{"key": "vm", "operator": "Exists"}]}});
    add::<RuntimeClass>(&mut answers, "", &class);
    let spec = json!({"runtimeClassName": "vm", "containers": [{}],
        "tolerations": [{"key": "vm", "operator": "Equal", "value": "1", "effect": "NoSchedule"}]});
    let fits = admitted(&spec, &answers);
    assert_eq!(refusals(&fits), [""; 0]);
    let own = fits.pod.spec.unwrap();
    assert_eq!(own.overhead.unwrap()["memory"].0, "64Mi");
    assert_eq!(own.node_selector.unwrap()["vm"], "yes");
    let tolerations = own
        .tolerations
        .unwrap()
        .into_iter()
        .map(|own| (own.key.unwrap(), own.operator.unwrap()));
    let tolerations: Vec<_> = tolerations.filter(|(key, _)| key == "vm").collect();
    assert_eq!(tolerations, [("vm".to_owned(), "Exists".to_owned())]);

    let spec = json!({"runtimeClassName": "vm", "containers": [{}], "nodeSelector": {"vm": "no"},
        "overhead": {"memory": "1"}});
    assert_eq!(
        refusals(&admitted(&spec, &answers)),
        [
            "403 RuntimeClass: spec.overhead: pod rejected: Pod's Overhead doesn't match RuntimeClass's defined Overhead",
            "403 RuntimeClass: spec.nodeSelector.vm: conflict: runtimeClass.scheduling.nodeSelector[vm] = yes; pod.spec.nodeSelector[vm] = no",
        ]
    );
    let spec = json!({"runtimeClassName": "none", "containers": [{}]});
    assert_eq!(
        refusals(&admitted(&spec, &answers)),
        ["403 RuntimeClass: spec.runtimeClassName: pod rejected: RuntimeClass \"none\" not found"]
    );
    let spec = json!({"overhead": {"memory": "64Mi"}, "containers": [{}]});
    assert_eq!(
        refusals(&admitted(&spec, &answers)).last().unwrap(),
        "403 RuntimeClass: spec.overhead: pod rejected: Pod Overhead set without corresponding RuntimeClass defined Overhead"
    );
}

#[test]
fn a_priority_comes_from_the_named_class_or_the_default_one() {
    let mut answers = cluster();
    let class = |name: &str, value: i32, default: bool| json!({"metadata": {"name": name}, "value": value, "globalDefault": default, "preemptionPolicy": "Never"});
    add::<PriorityClass>(&mut answers, "", &class("high", 9, false));
    add::<PriorityClass>(&mut answers, "", &class("usual", 5, true));
    add::<PriorityClass>(&mut answers, "", &class("usual-too", 3, true));
    for (named, value) in [(json!("high"), 9), (Value::Null, 3)] {
        let spec = json!({"priorityClassName": named, "containers": [{}]});
        let spec = admitted(&spec, &answers).pod.spec.unwrap();
        assert_eq!(
            (spec.priority, spec.preemption_policy.as_deref()),
            (Some(value), Some("Never"))
        );
    }
    let spec = json!({"priorityClassName": "high", "priority": 4, "containers": [{}]});
    assert_eq!(
        refusals(&admitted(&spec, &answers)),
        [
            "403 Priority: spec.priority: the integer value of priority (4) must not be provided in pod spec; priority admission controller computed 9 from the given PriorityClass name"
        ]
    );
    let spec = json!({"priorityClassName": "low", "containers": [{}]});
    assert_eq!(
        refusals(&admitted(&spec, &answers)),
        ["403 Priority: spec.priorityClassName: no PriorityClass with name low was found"]
    );
}

#[test]
fn what_nobody_was_asked_for_is_unknown_and_not_refused() {
    let spec = json!({"priorityClassName": "high", "runtimeClassName": "vm", "containers": [{}]});
    let admitted = admitted(&spec, &Answers::default());
    assert_eq!(refusals(&admitted), [""; 0]);
    let unknown = admitted
        .unknown
        .iter()
        .map(|own| (own.kind, own.name.as_deref()));
    assert_eq!(
        unknown.collect::<Vec<_>>(),
        [
            ("Namespace", Some("n")),
            ("LimitRange", None),
            ("ServiceAccount", Some("default")),
            ("PriorityClass", Some("high")),
            ("RuntimeClass", Some("vm")),
        ]
    );
    let spec = json!({"priorityClassName": "system-node-critical", "containers": [{}]});
    let spec = admit(
        &pod(&spec),
        "n",
        &Answers::default(),
        KubernetesVersion::LATEST,
    )
    .pod
    .spec
    .unwrap();
    assert_eq!(spec.priority, Some(2_000_001_000));
}

#[test]
fn annotations_of_app_armor_are_written_by_old_servers_alone() {
    let spec = json!({"securityContext": {"appArmorProfile": {"type": "RuntimeDefault"}}, "containers": [{}]});
    for (version, written) in [
        (KubernetesVersion::V1_33, true),
        (KubernetesVersion::V1_34, false),
    ] {
        let admitted = admit(&pod(&spec), "n", &cluster(), version);
        assert_eq!(refusals(&admitted), [""; 0]);
        assert_eq!(
            admitted.pod.metadata.annotations.is_some(),
            written,
            "{version}"
        );
    }
}

//! The status of a Pod that is resized leads back to the Pod that its node has: random Pods as a kubelet has admitted them,
//! with the status that it writes, and a spec that asks for other amounts.
//!
//! Upstream: `convertContainerStatusResources` and `convertToAPIPodLevelResourcesStatus` in pkg/kubelet/kubelet_pods.go, whose
//! numbers of cgroups are those of the oracle.

use k8s_openapi::api::core::v1::Pod;
use pod_model::admission::Admitted;
use pod_model::cgroup::{of_container, of_pod, whole_pages};
use pod_model::features::Gate;
use pod_model::pod_resources::{eviction, with_actual_resources, with_allocated_resources};
use pod_model::{FieldPath, KubernetesVersion, Quantity, containers};
use serde_json::{Map, Value, json};

use crate::agreement::Agreement;
use crate::oracle::{Oracle, of_each_minor};
use crate::pods::{self, Node};
use crate::rng::Rng;
use crate::{cases, differences, ours, theirs, without_other_sizes};

const SEED: u64 = 0x5a7e;
const CPU: [&str; 11] = [
    "0", "1m", "2m", "5m", "9m", "10m", "11m", "100m", "1500m", "4", "300",
];
const MEMORY: [&str; 8] = [
    "0", "64Mi", "128Mi", "100M", "1Gi", "4097", "50000001", "3Gi",
];

/// Amounts of the API's lists that are in use: what nobody writes is no resize.
fn plain(rng: &mut Rng, list: &mut Value) {
    for (name, amount) in list.as_object_mut().into_iter().flatten() {
        match name.as_str() {
            "cpu" => *amount = json!(rng.pick(&CPU)),
            "memory" => *amount = json!(rng.pick(&MEMORY)),
            _ => *amount = json!("2Gi"),
        }
    }
}

/// Runs on all lists of the containers and of the Pod itself, which gives the name of the list.
fn each_list(spec: &mut Value, mut work: impl FnMut(&mut Value, Option<&str>)) {
    let mut of = |owner: &mut Value, is_pod: bool| {
        for list in ["requests", "limits"] {
            if let Some(own) = owner.pointer_mut(&format!("/resources/{list}")) {
                work(own, Some(list).filter(|_| is_pod));
            }
        }
    };
    of(spec, true);
    for field in ["containers", "initContainers"] {
        let all = spec.get_mut(field).and_then(Value::as_array_mut);
        for own in all.into_iter().flatten() {
            of(own, false);
        }
    }
}

fn milli(amount: &Value) -> i64 {
    let text = amount.as_str().unwrap_or("0");
    text.parse::<Quantity>().unwrap().milli_value()
}

/// The milli CPU of a quota.
fn limit_of(cgroup: &Value) -> Option<i64> {
    let quota = cgroup["cpuQuota"].as_i64()?;
    Some(quota * 1000 / 100_000).filter(|milli| *milli > 0)
}

/// The milli CPU of shares.
fn request_of(shares: i64) -> i64 {
    if shares < 2 {
        0
    } else {
        (shares * 1000 + 1023) / 1024
    }
}

/// Writes amounts as they are read of a cgroup.
fn write_limits(limits: &mut Value, cgroup: &Value, memory: Option<i64>) {
    if let Some(cpu) = limit_of(cgroup)
        && (cpu > 10 || milli(&limits["cpu"]) > 10)
    {
        limits["cpu"] = json!(format!("{cpu}m"));
    }
    if let Some(bytes) = memory.filter(|bytes| *bytes > 0) {
        limits["memory"] = json!(bytes.to_string());
    }
}

fn of_one(container: &Value, cgroup: &Value, is_running: bool) -> Value {
    let admitted = container.get("resources").cloned().unwrap_or(json!({}));
    let mut told = admitted.clone();
    let is_there = |list: &str| {
        admitted[list]
            .as_object()
            .is_some_and(|own| !own.is_empty())
    };
    if is_running && is_there("limits") {
        write_limits(&mut told["limits"], cgroup, cgroup["memory"].as_i64());
    }
    if is_running && is_there("requests") {
        let cpu = request_of(cgroup["cpuShares"].as_i64().unwrap());
        if cpu > 2 || milli(&admitted["requests"]["cpu"]) > 2 {
            told["requests"]["cpu"] = json!(format!("{cpu}m"));
        }
    }
    let mut status = json!({"name": container["name"], "image": "x", "imageID": "", "ready": true, "restartCount": 0,
        "resources": told});
    if is_there("requests") {
        status["allocatedResources"] = admitted["requests"].clone();
    }
    status
}

/// Returns the status of a Pod that runs, by upstream's numbers about it.
fn status(admitted: &Value, answer: &Value, version: KubernetesVersion) -> Value {
    let of = |field: &str| {
        let all = admitted["spec"][field].as_array().into_iter().flatten();
        let all = all.map(|own| {
            let is_running = field == "containers" || own["restartPolicy"] == "Always";
            let name = own["name"].as_str().unwrap();
            of_one(own, &answer["containers"][name], is_running)
        });
        all.collect::<Vec<_>>()
    };
    let mut status = json!({"phase": "Running", "qosClass": answer["computedQOS"],
        "containerStatuses": of("containers"), "initContainerStatuses": of("initContainers")});
    if Gate::InPlacePodLevelResourcesVerticalScaling.is_on(version) {
        let mut told = admitted["spec"]
            .get("resources")
            .cloned()
            .unwrap_or(json!({}));
        if told["limits"].is_null() {
            told["limits"] = json!({});
        }
        let cgroup = &answer["cgroup"];
        let memory = cgroup["memory"].as_i64();
        let memory = memory.and_then(|bytes| whole_pages(bytes, 4096));
        write_limits(&mut told["limits"], cgroup, memory);
        status["resources"] = told;
        status["allocatedResources"] = answer["requests"].clone();
    }
    status
}

/// Returns what ours says of the Pod that a node has, by the spec and the status.
fn ours_of(pod: &Pod, node: Node, version: KubernetesVersion) -> Value {
    let settings = ours::settings(node, version);
    let actual = with_actual_resources(pod, version);
    let mut all = Map::new();
    let spec = actual.spec.as_ref().unwrap();
    for container in containers(spec, &FieldPath::root().field("spec")) {
        let own = ours::cgroup(&of_container(&actual, &container, &settings));
        all.insert(container.name.to_owned(), own);
    }
    let eviction = eviction(&with_allocated_resources(pod, version), version);
    json!({"cgroup": ours::cgroup(&of_pod(&actual, &settings)), "containers": all,
        "memory": eviction.memory_request.value(), "storage": eviction.ephemeral_storage_request.value()})
}

/// Leaves of upstream's answer what is compared.
fn theirs_of(answer: &Value) -> Value {
    let value = |name: &str| {
        answer[name]
            .as_str()
            .unwrap()
            .parse::<Quantity>()
            .unwrap()
            .value()
    };
    let mut own = json!({"cgroup": answer["cgroup"], "containers": answer["containers"],
        "memory": value("memory"), "storage": value("storage")});
    own["cgroup"].as_object_mut().unwrap().remove("cpuWeight");
    for (_, container) in own["containers"].as_object_mut().unwrap() {
        container.as_object_mut().unwrap().remove("oomScoreAdj");
    }
    own
}

/// The limit of the Pod, which a container without one has as well, is read in pages, and with overhead: without that it
/// may be a page less.
fn as_read(ours: &mut Value, theirs: &mut Value) {
    in_pages(ours);
    in_pages(theirs);
    for (name, container) in ours["containers"].as_object_mut().unwrap() {
        let other = &theirs["containers"][name]["memory"];
        if let (Some(own), Some(bytes)) = (container["memory"].as_i64(), other.as_i64())
            && bytes - own == 4096
        {
            container["memory"] = other.clone();
        }
    }
}

fn in_pages(answer: &mut Value) {
    let pages = |cgroup: &mut Value| {
        if let Some(bytes) = cgroup["memory"].as_i64() {
            cgroup["memory"] = json!(whole_pages(bytes, 4096));
        }
    };
    pages(&mut answer["cgroup"]);
    for (_, container) in answer["containers"].as_object_mut().unwrap() {
        pages(container);
    }
}

/// Returns a Pod as the server stores it.
fn admitted(rng: &mut Rng, version: KubernetesVersion) -> Value {
    let mut pod = pods::pod(rng);
    pod.as_object_mut().unwrap().remove("status");
    each_list(&mut pod["spec"], |list, _| plain(rng, list));
    if let Some(overhead) = pod["spec"].get_mut("overhead") {
        plain(rng, overhead);
    }
    let pod: Pod = serde_json::from_value(pod).unwrap();
    json!(Admitted::as_written(&pod, version).pod)
}

/// Asks for other amounts of CPU and memory, and now and then for one more.
fn resized(rng: &mut Rng, admitted: &Value, version: KubernetesVersion) -> Value {
    let mut pod = admitted.clone();
    let can_resize_pod = Gate::InPlacePodLevelResourcesVerticalScaling.is_on(version);
    each_list(&mut pod["spec"], |list, of_pod| {
        for name in ["cpu", "memory"] {
            let chance = match (list.get(name), of_pod) {
                (_, Some(_)) if !can_resize_pod => 0,
                (Some(_), _) => 50,
                // Of these the status tells what the containers have together.
                (None, Some(_)) => 0,
                (None, _) => 10,
            };
            if rng.percent(chance) {
                let choices: &[&str] = if name == "cpu" { &CPU } else { &MEMORY };
                list[name] = json!(rng.pick(choices));
            }
        }
    });
    pod
}

of_each_minor!(a_status_leads_back_to_the_pod_that_its_node_has);

fn a_status_leads_back_to_the_pod_that_its_node_has(version: KubernetesVersion) {
    let mut rng = Rng::new(SEED + u64::from(version.minor()));
    let mut oracle = Oracle::of(version);
    let mut agreement = Agreement::new("statuses of random Pods");
    let pods: Vec<_> = (0..cases())
        .map(|_| {
            let pod = admitted(&mut rng, version);
            let node = Node {
                // Without quotas the limit of the Pod is told without overhead, and no API tells of that.
                quota: true,
                factor: 0.0,
                ..Node::of(&mut rng)
            };
            (resized(&mut rng, &pod, version), pod, node)
        })
        .collect();
    let questions: Vec<_> = pods
        .iter()
        .map(|(_, pod, node)| json!({"op": "resources", "pod": pod, "node": node.json()}))
        .collect();
    for ((wanted, admitted, node), answer) in pods.iter().zip(oracle.ask_all(&questions)) {
        let answer = theirs::answer(answer);
        let mut manifest = wanted.clone();
        manifest["status"] = status(admitted, &answer, version);
        let pod: Pod = serde_json::from_value(manifest.clone()).unwrap();
        let (mut ours, mut theirs) = (ours_of(&pod, *node, version), theirs_of(&answer));
        without_other_sizes(&mut ours, &mut theirs);
        as_read(&mut ours, &mut theirs);
        let different = differences("", &ours, &theirs);
        if different.is_empty() {
            agreement.equal();
        } else {
            agreement.differ(format!(
                "{version}: {different:#?}\n{node:?}\n{admitted}\n{manifest}"
            ));
        }
        if wanted["spec"] != admitted["spec"] {
            agreement.note("that are resized");
        }
    }
    println!("{version}");
    assert!(
        agreement.kind("that are resized") * 2 > cases(),
        "{agreement:?}"
    );
    agreement.finish(&[]);
}

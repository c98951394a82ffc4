//! Creation: `PrepareForCreate` of upstream's strategy and ours make the same Pod of the
//! same manifest.
//!
//! Compared are the `spec` and the annotations. The rest is left out: `status`, `generation`
//! and the namespace are the server's own, which nothing of ours sets, and the server
//! changes nothing else. Fields that no version has on ([`random_created`] has none of them)
//! are dropped by a server, and stay with us: no check looks at them.

use std::collections::{BTreeMap, BTreeSet};

use k8s_openapi::api::core::v1::Pod;
use pod_model::features::Gate;
use pod_model::{KubernetesVersion, defaults, validation};
use serde_json::{Map, Value, json};

use crate::oracle::{Oracle, of_each_minor};
use crate::random::Rng;
use crate::{BATCH, known_to, marshal};

#[path = "random_created.rs"]
mod random_created;

const RANDOM: usize = 2_500;
const JOBS: usize = 300;

/// Changes that [`defaults::created_pod`] leaves to [`validation::prepared_pod`]: the end of
/// the path, and the gate without which a server drops the field. Without a gate, a server
/// always drops it, or makes one field of another.
const LEFT_OUT: &[(&str, Option<Gate>)] = &[
    // Annotations of old, and AppArmor's, which are fields now.
    (".metadata.annotations", None),
    ("kubernetes.io/init-containers", None),
    (".securityContext", None),
    (".appArmorProfile", None),
    // What the keys of labels add to a selector.
    (".labelSelector.matchExpressions", None),
    // Fields behind gates; hooks are gone with their only field, volumes with their mounts.
    (".lifecycle", Some(Gate::ContainerStopSignals)),
    (".stopSignal", Some(Gate::ContainerStopSignals)),
    (".hostUsers", Some(Gate::UserNamespacesSupport)),
    (".spec.resources", Some(Gate::PodLevelResources)),
    (".hostnameOverride", Some(Gate::HostnameOverride)),
    (".fileKeyRef", Some(Gate::EnvFiles)),
    (".restartPolicy", Some(Gate::ContainerRestartRules)),
    (".restartPolicyRules", Some(Gate::ContainerRestartRules)),
    (".resourceClaims", Some(Gate::DynamicResourceAllocation)),
    (".claims", Some(Gate::DynamicResourceAllocation)),
    (".volumes", Some(Gate::ImageVolume)),
    (".volumeMounts", Some(Gate::ImageVolume)),
    (
        ".clusterTrustBundle",
        Some(Gate::ClusterTrustBundleProjection),
    ),
    (".podCertificate", Some(Gate::PodCertificateRequest)),
];

type Create = fn(&Value, KubernetesVersion) -> Value;
const CREATE: [(&str, Create); 2] = [("created_pod", created), ("prepared_pod", prepared)];

/// A difference of [`validation::prepared_pod`]: a Pod with ephemeral containers is refused,
/// whatever they mount.
const NOT_PREPARED: &str = ".spec.ephemeralContainers[].volumeMounts";

/// Fields that [`defaults::created_pod`] and nothing else changes on creation.
const FIELDS: [&str; 4] = [
    "resources",
    "serviceAccount",
    "serviceAccountName",
    "terminationGracePeriodSeconds",
];

/// Facts that upstream computes of the Pod that is created.
const FACTS: [&str; 5] = ["qos", "requests", "limits", "psa", "cgroup"];

/// Returns an object with the parts that are compared. Until 1.33 a server makes annotations
/// of AppArmor's fields, which no kubelet of these versions reads: ours does not.
fn compared(pod: &Value, version: KubernetesVersion) -> Value {
    let annotations = pod["metadata"]["annotations"].as_object();
    let annotations: Map<String, Value> = annotations
        .into_iter()
        .flatten()
        .filter(|(key, _)| {
            version >= KubernetesVersion::V1_34 || !key.starts_with(random_created::APP_ARMOR)
        })
        .map(|(key, value)| (key.clone(), value.clone()))
        .collect();
    json!({ "metadata": { "annotations": annotations }, "spec": pod["spec"] })
}

/// Returns the manifest without the volumes that `ours` no longer has, and without their
/// mounts: the elements of both lists are in the same places then.
fn with_volumes_of(ours: &Value, manifest: &Value) -> Value {
    let names = |pod: &Value| -> BTreeSet<String> {
        let volumes = pod["spec"]["volumes"].as_array().into_iter().flatten();
        volumes.map(|volume| volume["name"].to_string()).collect()
    };
    let gone = &names(manifest) - &names(ours);
    let mut manifest = manifest.clone();
    if gone.is_empty() {
        return manifest;
    }
    let retain = |list: &mut Value| {
        if let Some(list) = list.as_array_mut() {
            list.retain(|element| !gone.contains(&element["name"].to_string()));
        }
    };
    retain(&mut manifest["spec"]["volumes"]);
    for list in ["containers", "initContainers", "ephemeralContainers"] {
        let containers = manifest["spec"][list].as_array_mut().into_iter().flatten();
        for container in containers {
            retain(&mut container["volumeMounts"]);
        }
    }
    manifest
}

fn created(manifest: &Value, version: KubernetesVersion) -> Value {
    let mut pod: Pod = serde_json::from_value(manifest.clone()).unwrap();
    defaults::created_pod(&mut pod, version);
    serde_json::to_value(pod).unwrap()
}

fn prepared(manifest: &Value, version: KubernetesVersion) -> Value {
    let pod: Pod = serde_json::from_value(manifest.clone()).unwrap();
    serde_json::to_value(validation::prepared_pod(pod, version)).unwrap()
}

fn is_left_out(function: &str, path: &str, version: KubernetesVersion) -> bool {
    let is_off = |gate: Option<Gate>| gate.is_none_or(|gate| !gate.is_on(version));
    match function {
        "created_pod" => {
            let mut rows = LEFT_OUT.iter();
            rows.any(|(end, gate)| path.ends_with(end) && is_off(*gate))
        }
        _ => path == NOT_PREPARED && is_off(Some(Gate::ImageVolume)),
    }
}

fn questions(manifests: &[Value]) -> Vec<Value> {
    let manifests = manifests.iter();
    manifests
        .map(|manifest| json!({ "op": "object", "manifest": manifest.to_string() }))
        .collect()
}

of_each_minor!(created_pods_are_upstream_s);

fn created_pods_are_upstream_s(version: KubernetesVersion) {
    let mut rng = Rng::new(0x000c_4ea7);
    let manifests: Vec<_> = (0..RANDOM)
        .map(|_| known_to(version, &random_created::pod(&mut rng)))
        .collect();

    let mut oracle = Oracle::of(version);
    let mut found: BTreeMap<String, (usize, String)> = BTreeMap::new();
    let mut changed: BTreeMap<&str, usize> = BTreeMap::new();
    for batch in manifests.chunks(BATCH) {
        for (manifest, answer) in batch.iter().zip(oracle.ask_all(&questions(batch))) {
            let Some(created) = answer.get("created") else {
                panic!("{answer}: upstream does not create {manifest}");
            };
            for field in FIELDS {
                let of = |pod: &Value| pod["spec"][field].clone();
                let differs = of(&answer["defaulted"]) != of(created);
                *changed.entry(field).or_default() += usize::from(differs);
            }
            let created = compared(created, version);
            for (function, create) in CREATE {
                let ours = create(manifest, version);
                let manifest = compared(&with_volumes_of(&ours, manifest), version);
                let ours = compared(&ours, version);
                let mut differences = Vec::new();
                marshal::differences("", &manifest, &created, &ours, &mut differences);
                for difference in differences {
                    let (path, values) = difference.split_once(": ").unwrap();
                    if !is_left_out(function, path, version) {
                        let path = format!("{function}: {path}");
                        let entry = found.entry(path);
                        entry.or_insert_with(|| (0, values.to_owned())).0 += 1;
                    }
                }
            }
        }
    }
    println!("{version}: {RANDOM} Pods compared; of these, changed on creation: {changed:?}");
    let found: Vec<_> = found
        .iter()
        .map(|(path, (count, values))| format!("{count} × {path}: {values}"))
        .collect();
    assert!(found.is_empty(), "{version}:\n{}", found.join("\n"));

    // Until 1.36 conversion does what is a default since.
    let converts = version < KubernetesVersion::V1_37;
    let fills_in = Gate::PodLevelResourcesFixDefaulting.is_on(version);
    let drops = !Gate::PodLevelResources.is_on(version);
    for (field, expected) in
        FIELDS
            .into_iter()
            .zip([fills_in || drops, converts, converts, converts])
    {
        assert_eq!(changed[field] > 0, expected, "{version}: {field}");
    }
}

of_each_minor!(facts_are_of_the_created_pod);

fn facts_are_of_the_created_pod(version: KubernetesVersion) {
    let limits = json!({ "cpu": "1", "memory": "1Gi" });
    let pod = json!({ "apiVersion": "v1", "kind": "Pod", "metadata": { "name": "a" }, "spec": {
        "resources": { "requests": { "cpu": "2" } },
        "containers": [{ "name": "c", "image": "i", "resources": { "limits": limits } }] } });
    let answer = Oracle::of(version).ask(&questions(&[pod])[0]);
    let pair = |cpu: &str| json!({ "cpu": cpu, "memory": "1Gi" });
    let (requests, limits, qos) = match version {
        KubernetesVersion::V1_33 => ("1", "1", "Guaranteed"),
        version if version < KubernetesVersion::V1_37 => ("2", "1", "Burstable"),
        _ => ("2", "2", "Guaranteed"),
    };
    assert_eq!(answer["requests"], pair(requests), "{answer}");
    assert_eq!(answer["limits"], pair(limits), "{answer}");
    assert_eq!(answer["qos"], qos, "{answer}");
}

of_each_minor!(a_job_s_facts_are_those_of_its_pod);

fn a_job_s_facts_are_those_of_its_pod(version: KubernetesVersion) {
    let mut rng = Rng::new(0x0000_10b5);
    let jobs: Vec<_> = (0..JOBS)
        .map(|_| {
            let pod = known_to(version, &random_created::pod(&mut rng));
            let template = json!({ "metadata": pod["metadata"], "spec": pod["spec"] });
            json!({ "apiVersion": "batch/v1", "kind": "Job", "metadata": { "name": "a" },
                "spec": { "template": template } })
        })
        .collect();
    let mut oracle = Oracle::of(version);
    let jobs = oracle.ask_all(&questions(&jobs));
    // The controller reads a template that has its defaults.
    let pods: Vec<_> = jobs
        .iter()
        .map(|job| {
            let template = &job["defaulted"]["spec"]["template"];
            json!({ "apiVersion": "v1", "kind": "Pod", "metadata": template["metadata"],
                "spec": template["spec"] })
        })
        .collect();
    let pods = oracle.ask_all(&questions(&pods));
    for (pod, job) in pods.iter().zip(&jobs) {
        assert!(pod.get("qos").is_some(), "{pod}");
        for fact in FACTS {
            assert_eq!(
                pod[fact], job[fact],
                "{version}: {fact} of {}",
                pod["created"]
            );
        }
    }
}

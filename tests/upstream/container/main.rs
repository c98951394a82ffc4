//! A container as the kubelet makes it: host name, environment, command,
//! directories and the commands of its probes. Upstream's own kubelet, given a Pod
//! and all that it looks up, and ours say the same.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a test ends where something is not as it should be"
)]

mod base64;
#[path = "../../support/oracle.rs"]
mod oracle;
#[path = "random.rs"]
mod pods;
#[path = "../../support/random/mod.rs"]
mod random;

use std::borrow::Cow;
use std::collections::BTreeMap;

use k8s_openapi::api::core::v1::{ConfigMap, Node, Pod, Secret, Service};
use oracle::Oracle;
use pod_env::report::{ContainerEnv, EnvVar, SourceKind, Status};
use pod_env::{Controller, Options, Resolution, Stage, Subject, resolve};
use pod_model::expansion::expand;
use pod_model::lookup::{Answers, Completeness, LookupKind};
use pod_model::{FieldPath, Finding, KubernetesVersion, Severity, defaults};
use random::Rng;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

const RANDOM: usize = 6_000;

fn typed<T: DeserializeOwned>(value: &Value) -> T {
    serde_json::from_value(value.clone()).unwrap()
}

/// Adds objects of a namespaced kind, and says that these are all.
fn add(answers: &mut Answers, kind: LookupKind, objects: &Value, namespace: &str) {
    for object in objects.as_array().unwrap() {
        let metadata = &object["metadata"];
        let own = metadata["namespace"].as_str().unwrap();
        let name = metadata["name"].as_str().unwrap();
        let decoded = kind.decode_value(object).unwrap();
        answers.add_from_cluster(kind, own, name, decoded, "cluster".into());
    }
    for namespace in [namespace, "default"] {
        answers.set_completeness(kind, namespace, Completeness::Complete);
    }
}

/// Returns our resolution of the container of a question.
fn ours(question: &Value) -> Resolution {
    let pod: Pod = typed(&question["pod"]);
    let spec = pod.spec.as_ref().unwrap();
    let namespace = pod.metadata.namespace.as_deref().unwrap();
    let mut answers = Answers::default();
    for (kind, objects) in [
        (LookupKind::of::<ConfigMap>(), &question["configMaps"]),
        (LookupKind::of::<Secret>(), &question["secrets"]),
        (LookupKind::of::<Service>(), &question["services"]),
    ] {
        add(&mut answers, kind, objects, namespace);
    }
    let kind = LookupKind::of::<Node>();
    if let Some(name) = &spec.node_name {
        let node = kind.decode_value(&question["node"]).unwrap();
        answers.add_from_cluster(kind, "", name, node, "cluster".into());
    }
    let subject = Subject {
        name: pod.metadata.name.as_deref(),
        namespace,
        metadata: &pod.metadata,
        spec,
        status: None,
        base: FieldPath::parse("spec"),
        stage: Stage::Live,
        controller: &Controller::Other,
    };
    let options = Options {
        version: KubernetesVersion::V1_37,
        containers: vec![question["container"].as_str().unwrap().to_owned()],
        show_secrets: true,
        cluster_domain: question["clusterDomain"].as_str().map(str::to_owned),
        ..Options::default()
    };
    resolve(&subject, &answers, &options)
}

/// Returns whether the kubelet itself adds a variable to the environment.
fn is_kubelets(variable: &EnvVar) -> bool {
    let counts = !matches!(variable.status, Status::Skipped | Status::Overridden);
    counts && variable.source.kind != SourceKind::Runtime
}

fn host_name(container: &ContainerEnv) -> Option<&str> {
    let mut all = container.env.iter();
    let is_it = |v: &&EnvVar| v.source.path.as_deref() == Some("hostname");
    all.find(is_it)?.value.as_deref()
}

/// A path without empty steps and `.`, as Go's `filepath.Join` leaves it.
fn joined(volume: &str, below: &str) -> String {
    let steps = below.split('/').filter(|step| !matches!(*step, "" | "."));
    steps.fold(format!("/volumes/{volume}"), |path, step| {
        format!("{path}/{step}")
    })
}

/// The directory of each mount, as far as it has one.
fn directories(question: &Value, container: &ContainerEnv) -> Vec<String> {
    let spec = &question["pod"]["spec"];
    let lists = ["initContainers", "containers"].map(|list| spec[list].as_array().unwrap());
    let mut all = lists.into_iter().flatten();
    let own = all.find(|c| c["name"] == question["container"]).unwrap();
    let mounts = own["volumeMounts"].as_array().into_iter().flatten();
    let one = |(i, mount): (usize, &Value)| {
        let volume = mount["name"].as_str().unwrap();
        let path = container.path.field("volumeMounts").index(i);
        let made = container.mounts.iter().find(|mount| mount.path == path);
        let made = made.map(|mount| mount.sub_path.as_deref().unwrap_or("?"));
        joined(volume, made.or(mount["subPath"].as_str()).unwrap_or(""))
    };
    mounts.enumerate().map(one).collect()
}

#[derive(Default)]
struct Counts {
    made: usize,
    variables: usize,
    waiting: usize,
    sub_paths: usize,
    without_value: usize,
    outside: usize,
    host_names: usize,
    refused_names: usize,
    probes: usize,
    probes_that_differ: usize,
}

/// Compares one container.
fn compare(question: &Value, answer: &Value, counts: &mut Counts) {
    let context = || format!("{question}\nupstream: {answer}");
    let got = ours(question);
    let container = &got.item.containers[0];
    let is_error = |f: &&Finding| f.severity == Severity::Error;
    let errors: Vec<&Finding> = got.findings.iter().filter(is_error).collect();
    let names_host = |f: &&&Finding| f.id() == "invalid-hostname";
    let no_name = errors.iter().any(|f| names_host(&f));
    assert_eq!(
        no_name,
        answer.get("hostNameErr").is_some(),
        "{:?}\n{}",
        errors,
        context()
    );
    if no_name {
        counts.refused_names += 1;
    } else {
        assert_eq!(
            host_name(container),
            answer["hostName"].as_str(),
            "{}",
            context()
        );
        counts.host_names += 1;
    }
    let waits: Vec<&&Finding> = errors
        .iter()
        .filter(|f| f.message.contains("CreateContainerConfigError"))
        .collect();
    let refused = answer["err"].as_str();
    // A name that no sandbox can have comes before everything else.
    let of_name = answer.get("hostNameErr").is_some();
    if refused.is_none() || !of_name {
        assert_eq!(
            !waits.is_empty(),
            refused.is_some(),
            "{waits:?}\n{}",
            context()
        );
    }
    probes(question, answer, &got, counts);
    if let Some(why) = refused {
        counts.waiting += 1;
        let is_of_mount = why.starts_with("missing value for") || why.contains("SubPath");
        if is_of_mount {
            let said = waits.iter().any(|f| f.message.ends_with(why));
            assert!(said, "{why}: {waits:?}\n{}", context());
            counts.without_value += usize::from(why.starts_with("missing"));
            counts.outside += usize::from(why.contains("SubPath"));
        }
        return;
    }
    counts.made += 1;
    let env = container
        .env
        .iter()
        .filter(|variable| is_kubelets(variable));
    let env: BTreeMap<&str, Option<&str>> =
        env.map(|v| (v.name.as_str(), v.value.as_deref())).collect();
    assert_eq!(json!(env), answer["env"], "{}", context());
    assert_eq!(json!(container.command), answer["command"], "{}", context());
    assert_eq!(json!(container.args), answer["args"], "{}", context());
    assert_eq!(
        json!(directories(question, container)),
        answer["mounts"],
        "{}",
        context()
    );
    counts.variables += env.len();
    counts.sub_paths += container.mounts.len();
}

/// A probe's command is told where it is not what `command` would make of it.
fn probes(question: &Value, answer: &Value, got: &Resolution, counts: &mut Counts) {
    let container = &got.item.containers[0];
    let env: BTreeMap<&str, &str> = container
        .env
        .iter()
        .filter(|variable| is_kubelets(variable))
        .filter_map(|v| Some((v.name.as_str(), v.value.as_deref()?)))
        .collect();
    for (field, command) in answer["probes"].as_object().unwrap() {
        for (i, theirs) in command.as_array().unwrap().iter().enumerate() {
            let path = format!("{}.{field}.exec.command[{i}]", container.path);
            let path = FieldPath::parse(&path);
            let pointer = path.to_string().replace(['.', '['], "/").replace(']', "");
            let text = question["pod"]
                .pointer(&format!("/{pointer}"))
                .unwrap()
                .as_str()
                .unwrap();
            let full = expand(text, |name| {
                env.get(name).map(|value| Cow::Borrowed(*value))
            });
            let told = got
                .findings
                .iter()
                .any(|f| f.id() == "not-expanded" && f.path == path);
            let differs = full != theirs.as_str().unwrap();
            assert!(
                told || !differs,
                "{path}: {full}\n{question}\nupstream: {answer}"
            );
            counts.probes += 1;
            counts.probes_that_differ += usize::from(differs);
        }
    }
}

#[test]
fn every_container_is_what_the_kubelet_makes_of_it() {
    let mut rng = Rng::new(7);
    let questions: Vec<Value> = (0..RANDOM)
        .map(|_| {
            let mut question = pods::question(&mut rng);
            // The kubelet gets it with its defaults.
            let mut pod: Pod = typed(&question["pod"]);
            defaults::pod(&mut pod, KubernetesVersion::V1_37);
            question["pod"] = serde_json::to_value(&pod).unwrap();
            question
        })
        .collect();
    let answers = Oracle::start().ask_all(&questions);
    let mut counts = Counts::default();
    for (question, answer) in questions.iter().zip(&answers) {
        assert!(answer.get("panic").is_none(), "{question}\n{answer}");
        compare(question, answer, &mut counts);
    }
    println!(
        "containers: {RANDOM} asked; {} made with {} variables and {} mounts with subPathExpr; {} wait ({} for a value of \
         subPathExpr, {} for a directory outside); {} host names, {} refused; {} words of probes, {} not as in command",
        counts.made,
        counts.variables,
        counts.sub_paths,
        counts.waiting,
        counts.without_value,
        counts.outside,
        counts.host_names,
        counts.refused_names,
        counts.probes,
        counts.probes_that_differ
    );
    assert!(counts.made > RANDOM / 3 && counts.variables > RANDOM * 3);
    assert!(counts.sub_paths > 300 && counts.without_value > 200 && counts.outside > 20);
    assert!(counts.refused_names > 200 && counts.probes_that_differ > 200);
}

//! The variables of Services: upstream's `envvars.FromServices` and ours make
//! the same names and values, in the same order.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a test ends where something is not as it should be"
)]

#[path = "../support/oracle.rs"]
mod oracle;
#[path = "../support/random/mod.rs"]
mod random;

use k8s_openapi::api::core::v1::{PodSpec, Service};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use oracle::Oracle;
use pod_env::service_links::ServiceEnv;
use pod_env::{Controller, Stage, Subject};
use pod_model::FieldPath;
use pod_model::lookup::{Answers, Completeness, LookupKind};
use random::Rng;
use serde_json::{Value, json};

const RANDOM: usize = 5_000;

const NAMES: &[&str] = &[
    "web",
    "my-web",
    "a",
    "a1-b2--c",
    "kubernetes",
    "port",
    "x-service",
    "9lives",
];
const ADDRESSES: &[&str] = &["10.96.0.1", "fd00::1", "::", "None", "", "10.0.0.255"];
const PROTOCOLS: &[&str] = &["TCP", "UDP", "SCTP", ""];
const PORT_NAMES: &[&str] = &["", "http", "http-alt", "dns", "1-a"];

fn service(rng: &mut Rng) -> Value {
    let ports: Vec<Value> = (0..=rng.below(4))
        .map(|_| {
            // Few numbers, so that a protocol and a number meet twice.
            let highest = if rng.percent(30) { 3 } else { 65_535 };
            let mut port = json!({"port": 1 + rng.below(highest)});
            if rng.percent(70) {
                port["name"] = json!(rng.pick(PORT_NAMES));
            }
            if rng.percent(70) {
                port["protocol"] = json!(rng.pick(PROTOCOLS));
            }
            port
        })
        .collect();
    json!({
        "metadata": {"name": rng.pick(NAMES), "namespace": "ns"},
        "spec": {"clusterIP": rng.pick(ADDRESSES), "ports": ports},
    })
}

/// Returns our variables for a Pod of its namespace.
fn ours(service: &Value) -> Vec<(String, String)> {
    let service: Service = serde_json::from_value(service.clone()).unwrap();
    let (metadata, spec) = (ObjectMeta::default(), PodSpec::default());
    let subject = Subject {
        name: Some("p"),
        namespace: "ns",
        metadata: &metadata,
        spec: &spec,
        status: None,
        base: FieldPath::parse("spec"),
        stage: Stage::Live,
        controller: &Controller::Other,
    };
    let kind = LookupKind::of::<Service>();
    let mut answers = Answers::default();
    let name = service.metadata.name.clone().unwrap();
    answers.add_from_cluster(kind, "ns", &name, Box::new(service), "cluster".into());
    for namespace in ["ns", "default"] {
        answers.set_completeness(kind, namespace, Completeness::Complete);
    }
    let env = ServiceEnv::of(&subject, &answers);
    env.vars()
        .iter()
        .map(|var| (var.name.clone(), var.value.clone().unwrap()))
        .collect()
}

/// Upstream's list, in which two equal ports make two equal names; the kubelet
/// puts it into a map, where the last one stays.
fn theirs(answer: &Value) -> Vec<(String, String)> {
    let mut all: Vec<(String, String)> = Vec::new();
    for pair in answer["env"].as_array().unwrap() {
        let text = |field: &str| pair[field].as_str().unwrap().to_owned();
        let (name, value) = (text("name"), text("value"));
        match all.iter_mut().find(|(known, _)| *known == name) {
            Some((_, old)) => *old = value,
            None => all.push((name, value)),
        }
    }
    all
}

#[test]
fn every_service_makes_the_variables_that_upstream_makes() {
    let mut rng = Rng::new(6);
    let services: Vec<Value> = (0..RANDOM).map(|_| service(&mut rng)).collect();
    let questions: Vec<Value> = services
        .iter()
        .map(|service| json!({"op": "envvars", "services": [service]}))
        .collect();
    let answers = Oracle::start().ask_all(&questions);
    let mut variables = 0;
    for (service, answer) in services.iter().zip(&answers) {
        let ours = ours(service);
        assert_eq!(ours, theirs(answer), "{service}");
        variables += ours.len();
    }
    println!("{RANDOM} Services compared: all equal, with {variables} variables");
    // Most of them have an address.
    assert!(variables > RANDOM * 5, "{variables}");
}

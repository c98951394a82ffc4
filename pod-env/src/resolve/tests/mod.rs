//! Tables of the kubelet's behaviour; each row names its rule.
#![expect(
    clippy::needless_pass_by_value,
    reason = "`json!(…)` reads best when it is handed over"
)]

mod ambient;
mod exec;
mod fields;
mod growth;
mod mounts;
mod references;
mod rules;
mod sources;
mod unread;

use k8s_openapi::api::core::v1::{ConfigMap, LimitRange, Node, Pod, Secret, Service};
use pod_model::lookup::{
    Answer, Answers, AnyObject, Completeness, LookupKind, LookupType, Unavailable,
};
use pod_model::{ContainerType, FieldPath, Finding, KubernetesVersion, Severity, Verdict};
use serde_json::{Value, json};

use super::{Resolution, resolve};
use crate::report::{ContainerEnv, EnvVar, ReferenceStatus, SourceKind, Status};
use crate::subject::{Controller, Options, Stage, Subject};
use crate::trace::trace;

/// A Pod and everything around it.
struct World {
    pod: Pod,
    config_maps: Vec<ConfigMap>,
    secrets: Vec<Secret>,
    services: Vec<Service>,
    services_completeness: Completeness,
    limit_ranges: Vec<LimitRange>,
    limit_ranges_completeness: Completeness,
    node: Option<Node>,
    options: Options,
    stage: Stage,
    controller: Controller,
    otherwise: Answer<'static, ()>,
}

fn typed<T: serde::de::DeserializeOwned>(value: Value) -> T {
    serde_json::from_value(value).unwrap()
}

/// Adds an object to the answers as a file has it.
fn written<K: Known>(answers: &mut Answers, namespace: &str, object: &K) {
    let name = object.metadata().name.clone().unwrap_or_default();
    let object: AnyObject = Box::new(object.clone());
    answers.add_from_file(
        LookupKind::of::<K>(),
        namespace,
        &name,
        object,
        "f.yaml:1".into(),
    );
}

/// Adds an object to the answers as the cluster has it.
fn stored<K: Known>(answers: &mut Answers, namespace: &str, object: &K) {
    let name = object.metadata().name.clone().unwrap_or_default();
    let object: AnyObject = Box::new(object.clone());
    answers.add_from_cluster(
        LookupKind::of::<K>(),
        namespace,
        &name,
        object,
        "cluster".into(),
    );
}

/// A type of the API.
trait Known: LookupType + Clone {}

impl<K: LookupType + Clone> Known for K {}

/// A Pod with these containers in a world where everything was asked for.
fn world(spec: Value) -> World {
    World {
        pod: typed(json!({"metadata": {"name": "p", "labels": {"app": "web"}}, "spec": spec})),
        config_maps: Vec::new(),
        secrets: Vec::new(),
        services: Vec::new(),
        services_completeness: Completeness::Complete,
        limit_ranges: Vec::new(),
        limit_ranges_completeness: Completeness::Complete,
        node: None,
        options: Options::default(),
        stage: Stage::File,
        controller: Controller::Other,
        otherwise: Answer::Missing,
    }
}

/// The same with one container that has this `env`.
fn env(env: Value) -> World {
    world(json!({"containers": [{"name": "c", "env": env}]}))
}

impl World {
    fn config_map(mut self, name: &str, data: Value) -> Self {
        self.config_maps
            .push(typed(json!({"metadata": {"name": name}, "data": data})));
        self
    }

    /// A Secret whose values are given as text.
    fn secret(mut self, name: &str, data: Value) -> Self {
        self.secrets.push(typed(
            json!({"metadata": {"name": name}, "stringData": data}),
        ));
        self
    }

    fn service(mut self, name: &str, ip: &str) -> Self {
        self.services.push(typed(json!({
            "metadata": {"name": name, "namespace": "ns"},
            "spec": {"clusterIP": ip, "ports": [{"port": 80}]}})));
        self
    }

    fn version(mut self, version: KubernetesVersion) -> Self {
        self.options.version = version;
        self
    }

    /// The answers to all look-ups of the Pod.
    fn answers(&self) -> Answers {
        let mut answers = Answers::default();
        for map in &self.config_maps {
            written(&mut answers, "ns", map);
        }
        for secret in &self.secrets {
            written(&mut answers, "ns", secret);
        }
        for limit_range in &self.limit_ranges {
            written(&mut answers, "ns", limit_range);
        }
        for service in &self.services {
            let namespace = service.metadata.namespace.as_deref().unwrap_or("ns");
            stored(&mut answers, namespace, service);
        }
        if let Some(node) = &self.node {
            stored(&mut answers, "", node);
        }
        let (services, limit_ranges) =
            (LookupKind::of::<Service>(), LookupKind::of::<LimitRange>());
        answers.set_completeness(services, "ns", self.services_completeness);
        answers.set_completeness(services, "default", self.services_completeness);
        answers.set_completeness(limit_ranges, "ns", self.limit_ranges_completeness);
        let spec = self.pod.spec.as_ref().unwrap();
        for need in crate::needs(spec, "ns", self.stage) {
            let reason = match self.otherwise {
                Answer::Forbidden => Unavailable::Forbidden,
                Answer::Missing => Unavailable::Missing,
                _ => continue,
            };
            let is_data = matches!(need.kind.kind(), "ConfigMap" | "Secret");
            if is_data && need.name().is_some() {
                answers.add_unavailable(&need, reason);
            }
        }
        answers
    }

    fn run(&self) -> Resolution {
        let spec = self.pod.spec.as_ref().unwrap();
        let subject = Subject {
            name: self.pod.metadata.name.as_deref(),
            namespace: "ns",
            metadata: &self.pod.metadata,
            spec,
            status: self.pod.status.as_ref(),
            base: FieldPath::parse("spec"),
            stage: self.stage,
            controller: &self.controller,
        };
        resolve(&subject, &self.answers(), &self.options)
    }
}

impl Resolution {
    fn container(&self) -> &ContainerEnv {
        &self.item.containers[0]
    }

    /// The last definition of a name.
    fn var(&self, name: &str) -> &EnvVar {
        let all = self.container().env.iter();
        all.rev().find(|v| v.name == name).unwrap()
    }

    /// Returns the value of a name in the container, or `?` if it is unknown.
    fn value(&self, name: &str) -> String {
        let all = self.container().env.iter();
        let seen = all
            .filter(|v| v.name == name)
            .find(|v| !matches!(v.status, Status::Overridden | Status::Skipped));
        seen.map_or("none".into(), |v| v.value.clone().unwrap_or("?".into()))
    }

    fn ids(&self) -> Vec<&str> {
        self.findings.iter().map(Finding::id).collect()
    }

    fn finding(&self, id: &str) -> &Finding {
        let mut all = self.findings.iter();
        all.find(|f| f.id() == id)
            .unwrap_or_else(|| panic!("no {id} in {:?}", self.findings))
    }
}

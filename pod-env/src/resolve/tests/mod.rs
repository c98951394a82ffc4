//! Tables of what the kubelet does; each row names its rule.
#![expect(
    clippy::needless_pass_by_value,
    reason = "`json!(…)` reads best when it is handed over"
)]

mod exec;
mod fields;
mod growth;
mod mounts;
mod references;
mod rules;
mod sources;
mod surroundings;
mod unread;

use std::collections::BTreeMap;

use k8s_openapi::api::core::v1::{ConfigMap, LimitRange, Node, Pod, Secret, Service};
use pod_model::{ContainerType, FieldPath, Finding, KubernetesVersion, Severity};
use serde_json::{Value, json};

use super::{Resolution, Verdict, resolve};
use crate::report::{ContainerEnv, EnvVar, ReferenceStatus, SourceKind, Status};
use crate::subject::{Completeness, Found, FoundService, Lookup, Maker, Options, Stage, Subject};
use crate::trace::trace;

/// A Pod and everything around it.
struct World {
    pod: Pod,
    config_maps: Vec<ConfigMap>,
    secrets: Vec<Secret>,
    services: Vec<Service>,
    services_are: Completeness,
    limit_ranges: Vec<LimitRange>,
    limit_ranges_are: Completeness,
    node: Option<Node>,
    options: Options,
    stage: Stage,
    maker: Maker,
    otherwise: Lookup<()>,
}

fn typed<T: serde::de::DeserializeOwned>(value: Value) -> T {
    serde_json::from_value(value).unwrap()
}

/// A Pod with these containers in a world where everything was asked for.
fn world(spec: Value) -> World {
    World {
        pod: typed(json!({"metadata": {"name": "p", "labels": {"app": "web"}}, "spec": spec})),
        config_maps: Vec::new(),
        secrets: Vec::new(),
        services: Vec::new(),
        services_are: Completeness::Complete,
        limit_ranges: Vec::new(),
        limit_ranges_are: Completeness::Complete,
        node: None,
        options: Options::default(),
        stage: Stage::File,
        maker: Maker::Other,
        otherwise: Lookup::Missing,
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

    fn answers<'a, T>(
        &self,
        all: &'a [T],
        name: impl Fn(&T) -> Option<String>,
        asked: impl Iterator<Item = String>,
    ) -> BTreeMap<String, Lookup<&'a T>> {
        asked
            .map(|wanted| {
                let found = all.iter().find(|o| name(o).as_ref() == Some(&wanted));
                let lookup = match (found, &self.otherwise) {
                    (Some(object), _) => Lookup::Found {
                        object,
                        origin: "f.yaml:1".into(),
                    },
                    (None, Lookup::Forbidden) => Lookup::Forbidden,
                    (None, Lookup::NotAsked) => Lookup::NotAsked,
                    (None, _) => Lookup::Missing,
                };
                (wanted, lookup)
            })
            .collect()
    }

    fn run(&self) -> Resolution {
        let spec = self.pod.spec.as_ref().unwrap();
        let plan = crate::plan(spec, self.stage);
        let found = Found {
            config_maps: self.answers(
                &self.config_maps,
                |o| o.metadata.name.clone(),
                plan.config_maps.into_keys(),
            ),
            secrets: self.answers(
                &self.secrets,
                |o| o.metadata.name.clone(),
                plan.secrets.into_keys(),
            ),
            services: self
                .services
                .iter()
                .map(|service| FoundService {
                    service,
                    origin: "cluster".into(),
                    live: true,
                })
                .collect(),
            services_are: self.services_are,
            master_is: self.services_are,
            limit_ranges: self.limit_ranges.iter().collect(),
            limit_ranges_are: self.limit_ranges_are,
            node: self.node.as_ref().map(|object| Lookup::Found {
                object,
                origin: "cluster".into(),
            }),
        };
        let subject = Subject {
            name: self.pod.metadata.name.as_deref(),
            namespace: "ns",
            metadata: &self.pod.metadata,
            spec,
            status: self.pod.status.as_ref(),
            base: FieldPath::parse("spec"),
            stage: self.stage,
            maker: &self.maker,
        };
        resolve(&subject, &found, &self.options)
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

    /// What the container sees under a name; `?` where it is not known.
    fn value(&self, name: &str) -> String {
        let all = self.container().env.iter();
        let seen = all
            .filter(|v| v.name == name)
            .find(|v| !matches!(v.status, Status::Overridden | Status::Skipped));
        seen.map_or("none".into(), |v| v.value.clone().unwrap_or("?".into()))
    }

    fn ids(&self) -> Vec<&str> {
        self.findings.iter().map(|f| f.id()).collect()
    }

    fn finding(&self, id: &str) -> &Finding {
        let mut all = self.findings.iter();
        all.find(|f| f.id() == id)
            .unwrap_or_else(|| panic!("no {id} in {:?}", self.findings))
    }
}

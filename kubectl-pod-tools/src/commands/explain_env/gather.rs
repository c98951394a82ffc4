//! Look-ups: first among the other objects of the input, then in the cluster.

use std::collections::BTreeMap;

use k8s_openapi::api::core::v1::{ConfigMap, LimitRange, Node, Secret, Service};
use pod_env::{Completeness, Found, FoundService, Lookup, Plan};
use pod_model::kinds::by_kind;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::cluster::{Cluster, ClusterError, Resource};
use crate::error::CommandError;
use crate::error::Failure;
use crate::exit::Exit;
use crate::target::{Neighbour, Surroundings, items};

/// What the look-ups gave; [`Gathered::found`] borrows from it.
pub(super) struct Gathered {
    config_maps: BTreeMap<String, Lookup<ConfigMap>>,
    secrets: BTreeMap<String, Lookup<Secret>>,
    services: Vec<(Service, String, bool)>,
    services_are: Completeness,
    limit_ranges: Vec<LimitRange>,
    node: Option<Lookup<Node>>,
}

/// Where an object of the cluster was read.
const CLUSTER: &str = "cluster";

impl Gathered {
    /// The same, as `resolve` takes it.
    pub(super) fn found(&self) -> Found<'_> {
        Found {
            config_maps: self
                .config_maps
                .iter()
                .map(|(n, l)| (n.clone(), borrow(l)))
                .collect(),
            secrets: self
                .secrets
                .iter()
                .map(|(n, l)| (n.clone(), borrow(l)))
                .collect(),
            services: self
                .services
                .iter()
                .map(|(service, origin, live)| FoundService {
                    service,
                    origin: origin.clone(),
                    live: *live,
                })
                .collect(),
            services_are: self.services_are,
            limit_ranges: self.limit_ranges.iter().collect(),
            node: self.node.as_ref().map(borrow),
        }
    }
}

fn borrow<T>(lookup: &Lookup<T>) -> Lookup<&T> {
    match lookup {
        Lookup::Found { object, origin } => Lookup::Found {
            object,
            origin: origin.clone(),
        },
        Lookup::Missing => Lookup::Missing,
        Lookup::Forbidden => Lookup::Forbidden,
        Lookup::NotAsked => Lookup::NotAsked,
    }
}

/// Looks up everything that the plan lists.
///
/// # Errors
/// A cluster that cannot be reached; an object that is not what its kind says.
pub(super) async fn gather(
    plan: &Plan,
    namespace: &str,
    around: &Surroundings,
) -> Result<Gathered, CommandError> {
    let mut config_maps = BTreeMap::new();
    for name in plan.config_maps.keys() {
        let lookup = one(around, "ConfigMap", namespace, name).await?;
        config_maps.insert(name.clone(), lookup);
    }
    let mut secrets = BTreeMap::new();
    for name in plan.secrets.keys() {
        let mut lookup = one(around, "Secret", namespace, name).await?;
        if let Lookup::Found { object, .. } = &mut lookup {
            take_string_data(object);
        }
        secrets.insert(name.clone(), lookup);
    }
    let node = match &plan.node {
        Some(name) => Some(one(around, "Node", "", name).await?),
        None => None,
    };
    let (services, services_are) = services(plan, namespace, around).await?;
    Ok(Gathered {
        config_maps,
        secrets,
        services,
        services_are,
        limit_ranges: limit_ranges(plan, namespace, around).await?,
        node,
    })
}

/// As the API server does when it stores a Secret (pkg/apis/core/v1/conversion.go,
/// `Convert_v1_Secret_To_core_Secret`): `stringData` wins over `data`.
fn take_string_data(secret: &mut Secret) {
    if let Some(strings) = secret.string_data.take() {
        let data = secret.data.get_or_insert_default();
        for (key, text) in strings {
            data.insert(key, k8s_openapi::ByteString(text.into_bytes()));
        }
    }
}

async fn one<T: DeserializeOwned>(
    around: &Surroundings,
    kind: &'static str,
    namespace: &str,
    name: &str,
) -> Result<Lookup<T>, CommandError> {
    let mut near = around.neighbours.iter();
    if let Some(neighbour) = near.find(|n| n.kind == kind && n.name == name && is_in(n, namespace))
    {
        return Ok(Lookup::Found {
            object: decode_neighbour(neighbour)?,
            origin: origin(neighbour),
        });
    }
    let (Some(cluster), Some(row)) = (&around.cluster, by_kind("v1", kind)) else {
        return Ok(Lookup::NotAsked);
    };
    match cluster.get(&Resource::of(row), namespace, name).await {
        Ok(object) => Ok(Lookup::Found {
            object: decode(kind, name, object)?,
            origin: CLUSTER.to_owned(),
        }),
        Err(error) => match error.code() {
            Some(404) => Ok(Lookup::Missing),
            Some(403) => Ok(Lookup::Forbidden),
            _ => Err(error.into()),
        },
    }
}

/// What lives in no namespace is in every one.
fn is_in(neighbour: &Neighbour, namespace: &str) -> bool {
    namespace.is_empty() || neighbour.namespace == namespace
}

fn origin(neighbour: &Neighbour) -> String {
    let span = neighbour
        .document
        .find_nearest(&pod_model::FieldPath::root());
    neighbour
        .document
        .location(span.headline(neighbour.document.tree()))
        .to_string()
}

fn decode_neighbour<T: DeserializeOwned>(neighbour: &Neighbour) -> Result<T, CommandError> {
    let document = &neighbour.document;
    document.decode().map_err(|error| {
        let place = document.location(error.span);
        Failure::new(
            Exit::No,
            format!("{place}: {}: {}", error.path, error.message),
        )
        .into()
    })
}

fn decode<T: DeserializeOwned>(kind: &str, name: &str, object: Value) -> Result<T, Failure> {
    // The error would quote the value, which may be a Secret's.
    serde_json::from_value(object).map_err(|_| {
        Failure::new(
            Exit::Cluster,
            format!("the server's {kind} \"{name}\" is not one"),
        )
    })
}

type Services = (Vec<(Service, String, bool)>, Completeness);

/// The Services whose variables a Pod may see: those of its namespace, and
/// `kubernetes` of the namespace `default`.
async fn services(
    plan: &Plan,
    namespace: &str,
    around: &Surroundings,
) -> Result<Services, CommandError> {
    let mut found: Vec<(Service, String, bool)> = Vec::new();
    for neighbour in around.neighbours.iter().filter(|n| n.kind == "Service") {
        if neighbour.namespace == namespace || neighbour.namespace == "default" {
            found.push((decode_neighbour(neighbour)?, origin(neighbour), false));
        }
    }
    let (Some(cluster), Some(row)) = (&around.cluster, by_kind("v1", "Service")) else {
        return Ok((found, Completeness::NotAsked));
    };
    let resource = Resource::of(row);
    let mut live = Vec::new();
    let mut known = Completeness::Complete;
    if plan.services {
        match listed(cluster, &resource, namespace).await? {
            Some(services) => live.extend(services),
            None => known = Completeness::Forbidden,
        }
    }
    if !plan.services || namespace != "default" {
        match cluster.get(&resource, "default", "kubernetes").await {
            Ok(object) => live.push(object),
            Err(error) if error.code() == Some(404) => {}
            Err(error) if error.code() == Some(403) => known = Completeness::Forbidden,
            Err(error) => return Err(error.into()),
        }
    }
    for object in live {
        let service: Service = decode("Service", "", object)?;
        let same = |other: &Service| {
            other.metadata.name == service.metadata.name
                && other.metadata.namespace.as_deref().unwrap_or(namespace)
                    == service.metadata.namespace.as_deref().unwrap_or(namespace)
        };
        // A Service that the input holds, too, is known better in the cluster:
        // its address was given there. But the input is what will be.
        match found.iter_mut().find(|(other, _, _)| same(other)) {
            Some((other, _, _)) => take_address(other, &service),
            None => found.push((service, CLUSTER.to_owned(), true)),
        }
    }
    Ok((found, known))
}

/// The LimitRanges of the namespace, whose defaults a new Pod is given. Who
/// may not see them is told of what the file alone says.
async fn limit_ranges(
    plan: &Plan,
    namespace: &str,
    around: &Surroundings,
) -> Result<Vec<LimitRange>, CommandError> {
    const KIND: &str = "LimitRange";
    let mut found = Vec::new();
    if !plan.limit_ranges {
        return Ok(found);
    }
    let near = around.neighbours.iter();
    for neighbour in near.filter(|n| n.kind == KIND && n.namespace == namespace) {
        found.push(decode_neighbour(neighbour)?);
    }
    if let (Some(cluster), Some(row)) = (&around.cluster, by_kind("v1", KIND)) {
        let live = listed(cluster, &Resource::of(row), namespace).await?;
        for object in live.unwrap_or_default() {
            let limit_range: LimitRange = decode(KIND, "", object)?;
            let written = |other: &LimitRange| other.metadata.name == limit_range.metadata.name;
            if !found.iter().any(written) {
                found.push(limit_range);
            }
        }
    }
    Ok(found)
}

/// The address of a Service stays when the Service is applied again.
fn take_address(written: &mut Service, live: &Service) {
    if let (Some(written), Some(live)) = (&mut written.spec, &live.spec)
        && written.cluster_ip.is_none()
    {
        written.cluster_ip.clone_from(&live.cluster_ip);
    }
}

async fn listed(
    cluster: &Cluster,
    resource: &Resource,
    namespace: &str,
) -> Result<Option<Vec<Value>>, ClusterError> {
    match cluster.list(resource, namespace, None).await {
        Ok(list) => Ok(Some(items(list))),
        Err(error) if error.code() == Some(403) => Ok(None),
        Err(error) => Err(error),
    }
}

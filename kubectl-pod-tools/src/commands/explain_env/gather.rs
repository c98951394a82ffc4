//! Look-ups: first among the other objects of the input, then in the cluster.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::{Mutex, PoisonError};

use k8s_openapi::api::core::v1::{ConfigMap, LimitRange, Node, Secret, Service};
use pod_env::{Completeness, Found, FoundService, Lookup, Plan};
use pod_model::decode_value;
use pod_model::kinds::by_kind;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::near::{Named, Near, find, listed};
use crate::cluster::{Cluster, ClusterError, Resource};
use crate::error::{CommandError, Failure};
use crate::exit::Exit;
use crate::targets::Surroundings;

/// What one target's look-ups gave; [`Gathered::found`] borrows from it.
pub(super) struct Gathered<'a> {
    config_maps: Answers<'a, ConfigMap>,
    secrets: Answers<'a, Secret>,
    services: Vec<SeenService<'a>>,
    services_are: Completeness,
    master_is: Completeness,
    limit_ranges: Vec<Cow<'a, LimitRange>>,
    limit_ranges_are: Completeness,
    node: Option<Lookup<Cow<'a, Node>>>,
}

type Answers<'a, T> = BTreeMap<String, Lookup<Cow<'a, T>>>;

struct SeenService<'a> {
    service: Cow<'a, Service>,
    origin: Cow<'a, str>,
    live: bool,
}

/// Where an object of the cluster was read.
const CLUSTER: &str = "cluster";

impl Gathered<'_> {
    /// The same, as `resolve` takes it.
    pub(super) fn found(&self) -> Found<'_> {
        Found {
            config_maps: borrow_all(&self.config_maps),
            secrets: borrow_all(&self.secrets),
            services: self
                .services
                .iter()
                .map(|seen| FoundService {
                    service: &seen.service,
                    origin: seen.origin.clone().into_owned(),
                    live: seen.live,
                })
                .collect(),
            services_are: self.services_are,
            master_is: self.master_is,
            limit_ranges: self.limit_ranges.iter().map(AsRef::as_ref).collect(),
            limit_ranges_are: self.limit_ranges_are,
            node: self.node.as_ref().map(borrow),
        }
    }
}

fn borrow_all<'a, T: Clone>(answers: &'a Answers<'_, T>) -> BTreeMap<String, Lookup<&'a T>> {
    let borrowed = |(name, lookup): (&String, &'a _)| (name.clone(), borrow(lookup));
    answers.iter().map(borrowed).collect()
}

fn borrow<'a, T: Clone>(lookup: &'a Lookup<Cow<'_, T>>) -> Lookup<&'a T> {
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

/// Answers the look-ups of all targets of one run.
pub(super) struct Lookups<'a> {
    near: Near,
    cluster: Option<&'a Cluster>,
    /// What the cluster has answered: targets have much in common.
    answered: Mutex<HashMap<Question, Lookup<Value>>>,
}

/// Kind, namespace, and name; for a list, none.
type Question = (&'static str, String, Option<String>);

impl<'a> Lookups<'a> {
    pub(super) fn new(around: &'a Surroundings) -> Self {
        Self {
            near: Near::of(&around.neighbours),
            cluster: around.cluster.as_ref(),
            answered: Mutex::default(),
        }
    }

    /// Whether no look-up can fail: the cluster is not asked, and every object
    /// of the input is what its kind says.
    pub(super) fn are_certain(&self) -> bool {
        self.cluster.is_none() && self.near.is_sound()
    }

    /// Looks up everything that the plan lists, in the input alone.
    ///
    /// # Errors
    /// An object that is not what its kind says.
    pub(super) fn near(&self, plan: &Plan, namespace: &str) -> Result<Gathered<'_>, Failure> {
        let near = &self.near;
        let node = plan.node.as_ref();
        let mut services = Vec::new();
        let elsewhere = (namespace != "default").then(|| listed(&near.services, "default"));
        let own = listed(&near.services, namespace);
        for read in own.iter().chain(elsewhere.into_iter().flatten()) {
            let (service, origin) = read.as_ref().map_err(Clone::clone)?;
            services.push(SeenService {
                service: Cow::Borrowed(service),
                origin: Cow::Borrowed(origin.object()),
                live: false,
            });
        }
        let mut limit_ranges = Vec::new();
        if plan.limit_ranges {
            for read in listed(&near.limit_ranges, namespace) {
                let (limit_range, _) = read.as_ref().map_err(Clone::clone)?;
                limit_ranges.push(Cow::Borrowed(limit_range));
            }
        }
        Ok(Gathered {
            config_maps: all_near(&near.config_maps, namespace, plan.config_maps.keys())?,
            secrets: all_near(&near.secrets, namespace, plan.secrets.keys())?,
            services,
            services_are: Completeness::NotAsked,
            master_is: Completeness::NotAsked,
            limit_ranges,
            limit_ranges_are: Completeness::NotAsked,
            node: node
                .map(|name| one_near(&near.nodes, "", name))
                .transpose()?,
        })
    }

    /// The same, and asks the cluster for what the input does not hold.
    ///
    /// # Errors
    /// A cluster that cannot be reached, too.
    pub(super) async fn gather(
        &self,
        plan: &Plan,
        namespace: &str,
    ) -> Result<Gathered<'_>, CommandError> {
        let mut gathered = self.near(plan, namespace)?;
        let Some(cluster) = self.cluster else {
            return Ok(gathered);
        };
        for (name, lookup) in &mut gathered.config_maps {
            self.ask(cluster, "ConfigMap", namespace, name, lookup)
                .await?;
        }
        for (name, lookup) in &mut gathered.secrets {
            self.ask(cluster, "Secret", namespace, name, lookup).await?;
            if let Lookup::Found {
                object: Cow::Owned(secret),
                ..
            } = lookup
            {
                take_string_data(secret);
            }
        }
        if let (Some(name), Some(lookup)) = (&plan.node, &mut gathered.node) {
            self.ask(cluster, "Node", "", name, lookup).await?;
        }
        self.services(cluster, plan, namespace, &mut gathered)
            .await?;
        if plan.limit_ranges {
            let found = &mut gathered.limit_ranges;
            let live: Option<Vec<LimitRange>> = self.list(cluster, "LimitRange", namespace).await?;
            gathered.limit_ranges_are = match live {
                Some(_) => Completeness::Complete,
                None => Completeness::Forbidden,
            };
            let name = |of: &LimitRange| of.metadata.name.clone();
            let mut names: HashSet<_> = found.iter().map(|written| name(written)).collect();
            for limit_range in live.unwrap_or_default() {
                if names.insert(name(&limit_range)) {
                    found.push(Cow::Owned(limit_range));
                }
            }
        }
        Ok(gathered)
    }

    /// The Services whose variables a Pod may see: those of its namespace, and
    /// `kubernetes` of the namespace `default`.
    async fn services(
        &self,
        cluster: &Cluster,
        plan: &Plan,
        namespace: &str,
        gathered: &mut Gathered<'_>,
    ) -> Result<(), CommandError> {
        let mut live: Vec<Service> = Vec::new();
        let mut known = Completeness::Complete;
        if plan.services {
            match self.list(cluster, "Service", namespace).await? {
                Some(services) => live.extend(services),
                None => known = Completeness::Forbidden,
            }
        }
        // Who may not list those of `default` may still be let see this one.
        let listed = plan.services && known == Completeness::Complete;
        let mut master = Completeness::Complete;
        if !listed || namespace != "default" {
            let mut lookup: Lookup<Cow<Service>> = Lookup::NotAsked;
            self.ask(cluster, "Service", "default", "kubernetes", &mut lookup)
                .await?;
            match lookup {
                Lookup::Found { object, .. } => live.push(object.into_owned()),
                Lookup::Forbidden => master = Completeness::Forbidden,
                Lookup::Missing | Lookup::NotAsked => {}
            }
        }
        let id = |service: &Service| {
            let at = service.metadata.namespace.as_deref().unwrap_or(namespace);
            (at.to_owned(), service.metadata.name.clone())
        };
        let mut places: HashMap<_, usize> = HashMap::new();
        for (place, seen) in gathered.services.iter().enumerate() {
            places.entry(id(&seen.service)).or_insert(place);
        }
        for service in live {
            // A Service that the input holds, too, is known better in the cluster:
            // its address was given there. But the input is what will be.
            let found = &mut gathered.services;
            let next = found.len();
            let place = *places.entry(id(&service)).or_insert(next);
            match found.get_mut(place) {
                Some(seen) => take_address(seen.service.to_mut(), &service),
                None => found.push(SeenService {
                    service: Cow::Owned(service),
                    origin: Cow::Borrowed(CLUSTER),
                    live: true,
                }),
            }
        }
        gathered.services_are = known;
        gathered.master_is = master;
        Ok(())
    }

    /// Asks for what the input does not hold.
    async fn ask<T: DeserializeOwned + Clone>(
        &self,
        cluster: &Cluster,
        kind: &'static str,
        namespace: &str,
        name: &str,
        lookup: &mut Lookup<Cow<'_, T>>,
    ) -> Result<(), CommandError> {
        if !matches!(lookup, Lookup::NotAsked) {
            return Ok(());
        }
        let question = (kind, namespace.to_owned(), Some(name.to_owned()));
        *lookup = match self.answer(cluster, question).await? {
            Lookup::Found { object, origin } => Lookup::Found {
                object: Cow::Owned(decode(kind, name, &object)?),
                origin,
            },
            Lookup::Missing => Lookup::Missing,
            Lookup::Forbidden => Lookup::Forbidden,
            Lookup::NotAsked => Lookup::NotAsked,
        };
        Ok(())
    }

    /// All objects of a namespace; none where they may not be seen.
    async fn list<T: DeserializeOwned>(
        &self,
        cluster: &Cluster,
        kind: &'static str,
        namespace: &str,
    ) -> Result<Option<Vec<T>>, CommandError> {
        let question = (kind, namespace.to_owned(), None);
        match self.answer(cluster, question).await? {
            Lookup::Found {
                object: Value::Array(items),
                ..
            } => {
                let decoded = items.into_iter().map(|one| decode(kind, "", &one));
                Ok(Some(decoded.collect::<Result<_, _>>()?))
            }
            _ => Ok(None),
        }
    }

    async fn answer(
        &self,
        cluster: &Cluster,
        question: Question,
    ) -> Result<Lookup<Value>, ClusterError> {
        if let Some(known) = self.locked().get(&question) {
            return Ok(known.clone());
        }
        let (kind, namespace, name) = &question;
        let Some(row) = by_kind("v1", kind) else {
            return Ok(Lookup::NotAsked);
        };
        let resource = Resource::of(row);
        let warnings = cluster.warnings().count();
        let answer = match name {
            Some(name) => cluster.get(&resource, namespace, name).await,
            None => {
                let items = cluster.list(&resource, namespace, None).await;
                items.map(Value::Array)
            }
        };
        if *kind == "Secret" {
            cluster.warnings().hide_since(warnings);
        }
        let lookup = match answer {
            Ok(object) => Lookup::Found {
                object,
                origin: CLUSTER.into(),
            },
            Err(error) if error.is_not_found() && name.is_some() => Lookup::Missing,
            Err(error) if error.code() == Some(403) => Lookup::Forbidden,
            Err(error) => return Err(error),
        };
        self.locked().insert(question, lookup.clone());
        Ok(lookup)
    }

    fn locked(&self) -> std::sync::MutexGuard<'_, HashMap<Question, Lookup<Value>>> {
        self.answered.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn all_near<'a, 'n, T: Clone>(
    objects: &'a Named<T>,
    namespace: &str,
    names: impl Iterator<Item = &'n String>,
) -> Result<Answers<'a, T>, Failure> {
    let one = |name: &String| Ok((name.clone(), one_near(objects, namespace, name)?));
    names.map(one).collect()
}

fn one_near<'a, T: Clone>(
    objects: &'a Named<T>,
    namespace: &str,
    name: &str,
) -> Result<Lookup<Cow<'a, T>>, Failure> {
    let Some(read) = find(objects, namespace, name) else {
        return Ok(Lookup::NotAsked);
    };
    let (object, origin) = read.as_ref().map_err(Clone::clone)?;
    Ok(Lookup::Found {
        object: Cow::Borrowed(object),
        origin: origin.clone(),
    })
}

/// As the API server does when it stores a Secret (pkg/apis/core/v1/conversion.go,
/// `Convert_v1_Secret_To_core_Secret`): `stringData` wins over `data`.
pub(super) fn take_string_data(secret: &mut Secret) {
    if let Some(strings) = secret.string_data.take() {
        let data = secret.data.get_or_insert_default();
        for (key, text) in strings {
            data.insert(key, k8s_openapi::ByteString(text.into_bytes()));
        }
    }
}

fn decode<T: DeserializeOwned>(kind: &str, name: &str, object: &Value) -> Result<T, Failure> {
    // The error would quote the value, which may be a Secret's.
    decode_value(object).map_err(|_| {
        Failure::new(
            Exit::Cluster,
            format!("the server's {kind} \"{name}\" is not one"),
        )
    })
}

/// The address of a Service stays when the Service is applied again, unless it
/// becomes one that is only a name (`patchAllocatedValues` in
/// pkg/registry/core/service/storage).
fn take_address(written: &mut Service, live: &Service) {
    if let (Some(written), Some(live)) = (&mut written.spec, &live.spec)
        && written.cluster_ip.as_deref().is_none_or(str::is_empty)
        && written.type_.as_deref() != Some("ExternalName")
    {
        written.cluster_ip.clone_from(&live.cluster_ip);
    }
}

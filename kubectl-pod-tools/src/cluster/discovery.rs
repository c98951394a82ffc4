//! Discovery: resolves the names of types that only the server knows, those of
//! CustomResourceDefinitions and of other API servers.

use serde::Deserialize;
use serde_json::Value;

use super::body;
use super::catalog::{Catalog, Served, meant, of_category};
use super::error::ClusterError;
use super::mapping::{Resource, encode, is_subresource};
use super::request::Cluster;
use super::request_info::Request;

/// Media types of all groups in one response: v2 since Kubernetes 1.30; older servers send the
/// plain list of groups.
const ACCEPT: &str =
    "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json";

/// Kinds of the core group in the category `all`, which the response for all groups lacks
/// (pkg/registry/core, `Categories`).
const CORE_ALL: [&str; 3] = ["Pod", "ReplicationController", "Service"];

/// `APIGroupDiscoveryList` (k8s.io/api/apidiscovery/v2).
#[derive(Deserialize)]
struct Groups {
    #[serde(default)]
    items: Vec<Group>,
}

#[derive(Deserialize)]
struct Group {
    metadata: Named,
    #[serde(default)]
    versions: Vec<Version>,
}

#[derive(Deserialize)]
struct Named {
    name: String,
}

#[derive(Deserialize)]
struct Version {
    #[serde(rename = "version")]
    name: String,
    #[serde(default)]
    freshness: String,
    #[serde(default)]
    resources: Vec<Discovered>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Discovered {
    resource: String,
    response_kind: Option<ResponseKind>,
    #[serde(default)]
    scope: String,
    #[serde(default)]
    singular_resource: String,
    #[serde(default)]
    short_names: Vec<String>,
    #[serde(default)]
    categories: Vec<String>,
}

#[derive(Deserialize)]
struct ResponseKind {
    kind: String,
}

/// `APIResourceList` (k8s.io/apimachinery/pkg/apis/meta/v1).
#[derive(Deserialize)]
struct Resources {
    #[serde(default)]
    resources: Vec<Listed>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Listed {
    name: String,
    kind: String,
    #[serde(default)]
    namespaced: bool,
    #[serde(default)]
    singular_name: String,
    #[serde(default)]
    short_names: Option<Vec<String>>,
    #[serde(default)]
    categories: Option<Vec<String>>,
}

impl Cluster {
    /// Returns the resource of a TYPE: `widgets`, `widget`, `wd`,
    /// `Widget`, `widgets.example.com`, `widgets.v1.example.com`; or those of a category,
    /// such as `all`, which goes before a type, as for kubectl
    /// (k8s.io/cli-runtime/pkg/resource, `Builder.replaceAliases`).
    ///
    /// # Errors
    /// [`ClusterError::UnknownType`]; [`ClusterError::Undiscovered`] if a group that may have it
    /// is not listed; request errors.
    pub(crate) async fn resources_by_word(
        &self,
        word: &str,
    ) -> Result<Vec<Resource>, ClusterError> {
        let catalog = self.catalog(word).await?;
        let core = CORE_ALL.iter().filter(|_| word == "all");
        let mut found: Vec<Resource> = core
            .filter_map(|kind| Resource::built_in("v1", kind))
            .collect();
        found.extend(of_category(&catalog, word));
        if found.is_empty() {
            found.push(meant(&catalog, word)?);
        }
        found
            .into_iter()
            .map(|resource| self.well_named(resource))
            .collect()
    }

    /// Returns the types of the groups that may have a word.
    async fn catalog(&self, word: &str) -> Result<Catalog, ClusterError> {
        let answer = self.groups(ACCEPT).await?;
        if answer.get("groups").is_some() {
            return self.one_by_one(&answer, word).await;
        }
        let groups: Groups = serde_json::from_value(answer).map_err(|e| self.odd(&e))?;
        let mut catalog = Catalog::default();
        groups
            .items
            .into_iter()
            .for_each(|group| catalog.add(group));
        Ok(catalog)
    }

    /// Returns all groups of the server, in one of several formats. Only an API server sends
    /// them.
    ///
    /// # Errors
    /// Another response; request errors.
    pub(super) async fn groups(&self, forms: &str) -> Result<Value, ClusterError> {
        let path = "/apis";
        let what = Request::of_path(path);
        let answer = self.get_accepting(&what, path, forms, body::DISCOVERY);
        let answer = answer.await.map_err(|error| {
            if error.is_not_served() {
                return self.not_an_api("it serves no API groups".to_owned());
            }
            error
        })?;
        self.discovered(answer, &["APIGroupList", "APIGroupDiscoveryList"])
    }

    /// Returns the versions of each group that may have the word, the preferred one first, or
    /// the version that the word names.
    async fn one_by_one(&self, groups: &Value, word: &str) -> Result<Catalog, ClusterError> {
        let groups = groups.get("groups").and_then(Value::as_array);
        let mut catalog = Catalog::default();
        for (name, version) in groups.into_iter().flatten().flat_map(versions) {
            let is_meant = match word.split_once('.').map(|(_, rest)| rest) {
                None => true,
                Some(rest) if name.starts_with(rest) => true,
                Some(rest) => rest.split_once('.') == Some((version, name)),
            };
            if !is_meant {
                continue;
            }
            let path = format!("/apis/{}/{}", encode(name), encode(version));
            let what = Request::of_path(&path);
            // An API server beside the main one that is away hides its own types only
            // (client-go/discovery, `ErrGroupDiscoveryFailed`).
            let list = match self.get_path(&what, &path, body::DISCOVERY).await {
                Ok(list) => list,
                Err(error) if error.code().is_some_and(|code| code != 401) => {
                    catalog.add_silent(name, version, Some(error.to_string()));
                    continue;
                }
                Err(error) => return Err(error),
            };
            let list: Resources = self.discovered(list, &["APIResourceList"])?;
            let whole = list
                .resources
                .into_iter()
                .filter(|r| !is_subresource(&r.name));
            catalog.served.extend(whole.map(|listed| Served {
                singular: listed.singular_name,
                short_names: listed.short_names.unwrap_or_default(),
                categories: listed.categories.unwrap_or_default(),
                resource: Resource {
                    group: name.to_owned(),
                    version: version.to_owned(),
                    kind: listed.kind,
                    plural: listed.name,
                    namespaced: listed.namespaced,
                },
            }));
        }
        Ok(catalog)
    }
}

/// Returns the versions of an `APIGroup`, each with the name of the group; the preferred one
/// comes first.
fn versions(group: &Value) -> Vec<(&str, &str)> {
    let name = group.get("name").and_then(Value::as_str).unwrap_or("");
    let preferred = group.pointer("/preferredVersion/version");
    let all = group.get("versions").and_then(Value::as_array);
    let all = all.into_iter().flatten().map(|one| one.get("version"));
    let mut versions: Vec<(&str, &str)> = Vec::new();
    for version in std::iter::once(preferred).chain(all) {
        if let Some(version) = version.and_then(Value::as_str)
            && !versions.contains(&(name, version))
        {
            versions.push((name, version));
        }
    }
    versions
}

impl Catalog {
    /// Adds a group of the aggregated discovery. Stale versions count as not listed, as in
    /// client-go (discovery, `convertAPIGroup`).
    fn add(&mut self, group: Group) {
        let name = group.metadata.name;
        for version in group.versions {
            if version.freshness == "Stale" {
                self.add_silent(&name, &version.name, None);
                continue;
            }
            for found in version.resources {
                let Some(kind) = found.response_kind else {
                    continue;
                };
                self.served.push(Served {
                    singular: found.singular_resource,
                    short_names: found.short_names,
                    categories: found.categories,
                    resource: Resource {
                        group: name.clone(),
                        version: version.name.clone(),
                        kind: kind.kind,
                        plural: found.resource,
                        namespaced: found.scope == "Namespaced",
                    },
                });
            }
        }
    }
}

impl Cluster {
    /// Returns whether the server serves a type. Only an explicit response counts. A type whose
    /// group is gone is not served: its CustomResourceDefinition or its `APIService` was deleted,
    /// and its objects cannot be reached any more.
    ///
    /// # Errors
    /// [`ClusterError::OtherVersion`] if the objects still exist;
    /// [`ClusterError::Undiscovered`]; request errors.
    pub(crate) async fn is_served(&self, resource: &Resource) -> Result<bool, ClusterError> {
        let api_version = resource.api_version();
        match self.resource_of(&api_version, &resource.kind).await {
            Ok(_) => Ok(true),
            // Whoever answered before may be away, and a proxy in its place.
            Err(ClusterError::UnknownKind { .. }) if resource.group.is_empty() => {
                self.groups(ACCEPT).await.map(|_| false)
            }
            Err(ClusterError::UnknownKind { .. }) => {
                self.is_elsewhere(resource).await.map(|()| false)
            }
            Err(error) => Err(error),
        }
    }

    /// Fails if another version of the group serves a kind, or may serve it: then the version is
    /// gone, not the objects.
    async fn is_elsewhere(&self, gone: &Resource) -> Result<(), ClusterError> {
        let what = gone.qualified();
        let catalog = self.catalog(&what).await?;
        let other = catalog.served.iter().map(|one| &one.resource).find(|one| {
            one.group == gone.group && one.kind == gone.kind && one.version != gone.version
        });
        if let Some(other) = other {
            return Err(ClusterError::OtherVersion {
                what,
                gone: gone.version.clone(),
                served: other.version.clone(),
            });
        }
        // Of its own version the server has just said that it is not there.
        let silent = catalog.silent.iter().find(|silent| {
            silent.group == gone.group && (silent.version != gone.version || silent.stale)
        });
        silent.map_or(Ok(()), |silent| Err(silent.hides(&what)))
    }
}

//! From a word for a type to the URL that serves it, for types that only the
//! server knows: those of CustomResourceDefinitions and of other API servers.

use serde::Deserialize;
use serde_json::Value;

use super::body;
use super::error::{ClusterError, Request, Verb};
use super::mapping::{Resource, encode, is_subresource};
use super::request::Cluster;

/// All groups in one answer, since Kubernetes 1.30 as v2; an older server sends
/// the plain list of groups.
const ACCEPT: &str =
    "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json";

/// One resource as discovery tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Served {
    resource: Resource,
    singular: String,
    short_names: Vec<String>,
}

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
    version: String,
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
}

impl Cluster {
    /// The resource that a person means by TYPE: `widgets`, `widget`, `wd`,
    /// `Widget`, `widgets.example.com`, `widgets.v1.example.com`.
    ///
    /// # Errors
    /// [`ClusterError::UnknownType`], and what a request can meet.
    pub(crate) async fn resource_by_type(&self, word: &str) -> Result<Resource, ClusterError> {
        let answer = self.groups(ACCEPT).await?;
        let served: Vec<Served> = if answer.get("groups").is_some() {
            self.one_by_one(&answer, word).await?
        } else {
            let groups: Groups = serde_json::from_value(answer).map_err(|e| self.odd(&e))?;
            groups.items.into_iter().flat_map(of_group).collect()
        };
        let resource = meant(&served, word).ok_or_else(|| ClusterError::UnknownType {
            word: word.to_owned(),
        })?;
        self.well_named(resource)
    }

    /// All groups that the server has, which only an API server tells, in one of
    /// several forms.
    ///
    /// # Errors
    /// An answer of something else, and every other failed request.
    pub(super) async fn groups(&self, forms: &str) -> Result<Value, ClusterError> {
        let what = groups_request();
        let answer = self.get_accepting(&what, "/apis", forms, body::DISCOVERY);
        let answer = answer.await.map_err(|error| {
            if error.is_not_served() {
                return self.not_an_api("it serves no API groups".to_owned());
            }
            error
        })?;
        self.discovered(answer, &["APIGroupList", "APIGroupDiscoveryList"])
    }

    /// The preferred version of each group that the word can be of, or the one
    /// that it names.
    async fn one_by_one(&self, groups: &Value, word: &str) -> Result<Vec<Served>, ClusterError> {
        let what = &groups_request();
        let groups = groups.get("groups").and_then(Value::as_array);
        let mut served = Vec::new();
        for group in groups.into_iter().flatten() {
            let text = |pointer| group.pointer(pointer).and_then(Value::as_str).unwrap_or("");
            let (name, preferred) = (text("/name"), text("/preferredVersion/version"));
            let version = match word.split_once('.').map(|(_, rest)| rest) {
                None => preferred,
                Some(rest) if name.starts_with(rest) => preferred,
                Some(rest) => match rest.split_once('.') {
                    Some((version, of)) if of == name => version,
                    _ => continue,
                },
            };
            let path = format!("/apis/{}/{}", encode(name), encode(version));
            // An API server beside the main one that is away hides its own types only.
            let list = match self.get_path(what, &path, body::DISCOVERY).await {
                Ok(list) => list,
                Err(ClusterError::Refused { .. }) => continue,
                Err(error) => return Err(error),
            };
            let list: Resources = self.discovered(list, &["APIResourceList"])?;
            let whole = list
                .resources
                .into_iter()
                .filter(|r| !is_subresource(&r.name));
            served.extend(whole.map(|listed| Served {
                singular: listed.singular_name,
                short_names: listed.short_names.unwrap_or_default(),
                resource: Resource {
                    group: name.to_owned(),
                    version: version.to_owned(),
                    kind: listed.kind,
                    plural: listed.name,
                    namespaced: listed.namespaced,
                },
            }));
        }
        Ok(served)
    }
}

fn groups_request() -> Request {
    Request {
        verb: Verb::Get,
        resource: "the API groups of the server".to_owned(),
        name: None,
        namespace: None,
    }
}

fn of_group(group: Group) -> Vec<Served> {
    let name = group.metadata.name;
    let mut served = Vec::new();
    for version in group.versions {
        for found in version.resources {
            let Some(kind) = found.response_kind else {
                continue;
            };
            served.push(Served {
                singular: found.singular_resource,
                short_names: found.short_names,
                resource: Resource {
                    group: name.clone(),
                    version: version.version.clone(),
                    kind: kind.kind,
                    plural: found.resource,
                    namespaced: found.scope == "Namespaced",
                },
            });
        }
    }
    served
}

impl Cluster {
    /// Whether the server serves a type, in its own words: what is not answered
    /// says nothing.
    ///
    /// # Errors
    /// What a request can meet.
    pub(crate) async fn is_served(&self, resource: &Resource) -> Result<bool, ClusterError> {
        let api_version = resource.api_version();
        match self.resource_of(&api_version, &resource.kind).await {
            Ok(_) => Ok(true),
            // Whoever answered before may be away, and a proxy in its place.
            Err(ClusterError::UnknownKind { .. }) => self.groups(ACCEPT).await.map(|_| false),
            Err(error) => Err(error),
        }
    }
}

/// Whether a name is one of a resource's.
type Fits = fn(&Served, &str) -> bool;

/// What the word means among what is served: a full name before a short one,
/// and what the server names first before what comes later.
///
/// Source: `Builder.mappingFor` (k8s.io/cli-runtime/pkg/resource),
/// `expandResourceShortcut` (k8s.io/client-go/restmapper) and
/// `PriorityRESTMapper` (k8s.io/apimachinery/pkg/api/meta).
fn meant(served: &[Served], word: &str) -> Option<Resource> {
    let (name, rest) = word.split_once('.').unwrap_or((word, ""));
    let ways: [Fits; 3] = [
        |served, name| {
            let singular = served.singular.as_str();
            name.eq_ignore_ascii_case(&served.resource.plural)
                || (!singular.is_empty() && name.eq_ignore_ascii_case(singular))
        },
        |served, name| served.short_names.iter().any(|short| short == name),
        |served, name| name.eq_ignore_ascii_case(&served.resource.kind),
    ];
    let places: [fn(&Resource, &str) -> bool; 3] = [
        |r, rest| rest.split_once('.') == Some((r.version.as_str(), r.group.as_str())),
        |r, rest| rest.is_empty() || r.group == rest,
        |r, rest| !rest.is_empty() && r.group.starts_with(rest),
    ];
    places.into_iter().find_map(|place| {
        let there = || served.iter().filter(|one| place(&one.resource, rest));
        ways.into_iter()
            .find_map(|fits| there().find(|one| fits(one, name)))
            .map(|one| one.resource.clone())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn served(group: &str, version: &str, plural: &str, kind: &str, short: &str) -> Served {
        Served {
            singular: kind.to_lowercase(),
            short_names: vec![short.to_owned()],
            resource: Resource {
                group: group.to_owned(),
                version: version.to_owned(),
                kind: kind.to_owned(),
                plural: plural.to_owned(),
                namespaced: true,
            },
        }
    }

    #[test]
    fn a_type_is_found_by_every_name_that_kubectl_takes() {
        let all = [
            served("example.com", "v1", "widgets", "Widget", "wd"),
            served("example.com", "v1beta1", "widgets", "Widget", "wd"),
            served("example.org", "v1", "widgets", "Widget", "wd"),
            served("example.org", "v1", "wd", "Full", "f"),
        ];
        for (word, expected) in [
            ("widgets", Some("widgets.example.com v1")),
            ("Widget", Some("widgets.example.com v1")),
            ("widget", Some("widgets.example.com v1")),
            ("widgets.example.org", Some("widgets.example.org v1")),
            ("widget.example", Some("widgets.example.com v1")),
            (
                "widget.v1beta1.example.com",
                Some("widgets.example.com v1beta1"),
            ),
            ("f", Some("wd.example.org v1")),
            // A full name goes before a short one.
            ("wd", Some("wd.example.org v1")),
            ("WD.example.com", None),
            ("wd.example.com", Some("widgets.example.com v1")),
            ("widgets.v2.example.com", None),
            ("gadgets", None),
            ("", None),
        ] {
            let found = meant(&all, word).map(|r| format!("{} {}", r.qualified(), r.version));
            assert_eq!(found.as_deref(), expected, "{word}");
        }
    }
}

//! From `apiVersion` and `kind` to the URL that serves them.

use pod_model::kinds::{self, KindInfo};
use pod_model::status::WorkloadKind;
use serde::Deserialize;
use serde_json::Value;

use super::body;
use super::error::ClusterError;
use super::request::Cluster;
use super::request_info::{Request, Verb};

/// A kind as the server serves it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Resource {
    /// `apps`; empty for the core group.
    pub group: String,
    /// `v1`.
    pub version: String,
    /// `Deployment`.
    pub kind: String,
    /// `deployments`: the word in URLs and RBAC rules.
    pub plural: String,
    /// Whether its objects live in namespaces.
    pub namespaced: bool,
}

impl Resource {
    /// `apps/v1`; `v1` for the core group.
    pub(crate) fn api_version(&self) -> String {
        match self.group.as_str() {
            "" => self.version.clone(),
            group => format!("{group}/{}", self.version),
        }
    }

    /// Whether it is built in, in any version.
    pub(crate) fn is_built_in(&self) -> bool {
        let mut rows = kinds::KINDS.iter();
        rows.any(|row| row.group == self.group && row.kind == self.kind)
    }

    /// Returns the built-in kind that it is, if that runs Pods.
    pub(crate) fn workload_kind(&self) -> WorkloadKind {
        WorkloadKind::of_type(&self.group, &self.kind)
    }

    /// `deployments.apps`, as RBAC and kubectl's errors name it.
    pub(crate) fn qualified(&self) -> String {
        match self.group.as_str() {
            "" => self.plural.clone(),
            group => format!("{}.{group}", self.plural),
        }
    }

    /// `deployment.apps/web`, as kubectl names an object.
    pub(crate) fn object(&self, name: &str) -> String {
        object_name(&self.group, &self.kind, name)
    }

    /// The path of the collection, or of the object with a name. An empty namespace is
    /// all of them (k8s.io/apimachinery/pkg/apis/meta/v1, `NamespaceAll`).
    pub(super) fn path(&self, namespace: Option<&str>, name: Option<&str>) -> String {
        let mut path = match self.group.as_str() {
            "" => format!("/api/{}", encode(&self.version)),
            group => format!("/apis/{}/{}", encode(group), encode(&self.version)),
        };
        if let Some(namespace) =
            namespace.filter(|namespace| self.namespaced && !namespace.is_empty())
        {
            path.push_str("/namespaces/");
            path.push_str(&encode(namespace));
        }
        path.push('/');
        path.push_str(&encode(&self.plural));
        if let Some(name) = name {
            path.push('/');
            path.push_str(&encode(name));
        }
        path
    }

    /// Whether its names are names, as the API server checks those of a
    /// CustomResourceDefinition: they stand in paths and on terminals
    /// (k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/validation,
    /// `ValidateCustomResourceDefinitionNames`).
    pub(super) fn is_well_named(&self) -> bool {
        let is_kind = |text: &str| {
            let inner = |c: char| c.is_ascii_alphanumeric() || c == '-';
            !text.is_empty() && text.chars().all(inner)
        };
        is_label(&self.plural)
            && is_label(&self.version)
            && is_kind(&self.kind)
            && (self.group.is_empty() || self.group.split('.').all(is_label))
    }

    /// A built-in kind; no server is asked.
    pub(crate) fn built_in(api_version: &str, kind: &str) -> Option<Self> {
        kinds::by_kind(api_version, kind).map(Self::of)
    }

    /// The same of a row of the table of kinds.
    pub(crate) fn of(kind: &KindInfo) -> Self {
        Self {
            group: kind.group.to_owned(),
            version: kind.version.to_owned(),
            kind: kind.kind.to_owned(),
            plural: kind.plural.to_owned(),
            namespaced: kind.namespaced,
        }
    }
}

/// `deployment.apps/web`; `pod/web` for the core group.
pub(crate) fn object_name(group: &str, kind: &str, name: &str) -> String {
    let kind = kind.to_lowercase();
    match group {
        "" => format!("{kind}/{name}"),
        group => format!("{kind}.{group}/{name}"),
    }
}

/// Percent-encodes what would end a path segment. Names of objects hold none
/// of it; what a file holds may.
pub(super) fn encode(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~' | b':') {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ResourceList {
    #[serde(default)]
    group_version: String,
    #[serde(default)]
    resources: Vec<ListedResource>,
}

#[derive(Deserialize)]
struct ListedResource {
    name: String,
    kind: String,
    #[serde(default)]
    namespaced: bool,
}

/// Whether a resource is a part of another one, such as `pods/log`.
pub(super) fn is_subresource(name: &str) -> bool {
    name.split_once('/')
        .is_some_and(|(whole, part)| is_label(whole) && is_label(part))
}

/// Whether a text is a label of DNS, as far as its letters go.
fn is_label(text: &str) -> bool {
    let inner = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    !text.is_empty() && text.chars().all(inner)
}

impl Cluster {
    /// The resource that serves a kind: a built-in one, or what the server's
    /// discovery says of the group and version.
    ///
    /// # Errors
    /// [`ClusterError::UnknownKind`], and what a request can meet.
    pub(crate) async fn resource(
        &self,
        api_version: &str,
        kind: &str,
    ) -> Result<Resource, ClusterError> {
        match Resource::built_in(api_version, kind) {
            Some(resource) => Ok(resource),
            None => self.resource_of(api_version, kind).await,
        }
    }

    /// The same, whatever is built in: the server is asked.
    pub(super) async fn resource_of(
        &self,
        api_version: &str,
        kind: &str,
    ) -> Result<Resource, ClusterError> {
        let unknown = || ClusterError::UnknownKind {
            api_version: api_version.to_owned(),
            kind: kind.to_owned(),
        };
        let (group, version) = api_version.split_once('/').unwrap_or(("", api_version));
        let path = match group {
            "" => format!("/api/{}", encode(version)),
            group => format!("/apis/{}/{}", encode(group), encode(version)),
        };
        let what = Request {
            verb: Verb::Get,
            resource: format!("the API resources of {api_version}"),
            name: None,
            namespace: None,
        };
        let list = match self.get_path(&what, &path, body::DISCOVERY).await {
            Err(error) if error.code() == Some(404) => {
                self.confirm().await?;
                return Err(unknown());
            }
            answer => answer?,
        };
        let list: ResourceList = self.discovered(list, &["APIResourceList"])?;
        if !list.group_version.is_empty() && list.group_version != api_version {
            let cause = format!("expected the resources of {api_version}, found those of another");
            return Err(self.not_an_api(cause));
        }
        let resource = list
            .resources
            .into_iter()
            .find(|listed| listed.kind == kind && !is_subresource(&listed.name))
            .map(|listed| Resource {
                group: group.to_owned(),
                version: version.to_owned(),
                kind: listed.kind,
                plural: listed.name,
                namespaced: listed.namespaced,
            })
            .ok_or_else(unknown)?;
        self.well_named(resource)
    }

    /// A resource of the server's discovery, whose names are going to stand in
    /// paths.
    ///
    /// # Errors
    /// Names that are none.
    pub(super) fn well_named(&self, resource: Resource) -> Result<Resource, ClusterError> {
        if resource.is_well_named() {
            return Ok(resource);
        }
        Err(self.not_an_api("it names a type with a name that is none".to_owned()))
    }

    /// Makes sure that it is an API server which answers: many a proxy says "not
    /// found", too.
    ///
    /// # Errors
    /// A failed request, or an answer of something else.
    async fn confirm(&self) -> Result<(), ClusterError> {
        if self.is_confirmed() {
            return Ok(());
        }
        self.groups("application/json").await.map(drop)
    }

    /// An answer of discovery, which has to be of one of these kinds.
    ///
    /// # Errors
    /// One that is something else.
    pub(super) fn discovered<T: serde::de::DeserializeOwned>(
        &self,
        answer: Value,
        kinds: &[&str],
    ) -> Result<T, ClusterError> {
        let kind = answer.get("kind").and_then(Value::as_str).unwrap_or("");
        let version = answer.get("apiVersion").and_then(Value::as_str);
        // The list of `v1` names none.
        let is_known =
            |version: &str| version == "v1" || version.starts_with("apidiscovery.k8s.io/");
        if !kinds.contains(&kind) || !version.is_none_or(is_known) {
            let expected = kinds.join(" or ");
            return Err(self.not_an_api(format!("expected {expected}, found something else")));
        }
        let read = serde_json::from_value(answer).map_err(|e| self.odd(&e))?;
        self.set_confirmed();
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_those_of_the_api() {
        let job = Resource::built_in("batch/v1", "Job").unwrap();
        assert_eq!(
            job.path(Some("a"), Some("b")),
            "/apis/batch/v1/namespaces/a/jobs/b"
        );
        assert_eq!(job.path(Some(""), None), "/apis/batch/v1/jobs");
        assert_eq!(job.qualified(), "jobs.batch");
        assert_eq!(job.object("b"), "job.batch/b");
        let namespace = Resource::built_in("v1", "Namespace").unwrap();
        assert_eq!(namespace.path(Some("a"), Some("b")), "/api/v1/namespaces/b");
    }

    #[test]
    fn a_resource_has_names_that_are_names() {
        let good = Resource {
            group: "stable.example.com".to_owned(),
            version: "v1alpha1".to_owned(),
            kind: "CronTab".to_owned(),
            plural: "crontabs".to_owned(),
            namespaced: true,
        };
        assert!(good.is_well_named());
        assert!(
            pod_model::kinds::KINDS
                .iter()
                .all(|kind| Resource::of(kind).is_well_named())
        );
        for bad in [
            "w/../../secrets?x=",
            "",
            "a b",
            "A",
            "a\u{1b}[2J",
            "a.b/c",
            "%2e",
        ] {
            let text = || bad.to_owned();
            for one in [
                Resource {
                    plural: text(),
                    ..good.clone()
                },
                Resource {
                    version: text(),
                    ..good.clone()
                },
                Resource {
                    group: format!("x.{bad}"),
                    ..good.clone()
                },
            ] {
                assert!(!one.is_well_named(), "{one:?}");
            }
        }
        assert!(
            !Resource {
                kind: "a/b".to_owned(),
                ..good
            }
            .is_well_named()
        );
    }

    #[test]
    fn a_part_of_a_resource_is_none() {
        for part in ["pods/log", "my-things/status", "foo2s/scale"] {
            assert!(is_subresource(part), "{part}");
        }
        for other in ["pods", "w/../../secrets?x=", "/", "a/", "/a", "a/b/c"] {
            assert!(!is_subresource(other), "{other}");
        }
    }

    #[test]
    fn a_name_cannot_leave_its_path_segment() {
        assert_eq!(encode("../a?b#c/é"), "..%2Fa%3Fb%23c%2F%C3%A9");
    }
}

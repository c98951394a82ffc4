//! Maps `apiVersion` and `kind` to resources and URLs.

use pod_model::kinds::{self, KindInfo};
use pod_model::status::WorkloadKind;
use serde::Deserialize;
use serde_json::Value;

use super::body;
use super::error::ClusterError;
use super::request::Cluster;
use super::request_info::Request;

/// A served resource.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Resource {
    /// Group, such as `apps`; empty for the core group.
    pub group: String,
    /// Version, such as `v1`.
    pub version: String,
    /// Kind, such as `Deployment`.
    pub kind: String,
    /// Plural in URLs and RBAC rules, such as `deployments`.
    pub plural: String,
    /// True if its objects are in namespaces.
    pub namespaced: bool,
}

impl Resource {
    /// Returns `apps/v1`, or `v1` for the core group.
    pub(crate) fn api_version(&self) -> String {
        match self.group.as_str() {
            "" => self.version.clone(),
            group => format!("{group}/{}", self.version),
        }
    }

    /// Returns whether the kind is built in, in any version.
    pub(crate) fn is_built_in(&self) -> bool {
        let mut rows = kinds::KINDS.iter();
        rows.any(|row| row.group == self.group && row.kind == self.kind)
    }

    /// Returns the built-in kind if it runs Pods.
    pub(crate) fn workload_kind(&self) -> WorkloadKind {
        WorkloadKind::of_type(&self.group, &self.kind)
    }

    /// Returns `deployments.apps`, as in RBAC and kubectl's errors.
    pub(crate) fn qualified(&self) -> String {
        match self.group.as_str() {
            "" => self.plural.clone(),
            group => format!("{}.{group}", self.plural),
        }
    }

    /// Returns `deployment.apps/web`, kubectl's name of an object.
    pub(crate) fn object(&self, name: &str) -> String {
        object_name(&self.group, &self.kind, name)
    }

    /// Returns the path of the collection, or of a named object. An empty namespace means all
    /// (k8s.io/apimachinery/pkg/apis/meta/v1, `NamespaceAll`).
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

    /// Returns whether its names are valid by the rules for a CustomResourceDefinition, so that
    /// they can be used in paths and on terminals
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

    /// Returns the resource of a built-in kind, without a server.
    pub(crate) fn built_in(api_version: &str, kind: &str) -> Option<Self> {
        kinds::by_kind(api_version, kind).map(Self::of)
    }

    /// Returns the resource of a row of the table of kinds.
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

/// Returns `deployment.apps/web`, or `pod/web` for the core group.
pub(crate) fn object_name(group: &str, kind: &str, name: &str) -> String {
    let kind = kind.to_lowercase();
    match group {
        "" => format!("{kind}/{name}"),
        group => format!("{kind}.{group}/{name}"),
    }
}

/// Percent-encodes characters that would end a path segment. Valid names have none, but those
/// of a file may.
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

/// Returns whether a resource is a subresource, such as `pods/log`.
pub(super) fn is_subresource(name: &str) -> bool {
    name.split_once('/')
        .is_some_and(|(whole, part)| is_label(whole) && is_label(part))
}

/// Returns whether a text has only the characters of a DNS label.
fn is_label(text: &str) -> bool {
    let inner = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    !text.is_empty() && text.chars().all(inner)
}

impl Cluster {
    /// Returns the resource of a kind: a built-in one, or the one of the server's discovery.
    ///
    /// # Errors
    /// [`ClusterError::UnknownKind`]; request errors.
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

    /// Returns the resource of a kind by the server's discovery, also of a built-in kind.
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
        let what = Request::of_path(&path);
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

    /// Checks the names of a resource of the server's discovery, which are used in paths.
    ///
    /// # Errors
    /// Invalid names.
    pub(super) fn well_named(&self, resource: Resource) -> Result<Resource, ClusterError> {
        if resource.is_well_named() {
            return Ok(resource);
        }
        Err(self.not_an_api("it lists a type with an invalid name".to_owned()))
    }

    /// Checks that an API server answers: a proxy may answer "not found", too.
    ///
    /// # Errors
    /// Request errors; a response that is not an API server's.
    async fn confirm(&self) -> Result<(), ClusterError> {
        if self.is_confirmed() {
            return Ok(());
        }
        self.groups("application/json").await.map(drop)
    }

    /// Checks that a response of discovery is of one of these kinds.
    ///
    /// # Errors
    /// A response of another kind.
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

//! Reads and writes objects.

use std::time::Duration;

use http::header::{ACCEPT, CONTENT_TYPE};
use pod_model::{RulesVersion, VersionInfo};
use serde_json::{Value, json};

use super::body;
use super::changed;
use super::error::ClusterError;
use super::mapping::{Resource, encode};
use super::request::Cluster;
use super::request_info::{Request, Verb};
use super::shape::{self, Expected, Name};

/// Maximum number of retries of an apply that conflicts with another change, as in kubectl
/// (k8s.io/kubectl/pkg/cmd/apply, `maxPatchRetry`).
const TRIES: u32 = 5;
/// Time before the first retry; later ones wait longer.
const BETWEEN_TRIES: Duration = Duration::from_millis(100);

/// Parameters of a write.
#[derive(Clone, Debug, Default)]
pub(crate) struct SubmitParams {
    /// Let the server validate, store nothing.
    pub dry_run: bool,
    /// Handling of unknown fields: `Strict`, `Warn` or `Ignore`.
    pub field_validation: &'static str,
    /// Field manager that owns the fields.
    pub field_manager: String,
    /// Take over fields that other managers own (server-side apply only).
    pub force: bool,
}

impl SubmitParams {
    fn query(&self) -> String {
        let mut query = format!(
            "?fieldManager={}&fieldValidation={}",
            encode(&self.field_manager),
            self.field_validation
        );
        if self.dry_run {
            query.push_str("&dryRun=All");
        }
        query
    }
}

impl Cluster {
    /// Returns an object.
    ///
    /// # Errors
    /// Request errors; 404 if it does not exist.
    pub(crate) async fn get(
        &self,
        resource: &Resource,
        namespace: &str,
        name: &str,
    ) -> Result<Value, ClusterError> {
        let what = request(Verb::Get, resource, namespace, Some(name));
        let path = resource.path(Some(namespace), Some(name));
        let object = self.get_path(&what, &path, body::OBJECT).await?;
        let expected = Expected {
            resource,
            namespace,
            name: Name::Is(name),
        };
        shape::check_object(&object, &expected).map_err(|cause| self.not_an_api(cause))?;
        Ok(object)
    }

    /// Creates an object (POST).
    ///
    /// # Errors
    /// Request errors; 409 if it exists.
    pub(crate) async fn create(
        &self,
        resource: &Resource,
        namespace: &str,
        name: Option<&str>,
        object: &Value,
        params: &SubmitParams,
    ) -> Result<Value, ClusterError> {
        let what = request(Verb::Create, resource, namespace, name);
        let path = resource.path(Some(namespace), None) + &params.query();
        let request = http::Request::post(path).header(CONTENT_TYPE, "application/json");
        let prefix = object.pointer("/metadata/generateName");
        let prefix = prefix.and_then(Value::as_str).unwrap_or("");
        let expected = Expected {
            resource,
            namespace,
            name: name.map_or(Name::Generated(prefix), Name::Is),
        };
        let request = self.change(request, object)?;
        let check = |answer: &Value| changed::check_stored(answer, &expected, params.dry_run);
        let answer = self.send_change(&what, &request, check).await;
        answer.map(|answer| changed::placed(answer, &expected))
    }

    /// Creates or updates an object by server-side apply. Retries after a conflict with another
    /// change, because the request does not depend on the stored object.
    ///
    /// # Errors
    /// Request errors; 409 if another manager owns a field.
    pub(crate) async fn apply(
        &self,
        resource: &Resource,
        namespace: &str,
        name: &str,
        object: &Value,
        params: &SubmitParams,
    ) -> Result<Value, ClusterError> {
        let what = request(Verb::Patch, resource, namespace, Some(name));
        let mut path = resource.path(Some(namespace), Some(name)) + &params.query();
        let pinned = object.pointer("/metadata/resourceVersion").is_some();
        if params.force {
            path.push_str("&force=true");
        }
        let request =
            http::Request::patch(path).header(CONTENT_TYPE, "application/apply-patch+yaml");
        let expected = Expected {
            resource,
            namespace,
            name: Name::Is(name),
        };
        let request = self.change(request, object)?;
        let check = |answer: &Value| changed::check_stored(answer, &expected, params.dry_run);
        let mut tried = 0;
        loop {
            match self.send_change(&what, &request, check).await {
                Err(error) if !pinned && tried < TRIES && is_passing_conflict(&error) => {
                    tried += 1;
                    tokio::time::sleep(BETWEEN_TRIES * tried).await;
                }
                answer => return answer.map(|answer| changed::placed(answer, &expected)),
            }
        }
    }

    /// Deletes an object with its dependents, if it still has this uid. Returns the server's
    /// response: a Status, or the object while it is terminating.
    ///
    /// # Errors
    /// Request errors.
    pub(crate) async fn request_deletion(
        &self,
        resource: &Resource,
        namespace: &str,
        name: &str,
        uid: Option<&str>,
    ) -> Result<Value, ClusterError> {
        let what = request(Verb::Delete, resource, namespace, Some(name));
        let mut options = json!({
            "apiVersion": "v1", "kind": "DeleteOptions", "propagationPolicy": "Background",
        });
        if let (Some(uid), Some(options)) = (uid, options.as_object_mut()) {
            let preconditions = json!({"uid": uid});
            options.insert("preconditions".to_owned(), preconditions);
        }
        let request = http::Request::delete(resource.path(Some(namespace), Some(name)))
            .header(CONTENT_TYPE, "application/json");
        let body = serde_json::to_vec(&options).map_err(|e| self.odd(&e))?;
        let request = request.body(body).map_err(|e| self.odd(&e))?;
        let expected = Expected {
            resource,
            namespace,
            name: Name::Is(name),
        };
        let check = |answer: &Value| changed::check_deleted(answer, &expected, uid);
        self.send_change(&what, &request, check).await
    }

    /// Returns the server's version, and the version whose rules apply to it.
    ///
    /// # Errors
    /// Request errors.
    pub(crate) async fn version(&self) -> Result<RulesVersion, ClusterError> {
        let path = "/version";
        let what = Request::of_path(path);
        let info = self.get_path(&what, path, body::OBJECT).await?;
        let text = |key: &str| info.get(key).and_then(Value::as_str).unwrap_or("");
        let git_version = text("gitVersion");
        if git_version.is_empty() {
            return Err(self.not_an_api("expected a version, found something else".to_owned()));
        }
        self.set_confirmed();
        Ok(RulesVersion::of_server(&VersionInfo {
            git_version,
            major: text("major"),
            minor: text("minor"),
            emulation_major: text("emulationMajor"),
            emulation_minor: text("emulationMinor"),
        }))
    }

    pub(super) async fn get_path(
        &self,
        what: &Request,
        path: &str,
        limit: usize,
    ) -> Result<Value, ClusterError> {
        self.get_accepting(what, path, "application/json", limit)
            .await
    }

    /// Does the same, and returns the JSON unparsed.
    pub(super) async fn get_bytes(
        &self,
        what: &Request,
        path: &str,
        limit: usize,
    ) -> Result<Vec<u8>, ClusterError> {
        let request = self.get_request(path, "application/json")?;
        self.send_for_bytes(what, &request, limit).await
    }

    /// Does the same with a choice of media types.
    pub(super) async fn get_accepting(
        &self,
        what: &Request,
        path: &str,
        forms: &str,
        limit: usize,
    ) -> Result<Value, ClusterError> {
        let request = self.get_request(path, forms)?;
        self.send(what, &request, limit).await
    }

    fn get_request(&self, path: &str, forms: &str) -> Result<http::Request<Vec<u8>>, ClusterError> {
        let request = http::Request::get(path).header(ACCEPT, forms);
        request.body(Vec::new()).map_err(|e| self.odd(&e))
    }

    /// Returns the request of a write.
    fn change(
        &self,
        request: http::request::Builder,
        object: &Value,
    ) -> Result<http::Request<Vec<u8>>, ClusterError> {
        let body = serde_json::to_vec(object).map_err(|e| self.odd(&e))?;
        let request = request.header(ACCEPT, "application/json").body(body);
        request.map_err(|e| self.odd(&e))
    }
}

/// Returns whether a conflict is with another change, rather than with another field manager
/// or the version of the object.
fn is_passing_conflict(error: &ClusterError) -> bool {
    error.code() == Some(409)
        && error.causes().is_empty()
        && error.to_string().contains("the object has been modified")
}

fn request(verb: Verb, resource: &Resource, namespace: &str, name: Option<&str>) -> Request {
    Request {
        verb,
        resource: resource.qualified(),
        name: name.map(str::to_owned),
        namespace: resource.namespaced.then(|| namespace.to_owned()),
    }
}

//! Reading and writing objects.

use http::header::{ACCEPT, CONTENT_TYPE};
use serde_json::Value;

use super::error::{ClusterError, Request, Verb};
use super::mapping::{Resource, encode};
use super::request::Cluster;
use super::watch::Selection;

/// What a page is answered with whose list was forgotten (410, `Expired`).
const EXPIRED: u16 = 410;

/// How an object is written.
#[derive(Clone, Debug, Default)]
pub(crate) struct SubmitParams {
    /// The server goes through everything and stores nothing.
    pub dry_run: bool,
    /// `Strict`, `Warn` or `Ignore`: what the server makes of unknown fields.
    pub field_validation: &'static str,
    /// Who owns the fields.
    pub field_manager: String,
    /// Takes fields over that others own; for server-side apply.
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
    /// One object.
    ///
    /// # Errors
    /// What a request can meet; 404 when there is none.
    pub(crate) async fn get(
        &self,
        resource: &Resource,
        namespace: &str,
        name: &str,
    ) -> Result<Value, ClusterError> {
        let what = request(Verb::Get, resource, namespace, Some(name));
        self.get_path(&what, &resource.path(Some(namespace), Some(name)))
            .await
    }

    /// All objects of a namespace, or those that a label selector matches: page
    /// by page, and at once where the pages grew too old meanwhile, as
    /// client-go's pager does (tools/pager, `FullListIfExpired`).
    ///
    /// # Errors
    /// What a request can meet.
    pub(crate) async fn list(
        &self,
        resource: &Resource,
        namespace: &str,
        selector: Option<&str>,
    ) -> Result<Vec<Value>, ClusterError> {
        let selection = Selection {
            labels: selector.map(str::to_owned),
            fields: None,
        };
        let mut objects = Vec::new();
        let mut token: Option<String> = None;
        loop {
            let page = self.list_page(resource, namespace, &selection, token.as_deref());
            let mut page = match page.await {
                Err(error) if error.code() == Some(EXPIRED) && token.is_some() => {
                    objects.clear();
                    self.list_at_once(resource, namespace, &selection).await?
                }
                page => page?,
            };
            if let Some(Value::Array(items)) = page.get_mut("items").map(Value::take) {
                objects.extend(items);
            }
            let next = page.pointer("/metadata/continue").and_then(Value::as_str);
            token = next.filter(|token| !token.is_empty()).map(str::to_owned);
            if token.is_none() {
                return Ok(objects);
            }
        }
    }

    /// POST: refuses what exists.
    ///
    /// # Errors
    /// What a request can meet; 409 when it exists.
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
        self.write(&what, request, object).await
    }

    /// Server-side apply: creates or changes, and owns the fields that it sets.
    ///
    /// # Errors
    /// What a request can meet; 409 when others own one of the fields.
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
        if params.force {
            path.push_str("&force=true");
        }
        let request =
            http::Request::patch(path).header(CONTENT_TYPE, "application/apply-patch+yaml");
        self.write(&what, request, object).await
    }

    /// The server's version, such as `v1.35.4`, and its minor number.
    ///
    /// # Errors
    /// What a request can meet.
    pub(crate) async fn version(&self) -> Result<(String, u32), ClusterError> {
        let what = Request {
            verb: Verb::Get,
            resource: "the server's version".to_owned(),
            name: None,
            namespace: None,
        };
        let info = self.get_path(&what, "/version").await?;
        let text = |key: &str| info.get(key).and_then(Value::as_str).unwrap_or("");
        // Some providers write `31+`.
        let minor = text("minor").trim_end_matches(|c: char| !c.is_ascii_digit());
        Ok((text("gitVersion").to_owned(), minor.parse().unwrap_or(0)))
    }

    pub(super) async fn get_path(&self, what: &Request, path: &str) -> Result<Value, ClusterError> {
        self.get_accepting(what, path, "application/json").await
    }

    /// The same, in one of several forms.
    pub(super) async fn get_accepting(
        &self,
        what: &Request,
        path: &str,
        forms: &str,
    ) -> Result<Value, ClusterError> {
        let request = http::Request::get(path)
            .header(ACCEPT, forms)
            .body(Vec::new())
            .map_err(|e| self.odd(&e))?;
        self.send(what, &request).await
    }

    async fn write(
        &self,
        what: &Request,
        request: http::request::Builder,
        object: &Value,
    ) -> Result<Value, ClusterError> {
        let body = serde_json::to_vec(object).map_err(|e| self.odd(&e))?;
        let request = request
            .header(ACCEPT, "application/json")
            .body(body)
            .map_err(|e| self.odd(&e))?;
        self.send(what, &request).await
    }
}

fn request(verb: Verb, resource: &Resource, namespace: &str, name: Option<&str>) -> Request {
    Request {
        verb,
        resource: resource.qualified(),
        name: name.map(str::to_owned),
        namespace: resource.namespaced.then(|| namespace.to_owned()),
    }
}

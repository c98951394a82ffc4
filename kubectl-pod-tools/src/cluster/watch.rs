//! Lists in pages, and watches: what a reflector is made of.

use std::pin::Pin;
use std::time::Duration;

use futures::io::AsyncBufReadExt;
use futures::stream::{Stream, TryStreamExt};
use http::header::ACCEPT;
use http_body_util::BodyExt;
use serde_json::Value;

use super::error::{ClusterError, Request, Verb};
use super::mapping::{Resource, encode};
use super::request::Cluster;

/// Which objects of a collection.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Selection {
    /// Label selector.
    pub labels: Option<String>,
    /// Field selector.
    pub fields: Option<String>,
}

impl Selection {
    fn query(&self) -> String {
        let mut query = String::new();
        for (key, value) in [
            ("fieldSelector", &self.fields),
            ("labelSelector", &self.labels),
        ] {
            if let Some(value) = value {
                query.push_str(&format!("&{key}={}", encode(value)));
            }
        }
        query
    }
}

/// As client-go's pager (tools/pager, `defaultPageSize`).
const PAGE: u32 = 500;

/// The lines of a watch, one event each.
pub(crate) type Lines = Pin<Box<dyn Stream<Item = std::io::Result<String>> + Send>>;

impl Cluster {
    /// One page of a collection, the first or the one that a token leads to.
    ///
    /// # Errors
    /// What a request can meet; 410 when the token is too old.
    pub(crate) async fn list_page(
        &self,
        resource: &Resource,
        namespace: &str,
        selection: &Selection,
        token: Option<&str>,
    ) -> Result<Value, ClusterError> {
        let what = request(Verb::List, resource, namespace);
        let mut path = format!(
            "{}?limit={PAGE}{}",
            resource.path(Some(namespace), None),
            selection.query()
        );
        if let Some(token) = token {
            path.push_str(&format!("&continue={}", encode(token)));
        }
        self.get_path(&what, &path).await
    }

    /// A whole collection in one answer.
    ///
    /// # Errors
    /// What a request can meet.
    pub(crate) async fn list_at_once(
        &self,
        resource: &Resource,
        namespace: &str,
        selection: &Selection,
    ) -> Result<Value, ClusterError> {
        let what = request(Verb::List, resource, namespace);
        let mut path = resource.path(Some(namespace), None);
        let query = selection.query();
        if let Some(query) = query.strip_prefix('&') {
            path.push_str(&format!("?{query}"));
        }
        self.get_path(&what, &path).await
    }

    /// The changes since a version. The server is asked to end it after a time,
    /// and to send bookmarks.
    ///
    /// # Errors
    /// What a request can meet; 410 when the version is too old.
    pub(crate) async fn watch(
        &self,
        resource: &Resource,
        namespace: &str,
        selection: &Selection,
        version: &str,
        length: Duration,
    ) -> Result<Lines, ClusterError> {
        let what = request(Verb::Watch, resource, namespace);
        let path = format!(
            "{}?watch=1&allowWatchBookmarks=true&timeoutSeconds={}&resourceVersion={}{}",
            resource.path(Some(namespace), None),
            length.as_secs(),
            encode(version),
            selection.query(),
        );
        let request = http::Request::get(path)
            .header(ACCEPT, "application/json")
            .body(Vec::new())
            .map_err(|e| self.odd(&e))?;
        let response = self.open(&what, &request).await?;
        let body = response.into_body().into_data_stream();
        let reader = body.map_err(std::io::Error::other).into_async_read();
        Ok(Box::pin(reader.lines()))
    }
}

fn request(verb: Verb, resource: &Resource, namespace: &str) -> Request {
    Request {
        verb,
        resource: resource.qualified(),
        name: None,
        namespace: resource.namespaced.then(|| namespace.to_owned()),
    }
}

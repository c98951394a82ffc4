//! Lists collections, page by page.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::Value;

use super::body;
use super::error::ClusterError;
use super::json::JsonError;
use super::mapping::{Resource, encode};
use super::page::{self, PageRead, PageSink};
use super::request::Cluster;
use super::request_info::{Request, Verb};
use super::shape;
use super::tree;

/// Field selector of one object.
const NAME: &str = "metadata.name=";

/// Selectors of objects of a collection.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Selection {
    /// Label selector.
    pub labels: Option<String>,
    /// Field selector.
    pub fields: Option<String>,
}

impl Selection {
    /// Returns the selection of one object by its name, escaped (apimachinery/pkg/fields,
    /// `EscapeValue`).
    pub(crate) fn named(name: &str) -> Self {
        let mut fields = NAME.to_owned();
        for letter in name.chars() {
            if matches!(letter, '\\' | ',' | '=') {
                fields.push('\\');
            }
            fields.push(letter);
        }
        Self {
            labels: None,
            fields: Some(fields),
        }
    }

    /// Returns the name if only a name is selected.
    pub(super) fn name(&self) -> Option<&str> {
        let name = self.fields.as_deref()?.strip_prefix(NAME)?;
        // A person may have typed more of a selector than that.
        (!name.contains([',', '=', '\\'])).then_some(name)
    }

    pub(super) fn query(&self) -> String {
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

/// A collection at one version.
#[derive(Debug)]
pub(crate) struct Listed {
    /// Its objects.
    pub objects: Vec<Value>,
    /// Version to watch from, or `None` if the server names none.
    pub version: Option<String>,
}

/// Objects of a page, as in client-go (tools/pager, `defaultPageSize`).
pub(super) const PAGE: u32 = 500;
/// Factor by which a page that is too large is reduced.
pub(super) const SMALLER: u32 = 8;
/// Status of a page of an expired list (410, `Expired`).
pub(super) const EXPIRED: u16 = 410;
/// Maximum number of objects of a collection: etcd holds at most 8 GiB.
const MOST: usize = 2_000_000;
/// Maximum memory of the objects of a collection, in bytes: 5,000 large Pods.
const WHOLE: usize = 256 << 20;
/// Maximum number of consecutive sparse pages that are not the last: the server applies a
/// selector after reading, but goes on until a page is full (`store.GetList` in
/// k8s.io/apiserver/pkg/storage/etcd3).
const SPARSE: u32 = 100;
/// A page is sparse if it has less than this part of its limit.
const SPARSE_PART: usize = 100;

/// Memory of the objects of one list while it is read, and of all lists that are read at the
/// same time.
struct Memory {
    own: usize,
    all: Arc<AtomicUsize>,
}

impl Memory {
    fn add(&mut self, bytes: usize) {
        self.own += bytes;
        self.all.fetch_add(bytes, Ordering::Relaxed);
    }

    fn all(&self) -> usize {
        self.all.load(Ordering::Relaxed)
    }

    fn clear(&mut self) {
        self.all
            .fetch_sub(std::mem::take(&mut self.own), Ordering::Relaxed);
    }
}

impl Drop for Memory {
    fn drop(&mut self) {
        self.clear();
    }
}

/// The parts of objects that are kept.
struct Kept<'a, K> {
    resource: &'a Resource,
    namespace: &'a str,
    selection: &'a Selection,
    most: usize,
    keep: &'a mut K,
    objects: Vec<Value>,
    memory: Memory,
}

impl<K: FnMut(Value) -> Option<Value>> PageSink for Kept<'_, K> {
    fn read(&mut self, page: &[u8]) -> Result<PageRead, JsonError> {
        let (mut count, mut wrong, mut is_full) = (0, None, false);
        let list = page::read(page, |item| {
            count += 1;
            let name = self.selection.name();
            let checked = shape::check_listed(&item, self.resource, self.namespace, name);
            if let Err(cause) = checked {
                wrong = Some(cause);
            } else if let Some(mut item) = (self.keep)(item) {
                tree::shrink(&mut item);
                self.memory.add(size_of::<Value>() + tree::size(&item));
                self.objects.push(item);
            }
            is_full = self.memory.all() > self.most;
            wrong.is_none() && !is_full
        })?;
        Ok(PageRead {
            list,
            count,
            wrong,
            is_full,
        })
    }

    fn restart(&mut self) {
        self.objects = Vec::new();
        self.memory.clear();
    }
}

impl Cluster {
    /// Returns a whole collection with the parts of objects that `keep` returns, in at most
    /// `most` bytes of memory. It is listed page by page, and at once if the pages expire, as
    /// client-go's pager does (tools/pager, `FullListIfExpired`).
    ///
    /// # Errors
    /// Request errors; a response that is not a list of these objects, or that does not end.
    pub(crate) async fn list_with(
        &self,
        resource: &Resource,
        namespace: &str,
        selection: &Selection,
        most: usize,
        mut keep: impl FnMut(Value) -> Option<Value>,
    ) -> Result<Listed, ClusterError> {
        let mut sink = Kept {
            resource,
            namespace,
            selection,
            most,
            keep: &mut keep,
            objects: Vec::new(),
            memory: Memory {
                own: 0,
                all: self.memory_of_lists(),
            },
        };
        let version = self.read_pages(resource, namespace, selection, most, &mut sink);
        let version = version.await?;
        Ok(Listed {
            objects: sink.objects,
            version,
        })
    }

    /// Returns the objects of a namespace that a label selector matches, or all of them.
    ///
    /// # Errors
    /// The errors of [`Cluster::list_with`].
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
        self.list_selected(resource, namespace, &selection).await
    }

    /// Returns the objects of one or all namespaces that a selection matches.
    ///
    /// # Errors
    /// The errors of [`Cluster::list_with`].
    pub(crate) async fn list_selected(
        &self,
        resource: &Resource,
        namespace: &str,
        selection: &Selection,
    ) -> Result<Vec<Value>, ClusterError> {
        let keep = |mut object: Value| {
            // Half of an object, and of no use to anybody but the server.
            if let Some(Value::Object(metadata)) = object.get_mut("metadata") {
                metadata.shift_remove("managedFields");
            }
            Some(object)
        };
        let listed = self.list_with(resource, namespace, selection, WHOLE, keep);
        Ok(listed.await?.objects)
    }

    /// Returns the first page, or the page of a token.
    pub(super) async fn page(
        &self,
        resource: &Resource,
        namespace: &str,
        selection: &Selection,
        token: Option<&str>,
        limit: u32,
    ) -> Result<Vec<u8>, ClusterError> {
        let what = request(Verb::List, resource, namespace);
        let mut path = format!(
            "{}?limit={limit}{}",
            resource.path(Some(namespace), None),
            selection.query()
        );
        if let Some(token) = token {
            path.push_str(&format!("&continue={}", encode(token)));
        }
        self.get_bytes(&what, &path, body::PAGE).await
    }

    /// Returns the whole collection in one response.
    pub(super) async fn at_once(
        &self,
        resource: &Resource,
        namespace: &str,
        selection: &Selection,
    ) -> Result<Vec<u8>, ClusterError> {
        let what = request(Verb::List, resource, namespace);
        let mut path = resource.path(Some(namespace), None);
        let query = selection.query();
        if let Some(query) = query.strip_prefix('&') {
            path.push_str(&format!("?{query}"));
        }
        self.get_bytes(&what, &path, body::LIST).await
    }
}

/// Returns the token of the next page, or `None` for the last one (`ListMeta` in
/// k8s.io/apimachinery/pkg/apis/meta/v1).
///
/// # Errors
/// A list that has more objects and no token, as a message.
pub(super) fn next_page(page: &Value) -> Result<Option<String>, String> {
    let field = |key: &str| page.get("metadata").and_then(|metadata| metadata.get(key));
    match field("continue") {
        Some(Value::String(token)) if !token.is_empty() => return Ok(Some(token.clone())),
        None | Some(Value::Null | Value::String(_)) => {}
        Some(_) => return Err("the token of its list is not a string".to_owned()),
    }
    match field("remainingItemCount") {
        None | Some(Value::Null) => Ok(None),
        Some(count) if count.as_i64() == Some(0) => Ok(None),
        Some(_) => Err("its list has more items, but no token".to_owned()),
    }
}

/// Returns whether a page that is not the last has hardly any of the objects that it may have.
pub(super) fn is_sparse(count: usize, limit: u32) -> bool {
    count == 0 || usize::try_from(limit).is_ok_and(|limit| count < limit / SPARSE_PART)
}

/// Returns whether a list that goes on has had too many objects, or too many sparse pages in a
/// row.
pub(super) fn is_endless(seen: usize, sparse: u32) -> bool {
    sparse > SPARSE || seen > MOST
}

/// Returns the request for a collection, for messages.
pub(super) fn request(verb: Verb, resource: &Resource, namespace: &str) -> Request {
    Request {
        verb,
        resource: resource.qualified(),
        name: None,
        namespace: resource.namespaced.then(|| namespace.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_list_is_whole_when_nothing_says_otherwise() {
        for (metadata, next) in [
            (json!({}), Ok(None)),
            (json!({"continue": ""}), Ok(None)),
            (
                json!({"continue": null, "remainingItemCount": null}),
                Ok(None),
            ),
            (json!({"remainingItemCount": 0}), Ok(None)),
            (
                json!({"continue": "a", "remainingItemCount": 5}),
                Ok(Some("a")),
            ),
            (json!({"continue": 5}), Err(())),
            (json!({"continue": ["a"]}), Err(())),
            (json!({"remainingItemCount": 5}), Err(())),
            (json!({"continue": "", "remainingItemCount": 5}), Err(())),
            (json!({"remainingItemCount": "5"}), Err(())),
        ] {
            let found = next_page(&json!({"metadata": metadata}));
            let found = found.map_err(drop);
            assert_eq!(
                found.as_ref().map(Option::as_deref),
                next.as_ref().map(|n| *n),
                "{metadata}"
            );
        }
    }

    #[test]
    fn a_list_may_be_as_long_as_any_and_no_longer() {
        for (seen, sparse, endless) in [
            (0, 0, false),
            (1, 0, false),
            (MOST, 0, false),
            (0, SPARSE, false),
            (MOST, SPARSE, false),
            (MOST + 1, 0, true),
            (0, SPARSE + 1, true),
        ] {
            assert_eq!(is_endless(seen, sparse), endless, "{seen} {sparse}");
        }
    }

    #[test]
    fn a_page_of_few_objects_is_sparse_unless_few_were_asked_for() {
        for (count, limit, expected) in [
            (0, 1, true),
            (1, 1, false),
            (1, 62, false),
            (4, PAGE, true),
            (5, PAGE, false),
        ] {
            assert_eq!(is_sparse(count, limit), expected, "{count} of {limit}");
        }
    }
}

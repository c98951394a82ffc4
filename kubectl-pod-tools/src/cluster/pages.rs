//! The pages of a collection, asked for one by one and passed to a sink.

use serde_json::Value;

use super::body::Bound;
use super::error::ClusterError;
use super::lists::{EXPIRED, PAGE, SMALLER, Selection, is_endless, is_sparse, next_page, request};
use super::mapping::Resource;
use super::page::PageSink;
use super::request::Cluster;
use super::request_info::Verb;
use super::shape;

impl Cluster {
    /// Passes a whole collection to a sink, and returns its version. It is listed page by page,
    /// and at once if the pages expire, as client-go's pager does (tools/pager,
    /// `FullListIfExpired`).
    ///
    /// # Errors
    /// Request errors; a response that is not a list of these objects, or that does not end.
    pub(super) async fn read_pages(
        &self,
        resource: &Resource,
        namespace: &str,
        selection: &Selection,
        most: usize,
        sink: &mut impl PageSink,
    ) -> Result<Option<String>, ClusterError> {
        let mut token: Option<String> = None;
        let (mut limit, mut seen, mut sparse) = (PAGE, 0, 0);
        loop {
            let page = self.page(resource, namespace, selection, token.as_deref(), limit);
            let page = match page.await {
                Err(ClusterError::TooLarge { .. }) if limit > 1 => {
                    limit = (limit / SMALLER).max(1);
                    continue;
                }
                Err(error) if error.code() == Some(EXPIRED) && token.is_some() => {
                    sink.restart();
                    self.at_once(resource, namespace, selection).await?
                }
                page => page?,
            };
            let what = request(Verb::List, resource, namespace);
            let read = sink.read(&page);
            drop(page);
            let read = read.map_err(|error| self.not_read(&what, error))?;
            shape::check_list(&read.list, resource).map_err(|cause| self.not_an_api(cause))?;
            if let Some(cause) = read.wrong {
                return Err(self.not_an_api(cause));
            }
            if read.is_full {
                return Err(self.too_large(&what, Bound::Collection(most)));
            }
            self.set_confirmed();
            let next = next_page(&read.list).map_err(|cause| self.not_an_api(cause))?;
            let version = read.list.pointer("/metadata/resourceVersion");
            let version = version.and_then(Value::as_str).filter(|v| !v.is_empty());
            let version = version.map(str::to_owned);
            seen += read.count;
            sparse = if is_sparse(read.count, limit) {
                sparse + 1
            } else {
                0
            };
            if next.is_none() {
                return Ok(version);
            }
            if next == token || is_endless(seen, sparse) {
                return Err(self.not_an_api("its list does not end".to_owned()));
            }
            token = next;
        }
    }
}

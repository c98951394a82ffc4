//! Collections whose items are decoded as they come and not kept: of 50,000 Pods only what the
//! caller makes of them stays in memory.

use serde::de::DeserializeOwned;
use serde_json::Value;

use super::error::ClusterError;
use super::json::{self, JsonError};
use super::lists::Selection;
use super::mapping::Resource;
use super::page::{self, PageRead, PageSink};
use super::request::Cluster;
use super::split::split;

/// Longest text of an item that is decoded without a tree, in bytes. An item takes up to 60 times
/// the memory of its text; trees have a budget.
const SHORT: usize = 1 << 20;

/// Identity of an item of a list. Items of a list may lack their kind.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct ItemIdentity<'a> {
    pub api_version: Option<&'a str>,
    pub kind: Option<&'a str>,
    pub namespace: &'a str,
    pub name: &'a str,
}

/// An item of a list that is decoded without the fields that nobody needs.
pub(crate) trait StreamItem: DeserializeOwned {
    /// Returns what the item says it is.
    fn identity(&self) -> ItemIdentity<'_>;
}

/// Receives the items of a collection.
pub(crate) trait ItemSink {
    type Item: StreamItem;

    /// Takes an item. Returns false if the items take too much memory.
    fn add(&mut self, item: Self::Item) -> bool;

    /// Forgets all items: the collection is listed again from its beginning.
    fn restart(&mut self);
}

impl Cluster {
    /// Passes each object of one or all namespaces that a selection matches to a sink.
    ///
    /// # Errors
    /// Request errors; a response that is not a list of these objects, or that does not end; a
    /// sink that is full, which takes about `most` bytes of memory.
    pub(crate) async fn stream(
        &self,
        resource: &Resource,
        namespace: &str,
        selection: &Selection,
        most: usize,
        sink: &mut impl ItemSink,
    ) -> Result<(), ClusterError> {
        let mut decoded = Decoded {
            resource,
            namespace,
            sink,
        };
        self.read_pages(resource, namespace, selection, most, &mut decoded)
            .await?;
        Ok(())
    }
}

/// Decodes the items of pages.
struct Decoded<'a, S> {
    resource: &'a Resource,
    namespace: &'a str,
    sink: &'a mut S,
}

/// Reason why the items of a page are not read any further.
enum Stop {
    Wrong(String),
    Full,
}

impl<S: ItemSink> Decoded<'_, S> {
    fn text(&mut self, text: &[u8]) -> Result<(), Stop> {
        if text.len() > SHORT {
            let tree = json::parse(text).map_err(|error| {
                Stop::Wrong(match error {
                    JsonError::TooLarge => format!("a {} is too large", self.resource.kind),
                    JsonError::Invalid(why) => why,
                })
            })?;
            return self.tree(tree);
        }
        // The error would quote the value.
        let item = serde_json::from_slice(text).map_err(|_| self.invalid())?;
        self.take(item)
    }

    fn tree(&mut self, tree: Value) -> Result<(), Stop> {
        let item = serde_json::from_value(tree).map_err(|_| self.invalid())?;
        self.take(item)
    }

    fn invalid(&self) -> Stop {
        Stop::Wrong(format!("a {} of its list is not valid", self.resource.kind))
    }

    fn take(&mut self, item: S::Item) -> Result<(), Stop> {
        self.check(item.identity()).map_err(Stop::Wrong)?;
        if self.sink.add(item) {
            Ok(())
        } else {
            Err(Stop::Full)
        }
    }

    fn check(&self, item: ItemIdentity<'_>) -> Result<(), String> {
        let resource = self.resource;
        let is_it = |own: Option<&str>, expected: &str| own.is_none_or(|own| own == expected);
        if !is_it(item.kind, &resource.kind) || !is_it(item.api_version, &resource.api_version()) {
            let found = item.kind.unwrap_or("another version");
            return Err(format!("expected a {}, found {found}", resource.kind));
        }
        if item.name.is_empty() {
            return Err(format!("a {} has no name", resource.kind));
        }
        let is_elsewhere = resource.namespaced
            && (item.namespace.is_empty()
                || !self.namespace.is_empty() && item.namespace != self.namespace);
        if is_elsewhere {
            return Err(format!(
                "the {} \"{}\" is of another namespace",
                resource.kind, item.name
            ));
        }
        Ok(())
    }
}

impl<S: ItemSink> PageSink for Decoded<'_, S> {
    fn read(&mut self, bytes: &[u8]) -> Result<PageRead, JsonError> {
        let (mut count, mut stop) = (0, None);
        let parts = split(bytes);
        let (list, items) = match &parts {
            Some(parts) => (parts.list.as_slice(), parts.items.as_slice()),
            None => (bytes, &[] as &[&[u8]]),
        };
        for item in items {
            count += 1;
            if let Err(why) = self.text(item) {
                stop = Some(why);
                break;
            }
        }
        // Of an unusual list the items are still in it.
        let list = page::read(list, |item| {
            count += 1;
            if stop.is_none() {
                stop = self.tree(item).err();
            }
            stop.is_none()
        })?;
        let is_full = matches!(stop, Some(Stop::Full));
        let wrong = match stop {
            Some(Stop::Wrong(why)) => Some(why),
            _ => None,
        };
        Ok(PageRead {
            list,
            count,
            wrong,
            is_full,
        })
    }

    fn restart(&mut self) {
        self.sink.restart();
    }
}

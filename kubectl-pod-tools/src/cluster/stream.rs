//! Collections whose items are decoded as they come and not kept: of 50,000 Pods only what the
//! caller makes of them stays in memory.

use pod_model::{DecodeError, Fields, PartialObject, Unread};

use super::error::ClusterError;
use super::json::JsonError;
use super::lists::Selection;
use super::mapping::Resource;
use super::page::{self, PageRead, PageSink};
use super::request::Cluster;
use super::split::split;

/// Identity of an item of a list. Items of a list may lack their kind.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ItemIdentity<'a> {
    api_version: Option<&'a str>,
    kind: Option<&'a str>,
    pub namespace: &'a str,
    pub name: &'a str,
}

/// Receives the items of a collection.
pub(crate) trait ItemSink {
    /// Returns the fields of items that are read. Those of [`ItemIdentity`] are among them.
    fn fields(&self) -> Fields;

    /// Takes an item. Returns false if the items take too much memory.
    ///
    /// # Errors
    /// An item that is not of the expected type.
    fn add(&mut self, item: &PartialObject, identity: ItemIdentity) -> Result<bool, DecodeError>;

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
        sink: &mut dyn ItemSink,
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
struct Decoded<'a> {
    resource: &'a Resource,
    namespace: &'a str,
    sink: &'a mut dyn ItemSink,
}

/// Reason why the items of a page are not read any further.
enum Stop {
    Wrong(String),
    Full,
}

impl Decoded<'_> {
    fn take(&mut self, text: &[u8]) -> Result<(), Stop> {
        let kind = &self.resource.kind;
        // An error of decoding would quote the value.
        let invalid = || Stop::Wrong(format!("a {kind} of its list is not valid"));
        let item = PartialObject::parse(text, self.sink.fields()).map_err(|why| match why {
            Unread::TooLarge => Stop::Wrong(format!("a {kind} is too large")),
            Unread::Invalid => invalid(),
        })?;
        let identity = ItemIdentity::of(&item);
        self.check(identity).map_err(Stop::Wrong)?;
        match self.sink.add(&item, identity) {
            Ok(true) => Ok(()),
            Ok(false) => Err(Stop::Full),
            Err(_) => Err(invalid()),
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

impl<'a> ItemIdentity<'a> {
    fn of(item: &'a PartialObject) -> Self {
        Self {
            api_version: item.text(&["apiVersion"]),
            kind: item.text(&["kind"]),
            namespace: item.text(&["metadata", "namespace"]).unwrap_or_default(),
            name: item.text(&["metadata", "name"]).unwrap_or_default(),
        }
    }
}

impl PageSink for Decoded<'_> {
    fn read(&mut self, bytes: &[u8]) -> Result<PageRead, JsonError> {
        let (mut count, mut stop) = (0, None);
        let parts = split(bytes);
        let (list, items) = match &parts {
            Some(parts) => (parts.list.as_slice(), parts.items.as_slice()),
            None => (bytes, &[] as &[&[u8]]),
        };
        for item in items {
            count += 1;
            if let Err(why) = self.take(item) {
                stop = Some(why);
                break;
            }
        }
        // Of an unusual list the items are still in it.
        let list = page::read(list, |item| {
            count += 1;
            if stop.is_none() {
                stop = self.take(item.to_string().as_bytes()).err();
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

//! Kinds of objects that can be looked up.

use std::any::Any;
use std::fmt;
use std::hash::{Hash, Hasher};

use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use k8s_openapi::{Metadata, Resource};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::decode::{DecodeError, decode_value};
use crate::kinds::{KindInfo, by_kind};
use crate::manifest::Document;

/// A decoded object of some kind.
pub type AnyObject = Box<dyn Any + Send + Sync>;

/// A type of the API whose objects can be looked up.
pub trait LookupType:
    Resource + Metadata<Ty = ObjectMeta> + DeserializeOwned + Serialize + Send + Sync + 'static
{
}

impl<K> LookupType for K where
    K: Resource + Metadata<Ty = ObjectMeta> + DeserializeOwned + Serialize + Send + Sync + 'static
{
}

/// A kind of objects, and the way to decode one.
#[derive(Clone, Copy)]
pub struct LookupKind {
    api_version: &'static str,
    kind: &'static str,
    from_document: fn(&Document) -> Result<AnyObject, DecodeError>,
    from_value: fn(&Value) -> Result<AnyObject, DecodeError>,
    to_value: fn(&AnyObject) -> Option<Value>,
}

impl LookupKind {
    /// Returns the kind of a type of the API.
    pub const fn of<K: LookupType>() -> Self {
        Self {
            api_version: K::API_VERSION,
            kind: K::KIND,
            from_document: |document| Ok(Box::new(document.decode::<K>()?)),
            from_value: |value| Ok(Box::new(decode_value::<K>(value)?)),
            to_value: |object| serde_json::to_value(object.downcast_ref::<K>()?).ok(),
        }
    }

    /// `v1` or `apps/v1`.
    pub fn api_version(&self) -> &'static str {
        self.api_version
    }

    /// `ConfigMap`.
    pub fn kind(&self) -> &'static str {
        self.kind
    }

    /// Returns the row of the kind, or `None` if it is not built in.
    pub fn info(&self) -> Option<&'static KindInfo> {
        by_kind(self.api_version, self.kind)
    }

    /// Returns whether its objects are in namespaces.
    pub fn is_namespaced(&self) -> bool {
        self.info().is_none_or(|info| info.namespaced)
    }

    /// Decodes an object of a file.
    ///
    /// # Errors
    /// An object that does not have the types of its kind.
    pub fn decode(&self, document: &Document) -> Result<AnyObject, DecodeError> {
        (self.from_document)(document)
    }

    /// Decodes an object of the cluster.
    ///
    /// # Errors
    /// An object that does not have the types of its kind.
    pub fn decode_value(&self, object: &Value) -> Result<AnyObject, DecodeError> {
        (self.from_value)(object)
    }

    /// Returns an object of the kind as JSON, or `None` if it is of another.
    pub(super) fn to_value(self, object: &AnyObject) -> Option<Value> {
        (self.to_value)(object)
    }

    fn id(&self) -> (&'static str, &'static str) {
        (self.kind, self.api_version)
    }
}

impl fmt::Debug for LookupKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.api_version, self.kind)
    }
}

impl PartialEq for LookupKind {
    fn eq(&self, other: &Self) -> bool {
        self.id() == other.id()
    }
}

impl Eq for LookupKind {}

impl Hash for LookupKind {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.id().hash(state);
    }
}

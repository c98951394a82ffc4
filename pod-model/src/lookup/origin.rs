//! The origin of an object, down to its keys.

use std::collections::BTreeMap;
use std::sync::Arc;

/// The origin of an object: a file with line and column, or `cluster`. Targets share
/// objects, so a copy costs nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin(Arc<Places>);

#[derive(Debug, PartialEq, Eq)]
struct Places {
    object: String,
    keys: BTreeMap<String, String>,
}

impl Origin {
    /// The place of an object, and those of the keys of its data.
    pub fn with_keys(object: impl Into<String>, keys: BTreeMap<String, String>) -> Self {
        let object = object.into();
        Self(Arc::new(Places { object, keys }))
    }

    /// The object's place.
    pub fn object(&self) -> &str {
        &self.0.object
    }

    /// The place of a key of its data, or that of the object if there is none.
    pub fn key(&self, key: &str) -> &str {
        self.0.keys.get(key).map_or(self.object(), String::as_str)
    }
}

impl<T: Into<String>> From<T> for Origin {
    fn from(object: T) -> Self {
        Self::with_keys(object, BTreeMap::new())
    }
}

//! An index of objects by the values of their fields.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use k8s_openapi::Resource;
use serde::Serialize;

use crate::selector::{FieldSelector, field_value};

/// Places of objects by the values of a field.
type Places = HashMap<String, Vec<usize>>;

/// Places of the objects of a namespace by the values of those fields that selectors
/// compare. Each field is read once, so that the events of thousands of Pods are not
/// compared with every Pod.
#[derive(Debug, Default)]
pub(super) struct FieldIndex(Mutex<HashMap<String, Places>>);

impl FieldIndex {
    /// Forgets everything: the objects have changed.
    pub(super) fn clear(&mut self) {
        let index = self.0.get_mut().unwrap_or_else(PoisonError::into_inner);
        index.clear();
    }

    /// Returns the places of the objects that match, in their order. `object` returns the
    /// one of `count` objects at a place.
    pub(super) fn matching<'a, K>(
        &self,
        selector: &FieldSelector,
        count: usize,
        object: impl Fn(usize) -> Option<&'a K>,
    ) -> Vec<usize>
    where
        K: Resource + Serialize + 'a,
    {
        let requirements = selector.requirements();
        let candidates = match requirements.iter().find(|required| required.is_equality) {
            Some(required) => {
                let mut index = self.0.lock().unwrap_or_else(PoisonError::into_inner);
                let places = index
                    .entry(required.path.clone())
                    .or_insert_with(|| places(&required.path, count, &object));
                places.get(&required.value).cloned().unwrap_or_default()
            }
            None => (0..count).collect(),
        };
        if let [only] = requirements
            && only.is_equality
        {
            return candidates;
        }
        let matches = |at: &usize| {
            let value = object(*at).and_then(|object| serde_json::to_value(object).ok());
            value.is_some_and(|value| selector.matches(K::GROUP, K::KIND, &value) == Some(true))
        };
        candidates.into_iter().filter(matches).collect()
    }
}

fn places<'a, K>(path: &str, count: usize, object: impl Fn(usize) -> Option<&'a K>) -> Places
where
    K: Resource + Serialize + 'a,
{
    let mut places = Places::new();
    for at in 0..count {
        let value = object(at).and_then(|object| serde_json::to_value(object).ok());
        let value = value.and_then(|value| field_value(K::GROUP, K::KIND, path, &value));
        if let Some(value) = value {
            places.entry(value).or_default().push(at);
        }
    }
    places
}

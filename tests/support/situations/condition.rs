//! A condition over the objects of a situation.

use serde::Deserialize;
use serde_json::Value;

/// Holds if one of the objects, or an event of one of them, is as it says.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Condition {
    /// `TYPE/NAME`; `*` at its end stands for any rest of the name.
    pub(crate) of: String,
    /// The reason of an event of the object, which may be gone itself.
    event: Option<String>,
    /// The path of a field: `status.containerStatuses[main].ready`. An element of a list is chosen by its
    /// `name` or `type`, or by its index.
    path: Option<String>,
    /// The value of the field.
    is: Option<Value>,
    /// A part of the field, or of the event's message.
    has: Option<String>,
    /// The least value of the field, or the least number of times that the event came.
    least: Option<i64>,
    /// Present and true if the event or the field, or the object where there is neither, is absent.
    #[serde(default)]
    absent: bool,
}

impl Condition {
    /// Returns whether it holds.
    pub(crate) fn holds(&self, objects: &[Value]) -> bool {
        if self.event.is_some() {
            return objects.iter().any(|object| self.is_event(object)) != self.absent;
        }
        let mut named = objects.iter().filter(|object| self.is_of(object));
        match &self.path {
            None if self.absent => named.next().is_none(),
            None => named.next().is_some(),
            Some(path) => named.any(|object| self.is_value(find(object, path))),
        }
    }

    fn is_of(&self, object: &Value) -> bool {
        self.names(&object["kind"], &object["metadata"]["name"])
    }

    fn names(&self, kind: &Value, name: &Value) -> bool {
        let (own_kind, own_name) = self.of.split_once('/').expect("TYPE/NAME");
        let name = name.as_str().unwrap_or_default();
        let is_name = match own_name.strip_suffix('*') {
            Some(start) => name.starts_with(start),
            None => name == own_name,
        };
        is_name
            && kind
                .as_str()
                .is_some_and(|kind| kind.eq_ignore_ascii_case(own_kind))
    }

    fn is_event(&self, object: &Value) -> bool {
        let about = &object["involvedObject"];
        let count = object["count"].as_i64().unwrap_or(1);
        object["kind"] == "Event"
            && self.names(&about["kind"], &about["name"])
            && object["reason"].as_str() == self.event.as_deref()
            && self.is_part_of(&object["message"])
            && self.least.is_none_or(|least| count >= least)
    }

    fn is_value(&self, value: Option<&Value>) -> bool {
        let Some(value) = value else {
            return self.absent;
        };
        !self.absent
            && self.is.as_ref().is_none_or(|is| is == value)
            && self.is_part_of(value)
            && self
                .least
                .is_none_or(|least| value.as_i64().is_some_and(|value| value >= least))
    }

    fn is_part_of(&self, value: &Value) -> bool {
        let text = value.as_str().unwrap_or_default();
        self.has
            .as_ref()
            .is_none_or(|part| text.contains(part.as_str()))
    }
}

/// Returns the value at a path.
fn find<'a>(object: &'a Value, path: &str) -> Option<&'a Value> {
    path.split('.').try_fold(object, |value, part| {
        let (field, element) = match part.split_once('[') {
            Some((field, rest)) => (field, Some(rest.trim_end_matches(']'))),
            None => (part, None),
        };
        let value = value.get(field)?;
        let Some(element) = element else {
            return Some(value);
        };
        match element.parse::<usize>() {
            Ok(index) => value.get(index),
            Err(_) => value
                .as_array()?
                .iter()
                .find(|one| one["name"] == element || one["type"] == element),
        }
    })
}

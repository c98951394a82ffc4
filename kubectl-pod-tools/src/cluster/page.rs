//! Parses a page of a list item by item, so that only the kept parts stay in memory.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

use super::json::{self, JsonError, TREE};
use super::tree::{Budget, Tree};

/// Receives the items of a collection, page by page.
pub(super) trait PageSink {
    /// Reads a page.
    ///
    /// # Errors
    /// A page that is not JSON, or too large.
    fn read(&mut self, page: &[u8]) -> Result<PageRead, JsonError>;

    /// Forgets all items: the collection is listed again from its beginning.
    fn restart(&mut self);
}

/// A page whose items were received.
pub(super) struct PageRead {
    /// The list without its items.
    pub list: Value,
    /// Number of items.
    pub count: usize,
    /// The reason why an item is not one of the collection.
    pub wrong: Option<String>,
    /// True if the items take too much memory.
    pub is_full: bool,
}

/// Fields of a list that are read, beside its items.
const FIELDS: [&str; 3] = ["kind", "apiVersion", "metadata"];
const ITEMS: &str = "items";

/// Parses a page. Passes the items in order to `each` until it stops, and returns the list
/// with an empty array of items.
///
/// # Errors
/// The errors of [`json::parse`] for the list and its items.
pub(super) fn read(bytes: &[u8], each: impl FnMut(Value) -> bool) -> Result<Value, JsonError> {
    if bytes.trim_ascii_start().first() != Some(&b'{') {
        return json::parse(bytes);
    }
    read_within(&Budget::new(TREE), bytes, each)
}

fn read_within(
    budget: &Budget,
    bytes: &[u8],
    each: impl FnMut(Value) -> bool,
) -> Result<Value, JsonError> {
    json::read(bytes, budget, Page { budget, each })
}

struct Page<'a, F> {
    budget: &'a Budget,
    each: F,
}

impl<'de, F: FnMut(Value) -> bool> DeserializeSeed<'de> for Page<'_, F> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de, F: FnMut(Value) -> bool> Visitor<'de> for Page<'_, F> {
    type Value = Value;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a list")
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut fields: A) -> Result<Value, A::Error> {
        let mut list = Map::new();
        while let Some(key) = fields.next_key::<String>()? {
            let value = if key == ITEMS {
                fields.next_value_seed(Items {
                    budget: self.budget,
                    each: &mut self.each,
                })?
            } else if FIELDS.contains(&key.as_str()) {
                fields.next_value_seed(Tree::within(self.budget))?
            } else {
                fields.next_value::<IgnoredAny>()?;
                continue;
            };
            list.insert(key, value);
        }
        Ok(Value::Object(list))
    }
}

struct Items<'a, F> {
    budget: &'a Budget,
    each: &'a mut F,
}

impl<'de, F: FnMut(Value) -> bool> DeserializeSeed<'de> for Items<'_, F> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de, F: FnMut(Value) -> bool> Visitor<'de> for Items<'_, F> {
    type Value = Value;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("items")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let item = Tree::within(self.budget);
        while let Some(item) = self.budget.lent(|| items.next_element_seed(item))? {
            if !(self.each)(item) {
                while items.next_element::<IgnoredAny>()?.is_some() {}
            }
        }
        Ok(Value::Array(Vec::new()))
    }

    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    // Anything else is none, and is told as what it is.

    fn visit_bool<E: Error>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Value, E> {
        Tree::within(self.budget).visit_str(text)
    }

    fn visit_map<A: MapAccess<'de>>(self, fields: A) -> Result<Value, A::Error> {
        Tree::within(self.budget).visit_map(fields)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn read_all(text: &str) -> Result<(Value, Vec<Value>), JsonError> {
        let mut items = Vec::new();
        let list = read(text.as_bytes(), |item| {
            items.push(item);
            true
        })?;
        Ok((list, items))
    }

    #[test]
    fn a_page_is_read_item_by_item() {
        let list = json!({"kind": "PodList", "metadata": {"resourceVersion": "7"}, "items": []});
        for text in [
            r#"{"kind": "PodList", "metadata": {"resourceVersion": "7"}, "items": [{"a": 1}, 5]}"#,
            r#" {"items": [{"a": 1}, 5], "x": [[{}]], "kind": "PodList", "metadata": {"resourceVersion": "7"}}"#,
        ] {
            let read = read_all(text).unwrap();
            assert_eq!(
                read,
                (list.clone(), vec![json!({"a": 1}), json!(5)]),
                "{text}"
            );
        }
    }

    #[test]
    fn value_without_items_is_unchanged() {
        for value in [
            json!([{"items": []}]),
            json!(5),
            json!(null),
            json!({}),
            json!({"items": null}),
            json!({"items": true}),
            json!({"items": -1}),
            json!({"items": 1}),
            json!({"items": 1.5}),
            json!({"items": "x"}),
            json!({"items": {"a": {"b": [1]}}}),
        ] {
            let read = read_all(&value.to_string()).unwrap();
            assert_eq!(read, (value, Vec::new()));
        }
        for text in ["", "{", "{} x", "{\"items\": [1,]}", "{\"x\": 01}"] {
            assert!(
                matches!(read_all(text), Err(JsonError::Invalid(_))),
                "{text}"
            );
        }
    }

    #[test]
    fn each_item_has_the_budget_of_an_object() {
        let dense = |bytes: usize| format!("[{}0]", "0,".repeat(bytes / 2));
        let list = |item: &str, times: usize| {
            let items = vec![item; times].join(",");
            format!("{{\"x\": {item}, \"items\": [{items}]}}")
        };
        let mut seen = 0;
        let mut read = |text: String| {
            seen = 0;
            read_within(&Budget::new(1 << 20), text.as_bytes(), |_| {
                seen += 1;
                seen < 50
            })
        };
        assert!(read(list(&dense(8 << 10), 8)).is_ok());
        assert_eq!(read(list(&dense(128 << 10), 1)), Err(JsonError::TooLarge));
        assert!(read(list(&dense(8 << 10), 100)).is_ok());
        // What nobody wants is not built.
        assert_eq!(seen, 50);
    }
}

//! Builds trees of JSON values within a budget of memory: they take up to 150 times the memory
//! of their text.

use std::cell::Cell;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

/// Memory of a value in an array, in bytes.
const VALUE: usize = size_of::<Value>();
/// Memory of a field of an object, in bytes: its value, its key's `String`, its hash, and its
/// place in the table.
const FIELD: usize = VALUE + size_of::<String>() + size_of::<usize>() + 12;
/// Memory of a non-empty object beside its fields, in bytes.
const OBJECT: usize = 64;
/// Memory of a string beside its text, in bytes: allocators round up.
const TEXT: usize = 8;

/// Budget of memory for a tree.
pub(super) struct Budget {
    /// Remaining bytes.
    left: Cell<usize>,
    exceeded: Cell<bool>,
}

impl Budget {
    pub(super) fn new(bytes: usize) -> Self {
        Self {
            left: Cell::new(bytes),
            exceeded: Cell::new(false),
        }
    }

    /// Returns whether the budget was exceeded.
    pub(super) fn is_exceeded(&self) -> bool {
        self.exceeded.get()
    }

    /// Runs something, and restores the budget afterwards.
    pub(super) fn lent<T>(&self, work: impl FnOnce() -> T) -> T {
        let left = self.left.get();
        let done = work();
        self.left.set(left);
        done
    }

    fn take<E: Error>(&self, bytes: usize) -> Result<(), E> {
        match self.left.get().checked_sub(bytes) {
            Some(left) => {
                self.left.set(left);
                Ok(())
            }
            None => {
                self.exceeded.set(true);
                Err(E::custom("it takes too much memory"))
            }
        }
    }
}

/// Builds a value; its memory is taken from the budget before it is allocated.
#[derive(Clone, Copy)]
pub(super) struct Tree<'a> {
    budget: &'a Budget,
}

impl<'a> Tree<'a> {
    pub(super) fn within(budget: &'a Budget) -> Self {
        Self { budget }
    }
}

impl<'de> DeserializeSeed<'de> for Tree<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Tree<'_> {
    type Value = Value;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("any valid JSON value")
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Value, E> {
        Ok(Number::from_f64(value).map_or(Value::Null, Value::Number))
    }

    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Value, E> {
        self.budget.take(text.len() + TEXT)?;
        Ok(Value::String(text.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut values = Vec::new();
        while let Some(value) = items.next_element_seed(self)? {
            if values.len() == values.capacity() {
                // It doubles, from four on.
                self.budget.take(values.len().max(4) * VALUE)?;
            }
            values.push(value);
        }
        Ok(Value::Array(values))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<Value, A::Error> {
        let mut map = Map::new();
        while let Some(key) = fields.next_key::<String>()? {
            if map.is_empty() {
                self.budget.take(OBJECT)?;
            }
            let (before, after) = (room(map.len()), room(map.len() + 1));
            self.budget
                .take((after - before) * FIELD + key.len() + TEXT)?;
            map.insert(key, fields.next_value_seed(self)?);
        }
        Ok(Value::Object(map))
    }
}

/// Returns the capacity of an object with a number of fields: a table of 2ⁿ places is at most
/// seven eighths full (hashbrown, `bucket_mask_to_capacity`).
fn room(fields: usize) -> usize {
    match fields {
        0 => 0,
        1..=3 => 3,
        fields => (fields * 8 / 7 + usize::from(fields % 7 != 0)).next_power_of_two() / 8 * 7,
    }
}

/// Releases unused capacity of objects and arrays.
pub(super) fn shrink(value: &mut Value) {
    match value {
        Value::Array(values) => {
            values.iter_mut().for_each(shrink);
            values.shrink_to_fit();
        }
        Value::Object(map) => {
            map.values_mut().for_each(shrink);
            *map = std::mem::take(map).into_iter().collect();
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// Returns the approximate memory of a tree beside the value itself, in bytes.
pub(crate) fn size(value: &Value) -> usize {
    match value {
        Value::Null | Value::Bool(_) | Value::Number(_) => 0,
        Value::String(text) => text.capacity() + TEXT,
        Value::Array(values) => values.capacity() * VALUE + values.iter().map(size).sum::<usize>(),
        Value::Object(map) if map.is_empty() => 0,
        Value::Object(map) => {
            let fields = map.iter();
            let fields = fields.map(|(key, value)| FIELD + key.capacity() + TEXT + size(value));
            OBJECT + fields.sum::<usize>()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_object_has_room_for_what_is_in_it() {
        for (fields, expected) in [
            (0, 0),
            (1, 3),
            (3, 3),
            (4, 7),
            (7, 7),
            (8, 14),
            (14, 14),
            (15, 28),
            (28, 28),
            (29, 56),
        ] {
            assert_eq!(room(fields), expected, "{fields}");
        }
    }

    #[test]
    fn an_object_takes_as_much_as_all_that_is_in_it() {
        let key = "k".repeat(64);
        let of = |value: Value| size(&Value::Object([(key.clone(), value)].into_iter().collect()));
        let least = of(Value::Null);
        assert!(least >= OBJECT + FIELD + key.len() + TEXT, "{least}");
        assert!(least < OBJECT + FIELD + 4 * key.len() + TEXT, "{least}");
        for value in [
            Value::from("x".repeat(1000)),
            vec!["a"; 50].into(),
            serde_json::json!({"a": {"b": "c"}}),
        ] {
            let own = size(&value);
            assert_eq!(of(value.clone()), least + own, "{value}");
        }
        let two = serde_json::json!({"a": "b", "c": "d"});
        let one = serde_json::json!({"a": "b"});
        assert_eq!(size(&two) - size(&one), size(&one) - OBJECT);
    }
}

//! A serde deserializer over the nodes of a tree.

use std::any::type_name;

use k8s_openapi::ByteString;
use serde::de::{
    self, DeserializeSeed, Deserializer, IntoDeserializer, MapAccess, SeqAccess, Visitor,
};

use super::error::Error;
use crate::fields::Fields;
use crate::path::Segment;
use crate::tree::{Kind, NodeId, Number, Tree};
use crate::yaml::{base64, go_number};

/// Maximum depth of objects, which bounds the depth of the stack.
pub(crate) const MAX_DEPTH: usize = 500;

/// A deserializer of one node.
#[derive(Clone, Copy)]
pub(super) struct NodeDeserializer<'a> {
    tree: &'a Tree,
    id: NodeId,
    depth: usize,
    /// The fields that are read.
    fields: Fields,
}

impl<'a> NodeDeserializer<'a> {
    /// Returns a deserializer of some fields of a node at depth 0.
    pub(super) fn new(tree: &'a Tree, id: NodeId, fields: Fields) -> Self {
        Self {
            tree,
            id,
            depth: 0,
            fields,
        }
    }

    fn child(self, id: NodeId) -> Self {
        Self {
            id,
            depth: self.depth + 1,
            ..self
        }
    }

    fn is_null(&self) -> bool {
        matches!(self.tree.kind(self.id), Kind::Null | Kind::Alias(_))
    }

    /// Deserializes the node, or for `null` the zero value of the requested type:
    /// `env: [null]` is a variable without a name, as in Go's encoding/json, whose
    /// `literalStore` leaves values other than pointers, interfaces, maps and slices
    /// unchanged.
    fn or_zero<'de, V: Visitor<'de>>(
        self,
        visitor: V,
        zero: impl FnOnce(V) -> Result<V::Value, Error>,
    ) -> Result<V::Value, Error>
    where
        Self: Deserializer<'de, Error = Error>,
    {
        if self.is_null() {
            return zero(visitor);
        }
        self.deserialize_any(visitor)
    }
}

impl<'de> Deserializer<'de> for NodeDeserializer<'de> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        if self.depth > MAX_DEPTH {
            return Err(Error::new(format!("nested deeper than {MAX_DEPTH} levels")));
        }
        match self.tree.kind(self.id) {
            Kind::Null | Kind::Alias(_) => visitor.visit_unit(),
            Kind::Bool(value) => visitor.visit_bool(*value),
            Kind::Number(Number::Int(value)) => visitor.visit_i64(*value),
            Kind::Number(Number::Uint(value)) => visitor.visit_u64(*value),
            Kind::Number(Number::Float(value)) => visitor.visit_f64(*value),
            Kind::String(value) => visitor.visit_borrowed_str(value),
            Kind::Sequence(elements) => {
                let mut elements = Elements {
                    node: self,
                    rest: elements.iter().enumerate(),
                };
                visitor.visit_seq(&mut elements)
            }
            Kind::Mapping(entries) => visitor.visit_map(Entries {
                node: self,
                rest: entries.iter(),
                entry: None,
            }),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.tree.kind(self.id) {
            Kind::Null => visitor.visit_none(),
            _ if is_bytes::<V::Value>() => visitor.visit_string(base64::encode(&self.bytes()?)),
            _ => visitor.visit_some(self),
        }
    }

    /// Deserializes `null` as a Quantity of zero, and a number as the text that it has in JSON: it
    /// tells `1e21` from its digits (`Quantity.UnmarshalJSON` in k8s.io/apimachinery/pkg/api/resource).
    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        if name == "Quantity" && self.is_null() {
            return visitor.visit_newtype_struct("0".into_deserializer());
        }
        if let Kind::Number(number @ Number::Float(_)) = self.tree.kind(self.id)
            && name == "Quantity"
        {
            return visitor.visit_newtype_struct(go_number(*number).into_deserializer());
        }
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.or_zero(visitor, |visitor| visitor.visit_bool(false))
    }

    fn deserialize_i32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.or_zero(visitor, |visitor| visitor.visit_i64(0))
    }

    fn deserialize_i64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.or_zero(visitor, |visitor| visitor.visit_i64(0))
    }

    fn deserialize_f64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.or_zero(visitor, |visitor| visitor.visit_f64(0.0))
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.or_zero(visitor, |visitor| visitor.visit_borrowed_str(""))
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.deserialize_str(visitor)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        let node = self;
        self.or_zero(visitor, |visitor| {
            visitor.visit_seq(&mut Elements {
                node,
                rest: [].iter().enumerate(),
            })
        })
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        let node = self;
        self.or_zero(visitor, |visitor| {
            visitor.visit_map(Entries {
                node,
                rest: [].iter(),
                entry: None,
            })
        })
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        // Derived code would read the items of a list as fields, in their order.
        if let Kind::Sequence(_) = self.tree.kind(self.id) {
            return Err(de::Error::invalid_type(de::Unexpected::Seq, &visitor));
        }
        self.deserialize_map(visitor)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        match self.tree.str(self.id) {
            Some(name) => visitor.visit_enum(name.into_deserializer()),
            None => Err(Error::new("expected a string")),
        }
    }

    /// Skips the node without visiting it: neither its depth nor its size costs anything.
    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_unit()
    }

    serde::forward_to_deserialize_any! {
        i8 i16 i128 u8 u16 u32 u64 u128 f32 char bytes byte_buf
        unit unit_struct tuple tuple_struct identifier
    }
}

/// Returns whether a type is `ByteString`. Its own deserialization is narrower than Go's, and a
/// deserializer can tell it only by its name.
fn is_bytes<T>() -> bool {
    type_name::<T>() == type_name::<ByteString>()
}

impl NodeDeserializer<'_> {
    /// Returns the bytes that Go decodes from base64 text or from a list of numbers.
    ///
    /// Upstream: `literalStore` and `array` in encoding/json, as
    /// in sigs.k8s.io/json.
    fn bytes(self) -> Result<Vec<u8>, Error> {
        match self.tree.kind(self.id) {
            Kind::String(text) => {
                base64::decode(text).ok_or_else(|| Error::new("expected base64, found other text"))
            }
            Kind::Sequence(elements) => {
                let byte = |id: &NodeId| match self.tree.kind(*id) {
                    Kind::Null => Some(0),
                    Kind::Number(Number::Int(value)) => u8::try_from(*value).ok(),
                    _ => None,
                };
                let bytes: Option<Vec<u8>> = elements.iter().map(byte).collect();
                bytes.ok_or_else(|| Error::new("expected base64, found a list"))
            }
            _ => Err(Error::new("expected base64")),
        }
    }
}

/// The elements of a sequence.
struct Elements<'a> {
    node: NodeDeserializer<'a>,
    rest: std::iter::Enumerate<std::slice::Iter<'a, NodeId>>,
}

impl<'de> SeqAccess<'de> for Elements<'de> {
    type Error = Error;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Error> {
        let Some((i, id)) = self.rest.next() else {
            return Ok(None);
        };
        let element = seed.deserialize(self.node.child(*id));
        element
            .map(Some)
            .map_err(|error| error.below(Segment::Index(i)))
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.rest.len())
    }
}

/// The entries of a mapping.
struct Entries<'a> {
    node: NodeDeserializer<'a>,
    rest: std::slice::Iter<'a, crate::tree::Entry>,
    /// The entry whose key was read, and whose value is next.
    entry: Option<(&'a crate::tree::Entry, Fields)>,
}

impl<'a> Entries<'a> {
    /// Goes to the next entry that is read.
    fn advance(&mut self) -> Option<&'a crate::tree::Entry> {
        let fields = self.node.fields;
        self.entry = self
            .rest
            .by_ref()
            .find_map(|entry| Some((entry, fields.get(&entry.key)?)));
        self.entry.map(|(entry, _)| entry)
    }
}

impl<'de> MapAccess<'de> for Entries<'de> {
    type Error = Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Error> {
        let Some(entry) = self.advance() else {
            return Ok(None);
        };
        seed.deserialize(de::value::BorrowedStrDeserializer::new(&entry.key))
            .map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Error> {
        let Some((entry, fields)) = self.entry.take() else {
            return Err(Error::new("expected a key before its value"));
        };
        let child = NodeDeserializer {
            fields,
            ..self.node.child(entry.value)
        };
        let value = seed.deserialize(child);
        value.map_err(|error| error.below(Segment::Field(entry.key.to_string().into())))
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.rest.len())
    }
}

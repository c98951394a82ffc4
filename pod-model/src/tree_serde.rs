//! A tree's node as a serde deserializer, so that the API's types are read
//! straight from it.

use std::any::type_name;
use std::fmt;

use k8s_openapi::ByteString;
use serde::de::{
    self, DeserializeOwned, DeserializeSeed, Deserializer, IntoDeserializer, MapAccess, SeqAccess,
    Visitor,
};

use crate::path::{FieldPath, Segment};
use crate::source::Span;
use crate::tree::{Kind, NodeId, Number, Tree};
use crate::yaml::{base64, parse_value};

/// No API object nests deeper; the depth of the stack is bounded by it.
pub(crate) const MAX_DEPTH: usize = 500;

/// A value that is not of the type that the API wants.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct DecodeError {
    /// What was expected and what is there.
    pub message: String,
    /// The field.
    pub path: FieldPath,
    /// Where it stands, in bytes of the source's text.
    pub span: Span,
}

/// Reads a node as a value of type `T`.
pub(crate) fn from_node<T: DeserializeOwned>(tree: &Tree, id: NodeId) -> Result<T, DecodeError> {
    let node = NodeDeserializer { tree, id, depth: 0 };
    T::deserialize(node).map_err(|Error(wrong)| {
        let mut path = FieldPath::root();
        for segment in wrong.way_up.into_iter().rev() {
            path.push(segment);
        }
        let span = tree.find_nearest_from(id, path.segments()).span();
        DecodeError {
            message: wrong.message,
            path,
            span,
        }
    })
}

/// A JSON value, such as a server's answer, as a value of type `T`. It goes the
/// way of a file's text: each other way would be a copy of the code for every
/// type of the API, and know no paths.
///
/// # Errors
/// The first value of a wrong type, with its path; its place means nothing.
pub fn decode_value<T: DeserializeOwned>(value: &serde_json::Value) -> Result<T, DecodeError> {
    let nothing = |message: String| DecodeError {
        message,
        path: FieldPath::root(),
        span: Span::default(),
    };
    match parse_value(&value.to_string(), 0) {
        Ok(Some((tree, _))) => from_node(&tree, tree.root()),
        Ok(None) => Err(nothing("there is no value".to_owned())),
        Err(error) => Err(nothing(error.message)),
    }
}

/// What is wrong, and the way from there up to the root: it grows while the
/// error is handed up, so that a value which is right costs nothing.
#[derive(Debug)]
struct Error(Box<Wrong>);

#[derive(Debug)]
struct Wrong {
    message: String,
    way_up: Vec<Segment>,
}

impl Error {
    fn new(message: impl Into<String>) -> Self {
        Self(Box::new(Wrong {
            message: message.into(),
            way_up: Vec::new(),
        }))
    }

    /// The same, of what stands at this step.
    fn below(mut self, step: Segment) -> Self {
        self.0.way_up.push(step);
        self
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.message)
    }
}

impl std::error::Error for Error {}

impl de::Error for Error {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self::new(message.to_string())
    }
}

#[derive(Clone, Copy)]
struct NodeDeserializer<'a> {
    tree: &'a Tree,
    id: NodeId,
    depth: usize,
}

impl NodeDeserializer<'_> {
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

    /// What stands here, or for `null` the zero value of the type that is asked
    /// for: `env: [null]` is a variable without a name, as Go's encoding/json has
    /// it (`literalStore` leaves what is no pointer, interface, map or slice as it
    /// is, and what is fresh is zero).
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

    /// The JSON `null` makes an amount of a Quantity (`Quantity.UnmarshalJSON` in
    /// k8s.io/apimachinery/pkg/api/resource): zero.
    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        if name == "Quantity" && self.is_null() {
            return visitor.visit_newtype_struct("0".into_deserializer());
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
        // What serde derives takes the items of a list for the fields, in their order.
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

    /// What a type skips is not looked into: neither its depth nor its size
    /// costs anything.
    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_unit()
    }

    serde::forward_to_deserialize_any! {
        i8 i16 i128 u8 u16 u32 u64 u128 f32 char bytes byte_buf
        unit unit_struct tuple tuple_struct identifier
    }
}

/// Whether a type is that of the API's fields of bytes. Its own reading is narrower
/// than Go's, and there is no other way to it than by its name.
fn is_bytes<T>() -> bool {
    type_name::<T>() == type_name::<ByteString>()
}

impl NodeDeserializer<'_> {
    /// The bytes that Go makes of a value: of base64 text, or of a list of small
    /// numbers.
    ///
    /// Upstream: `literalStore` and `array` in encoding/json, as
    /// sigs.k8s.io/json has them.
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

struct Entries<'a> {
    node: NodeDeserializer<'a>,
    rest: std::slice::Iter<'a, crate::tree::Entry>,
    /// The entry whose key was read and whose value was not.
    entry: Option<&'a crate::tree::Entry>,
}

impl<'de> MapAccess<'de> for Entries<'de> {
    type Error = Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Error> {
        let Some(entry) = self.rest.next() else {
            return Ok(None);
        };
        self.entry = Some(entry);
        seed.deserialize(de::value::BorrowedStrDeserializer::new(&entry.key))
            .map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Error> {
        let Some(entry) = self.entry.take() else {
            return Err(Error::new("a value was asked for before its key"));
        };
        let value = seed.deserialize(self.node.child(entry.value));
        value.map_err(|error| error.below(Segment::Field(entry.key.to_string().into())))
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.rest.len())
    }
}

#[cfg(test)]
mod tests {
    use k8s_openapi::api::core::v1::{ConfigMap, Pod, Secret};

    use crate::manifest::read;

    fn pod(text: &str) -> Result<Pod, super::DecodeError> {
        read("pod.yaml", text.as_bytes().to_vec()).documents[0].decode()
    }

    #[test]
    fn reads_a_pod_through_aliases_and_whole_floats() {
        let text = "apiVersion: v1\nkind: Pod\nspec:\n  terminationGracePeriodSeconds: 3.0\n  containers:\n  \
            - &a {name: a, command: [x]}\n  - <<: *a\n    name: b\n  - *a\n";
        let spec = pod(text).unwrap().spec.unwrap();
        assert_eq!(spec.termination_grace_period_seconds, Some(3));
        let names: Vec<_> = spec.containers.iter().map(|c| c.name.as_str()).collect();
        assert_eq!(names, ["a", "b", "a"]);
        assert_eq!(spec.containers[1].command, spec.containers[0].command);
    }

    #[test]
    fn a_wrong_type_has_its_path_and_place() {
        let text = "apiVersion: v1\nkind: Pod\nspec:\n  containers:\n  - name: a\n    env:\n    - name: A\n      value: 1\n";
        let error = pod(text).unwrap_err();
        assert_eq!(error.path.to_string(), "spec.containers[0].env[0].value");
        assert_eq!(
            &text[error.span.start as usize..error.span.end as usize],
            "1"
        );
    }

    #[test]
    fn a_list_is_no_object_whatever_it_holds() {
        #[derive(Debug, serde::Deserialize)]
        struct Outer {
            _name: String,
            _inner: Option<Inner>,
        }
        #[derive(Debug, serde::Deserialize)]
        struct Inner {
            _token: String,
        }
        for (text, path) in [
            ("[a, {_token: t}]", ""),
            ("{_name: a, _inner: [t]}", "_inner"),
            ("{_name: a, _inner: []}", "_inner"),
        ] {
            let error = read("a", text.into()).documents[0]
                .decode::<Outer>()
                .unwrap_err();
            assert_eq!(error.path.to_string(), path, "{error:?}");
            assert!(
                error.message.starts_with("invalid type: sequence"),
                "{error:?}"
            );
        }
    }

    #[test]
    fn bytes_are_read_as_go_reads_them() {
        let text = "apiVersion: v1\nkind: Secret\nmetadata: {name: s}\ndata:\n  \
            BLOCK: |\n    aGVs\n    bG8=\n  FOLDED: >-\n    aGVs\n\n    bG8=\n  CRLF: \"aGVs\\r\\nbG8=\\r\\n\"\n  \
            BITS: aGVsbG9=\n  LIST: [104, 101, 108, 108, 111]\n  NONE: null\n  EMPTY: ''\n";
        let secret: Secret = read("s", text.into()).documents[0].decode().unwrap();
        for (key, bytes) in secret.data.unwrap() {
            let expected = if matches!(key.as_str(), "NONE" | "EMPTY") {
                &b""[..]
            } else {
                b"hello"
            };
            assert_eq!(bytes.0, expected, "{key}");
        }
        let text = "kind: ConfigMap\nbinaryData: {a: \"aGVs\\nbG8=\"}\n";
        let map: ConfigMap = read("c", text.into()).documents[0].decode().unwrap();
        assert_eq!(map.binary_data.unwrap()["a"].0, b"hello");
        for wrong in ["aGVs bG8=", "aGVsbG8", "aGVs\\tbG8=", "aGVs_bG8", "="] {
            let text = format!("kind: Secret\ndata: {{a: \"{wrong}\"}}\n");
            let error = read("s", text.into()).documents[0].decode::<Secret>();
            let error = error.unwrap_err();
            assert_eq!(error.path.to_string(), "data.a", "{wrong}");
            assert_eq!(error.message, "expected base64, found other text");
        }
        // A number that is not there is 0, as an element of a slice of Go.
        for (list, bytes) in [
            ("[]", &b""[..]),
            ("[null]", b"\0"),
            ("[104, null, 105]", b"h\0i"),
            ("[0, 255, ~]", b"\0\xff\0"),
        ] {
            let text = format!("kind: Secret\ndata: {{a: {list}}}\n");
            let secret = read("s", text.into()).documents[0].decode::<Secret>();
            assert_eq!(secret.unwrap().data.unwrap()["a"].0, bytes, "{list}");
        }
        for wrong in ["[256]", "[-1]", "[1.5]", "[a]", "{b: c}", "1", "true"] {
            let text = format!("kind: Secret\ndata: {{a: {wrong}}}\n");
            let error = read("s", text.into()).documents[0].decode::<Secret>();
            assert!(error.is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_servers_answer_has_the_same_paths() {
        let value = serde_json::json!({"spec": {"containers": [{"name": "a"}, {"name": "b", "ports": [{"containerPort": "x"}]}]}});
        let error = super::decode_value::<Pod>(&value).unwrap_err();
        let path = "spec.containers[1].ports[0].containerPort";
        assert_eq!(error.path.to_string(), path);
        let value = serde_json::json!({"spec": {"containers": [{"name": "a"}]}});
        let pod: Pod = super::decode_value(&value).unwrap();
        assert_eq!(pod.spec.unwrap().containers[0].name, "a");
    }

    #[test]
    fn null_is_the_zero_value_of_what_a_list_or_a_map_holds() {
        let text = "apiVersion: v1\nkind: Pod\nmetadata: {labels: {a: }, finalizers: [null]}\nspec:\n  \
            securityContext: {supplementalGroups: [null]}\n  containers:\n  -\n  - name: b\n    args: [a, ~]\n    \
            env: [null, {name: A}]\n    resources: {limits: {cpu: }}\n";
        let pod = pod(text).unwrap();
        assert_eq!(pod.metadata.labels.unwrap()["a"], "");
        assert_eq!(pod.metadata.finalizers.unwrap(), [""]);
        let spec = pod.spec.unwrap();
        let groups = spec.security_context.unwrap().supplemental_groups;
        assert_eq!(groups.unwrap(), [0]);
        assert_eq!(
            spec.containers[0],
            k8s_openapi::api::core::v1::Container::default()
        );
        let second = &spec.containers[1];
        assert_eq!(second.args.as_deref().unwrap(), ["a", ""]);
        let names: Vec<_> = second
            .env
            .iter()
            .flatten()
            .map(|e| e.name.as_str())
            .collect();
        assert_eq!(names, ["", "A"]);
        let limits = second.resources.as_ref().unwrap().limits.as_ref().unwrap();
        assert_eq!(limits["cpu"].0, "0");
    }

    #[test]
    fn null_in_what_holds_anything_stays_null() {
        let text = "kind: X\nspec: [null, {a: }]\n";
        let value = read("x", text.into()).documents[0].to_value().unwrap();
        assert_eq!(value["spec"], serde_json::json!([null, {"a": null}]));
    }

    #[test]
    fn depth_is_an_error_and_not_an_overflow() {
        let deep = format!(
            "apiVersion: v1\nkind: Pod\nmetadata: {}1{}\n",
            "[".repeat(9000),
            "]".repeat(9000)
        );
        assert!(
            read("x", deep.clone().into_bytes()).documents[0]
                .to_value()
                .is_err()
        );
        let skipped = deep.replace("metadata", "unknown");
        assert!(pod(&skipped).is_ok());
    }
}

//! Objects of which some fields are read.

use serde::de::DeserializeOwned;

use super::error::DecodeError;
use super::read::from_node;
use crate::fields::Fields;
use crate::tree::{NodeId, Tree};
use crate::yaml::parse_fields;

/// Maximum number of values of an object. The largest that etcd stores, 1.5 MiB, has fewer
/// unless almost all of it are brackets; a value takes up to a hundred times the memory of
/// its text.
const MOST: usize = 1 << 18;

/// An object of which some fields were read.
#[derive(Debug)]
pub struct PartialObject(Tree);

/// Reason why an object was not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unread {
    /// It has too many values.
    TooLarge,
    /// It is not JSON.
    Invalid,
}

impl PartialObject {
    /// Reads some fields of a text of JSON.
    ///
    /// # Errors
    /// A text that is not one value of JSON, or that is too large.
    pub fn parse(text: &[u8], fields: Fields) -> Result<Self, Unread> {
        let text = str::from_utf8(text).map_err(|_| Unread::Invalid)?;
        match parse_fields(text, 0, fields, MOST) {
            Ok(Some((tree, end))) if is_space(&text[end..]) => Ok(Self(tree)),
            Err(error) if error.is_too_large => Err(Unread::TooLarge),
            _ => Err(Unread::Invalid),
        }
    }

    /// Returns the text at a path of field names.
    pub fn text(&self, path: &[&str]) -> Option<&str> {
        let step = |id: NodeId, name: &&str| self.0.get(id, name);
        let id = path.iter().try_fold(self.0.root(), step)?;
        self.0.str(id)
    }

    /// Decodes the object as a type of the API.
    ///
    /// # Errors
    /// The first value of a wrong type.
    pub fn decode<T: DeserializeOwned>(&self) -> Result<T, DecodeError> {
        from_node(&self.0, self.0.root())
    }
}

fn is_space(text: &str) -> bool {
    text.bytes()
        .all(|byte| matches!(byte, b' ' | b'\t' | b'\n' | b'\r'))
}

#[cfg(test)]
mod tests {
    use k8s_openapi::api::core::v1::Pod;

    use super::*;

    const FIELDS: Fields = Fields::of(&[
        ("metadata", Fields::of(&[("name", Fields::ALL)])),
        (
            "spec",
            Fields::of(&[("containers", Fields::of(&[("name", Fields::ALL)]))]),
        ),
    ]);

    #[test]
    fn fields_are_read_and_others_passed_over() {
        let text = r#" {"kind": 5, "x": [{"a": "]\"}"}, -1.5e3, true, null, []], "metadata": {"uid": {}, "name": "a"},
            "spec": {"nodeName": [], "containers": [{"name": "c", "image": 1}, {"image": "i", "name": "d"}, {}]}, "y": {}} "#;
        let object = PartialObject::parse(text.as_bytes(), FIELDS).unwrap();
        assert_eq!(object.text(&["metadata", "name"]), Some("a"));
        assert_eq!(object.text(&["kind"]), None);
        assert_eq!(object.text(&["metadata"]), None);
        let pod: Pod = object.decode().unwrap();
        assert_eq!(pod.metadata.name.as_deref(), Some("a"));
        let containers = pod.spec.unwrap().containers;
        let names: Vec<_> = containers.iter().map(|own| own.name.as_str()).collect();
        assert_eq!(names, ["c", "d", ""]);
        assert!(containers.iter().all(|own| own.image.is_none()));
        let document = crate::manifest::read("a.json", text.as_bytes().to_vec());
        let of_file: Pod = document.documents[0].decode_fields(FIELDS).unwrap();
        assert_eq!(of_file.spec.unwrap().containers, containers);
    }

    #[test]
    fn what_is_passed_over_has_to_be_json() {
        for text in [
            "",
            "{",
            "{\"x\": }",
            "{\"x\": [1,]}",
            "{\"x\": 01}",
            "{\"x\": \"\\q\"}",
            "{\"x\": 1 \"y\": 2}",
            "{\"x\": 1,}",
            "{\"x\" 1}",
            "{\"x\": tru}",
            "{\"x\": [}",
            "{} {}",
            "{\"x\": \u{1}}",
        ] {
            let read = PartialObject::parse(text.as_bytes(), FIELDS);
            assert_eq!(read.unwrap_err(), Unread::Invalid, "{text}");
            let whole = PartialObject::parse(text.as_bytes(), Fields::ALL);
            assert_eq!(whole.unwrap_err(), Unread::Invalid, "{text}");
        }
        let not_utf8 = PartialObject::parse(b"{\"metadata\": \"\xff\"}", FIELDS);
        assert_eq!(not_utf8.unwrap_err(), Unread::Invalid);
    }

    #[test]
    fn only_values_that_are_read_count() {
        let many = format!("[{}0]", "0,".repeat(MOST));
        let passed_over = format!("{{\"x\": {many}}}");
        assert!(PartialObject::parse(passed_over.as_bytes(), FIELDS).is_ok());
        let read = PartialObject::parse(passed_over.as_bytes(), Fields::ALL);
        assert_eq!(read.unwrap_err(), Unread::TooLarge);
    }
}

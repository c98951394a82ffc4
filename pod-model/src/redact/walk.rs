//! Objects from which names and values are taken.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};

use super::fields::{Place, Rule, Shape, rule, shape};
use super::prune::prune;
use super::pseudonyms::{Class, Pseudonyms};
use super::shapes::{is_number, is_quantity, is_schedule, is_time};
use super::text::Reader;
use super::vocabulary::is_message_word;

const WORDS: Reader = Reader {
    keeps_numbers: true,
};
const OUTPUT: Reader = Reader {
    keeps_numbers: false,
};

/// Returns a List of objects whose names and values are hidden: names by pseudonyms that are the same in all of
/// them.
pub fn redact(mut objects: Vec<Value>) -> Value {
    let mut redactor = Redactor::default();
    objects.iter_mut().for_each(prune);
    // A message may name an object that comes behind it.
    for object in &objects {
        redactor.collect(object);
    }
    let items: Vec<Value> = objects
        .into_iter()
        .map(|object| redactor.rewrite(object))
        .collect();
    json!({"apiVersion": "v1", "kind": "List", "items": items})
}

#[derive(Default)]
struct Redactor {
    names: Pseudonyms,
}

/// The surroundings of a value.
#[derive(Clone, Copy)]
struct Within<'a> {
    /// The kind of the whole object.
    object: &'a str,
    place: Place<'a>,
}

impl Redactor {
    /// Gives pseudonyms to all names of objects.
    fn collect(&mut self, object: &Value) {
        let kind = kind_of(object).unwrap_or_default();
        self.collect_at(object, root(kind));
    }

    fn collect_at(&mut self, value: &Value, within: Within<'_>) {
        match value {
            Value::Object(fields) => {
                for (key, value) in fields {
                    if shape_of(within.object, key, value).is_none() {
                        self.collect_at(value, below(within, fields, key));
                    }
                }
            }
            Value::Array(items) => {
                for item in items {
                    self.collect_at(item, within);
                }
            }
            Value::String(text) => match rule(within.place) {
                Rule::Name(class) => drop(self.names.of_object(class, text)),
                Rule::Shared(class) => drop(self.shared(class, text)),
                _ => {}
            },
            _ => {}
        }
    }

    fn rewrite(&mut self, mut object: Value) -> Value {
        let kind = kind_of(&object).unwrap_or_default().to_owned();
        self.rewrite_at(&mut object, root(&kind));
        object
    }

    fn rewrite_at(&mut self, value: &mut Value, within: Within<'_>) {
        match value {
            Value::Object(fields) => {
                let own = std::mem::take(fields);
                for (key, value) in &own {
                    let mut value = value.clone();
                    match shape_of(within.object, key, &value) {
                        Some(Shape::Drop) => continue,
                        Some(shape) => self.map(&mut value, shape),
                        None => self.rewrite_at(&mut value, below(within, &own, key)),
                    }
                    fields.insert(key.clone(), value);
                }
            }
            Value::Array(items) => {
                for item in items {
                    self.rewrite_at(item, within);
                }
            }
            Value::String(text) => *text = self.string(text, rule(within.place)),
            _ => {}
        }
    }

    fn string(&mut self, text: &str, rule: Rule) -> String {
        match rule {
            Rule::Keep if is_schedule(text) => text.to_owned(),
            Rule::Quantity if is_quantity(text) => text.to_owned(),
            Rule::Name(class) => self.names.of_object(class, text),
            Rule::Label => self.names.of(Class("label"), text),
            Rule::Text => WORDS.redact(&mut self.names, text),
            Rule::Output => OUTPUT.redact(&mut self.names, text),
            Rule::Shared(class) => self.shared(class, text),
            Rule::Value if is_time(text) => text.to_owned(),
            Rule::Keep | Rule::Quantity | Rule::Value => self.value(text),
        }
    }

    /// Returns the pseudonym of a value. It is no name, so that messages do not have it.
    fn value(&mut self, text: &str) -> String {
        if text.is_empty() {
            return String::new();
        }
        // A key that no token is.
        self.names.of(Class("value"), &format!("\n{text}"))
    }

    /// Returns the pseudonym of a command or a path, which messages share if it is one token.
    fn shared(&mut self, class: Class, text: &str) -> String {
        let is_token = text.len() > 2
            && !text.contains(char::is_whitespace)
            && !is_number(text)
            && !is_message_word(text);
        if is_token {
            self.names.of(class, text)
        } else {
            self.value(text)
        }
    }

    fn map(&mut self, value: &mut Value, shape: Shape) {
        let Value::Object(fields) = value else {
            return;
        };
        let own = std::mem::take(fields);
        for (key, value) in own {
            let (key, value) = self.entry(&key, &value, shape);
            fields.insert(key, value);
        }
    }

    fn entry(&mut self, key: &str, value: &Value, shape: Shape) -> (String, Value) {
        let text = value.as_str().unwrap_or_default();
        let hidden = match shape {
            Shape::Labels => self.names.of(Class("label"), text),
            Shape::Annotations if is_number(text) || is_time(text) => text.to_owned(),
            Shape::Resources if is_quantity(text) => text.to_owned(),
            Shape::Data { is_encoded } => {
                let value = self.value(text);
                let value = if is_encoded {
                    STANDARD.encode(value)
                } else {
                    value
                };
                return (self.names.of_object(Class("key"), key), value.into());
            }
            Shape::Annotations | Shape::Resources | Shape::Parameters | Shape::Drop => {
                self.value(text)
            }
        };
        (WORDS.redact(&mut self.names, key), hidden.into())
    }
}

fn root(kind: &str) -> Within<'_> {
    Within {
        object: kind,
        place: Place {
            key: "",
            parent: "",
            kind: None,
        },
    }
}

/// Returns the place of a field of an object.
fn below<'a>(within: Within<'a>, fields: &'a Map<String, Value>, key: &'a str) -> Within<'a> {
    let parent = within.place.key;
    let kind = fields.get("kind").and_then(Value::as_str);
    let is_metadata = parent == "metadata" && within.place.parent.is_empty();
    Within {
        place: Place {
            key,
            parent,
            kind: kind.or(is_metadata.then_some(within.object)),
        },
        ..within
    }
}

fn kind_of(object: &Value) -> Option<&str> {
    object.get("kind")?.as_str()
}

/// Returns the shape of a field. A map is one only if all its values are texts: `selector` is that of a ReplicaSet,
/// too, and `limits` the list of a LimitRange.
fn shape_of(kind: &str, key: &str, value: &Value) -> Option<Shape> {
    let shape = shape(kind, key)?;
    let is_map = |fields: &Map<String, Value>| fields.values().all(Value::is_string);
    match shape {
        Shape::Drop => Some(shape),
        _ => value.as_object().is_some_and(is_map).then_some(shape),
    }
}

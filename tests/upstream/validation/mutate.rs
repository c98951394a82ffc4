//! Breaks objects: values that cannot be, fields that are missing or too many,
//! and parts of other objects in places where they can stand.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::random::Rng;

/// Vocabulary of the objects that are mutated: by the name of a field,
/// the fields that its objects have, and the values that it has.
pub struct Mutator {
    fields: BTreeMap<String, Vec<(String, Value)>>,
    values: BTreeMap<String, Vec<Value>>,
}

/// Texts that are wrong in one field or another.
const TEXTS: [&str; 44] = [
    "",
    "a",
    "A",
    "web",
    "Web",
    "my_name",
    "a.b",
    "-a",
    "a-",
    "a..b",
    "a b",
    "é",
    " a",
    "a ",
    "/abs",
    "../up",
    "..up",
    "a/../b",
    "..",
    ".",
    "a/b",
    "a/b/c",
    "/",
    "example.com/x",
    "EXAMPLE.com/x",
    "a=b",
    "1a",
    "123",
    "8080",
    "a--b",
    "Always",
    "Never",
    "None",
    "Localhost",
    "Exists",
    "In",
    "0",
    "-1",
    "+1",
    "1.2.3.4",
    "::1",
    "v1",
    "linux",
    "windows",
];
const NUMBERS: [i64; 17] = [
    -1,
    0,
    1,
    2,
    5,
    30,
    100,
    101,
    255,
    256,
    512,
    3600,
    65535,
    65536,
    100_001,
    2_147_483_647,
    -2_147_483_648,
];
const QUANTITIES: [&str; 13] = [
    "0", "1", "-1", "100m", "1500m", "0.5", "1Gi", "2Mi", "3Mi", "5M", "64Ki", "1n", "10",
];

impl Mutator {
    pub fn new(sources: &[Value]) -> Self {
        let mut own = Self {
            fields: BTreeMap::new(),
            values: BTreeMap::new(),
        };
        for source in sources {
            own.learn("", source);
        }
        own
    }

    fn learn(&mut self, name: &str, value: &Value) {
        match value {
            Value::Object(fields) => {
                for (field, value) in fields {
                    let known = self.fields.entry(name.to_owned()).or_default();
                    if known.len() < 400
                        && !known.iter().any(|own| own.0 == *field && own.1 == *value)
                    {
                        known.push((field.clone(), value.clone()));
                    }
                    self.learn(field, value);
                }
            }
            Value::Array(elements) => elements.iter().for_each(|value| self.learn(name, value)),
            _ => {
                let known = self.values.entry(name.to_owned()).or_default();
                if known.len() < 60 && !known.contains(value) {
                    known.push(value.clone());
                }
            }
        }
    }

    /// One of the sources with one to four things broken.
    pub fn broken(&self, sources: &[Value], rng: &mut Rng) -> Value {
        // The first sources have the most fields.
        let most = if rng.percent(70) {
            sources.len().min(24)
        } else {
            sources.len()
        };
        let mut object = sources[rng.below(most)].clone();
        for _ in 0..=rng.below(4) {
            let count = count(&object);
            let mut target = rng.below(count);
            self.visit("", &mut object, &mut target, rng);
        }
        object
    }

    /// Goes to the node of this number, and breaks it. True when it was there.
    fn visit(&self, name: &str, value: &mut Value, target: &mut usize, rng: &mut Rng) -> bool {
        if *target == 0 {
            self.break_value(name, value, rng);
            return true;
        }
        *target -= 1;
        match value {
            Value::Object(fields) => {
                let names: Vec<String> = fields.keys().cloned().collect();
                for field in names {
                    if name.is_empty() && matches!(field.as_str(), "apiVersion" | "kind") {
                        continue;
                    }
                    let value = fields.get_mut(&field).unwrap();
                    let here = *target == 0;
                    if here && rng.percent(20) {
                        fields.remove(&field);
                        return true;
                    }
                    if self.visit(&field, value, target, rng) {
                        return true;
                    }
                }
                false
            }
            Value::Array(elements) => elements
                .iter_mut()
                .any(|value| self.visit(name, value, target, rng)),
            _ => false,
        }
    }

    fn break_value(&self, name: &str, value: &mut Value, rng: &mut Rng) {
        match value {
            Value::Object(fields) => self.break_object(name, fields, rng),
            Value::Array(elements) => break_list(elements, rng),
            Value::Bool(flag) => *flag = !*flag,
            Value::Number(_) => {
                *value = if rng.percent(50) {
                    self.known(name, rng).unwrap_or(json!(-1))
                } else {
                    rng.pick(&NUMBERS).into()
                };
            }
            Value::String(text) => {
                let own = match rng.below(10) {
                    0..=3 => self.known(name, rng),
                    4 => Some(rng.pick(&QUANTITIES).into()),
                    5 => Some(format!("{text}{}", "x".repeat(rng.pick(&[16, 64, 254]))).into()),
                    6 => Some(
                        format!(
                            "{text}{}",
                            rng.pick(&["-", ".", "_", "/", " ", "A", "=", "é", "\n"])
                        )
                        .into(),
                    ),
                    _ => Some(rng.pick(&TEXTS).into()),
                };
                *value = own.filter(Value::is_string).unwrap_or("".into());
            }
            Value::Null => {}
        }
    }

    fn known(&self, name: &str, rng: &mut Rng) -> Option<Value> {
        let known = self.values.get(name)?;
        Some(known[rng.below(known.len())].clone())
    }

    /// Most often another field beside those which are there.
    fn break_object(&self, name: &str, fields: &mut Map<String, Value>, rng: &mut Rng) {
        if rng.percent(8) {
            let kept = ["apiVersion", "kind"];
            fields.retain(|field, _| kept.contains(&field.as_str()));
            return;
        }
        let Some(known) = self.fields.get(name) else {
            fields.insert(rng.pick(&TEXTS).to_owned(), "x".into());
            return;
        };
        for _ in 0..=rng.below(2) {
            let (field, value) = &known[rng.below(known.len())];
            if !matches!(field.as_str(), "apiVersion" | "kind") {
                fields.insert(field.clone(), value.clone());
            }
        }
    }
}

fn break_list(elements: &mut Vec<Value>, rng: &mut Rng) {
    match rng.below(6) {
        0 => elements.clear(),
        1 | 2 if !elements.is_empty() => {
            let again = elements[rng.below(elements.len())].clone();
            elements.push(again);
        }
        3 if !elements.is_empty() => {
            let one = elements[0].clone();
            let most = rng.pick(&[4, 21, 33, 256]);
            elements.extend(std::iter::repeat_n(one, most));
        }
        4 => elements.reverse(),
        _ => {
            elements.pop();
        }
    }
}

fn count(value: &Value) -> usize {
    1 + match value {
        Value::Object(fields) => fields.values().map(count).sum(),
        Value::Array(elements) => elements.iter().map(count).sum(),
        _ => 0,
    }
}

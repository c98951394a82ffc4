//! A mutator that knows JSON: bytes alone seldom stay JSON, and what is no JSON
//! is refused at the door.

use libfuzzer_sys::fuzzer_mutate;
use serde_json::{Value, json};

/// The byte that separates the answers of one input.
const SEPARATOR: u8 = 0xff;

/// Changes one value of one answer or, as often, bytes; returns the new length.
pub fn mutate(data: &mut [u8], size: usize, max_size: usize, seed: u32) -> usize {
    let mut random = Random(u64::from(seed) | 1);
    if random.below(2) == 0 {
        return fuzzer_mutate(data, size, max_size);
    }
    match changed(&data[..size], &mut random) {
        Some(bytes) if bytes.len() <= max_size => {
            data[..bytes.len()].copy_from_slice(&bytes);
            bytes.len()
        }
        _ => fuzzer_mutate(data, size, max_size),
    }
}

/// The same input with one value of its JSON replaced, or `None` if it has none.
fn changed(input: &[u8], random: &mut Random) -> Option<Vec<u8>> {
    let mut parts: Vec<Vec<u8>> = input
        .split(|byte| *byte == SEPARATOR)
        .map(<[u8]>::to_vec)
        .collect();
    let part = random.of(&mut parts)?;
    let mut lines: Vec<Vec<u8>> = part
        .split(|byte| *byte == b'\n')
        .map(<[u8]>::to_vec)
        .collect();
    let line = random.of(&mut lines)?;
    // The first byte of an answer is its status.
    let start = line.iter().position(|byte| matches!(byte, b'{' | b'['))?;
    let mut value: Value = serde_json::from_slice(&line[start..]).ok()?;
    let spare = subtree(&value, random);
    replace(&mut value, spare, random);
    line.truncate(start);
    line.extend(serde_json::to_vec(&value).ok()?);
    *part = lines.join(&b'\n');
    Some(parts.join(&SEPARATOR))
}

/// A value from somewhere in it.
fn subtree(value: &Value, random: &mut Random) -> Value {
    let children: Vec<&Value> = match value {
        Value::Array(items) => items.iter().collect(),
        Value::Object(fields) => fields.values().collect(),
        _ => Vec::new(),
    };
    if children.is_empty() || random.below(4) == 0 {
        return value.clone();
    }
    let chosen = random.below(children.len());
    subtree(children[chosen], random)
}

/// Replaces, adds or takes away a value somewhere below.
fn replace(value: &mut Value, spare: Value, random: &mut Random) {
    let deeper = random.below(6) != 0;
    match value {
        Value::Array(items) if deeper && !items.is_empty() => {
            let at = random.below(items.len());
            match random.below(8) {
                0 => items.push(spare),
                1 => drop(items.remove(at)),
                _ => replace(&mut items[at], spare, random),
            }
        }
        Value::Object(fields) if deeper && !fields.is_empty() => {
            let keys: Vec<String> = fields.keys().cloned().collect();
            let key = &keys[random.below(keys.len())];
            match random.below(8) {
                0 => drop(fields.remove(key)),
                1 => drop(fields.insert(keys[random.below(keys.len())].clone(), spare)),
                _ => {
                    if let Some(field) = fields.get_mut(key) {
                        replace(field, spare, random);
                    }
                }
            }
        }
        value => *value = odd(spare, random),
    }
}

/// A value that may not belong where it will stand.
fn odd(spare: Value, random: &mut Random) -> Value {
    match random.below(12) {
        0 => Value::Null,
        1 => json!(5),
        2 => json!(-1),
        3 => json!(i64::MAX),
        4 => json!(1e300),
        5 => json!([]),
        6 => json!({}),
        7 => json!(""),
        8 => json!("True"),
        9 => json!(true),
        10 => json!([spare]),
        _ => spare,
    }
}

/// Numbers that look random (xorshift64).
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).unwrap_or(0) % end.max(1)
    }

    fn of<'a, T>(&mut self, all: &'a mut [T]) -> Option<&'a mut T> {
        let at = self.below(all.len());
        all.get_mut(at)
    }
}

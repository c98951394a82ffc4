//! Parses JSON of the API server, as deep as the server itself does.

use serde::de::DeserializeSeed;
use serde_json::Value;

use super::tree::{Budget, Tree};

/// Deepest nesting, in levels (sigs.k8s.io/json/internal/golang/encoding/json,
/// `maxNestingDepth`): no server stores anything deeper.
const DEEPEST: usize = 10_000;
/// Levels that the JSON library reads by default: a few less than its limit.
const SHALLOW: usize = 120;

/// Maximum memory of one object, event or other response, in bytes. The largest object of
/// etcd, 1.5 MiB of text, takes a tenth of it.
pub(crate) const TREE: usize = 64 << 20;

/// Error of parsing JSON.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum JsonError {
    /// The value would take more than [`TREE`] bytes of memory.
    TooLarge,
    /// The text is not JSON, or nests too deep: the reason, without the content.
    Invalid(String),
}

/// Parses a JSON text.
///
/// Custom resources nest deeper than the JSON library's limit of 128 levels. Without the
/// limit, values are parsed by recursion, for which [`crate::stack`] makes room.
///
/// # Errors
/// A text that is not JSON: the reason with line and column, without the content.
pub(super) fn parse(bytes: &[u8]) -> Result<Value, JsonError> {
    let budget = Budget::new(TREE);
    read(bytes, &budget, Tree::within(&budget))
}

/// Parses a JSON text with a seed, within a budget of memory.
///
/// # Errors
/// The errors of [`parse`].
pub(super) fn read<'de, T: DeserializeSeed<'de>>(
    bytes: &'de [u8],
    budget: &Budget,
    seed: T,
) -> Result<T::Value, JsonError> {
    let depth = depth(bytes);
    if depth > DEEPEST {
        let why = format!("it nests deeper than {DEEPEST} levels");
        return Err(JsonError::Invalid(why));
    }
    let read = if depth > SHALLOW {
        // Where a text is wrong, each level around it looks for its line: of a slice from
        // the beginning on, of a reader at once.
        let mut deserializer = serde_json::Deserializer::from_reader(bytes);
        deserializer.disable_recursion_limit();
        let read = seed.deserialize(&mut deserializer);
        read.and_then(|value| deserializer.end().map(|()| value))
    } else {
        let mut deserializer = serde_json::Deserializer::from_slice(bytes);
        let read = seed.deserialize(&mut deserializer);
        read.and_then(|value| deserializer.end().map(|()| value))
    };
    read.map_err(|error| {
        if budget.is_exceeded() {
            JsonError::TooLarge
        } else {
            JsonError::Invalid(format!("it is not JSON: {error}"))
        }
    })
}

/// Returns the depth of the brackets of a text, except in strings.
fn depth(bytes: &[u8]) -> usize {
    let (mut depth, mut deepest) = (0_usize, 0);
    let mut bytes = bytes.iter();
    while let Some(byte) = bytes.next() {
        match byte {
            b'[' | b'{' => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            b']' | b'}' => depth = depth.saturating_sub(1),
            b'"' => {
                while let Some(byte) = bytes.next().filter(|byte| **byte != b'"') {
                    if *byte == b'\\' {
                        bytes.next();
                    }
                }
            }
            _ => {}
        }
    }
    deepest
}

#[cfg(test)]
mod tests {
    use super::*;

    fn nested(levels: usize) -> String {
        format!("{}{}", "[".repeat(levels), "]".repeat(levels))
    }

    #[test]
    fn json_is_parsed_as_deep_as_the_server_does() {
        for (levels, good) in [
            (1, true),
            (127, true),
            (128, true),
            (10_000, true),
            (10_001, false),
        ] {
            let read = crate::stack::with_large(move || parse(nested(levels).as_bytes()).is_ok());
            assert_eq!(read, good, "{levels}");
        }
    }

    #[test]
    fn brackets_in_strings_are_no_levels() {
        assert_eq!(depth(br#"{"a[[[": "]\"[[\\", "b": [{}]}"#), 3);
        assert_eq!(depth(b"\"[[[["), 0);
        assert_eq!(depth(b"]]]["), 1);
    }

    #[test]
    fn a_text_that_is_wrong_deep_inside_is_left_at_once() {
        let text = format!("[\"{}\",{}x", "a".repeat(4 << 20), "[".repeat(9000));
        let began = std::time::Instant::now();
        let is_wrong = crate::stack::with_large(move || parse(text.as_bytes()).is_err());
        assert!(is_wrong);
        assert!(began.elapsed().as_secs() < 20, "{:?}", began.elapsed());
    }

    #[test]
    fn text_after_a_value_is_an_error() {
        for text in [format!("{} x", nested(200)), "{}{}".to_owned()] {
            let read = parse(text.as_bytes());
            assert!(
                matches!(&read, Err(JsonError::Invalid(why)) if why.starts_with("it is not JSON")),
                "{read:?}"
            );
        }
    }

    #[test]
    fn a_value_is_read_as_the_library_reads_it() {
        for text in [
            r#"{"b": [null, true, -1, 18446744073709551615, 0.1, 1e300, -0.0], "a": {"": "\u00e9\n"}}"#,
            r#"{"a": 1, "b": 2, "a": {"c": []}}"#,
            "5",
            "\"x\"",
        ] {
            let expected: Value = serde_json::from_str(text).unwrap();
            let read = parse(text.as_bytes()).unwrap();
            assert_eq!(read, expected, "{text}");
            assert_eq!(read.to_string(), expected.to_string(), "{text}");
        }
    }

    #[test]
    fn a_text_that_takes_many_times_its_length_is_too_large() {
        let parse = |text: &str| {
            let budget = Budget::new(1 << 20);
            read(text.as_bytes(), &budget, Tree::within(&budget))
        };
        for unit in ["0,", "{},", "[],", "[0],", "{\"\":0},", "\"\","] {
            let text = format!("[{}0]", unit.repeat((128 << 10) / unit.len()));
            assert_eq!(parse(&text), Err(JsonError::TooLarge), "{unit}");
        }
        let text = |length: usize| format!("\"{}\"", "x".repeat(length));
        assert!(parse(&text(1 << 19)).is_ok());
        assert_eq!(parse(&text(1 << 20)), Err(JsonError::TooLarge));
    }
}

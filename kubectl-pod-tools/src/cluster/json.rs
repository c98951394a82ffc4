//! JSON as the API server writes it, to the depth that it takes itself.

use serde::de::DeserializeSeed;
use serde_json::Value;

use super::tree::{Budget, DEEPEST, Refusal, Tree};

/// Most memory that one object, one event or one answer that is no list may take,
/// in bytes. What etcd stores of one, 1.5 MiB of text, takes a tenth of it.
pub(crate) const TREE: usize = 64 << 20;

/// Why a text is not read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum JsonError {
    /// It would take more than [`TREE`] bytes of memory.
    TooLarge,
    /// It is not JSON, or nests too deep: the reason, without the content.
    Invalid(String),
}

/// Reads one JSON text.
///
/// The JSON library's own limit is 128 levels, and custom resources nest
/// deeper. Without it, values are read by recursion, for which
/// [`crate::stack`] makes room.
///
/// # Errors
/// A text that is not JSON: the reason with line and column, without the content.
pub(super) fn parse(bytes: &[u8]) -> Result<Value, JsonError> {
    let budget = Budget::new(TREE);
    read(bytes, &budget, Tree::within(&budget))
}

/// Reads one JSON text as what a seed makes of it within a budget.
///
/// # Errors
/// Those of [`parse`].
pub(super) fn read<'de, T: DeserializeSeed<'de>>(
    bytes: &'de [u8],
    budget: &Budget,
    seed: T,
) -> Result<T::Value, JsonError> {
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    deserializer.disable_recursion_limit();
    let read = seed.deserialize(&mut deserializer);
    let read = read.and_then(|value| deserializer.end().map(|()| value));
    read.map_err(|error| match budget.refusal() {
        Some(Refusal::TooLarge) => JsonError::TooLarge,
        Some(Refusal::TooDeep) => {
            JsonError::Invalid(format!("it nests deeper than {DEEPEST} levels"))
        }
        None => JsonError::Invalid(format!("it is not JSON: {error}")),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn nested(levels: usize) -> String {
        format!("{}{}", "[".repeat(levels), "]".repeat(levels))
    }

    #[test]
    fn what_a_server_takes_is_read_and_nothing_deeper() {
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
    fn what_is_behind_a_value_counts() {
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

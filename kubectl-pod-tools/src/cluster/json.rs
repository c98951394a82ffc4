//! JSON as the API server writes it, to the depth that it takes itself.

use serde::Deserialize;
use serde_json::Value;

/// Deepest nesting, in levels (sigs.k8s.io/json/internal/golang/encoding/json,
/// `maxNestingDepth`): no server stores anything deeper.
const DEEPEST: usize = 10_000;

/// Reads one JSON text.
///
/// The JSON library's own limit is 128 levels, and custom resources nest
/// deeper. Without it, values are read by recursion, for which
/// [`crate::stack`] makes room.
///
/// # Errors
/// A text that is not JSON: the reason with line and column, without the content.
pub(crate) fn parse(bytes: &[u8]) -> Result<Value, String> {
    match serde_json::from_slice(bytes) {
        Ok(value) => Ok(value),
        Err(error) if error.to_string().starts_with("recursion limit") => parse_deep(bytes),
        Err(error) => Err(reason(&error)),
    }
}

fn parse_deep(bytes: &[u8]) -> Result<Value, String> {
    if depth(bytes) > DEEPEST {
        return Err(format!("it nests deeper than {DEEPEST} levels"));
    }
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    deserializer.disable_recursion_limit();
    let value = Value::deserialize(&mut deserializer).map_err(|error| reason(&error))?;
    deserializer.end().map_err(|error| reason(&error))?;
    Ok(value)
}

fn reason(error: &serde_json::Error) -> String {
    format!("it is not JSON: {error}")
}

/// Levels of the brackets of a text, those in strings left out.
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
    fn brackets_in_strings_are_no_levels() {
        assert_eq!(depth(br#"{"a[[[": "]\"[[\\", "b": [{}]}"#), 3);
        assert_eq!(depth(b"\"[[[["), 0);
        assert_eq!(depth(b"]]]["), 1);
    }

    #[test]
    fn what_is_behind_a_deep_value_counts() {
        let text = format!("{} x", nested(200));
        assert!(
            parse(text.as_bytes())
                .unwrap_err()
                .starts_with("it is not JSON")
        );
    }
}

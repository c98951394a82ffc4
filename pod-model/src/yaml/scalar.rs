//! Types of scalars, as go-yaml v2's resolver decides them: YAML 1.1 with deviations.
//!
//! Source: `resolve` and `decoder.scalar` in go.yaml.in/yaml/v2.

use std::borrow::Cow;

use super::base64;
use super::decode::decode_binary;
use super::error::SyntaxError;
use super::number::{looks_like_float, normalize, parse_float, parse_integer};
use super::timestamp::is_timestamp;
use crate::source::Span;
use crate::tree::{Kind, Number};

/// A scalar before its meaning is known.
pub(super) struct Scalar<'a> {
    /// The text, unquoted and unescaped.
    pub(super) text: Cow<'a, str>,
    /// The tag, in its long form.
    pub(super) tag: Option<&'a str>,
    /// True if it is plain, so that the text decides the type.
    pub(super) implicit: bool,
}

/// The resolved kinds that matter beyond [`Kind`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Type {
    Null,
    Bool,
    Int,
    Float,
    Timestamp,
    Merge,
    Str,
}

impl Type {
    fn tag(self) -> &'static str {
        match self {
            Self::Null => "!!null",
            Self::Bool => "!!bool",
            Self::Int => "!!int",
            Self::Float => "!!float",
            Self::Timestamp => "!!timestamp",
            Self::Merge => "!!merge",
            Self::Str => "!!str",
        }
    }
}

/// A mismatch between a text and its tag.
#[derive(Debug, PartialEq)]
pub(super) struct Unfit {
    message: String,
    /// The same without the text.
    redacted: String,
}

impl Unfit {
    fn plain(message: &str) -> Self {
        let message = message.to_owned();
        Self {
            redacted: message.clone(),
            message,
        }
    }

    pub(super) fn at(self, span: Span) -> SyntaxError {
        SyntaxError::new(self.message, span).redacted(self.redacted)
    }
}

const STANDARD: &str = "tag:yaml.org,2002:";

impl Scalar<'_> {
    /// Returns whether this key asks for a merge.
    pub(super) fn is_merge(&self) -> bool {
        self.text == "<<"
            && (self.implicit || self.tag.and_then(|t| t.strip_prefix(STANDARD)) == Some("merge"))
    }

    /// The value.
    pub(super) fn resolve(self) -> Result<Kind, Unfit> {
        let tag = match self.tag {
            None | Some("") if !self.implicit => return Ok(string(self.text)),
            None | Some("") => None,
            Some(tag) => match tag.strip_prefix(STANDARD) {
                Some("binary") => {
                    return base64::decode(&self.text)
                        .map(|bytes| string(decode_binary(bytes)))
                        .ok_or_else(|| {
                            Unfit::plain("!!binary value contains invalid base64 data")
                        });
                }
                Some(name @ ("bool" | "int" | "float" | "null" | "timestamp")) => Some(name),
                // `!!str` is the text, and a tag of one's own says nothing.
                _ => return Ok(string(self.text)),
            },
        };
        let (found, kind) = by_text(&self.text, tag);
        let is_uint = matches!(kind, Some(Kind::Number(Number::Uint(_))));
        let fits = match tag {
            None => true,
            Some("float") if found == Type::Int => !is_uint,
            Some(tag) => found.tag().strip_prefix("!!") == Some(tag),
        };
        match (fits, tag) {
            (false, Some(tag)) => Err(Unfit {
                message: format!("cannot decode {} `{}` as a !!{tag}", found.tag(), self.text),
                redacted: format!("cannot decode {} as a !!{tag}", found.tag()),
            }),
            _ => Ok(kind.unwrap_or_else(|| string(self.text))),
        }
    }
}

fn string<'t>(text: impl Into<Cow<'t, str>>) -> Kind {
    Kind::String(match text.into() {
        Cow::Borrowed(text) => text.into(),
        Cow::Owned(text) => text.into(),
    })
}

/// Resolves a plain scalar by its text, without a kind if the text is the value.
fn by_text(text: &str, tag: Option<&str>) -> (Type, Option<Kind>) {
    let float = |value| (Type::Float, Some(Kind::Number(Number::Float(value))));
    match text {
        "y" | "Y" | "yes" | "Yes" | "YES" | "true" | "True" | "TRUE" | "on" | "On" | "ON" => {
            return (Type::Bool, Some(Kind::Bool(true)));
        }
        "n" | "N" | "no" | "No" | "NO" | "false" | "False" | "FALSE" | "off" | "Off" | "OFF" => {
            return (Type::Bool, Some(Kind::Bool(false)));
        }
        "" | "~" | "null" | "Null" | "NULL" => return (Type::Null, Some(Kind::Null)),
        ".nan" | ".NaN" | ".NAN" => return float(f64::NAN),
        ".inf" | ".Inf" | ".INF" | "+.inf" | "+.Inf" | "+.INF" => return float(f64::INFINITY),
        "-.inf" | "-.Inf" | "-.INF" => return float(f64::NEG_INFINITY),
        "<<" => return (Type::Merge, None),
        _ => {}
    }
    let number = |value| (Type::Float, Some(Kind::Number(normalize(value))));
    match text.as_bytes().first() {
        Some(b'.') => {
            if let Some(value) = parse_float(text) {
                return number(value);
            }
        }
        Some(b'0'..=b'9' | b'+' | b'-') => {
            if matches!(tag, None | Some("timestamp")) && is_timestamp(text) {
                return (Type::Timestamp, None);
            }
            let stripped;
            let digits = if text.contains('_') {
                stripped = text.replace('_', "");
                &stripped
            } else {
                text
            };
            if let Some(int) = parse_integer(digits) {
                return (Type::Int, Some(Kind::Number(int)));
            }
            if looks_like_float(digits)
                && let Some(value) = parse_float(digits)
            {
                return number(value);
            }
        }
        _ => {}
    }
    (Type::Str, None)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(text: &str) -> Kind {
        Scalar {
            text: text.into(),
            tag: None,
            implicit: true,
        }
        .resolve()
        .unwrap()
    }

    #[test]
    fn words_and_digits_of_yaml_1_1() {
        let int = |n| Kind::Number(Number::Int(n));
        for (text, kind) in [
            ("yes", Kind::Bool(true)),
            ("yEs", string("yEs")),
            ("off", Kind::Bool(false)),
            ("t", string("t")),
            ("", Kind::Null),
            ("0644", int(420)),
            ("08", int(8)),
            ("0888", int(888)),
            ("1_000", int(1000)),
            ("_1", string("_1")),
            ("1:30", string("1:30")),
            ("1e3", int(1000)),
            ("1.0", int(1)),
            ("1e400", string("1e400")),
            ("2001-01-01", string("2001-01-01")),
            ("12e6", int(12_000_000)),
            ("5E", string("5E")),
        ] {
            assert_eq!(plain(text), kind, "{text:?}");
        }
    }

    #[test]
    fn a_tag_demands_its_type() {
        let tagged = |tag: &str, text: &str| {
            Scalar {
                text: text.into(),
                tag: Some(&format!("{STANDARD}{tag}")),
                implicit: false,
            }
            .resolve()
        };
        assert_eq!(tagged("int", "5"), Ok(Kind::Number(Number::Int(5))));
        assert_eq!(tagged("float", "5"), Ok(Kind::Number(Number::Int(5))));
        assert_eq!(tagged("binary", "YQ=="), Ok(string("a")));
        assert_eq!(tagged("float", "1.5"), Ok(Kind::Number(Number::Float(1.5))));
        for (tag, text) in [
            ("float", "five"),
            ("float", "yes"),
            ("float", "~"),
            ("float", "18446744073709551615"),
            ("int", "1.5"),
            ("int", "yes"),
            ("bool", "1"),
            ("null", "0"),
        ] {
            assert!(tagged(tag, text).is_err(), "!!{tag} {text}");
        }
        assert!(tagged("int", "five").is_err());
        assert!(tagged("timestamp", "noon").is_err());
        assert!(tagged("binary", "?").is_err());
        assert_eq!(tagged("mine", "5"), Ok(string("5")));
    }
}

//! `-l` and `--field-selector`, looked at before the cluster is: it refuses them with the
//! same words, once it can be reached.
//!
//! Mirrors `fields.ParseSelector` (k8s.io/apimachinery/pkg/fields); labels are
//! [`Selector`]'s.

use crate::error::Failure;
use crate::label_selector::Selector;

const LABELS: &str =
    "write key=value, key!=value, key in (a,b), key notin (a,b), key or !key; commas mean and";
const FIELDS: &str =
    "write path=value or path!=value, such as status.phase=Running; commas mean and";

/// Checks the value of `-l`.
///
/// # Errors
/// Wrong usage: what `labels.Parse` refuses.
pub(crate) fn check_label_selector(text: &str) -> Result<(), Failure> {
    let wrong = |why: String| {
        Failure::usage(format!("`{text}` is not a label selector: {why}")).help(LABELS)
    };
    Selector::read(text)
        .map(drop)
        .map_err(|found| wrong(found.why))
}

/// Checks the value of `--field-selector`.
///
/// # Errors
/// Wrong usage: what `fields.ParseSelector` refuses.
pub(crate) fn check_field_selector(text: &str) -> Result<(), Failure> {
    let wrong = |why: String| {
        Failure::usage(format!("`{text}` is not a field selector: {why}")).help(FIELDS)
    };
    for term in split_terms(text)
        .into_iter()
        .filter(|term| !term.is_empty())
    {
        let at = term
            .find('=')
            .ok_or_else(|| wrong(format!("`{term}` has no `=`")))?;
        let value = term[at + 1..].strip_prefix('=').unwrap_or(&term[at + 1..]);
        // A `=` before it is found first: `a!=b`, `a=b!=c`.
        check_value(value).map_err(|why| wrong(format!("{why} in `{term}`")))?;
    }
    Ok(())
}

/// The parts between commas that are not escaped.
fn split_terms(text: &str) -> Vec<&str> {
    let (mut terms, mut start, mut is_escaped) = (Vec::new(), 0, false);
    for (at, c) in text.char_indices() {
        match c {
            _ if is_escaped => is_escaped = false,
            '\\' => is_escaped = true,
            ',' => {
                terms.push(&text[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    terms.push(&text[start..]);
    terms
}

fn check_value(value: &str) -> Result<(), String> {
    let mut chars = value.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' if !matches!(chars.next(), Some('\\' | ',' | '=')) => {
                return Err("a `\\` escapes only `\\`, `,` and `=`".to_owned());
            }
            '=' => return Err("a second `=` stands unescaped".to_owned()),
            _ => {}
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn field_selectors_have_a_path_and_a_value() {
        for text in ["", "a=b", "a==b,c!=d", "a=", "a=b\\,c", "a=b\\=c", ",a=b,"] {
            assert!(check_field_selector(text).is_ok(), "{text}");
        }
        for text in ["a", "a=b,c", "a=b=c", "a===b", "a=b\\c", "a=b\\"] {
            assert!(check_field_selector(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_label_selector_is_refused_with_its_text_and_why() {
        for (text, why) in [
            ("a,", "expected a label's key at the end"),
            ("a in b", "expected a list such as (a,b), found `b`"),
            ("a>b", "only whole numbers are compared with `>`"),
        ] {
            let failure = check_label_selector(text).unwrap_err();
            assert_eq!(
                failure.message,
                format!("`{text}` is not a label selector: {why}")
            );
            assert_eq!(failure.help.as_deref(), Some(LABELS));
        }
        assert!(check_label_selector("a in (b),!c,d>5").is_ok());
    }
}

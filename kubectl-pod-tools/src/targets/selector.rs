//! Parsers of `-l` and `--field-selector`.

use pod_model::selector::{FieldSelector, LabelSelector, SelectorError};

use crate::error::Failure;

const LABELS: &str =
    "use key=value, key!=value, key in (a,b), key notin (a,b), key or !key; a comma means and";
const FIELDS: &str =
    "use path=value or path!=value, such as status.phase=Running; a comma means and";

/// Parses the value of `-l`.
///
/// # Errors
/// Usage error for a selector that `labels.Parse` refuses.
pub(crate) fn parse_label_selector(text: &str) -> Result<LabelSelector, Failure> {
    LabelSelector::parse(text).map_err(|error| invalid(text, "label selector", &error, LABELS))
}

/// Parses the value of `--field-selector`.
///
/// # Errors
/// Usage error for a selector that `fields.ParseSelector` refuses.
pub(crate) fn parse_field_selector(text: &str) -> Result<FieldSelector, Failure> {
    FieldSelector::parse(text).map_err(|error| invalid(text, "field selector", &error, FIELDS))
}

fn invalid(text: &str, what: &str, error: &SelectorError, help: &str) -> Failure {
    Failure::usage(format!("invalid {what} `{text}`: {}", error.message)).help(help)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_invalid_selector_is_refused_with_its_text_and_the_reason() {
        for (text, why) in [
            ("a,", "expected a label's key at the end"),
            ("a in b", "expected a list such as (a,b), found `b`"),
            ("a>b", "only integers can be compared with `>`"),
        ] {
            let failure = parse_label_selector(text).unwrap_err();
            let message = format!("invalid label selector `{text}`: {why}");
            assert_eq!(failure.message, message);
            assert_eq!(failure.help.as_deref(), Some(LABELS));
        }
        assert!(parse_label_selector("a in (b),!c,d>5").is_ok());
        let failure = parse_field_selector("a=b,c").unwrap_err();
        let message = "invalid field selector `a=b,c`: expected `=` or `!=` in `c`";
        assert_eq!(failure.message, message);
        assert_eq!(failure.help.as_deref(), Some(FIELDS));
    }
}

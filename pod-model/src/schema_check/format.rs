//! Strings and numbers with a form of their own.

use crate::quantity::Quantity;

/// Returns whether `resource.ParseQuantity` takes the text of a JSON string or number.
///
/// Source: `Quantity.UnmarshalJSON` of k8s.io/apimachinery/pkg/api/resource.
/// As there, an amount without digits (`m`) is zero.
pub(super) fn is_quantity(text: &str) -> bool {
    // The string is trimmed as it stands in the JSON text, where a tab or a
    // line break is an escape and stays.
    let text = text.trim_matches([' ', '\u{85}', '\u{a0}']);
    text.parse::<Quantity>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::is_quantity;

    #[test]
    fn a_quantity_is_what_go_parses() {
        for text in [
            "0", "1", "100m", "1.5Gi", ".5", "1.", "-1", "+1k", "1e3", "1E3", "1e+21", "12E-3",
            "1E", " 1 ", "m", "5Ei", "-",
        ] {
            assert!(is_quantity(text), "{text:?}");
        }
        for text in [
            "",
            " ",
            "1 Gi",
            "1gi",
            "1GB",
            "1Kib",
            "1e",
            "1E+",
            "1e3m",
            "0x10",
            "true",
            "1,5",
            "{}",
            "1\t",
            "1Ki5",
            "--1",
            "1.2.3",
            "½",
            "1e99999999999999999999",
        ] {
            assert!(!is_quantity(text), "{text:?}");
        }
    }
}

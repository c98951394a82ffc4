//! Text in XML and HTML.

use crate::ui::{defuse, escape};

/// Escapes a text for a person, for a CI runner that reads the output, and as XML or HTML.
pub(super) fn markup(text: &str) -> String {
    let text = escape(text);
    let text = defuse(&text);
    let mut out = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            // XML has no characters for these.
            '\u{fffe}' | '\u{ffff}' => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out
}

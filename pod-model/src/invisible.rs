//! Characters that look like a space or like nothing, and are none to YAML: a person
//! who has pasted one sees no difference.

/// Returns true for control characters and for those that end a line or change the direction of
/// text (Unicode's bidirectional controls).
pub fn is_unsafe(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{2028}' | '\u{2029}')
}

/// Returns what the character is called, or `None` for one that is seen, and for the
/// spaces and line breaks that YAML knows.
pub(crate) fn name(c: char) -> Option<&'static str> {
    Some(match c {
        '\u{a0}' => "a no-break space",
        '\u{ad}' => "a soft hyphen",
        '\u{1680}' | '\u{2000}'..='\u{200a}' | '\u{205f}' => "a space of another width",
        '\u{180e}' | '\u{200b}' => "a zero-width space",
        '\u{200c}' => "a zero-width non-joiner",
        '\u{200d}' => "a zero-width joiner",
        '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {
            "a mark for the direction of text"
        }
        '\u{202f}' => "a narrow no-break space",
        '\u{2060}' => "a word joiner",
        '\u{2800}' => "a blank braille pattern",
        '\u{3000}' => "an ideographic space",
        '\u{3164}' => "a Hangul filler",
        '\u{feff}' => "a byte order mark",
        _ => return None,
    })
}

/// Returns the first such character of a text.
pub(crate) fn first_in(text: &str) -> Option<char> {
    text.chars().find(|c| name(*c).is_some())
}

/// Returns the first such character in the indentation of a line, and its byte.
pub(crate) fn in_indentation(line: &str) -> Option<(usize, char)> {
    let mut indentation = line
        .char_indices()
        .take_while(|(_, c)| c.is_whitespace() || name(*c).is_some());
    indentation.find(|(_, c)| name(*c).is_some())
}

/// Says what the character is and what to do, such as "a no-break space (U+00A0) …".
pub(crate) fn help(c: char, place: &str) -> String {
    let what = name(c).unwrap_or("an invisible character");
    format!(
        "{what} (U+{:04X}) stands {place}: YAML takes only ordinary spaces there",
        u32::from(c)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_indentation_ends_where_something_is_seen() {
        assert_eq!(in_indentation("  \u{a0} a"), Some((2, '\u{a0}')));
        assert_eq!(in_indentation("\u{200b}a"), Some((0, '\u{200b}')));
        assert_eq!(in_indentation("  a\u{a0}"), None);
        assert_eq!(in_indentation("\t a"), None);
    }

    #[test]
    fn the_code_point_is_told() {
        assert_eq!(
            help('\u{3000}', "here"),
            "an ideographic space (U+3000) stands here: YAML takes only ordinary spaces there"
        );
    }
}

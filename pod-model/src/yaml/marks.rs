//! Byte order marks inside a document: to go-yaml characters like any other, to our scanner
//! nothing at all where they begin a line.

use std::borrow::Cow;

/// The mark.
pub(super) const BYTE_ORDER_MARK: char = '\u{feff}';
/// Characters of the same length in UTF-8, which nobody has assigned.
const PRIVATE_USE: std::ops::RangeInclusive<char> = '\u{e000}'..='\u{f8ff}';

/// A substitute for the marks of a text while the scanner runs.
pub(super) struct Marks(Option<char>);

impl Marks {
    /// Chooses a character that the text does not have.
    pub(super) fn of(text: &str) -> Self {
        if !text.contains(BYTE_ORDER_MARK) {
            return Self(None);
        }
        Self(PRIVATE_USE.into_iter().find(|c| !text.contains(*c)))
    }

    /// The text for the scanner, with all places as they were.
    pub(super) fn apply<'a>(&self, text: Cow<'a, str>) -> Cow<'a, str> {
        match self.0 {
            Some(stand_in) => {
                Cow::Owned(text.replace(BYTE_ORDER_MARK, stand_in.encode_utf8(&mut [0; 4])))
            }
            None => text,
        }
    }

    /// A scanned scalar's value with the marks back in place.
    pub(super) fn restore(&self, value: String) -> String {
        match self.0 {
            Some(stand_in) if value.contains(stand_in) => {
                value.replace(stand_in, BYTE_ORDER_MARK.encode_utf8(&mut [0; 4]))
            }
            _ => value,
        }
    }
}

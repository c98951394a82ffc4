//! A flag's value, split into parts that keep their position, so that an error is underlined
//! where it is.

use std::ops::Range;
use std::sync::Arc;

use pod_model::{Source, Span};

/// A part of a flag's value.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Fragment<'a> {
    whole: &'a str,
    start: usize,
    end: usize,
}

/// An error in a flag's value, with its position and a help.
#[derive(Clone, Debug)]
pub(crate) struct ValueError {
    /// Byte range in the value.
    pub range: Range<usize>,
    /// A lower-case phrase.
    pub message: String,
    /// A correct form, or `None` for the flag's own example.
    pub help: Option<String>,
    /// Position in the file that the value names, if the error is there.
    pub in_file: Option<(Arc<Source>, Span)>,
}

impl ValueError {
    /// Sets the help.
    #[must_use]
    pub(crate) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

impl<'a> Fragment<'a> {
    /// Returns the whole value of a flag.
    pub(crate) fn whole(text: &'a str) -> Self {
        Self {
            whole: text,
            start: 0,
            end: text.len(),
        }
    }

    /// Returns the text.
    pub(crate) fn text(self) -> &'a str {
        &self.whole[self.start..self.end]
    }

    /// Returns the text as an owned string.
    pub(crate) fn owned(self) -> String {
        self.text().to_owned()
    }

    /// Returns whether the text is empty.
    pub(crate) fn is_empty(self) -> bool {
        self.start == self.end
    }

    /// Returns the byte range in the flag's value.
    pub(crate) fn range(self) -> Range<usize> {
        self.start..self.end
    }

    /// Creates an error at this part.
    pub(crate) fn error(self, message: impl Into<String>) -> ValueError {
        ValueError {
            range: self.range(),
            message: message.into(),
            help: None,
            in_file: None,
        }
    }

    /// Creates the error that this part is not `what`, such as `an integer`.
    pub(crate) fn expected(self, what: &str) -> ValueError {
        self.error(match self.text().trim() {
            "" => format!("expected {what}, found nothing"),
            text => format!("expected {what}, found `{text}`"),
        })
    }

    /// Returns a part by byte offsets, which must lie between two characters.
    pub(super) fn cut(self, from: usize, to: usize) -> Self {
        Self {
            start: self.start + from,
            end: self.start + to,
            ..self
        }
    }

    /// Returns the part from its start to the end of `last`.
    pub(super) fn up_to(self, last: Self) -> Self {
        Self {
            end: last.end,
            ..self
        }
    }

    /// Splits at the first separator.
    pub(crate) fn split_once(self, separator: &str) -> Option<(Self, Self)> {
        let at = self.text().find(separator)?;
        let behind = at + separator.len();
        Some((self.cut(0, at), self.cut(behind, self.text().len())))
    }

    /// Splits at the last separator.
    pub(crate) fn rsplit_once(self, separator: &str) -> Option<(Self, Self)> {
        let at = self.text().rfind(separator)?;
        let behind = at + separator.len();
        Some((self.cut(0, at), self.cut(behind, self.text().len())))
    }

    /// Returns the parts between the separators, at least one.
    pub(crate) fn split(self, separator: &str) -> Vec<Self> {
        let mut pieces = Vec::new();
        let mut rest = self;
        while let Some((piece, behind)) = rest.split_once(separator) {
            pieces.push(piece);
            rest = behind;
        }
        pieces.push(rest);
        pieces
    }

    /// Returns the rest after a prefix.
    pub(crate) fn strip_prefix(self, prefix: &str) -> Option<Self> {
        self.text()
            .starts_with(prefix)
            .then(|| self.cut(prefix.len(), self.text().len()))
    }

    /// Returns the rest before a suffix.
    pub(crate) fn strip_suffix(self, suffix: &str) -> Option<Self> {
        let text = self.text();
        text.ends_with(suffix)
            .then(|| self.cut(0, text.len() - suffix.len()))
    }

    /// Returns the part without white space at its ends.
    pub(crate) fn trim(self) -> Self {
        let text = self.text();
        let start = text.len() - text.trim_start().len();
        self.cut(start, start + text.trim().len())
    }

    /// Returns the empty part right after it, for an error about something missing.
    pub(crate) fn behind(self) -> Self {
        self.cut(self.end - self.start, self.end - self.start)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn part_keeps_its_range() {
        let whole = Fragment::whole("cpu=1x, memory=é");
        let pieces = whole.split(",");
        let (key, value) = pieces[1].trim().split_once("=").unwrap();
        assert_eq!((key.text(), key.range()), ("memory", 8..14));
        assert_eq!((value.text(), value.range()), ("é", 15..17));
        assert_eq!(value.error("odd").range, 15..17);
        assert_eq!(whole.behind().range(), 17..17);
        assert_eq!(Fragment::whole("").split(",").len(), 1);
        assert_eq!(
            Fragment::whole("a:b:c").rsplit_once(":").unwrap().0.text(),
            "a:b"
        );
    }
}

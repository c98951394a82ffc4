//! What stands after a flag, taken apart without forgetting where each piece
//! stood, so that what is wrong can be underlined.

use std::ops::Range;
use std::sync::Arc;

use pod_model::{Source, Span};

/// A piece of a flag's value.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Fragment<'a> {
    whole: &'a str,
    start: usize,
    end: usize,
}

/// What is wrong with a flag's value, where, and the way out.
#[derive(Clone, Debug)]
pub(crate) struct ValueError {
    /// The bytes of the value that it is about.
    pub range: Range<usize>,
    /// A lower-case phrase.
    pub message: String,
    /// What to write instead; the flag's own example stands in for none.
    pub help: Option<String>,
    /// The place in a file that the value names, where it is about that.
    pub in_file: Option<(Arc<Source>, Span)>,
}

impl ValueError {
    /// Says what to write instead.
    #[must_use]
    pub(crate) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

impl<'a> Fragment<'a> {
    /// The whole value of a flag.
    pub(crate) fn whole(text: &'a str) -> Self {
        Self {
            whole: text,
            start: 0,
            end: text.len(),
        }
    }

    /// The piece itself.
    pub(crate) fn text(self) -> &'a str {
        &self.whole[self.start..self.end]
    }

    /// The same as an owned string, which the API's types want.
    pub(crate) fn owned(self) -> String {
        self.text().to_owned()
    }

    /// Whether there is nothing.
    pub(crate) fn is_empty(self) -> bool {
        self.start == self.end
    }

    /// Where it stands in the flag's value.
    pub(crate) fn range(self) -> Range<usize> {
        self.start..self.end
    }

    /// This is wrong.
    pub(crate) fn error(self, message: impl Into<String>) -> ValueError {
        ValueError {
            range: self.range(),
            message: message.into(),
            help: None,
            in_file: None,
        }
    }

    /// Some of its bytes; both ends lie between two characters.
    pub(super) fn cut(self, from: usize, to: usize) -> Self {
        Self {
            start: self.start + from,
            end: self.start + to,
            ..self
        }
    }

    /// From its beginning to another's end.
    pub(super) fn up_to(self, last: Self) -> Self {
        Self {
            end: last.end,
            ..self
        }
    }

    /// What stands before and behind the first separator.
    pub(crate) fn split_once(self, separator: &str) -> Option<(Self, Self)> {
        let at = self.text().find(separator)?;
        let behind = at + separator.len();
        Some((self.cut(0, at), self.cut(behind, self.text().len())))
    }

    /// What stands before and behind the last separator.
    pub(crate) fn rsplit_once(self, separator: &str) -> Option<(Self, Self)> {
        let at = self.text().rfind(separator)?;
        let behind = at + separator.len();
        Some((self.cut(0, at), self.cut(behind, self.text().len())))
    }

    /// The pieces between the separators: one at least.
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

    /// What stands behind a beginning.
    pub(crate) fn strip_prefix(self, prefix: &str) -> Option<Self> {
        self.text()
            .starts_with(prefix)
            .then(|| self.cut(prefix.len(), self.text().len()))
    }

    /// What stands before an end.
    pub(crate) fn strip_suffix(self, suffix: &str) -> Option<Self> {
        let text = self.text();
        text.ends_with(suffix)
            .then(|| self.cut(0, text.len() - suffix.len()))
    }

    /// Without blanks at its ends.
    pub(crate) fn trim(self) -> Self {
        let text = self.text();
        let start = text.len() - text.trim_start().len();
        self.cut(start, start + text.trim().len())
    }

    /// The place right behind it, where something is missing.
    pub(crate) fn behind(self) -> Self {
        self.cut(self.end - self.start, self.end - self.start)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_piece_knows_where_it_stood() {
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

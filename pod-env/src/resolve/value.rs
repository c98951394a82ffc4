//! A value on its way through references.

use crate::report::MASK;

/// Bytes that the references of a container may add to its values. `$(A)$(A)` doubles with each
/// variable, so that a short manifest may mean more bytes than any machine has. It is four times
/// what Linux gives all variables together: a container with more cannot start.
pub(super) const MAX_EXPANDED: usize = 8 * 1024 * 1024;

/// A value as the container sees it and as a report may show it.
#[derive(Clone, Debug, Default)]
pub(super) struct Value {
    /// The bytes that the container sees. Go's strings are bytes, and so are the values of
    /// Secrets.
    bytes: Vec<u8>,
    /// The text that a report shows instead, once a Secret is in it.
    masked: Option<String>,
    /// The reason why it is unknown, as a phrase.
    unknown: Option<String>,
    /// Number of bytes that are not kept, because references added more than [`MAX_EXPANDED`].
    dropped: usize,
}

impl Value {
    /// Creates a public value.
    pub(super) fn open(bytes: impl Into<Vec<u8>>) -> Self {
        Self {
            bytes: bytes.into(),
            ..Self::default()
        }
    }

    /// Creates the value of a Secret.
    pub(super) fn secret(bytes: &[u8], show: bool) -> Self {
        Self {
            bytes: bytes.to_vec(),
            masked: (!show).then(|| MASK.to_owned()),
            ..Self::default()
        }
    }

    /// Creates an unknown value.
    pub(super) fn unknown(why: impl Into<String>) -> Self {
        Self {
            unknown: Some(why.into()),
            ..Self::default()
        }
    }

    /// Appends public text.
    pub(super) fn push_str(&mut self, text: &str) {
        self.bytes.extend_from_slice(text.as_bytes());
        if let Some(masked) = &mut self.masked {
            masked.push_str(text);
        }
    }

    /// Appends the value of a variable; a Secret in it makes this one secret,
    /// an unknown one makes it unknown. `left` is the rest of [`MAX_EXPANDED`].
    pub(super) fn push(&mut self, name: &str, other: &Value, left: &mut usize) {
        let rest = left.checked_sub(other.bytes.len());
        let Some(rest) = rest.filter(|_| other.dropped == 0) else {
            let more = other.bytes.len().saturating_add(other.dropped);
            self.dropped = self.dropped.saturating_add(more);
            let most = MAX_EXPANDED >> 20;
            self.forget(format!("references add more than {most} MiB"));
            return;
        };
        *left = rest;
        if let Some(theirs) = &other.masked {
            let mine = self.masked.take().unwrap_or_else(|| lossy(&self.bytes));
            self.masked = Some(mine + theirs);
        } else if let Some(masked) = &mut self.masked {
            masked.push_str(&lossy(&other.bytes));
        }
        self.bytes.extend_from_slice(&other.bytes);
        if other.unknown.is_some() && self.unknown.is_none() {
            self.unknown = Some(format!("depends on `{name}`"));
        }
    }

    /// Makes the value unknown, unless it is already.
    pub(super) fn forget(&mut self, why: impl Into<String>) {
        self.unknown.get_or_insert_with(|| why.into());
    }

    /// Returns the reason why it is unknown.
    pub(super) fn why_unknown(&self) -> Option<&str> {
        self.unknown.as_deref()
    }

    /// Returns the bytes, or `None` if they are unknown.
    pub(super) fn bytes(&self) -> Option<&[u8]> {
        self.unknown.is_none().then_some(&self.bytes)
    }

    /// Returns the number of its bytes, or `None` if they are unknown. Of a value that is too long
    /// to be kept it is the least number.
    pub(super) fn length(&self) -> Option<usize> {
        let is_known = self.unknown.is_none() || self.dropped > 0;
        is_known.then(|| self.bytes.len().saturating_add(self.dropped))
    }

    /// Returns whether it is too long to be kept.
    pub(super) fn is_too_long(&self) -> bool {
        self.dropped > 0
    }

    /// Converts the value to its bytes, or `None` if they are unknown.
    pub(super) fn into_bytes(self) -> Option<Vec<u8>> {
        self.unknown.is_none().then_some(self.bytes)
    }

    /// Returns whether a report shows it with a mask.
    pub(super) fn is_masked(&self) -> bool {
        self.masked.is_some()
    }

    /// Returns whether it is UTF-8.
    pub(super) fn is_utf8(&self) -> bool {
        std::str::from_utf8(&self.bytes).is_ok()
    }

    /// Returns the text that a report shows, or `None` if it is not known.
    pub(super) fn shown(&self) -> Option<String> {
        if self.unknown.is_some() {
            return None;
        }
        Some(self.masked.clone().unwrap_or_else(|| lossy(&self.bytes)))
    }
}

fn lossy(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

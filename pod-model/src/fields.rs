//! Tables of the fields that are read of an object.

/// The fields that are read of an object, each with those that are read of its own value; the
/// others are passed over. Elements of lists have the fields of their list.
#[derive(Clone, Copy, Debug)]
pub struct Fields(&'static [(&'static str, Fields)]);

impl Fields {
    /// Every field.
    pub const ALL: Self = Self(&[]);

    /// Makes a table of fields, of which there is at least one.
    pub const fn of(fields: &'static [(&'static str, Self)]) -> Self {
        Self(fields)
    }

    /// Returns the fields of the value of a field, or `None` if it is not read.
    pub(crate) fn get(self, name: &str) -> Option<Self> {
        if self.0.is_empty() {
            return Some(Self::ALL);
        }
        let (_, own) = self.0.iter().find(|(known, _)| *known == name)?;
        Some(*own)
    }
}

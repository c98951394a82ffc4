//! One row of the table.

use crate::finding::Severity;

/// A rule that findings are made by.
#[derive(Debug)]
pub struct Rule {
    /// Stable name in kebab case, such as `unknown-field`.
    pub id: &'static str,
    /// Usual severity of its findings; a finding may be weighed differently
    /// where it is made.
    pub severity: Severity,
    /// One line, without a full stop.
    pub title: &'static str,
}

/// Rules are the same if their ids are: each is used once.
impl PartialEq for Rule {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
    }
}

impl Eq for Rule {}

/// Declares the rows of a topic, and `ROWS`, the list of them.
macro_rules! rules {
    ($($name:ident: $severity:ident, $id:literal, $title:literal;)*) => {
        $(
            #[doc = concat!("`", $id, "`: ", $title, ".")]
            pub static $name: $crate::rules::Rule = $crate::rules::Rule {
                id: $id,
                severity: $crate::finding::Severity::$severity,
                title: $title,
            };
        )*
        /// All rows of the topic.
        pub(super) static ROWS: &[&$crate::rules::Rule] = &[$(&$name),*];
    };
}

//! The answer to a question about one target.

use serde::Serialize;

use crate::finding::Finding;
use crate::severity::Severity;

/// The answer in one word, as reports and exit codes give it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// Nothing is wrong.
    Ok,
    /// Something is wrong.
    No,
    /// Nothing is known to be wrong, but not everything could be read.
    Unknown,
}

impl Verdict {
    /// Returns the verdict of findings: an error is a no, and without one the
    /// answer is known only if everything was read.
    pub fn of(findings: &[Finding], all_read: bool) -> Self {
        if findings.iter().any(|f| f.severity == Severity::Error) {
            Self::No
        } else if all_read {
            Self::Ok
        } else {
            Self::Unknown
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::path::FieldPath;
    use crate::rules;

    #[test]
    fn an_error_outweighs_what_was_not_read() {
        let of = |rule| Finding::new(rule, FieldPath::root(), "m");
        let warning = || of(&rules::NOT_LOOKED_UP);
        for (findings, all_read, expected) in [
            (vec![], true, Verdict::Ok),
            (vec![], false, Verdict::Unknown),
            (vec![warning()], true, Verdict::Ok),
            (vec![warning()], false, Verdict::Unknown),
            (vec![warning(), of(&rules::DRIFT)], false, Verdict::No),
        ] {
            assert_eq!(Verdict::of(&findings, all_read), expected, "{findings:?}");
        }
    }
}

//! One row of the table.

use std::fmt;

use crate::severity::Severity;
use crate::version::KubernetesVersion;

/// A rule that findings are made by.
pub struct Rule {
    /// Stable name in kebab case, such as `unknown-field`.
    pub id: &'static str,
    /// Usual severity of its findings; a finding may be weighed differently
    /// where it is made.
    pub severity: Severity,
    /// One line, without a full stop.
    pub title: &'static str,
    /// A paragraph of prose: what is checked, what follows from it, and what
    /// to do about it.
    pub explanation: &'static str,
    /// Input that breaks the rule.
    pub bad: Example,
    /// The same input, mended.
    pub good: Example,
    /// Upstream file and function that the rule mirrors, or the document that
    /// it follows.
    pub upstream: &'static str,
    /// First Kubernetes version that has the rule, or `None` if all have it.
    pub since: Option<KubernetesVersion>,
    /// Last Kubernetes version that has the rule, or `None` if the latest has it.
    pub until: Option<KubernetesVersion>,
}

/// Input of a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Example {
    /// A manifest, ended by a line feed.
    Manifest(&'static str),
    /// A command line; what it depends on is a comment behind `#`.
    Command(&'static str),
}

impl Example {
    /// Returns the text.
    pub fn text(&self) -> &'static str {
        match self {
            Self::Manifest(text) | Self::Command(text) => text,
        }
    }
}

/// The id says all.
impl fmt::Debug for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id)
    }
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
    ($(
        $name:ident: $severity:ident, $id:literal, $title:literal => {
            explanation: $explanation:expr,
            bad: $bad:expr,
            good: $good:expr,
            upstream: $upstream:literal,
            $(since: $since:ident,)?
            $(until: $until:ident,)?
        }
    )*) => {
        $(
            #[doc = concat!("`", $id, "`: ", $title, ".")]
            pub static $name: $crate::rules::Rule = $crate::rules::Rule {
                id: $id,
                severity: $crate::severity::Severity::$severity,
                title: $title,
                explanation: $explanation,
                bad: $bad,
                good: $good,
                upstream: $upstream,
                since: version!($($since)?),
                until: version!($($until)?),
            };
        )*
        /// All rows of the topic.
        pub(super) static ROWS: &[&$crate::rules::Rule] = &[$(&$name),*];
    };
}

macro_rules! version {
    () => {
        None
    };
    ($version:ident) => {
        Some($crate::version::KubernetesVersion::$version)
    };
}

/// A Pod with a name, whose spec is the rest of the text.
macro_rules! pod {
    ($spec:literal) => {
        $crate::rules::Example::Manifest(concat!(
            "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec:\n",
            $spec,
            "\n"
        ))
    };
}

/// The same with more documents behind it.
macro_rules! pod_and {
    ($spec:literal, $more:literal) => {
        $crate::rules::Example::Manifest(concat!(
            "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec:\n",
            $spec,
            "\n---\n",
            $more,
            "\n"
        ))
    };
}

/// A manifest of any kind.
macro_rules! yaml {
    ($text:literal) => {
        $crate::rules::Example::Manifest(concat!($text, "\n"))
    };
}

/// A command line.
macro_rules! run {
    ($text:literal) => {
        $crate::rules::Example::Command($text)
    };
}

//! Versions of the standards.

use std::fmt;
use std::str::FromStr;

use serde::{Serialize, Serializer};

use crate::version::KubernetesVersion;

/// A version of the standards: a minor version of Kubernetes 1, or the latest that
/// a server knows.
///
/// Order is that of upstream's `Older`: the latest is newer than any number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PolicyVersion(Number);

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Number {
    Minor(u64),
    Latest,
}

impl PolicyVersion {
    /// The latest version that a server knows.
    pub const LATEST: Self = Self(Number::Latest);

    /// Returns the version of a minor version of Kubernetes 1.
    pub const fn minor(minor: u64) -> Self {
        Self(Number::Minor(minor))
    }

    /// Returns the minor version, or `None` for the latest.
    pub const fn number(self) -> Option<u64> {
        match self.0 {
            Number::Minor(minor) => Some(minor),
            Number::Latest => None,
        }
    }

    /// Reads a label's value: `latest`, or `v1.` and a number without leading zeros.
    ///
    /// Upstream: k8s.io/pod-security-admission/api, `ParseVersion`.
    pub fn of_label(text: &str) -> Option<Self> {
        if text == "latest" {
            return Some(Self::LATEST);
        }
        let digits = text.strip_prefix("v1.")?;
        let is_number = !digits.is_empty() && digits.bytes().all(|c| c.is_ascii_digit());
        if !is_number || (digits.starts_with('0') && digits.len() > 1) {
            return None;
        }
        // Go's int has 63 bits for it.
        let minor: i64 = digits.parse().ok()?;
        u64::try_from(minor).ok().map(Self::minor)
    }

    /// Returns the minor version whose checks a server asks: a newer one is its latest.
    pub(super) fn at(self, server: KubernetesVersion) -> u8 {
        let own = server.minor();
        let minor = self.number().and_then(|minor| u8::try_from(minor).ok());
        minor.map_or(own, |minor| minor.min(own))
    }
}

impl From<KubernetesVersion> for PolicyVersion {
    fn from(version: KubernetesVersion) -> Self {
        Self::minor(version.minor().into())
    }
}

impl fmt::Display for PolicyVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Number::Minor(minor) => write!(f, "v1.{minor}"),
            Number::Latest => f.write_str("latest"),
        }
    }
}

impl Serialize for PolicyVersion {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// A text that names no version of the standards.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownPolicyVersion(pub String);

impl fmt::Display for UnknownPolicyVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "unknown version `{}` of the Pod Security Standards; expected `latest` or 1.0 to {}",
            self.0,
            KubernetesVersion::LATEST
        )
    }
}

impl std::error::Error for UnknownPolicyVersion {}

impl FromStr for PolicyVersion {
    type Err = UnknownPolicyVersion;

    /// Reads `latest`, `1.28` or `v1.28`, up to the newest known version.
    fn from_str(text: &str) -> Result<Self, UnknownPolicyVersion> {
        let label = match text.strip_prefix("1.") {
            Some(minor) => Self::of_label(&format!("v1.{minor}")),
            None => Self::of_label(text),
        };
        let newest = u64::from(KubernetesVersion::LATEST.minor());
        label
            .filter(|version| version.number().is_none_or(|minor| minor <= newest))
            .ok_or_else(|| UnknownPolicyVersion(text.to_owned()))
    }
}

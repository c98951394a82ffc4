//! Versions of Kubernetes.

use std::fmt;
use std::str::FromStr;

/// A minor version of Kubernetes whose rules are known: 1.31 to 1.37.
///
/// Rules that changed within this range take it as an argument. Order is the
/// order of release.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KubernetesVersion {
    minor: u8,
}

impl KubernetesVersion {
    /// Kubernetes 1.31.
    pub const V1_31: Self = Self { minor: 31 };
    /// Kubernetes 1.32.
    pub const V1_32: Self = Self { minor: 32 };
    /// Kubernetes 1.33.
    pub const V1_33: Self = Self { minor: 33 };
    /// Kubernetes 1.34.
    pub const V1_34: Self = Self { minor: 34 };
    /// Kubernetes 1.35.
    pub const V1_35: Self = Self { minor: 35 };
    /// Kubernetes 1.36.
    pub const V1_36: Self = Self { minor: 36 };
    /// Kubernetes 1.37.
    pub const V1_37: Self = Self { minor: 37 };
    /// Every version whose rules are known, the oldest first.
    pub const ALL: [Self; 7] = [
        Self::V1_31,
        Self::V1_32,
        Self::V1_33,
        Self::V1_34,
        Self::V1_35,
        Self::V1_36,
        Self::V1_37,
    ];
    /// The version that is followed where nothing else is said.
    pub const LATEST: Self = Self::V1_37;

    /// The minor version: 35 of 1.35.
    pub const fn minor(self) -> u8 {
        self.minor
    }

    /// The known version nearest to a server's: an older server is taken as
    /// the oldest known one, a newer server as the latest.
    pub fn nearest(minor: u32) -> Self {
        let (oldest, latest) = (Self::V1_31.minor, Self::LATEST.minor);
        Self {
            minor: u8::try_from(minor).unwrap_or(latest).clamp(oldest, latest),
        }
    }
}

impl Default for KubernetesVersion {
    fn default() -> Self {
        Self::LATEST
    }
}

impl fmt::Display for KubernetesVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "1.{}", self.minor)
    }
}

/// A text that names no known version.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "unsupported Kubernetes version `{0}`; expected 1.31, 1.32, 1.33, 1.34, 1.35, 1.36 or 1.37"
)]
pub struct UnknownVersion(pub String);

impl FromStr for KubernetesVersion {
    type Err = UnknownVersion;

    /// Reads `1.35`, `v1.35` or `v1.35.4`.
    fn from_str(text: &str) -> Result<Self, UnknownVersion> {
        let unknown = || UnknownVersion(text.to_owned());
        let mut parts = text.strip_prefix('v').unwrap_or(text).split('.');
        let (major, minor) = (parts.next(), parts.next());
        if major != Some("1") {
            return Err(unknown());
        }
        let minor: u8 = minor.and_then(|m| m.parse().ok()).ok_or_else(unknown)?;
        if parts.any(str::is_empty) {
            return Err(unknown());
        }
        Self::ALL
            .into_iter()
            .find(|version| version.minor == minor)
            .ok_or_else(unknown)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_read_with_and_without_v_and_patch() {
        for text in ["1.33", "v1.33", "1.33.0", "v1.33.12"] {
            assert_eq!(text.parse(), Ok(KubernetesVersion::V1_33), "{text}");
        }
        for text in ["", "1", "1.", "1.30", "1.38", "2.33", "1.33.", "latest"] {
            assert!(text.parse::<KubernetesVersion>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_server_outside_the_range_is_taken_as_its_nearest_end() {
        assert_eq!(KubernetesVersion::nearest(20), KubernetesVersion::V1_31);
        assert_eq!(KubernetesVersion::nearest(34), KubernetesVersion::V1_34);
        assert_eq!(KubernetesVersion::nearest(4000), KubernetesVersion::V1_37);
    }
}

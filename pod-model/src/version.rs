//! Versions of Kubernetes.

use std::fmt;
use std::str::FromStr;

use serde::{Serialize, Serializer};

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

    /// The oldest version whose rules are known.
    pub const OLDEST: Self = Self::V1_31;

    /// The minor version: 35 of 1.35.
    pub const fn minor(self) -> u8 {
        self.minor
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

impl Serialize for KubernetesVersion {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// A text that names no known version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownVersion(pub String);

impl fmt::Display for UnknownVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "unsupported Kubernetes version `{}`; expected ", self.0)?;
        let all = KubernetesVersion::ALL.into_iter().enumerate();
        for (at, known) in all {
            let separator = match KubernetesVersion::ALL.len() - at {
                1 => "",
                2 => " or ",
                _ => ", ",
            };
            write!(f, "{known}{separator}")?;
        }
        Ok(())
    }
}

impl std::error::Error for UnknownVersion {}

impl FromStr for KubernetesVersion {
    type Err = UnknownVersion;

    /// Reads `1.35`, and a version of a release or a server such as `v1.35.4`,
    /// `v1.35.0-rc.1` or `v1.34.2-gke.100`.
    fn from_str(text: &str) -> Result<Self, UnknownVersion> {
        let minor = minor_of(text);
        Self::ALL
            .into_iter()
            .find(|version| Some(u32::from(version.minor)) == minor)
            .ok_or_else(|| UnknownVersion(text.to_owned()))
    }
}

/// Returns the minor of a version 1.x, whatever its suffix; a pre-release of 1.38
/// is 1.38. Some providers write the minor as `34+`.
fn minor_of(text: &str) -> Option<u32> {
    let text = text.strip_prefix('v').unwrap_or(text).strip_prefix("1.")?;
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (minor, rest) = text.split_at(digits);
    let is_complete = match rest.strip_prefix('.') {
        Some(patch) => patch.starts_with(|c: char| c.is_ascii_digit()),
        None => rest.is_empty() || rest == "+",
    };
    is_complete.then(|| minor.parse().ok()).flatten()
}

/// A server's answer to `GET /version`: the fields that name its version.
///
/// Upstream: `Info` of `k8s.io/apimachinery/pkg/version`.
#[derive(Clone, Copy, Debug, Default)]
pub struct VersionInfo<'a> {
    /// `gitVersion`: `v1.35.4`, `v1.34.2-gke.100`.
    pub git_version: &'a str,
    /// `major`.
    pub major: &'a str,
    /// `minor`: `35`, `34+`.
    pub minor: &'a str,
    /// `emulationMajor`, empty before 1.33.
    pub emulation_major: &'a str,
    /// `emulationMinor`, empty before 1.33.
    pub emulation_minor: &'a str,
}

/// The relation of a server's version to the known versions, where its own rules are
/// not known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Skew {
    /// Newer than the newest known version.
    Newer,
    /// Older than the oldest known version.
    Older,
    /// A version that cannot be read.
    Unknown,
}

/// The version whose rules apply, and the server's version where it was asked.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RulesVersion {
    /// The version whose rules apply.
    pub rules: KubernetesVersion,
    /// The server's `gitVersion`, or `None` if no server was asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub server: Option<String>,
    /// The version that the server emulates, if it is not its own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub emulates: Option<String>,
    /// The reason why the rules are not the server's own, or `None` if they are.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub skew: Option<Skew>,
}

impl RulesVersion {
    /// Returns the version whose rules apply to a server: its own; the newest known one
    /// for a newer server and for a version that cannot be read, the oldest known one
    /// for an older server.
    ///
    /// A server that emulates another version follows the rules of that one.
    pub fn of_server(info: &VersionInfo<'_>) -> Self {
        let pair = |major: &str, minor: &str| minor_of(&format!("{major}.{minor}"));
        let own = minor_of(info.git_version).or_else(|| pair(info.major, info.minor));
        let emulated = pair(info.emulation_major, info.emulation_minor);
        let minor = emulated.or(own);
        let (oldest, latest) = (KubernetesVersion::OLDEST, KubernetesVersion::LATEST);
        let known = |minor| {
            let mut all = KubernetesVersion::ALL.into_iter();
            all.find(|version| u32::from(version.minor) == minor)
        };
        let (rules, skew) = match minor {
            None => (latest, Some(Skew::Unknown)),
            Some(minor) => match known(minor) {
                Some(version) => (version, None),
                None if minor < u32::from(oldest.minor) => (oldest, Some(Skew::Older)),
                None => (latest, Some(Skew::Newer)),
            },
        };
        Self {
            rules,
            server: Some(info.git_version.to_owned()),
            emulates: emulated
                .filter(|_| emulated != own)
                .map(|minor| format!("1.{minor}")),
            skew,
        }
    }

    /// Returns whether the server may have what the newest known version does not have.
    pub fn may_be_newer(&self) -> bool {
        matches!(self.skew, Some(Skew::Newer | Skew::Unknown))
    }

    /// Returns the warning that the rules are not those of the server's version, or
    /// `None` if they are.
    pub fn warning(&self) -> Option<String> {
        let emulates = self.emulates.as_ref();
        let emulates = emulates.map_or(String::new(), |other| format!(", which emulates {other},"));
        let server = format!("{}{emulates}", self.server.as_deref().unwrap_or_default());
        let rules = self.rules;
        Some(match self.skew? {
            Skew::Newer => format!(
                "server version {server} is newer than {rules}, the newest known version; the rules of {rules} apply"
            ),
            Skew::Older => format!(
                "server version {server} is older than {rules}, the oldest known version; the rules of {rules} apply"
            ),
            Skew::Unknown => {
                format!("unrecognized server version `{server}`; the rules of {rules} apply")
            }
        })
    }
}

impl From<KubernetesVersion> for RulesVersion {
    /// Returns a version that was chosen without a server.
    fn from(rules: KubernetesVersion) -> Self {
        Self {
            rules,
            server: None,
            emulates: None,
            skew: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_read_with_and_without_v_patch_and_suffix() {
        for text in [
            "1.33",
            "v1.33",
            "1.33.0",
            "v1.33.12",
            "1.33+",
            "v1.33.1-eks-abc",
            "v1.33.2-gke.100",
            "v1.33.0+k3s1",
            "v1.33.0-rc.1",
        ] {
            assert_eq!(text.parse(), Ok(KubernetesVersion::V1_33), "{text}");
        }
        for text in [
            "",
            "1",
            "1.",
            "1.30",
            "1.38",
            "2.33",
            "1.33.",
            "1.33.x",
            "1.33x",
            "1.-33",
            "1.+33",
            "latest",
            "vv1.33",
            "1.4294967329",
        ] {
            assert!(text.parse::<KubernetesVersion>().is_err(), "{text}");
        }
        assert_eq!(
            UnknownVersion("1.38".to_owned()).to_string(),
            "unsupported Kubernetes version `1.38`; \
             expected 1.31, 1.32, 1.33, 1.34, 1.35, 1.36 or 1.37"
        );
    }

    #[test]
    fn a_server_has_its_own_rules_or_those_of_the_nearest_known_version() {
        use KubernetesVersion as V;
        for (git_version, major, minor, emulation_minor, rules, skew) in [
            ("v1.37.2", "1", "37", "37", V::V1_37, None),
            ("v1.34.2-gke.100", "1", "34+", "", V::V1_34, None),
            ("v1.35.0+k3s1", "1", "35", "35", V::V1_35, None),
            ("v1.33.1-eks-abc", "1", "33+", "33", V::V1_33, None),
            ("v1.37.0-rc.1", "1", "37", "", V::V1_37, None),
            ("v1.36.4", "", "", "", V::V1_36, None),
            // A build that was not given its version.
            ("v0.0.0-master+$Format:%H$", "1", "36", "", V::V1_36, None),
            (
                "v0.0.0-master+$Format:%H$",
                "",
                "",
                "",
                V::V1_37,
                Some(Skew::Unknown),
            ),
            ("other", "2", "1", "", V::V1_37, Some(Skew::Unknown)),
            (
                "v1.38.0-beta.0",
                "1",
                "38+",
                "",
                V::V1_37,
                Some(Skew::Newer),
            ),
            ("v1.4000.0", "1", "4000", "", V::V1_37, Some(Skew::Newer)),
            ("v1.30.9", "1", "30", "", V::V1_31, Some(Skew::Older)),
            ("v1.31.1", "1", "31", "", V::V1_31, None),
            ("v1.37.2", "1", "37", "35", V::V1_35, None),
            ("v1.38.1", "1", "38", "37", V::V1_37, None),
        ] {
            let version = RulesVersion::of_server(&VersionInfo {
                git_version,
                major,
                minor,
                emulation_major: if emulation_minor.is_empty() { "" } else { "1" },
                emulation_minor,
            });
            let expected = RulesVersion {
                rules,
                server: Some(git_version.to_owned()),
                emulates: matches!(
                    (git_version, emulation_minor),
                    ("v1.37.2", "35") | ("v1.38.1", _)
                )
                .then(|| format!("1.{emulation_minor}")),
                skew,
            };
            assert_eq!(version, expected, "{git_version} {minor} {emulation_minor}");
            assert_eq!(version.warning().is_some(), skew.is_some(), "{git_version}");
        }
    }

    #[test]
    fn warning_names_the_emulated_version() {
        let server = RulesVersion::of_server(&VersionInfo {
            git_version: "v1.38.0",
            emulation_major: "1",
            emulation_minor: "30",
            ..VersionInfo::default()
        });
        assert_eq!(
            server.warning().unwrap(),
            "server version v1.38.0, which emulates 1.30, is older than 1.31, the oldest known version; the rules of \
             1.31 apply"
        );
    }

    #[test]
    fn a_version_without_a_server_is_exact() {
        let chosen = RulesVersion::from(KubernetesVersion::V1_36);
        assert_eq!(chosen.warning(), None);
        assert_eq!(
            serde_json::json!(chosen),
            serde_json::json!({"rules": "1.36"})
        );
        let newer = RulesVersion::of_server(&VersionInfo {
            git_version: "v1.38.0",
            ..VersionInfo::default()
        });
        assert_eq!(
            serde_json::json!(newer),
            serde_json::json!({"rules": "1.37", "server": "v1.38.0", "skew": "newer"})
        );
    }
}

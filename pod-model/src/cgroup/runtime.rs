//! Names of container runtimes, for the way in which they make a weight.

use std::fmt;
use std::str::FromStr;

use super::weight::CpuWeight;

/// A low-level container runtime of some version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Runtime {
    name: Name,
    version: [u32; 3],
    is_pre_release: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Name {
    Runc,
    Crun,
}

/// A text that names no runtime.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownRuntime(pub String);

impl fmt::Display for UnknownRuntime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "unknown runtime `{}`; expected runc-VERSION or crun-VERSION, such as runc-1.2, runc-1.3.2 or crun-1.23",
            self.0
        )
    }
}

impl std::error::Error for UnknownRuntime {}

impl FromStr for Runtime {
    type Err = UnknownRuntime;

    /// Reads `runc-1.3.2`, `crun-1.23` and the like, with two or three numbers.
    fn from_str(text: &str) -> Result<Self, UnknownRuntime> {
        let unknown = || UnknownRuntime(text.to_owned());
        let (name, version) = text.split_once('-').ok_or_else(unknown)?;
        let name = match name {
            "runc" => Name::Runc,
            "crun" => Name::Crun,
            _ => return Err(unknown()),
        };
        let (version, suffix) = match version.split_once('-') {
            Some((version, suffix)) => (version, Some(suffix)),
            None => (version, None),
        };
        let numbers: Option<Vec<u32>> = version
            .split('.')
            .map(|number| number.parse().ok())
            .collect();
        let version = match numbers.as_deref() {
            Some([major, minor]) => [*major, *minor, 0],
            Some([major, minor, patch]) => [*major, *minor, *patch],
            _ => return Err(unknown()),
        };
        Ok(Self {
            name,
            version,
            is_pre_release: suffix.is_some_and(|suffix| suffix.starts_with("rc")),
        })
    }
}

impl fmt::Display for Runtime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = match self.name {
            Name::Runc => "runc",
            Name::Crun => "crun",
        };
        let [major, minor, patch] = self.version;
        write!(f, "{name} {major}.{minor}")?;
        if patch > 0 {
            write!(f, ".{patch}")?;
        }
        Ok(())
    }
}

impl Runtime {
    /// Returns the way in which it makes a weight of CPU shares.
    ///
    /// Upstream: runc's `go.mod`, of which 1.3.2 is the first with v0.0.4 of
    /// `github.com/opencontainers/cgroups`; `convert_shares_to_weight` of crun.
    pub fn cpu_weight(&self) -> CpuWeight {
        let first = match self.name {
            Name::Runc => [1, 3, 2],
            Name::Crun => [1, 23, 0],
        };
        // Release candidates of 1.3.2 do not exist, those of 1.4.0 have the new way.
        if self.version >= first && !(self.is_pre_release && self.version == first) {
            CpuWeight::Quadratic
        } else {
            CpuWeight::Linear
        }
    }
}

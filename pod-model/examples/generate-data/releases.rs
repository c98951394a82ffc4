//! The releases of Kubernetes whose modules are read.

#![allow(
    clippy::disallowed_methods,
    reason = "a program around the library may do what the library may not"
)]

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

/// One release.
pub(crate) struct Release {
    pub(crate) minor: u8,
    /// `1.37.2`, or `1.38.0-beta.0`.
    pub(crate) name: String,
    /// `0.37.2`, the version of the modules beside `k8s.io/kubernetes`.
    pub(crate) staging: String,
}

/// The releases in the module cache, the oldest first.
pub(crate) struct Releases {
    cache: PathBuf,
    pub(crate) all: Vec<Release>,
}

impl Releases {
    /// Reads the file that names one release in each line.
    pub(crate) fn read(cache: &Path, versions: &Path) -> Result<Self, Box<dyn Error>> {
        let mut all: Vec<Release> = Vec::new();
        for name in fs::read_to_string(versions)?.lines() {
            let rest = name.strip_prefix("1.").ok_or("expected 1.MINOR.PATCH")?;
            let (minor, _) = rest.split_once('.').ok_or("expected 1.MINOR.PATCH")?;
            let minor = minor.parse()?;
            if all.last().is_some_and(|last| last.minor + 1 != minor) {
                return Err(format!("{name} does not follow the version before it").into());
            }
            all.push(Release {
                minor,
                name: name.to_owned(),
                staging: format!("0.{rest}"),
            });
        }
        let cache = cache.join("k8s.io");
        Ok(Self { cache, all })
    }

    /// Returns the newest release.
    pub(crate) fn latest(&self) -> Result<&Release, &'static str> {
        self.all.last().ok_or("no versions")
    }

    /// Returns the names of all, with spaces between them.
    pub(crate) fn names(&self) -> String {
        let names: Vec<&str> = self.all.iter().map(|own| own.name.as_str()).collect();
        names.join(" ")
    }

    /// Returns the folder of a release's `k8s.io/kubernetes`.
    pub(crate) fn kubernetes(&self, release: &Release) -> PathBuf {
        self.cache.join(format!("kubernetes@v{}", release.name))
    }

    /// Returns the folder of a module beside it: `apiextensions-apiserver`.
    pub(crate) fn staging(&self, module: &str, release: &Release) -> PathBuf {
        self.cache.join(format!("{module}@v{}", release.staging))
    }
}

//! Facts outside of the Pod: the version, the runtime, the kubelet's configuration and
//! the users of images.

use std::fmt;

use serde::Serialize;

use crate::container::ContainerView;
use crate::version::KubernetesVersion;

/// A container runtime, as far as its rules differ.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Runtime {
    /// Not known, or one whose rules are not known: containerd's are taken, except where
    /// its versions differ.
    #[default]
    Unknown,
    /// containerd, with its major and minor version.
    Containerd {
        /// The major version.
        major: u32,
        /// The minor version.
        minor: u32,
    },
    /// CRI-O.
    CriO,
}

impl Runtime {
    /// Reads `containerRuntimeVersion` of a node's status: `containerd://1.7.3`.
    pub fn of_node(text: &str) -> Self {
        let Some((name, version)) = text.split_once("://") else {
            return Self::Unknown;
        };
        match name {
            "containerd" => {
                let version = version.strip_prefix('v').unwrap_or(version);
                let mut parts = version.split(['.', '-', '~', '+']);
                let mut number = || parts.next().and_then(|part| part.parse().ok());
                match (number(), number()) {
                    (Some(major), Some(minor)) => Self::Containerd { major, minor },
                    _ => Self::Unknown,
                }
            }
            "cri-o" => Self::CriO,
            _ => Self::Unknown,
        }
    }
}

impl fmt::Display for Runtime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown => f.write_str("unknown runtime"),
            Self::Containerd { major, minor } => write!(f, "containerd {major}.{minor}"),
            Self::CriO => f.write_str("CRI-O"),
        }
    }
}

/// The user that an image names, as the kubelet learns it from the runtime.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub enum ImageUser {
    /// Not known.
    Unknown,
    /// A number; 0 for an image without a user.
    Uid(i64),
    /// A name, which only the runtime can look up.
    Name(String),
}

impl ImageUser {
    /// Reads the `User` of an image's configuration: `1000`, `1000:2000`, `www-data` or
    /// empty. The group has no effect: the kubelet passes the user alone.
    ///
    /// Upstream: `getUserFromImage` of containerd's `internal/cri/server/images`, and
    /// `getImageUser` of pkg/kubelet/kuberuntime/helpers.go.
    pub fn parse(text: &str) -> Self {
        let user = text.split(':').next().unwrap_or_default();
        match user.parse() {
            Ok(uid) => Self::Uid(uid),
            Err(_) if user.is_empty() => Self::Uid(0),
            Err(_) => Self::Name(user.to_owned()),
        }
    }
}

/// Facts outside of the Pod.
#[derive(Clone, Copy)]
pub struct Settings<'a> {
    /// The version whose rules apply.
    pub version: KubernetesVersion,
    /// The runtime of the node.
    pub runtime: Runtime,
    /// `seccompDefault` of the kubelet's configuration, or `None` if it is not known: then
    /// the built-in default, off, is taken.
    pub seccomp_default: Option<bool>,
    /// The user of the image of a container. Two containers of one image may be told apart: what is known may be known
    /// of one of them.
    pub images: &'a dyn Fn(&ContainerView<'_>) -> ImageUser,
}

impl Default for Settings<'_> {
    fn default() -> Self {
        Self {
            version: KubernetesVersion::LATEST,
            runtime: Runtime::Unknown,
            seccomp_default: None,
            images: &|_| ImageUser::Unknown,
        }
    }
}

impl fmt::Debug for Settings<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings")
            .field("version", &self.version)
            .field("runtime", &self.runtime)
            .field("seccomp_default", &self.seccomp_default)
            .finish_non_exhaustive()
    }
}

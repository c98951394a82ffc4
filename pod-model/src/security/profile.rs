//! Seccomp profiles.

use serde::Serialize;

use super::context::Contexts;
use super::effective::{Effective, Origin};

/// A profile of seccomp or AppArmor.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "type")]
pub enum Profile {
    /// None.
    Unconfined,
    /// The runtime's default.
    RuntimeDefault,
    /// A file of the node (seccomp), or a loaded profile (AppArmor).
    Localhost {
        /// Its name.
        #[serde(rename = "localhostProfile")]
        name: String,
    },
}

impl Profile {
    /// Reads the type and name of a field. The kubelet takes an unknown type of seccomp
    /// for `Unconfined`.
    pub(super) fn of_field(type_: &str, name: Option<&str>) -> Self {
        match type_ {
            "RuntimeDefault" => Self::RuntimeDefault,
            "Localhost" => Self::Localhost {
                name: name.unwrap_or_default().to_owned(),
            },
            _ => Self::Unconfined,
        }
    }
}

/// Upstream: `getSeccompProfile` of pkg/kubelet/kuberuntime/helpers.go; that privileged
/// containers have none is the runtime's rule (`GenerateSeccompSpecOpts` of containerd's
/// `internal/cri/sputil`).
pub(super) fn seccomp(
    contexts: &Contexts<'_>,
    is_privileged: bool,
    seccomp_default: Option<bool>,
) -> Effective<Profile> {
    if is_privileged {
        return Effective::of(Profile::Unconfined, Origin::Runtime);
    }
    let set = contexts.either(
        "seccompProfile",
        |own| own.seccomp_profile.as_ref(),
        |pod| pod.seccomp_profile.as_ref(),
    );
    match set {
        Some(set) => set.map(|own| Profile::of_field(&own.type_, own.localhost_profile.as_deref())),
        None if seccomp_default == Some(true) => {
            Effective::of(Profile::RuntimeDefault, Origin::Default)
        }
        None => Effective::of(Profile::Unconfined, Origin::Default),
    }
}

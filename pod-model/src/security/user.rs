//! The user of a container's first process.

use serde::Serialize;

use super::context::Contexts;
use super::effective::{Effective, Origin};
use super::settings::ImageUser;

/// A user.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum User {
    /// A number.
    Id(i64),
    /// A name that the runtime looks up in the image's `/etc/passwd`.
    Name(String),
    /// That of an image that is not known.
    Unknown,
}

impl User {
    /// Returns whether it is root, or `None` if that is not known: a name may be that of 0.
    pub fn is_root(&self) -> Option<bool> {
        match self {
            Self::Id(id) => Some(*id == 0),
            Self::Name(name) if name == "root" => Some(true),
            Self::Name(_) | Self::Unknown => None,
        }
    }
}

/// Upstream: `determineEffectiveSecurityContext` of
/// pkg/kubelet/kuberuntime/security_context.go.
pub(super) fn user(contexts: &Contexts<'_>, image: &ImageUser) -> Effective<User> {
    let set = contexts.either("runAsUser", |own| own.run_as_user, |pod| pod.run_as_user);
    if let Some(set) = set {
        return set.map(User::Id);
    }
    let user = match image {
        ImageUser::Unknown => User::Unknown,
        ImageUser::Uid(uid) => User::Id(*uid),
        ImageUser::Name(name) => User::Name(name.clone()),
    };
    Effective::of(user, Origin::Image)
}

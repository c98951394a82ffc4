//! The kubelet's verdict on `runAsNonRoot`.
//!
//! Upstream: `verifyRunAsNonRoot` of pkg/kubelet/kuberuntime/security_context_others.go.

use serde::Serialize;

use super::context::Contexts;
use super::effective::{Effective, Origin};
use super::settings::ImageUser;
use crate::version::KubernetesVersion;

/// The greatest user that Kubernetes takes (`IsValidUserID`).
const MAX_USER: i64 = i32::MAX as i64;

/// The verdict on a container with or without `runAsNonRoot`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "verdict", rename_all = "camelCase")]
pub enum NonRoot {
    /// Root is allowed.
    NotRequired,
    /// The user is not root.
    Met,
    /// The container does not start: `CreateContainerConfigError`.
    Refused {
        /// The kubelet's message, up to the names in parentheses.
        message: String,
    },
    /// The image is not known: it starts if the image names a number other than 0 as its
    /// user.
    DependsOnImage,
}

pub(super) fn run_as_non_root(contexts: &Contexts<'_>) -> Effective<bool> {
    let set = contexts.either(
        "runAsNonRoot",
        |own| own.run_as_non_root,
        |pod| pod.run_as_non_root,
    );
    set.unwrap_or_else(|| Effective::of(false, Origin::Default))
}

pub(super) fn verdict(
    contexts: &Contexts<'_>,
    image: &ImageUser,
    version: KubernetesVersion,
) -> NonRoot {
    if !run_as_non_root(contexts).value {
        return NonRoot::NotRequired;
    }
    let refused = |message: &str| NonRoot::Refused {
        message: message.to_owned(),
    };
    let set = contexts.either("runAsUser", |own| own.run_as_user, |pod| pod.run_as_user);
    match (set.map(|set| set.value), image) {
        (Some(0), _) => refused("container's runAsUser breaks non-root policy"),
        (None, ImageUser::Unknown) => NonRoot::DependsOnImage,
        (None, ImageUser::Name(name)) => refused(&format!(
            "container has runAsNonRoot and image has non-numeric user ({name}), cannot verify user is non-root"
        )),
        (None, ImageUser::Uid(0)) => {
            refused("container has runAsNonRoot and image will run as root")
        }
        (None, ImageUser::Uid(uid))
            if version >= KubernetesVersion::V1_34 && !(0..=MAX_USER).contains(uid) =>
        {
            refused(&format!(
                "container has runAsNonRoot and image has an invalid user id ({uid}). (Must be 1-({MAX_USER})): must be between 0 and {MAX_USER}, inclusive"
            ))
        }
        (Some(_), _) | (None, ImageUser::Uid(_)) => NonRoot::Met,
    }
}

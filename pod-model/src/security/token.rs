//! The token of the Pod's ServiceAccount.
//!
//! Upstream: plugin/pkg/admission/serviceaccount, `shouldAutomount`.

use k8s_openapi::api::core::v1::PodSpec;
use serde::Serialize;

use crate::container::ContainerView;
use crate::path::FieldPath;

/// The ServiceAccount and the places of its tokens.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ServiceAccountToken {
    /// The ServiceAccount's name.
    pub account: String,
    /// The Pod's `automountServiceAccountToken`, or `None` if the ServiceAccount decides,
    /// which mounts it by default.
    pub automount: Option<bool>,
    /// The tokens in volumes of the Pod. A Pod of the cluster has the one that was mounted
    /// automatically among them.
    pub mounts: Vec<TokenMount>,
}

/// A token in a volume of a Pod.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TokenMount {
    /// The volume's name.
    pub volume: String,
    /// The token's audience, or `None` for the API server.
    pub audience: Option<String>,
    /// The seconds after which it expires, 3600 by default.
    pub expiration_seconds: i64,
    /// The containers that mount the volume.
    pub containers: Vec<String>,
    /// The source, from the Pod's root.
    pub path: FieldPath,
}

pub(super) fn token(spec: &PodSpec, containers: &[ContainerView<'_>]) -> ServiceAccountToken {
    let set = |name: &Option<String>| name.clone().filter(|name| !name.is_empty());
    let account = set(&spec.service_account_name).or_else(|| set(&spec.service_account));
    ServiceAccountToken {
        account: account.unwrap_or_else(|| "default".to_owned()),
        automount: spec.automount_service_account_token,
        mounts: mounts(spec, containers),
    }
}

fn mounts(spec: &PodSpec, containers: &[ContainerView<'_>]) -> Vec<TokenMount> {
    let mut all = Vec::new();
    for (i, volume) in spec.volumes.iter().flatten().enumerate() {
        let projected = volume.projected.as_ref();
        let sources = projected.and_then(|own| own.sources.as_deref());
        for (at, source) in sources.unwrap_or_default().iter().enumerate() {
            let Some(token) = &source.service_account_token else {
                continue;
            };
            let path = FieldPath::root().field("spec").field("volumes").index(i);
            let path = path.field("projected").field("sources").index(at);
            let mounted = containers.iter().filter(|container| {
                let mut mounts = container.volume_mounts.iter();
                mounts.any(|mount| mount.name == volume.name)
            });
            all.push(TokenMount {
                volume: volume.name.clone(),
                audience: token.audience.clone().filter(|own| !own.is_empty()),
                expiration_seconds: token.expiration_seconds.unwrap_or(3600),
                containers: mounted.map(|own| own.name.to_owned()).collect(),
                path: path.field("serviceAccountToken"),
            });
        }
    }
    all
}

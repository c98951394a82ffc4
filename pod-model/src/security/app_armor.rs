//! AppArmor profiles.
//!
//! Upstream: `GetProfile` of pkg/security/apparmor/helpers.go, and `GenerateApparmorSpecOpts`
//! of containerd's `internal/cri/sputil`.

use std::collections::BTreeMap;

use super::context::Contexts;
use super::effective::{Effective, Origin};
use super::profile::Profile;
use crate::path::FieldPath;

const ANNOTATION: &str = "container.apparmor.security.beta.kubernetes.io/";

/// Returns the profile on a node with AppArmor.
pub(super) fn app_armor(
    contexts: &Contexts<'_>,
    annotations: Option<&BTreeMap<String, String>>,
    is_privileged: bool,
) -> Effective<Profile> {
    let set = asked(contexts, annotations);
    match set {
        // Privileged containers keep a profile of the node only.
        Some(set) if !is_privileged || set.value != Profile::RuntimeDefault => set,
        _ if is_privileged => Effective::of(Profile::Unconfined, Origin::Runtime),
        _ => Effective::of(Profile::RuntimeDefault, Origin::Runtime),
    }
}

/// Returns the profile that the kubelet asks of the runtime, or `None` if it leaves the
/// choice to it.
pub(super) fn asked(
    contexts: &Contexts<'_>,
    annotations: Option<&BTreeMap<String, String>>,
) -> Option<Effective<Profile>> {
    let own = contexts.own("appArmorProfile", |own| own.app_armor_profile.as_ref());
    let of_pod = || contexts.of_pod("appArmorProfile", |pod| pod.app_armor_profile.as_ref());
    let read = |set: Effective<&k8s_openapi::api::core::v1::AppArmorProfile>| {
        set.map(|own| Profile::of_field(&own.type_, own.localhost_profile.as_deref()))
    };
    if let Some(own) = own {
        return Some(read(own));
    }
    let annotated = annotated(annotations, contexts.container.name);
    annotated.or_else(|| of_pod().map(read))
}

fn annotated(
    annotations: Option<&BTreeMap<String, String>>,
    container: &str,
) -> Option<Effective<Profile>> {
    let annotations = annotations?;
    let key = format!("{ANNOTATION}{container}");
    let value = annotations.get(&key)?;
    let profile = match value.as_str() {
        "runtime/default" => Profile::RuntimeDefault,
        "unconfined" => Profile::Unconfined,
        value => Profile::Localhost {
            name: value.strip_prefix("localhost/")?.to_owned(),
        },
    };
    let annotations = FieldPath::root().field("metadata").field("annotations");
    Some(Effective::at(
        profile,
        Origin::Container,
        annotations.field(key),
    ))
}

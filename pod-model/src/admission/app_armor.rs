//! AppArmor's annotations of old, which servers before 1.34 write beside the fields, so that older nodes obey.
//!
//! Upstream: `applyAppArmorVersionSkew` in `k8s.io/kubernetes/pkg/registry/core/pod`.

use k8s_openapi::api::core::v1::{AppArmorProfile, PodSpec, SecurityContext};

use super::change::Origin;
use super::state::Admission;
use crate::path::FieldPath;
use crate::version::KubernetesVersion;

const PREFIX: &str = "container.apparmor.security.beta.kubernetes.io/";

/// Writes the annotations that are missing.
pub(super) fn write_annotations(admission: &mut Admission<'_>) {
    if admission.version >= KubernetesVersion::V1_34 {
        return;
    }
    let missing = missing(admission);
    for (key, value) in missing {
        let annotations = admission.pod.metadata.annotations.get_or_insert_default();
        annotations.insert(key.clone(), value.clone());
        let path = FieldPath::root().field("metadata").field("annotations");
        admission.changed(path.field(key), value, Origin::AppArmorAnnotation);
    }
}

fn missing(admission: &mut Admission<'_>) -> Vec<(String, String)> {
    let annotations = admission.pod.metadata.annotations.clone();
    let annotations = annotations.unwrap_or_default();
    let spec = admission.spec();
    if spec.os.as_ref().is_some_and(|os| os.name == "windows") {
        return Vec::new();
    }
    let of_pod = spec.security_context.as_ref();
    let of_pod = of_pod.and_then(|own| own.app_armor_profile.as_ref());
    let keyed = contexts(spec).filter_map(|(name, context)| {
        let key = format!("{PREFIX}{name}");
        let own = context.and_then(|own| own.app_armor_profile.as_ref());
        let value = annotation(own.or(of_pod)?)?;
        (!annotations.contains_key(&key)).then_some((key, value))
    });
    keyed.collect()
}

fn contexts(spec: &PodSpec) -> impl Iterator<Item = (&str, Option<&SecurityContext>)> {
    let init = spec.init_containers.iter().flatten();
    let all = init.chain(&spec.containers);
    let all = all.map(|own| (own.name.as_str(), own.security_context.as_ref()));
    let ephemeral = spec.ephemeral_containers.iter().flatten();
    all.chain(ephemeral.map(|own| (own.name.as_str(), own.security_context.as_ref())))
}

fn annotation(profile: &AppArmorProfile) -> Option<String> {
    match profile.type_.as_str() {
        "Unconfined" => Some("unconfined".to_owned()),
        "RuntimeDefault" => Some("runtime/default".to_owned()),
        "Localhost" => {
            let name = profile.localhost_profile.as_deref()?;
            Some(format!("localhost/{name}"))
        }
        _ => None,
    }
}

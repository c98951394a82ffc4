//! Secrets that the Pod may refer to: those of its account where that insists, and none in a mirror Pod.
//!
//! Upstream: `limitSecretReferences` and `Plugin.Validate` in
//! `k8s.io/kubernetes/plugin/pkg/admission/serviceaccount`; `VisitPodSecretNames` in `…/pkg/api/pod`.

use std::collections::BTreeSet;

use k8s_openapi::api::core::v1::{Container, PodSpec, ServiceAccount};

use super::change::RefusedBy;
use super::needs::given;
use super::state::{Admission, spec_path};
use crate::path::FieldPath;

const ENFORCE: &str = "kubernetes.io/enforce-mountable-secrets";

/// Checks the references of a Pod whose account lists the secrets that it may use.
pub(super) fn check(admission: &mut Admission<'_>, account: &ServiceAccount, name: &str) {
    let annotations = account.metadata.annotations.as_ref();
    let value = annotations.and_then(|own| own.get(ENFORCE));
    // Go's `strconv.ParseBool`.
    if !value
        .is_some_and(|text| matches!(text.as_str(), "1" | "t" | "T" | "TRUE" | "true" | "True"))
    {
        return;
    }
    if let Some((path, message)) = first_refused(admission.spec(), account, name) {
        admission.forbid(path, message, RefusedBy::ServiceAccount);
    }
}

fn first_refused(
    spec: &PodSpec,
    account: &ServiceAccount,
    name: &str,
) -> Option<(FieldPath, String)> {
    let secrets = account.secrets.iter().flatten();
    let secrets: BTreeSet<&str> = secrets.filter_map(|own| own.name.as_deref()).collect();
    let tail = format!("is not allowed because service account {name} does not reference that");
    let list = spec_path().field("volumes");
    for (i, volume) in spec.volumes.iter().flatten().enumerate() {
        let Some(source) = &volume.secret else {
            continue;
        };
        let secret = source.secret_name.as_deref().unwrap_or_default();
        if !secrets.contains(secret) {
            let message = format!("volume with secret.secretName=\"{secret}\" {tail} secret");
            return Some((list.index(i).field("secret").field("secretName"), message));
        }
    }
    let init = spec.init_containers.as_deref().unwrap_or_default();
    let lists = [
        ("initContainers", "init container", init),
        ("containers", "container", &spec.containers),
    ];
    for (field, label, list) in lists {
        for (i, container) in list.iter().enumerate() {
            let path = spec_path().field(field).index(i);
            if let Some((path, secret, what)) = of_container(container, &path, &secrets) {
                let own = &container.name;
                let message = format!(
                    "{label} {own} with {what} referencing secret.secretName=\"{secret}\" {tail} secret"
                );
                return Some((path, message));
            }
        }
    }
    let allowed = account.image_pull_secrets.iter().flatten();
    let allowed: BTreeSet<&str> = allowed.map(|own| own.name.as_str()).collect();
    let mut own = spec.image_pull_secrets.iter().flatten().enumerate();
    let (i, own) = own.find(|(_, own)| !allowed.contains(own.name.as_str()))?;
    let message = format!(
        "imagePullSecrets[{i}].name=\"{}\" {tail} imagePullSecret",
        own.name
    );
    Some((spec_path().field("imagePullSecrets").index(i), message))
}

fn of_container<'a>(
    container: &'a Container,
    path: &FieldPath,
    allowed: &BTreeSet<&str>,
) -> Option<(FieldPath, &'a str, String)> {
    for (i, var) in container.env.iter().flatten().enumerate() {
        let source = var.value_from.as_ref();
        if let Some(key) = source.and_then(|own| own.secret_key_ref.as_ref())
            && !allowed.contains(key.name.as_str())
        {
            let path = path.field("env").index(i);
            return Some((path, &key.name, format!("envVar {}", var.name)));
        }
    }
    let mut from = container.env_from.iter().flatten().enumerate();
    from.find_map(|(i, source)| {
        let name = source.secret_ref.as_ref()?.name.as_str();
        (!allowed.contains(name))
            .then(|| (path.field("envFrom").index(i), name, "envFrom".to_owned()))
    })
}

/// Checks a mirror Pod.
pub(super) fn check_mirror(admission: &mut Admission<'_>) {
    let spec = admission.spec();
    let has_account = given(spec.service_account_name.as_deref()).is_some()
        || given(spec.service_account.as_deref()).is_some();
    let has_secrets = has_secrets(spec);
    let projected = spec
        .volumes
        .iter()
        .flatten()
        .filter_map(|own| own.projected.as_ref());
    let mut sources = projected.flat_map(|own| own.sources.iter().flatten());
    let has_token = sources.any(|source| source.service_account_token.is_some());
    let refused = if has_account {
        Some((
            "serviceAccountName",
            "a mirror pod may not reference service accounts",
        ))
    } else if has_secrets {
        Some(("volumes", "a mirror pod may not reference secrets"))
    } else if has_token {
        Some((
            "volumes",
            "a mirror pod may not use ServiceAccountToken volume projections",
        ))
    } else {
        None
    };
    if let Some((field, message)) = refused {
        admission.forbid(spec_path().field(field), message, RefusedBy::ServiceAccount);
    }
}

fn has_secrets(spec: &PodSpec) -> bool {
    let of_containers = || {
        spec.init_containers
            .iter()
            .flatten()
            .chain(&spec.containers)
    };
    let in_env = of_containers().any(|own| {
        let mut env = own.env.iter().flatten();
        let mut from = own.env_from.iter().flatten();
        env.any(|var| {
            var.value_from
                .as_ref()
                .is_some_and(|own| own.secret_key_ref.is_some())
        }) || from.any(|source| source.secret_ref.is_some())
    });
    let pull = spec.image_pull_secrets.iter().flatten();
    let in_volumes = spec.volumes.iter().flatten().any(|own| {
        let mut sources = own
            .projected
            .iter()
            .flat_map(|own| own.sources.iter().flatten());
        own.secret.is_some()
            || sources.any(|source| source.secret.is_some())
            || own.azure_file.is_some()
            || own
                .cephfs
                .as_ref()
                .is_some_and(|own| own.secret_ref.is_some())
            || own
                .csi
                .as_ref()
                .is_some_and(|own| own.node_publish_secret_ref.is_some())
            || own
                .flex_volume
                .as_ref()
                .is_some_and(|own| own.secret_ref.is_some())
            || own
                .iscsi
                .as_ref()
                .is_some_and(|own| own.secret_ref.is_some())
            || own.rbd.as_ref().is_some_and(|own| own.secret_ref.is_some())
            || own.scale_io.is_some()
            || own
                .storageos
                .as_ref()
                .is_some_and(|own| own.secret_ref.is_some())
            || own
                .cinder
                .as_ref()
                .is_some_and(|own| own.secret_ref.is_some())
    });
    in_env || pull.count() > 0 || in_volumes
}

//! The account of the Pod: its name, its token, and the secrets for images.
//!
//! Upstream: `Plugin.Admit` and `Plugin.Validate` in `k8s.io/kubernetes/plugin/pkg/admission/serviceaccount`.

use std::collections::BTreeSet;
use std::sync::{Arc, LazyLock};

use k8s_openapi::api::core::v1::{
    ConfigMapProjection, Container, DownwardAPIProjection, DownwardAPIVolumeFile, KeyToPath,
    LocalObjectReference, ObjectFieldSelector, PodSpec, ProjectedVolumeSource, ServiceAccount,
    ServiceAccountTokenProjection, Volume, VolumeMount, VolumeProjection,
};
use serde_json::{Value, json};

use super::change::{Origin, RefusedBy, Unknown};
use super::mountable;
use super::needs::{DEFAULT_ACCOUNT, account_name, given, unanswered};
use super::state::{Admission, spec_path};
use crate::lookup::Answer;
use crate::path::FieldPath;

/// Pods that a kubelet makes of its own files, and mirrors in the API.
const MIRROR: &str = "kubernetes.io/config.mirror";
const VOLUME_PREFIX: &str = "kube-api-access-";
/// The server's own name ends with five random characters.
const VOLUME_NAME: &str = "kube-api-access-xxxxx";
const MOUNT_PATH: &str = "/var/run/secrets/kubernetes.io/serviceaccount";
/// A little more than an hour, by which servers tell tokens that are used for longer.
const EXPIRATION_SECONDS: i64 = 60 * 60 + 7;
const MODE: i32 = 0o644;

/// Gives the Pod its account, with token and secrets.
pub(super) fn apply(admission: &mut Admission<'_>) {
    let annotations = admission.pod.metadata.annotations.as_ref();
    if annotations.is_some_and(|own| own.contains_key(MIRROR)) {
        mountable::check_mirror(admission);
        return;
    }
    let name = set_name(admission);
    let (answers, namespace) = (admission.answers, admission.namespace);
    let answer = answers.one::<ServiceAccount>(namespace, &name);
    if let Some(why) = unanswered(&answer) {
        admission.unknown.push(Unknown {
            kind: "ServiceAccount",
            name: Some(name.clone()),
            others: false,
            why,
        });
    }
    let account = match answer {
        Answer::Found(found) => Some(found.object),
        Answer::Missing => {
            let message = format!(
                "error looking up service account {namespace}/{name}: serviceaccount \"{name}\" not found"
            );
            let path = spec_path().field("serviceAccountName");
            admission.forbid(path, message, RefusedBy::ServiceAccount);
            return;
        }
        // An account mounts its token, and has no secrets, unless somebody has changed it.
        Answer::Forbidden | Answer::Failed(_) | Answer::NotAsked => None,
    };
    let of_pod = admission.spec().automount_service_account_token;
    let of_account = account.and_then(|own| own.automount_service_account_token);
    if of_pod.or(of_account).unwrap_or(true) {
        mount_token(admission, &name);
    }
    if let Some(account) = account {
        pull_secrets(admission, account, &name);
        mountable::check(admission, account, &name);
    }
}

fn set_name(admission: &mut Admission<'_>) -> String {
    let spec = admission.spec();
    let is_named = given(spec.service_account_name.as_deref()).is_some()
        || given(spec.service_account.as_deref()).is_some();
    let name = account_name(spec).to_owned();
    spec.service_account_name = Some(name.clone());
    spec.service_account = Some(name.clone());
    if !is_named {
        let path = spec_path().field("serviceAccountName");
        admission.changed(path, DEFAULT_ACCOUNT, Origin::Default);
    }
    name
}

fn pull_secrets(admission: &mut Admission<'_>, account: &ServiceAccount, name: &str) {
    let is_empty =
        |list: &Option<Vec<LocalObjectReference>>| list.as_ref().is_none_or(Vec::is_empty);
    if !is_empty(&admission.spec().image_pull_secrets) || is_empty(&account.image_pull_secrets) {
        return;
    }
    admission
        .spec()
        .image_pull_secrets
        .clone_from(&account.image_pull_secrets);
    admission.changed(
        spec_path().field("imagePullSecrets"),
        json!(account.image_pull_secrets),
        Origin::ServiceAccount(name.to_owned()),
    );
}

/// Mounts the token in each container that has nothing at its path.
fn mount_token(admission: &mut Admission<'_>, account: &str) {
    let origin = Origin::ServiceAccount(account.to_owned());
    let spec = admission.spec();
    let existing = spec
        .volumes
        .iter()
        .flatten()
        .find(|volume| volume.name.starts_with(VOLUME_PREFIX));
    let existing = existing.map(|volume| volume.name.clone());
    let name = existing.clone().unwrap_or_else(|| free_name(spec));
    let token = if name == VOLUME_NAME {
        Arc::clone(&TOKEN)
    } else {
        Arc::new(Token::new(name))
    };
    let mut paths = Vec::new();
    for (at, container) in spec.init_containers.iter_mut().flatten().enumerate() {
        let path = || spec_path().element("initContainers", at);
        paths.extend(mount_in(container, &token.mount, path));
    }
    for (at, container) in spec.containers.iter_mut().enumerate() {
        let path = || spec_path().element("containers", at);
        paths.extend(mount_in(container, &token.mount, path));
    }
    let is_needed = existing.is_none() && !paths.is_empty();
    for path in paths {
        admission.changed_to(path, Arc::clone(&token.mount_value), origin.clone());
    }
    if is_needed {
        let volumes = admission.spec().volumes.get_or_insert_default();
        let path = spec_path().element("volumes", volumes.len());
        volumes.push(token.volume.clone());
        admission.changed_to(path, Arc::clone(&token.volume_value), origin);
    }
}

/// The volume of a token and the mount of each container, both also as a report has them.
struct Token {
    mount: VolumeMount,
    mount_value: Arc<Value>,
    volume: Volume,
    volume_value: Arc<Value>,
}

/// That of nearly every Pod.
static TOKEN: LazyLock<Arc<Token>> = LazyLock::new(|| Arc::new(Token::new(VOLUME_NAME.to_owned())));

impl Token {
    fn new(name: String) -> Self {
        let mount = VolumeMount {
            name: name.clone(),
            mount_path: MOUNT_PATH.to_owned(),
            read_only: Some(true),
            // Defaulting sets nothing else that is absent.
            ..VolumeMount::default()
        };
        let volume = token_volume(name);
        Self {
            mount_value: Arc::new(json!(mount)),
            mount,
            volume_value: Arc::new(json!(volume)),
            volume,
        }
    }
}

/// Returns the path of the mount, unless the container has something there.
fn mount_in(
    container: &mut Container,
    mount: &VolumeMount,
    path: impl Fn() -> FieldPath,
) -> Option<FieldPath> {
    let mounts = container.volume_mounts.get_or_insert_default();
    if mounts.iter().any(|own| own.mount_path == MOUNT_PATH) {
        return None;
    }
    let path = path().element("volumeMounts", mounts.len());
    mounts.push(mount.clone());
    Some(path)
}

/// The stand-in for the random name, longer where a volume has it already.
fn free_name(spec: &PodSpec) -> String {
    let names: BTreeSet<&str> = spec
        .volumes
        .iter()
        .flatten()
        .map(|own| own.name.as_str())
        .collect();
    let mut name = VOLUME_NAME.to_owned();
    while names.contains(name.as_str()) {
        name.push('x');
    }
    name
}

/// Upstream: `TokenVolumeSource`.
fn token_volume(name: String) -> Volume {
    let token = VolumeProjection {
        service_account_token: Some(ServiceAccountTokenProjection {
            expiration_seconds: Some(EXPIRATION_SECONDS),
            path: "token".to_owned(),
            ..ServiceAccountTokenProjection::default()
        }),
        ..VolumeProjection::default()
    };
    let authority = VolumeProjection {
        config_map: Some(ConfigMapProjection {
            name: "kube-root-ca.crt".to_owned(),
            items: Some(vec![KeyToPath {
                key: "ca.crt".to_owned(),
                path: "ca.crt".to_owned(),
                ..KeyToPath::default()
            }]),
            optional: None,
        }),
        ..VolumeProjection::default()
    };
    let namespace = VolumeProjection {
        downward_api: Some(DownwardAPIProjection {
            items: Some(vec![DownwardAPIVolumeFile {
                path: "namespace".to_owned(),
                field_ref: Some(ObjectFieldSelector {
                    api_version: Some("v1".to_owned()),
                    field_path: "metadata.namespace".to_owned(),
                }),
                ..DownwardAPIVolumeFile::default()
            }]),
        }),
        ..VolumeProjection::default()
    };
    Volume {
        name,
        projected: Some(ProjectedVolumeSource {
            default_mode: Some(MODE),
            sources: Some(vec![token, authority, namespace]),
            ..ProjectedVolumeSource::default()
        }),
        ..Volume::default()
    }
}

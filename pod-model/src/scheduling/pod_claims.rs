//! The claims that a Pod's volumes use.

use k8s_openapi::api::core::v1::{
    PersistentVolumeClaim, PersistentVolumeClaimTemplate, Pod, Volume,
};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;

use super::storage::{Input, Storage, Unknown, key, name};

/// The annotation that once named the class.
const CLASS: &str = "volume.beta.kubernetes.io/storage-class";
/// The annotation of claims that have their volume.
pub(super) const BIND_COMPLETED: &str = "pv.kubernetes.io/bind-completed";

/// A volume of a Pod that is a claim.
#[derive(Clone, Copy, Debug)]
pub(super) struct PodClaim<'a> {
    pod: &'a Pod,
    volume: &'a Volume,
}

impl<'a> PodClaim<'a> {
    /// Returns the claims of a Pod, in the order of its volumes.
    pub(super) fn of(pod: &'a Pod) -> impl Iterator<Item = Self> {
        let spec = pod.spec.as_ref();
        let volumes = spec.and_then(|spec| spec.volumes.as_ref());
        let all = volumes.into_iter().flatten();
        let all = all.map(move |volume| Self { pod, volume });
        all.filter(|claim| claim.is_named() || claim.is_ephemeral())
    }

    /// Returns whether the volume names the claim.
    pub(super) fn is_named(self) -> bool {
        self.volume.persistent_volume_claim.is_some()
    }

    /// Returns whether the claim is made for the volume.
    pub(super) fn is_ephemeral(self) -> bool {
        !self.is_named() && self.volume.ephemeral.is_some()
    }

    /// Returns the namespace of Pod and claim.
    pub(super) fn namespace(self) -> &'a str {
        self.pod.metadata.namespace.as_deref().unwrap_or_default()
    }

    /// Returns the claim's name. Upstream: `VolumeClaimName`
    /// (k8s.io/component-helpers/storage/ephemeral).
    pub(super) fn name(self) -> String {
        match &self.volume.persistent_volume_claim {
            Some(claim) => claim.claim_name.clone(),
            None => format!("{}-{}", name(&self.pod.metadata), self.volume.name),
        }
    }

    /// Returns the claim's key in the snapshot.
    pub(super) fn key(self) -> String {
        key(self.namespace(), &self.name())
    }

    /// Returns the claim, or `None` if it does not exist. A Pod that is not in the cluster yet
    /// gets the claims of its ephemeral volumes, and of a StatefulSet's templates, when it is. A
    /// volume of such a template names its claim and has the template beside it.
    ///
    /// # Errors
    /// It is not known whether it exists.
    pub(super) fn find(self, storage: &Storage) -> Result<Option<PersistentVolumeClaim>, Unknown> {
        let found = storage
            .claims
            .get(Input::PersistentVolumeClaims, &self.key());
        let Some(template) = self.template() else {
            return found.map(Option::<&_>::cloned);
        };
        match found {
            Ok(Some(_)) if self.is_named() => {
                let name = self.name();
                return Err(Unknown(format!(
                    "the first Pod has the claim `{name}` already, and the others have their own"
                )));
            }
            Ok(Some(claim)) => return Ok(Some(claim.clone())),
            Err(unknown) if self.is_named() => return Err(unknown),
            _ => {}
        }
        let metadata = template.metadata.as_ref();
        // The Pods of a template have no names yet.
        let has_name = self.is_named() || !name(&self.pod.metadata).is_empty();
        let own = if has_name {
            self.name()
        } else {
            self.volume.name.clone()
        };
        Ok(Some(PersistentVolumeClaim {
            metadata: ObjectMeta {
                name: Some(own),
                namespace: Some(self.namespace().to_owned()),
                annotations: metadata.and_then(|metadata| metadata.annotations.clone()),
                ..ObjectMeta::default()
            },
            spec: Some(template.spec.clone()),
            status: None,
        }))
    }

    /// Returns the claim with the class that the server gives to one that names none.
    ///
    /// # Errors
    /// It is not known whether it exists, or of a claim that no server has stored, which class
    /// is the default.
    pub(super) fn find_with_class(
        self,
        storage: &Storage,
    ) -> Result<Option<PersistentVolumeClaim>, Unknown> {
        let Some(mut claim) = self.find(storage)? else {
            return Ok(None);
        };
        if !has_class(&claim) && volume_of_claim(&claim).is_empty() {
            // The volume controller does it for claims that are older than the class
            // (`assignDefaultStorageClass` in pkg/controller/volume/persistentvolume).
            let default = match storage.default_class() {
                Err(_) if is_stored(&claim) => None,
                default => default?,
            };
            let spec = claim.spec.get_or_insert_default();
            spec.storage_class_name = default.map(str::to_owned);
        }
        Ok(Some(claim))
    }

    /// Returns the template of a claim that is made with the Pod.
    fn template(self) -> Option<&'a PersistentVolumeClaimTemplate> {
        let ephemeral = self.volume.ephemeral.as_ref();
        let template = ephemeral.and_then(|ephemeral| ephemeral.volume_claim_template.as_ref());
        template.filter(|_| !self.is_stored())
    }

    fn is_stored(self) -> bool {
        let uid = self.pod.metadata.uid.as_deref();
        uid.is_some_and(|uid| !uid.is_empty())
    }

    /// Returns why a claim that was made for a volume is not this Pod's. Upstream:
    /// `VolumeIsForPod`.
    pub(super) fn not_owner(self, claim: &PersistentVolumeClaim) -> Option<String> {
        if !self.is_ephemeral() || !self.is_stored() {
            return None;
        }
        let owners = claim.metadata.owner_references.iter().flatten();
        let mut controllers = owners.filter(|owner| owner.controller == Some(true));
        let uid = self.pod.metadata.uid.as_deref();
        if controllers.next().map(|owner| owner.uid.as_str()) == uid {
            return None;
        }
        let (namespace, pod) = (self.namespace(), name(&self.pod.metadata));
        let claim = self.name();
        Some(format!(
            "PVC {namespace}/{claim} was not created for pod {namespace}/{pod} (pod is not owner)"
        ))
    }
}

/// Returns the message of a claim that does not exist.
pub(super) fn not_found(kind: &str, name: &str) -> String {
    format!("{kind} {name:?} not found")
}

/// Returns the name of a claim's class. Upstream: `GetPersistentVolumeClaimClass`
/// (k8s.io/component-helpers/storage/volume).
pub(super) fn class_of_claim(claim: &PersistentVolumeClaim) -> &str {
    let annotation = annotation(&claim.metadata, CLASS);
    let spec = claim.spec.as_ref();
    let field = || spec.and_then(|spec| spec.storage_class_name.as_deref());
    annotation.or_else(field).unwrap_or_default()
}

/// Returns whether a claim names a class, which may be the empty one. Upstream:
/// `PersistentVolumeClaimHasClass` (k8s.io/component-helpers/storage/volume).
fn has_class(claim: &PersistentVolumeClaim) -> bool {
    let spec = claim.spec.as_ref();
    annotation(&claim.metadata, CLASS).is_some()
        || spec.is_some_and(|spec| spec.storage_class_name.is_some())
}

/// Returns whether a server has stored a claim: the volume controller has seen one without a
/// volume, and waits for something.
pub(super) fn is_stored(claim: &PersistentVolumeClaim) -> bool {
    let uid = claim.metadata.uid.as_deref().unwrap_or_default();
    let status = claim.status.as_ref();
    !uid.is_empty()
        || status.is_some_and(|status| status.phase.is_some())
        || annotation(&claim.metadata, BIND_COMPLETED).is_some()
}

/// Returns the answer about a claim that no server has stored and whose class does not wait for
/// the Pod.
pub(super) fn not_created(claim: &PersistentVolumeClaim) -> Unknown {
    let name = name(&claim.metadata);
    Unknown(format!(
        "the claim `{name}` is not created yet, and must get its volume before the Pod is scheduled"
    ))
}

/// Returns the name of the volume that a claim is bound to, or empty.
pub(super) fn volume_of_claim(claim: &PersistentVolumeClaim) -> &str {
    let spec = claim.spec.as_ref();
    let name = spec.and_then(|spec| spec.volume_name.as_deref());
    name.unwrap_or_default()
}

/// Returns the value of an annotation.
pub(super) fn annotation<'a>(metadata: &'a ObjectMeta, key: &str) -> Option<&'a str> {
    metadata.annotations.as_ref()?.get(key).map(String::as_str)
}

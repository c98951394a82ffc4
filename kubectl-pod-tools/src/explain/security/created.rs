//! The Pod that is judged: as the API server stores it, or as it is written.

use std::borrow::Cow;
use std::collections::HashMap;

use k8s_openapi::api::core::v1::{Namespace, Node, Pod, PodSpec};
use pod_model::admission::{self, Admitted, Change, Refusal, Unknown, UnknownWhy};
use pod_model::kinds::by_kind;
use pod_model::lookup::{Answers, Need};
use pod_model::security::VolumeOwnership;
use pod_model::{FieldPath, KubernetesVersion, Segment};

use super::report::AdmissionChange;
use crate::explain::claim_templates::add_claim_volumes;
use crate::explain::stored::is_stored;
use crate::targets::Target;

/// The Pod of a target, and what happens to it on the way into the cluster.
pub(super) struct CreatedPod {
    pub pod: Pod,
    pub changes: Vec<Change>,
    pub refusals: Vec<Refusal>,
    pub unknown: Vec<Unknown>,
    /// The volumes of a StatefulSet's claim templates, each with the index of its template.
    pub claims: HashMap<String, usize>,
}

/// Returns whether a target is a custom resource.
pub(super) fn is_custom(target: &Target) -> bool {
    by_kind(&target.api_version, &target.id.kind).is_none()
}

/// Returns a spec as one that can be created: ephemeral containers are only added to a Pod that exists.
pub(super) fn creatable(spec: &PodSpec) -> Cow<'_, PodSpec> {
    if spec.ephemeral_containers.is_none() {
        return Cow::Borrowed(spec);
    }
    let mut own = spec.clone();
    own.ephemeral_containers = None;
    Cow::Owned(own)
}

/// Lists the look-ups of a target: its namespace, and what admission reads.
pub(super) fn needs(target: &Target, as_written: bool) -> Vec<Need> {
    let namespace = &target.pod_namespace;
    let mut all = vec![Need::named::<Namespace>("", namespace)];
    // The node's runtime decides about low ports and groups.
    let node = target.spec.node_name.as_deref();
    if let Some(node) = node.filter(|node| !node.is_empty()) {
        all.push(Need::named::<Node>("", node));
    }
    if !as_written && !is_stored(target) {
        for need in admission::needs(&target.spec, namespace) {
            if !all.contains(&need) {
                all.push(need);
            }
        }
    }
    all
}

/// Returns the Pod of a target.
pub(super) fn created(
    target: &Target,
    answers: &Answers,
    version: KubernetesVersion,
    as_written: bool,
) -> CreatedPod {
    let namespace = &target.pod_namespace;
    let pod_of = |spec| admission::pod_of(&target.metadata, spec, namespace);
    if is_stored(target) {
        return CreatedPod {
            pod: pod_of(&target.spec),
            changes: Vec::new(),
            refusals: Vec::new(),
            unknown: Vec::new(),
            claims: HashMap::new(),
        };
    }
    let mut spec = target.spec_before_admission();
    let claims = if target.id.kind == "StatefulSet" {
        add_claim_volumes(target, spec.to_mut())
    } else {
        Vec::new()
    };
    let claims = claims.into_iter().enumerate().map(|(at, name)| (name, at));
    let claims = claims.collect();
    let pod = pod_of(&spec);
    let Admitted {
        pod,
        changes,
        refusals,
        unknown,
        ..
    } = if as_written {
        Admitted::as_written(&pod, version)
    } else {
        admission::admit_owned(pod, namespace, answers, version)
    };
    CreatedPod {
        pod,
        changes,
        refusals,
        unknown,
        claims,
    }
}

impl CreatedPod {
    /// Returns the field that a volume of the Pod is made of, in the object, or `None` if the API server adds it.
    pub(super) fn volume_path(&self, target: &Target, own: &VolumeOwnership) -> Option<FieldPath> {
        if let Some(at) = self.claims.get(&own.name) {
            let templates = FieldPath::root()
                .field("spec")
                .field("volumeClaimTemplates");
            return Some(templates.index(*at));
        }
        let path = in_object(target, &own.path);
        let document = target.document.as_ref();
        document
            .is_none_or(|document| document.find(&path).is_some())
            .then_some(path)
    }

    /// Returns whether the ServiceAccount, which may forbid its token, was not read.
    pub(super) fn is_account_unknown(&self) -> bool {
        self.unknown.iter().any(|own| own.kind == "ServiceAccount")
    }

    /// Returns what was not read although somebody was asked, as sentences.
    pub(super) fn unread(&self) -> Vec<String> {
        let own = self.unknown.iter().filter_map(|own| {
            let why = match &own.why {
                UnknownWhy::NotAsked => return None,
                UnknownWhy::Forbidden => "not allowed",
                UnknownWhy::Failed(why) => why,
            };
            let name = own.name.as_deref();
            let name = name.map_or(String::new(), |name| format!(" `{name}`"));
            Some(format!("{}{name}: {why}", own.kind))
        });
        own.collect()
    }
}

/// Returns the changes that are about security.
pub(super) fn security_changes(changes: Vec<Change>, target: &Target) -> Vec<AdmissionChange> {
    let own = changes
        .into_iter()
        .filter(|own| is_about_security(&own.path));
    own.map(|own| AdmissionChange {
        path: in_object(target, &own.path),
        value: own.value,
        origin: own.origin.to_string(),
    })
    .collect()
}

fn is_about_security(path: &FieldPath) -> bool {
    const FIELDS: [&str; 6] = [
        "securityContext",
        "serviceAccountName",
        "automountServiceAccountToken",
        "volumes",
        "volumeMounts",
        "hostUsers",
    ];
    let is_it =
        |step: &Segment| matches!(step, Segment::Field(name) if FIELDS.contains(&name.as_ref()));
    path.segments().iter().any(is_it)
}

/// Returns a path of the Pod as one of the object: of a template, it lies behind that of the template.
pub(super) fn in_object(target: &Target, path: &FieldPath) -> FieldPath {
    let template = target.spec_path.parent().unwrap_or_default();
    template.join(path)
}

//! The answer of a namespace's Pod Security admission, if the target were created now.

use k8s_openapi::api::core::v1::{Namespace, Pod, PodSpec, PodTemplateSpec};
use pod_model::KubernetesVersion;
use pod_model::lookup::{Answer, Answers};
use pod_model::pod_security::namespace::{
    self, ModePolicy, Origin, Policy, Subject, admit, policy, unknowable, unread_labels,
};
use pod_model::validation::stored_template;

use super::created::{creatable, is_custom};
use super::report::{ModeAnswer, NamespaceAnswer};
use crate::targets::Target;

/// A namespace's policy, and its answers.
pub(super) struct NamespaceView {
    pub name: String,
    /// The place of its object.
    pub source: String,
    pub policy: Policy,
    /// True for an object that no server has stored yet.
    pub is_new: bool,
    /// Labels that nothing reads, each with the one that it resembles.
    pub unread_labels: Vec<(String, Option<&'static str>)>,
    /// The answer to the object itself, or `None` for a kind that admission does not look at.
    pub object: Option<namespace::Answer>,
    /// The answer to its Pods, for an object that makes some.
    pub pods: Option<namespace::Answer>,
}

/// The namespace of a target, as far as it is known.
pub(super) enum NamespaceState {
    Known(Box<NamespaceView>),
    Missing,
    /// It was not asked for.
    NotAsked,
    /// It could not be read: the reason.
    Unread(String),
}

impl NamespaceState {
    /// Asks the namespace of a target about its Pod.
    pub(super) fn of(
        target: &Target,
        pod: &Pod,
        answers: &Answers,
        server: KubernetesVersion,
    ) -> Self {
        let name = &target.pod_namespace;
        let found = match answers.one::<Namespace>("", name) {
            Answer::Found(found) => found,
            Answer::Missing => return Self::Missing,
            Answer::NotAsked => return Self::NotAsked,
            Answer::Forbidden => {
                return Self::Unread("not allowed to get namespaces".to_owned());
            }
            Answer::Failed(why) => return Self::Unread(why.to_owned()),
        };
        let labels = found.object.metadata.labels.as_ref();
        let policy = policy(labels);
        let default = PodSpec::default();
        let spec = creatable(pod.spec.as_ref().unwrap_or(&default));
        let of_pod = || admit(&policy, Subject::Pod, server, &pod.metadata, &spec);
        let (object, pods) = if target.is_pod() {
            (Some(of_pod()), None)
        } else if is_custom(target) {
            // Admission looks at the kinds that it knows (`DefaultPodSpecExtractor`).
            (None, Some(of_pod()))
        } else {
            (Some(of_owner(target, &policy, server)), Some(of_pod()))
        };
        let uid = found.object.metadata.uid.as_deref();
        Self::Known(Box::new(NamespaceView {
            name: name.clone(),
            source: found.origin.object().to_owned(),
            is_new: uid.is_none_or(str::is_empty),
            object,
            pods,
            policy,
            unread_labels: unread_labels(labels),
        }))
    }

    /// Returns the reason why the namespace's answer is not known.
    pub(super) fn unknown(&self, name: &str) -> Option<String> {
        match self {
            Self::Known(_) => None,
            Self::Missing => Some(format!(
                "what namespace `{name}` enforces: it does not exist"
            )),
            Self::NotAsked => Some(format!(
                "what namespace `{name}` enforces: it was not read; give its object with `-f`"
            )),
            Self::Unread(why) => Some(format!("what namespace `{name}` enforces: {why}")),
        }
    }

    pub(super) fn known(&self) -> Option<&NamespaceView> {
        match self {
            Self::Known(view) => Some(view),
            _ => None,
        }
    }
}

impl NamespaceView {
    /// Returns the answer to the Pod of the target.
    pub(super) fn of_pod(&self) -> Option<&namespace::Answer> {
        self.pods.as_ref().or(self.object.as_ref())
    }

    /// Returns the refusal of the target, or of its Pods.
    pub(super) fn refusal(&self) -> Option<&str> {
        self.of_pod()?.refusal.as_deref()
    }

    /// Returns the answer as the report has it.
    pub(super) fn answer(&self) -> NamespaceAnswer {
        let object = self.object.as_ref();
        NamespaceAnswer {
            name: self.name.clone(),
            source: self.source.clone(),
            enforce: mode(&self.policy.enforce),
            warn: mode(&self.policy.warn),
            audit: mode(&self.policy.audit),
            refusal: self.refusal().map(str::to_owned),
            is_refused_later: self.pods.is_some() && self.refusal().is_some(),
            warnings: object.map_or_else(Vec::new, |own| own.warnings.clone()),
            audit_violations: object.and_then(|own| own.audit.clone()),
            unknowable: unknowable(&self.policy)
                .into_iter()
                .map(str::to_owned)
                .collect(),
        }
    }
}

/// Returns the answer to an object with a Pod template. Its admission sees the template as it is stored: nothing that
/// the admission of a Pod adds, nor the host ports that are the default of a Pod in the node's network.
fn of_owner(target: &Target, policy: &Policy, server: KubernetesVersion) -> namespace::Answer {
    let written = target.written_spec();
    let template = PodTemplateSpec {
        metadata: Some(target.metadata.clone()),
        spec: Some(written.unwrap_or_else(|| target.spec.clone())),
    };
    let PodTemplateSpec { metadata, spec } = stored_template(template, server);
    let (metadata, spec) = (metadata.unwrap_or_default(), spec.unwrap_or_default());
    admit(policy, Subject::Owner, server, &metadata, &spec)
}

fn mode(policy: &ModePolicy) -> ModeAnswer {
    ModeAnswer {
        level: policy.at.level,
        version: policy.at.version.to_string(),
        level_origin: origin(policy.level_origin),
        version_origin: origin(policy.version_origin),
    }
}

fn origin(origin: Origin) -> &'static str {
    match origin {
        Origin::Label => "label",
        Origin::Misspelt => "misspelt",
        Origin::Enforce => "enforce",
        Origin::ServerDefault => "serverDefault",
    }
}

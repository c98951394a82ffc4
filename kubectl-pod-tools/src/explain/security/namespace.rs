//! The answer of a namespace's Pod Security admission, if the target were created now.

use k8s_openapi::api::core::v1::{Namespace, Pod, PodSpec};
use pod_model::KubernetesVersion;
use pod_model::lookup::{Answer, Answers};
use pod_model::pod_security::namespace::{
    self, ModePolicy, Origin, Policy, Subject, admit, policy, unknowable, unread_labels,
};

use super::created::is_custom;
use super::report::{ModeAnswer, NamespaceAnswer};
use crate::targets::Target;

/// A namespace's policy, and its answers.
pub(super) struct NamespaceView {
    pub name: String,
    /// The place of its object.
    source: String,
    pub policy: Policy,
    /// Labels that nothing reads, each with the one that it resembles.
    pub unread_labels: Vec<(String, Option<&'static str>)>,
    /// The answer to the object itself.
    pub object: namespace::Answer,
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
        let spec = pod.spec.as_ref().unwrap_or(&default);
        let ask = |subject| admit(&policy, subject, server, &pod.metadata, spec);
        let (object, pods) = if target.is_pod() {
            (ask(Subject::Pod), None)
        } else if is_custom(target) {
            // Admission looks at the kinds that it knows (`DefaultPodSpecExtractor`).
            let unseen = namespace::Answer {
                enforce: None,
                refusal: None,
                warnings: Vec::new(),
                audit: None,
            };
            (unseen, Some(ask(Subject::Pod)))
        } else {
            (ask(Subject::Owner), Some(ask(Subject::Pod)))
        };
        Self::Known(Box::new(NamespaceView {
            name: name.clone(),
            source: found.origin.object().to_owned(),
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
    /// Returns the refusal of the target, or of its Pods.
    pub(super) fn refusal(&self) -> Option<&str> {
        let pods = self.pods.as_ref().unwrap_or(&self.object);
        pods.refusal.as_deref()
    }

    /// Returns the answer as the report has it.
    pub(super) fn answer(&self) -> NamespaceAnswer {
        NamespaceAnswer {
            name: self.name.clone(),
            source: self.source.clone(),
            enforce: mode(&self.policy.enforce),
            warn: mode(&self.policy.warn),
            audit: mode(&self.policy.audit),
            refusal: self.refusal().map(str::to_owned),
            is_refused_later: self.pods.is_some() && self.refusal().is_some(),
            warnings: self.object.warnings.clone(),
            audit_violations: self.object.audit.clone(),
            unknowable: unknowable(&self.policy)
                .into_iter()
                .map(str::to_owned)
                .collect(),
        }
    }
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

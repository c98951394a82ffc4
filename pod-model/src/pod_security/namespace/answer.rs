//! The answer of admission to a Pod, or to an object with a Pod template.

use k8s_openapi::api::core::v1::PodSpec;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;

use super::policy::{Origin, Policy};
use crate::pod_security::{Evaluation, LevelVersion, evaluate};
use crate::version::KubernetesVersion;

const DEFAULTS: &str = "where the namespace has no label, the level and the version are the defaults of the server's configuration, which the API does not show";
const EXEMPTIONS: &str = "the server's configuration may exempt namespaces, users and RuntimeClasses, which the API does not show";

/// Returns the facts that decide about the answer and that the API does not show.
pub fn unknowable(policy: &Policy) -> Vec<&'static str> {
    let modes = [&policy.enforce, &policy.warn, &policy.audit];
    let has_default = modes
        .into_iter()
        .any(|own| [own.level_origin, own.version_origin].contains(&Origin::ServerDefault));
    let defaults = has_default.then_some(DEFAULTS);
    defaults.into_iter().chain([EXEMPTIONS]).collect()
}

/// The object that is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    /// A Pod.
    Pod,
    /// An object with a Pod template: it is never refused, its Pods may be.
    Owner,
}

/// The answer of admission to a create.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The evaluation of the enforced level, or `None` for an owner.
    pub enforce: Option<Evaluation>,
    /// The evaluation of the level that is warned of, which a refused create does not get to see.
    pub warn: Evaluation,
    /// The reason of a refusal: `violates PodSecurity "restricted:latest": …`, which the
    /// API puts after `pods "x" is forbidden: `.
    pub refusal: Option<String>,
    /// The warnings. A create that is refused has none.
    pub warnings: Vec<String>,
    /// The audit annotation `audit-violations`.
    pub audit: Option<String>,
}

/// Returns the answer of a server to a create in a namespace with a policy. Exemptions are
/// not considered.
///
/// Upstream: k8s.io/pod-security-admission/admission, `ValidatePod`,
/// `ValidatePodController`, `EvaluatePod`.
pub fn admit(
    policy: &Policy,
    subject: Subject,
    server: KubernetesVersion,
    metadata: &ObjectMeta,
    spec: &PodSpec,
) -> Answer {
    let ask = |at: LevelVersion| evaluate(at, server, metadata, spec);
    let would = |evaluation: &Evaluation| {
        let detail = evaluation.forbidden_detail();
        let at = evaluation.at;
        (!evaluation.is_allowed()).then(|| format!("would violate PodSecurity \"{at}\": {detail}"))
    };
    let enforce = (subject == Subject::Pod).then(|| ask(policy.enforce.at));
    let refused = enforce.as_ref().filter(|own| !own.is_allowed());
    let refusal = refused.map(|own| {
        let detail = own.forbidden_detail();
        format!("violates PodSecurity \"{}\": {detail}", own.at)
    });
    let warn = ask(policy.warn.at);
    let warning = match refusal {
        Some(_) => None,
        None => would(&warn),
    };
    Answer {
        enforce,
        warn,
        refusal,
        warnings: warning.into_iter().collect(),
        audit: would(&ask(policy.audit.at)),
    }
}

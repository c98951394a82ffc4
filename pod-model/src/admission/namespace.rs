//! The namespace has to exist, and not to be on its way out.
//!
//! Upstream: `Lifecycle.Admit` in `k8s.io/apiserver/pkg/admission/plugin/namespace/lifecycle`.

use k8s_openapi::api::core::v1::Namespace;

use super::change::{Refusal, RefusedBy, Unknown};
use super::needs::unanswered;
use super::state::Admission;
use crate::lookup::Answer;
use crate::path::FieldPath;

pub(super) fn check(admission: &mut Admission<'_>) {
    let namespace = admission.namespace;
    let path = FieldPath::root().field("metadata").field("namespace");
    let answer = admission.answers.one::<Namespace>("", namespace);
    if let Some(why) = unanswered(&answer) {
        admission.unknown.push(Unknown {
            kind: "Namespace",
            name: Some(namespace.to_owned()),
            others: false,
            why,
        });
    }
    match answer {
        Answer::Missing => admission.refusals.push(Refusal {
            path,
            message: format!("namespaces \"{namespace}\" not found"),
            code: 404,
            by: RefusedBy::Namespace,
        }),
        Answer::Found(found) => {
            let phase = found
                .object
                .status
                .as_ref()
                .and_then(|own| own.phase.as_deref());
            if phase == Some("Terminating") {
                admission.forbid(
                    path,
                    format!("unable to create new content in namespace {namespace} because it is being terminated"),
                    RefusedBy::Namespace,
                );
            }
        }
        Answer::Forbidden | Answer::Failed(_) | Answer::NotAsked => {}
    }
}

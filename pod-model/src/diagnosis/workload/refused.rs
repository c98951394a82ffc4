//! Pods that the API server refuses to create.
//!
//! Upstream: `FailedCreate` in pkg/controller/controller_utils.go and pkg/controller/job/job_controller.go; the words
//! are those of the admission plugins: pkg/security/podsecurity, resourcequota, limitranger, serviceaccount,
//! runtimeclass, validating policies and webhooks.

use crate::diagnosis::cause::Cause;
use crate::diagnosis::event::PodEvent;
use crate::diagnosis::table as rows;
use crate::diagnosis::words::{quoted_after, word_after};

/// Words of failures that another try mends.
///
/// Upstream: `NewConflict`, `NewServerTimeout`, `NewTooManyRequests`, `NewTimeoutError` in
/// k8s.io/apimachinery/pkg/api/errors; `CheckRequest` in k8s.io/apiserver/pkg/admission/plugin/resourcequota.
const TRANSIENT: [&str; 7] = [
    "Operation cannot be fulfilled on ",
    "could not be completed at this time, please try again",
    "Too many requests",
    "Timeout: request did not complete",
    "status unknown for quota: ",
    "etcdserver: request timed out",
    "etcdserver: leader changed",
];

/// Words of a webhook's server that cannot be reached.
const NO_ANSWER: [&str; 8] = [
    "connect: ",
    "dial tcp",
    "deadline exceeded",
    "no endpoints available",
    "no service port",
    "not found",
    "i/o timeout",
    "EOF",
];

/// Returns the cause of a refusal of Pods or of Jobs, as the noun says.
pub(super) fn cause(message: &str, noun: &str) -> Cause {
    let message = without_preamble(message);
    let behind = message
        .split_once("is forbidden: ")
        .map_or(message, |(_, rest)| rest);
    by_pod_security(message)
        // Anybody's webhook may speak of quotas and accounts.
        .or_else(|| by_policy(message, behind, noun))
        .or_else(|| by_webhook(message, noun))
        .or_else(|| by_quota(message, behind, noun))
        .or_else(|| for_what_is_missing(message))
        .unwrap_or_else(|| unclassified(message, behind, noun))
}

fn by_pod_security(message: &str) -> Option<Cause> {
    let (_, rest) = message.split_once("violates PodSecurity ")?;
    let level = quoted_after(rest, "").unwrap_or("the level of the namespace");
    let violations = rest.split_once(": ").map_or(rest, |(_, rest)| rest);
    Some(Cause::new(
        &rows::POD_SECURITY_VIOLATED,
        format!("Pod Security ({level}) refuses the Pods: {violations}"),
    )
    .advise("Set what the message names in the Pod's securityContext, or choose another level for the namespace (pod-security.kubernetes.io/enforce)."))
}

fn by_policy(message: &str, behind: &str, noun: &str) -> Option<Cause> {
    if !message.contains("ValidatingAdmissionPolicy ") && !message.contains("denied the request") {
        return None;
    }
    let name = quoted_after(message, "ValidatingAdmissionPolicy ")
        .or_else(|| quoted_after(message, "admission webhook "))
        .unwrap_or("of the cluster");
    let words = message
        .split_once("denied request: ")
        .or_else(|| message.split_once("denied the request: "))
        .map_or(behind, |(_, rest)| rest);
    // Webhooks answer in several lines.
    let words: Vec<&str> = words.split_whitespace().collect();
    Some(
        Cause::new(
            &rows::ADMISSION_DENIED,
            format!(
                "the admission policy {name} refuses the {noun}s: {}",
                words.join(" ")
            ),
        )
        .advise(format!("Change the {noun} template as the message says.")),
    )
}

fn by_webhook(message: &str, noun: &str) -> Option<Cause> {
    let name = quoted_after(message, "failed calling webhook ")?;
    let words = message.rsplit_once(": ").map_or(message, |(_, last)| last);
    let (problem, advice) = if message.contains("x509: ") || message.contains("tls: ") {
        (
            "answers with a certificate that the API server does not trust",
            "Renew the certificate of the webhook's server, or correct caBundle in its configuration.",
        )
    } else if NO_ANSWER.iter().any(|own| message.contains(own)) {
        (
            "does not answer",
            "Bring the webhook's server back, or take its configuration away.",
        )
    } else {
        (
            "answers with an error",
            "See the log of the webhook's server, or take its configuration away.",
        )
    };
    Some(
        Cause::new(
            &rows::WEBHOOK_UNREACHABLE,
            format!(
                "the admission webhook {name} has to be asked for each {noun}, and {problem}: {words}"
            ),
        )
        .advise(advice),
    )
}

fn by_quota(message: &str, behind: &str, noun: &str) -> Option<Cause> {
    if let Some(quota) = word_after(message, "exceeded quota: ") {
        return Some(
            Cause::new(
                &rows::QUOTA_EXCEEDED,
                format!("the ResourceQuota {quota} has nothing left for another {noun}: {behind}"),
            )
            .advise(format!(
                "Free some of it, or raise the quota: kubectl describe resourcequota {quota}"
            )),
        );
    }
    let quota = word_after(message, "failed quota: ")?;
    let wants = message
        .split_once("must specify ")
        .map_or(behind, |(_, rest)| rest);
    Some(Cause::new(
        &rows::QUOTA_EXCEEDED,
        format!("the ResourceQuota {quota} counts what the {noun}s do not state: {wants}"),
    )
    .advise("State it in resources of each container, or give the namespace a LimitRange with defaults."))
}

fn for_what_is_missing(message: &str) -> Option<Cause> {
    if message.contains("error looking up service account ") && message.contains("not found") {
        let name = quoted_after(message, "serviceaccount ");
        let shown = name.map_or_else(String::new, |name| format!(" {name}"));
        let cause = Cause::new(
            &rows::SERVICE_ACCOUNT_MISSING,
            format!("the ServiceAccount{shown} of the Pods does not exist"),
        );
        // A controller creates it in each new namespace.
        return Some(if name == Some("default") {
            cause.may_pass().advise("Ask again in a minute: each namespace gets it from the controller manager; if it does not come, see whether that runs.")
        } else {
            cause.advise("Create it, or correct serviceAccountName.")
        });
    }
    if message.contains("RuntimeClass ") && message.contains("not found") {
        let name = quoted_after(message, "RuntimeClass ").unwrap_or("that they name");
        return Some(
            Cause::new(
                &rows::RUNTIME_CLASS_MISSING,
                format!("the RuntimeClass {name} of the Pods does not exist"),
            )
            .advise("Create it, or correct runtimeClassName: kubectl get runtimeclass"),
        );
    }
    None
}

fn unclassified(message: &str, behind: &str, noun: &str) -> Cause {
    if message.contains("usage per ") {
        return Cause::new(
            &rows::LIMIT_RANGE_VIOLATED,
            format!("a LimitRange of the namespace refuses the Pods: {behind}"),
        )
        .advise(
            "Change resources of the containers, or the LimitRange: kubectl describe limitrange",
        );
    }
    if TRANSIENT.iter().any(|own| message.contains(own)) {
        return Cause::new(
            &rows::POD_CREATION_REFUSED,
            format!("the last try to create a {noun} failed, and another may not: {behind}"),
        )
        .may_pass()
        .advise("Ask again in a minute: the controller tries it again.");
    }
    Cause::new(
        &rows::POD_CREATION_REFUSED,
        format!("the {noun}s cannot be created: {behind}"),
    )
    .advise("The message is the API server's: mend what it names.")
}

fn without_preamble(message: &str) -> &str {
    let message = message.trim_start_matches("(combined from similar events): ");
    let message = message.trim_start_matches("Error creating: ");
    message.trim_start_matches("Error creating job: ")
}

/// Returns the newest refusal among events, unless a Pod was created after it.
pub(super) fn newest(events: &[PodEvent]) -> Option<&PodEvent> {
    let of = |reason: &'static str| {
        let own = events.iter().filter(move |event| event.reason == reason);
        own.max_by_key(|event| event.last)
    };
    let refused = of("FailedCreate")?;
    let is_over = of("SuccessfulCreate").is_some_and(|created| created.last > refused.last);
    (!is_over).then_some(refused)
}

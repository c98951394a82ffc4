//! Pods that the API server refuses to create.
//!
//! Upstream: `FailedCreate` in pkg/controller/controller_utils.go and pkg/controller/job/job_controller.go; the words
//! are those of the admission plugins: pkg/security/podsecurity, resourcequota, limitranger, serviceaccount,
//! runtimeclass, validating policies and webhooks.

use crate::diagnosis::cause::Cause;
use crate::diagnosis::event::PodEvent;
use crate::diagnosis::table as rows;
use crate::diagnosis::words::{quoted_after, word_after};

/// Returns the cause of a refusal.
pub(super) fn cause(message: &str) -> Cause {
    let message = without_preamble(message);
    let behind = message
        .split_once("is forbidden: ")
        .map_or(message, |(_, rest)| rest);
    if let Some(rest) = message
        .split_once("violates PodSecurity ")
        .map(|(_, rest)| rest)
    {
        let level =
            quoted_after(rest, "").or_else(|| quoted_after(message, "violates PodSecurity "));
        let level = level.unwrap_or("the level of the namespace");
        let violations = rest.split_once(": ").map_or(rest, |(_, rest)| rest);
        return Cause::new(
            &rows::POD_SECURITY_VIOLATED,
            format!("Pod Security ({level}) refuses the Pods: {violations}"),
        )
        .advise("Set what the message names in the Pod's securityContext, or choose another level for the namespace (pod-security.kubernetes.io/enforce).");
    }
    if message.contains("exceeded quota: ") {
        let quota = word_after(message, "exceeded quota: ").unwrap_or_default();
        return Cause::new(
            &rows::QUOTA_EXCEEDED,
            format!("the ResourceQuota {quota} has nothing left for another Pod: {behind}"),
        )
        .advise(format!(
            "Free some of it, or raise the quota: kubectl describe resourcequota {quota}."
        ));
    }
    if let Some(quota) = word_after(message, "failed quota: ") {
        let wants = message
            .split_once("must specify ")
            .map_or(behind, |(_, rest)| rest);
        return Cause::new(
            &rows::QUOTA_EXCEEDED,
            format!("the ResourceQuota {quota} counts what the Pods do not state: {wants}"),
        )
        .advise("State it in resources of each container, or give the namespace a LimitRange with defaults.");
    }
    if message.contains("service account") || message.contains("serviceaccount ") {
        let name = quoted_after(message, "serviceaccount ").unwrap_or("that the Pods name");
        return Cause::new(
            &rows::SERVICE_ACCOUNT_MISSING,
            format!("the ServiceAccount {name} of the Pods does not exist"),
        )
        .advise("Create it, or correct serviceAccountName.");
    }
    if message.contains("RuntimeClass ") {
        let name = quoted_after(message, "RuntimeClass ").unwrap_or("that the Pods name");
        return Cause::new(
            &rows::RUNTIME_CLASS_MISSING,
            format!("the RuntimeClass {name} of the Pods does not exist"),
        )
        .advise("Create it, or correct runtimeClassName: kubectl get runtimeclass.");
    }
    if let Some(name) = quoted_after(message, "failed calling webhook ") {
        let words = message.rsplit_once(": ").map_or(message, |(_, last)| last);
        return Cause::new(
            &rows::WEBHOOK_UNREACHABLE,
            format!("the admission webhook {name} has to be asked for each Pod, and does not answer: {words}"),
        )
        .advise("Bring the webhook's server back, or take its configuration away.");
    }
    if message.contains("ValidatingAdmissionPolicy ") || message.contains("denied the request") {
        let name = quoted_after(message, "ValidatingAdmissionPolicy ")
            .or_else(|| quoted_after(message, "admission webhook "))
            .unwrap_or("of the cluster");
        let words = message
            .split_once("denied request: ")
            .or_else(|| message.split_once("denied the request: "))
            .map_or(behind, |(_, rest)| rest);
        return Cause::new(
            &rows::ADMISSION_DENIED,
            format!("the admission policy {name} refuses the Pods: {words}"),
        )
        .advise("Change the Pod template as the message says.");
    }
    if message.contains("usage per ") {
        return Cause::new(
            &rows::LIMIT_RANGE_VIOLATED,
            format!("a LimitRange of the namespace refuses the Pods: {behind}"),
        )
        .advise(
            "Change resources of the containers, or the LimitRange: kubectl describe limitrange.",
        );
    }
    Cause::new(
        &rows::POD_CREATION_REFUSED,
        format!("the Pods cannot be created: {behind}"),
    )
    .advise("The message is the API server's: mend what it names.")
}

fn without_preamble(message: &str) -> &str {
    let message = message.trim_start_matches("(combined from similar events): ");
    message.trim_start_matches("Error creating: ")
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

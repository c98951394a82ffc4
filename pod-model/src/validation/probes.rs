//! Probes and hooks of containers.
//!
//! Upstream: `validateProbe` and its callers, `validateLifecycle` in
//! `k8s.io/kubernetes/pkg/apis/core/validation`. No version to 1.37 looks at
//! `stopSignal` without the feature gate ContainerStopSignals.

use k8s_openapi::api::core::v1::{Container, Lifecycle, Probe};

use super::errors::Errors;
use super::handlers::Handler;
use super::path::Path;
use crate::version::KubernetesVersion;

/// Settings of the Pod that probes and hooks depend on.
#[derive(Clone, Copy)]
pub(super) struct Terms {
    pub version: KubernetesVersion,
    /// Grace period of the Pod, in seconds.
    pub grace_period: Option<i64>,
}

/// The hooks and probes of a container that may have them.
pub(super) fn of_container(
    container: &Container,
    terms: Terms,
    path: &Path<'_>,
    errors: &mut Errors,
) {
    if let Some(hooks) = &container.lifecycle {
        lifecycle(hooks, terms, &path.field("lifecycle"), errors);
    }
    probes(container, terms, path, errors);
}

/// The probes of a container that may have them.
pub(super) fn probes(container: &Container, terms: Terms, path: &Path<'_>, errors: &mut Errors) {
    if let Some(own) = &container.liveness_probe {
        let path = path.field("livenessProbe");
        probe(own, terms, &path, errors);
        succeeds_once(own, "liveness", &path, errors);
    }
    if let Some(own) = &container.readiness_probe {
        let path = path.field("readinessProbe");
        probe(own, terms, &path, errors);
        if own.termination_grace_period_seconds.is_some() {
            errors
                .invalid(
                    &path.field("terminationGracePeriodSeconds"),
                    "a readiness probe cannot set a grace period",
                )
                .help("remove the field, or set it on the liveness probe");
        }
    }
    if let Some(own) = &container.startup_probe {
        let path = path.field("startupProbe");
        probe(own, terms, &path, errors);
        succeeds_once(own, "startup", &path, errors);
    }
}

fn succeeds_once(probe: &Probe, which: &str, path: &Path<'_>, errors: &mut Errors) {
    let threshold = probe.success_threshold.unwrap_or_default();
    if threshold != 1 {
        errors
            .invalid(
                &path.field("successThreshold"),
                format!("`successThreshold` of a {which} probe must be 1, found {threshold}"),
            )
            .help("remove the field; only readiness probes count successes");
    }
}

fn probe(probe: &Probe, terms: Terms, path: &Path<'_>, errors: &mut Errors) {
    Handler::from(probe).validate(terms.grace_period, terms.version, path, errors);
    for (field, value) in [
        ("initialDelaySeconds", probe.initial_delay_seconds),
        ("timeoutSeconds", probe.timeout_seconds),
        ("periodSeconds", probe.period_seconds),
        ("successThreshold", probe.success_threshold),
        ("failureThreshold", probe.failure_threshold),
    ] {
        if let Some(value) = value.filter(|value| *value < 0) {
            errors.not_negative(&path.field(field), value.into(), &format!("`{field}`"));
        }
    }
    if let Some(seconds) = probe.termination_grace_period_seconds.filter(|s| *s <= 0) {
        errors.invalid(
            &path.field("terminationGracePeriodSeconds"),
            format!(
                "`terminationGracePeriodSeconds` of a probe must be at least 1, found {seconds}"
            ),
        );
    }
}

/// The hooks of a container that may have them.
pub(super) fn lifecycle(hooks: &Lifecycle, terms: Terms, path: &Path<'_>, errors: &mut Errors) {
    for (field, hook) in [
        ("postStart", &hooks.post_start),
        ("preStop", &hooks.pre_stop),
    ] {
        if let Some(hook) = hook {
            let path = path.field(field);
            Handler::from(hook).validate(terms.grace_period, terms.version, &path, errors);
        }
    }
}

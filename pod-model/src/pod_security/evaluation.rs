//! The evaluation of a Pod at a level and a version.

use k8s_openapi::api::core::v1::PodSpec;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;

use super::checks::{CHECKS, Check, Find};
use super::level::{Level, LevelVersion};
use super::pod::Pod;
use super::requirement::Requirement;
use super::version::PolicyVersion;
use crate::container::containers;
use crate::path::FieldPath;
use crate::version::KubernetesVersion;

/// A place of a Pod that a level does not let pass.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// Upstream's id of the check: `hostPathVolumes`.
    pub check: &'static str,
    /// The level that the check belongs to.
    pub level: Level,
    /// The field, from the Pod's root; where it is missing, the place for it.
    pub path: FieldPath,
    /// The requirement of the level, as a lower-case phrase.
    pub message: String,
    /// A required value is missing.
    pub is_missing: bool,
    /// The container that the place belongs to, or `None` for the Pod.
    pub container: Option<String>,
    /// The requirement in a form that a patch can be made from.
    pub requirement: Requirement,
    /// Another place where the same value would do: the Pod's own security context.
    pub or_path: Option<FieldPath>,
}

/// A check that fails.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// Upstream's id: `hostPathVolumes`.
    pub check: &'static str,
    /// The level that the check belongs to.
    pub level: Level,
    /// Admission's short reason: `hostPath volumes`.
    pub reason: &'static str,
    /// Admission's detail, without the parentheses around it.
    pub detail: String,
    /// The places, of which there is at least one.
    pub violations: Vec<Violation>,
}

/// The answer of a server's library to a Pod.
///
/// Upstream: k8s.io/pod-security-admission/policy, `AggregateCheckResult`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evaluation {
    /// The level and version that were asked, as they were asked.
    pub at: LevelVersion,
    /// The checks that fail, in upstream's order.
    pub failures: Vec<Failure>,
}

impl Evaluation {
    /// Returns whether the level lets the Pod pass.
    pub fn is_allowed(&self) -> bool {
        self.failures.is_empty()
    }

    /// Returns the reasons with commas between them (`ForbiddenReason`).
    pub fn forbidden_reason(&self) -> String {
        let reasons: Vec<&str> = self.failures.iter().map(|own| own.reason).collect();
        reasons.join(", ")
    }

    /// Returns the reasons, each with its detail (`ForbiddenDetail`).
    pub fn forbidden_detail(&self) -> String {
        let failures = self.failures.iter();
        let details: Vec<String> = failures
            .map(|own| match own.detail.as_str() {
                "" => own.reason.to_owned(),
                detail => format!("{} ({detail})", own.reason),
            })
            .collect();
        details.join(", ")
    }

    /// Returns the places of all checks that fail.
    pub fn violations(&self) -> impl Iterator<Item = &Violation> {
        self.failures.iter().flat_map(|own| &own.violations)
    }
}

/// Asks the library of a server: a version that is newer than the server is its
/// latest.
///
/// `spec` is taken as it stands: defaults change nothing here.
/// Upstream: k8s.io/pod-security-admission/policy, `Evaluator.EvaluatePod`.
pub fn evaluate(
    at: LevelVersion,
    server: KubernetesVersion,
    metadata: &ObjectMeta,
    spec: &PodSpec,
) -> Evaluation {
    let pod = Pod {
        metadata,
        spec,
        containers: containers(spec, &FieldPath::root().field("spec")),
    };
    Evaluation {
        at,
        failures: failures(at.level, at.version.at(server), &pod),
    }
}

/// Asks for baseline and for restricted as [`evaluate`] does; checks that both have are done once.
pub fn evaluate_both(
    version: PolicyVersion,
    server: KubernetesVersion,
    metadata: &ObjectMeta,
    spec: &PodSpec,
) -> (Evaluation, Evaluation) {
    let pod = Pod {
        metadata,
        spec,
        containers: containers(spec, &FieldPath::root().field("spec")),
    };
    let minor = version.at(server);
    let of_baseline = failures(Level::Baseline, minor, &pod);
    let common = |id| of_baseline.iter().find(|own| own.check == id);
    let asked = asked(Level::Restricted, minor).into_iter();
    let of_restricted = asked.filter_map(|(check, find)| match check.level {
        Level::Restricted => failure(check, find, &pod),
        _ => common(check.id).cloned(),
    });
    let of_restricted = of_restricted.collect();
    let evaluation = |level, failures| Evaluation {
        at: LevelVersion { level, version },
        failures,
    };
    (
        evaluation(Level::Baseline, of_baseline),
        evaluation(Level::Restricted, of_restricted),
    )
}

fn failures(level: Level, minor: u8, pod: &Pod<'_>) -> Vec<Failure> {
    let asked = asked(level, minor).into_iter();
    asked
        .filter_map(|(check, find)| failure(check, find, pod))
        .collect()
}

/// Lists the checks of a level, without those that others stand for.
fn asked(level: Level, minor: u8) -> Vec<(&'static Check, Find)> {
    let asked: Vec<(&'static Check, Find)> = CHECKS
        .iter()
        .filter(|check| check.level <= level)
        .filter_map(|check| Some((check, check.at(minor)?)))
        .collect();
    let replaced = asked.iter().filter_map(|(check, _)| check.instead_of);
    let replaced: Vec<&str> = replaced.collect();
    let mut own = asked;
    own.retain(|(check, _)| !replaced.contains(&check.id));
    own
}

fn failure(check: &Check, find: Find, pod: &Pod<'_>) -> Option<Failure> {
    let refusal = find(pod)?;
    let violations = refusal.found.into_iter().map(|found| Violation {
        check: check.id,
        level: check.level,
        path: found.path,
        message: found.message,
        is_missing: found.is_missing,
        container: found.container,
        requirement: found.requirement,
        or_path: found.or_path,
    });
    Some(Failure {
        check: check.id,
        level: check.level,
        reason: refusal.reason,
        detail: refusal.detail,
        violations: violations.collect(),
    })
}

/// Returns the places that keep a Pod from the latest version of a level that a
/// server knows, in upstream's order of checks.
pub fn violations(
    level: Level,
    server: KubernetesVersion,
    metadata: &ObjectMeta,
    spec: &PodSpec,
) -> Vec<Violation> {
    let version = PolicyVersion::LATEST;
    let at = LevelVersion { level, version };
    let failures = evaluate(at, server, metadata, spec).failures;
    failures
        .into_iter()
        .flat_map(|own| own.violations)
        .collect()
}

/// Returns the strictest level that a Pod meets.
pub fn strictest_level(
    version: PolicyVersion,
    server: KubernetesVersion,
    metadata: &ObjectMeta,
    spec: &PodSpec,
) -> Level {
    let mut levels = Level::ALL.into_iter().rev();
    levels
        .find(|level| {
            let at = LevelVersion {
                level: *level,
                version,
            };
            evaluate(at, server, metadata, spec).is_allowed()
        })
        .unwrap_or(Level::Privileged)
}

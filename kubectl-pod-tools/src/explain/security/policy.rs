//! The Pod Security level that a Pod meets, and what keeps it from a stricter one.

use k8s_openapi::api::core::v1::{Pod, PodSpec};
use pod_model::pod_security::patch::{Images, least_patch};
use pod_model::pod_security::{Evaluation, Level, PolicyVersion, Violation, evaluate_both};
use pod_model::{FieldPath, KubernetesVersion, Segment};

use super::created::{creatable, in_object};
use super::report::{NextPatch, ViolationItem};
use crate::targets::Target;

/// The levels of a Pod at one version of the standards.
pub(super) struct Levels {
    pub version: PolicyVersion,
    /// The strictest level that it meets.
    pub level: Level,
    baseline: Evaluation,
    restricted: Evaluation,
}

impl Levels {
    /// Asks a server of this version, or the newest one for a version of the standards that is
    /// newer than the server: it would answer with its own latest.
    pub(super) fn of(pod: &Pod, version: PolicyVersion, server: KubernetesVersion) -> Self {
        let default = PodSpec::default();
        let spec = pod.spec.as_ref().unwrap_or(&default);
        let server = library(version, server);
        let (baseline, restricted) = evaluate_both(version, server, &pod.metadata, spec);
        let level = match (baseline.is_allowed(), restricted.is_allowed()) {
            (_, true) => Level::Restricted,
            (true, false) => Level::Baseline,
            (false, false) => Level::Privileged,
        };
        Self {
            version,
            level,
            baseline,
            restricted,
        }
    }

    /// Returns the least patch to the next level that a Pod without ephemeral containers does not meet, or `None` if it
    /// meets the strictest: those are no part of a Pod that is created. Fields that the API server adds are none that
    /// could be patched.
    pub(super) fn next_patch(
        &self,
        target: &Target,
        spec: &PodSpec,
        images: Images<'_>,
    ) -> Option<NextPatch> {
        let document = target.document.as_ref();
        let is_written = |own: &Violation| {
            let path = in_object(target, &own.path);
            own.is_missing || document.is_none_or(|document| document.find(&path).is_some())
        };
        let all = [
            (Level::Baseline, &self.baseline),
            (Level::Restricted, &self.restricted),
        ];
        let mut all = all.into_iter().map(|(level, evaluation)| {
            let lasting = evaluation
                .violations()
                .filter(|own| !is_ephemeral(&own.path) && is_written(own));
            (level, lasting.cloned().collect::<Vec<Violation>>())
        });
        let (level, violations) = all.find(|(_, violations)| !violations.is_empty())?;
        let patch = least_patch(&violations, &creatable(spec), images);
        let decisions = patch.edits.iter().filter(|own| own.decision.is_some());
        Some(NextPatch {
            level,
            decisions: decisions.count(),
            changes: patch.edits.len(),
            left: patch.left.len(),
        })
    }

    /// Returns everything that keeps the Pod from restricted. A check of restricted takes the place of
    /// one of baseline when upstream evaluates it; both are told, because the levels are two questions.
    pub(super) fn violations(&self) -> impl Iterator<Item = &Violation> {
        let restricted = self.restricted.violations();
        let restricted = restricted.filter(|own| own.level == Level::Restricted);
        self.baseline.violations().chain(restricted)
    }

    /// Returns the violations with their places in the object.
    pub(super) fn items(&self, target: &Target) -> Vec<ViolationItem> {
        let items = self.violations().map(|own| ViolationItem {
            level: own.level,
            check: own.check,
            message: own.message.clone(),
            path: in_object(target, &own.path),
            container: own.container.clone(),
        });
        items.collect()
    }
}

/// Returns the server whose library knows a version of the standards: the newest one for a version that is newer than
/// the server.
pub(super) fn library(version: PolicyVersion, server: KubernetesVersion) -> KubernetesVersion {
    let is_newer = version > PolicyVersion::from(server) && version != PolicyVersion::LATEST;
    if is_newer {
        KubernetesVersion::LATEST
    } else {
        server
    }
}

/// Returns whether a path of a Pod leads into an ephemeral container.
fn is_ephemeral(path: &FieldPath) -> bool {
    let list = path.segments().get(1);
    matches!(list, Some(Segment::Field(list)) if list == "ephemeralContainers")
}

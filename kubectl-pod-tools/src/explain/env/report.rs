//! The report of one target, with locations.

use pod_env::report::EnvItem;
use pod_env::{Stage, Subject, TraceStep};
use pod_model::FieldPath;
use serde::Serialize;

use super::verify::Verification;
use crate::explain::topic::Explained;
use crate::targets::Target;

/// Fields that an EnvReport adds to the item of a target.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::explain) struct EnvBody {
    #[serde(flatten)]
    pub env: EnvItem,
    /// For `--trace`: the steps, in each container that has the variable.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub traces: Vec<Trace>,
    /// For `--verify`: the comparison of each container.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub verify: Vec<Verification>,
}

/// The steps to one variable's value in one container.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::explain) struct Trace {
    pub container: String,
    pub steps: Vec<TraceStep>,
}

/// A target and its environment.
pub(in crate::explain) type ExplainedEnv = Explained<EnvBody>;

/// Returns the stage of a target: a template, a Pod of a file, or a live Pod.
pub(super) fn stage(target: &Target) -> Stage {
    match (target.is_pod(), &target.document) {
        (false, _) => Stage::Template,
        (true, Some(_)) => Stage::File,
        (true, None) => Stage::Live,
    }
}

/// Returns the target as input of `pod-env`.
pub(super) fn subject(target: &Target) -> Subject<'_> {
    Subject {
        name: target.id.name.as_deref().filter(|_| target.is_pod()),
        namespace: &target.pod_namespace,
        metadata: &target.metadata,
        spec: &target.spec,
        // A status in a file is that of another Pod than the one to be created.
        status: target
            .status
            .as_ref()
            .filter(|_| stage(target) == Stage::Live),
        base: target.spec_path.clone(),
        stage: stage(target),
        controller: &target.controller,
    }
}

/// Sets the location of each variable's definition and of each mount's `subPathExpr`.
pub(super) fn place(env: &mut EnvItem, target: &Target) {
    let Some(document) = &target.document else {
        return;
    };
    for variable in env.containers.iter_mut().flat_map(|c| &mut c.env) {
        let path: Option<&FieldPath> = variable.path.as_ref();
        variable.location = path.and_then(|path| document.locate(path));
    }
    for mount in env.containers.iter_mut().flat_map(|c| &mut c.mounts) {
        mount.location = document.locate(&mount.path.field("subPathExpr"));
    }
}

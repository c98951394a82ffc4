//! The paths of the table in the schema.

use super::table::{GatedField, Owner};
use crate::schema::{Builtin, DefinitionId, Type};
use crate::version::KubernetesVersion;

impl GatedField {
    /// Returns the steps of the path from the spec, once for each list of containers.
    pub(super) fn paths(&self) -> Vec<Vec<&'static str>> {
        let lists: &[&'static str] = match self.path.strip_prefix("container.") {
            Some(_) => &["containers", "initContainers"],
            None => &[],
        };
        let steps = || self.path.split('.');
        if lists.is_empty() {
            return vec![steps().collect()];
        }
        let of = |list: &&'static str| std::iter::once(*list).chain(steps().skip(1)).collect();
        lists.iter().map(of).collect()
    }

    /// Returns the definition that has the field in a version, and the field's name, or `None` if
    /// the version does not have the field.
    pub(super) fn in_schema(
        &self,
        schema: &Builtin,
        version: KubernetesVersion,
    ) -> Option<(DefinitionId, &'static str)> {
        let mut owner = schema.named(match self.owner {
            Owner::Pod => "io.k8s.api.core.v1.PodSpec",
            Owner::Job => "io.k8s.api.batch.v1.JobSpec",
        })?;
        let path = self.paths().into_iter().next()?;
        let (last, first) = path.split_last()?;
        for step in first {
            let mut kind = schema.field(owner, step, version)?.kind;
            if let Type::List(inner) = kind {
                kind = schema.inner(inner);
            }
            let Type::Object(id) = kind else {
                return None;
            };
            owner = id;
        }
        schema.field(owner, last, version)?;
        Some((owner, last))
    }
}

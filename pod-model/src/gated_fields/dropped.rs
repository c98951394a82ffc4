//! Fields by their definition in the schema.

use std::sync::LazyLock;

use super::table::{Effect, FIELDS, GatedField};
use crate::schema::{DefinitionId, builtin};
use crate::version::KubernetesVersion;

/// Returns whether the server of a version drops a field of a definition with all that is in it,
/// since its gate is off by default.
pub(crate) fn is_dropped(
    definition: DefinitionId,
    field: &str,
    version: KubernetesVersion,
) -> bool {
    let mut rows = DROPPED.iter();
    rows.any(|row| *row == (version, definition, field))
}

static DROPPED: LazyLock<Vec<(KubernetesVersion, DefinitionId, &'static str)>> =
    LazyLock::new(|| {
        let is_whole =
            |field: &&GatedField| field.effect == Effect::Dropped && field.value.is_none();
        let fields = FIELDS.iter().filter(is_whole);
        fields
            .flat_map(|field| {
                let versions = KubernetesVersion::ALL.into_iter();
                versions.filter_map(|version| {
                    let (id, name) = field.in_schema(builtin(), version)?;
                    field.is_off(version).then_some((version, id, name))
                })
            })
            .collect()
    });

//! `-o patch`: the least patch of each target.

use pod_model::ContainerView;
use pod_model::pod_security::{Level, LevelVersion};

use super::fix::patch_document;
use super::identity::image_user;
use super::report::ExplainedSecurity;
use super::topic::SecurityTopic;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::explain::driver::{Ended, ExplainRun};
use crate::ui::Ui;

/// Prints the patches, a document each.
///
/// # Errors
/// Those of the run.
pub(super) fn print_patches(
    run: &ExplainRun<'_, SecurityTopic<'_>>,
    ui: &Ui,
) -> Result<Exit, CommandError> {
    let topic = run.topic();
    let rules = run.version().rules;
    let options = topic.options();
    let version = options.pss_version.unwrap_or(rules.into());
    let work = |(all, has_ephemeral): &mut (Vec<String>, bool), own: ExplainedSecurity| {
        let target = &own.target;
        let ephemeral = target.spec.ephemeral_containers.as_ref();
        *has_ephemeral |= ephemeral.is_some_and(|own| !own.is_empty());
        let users = topic.users_for_patch(target, &target.spec);
        let user = |own: &ContainerView<'_>| image_user(&users, own);
        all.extend(patch_document(
            target,
            options.level,
            version,
            rules,
            &user,
        )?);
        Ok(())
    };
    let mut all: Vec<String> = Vec::new();
    let mut has_ephemeral = false;
    let Ended { exit, is_all_read } = run.for_each_read(work, |(part, is_ephemeral)| {
        all.extend(part);
        has_ephemeral |= is_ephemeral;
        Ok(())
    })?;
    // Nothing is said of what could not be read.
    if all.is_empty() && is_all_read {
        let level = options.level.unwrap_or(Level::Restricted);
        let at = LevelVersion { level, version };
        let without = if has_ephemeral {
            ", without their ephemeral containers"
        } else {
            ""
        };
        ui.note(&format!("nothing to patch: all Pods meet {at}{without}"));
    }
    ui.raw_data(&all.join("---\n"));
    Ok(exit)
}

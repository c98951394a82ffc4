//! `-o patch`: the least patch of each target.

use pod_model::ContainerView;
use pod_model::pod_security::{Level, LevelVersion};

use super::fix::patch_document;
use super::identity::image_user;
use super::report::ExplainedSecurity;
use super::topic::SecurityTopic;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::explain::driver::ExplainRun;
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
    let work = |all: &mut Vec<String>, own: ExplainedSecurity| {
        let target = &own.target;
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
    let exit = run.for_each(work, |part| {
        all.extend(part);
        Ok(())
    })?;
    if all.is_empty() {
        let level = options.level.unwrap_or(Level::Restricted);
        let at = LevelVersion { level, version };
        ui.note(&format!("nothing to patch: all Pods meet {at}"));
    }
    ui.raw_data(&all.join("---\n"));
    Ok(exit)
}

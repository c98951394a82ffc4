//! A container as text: a table of what holds, and why.

use pod_model::FieldPath;

use super::containers::listed;
use super::report::{CapabilitySets, ContainerItem, Effective};
use crate::render::{Block, Cell, Table, Tone};
use crate::targets::Target;
use crate::ui::escape;

pub(super) fn container_blocks(target: &Target, own: &ContainerItem, blocks: &mut Vec<Block>) {
    let kind = own.container_type.noun();
    blocks.push(Block::Heading(format!(
        "{}, {kind} {}{}",
        escape(&target.shown),
        escape(&own.name),
        target.in_file()
    )));
    let mut table = Table::new(&["", "VALUE", "FROM"]);
    let mut row = |label: &'static str, value: &Effective| {
        table.row(vec![
            label.into(),
            value.shown.clone().into(),
            Cell::new(from(target, value), Tone::Dim),
        ]);
    };
    row("user", &own.run_as_user);
    row("group", &own.run_as_group);
    row("supplemental groups", &own.supplemental_groups);
    row("groups policy", &own.supplemental_groups_policy);
    row("must not be root", &own.run_as_non_root);
    row("privileged", &own.privileged);
    row("no_new_privs", &own.no_new_privileges);
    row("read-only root", &own.read_only_root_filesystem);
    row("seccomp", &own.seccomp_profile);
    row("AppArmor", &own.app_armor_profile);
    row("SELinux", &own.se_linux_options);
    row("procMount", &own.proc_mount);
    blocks.push(Block::Table(table));
    let mut lines = capabilities(&own.capabilities);
    lines.push(format!("ports below 1024: {}", own.low_ports.shown));
    if let Some(user) = &own.observed {
        let groups = listed(&user.supplemental_groups);
        lines.push(format!(
            "status: its first process has user {}, group {} and the supplemental groups {groups}",
            user.uid, user.gid
        ));
    }
    blocks.push(Block::Paragraph(lines.join("\n").into()));
}

/// Returns the origin of a value, with its line.
fn from(target: &Target, value: &Effective) -> String {
    let Some(origin) = value.origin else {
        return String::new();
    };
    let line = value.path.as_ref().and_then(|path| line(target, path));
    match line {
        Some(line) => format!("{origin} (line {line})"),
        None => origin.to_owned(),
    }
}

fn line(target: &Target, path: &FieldPath) -> Option<u32> {
    let document = target.document.as_ref()?;
    document.find(path)?;
    document.locate(path).map(|location| location.line)
}

fn capabilities(own: &CapabilitySets) -> Vec<String> {
    if let (Some(missing), Some(effective)) = (&own.all_but, &own.effective) {
        let all = match missing.as_slice() {
            [] => "all".to_owned(),
            missing => format!("all but {}", missing.join(" ")),
        };
        return vec![if effective.is_empty() {
            format!("capabilities: effective none, bounding {all}")
        } else {
            format!("capabilities: {all}, bounding and effective")
        }];
    }
    let list = |all: &[&str]| match all {
        [] => "none".to_owned(),
        all => all.join(" "),
    };
    let bounding = list(&own.bounding);
    let effective = match &own.effective {
        Some(own) => list(own),
        None => "unknown: none unless the image's user is root".to_owned(),
    };
    if own.effective.as_deref() == Some(&own.bounding) {
        return vec![format!("capabilities, bounding and effective: {bounding}")];
    }
    vec![
        format!("capabilities, effective: {effective}"),
        format!("capabilities, bounding: {bounding}"),
    ]
}

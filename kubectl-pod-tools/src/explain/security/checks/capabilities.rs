//! Checks of capabilities, and of what privileged and privilege escalation mean.

use std::collections::HashSet;

use k8s_openapi::api::core::v1::SecurityContext;
use pod_model::security::{ContainerSecurity, User, is_capability};
use pod_model::{FieldPath, Finding, rules};

use super::subject::Subject;

pub(super) fn check(
    subject: &Subject<'_>,
    own: &ContainerSecurity,
    context: Option<&SecurityContext>,
    found: &mut Vec<Finding>,
) {
    privileged(subject, own, context, found);
    let Some(context) = context else {
        return;
    };
    let Some(capabilities) = &context.capabilities else {
        return;
    };
    let at = subject.context_path(own, "capabilities");
    let lists = [("add", &capabilities.add), ("drop", &capabilities.drop)];
    if own.privileged.value {
        return;
    }
    let ignored: HashSet<&String> = own.capabilities.unknown.iter().collect();
    for (field, list) in lists {
        let names = list.iter().flatten().enumerate();
        for (index, name) in names.filter(|(_, name)| ignored.contains(name)) {
            let path = at.field(field).index(index);
            found.push(unknown_name(field, name, path));
        }
    }
    let drop = capabilities.drop.as_deref().unwrap_or_default();
    let is_all = |name: &String| name.eq_ignore_ascii_case("ALL");
    if !drop.iter().any(|name| name == "ALL")
        && let Some(index) = drop.iter().position(is_all)
    {
        let message = format!(
            "`{}` drops all capabilities, but does not satisfy the level restricted, which compares the text",
            drop[index]
        );
        let path = at.field("drop").index(index);
        found.push(Finding::new(&rules::DROP_ALL_SPELLING, path, message).help("use `ALL`"));
    }
    let add = capabilities.add.as_deref().unwrap_or_default();
    unused(own, add, &at, found);
    if context.allow_privilege_escalation == Some(false)
        && let Some(index) = add
            .iter()
            .position(|name| name.eq_ignore_ascii_case("SYS_ADMIN"))
    {
        let message = format!(
            "`allowPrivilegeEscalation: false` holds beside SYS_ADMIN: no_new_privs is set in container `{}`",
            own.name
        );
        let path = at.field("add").index(index);
        found.push(Finding::new(&rules::ESCALATION_FORBIDDEN, path, message));
    }
}

fn unknown_name(field: &str, name: &str, path: FieldPath) -> Finding {
    let upper = name.to_ascii_uppercase();
    let verb = if field == "add" { "added" } else { "dropped" };
    let message = match upper.strip_prefix("CAP_") {
        Some(_) => format!(
            "`{name}` is not {verb}: the runtime makes CAP_{upper} of it, which does not exist"
        ),
        None if name.is_empty() => format!("a capability without a name is not {verb}"),
        None => format!("`{name}` is not {verb}: Linux has no capability CAP_{upper}"),
    };
    let mut finding = Finding::new(&rules::UNKNOWN_CAPABILITY, path, message);
    let short = upper.strip_prefix("CAP_");
    if let Some(short) = short.filter(|name| *name == "ALL" || is_capability(name)) {
        finding = finding.help(format!("use `{short}`"));
    }
    finding
}

/// A process that is not root has an empty effective set.
fn unused(own: &ContainerSecurity, add: &[String], at: &FieldPath, found: &mut Vec<Finding>) {
    let user = match &own.run_as_user.value {
        User::Id(0) | User::Unknown => return,
        User::Id(id) => id.to_string(),
        User::Name(name) if name == "root" => return,
        User::Name(name) => name.clone(),
    };
    let is_empty = own
        .capabilities
        .effective
        .as_ref()
        .is_some_and(Vec::is_empty);
    if add.is_empty() || !is_empty {
        return;
    }
    let names = add.join(", ");
    let (way_out, unless) = if own.no_new_privileges.value {
        ("no_new_privs keeps programs from getting them, too", "")
    } else {
        let way_out = "only a program whose file has them (`setcap`) gets them";
        (way_out, " unless a program's file has it")
    };
    let message = format!(
        "container `{}` runs as user {user}, whose processes have no capabilities: {names} cannot be used; {way_out}",
        own.name
    );
    found.push(
        Finding::new(&rules::UNUSED_CAPABILITY, at.field("add"), message).help(format!(
            "remove it{unless}, or run as root with all other capabilities dropped"
        )),
    );
}

fn privileged(
    subject: &Subject<'_>,
    own: &ContainerSecurity,
    context: Option<&SecurityContext>,
    found: &mut Vec<Finding>,
) {
    if !own.privileged.value {
        return;
    }
    let mut unused: Vec<&str> = Vec::new();
    if let Some(context) = context {
        let fields = [
            ("capabilities", context.capabilities.is_some()),
            ("seccompProfile", context.seccomp_profile.is_some()),
            (
                "appArmorProfile",
                // The runtime applies a profile of the node to privileged containers, too.
                context
                    .app_armor_profile
                    .as_ref()
                    .is_some_and(|own| own.type_ != "Localhost"),
            ),
            ("procMount", context.proc_mount.is_some()),
            ("seLinuxOptions", context.se_linux_options.is_some()),
        ];
        unused.extend(
            fields
                .iter()
                .filter(|(_, is_set)| *is_set)
                .map(|(name, _)| *name),
        );
    }
    let unused = match unused.as_slice() {
        [] => String::new(),
        names => format!("; without effect beside it: {}", names.join(", ")),
    };
    let message = format!(
        "container `{}` is privileged: all capabilities, all devices of the node, writable /sys and cgroups, /proc unmasked, no seccomp{unused}",
        own.name
    );
    let path = own.privileged.path.as_ref().map(|path| subject.path(path));
    let path = path.unwrap_or_else(|| subject.context_path(own, "privileged"));
    found.push(
        Finding::new(&rules::PRIVILEGED_CONTAINER, path, message)
            .help("add the capability or the device that is needed instead"),
    );
}

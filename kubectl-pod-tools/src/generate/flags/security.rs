//! Flags of the security context.
//!
//! Fields that both a Pod and a container have are written for the Pod, except by an option
//! of another container, and if the main container has its own value, which would win.

use k8s_openapi::api::core::v1::{Capabilities, Sysctl};
use pod_model::pod_security::Level;

use super::super::draft::Draft;
use super::super::flag::{Flag, Group};
use super::super::fragment::{Fragment, ValueError};
use super::super::value::{one_of, pair};
use super::capability::capabilities;
use super::confinement::{apparmor, seccomp, selinux};
use super::security_context::{context, pod_context, set};
use crate::completion_kind::CompletionKind;
use crate::flag_value::{IntegerError, read_integer};

pub(super) const GROUP: Group = Group {
    heading: "Security",
    flags: &[
        Flag::once(
            "profile",
            "LEVEL",
            "Pod Security level: restricted or baseline",
            "restricted",
            profile,
        )
        .of_pod()
        .more(
            "\
restricted   adds what the level requires: no root, no privilege
             escalation, no capabilities, the runtime's seccomp
             profile
baseline     adds nothing, only checks
Conflicting flags are errors. --kubernetes-version selects the version of the rules.",
        ),
        Flag::once("user", "UID", "Run as this user ID", "1000", user),
        Flag::once("group", "GID", "Run as this group ID", "3000", group),
        Flag::once(
            "fs-group",
            "GID",
            "fsGroup: group that owns volumes",
            "2000",
            |draft, gid| {
                pod_context(draft).fs_group = Some(id(gid)?);
                Ok(())
            },
        )
        .of_pod(),
        Flag::once(
            "supplemental-groups",
            "GID,…",
            "Supplemental group IDs, comma-separated",
            "4000,5000",
            |draft, list| {
                let groups: Result<_, _> = list.split(",").into_iter().map(id).collect();
                pod_context(draft).supplemental_groups = Some(groups?);
                Ok(())
            },
        )
        .of_pod(),
        Flag::switch("non-root", "Require a user other than root", |draft, _| {
            non_root(draft);
            Ok(())
        }),
        Flag::switch("privileged", "Run privileged", |draft, _| {
            context(draft).privileged = Some(true);
            Ok(())
        }),
        Flag::many(
            "cap-add",
            "CAPABILITY",
            "Add Linux capabilities, comma-separated",
            "NET_BIND_SERVICE",
            |draft, list| {
                let names = capabilities(list)?;
                extend(&mut both(draft).add, names);
                Ok(())
            },
        ),
        Flag::many(
            "cap-drop",
            "CAPABILITY",
            "Drop Linux capabilities; ALL drops all",
            "ALL",
            |draft, list| {
                let names = capabilities(list)?;
                extend(&mut both(draft).drop, names);
                Ok(())
            },
        ),
        Flag::switch(
            "read-only",
            "Mount the root file system read-only",
            |draft, _| {
                context(draft).read_only_root_filesystem = Some(true);
                Ok(())
            },
        ),
        Flag::switch(
            "no-privilege-escalation",
            "Set allowPrivilegeEscalation: false",
            |draft, _| {
                context(draft).allow_privilege_escalation = Some(false);
                Ok(())
            },
        ),
        Flag::once(
            "seccomp",
            "PROFILE",
            "Seccomp profile",
            "RuntimeDefault",
            seccomp,
        )
        .more("RuntimeDefault, Unconfined or localhost/FILE."),
        Flag::once(
            "apparmor",
            "PROFILE",
            "AppArmor profile",
            "RuntimeDefault",
            apparmor,
        )
        .more("RuntimeDefault, Unconfined or localhost/NAME."),
        Flag::once(
            "selinux",
            "LABEL",
            "SELinux label",
            "level=s0:c123,c456",
            selinux,
        )
        .more("USER:ROLE:TYPE:LEVEL, or parts of it: type=container_t,level=s0:c123,c456."),
        Flag::many(
            "sysctl",
            "NAME=VALUE",
            "Set a kernel parameter of the Pod",
            "net.ipv4.tcp_syncookies=1",
            sysctl,
        )
        .of_pod(),
        Flag::once(
            "service-account",
            "NAME",
            "Name of the ServiceAccount",
            "builder",
            |draft, name| {
                draft.pod.service_account_name = Some(name.owned());
                Ok(())
            },
        )
        .of_pod()
        .completes(CompletionKind::Names("serviceaccounts")),
        Flag::switch(
            "no-token",
            "Do not mount a ServiceAccount token",
            |draft, _| {
                draft.pod.automount_service_account_token = Some(false);
                Ok(())
            },
        )
        .of_pod(),
    ],
};

fn both(draft: &mut Draft) -> &mut Capabilities {
    context(draft).capabilities.get_or_insert_default()
}

fn extend(list: &mut Option<Vec<String>>, names: Vec<String>) {
    let list = list.get_or_insert_default();
    for name in names {
        if !list.contains(&name) {
            list.push(name);
        }
    }
}

fn profile(draft: &mut Draft, level: Fragment<'_>) -> Result<(), ValueError> {
    let levels = ["restricted", "baseline", "privileged"];
    draft.profile = Some(match one_of(level, &levels)? {
        "restricted" => Level::Restricted,
        "baseline" => Level::Baseline,
        _ => Level::Privileged,
    });
    Ok(())
}

/// Parses the ID of a user or group: the API has numbers only.
fn id(fragment: Fragment<'_>) -> Result<i64, ValueError> {
    read_integer(fragment.text(), &(i64::MIN..=i64::MAX)).map_err(|error| match error {
        IntegerError::Syntax => fragment
            .expected("a numeric ID")
            .help("use a number such as 1000; `id` in the container prints it"),
        IntegerError::OutOfRange => fragment.expected("an ID from 0 to 2147483647"),
    })
}

fn user(draft: &mut Draft, uid: Fragment<'_>) -> Result<(), ValueError> {
    if let Some((user, group)) = uid.split_once(":") {
        let error = uid.error("expected a user ID, found a user and a group");
        return Err(error.help(format!(
            "use --user {} --group {}",
            user.text(),
            group.text()
        )));
    }
    let uid = id(uid).map_err(|mut error| {
        if let Some(help) = &mut error.help {
            help.push_str("; a user of the kubeconfig is set with --kubeconfig-user");
        }
        error
    })?;
    set(draft, uid, |c| &mut c.run_as_user, |p| &mut p.run_as_user);
    Ok(())
}

fn group(draft: &mut Draft, gid: Fragment<'_>) -> Result<(), ValueError> {
    let gid = id(gid)?;
    set(draft, gid, |c| &mut c.run_as_group, |p| &mut p.run_as_group);
    Ok(())
}

fn non_root(draft: &mut Draft) {
    set(
        draft,
        true,
        |c| &mut c.run_as_non_root,
        |p| &mut p.run_as_non_root,
    );
}

fn sysctl(draft: &mut Draft, fragment: Fragment<'_>) -> Result<(), ValueError> {
    let (name, value) = pair(fragment, "NAME=VALUE")?;
    let sysctl = Sysctl {
        name: name.owned(),
        value: value.owned(),
    };
    let all = pod_context(draft).sysctls.get_or_insert_default();
    match all.iter_mut().find(|known| known.name == sysctl.name) {
        Some(known) => *known = sysctl,
        None => all.push(sysctl),
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::super::draft::{Cursor, Draft, TargetKind};
    use super::super::super::fragment::Fragment;
    use super::super::testing::{assert_specs, assert_value_errors};

    #[test]
    fn shared_fields_are_written_for_pod_others_for_container() {
        assert_specs(&[
            (
                "--user 1000 --group 3000 --fs-group 2000 --supplemental-groups 4,5 --non-root",
                "securityContext: {runAsUser: 1000, runAsGroup: 3000, fsGroup: 2000,
                   supplementalGroups: [4, 5], runAsNonRoot: true}",
            ),
            (
                "--privileged --read-only --cap-add NET_ADMIN,cap_sys_time --cap-add NET_ADMIN --cap-drop all",
                "containers: [{securityContext: {privileged: true, readOnlyRootFilesystem: true,
                   capabilities: {add: [NET_ADMIN, SYS_TIME], drop: [ALL]}}}]",
            ),
            (
                "--no-privilege-escalation",
                "containers: [{securityContext: {allowPrivilegeEscalation: false}}]",
            ),
            (
                "--seccomp localhost/a/b.json --apparmor runtimedefault",
                "securityContext: {seccompProfile: {type: Localhost, localhostProfile: a/b.json},
                   appArmorProfile: {type: RuntimeDefault}}",
            ),
            (
                "--sysctl a.b=1 --sysctl c=2 --sysctl a.b=3",
                "securityContext: {sysctls: [{name: a.b, value: '3'}, {name: c, value: '2'}]}",
            ),
            ("--service-account a", "serviceAccountName: a"),
            ("--no-token", "automountServiceAccountToken: false"),
        ]);
    }

    #[test]
    fn value_of_container_is_kept_in_container() {
        let mut draft = Draft::new(TargetKind::Pod);
        let user = |draft: &mut Draft, uid| super::user(draft, Fragment::whole(uid));
        draft
            .within(Cursor::Init(0), |draft| user(draft, "5"))
            .unwrap();
        user(&mut draft, "6").unwrap();
        super::context(&mut draft).run_as_user = Some(0);
        user(&mut draft, "7").unwrap();
        let of_init = &draft.pod.init_containers.as_ref().unwrap()[0];
        let of_init = of_init.security_context.as_ref().unwrap().run_as_user;
        let of_pod = draft.pod.security_context.as_ref().unwrap().run_as_user;
        let of_main = super::context(&mut draft).run_as_user;
        assert_eq!((of_init, of_pod, of_main), (Some(5), Some(6), Some(7)));
    }

    #[test]
    fn invalid_value_is_underlined() {
        assert_value_errors(&[
            ("--user root", "root", "expected a numeric ID, found `root`"),
            (
                "--user 1000:2000",
                "1000:2000",
                "expected a user ID, found a user and a group",
            ),
            (
                "--supplemental-groups 1,,2",
                "",
                "expected a numeric ID, found nothing",
            ),
            (
                "--cap-add NET_ADMIN,NET_ADM",
                "NET_ADM",
                "unknown capability `NET_ADM`",
            ),
            ("--cap-drop ''", "", "expected a capability, found nothing"),
            ("--seccomp runtime", "runtime", "unknown value `runtime`"),
            (
                "--seccomp localhost/",
                "",
                "expected a profile after `localhost/`",
            ),
            ("--apparmor a/b", "a", "expected `localhost`, found `a`"),
            (
                "--selinux a:b",
                "a:b",
                "expected `USER:ROLE:TYPE:LEVEL`, found `a:b`",
            ),
            ("--selinux kind=t", "kind", "unknown value `kind`"),
            ("--sysctl a", "a", "expected `NAME=VALUE`, found `a`"),
            ("--profile strict", "strict", "unknown value `strict`"),
        ]);
    }
}

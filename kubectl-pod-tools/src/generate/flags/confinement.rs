//! Values of the kernel's confinement: seccomp, AppArmor, SELinux.

use k8s_openapi::api::core::v1::{AppArmorProfile, SELinuxOptions, SeccompProfile};

use super::super::draft::Draft;
use super::super::fragment::{Fragment, ValueError};
use super::super::value::{one_of, unknown_word};
use super::security_context::set;

/// Parses `RuntimeDefault`, `Unconfined` or `localhost/PROFILE`.
fn profile_of_node(fragment: Fragment<'_>) -> Result<(String, Option<String>), ValueError> {
    if let Some((word, name)) = fragment.split_once("/") {
        if !word.text().eq_ignore_ascii_case("localhost") {
            return Err(word.expected("`localhost`"));
        }
        if name.is_empty() {
            return Err(name.error("expected a profile after `localhost/`"));
        }
        return Ok(("Localhost".to_owned(), Some(name.owned())));
    }
    let known = ["RuntimeDefault", "Unconfined"];
    match one_of(fragment, &known) {
        Ok(profile) => Ok((profile.to_owned(), None)),
        Err(_) => Err(unknown_word(
            fragment,
            "value",
            &[known[0], known[1], "localhost/PROFILE"],
        )),
    }
}

pub(super) fn seccomp(draft: &mut Draft, fragment: Fragment<'_>) -> Result<(), ValueError> {
    let (type_, localhost_profile) = profile_of_node(fragment)?;
    let profile = SeccompProfile {
        localhost_profile,
        type_,
    };
    set(
        draft,
        profile,
        |c| &mut c.seccomp_profile,
        |p| &mut p.seccomp_profile,
    );
    Ok(())
}

pub(super) fn apparmor(draft: &mut Draft, fragment: Fragment<'_>) -> Result<(), ValueError> {
    let (type_, localhost_profile) = profile_of_node(fragment)?;
    let profile = AppArmorProfile {
        localhost_profile,
        type_,
    };
    set(
        draft,
        profile,
        |c| &mut c.app_armor_profile,
        |p| &mut p.app_armor_profile,
    );
    Ok(())
}

/// Sets the SELinux label: `USER:ROLE:TYPE:LEVEL`, where the level has colons of its own, or
/// `type=T,level=L`, where it has commas.
pub(super) fn selinux(draft: &mut Draft, fragment: Fragment<'_>) -> Result<(), ValueError> {
    let mut options = SELinuxOptions::default();
    if fragment.text().contains('=') {
        let mut rest = fragment;
        while let Some((name, value)) = rest.split_once("=") {
            let name = one_of(name, &["user", "role", "type", "level"])?;
            // The next word begins after the last comma before the next `=`.
            let next = value.split_once("=").and_then(|(before, _)| {
                let comma = before.text().rfind(',')?;
                Some((
                    value.cut(0, comma),
                    value.cut(comma + 1, value.text().len()),
                ))
            });
            let (value, behind) = next.unwrap_or((value, value.behind()));
            let field = match name {
                "user" => &mut options.user,
                "role" => &mut options.role,
                "type" => &mut options.type_,
                _ => &mut options.level,
            };
            *field = Some(value.owned());
            rest = behind;
        }
    } else {
        let fields = [&mut options.user, &mut options.role, &mut options.type_];
        let mut rest = fragment;
        for field in fields {
            let Some((word, behind)) = rest.split_once(":") else {
                return Err(fragment
                    .expected("`USER:ROLE:TYPE:LEVEL`")
                    .help("use type=container_t,level=s0:c1 for parts of it"));
            };
            if !word.is_empty() {
                *field = Some(word.owned());
            }
            rest = behind;
        }
        if !rest.is_empty() {
            options.level = Some(rest.owned());
        }
    }
    set(
        draft,
        options,
        |c| &mut c.se_linux_options,
        |p| &mut p.se_linux_options,
    );
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::testing::assert_specs;

    #[test]
    fn selinux_label_is_whole_or_in_parts() {
        for (typed, expected) in [
            (
                "u:r:t:s0:c1,c2",
                "{user: u, role: r, type: t, level: 's0:c1,c2'}",
            ),
            ("::t:", "{type: t}"),
            ("level=s0:c1,c2,type=t", "{level: 's0:c1,c2', type: t}"),
            ("type=t", "{type: t}"),
        ] {
            let expected = format!("securityContext: {{seLinuxOptions: {expected}}}");
            assert_specs(&[(&format!("--selinux {typed}"), &expected)]);
        }
    }
}

//! Disks of iSCSI, and the names that it has.
//!
//! Upstream: `validateISCSIVolumeSource`.

use k8s_openapi::api::core::v1::ISCSIVolumeSource;

use super::super::errors::{Errors, quoted};
use super::super::path::Path;
use super::network::{given, unit};

pub(super) fn iscsi(source: &ISCSIVolumeSource, path: &Path<'_>, errors: &mut Errors) {
    given(
        &[
            ("targetPortal", &source.target_portal),
            ("iqn", &source.iqn),
        ],
        path,
        errors,
    );
    if !source.iqn.is_empty() {
        initiator(&source.iqn, &path.field("iqn"), errors);
    }
    unit(source.lun, path, errors);
    let chap = [source.chap_auth_discovery, source.chap_auth_session];
    if chap.contains(&Some(true)) && source.secret_ref.is_none() {
        errors.required(
            &path.field("secretRef"),
            "CHAP requires a Secret with credentials",
        );
    }
    if let Some(name) = &source.initiator_name {
        let before = errors.len();
        initiator(name, &path.field("initiatorname"), errors);
        errors.set_display_path_since(before, &path.field("initiatorName"));
    }
}

fn initiator(name: &str, path: &Path<'_>, errors: &mut Errors) {
    let sound = match name.get(..3) {
        Some("iqn") => is_iqn(name),
        Some("eui") => is_numbered(name, 16),
        Some("naa") => is_numbered(name, 32),
        _ => false,
    };
    if !sound {
        errors
            .invalid(path, format!("invalid iSCSI name {}", quoted(name)))
            .help("use a name such as `iqn.2001-04.com.example:storage`, `eui.` with 16 digits, or `naa.` with 32");
    }
}

/// Upstream: `iscsiInitiatorIqnRegex`, which looks for it anywhere up to the
/// end: `iqn.2001-04.com.example:storage`.
fn is_iqn(name: &str) -> bool {
    name.match_indices("iqn.").any(|(at, _)| {
        let rest = &name[at + 4..];
        let Some((date, rest)) = rest.split_at_checked(8) else {
            return false;
        };
        let date_is_sound = date.bytes().enumerate().all(|(i, b)| match i {
            4 => b == b'-',
            7 => b == b'.',
            _ => b.is_ascii_digit(),
        });
        // The authority ends at the first colon: it has none itself.
        let Some((authority, own)) = rest.split_once(':') else {
            return false;
        };
        let refused = [',', ';', '*', '&', '$', '|'];
        let is_blank = |c: char| matches!(c, '\t' | '\n' | '\x0c' | '\r' | ' ');
        date_is_sound
            && !authority.is_empty()
            && authority
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.'))
            && !own.is_empty()
            && !own.contains(refused)
            && !own.contains(is_blank)
    })
}

/// Three letters, any character and so many letters or digits.
fn is_numbered(name: &str, digits: usize) -> bool {
    let mut rest = name.chars().skip(3);
    let separator = rest.next();
    let rest: Vec<char> = rest.collect();
    separator.is_some_and(|c| c != '\n')
        && rest.len() == digits
        && rest.iter().all(char::is_ascii_alphanumeric)
}

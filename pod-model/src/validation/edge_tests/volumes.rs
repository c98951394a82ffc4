//! Sources of volumes.

use serde_json::{Value, json};

use super::{findings_of, none, with};

fn of_volume(source: &Value, base: &str) -> Vec<String> {
    let volume = with(json!({"name": "v"}), source);
    let base = format!("spec.volumes[0].{base}.");
    findings_of(&none(), &json!({"volumes": [volume]}), &none(), &base)
}

/// Upstream: `validateQuobyteVolumeSource`, with Go's `net.SplitHostPort`.
#[test]
fn a_registry_of_quobyte_is_hosts_with_ports() {
    for (registry, is_sound) in [
        ("a:1", true),
        ("a:1,b:2", true),
        ("[::1]:80", true),
        (":", true),
        ("a", false),
        ("a:1,b", false),
        ("a:b:1", false),
        ("[::1]", false),
        ("[::1:80", false),
        ("[a]b:1", false),
        ("[a]:1:2", false),
        ("[a]1", false),
        ("[[a]:1", false),
        ("a]:1", false),
        ("a:1]", false),
    ] {
        let source = json!({"quobyte": {"registry": registry, "volume": "v"}});
        let found = of_volume(&source, "quobyte");
        assert_eq!(found.is_empty(), is_sound, "{registry} {found:?}");
    }
}

/// Upstream: `validateGitRepoVolumeSource`.
#[test]
fn a_volume_of_git_has_a_repository_and_a_directory_below() {
    for (source, expected) in [
        (json!({"repository": "r"}), &[][..]),
        (json!({"repository": "r", "directory": "a/b"}), &[]),
        (json!({"repository": ""}), &["required repository"]),
        (
            json!({"repository": "r", "directory": "/a"}),
            &["invalid directory"],
        ),
        (
            json!({"repository": "r", "directory": "a/../.."}),
            &["invalid directory"],
        ),
    ] {
        let found = of_volume(&json!({"gitRepo": source}), "gitRepo");
        assert_eq!(found, expected, "{source}");
    }
}

/// Upstream: `validateISCSIVolumeSource`, `iscsiInitiatorIqnRegex` and its kin.
#[test]
fn a_name_of_iscsi_has_one_of_three_forms() {
    for (name, is_sound) in [
        ("iqn.2001-04.com.example:storage", true),
        ("iqn.2001-04.com.example:storage:disk", true),
        ("iqn.iqn.2001-04.com.example:storage", true),
        ("iqn.2001x04.com.example:storage", false),
        ("iqn.2001-04xcom.example:storage", false),
        ("iqn.200a-04.com.example:storage", false),
        ("iqn.2001-04.:storage", false),
        ("iqn.2001-04.com_example:storage", false),
        ("iqn.2001-04.com.example:", false),
        ("iqn.2001-04.com.example", false),
        ("iqn.2001-04.com.example:a,b", false),
        ("iqn.2001-04.com.example:a b", false),
        ("iqn.2001-04.com.example:a\tb", false),
        ("iqn.2001", false),
        ("eui.0123456789abcdef", true),
        ("eui.0123456789abcde", false),
        ("eui.0123456789abcde-", false),
        ("naa.0123456789abcdef0123456789abcdef", true),
        ("naa.0123456789abcdef", false),
        ("abc.2001-04.com.example:storage", false),
    ] {
        let source = json!({"iscsi": {"targetPortal": "p", "iqn": name, "lun": 0}});
        let found = of_volume(&source, "iscsi");
        assert_eq!(found.is_empty(), is_sound, "{name:?} {found:?}");
    }
}

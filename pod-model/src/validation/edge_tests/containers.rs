//! Containers beside the ordinary ones, and their users.

use serde_json::json;

use super::{findings_of, none, with};

/// Upstream: `validateEphemeralContainers`.
#[test]
fn the_target_of_an_ephemeral_container_is_another_container() {
    let base = "spec.ephemeralContainers[0].";
    let wrong = "not-found targetContainerName".to_owned();
    for (target, is_wrong) in [
        (json!({}), false),
        (json!({"targetContainerName": ""}), false),
        (json!({"targetContainerName": "app"}), false),
        (json!({"targetContainerName": "init"}), false),
        (json!({"targetContainerName": "debug"}), true),
        (json!({"targetContainerName": "none"}), true),
    ] {
        let own = with(json!({"name": "debug", "image": "i"}), &target);
        let init = json!({"name": "init", "image": "i"});
        let spec = json!({"ephemeralContainers": [own], "initContainers": [init]});
        let found = findings_of(&none(), &spec, &none(), base);
        assert_eq!(found.contains(&wrong), is_wrong, "{target} {found:?}");
    }
}

/// Upstream: `validateWindowsSecurityContextOptions`.
#[test]
fn the_domain_of_a_windows_user_is_of_net_bios_or_dns() {
    for (name, is_sound) in [
        (r"user", true),
        (r"under_score\u", true),
        (r"fifteen_letters\u", true),
        (r"sixteen__letters\u", false),
        (r"more-than-15-letters.example.com\u", true),
        (r".ab\u", false),
        (r"a*b\u", false),
        (r"a.b\u", true),
        (r"-a_\u", true),
        (r"\u", false),
        (r"a\", false),
        (r"a\b\c", false),
        (r"a\. .", false),
        (r"a\u+", false),
    ] {
        let options = json!({"securityContext": {"windowsOptions": {"runAsUserName": name}}});
        let found = findings_of(&none(), &options, &none(), "");
        assert_eq!(found.is_empty(), is_sound, "{name} {found:?}");
    }
}

//! AppArmor and seccomp.

use serde_json::json;

use super::{findings_of, none};

/// Upstream: `ValidateAppArmorProfileField`.
#[test]
fn an_app_armor_profile_has_a_type_and_a_name_where_it_is_local() {
    let long = "p".repeat(4096);
    for (profile, expected) in [
        (json!({"type": "RuntimeDefault"}), &[][..]),
        (json!({"type": "Unconfined"}), &[]),
        (json!({"type": "Localhost", "localhostProfile": "p"}), &[]),
        (
            json!({"type": "Localhost", "localhostProfile": &long[1..]}),
            &[],
        ),
        (
            json!({"type": "Localhost", "localhostProfile": long}),
            &["too-long localhostProfile"],
        ),
        (json!({"type": "Localhost"}), &["required localhostProfile"]),
        (
            json!({"type": "Localhost", "localhostProfile": ""}),
            &["required localhostProfile"],
        ),
        (
            json!({"type": "Localhost", "localhostProfile": " p"}),
            &["invalid localhostProfile"],
        ),
        (
            json!({"type": "RuntimeDefault", "localhostProfile": "p"}),
            &["invalid localhostProfile"],
        ),
        (json!({"type": ""}), &["required type"]),
        (json!({"type": "localhost"}), &["not-supported type"]),
    ] {
        let context = json!({"securityContext": {"appArmorProfile": profile}});
        let base = "spec.securityContext.appArmorProfile.";
        let found = findings_of(&none(), &context, &none(), base);
        assert_eq!(found, expected, "{profile}");
        let base = "spec.containers[0].securityContext.appArmorProfile.";
        let found = findings_of(&none(), &none(), &context, base);
        assert_eq!(found, expected, "{profile} of a container");
    }
}

/// Upstream: `validateSeccompAnnotationsAndFields`.
#[test]
fn an_annotation_of_seccomp_says_what_the_field_says() {
    let local = json!({"type": "Localhost", "localhostProfile": "p"});
    let default = json!({"type": "RuntimeDefault"});
    for (annotation, profile, expected) in [
        ("runtime/default", &default, &[][..]),
        ("docker/default", &default, &[]),
        ("unconfined", &default, &["forbidden-field type"]),
        ("unconfined", &json!({"type": "Unconfined"}), &[]),
        (
            "runtime/default",
            &json!({"type": "Unconfined"}),
            &["forbidden-field type"],
        ),
        ("localhost/p", &local, &[]),
        ("localhost/q", &local, &["forbidden-field localhostProfile"]),
        ("runtime/default", &local, &["forbidden-field type"]),
    ] {
        let context = json!({"securityContext": {"seccompProfile": profile}});
        let pods = json!({"annotations": {"seccomp.security.alpha.kubernetes.io/pod": annotation}});
        let base = "spec.securityContext.seccompProfile.";
        let found = findings_of(&pods, &context, &none(), base);
        assert_eq!(found, expected, "{annotation} {profile}");
        let own = json!({"annotations": {"container.seccomp.security.alpha.kubernetes.io/app": annotation}});
        let base = "spec.containers[0].securityContext.seccompProfile.";
        let found = findings_of(&own, &none(), &context, base);
        assert_eq!(found, expected, "{annotation} {profile} of a container");
    }
}

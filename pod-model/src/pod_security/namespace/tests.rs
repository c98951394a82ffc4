//! Labels that are misspelt, missing or stricter than each other.

use std::collections::BTreeMap;

use super::{
    AUDIT, AUDIT_VERSION, ENFORCE, ENFORCE_VERSION, Origin, WARN, WARN_VERSION, policy, unknowable,
};

/// `TestPolicyToEvaluate`, and the origins.
#[test]
fn labels_make_a_policy() {
    use Origin::{Enforce, Label, Misspelt, ServerDefault};
    let none = [("", ""); 0];
    for (labels, enforce, audit, warn, errors) in [
        (
            &none[..],
            ("privileged:latest", ServerDefault),
            "privileged:latest",
            ("privileged:latest", ServerDefault),
            0,
        ),
        (
            &[(ENFORCE, "baseline"), (ENFORCE_VERSION, "v1.20")],
            ("baseline:v1.20", Label),
            "privileged:latest",
            ("baseline:v1.20", Enforce),
            0,
        ),
        (
            &[
                (ENFORCE, "baseline"),
                (ENFORCE_VERSION, "v1.20"),
                (WARN_VERSION, "v1.30"),
            ],
            ("baseline:v1.20", Label),
            "privileged:latest",
            ("baseline:v1.30", Enforce),
            0,
        ),
        (
            &[(ENFORCE, "baselin"), (WARN, "restrict"), (AUDIT, "x")],
            ("restricted:latest", Misspelt),
            "privileged:latest",
            ("privileged:latest", Misspelt),
            3,
        ),
        (
            &[(ENFORCE, "Restricted")],
            ("restricted:latest", Misspelt),
            "privileged:latest",
            ("privileged:latest", ServerDefault),
            1,
        ),
        (
            &[(ENFORCE, "restricted"), (WARN, "privileged")],
            ("restricted:latest", Label),
            "privileged:latest",
            ("privileged:latest", Label),
            0,
        ),
        (
            &[(ENFORCE, "restricted"), (ENFORCE_VERSION, "1.30")],
            ("restricted:latest", Label),
            "privileged:latest",
            ("restricted:latest", Enforce),
            1,
        ),
    ] {
        let map: BTreeMap<String, String> = labels
            .iter()
            .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
            .collect();
        let found = policy(Some(&map));
        let seen = (found.enforce.at.to_string(), found.enforce.level_origin);
        assert_eq!((seen.0.as_str(), seen.1), enforce, "{labels:?}");
        assert_eq!(found.audit.at.to_string(), audit, "{labels:?}");
        let seen = (found.warn.at.to_string(), found.warn.level_origin);
        assert_eq!((seen.0.as_str(), seen.1), warn, "{labels:?}");
        assert_eq!(found.errors.len(), errors, "{labels:?}");
    }
}

#[test]
fn defaults_of_the_server_are_told_where_a_label_is_missing() {
    let all = [
        (ENFORCE, "baseline"),
        (ENFORCE_VERSION, "latest"),
        (WARN, "baseline"),
        (WARN_VERSION, "latest"),
        (AUDIT, "baseline"),
        (AUDIT_VERSION, "latest"),
    ];
    for count in 0..=all.len() {
        let labels = all[..count].iter();
        let labels = labels.map(|(key, value)| ((*key).to_owned(), (*value).to_owned()));
        let labels: BTreeMap<String, String> = labels.collect();
        let told = unknowable(&policy(Some(&labels))).len();
        assert_eq!(told, if count == all.len() { 1 } else { 2 }, "{labels:?}");
    }
}

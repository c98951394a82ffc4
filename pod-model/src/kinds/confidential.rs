//! Objects that may be Secrets, judged by their own fields.

use serde_json::Value;

use crate::nearest;
use crate::schema::builtin;

/// Kinds that hold credentials without a word of it in their name: kubeconfig
/// files (k8s.io/client-go/tools/clientcmd/api/v1), what exec plugins print
/// (k8s.io/client-go/pkg/apis/clientauthentication), the API server's
/// encryption keys (k8s.io/apiserver/pkg/apis/apiserver), issued tokens, tokens for
/// joining (k8s.io/kubernetes/cmd/kubeadm) and what Secrets are generated from
/// (sigs.k8s.io/kustomize).
const CREDENTIALS: [&str; 8] = [
    "Config",
    "EncryptionConfiguration",
    "ExecCredential",
    "InitConfiguration",
    "JoinConfiguration",
    "Kustomization",
    "TokenRequest",
    "TokenReview",
];

/// Kubernetes' own kinds with a field `data` that is no Secret's, and their groups.
const WITH_DATA: [(&str, &str); 2] = [("", "ConfigMap"), ("apps", "ControllerRevision")];

/// The kind and fields at the top of an object.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Said<'a> {
    /// `apiVersion`, if it is a string.
    pub(crate) api_version: Option<&'a str>,
    /// `kind`, if it is a string.
    pub(crate) kind: Option<&'a str>,
    /// True if it has `data` or `binaryData`.
    pub(crate) data: bool,
    /// True if it has `stringData`, which Secrets alone have.
    pub(crate) string_data: bool,
}

impl Said<'_> {
    /// Returns whether the object may be a Secret. It is none only if its kind says so
    /// for certain, and it has none of the fields in which a Secret keeps its
    /// values, but for kinds that have such a field of their own.
    pub(crate) fn may_be_secret(self) -> bool {
        let Some(kind) = self.kind else {
            return true;
        };
        let is_own_data = self.has_own_data(kind);
        is_secretive(kind) || self.string_data || (self.data && !is_own_data)
    }
}

impl Said<'_> {
    /// Returns whether it is one of [`WITH_DATA`]. A kind of another group that is called
    /// so may hold anything in its `data`.
    fn has_own_data(self, kind: &str) -> bool {
        let group = self.api_version.map(|version| {
            let group = version.split_once('/');
            group.map_or("", |(group, _)| group)
        });
        let is_row =
            |(own, known): &(&str, &str)| *known == kind && group.is_none_or(|g| g == *own);
        WITH_DATA.iter().any(is_row)
    }
}

/// Returns whether an object as a server sends it may be a Secret: what holds for a
/// [`Document`](crate::Document) that may be one.
pub fn value_may_be_secret(object: &Value) -> bool {
    let has = |name| object.get(name).is_some();
    let text = |name| object.get(name).and_then(Value::as_str);
    let said = Said {
        api_version: text("apiVersion"),
        kind: text("kind"),
        data: has("data") || has("binaryData"),
        string_data: has("stringData"),
    };
    said.may_be_secret()
}

/// Returns whether a kind is a Secret, holds Secrets or what is in them
/// (`ExternalSecret`), is one misspelt, or is no kind at all.
pub(crate) fn is_secretive(kind: &str) -> bool {
    let is_word = !kind.is_empty() && kind.bytes().all(|b| b.is_ascii_alphanumeric());
    !is_word
        || kind.to_ascii_lowercase().contains("secret")
        || CREDENTIALS
            .iter()
            .any(|known| known.eq_ignore_ascii_case(kind))
        || (!builtin().kinds_named(kind) && nearest(kind, ["Secret", "SecretList"]).is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_is_no_secret_only_if_it_is_certain() {
        for kind in [
            "Secret",
            "secret",
            "SECRET",
            "SecretList",
            "ExternalSecret",
            "Sercet",
            "Secrte",
            "Secrets",
            "Config",
            "",
            "Secret ",
            "\u{405}ecret",
            "Pod Secret",
        ] {
            assert!(is_secretive(kind), "{kind}");
        }
        for kind in [
            "Pod",
            "ConfigMap",
            "Deployment",
            "Rollout",
            "List",
            "Service",
            "Set",
        ] {
            assert!(!is_secretive(kind), "{kind}");
        }
    }

    #[test]
    fn data_tells_where_the_kind_does_not() {
        let said = |kind, data, string_data| Said {
            api_version: None,
            kind,
            data,
            string_data,
        };
        assert!(said(None, false, false).may_be_secret());
        assert!(said(Some("Sealed"), true, false).may_be_secret());
        assert!(said(Some("Pod"), true, false).may_be_secret());
        assert!(said(Some("ConfigMap"), true, true).may_be_secret());
        assert!(!said(Some("ConfigMap"), true, false).may_be_secret());
        assert!(!said(Some("Sealed"), false, false).may_be_secret());
        for (api_version, kind, may_be) in [
            ("v1", "ConfigMap", false),
            ("apps/v1", "ControllerRevision", false),
            ("apps/v1beta1", "ControllerRevision", false),
            ("example.com/v1", "ConfigMap", true),
            ("apps/v1", "ConfigMap", true),
            ("v1", "ControllerRevision", true),
        ] {
            let said = Said {
                api_version: Some(api_version),
                ..said(Some(kind), true, false)
            };
            assert_eq!(said.may_be_secret(), may_be, "{api_version} {kind}");
        }
    }

    #[test]
    fn live_objects_are_secrets_by_any_of_their_fields() {
        let may_be = |kind: &str, field: &str| {
            let object = serde_json::json!({"apiVersion": "example.com/v1", "kind": kind, field: {"k": "v"}});
            value_may_be_secret(&object)
        };
        for (kind, field, expected) in [
            ("Widget", "data", true),
            ("Widget", "binaryData", true),
            ("Widget", "stringData", true),
            ("Widget", "spec", false),
            ("Secret", "spec", true),
        ] {
            assert_eq!(may_be(kind, field), expected, "{kind} {field}");
        }
    }
}

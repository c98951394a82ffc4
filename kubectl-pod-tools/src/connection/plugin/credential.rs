//! The output of a plugin: an ExecCredential
//! (k8s.io/client-go/pkg/apis/clientauthentication/v1).

use http::HeaderValue;
use jiff::Timestamp;
use serde::Deserialize;

use crate::connection::effective::bearer;
use crate::connection::identity::Identity;

/// A credential of a plugin.
#[derive(Debug)]
pub(in crate::connection) struct Credential {
    /// Header with the token.
    pub authorization: Option<HeaderValue>,
    /// Client certificate.
    pub identity: Option<Identity>,
    /// Time of expiry, or `None` if it does not expire.
    pub expires: Option<Timestamp>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ExecCredential {
    api_version: Option<String>,
    kind: Option<String>,
    status: Option<Status>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Status {
    token: Option<String>,
    client_certificate_data: Option<String>,
    client_key_data: Option<String>,
    expiration_timestamp: Option<String>,
}

impl Credential {
    /// Parses the output, which is JSON or YAML.
    ///
    /// # Errors
    /// A message that follows "the plugin", without any of the output.
    pub(super) fn parse(output: &[u8], api_version: &str) -> Result<Self, String> {
        let manifest = pod_model::manifest::read("stdout", output.to_vec());
        let no_credential = || "printed no ExecCredential".to_owned();
        let document = match manifest.documents.as_slice() {
            [one] if manifest.errors.is_empty() => one,
            _ => return Err(no_credential()),
        };
        let found: ExecCredential = document.decode().map_err(|_| no_credential())?;
        if found.kind.as_deref() != Some("ExecCredential") {
            return Err(no_credential());
        }
        if found.api_version.as_deref() != Some(api_version) {
            return Err(format!(
                "printed an ExecCredential of another version than {api_version} of the kubeconfig"
            ));
        }
        let status = found
            .status
            .ok_or("printed an ExecCredential without a status")?;
        let given = |text: Option<String>| text.filter(|text| !text.is_empty());
        let token = given(status.token);
        let certificate = given(status.client_certificate_data);
        let key = given(status.client_key_data);
        let identity = match (certificate, key) {
            (Some(certificate), Some(key)) => Some(
                Identity::parse(certificate.as_bytes(), key.as_bytes())
                    .map_err(|why| format!("returned an invalid client certificate: {why}"))?,
            ),
            (None, None) => None,
            (Some(_), None) => return Err("returned a client certificate and no key".to_owned()),
            (None, Some(_)) => return Err("returned a client key and no certificate".to_owned()),
        };
        if token.is_none() && identity.is_none() {
            return Err("returned neither a token nor a client certificate".to_owned());
        }
        let authorization = token.map(|token| bearer(&token)).transpose();
        let authorization = authorization.map_err(|why| format!("failed: {why}"))?;
        let expires = given(status.expiration_timestamp)
            .map(|text| text.parse())
            .transpose()
            .map_err(|_| "returned an invalid `expirationTimestamp`".to_owned())?;
        Ok(Self {
            authorization,
            identity,
            expires,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const V1: &str = "client.authentication.k8s.io/v1";

    fn parse(status: &str) -> Result<Credential, String> {
        let text = format!("{{apiVersion: {V1}, kind: ExecCredential, status: {status}}}");
        Credential::parse(text.as_bytes(), V1)
    }

    #[test]
    fn a_token_may_expire() {
        let credential = parse("{token: t, expirationTimestamp: '2030-01-02T03:04:05Z'}").unwrap();
        assert_eq!(credential.authorization.unwrap(), "Bearer t");
        assert_eq!(
            credential.expires.unwrap().to_string(),
            "2030-01-02T03:04:05Z"
        );
        let credential = parse("{token: t, more: 1}").unwrap();
        assert!(credential.expires.is_none() && credential.identity.is_none());
    }

    #[test]
    fn invalid_credential_is_reported_but_not_shown() {
        for (status, why) in [
            ("{}", "neither a token nor"),
            ("{token: ''}", "neither a token nor"),
            ("null", "without a status"),
            ("s3cret", "printed no ExecCredential"),
            ("{token: [s3cret]}", "printed no ExecCredential"),
            ("{token: \"s3\\ncret\"}", "in an HTTP header"),
            (
                "{token: t, expirationTimestamp: s3cret}",
                "invalid `expirationTimestamp`",
            ),
            ("{clientCertificateData: s3cret}", "certificate and no key"),
            ("{clientKeyData: s3cret}", "key and no certificate"),
            (
                "{clientCertificateData: s3cret, clientKeyData: s3cret}",
                "holds no PEM certificate",
            ),
        ] {
            let error = parse(status).unwrap_err();
            assert!(error.contains(why), "{status}: {error}");
            assert!(!error.contains("cret,") && !error.contains("s3"), "{error}");
        }
        for output in [
            "",
            "s3cret",
            "{}",
            "{kind: ExecCredential, status: {token: s3cret}}",
            "{kind: Secret, apiVersion: client.authentication.k8s.io/v1, status: {token: s3cret}}",
            "{kind: ExecCredential, apiVersion: client.authentication.k8s.io/v1beta1, status: {token: s3cret}}",
            "{\"kind\": \"ExecCredential\", \"status\": {\"token\": \"s3cret",
            "\u{0}s3cret",
        ] {
            let error = Credential::parse(output.as_bytes(), V1).unwrap_err();
            assert!(!error.contains("s3cret"), "{output}: {error}");
        }
    }
}

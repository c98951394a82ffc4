//! The fields of a kubeconfig that a client needs
//! (k8s.io/client-go/tools/clientcmd/api/v1). A null counts as an absent field.

use std::collections::BTreeMap;
use std::fmt;

use pod_model::yaml::base64;
use secrecy::SecretString;
use serde::{Deserialize, Deserializer};
use serde_json::Value;

/// One kubeconfig file.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "kebab-case")]
pub(in crate::connection) struct Kubeconfig {
    #[serde(rename = "apiVersion", deserialize_with = "nullable")]
    pub api_version: String,
    #[serde(deserialize_with = "nullable")]
    pub kind: String,
    #[serde(deserialize_with = "nullable")]
    pub current_context: String,
    #[serde(deserialize_with = "nullable")]
    pub clusters: Vec<NamedCluster>,
    #[serde(deserialize_with = "nullable")]
    pub users: Vec<NamedUser>,
    #[serde(deserialize_with = "nullable")]
    pub contexts: Vec<NamedContext>,
}

macro_rules! named {
    ($name:ident, $field:ident, $value:ident) => {
        #[derive(Clone, Debug, Default, Deserialize)]
        #[serde(default)]
        pub(in crate::connection) struct $name {
            #[serde(deserialize_with = "nullable")]
            pub name: String,
            #[serde(deserialize_with = "nullable")]
            pub $field: $value,
        }
    };
}
named!(NamedCluster, cluster, Cluster);
named!(NamedUser, user, User);
named!(NamedContext, context, Context);

/// A server, and the trust in its certificate.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "kebab-case")]
pub(in crate::connection) struct Cluster {
    #[serde(deserialize_with = "nullable")]
    pub server: String,
    #[serde(deserialize_with = "nullable")]
    pub tls_server_name: String,
    #[serde(deserialize_with = "nullable")]
    pub insecure_skip_tls_verify: bool,
    #[serde(deserialize_with = "nullable")]
    pub certificate_authority: String,
    #[serde(deserialize_with = "nullable")]
    pub certificate_authority_data: Bytes,
    #[serde(deserialize_with = "nullable")]
    pub proxy_url: String,
    #[serde(deserialize_with = "nullable")]
    pub disable_compression: bool,
    #[serde(deserialize_with = "nullable")]
    pub extensions: Vec<NamedExtension>,
}

/// An extension of a cluster.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::connection) struct NamedExtension {
    #[serde(deserialize_with = "nullable")]
    pub name: String,
    pub extension: Value,
}

/// Credentials.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "kebab-case")]
pub(in crate::connection) struct User {
    #[serde(deserialize_with = "nullable")]
    pub client_certificate: String,
    #[serde(deserialize_with = "nullable")]
    pub client_certificate_data: Bytes,
    #[serde(deserialize_with = "nullable")]
    pub client_key: String,
    #[serde(deserialize_with = "nullable")]
    pub client_key_data: Bytes,
    #[serde(deserialize_with = "secret")]
    pub token: SecretString,
    #[serde(rename = "tokenFile", deserialize_with = "nullable")]
    pub token_file: String,
    #[serde(deserialize_with = "nullable")]
    pub username: String,
    #[serde(deserialize_with = "secret")]
    pub password: SecretString,
    #[serde(rename = "as", deserialize_with = "nullable")]
    pub impersonate: String,
    #[serde(rename = "as-uid", deserialize_with = "nullable")]
    pub impersonate_uid: String,
    #[serde(rename = "as-groups", deserialize_with = "nullable")]
    pub impersonate_groups: Vec<String>,
    #[serde(rename = "as-user-extra", deserialize_with = "nullable")]
    pub impersonate_extra: BTreeMap<String, Vec<String>>,
    #[serde(deserialize_with = "nullable")]
    pub auth_provider: Option<AuthProvider>,
    #[serde(deserialize_with = "nullable")]
    pub exec: Option<Exec>,
}

/// A login built into the client.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::connection) struct AuthProvider {
    #[serde(deserialize_with = "nullable")]
    pub name: String,
    #[serde(deserialize_with = "nullable")]
    pub config: BTreeMap<String, String>,
}

/// A program that prints credentials.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(in crate::connection) struct Exec {
    #[serde(deserialize_with = "nullable")]
    pub command: String,
    #[serde(deserialize_with = "nullable")]
    pub args: Vec<String>,
    #[serde(deserialize_with = "nullable")]
    pub env: Vec<ExecEnv>,
    #[serde(deserialize_with = "nullable")]
    pub api_version: String,
    #[serde(deserialize_with = "nullable")]
    pub install_hint: String,
    #[serde(deserialize_with = "nullable")]
    pub provide_cluster_info: bool,
    #[serde(deserialize_with = "nullable")]
    pub interactive_mode: String,
}

/// A variable of a program's environment; its value may be a secret.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::connection) struct ExecEnv {
    #[serde(deserialize_with = "nullable")]
    pub name: String,
    #[serde(deserialize_with = "secret")]
    pub value: SecretString,
}

/// A cluster, a user and a namespace.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::connection) struct Context {
    #[serde(deserialize_with = "nullable")]
    pub cluster: String,
    #[serde(deserialize_with = "nullable")]
    pub user: String,
    #[serde(deserialize_with = "nullable")]
    pub namespace: String,
}

/// Base64 bytes, which may be a private key.
#[derive(Clone, Default, PartialEq, Eq)]
pub(in crate::connection) struct Bytes(pub Vec<u8>);

impl fmt::Debug for Bytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Bytes({})", self.0.len())
    }
}

impl<'de> Deserialize<'de> for Bytes {
    /// Decodes like Go's encoding/json reads `[]byte`: line breaks are ignored.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let decoded = base64::decode(&text).map(Self);
        decoded.ok_or_else(|| serde::de::Error::custom("no base64, expected base64"))
    }
}

fn nullable<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Default + Deserialize<'de>,
{
    Option::deserialize(deserializer).map(Option::unwrap_or_default)
}

fn secret<'de, D: Deserializer<'de>>(deserializer: D) -> Result<SecretString, D::Error> {
    let text: String = nullable(deserializer)?;
    Ok(text.into())
}

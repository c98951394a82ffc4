//! kubectl's connection flags, spelled as kubectl spells them
//! (k8s.io/cli-runtime/pkg/genericclioptions, `ConfigFlags`).

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use clap::builder::{OsStringValueParser, TypedValueParser};

use super::kubeconfig::{Bytes, Chosen, Cluster, User};
use crate::completion_kind::CompletionKind;
use crate::flag_value::parse_duration;
use crate::shell_quote::quoted;

/// Which cluster, as whom, and where in it.
#[derive(Args, Clone, Debug, Default)]
#[command(next_help_heading = "Connection")]
pub(crate) struct ConnectionFlags {
    /// Namespace of the request
    #[arg(short, long, global = true, value_name = "NAMESPACE",
          add = CompletionKind::Names("namespaces"))]
    pub namespace: Option<String>,

    /// Kubeconfig file to use, instead of $KUBECONFIG and ~/.kube/config
    #[arg(
        long,
        global = true,
        value_name = "FILE",
        value_parser = path(),
        hide_short_help = true
    )]
    pub kubeconfig: Option<PathBuf>,

    /// Context of the kubeconfig to use
    #[arg(long, global = true, value_name = "NAME", hide_short_help = true)]
    pub context: Option<String>,

    /// Cluster of the kubeconfig to use
    #[arg(long, global = true, value_name = "NAME", hide_short_help = true)]
    pub cluster: Option<String>,

    /// User of the kubeconfig to use
    #[arg(long, global = true, value_name = "NAME", hide_short_help = true)]
    pub user: Option<String>,

    /// Address and port of the API server
    #[arg(short, long, global = true, value_name = "URL", hide_short_help = true)]
    pub server: Option<String>,

    /// Bearer token for the API server
    #[arg(long, global = true, value_name = "TOKEN", hide_short_help = true)]
    pub token: Option<String>,

    /// User to impersonate
    #[arg(
        long = "as",
        global = true,
        value_name = "USER",
        hide_short_help = true
    )]
    pub impersonate: Option<String>,

    /// Group to impersonate; can be given several times
    #[arg(
        long = "as-group",
        global = true,
        value_name = "GROUP",
        hide_short_help = true
    )]
    pub impersonate_groups: Vec<String>,

    /// UID to impersonate
    #[arg(
        long = "as-uid",
        global = true,
        value_name = "UID",
        hide_short_help = true
    )]
    pub impersonate_uid: Option<String>,

    /// Extra information about the impersonated user; can be given several times
    #[arg(
        long = "as-user-extra",
        global = true,
        value_name = "KEY=VALUE",
        value_parser = key_value,
        hide_short_help = true
    )]
    pub impersonate_extra: Vec<(String, String)>,

    /// Certificate authority of the API server
    #[arg(
        long,
        global = true,
        value_name = "FILE",
        value_parser = path(),
        hide_short_help = true
    )]
    pub certificate_authority: Option<PathBuf>,

    /// Client certificate for TLS
    #[arg(
        long,
        global = true,
        value_name = "FILE",
        value_parser = path(),
        hide_short_help = true
    )]
    pub client_certificate: Option<PathBuf>,

    /// Client key for TLS
    #[arg(
        long,
        global = true,
        value_name = "FILE",
        value_parser = path(),
        hide_short_help = true
    )]
    pub client_key: Option<PathBuf>,

    /// Do not check the API server's certificate: the connection is not safe then
    #[arg(
        long,
        global = true,
        value_name = "BOOL",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "true",
        hide_short_help = true
    )]
    pub insecure_skip_tls_verify: Option<bool>,

    /// Name to check the API server's certificate against
    #[arg(long, global = true, value_name = "NAME", hide_short_help = true)]
    pub tls_server_name: Option<String>,

    /// Longest time that one request may take, retries included (0: no limit)
    #[arg(
        long,
        global = true,
        value_name = "DURATION",
        value_parser = request_timeout,
        allow_hyphen_values = true,
        hide_short_help = true
    )]
    pub request_timeout: Option<Duration>,

    /// Directory for caches; taken for kubectl's sake, nothing is cached
    #[arg(
        long,
        global = true,
        value_name = "DIR",
        value_parser = path(),
        hide_short_help = true
    )]
    pub cache_dir: Option<PathBuf>,

    /// Do not ask for compressed answers
    #[arg(long, global = true, hide_short_help = true)]
    pub disable_compression: bool,

    /// Name for basic authentication
    #[arg(long, global = true, value_name = "NAME", hide_short_help = true)]
    pub username: Option<String>,

    /// Password for basic authentication
    #[arg(long, global = true, value_name = "PASSWORD", hide_short_help = true)]
    pub password: Option<String>,
}

/// Any path; an empty one is as good as none, as in kubectl.
fn path() -> impl TypedValueParser<Value = PathBuf> {
    OsStringValueParser::new().map(PathBuf::from)
}

fn key_value(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((key, value)) if !key.is_empty() => Ok((key.to_owned(), value.to_owned())),
        _ => Err(format!("`{text}` is not KEY=VALUE")),
    }
}

/// Zero means no limit, as in kubectl.
fn request_timeout(text: &str) -> Result<Duration, String> {
    parse_duration(text).map(|timeout| match timeout {
        Duration::ZERO => Duration::MAX,
        timeout => timeout,
    })
}

impl ConnectionFlags {
    /// The flags that choose the cluster and the user, as they are typed behind a
    /// command: nothing secret. The namespace is the command's own affair.
    pub(crate) fn as_typed(&self) -> String {
        let path = |path: &Option<PathBuf>| path.as_ref().map(|path| path.display().to_string());
        // A URL may hold a password.
        let server = self.server.clone().filter(|server| !server.contains('@'));
        let flags = [
            ("kubeconfig", path(&self.kubeconfig)),
            ("context", self.context.clone()),
            ("cluster", self.cluster.clone()),
            ("user", self.user.clone()),
            ("server", server),
            ("as", self.impersonate.clone()),
        ];
        let typed = flags.into_iter().filter_map(|(name, value)| {
            let value = value.filter(|value| !value.is_empty())?;
            Some(format!(" --{name} {}", quoted(&value)))
        });
        typed.collect()
    }

    /// Sets what the flags give over what the kubeconfig says, as client-go merges
    /// its overrides: an empty flag gives nothing (k8s.io/client-go/tools/clientcmd,
    /// `getCluster` and `getAuthInfo`).
    pub(super) fn apply(&self, chosen: &mut Chosen) {
        self.apply_to_cluster(&mut chosen.cluster);
        self.apply_to_user(&mut chosen.user);
        set(&mut chosen.namespace, self.namespace.as_ref());
    }

    fn apply_to_cluster(&self, cluster: &mut Cluster) {
        let authority = file(self.certificate_authority.as_ref());
        let insecure = self.insecure_skip_tls_verify == Some(true);
        if insecure || authority.is_some() {
            cluster.insecure_skip_tls_verify = insecure;
            cluster.certificate_authority = authority.unwrap_or_default();
            cluster.certificate_authority_data = Bytes::default();
        }
        // client-go does not see a `false`; whoever says it wants the check.
        if self.insecure_skip_tls_verify == Some(false) {
            cluster.insecure_skip_tls_verify = false;
        }
        // The name in the kubeconfig is that of the kubeconfig's server.
        let is_other = self.server.as_ref().is_some_and(|text| !text.is_empty());
        if is_other {
            cluster.tls_server_name = String::new();
        }
        set(&mut cluster.tls_server_name, self.tls_server_name.as_ref());
        set(&mut cluster.server, self.server.as_ref());
        cluster.disable_compression |= self.disable_compression;
    }

    fn apply_to_user(&self, user: &mut User) {
        if let Some(token) = self.token.as_ref().filter(|token| !token.is_empty()) {
            user.token = token.clone().into();
            // client-go goes on to send what the file says, a slip of it.
            user.token_file = String::new();
        }
        set(&mut user.username, self.username.as_ref());
        if let Some(password) = self.password.as_ref().filter(|text| !text.is_empty()) {
            user.password = password.clone().into();
        }
        if let Some(certificate) = file(self.client_certificate.as_ref()) {
            user.client_certificate = certificate;
            user.client_certificate_data = Bytes::default();
        }
        if let Some(key) = file(self.client_key.as_ref()) {
            user.client_key = key;
            user.client_key_data = Bytes::default();
        }
        set(&mut user.impersonate, self.impersonate.as_ref());
        set(&mut user.impersonate_uid, self.impersonate_uid.as_ref());
        if !self.impersonate_groups.is_empty() {
            user.impersonate_groups.clone_from(&self.impersonate_groups);
        }
        let mut extra = BTreeMap::<&str, Vec<String>>::new();
        for (key, value) in &self.impersonate_extra {
            extra.entry(key).or_default().push(value.clone());
        }
        let extra = extra
            .into_iter()
            .map(|(key, values)| (key.to_owned(), values));
        user.impersonate_extra.extend(extra);
    }
}

fn set(value: &mut String, flag: Option<&String>) {
    if let Some(text) = flag.filter(|text| !text.is_empty()) {
        value.clone_from(text);
    }
}

fn file(flag: Option<&PathBuf>) -> Option<String> {
    let path = flag.filter(|path| !path.as_os_str().is_empty());
    path.map(|path| path.display().to_string())
}

//! kubectl's connection flags, spelled as kubectl spells them
//! (k8s.io/cli-runtime/pkg/genericclioptions, `ConfigFlags`).

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use kube::config::{AuthInfo, Cluster};

use super::timeout::parse_duration;

/// Which cluster, as whom, and where in it.
#[derive(Args, Clone, Debug, Default)]
#[command(next_help_heading = "Connection")]
pub(crate) struct ConnectionFlags {
    /// Namespace of the request
    #[arg(short, long, global = true, value_name = "NAMESPACE")]
    pub namespace: Option<String>,

    /// Kubeconfig file to use, instead of $KUBECONFIG and ~/.kube/config
    #[arg(long, global = true, value_name = "FILE", hide_short_help = true)]
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
    #[arg(long, global = true, value_name = "FILE", hide_short_help = true)]
    pub certificate_authority: Option<PathBuf>,

    /// Client certificate for TLS
    #[arg(long, global = true, value_name = "FILE", hide_short_help = true)]
    pub client_certificate: Option<PathBuf>,

    /// Client key for TLS
    #[arg(long, global = true, value_name = "FILE", hide_short_help = true)]
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
        hide_short_help = true
    )]
    pub request_timeout: Option<Duration>,

    /// Directory for caches; taken for kubectl's sake, nothing is cached
    #[arg(long, global = true, value_name = "DIR", hide_short_help = true)]
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
    /// What the flags say of the cluster, over what the kubeconfig says.
    pub(super) fn apply_to_cluster(&self, cluster: &mut Cluster) {
        if let Some(server) = &self.server {
            cluster.server = Some(server.clone());
        }
        if let Some(file) = &self.certificate_authority {
            cluster.certificate_authority = Some(file.display().to_string());
            cluster.certificate_authority_data = None;
            cluster.insecure_skip_tls_verify = None;
        }
        if let Some(insecure) = self.insecure_skip_tls_verify {
            cluster.insecure_skip_tls_verify = Some(insecure);
            if insecure {
                cluster.certificate_authority = None;
                cluster.certificate_authority_data = None;
            }
        }
        if let Some(name) = &self.tls_server_name {
            cluster.tls_server_name = Some(name.clone());
        }
    }

    /// What the flags say of the user, over what the kubeconfig says.
    pub(super) fn apply_to_user(&self, user: &mut AuthInfo) {
        if let Some(token) = &self.token {
            user.token = Some(token.clone().into());
            user.token_file = None;
        }
        if self.username.is_some() || self.password.is_some() {
            user.username = self.username.clone().or_else(|| user.username.take());
            if let Some(password) = &self.password {
                user.password = Some(password.clone().into());
            }
            user.token = None;
            user.token_file = None;
        }
        if self.token.is_some() || self.username.is_some() || self.password.is_some() {
            // As in client-go, credentials given by hand win over a plugin's.
            user.exec = None;
            user.auth_provider = None;
        }
        if let Some(file) = &self.client_certificate {
            user.client_certificate = Some(file.display().to_string());
            user.client_certificate_data = None;
        }
        if let Some(file) = &self.client_key {
            user.client_key = Some(file.display().to_string());
            user.client_key_data = None;
        }
        if self.impersonate.is_some() {
            user.impersonate.clone_from(&self.impersonate);
        }
        if self.impersonate_uid.is_some() {
            user.impersonate_uid.clone_from(&self.impersonate_uid);
        }
        if !self.impersonate_groups.is_empty() {
            user.impersonate_groups = Some(self.impersonate_groups.clone());
        }
        if !self.impersonate_extra.is_empty() {
            let extra = user.impersonate_user_extra.get_or_insert_default();
            for (key, value) in &self.impersonate_extra {
                extra.entry(key.clone()).or_default().push(value.clone());
            }
        }
    }
}

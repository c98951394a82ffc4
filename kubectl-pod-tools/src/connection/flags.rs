//! kubectl's connection flags, spelled as kubectl spells them
//! (k8s.io/cli-runtime/pkg/genericclioptions, `ConfigFlags`).

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use clap::builder::{OsStringValueParser, TypedValueParser};
use pod_model::names::dns_label;

use crate::completion_kind::CompletionKind;
use crate::flag_value::parse_duration;
use crate::shell_quote::quoted;

/// Heading of these flags. Each flag repeats it: a heading of the struct would also apply to
/// the flags that a command adds after them.
const HEADING: &str = "Connection";

/// Flags that choose cluster, user and namespace.
#[derive(Args, Clone, Debug, Default)]
pub(crate) struct ConnectionFlags {
    /// Namespace of the objects [default: that of the context]
    #[arg(help_heading = HEADING, short, long, global = true, value_name = "NAMESPACE",
          value_parser = namespace, add = CompletionKind::Names("namespaces"))]
    pub namespace: Option<String>,

    /// Kubeconfig file to use, instead of $KUBECONFIG and ~/.kube/config
    #[arg(help_heading = HEADING,
        long,
        global = true,
        value_name = "FILE",
        value_parser = path(),
        hide_short_help = true
    )]
    pub kubeconfig: Option<PathBuf>,

    /// Context of the kubeconfig to use
    #[arg(help_heading = HEADING, long, global = true, value_name = "NAME", hide_short_help = true)]
    pub context: Option<String>,

    /// Cluster of the kubeconfig to use
    #[arg(help_heading = HEADING, long, global = true, value_name = "NAME", hide_short_help = true)]
    pub cluster: Option<String>,

    /// User of the kubeconfig to use
    #[arg(help_heading = HEADING, long, global = true, value_name = "NAME", hide_short_help = true)]
    pub user: Option<String>,

    /// Address and port of the API server
    #[arg(help_heading = HEADING, short, long, global = true, value_name = "URL", hide_short_help = true)]
    pub server: Option<String>,

    /// Bearer token for the API server
    #[arg(help_heading = HEADING, long, global = true, value_name = "TOKEN", hide_short_help = true)]
    pub token: Option<String>,

    /// User to impersonate
    #[arg(help_heading = HEADING,
        long = "as",
        global = true,
        value_name = "USER",
        hide_short_help = true
    )]
    pub impersonate: Option<String>,

    /// Group to impersonate; repeatable
    #[arg(help_heading = HEADING,
        long = "as-group",
        global = true,
        value_name = "GROUP",
        hide_short_help = true
    )]
    pub impersonate_groups: Vec<String>,

    /// UID to impersonate
    #[arg(help_heading = HEADING,
        long = "as-uid",
        global = true,
        value_name = "UID",
        hide_short_help = true
    )]
    pub impersonate_uid: Option<String>,

    /// Extra information about the impersonated user; repeatable
    #[arg(help_heading = HEADING,
        long = "as-user-extra",
        global = true,
        value_name = "KEY=VALUE",
        value_parser = key_value,
        hide_short_help = true
    )]
    pub impersonate_extra: Vec<(String, String)>,

    /// Certificate authority of the API server
    #[arg(help_heading = HEADING,
        long,
        global = true,
        value_name = "FILE",
        value_parser = path(),
        hide_short_help = true
    )]
    pub certificate_authority: Option<PathBuf>,

    /// Client certificate for TLS
    #[arg(help_heading = HEADING,
        long,
        global = true,
        value_name = "FILE",
        value_parser = path(),
        hide_short_help = true
    )]
    pub client_certificate: Option<PathBuf>,

    /// Client key for TLS
    #[arg(help_heading = HEADING,
        long,
        global = true,
        value_name = "FILE",
        value_parser = path(),
        hide_short_help = true
    )]
    pub client_key: Option<PathBuf>,

    /// Do not verify the server's certificate; the connection is insecure
    #[arg(help_heading = HEADING,
        long,
        global = true,
        value_name = "BOOL",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "true",
        hide_short_help = true
    )]
    pub insecure_skip_tls_verify: Option<bool>,

    /// Server name to verify the certificate against
    #[arg(help_heading = HEADING, long, global = true, value_name = "NAME", hide_short_help = true)]
    pub tls_server_name: Option<String>,

    /// Maximum time for one request, retries included; 0 means no limit
    #[arg(help_heading = HEADING,
        long,
        global = true,
        value_name = "DURATION",
        value_parser = request_timeout,
        allow_hyphen_values = true,
        hide_short_help = true
    )]
    pub request_timeout: Option<Duration>,

    /// Accepted for compatibility with kubectl; has no effect
    #[arg(help_heading = HEADING,
        long,
        global = true,
        value_name = "DIR",
        value_parser = path(),
        hide_short_help = true
    )]
    pub cache_dir: Option<PathBuf>,

    /// Do not request compressed responses
    #[arg(help_heading = HEADING, long, global = true, hide_short_help = true)]
    pub disable_compression: bool,

    /// User name for basic authentication
    #[arg(help_heading = HEADING, long, global = true, value_name = "NAME", hide_short_help = true)]
    pub username: Option<String>,

    /// Password for basic authentication
    #[arg(help_heading = HEADING, long, global = true, value_name = "PASSWORD", hide_short_help = true)]
    pub password: Option<String>,
}

/// Parses the name of a namespace (`ValidateNamespaceName` in k8s.io/apimachinery). An empty
/// one counts as not given, as in kubectl.
fn namespace(text: &str) -> Result<String, String> {
    match dns_label(text) {
        Some(reason) if !text.is_empty() => Err(format!("a namespace {reason}")),
        _ => Ok(text.to_owned()),
    }
}

/// Parses a path. An empty one counts as not given, as in kubectl.
fn path() -> impl TypedValueParser<Value = PathBuf> {
    OsStringValueParser::new().map(PathBuf::from)
}

fn key_value(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((key, value)) if !key.is_empty() => Ok((key.to_owned(), value.to_owned())),
        _ => Err(format!("expected `KEY=VALUE`, found `{text}`")),
    }
}

/// Parses a duration. Zero means no limit, as in kubectl.
fn request_timeout(text: &str) -> Result<Duration, String> {
    parse_duration(text).map(|timeout| match timeout {
        Duration::ZERO => Duration::MAX,
        timeout => timeout,
    })
}

impl ConnectionFlags {
    /// Returns the flags that choose the cluster and the user as they are typed, without
    /// secrets and without the namespace.
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
}

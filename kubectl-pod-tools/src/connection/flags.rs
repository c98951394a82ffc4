//! kubectl's connection flags, spelled as kubectl spells them
//! (k8s.io/cli-runtime/pkg/genericclioptions, `ConfigFlags`).

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use clap::builder::{OsStringValueParser, TypedValueParser};

use crate::completion_kind::CompletionKind;
use crate::flag_value::parse_duration;
use crate::shell_quote::quoted;

/// Heading of these flags. It stands at each of them: one for the whole would hold
/// for all flags that a command adds behind them.
const HEADING: &str = "Connection";

/// Which cluster, as whom, and where in it.
#[derive(Args, Clone, Debug, Default)]
pub(crate) struct ConnectionFlags {
    /// Namespace of the request
    #[arg(help_heading = HEADING, short, long, global = true, value_name = "NAMESPACE",
          add = CompletionKind::Names("namespaces"))]
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

    /// Group to impersonate; can be given several times
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

    /// Extra information about the impersonated user; can be given several times
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

    /// Do not check the API server's certificate: the connection is not safe then
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

    /// Name to check the API server's certificate against
    #[arg(help_heading = HEADING, long, global = true, value_name = "NAME", hide_short_help = true)]
    pub tls_server_name: Option<String>,

    /// Longest time that one request may take, retries included (0: no limit)
    #[arg(help_heading = HEADING,
        long,
        global = true,
        value_name = "DURATION",
        value_parser = request_timeout,
        allow_hyphen_values = true,
        hide_short_help = true
    )]
    pub request_timeout: Option<Duration>,

    /// Directory for caches; taken for kubectl's sake, nothing is cached
    #[arg(help_heading = HEADING,
        long,
        global = true,
        value_name = "DIR",
        value_parser = path(),
        hide_short_help = true
    )]
    pub cache_dir: Option<PathBuf>,

    /// Do not ask for compressed answers
    #[arg(help_heading = HEADING, long, global = true, hide_short_help = true)]
    pub disable_compression: bool,

    /// Name for basic authentication
    #[arg(help_heading = HEADING, long, global = true, value_name = "NAME", hide_short_help = true)]
    pub username: Option<String>,

    /// Password for basic authentication
    #[arg(help_heading = HEADING, long, global = true, value_name = "PASSWORD", hide_short_help = true)]
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
}

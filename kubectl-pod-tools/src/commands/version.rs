//! `version`: client and server versions.

use clap::Args;
use pod_model::{KubernetesVersion, RulesVersion, Skew};
use serde::Serialize;

use crate::command::Command;
use crate::context::Context;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::render::{Format, Formats, to_structured};

/// Arguments of `version`.
#[derive(Args, Clone, Debug)]
pub(crate) struct VersionArgs {
    /// Do not ask the server for its version
    #[arg(long)]
    client: bool,

    /// Output format
    #[arg(help_heading = "Output", short, long, value_parser = FORMATS, value_name = "FORMAT")]
    output: Option<Format>,
}

/// Formats of `-o`.
const FORMATS: Formats = Formats(&[(Format::Json, "JSON"), (Format::Yaml, "YAML")]);

#[derive(Serialize)]
struct Version {
    #[serde(rename = "clientVersion")]
    client: String,
    /// The versions whose rules are known.
    #[serde(rename = "kubernetesVersions")]
    known: Vec<KubernetesVersion>,
    #[serde(rename = "serverVersion", skip_serializing_if = "Option::is_none")]
    server: Option<String>,
    /// The version whose rules apply.
    #[serde(rename = "kubernetesVersion")]
    rules: RulesVersion,
}

impl Command for VersionArgs {
    fn run(self, context: &Context) -> Result<Exit, CommandError> {
        let mut version = Version {
            client: concat!("v", env!("CARGO_PKG_VERSION")).to_owned(),
            known: KubernetesVersion::ALL.to_vec(),
            server: None,
            rules: context.rules_version(None),
        };
        if self.client {
            return self.print(&version, context);
        }
        Context::block_on(async {
            // The client version is printed even if the server's is not available.
            let asked = match context.connect().await {
                Ok(cluster) => cluster.version().await.map_err(CommandError::from),
                Err(error) => Err(error),
            };
            match asked {
                Ok(server) => {
                    version.rules = context.rules_version(Some(&server));
                    version.server = server.server;
                    self.print(&version, context)
                }
                Err(error) => {
                    self.print(&version, context)?;
                    Err(error)
                }
            }
        })
    }
}

impl VersionArgs {
    fn print(&self, version: &Version, context: &Context) -> Result<Exit, CommandError> {
        let text = match self.output.and_then(Format::structured) {
            Some(format) => to_structured(version, format)?,
            None => text(version, context.kubernetes_version.is_some()),
        };
        match self.output {
            Some(_) => context.ui.data(&text),
            None => context.ui.lines(&text),
        }
        Ok(Exit::Success)
    }
}

/// Returns the text of the versions; the reason why these rules apply follows them unless
/// they are the server's.
fn text(version: &Version, is_chosen: bool) -> String {
    let (first, last) = (KubernetesVersion::OLDEST, KubernetesVersion::LATEST);
    let server = version.server.as_ref().map_or(String::new(), |server| {
        format!("Server Version: {}\n", crate::ui::escape(server))
    });
    let RulesVersion {
        rules,
        emulates,
        skew,
        ..
    } = &version.rules;
    let reason = match (is_chosen, &version.server, skew) {
        (true, _, _) => " (--kubernetes-version)",
        (false, None, _) => " (without a server)",
        (false, Some(_), None) if emulates.is_some() => " (the version that the server emulates)",
        (false, Some(_), None) => "",
        (false, Some(_), Some(Skew::Newer)) => " (the server is newer than the known versions)",
        (false, Some(_), Some(Skew::Older)) => " (the server is older than the known versions)",
        (false, Some(_), Some(Skew::Unknown)) => " (the server's version is not recognized)",
    };
    format!(
        "Client Version: {}\n{server}Known Kubernetes Versions: {first} to {last}\n\
         Kubernetes Rules: {rules}{reason}\n",
        version.client
    )
}

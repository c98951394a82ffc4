//! `version`: client and server versions.

use clap::Args;
use pod_model::KubernetesVersion;
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
    #[serde(rename = "kubernetesVersions")]
    rules: Vec<String>,
    #[serde(rename = "serverVersion", skip_serializing_if = "Option::is_none")]
    server: Option<String>,
}

impl Command for VersionArgs {
    fn run(self, context: &Context) -> Result<Exit, CommandError> {
        let mut version = Version {
            client: concat!("v", env!("CARGO_PKG_VERSION")).to_owned(),
            rules: KubernetesVersion::ALL.map(|v| v.to_string()).to_vec(),
            server: None,
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
                Ok((server, _)) => {
                    version.server = Some(server);
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
            None => {
                let (first, last) = (KubernetesVersion::ALL[0], KubernetesVersion::LATEST);
                let server = version.server.as_ref().map_or(String::new(), |server| {
                    format!("Server Version: {}\n", crate::ui::escape(server))
                });
                format!(
                    "Client Version: {}\nKubernetes Rules: v{first} to v{last}\n{server}",
                    version.client
                )
            }
        };
        match self.output {
            Some(_) => context.ui.data(&text),
            None => context.ui.lines(&text),
        }
        Ok(Exit::Success)
    }
}

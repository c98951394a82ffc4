//! Arguments of `explain-env`.

use clap::Args;

use super::export::export;
use super::options::{EnvOptions, FORMATS};
use super::topic::EnvTopic;
use crate::command::Command;
use crate::context::Context;
use crate::error::{CommandError, Failure};
use crate::exit::Exit;
use crate::explain::args::{ExplainArgs, ReportArgs};
use crate::explain::image_config::ImageConfigs;

/// Arguments of `explain-env`.
#[derive(Args, Clone, Debug)]
#[command(after_help = "Examples:
  # The environment of the containers in a file
  kubectl pod-tools explain-env -f pod.yaml --offline

  # The same of a Pod or a Job in the cluster
  kubectl pod-tools explain-env web
  kubectl pod-tools explain-env job/migrate -c migrate

  # How SERVICE gets its value
  kubectl pod-tools explain-env web --trace SERVICE

  # Changes of ConfigMaps and Secrets since the Pod started
  kubectl pod-tools explain-env web --verify

  # The environment of one container, for programs
  kubectl pod-tools explain-env web -c app -o dotenv")]
#[command(mut_arg("output", |output| output.value_parser(FORMATS)))]
pub(crate) struct ExplainEnvArgs {
    #[command(flatten)]
    explain: ExplainArgs,

    /// Explain step by step how a variable gets its value
    #[arg(help_heading = "Environment", long, value_name = "VAR")]
    trace: Option<String>,

    /// Compare with the running containers: list what a restart would change
    #[arg(help_heading = "Environment", long)]
    verify: bool,

    /// OCI image config with the image's variables, for one container or for all
    #[arg(help_heading = "Environment", long, value_name = "[CONTAINER=]FILE")]
    image_config: Vec<String>,

    /// DNS domain of the cluster, such as cluster.local, for host names that are FQDNs
    #[arg(help_heading = "Environment", long, value_name = "DOMAIN")]
    cluster_domain: Option<String>,

    #[command(flatten)]
    report: ReportArgs,

    /// List each variable of a Service instead of one line for all
    #[arg(help_heading = "Output", long)]
    services: bool,
}

impl ExplainEnvArgs {
    fn into_options(self, command: &str) -> Result<EnvOptions, Failure> {
        let explain = self.explain.into_options(self.report, command)?;
        if self.trace.is_some() && explain.format.is_export() {
            return Err(Failure::usage(
                "cannot combine `--trace` with `-o` dotenv, shell or docker",
            )
            .help("use `-o` table, json or yaml"));
        }
        if self.verify && explain.format.is_export() {
            return Err(Failure::usage(
                "cannot combine `--verify` with `-o` dotenv, shell or docker",
            )
            .help("use `-o` table, json or yaml"));
        }
        if self.verify && explain.targets.is_files() {
            return Err(Failure::usage(
                "cannot combine `--verify` with `-f`: only running Pods can be compared",
            )
            .help(format!("use `{command} POD --verify`")));
        }
        Ok(EnvOptions {
            explain,
            services: self.services,
            trace: self.trace,
            verify: self.verify,
            image_configs: self.image_config,
            cluster_domain: self.cluster_domain,
        })
    }
}

impl Command for ExplainEnvArgs {
    fn run(self, context: &Context) -> Result<Exit, CommandError> {
        let options = self.into_options(&context.program.words_of("explain-env"))?;
        // A file that cannot be read is told before a cluster that cannot be reached.
        let images = ImageConfigs::read(&options.image_configs)?;
        let topic = EnvTopic::with_images(&options, images);
        let format = options.explain.format;
        options.explain.explain(&topic, context, |run| {
            if format.is_export() {
                export(run, format, &context.ui)
            } else {
                run.report(format.structured())
            }
        })
    }
}

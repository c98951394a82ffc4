//! Arguments of `explain-env`.

use clap::Args;

use super::export::export;
use super::image::ImageConfigs;
use super::options::{EnvOptions, FORMATS};
use super::topic::EnvTopic;
use crate::command::Command;
use crate::context::Context;
use crate::error::{CommandError, Failure};
use crate::exit::Exit;
use crate::explain::driver::Run;
use crate::render::Format;
use crate::targets::ExplainTargetArgs;

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
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
pub(crate) struct ExplainEnvArgs {
    #[command(flatten)]
    targets: ExplainTargetArgs,

    /// Container to explain; repeatable [default: all]
    #[arg(
        help_heading = "Targets",
        short,
        long,
        value_name = "NAME",
        value_delimiter = ','
    )]
    container: Vec<String>,

    /// Explain all containers (the default)
    #[arg(
        help_heading = "Targets",
        long,
        conflicts_with = "container",
        hide_short_help = true
    )]
    all_containers: bool,

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

    /// Output format
    #[arg(help_heading = "Output", short, long, value_parser = FORMATS, default_value = "table", value_name = "FORMAT")]
    output: Format,

    /// Show the values of Secrets
    #[arg(help_heading = "Output", long)]
    show_secrets: bool,

    /// List each variable of a Service instead of one line for all
    #[arg(help_heading = "Output", long)]
    services: bool,
}

impl ExplainEnvArgs {
    fn into_options(self, command: &str) -> Result<EnvOptions, Failure> {
        if self.trace.is_some() && self.output.is_export() {
            return Err(Failure::usage(
                "cannot combine `--trace` with `-o` dotenv, shell or docker",
            )
            .help("use `-o` table, json or yaml"));
        }
        if self.verify && self.output.is_export() {
            return Err(Failure::usage(
                "cannot combine `--verify` with `-o` dotenv, shell or docker",
            )
            .help("use `-o` table, json or yaml"));
        }
        let targets = self.targets.into_spec(command)?;
        if self.verify && targets.is_files() {
            return Err(Failure::usage(
                "cannot combine `--verify` with `-f`: only running Pods can be compared",
            )
            .help(format!("use `{command} POD --verify`")));
        }
        Ok(EnvOptions {
            targets,
            containers: self.container,
            format: self.output,
            show_secrets: self.show_secrets,
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
        let topic = EnvTopic {
            options: &options,
            images: &images,
        };
        Context::block_on(async {
            let run = Run::prepare(&topic, &options.targets, context).await?;
            if options.format.is_export() {
                export(&run, options.format, &context.ui)
            } else {
                run.report(options.format.structured())
            }
        })
    }
}

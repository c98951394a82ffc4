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
  # What will the containers of a file see?
  kubectl pod-tools explain-env -f pod.yaml --offline

  # Of a Pod, a Job or a Deployment in the cluster
  kubectl pod-tools explain-env web
  kubectl pod-tools explain-env job/migrate -c migrate

  # Why is SERVICE what it is?
  kubectl pod-tools explain-env web --trace SERVICE

  # Has a ConfigMap been edited since the Pod started?
  kubectl pod-tools explain-env web --verify

  # The environment alone, for a program
  kubectl pod-tools explain-env web -c app -o dotenv")]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
pub(crate) struct ExplainEnvArgs {
    #[command(flatten)]
    targets: ExplainTargetArgs,

    /// Container to explain; can be given several times [default: all]
    #[arg(short, long, value_name = "NAME", value_delimiter = ',')]
    container: Vec<String>,

    /// Explain all containers, as without -c
    #[arg(long, conflicts_with = "container")]
    all_containers: bool,

    /// How to print it
    #[arg(short, long, value_parser = FORMATS, default_value = "table", value_name = "FORMAT")]
    output: Format,

    /// Show what Secrets hold
    #[arg(long)]
    show_secrets: bool,

    /// List the variables of Services one by one, as the other formats do
    #[arg(long)]
    services: bool,

    /// Show the way from the raw text to the value of a variable
    #[arg(long, value_name = "VAR")]
    trace: Option<String>,

    /// Look into the running containers: what would a restart change?
    #[arg(long)]
    verify: bool,

    /// The kubelets' `clusterDomain`, such as cluster.local, for a host name that is an FQDN
    #[arg(long, value_name = "DOMAIN")]
    cluster_domain: Option<String>,

    /// OCI image config to take the image's variables from, for all containers or for one
    #[arg(long, value_name = "[CONTAINER=]FILE")]
    image_config: Vec<String>,
}

impl ExplainEnvArgs {
    fn into_options(self) -> Result<EnvOptions, Failure> {
        if self.trace.is_some() && self.output.is_export() {
            return Err(Failure::usage(
                "--trace explains one variable, and this -o prints the environment alone",
            )
            .help("leave out one of them"));
        }
        if self.verify && self.output.is_export() {
            return Err(Failure::usage(
                "--verify compares, and this -o prints the environment alone",
            )
            .help("leave out one of them"));
        }
        let targets = self.targets.into_spec("explain-env")?;
        if self.verify && targets.is_files() {
            return Err(
                Failure::usage("--verify looks into running Pods, and -f names files")
                    .help("name the Pod: kubectl pod-tools explain-env web --verify"),
            );
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
        let options = self.into_options()?;
        // A file that cannot be read is told before a cluster that cannot be reached.
        let images = ImageConfigs::read(&options.image_configs)?;
        let topic = EnvTopic {
            options: &options,
            images: &images,
        };
        Context::block_on(async {
            let run = Run::prepare(&topic, &options.targets, context).await?;
            match options.format.is_export() {
                true => export(&run, options.format, &context.ui),
                false => run.report(options.format.structured()),
            }
        })
    }
}

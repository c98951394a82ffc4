//! Arguments of `explain-security`.

use clap::Args;
use pod_model::KubernetesVersion;
use pod_model::pod_security::{Level, LevelVersion, PolicyVersion};

use super::fix::{FixArgs, FixOptions, fix};
use super::options::{FORMATS, SecurityOptions};
use super::patch::print_patches;
use super::topic::SecurityTopic;
use crate::command::Command;
use crate::context::Context;
use crate::error::{CommandError, Failure};
use crate::exit::Exit;
use crate::explain::args::{ExplainArgs, ReportArgs};
use crate::explain::image_config::ImageConfigs;
use crate::render::Format;

/// Arguments of `explain-security`.
#[derive(Args, Clone, Debug)]
#[command(after_help = "Examples:
  # As whom the containers of a file run, and the Pod Security level
  kubectl pod-tools explain-security -f pod.yaml --offline

  # Exit code 1 for each Pod of a directory that is not restricted
  kubectl pod-tools explain-security -f deploy/ --offline --level restricted

  # What the namespace's Pod Security labels say of a Deployment
  kubectl pod-tools explain-security -f web.yaml -n shop

  # The user that the image names, as `docker image inspect` writes it
  kubectl pod-tools explain-security web --image-config app=nginx.json

  # The least patch to the next level
  kubectl pod-tools explain-security deploy/web -o patch > patch.yaml
  kubectl patch deploy web --patch-file patch.yaml

  # The changes that make a file's Pods restricted; --dry-run only prints them
  kubectl pod-tools explain-security --fix pod.yaml --dry-run=client")]
#[command(mut_arg("output", |output| output.value_parser(FORMATS)))]
#[command(mut_arg("show_secrets", |flag| flag.hide(true)))]
pub(crate) struct ExplainSecurityArgs {
    #[command(flatten)]
    explain: ExplainArgs,

    /// Pod Security level that the Pods have to meet: baseline or restricted
    #[arg(
        help_heading = "Pod Security",
        long,
        visible_alias = "pss-level",
        value_name = "LEVEL",
        value_parser = parse_level
    )]
    level: Option<Level>,

    /// Version of the Pod Security Standards, 1.0 to 1.37 or latest [default: that of the cluster, or latest]
    #[arg(
        help_heading = "Pod Security",
        long,
        value_name = "VERSION",
        value_parser = parse_version
    )]
    pss_version: Option<PolicyVersion>,

    /// Explain the Pod as it is written, without what the API server adds to it
    #[arg(help_heading = "Pod Security", long)]
    as_written: bool,

    /// OCI image config with the image's user, for one container or for all
    #[arg(help_heading = "Image", long, value_name = "[CONTAINER=]FILE")]
    image_config: Vec<String>,

    #[command(flatten)]
    fix: FixArgs,

    #[command(flatten)]
    report: ReportArgs,
}

/// Parses a level. Scripts take labels from namespaces, which have upstream's words.
fn parse_level(text: &str) -> Result<Level, String> {
    text.parse()
        .map_err(|_| "expected privileged, baseline or restricted".to_owned())
}

fn parse_version(text: &str) -> Result<PolicyVersion, String> {
    text.parse().map_err(|error| format!("{error}"))
}

impl ExplainSecurityArgs {
    /// Returns the options of `--fix`, or `None` if it is not given.
    fn fix_options(&self, context: &Context) -> Result<Option<FixOptions>, Failure> {
        let rules = context
            .kubernetes_version
            .unwrap_or(KubernetesVersion::LATEST);
        let level = self.level.unwrap_or(Level::Restricted);
        let version = self.pss_version.unwrap_or(rules.into());
        let options = self.fix.clone();
        let options = options.into_options(LevelVersion { level, version }, rules)?;
        if options.is_some() && level == Level::Privileged {
            let message = "`--fix` requires `--level baseline` or `--level restricted`";
            return Err(Failure::usage(message));
        }
        Ok(options)
    }

    fn into_options(self, context: &Context) -> Result<SecurityOptions, Failure> {
        let command = context.program.words_of("explain-security");
        Ok(SecurityOptions {
            explain: self.explain.into_options(self.report, &command)?,
            level: self.level,
            pss_version: self.pss_version,
            as_written: self.as_written,
        })
    }
}

impl Command for ExplainSecurityArgs {
    fn run(self, context: &Context) -> Result<Exit, CommandError> {
        let fix_options = self.fix_options(context)?;
        // A file that cannot be read is told before a cluster that cannot be reached.
        let images = ImageConfigs::read(&self.image_config)?;
        if let Some(options) = fix_options {
            return fix(&options, &images, context);
        }
        let options = self.into_options(context)?;
        let topic = SecurityTopic::with_images(&options, images);
        let format = options.explain.format;
        if format == Format::Patch && options.level == Some(Level::Privileged) {
            let message = "`-o patch` requires `--level baseline` or `--level restricted`";
            return Err(Failure::usage(message).into());
        }
        options.explain.explain(&topic, context, |run| {
            if format == Format::Patch {
                print_patches(run, &context.ui)
            } else {
                run.report(format.structured())
            }
        })
    }
}

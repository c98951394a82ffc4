//! Arguments of `explain-resources`.

use clap::Args;
use pod_model::Quantity;
use pod_model::cgroup::Runtime;

use super::options::ResourcesOptions;
use super::topic::ResourcesTopic;
use crate::command::Command;
use crate::context::Context;
use crate::error::{CommandError, Failure};
use crate::exit::Exit;
use crate::explain::args::{ExplainArgs, ReportArgs};

/// Arguments of `explain-resources`.
#[derive(Args, Clone, Debug)]
#[command(after_help = "Examples:
  # What the requests and limits of a file become on a node
  kubectl pod-tools explain-resources -f pod.yaml --offline

  # The same with the LimitRanges, quotas and classes of the cluster
  kubectl pod-tools explain-resources -f pod.yaml -n shop

  # A Pod in the cluster, with its usage
  kubectl pod-tools explain-resources web

  # oom_score_adj on a node with 16Gi
  kubectl pod-tools explain-resources -f pod.yaml --node-memory 16Gi

  # cpu.weight as an old runc sets it
  kubectl pod-tools explain-resources -f pod.yaml --runtime runc-1.2

  # Without LimitRanges, quotas and classes
  kubectl pod-tools explain-resources -f pod.yaml --as-written")]
#[command(mut_arg("show_secrets", |flag| flag.hide(true)))]
pub(crate) struct ExplainResourcesArgs {
    #[command(flatten)]
    explain: ExplainArgs,

    /// Assume this container runtime, such as `runc-1.2`, `runc-1.3.2` or `crun-1.23` [default: a new one]
    #[arg(help_heading = "Assumptions", long, value_name = "RUNTIME", value_parser = parse_runtime)]
    runtime: Option<Runtime>,

    /// Assume a node with this much memory, such as `16Gi` [default: that of the Pod's node]
    #[arg(
        help_heading = "Assumptions",
        long,
        value_name = "BYTES",
        value_parser = parse_memory,
        allow_hyphen_values = true
    )]
    node_memory: Option<i64>,

    /// Take the Pod as it is written: with defaults, without LimitRanges, quotas and classes
    #[arg(help_heading = "Assumptions", long)]
    as_written: bool,

    #[command(flatten)]
    report: ReportArgs,
}

fn parse_runtime(text: &str) -> Result<Runtime, String> {
    let expected = "expected `runc-VERSION` or `crun-VERSION`, such as `runc-1.3.2`";
    text.parse().map_err(|_| expected.to_owned())
}

/// Parses an amount of memory.
fn parse_memory(text: &str) -> Result<i64, String> {
    let amount: Quantity = text
        .parse()
        .map_err(|_| "expected a number of bytes such as `16Gi`".to_owned())?;
    let most = Quantity::new(i64::MAX / 1000, amount.format());
    let least = Quantity::new(1, amount.format());
    if amount < least || amount > most {
        return Err("out of range: expected from 1 to 9223372036854775 bytes".to_owned());
    }
    Ok(amount.value())
}

impl ExplainResourcesArgs {
    fn into_options(self, context: &Context) -> Result<ResourcesOptions, Failure> {
        let command = context.program.words_of("explain-resources");
        Ok(ResourcesOptions {
            explain: self.explain.into_options(self.report, &command)?,
            runtime: self.runtime,
            node_memory: self.node_memory,
            is_as_written: self.as_written,
        })
    }
}

impl Command for ExplainResourcesArgs {
    fn run(self, context: &Context) -> Result<Exit, CommandError> {
        let options = self.into_options(context)?;
        let topic = ResourcesTopic::new(&options);
        let explain = &options.explain;
        explain.explain(&topic, context, |run| {
            run.report(explain.format.structured())
        })
    }
}

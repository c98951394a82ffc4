//! Arguments of `probe`.

use std::time::Duration;

use clap::{Args, ValueEnum};
use pod_probe::ProbeKind;

use super::at::{At, parse_at};
use super::options::{Ending, Place, ProbeOptions};
use crate::completion_kind::CompletionKind;
use crate::error::Failure;
use crate::flag_value::{parse_count, parse_duration};
use crate::render::{Format, Formats};
use crate::targets::{SelectionFlags, TargetArgs, TargetSpec, check_pod_template, parse};

/// Formats of `-o`.
const FORMATS: Formats = Formats(&[
    (Format::Table, "A line for each attempt, for people"),
    (Format::Json, "The ProbeRunReport: a line for each attempt"),
]);

/// Image of helper Pods.
const IMAGE: &str = "busybox:1.37";

/// Runs the probes that containers declare, and judges the answers as the kubelet does.
#[derive(Args, Clone, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag")]
#[command(after_help = "Examples:
  # Run each probe of a running Pod once, through the API server
  kubectl pod-tools probe web

  # Watch the readiness of all Pods of a Deployment
  kubectl pod-tools probe deploy/web --kind readiness --watch

  # Connect to the Pod's IP from its node, as the kubelet does
  kubectl pod-tools probe web --from-node

  # Run the probes of a file against a process on this machine
  kubectl pod-tools probe -f pod.yaml --at 127.0.0.1:8080

  # Wait until a process that runs already is ready
  kubectl pod-tools probe -f pod.yaml --at 127.0.0.1 --until ready --timeout 60s

  # Start a program, wait until it is ready, and end it: a test for CI
  kubectl pod-tools probe -f pod.yaml --at 127.0.0.1 --timeout 60s -- ./server

Exit code 0 if all attempts pass, 1 if one fails. With --until, the first
container to be restarted or failed gives 1, and 0 needs all of them ready.
An errored attempt does not pass: the probe could not be run or judged, so the
kubelet does nothing, and the probe protects nothing.

A program after -- gets SIGTERM at the end, and SIGKILL if it stays. Its output
goes to standard error. If it ends before the probes do, the exit code is 1.

The probes of live Pods go through the API server: `exec` for commands, and a
port-forward, which enters at the Pod's loopback address, for everything else.
The kubelet connects to the Pod's IP. So does --from-node: a helper Pod on the
same node connects, in the namespace of the target. It differs from the kubelet
in the source address, which is the helper Pod's and not the node's: a
NetworkPolicy may refuse it.")]
pub(crate) struct ProbeArgs {
    /// Pod, TYPE/NAME or TYPE NAME; TYPE is a Pod or anything that runs Pods
    #[arg(value_name = "TARGET", add = CompletionKind::ExplainTargets)]
    words: Vec<String>,

    #[command(flatten, next_help_heading = "Targets")]
    selection: SelectionFlags,

    /// Container to probe; repeatable [default: all with probes]
    #[arg(
        help_heading = "Targets",
        short,
        long,
        value_name = "NAME",
        value_delimiter = ','
    )]
    container: Vec<String>,

    /// Kind of probes to run; repeatable [default: all]
    #[arg(
        help_heading = "Targets",
        long,
        value_enum,
        value_name = "KIND",
        value_delimiter = ','
    )]
    kind: Vec<Kind>,

    /// Address at which the probes of -f are run; without a port, the declared one
    #[arg(help_heading = "Targets", long, value_name = "HOST[:PORT]", value_parser = parse_at)]
    at: Option<At>,

    /// Connect to live Pods from a helper Pod on their node, which is deleted at the end
    #[arg(help_heading = "Targets", long)]
    from_node: bool,

    /// Image of the helper Pod, with BusyBox's sh, nc, cat and sleep [default: busybox:1.37]
    #[arg(help_heading = "Targets", long, value_name = "IMAGE")]
    image: Option<String>,

    /// Run each probe once, now (the default)
    #[arg(help_heading = "Duration", long, conflicts_with_all = ["count", "until", "watch"])]
    once: bool,

    /// Number of attempts of each probe, on its schedule
    #[arg(help_heading = "Duration", long, value_name = "N", value_parser = parse_attempts,
          allow_negative_numbers = true, conflicts_with_all = ["until", "watch"])]
    count: Option<u32>,

    /// Run on the schedule until all containers are ready, or until one has failed a threshold
    /// [default with a program: ready]
    #[arg(
        help_heading = "Duration",
        long,
        value_enum,
        value_name = "STATE",
        conflicts_with = "watch"
    )]
    until: Option<Until>,

    /// Run on the schedule until interrupted
    #[arg(help_heading = "Duration", long)]
    watch: bool,

    /// Maximum time, such as 30s or 5m; exit code 124 [default: no limit]
    #[arg(help_heading = "Duration", long, value_name = "DURATION", value_parser = parse_duration,
          allow_hyphen_values = true)]
    timeout: Option<Duration>,

    /// Run the commands of exec probes of -f on this machine
    #[arg(help_heading = "Permissions", long)]
    allow_exec: bool,

    /// Connect to the `host` that a probe declares, instead of refusing it
    #[arg(help_heading = "Permissions", long)]
    allow_host: bool,

    /// Output format
    #[arg(help_heading = "Output", short, long, value_parser = FORMATS, default_value = "table",
          value_name = "FORMAT")]
    output: Format,

    /// Program to start and to probe, with its arguments; requires -f
    #[arg(last = true, value_name = "COMMAND")]
    program: Vec<std::ffi::OsString>,
}

/// Parses a number of attempts; that 0 is none is said later, with a way out.
fn parse_attempts(text: &str) -> Result<u32, String> {
    parse_count(text).map_err(|_| format!("expected a whole number from 1 to {}", i32::MAX))
}

/// Kind of a probe, as a value of `--kind`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Kind {
    Startup,
    Readiness,
    Liveness,
}

/// State that ends the run, as a value of `--until`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Until {
    /// All containers are ready: 0; one would be killed: 1
    Ready,
    /// A container is not ready any more or would be killed: 1
    Failed,
}

impl ProbeArgs {
    /// Checks the arguments of the command that the words run: `kubectl pod-probe`.
    ///
    /// # Errors
    /// Usage error: no target, flags that cannot be combined.
    pub(super) fn into_options(self, command: &str) -> Result<ProbeOptions, Failure> {
        let ending = self.ending()?;
        if self.timeout == Some(Duration::ZERO) {
            return Err(Failure::usage("`--timeout` requires a time greater than 0")
                .help("use `--timeout 60s`"));
        }
        if self.image.is_some() && !self.from_node {
            return Err(Failure::usage("`--image` requires `--from-node`")
                .help(format!("use `{command} web --from-node --image busybox`")));
        }
        let targets = self.targets(command)?;
        let place = if targets.is_files() {
            self.local_place(command)?
        } else {
            self.check_live(command)?;
            Place::Cluster
        };
        let kinds = self.kind.iter().map(|kind| match kind {
            Kind::Startup => ProbeKind::Startup,
            Kind::Readiness => ProbeKind::Readiness,
            Kind::Liveness => ProbeKind::Liveness,
        });
        Ok(ProbeOptions {
            kinds: kinds.collect(),
            targets,
            place,
            containers: self.container,
            ending,
            timeout: self.timeout,
            allow_host: self.allow_host,
            from_node: self
                .from_node
                .then(|| self.image.unwrap_or_else(|| IMAGE.to_owned())),
            is_json: self.output == Format::Json,
            program: self.program,
        })
    }

    fn ending(&self) -> Result<Ending, Failure> {
        Ok(match (self.count, self.until) {
            (Some(0), _) => {
                return Err(
                    Failure::usage("`--count` requires at least 1 attempt").help("use `--count 3`")
                );
            }
            (Some(count), _) => Ending::Count(count),
            (None, Some(Until::Ready)) => Ending::Ready,
            (None, Some(Until::Failed)) => Ending::Failed,
            (None, None) if self.watch => Ending::Never,
            (None, None) if !self.program.is_empty() && !self.once => Ending::Ready,
            (None, None) => Ending::Once,
        })
    }

    fn targets(&self, command: &str) -> Result<TargetSpec, Failure> {
        let example = format!("use `{command} web` or `{command} -f pod.yaml --at 127.0.0.1:8080`");
        let args = TargetArgs::new(&self.words, &self.selection);
        let filenames = &self.selection.filenames;
        let is_of_files = !filenames.filenames.is_empty();
        if is_of_files {
            args.check_files()?;
        }
        let is_chosen = !self.words.is_empty() || args.selects();
        let refs = if is_chosen || !is_of_files {
            Some(parse(&args, &example, &check_pod_template)?)
        } else {
            None
        };
        Ok(if is_of_files {
            TargetSpec::Files {
                filenames: filenames.clone(),
                refs,
                offline: true,
            }
        } else {
            TargetSpec::Cluster {
                refs: refs.unwrap_or_default(),
                command: command.to_owned(),
            }
        })
    }

    fn local_place(&self, command: &str) -> Result<Place, Failure> {
        if self.from_node {
            return Err(
                Failure::usage("cannot combine `--from-node` with `-f`").help(format!(
                    "use `{command} web --from-node` for a Pod of the cluster"
                )),
            );
        }
        let at = match &self.at {
            Some(at) => at.clone(),
            // Nobody else is meant.
            None if !self.program.is_empty() => At::loopback(),
            None => {
                return Err(Failure::usage("`-f` requires `--at`").help(format!(
                    "use `{command} -f FILE --at 127.0.0.1` for a process on this machine, or name a Pod of the cluster"
                )));
            }
        };
        Ok(Place::Local {
            at,
            allow_exec: self.allow_exec,
        })
    }

    /// Checks that no flag is given that is for files only.
    fn check_live(&self, command: &str) -> Result<(), Failure> {
        for (is_given, flag) in [
            (self.at.is_some(), "`--at`"),
            (self.allow_exec, "`--allow-exec`"),
            (!self.program.is_empty(), "a program after `--`"),
        ] {
            if is_given {
                return Err(Failure::usage(format!("{flag} requires `-f`"))
                    .help(format!("use `{command} -f pod.yaml --at 127.0.0.1:8080`")));
            }
        }
        Ok(())
    }
}

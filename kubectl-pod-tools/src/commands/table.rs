//! The table of commands.

use clap::builder::Resettable;
use clap::error::ErrorKind;
use clap::{ArgMatches, FromArgMatches, Subcommand};

use super::{ApplyArgs, CreateArgs, ProbeArgs, RulesArgs, VersionArgs, WaitArgs};
use crate::command::Command;
use crate::context::Context;
use crate::error::CommandError;
use crate::exit::{Exit, with_exit_codes};
use crate::explain;

/// Defines the commands from rows: a line of help, the command's name, and its arguments.
macro_rules! commands {
    ($(#[doc = $about:literal] $word:literal => $name:ident($arguments:ty),)+) => {
        /// The commands of the suite, in the order in which help lists them.
        #[derive(Debug)]
        pub(crate) enum Commands {
            $(#[doc = $about] $name($arguments),)+
        }

        impl Commands {
            /// Runs the command.
            ///
            /// # Errors
            /// The failure that ended it.
            pub(crate) fn run(self, context: &Context) -> Result<Exit, CommandError> {
                match self {
                    $(Self::$name(arguments) => arguments.run(context),)+
                }
            }

            /// Returns the line of help of a command.
            pub(crate) fn about(word: &str) -> Option<&'static str> {
                match word {
                    $($word => Some($about.trim()),)+
                    _ => None,
                }
            }

            /// Builds the arguments of the commands that `is_needed` names.
            pub(crate) fn with_arguments(
                suite: clap::Command,
                is_needed: impl Fn(&str) -> bool,
            ) -> clap::Command {
                let as_it_is = |command| command;
                suite$(.mut_subcommand($word, |row| match is_needed($word) {
                    true => with_arguments::<$arguments>(row).defer(as_it_is),
                    false => row,
                }))+
            }
        }

        impl Subcommand for Commands {
            fn augment_subcommands(command: clap::Command) -> clap::Command {
                command$(.subcommand(row::<$arguments>($word, $about)))+
            }

            fn augment_subcommands_for_update(command: clap::Command) -> clap::Command {
                Self::augment_subcommands(command)
            }

            fn has_subcommand(name: &str) -> bool {
                [$($word),+].contains(&name)
            }
        }

        impl FromArgMatches for Commands {
            fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
                Self::from_arg_matches_mut(&mut matches.clone())
            }

            fn from_arg_matches_mut(matches: &mut ArgMatches) -> Result<Self, clap::Error> {
                match matches.remove_subcommand() {
                    $(Some((word, mut matches)) if word == $word => {
                        <$arguments>::from_arg_matches_mut(&mut matches).map(Self::$name)
                    })+
                    _ => Err(clap::Error::raw(
                        ErrorKind::MissingSubcommand,
                        "expected a command",
                    )),
                }
            }

            fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
                *self = Self::from_arg_matches(matches)?;
                Ok(())
            }
        }
    };
}

/// Returns a command that builds its arguments lazily: those of all commands would take most
/// of the time and memory of a start. The command that was typed gets them earlier, because
/// clap would list those of the suite first in its help.
fn row<A: clap::Args>(word: &'static str, about: &'static str) -> clap::Command {
    let row = clap::Command::new(word).about(about.trim());
    row.defer(|row| with_exit_codes(with_arguments::<A>(row)))
}

fn with_arguments<A: clap::Args>(row: clap::Command) -> clap::Command {
    let about = row.get_about().cloned();
    let command = A::augment_args(row.after_help(Resettable::Reset));
    // The doc comment of the arguments is not the line of help.
    command.about(about.map_or(Resettable::Reset, Resettable::Value))
}

commands! {
    /// Create objects from manifests, or a Pod or Job from flags
    "create" => Create(CreateArgs),
    /// Create or update objects from manifests (server-side apply)
    "apply" => Apply(ApplyArgs),
    /// Wait until objects have succeeded, failed or met a condition
    "wait" => Wait(WaitArgs),
    /// Explain all that is known of a Pod, the most urgent first
    "explain" => Explain(explain::all::ExplainAllArgs),
    /// Explain the environment that each container will see
    "explain-env" => ExplainEnv(explain::env::ExplainEnvArgs),
    /// Explain the probes of each container, and when they make it ready or kill it
    "explain-probes" => ExplainProbes(explain::probes::ExplainProbesArgs),
    /// Explain why a Pod is as it is, and what to do
    "explain-status" => ExplainStatus(explain::status::ExplainStatusArgs),
    /// Explain the hooks of each container, and what happens when the Pod is deleted
    "explain-hooks" => ExplainHooks(explain::hooks::ExplainHooksArgs),
    /// Explain what the requests and limits of a Pod become on a node
    "explain-resources" => ExplainResources(explain::resources::ExplainResourcesArgs),
    /// Explain as whom each container runs, and which policy refuses its Pod
    "explain-security" => ExplainSecurity(explain::security::ExplainSecurityArgs),
    /// Explain how a Job or CronJob ends, when, and which Pods and runs come next
    "explain-job" => ExplainJob(explain::job::ExplainJobArgs),
    /// Explain on which nodes a Pod fits, every reason against the others, and the nearest miss
    "explain-scheduling" => ExplainScheduling(explain::scheduling::ExplainSchedulingArgs),
    /// Run the declared probes, and judge the answers as the kubelet does
    "probe" => Probe(ProbeArgs),
    /// List all rules, or explain one
    "rules" => Rules(RulesArgs),
    /// Print the client and server versions
    "version" => Version(VersionArgs),
}

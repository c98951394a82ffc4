//! Flags of all commands.

use std::sync::Arc;

use clap::error::Error;
use clap::{Arg, ArgMatches, Args, FromArgMatches};
use pod_model::KubernetesVersion;

use crate::connection::ConnectionFlags;
use crate::context::Context;
use crate::flag_value::parse_count;
use crate::invocation::Program;
use crate::ui::{ColorChoice, Ui};

/// Place of the shared flags in "Output": after the command's own.
const LAST: usize = 900;

/// Flags of all commands.
#[derive(Args, Clone, Debug)]
pub(crate) struct SharedArgs {
    /// Colour the output
    #[arg(
        long,
        global = true,
        value_enum,
        default_value_t,
        value_name = "WHEN",
        help_heading = "Output",
        display_order = LAST
    )]
    color: ColorChoice,

    /// Suppress progress and notes
    #[arg(short, long, global = true, help_heading = "Output", display_order = LAST + 1)]
    quiet: bool,

    /// Verbosity; 6 and above logs each request to the server
    #[arg(
        short,
        long = "v",
        global = true,
        value_name = "N",
        value_parser = parse_count,
        allow_negative_numbers = true,
        default_value = "0",
        help_heading = "Output",
        display_order = LAST + 2,
        hide_short_help = true
    )]
    verbosity: u32,

    /// Kubernetes version whose rules apply [default: the server's; offline 1.37]
    #[arg(long, global = true, value_name = "VERSION", help_heading = "Rules")]
    kubernetes_version: Option<KubernetesVersion>,

    // Last: help shows the flags in this order.
    #[command(flatten)]
    connection: ConnectionFlags,
}

impl SharedArgs {
    /// Returns the context that the flags describe.
    pub(crate) fn into_context(self, program: Program) -> Context {
        // Levels above that of `u8` do not exist.
        let verbosity = u8::try_from(self.verbosity).unwrap_or(u8::MAX);
        let ui = Ui::new(self.color, self.quiet, verbosity);
        Context {
            ui: Arc::new(ui.with_cluster_flags(self.connection.as_typed())),
            connection: self.connection,
            kubernetes_version: self.kubernetes_version,
            program,
        }
    }

    /// Adds the flags to a command that is a program of its own, after the command's flags:
    /// help lists them in this order. Flags that the command has already stay as they are.
    pub(crate) fn add_to(command: clap::Command) -> clap::Command {
        add_missing(command, |flag| flag)
    }
}

fn add_missing(command: clap::Command, change: impl Fn(Arg) -> Arg) -> clap::Command {
    let shared = SharedArgs::augment_args(clap::Command::default());
    shared.get_arguments().fold(command, |command, flag| {
        let is_own = command
            .get_arguments()
            .any(|own| own.get_id() == flag.get_id());
        if is_own {
            return command;
        }
        command.arg(change(flag.clone()))
    })
}

/// Implements [`Args`] for a marker that adds the flags of all commands to one command, with
/// changes. clap does not hand a flag down to a command that has one of the same id, and
/// hands its value up: [`SharedArgs`] has the values.
macro_rules! changed_shared_args {
    ($name:ident, $change:expr) => {
        impl Args for $name {
            fn augment_args(command: clap::Command) -> clap::Command {
                add_missing(command, $change)
            }

            fn augment_args_for_update(command: clap::Command) -> clap::Command {
                Self::augment_args(command)
            }
        }

        impl FromArgMatches for $name {
            fn from_arg_matches(_: &ArgMatches) -> Result<Self, Error> {
                Ok(Self)
            }

            fn update_from_arg_matches(&mut self, _: &ArgMatches) -> Result<(), Error> {
                Ok(())
            }
        }
    };
}

/// Flags of a command whose `--user` is the user of a program: the user of the kubeconfig is
/// `--kubeconfig-user`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct KubeconfigUserArgs;
changed_shared_args!(KubeconfigUserArgs, |flag: Arg| {
    if flag.get_id() != "user" {
        return flag;
    }
    flag.long("kubeconfig-user")
        .help("User of the kubeconfig to use (--user is the program's)")
});

/// Flags of a command without a cluster: those of the connection are accepted and hidden.
#[derive(Clone, Copy, Debug)]
pub(crate) struct OfflineArgs;
changed_shared_args!(OfflineArgs, |flag: Arg| {
    let is_of_output = flag.get_help_heading() == Some("Output");
    flag.hide(!is_of_output)
});

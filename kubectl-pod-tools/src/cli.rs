//! The command line: `kubectl pod-tools COMMAND`, and plugins that are one of
//! its commands.

use std::borrow::Cow;
use std::error::Error as _;
use std::ffi::{OsStr, OsString};
use std::process::ExitCode;

use clap::builder::{StringValueParser, TypedValueParser};
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Args, CommandFactory, FromArgMatches, Parser, Subcommand};

use crate::command::Command;
use crate::commands::{Commands, CompletionArgs, PodArgs, SharedArgs, WaitArgs};
use crate::complete;
use crate::context::Context;
use crate::error::CommandError;
use crate::exit::{Exit, with_exit_codes};
use crate::explain::env::ExplainEnvArgs;
use crate::invocation::{Invocation, Program};
use crate::panic;
use crate::stack::with_large;
use crate::ui::{ColorChoice, Ui, escape, escape_lines};

/// Creates, applies and explains Pods and Jobs.
#[derive(Parser, Debug)]
#[command(
    name = "kubectl-pod_tools",
    bin_name = "kubectl pod-tools",
    about = "Create, apply and explain Pods and Jobs",
    disable_help_subcommand = true,
    subcommand_required = true,
    arg_required_else_help = true,
    max_term_width = 100
)]
pub(crate) struct Cli {
    #[command(flatten)]
    shared: SharedArgs,

    #[command(subcommand)]
    command: SuiteCommands,
}

#[derive(Subcommand, Debug)]
#[expect(
    clippy::large_enum_variant,
    reason = "there is one value for the life of the process"
)]
enum SuiteCommands {
    #[command(flatten)]
    Listed(Commands),
    /// Print a completion script for a shell
    Completion(CompletionArgs),
}

impl SuiteCommands {
    fn run(self, context: &Context) -> Result<Exit, CommandError> {
        match self {
            Self::Listed(command) => command.run(context),
            Self::Completion(args) => Ok(args.run(suite_command(), context)),
        }
    }
}

/// A plugin that is one command, such as `kubectl pod-env`.
#[derive(Parser)]
struct Single<A: Args> {
    #[command(flatten)]
    shared: SharedArgs,

    #[command(flatten)]
    args: A,
}

/// The command line of the whole suite, with the arguments of all commands.
pub fn suite_command() -> clap::Command {
    Commands::with_arguments(Cli::command(), |_| true)
}

/// Runs the program that the process was called as, to its exit code.
pub fn main() -> ExitCode {
    with_large(|| run(Invocation::of_process()))
}

fn run(invocation: Invocation) -> ExitCode {
    let Invocation { program, arguments } = invocation;
    if program == Program::Completion {
        return print_choices(arguments);
    }
    panic::install_hook();
    match program {
        Program::Suite | Program::Completion => run_suite(arguments),
        Program::Env => run_single::<ExplainEnvArgs>(
            "kubectl pod-env",
            "Explain the environment that each container will see",
            arguments,
        ),
        Program::Wait => run_single::<WaitArgs>(
            "kubectl pod-wait",
            "Wait until objects are done, or as --for says",
            arguments,
        ),
        Program::CreatePod => {
            run_single::<PodArgs>("kubectl create pod", "Create a Pod from flags", arguments)
        }
    }
}

fn run_suite(arguments: Vec<OsString>) -> ExitCode {
    // The value of a flag may be such a word, too: its command is put together for nothing.
    let is_typed = |word: &str| arguments.iter().any(|argument| argument == word);
    let command = Commands::with_arguments(Cli::command(), is_typed);
    match parse::<Cli>(command, arguments) {
        Ok(cli) => {
            let context = cli.shared.into_context();
            end(cli.command.run(&context), &context)
        }
        Err(exit) => exit.into(),
    }
}

/// Prints the words that can come next, as kubectl reads them.
fn print_choices(arguments: Vec<OsString>) -> ExitCode {
    let choices = complete::choices(suite_command(), arguments);
    let ui = Ui::new(ColorChoice::Never, true, 0);
    ui.data(&choices);
    // A shell that does not read any more is no failure.
    ui.finish(Exit::Success).into()
}

fn run_single<A: Command>(
    name: &'static str,
    about: &'static str,
    arguments: Vec<OsString>,
) -> ExitCode {
    let command = A::augment_args(clap::Command::new(name))
        .bin_name(name)
        .about(about)
        .max_term_width(100);
    let command = with_shared_arguments(command);
    match parse::<Single<A>>(command, arguments) {
        Ok(single) => {
            let context = single.shared.into_context();
            end(single.args.run(&context), &context)
        }
        Err(exit) => exit.into(),
    }
}

/// Adds the arguments that every command has behind its own ones: help shows them in
/// this order. What the command calls otherwise is there already.
fn with_shared_arguments(command: clap::Command) -> clap::Command {
    let shared = SharedArgs::augment_args(clap::Command::default());
    shared.get_arguments().fold(command, |command, argument| {
        let id = argument.get_id();
        if command.get_arguments().any(|own| own.get_id() == id) {
            return command;
        }
        command.arg(argument)
    })
}

/// Parses the arguments; prints help and usage errors.
fn parse<P: FromArgMatches>(command: clap::Command, arguments: Vec<OsString>) -> Result<P, Exit> {
    let command = with_exit_codes(command)
        .version(concat!("v", env!("CARGO_PKG_VERSION")))
        .no_binary_name(true);
    let parsed = command
        .try_get_matches_from(arguments)
        .and_then(|matches| P::from_arg_matches(&matches));
    parsed.map_err(|error| {
        let mut error = with_escaped_reason(&error).unwrap_or(error);
        suggest(&mut error);
        escape_words(&mut error);
        let ui = Ui::new(ColorChoice::Auto, false, 0);
        let text = error.render().ansi().to_string();
        if error.use_stderr() {
            ui.stderr(&text);
            return ui.finish(Exit::Usage);
        }
        ui.styled_data(&text);
        ui.finish(Exit::Success)
    })
}

/// The same error where a value parser's reason may quote unsafe text of the value:
/// the whole value is escaped there, and no line begins with a part of it. `None` if
/// the value is safe.
fn with_escaped_reason(error: &clap::Error) -> Option<clap::Error> {
    let Some(ContextValue::String(value)) = error.get(ContextKind::InvalidValue) else {
        return None;
    };
    let Cow::Owned(escaped) = escape(value) else {
        return None;
    };
    let reason = error.source()?.to_string().replace(value, &escaped);
    // A reason may have lines of its own.
    let reason = escape_lines(&reason).replace('\n', "\n  | ");
    // clap takes a reason from value parsers alone.
    let parser = StringValueParser::new().try_map(move |_| Err::<(), _>(reason.clone()));
    let mut escaped = parser
        .parse_ref(&clap::Command::default(), None, OsStr::new(""))
        .err()?;
    for (kind, value) in error.context() {
        escaped.insert(kind, value.clone());
    }
    Some(escaped)
}

/// Makes harmless what clap quotes of a command line: a script may have put the
/// words of others there.
fn escape_words(error: &mut clap::Error) {
    let harmless = |text: &str| match escape(text) {
        Cow::Owned(text) => Some(text),
        Cow::Borrowed(_) => None,
    };
    let escaped = error.context().filter_map(|(kind, value)| {
        let value = match value {
            ContextValue::String(text) => ContextValue::String(harmless(text)?),
            ContextValue::Strings(texts) => {
                texts.iter().find_map(|text| harmless(text))?;
                let texts = texts.iter().map(|text| escape(text).into_owned());
                ContextValue::Strings(texts.collect())
            }
            // As plain text: its styles are not worth more than that.
            ContextValue::StyledStrs(texts) => {
                let texts: Vec<String> = texts.iter().map(ToString::to_string).collect();
                texts.iter().find_map(|text| harmless(text))?;
                let texts = texts.iter().map(|text| escape(text).into_owned().into());
                ContextValue::StyledStrs(texts.collect())
            }
            _ => return None,
        };
        Some((kind, value))
    });
    for (kind, value) in escaped.collect::<Vec<_>>() {
        error.insert(kind, value);
    }
}

/// Adds the way out of two slips that clap knows nothing of: a manifest without
/// its `-f`, and `--dry-run client`, as kubectl once took it.
fn suggest(error: &mut clap::Error) {
    let key = match error.kind() {
        ErrorKind::UnknownArgument => ContextKind::InvalidArg,
        ErrorKind::InvalidSubcommand => ContextKind::InvalidSubcommand,
        _ => return,
    };
    let Some(ContextValue::String(word)) = error.get(key) else {
        return;
    };
    let is_file = word.contains(['.', '/']);
    if error.get(ContextKind::Suggested).is_some() && !is_file {
        return;
    }
    let usage = error.get(ContextKind::Usage).map(ToString::to_string);
    let reads_manifests =
        usage.is_some_and(|usage| usage.contains(" create ") || usage.contains(" apply "));
    if !reads_manifests {
        return;
    }
    let makes = error
        .get(ContextKind::Usage)
        .map(ToString::to_string)
        .is_some_and(|usage| usage.contains(" create pod ") || usage.contains(" create job "));
    let tip = match word.as_str() {
        word if makes && !word.starts_with('-') => {
            format!("put the command after --: -- {word}")
        }
        "none" | "client" | "server" => format!("write it with an equals sign: --dry-run={word}"),
        word if word.starts_with('-') => return,
        _ if key == ContextKind::InvalidSubcommand && !is_file => return,
        word => format!("manifests are named with -f: -f {word}"),
    };
    let tip = ContextValue::StyledStrs(vec![escape(&tip).into_owned().into()]);
    error.remove(ContextKind::SuggestedSubcommand);
    error.insert(ContextKind::Suggested, tip);
}

fn end(result: Result<Exit, CommandError>, context: &Context) -> ExitCode {
    let exit = match result {
        Ok(exit) | Err(CommandError::Told(exit)) => exit,
        Err(CommandError::Failed(failure)) => {
            context.tell(&failure);
            failure.exit
        }
    };
    context.ui.finish(exit).into()
}

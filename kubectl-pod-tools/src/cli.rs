//! Parses the command line of `kubectl pod-tools COMMAND` and of the plugins that are one of
//! its commands, and runs it.

use std::borrow::Cow;
use std::error::Error as _;
use std::ffi::{OsStr, OsString};
use std::process::ExitCode;

use clap::builder::{StringValueParser, TypedValueParser};
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Args, CommandFactory, FromArgMatches, Parser, Subcommand};
use pod_model::nearest;

use crate::command::Command;
use crate::commands::{
    Commands, CompletionArgs, JobArgs, PodArgs, ProbeArgs, SharedArgs, WaitArgs,
};
use crate::complete;
use crate::context::Context;
use crate::error::CommandError;
use crate::exit::{Exit, with_exit_codes};
use crate::explain::env::ExplainEnvArgs;
use crate::invocation::{Invocation, Program};
use crate::panic;
use crate::stack::with_large;
use crate::ui::{ColorChoice, Ui, escape, escape_lines};

/// The command line of `kubectl pod-tools`.
#[derive(Parser, Debug)]
#[command(
    name = "kubectl-pod_tools",
    bin_name = "kubectl pod-tools",
    about = "Validate, create, wait for and explain Pods and Jobs",
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

/// Returns the command line of the suite, with the arguments of all commands.
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
        Program::Env => {
            let about = Commands::about("explain-env");
            run_single::<ExplainEnvArgs>(program, about, arguments)
        }
        Program::Wait => run_single::<WaitArgs>(program, Commands::about("wait"), arguments),
        Program::Probe => run_single::<ProbeArgs>(program, Commands::about("probe"), arguments),
        Program::CreatePod => {
            run_single::<PodArgs>(program, Some("Create a Pod from flags"), arguments)
        }
    }
}

fn run_suite(arguments: Vec<OsString>) -> ExitCode {
    // The value of a flag may be a command's name: then its arguments are built in vain.
    let is_typed = |word: &str| arguments.iter().any(|argument| argument == word);
    let command = Commands::with_arguments(Cli::command(), is_typed);
    match parse::<Cli>(command, arguments) {
        Ok(cli) => {
            let context = cli.shared.into_context(Program::Suite);
            end(cli.command.run(&context), &context)
        }
        Err(exit) => exit.into(),
    }
}

/// Prints completions as kubectl reads them.
fn print_choices(arguments: Vec<OsString>) -> ExitCode {
    let choices = complete::choices(suite_command(), arguments);
    let ui = Ui::new(ColorChoice::Never, true, 0);
    ui.data(&choices);
    // A shell that stopped reading is not a failure.
    ui.finish(Exit::Success).into()
}

fn run_single<A: Command>(
    program: Program,
    about: Option<&'static str>,
    arguments: Vec<OsString>,
) -> ExitCode {
    let name = program.words();
    let mut command = A::augment_args(clap::Command::new(name))
        .bin_name(name)
        .about(about.unwrap_or_default())
        .max_term_width(100);
    if let Some(examples) = command.get_after_help() {
        let examples = program.in_examples(&examples.to_string());
        command = command.after_help(examples);
    }
    match parse::<Single<A>>(SharedArgs::add_to(command), arguments) {
        Ok(single) => {
            let context = single.shared.into_context(program);
            end(single.args.run(&context), &context)
        }
        Err(exit) => exit.into(),
    }
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

/// Returns an error whose reason quotes the value escaped, or `None` if the value has no
/// control characters. No line of the reason begins with a part of the value.
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

/// Escapes the words of the command line that clap quotes: a script may have put foreign
/// text there.
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
            // Loses the styles.
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

/// Adds tips for mistakes that clap cannot detect: a manifest without `-f`,
/// `--dry-run client`, which kubectl once accepted, a flag of `create job` on `create pod`,
/// and names that clap's measure finds too different.
fn suggest(error: &mut clap::Error) {
    let key = match error.kind() {
        ErrorKind::UnknownArgument => ContextKind::InvalidArg,
        ErrorKind::InvalidSubcommand => ContextKind::InvalidSubcommand,
        _ => return,
    };
    let Some(ContextValue::String(word)) = error.get(key) else {
        return;
    };
    let is_suggested = [ContextKind::Suggested, ContextKind::SuggestedSubcommand]
        .iter()
        .any(|kind| error.get(*kind).is_some());
    let usage = error.get(ContextKind::Usage).map(ToString::to_string);
    let Some(tip) = tip(word, key, &usage.unwrap_or_default(), is_suggested) else {
        return;
    };
    let tip = ContextValue::StyledStrs(vec![escape(&tip).into_owned().into()]);
    error.remove(ContextKind::SuggestedSubcommand);
    error.remove(ContextKind::SuggestedArg);
    error.insert(ContextKind::Suggested, tip);
}

/// Returns the tip for a word that the command does not have.
fn tip(word: &str, key: ContextKind, usage: &str, is_suggested: bool) -> Option<String> {
    let of_pod = usage.contains(" create pod ");
    if of_pod && is_job_flag(word) {
        return Some(format!("{word} is a flag of create job"));
    }
    let is_file = word.contains(['.', '/']);
    if is_suggested && !is_file {
        return None;
    }
    if !(usage.contains(" create ") || usage.contains(" apply ")) {
        return None;
    }
    let generates = of_pod || usage.contains(" create job ");
    match word {
        _ if generates && !word.starts_with('-') => {
            Some(format!("put the command after --, as in: -- {word}"))
        }
        "none" | "client" | "server" => Some(format!("use --dry-run={word}")),
        _ if word.starts_with('-') => None,
        _ if key == ContextKind::InvalidSubcommand && !is_file => {
            let kind = nearest(word, ["pod", "job"])?;
            Some(format!("did you mean create {kind}?"))
        }
        _ => Some(format!("use -f {word}")),
    }
}

/// Returns whether a word is a flag of `create job`.
fn is_job_flag(word: &str) -> bool {
    let Some(flag) = word.strip_prefix("--") else {
        return false;
    };
    let command = JobArgs::augment_args(clap::Command::default());
    command
        .get_arguments()
        .any(|arg| arg.get_long() == Some(flag))
}

fn end(result: Result<Exit, CommandError>, context: &Context) -> ExitCode {
    let exit = match result {
        Ok(exit) | Err(CommandError::Reported(exit)) => exit,
        Err(CommandError::Failed(failure)) => {
            context.print_failure(&failure);
            failure.exit
        }
    };
    context.ui.finish(exit).into()
}

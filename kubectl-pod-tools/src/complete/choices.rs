//! Choices for a word of a command line.

use std::ffi::{OsStr, OsString};

use clap::Command;
use clap_complete::{ArgValueCompleter, CompletionCandidate, engine};

use super::command_line::CommandLine;
use super::{live, targets};
use crate::completion_kind::CompletionKind;
use crate::ui::escape;

/// Tells the shell not to offer file names if there are no choices: cobra's `ShellCompDirectiveNoFileComp`.
const NO_FILES: &str = ":4\n";

/// Returns the choices for the last of these words, as kubectl reads them.
pub(crate) fn choices(command: Command, words: Vec<OsString>) -> String {
    let line = CommandLine::new(&command, &words);
    let mut all = vec![OsString::from(command.get_name())];
    all.extend(words);
    if all.len() == 1 {
        all.push(OsString::new());
    }
    let last = all.len() - 1;
    // As in cobra, flags are offered only after a dash.
    let is_flag = all[last].to_string_lossy().starts_with('-');
    let here = std::env::current_dir().ok();
    let mut command = with_completers(command, &line);
    let found = engine::complete(&mut command, all, last, here.as_deref()).unwrap_or_default();
    let mut out = String::new();
    for candidate in found.iter().filter(|candidate| !candidate.is_hide_set()) {
        if !is_flag && candidate.get_value().to_string_lossy().starts_with("--") {
            continue;
        }
        out.push_str(&escape(&candidate.get_value().to_string_lossy()));
        if let Some(help) = candidate.get_help() {
            let help = help.to_string();
            out.push('\t');
            out.push_str(&escape(help.lines().next().unwrap_or_default()));
        }
        out.push('\n');
    }
    out + NO_FILES
}

/// Turns the [`CompletionKind`] of each argument into a look-up.
fn with_completers(command: Command, line: &CommandLine) -> Command {
    let command = command.mut_args(|arg| match arg.get::<CompletionKind>().copied() {
        Some(kind) => {
            let line = line.clone();
            arg.add(ArgValueCompleter::new(move |typed: &OsStr| {
                candidates(kind, &line, typed)
            }))
        }
        None => arg,
    });
    command.mut_subcommands(|subcommand| with_completers(subcommand, line))
}

fn candidates(kind: CompletionKind, line: &CommandLine, typed: &OsStr) -> Vec<CompletionCandidate> {
    let typed = typed.to_string_lossy();
    match kind {
        CompletionKind::Conditions => targets::conditions(&typed),
        CompletionKind::ExplainTargets => targets::explained(line, &typed),
        CompletionKind::Jobs => targets::jobs(line, &typed),
        CompletionKind::WaitTargets => targets::awaited(line, &typed),
        CompletionKind::PodTemplates => targets::sources(line, &typed),
        kind => live::candidates(kind, line, &typed),
    }
}

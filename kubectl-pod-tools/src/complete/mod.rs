//! Completion: the words that can stand next, values from the cluster included.
//!
//! kubectl asks the executable `kubectl_complete-pod_tools` with the words so
//! far, the last of them unfinished, and reads one choice a line
//! (k8s.io/kubectl/pkg/cmd/plugin/plugin_completion.go, and the protocol of
//! cobra's `__complete`).

mod live;
mod targets;

use std::ffi::OsString;

use clap::CommandFactory;
use clap_complete::engine;

pub(crate) use live::{Completes, candidates, namespaces};
pub(crate) use targets::{awaited, conditions, explained, sources};

use crate::cli::Cli;
use crate::ui::escape;

/// No file names in place of no choices: cobra's `ShellCompDirectiveNoFileComp`.
const NO_FILES: &str = ":4\n";

/// The choices for the last of these words, as kubectl reads them.
pub(crate) fn choices(words: Vec<OsString>) -> String {
    let mut command = Cli::command();
    let mut all = vec![OsString::from(command.get_name())];
    all.extend(words);
    if all.len() == 1 {
        all.push(OsString::new());
    }
    let last = all.len() - 1;
    // As cobra: flags are offered to who has begun one.
    let is_flag = all[last].to_string_lossy().starts_with('-');
    let here = std::env::current_dir().ok();
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

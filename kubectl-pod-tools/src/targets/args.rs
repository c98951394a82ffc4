//! The target arguments of `explain-*`.

use clap::Args;
use pod_model::kinds::by_type;

use super::flags::{SelectionFlags, TargetArgs};
use super::parse::{check_pod_template, parse};
use super::spec::TargetSpec;
use crate::completion_kind::CompletionKind;
use crate::error::Failure;

/// Target arguments of commands that explain Pods and objects with a Pod template.
#[derive(Args, Clone, Debug)]
pub(crate) struct ExplainTargetArgs {
    /// Pod, TYPE/NAME or TYPE NAME; TYPE is a Pod or anything with a Pod template
    #[arg(value_name = "TARGET", add = CompletionKind::ExplainTargets)]
    words: Vec<String>,

    #[command(flatten, next_help_heading = "Targets")]
    selection: SelectionFlags,

    /// Do not contact the cluster; objects missing in the files stay unknown
    #[arg(help_heading = "Targets", long)]
    offline: bool,
}

impl ExplainTargetArgs {
    /// Sets the type of names without a TYPE, and the types from which selectors without one
    /// choose.
    pub(crate) fn set_types(&mut self, named: &str, selected: &str) {
        let flags = &self.selection;
        let means_all = flags.all_namespaces && names_no_object(&self.words);
        if means_all || TargetArgs::new(&self.words, flags).selects() {
            if self.words.is_empty() {
                self.words.push(selected.to_owned());
            }
            return;
        }
        let is_type = |word: &String| by_type(word).is_some();
        let several = self.words.len() > 1;
        if several && self.words.first().is_some_and(is_type) {
            return;
        }
        for word in &mut self.words {
            let is_name = !word.is_empty() && !word.contains('/');
            // A type among several words is a mistake that the parser explains.
            if is_name && !(several && is_type(word)) {
                word.insert_str(0, &format!("{named}/"));
            }
        }
    }

    /// Returns the checked targets. With `-f`, words and selectors choose among the objects of
    /// the files. The command is in messages as `kubectl pod-env`.
    ///
    /// # Errors
    /// Usage error: no target, flags that cannot be combined, a TYPE without a Pod template.
    pub(crate) fn into_spec(self, command: &str) -> Result<TargetSpec, Failure> {
        let example = format!("use `{command} job/migrate` or `{command} -f pod.yaml`");
        let mut flags = self.selection;
        if flags.all_namespaces && names_no_object(&self.words) {
            flags.all |= flags.selector.is_none() && flags.field_selector.is_none();
        }
        let is_of_files = !flags.filenames.filenames.is_empty();
        let args = TargetArgs::new(&self.words, &flags);
        if is_of_files {
            args.check_files()?;
        } else if self.offline {
            return Err(Failure::usage(
                "`--offline` requires `-f`: without a file the target is in the cluster",
            )
            .help(example));
        }
        let is_chosen = !self.words.is_empty() || args.selects();
        let refs = if is_chosen || !is_of_files {
            Some(parse(&args, &example, &check_pod_template)?)
        } else {
            None
        };
        Ok(match refs {
            refs if is_of_files => TargetSpec::Files {
                filenames: flags.filenames,
                refs,
                offline: self.offline,
            },
            refs => TargetSpec::Cluster {
                refs: refs.unwrap_or_default(),
                command: command.to_owned(),
            },
        })
    }
}

/// Returns true for no word at all and for types alone: with `-A` they mean all objects, as for `kubectl get`.
fn names_no_object(words: &[String]) -> bool {
    match words {
        [] => true,
        [list] => list.split(',').all(|word| by_type(word).is_some()),
        _ => false,
    }
}

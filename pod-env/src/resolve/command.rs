//! `command` and `args` after expansion.
//!
//! Upstream: `ExpandContainerCommandAndArgs` in pkg/kubelet/container: all of
//! the environment that the kubelet builds counts, without the variables of the
//! runtime.

use std::collections::HashSet;

use pod_model::{FieldPath, Finding, Severity, prose, rules};

use super::builder::{Builder, Expansion};
use super::references::{Expanded, Place};
use crate::names::is_shell_name;
use crate::report::{CommandReference, Status};
use crate::shell::{BASH_SETS, Script, script};
use crate::shell_text::{ShellVariable, variables};
use pod_model::expansion::{Piece, pieces};

impl Builder<'_> {
    /// Expands the command and the arguments.
    pub(super) fn command(&mut self) -> Expansion {
        let script = script(self.container);
        let mut expansion = Expansion::default();
        let container = self.container;
        for (in_args, list) in [(false, container.command), (true, container.args)] {
            let field = if in_args { "args" } else { "command" };
            for (i, text) in list.iter().enumerate() {
                let path = container.path.field(field).index(i);
                let script = script.filter(|s| (s.in_args, s.index) == (in_args, i));
                let shown = self.argument(text, &path, script.is_some(), &mut expansion);
                if in_args {
                    expansion.args.push(shown);
                } else {
                    expansion.command.push(shown);
                }
                if let Some(script) = script {
                    self.shell_variables(text, &path, script);
                    self.process_ids(text, &path);
                }
            }
        }
        expansion
    }

    fn argument(
        &mut self,
        text: &str,
        path: &FieldPath,
        is_script: bool,
        expansion: &mut Expansion,
    ) -> String {
        let before = self.findings.len();
        let Expanded {
            value,
            references: found,
            ..
        } = self.expand(text, Place::Argument(path));
        if is_script {
            self.excuse_substitutions(before);
        }
        let shown = if value.is_too_long() {
            text.to_owned()
        } else {
            value.shown().unwrap_or_else(|| self.partly(text))
        };
        let length = value.length().unwrap_or(shown.len());
        expansion.lengths.push((path.clone(), length));
        let references = found.into_iter().map(|reference| CommandReference {
            path: path.clone(),
            reference,
        });
        expansion.references.extend(references);
        shown
    }

    /// Returns a text with the known references replaced and the others unchanged.
    fn partly(&self, text: &str) -> String {
        let mut out = String::new();
        for piece in pieces(text) {
            match piece {
                Piece::Text(text) => out.push_str(text),
                Piece::Escape { .. } => out.push('$'),
                Piece::Reference { name, at } => {
                    let value = self.defined.get(name);
                    match value.and_then(|at| self.values[*at].shown()) {
                        Some(value) => out.push_str(&value),
                        None => out.push_str(&text[at..at + name.len() + 3]),
                    }
                }
            }
        }
        out
    }

    /// Turns errors about `$(date)` in a script into information: the shell runs it as a
    /// command. Names in capitals stay errors.
    fn excuse_substitutions(&mut self, from: usize) {
        for finding in &mut self.findings[from..] {
            let Some(part) = &finding.part else { continue };
            let name = part.text.trim_start_matches("$(").trim_end_matches(')');
            let is_variable = is_shell_name(name) && !name.bytes().any(|b| b.is_ascii_lowercase());
            if finding.is(&rules::UNRESOLVED_REFERENCE) && !is_variable {
                finding.message = format!(
                    "`{}` is left to the shell, which runs it as a command",
                    part.text.escape_debug()
                );
                finding.judge_by(&rules::SHELL_SUBSTITUTION);
                finding.label = None;
                finding.help = None;
            }
        }
    }

    /// Adds the findings for each `$NAME` in a script: one for all that are set, and a
    /// warning for each that is not.
    fn shell_variables(&mut self, text: &str, path: &FieldPath, script: Script<'_>) {
        let mut there: Vec<ShellVariable> = Vec::new();
        let set = self.entries.iter().filter(|e| e.status != Status::Skipped);
        let set: HashSet<&str> = set.map(|entry| entry.name.as_str()).collect();
        let mut findings = Vec::new();
        for variable in variables(text) {
            let name = &variable.name;
            let excused = variable.set_here || variable.guarded || script.sets(name);
            if self.defined.contains_key(name) {
                there.push(variable);
            } else if !excused && !set.contains(name.as_str()) {
                let finding = self.shell_variable(&variable, path);
                findings.push(at_first(finding, &variable, text));
            }
        }
        self.findings.append(&mut findings);
        let Some(first) = there.first() else { return };
        let names: Vec<String> = there.iter().map(|v| format!("`{}`", written(v))).collect();
        let (are, they_are) = match names.len() {
            1 => ("is", "it is"),
            _ => ("are", "they are"),
        };
        let names = prose::list(&names);
        let message = format!(
            "{names} {are} expanded by the shell, not by Kubernetes; {they_are} in the environment"
        );
        let finding = Finding::new(&rules::SHELL_VARIABLE, path.clone(), message)
            .with_severity(Severity::Info);
        self.findings.push(at_first(finding, first, text));
    }

    /// Returns the finding for a variable that neither the environment nor the script sets.
    fn shell_variable(&self, variable: &ShellVariable, path: &FieldPath) -> Finding {
        let written = written(variable);
        if self.unread.iter().any(|u| u.could_set(&variable.name)) {
            let message = format!(
                "`{written}` is expanded by the shell; it may be in the environment, since a source was not read"
            );
            return Finding::new(&rules::SHELL_VARIABLE, path.clone(), message)
                .with_severity(Severity::Info);
        }
        let images = &self.context.options.image_env;
        let unless = if BASH_SETS.contains(&variable.name.as_str()) {
            ", unless the shell sets it (bash does)"
        } else if images.contains_key(self.container.name) {
            ""
        } else {
            ", unless the image sets it"
        };
        let message = format!(
            "`{written}` is expanded by the shell, but nothing sets it: it becomes empty{unless}"
        );
        Finding::new(&rules::SHELL_VARIABLE, path.clone(), message)
            .help(format!("define `{}` in `env`", variable.name))
    }
}

fn written(variable: &ShellVariable) -> String {
    if variable.text.starts_with("${") {
        format!("${{{}}}", variable.name)
    } else {
        format!("${}", variable.name)
    }
}

fn at_first(finding: Finding, variable: &ShellVariable, text: &str) -> Finding {
    match text.find(&variable.text) {
        Some(start) => finding.part(text, start..start + variable.text.len()),
        None => finding,
    }
}

//! `$(NAME)` in the commands that run inside a container that is there already:
//! those of probes see a part of the environment, those of hooks none.
//!
//! Upstream: `runProbe` in pkg/kubelet/prober with
//! `ExpandContainerCommandOnlyStatic` in pkg/kubelet/container/helpers.go, and
//! `handlerRunner.Run` in pkg/kubelet/lifecycle.

use std::collections::HashSet;

use k8s_openapi::api::core::v1::{EnvVar as SpecVar, ExecAction};
use pod_model::{FieldPath, Finding, rules};

use super::builder::Builder;
use crate::report::Status;
use crate::shell::script_in;
use crate::shell_text::process_ids;
use pod_model::expansion::{Piece, pieces};

/// Who runs a command.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Runner {
    Probe,
    Hook,
}

impl Builder<'_> {
    /// Says which references in the commands of probes and hooks do not become
    /// what the same text becomes in `command`.
    pub(super) fn exec_commands(&mut self) {
        let container = self.container;
        let path = &container.path;
        for (field, probe) in container.probes {
            if let Some(exec) = probe.and_then(|probe| probe.exec.as_ref()) {
                self.exec_command(exec, &path.field(field), Runner::Probe);
            }
        }
        let Some(lifecycle) = container.lifecycle else {
            return;
        };
        let hooks = [
            ("postStart", &lifecycle.post_start),
            ("preStop", &lifecycle.pre_stop),
        ];
        for (field, hook) in hooks {
            if let Some(exec) = hook.as_ref().and_then(|hook| hook.exec.as_ref()) {
                let path = path.field("lifecycle").field(field);
                self.exec_command(exec, &path, Runner::Hook);
            }
        }
    }

    fn exec_command(&mut self, exec: &ExecAction, path: &FieldPath, runner: Runner) {
        let list = path.field("exec").field("command");
        let command = exec.command.as_deref().unwrap_or_default();
        let script = script_in(command, &[]).map(|script| script.index);
        for (i, text) in command.iter().enumerate() {
            let at = list.index(i);
            let is_script = script == Some(i);
            let mut told = HashSet::new();
            for piece in pieces(text) {
                let Piece::Reference { name, at: offset } = piece else {
                    continue;
                };
                let Some(said) = self.not_as_in_a_command(name, runner, is_script) else {
                    continue;
                };
                if told.insert(name.to_owned()) {
                    let range = offset..offset + name.len() + 3;
                    let finding = Finding::new(&rules::NOT_EXPANDED, at.clone(), said);
                    let name = name.escape_debug();
                    let finding = finding.part(text, range);
                    self.findings.push(finding.help(if is_script {
                        format!("write `${{{name}}}`, which the shell replaces")
                    } else {
                        format!("let a shell replace it: [sh, -c, 'exec … \"${{{name}}}\"']")
                    }));
                }
            }
            if is_script && runner == Runner::Probe {
                self.process_ids(text, &at);
            }
        }
    }

    /// Returns the fate of a reference to a variable of the container, if it is not
    /// the variable's value.
    fn not_as_in_a_command(&self, name: &str, runner: Runner, is_script: bool) -> Option<String> {
        let is_set = self
            .entries
            .iter()
            .any(|entry| entry.name == name && entry.status != Status::Skipped);
        let shown = name.escape_debug();
        let stays = if is_script {
            format!("the shell runs `{shown}` as a command")
        } else {
            "it stays as it stands".to_owned()
        };
        if runner == Runner::Hook {
            return is_set.then(|| {
                format!("`$({shown})` is not replaced in the command of a hook: {stays}")
            });
        }
        // The last one of a name counts, with its text before expansion.
        let written = self.container.env.iter().rfind(|v| v.name == name);
        let is_empty = || {
            Some(format!(
                "`$({shown})` becomes the empty string in the command of a probe, which sees only literal values of `env`"
            ))
        };
        let Some(SpecVar {
            value, value_from, ..
        }) = written
        else {
            // An entry with a `fieldRef`, in the Pods that the controller makes.
            if self.is_added_by_job(name) {
                return is_empty();
            }
            return is_set.then(|| {
                format!(
                    "`$({shown})` is not replaced in the command of a probe, as `{shown}` is not an entry of `env`: {stays}"
                )
            });
        };
        let value = value.as_deref().unwrap_or_default();
        if value.is_empty() && value_from.is_some() {
            return is_empty();
        }
        let is_plain = pieces(value).iter().all(|p| matches!(p, Piece::Text(_)));
        (!is_plain).then(|| {
            format!(
                "`$({shown})` becomes the text of `{shown}` as `env` writes it in the command of a probe, its own references not replaced"
            )
        })
    }

    /// Says of each `$$` in a script that the shell does not see it.
    pub(super) fn process_ids(&mut self, text: &str, at: &FieldPath) {
        if let Some(range) = process_ids(text).into_iter().next() {
            let message =
                "`$$` becomes `$` before the shell sees it, and is not its process id there";
            let finding = Finding::new(&rules::SHELL_PROCESS_ID, at.clone(), message);
            self.findings.push(
                finding
                    .part(text, range)
                    .help("write `$$$$` for the process id"),
            );
        }
    }
}

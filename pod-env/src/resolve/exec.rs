//! `$(NAME)` in the commands of probes, which see a part of the environment, and of
//! hooks, which see none of it.
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

/// The part of a container that runs a command.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Runner {
    Probe,
    Hook,
}

impl Builder<'_> {
    /// Adds the findings for references in the commands of probes and hooks that are
    /// expanded differently than in `command`.
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
            let mut reported = HashSet::new();
            for piece in pieces(text) {
                let Piece::Reference { name, at: offset } = piece else {
                    continue;
                };
                let Some(message) = self.different_expansion(name, runner, is_script) else {
                    continue;
                };
                if reported.insert(name.to_owned()) {
                    let range = offset..offset + name.len() + 3;
                    let finding = Finding::new(&rules::NOT_EXPANDED, at.clone(), message);
                    let name = name.escape_debug();
                    let finding = finding.part(text, range);
                    self.findings.push(finding.help(if is_script {
                        format!("use `${{{name}}}`, which the shell expands")
                    } else {
                        format!("let a shell expand it: [sh, -c, 'exec … \"${{{name}}}\"']")
                    }));
                }
            }
            if is_script && runner == Runner::Probe {
                self.process_ids(text, &at);
            }
        }
    }

    /// Returns how a reference to a variable of the container is expanded, or `None` if
    /// it becomes the variable's value.
    fn different_expansion(&self, name: &str, runner: Runner, is_script: bool) -> Option<String> {
        let is_set = self
            .entries
            .iter()
            .any(|entry| entry.name == name && entry.status != Status::Skipped);
        let shown = name.escape_debug();
        let stays = if is_script {
            format!("the shell runs `{shown}` as a command")
        } else {
            "it stays as it is".to_owned()
        };
        if runner == Runner::Hook {
            return is_set.then(|| {
                format!("`$({shown})` is not expanded in the command of a hook: {stays}")
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
                    "`$({shown})` is not expanded in the command of a probe, which sees only entries of `env`: {stays}"
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
                "`$({shown})` becomes the literal text of `{shown}` in the command of a probe, without expanding its references"
            )
        })
    }

    /// Adds the finding for `$$` in a script, which the shell does not get.
    pub(super) fn process_ids(&mut self, text: &str, at: &FieldPath) {
        if let Some(range) = process_ids(text).into_iter().next() {
            let message = "`$$` becomes `$` before the shell runs: it is not the process ID";
            let finding = Finding::new(&rules::SHELL_PROCESS_ID, at.clone(), message);
            self.findings.push(
                finding
                    .part(text, range)
                    .help("use `$$$$` for the process ID"),
            );
        }
    }
}

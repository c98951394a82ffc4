//! What is done with the object once it is created: `--attach`, `--rm`.

use std::io::IsTerminal;

use clap::Args;
use serde_json::Value;

use crate::cluster::Attach;
use crate::error::Failure;
use crate::generate::TargetKind;
use crate::submit::{SubmitArgs, SubmitOptions};

/// Flags beside those of every `create`.
#[derive(Args, Clone, Copy, Debug)]
pub(super) struct ActArgs {
    /// Show what the program writes, and end as it does
    ///
    /// It is waited for, its output is shown as it comes, and its exit code becomes ours. With
    /// --stdin a Pod's program reads what is typed or piped here; with --tty, too, it has the
    /// terminal. A Pod's containers are not restarted then, unless --restart says so.
    #[arg(long)]
    pub attach: bool,

    /// Delete the object when it has ended; with --wait or --attach
    #[arg(long)]
    rm: bool,
}

impl ActArgs {
    /// Checks the flags together with those of every `create`.
    ///
    /// # Errors
    /// Flags that do not go together.
    pub(super) fn check(self, submit: &mut SubmitArgs) -> Result<(), Failure> {
        if self.attach {
            submit.wait_anyway("--attach")?;
        }
        if self.rm && !submit.waits() {
            return Err(Failure::usage("--rm has no end to wait for")
                .help("add --wait, or --attach to see what the program writes"));
        }
        Ok(())
    }

    /// Writes into the options what the flags say of this object.
    ///
    /// # Errors
    /// Standard input for the Pods of a Job.
    pub(super) fn apply(
        self,
        options: &mut SubmitOptions,
        object: &Value,
        target_kind: TargetKind,
    ) -> Result<(), Failure> {
        let Some(wait) = &mut options.wait else {
            return Ok(());
        };
        let restarts = target_kind == TargetKind::Pod
            && object
                .pointer("/spec/restartPolicy")
                .is_none_or(|policy| policy == "Always");
        if restarts && (self.rm || self.attach) {
            let flag = if self.rm { "--rm" } else { "--attach" };
            return Err(Failure::usage(format!(
                "{flag} waits for an end, and this Pod is restarted for ever"
            ))
            .help("add --restart Never, or --restart OnFailure"));
        }
        wait.remove = self.rm;
        if !self.attach {
            return Ok(());
        }
        let spec = match target_kind {
            TargetKind::Pod => "/spec",
            TargetKind::Job => "/spec/template/spec",
        };
        let main = object.pointer(&format!("{spec}/containers/0"));
        let is = |field: &str| main.is_some_and(|main| main[field] == true);
        let name = main.and_then(|main| main["name"].as_str());
        let container = name.unwrap_or_default().to_owned();
        wait.exit_code_from = Some(container.clone());
        wait.spec.keep_pods = true;
        // Standard output is the program's.
        options.lines_as_talk = options.format.is_none();
        let as_talk = options.format.is_some();
        if !is("stdin") {
            let all = wait.clone().with_program(container.clone(), as_talk);
            *wait = all;
            // A terminal has one stream.
            options.attach = (target_kind == TargetKind::Pod && !is("tty")).then_some(Attach {
                container,
                stdin: false,
                tty: false,
            });
            return Ok(());
        }
        if target_kind == TargetKind::Job {
            return Err(
                Failure::usage("--attach cannot hand standard input to the Pods of a Job")
                    .help("leave out --stdin, or create a Pod"),
            );
        }
        if options.format.is_some() {
            return Err(Failure::usage(
                "standard output is the program's with --attach and --stdin: -o has no place there",
            )
            .help("leave out -o"));
        }
        if is("tty") && !std::io::stdin().is_terminal() {
            return Err(
                Failure::usage("--tty needs a terminal, and standard input is none")
                    .help("leave out --tty"),
            );
        }
        // The program's output comes by the connection, and the Pod stays until
        // it has come.
        let alone = wait.clone().with_logs(None, as_talk);
        *wait = alone;
        wait.spec.keep_pods = true;
        options.remove_attached = std::mem::take(&mut wait.remove);
        options.attach = Some(Attach {
            container,
            stdin: true,
            tty: is("tty"),
        });
        Ok(())
    }
}

//! `--attach` and `--rm`: actions after creation.

use std::io::IsTerminal;

use clap::Args;
use serde_json::Value;

use crate::cluster::Attach;
use crate::error::Failure;
use crate::generate::TargetKind;
use crate::submit::{SubmitArgs, SubmitOptions};

/// Flags of actions after creation.
#[derive(Args, Clone, Copy, Debug)]
pub(super) struct ActArgs {
    /// Print the program's output and exit with its exit code
    ///
    /// With --stdin the program of a Pod reads standard input, with --tty it also gets the
    /// terminal. The restart policy of a Pod is then Never, unless --restart is given.
    #[arg(long, help_heading = "Waiting")]
    pub attach: bool,

    /// Delete the object at the end; requires --wait or --attach
    #[arg(long, help_heading = "Waiting")]
    rm: bool,
}

impl ActArgs {
    /// Checks the flags together with those of `create`.
    ///
    /// # Errors
    /// Flags that cannot be combined.
    pub(super) fn check(self, submit: &mut SubmitArgs) -> Result<(), Failure> {
        if self.attach {
            submit.imply_wait("--attach")?;
        }
        if self.rm && !submit.waits() {
            return Err(Failure::usage("`--rm` requires `--wait` or `--attach`")
                .help("add `--wait`, or `--attach` to print the program's output"));
        }
        Ok(())
    }

    /// Sets the options that the flags imply for this object.
    ///
    /// # Errors
    /// A Pod that is restarted forever; `--stdin` or `--tty` where it cannot be attached.
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
            let message =
                format!("`{flag}` requires a Pod that ends; its restart policy is Always");
            return Err(
                Failure::usage(message).help("use `--restart Never` or `--restart OnFailure`")
            );
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
        // Standard output is for the output of the program.
        options.status_on_stderr = options.format.is_none();
        let logs_to_stderr = options.format.is_some();
        if !is("stdin") {
            let all = wait.clone().with_program(container.clone(), logs_to_stderr);
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
                Failure::usage("cannot combine `--attach` and `--stdin` on a Job")
                    .help("leave out `--stdin`, or use `create pod`"),
            );
        }
        if options.format.is_some() {
            let message = "cannot combine `-o` with `--attach` and `--stdin`";
            return Err(Failure::usage(message).help("leave out `-o`"));
        }
        if is("tty") && !std::io::stdin().is_terminal() {
            return Err(
                Failure::usage("`--tty` requires a terminal on standard input")
                    .help("leave out `--tty`"),
            );
        }
        // The connection brings the program's output, so the Pod stays until it has ended.
        let alone = wait.clone().with_logs(None, logs_to_stderr);
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

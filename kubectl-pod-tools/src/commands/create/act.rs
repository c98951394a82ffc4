//! What is done with the object once it is created: `--attach`, `--rm`.

use clap::Args;
use serde_json::Value;

use crate::cluster::Attach;
use crate::error::Failure;
use crate::generate::Made;
use crate::submit::{SubmitArgs, SubmitOptions};
use crate::wait::Logs;

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
        made: Made,
    ) -> Result<(), Failure> {
        let Some(wait) = &mut options.wait else {
            return Ok(());
        };
        wait.remove = self.rm;
        if !self.attach {
            return Ok(());
        }
        let spec = match made {
            Made::Pod => "/spec",
            Made::Job => "/spec/template/spec",
        };
        let main = object.pointer(&format!("{spec}/containers/0"));
        let is = |field: &str| main.is_some_and(|main| main[field] == true);
        let name = main.and_then(|main| main["name"].as_str());
        let container = name.unwrap_or_default().to_owned();
        wait.exit_code_from = Some(container.clone());
        wait.wanted.keep_pods = true;
        // Standard output is the program's.
        options.lines_as_talk = options.format.is_none();
        let as_talk = options.format.is_some();
        if !is("stdin") {
            let all = wait.clone().with_logs(Some(Logs::All), as_talk);
            *wait = all;
            return Ok(());
        }
        if made == Made::Job {
            return Err(
                Failure::usage("--attach cannot hand standard input to the Pods of a Job")
                    .help("leave out --stdin, or create a Pod"),
            );
        }
        options.attach = Some(Attach {
            container,
            tty: is("tty"),
        });
        Ok(())
    }
}

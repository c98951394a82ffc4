//! A program in a container that has our standard input.

use std::pin::pin;
use std::time::Duration;

use crate::cluster::{Attach, Cluster, ClusterError, Output};
use crate::error::CommandError;
use crate::exit::Exit;
use crate::ui::{RawTerminal, Ui};

/// What the program wrote last may be on its way when its end is known.
const LAST_WORDS: Duration = Duration::from_secs(5);

/// Hands standard input to the container as soon as it runs, and shows what it
/// writes, until `waited` has an answer.
pub(super) async fn beside(
    waited: impl Future<Output = Result<Exit, CommandError>>,
    cluster: &Cluster,
    attach: &Attach,
    namespace: &str,
    pod: &str,
    ui: &Ui,
) -> Result<Exit, CommandError> {
    let mut waited = pin!(waited);
    let mut attached = pin!(async {
        if let Err(error) = attached(cluster, attach, namespace, pod, ui).await {
            ui.warning(&format!("pod/{pod} cannot be attached to: {error}"));
        }
    });
    tokio::select! {
        answer = &mut waited => {
            // A container that never runs is never attached to.
            let _ = tokio::time::timeout(LAST_WORDS, attached).await;
            answer
        }
        () = &mut attached => waited.await,
    }
}

async fn attached(
    cluster: &Cluster,
    attach: &Attach,
    namespace: &str,
    pod: &str,
    ui: &Ui,
) -> Result<(), ClusterError> {
    let output = Program {
        ui,
        has_terminal: attach.tty,
    };
    let container = &attach.container;
    if !cluster.runs(namespace, pod, container).await? {
        // It was too fast to be attached to; what it wrote is kept.
        let log = cluster.log_tail(namespace, pod, container, None).await?;
        output.write(log.as_bytes(), false);
        return Ok(());
    }
    // Until here Ctrl-C is for us.
    let raw = attach.tty.then(RawTerminal::new).flatten();
    let hushed = raw.is_some().then(|| ui.hush());
    let answer = cluster.attach(namespace, pod, attach, &output).await;
    drop(raw);
    drop(hushed);
    answer
}

/// Where the program that has our standard input writes.
struct Program<'a> {
    ui: &'a Ui,
    has_terminal: bool,
}

impl Output for Program<'_> {
    fn write(&self, bytes: &[u8], is_error: bool) {
        self.ui.of_program(self.has_terminal, bytes, is_error);
    }

    fn size(&self) -> (u16, u16) {
        let size = Ui::size();
        let short = |length: usize| u16::try_from(length).unwrap_or(u16::MAX);
        (short(size.columns), short(size.rows))
    }
}

//! A program in a container that has our standard input.

use crate::cluster::{Attach, Cluster, Output};
use crate::ui::{RawTerminal, Ui};

/// Hands standard input to the container, and shows what it writes.
pub(super) async fn attached(
    cluster: &Cluster,
    attach: &Attach,
    namespace: &str,
    pod: &str,
    ui: &Ui,
) {
    let _raw = attach.tty.then(RawTerminal::new).flatten();
    let output = Program {
        ui,
        has_terminal: attach.tty,
    };
    if let Err(error) = cluster.attach(namespace, pod, attach, &output).await {
        ui.warning(&format!("pod/{pod} cannot be attached to: {error}"));
    }
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

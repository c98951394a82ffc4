//! Prints logs: lines with their Pod and container, or the bytes of a program unchanged.

use std::sync::Arc;

use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use super::prefix::Prefix;
use super::sink::Sink;
use crate::ui::Ui;

/// Maximum number of pieces that wait to be written; the rest stays with the server.
const WAITING: usize = 256;
/// Maximum number of pieces of one write.
const BATCH: usize = 256;

/// A line or a part of one, with its container.
#[derive(Debug)]
pub(in crate::wait) struct Piece {
    pub(super) prefix: Prefix,
    /// The bytes, with the line feed that ends the line.
    pub(super) bytes: Vec<u8>,
    /// `true` if the line begins with it.
    pub(super) is_first: bool,
    /// `true` if the program wrote it to standard error.
    pub(super) is_error: bool,
}

/// The layout of printed logs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::wait) struct Layout {
    /// `true` to print to standard error, because standard output has other data.
    pub to_stderr: bool,
    /// `true` to print the bytes of a program unchanged: without prefix, and without a line feed
    /// that it did not write.
    pub is_program: bool,
    /// `true` if the prefix has the namespace, since there may be several.
    pub names_namespaces: bool,
}

impl Layout {
    /// Returns the name of a container in a prefix.
    pub(super) fn shown(self, namespace: &str, pod: &str, container: &str) -> String {
        if self.names_namespaces {
            format!("{namespace}/{pod}/{container}")
        } else {
            format!("{pod}/{container}")
        }
    }

    fn sink(self, ui: &Ui, is_error: bool) -> Sink {
        if self.is_program {
            Sink::new(None, ui.program_guard(is_error))
        } else {
            Sink::new(Some(ui.wants_styles(is_error)), ui.log_guard(is_error))
        }
    }
}

/// Prints lines in the order of their arrival. A slow reader delays the logs, but not the wait.
pub(in crate::wait) struct Printer {
    sender: mpsc::Sender<Piece>,
    layout: Layout,
    writing: JoinHandle<()>,
}

impl Printer {
    pub(in crate::wait) fn new(ui: &Arc<Ui>, layout: Layout) -> Self {
        let (sender, receiver) = mpsc::channel(WAITING);
        let writing = tokio::spawn(write(receiver, Arc::clone(ui), layout));
        Self {
            sender,
            layout,
            writing,
        }
    }

    /// Returns its layout.
    pub(super) fn layout(&self) -> Layout {
        self.layout
    }

    /// Returns the sender of pieces.
    pub(super) fn sender(&self) -> mpsc::Sender<Piece> {
        self.sender.clone()
    }

    /// Waits until all pieces are written. A failure to write does not end the wait.
    pub(in crate::wait) async fn finish(self) {
        drop(self.sender);
        // A panic is printed already.
        let _ = self.writing.await;
    }
}

async fn write(mut pieces: mpsc::Receiver<Piece>, ui: Arc<Ui>, layout: Layout) {
    let mut batch = Vec::with_capacity(BATCH);
    let (mut out, mut err) = (layout.sink(&ui, false), layout.sink(&ui, true));
    while pieces.recv_many(&mut batch, BATCH).await > 0 {
        for piece in batch.drain(..) {
            let sink = if layout.to_stderr || piece.is_error {
                &mut err
            } else {
                &mut out
            };
            sink.take(&piece.prefix, &piece.bytes, piece.is_first);
        }
        let written = put(&ui, out.text(), err.text()).await;
        // Nobody reads these lines, so no more are requested.
        if !written || (!layout.to_stderr && ui.has_lost_output()) {
            return;
        }
    }
    put(&ui, out.finish(), err.finish()).await;
}

/// Writes the text, and returns false after a panic, which is printed already. A pipe that nobody
/// reads blocks, which must not block the rest of the program.
async fn put(ui: &Arc<Ui>, out: Vec<u8>, err: Vec<u8>) -> bool {
    let ui = Arc::clone(ui);
    let written = tokio::task::spawn_blocking(move || {
        for (bytes, is_error) in [(out, false), (err, true)] {
            if !bytes.is_empty() {
                ui.bytes(&bytes, is_error);
            }
        }
    });
    written.await.is_ok()
}

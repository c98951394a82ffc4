//! Logs on their way out: each line with its Pod and container, or a program's bytes
//! as they are.

use std::sync::Arc;

use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use super::prefix::Prefix;
use super::sink::Sink;
use crate::ui::Ui;

/// Pieces that wait to be written; more are left with the server.
const WAITING: usize = 256;
/// Pieces that are written in one go.
const BATCH: usize = 256;

/// A line or a part of one, and whose it is.
#[derive(Debug)]
pub(in crate::wait) struct Piece {
    pub(super) prefix: Prefix,
    /// With the line feed that ends the line.
    pub(super) bytes: Vec<u8>,
    /// The line begins with it.
    pub(super) is_first: bool,
    /// A program has written it to standard error.
    pub(super) is_error: bool,
}

/// How logs are printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::wait) struct Layout {
    /// To standard error, because something else is the data.
    pub as_talk: bool,
    /// As a program has written it: no prefix, and no line is ended that it did not
    /// end.
    pub is_program: bool,
    /// Lines name the namespace of their Pod, too: there are, or may be, several.
    pub names_namespaces: bool,
}

impl Layout {
    /// How a container is shown.
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

/// Writes lines in the order in which they come. Whoever reads slowly holds up
/// the logs, but not the wait.
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

    /// How its lines are printed.
    pub(super) fn layout(&self) -> Layout {
        self.layout
    }

    /// Where pieces go in.
    pub(super) fn sender(&self) -> mpsc::Sender<Piece> {
        self.sender.clone()
    }

    /// Waits until all that came in is written. That it cannot be written ends no
    /// wait.
    pub(in crate::wait) async fn finish(self) {
        drop(self.sender);
        // A panic has been shown.
        let _ = self.writing.await;
    }
}

async fn write(mut pieces: mpsc::Receiver<Piece>, ui: Arc<Ui>, layout: Layout) {
    let mut batch = Vec::with_capacity(BATCH);
    let (mut out, mut err) = (layout.sink(&ui, false), layout.sink(&ui, true));
    while pieces.recv_many(&mut batch, BATCH).await > 0 {
        for piece in batch.drain(..) {
            let sink = if layout.as_talk || piece.is_error {
                &mut err
            } else {
                &mut out
            };
            sink.take(&piece.prefix, &piece.bytes, piece.is_first);
        }
        let written = put(&ui, out.text(), err.text()).await;
        // Lines that nobody gets are not asked for.
        if !written || (!layout.as_talk && ui.has_lost_output()) {
            return;
        }
    }
    put(&ui, out.finish(), err.finish()).await;
}

/// Writes what there is; false after a panic, which has been shown. A pipe that
/// nobody reads blocks; the rest of the program must not.
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

//! Lines of logs on their way out: each with its Pod and container.

use std::sync::Arc;

use anstyle::{AnsiColor, Style};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use crate::ui::{Ui, escape, escape_line};

/// So that neighbours can be told apart.
const COLOURS: [AnsiColor; 6] = [
    AnsiColor::Cyan,
    AnsiColor::Green,
    AnsiColor::Magenta,
    AnsiColor::Blue,
    AnsiColor::Yellow,
    AnsiColor::BrightCyan,
];
/// Lines that wait to be written; more are left with the server.
const WAITING: usize = 256;
/// Lines that are written in one go.
const BATCH: usize = 256;

/// `[pod/container] `, coloured where colour is wanted.
#[derive(Clone, Debug)]
pub(in crate::wait) struct Prefix(Arc<str>);

impl Prefix {
    /// That of the container with a number.
    pub(super) fn new(number: usize, pod: &str, container: &str) -> Self {
        let style: Style = COLOURS[number % COLOURS.len()].on_default();
        let (pod, container) = (escape(pod), escape(container));
        Self(format!("{style}[{pod}/{container}]{style:#} ").into())
    }
}

/// A line and whose it is.
#[derive(Debug)]
pub(in crate::wait) struct Line {
    pub(super) prefix: Prefix,
    pub(super) text: String,
}

/// Writes lines in the order in which they come. Whoever reads slowly holds up
/// the logs, but not the wait.
pub(in crate::wait) struct Printer {
    sender: mpsc::Sender<Line>,
    writing: JoinHandle<()>,
}

impl Printer {
    /// To standard output, or, where something else is the data, to standard
    /// error.
    pub(in crate::wait) fn new(ui: &Arc<Ui>, as_talk: bool) -> Self {
        let (sender, receiver) = mpsc::channel(WAITING);
        let writing = tokio::spawn(write(receiver, Arc::clone(ui), as_talk));
        Self { sender, writing }
    }

    /// Where lines go in.
    pub(super) fn sender(&self) -> mpsc::Sender<Line> {
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

async fn write(mut lines: mpsc::Receiver<Line>, ui: Arc<Ui>, as_talk: bool) {
    let mut batch = Vec::with_capacity(BATCH);
    while lines.recv_many(&mut batch, BATCH).await > 0 {
        let mut text = String::new();
        for line in batch.drain(..) {
            text.push_str(&line.prefix.0);
            text.push_str(&escape_line(&line.text));
            text.push('\n');
        }
        let to = Arc::clone(&ui);
        // A pipe that nobody reads blocks; the rest of the program must not.
        let written = tokio::task::spawn_blocking(move || {
            if as_talk {
                to.talk(&text);
            } else {
                to.styled_data(&text);
            }
        });
        // A panic has been shown. Lines that nobody gets are not asked for.
        if written.await.is_err() || (!as_talk && ui.has_lost_output()) {
            return;
        }
    }
}

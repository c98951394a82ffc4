//! Attaches to a program in a container: its output, and standard input.

use std::cell::{Cell, RefCell};
use std::pin::pin;
use std::time::Duration;

use serde_json::Value;
use tokio::time::Instant;

use super::earlier;

use crate::cluster::{Attach, Cluster, ClusterError, LogQuery, Output, Passed, Resource};
use crate::error::CommandError;
use crate::exit::Exit;
use crate::signals;
use crate::ui::{RawTerminal, Ui};
use crate::wait::{Deletion, DeletionError, LeftBehind, Sides};

/// Time without output after which the output of an ended program is complete.
const LAST_WORDS: Duration = Duration::from_secs(5);
/// Maximum time to read the log of a program's output before the connection.
const EARLIER: Duration = Duration::from_secs(3);
/// Time for the connection to bring output that the log has already.
const ON_ITS_WAY: Duration = Duration::from_millis(150);
/// Bytes at the end of the log that the connection may have brought, too.
const OVERLAP: usize = 64 << 10;
/// Time before a connection that was refused too early is retried.
const AGAIN: Duration = Duration::from_millis(50);
/// Bytes of the connection that are held until the log is read.
const HELD: usize = 4 << 20;
/// Interval of the check whether the held bytes are printed.
const LOOK: Duration = Duration::from_millis(10);
/// Interval of the check of the terminal's size where no signal reports it.
const SIZES: Duration = Duration::from_millis(if cfg!(unix) { 1000 } else { 250 });

/// Attaches to the container as soon as it runs, until `waited` is ready. The output of an
/// ended program is printed to its end, until the limit.
pub(super) async fn beside(
    waited: impl Future<Output = Result<Exit, CommandError>>,
    cluster: &Cluster,
    attach: &Attach,
    created: &Created,
    limit: Option<Instant>,
    ui: &Ui,
) -> Result<Exit, CommandError> {
    let (namespace, pod) = (created.namespace.as_str(), created.name.as_str());
    let program = Program::new(ui, attach.tty);
    let mut waited = pin!(waited);
    let mut attached = pin!(async {
        if let Err(error) = attached(cluster, attach, namespace, pod, &program).await {
            ui.warning(&format!("cannot attach to pod/{pod}: {error}"));
        }
    });
    tokio::select! {
        answer = &mut waited => {
            // After an interrupt or a time-out the output is not waited for.
            if answer.as_ref().is_ok_and(|exit| has_ended(*exit)) {
                let _ = until(limit, last_words(attached, &program)).await;
            }
            answer
        }
        () = &mut attached => waited.await,
    }
}

/// Waits until all output has arrived.
async fn last_words(attached: impl Future<Output = ()>, program: &Program<'_>) {
    let mut attached = pin!(attached);
    loop {
        let before = program.count.get();
        let ended = tokio::time::timeout(LAST_WORDS, &mut attached).await;
        if ended.is_ok() || program.count.get() == before {
            return;
        }
    }
}

/// Returns the result, or `None` if the limit comes before it.
pub(super) async fn until<T>(limit: Option<Instant>, answer: impl Future<Output = T>) -> Option<T> {
    match limit {
        Some(limit) => tokio::time::timeout_at(limit, answer).await.ok(),
        None => Some(answer.await),
    }
}

/// Returns whether the program has ended, rather than the wait alone.
pub(super) fn has_ended(exit: Exit) -> bool {
    matches!(exit, Exit::Success | Exit::Failure | Exit::Container(_))
}

/// A created object.
pub(super) struct Created {
    resource: Resource,
    namespace: String,
    name: String,
    uid: Option<String>,
}

impl Created {
    pub(super) fn of(resource: &Resource, object: &Value) -> Option<Self> {
        let text = |key| Some(object.get("metadata")?.get(key)?.as_str()?.to_owned());
        Some(Self {
            resource: resource.clone(),
            namespace: text("namespace")?,
            name: text("name")?,
            uid: text("uid"),
        })
    }

    /// Deletes the object if its program has ended. An object that is kept is named.
    ///
    /// # Errors
    /// Errors of the wait; an object that cannot be deleted.
    pub(super) async fn remove(
        &self,
        waited: Result<Exit, CommandError>,
        cluster: &Cluster,
        limit: Option<Instant>,
        ui: &Ui,
    ) -> Result<Exit, CommandError> {
        let shown = self.resource.object(&self.name);
        let object = Deletion {
            resource: &self.resource,
            namespace: &self.namespace,
            name: &self.name,
            uid: self.uid.as_deref(),
            shown: &shown,
        };
        let waited = match waited {
            Ok(exit) if has_ended(exit) => {
                let claim = signals::claim();
                match object.request(cluster, limit, &claim, ui).await {
                    Ok(()) => return Ok(exit),
                    Err(DeletionError::Refused(failure)) => return Err(failure.into()),
                    Err(DeletionError::Unanswered(late, why)) => {
                        ui.error(&why);
                        Ok(exit.worse(late))
                    }
                }
            }
            Ok(Exit::NotFound) => return waited,
            waited => waited,
        };
        let mut left = LeftBehind::default();
        left.add(&self.resource, &self.namespace, &self.name);
        left.print("left behind", ui);
        waited
    }
}

async fn attached(
    cluster: &Cluster,
    attach: &Attach,
    namespace: &str,
    pod: &str,
    program: &Program<'_>,
) -> Result<(), ClusterError> {
    let ui = program.ui;
    let query = LogQuery {
        namespace,
        pod,
        container: &attach.container,
        ..LogQuery::default()
    };
    let connection = match cluster.attach(namespace, pod, attach).await {
        Ok(Some(connection)) => connection,
        // The program ended before the connection; its output is in the log.
        Ok(None) => {
            let copied = cluster
                .copy_log(&query, |bytes| program.put(bytes, false))
                .await;
            // A container that never ran has no log.
            return copied.or_else(|error| match error.code() {
                Some(400) => Ok(()),
                _ => Err(error),
            });
        }
        Err(error) if error.is_not_found() => return Err(error),
        Err(error) => {
            ui.warning(&format!("cannot attach to pod/{pod}: {error}"));
            let query = LogQuery {
                follow: true,
                ..query
            };
            return cluster
                .copy_log(&query, |bytes| program.put(bytes, false))
                .await;
        }
    };
    // From here on, Ctrl-C goes to the program.
    let raw = attach.tty.then(RawTerminal::new).flatten();
    let suspended = raw.is_some().then(|| ui.suspend());
    let (passed, ()) = tokio::join!(
        connection.pass(program),
        program.show_earlier(cluster, &query)
    );
    drop(raw);
    drop(suspended);
    match passed {
        Passed::Ended => {}
        Passed::Broke => ui.warning(&format!("the connection to pod/{pod} broke")),
        Passed::Refused(why) => {
            ui.warning(&format!("cannot attach to pod/{pod}: {why}"));
        }
    }
    Ok(())
}

/// Separates standard output and standard error of a program whose log is followed, until
/// the wait is ready. Without the right to attach they stay one stream.
pub(super) async fn observed<T>(
    waited: impl Future<Output = T>,
    cluster: &Cluster,
    attach: &Attach,
    created: &Created,
    sides: &Sides,
) -> T {
    let observed = async {
        let (namespace, pod) = (created.namespace.as_str(), created.name.as_str());
        sides.set_open(true);
        while let Ok(Some(connection)) = cluster.attach(namespace, pod, attach).await {
            match connection.pass(&Observed(sides)).await {
                // The runtime does not have the container yet.
                Passed::Refused(_) => tokio::time::sleep(AGAIN).await,
                Passed::Ended => {
                    sides.is_whole();
                    break;
                }
                Passed::Broke => break,
            }
        }
        sides.set_open(false);
        std::future::pending().await
    };
    tokio::select! {
        biased;
        answer = waited => answer,
        answer = observed => answer,
    }
}

/// A program whose output is printed from its log.
struct Observed<'a>(&'a Sides);

impl Output for Observed<'_> {
    async fn room(&self) {
        self.0.room().await;
    }

    fn write(&self, bytes: &[u8], is_error: bool) {
        self.0.bring(bytes, is_error);
    }

    fn size(&self) -> (u16, u16) {
        (0, 0)
    }

    async fn resized(&self) {
        std::future::pending::<()>().await;
    }
}

/// Output of an attached program.
struct Program<'a> {
    ui: &'a Ui,
    has_terminal: bool,
    /// Output of the connection by stream, held until the output before it is printed.
    held: RefCell<Option<[Vec<u8>; 2]>>,
    /// Number of writes.
    count: Cell<usize>,
}

impl<'a> Program<'a> {
    fn new(ui: &'a Ui, has_terminal: bool) -> Self {
        Self {
            ui,
            has_terminal,
            held: RefCell::new(Some([Vec::new(), Vec::new()])),
            count: Cell::new(0),
        }
    }

    fn put(&self, bytes: &[u8], is_error: bool) {
        self.count.set(self.count.get() + 1);
        self.ui.of_program(self.has_terminal, bytes, is_error);
    }

    /// Prints the output from before the connection, of which the log has both streams as
    /// one.
    async fn show_earlier(&self, cluster: &Cluster, query: &LogQuery<'_>) {
        let mut tail = Vec::new();
        let read = cluster.copy_log(query, |bytes| {
            tail.extend_from_slice(bytes);
            if tail.len() > 2 * OVERLAP {
                let earlier = tail.len() - OVERLAP;
                self.put(&tail[..earlier], false);
                tail.drain(..earlier);
            }
        });
        // Without the log, only the output of the connection is printed.
        let read = tokio::time::timeout(EARLIER, read).await;
        if matches!(read, Ok(Ok(()))) {
            tokio::time::sleep(ON_ITS_WAY).await;
        }
        let [out, err] = self.held.take().unwrap_or_default();
        let earlier = earlier::before(&tail, &out, &err);
        for (bytes, is_error) in [(&tail[..earlier], false), (&out, false), (&err, true)] {
            if !bytes.is_empty() {
                self.put(bytes, is_error);
            }
        }
    }
}

impl Output for Program<'_> {
    async fn room(&self) {
        let is_full = || {
            let held = self.held.borrow();
            held.as_ref()
                .is_some_and(|held| held.iter().map(Vec::len).sum::<usize>() > HELD)
        };
        while is_full() {
            tokio::time::sleep(LOOK).await;
        }
    }

    fn write(&self, bytes: &[u8], is_error: bool) {
        if let Some(held) = self.held.borrow_mut().as_mut() {
            held[usize::from(is_error)].extend_from_slice(bytes);
        } else {
            self.put(bytes, is_error);
        }
    }

    fn size(&self) -> (u16, u16) {
        let size = Ui::program_size();
        let short = |length: usize| u16::try_from(length).unwrap_or(u16::MAX);
        (short(size.columns), short(size.rows))
    }

    async fn resized(&self) {
        #[cfg(unix)]
        {
            use tokio::signal::unix::{SignalKind, signal};
            if let Ok(mut changes) = signal(SignalKind::window_change()) {
                let _ = tokio::time::timeout(SIZES, changes.recv()).await;
                return;
            }
        }
        tokio::time::sleep(SIZES).await;
    }
}

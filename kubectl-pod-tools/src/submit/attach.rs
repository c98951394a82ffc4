//! A program in a container that has our standard input.

use std::cell::Cell;
use std::pin::pin;
use std::time::Duration;

use serde_json::Value;
use tokio::time::Instant;

use crate::cluster::{Attach, Cluster, ClusterError, LogQuery, Output, Resource};
use crate::error::CommandError;
use crate::exit::Exit;
use crate::ui::{RawTerminal, Ui};
use crate::wait;

/// What the program wrote last may be on its way when its end is known.
const LAST_WORDS: Duration = Duration::from_secs(5);

/// Hands standard input to the container as soon as it runs, and shows what it
/// writes, until `waited` has an answer; and what it wrote last before a limit.
pub(super) async fn beside(
    waited: impl Future<Output = Result<Exit, CommandError>>,
    cluster: &Cluster,
    attach: &Attach,
    created: &Created,
    limit: Option<Instant>,
    ui: &Ui,
) -> Result<Exit, CommandError> {
    let (namespace, pod) = (created.namespace.as_str(), created.name.as_str());
    let runs = Cell::new(false);
    let mut waited = pin!(waited);
    let mut attached = pin!(async {
        if let Err(error) = attached(cluster, attach, namespace, pod, ui, &runs).await {
            ui.warning(&format!("pod/{pod} cannot be attached to: {error}"));
        }
    });
    tokio::select! {
        answer = &mut waited => {
            // Who was interrupted, or waited long enough, waits no longer.
            if answer.as_ref().is_ok_and(|exit| has_ended(*exit)) && runs.get() {
                let _ = until(limit, tokio::time::timeout(LAST_WORDS, attached)).await;
            }
            answer
        }
        () = &mut attached => waited.await,
    }
}

/// Returns the result, or `None` if the limit comes before it.
pub(super) async fn until<T>(limit: Option<Instant>, answer: impl Future<Output = T>) -> Option<T> {
    match limit {
        Some(limit) => tokio::time::timeout_at(limit, answer).await.ok(),
        None => Some(answer.await),
    }
}

/// Whether the program came to an end, and not the wait alone.
pub(super) fn has_ended(exit: Exit) -> bool {
    matches!(exit, Exit::Yes | Exit::No | Exit::Container(_))
}

/// What was created.
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

    /// Its name as people write it.
    pub(super) fn shown(&self) -> String {
        self.resource.object(&self.name)
    }

    /// Deletes it: nobody has to read its log any more.
    pub(super) async fn delete(&self, cluster: &Cluster, ui: &Ui) -> Result<(), ClusterError> {
        let uid = self.uid.as_deref();
        let answer = cluster
            .request_deletion(&self.resource, &self.namespace, &self.name, uid)
            .await;
        match answer {
            Ok(answer) => ui.note(&wait::deletion(&self.shown(), &answer)),
            Err(error) if error.is_not_found() => {}
            Err(error) => return Err(error),
        }
        Ok(())
    }
}

async fn attached(
    cluster: &Cluster,
    attach: &Attach,
    namespace: &str,
    pod: &str,
    ui: &Ui,
    runs: &Cell<bool>,
) -> Result<(), ClusterError> {
    let output = Program {
        ui,
        has_terminal: attach.tty,
    };
    let container = &attach.container;
    let is_there = cluster.runs(namespace, pod, container).await?;
    runs.set(true);
    if is_there {
        // Until here Ctrl-C is for us.
        let raw = attach.tty.then(RawTerminal::new).flatten();
        let hushed = raw.is_some().then(|| ui.hush());
        let answer = cluster.attach(namespace, pod, attach, &output).await;
        drop(raw);
        drop(hushed);
        match answer {
            Ok(true) => return Ok(()),
            Ok(false) => {
                ui.warning(&format!("the connection to pod/{pod} broke"));
                return Ok(());
            }
            // It may have ended between the look and the request.
            Err(_) => {}
        }
    }
    // It was too fast to be attached to; what it wrote is kept.
    let query = LogQuery {
        namespace,
        pod,
        container,
        ..LogQuery::default()
    };
    cluster
        .copy_log(&query, |bytes| output.write(bytes, false))
        .await
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

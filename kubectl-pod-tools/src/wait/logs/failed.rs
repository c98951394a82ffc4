//! Logs that are read at the end: what the containers that failed have to say.

use std::time::Duration;

use serde_json::Value;
use tokio::sync::Semaphore;
use tokio::time::timeout;

use super::prefix::Prefix;
use super::print::{Piece, Printer};
use crate::cluster::{Cluster, ClusterError, LogQuery};
use crate::ui::Ui;
use pod_model::status::FailingContainer;
use pod_model::status::fields::{container_statuses, name, number_at, text};

/// A log that is silent for so long is not read any further,
const SILENT: Duration = Duration::from_secs(5);
/// and when those that were silent have taken so long together, no other is.
const ALL_SILENT: Duration = Duration::from_secs(30);

/// Prints the logs of the Pods' containers whose last run did not end with 0. A
/// kubelet that does not answer does not hold the end up for ever.
pub(in crate::wait) async fn failed<'a>(
    cluster: &Cluster,
    pods: impl Iterator<Item = (&'a str, &'a Value)>,
    printer: &Printer,
    ui: &Ui,
) {
    let mut left = ALL_SILENT;
    let mut unread = 0;
    for (namespace, pod) in pods {
        for (number, status) in container_statuses(pod).enumerate() {
            let Some(previous) = failed_run(status) else {
                continue;
            };
            if left.is_zero() {
                unread += 1;
                continue;
            }
            let container = text(status, "name");
            let query = LogQuery {
                namespace,
                pod: name(pod),
                container,
                previous,
                ..LogQuery::default()
            };
            let shown = printer.layout().shown(namespace, name(pod), container);
            let prefix = Prefix::new(number, &shown);
            let Err(why) = print(cluster, &query, &prefix, printer).await else {
                continue;
            };
            let why = match why {
                Unread::Refused(error) => error.to_string(),
                Unread::Silent => {
                    left = left.saturating_sub(SILENT);
                    format!("no data for {} s", SILENT.as_secs())
                }
            };
            ui.warning(&format!(
                "the log of {shown} cannot be read to the end: {why}"
            ));
        }
    }
    if unread > 0 {
        ui.warning(&format!(
            "the logs of {unread} more containers are not read: too many timed out"
        ));
    }
}

/// Whether a container's last run that has ended did not end with 0; and then
/// whether another has begun since, so that its log is that of the run before.
fn failed_run(status: &Value) -> Option<bool> {
    let code = |state: &str| number_at(status, &format!("/{state}/terminated/exitCode"));
    let runs = status.pointer("/state/running").is_some();
    let ended = code("state").or_else(|| code("lastState"));
    ended.filter(|code| *code != 0).map(|_| runs)
}

/// Why a log was not read to its end.
enum Unread {
    Refused(ClusterError),
    Silent,
}

async fn print(
    cluster: &Cluster,
    query: &LogQuery<'_>,
    prefix: &Prefix,
    printer: &Printer,
) -> Result<(), Unread> {
    let sender = printer.sender();
    let opened = timeout(SILENT, cluster.log_lines(query)).await;
    let mut lines = opened
        .map_err(|_| Unread::Silent)?
        .map_err(Unread::Refused)?;
    loop {
        let next = timeout(SILENT, lines.next()).await;
        let piece = next.map_err(|_| Unread::Silent)?.map_err(|error| {
            Unread::Refused(ClusterError::Unreachable {
                server: cluster.server().to_owned(),
                cause: crate::error::system(&error),
                sent: true,
            })
        })?;
        let Some(piece) = piece else {
            return Ok(());
        };
        let piece = Piece {
            prefix: prefix.clone(),
            bytes: piece.bytes,
            is_first: piece.is_first,
            is_error: false,
        };
        if sender.send(piece).await.is_err() {
            // Nobody reads any more.
            return Ok(());
        }
    }
}

/// Lines of a log that a sentence has room for.
const LINES: u32 = 3;
/// A log that is slow to come is not waited for.
const PATIENCE: Duration = Duration::from_secs(3);

/// The last lines of the container that is to blame; nothing where the log is
/// gone, or may not be read.
pub(in crate::wait) async fn last_lines(
    cluster: &Cluster,
    namespace: &str,
    failing_container: &FailingContainer,
    turns: &Semaphore,
) -> Vec<String> {
    let tail = async {
        // It is never closed.
        let _turn = turns.acquire().await;
        let query = LogQuery {
            namespace,
            pod: &failing_container.pod,
            container: &failing_container.container,
            tail: LINES,
            ..LogQuery::default()
        };
        cluster.log_tail(&query).await
    };
    match timeout(PATIENCE, tail).await {
        Ok(Ok(text)) => text
            .lines()
            .map(str::trim)
            .filter(|line| !line.is_empty())
            .map(|line| line.chars().take(200).collect())
            .collect(),
        Ok(Err(_)) | Err(_) => Vec::new(),
    }
}

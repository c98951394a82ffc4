//! Logs of failed containers, which are read at the end.

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

/// Time without data after which a log is given up.
const SILENT: Duration = Duration::from_secs(5);
/// Total of that time after which no more logs are read.
const ALL_SILENT: Duration = Duration::from_secs(30);

/// Prints the logs of the containers whose last run did not exit with 0. A kubelet that does not
/// answer delays the end for a limited time.
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

/// Returns `None` if the last ended run of a container exited with 0, or none has ended; otherwise
/// whether another run has started since, so that the log is that of the previous one.
fn failed_run(status: &Value) -> Option<bool> {
    let code = |state: &str| number_at(status, &format!("/{state}/terminated/exitCode"));
    let runs = status.pointer("/state/running").is_some();
    let ended = code("state").or_else(|| code("lastState"));
    ended.filter(|code| *code != 0).map(|_| runs)
}

/// Reason why a log was not read to its end.
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
            // The printer has stopped.
            return Ok(());
        }
    }
}

/// Number of log lines in the message about an end.
const LINES: u32 = 3;
/// Maximum time to wait for these lines.
const PATIENCE: Duration = Duration::from_secs(3);

/// Returns the last log lines of the failing container; none if the log is gone or may not be read.
pub(in crate::wait) async fn last_lines(
    cluster: &Cluster,
    namespace: &str,
    failing_container: &FailingContainer,
    turns: &Semaphore,
) -> Vec<String> {
    let tail = async {
        // The semaphore is never closed.
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

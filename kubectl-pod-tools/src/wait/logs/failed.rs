//! Logs that are read at the end: what the containers that failed have to say.

use std::time::Duration;

use serde_json::Value;

use super::print::{Line, Prefix, Printer};
use crate::cluster::{Cluster, ClusterError, LogQuery};
use crate::ui::Ui;
use crate::wait::answer::Culprit;
use crate::wait::fields::{container_statuses, name, number_at, text};

/// Prints the logs of a Pod's containers that did not end with 0.
pub(in crate::wait) async fn failed(
    cluster: &Cluster,
    namespace: &str,
    pod: &Value,
    printer: &Printer,
    ui: &Ui,
) {
    for (number, status) in container_statuses(pod).enumerate() {
        let code = [
            "/state/terminated/exitCode",
            "/lastState/terminated/exitCode",
        ]
        .into_iter()
        .find_map(|pointer| number_at(status, pointer));
        if code.is_none_or(|code| code == 0) {
            continue;
        }
        let container = text(status, "name");
        let query = LogQuery {
            namespace,
            pod: name(pod),
            container,
            ..LogQuery::default()
        };
        let prefix = Prefix::new(number, name(pod), container);
        if let Err(error) = print(cluster, &query, &prefix, printer).await {
            let said = format!(
                "the log of {}/{container} cannot be read: {error}",
                name(pod)
            );
            ui.warning(&said);
        }
    }
}

async fn print(
    cluster: &Cluster,
    query: &LogQuery<'_>,
    prefix: &Prefix,
    printer: &Printer,
) -> Result<(), ClusterError> {
    let sender = printer.sender();
    let mut lines = cluster.log_lines(query).await?;
    loop {
        let line = lines
            .next()
            .await
            .map_err(|error| ClusterError::Unreachable {
                server: cluster.server().to_owned(),
                cause: crate::error::system(&error),
            })?;
        let Some(line) = line else {
            return Ok(());
        };
        let line = Line {
            prefix: prefix.clone(),
            text: line.text,
        };
        if sender.send(line).await.is_err() {
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
    culprit: &Culprit,
) -> Vec<String> {
    let tail = cluster.log_tail(namespace, &culprit.pod, &culprit.container, Some(LINES));
    match tokio::time::timeout(PATIENCE, tail).await {
        Ok(Ok(text)) => text
            .lines()
            .map(str::trim)
            .filter(|line| !line.is_empty())
            .map(|line| line.chars().take(200).collect())
            .collect(),
        Ok(Err(_)) | Err(_) => Vec::new(),
    }
}

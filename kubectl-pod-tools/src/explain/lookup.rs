//! Asks the cluster for what the files do not answer: each object and each list at
//! most once, several at a time.

use std::collections::HashSet;

use futures::{StreamExt, TryStreamExt, stream};
use pod_model::lookup::{Answers, AnyObject, Completeness, Need, Selection};
use serde_json::Value;

use crate::cluster::{Cluster, ClusterError, Resource};
use crate::error::{CommandError, Failure};
use crate::exit::Exit;

/// Requests that are under way at the same time.
const PARALLEL: usize = 8;
/// The place of an object of the cluster, as reports name it.
const CLUSTER: &str = "cluster";

/// Adds the cluster's answers to all needs that are not answered yet. What it does
/// not allow to read is an answer, too.
///
/// # Errors
/// The first request that fails in another way.
pub(super) async fn look_up(
    cluster: &Cluster,
    needs: &[Need],
    answers: &mut Answers,
) -> Result<(), CommandError> {
    // A complete list answers for each of its objects. Secrets come last and apart, so
    // that only the warnings beside them are hidden.
    let is_secret = |need: &Need| need.kind.kind() == "Secret";
    let is_list = |need: &Need| need.name().is_none();
    let others = |need: &&Need| !is_secret(need);
    ask_all(
        cluster,
        needs.iter().filter(others).filter(|need| is_list(need)),
        answers,
    )
    .await?;
    ask_all(cluster, needs.iter().filter(others), answers).await?;
    let warnings = cluster.warnings().count();
    let asked = ask_all(
        cluster,
        needs.iter().filter(|need| is_secret(need)),
        answers,
    )
    .await;
    cluster.warnings().hide_since(warnings);
    asked
}

async fn ask_all<'n>(
    cluster: &Cluster,
    needs: impl Iterator<Item = &'n Need>,
    answers: &mut Answers,
) -> Result<(), CommandError> {
    let mut asked = HashSet::new();
    let open: Vec<&Need> = needs
        .filter(|need| !answers.satisfy(need))
        .filter(|need| asked.insert((need.kind, &need.namespace, &need.selection)))
        .collect();
    // In their order, so that of several failures always the same one is told.
    let mut results = stream::iter(open)
        .map(|need| async move { Ok::<_, CommandError>((need, ask(cluster, need).await?)) })
        .buffered(PARALLEL);
    while let Some((need, result)) = results.try_next().await? {
        add(answers, need, result)?;
    }
    Ok(())
}

/// The cluster's answer to one need.
enum Asked {
    Objects(Vec<Value>),
    Unread { forbidden: bool },
}

async fn ask(cluster: &Cluster, need: &Need) -> Result<Asked, ClusterError> {
    let Some(row) = need.kind.info() else {
        // Nobody can be asked for a kind without a place in the API.
        return Ok(Asked::Unread { forbidden: false });
    };
    let resource = Resource::of(row);
    let namespace = &need.namespace;
    let answer = match &need.selection {
        Selection::Name(name) => {
            let object = cluster.get(&resource, namespace, name).await;
            object.map(|object| vec![object])
        }
        Selection::Labels(selector) => {
            let selector = selector.to_string();
            cluster.list(&resource, namespace, Some(&selector)).await
        }
        Selection::All => cluster.list(&resource, namespace, None).await,
    };
    match answer {
        Ok(objects) => Ok(Asked::Objects(objects)),
        Err(error) if error.code() == Some(403) => Ok(Asked::Unread { forbidden: true }),
        Err(error) if error.is_not_found() && need.name().is_some() => {
            Ok(Asked::Unread { forbidden: false })
        }
        Err(error) => Err(error),
    }
}

fn add(answers: &mut Answers, need: &Need, asked: Asked) -> Result<(), Failure> {
    let Need {
        kind, namespace, ..
    } = need;
    let completeness = match &asked {
        Asked::Objects(_) => Completeness::Complete,
        Asked::Unread { .. } => Completeness::Forbidden,
    };
    if let Asked::Objects(objects) = &asked {
        for object in objects {
            let own = object["metadata"]["name"].as_str();
            let name = need.name().or(own).unwrap_or_default();
            let decoded = decode(need, name, object)?;
            answers.add_stored(*kind, namespace, name, decoded, CLUSTER.into());
        }
    }
    match (&need.selection, asked) {
        (Selection::Name(name), Asked::Unread { forbidden }) => {
            answers.add_unread(*kind, namespace, name, forbidden);
        }
        (Selection::Name(_), Asked::Objects(_)) => {}
        (Selection::Labels(selector), _) => {
            answers.set_selected(*kind, namespace, selector.clone(), completeness);
        }
        (Selection::All, _) => answers.set_completeness(*kind, namespace, completeness),
    }
    Ok(())
}

fn decode(need: &Need, name: &str, object: &Value) -> Result<AnyObject, Failure> {
    // The error would quote the value, which may be a Secret's.
    need.kind.decode_value(object).map_err(|_| {
        let kind = need.kind.kind();
        let name = need.name().map_or("", |_| name);
        Failure::new(
            Exit::Cluster,
            format!("the server sent an invalid {kind} \"{name}\""),
        )
    })
}

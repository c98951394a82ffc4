//! Requests the needs that the files do not answer from the cluster: each object and each
//! list at most once, several at a time.

use std::collections::{HashMap, HashSet};

use futures::{StreamExt, TryStreamExt, stream};
use pod_model::lookup::{Answers, AnyObject, LookupKind, Need, Selection, Unavailable};
use serde_json::Value;

use crate::cluster::{self, Cluster, ClusterError, Resource};
use crate::error::{CommandError, Failure};
use crate::exit::Exit;

/// Requests that are under way at the same time.
pub(super) const PARALLEL: usize = 8;
/// Lists of one kind and namespace with field selectors that are asked for one by one.
/// More than these cost more than all objects of the namespace.
const FEW: usize = 4;
/// The origin of an object of the cluster in reports.
const CLUSTER: &str = "cluster";

/// Adds the cluster's answers to all needs that are not answered yet. That the cluster
/// does not allow to read something is an answer, too; so is any other failure of a need
/// that is not required.
///
/// # Errors
/// The cluster cannot be reached, or a required need failed.
pub(super) async fn look_up(
    cluster: &Cluster,
    needs: &[Need],
    answers: &mut Answers,
) -> Result<(), CommandError> {
    let needs = merged(needs);
    // A complete list answers for each of its objects. Secrets come last and apart, so
    // that only the warnings beside them are hidden.
    let is_secret = |need: &Need| need.kind.kind() == "Secret";
    let is_list = |need: &Need| need.name().is_none();
    let others = |need: &&Need| !is_secret(need);
    let lists = needs.iter().filter(others).filter(|need| is_list(need));
    ask_all(cluster, lists, answers).await?;
    ask_all(cluster, needs.iter().filter(others), answers).await?;
    let warnings = cluster.warnings().count();
    let secrets = needs.iter().filter(|need| is_secret(need));
    let asked = ask_all(cluster, secrets, answers).await;
    cluster.warnings().hide_since(warnings);
    asked
}

/// Returns the needs, with one list of all objects instead of many with field selectors:
/// the events of 200 Pods are read at once.
fn merged(needs: &[Need]) -> Vec<Need> {
    let mut counts: HashMap<(LookupKind, &str), usize> = HashMap::new();
    let has_fields = |need: &&Need| matches!(need.selection, Selection::Fields(_));
    for need in needs.iter().filter(has_fields) {
        *counts.entry((need.kind, &need.namespace)).or_default() += 1;
    }
    let is_one_of_many = |need: &Need| {
        let count = counts.get(&(need.kind, need.namespace.as_str()));
        has_fields(&need) && count.is_some_and(|count| *count > FEW)
    };
    let merge = |need: &Need| {
        let mut need = need.clone();
        if is_one_of_many(&need) {
            need.selection = Selection::All;
        }
        need
    };
    needs.iter().map(merge).collect()
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
    // In their order, so that of several failures always the same one is reported.
    let mut results = stream::iter(open)
        .map(|need| async move { Ok::<_, CommandError>((need, ask(cluster, need).await?)) })
        .buffered(PARALLEL);
    while let Some((need, result)) = results.try_next().await? {
        match result {
            Asked::Objects(objects) => add(answers, need, &objects)?,
            Asked::Unavailable(reason) => answers.add_unavailable(need, reason),
            Asked::Nobody => {}
        }
    }
    Ok(())
}

/// The cluster's answer to one need.
enum Asked {
    Objects(Vec<Value>),
    Unavailable(Unavailable),
    /// The kind has no place in the API, so that nobody can be asked.
    Nobody,
}

async fn ask(cluster: &Cluster, need: &Need) -> Result<Asked, CommandError> {
    let row = need.kind.info();
    debug_assert!(
        row.is_some(),
        "{:?} has no row in kinds/table.rs",
        need.kind
    );
    let Some(row) = row else {
        return Ok(Asked::Nobody);
    };
    let resource = Resource::of(row);
    let namespace = &need.namespace;
    let answer = match &need.selection {
        Selection::Name(name) => {
            let object = cluster.get(&resource, namespace, name).await;
            object.map(|object| vec![object])
        }
        selection => {
            let selection = cluster::Selection {
                labels: match selection {
                    Selection::Labels(selector) => Some(selector.to_string()),
                    _ => None,
                },
                fields: match selection {
                    Selection::Fields(selector) => Some(selector.to_string()),
                    _ => None,
                },
            };
            cluster
                .list_selected(&resource, namespace, &selection)
                .await
        }
    };
    let error = match answer {
        Ok(objects) => return Ok(Asked::Objects(objects)),
        Err(error) => error,
    };
    Ok(Asked::Unavailable(if error.code() == Some(403) {
        Unavailable::Forbidden
    } else if error.is_not_found() && need.name().is_some() {
        Unavailable::Missing
    } else if need.is_required || error.is_about_connection() {
        return Err(error.into());
    } else {
        Unavailable::Failed(reason(&error))
    }))
}

/// Returns an error as the reason why something is unknown. A refusal repeats the server's
/// words, which do not name the request.
pub(super) fn reason(error: &ClusterError) -> String {
    match error {
        ClusterError::Refused { request, .. } => format!("cannot {request}: {error}"),
        error => error.to_string(),
    }
}

fn add(answers: &mut Answers, need: &Need, objects: &[Value]) -> Result<(), Failure> {
    let Need {
        kind, namespace, ..
    } = need;
    for object in objects {
        let own = object["metadata"]["name"].as_str();
        let name = need.name().or(own).unwrap_or_default();
        match decode(need, name, object) {
            Ok(decoded) => {
                answers.add_from_cluster(*kind, namespace, name, decoded, CLUSTER.into());
            }
            Err(failure) if need.is_required => return Err(failure),
            Err(failure) => {
                answers.add_unavailable(need, Unavailable::Failed(failure.message));
                return Ok(());
            }
        }
    }
    answers.set_listed(need);
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

#[cfg(test)]
mod tests {
    use super::*;
    use k8s_openapi::api::core::v1::{ConfigMap, Event};
    use pod_model::selector::FieldSelector;

    fn events(namespace: &str, uid: &str) -> Need {
        let selector = FieldSelector::equal([("involvedObject.uid", uid)]);
        Need::with_fields::<Event>(namespace, selector)
    }

    #[test]
    fn the_events_of_many_objects_are_one_list() {
        let mut needs: Vec<Need> = (0..=FEW).map(|n| events("a", &n.to_string())).collect();
        needs.push(events("b", "0"));
        needs.push(Need::named::<ConfigMap>("a", "c"));
        let merged = merged(&needs);
        assert_eq!(merged[..=FEW], vec![Need::all::<Event>("a"); FEW + 1]);
        assert_eq!(merged[FEW + 1..], needs[FEW + 1..]);
        assert_eq!(super::merged(&needs[1..]), needs[1..]);
    }
}

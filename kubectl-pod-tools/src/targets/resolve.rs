//! Resolves the names of targets to types and namespaces of a server.

use super::spec::TargetRef;
use super::spec::TypeRef;
use super::types::Types;
use crate::cluster::{Cluster, Resource, Selection};
use crate::error::CommandError;

/// Objects of one type in one namespace.
#[derive(Clone, Debug)]
pub(crate) struct ResolvedTarget {
    /// Their type.
    pub resource: Resource,
    /// Their namespace; empty for cluster-scoped types, and for all namespaces.
    pub namespace: String,
    /// The objects.
    pub which: ObjectSelection,
}

/// Objects of a type and namespace.
#[derive(Clone, Debug)]
pub(crate) enum ObjectSelection {
    /// Objects by their names.
    Named(Vec<String>),
    /// Objects that a selector matches.
    Selected(Selection),
}

/// Resolves names of targets.
///
/// # Errors
/// A type that the server does not have, or that the command does not support; request errors.
pub(crate) async fn resolve(
    cluster: &Cluster,
    refs: &[TargetRef],
    types: &mut Types<'_>,
) -> Result<Vec<ResolvedTarget>, CommandError> {
    let mut resolved: Vec<ResolvedTarget> = Vec::new();
    for target in refs {
        match target {
            TargetRef::Named(kind, name) => {
                let resource = types.one(kind).await?;
                resolved.push(named(cluster, resource, vec![name.clone()]));
            }
            TargetRef::Words(words) => {
                let (resource, names) = types.resolve_words(words).await?;
                resolved.push(named(cluster, resource, names.to_vec()));
            }
            TargetRef::Selected {
                kind,
                selection,
                all_namespaces,
            } => {
                let pods = TypeRef::of("pods");
                for resource in types.all(kind.as_ref().unwrap_or(&pods)).await? {
                    // A type may be of several categories.
                    if resolved.iter().any(|before| before.resource == resource) {
                        continue;
                    }
                    let namespace = if *all_namespaces {
                        String::new()
                    } else {
                        current_namespace(cluster, &resource)
                    };
                    resolved.push(ResolvedTarget {
                        namespace,
                        which: ObjectSelection::Selected(selection.clone()),
                        resource,
                    });
                }
            }
        }
    }
    Ok(resolved)
}

fn named(cluster: &Cluster, resource: Resource, names: Vec<String>) -> ResolvedTarget {
    ResolvedTarget {
        namespace: current_namespace(cluster, &resource),
        which: ObjectSelection::Named(names),
        resource,
    }
}

/// Returns the namespace of objects that are named without one; empty for cluster-scoped types.
pub(crate) fn current_namespace(cluster: &Cluster, resource: &Resource) -> String {
    if resource.namespaced {
        cluster.namespace().to_owned()
    } else {
        String::new()
    }
}

//! Targets in the cluster.

use std::sync::Arc;

use pod_model::Finding;
use pod_model::kinds::{KindInfo, by_kind, by_type};
use serde_json::Value;

use super::object::Object;
use super::parse::{check_pod_template, no_pod_template, type_needs_name};
use super::resolve::{ObjectSelection, ResolvedTarget, resolve};
use super::spec::TargetRef;
use super::target::{TEMPLATE_PATHS, Target, TemplateKind, TemplateObject};
use super::types::{TypeTimeout, TypeUse, Types};
use crate::cluster::{Cluster, ClusterError, Resource};
use crate::error::{CommandError, Failure};
use crate::exit::Exit;
use crate::ui::Ui;

/// Reads the targets.
///
/// # Errors
/// Targets that do not exist or have no Pod template; request errors.
pub(super) async fn live_targets(
    cluster: &Cluster,
    refs: &[TargetRef],
    command: &str,
    ui: &Ui,
) -> Result<Vec<Target>, CommandError> {
    let type_use = TypeUse {
        command,
        verb: "explain",
        check: &|resource| built_in(resource).map_or(Ok(()), check_pod_template),
    };
    let mut types = Types::new(cluster, type_use, TypeTimeout::None, ui);
    let resolved = resolve(cluster, refs, &mut types).await?;
    let mut targets = Vec::new();
    for one in &resolved {
        for object in objects(cluster, one).await? {
            let mut target = target(&one.resource, object, cluster)?;
            if one.resource.namespaced && one.namespace.is_empty() {
                let namespace = &target.id.namespace;
                target.shown.push_str(&format!(" in {namespace}"));
            }
            targets.push(target);
        }
    }
    if targets.is_empty() {
        return Err(no_match(&resolved).into());
    }
    Ok(targets)
}

/// Reads an object with a Pod template.
///
/// # Errors
/// An object that does not exist or has no Pod template; errors of requests.
pub(crate) async fn fetch(
    cluster: &Cluster,
    target: &TargetRef,
    ui: &Ui,
) -> Result<TemplateObject, CommandError> {
    let type_use = TypeUse {
        command: "--from",
        verb: "copy",
        check: &|resource| built_in(resource).map_or(Ok(()), check_pod_template),
    };
    let mut types = Types::new(cluster, type_use, TypeTimeout::None, ui);
    let resolved = resolve(cluster, std::slice::from_ref(target), &mut types).await?;
    let one = resolved.first().ok_or_else(|| no_match(&resolved))?;
    let objects = objects(cluster, one).await?;
    let value = objects.into_iter().next();
    let value = value.ok_or_else(|| no_match(&resolved))?;
    let api_version = one.resource.api_version();
    let object = Object::Live(Arc::new(value));
    match TemplateKind::of(&api_version, &one.resource.kind, &object) {
        Some(kind) => Ok(TemplateObject {
            template: kind.template,
            value: object.into_value().unwrap_or_default(),
        }),
        None => {
            let shown = one.resource.object(&object.name().unwrap_or_default());
            Err(without_template(&shown, built_in(&one.resource)).into())
        }
    }
}

async fn objects(cluster: &Cluster, target: &ResolvedTarget) -> Result<Vec<Value>, CommandError> {
    let ResolvedTarget {
        resource,
        namespace,
        which,
    } = target;
    match which {
        ObjectSelection::Named(names) => {
            let mut objects = Vec::with_capacity(names.len());
            for name in names {
                objects.push(get(cluster, resource, namespace, name).await?);
            }
            Ok(objects)
        }
        ObjectSelection::Selected(selection) => Ok(cluster
            .list_selected(resource, namespace, selection)
            .await?),
    }
}

/// Reads one object by its name.
///
/// # Errors
/// It does not exist, with the namespace as help; request errors.
async fn get(
    cluster: &Cluster,
    resource: &Resource,
    namespace: &str,
    name: &str,
) -> Result<Value, Failure> {
    let answer = cluster.get(resource, namespace, name).await;
    answer.map_err(|error| request_failure(error, resource, name, namespace))
}

fn built_in(resource: &Resource) -> Option<&'static KindInfo> {
    by_kind(&resource.api_version(), &resource.kind)
}

fn target(resource: &Resource, object: Value, cluster: &Cluster) -> Result<Target, Failure> {
    let api_version = resource.api_version();
    let object = Object::Live(Arc::new(object));
    let Some(kind) = TemplateKind::of(&api_version, &resource.kind, &object) else {
        let name = object.name().unwrap_or_default();
        return Err(without_template(
            &resource.object(&name),
            built_in(resource),
        ));
    };
    let target = Target::new(&kind, &object, cluster.namespace());
    let mut target = target.map_err(|finding| invalid_object(resource, cluster, &finding))?;
    if !resource.namespaced {
        target.id.namespace.clear();
    }
    Ok(target)
}

/// Returns the failure of an object without a Pod template.
pub(super) fn without_template(shown: &str, kind: Option<&KindInfo>) -> Failure {
    match kind {
        Some(kind) => Failure::usage(no_pod_template(kind)),
        None => Failure::usage(format!("{shown} has no Pod template"))
            .help(format!("expected {TEMPLATE_PATHS}")),
    }
}

/// Returns the failure of selectors that match nothing.
fn no_match(resolved: &[ResolvedTarget]) -> Failure {
    let types: Vec<String> = resolved
        .iter()
        .map(|one| one.resource.qualified())
        .collect();
    let types = types.join(", ");
    let place = match resolved.first().map(|one| one.namespace.as_str()) {
        None | Some("") => "any namespace".to_owned(),
        Some(namespace) => format!("namespace \"{namespace}\""),
    };
    let selects = |one: &ResolvedTarget| match &one.which {
        ObjectSelection::Selected(selection) => {
            selection.labels.is_some() || selection.fields.is_some()
        }
        ObjectSelection::Named(_) => false,
    };
    let message = if resolved.iter().any(selects) {
        format!("no {types} in {place} match the selector")
    } else {
        format!("no {types} in {place}")
    };
    Failure::new(Exit::NotFound, message)
}

/// Returns the failure of an object that does not have the fields of its kind.
fn invalid_object(resource: &Resource, cluster: &Cluster, finding: &Finding) -> Failure {
    let (kind, server) = (&resource.kind, cluster.server());
    let place = match finding.path.to_string() {
        path if path.is_empty() => String::new(),
        path => format!("{path}: "),
    };
    let message = format!(
        "{server} sent an invalid {kind}: {place}{}",
        finding.message
    );
    Failure::new(Exit::Cluster, message)
}

/// Returns the failure of a request for an object. One that does not exist is most often in
/// another namespace, or its name is that of a type.
fn request_failure(
    error: ClusterError,
    resource: &Resource,
    name: &str,
    namespace: &str,
) -> Failure {
    let is_missing = error.is_not_found();
    let failure = Failure::from(error);
    if !is_missing || failure.help.is_some() {
        return failure;
    }
    if resource.kind == "Pod" && by_type(name).is_some() {
        return failure.help(type_needs_name(name));
    }
    if namespace.is_empty() {
        return failure;
    }
    failure.help(format!(
        "looked in namespace `{namespace}`; use `-n` for another"
    ))
}

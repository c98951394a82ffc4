//! Targets of `wait`: those that words and flags name, and the objects of files.

use std::sync::Arc;

use pod_model::kinds::KindInfo;
use pod_model::manifest::Manifest;
use pod_model::status::Condition;

use super::engine::Creation;
use super::subject::{Subject, Which};
use crate::cluster::{Cluster, Resource, object_name};
use crate::diagnostics::DiagnosticPrinter;
use crate::error::{CommandError, Failure};
use crate::exit::Exit;
use crate::render::LocatedFinding;
use crate::targets::{
    self, Patience, Purpose, ResolvedTarget, TargetArgs, TargetRef, Types, current_namespace,
};
use crate::ui::Ui;

/// Targets before the server is known.
#[derive(Clone, Debug)]
pub(super) enum WaitTargets {
    /// Named by words and flags.
    Named(Vec<TargetRef>),
    /// Objects of files.
    Files(Vec<FileObject>),
}

/// An object of a file.
#[derive(Clone, Debug)]
pub(super) struct FileObject {
    api_version: String,
    kind: String,
    namespace: Option<String>,
    name: String,
}

/// Parses words and flags. What cannot be is refused before the server is asked.
///
/// # Errors
/// Wrong usage.
pub(super) fn parse(
    args: &TargetArgs<'_>,
    conditions: &[Condition],
    command: &str,
) -> Result<WaitTargets, Failure> {
    let example = format!("for example: `{command} job/migrate` or `{command} pods -l app=web`");
    let check = |kind: &KindInfo| check_type(conditions, &Resource::of(kind));
    targets::parse(args, &example, &check).map(WaitTargets::Named)
}

/// Returns the objects of files.
///
/// # Errors
/// Files without an object, or with one that has no name, which is printed. Waiting for the
/// others alone would say of it that it is done.
pub(super) fn of_files(manifests: &[Manifest], ui: &Ui) -> Result<WaitTargets, CommandError> {
    let mut objects = Vec::new();
    let mut printer = DiagnosticPrinter::new(ui);
    for document in manifests.iter().flat_map(|manifest| &manifest.documents) {
        let unnamed = document.place(document.unnamed("wait"));
        if let ([], Some(api_version), Some(kind), Some(name)) = (
            &*unnamed,
            document.api_version(),
            document.kind(),
            document.name(),
        ) {
            objects.push(FileObject {
                api_version: api_version.to_owned(),
                kind: kind.to_owned(),
                namespace: document.namespace().map(str::to_owned),
                name: name.to_owned(),
            });
        }
        for finding in unnamed {
            printer.print(&LocatedFinding {
                finding,
                source: Some(Arc::clone(document.source())),
                object: String::new(),
            });
        }
    }
    match printer.finish() {
        Exit::Success if objects.is_empty() => Err(nothing().into()),
        Exit::Success => Ok(WaitTargets::Files(objects)),
        exit => Err(CommandError::Reported(exit)),
    }
}

fn nothing() -> Failure {
    Failure::new(Exit::Failure, "no object to wait for in the input")
}

/// Resolves the targets with the server's types and namespaces. A type that the server does
/// not have is waited for if `--wait-for-creation` says so, at most until the end.
///
/// # Errors
/// Types that the server does not have, or that do not fit the conditions; what a request
/// can meet.
pub(super) async fn resolve(
    cluster: &Cluster,
    targets: WaitTargets,
    conditions: &[Condition],
    patience: Patience,
    command: &str,
    ui: &Ui,
) -> Result<Vec<Subject>, CommandError> {
    let purpose = Purpose {
        command,
        verb: "wait for",
        prefers_pods: false,
        check: &|resource: &Resource| check_type(conditions, resource),
    };
    let mut types = Types::new(cluster, purpose, patience, ui);
    let subjects: Vec<Subject> = match targets {
        WaitTargets::Named(refs) => {
            let resolved = targets::resolve(cluster, &refs, &mut types).await?;
            resolved.into_iter().map(Subject::from).collect()
        }
        WaitTargets::Files(objects) => {
            let mut subjects = Vec::new();
            for object in objects {
                subjects.extend(of_file(cluster, object, conditions, &types, ui).await?);
            }
            subjects
        }
    };
    if subjects.is_empty() {
        return Err(nothing()
            .help("use --for=condition=NAME, --for=jsonpath='{.status.…}'=VALUE, --for=created or --for=deleted")
            .into());
    }
    Ok(subjects)
}

async fn of_file(
    cluster: &Cluster,
    object: FileObject,
    conditions: &[Condition],
    types: &Types<'_>,
    ui: &Ui,
) -> Result<Option<Subject>, CommandError> {
    let resource = types.of_kind(&object.api_version, &object.kind).await?;
    if let Some((_, help)) = refusal(conditions, &resource) {
        pass_over(&resource, &object.name, &help, ui);
        return Ok(None);
    }
    let namespace = object.namespace.filter(|_| resource.namespaced);
    let namespace = namespace.unwrap_or_else(|| current_namespace(cluster, &resource));
    Ok(Some(Subject::named(resource, &namespace, &object.name)))
}

impl From<ResolvedTarget> for Subject {
    fn from(target: ResolvedTarget) -> Self {
        Self {
            resource: target.resource,
            namespace: target.namespace,
            which: match target.which {
                targets::Which::Named(names) => {
                    Which::Named(names.into_iter().map(|name| (name, None)).collect())
                }
                targets::Which::Selected(selection) => Which::Selected(selection),
            },
        }
    }
}

/// Returns how long a type may take to appear: only `--wait-for-creation` makes it wait.
pub(super) fn patience(creation: Option<Creation>, end: Option<tokio::time::Instant>) -> Patience {
    let missing_after = match creation {
        None | Some(Creation::No) => return Patience::None,
        Some(Creation::Within(limit)) => Some(limit),
        Some(Creation::Always) => None,
    };
    Patience::Until { missing_after, end }
}

/// Checks that the conditions can be met by objects of a type.
///
/// # Errors
/// Wrong usage, with the way out.
fn check_type(conditions: &[Condition], resource: &Resource) -> Result<(), Failure> {
    refusal(conditions, resource).map_or(Ok(()), |(message, help)| {
        Err(Failure::usage(message).help(help))
    })
}

/// Returns why the conditions cannot be met by objects of a type, and the way out.
fn refusal(conditions: &[Condition], resource: &Resource) -> Option<(String, String)> {
    let mut conditions = conditions.iter();
    conditions.find_map(|c| c.refusal(resource.workload_kind(), &resource.kind))
}

/// Leaves out an object that is never done by itself, such as a ConfigMap. A custom
/// resource may well be at work: that nobody waits for it is worth a warning.
fn pass_over(resource: &Resource, name: &str, help: &str, ui: &Ui) {
    if resource.is_built_in() {
        let kind = resource.kind.to_lowercase();
        ui.note(&format!("{kind}/{name}: nothing to wait for"));
    } else {
        let shown = object_name(&resource.group, &resource.kind, name);
        let kind = &resource.kind;
        ui.warning(&format!(
            "not waiting for {shown}: it is not known when a {kind} is done"
        ));
        ui.help(help);
    }
}

//! The targets of `wait`: those that words and flags name, and the objects of files.

use std::sync::Arc;

use pod_model::Document;
use pod_model::kinds::KindInfo;
use pod_model::manifest::LazyManifest;
use pod_model::status::Condition;

use super::engine::Creation;
use super::subject::{Subject, Which};
use crate::cluster::{Cluster, Resource, object_name};
use crate::diagnostics::DiagnosticPrinter;
use crate::error::{CommandError, Failure};
use crate::exit::Exit;
use crate::render::LocatedFinding;
use crate::targets::{
    self, Candidate, Namespaces, ResolvedTarget, TargetArgs, TargetRef, TypeTimeout, TypeUse,
    Types, choose_documents, current_namespace, pieces,
};
use crate::ui::Ui;

/// Targets before they are resolved with a server.
pub(super) enum WaitTargets {
    /// Objects of the cluster.
    Cluster(Vec<TargetRef>),
    /// All objects of files.
    Files(Vec<FileObject>),
    /// Objects of files that are chosen when the current namespace is known.
    ChosenFiles(Vec<Candidate>, Vec<TargetRef>),
}

/// An object of a file.
#[derive(Debug)]
pub(super) struct FileObject {
    api_version: String,
    kind: String,
    namespace: Option<String>,
    name: String,
}

/// Parses words and selectors, without contacting a server.
///
/// # Errors
/// Usage errors.
pub(super) fn parse(
    args: &TargetArgs<'_>,
    conditions: &[Condition],
    command: &str,
) -> Result<Vec<TargetRef>, Failure> {
    let example = format!("use `{command} job/migrate` or `{command} pods -l app=web`");
    let check = |kind: &KindInfo| check_type(conditions, &Resource::of(kind));
    targets::parse(args, &example, &check)
}

/// Returns the objects of files that words and selectors choose, or all of them. No tree is
/// kept: a list may have all objects of a cluster.
///
/// # Errors
/// Syntax errors, and those of [`Found::finish`].
pub(super) fn of_files(
    inputs: Vec<LazyManifest>,
    refs: Option<Vec<TargetRef>>,
    ui: &Ui,
) -> Result<WaitTargets, CommandError> {
    let mut printer = DiagnosticPrinter::new(ui);
    for input in &inputs {
        for piece in (0..input.len()).filter(|piece| !input.is_valid(*piece)) {
            let read = input.read(piece);
            for finding in read.errors {
                printer.print(&LocatedFinding {
                    finding,
                    source: Some(Arc::clone(&read.source)),
                    object: String::new(),
                });
            }
        }
    }
    match (printer.finish(), refs) {
        (Exit::Success, Some(refs)) => Ok(WaitTargets::ChosenFiles(pieces(inputs), refs)),
        (Exit::Success, None) => {
            let mut found = Found::new(ui);
            for input in &inputs {
                for read in (0..input.len()).map(|piece| input.read(piece)) {
                    read.documents.iter().for_each(|own| found.add(own));
                }
            }
            Ok(WaitTargets::Files(found.finish()?))
        }
        (exit, _) => Err(CommandError::Reported(exit)),
    }
}

/// The objects of documents. Those without a name are printed.
struct Found<'a> {
    objects: Vec<FileObject>,
    printer: DiagnosticPrinter<'a>,
}

impl<'a> Found<'a> {
    fn new(ui: &'a Ui) -> Self {
        Self {
            objects: Vec::new(),
            printer: DiagnosticPrinter::new(ui),
        }
    }

    fn add(&mut self, document: &Document) {
        let unnamed = document.place(document.unnamed("wait"));
        if let ([], Some(api_version), Some(kind), Some(name)) = (
            &*unnamed,
            document.api_version(),
            document.kind(),
            document.name(),
        ) {
            self.objects.push(FileObject {
                api_version: api_version.to_owned(),
                kind: kind.to_owned(),
                namespace: document.namespace().map(str::to_owned),
                name: name.to_owned(),
            });
        }
        for finding in unnamed {
            self.printer.print(&LocatedFinding {
                finding,
                source: Some(Arc::clone(document.source())),
                object: String::new(),
            });
        }
    }

    /// Returns the objects.
    ///
    /// # Errors
    /// No object; an object without a name: waiting for the others only would report success
    /// for it.
    fn finish(self) -> Result<Vec<FileObject>, CommandError> {
        match self.printer.finish() {
            Exit::Success if self.objects.is_empty() => Err(no_targets().into()),
            Exit::Success => Ok(self.objects),
            exit => Err(CommandError::Reported(exit)),
        }
    }
}

fn no_targets() -> Failure {
    Failure::new(Exit::Failure, "no object to wait for in the input")
}

/// Resolves the targets with the server's types and namespaces. A type that the server does not
/// have is waited for within the time-out. `namespace` is that of `-n`, if it is given.
///
/// # Errors
/// Types that the server does not have, or that cannot meet the conditions; request errors.
pub(super) async fn resolve(
    cluster: &Cluster,
    targets: WaitTargets,
    conditions: &[Condition],
    namespace: Option<&str>,
    timeout: TypeTimeout,
    command: &str,
    ui: &Ui,
) -> Result<Vec<Subject>, CommandError> {
    let type_use = TypeUse {
        command,
        verb: "wait for",
        check: &|resource: &Resource| check_type(conditions, resource),
    };
    let mut types = Types::new(cluster, type_use, timeout, ui);
    let subjects: Vec<Subject> = match targets {
        WaitTargets::Cluster(refs) => {
            let resolved = targets::resolve(cluster, &refs, &mut types).await?;
            resolved.into_iter().map(Subject::from).collect()
        }
        WaitTargets::Files(objects) => {
            resolve_files(cluster, objects, conditions, false, &types, ui).await?
        }
        WaitTargets::ChosenFiles(candidates, refs) => {
            let namespaces = Namespaces {
                only: namespace.filter(|namespace| !namespace.is_empty()),
                default: cluster.namespace(),
            };
            let mut found = Found::new(ui);
            for document in choose_documents(&candidates, &refs, &namespaces, ui)? {
                found.add(&document);
            }
            let objects = found.finish()?;
            let names_types = refs
                .iter()
                .all(|one| !matches!(one, TargetRef::Selected { kind: None, .. }));
            resolve_files(cluster, objects, conditions, names_types, &types, ui).await?
        }
    };
    if subjects.is_empty() {
        return Err(no_targets()
            .help("use --for=condition=NAME, --for=jsonpath='{.status.…}'=VALUE, --for=created or --for=deleted")
            .into());
    }
    Ok(subjects)
}

/// Returns the subjects of objects of files. Those that cannot meet the conditions are skipped,
/// unless their types were named.
async fn resolve_files(
    cluster: &Cluster,
    objects: Vec<FileObject>,
    conditions: &[Condition],
    names_types: bool,
    types: &Types<'_>,
    ui: &Ui,
) -> Result<Vec<Subject>, CommandError> {
    let mut subjects = Vec::new();
    for object in objects {
        let resource = types.of_kind(&object.api_version, &object.kind).await?;
        if names_types {
            check_type(conditions, &resource)?;
        }
        if let Some((_, help)) = refusal(conditions, &resource) {
            report_skipped(&resource, &object.name, &help, ui);
            continue;
        }
        let namespace = object.namespace.filter(|_| resource.namespaced);
        let namespace = namespace.unwrap_or_else(|| current_namespace(cluster, &resource));
        subjects.push(Subject::named(resource, &namespace, &object.name));
    }
    Ok(subjects)
}

impl From<ResolvedTarget> for Subject {
    fn from(target: ResolvedTarget) -> Self {
        Self {
            resource: target.resource,
            namespace: target.namespace,
            which: match target.which {
                targets::ObjectSelection::Named(names) => {
                    Which::Named(names.into_iter().map(|name| (name, None)).collect())
                }
                targets::ObjectSelection::Selected(selection) => Which::Selected(selection),
            },
        }
    }
}

/// Returns how long to wait for a type: only `--wait-for-creation` does so.
pub(super) fn type_timeout(
    creation: Option<Creation>,
    end: Option<tokio::time::Instant>,
) -> TypeTimeout {
    let missing_after = match creation {
        None | Some(Creation::No) => return TypeTimeout::None,
        Some(Creation::Within(limit)) => Some(limit),
        Some(Creation::Always) => None,
    };
    TypeTimeout::Until { missing_after, end }
}

/// Checks that objects of a type can meet the conditions.
///
/// # Errors
/// Usage error, with help.
fn check_type(conditions: &[Condition], resource: &Resource) -> Result<(), Failure> {
    refusal(conditions, resource).map_or(Ok(()), |(message, help)| {
        Err(Failure::usage(message).help(help))
    })
}

/// Returns why objects of a type cannot meet the conditions, and help.
fn refusal(conditions: &[Condition], resource: &Resource) -> Option<(String, String)> {
    let mut conditions = conditions.iter();
    conditions.find_map(|c| c.refusal(resource.workload_kind(), &resource.kind))
}

/// Prints that an object is not waited for: a note for a built-in kind that is never done, such
/// as a ConfigMap, and a warning for a custom resource, which may be in progress.
fn report_skipped(resource: &Resource, name: &str, help: &str, ui: &Ui) {
    if resource.is_built_in() {
        let kind = resource.kind.to_lowercase();
        ui.note(&format!("{kind}/{name}: nothing to wait for"));
    } else {
        let shown = object_name(&resource.group, &resource.kind, name);
        let kind = &resource.kind;
        ui.warning(&format!(
            "not waiting for {shown}: {kind} has no `done` state"
        ));
        ui.help(help);
    }
}

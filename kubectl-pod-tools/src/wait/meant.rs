//! What a person means by the words after `wait`, or by `-f`: first as typed,
//! then as the server knows it.

use std::sync::Arc;

use pod_model::kinds;
use pod_model::manifest::Manifest;

use super::subject::{Subject, Which};
use super::types::{Patience, Type, Types, check};
use crate::cluster::{Cluster, Resource, Selection, object_name};
use crate::diagnostics::DiagnosticPrinter;
use crate::error::{CommandError, Failure};
use crate::exit::Exit;
use crate::render::LocatedFinding;
use crate::targets::{check_word, parse_field_selector, parse_label_selector};
use crate::ui::Ui;
use pod_model::status::Condition;

/// The words and flags that name targets.
pub(super) struct Typed<'a> {
    pub words: &'a [String],
    pub selector: Option<&'a str>,
    pub field_selector: Option<&'a str>,
    pub all: bool,
    pub all_namespaces: bool,
}

impl Typed<'_> {
    /// Whether a selector chooses.
    pub(super) fn selects(&self) -> bool {
        self.selector.is_some() || self.field_selector.is_some() || self.all
    }
}

/// What is meant, before the cluster is known.
#[derive(Clone, Debug)]
pub(super) enum Meant {
    Named(Type, String),
    Selected {
        kind: Type,
        selection: Selection,
        /// In all namespaces, whatever the current one is.
        all_namespaces: bool,
    },
    /// Of a file, in its namespace.
    Written {
        api_version: String,
        kind: String,
        namespace: Option<String>,
        name: String,
    },
    /// A type and names, as the first word says; names of Pods, where it is no type and
    /// a Pod has one of them.
    Either(Vec<String>),
}

/// What the words mean. What cannot be is refused before the server is asked.
///
/// # Errors
/// Wrong usage.
pub(super) fn typed(typed: &Typed, conditions: &[Condition]) -> Result<Vec<Meant>, Failure> {
    let meant = if typed.selects() {
        selected(typed)?
    } else if typed.all_namespaces {
        // In the words of cli-runtime/pkg/resource, `Builder.visitByName`.
        let message = "a resource cannot be retrieved by name across all namespaces";
        return Err(
            Failure::usage(message).help("choose with -l, --field-selector or --all beside -A")
        );
    } else {
        named(typed.words)?
    };
    for one in &meant {
        if let Meant::Named(kind, _) | Meant::Selected { kind, .. } = one
            && let Type::BuiltIn(kind) = kind
        {
            check(conditions, &Resource::of(kind))?;
        }
    }
    Ok(meant)
}

fn selected(typed: &Typed) -> Result<Vec<Meant>, Failure> {
    let selection = Selection {
        labels: typed.selector.map(str::to_owned),
        fields: typed.field_selector.map(str::to_owned),
    };
    if let Some(text) = typed.selector {
        parse_label_selector(text)?;
    }
    if let Some(text) = typed.field_selector {
        parse_field_selector(text)?;
    }
    if typed.all && typed.selector.is_some() {
        return Err(Failure::usage("--all and -l exclude each other"));
    }
    let kinds = match typed.words {
        [] => vec!["pods"],
        [list] => list.split(',').collect(),
        _ => {
            return Err(Failure::usage(
                "a selector chooses by labels or fields: names have no place beside it",
            ));
        }
    };
    if let Some(odd) = kinds
        .iter()
        .find(|word| word.is_empty() || word.contains('/'))
    {
        return Err(Failure::usage(format!("`{odd}` is not a type"))
            .help("write a type alone, such as jobs, or several: jobs,pods"));
    }
    let select = |word: &str| Meant::Selected {
        kind: Type::of(word),
        selection: selection.clone(),
        all_namespaces: typed.all_namespaces,
    };
    Ok(kinds.into_iter().map(select).collect())
}

/// `NAME…`, `TYPE/NAME…` and `TYPE NAME…`.
fn named(words: &[String]) -> Result<Vec<Meant>, Failure> {
    words.iter().try_for_each(|word| check_word(word))?;
    let type_and_names = |kind: Type, names: &[String]| {
        let named = names.iter().map(|n| Meant::Named(kind.clone(), n.clone()));
        named.collect::<Vec<_>>()
    };
    match words {
        [] => Err(Failure::usage("no target is named").help(
            "for example: kubectl pod-tools wait job/migrate, or wait pods -l app=web, or wait -f job.yaml",
        )),
        [first, names @ ..]
            if !first.contains('/') && !names.is_empty() && kinds::by_type(first).is_some() =>
        {
            if let Some(odd) = names.iter().find(|n| n.contains('/')) {
                return Err(Failure::usage(format!(
                    "`{odd}` has a type of its own, and so has `{first}`"
                )));
            }
            Ok(type_and_names(Type::of(first), names))
        }
        words if words.len() > 1 && !words.iter().any(|w| w.contains('/')) => {
            Ok(vec![Meant::Either(words.to_vec())])
        }
        words => Ok(words
            .iter()
            .map(|word| match word.split_once('/') {
                Some((type_word, n)) => Meant::Named(Type::of(type_word), n.to_owned()),
                None => Meant::Named(Type::of("pods"), word.clone()),
            })
            .collect()),
    }
}

/// What files hold.
///
/// # Errors
/// Files without an object, or with one that has no name: that is told. Waiting for
/// the others alone would say of it that it is done.
pub(super) fn written(manifests: &[Manifest], ui: &Ui) -> Result<Vec<Meant>, CommandError> {
    let mut meant = Vec::new();
    let mut printer = DiagnosticPrinter::new(ui);
    for document in manifests.iter().flat_map(|manifest| &manifest.documents) {
        let unnamed = document.place(document.unnamed("wait"));
        if let ([], Some(api_version), Some(kind), Some(name)) = (
            &*unnamed,
            document.api_version(),
            document.kind(),
            document.name(),
        ) {
            meant.push(Meant::Written {
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
        Exit::Success if meant.is_empty() => Err(nothing().into()),
        Exit::Success => Ok(meant),
        exit => Err(CommandError::Told(exit)),
    }
}

fn nothing() -> Failure {
    Failure::new(Exit::Failure, "the input holds nothing to wait for")
}

/// The same with the server's types and namespaces.
///
/// # Errors
/// Types that the server does not have, or that cannot be waited for so; what
/// a request can meet.
pub(super) async fn resolve(
    cluster: &Cluster,
    meant: Vec<Meant>,
    conditions: &[Condition],
    patience: Patience,
    ui: &Ui,
) -> Result<Vec<Subject>, CommandError> {
    let mut subjects: Vec<Subject> = Vec::new();
    let mut types = Types::new(cluster, conditions, patience, ui);
    for one in meant {
        match one {
            Meant::Named(kind, name) => {
                let resource = types.one(&kind).await?;
                let namespace = home(cluster, &resource);
                subjects.push(Subject::named(resource, &namespace, &name));
            }
            Meant::Either(words) => {
                let (resource, names) = types.of_words(&words).await?;
                let namespace = home(cluster, &resource);
                for name in names {
                    subjects.push(Subject::named(resource.clone(), &namespace, name));
                }
            }
            Meant::Selected {
                kind,
                selection,
                all_namespaces,
            } => {
                for resource in types.all(&kind).await? {
                    // A type may be of several categories.
                    if subjects.iter().any(|before| before.resource == resource) {
                        continue;
                    }
                    let namespace = if all_namespaces {
                        String::new()
                    } else {
                        home(cluster, &resource)
                    };
                    subjects.push(Subject {
                        namespace,
                        which: Which::Selected(selection.clone()),
                        resource,
                    });
                }
            }
            Meant::Written {
                api_version,
                kind,
                namespace,
                name,
            } => {
                let resource = types.of_kind(&api_version, &kind).await?;
                if let Some((_, help)) = conditions
                    .iter()
                    .find_map(|c| c.refusal(resource.workload_kind(), &resource.kind))
                {
                    pass_over(&resource, &name, &help, ui);
                    continue;
                }
                let namespace = namespace
                    .filter(|_| resource.namespaced)
                    .unwrap_or_else(|| home(cluster, &resource));
                subjects.push(Subject::named(resource, &namespace, &name));
            }
        }
    }
    if subjects.is_empty() {
        return Err(nothing()
            .help("use --for=condition=NAME, --for=jsonpath='{.status.…}'=VALUE, --for=created or --for=deleted")
            .into());
    }
    Ok(subjects)
}

/// What is never done by itself, such as a ConfigMap, is left out unless
/// something is asked of it. A custom resource may well be at work: that
/// nobody waits for it is worth a warning.
fn pass_over(resource: &Resource, name: &str, help: &str, ui: &Ui) {
    if !resource.is_built_in() {
        let shown = object_name(&resource.group, &resource.kind, name);
        let kind = &resource.kind;
        ui.warning(&format!(
            "{shown} is not waited for: when a {kind} is done is not known here"
        ));
        ui.help(help);
    } else {
        let kind = resource.kind.to_lowercase();
        ui.note(&format!("{kind}/{name}: nothing to wait for"));
    }
}

/// The namespace of what is named without one.
fn home(cluster: &Cluster, resource: &Resource) -> String {
    let namespace = cluster.namespace().to_owned();
    Some(namespace)
        .filter(|_| resource.namespaced)
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_names_one_object_or_nothing() {
        for (word, names) in [
            ("web", true),
            ("job/web", true),
            ("jobs.batch/web", true),
            ("", false),
            ("/", false),
            ("/web", false),
            ("job/", false),
            ("job//web", false),
            ("job/web/a", false),
        ] {
            for words in [&[word][..], &["job/first", word], &[word, "job/last"]] {
                let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
                let found = named(&words);
                assert_eq!(found.is_ok(), names, "{words:?}");
                if let Err(failure) = found {
                    assert_eq!(failure.message, format!("`{word}` names nothing"));
                }
            }
        }
    }
}

//! Parser of `NAME…`, `TYPE/NAME…`, `TYPE NAME…` and of a TYPE with selectors.
//!
//! Upstream: `Builder` (k8s.io/cli-runtime/pkg/resource).

use pod_model::kinds::{self, KindInfo};

use super::flags::TargetArgs;
use super::selector::{parse_field_selector, parse_label_selector};
use super::spec::{TargetRef, TypeRef};
use crate::cluster::Selection;
use crate::error::Failure;

/// Check that refuses a built-in type that a command does not support.
pub(crate) type CheckType<'a> = &'a dyn Fn(&KindInfo) -> Result<(), Failure>;

/// Parses words and selectors, without contacting a server.
///
/// # Errors
/// Usage error, with the example as help if no target is given.
pub(crate) fn parse(
    args: &TargetArgs<'_>,
    example: &str,
    check: CheckType<'_>,
) -> Result<Vec<TargetRef>, Failure> {
    let refs = if args.selects() {
        parse_selected(args)?
    } else if args.all_namespaces {
        // In the words of cli-runtime/pkg/resource, `Builder.visitByName`.
        let message = "a resource cannot be retrieved by name across all namespaces";
        return Err(
            Failure::usage(message).help("use `-A` with `-l`, `--field-selector` or `--all`")
        );
    } else if args.words.is_empty() {
        return Err(Failure::usage("no target given").help(example));
    } else {
        parse_named(args.words)?
    };
    for target in &refs {
        match target {
            TargetRef::Named(TypeRef::BuiltIn(kind), _)
            | TargetRef::Selected {
                kind: Some(TypeRef::BuiltIn(kind)),
                ..
            } => check(kind)?,
            _ => {}
        }
    }
    Ok(refs)
}

fn parse_selected(args: &TargetArgs<'_>) -> Result<Vec<TargetRef>, Failure> {
    if let Some(text) = args.selector {
        parse_label_selector(text)?;
    }
    if let Some(text) = args.field_selector {
        parse_field_selector(text)?;
    }
    if args.all && args.selector.is_some() {
        return Err(Failure::usage("cannot combine `--all` with `-l`"));
    }
    let selection = Selection {
        labels: args.selector.map(str::to_owned),
        fields: args.field_selector.map(str::to_owned),
    };
    let select = |kind: Option<TypeRef>| TargetRef::Selected {
        kind,
        selection: selection.clone(),
        all_namespaces: args.all_namespaces,
    };
    let list = match args.words {
        [] => return Ok(vec![select(None)]),
        [list] => list,
        _ => {
            return Err(Failure::usage(
                "cannot combine names with `-l`, `--field-selector` or `--all`",
            )
            .help("remove the names or the selector"));
        }
    };
    let types: Vec<&str> = list.split(',').collect();
    if let Some(found) = types
        .iter()
        .find(|word| word.is_empty() || word.contains('/'))
    {
        return Err(Failure::usage(format!("expected a TYPE, found `{found}`"))
            .help("use one type, such as `jobs`, or several, such as `jobs,pods`"));
    }
    let types = types
        .into_iter()
        .map(|word| select(Some(TypeRef::of(word))));
    Ok(types.collect())
}

/// Parses `NAME…`, `TYPE/NAME…` and `TYPE NAME…`. The first of several words is a TYPE if it is
/// the name of one, so a Pod of that name has to be written `pod/NAME`.
fn parse_named(words: &[String]) -> Result<Vec<TargetRef>, Failure> {
    words.iter().try_for_each(|word| check_word(word))?;
    match words {
        [first, names @ ..]
            if !first.contains('/') && !names.is_empty() && kinds::by_type(first).is_some() =>
        {
            if let Some(found) = names.iter().find(|name| name.contains('/')) {
                return Err(Failure::usage(format!(
                    "expected a name after `{first}`, found `{found}`"
                ))
                .help("use TYPE/NAME for each, or one TYPE and names"));
            }
            let refer = |name: &String| TargetRef::Named(TypeRef::of(first), name.clone());
            Ok(names.iter().map(refer).collect())
        }
        words if words.len() > 1 && !words.iter().any(|word| word.contains('/')) => {
            Ok(vec![TargetRef::Words(words.to_vec())])
        }
        words => words.iter().map(|word| parse_word(word, words)).collect(),
    }
}

/// Parses one of several `NAME` and `TYPE/NAME`. kubectl refuses a NAME beside TYPE/NAME: here
/// it is a Pod, unless it is the name of a built-in type.
fn parse_word(word: &str, all: &[String]) -> Result<TargetRef, Failure> {
    match word.split_once('/') {
        Some((word, name)) => Ok(TargetRef::Named(TypeRef::of(word), name.to_owned())),
        None if all.len() > 1 && kinds::by_type(word).is_some() => Err(Failure::usage(format!(
            "expected NAME or TYPE/NAME, found the type `{word}`"
        ))
        .help(format!(
            "use `{word}/NAME`, or `pod/{word}` for a Pod of this name"
        ))),
        None => Ok(TargetRef::Named(TypeRef::of("pods"), word.to_owned())),
    }
}

/// Checks that a word can be NAME or TYPE/NAME.
///
/// # Errors
/// Usage error for an empty part, for more than one `/` (as in cli-runtime), and for a name that
/// cannot be part of a path, which client-go refuses (apimachinery, `IsValidPathSegmentName`).
fn check_word(word: &str) -> Result<(), Failure> {
    let name = match word.split_once('/') {
        Some((type_word, name)) if !type_word.is_empty() => name,
        Some(_) => "",
        None => word,
    };
    if name.is_empty() || name.contains('/') {
        return Err(
            Failure::usage(format!("expected NAME or TYPE/NAME, found `{word}`"))
                .help("use TYPE/NAME, TYPE NAME, or the name of a Pod"),
        );
    }
    if matches!(name, "." | "..") || name.contains('%') {
        return Err(Failure::usage(format!("invalid object name `{name}`"))
            .help("a name cannot be `.` or `..`, or contain `/` or `%`"));
    }
    Ok(())
}

/// Checks that objects of a type have a Pod template, or are Pods.
///
/// # Errors
/// Usage error, with the types that have one.
pub(crate) fn check_pod_template(kind: &KindInfo) -> Result<(), Failure> {
    if kind.pod_template.is_some() {
        return Ok(());
    }
    Err(Failure::usage(no_pod_template(kind)).help(types_with_pod_template()))
}

/// Returns the message for a kind without a Pod template.
pub(crate) fn no_pod_template(kind: &KindInfo) -> String {
    let vowel = kind.kind.starts_with(['A', 'E', 'I', 'O', 'U']);
    let article = if vowel { "an" } else { "a" };
    format!("{article} {} has no Pod template", kind.kind)
}

/// Returns the help for a TYPE that was read as the name of a Pod.
pub(crate) fn type_needs_name(word: &str) -> String {
    format!("`{word}` is a TYPE; use `{word}/NAME`, `{word} -l LABEL=VALUE` or `{word} --all`")
}

/// Returns the help that lists the built-in types with a Pod template.
pub(super) fn types_with_pod_template() -> String {
    let kinds = kinds::KINDS.iter();
    let kinds = kinds.filter(|kind| kind.pod_template.is_some());
    let kinds: Vec<String> = kinds.map(KindInfo::singular).collect();
    format!("types with a Pod template: {}", kinds.join(", "))
}

#[cfg(test)]
#[path = "parse_tests.rs"]
mod tests;

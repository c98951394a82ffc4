//! Parser of `NAME…`, `TYPE/NAME…`, `TYPE NAME…` and of a TYPE with selectors.
//!
//! Upstream: `Builder` (k8s.io/cli-runtime/pkg/resource).

use pod_model::kinds::{self, KindInfo};

use super::flags::TargetArgs;
use super::selector::{parse_field_selector, parse_label_selector};
use super::spec::{TargetRef, TypeRef};
use crate::cluster::Selection;
use crate::error::Failure;

/// Refuses a built-in type that a command cannot be about.
pub(crate) type CheckType<'a> = &'a dyn Fn(&KindInfo) -> Result<(), Failure>;

/// Parses the names of targets. What cannot be is refused before a server is asked.
///
/// # Errors
/// Wrong usage, with the example as help if no target is given.
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
            Failure::usage(message).help("choose with -l, --field-selector or --all beside -A")
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
        return Err(Failure::usage("cannot combine --all with -l"));
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
            return Err(
                Failure::usage("cannot combine names with -l, --field-selector or --all")
                    .help("leave out the names, or the selector"),
            );
        }
    };
    let types: Vec<&str> = list.split(',').collect();
    if let Some(odd) = types
        .iter()
        .find(|word| word.is_empty() || word.contains('/'))
    {
        return Err(Failure::usage(format!("expected a TYPE, found `{odd}`"))
            .help("write a type alone, such as jobs, or several: jobs,pods"));
    }
    let types = types
        .into_iter()
        .map(|word| select(Some(TypeRef::of(word))));
    Ok(types.collect())
}

/// Parses `NAME…`, `TYPE/NAME…` and `TYPE NAME…`. The first of several words is a type if
/// there is one of that name, so a Pod that is named as a type is must be written
/// `pod/NAME`.
fn parse_named(words: &[String]) -> Result<Vec<TargetRef>, Failure> {
    words.iter().try_for_each(|word| check_word(word))?;
    match words {
        [first, names @ ..]
            if !first.contains('/') && !names.is_empty() && kinds::by_type(first).is_some() =>
        {
            if let Some(odd) = names.iter().find(|n| n.contains('/')) {
                return Err(Failure::usage(format!(
                    "expected a name after `{first}`, found `{odd}`"
                ))
                .help("write TYPE/NAME for each, or one TYPE and then only names"));
            }
            let refer = |name: &String| TargetRef::Named(TypeRef::of(first), name.clone());
            Ok(names.iter().map(refer).collect())
        }
        words if words.len() > 1 && !words.iter().any(|word| word.contains('/')) => {
            Ok(vec![TargetRef::Words(words.to_vec())])
        }
        words => Ok(words
            .iter()
            .map(|word| match word.split_once('/') {
                Some((word, name)) => TargetRef::Named(TypeRef::of(word), name.to_owned()),
                None => TargetRef::Named(TypeRef::of("pods"), word.clone()),
            })
            .collect()),
    }
}

/// Checks that a word can be NAME or TYPE/NAME.
///
/// # Errors
/// A part that is empty, or too many of them (cli-runtime: "arguments in resource/name
/// form may not have more than one slash"); a name that cannot stand in a path
/// (apimachinery, `IsValidPathSegmentName`), which client-go asks no server for.
fn check_word(word: &str) -> Result<(), Failure> {
    let name = match word.split_once('/') {
        Some((type_word, name)) if !type_word.is_empty() => name,
        Some(_) => "",
        None => word,
    };
    if name.is_empty() || name.contains('/') {
        return Err(
            Failure::usage(format!("expected NAME or TYPE/NAME, found `{word}`"))
                .help("write TYPE/NAME, TYPE NAME, or the name of a Pod"),
        );
    }
    if matches!(name, "." | "..") || name.contains('%') {
        return Err(
            Failure::usage(format!("`{name}` cannot be the name of an object"))
                .help("a name is neither `.` nor `..`, and has no `/` and no `%`"),
        );
    }
    Ok(())
}

/// Checks that objects of a type have a Pod template, or are Pods.
///
/// # Errors
/// Wrong usage, with the types that have one.
pub(crate) fn check_pod_template(kind: &KindInfo) -> Result<(), Failure> {
    if kind.pod_template.is_some() {
        return Ok(());
    }
    Err(Failure::usage(no_pod_template(kind)).help(types_with_pod_template()))
}

/// Returns why a kind cannot be explained.
pub(crate) fn no_pod_template(kind: &KindInfo) -> String {
    let vowel = kind.kind.starts_with(['A', 'E', 'I', 'O', 'U']);
    let article = if vowel { "an" } else { "a" };
    format!("{article} {} has no Pod template", kind.kind)
}

/// Returns the help for a TYPE that was taken for the name of a Pod.
pub(crate) fn type_needs_name(word: &str) -> String {
    format!(
        "as a TYPE, `{word}` needs a name, labels or --all beside it: {word}/NAME, {word} -l LABEL=VALUE, or {word} --all"
    )
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

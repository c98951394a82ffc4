//! Flags that contradict each other, and flags that say nothing alone: both
//! stand in the flags' rows.

use std::sync::Arc;

use pod_model::{FieldPath, Finding, Source, Span, rules};

use super::flag::{ARGUMENTS, Flag, Typed};
use crate::render::LocatedFinding;

/// What a flag cannot stand beside, or misses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Other {
    /// A flag, by its number.
    Flag(usize),
    /// What stands behind `--`.
    Arguments,
    /// It is not there, and is needed.
    Missing,
}

/// Two that do not go together, or one that misses another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct FlagConflict {
    /// The flag it is told at, by its number.
    pub flag: usize,
    other: Other,
    /// What to say.
    pub message: String,
    /// The way out.
    pub help: String,
}

/// Everything among the flags that does not go together. `dashes` is what
/// stands before a name: nothing among the words of a container.
pub(super) fn conflicts(
    flags: &[&'static Flag],
    has_arguments: bool,
    dashes: &str,
) -> Vec<FlagConflict> {
    let find = |name: &str| match name {
        ARGUMENTS => has_arguments.then_some(Other::Arguments),
        _ => flags
            .iter()
            .position(|flag| flag.name == name)
            .map(Other::Flag),
    };
    let call = |name: &str| match name {
        ARGUMENTS => "a command after --".to_owned(),
        _ => format!("{dashes}{name}"),
    };
    let mut found: Vec<FlagConflict> = Vec::new();
    for (number, flag) in flags.iter().enumerate() {
        let this = call(flag.name);
        for name in flag.conflicts {
            let Some(other) = find(name) else { continue };
            let is_known = |known: &FlagConflict| {
                Other::Flag(known.flag) == other && known.other == Other::Flag(number)
                    || known.flag == number && known.other == other
            };
            if !found.iter().any(is_known) {
                found.push(FlagConflict {
                    flag: number,
                    other,
                    message: format!("cannot combine {this} with {}", call(name)),
                    help: "leave out one of them".to_owned(),
                });
            }
        }
        if !flag.needs.is_empty() && flag.needs.iter().all(|name| find(name).is_none()) {
            let needs: Vec<_> = flag.needs.iter().map(|name| call(name)).collect();
            let needs = needs.join(" or ");
            found.push(FlagConflict {
                flag: number,
                other: Other::Missing,
                message: format!("{this} requires {needs}"),
                help: format!("add {needs}, or leave out {this}"),
            });
        }
    }
    found
}

/// The same for what was typed, each with both places.
pub(super) fn check(typed: &[Typed], arguments: &[String]) -> Vec<LocatedFinding> {
    let flags: Vec<_> = typed.iter().map(|typed| typed.flag).collect();
    let conflicts = conflicts(&flags, !arguments.is_empty(), "--");
    conflicts
        .into_iter()
        .map(|conflict| placed(typed, arguments, conflict))
        .collect()
}

fn placed(typed: &[Typed], arguments: &[String], conflict: FlagConflict) -> LocatedFinding {
    let line = |number: usize| typed[number].to_string();
    let first = line(conflict.flag);
    let second = match conflict.other {
        Other::Flag(number) => Some(line(number)),
        Other::Arguments => Some(format!("-- {}", arguments.join(" "))),
        Other::Missing => None,
    };
    let text = match &second {
        Some(second) => format!("{first}\n{second}"),
        None => first.clone(),
    };
    let source = Arc::new(Source::new("command line", text));
    let whole = source.text().len();
    let mut finding = Finding::new(&rules::FLAGS_TOGETHER, FieldPath::root(), conflict.message)
        .at(Some(source.location(Span::new(0, first.len()))))
        .help(conflict.help);
    if second.is_some() {
        let at = source.location(Span::new(first.len() + 1, whole));
        finding = finding.related("", at);
    }
    LocatedFinding {
        finding,
        source: Some(source),
        object: String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::flags::testing::problems;

    /// What is told, and the lines that are shown.
    fn told(line: &str) -> Vec<String> {
        let told = problems(line);
        let is_told = |line: &&str| line.starts_with("error") || line.contains(" | ");
        let lines = told.lines().filter(is_told);
        lines
            .filter(|line| !line.contains(['^']) && !line.ends_with("---"))
            .map(str::to_owned)
            .collect()
    }

    #[test]
    fn what_does_not_go_together_is_told_once_with_both_places() {
        assert_eq!(
            told("--shell 'date; ls' --tty -- ls -l"),
            [
                "error[flags-together]: cannot combine --shell with a command after --",
                "1 | --shell date; ls",
                "2 | -- ls -l",
            ]
        );
        assert_eq!(
            told("--command --entrypoint ls -- -l"),
            [
                "error[flags-together]: cannot combine --entrypoint with --command",
                "1 | --entrypoint ls",
                "2 | --command",
            ]
        );
        assert_eq!(
            told("--command"),
            [
                "error[flags-together]: --command requires a command after --",
                "1 | --command",
            ]
        );
    }
}

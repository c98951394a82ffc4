//! Flags that contradict each other, and flags that require another one, by the table of flags.

use std::sync::Arc;

use pod_model::{FieldPath, Finding, Source, Span, rules};

use super::flag::{ARGUMENTS, Flag, Typed};
use crate::render::LocatedFinding;

/// The other side of a conflict.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Other {
    /// A flag, by its index.
    Flag(usize),
    /// The words after `--`.
    Arguments,
    /// A required flag that is missing.
    Missing,
}

/// Two flags that contradict each other, or one whose required flag is missing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct FlagConflict {
    /// The flag that is underlined, by its index.
    pub flag: usize,
    other: Other,
    /// A lower-case phrase.
    pub message: String,
    /// A help.
    pub help: String,
}

/// Returns all conflicts among flags. `dashes` precedes the names in messages: it is empty for
/// the options of a container.
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

/// Returns the conflicts among typed flags, each with both positions.
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

    /// Returns the message and the lines that are shown.
    fn shown(line: &str) -> Vec<String> {
        let text = problems(line);
        let is_shown = |line: &&str| line.starts_with("error") || line.contains(" | ");
        let lines = text.lines().filter(is_shown);
        lines
            .filter(|line| !line.contains(['^']) && !line.ends_with("---"))
            .map(str::to_owned)
            .collect()
    }

    #[test]
    fn conflict_is_reported_once_with_both_positions() {
        assert_eq!(
            shown("--shell 'date; ls' --tty -- ls -l"),
            [
                "error[flags-together]: cannot combine --shell with a command after --",
                "1 | --shell date; ls",
                "2 | -- ls -l",
            ]
        );
        assert_eq!(
            shown("--command --entrypoint ls -- -l"),
            [
                "error[flags-together]: cannot combine --entrypoint with --command",
                "1 | --entrypoint ls",
                "2 | --command",
            ]
        );
        assert_eq!(
            shown("--command"),
            [
                "error[flags-together]: --command requires a command after --",
                "1 | --command",
            ]
        );
    }
}

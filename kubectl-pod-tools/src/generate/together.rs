//! Flags that contradict each other, and flags that say nothing alone: both
//! stand in the flags' rows.

use std::sync::Arc;

use pod_model::{FieldPath, Finding, Source, Span};

use super::flag::{ARGUMENTS, Flag, Typed};
use crate::render::Placed;

/// Two that do not go together, or one that misses another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Discord {
    /// The flag it is told at, by its number.
    pub flag: usize,
    /// The one that it contradicts; `Some(None)` is what stands behind `--`.
    pub against: Option<Option<usize>>,
    /// What to say.
    pub message: String,
    /// The way out.
    pub help: String,
}

/// Everything among the flags that does not go together. `dashes` is what
/// stands before a name: nothing among the words of a container.
pub(super) fn discords(flags: &[&'static Flag], has_arguments: bool, dashes: &str) -> Vec<Discord> {
    let find = |name: &str| -> Option<Option<usize>> {
        match name {
            ARGUMENTS => has_arguments.then_some(None),
            _ => flags.iter().position(|flag| flag.name == name).map(Some),
        }
    };
    let call = |name: &str| match name {
        ARGUMENTS => "what stands behind --".to_owned(),
        _ => format!("{dashes}{name}"),
    };
    let mut found: Vec<Discord> = Vec::new();
    for (number, flag) in flags.iter().enumerate() {
        for other in flag.conflicts {
            let Some(against) = find(other) else { continue };
            let is_known = |known: &Discord| {
                Some(known.flag) == against && known.against == Some(Some(number))
            };
            if !found.iter().any(is_known) {
                found.push(Discord {
                    flag: number,
                    against: Some(against),
                    message: format!(
                        "{} and {} contradict each other",
                        call(flag.name),
                        call(other)
                    ),
                    help: "leave out one of them".to_owned(),
                });
            }
        }
        if !flag.needs.is_empty() && flag.needs.iter().all(|name| find(name).is_none()) {
            let needs: Vec<_> = flag.needs.iter().map(|name| call(name)).collect();
            found.push(Discord {
                flag: number,
                against: None,
                message: format!(
                    "{} says nothing without {}",
                    call(flag.name),
                    needs.join(" or ")
                ),
                help: format!(
                    "add {}, or leave out {}",
                    needs.join(" or "),
                    call(flag.name)
                ),
            });
        }
    }
    found
}

/// The same for what was typed, each with both places.
pub(super) fn check(typed: &[Typed], arguments: &[String]) -> Vec<Placed> {
    let flags: Vec<_> = typed.iter().map(|typed| typed.flag).collect();
    let discords = discords(&flags, !arguments.is_empty(), "--");
    discords
        .into_iter()
        .map(|discord| placed(typed, arguments, discord))
        .collect()
}

fn placed(typed: &[Typed], arguments: &[String], discord: Discord) -> Placed {
    let line = |number: usize| typed[number].to_string();
    let first = line(discord.flag);
    let second = discord.against.map(|against| match against {
        Some(number) => line(number),
        None => format!("-- {}", arguments.join(" ")),
    });
    let text = match &second {
        Some(second) => format!("{first}\n{second}"),
        None => first.clone(),
    };
    let source = Arc::new(Source::new("command line", text));
    let whole = source.text().len();
    let mut finding = Finding::error("flags-together", FieldPath::root(), discord.message)
        .at(Some(source.location(Span::new(0, first.len()))))
        .help(discord.help);
    if second.is_some() {
        let at = source.location(Span::new(first.len() + 1, whole));
        finding = finding.related("", at);
    }
    Placed {
        finding,
        source: Some(source),
        object: String::new(),
    }
}

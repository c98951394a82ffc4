//! Patterns such as `manifests/a*.yaml`, which kubectl expands where the shell did not.
//!
//! The grammar is that of Go's path/filepath, `Match` and `Glob`: `*`, `?`, `[a-z]`,
//! `[^a-z]`, and `\` before a character that stands for itself.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// One step of a pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Step {
    /// Any characters, or none.
    Run,
    /// Any one character.
    One,
    /// This character.
    Literal(char),
    /// A character of the class, or of none of the class.
    Class {
        negated: bool,
        ranges: Vec<(char, char)>,
    },
}

/// Returns whether a name contains characters of a pattern.
pub(super) fn is_pattern(text: &str) -> bool {
    text.contains(['*', '?', '[', '\\'])
}

/// Returns the matches of a pattern, in the order of their names. A directory that cannot be
/// read has none, as in Go.
///
/// # Errors
/// A pattern that ends within a class or after a `\`.
pub(super) fn expand(pattern: &str) -> Result<Vec<PathBuf>, &'static str> {
    let components: Vec<&str> = pattern.split('/').collect();
    let first = components
        .iter()
        .position(|component| is_pattern(component));
    let (fixed, rest) = components.split_at(first.unwrap_or(components.len()));
    let start = match fixed {
        [] => String::new(),
        // The first component of an absolute path is empty.
        fixed => fixed.join("/") + "/",
    };
    let steps: Result<Vec<Vec<Step>>, _> = rest.iter().map(|component| parse(component)).collect();
    let mut found = vec![PathBuf::from(start)];
    for steps in steps? {
        found = found.iter().flat_map(|dir| matching(dir, &steps)).collect();
    }
    Ok(found)
}

/// Returns the matching entries of a directory, in the order of their names.
fn matching(dir: &Path, steps: &[Step]) -> Vec<PathBuf> {
    let read = if dir.as_os_str().is_empty() {
        Path::new(".")
    } else {
        dir
    };
    let entries = fs::read_dir(read).and_then(Iterator::collect::<io::Result<Vec<_>>>);
    let names = entries.unwrap_or_default().into_iter();
    let mut names: Vec<_> = names
        .map(|entry| entry.file_name())
        .filter(|name| is_match(steps, &name.to_string_lossy()))
        .collect();
    names.sort();
    names.into_iter().map(|name| dir.join(name)).collect()
}

fn parse(component: &str) -> Result<Vec<Step>, &'static str> {
    const ESCAPE: &str = "a character is expected after `\\`";
    let mut chars = component.chars().peekable();
    let mut steps = Vec::new();
    while let Some(c) = chars.next() {
        steps.push(match c {
            '*' => Step::Run,
            '?' => Step::One,
            '\\' => Step::Literal(chars.next().ok_or(ESCAPE)?),
            '[' => {
                let negated = chars.next_if_eq(&'^').is_some();
                let mut ranges = Vec::new();
                while ranges.is_empty() || chars.next_if_eq(&']').is_none() {
                    let first = class_character(&mut chars)?;
                    let last = match chars.next_if_eq(&'-') {
                        Some(_) => class_character(&mut chars)?,
                        None => first,
                    };
                    ranges.push((first, last));
                }
                Step::Class { negated, ranges }
            }
            c => Step::Literal(c),
        });
    }
    Ok(steps)
}

fn class_character(chars: &mut impl Iterator<Item = char>) -> Result<char, &'static str> {
    const CLASS: &str = "expected characters such as `[a-z]` between `[` and `]`";
    match chars.next() {
        None | Some('-' | ']') => Err(CLASS),
        Some('\\') => chars.next().ok_or(CLASS),
        Some(c) => Ok(c),
    }
}

/// Returns whether the whole name matches. Only the last `*` is retried, which limits the
/// steps to the product of both lengths.
fn is_match(steps: &[Step], name: &str) -> bool {
    let name: Vec<char> = name.chars().collect();
    let (mut step, mut at) = (0, 0);
    let mut last_run: Option<(usize, usize)> = None;
    while at < name.len() {
        match steps.get(step) {
            Some(Step::Run) => {
                last_run = Some((step, at));
                step += 1;
            }
            Some(one) if accepts(one, name[at]) => {
                step += 1;
                at += 1;
            }
            _ => match &mut last_run {
                Some((run, from)) => {
                    *from += 1;
                    (step, at) = (*run + 1, *from);
                }
                None => return false,
            },
        }
    }
    steps[step..].iter().all(|step| *step == Step::Run)
}

fn accepts(step: &Step, c: char) -> bool {
    match step {
        Step::Run | Step::One => true,
        Step::Literal(literal) => *literal == c,
        Step::Class { negated, ranges } => {
            let is_in = ranges
                .iter()
                .any(|(first, last)| (first..=last).contains(&&c));
            is_in != *negated
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names_match(pattern: &str, name: &str) -> bool {
        is_match(&parse(pattern).unwrap(), name)
    }

    #[test]
    fn a_name_matches_as_a_whole() {
        for (pattern, name) in [
            ("*", ""),
            ("*", ".hidden"),
            ("a*b*c", "a-b-b-c"),
            ("*.yaml", ".yaml"),
            ("a?c", "aäc"),
            ("[a-c]*", "b"),
            ("[^a-c]", "d"),
            ("[\\]]", "]"),
            ("a\\*", "a*"),
            ("[a*]b", "*b"),
            ("**a", "bca"),
        ] {
            assert!(names_match(pattern, name), "{pattern} {name}");
        }
        for (pattern, name) in [
            ("a*b", "a-b-c"),
            ("?", ""),
            ("?", "ab"),
            ("[^a]", "a"),
            ("[c-a]", "b"),
            ("[!a]", "b"),
            ("*.yaml", "a.YAML"),
            ("a\\*", "ab"),
            ("{a,b}", "a"),
        ] {
            assert!(!names_match(pattern, name), "{pattern} {name}");
        }
    }

    #[test]
    fn incomplete_class_or_escape_is_an_error() {
        for pattern in [
            "[", "[a", "[]", "[]a]", "[a-]", "[-a]", "[^]", "a\\", "[\\", "[a-\\",
        ] {
            assert!(parse(pattern).is_err(), "{pattern}");
        }
    }

    #[test]
    fn many_stars_cost_little() {
        let pattern = "*a".repeat(50) + "b";
        assert!(!names_match(&pattern, &"a".repeat(255)));
    }
}

//! Splits the text of an environment into variables.

use std::collections::{HashMap, HashSet};

use pod_model::names;

use crate::report::EnvVar;

/// Separator of the variables that were read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Separator {
    /// NUL, as in `/proc/PID/environ`: nothing is lost.
    Nul,
    /// A line feed, as of `printenv`: a value of several lines looks like several
    /// variables, unless it is the expected one.
    LineFeed,
}

/// One variable that was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Entry<'a> {
    pub(super) name: &'a [u8],
    /// The value, or `None` if its end is ambiguous.
    pub(super) value: Option<&'a [u8]>,
    /// True if it follows a Secret's value with an ambiguous end, so that it may be a part
    /// of it.
    pub(super) tainted: bool,
}

/// Names that the runtime sets, whether the image does or not.
pub(super) const RUNTIME: &[&str] = &["HOME", "HOSTNAME", "PATH", "TERM"];

/// An environment, cut into variables.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Environ<'a> {
    pub(super) entries: Vec<Entry<'a>>,
    /// Number of lines that may be variables or parts of a value.
    pub(super) unclear: usize,
}

pub(super) fn by_nul(environ: &[u8]) -> Environ<'_> {
    let entries = environ.split(|byte| *byte == 0).filter_map(|entry| {
        let (name, value) = at_equals(entry)?;
        Some(Entry {
            name,
            value: Some(value),
            tainted: false,
        })
    });
    Environ {
        entries: entries.collect(),
        unclear: 0,
    }
}

fn at_equals(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let equals = text.iter().position(|byte| *byte == b'=')?;
    Some((&text[..equals], &text[equals + 1..]))
}

/// Splits lines into variables. A line certainly begins one if the variable before it has
/// exactly the expected value, and almost certainly if it begins with a known name that no
/// other line begins with. Any other line may be a part of the value before it: the end of
/// a key in Base64 looks like a name with a `=`.
pub(super) fn by_lines<'a>(
    environ: &'a [u8],
    expected: &[&EnvVar],
    known: &HashSet<&[u8]>,
    may_be_secret: impl Fn(&[u8]) -> bool,
) -> Environ<'a> {
    let mut values: HashMap<&[u8], Vec<&[u8]>> = HashMap::new();
    for entry in expected {
        if let Some(value) = &entry.bytes {
            let values = values.entry(entry.name.as_bytes()).or_default();
            values.push(value.bytes());
        }
    }
    let mut lines_of: HashMap<&[u8], usize> = HashMap::new();
    for (name, _) in environ.split(|byte| *byte == b'\n').filter_map(at_equals) {
        *lines_of.entry(name).or_default() += 1;
    }
    let mut cut = Cutter::default();
    let mut at = 0;
    while at < environ.len() {
        let rest = &environ[at..];
        let line = &rest[..end_of_line(rest)];
        let Some((name, _)) = at_equals(line) else {
            at += cut.go_on(line.len());
            continue;
        };
        let begin = at + name.len() + 1;
        let as_expected = values.get(name).into_iter().flatten().find(|value| {
            let end = begin + value.len();
            environ[begin..].starts_with(value) && may_end(&environ[end..])
        });
        if let Some(value) = as_expected {
            cut.close(environ);
            cut.push(name, Some(value_at(environ, begin, value.len())));
            cut.certain = true;
            at = begin + value.len() + 1;
            continue;
        }
        let plausible = std::str::from_utf8(name).is_ok_and(|name| names::env_name(name).is_none());
        let certain = cut.certain && !cut.tainted && plausible;
        if certain || (known.contains(name) && lines_of.get(name) == Some(&1)) {
            cut.close(environ);
            cut.open = Some(Open {
                name,
                begin,
                end: at + line.len(),
                clear: true,
            });
            cut.secret_is_open = may_be_secret(name);
            cut.certain = false;
            at += line.len() + 1;
        } else if plausible {
            cut.doubt();
            at += line.len() + 1;
        } else {
            at += cut.go_on(line.len());
        }
    }
    cut.close(environ);
    cut.found
}

/// Returns whether a value may end before this text: a line that is no variable continues
/// the value.
fn may_end(after: &[u8]) -> bool {
    match after.split_first() {
        None => true,
        Some((b'\n', next)) => next.is_empty() || next[..end_of_line(next)].contains(&b'='),
        Some(_) => false,
    }
}

fn end_of_line(text: &[u8]) -> usize {
    text.iter().position(|b| *b == b'\n').unwrap_or(text.len())
}

fn value_at(environ: &[u8], begin: usize, length: usize) -> &[u8] {
    &environ[begin..begin + length]
}

struct Open<'a> {
    name: &'a [u8],
    /// Offsets of its value: the start, and the end so far.
    begin: usize,
    end: usize,
    /// True if its end is unambiguous.
    clear: bool,
}

struct Cutter<'a> {
    found: Environ<'a>,
    open: Option<Open<'a>>,
    secret_is_open: bool,
    /// True if the next line certainly begins a variable.
    certain: bool,
    tainted: bool,
}

impl Default for Cutter<'_> {
    fn default() -> Self {
        Self {
            found: Environ::default(),
            open: None,
            secret_is_open: false,
            certain: true,
            tainted: false,
        }
    }
}

impl<'a> Cutter<'a> {
    fn push(&mut self, name: &'a [u8], value: Option<&'a [u8]>) {
        self.found.entries.push(Entry {
            name,
            value,
            tainted: self.tainted,
        });
    }

    /// Ends the open variable before this line.
    fn close(&mut self, environ: &'a [u8]) {
        if let Some(open) = self.open.take() {
            let value = &environ[open.begin..open.end];
            self.push(open.name, open.clear.then_some(value));
            self.tainted |= self.secret_is_open;
        }
    }

    /// Adds a line that begins no variable to the open one, and returns the number of bytes
    /// to skip.
    fn go_on(&mut self, length: usize) -> usize {
        self.certain = false;
        match &mut self.open {
            Some(open) if open.clear => open.end += 1 + length,
            Some(_) => {}
            None => self.found.unclear += 1,
        }
        length + 1
    }

    /// Skips a line that may or may not begin a variable.
    fn doubt(&mut self) {
        self.certain = false;
        self.found.unclear += 1;
        if let Some(open) = &mut self.open {
            open.clear = false;
        }
    }
}

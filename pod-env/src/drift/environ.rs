//! The environment as it was read, cut into variables.

use std::collections::{HashMap, HashSet};

use pod_model::names;

use crate::report::EnvVar;

/// How the variables that were read are parted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Separator {
    /// By NUL, as in `/proc/PID/environ`: nothing is lost.
    Nul,
    /// By line feeds, as `printenv` does it: a value of several lines can only
    /// be told from several variables where it is as expected.
    LineFeed,
}

/// One variable that was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Entry<'a> {
    pub(super) name: &'a [u8],
    /// None where nobody can say where it ends.
    pub(super) value: Option<&'a [u8]>,
    /// Whether it stands behind a Secret's value of which nobody can say where
    /// it ends, so that it may be a part of it.
    pub(super) tainted: bool,
}

/// Names that the runtime sets, whether the image does or not.
pub(super) const RUNTIME: &[&str] = &["HOME", "HOSTNAME", "PATH", "TERM"];

/// An environment, cut into variables.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Environ<'a> {
    pub(super) entries: Vec<Entry<'a>>,
    /// How many lines may be variables or parts of a value.
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

/// Cuts lines into variables. A line begins one for certain where the variable
/// before it is to the byte as expected, and as good as for certain where it
/// begins with a name that is known and that no other line begins with. Any
/// other line may as well be a part of the value before it: the end of a key
/// in Base64 looks like a name with a `=`.
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

/// Whether a value may end before this: what is no variable goes on with it.
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
    /// Where its value begins, and ends as far as was seen.
    begin: usize,
    end: usize,
    /// Whether it is clear where it ends.
    clear: bool,
}

struct Cutter<'a> {
    found: Environ<'a>,
    open: Option<Open<'a>>,
    secret_is_open: bool,
    /// Whether the next line begins a variable.
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

    /// The variable that is open ends before this line.
    fn close(&mut self, environ: &'a [u8]) {
        if let Some(open) = self.open.take() {
            let value = &environ[open.begin..open.end];
            self.push(open.name, open.clear.then_some(value));
            self.tainted |= self.secret_is_open;
        }
    }

    /// A line that begins no variable belongs to the one that is open; how far
    /// to go.
    fn go_on(&mut self, length: usize) -> usize {
        self.certain = false;
        match &mut self.open {
            Some(open) if open.clear => open.end += 1 + length,
            Some(_) => {}
            None => self.found.unclear += 1,
        }
        length + 1
    }

    /// A line that may begin a variable, and may not.
    fn doubt(&mut self) {
        self.certain = false;
        self.found.unclear += 1;
        if let Some(open) = &mut self.open {
            open.clear = false;
        }
    }
}

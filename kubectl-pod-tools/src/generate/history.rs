//! The flags that were written, to show a finding about a field at the flag that wrote the field.

use std::cell::{Cell, OnceCell};
use std::ops::Range;
use std::sync::Arc;

use pod_model::{FieldPath, Finding, Source, Span, rules};
use serde_json::Value;

use super::draft::Draft;
use super::flag::Typed;
use super::fragment::{Fragment, ValueError};
use super::object::to_value;
use super::origins::Origins;
use super::replay::{Steps, Written, write_all};
use crate::render::LocatedFinding;

/// Lookups by bisection, after which the origins of all fields are recorded once: each lookup
/// writes all flags again.
const BISECTIONS: usize = 16;

/// Flags in the order in which they are written: all into the draft, then those that change the
/// finished object.
pub(super) struct History {
    typed: Vec<Typed>,
    /// The draft before the first flag.
    start: Draft,
    /// Indexes of the flags that were written into the draft.
    written: Vec<usize>,
    /// The object before the first change.
    finished: Value,
    /// Indexes of the flags that changed the object.
    changed: Vec<usize>,
    lookups: Cell<usize>,
    /// Origins of all fields.
    complete: OnceCell<Origins>,
}

/// Writes all flags into a copy of the draft.
pub(super) fn write_flags(start: &Draft, typed: &[Typed]) -> Written<Draft> {
    write_all(start, 0..typed.len(), |draft, at| write(draft, &typed[at]))
}

/// Changes a copy of the object by the flags that do so.
pub(super) fn change_object(object: &Value, typed: &[Typed]) -> Written<Value> {
    let steps = (0..typed.len()).filter(|at| typed[*at].flag.change.is_some());
    write_all(object, steps, |object, at| change(object, &typed[at]))
}

fn write(draft: &mut Draft, typed: &Typed) -> Result<(), ValueError> {
    (typed.flag.write)(draft, Fragment::whole(&typed.text))
}

fn change(object: &mut Value, typed: &Typed) -> Result<(), ValueError> {
    match typed.flag.change {
        Some(change) => change(object, Fragment::whole(&typed.text)),
        None => Ok(()),
    }
}

impl History {
    pub(super) fn new(
        typed: &[Typed],
        start: Draft,
        written: Vec<usize>,
        finished: Value,
        changed: Vec<usize>,
    ) -> Self {
        Self {
            typed: typed.to_vec(),
            start,
            written,
            finished,
            changed,
            lookups: Cell::new(0),
            complete: OnceCell::new(),
        }
    }

    /// Returns the last flag that wrote a field.
    fn origin(&self, path: &FieldPath) -> Option<usize> {
        let lookups = self.lookups.get();
        self.lookups.set(lookups + 1);
        if lookups < BISECTIONS {
            return self.origins(Some(path)).of(path).first().copied();
        }
        let complete = self.complete.get_or_init(|| self.origins(None));
        complete.of(path).first().copied()
    }

    /// Returns the origins of a field, or of all fields.
    fn origins(&self, path: Option<&FieldPath>) -> Origins {
        let mut origins = Origins::default();
        let writes = Steps {
            start: &self.start,
            order: &self.written,
            write: &|draft, at| write(draft, &self.typed[at]),
            to_value: &to_value,
        };
        writes.record_origins(path, &mut origins);
        let changes = Steps {
            start: &self.finished,
            order: &self.changed,
            write: &|object, at| change(object, &self.typed[at]),
            to_value: &Value::clone,
        };
        changes.record_origins(path, &mut origins);
        origins
    }

    /// Locates a finding at the flag that wrote its field, or returns `None` if none did.
    pub(super) fn attribute(&self, finding: &Finding) -> Option<LocatedFinding> {
        let typed = self.typed.get(self.origin(&finding.path)?)?;
        let locate = typed.flag.locate;
        let range = locate.and_then(|locate| locate(Fragment::whole(&typed.text), &finding.path));
        let range = range.unwrap_or(0..typed.text.len());
        let mut placed = place(typed, range, finding.clone());
        if placed.finding.label.is_none() {
            placed.finding.label = Some(finding.path.to_string());
        }
        if placed.finding.help.is_none() {
            placed.finding.help = example(typed);
        }
        Some(placed)
    }
}

/// Returns a finding without a position.
pub(super) fn without_place(finding: Finding) -> LocatedFinding {
    LocatedFinding {
        finding: finding.at(None),
        source: None,
        object: String::new(),
    }
}

/// Locates an error at its part of the flag's value, or in the file that the value names.
pub(super) fn locate_error(typed: &Typed, error: ValueError) -> LocatedFinding {
    let mut finding = Finding::new(&rules::FLAG_VALUE, FieldPath::root(), error.message);
    if let Some((source, span)) = error.in_file {
        finding.help = error.help;
        finding.location = Some(source.location(span));
        return LocatedFinding {
            finding,
            source: Some(source),
            object: String::new(),
        };
    }
    finding.help = error.help.or_else(|| example(typed));
    place(typed, error.range, finding)
}

fn example(typed: &Typed) -> Option<String> {
    typed.flag.value?;
    Some(format!("for example: {}", typed.flag.example_words()))
}

/// Locates a finding at a part of the typed flag.
fn place(typed: &Typed, range: Range<usize>, mut finding: Finding) -> LocatedFinding {
    let flag = typed.flag.typed();
    let (text, span) = match typed.flag.value {
        Some(_) => {
            let start = flag.len() + 1;
            let span = Span::new(start + range.start, start + range.end);
            (format!("{flag} {}", typed.text), span)
        }
        // A switch is underlined as a whole.
        None => {
            let span = Span::new(0, flag.len());
            (flag, span)
        }
    };
    let source = Arc::new(Source::new("command line", text));
    finding.location = Some(source.location(span));
    LocatedFinding {
        finding,
        source: Some(source),
        object: String::new(),
    }
}

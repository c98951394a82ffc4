//! The way from the text in the manifest to the value, step by step.

use std::collections::HashSet;

use serde::Serialize;

use crate::report::{ContainerEnv, EnvVar, Reference, ReferenceStatus, SourceKind, Status};

/// One step on the way to a value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TraceStep {
    /// How deep: 0 for the variable itself, 1 for what it refers to.
    pub depth: usize,
    /// The variable or reference that the step is about.
    pub name: String,
    /// The step as a sentence, with values masked as in the report.
    pub text: String,
    /// The entry of `env` that it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub entry: Option<usize>,
}

/// The steps to the value of a name in a container; none when the name is not
/// there. A name that was set more than once is told from its first definition
/// on.
pub fn trace(container: &ContainerEnv, name: &str) -> Option<Vec<TraceStep>> {
    let mut tracer = Tracer {
        container,
        steps: Vec::new(),
        followed: HashSet::new(),
    };
    let entries = container.env.iter().enumerate();
    for (at, entry) in entries.filter(|(_, entry)| entry.name == name) {
        tracer.follow(at, entry, 0);
        let result = match &entry.unknown {
            Some(why) if entry.value.is_none() => match why.strip_prefix("not known, ") {
                Some(why) => format!("is not known, {why}"),
                None => format!("is not known: {why}"),
            },
            _ => format!("is {}", value(entry)),
        };
        tracer.push(0, &entry.name, result, Some(at));
        if let Some(rank) = tracer.rank(entry) {
            tracer.push(0, &entry.name, rank, Some(at));
        }
    }
    (!tracer.steps.is_empty()).then_some(tracer.steps)
}

/// A variable refers to what stands before it, so this comes to an end; it is
/// cut where nobody would read on.
const STEPS_MAX: usize = 1000;

struct Tracer<'a> {
    container: &'a ContainerEnv,
    steps: Vec<TraceStep>,
    /// The entries whose references were told.
    followed: HashSet<usize>,
}

impl Tracer<'_> {
    fn push(&mut self, depth: usize, name: &str, text: String, entry: Option<usize>) {
        let text = match self.steps.len() {
            ..STEPS_MAX => text,
            STEPS_MAX => "more steps are left out".to_owned(),
            _ => return,
        };
        self.steps.push(TraceStep {
            depth,
            name: name.to_owned(),
            text,
            entry,
        });
    }

    /// Where it comes from, and what its references come to.
    fn follow(&mut self, at: usize, entry: &EnvVar, depth: usize) {
        if self.steps.len() > STEPS_MAX {
            return;
        }
        self.push(depth, &entry.name, self.origin(entry), Some(at));
        if !self.followed.insert(at) && !entry.references.is_empty() {
            let text = "its references are told above".to_owned();
            self.push(depth, &entry.name, text, Some(at));
            return;
        }
        for reference in &entry.references {
            let definition = reference
                .definition
                .and_then(|at| Some((at, self.container.env.get(at)?)));
            let text = became(reference, definition.map(|(_, of)| of));
            let target = definition.map(|(at, _)| at);
            self.push(depth, &reference.name, text, target);
            if let Some((target, of)) = definition.filter(|(target, _)| *target != at) {
                self.follow(target, of, depth + 1);
            }
        }
    }

    /// Who sets it, and where.
    fn origin(&self, entry: &EnvVar) -> String {
        let place = self.place(entry);
        let what = self.what(entry);
        let source = &entry.source;
        let read_at = match &source.origin {
            Some(origin) => format!(" ({})", line_of(origin)),
            None => String::new(),
        };
        match source.kind {
            SourceKind::Literal => match &entry.raw {
                Some(raw) => format!("{place} writes {raw:?}"),
                None => format!("{place} names no source"),
            },
            SourceKind::ServiceLink | SourceKind::Runtime => format!("{what}{read_at} sets it"),
            SourceKind::Field if entry.path.is_none() => {
                format!("the Job controller takes {what}")
            }
            _ => format!("{place} takes {what}{read_at}"),
        }
    }

    /// Returns its source, to be named in a sentence.
    fn what(&self, entry: &EnvVar) -> String {
        let source = &entry.source;
        let [name, key, path] = [&source.name, &source.key, &source.path]
            .map(|part| part.as_deref().unwrap_or_default().escape_debug());
        match source.kind {
            SourceKind::Literal => self.place(entry),
            SourceKind::ConfigMap => format!("configmap/{name}[{key}]"),
            SourceKind::Secret => format!("secret/{name}[{key}]"),
            SourceKind::Field => format!("field `{path}`"),
            SourceKind::Resource if source.name.is_some() => {
                format!("`{path}` of container `{name}`")
            }
            SourceKind::Resource => format!("`{path}`"),
            SourceKind::File => format!("`{key}` of file `{path}` in volume `{name}`"),
            SourceKind::ServiceLink => format!("service/{name}"),
            SourceKind::Runtime if source.path.as_deref() == Some("image") => {
                "the image".to_owned()
            }
            SourceKind::Runtime => "the runtime".to_owned(),
        }
    }

    /// Where the manifest sets it: its line, or its place in a live container.
    fn place(&self, entry: &EnvVar) -> String {
        if let Some(location) = &entry.location {
            return format!("{}:{}", location.file, location.line);
        }
        let Some(path) = &entry.path else {
            return "the manifest".to_owned();
        };
        let (path, container) = (path.to_string(), self.container.path.to_string());
        let inside = path.strip_prefix(&container).unwrap_or(&path);
        inside.trim_start_matches('.').to_owned()
    }

    /// Returns the steps by which it is overridden, or overrides others.
    fn rank(&self, entry: &EnvVar) -> Option<String> {
        if entry.status == Status::Skipped {
            return Some("is left out".to_owned());
        }
        let by = entry
            .overridden_by
            .and_then(|at| self.container.env.get(at));
        if let Some(by) = by {
            return Some(format!("is overridden by {}", self.what(by)));
        }
        let overridden = entry.overrides.iter();
        let named = overridden.filter_map(|at| Some(self.what(self.container.env.get(*at)?)));
        let named: Vec<String> = named.collect();
        (!named.is_empty()).then(|| format!("overrides {}", named.join(" and ")))
    }
}

/// An origin without its column: the line of the key or object is what is meant.
fn line_of(origin: &str) -> &str {
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let before_number = |text: &str| {
        let (before, number) = text.rsplit_once(':')?;
        is_number(number).then_some(before.len())
    };
    match before_number(origin) {
        Some(end) if before_number(&origin[..end]).is_some() => &origin[..end],
        _ => origin,
    }
}

/// Returns the result of a reference.
fn became(reference: &Reference, definition: Option<&EnvVar>) -> String {
    let name = reference.name.escape_debug();
    match reference.status {
        ReferenceStatus::Escaped if reference.name == "$" => "`$$` becomes `$`".to_owned(),
        ReferenceStatus::Escaped => format!("`$$({name})` becomes `$({name})`"),
        ReferenceStatus::Undefined => format!("`$({name})` is not defined before it, and stays"),
        ReferenceStatus::Unknown => format!("`$({name})` becomes what is not known"),
        ReferenceStatus::Expanded => {
            let value = definition.map_or_else(String::new, value);
            format!("`$({name})` becomes {value}")
        }
    }
}

fn value(entry: &EnvVar) -> String {
    match (&entry.value, &entry.unknown) {
        (Some(value), _) => format!("{value:?}"),
        (None, Some(why)) => why.clone(),
        (None, None) => "not set".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::line_of;

    #[test]
    fn an_origin_is_told_by_its_line() {
        for (origin, line) in [
            ("f.yaml:3:5", "f.yaml:3"),
            ("f.yaml:30:15", "f.yaml:30"),
            ("f.yaml:3", "f.yaml:3"),
            ("f.yaml", "f.yaml"),
            ("a:1:2:3", "a:1:2"),
            ("a:b:3", "a:b:3"),
            ("a:3:", "a:3:"),
            ("a::3", "a::3"),
            ("configmap/c in the cluster", "configmap/c in the cluster"),
            ("", ""),
        ] {
            assert_eq!(line_of(origin), line, "{origin}");
        }
    }
}

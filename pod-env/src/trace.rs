//! Traces a variable from the manifest to its value, step by step.

use std::collections::HashSet;

use pod_model::prose;
use serde::Serialize;

use crate::report::{ContainerEnv, EnvVar, Reference, ReferenceStatus, SourceKind, Status};

/// One step on the way to a value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TraceStep {
    /// Depth: 0 for the variable itself, 1 for the variables that it refers to.
    pub depth: usize,
    /// The variable or reference that the step is about.
    pub name: String,
    /// The step as a sentence, with values masked as in the report.
    pub text: String,
    /// Index of the entry of `env`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub entry: Option<usize>,
}

/// Returns the steps to the value of a variable in a container, or `None` if the
/// container does not have it. If it is set more than once, the steps begin with the
/// first definition.
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
            Some(why) if entry.value.is_none() => format!("is unknown: {why}"),
            _ => format!("is {}", value(entry)),
        };
        tracer.push(0, &entry.name, result, Some(at));
        if let Some(rank) = tracer.rank(entry) {
            tracer.push(0, &entry.name, rank, Some(at));
        }
    }
    (!tracer.steps.is_empty()).then_some(tracer.steps)
}

/// Maximum number of steps. References lead to earlier variables only, so a trace ends,
/// but it can be very long.
const STEPS_MAX: usize = 1000;

struct Tracer<'a> {
    container: &'a ContainerEnv,
    steps: Vec<TraceStep>,
    /// The entries whose references are in the steps already.
    followed: HashSet<usize>,
}

impl Tracer<'_> {
    fn push(&mut self, depth: usize, name: &str, text: String, entry: Option<usize>) {
        let text = match self.steps.len() {
            ..STEPS_MAX => text,
            STEPS_MAX => "more steps omitted".to_owned(),
            _ => return,
        };
        self.steps.push(TraceStep {
            depth,
            name: name.to_owned(),
            text,
            entry,
        });
    }

    /// Adds the origin of a variable and the results of its references.
    fn follow(&mut self, at: usize, entry: &EnvVar, depth: usize) {
        if self.steps.len() > STEPS_MAX {
            return;
        }
        self.push(depth, &entry.name, self.origin(entry), Some(at));
        if !self.followed.insert(at) && !entry.references.is_empty() {
            let text = "see its references above".to_owned();
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

    /// Returns the source of a variable and its place, as a sentence.
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
                Some(raw) => format!("{place} sets {raw:?}"),
                None => format!("{place} names no source"),
            },
            SourceKind::ServiceLink | SourceKind::Runtime => format!("set by {what}{read_at}"),
            SourceKind::Field if entry.path.is_none() => {
                format!("set by the Job controller from {what}")
            }
            _ => format!("{place} reads {what}{read_at}"),
        }
    }

    /// Returns the source of a variable, as a noun.
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

    /// Returns the line of the manifest, or the path in a live container.
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

    /// Returns the definitions that it overrides or is overridden by, as a sentence.
    fn rank(&self, entry: &EnvVar) -> Option<String> {
        if entry.status == Status::Skipped {
            return Some("is skipped".to_owned());
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
        (!named.is_empty()).then(|| format!("overrides {}", prose::list(&named)))
    }
}

/// Returns an origin without its column.
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
        ReferenceStatus::Undefined => {
            format!("`$({name})` is not defined before it and stays as it is")
        }
        ReferenceStatus::Unknown => format!("`$({name})` is unknown"),
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
    fn origin_is_shown_without_its_column() {
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

//! The way from the text in the manifest to the value, step by step.

use serde::Serialize;

use crate::report::{ContainerEnv, EnvVar, ReferenceStatus};

/// One step on the way to a value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TraceStep {
    /// How deep: 0 for the variable itself, 1 for what it refers to.
    pub depth: usize,
    /// The variable or reference that the step is about.
    pub name: String,
    /// What happens, with values masked as in the report.
    pub text: String,
    /// The entry of `env` that it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub entry: Option<usize>,
}

/// The steps to the value of a name in a container; none when the name is not
/// there. A name that was set more than once is told from its first definition
/// on.
pub fn trace(container: &ContainerEnv, name: &str) -> Option<Vec<TraceStep>> {
    let mut steps = Vec::new();
    let entries = container.env.iter().enumerate();
    for (at, entry) in entries.filter(|(_, entry)| entry.name == name) {
        follow(container, at, entry, 0, &mut steps);
    }
    (!steps.is_empty()).then_some(steps)
}

/// A variable refers to what stands before it, so this comes to an end; a
/// value of many references, each of many, is cut where nobody would read on.
const STEPS_MAX: usize = 1000;

fn follow(
    container: &ContainerEnv,
    at: usize,
    entry: &EnvVar,
    depth: usize,
    steps: &mut Vec<TraceStep>,
) {
    if steps.len() >= STEPS_MAX {
        return;
    }
    let step = |name: &str, text: String, entry| TraceStep {
        depth,
        name: name.to_owned(),
        text,
        entry,
    };
    if let Some(raw) = &entry.raw {
        steps.push(step(&entry.name, format!("is written {raw:?}"), Some(at)));
    }
    for reference in &entry.references {
        let definition = reference
            .definition
            .and_then(|at| Some((at, container.env.get(at)?)));
        let text = match reference.status {
            ReferenceStatus::Escaped => "`$$` becomes `$`".to_owned(),
            ReferenceStatus::Undefined => {
                format!("`$({})` is not defined, and stays", reference.name)
            }
            ReferenceStatus::Unknown => format!("the value of `{}` is not known", reference.name),
            ReferenceStatus::Expanded => format!(
                "`$({})` becomes {}",
                reference.name,
                definition.map_or_else(String::new, |(_, of)| value(of))
            ),
        };
        steps.push(step(
            &reference.name,
            text,
            definition.map(|(entry, _)| entry),
        ));
        if let Some((at_of, of)) = definition.filter(|(at_of, _)| *at_of != at) {
            follow(container, at_of, of, depth + 1, steps);
        }
    }
    let text = match entry.overridden_by {
        Some(_) => format!(
            "is {}, and a later definition takes its place",
            value(entry)
        ),
        None => format!("is {}", value(entry)),
    };
    steps.push(step(&entry.name, text, Some(at)));
}

fn value(entry: &EnvVar) -> String {
    match (&entry.value, &entry.unknown) {
        (Some(value), _) => format!("{value:?}"),
        (None, Some(why)) => why.clone(),
        (None, None) => "not set".to_owned(),
    }
}

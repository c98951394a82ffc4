//! The report as text: a table for each container, then the findings.

use pod_env::report::{ContainerEnv, EnvVar, Source, SourceKind, Status};

use super::collapse::collapsed_services;
use super::options::EnvOptions;
use super::report::{EnvBody, ExplainedEnv, Trace};
use super::verify::Compared;
use crate::render::{Block, Cell, LocatedFinding, Table, Tone};
use crate::targets::Target;

/// Returns the explanation of one target.
pub(super) fn blocks(explained: &ExplainedEnv, options: &EnvOptions) -> Vec<Block> {
    let ExplainedEnv { target, item } = explained;
    let mut blocks = Vec::new();
    if options.trace.is_some() {
        for trace in &item.body.traces {
            blocks.push(Block::Heading(format!(
                "{}, container {}{}",
                target.shown,
                trace.container,
                in_file(target)
            )));
            blocks.push(steps(trace));
        }
        return blocks;
    }
    for container in &item.body.env.containers {
        container_blocks(target, container, options.services, &mut blocks);
    }
    if let Some(block) = verdicts(&item.body) {
        blocks.push(Block::Heading(format!(
            "{}, running containers",
            target.shown
        )));
        blocks.push(block);
    }
    if !item.findings.is_empty() {
        let placed = item
            .findings
            .iter()
            .map(|finding| LocatedFinding::of(finding, target));
        blocks.push(Block::Findings(placed.collect()));
    }
    blocks
}

/// Returns the table of `--verify`: a line for each container.
fn verdicts(body: &EnvBody) -> Option<Block> {
    let mut table = Table::new(&["CONTAINER", "AFTER A RESTART"]);
    for verified in &body.verify {
        let (text, tone) = match verified.status {
            Compared::Same => ("the same".to_owned(), Tone::Plain),
            Compared::Drift => {
                let count = verified.differences.len();
                let s = if count == 1 { "" } else { "s" };
                (format!("{count} variable{s} would differ"), Tone::Error)
            }
            Compared::Unread => {
                let reason = verified.reason.as_deref().unwrap_or("not read");
                (format!("unknown: {reason}"), Tone::Warning)
            }
        };
        table.row(vec![
            verified.container.as_str().into(),
            Cell::new(text, tone),
        ]);
    }
    (!table.is_empty()).then_some(Block::Table(table))
}

fn container_blocks(
    target: &Target,
    container: &ContainerEnv,
    services: bool,
    blocks: &mut Vec<Block>,
) {
    let kind = container.container_type.noun();
    blocks.push(Block::Heading(format!(
        "{}, {kind} {}{}",
        target.shown,
        container.name,
        in_file(target)
    )));
    let mut table = Table::new(&["NAME", "SOURCE", "VALUE"]);
    let (collapsed, hidden) = if services {
        Default::default()
    } else {
        collapsed_services(container)
    };
    for (i, variable) in container.env.iter().enumerate() {
        if let Some(service) = collapsed.get(&i) {
            table.row(vec![
                Cell::new(format!("{}…", service.prefix), Tone::Dim),
                Cell::new(source(variable), Tone::Dim),
                Cell::new(
                    format!("{} variables (--services lists them)", service.count),
                    Tone::Dim,
                ),
            ]);
        }
        if hidden.contains(&i) {
            continue;
        }
        let tone = match variable.status {
            Status::Unresolved => Tone::Error,
            Status::Skipped | Status::Overridden => Tone::Dim,
            Status::Resolved | Status::Runtime => Tone::Plain,
        };
        table.row(vec![
            Cell::new(variable.name.clone(), tone),
            Cell::new(source(variable), Tone::Dim),
            value(variable, tone),
        ]);
        if let Some(note) = override_note(container, variable) {
            let note = Cell::new(format!("({note})"), Tone::Dim);
            table.row(vec!["".into(), "".into(), note]);
        }
    }
    for unread in &container.unread {
        let source = match unread.kind {
            // Always unknown offline.
            SourceKind::ServiceLink => "other services".to_owned(),
            kind => format!("{}/{}", source_name(kind), unread.name),
        };
        let tone = match (unread.kind, unread.reason) {
            (SourceKind::ServiceLink, "not asked") => Tone::Dim,
            _ => Tone::Warning,
        };
        table.row(vec![
            Cell::new(format!("{}…", unread.prefix), tone),
            Cell::new(source, Tone::Dim),
            Cell::new(format!("unknown: {}", unread.reason), tone),
        ]);
    }
    if !table.is_empty() {
        blocks.push(Block::Table(table));
    }
    let facts = commands_and_mounts(container);
    if !facts.is_empty() {
        blocks.push(Block::Facts(facts));
    }
}

/// Returns the command, the arguments and the mounts that have references.
fn commands_and_mounts(container: &ContainerEnv) -> Vec<(&'static str, Cell)> {
    let mut facts = Vec::new();
    for (name, words) in [("command", &container.command), ("args", &container.args)] {
        if !words.is_empty() {
            let quoted: Vec<String> = words
                .iter()
                .map(|word| pod_env::export::shell_quote(word))
                .collect();
            facts.push((name, Cell::from(quoted.join(" "))));
        }
    }
    for mount in &container.mounts {
        let (directory, tone) = match (&mount.sub_path, &mount.unknown) {
            (Some(directory), _) => (pod_env::export::shell_quote(directory), Tone::Plain),
            (None, Some(why)) if mount.status == Status::Unresolved => {
                (format!("<{why}>"), Tone::Error)
            }
            (None, why) => {
                let why = why.as_deref().unwrap_or("unknown");
                (format!("<{why}>"), Tone::Plain)
            }
        };
        let text = format!("{} from {directory} of {}", mount.mount_path, mount.name);
        facts.push(("mount", Cell::new(text, tone)));
    }
    facts
}

fn value(variable: &EnvVar, tone: Tone) -> Cell {
    let text = match (&variable.value, &variable.unknown) {
        (Some(value), _) => value.clone(),
        (None, Some(why)) => format!("<{why}>"),
        (None, None) => "<unset>".to_owned(),
    };
    Cell::new(text, tone)
}

/// Returns `, in FILE` for a target of a file.
fn in_file(target: &Target) -> String {
    match &target.id.source {
        Some(source) => format!(", in {}", source.file),
        None => String::new(),
    }
}

/// Returns the variables that one overrides, or why it has no effect. It has a line of its
/// own, so that it is not taken for a value and widens no column.
fn override_note(container: &ContainerEnv, variable: &EnvVar) -> Option<String> {
    let named = |at: &usize| Some(source(container.env.get(*at)?));
    if variable.status == Status::Skipped {
        return Some("skipped".to_owned());
    }
    if let Some(by) = variable.overridden_by.as_ref().and_then(named) {
        return Some(format!("overridden by {by}"));
    }
    let overridden: Vec<String> = variable.overrides.iter().filter_map(named).collect();
    (!overridden.is_empty()).then(|| format!("overrides {}", overridden.join(", ")))
}

/// Returns the source of a value, in short.
fn source(variable: &EnvVar) -> String {
    let Source {
        kind,
        name,
        key,
        path,
        ..
    } = &variable.source;
    let text = |part: &Option<String>| part.clone().unwrap_or_default();
    match kind {
        SourceKind::Literal => match (&variable.location, &variable.path) {
            (Some(place), _) => format!("line {}", place.line),
            // `env[2]` of a live container.
            (None, Some(path)) => {
                let path = path.to_string();
                path.rsplit('.').next().unwrap_or_default().to_owned()
            }
            (None, None) => "spec".to_owned(),
        },
        SourceKind::ConfigMap | SourceKind::Secret => {
            format!("{}/{}[{}]", source_name(*kind), text(name), text(key))
        }
        SourceKind::Field | SourceKind::Resource => text(path),
        SourceKind::File => format!("file {}", text(path)),
        SourceKind::ServiceLink => format!("service/{}", text(name)),
        SourceKind::Runtime if variable.value.is_some() && path.as_deref() == Some("image") => {
            "image".to_owned()
        }
        SourceKind::Runtime => name.clone().unwrap_or_else(|| "runtime".to_owned()),
    }
}

/// Returns the name of a kind of source, as kubectl spells it.
pub(super) fn source_name(kind: SourceKind) -> &'static str {
    match kind {
        SourceKind::ConfigMap => "configmap",
        SourceKind::Secret => "secret",
        SourceKind::Literal => "spec",
        SourceKind::Field => "field",
        SourceKind::Resource => "resource",
        SourceKind::File => "file",
        SourceKind::ServiceLink => "service",
        SourceKind::Runtime => "runtime",
    }
}

fn steps(trace: &Trace) -> Block {
    let mut table = Table::new(&["NAME", "STEP"]);
    for step in &trace.steps {
        let indent = "  ".repeat(step.depth);
        table.row(vec![
            Cell::new(format!("{indent}{}", step.name), Tone::Strong),
            step.text.clone().into(),
        ]);
    }
    Block::Table(table)
}

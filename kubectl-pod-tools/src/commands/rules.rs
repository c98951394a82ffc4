//! `rules`: lists all rules, or explains one.

use clap::Args;
use clap::builder::{PossibleValue, StringValueParser, TypedValueParser};
use pod_model::rules::{self, Example, Rule, TOPICS, Topic};
use pod_model::{Severity, nearest};
use serde::Serialize;

use super::shared::OfflineArgs;
use crate::command::Command;
use crate::context::Context;
use crate::error::{CommandError, Failure};
use crate::exit::Exit;
use crate::render::{Block, Cell, Format, Formats, Table, Tone, to_structured, to_text};
use crate::report::API_VERSION;
use crate::ui::Layout;

/// Arguments of `rules`.
#[derive(Args, Clone, Debug)]
#[command(after_help = "Examples:
  # List all rules
  kubectl pod-tools rules

  # Explain a rule
  kubectl pod-tools rules unresolved-reference")]
pub(crate) struct RulesArgs {
    /// Id of a rule, such as unknown-field
    #[arg(value_name = "ID", value_parser = RuleId, hide_possible_values = true)]
    id: Option<String>,

    /// Output format
    #[arg(help_heading = "Output", short, long, value_parser = FORMATS, value_name = "FORMAT")]
    output: Option<Format>,

    #[command(flatten)]
    _offline: OfflineArgs,
}

/// Formats of `-o`.
const FORMATS: Formats = Formats(&[(Format::Json, "JSON"), (Format::Yaml, "YAML")]);

/// Parser that accepts any text and completes ids: the command itself suggests the nearest.
#[derive(Clone, Copy, Debug)]
struct RuleId;

impl TypedValueParser for RuleId {
    type Value = String;

    fn parse_ref(
        &self,
        command: &clap::Command,
        arg: Option<&clap::Arg>,
        value: &std::ffi::OsStr,
    ) -> Result<String, clap::Error> {
        StringValueParser::new().parse_ref(command, arg, value)
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        let rules = rules::all().map(|rule| PossibleValue::new(rule.id).help(rule.title));
        Some(Box::new(rules))
    }
}

impl Command for RulesArgs {
    fn run(self, context: &Context) -> Result<Exit, CommandError> {
        let chosen = match self.id.as_deref().map(find) {
            None => None,
            Some(Ok(found)) => Some(found),
            Some(Err(failure)) => return Err(failure.into()),
        };
        if let Some(format) = self.output.and_then(Format::structured) {
            let rows = TOPICS.iter().flat_map(rows_of);
            let is_chosen = |row: &Row| chosen.is_none_or(|(_, rule)| rule.id == row.id);
            let list = List {
                api_version: API_VERSION,
                kind: "RuleList",
                items: rows.filter(is_chosen).collect(),
            };
            context.ui.data(&to_structured(&list, format)?);
            return Ok(Exit::Success);
        }
        let layout = context.ui.layout();
        context.ui.styled_data(&match chosen {
            None => to_text(&overview(), layout),
            Some((topic, rule)) => explained(topic, rule, layout),
        });
        Ok(Exit::Success)
    }
}

/// Returns a rule and its topic.
///
/// # Errors
/// An unknown id, with the nearest one as help.
fn find(id: &str) -> Result<(&'static Topic, &'static Rule), Failure> {
    let mut topics = TOPICS.iter();
    let found = topics.find_map(|topic| {
        let mut rules = topic.rules.iter();
        rules.find(|rule| rule.id == id).map(|rule| (topic, *rule))
    });
    found.ok_or_else(|| {
        let ids = || rules::all().map(|rule| rule.id);
        let nearest = nearest(id, ids()).or_else(|| beginning_with(id, ids()));
        let help = match nearest {
            Some(nearest) => format!("did you mean `{nearest}`?"),
            None => "`kubectl pod-tools rules` lists all".to_owned(),
        };
        Failure::usage(format!("unknown rule `{id}`")).help(help)
    })
}

/// Returns the only id that begins with a text.
fn beginning_with(text: &str, ids: impl Iterator<Item = &'static str>) -> Option<&'static str> {
    let mut matches = ids.filter(|id| !text.is_empty() && id.starts_with(text));
    let first = matches.next()?;
    matches.next().is_none().then_some(first)
}

/// Rules as JSON or YAML.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct List {
    api_version: &'static str,
    kind: &'static str,
    items: Vec<Row>,
}

#[derive(Serialize)]
struct Row {
    id: &'static str,
    topic: &'static str,
    severity: Severity,
    title: &'static str,
    explanation: &'static str,
    bad: &'static str,
    good: &'static str,
    upstream: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    since: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    until: Option<String>,
}

fn rows_of(topic: &'static Topic) -> impl Iterator<Item = Row> {
    topic.rules.iter().map(|rule| Row {
        id: rule.id,
        topic: topic.title,
        severity: rule.severity,
        title: rule.title,
        explanation: rule.explanation,
        bad: rule.bad.text(),
        good: rule.good.text(),
        upstream: rule.upstream,
        since: rule.since.map(|version| version.to_string()),
        until: rule.until.map(|version| version.to_string()),
    })
}

/// Returns a table for each topic.
fn overview() -> Vec<Block> {
    let mut blocks = Vec::new();
    for topic in TOPICS {
        let mut table = Table::new(&["ID", "SEVERITY", "TITLE"]);
        for rule in topic.rules {
            table.row(vec![rule.id.into(), severity(rule), rule.title.into()]);
        }
        blocks.push(Block::Heading(topic.title.to_owned()));
        blocks.push(Block::Table(table));
    }
    blocks
}

fn severity(rule: &Rule) -> Cell {
    match rule.severity {
        Severity::Error => Cell::new("error", Tone::Error),
        Severity::Warning => Cell::new("warning", Tone::Warning),
        Severity::Info => Cell::new("info", Tone::Plain),
    }
}

/// Returns the text about one rule. Its examples are not wrapped.
fn explained(topic: &Topic, rule: &Rule, layout: Layout) -> String {
    let mut facts = vec![
        ("Rule", Cell::new(rule.id, Tone::Strong)),
        ("Severity", severity(rule)),
        ("Topic", topic.title.into()),
    ];
    if let Some(version) = rule.since {
        facts.push(("Since", format!("Kubernetes {version}").into()));
    }
    if let Some(version) = rule.until {
        facts.push(("Until", format!("Kubernetes {version}").into()));
    }
    facts.push(("Upstream", rule.upstream.into()));
    let blocks = [
        Block::Heading(rule.title.to_owned()),
        Block::Facts(facts),
        Block::Paragraph(rule.explanation.into()),
    ];
    let mut text = to_text(&blocks, layout);
    for (title, example) in [("Bad:", rule.bad), ("Good:", rule.good)] {
        text.push('\n');
        text.push_str(title);
        text.push('\n');
        text.push_str(&indented(example));
    }
    text
}

fn indented(example: Example) -> String {
    let mut text = String::new();
    for line in example.text().lines() {
        text.push_str(&format!("  {line}\n"));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn find_suggests_the_nearest_id() {
        let help = |id: &str| find(id).unwrap_err().help.unwrap();
        assert_eq!(help("unknown-feild"), "did you mean `unknown-field`?");
        assert_eq!(
            help("unresolved-ref"),
            "did you mean `unresolved-reference`?"
        );
        assert_eq!(help("not-"), "`kubectl pod-tools rules` lists all");
        assert_eq!(help(""), "`kubectl pod-tools rules` lists all");
        assert_eq!(help("Zz"), "`kubectl pod-tools rules` lists all");
        assert_eq!(find("drift").unwrap().0.title, "Running environment");
    }
}

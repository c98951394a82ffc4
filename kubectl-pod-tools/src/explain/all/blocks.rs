//! The report of one target for people.

use pod_model::Verdict;

use super::any::AnyExplained;
use super::report::ExplainedAll;
use crate::render::{Block, Cell, PageSection, Tone, TreeNode};

/// The way to more, once for all targets.
const MORE: &str = "`explain-status`, `explain-env` and so on print the whole report of a topic; \
    `-o html` is all of them as a page.";

/// Returns the most important sentence: that of the most urgent topic.
pub(super) fn summary(explained: &ExplainedAll<'_>) -> String {
    let first = explained.item.body.topics.first();
    first.map_or_else(|| "nothing to explain".to_owned(), |topic| topic.summary())
}

/// Returns a line for each topic, and what matters of each.
pub(super) fn blocks(explained: &ExplainedAll<'_>) -> Vec<Block> {
    let mut blocks = vec![overview(explained)];
    for topic in &explained.item.body.topics {
        let short = topic.short();
        if !short.is_empty() {
            blocks.push(Block::Heading(topic.topic().to_owned()));
            blocks.extend(short);
        }
    }
    blocks.extend(unread(explained));
    blocks.push(Block::Once(Cell::new(MORE, Tone::Dim)));
    blocks
}

/// Returns all that the topics have for a page.
pub(super) fn sections(explained: &ExplainedAll<'_>) -> Vec<PageSection> {
    let mut first = vec![overview(explained)];
    first.extend(unread(explained));
    let mut sections = vec![PageSection {
        title: None,
        verdict: None,
        blocks: first,
    }];
    for topic in &explained.item.body.topics {
        for (n, section) in topic.sections().into_iter().enumerate() {
            let is_first = n == 0;
            sections.push(PageSection {
                title: section.title.or(is_first.then(|| topic.topic().to_owned())),
                verdict: section.verdict.or(is_first.then(|| topic.verdict())),
                blocks: section.blocks,
            });
        }
    }
    sections
}

fn overview(explained: &ExplainedAll<'_>) -> Block {
    let target = &explained.target;
    let place = match &target.document {
        Some(document) => format!(", in {}", document.source().name()),
        None => String::new(),
    };
    let mut root = TreeNode::new(Cell::new(format!("{}{place}", target.shown), Tone::Strong));
    let topics = explained.item.body.topics.iter();
    root.children = topics
        .map(|topic| TreeNode::new(line(topic.as_ref())))
        .collect();
    Block::Tree(root)
}

fn line(topic: &dyn AnyExplained) -> Cell {
    let (word, tone) = of_verdict(topic.verdict());
    let summary = topic.summary();
    let first = summary.lines().next().unwrap_or_default();
    Cell::new(
        format!("{}: {word}. {}", topic.topic(), capitalized(first)),
        tone,
    )
}

/// Returns a text as a sentence, unless it begins with a name such as `pod/web`.
fn capitalized(text: &str) -> String {
    let (word, _) = text.split_once(' ').unwrap_or((text, ""));
    if !word.chars().all(char::is_alphabetic) {
        return text.to_owned();
    }
    let mut letters = text.chars();
    let first = letters.next().into_iter().flat_map(char::to_uppercase);
    format!("{}{}", first.collect::<String>(), letters.as_str())
}

/// Returns the word and the tone of a verdict.
pub(super) fn of_verdict(verdict: Verdict) -> (&'static str, Tone) {
    match verdict {
        Verdict::No => ("no", Tone::Error),
        Verdict::Unknown => ("unknown", Tone::Warning),
        Verdict::Ok => ("ok", Tone::Plain),
    }
}

/// Returns what could not be read: once for all targets that lack the same.
fn unread(explained: &ExplainedAll<'_>) -> Option<Block> {
    let lines = &explained.item.body.unread;
    let text = format!("could not be read: {}", lines.join("; "));
    (!lines.is_empty()).then_some(Block::Once(Cell::new(text, Tone::Warning)))
}

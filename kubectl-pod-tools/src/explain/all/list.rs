//! The text of several targets, the worst first.

use std::sync::atomic::{AtomicUsize, Ordering};

use pod_model::Verdict;

use super::blocks::{blocks, of_verdict, summary};
use super::report::{ExplainedAll, urgency};
use super::topic::AllTopic;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::explain::driver::ExplainRun;
use crate::explain::once::split_at_look_ups;
use crate::explain::topic::Topic;
use crate::render::{Block, Cell, Table, Tone};
use crate::report::{Items, ReportStream, TextPart};
use crate::ui::Ui;

/// Number of targets that are explained as a whole; of more each has one line.
const FEW: usize = 5;

/// A target in the text.
struct Entry {
    verdict: Verdict,
    namespace: String,
    name: String,
    summary: String,
    /// The text of a target of few.
    parts: Vec<TextPart>,
    unread: Vec<String>,
}

/// Prints the targets: few as a whole, many with one line each.
///
/// # Errors
/// Those of the run.
pub(super) fn print_text<'a>(
    run: &ExplainRun<'_, AllTopic<'a>>,
    ui: &Ui,
) -> Result<Exit, CommandError> {
    let mut entries: Vec<Entry> = Vec::new();
    let count = AtomicUsize::new(0);
    let work = |part: &mut Vec<Entry>, explained: ExplainedAll<'a>| {
        // The output of the first ones would be thrown away.
        let is_one_of_few = count.fetch_add(1, Ordering::Relaxed) < FEW;
        part.push(entry(&explained, is_one_of_few));
        Ok(())
    };
    let exit = run.for_each(work, |part| {
        entries.extend(part);
        Ok(())
    })?;
    // Equally bad ones in the order of the input.
    entries.sort_by_key(|entry| urgency(entry.verdict));
    let parts = if entries.len() > FEW {
        many(&entries)
    } else {
        entries.into_iter().flat_map(|entry| entry.parts).collect()
    };
    let mut items = Items::default();
    items.push_text(parts, ui.layout());
    ui.stream(|out| {
        let mut report = ReportStream::new(AllTopic::REPORT, None, None)?;
        report.write(out, &items)?;
        report.end(out)?;
        Ok(exit)
    })
}

fn entry(explained: &ExplainedAll<'_>, is_one_of_few: bool) -> Entry {
    let target = &explained.target;
    let summary = summary(explained);
    // The name stands beside it.
    let summary = summary
        .strip_prefix(&format!("{} ", target.shown))
        .unwrap_or(&summary);
    Entry {
        verdict: explained.item.verdict,
        namespace: target.pod_namespace.clone(),
        name: target.shown.clone(),
        summary: summary.lines().next().unwrap_or_default().to_owned(),
        parts: if is_one_of_few {
            split_at_look_ups(blocks(explained), target)
        } else {
            Vec::new()
        },
        unread: explained.item.body.unread.clone(),
    }
}

/// Returns a line for each target that is not well, and the number of the others.
fn many(entries: &[Entry]) -> Vec<TextPart> {
    let is_well = |entry: &&Entry| entry.verdict == Verdict::Ok;
    let well = entries.iter().filter(is_well).count();
    let has_namespaces = entries
        .iter()
        .any(|own| own.namespace != entries[0].namespace);
    let mut table = Table::new(&["VERDICT", "TARGET", "WHY"]);
    for entry in entries.iter().filter(|entry| !is_well(entry)) {
        let (word, tone) = of_verdict(entry.verdict);
        let name = if has_namespaces {
            format!("{} -n {}", entry.name, entry.namespace)
        } else {
            entry.name.clone()
        };
        table.row(vec![
            Cell::new(word, tone),
            name.into(),
            entry.summary.clone().into(),
        ]);
    }
    let mut blocks = Vec::new();
    if !table.is_empty() {
        blocks.push(Block::Table(table));
    }
    let text = match (well, entries.len() - well) {
        (well, 0) => format!("all {well} targets are ok"),
        (0, _) => "no target is ok".to_owned(),
        (1, _) => "1 target is ok".to_owned(),
        (well, _) => format!("{well} targets are ok"),
    };
    blocks.push(Block::Paragraph(text.into()));
    let mut unread: Vec<&str> = Vec::new();
    for line in entries.iter().flat_map(|entry| &entry.unread) {
        if !unread.contains(&line.as_str()) {
            unread.push(line);
        }
    }
    if !unread.is_empty() {
        let text = format!("could not be read: {}", unread.join("; "));
        blocks.push(Block::Paragraph(Cell::new(text, Tone::Warning)));
    }
    vec![TextPart { once: None, blocks }]
}

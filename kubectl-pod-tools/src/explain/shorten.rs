//! The parts of a topic's explanation that `explain` shows.

use pod_model::{Finding, Severity, rules};

use crate::render::{Block, LocatedFinding};
use crate::targets::Target;

/// Returns the first sentence of an explanation: its first paragraph, or else its first finding.
pub(super) fn first_sentence(findings: &[Finding], blocks: &[Block]) -> String {
    let paragraph = blocks.iter().find_map(|block| match block {
        Block::Paragraph(cell) => Some(cell.text()),
        _ => None,
    });
    let finding = findings.first().map(|finding| finding.message.as_str());
    paragraph.or(finding).unwrap_or("nothing found").to_owned()
}

/// Returns the message of the worst finding that is an error or a warning, with the number of the others.
pub(super) fn worst_finding(findings: &[Finding]) -> Option<String> {
    let grave = || {
        let grave = findings.iter();
        grave.filter(|finding| finding.severity != Severity::Info)
    };
    let worst = grave().min_by_key(|finding| finding.severity)?;
    let others = grave().count() - 1;
    let message = worst.message.lines().next().unwrap_or_default();
    Some(match others {
        0 => message.to_owned(),
        1 => format!("{message} (and 1 more)"),
        others => format!("{message} (and {others} more)"),
    })
}

/// Returns the findings that are errors or warnings. What was not allowed is said once for all
/// topics.
pub(super) fn grave_findings(findings: &[Finding], target: &Target) -> Vec<Block> {
    let grave = findings.iter().filter(|finding| is_grave(finding));
    let grave: Vec<_> = grave
        .map(|finding| LocatedFinding::of(finding, target))
        .collect();
    let is_some = !grave.is_empty();
    is_some
        .then_some(Block::Findings(grave))
        .into_iter()
        .collect()
}

fn is_grave(finding: &Finding) -> bool {
    finding.severity != Severity::Info && !finding.is(&rules::FORBIDDEN)
}

/// Returns the blocks that are not long: without headings, tables, timelines, the first
/// paragraph, which is the summary, and findings that are neither errors nor warnings. What
/// was not allowed is said once for all topics.
pub(super) fn shortened(blocks: Vec<Block>) -> Vec<Block> {
    let mut has_summary = false;
    let short = blocks.into_iter().filter_map(|block| match block {
        Block::Heading(_) | Block::Facts(_) | Block::Table(_) | Block::Timeline(_) => None,
        Block::Paragraph(_) if !std::mem::replace(&mut has_summary, true) => None,
        Block::Findings(mut findings) => {
            findings.retain(|located| is_grave(&located.finding));
            (!findings.is_empty()).then_some(Block::Findings(findings))
        }
        block => Some(block),
    });
    short.collect()
}

//! The answer of the namespace as text.

use super::report::{ExplainedSecurity, ModeAnswer, NamespaceAnswer};
use crate::explain::stored::is_stored;
use crate::render::{Block, Cell, Tone};
use crate::ui::escape;

pub(super) fn namespace_blocks(explained: &ExplainedSecurity) -> Vec<Block> {
    let ExplainedSecurity { target, item } = explained;
    let Some(answer) = &item.body.namespace else {
        return Vec::new();
    };
    let mut lines = vec![format!(
        "namespace {} ({}): enforce {}, warn {}, audit {}",
        escape(&answer.name),
        escape(&answer.source),
        mode(&answer.enforce),
        mode(&answer.warn),
        mode(&answer.audit)
    )];
    let shown = escape(&target.shown);
    match &answer.refusal {
        Some(refusal) if answer.is_refused_later => lines.push(format!(
            "enforce: {shown} is taken, and each of its Pods is refused: {}",
            escape(refusal)
        )),
        Some(refusal) if is_stored(target) => lines.push(format!(
            "enforce: would refuse {shown} if it were created again: {}",
            escape(refusal)
        )),
        Some(refusal) => lines.push(format!("enforce: refuses {shown}: {}", escape(refusal))),
        None => lines.push(format!("enforce: lets {shown} pass")),
    }
    for warning in &answer.warnings {
        lines.push(format!("warn: {}", escape(warning)));
    }
    if let Some(audit) = &answer.audit_violations {
        lines.push(format!("audit: {}", escape(audit)));
    }
    let tone = if answer.refusal.is_some() {
        Tone::Error
    } else {
        Tone::Plain
    };
    let mut blocks = vec![Block::Paragraph(Cell::new(lines.join("\n"), tone))];
    blocks.push(unknowable(answer));
    blocks
}

/// Returns what decides besides, once for all targets.
fn unknowable(answer: &NamespaceAnswer) -> Block {
    Block::Once(Cell::new(answer.unknowable.join("\n"), Tone::Dim))
}

fn mode(own: &ModeAnswer) -> String {
    let level = format!("{}:{}", own.level, own.version);
    match own.level_origin {
        "label" => level,
        "misspelt" => format!("{level} (the label cannot be read)"),
        "enforce" => format!("{level} (follows enforce)"),
        _ => format!("{level} (no label: unless the server is configured otherwise)"),
    }
}

//! Parts that are printed once for all targets: what could not be looked up, and facts of a version.

use pod_model::rules;

use crate::render::{Block, LocatedFinding};
use crate::report::TextPart;
use crate::targets::Target;

/// Splits the blocks of a target around those that a report prints once: paragraphs, and its findings
/// about look-ups that were refused or not made. All targets that need the same object have the same ones; each target still shows what is unknown for it.
pub(super) fn split_at_look_ups(blocks: Vec<Block>, target: &Target) -> Vec<TextPart> {
    let mut parts = vec![TextPart::default()];
    for block in blocks {
        let findings = match block {
            Block::Findings(findings) => findings,
            Block::Once(ref cell) => {
                parts.push(TextPart {
                    once: Some(cell.text().to_owned()),
                    blocks: vec![block],
                });
                parts.push(TextPart::default());
                continue;
            }
            _ => {
                push(&mut parts, block);
                continue;
            }
        };
        let mut others = Vec::new();
        for located in findings {
            if !is_about_look_up(&located) {
                others.push(located);
                continue;
            }
            push_findings(&mut parts, &mut others);
            parts.push(TextPart {
                once: Some(key(&located, target)),
                blocks: vec![Block::Findings(vec![located])],
            });
            parts.push(TextPart::default());
        }
        push_findings(&mut parts, &mut others);
    }
    parts.retain(|part| !part.blocks.is_empty());
    parts
}

fn push(parts: &mut [TextPart], block: Block) {
    if let Some(part) = parts.last_mut() {
        part.blocks.push(block);
    }
}

fn push_findings(parts: &mut [TextPart], findings: &mut Vec<LocatedFinding>) {
    if !findings.is_empty() {
        push(parts, Block::Findings(std::mem::take(findings)));
    }
}

fn is_about_look_up(located: &LocatedFinding) -> bool {
    [rules::FORBIDDEN.id, rules::NOT_LOOKED_UP.id].contains(&located.finding.id())
}

/// Equal for targets of a namespace that need the same object.
fn key(located: &LocatedFinding, target: &Target) -> String {
    let (id, message) = (located.finding.id(), &located.finding.message);
    format!("{} {id} {message}", target.pod_namespace)
}

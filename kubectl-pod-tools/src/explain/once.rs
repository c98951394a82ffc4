//! Findings that are printed once for all targets: what could not be looked up.

use pod_model::rules;

use crate::render::{Block, LocatedFinding};
use crate::report::OnceBlock;
use crate::targets::Target;

/// Takes the findings about look-ups that were refused or not made out of the blocks of a
/// target. All targets that need the same object have the same ones; each target still
/// shows what is unknown for it.
pub(super) fn take_look_up_findings(blocks: &mut Vec<Block>, target: &Target) -> Vec<OnceBlock> {
    let mut taken = Vec::new();
    for block in blocks.iter_mut() {
        if let Block::Findings(findings) = block {
            taken.extend(findings.extract_if(.., |located| is_about_look_up(located)));
        }
    }
    blocks.retain(|block| !matches!(block, Block::Findings(findings) if findings.is_empty()));
    let once = |located: LocatedFinding| OnceBlock {
        key: format!(
            "{} {} {}",
            target.id.namespace,
            located.finding.id(),
            located.finding.message
        ),
        block: Block::Findings(vec![located]),
    };
    taken.into_iter().map(once).collect()
}

fn is_about_look_up(located: &LocatedFinding) -> bool {
    let ids = [rules::FORBIDDEN.id, rules::NOT_LOOKED_UP.id];
    ids.contains(&located.finding.id())
}

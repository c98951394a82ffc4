//! The report as text.

use std::borrow::Cow;
use std::cell::LazyCell;
use std::collections::HashMap;

use pod_model::pod_security::Level;
use pod_model::{FieldPath, Finding, Severity, rules};

use super::container_blocks::container_blocks;
use super::namespace_blocks::namespace_blocks;
use super::report::{AdmissionChange, ExplainedSecurity, NextPatch, PodFact, ViolationItem};
use crate::render::{Block, Cell, LocatedFinding, Tone, TreeNode};
use crate::targets::Target;
use crate::ui::escape;

/// Returns the explanation of one target.
pub(super) fn blocks(explained: &ExplainedSecurity) -> Vec<Block> {
    let ExplainedSecurity { target, item } = explained;
    let body = &item.body;
    let mut blocks = Vec::new();
    for container in &body.containers {
        container_blocks(target, container, &mut blocks);
    }
    blocks.push(Block::Heading(format!(
        "{}, the Pod{}",
        escape(&target.shown),
        target.in_file()
    )));
    if body.is_windows {
        let text = "a Pod of Windows: users, capabilities and profiles of Linux do not apply";
        blocks.push(Block::Paragraph(Cell::new(text, Tone::Dim)));
    }
    blocks.extend(pod_facts(&body.pod));
    let changes = body.admission.iter().filter(|own| is_told(own));
    let lines: Vec<String> = changes
        .map(|own| format!("the API server sets {} ({})", own.path, escape(&own.origin)))
        .collect();
    if !lines.is_empty() {
        blocks.push(Block::Paragraph(Cell::new(lines.join("\n"), Tone::Dim)));
    }
    blocks.extend(level_blocks(explained));
    blocks.extend(namespace_blocks(explained));
    if !body.unknown.is_empty() {
        let text = format!("unknown: {}", body.unknown.join("; "));
        blocks.push(Block::Paragraph(Cell::new(escape(&text), Tone::Warning)));
    }
    let placed: Vec<_> = item
        .findings
        .iter()
        .filter(|finding| !is_in_tree(finding))
        .map(|finding| LocatedFinding::of(finding, target))
        .collect();
    if !placed.is_empty() {
        blocks.push(Block::Findings(placed));
    }
    blocks
}

/// Returns the level that a Pod meets, as a sentence.
pub(super) fn level_sentence(explained: &ExplainedSecurity) -> String {
    let body = &explained.item.body;
    let version = &body.version;
    let names = |level: Level| {
        let own = body.violations.iter().filter(|own| own.level == level);
        let mut names: Vec<&str> = Vec::new();
        for own in own {
            if !names.contains(&own.check) {
                names.push(own.check);
            }
        }
        names.join(", ")
    };
    match body.level {
        Level::Restricted => {
            format!("Pod Security ({version}): meets restricted, the strictest level")
        }
        Level::Baseline => format!(
            "Pod Security ({version}): meets baseline; restricted lacks {}",
            names(Level::Restricted)
        ),
        Level::Privileged => format!(
            "Pod Security ({version}): meets privileged only; baseline forbids {}",
            names(Level::Baseline)
        ),
    }
}

fn level_blocks(explained: &ExplainedSecurity) -> Vec<Block> {
    let ExplainedSecurity { target, item } = explained;
    let mut root = TreeNode::new(level_sentence(explained));
    let all = item.findings.iter();
    let all = all.filter(|finding| finding.is(&rules::POD_SECURITY_VIOLATION));
    let listed: Vec<&Finding> = all.collect();
    // The first of a place wins.
    let by_path = LazyCell::new(|| {
        let all = listed.iter().rev();
        all.map(|finding| (&finding.path, *finding))
            .collect::<HashMap<&FieldPath, &Finding>>()
    });
    for (at, own) in item.body.violations.iter().enumerate() {
        // Mostly each violation has its finding, in the same order.
        let nth = listed.get(at).filter(|finding| finding.path == own.path);
        let finding = nth.or_else(|| by_path.get(&own.path)).copied();
        if finding.is_some_and(|finding| !is_in_tree(finding)) {
            continue;
        }
        let place = place(target, own, finding);
        let text = format!("{}, {}: {} ({place})", own.level, own.check, own.message);
        root.children.push(TreeNode::new(escaped(text)));
    }
    let mut blocks = vec![if root.children.is_empty() {
        Block::Paragraph(root.label)
    } else {
        Block::Tree(root)
    }];
    if let Some(own) = item.body.next_patch {
        blocks.push(Block::Paragraph(Cell::new(patch_sentence(own), Tone::Dim)));
    }
    blocks
}

/// Returns the size of the least patch as a sentence.
fn patch_sentence(own: NextPatch) -> String {
    let level = own.level;
    let changes = match own.changes {
        0 => return format!("no patch reaches {level}: each place has to be mended by hand"),
        _ if own.left > 0 => {
            let places = match own.left {
                1 => "1 place has".to_owned(),
                left => format!("{left} places have"),
            };
            let changes = match own.changes {
                1 => "1 change".to_owned(),
                changes => format!("{changes} changes"),
            };
            format!("`-o patch` prints {changes} towards {level}; {places} to be mended by hand")
        }
        1 => format!("`-o patch` prints the one change that reaches {level}"),
        changes => format!("`-o patch` prints the {changes} changes that reach {level}"),
    };
    match own.decisions {
        0 => changes,
        1 if own.changes == 1 => format!("{changes}; it is yours to decide"),
        1 => format!("{changes}; 1 of them is yours to decide"),
        all if all == own.changes => format!("{changes}; all of them are yours to decide"),
        some => format!("{changes}; {some} of them are yours to decide"),
    }
}

fn escaped(text: String) -> String {
    match escape(&text) {
        Cow::Owned(escaped) => escaped,
        Cow::Borrowed(_) => text,
    }
}

/// Returns the facts as a tree: a node for each, with its further lines below.
fn pod_facts(facts: &[PodFact]) -> Option<Block> {
    let mut root = TreeNode::new("all containers together");
    for own in facts {
        let mut lines = own.lines.iter().map(|line| escape(line).into_owned());
        let Some(first) = lines.next() else { continue };
        let mut node = TreeNode::new(format!("{}: {first}", own.label));
        node.children = lines.map(TreeNode::new).collect();
        root.children.push(node);
    }
    (!root.children.is_empty()).then_some(Block::Tree(root))
}

/// Returns whether a change is told: the token is a fact of its own.
fn is_told(change: &AdmissionChange) -> bool {
    let path = change.path.to_string();
    path.contains("securityContext") || path.contains("hostUsers")
}

/// Returns whether the tree of the level has a finding: it has no source lines of its own.
fn is_in_tree(finding: &Finding) -> bool {
    finding.is(&rules::POD_SECURITY_VIOLATION) && finding.severity == Severity::Info
}

fn place(target: &Target, violation: &ViolationItem, finding: Option<&Finding>) -> String {
    let location = finding.and_then(|finding| finding.location.as_ref());
    match location {
        Some(location) if target.document.is_some() => {
            format!("line {}, {}", location.line, violation.path)
        }
        _ => violation.path.to_string(),
    }
}

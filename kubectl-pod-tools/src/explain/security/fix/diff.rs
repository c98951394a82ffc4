//! Changed lines as a unified diff, which `patch` and `git apply` take.

use std::ops::RangeInclusive;

use pod_model::yaml_edit::Hunk;

/// Lines around a change.
const CONTEXT: usize = 3;

/// Returns the diff of a file; empty if nothing differs. Lines of the sorted ranges `hidden` are not
/// shown around a change.
pub(super) fn unified(
    name: &str,
    old: &str,
    hunks: &[Hunk],
    hidden: &[RangeInclusive<usize>],
) -> String {
    if hunks.is_empty() {
        return String::new();
    }
    let lines: Vec<&str> = old.split_inclusive('\n').collect();
    let mut out = format!("--- {name}\n+++ {name}\n");
    let mut rest = hunks;
    while let Some(first) = rest.first() {
        let near = |pair: &[Hunk]| {
            let (from, to) = (end(&pair[0]), pair[1].old_line);
            to <= from + 2 * CONTEXT && !(from..to).any(|line| is_in(line, hidden))
        };
        let count = 1 + rest.windows(2).take_while(|pair| near(pair)).count();
        let (group, after) = rest.split_at(count);
        rest = after;
        let earliest = first.old_line.saturating_sub(CONTEXT).max(1);
        let before = (earliest..first.old_line).rev();
        let before = before.take_while(|line| !is_in(*line, hidden)).count();
        let start = first.old_line - before;
        let last = group.last().map_or(start, end);
        let after = last..(last + CONTEXT).min(lines.len() + 1);
        let stop = last + after.take_while(|line| !is_in(*line, hidden)).count();
        let grown: usize = group.iter().map(|hunk| hunk.new.len()).sum();
        let gone: usize = group.iter().map(|hunk| hunk.old.len()).sum();
        let old_count = stop.saturating_sub(start);
        let new_start = first.new_line.saturating_sub(first.old_line - start);
        let new_count = old_count + grown - gone;
        out.push_str(&format!(
            "@@ -{} +{} @@\n",
            range(start, old_count),
            range(new_start, new_count)
        ));
        let mut at = start;
        for hunk in group {
            context(&mut out, &lines, at, hunk.old_line);
            hunk.old.iter().for_each(|line| push(&mut out, '-', line));
            hunk.new.iter().for_each(|line| push(&mut out, '+', line));
            at = end(hunk);
        }
        context(&mut out, &lines, at, stop);
    }
    out
}

/// Returns whether a line is in one of some sorted ranges.
fn is_in(line: usize, ranges: &[RangeInclusive<usize>]) -> bool {
    let at = ranges.partition_point(|range| *range.end() < line);
    ranges.get(at).is_some_and(|range| range.contains(&line))
}

/// The line after the old lines of a hunk.
fn end(hunk: &Hunk) -> usize {
    hunk.old_line + hunk.old.len()
}

fn range(start: usize, count: usize) -> String {
    // An empty range stands behind the line before it.
    let start = if count == 0 {
        start.saturating_sub(1)
    } else {
        start
    };
    format!("{start},{count}")
}

fn context(out: &mut String, lines: &[&str], from: usize, to: usize) {
    let some = lines.get(from.saturating_sub(1)..to.saturating_sub(1).min(lines.len()));
    for line in some.unwrap_or_default() {
        push(out, ' ', line);
    }
}

fn push(out: &mut String, mark: char, line: &str) {
    out.push(mark);
    out.push_str(line);
    if !line.ends_with('\n') {
        out.push_str("\n\\ No newline at end of file\n");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hunk(old_line: usize, new_line: usize, old: &[&str], new: &[&str]) -> Hunk {
        Hunk {
            old_line,
            new_line,
            old: old.iter().map(|own| (*own).to_owned()).collect(),
            new: new.iter().map(|own| (*own).to_owned()).collect(),
        }
    }

    #[test]
    fn near_changes_share_their_context() {
        let old = "1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11\n12\n13\n14";
        let hunks = [
            hunk(2, 2, &[], &["x\n"]),
            hunk(4, 5, &["4\n"], &[]),
            hunk(14, 14, &["14"], &["14\n", "y"]),
        ];
        let expected = "--- f\n+++ f\n@@ -1,7 +1,7 @@\n 1\n+x\n 2\n 3\n-4\n 5\n 6\n 7\n@@ -11,4 +11,5 @@\n 11\n 12\n 13\n-14\n\\ No newline at end of file\n+14\n+y\n\\ No newline at end of file\n";
        assert_eq!(unified("f", old, &hunks, &[]), expected);
        let expected = "--- f\n+++ f\n@@ -2,3 +2,3 @@\n+x\n 2\n 3\n-4\n@@ -13,2 +13,3 @@\n 13\n-14\n\\ No newline at end of file\n+14\n+y\n\\ No newline at end of file\n";
        assert_eq!(unified("f", old, &hunks, &[1..=1, 5..=12]), expected);
    }
}

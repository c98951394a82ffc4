//! The lines of a file that differ after its edits.

use std::ops::Range;

/// Some lines, and the lines in their place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hunk {
    /// The first line in the old file, from 1.
    pub old_line: usize,
    /// The first line in the new file, from 1.
    pub new_line: usize,
    /// The old lines, each with its break if it has one.
    pub old: Vec<String>,
    /// The new lines.
    pub new: Vec<String>,
}

/// Returns the lines that replacements change: bytes of the old text and what takes their place,
/// in the order of the text.
pub fn hunks(old: &str, changes: &[(Range<usize>, String)]) -> Vec<Hunk> {
    let mut hunks: Vec<Hunk> = Vec::new();
    let mut at = Position::default();
    let mut grown = 0_isize;
    let mut changes = changes.iter().peekable();
    while let Some((range, text)) = changes.next() {
        at.go_to(old, range.start);
        let (first, start) = (at.line, at.line_start);
        let mut new = old.get(start..range.start).unwrap_or("").to_owned();
        new.push_str(text);
        let mut end = range.end;
        let mut line_end = end_of_line(old, start, end);
        // All changes up to the end of a line belong together.
        while let Some((range, text)) =
            changes.next_if(|(next, _)| next.start < line_end.max(end + 1))
        {
            new.push_str(old.get(end..range.start).unwrap_or(""));
            new.push_str(text);
            end = range.end;
            // A line of megabytes is searched once.
            if end > line_end {
                line_end = end_of_line(old, start, end);
            }
        }
        new.push_str(old.get(end..line_end).unwrap_or(""));
        end = line_end;
        let (old_lines, new_lines) = trimmed(lines(old.get(start..end).unwrap_or("")), lines(&new));
        let skipped = old_lines.0;
        let hunk = Hunk {
            old_line: first + skipped,
            new_line: (first + skipped).saturating_add_signed(grown),
            old: old_lines.1,
            new: new_lines,
        };
        grown += isize::try_from(hunk.new.len()).unwrap_or(0);
        grown -= isize::try_from(hunk.old.len()).unwrap_or(0);
        hunks.push(hunk);
    }
    hunks
}

/// Returns the place behind the break of the line with the end of a change.
fn end_of_line(text: &str, start: usize, end: usize) -> usize {
    if text.get(start..end).is_some_and(|own| own.ends_with('\n')) {
        return end;
    }
    let feed = text.get(end..).and_then(|rest| rest.find('\n'));
    feed.map_or(text.len(), |feed| end + feed + 1)
}

fn lines(text: &str) -> Vec<String> {
    text.split_inclusive('\n').map(str::to_owned).collect()
}

/// Leaves out the lines that are the same at the beginning and at the end. Returns how many that
/// are at the beginning, and what is left.
fn trimmed(mut old: Vec<String>, mut new: Vec<String>) -> ((usize, Vec<String>), Vec<String>) {
    let same = old
        .iter()
        .zip(&new)
        .take_while(|(old, new)| old == new)
        .count();
    old.drain(..same);
    new.drain(..same);
    while !old.is_empty() && old.last() == new.last() {
        old.pop();
        new.pop();
    }
    ((same, old), new)
}

/// A place in the old text.
#[derive(Default)]
struct Position {
    at: usize,
    /// Number of the line, from 1 once it is set.
    line: usize,
    line_start: usize,
}

impl Position {
    fn go_to(&mut self, text: &str, to: usize) {
        self.line = self.line.max(1);
        let passed = text.get(self.at..to).unwrap_or("");
        self.line += passed.bytes().filter(|byte| *byte == b'\n').count();
        if let Some(feed) = passed.rfind('\n') {
            self.line_start = self.at + feed + 1;
        }
        self.at = to;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hunks_have_the_lines_that_differ() {
        let old = "a\nb\nc\nd\n";
        let changes = [(1..1, "\nx".to_owned()), (4..6, String::new())];
        let found = hunks(old, &changes);
        let hunk = |old_line, new_line, old: &[&str], new: &[&str]| Hunk {
            old_line,
            new_line,
            old: old.iter().map(|own| (*own).to_owned()).collect(),
            new: new.iter().map(|own| (*own).to_owned()).collect(),
        };
        assert_eq!(
            found,
            [hunk(2, 2, &[], &["x\n"]), hunk(3, 4, &["c\n"], &[])]
        );
        let end = [(7..7, "\ne".to_owned())];
        assert_eq!(
            hunks("a\nb\nc\nd", &end),
            [hunk(4, 4, &["d"], &["d\n", "e"])]
        );
    }
}

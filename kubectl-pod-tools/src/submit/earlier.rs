//! Output of a program from before the connection: the log has it, and the connection brings
//! the end of the log again.

/// Returns the number of bytes of a log that the connection has not brought.
///
/// The log has the lines of standard output and standard error in one order; the
/// connection's part begins anywhere, also within a line. It starts at the earliest line from
/// which on all lines came over the connection; the first of them may be a part of a line.
pub(super) fn before(log: &[u8], out: &[u8], err: &[u8]) -> usize {
    let mut start = 0;
    for line in log.split_inclusive(|byte| *byte == b'\n') {
        let rest = &log[start..];
        if is_brought(rest, out, err) {
            return start;
        }
        // The connection began within this line.
        for (half, other) in [(out, err), (err, out)] {
            let end = half.iter().position(|byte| *byte == b'\n');
            let Some(end) = end.map(|at| at + 1) else {
                continue;
            };
            let (head, tail) = half.split_at(end);
            if head.len() < line.len()
                && line.ends_with(head)
                && is_brought(&rest[line.len()..], tail, other)
            {
                return start + line.len() - head.len();
            }
        }
        start += line.len();
    }
    start
}

/// Returns whether all lines, in their order, are at the beginnings of the two.
fn is_brought<'a>(lines: &[u8], mut one: &'a [u8], mut other: &'a [u8]) -> bool {
    let take = |from: &mut &'a [u8], line: &[u8]| {
        let rest = from.strip_prefix(line);
        *from = rest.unwrap_or(from);
        rest.is_some()
    };
    let mut lines = lines.split_inclusive(|byte| *byte == b'\n');
    lines.all(|line| take(&mut one, line) || take(&mut other, line))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn part_before_the_connection_is_found() {
        for (log, out, err, expected) in [
            // All of it, or none.
            ("a\nb\n", "", "", "a\nb\n"),
            ("", "a\n", "", ""),
            ("a\nb\n", "a\nb\nc\n", "", ""),
            ("a\nb\nc\n", "b\nc\n", "", "a\n"),
            // A short line is not the end of the one before what follows it.
            ("aaaa\nz\n", "b\nz\n", "", "aaaa\nz\n"),
            ("aaab\nz\n", "b\nz\n", "", "aaa"),
            // The log is behind, or its line has no end yet.
            ("a\nb\n", "b\nc\n$ ", "", "a\n"),
            ("a\n", "$ ", "", "a\n"),
            // Within a line.
            ("one\ntwo\n", "o\n", "", "one\ntw"),
            ("one\ntwo\nthree\n", "wo\nthree\n", "", "one\nt"),
            // Both streams.
            ("a\ne\nb\nf\n", "b\n", "e\nf\n", "a\n"),
            ("a\ne\nb\nf\n", "b\n", "f\n", "a\ne\n"),
            ("a\nerr\nb\n", "b\n", "rr\n", "a\ne"),
            // What a terminal gets.
            ("a\r\n$ \r\n", "$ \r\n", "", "a\r\n"),
        ] {
            let at = before(log.as_bytes(), out.as_bytes(), err.as_bytes());
            assert_eq!(&log[..at], expected, "{log:?} {out:?} {err:?}");
        }
    }
}

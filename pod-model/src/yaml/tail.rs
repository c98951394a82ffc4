//! The text after the end of a document, `...`.

/// Returns whether a text that begins with the end of a document holds nothing more: blanks,
/// comments, other ends, and directives, which are of the document that follows its `---`.
/// The scanner of the library takes neither a tab nor a directive without a document there.
pub(super) fn is_a_tail(text: &str) -> bool {
    let is_comment = |rest: &str| rest.is_empty() || rest.starts_with('#');
    let is_end = |line: &str| {
        let rest = line.strip_prefix("...");
        rest.is_some_and(|rest| {
            let comment = rest.trim_start();
            is_comment(comment) && (comment.is_empty() || comment.len() < rest.len())
        })
    };
    let mut lines = text.lines();
    lines.next().is_some_and(is_end)
        && lines.all(|line| is_end(line) || line.starts_with('%') || is_comment(line.trim_start()))
}

#[cfg(test)]
mod tests {
    use super::is_a_tail;

    #[test]
    fn a_tail_holds_nothing_that_is_lost() {
        for text in [
            "...",
            "...\n",
            "... # end\n\n",
            "...\t\n\t\n \n",
            "...\r\n%YAML 1.1\r\n",
            "...\n%TAG ! tag:a,2000:\n# c\n",
            "...\n\t# c\n...\n... \n",
        ] {
            assert!(is_a_tail(text), "{text:?}");
        }
        for text in [
            "",
            "a",
            "...a\n",
            "...#\n",
            "... a\n",
            "...\na\n",
            "...\n\ta\n",
            "...\n %YAML 1.1\n",
            "...\n# c\n...\n- a\n",
        ] {
            assert!(!is_a_tail(text), "{text:?}");
        }
    }
}

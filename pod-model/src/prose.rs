//! Lists in sentences.

/// Joins items as prose does: `a`, `a and b`, `a, b and c`.
pub fn list<T: AsRef<str>>(items: &[T]) -> String {
    list_up_to(items, items.len())
}

/// Joins items as prose does, the first `most` of them: `a, b and 3 more`.
pub fn list_up_to<T: AsRef<str>>(items: &[T], most: usize) -> String {
    let (shown, rest) = items.split_at(items.len().min(most));
    let shown: Vec<&str> = shown.iter().map(AsRef::as_ref).collect();
    match (shown.as_slice(), rest.len()) {
        ([first @ .., last], 0) if !first.is_empty() => {
            format!("{} and {last}", first.join(", "))
        }
        (all, 0) => all.join(", "),
        ([], more) => format!("{more} more"),
        (all, more) => format!("{} and {more} more", all.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_read_as_prose() {
        for (items, most, expected) in [
            (&[][..], 5, ""),
            (&["a"], 5, "a"),
            (&["a", "b"], 2, "a and b"),
            (&["a", "b", "c"], 3, "a, b and c"),
            (&["a", "b", "c"], 2, "a, b and 1 more"),
            (&["a", "b", "c"], 1, "a and 2 more"),
            (&["a", "b"], 0, "2 more"),
        ] {
            assert_eq!(list_up_to(items, most), expected);
        }
        assert_eq!(list(&["a", "b", "c"]), "a, b and c");
    }
}

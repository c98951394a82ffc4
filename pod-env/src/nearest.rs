//! "Did you mean …?"

/// The name among `known` that differs from `name` by a slip: in case only, by
/// one edit, or by two in a name of six letters or more. Of several, the
/// nearest and first.
pub(crate) fn nearest<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    // A slip is made in a name, not in a text.
    if !(2..=64).contains(&name.len()) {
        return None;
    }
    let allowed = if name.len() >= 6 { 2 } else { 1 };
    known
        .filter(|other| *other != name && other.len().abs_diff(name.len()) <= allowed)
        .filter_map(|other| {
            let distance = if other.eq_ignore_ascii_case(name) {
                0
            } else {
                edits(name.as_bytes(), other.as_bytes())
            };
            (distance <= allowed).then_some((distance, other))
        })
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, other)| other)
}

/// How many bytes have to be put in, taken out, exchanged or swapped with
/// their neighbour to make one name of the other.
fn edits(a: &[u8], b: &[u8]) -> usize {
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, y) in b.iter().enumerate() {
            let mut best = (last[j] + usize::from(x != y))
                .min(last[j + 1] + 1)
                .min(row[j] + 1);
            if i > 0 && j > 0 && *x == b[j - 1] && a[i - 1] == *y {
                best = best.min(before[j - 1] + 1);
            }
            row.push(best);
        }
        before = std::mem::replace(&mut last, row);
    }
    last[b.len()]
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn a_slip_is_found_and_another_name_is_not() {
        let known = ["PROTOCAL", "SERVICE_IP", "SERVICE_PORT", "A", "db-url"];
        let table = [
            ("PROTOCOL", Some("PROTOCAL")),
            ("protocal", Some("PROTOCAL")),
            ("SERVICE_PI", Some("SERVICE_IP")),
            ("SERVICE_PROT", Some("SERVICE_PORT")),
            ("db_url", Some("db-url")),
            ("B", None),
            ("HOME", None),
            ("PROTOCAL", None),
        ];
        for (name, expected) in table {
            assert_eq!(nearest(name, known.into_iter()), expected, "{name}");
        }
    }
}

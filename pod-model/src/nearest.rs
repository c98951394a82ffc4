//! "Did you mean …?"

/// The longest name, in bytes, that is compared: nobody mistypes a longer one,
/// and comparing costs the product of both lengths.
const LONGEST: usize = 64;
/// More slips than this in one name make it another name.
const MOST_SLIPS: usize = 4;

/// The candidate that differs least from a name that is none of them; none
/// where all differ too much. Case does not count, unless two differ as much.
///
/// A slip may be made in every third letter, as in rustc's suggestions
/// (`find_best_match_for_name`): `evn` for `env`, but not `cat` for `env`. In a
/// name of one letter that would be any other name.
pub fn nearest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let lower = letters(name);
    if lower.len() < 2 || name.len() > LONGEST {
        return None;
    }
    let limit = (lower.len() / 3).clamp(1, MOST_SLIPS);
    candidates
        .into_iter()
        .filter(|candidate| *candidate != name)
        .map(|candidate| {
            let other_start = usize::from(!name.starts_with(|c| candidate.starts_with(c)));
            (
                distance(&lower, &letters(candidate)),
                other_start,
                candidate,
            )
        })
        .filter(|(distance, ..)| *distance <= limit)
        .min()
        .map(|(.., candidate)| candidate)
}

fn letters(name: &str) -> Vec<char> {
    name.chars().flat_map(char::to_lowercase).collect()
}

/// Returns the number of letters to insert, remove, replace or swap with their neighbour
/// (the restricted Damerau–Levenshtein distance).
fn distance(a: &[char], b: &[char]) -> usize {
    if a.len().abs_diff(b.len()) > MOST_SLIPS {
        return usize::MAX;
    }
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for i in 0..a.len() {
        let mut row = Vec::with_capacity(b.len() + 1);
        row.push(i + 1);
        for j in 0..b.len() {
            let replaced = last[j] + usize::from(a[i] != b[j]);
            let mut best = replaced.min(last[j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && a[i] == b[j - 1] && a[i - 1] == b[j] {
                best = best.min(before[j - 1] + 1);
            }
            row.push(best);
        }
        before = std::mem::replace(&mut last, row);
    }
    last.last().copied().unwrap_or(a.len())
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn finds_the_name_that_was_meant() {
        let fields = [
            "image",
            "imagePullPolicy",
            "name",
            "env",
            "envFrom",
            "ports",
        ];
        for (typed, meant) in [
            ("imagee", Some("image")),
            ("iamge", Some("image")),
            ("Image", Some("image")),
            ("imagepullpolicy", Some("imagePullPolicy")),
            ("port", Some("ports")),
            ("evn", Some("env")),
            ("zzz", None),
            ("", None),
        ] {
            assert_eq!(nearest(typed, fields), meant, "{typed}");
        }
    }

    #[test]
    fn a_slip_is_found_and_another_name_is_not() {
        let known = ["PROTOCAL", "SERVICE_IP", "SERVICE_PORT", "A", "db-url"];
        for (name, expected) in [
            ("PROTOCOL", Some("PROTOCAL")),
            ("protocal", Some("PROTOCAL")),
            ("SERVICE_PI", Some("SERVICE_IP")),
            ("SERVICE_PROT", Some("SERVICE_PORT")),
            ("db_url", Some("db-url")),
            ("B", None),
            ("HOME", None),
            ("PROTOCAL", None),
        ] {
            assert_eq!(nearest(name, known), expected, "{name}");
        }
        let long = "x".repeat(super::LONGEST + 1);
        assert_eq!(nearest(&long, [&long[1..]]), None);
    }

    #[test]
    fn of_two_that_are_as_near_the_one_that_begins_alike_is_told() {
        for (typed, known, meant) in [
            ("cat", ["bat", "cab"], "cab"),
            ("cat", ["cab", "bat"], "cab"),
            ("ports", ["forts", "porta"], "porta"),
            ("dog", ["bog", "fog"], "bog"),
        ] {
            assert_eq!(nearest(typed, known), Some(meant), "{typed}");
        }
    }
}

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
        .filter(|candidate| {
            // Without other alphabets a letter is a byte.
            let is_ascii = lower.len() == name.len() && candidate.is_ascii();
            !is_ascii || candidate.len().abs_diff(name.len()) <= limit
        })
        .map(|candidate| {
            let other_start = usize::from(!name.starts_with(|c| candidate.starts_with(c)));
            (
                distance(&lower, &letters(candidate), limit),
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
/// (the restricted Damerau–Levenshtein distance), as far as it is not above a limit: letters
/// that are further apart are not compared.
fn distance(a: &[char], b: &[char], limit: usize) -> usize {
    const FAR: usize = usize::MAX / 2;
    if a.len().abs_diff(b.len()) > limit {
        return FAR;
    }
    let mut before = vec![FAR; b.len() + 1];
    let mut last: Vec<usize> = (0..=b.len()).collect();
    let mut row = vec![FAR; b.len() + 1];
    for i in 0..a.len() {
        row.fill(FAR);
        row[0] = i + 1;
        for j in i.saturating_sub(limit)..(i + limit + 1).min(b.len()) {
            let replaced = last[j] + usize::from(a[i] != b[j]);
            let mut best = replaced.min(last[j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && a[i] == b[j - 1] && a[i - 1] == b[j] {
                best = best.min(before[j - 1] + 1);
            }
            row[j + 1] = best;
        }
        std::mem::swap(&mut before, &mut last);
        std::mem::swap(&mut last, &mut row);
    }
    last[b.len()]
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
        // Slips at both ends of a long name.
        let kept = "abcdefghijklmnopqrstuvwxyz";
        let (typed, meant) = (format!("xy{kept}"), format!("{kept}zz"));
        assert_eq!(nearest(&typed, [meant.as_str()]), Some(meant.as_str()));
        assert_eq!(nearest(&format!("w{typed}"), [meant.as_str()]), None);
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

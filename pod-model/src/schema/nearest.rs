//! The known name that a mistyped one is nearest to.

/// The candidate that differs least, or none where all differ too much: by
/// more than a third of the letters. Case counts for little.
pub fn nearest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    // A name of that length was not mistyped, and comparing it costs.
    if name.len() > 64 {
        return None;
    }
    let lower = letters(name);
    let limit = (lower.len() / 3).clamp(1, 4);
    candidates
        .into_iter()
        .map(|candidate| {
            let same_case = usize::from(!name.starts_with(|c| candidate.starts_with(c)));
            (distance(&lower, &letters(candidate)), same_case, candidate)
        })
        .filter(|(distance, ..)| *distance <= limit)
        .min()
        .map(|(.., candidate)| candidate)
}

fn letters(name: &str) -> Vec<char> {
    name.chars().flat_map(char::to_lowercase).collect()
}

/// How many letters to insert, remove, replace or swap with their neighbour
/// (the restricted Damerau–Levenshtein distance).
fn distance(a: &[char], b: &[char]) -> usize {
    if a.len().abs_diff(b.len()) > 4 {
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
}

//! Resolves references.

use super::text::cut;
use super::value::Url;

impl Url {
    /// Returns the URL that a reference stands for, seen from this one.
    ///
    /// Upstream: `URL.ResolveReference` in Go's `net/url`.
    pub(crate) fn resolve(&self, reference: &Self) -> Self {
        let mut url = reference.clone();
        if reference.scheme.is_empty() {
            url.scheme.clone_from(&self.scheme);
        }
        let has_authority = !reference.host.is_empty() || reference.user.is_some();
        if !reference.scheme.is_empty() || has_authority {
            // A path that was read can be read again.
            let _ = url.set_path(&join_path(&reference.escaped_path(), b""));
            return url;
        }
        let without_address = |mut url: Self| {
            url.user = None;
            url.host.clear();
            url.path.clear();
            url
        };
        if !reference.opaque.is_empty() {
            return without_address(url);
        }
        if reference.path.is_empty() && !reference.force_query && reference.raw_query.is_empty() {
            url.raw_query.clone_from(&self.raw_query);
            if reference.fragment.is_empty() {
                url.fragment.clone_from(&self.fragment);
            }
        }
        if reference.path.is_empty() && !self.opaque.is_empty() {
            url.opaque.clone_from(&self.opaque);
            return without_address(url);
        }
        url.host.clone_from(&self.host);
        url.user.clone_from(&self.user);
        let _ = url.set_path(&join_path(&self.escaped_path(), &reference.escaped_path()));
        url
    }
}

/// Joins two encoded paths, and removes `.` and `..`.
fn join_path(base: &[u8], reference: &[u8]) -> Vec<u8> {
    let full = match reference {
        [] => base.to_vec(),
        [b'/', ..] => reference.to_vec(),
        _ => {
            let slash = base.iter().rposition(|byte| *byte == b'/');
            let directory = &base[..slash.map_or(0, |at| at + 1)];
            [directory, reference].concat()
        }
    };
    if full.is_empty() {
        return full;
    }
    let mut path = b"/".to_vec();
    let mut is_first = true;
    let mut rest = Some(&full[..]);
    let mut last: &[u8] = b"";
    while let Some(text) = rest {
        (last, rest) = cut(text, b'/');
        match last {
            b"." => is_first = false,
            b".." => {
                let slash = path[1..].iter().rposition(|byte| *byte == b'/');
                path.truncate(slash.map_or(1, |at| at + 1));
                is_first = path.len() == 1;
            }
            _ => {
                if !is_first {
                    path.push(b'/');
                }
                path.extend(last);
                is_first = false;
            }
        }
    }
    if last == b"." || last == b".." {
        path.push(b'/');
    }
    if path.get(1) == Some(&b'/') {
        path.remove(0);
    }
    path
}

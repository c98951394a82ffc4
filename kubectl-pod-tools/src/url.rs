//! URLs for messages, without passwords.

/// Returns the URL, or host and port, without `user:password@`.
pub(crate) fn without_user(url: &str) -> String {
    let start = url.find("://").map_or(0, |at| at + "://".len());
    let (scheme, rest) = url.split_at(start);
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at(end);
    // A password with a slash, which should have been escaped: `user:pa/ss@host`.
    let is_port = authority
        .rsplit_once(':')
        .is_none_or(|(_, port)| !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit()));
    let is_address = authority.contains('@') || authority.starts_with('[');
    if let Some((_, host)) = rest.rsplit_once('@')
        && !is_port
        && !is_address
    {
        return format!("{scheme}{host}");
    }
    let host = authority
        .rsplit_once('@')
        .map_or(authority, |(_, host)| host);
    format!("{scheme}{host}{path}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_left_out_and_nothing_else() {
        for (url, shown) in [
            ("https://host:6443/p?q=a@b", "https://host:6443/p?q=a@b"),
            ("https://user:pa@ss@host:6443/p", "https://host:6443/p"),
            ("https://token@host", "https://host"),
            ("user:pass@host:6443", "host:6443"),
            ("https://user:pa/ss@host:6443/p", "https://host:6443/p"),
            ("https://user:?ss@host", "https://host"),
            ("https://[fd00::1]/a@b", "https://[fd00::1]/a@b"),
            ("", ""),
        ] {
            assert_eq!(without_user(url), shown);
        }
    }
}

//! Names that a shell can refer to.

/// Returns whether a POSIX shell can refer to a variable of this name, or set it.
///
/// POSIX.1-2024, Base Definitions, 3.216 Name.
pub(crate) fn is_shell_name(name: &str) -> bool {
    let first = name.bytes().next();
    first.is_some_and(|b| !b.is_ascii_digit())
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shell_names_have_letters_digits_and_underscores() {
        for name in ["A", "a_B9", "_"] {
            assert!(is_shell_name(name), "{name:?}");
        }
        for name in [
            "db-url", "my.name", "-", ".", "9A", "", "a b", "a=b", "é", "$(A)",
        ] {
            assert!(!is_shell_name(name), "{name:?}");
        }
    }
}

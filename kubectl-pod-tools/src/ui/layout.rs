//! Layout of text for people: width, styles and drawing characters.

use std::ffi::OsString;

/// Layout of text for people.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Layout {
    /// True if text has styles.
    pub styled: bool,
    /// Width of wrapped lines, in columns: that of the terminal, or 80.
    pub columns: usize,
    /// Characters for lines and marks.
    pub charset: Charset,
}

/// Columns if standard output is not a terminal.
pub(super) const USUAL_COLUMNS: usize = 80;

impl Layout {
    /// Layout of text for a file: 80 columns without styles, in ASCII.
    #[cfg(test)]
    pub(crate) const PLAIN: Self = Self {
        styled: false,
        columns: USUAL_COLUMNS,
        charset: Charset::Ascii,
    };
}

/// Characters for drawing lines and marks. Text of others keeps its characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Charset {
    Unicode,
    Ascii,
}

impl Charset {
    /// Returns the character set of this process's locale.
    pub(super) fn of_process() -> Self {
        if cfg!(windows) {
            // The console takes UTF-8 by API, without a variable.
            return Self::Unicode;
        }
        Self::of_locale(|name| std::env::var_os(name))
    }

    /// Reads the locale's variables in the order of POSIX: the first that is not empty counts
    /// (XBD 8.2, "Internationalization Variables").
    fn of_locale(variable: impl Fn(&str) -> Option<OsString>) -> Self {
        let locale = ["LC_ALL", "LC_CTYPE", "LANG"]
            .into_iter()
            .filter_map(variable)
            .find(|value| !value.is_empty());
        let locale = locale.as_ref().and_then(|locale| locale.to_str());
        match locale {
            Some(locale) if is_utf8(locale) => Self::Unicode,
            _ => Self::Ascii,
        }
    }
}

/// Returns true if the codeset of a locale, such as `de_DE.UTF-8@euro`, is UTF-8. On macOS,
/// `UTF-8` is a locale by itself.
fn is_utf8(locale: &str) -> bool {
    let (name, _modifier) = locale.split_once('@').unwrap_or((locale, ""));
    let codeset = name.rsplit_once('.').map_or(name, |(_, codeset)| codeset);
    codeset.eq_ignore_ascii_case("utf-8") || codeset.eq_ignore_ascii_case("utf8")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn charset(variables: &[(&str, &str)]) -> Charset {
        Charset::of_locale(|name| {
            let found = variables.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| OsString::from(value))
        })
    }

    #[test]
    fn the_locale_decides_as_posix_ranks_its_variables() {
        for (variables, expected) in [
            (&[][..], Charset::Ascii),
            (&[("LANG", "C")], Charset::Ascii),
            (&[("LANG", "POSIX")], Charset::Ascii),
            (&[("LANG", "en_US")], Charset::Ascii),
            (&[("LANG", "en_US.ISO-8859-1")], Charset::Ascii),
            (&[("LANG", "en_US.UTF-8")], Charset::Unicode),
            (&[("LANG", "C.utf8")], Charset::Unicode),
            (&[("LANG", "de_DE.UTF-8@euro")], Charset::Unicode),
            (&[("LANG", "de_DE@euro.UTF-8")], Charset::Ascii),
            (&[("LC_CTYPE", "UTF-8")], Charset::Unicode),
            (&[("LC_ALL", "C"), ("LANG", "en_US.UTF-8")], Charset::Ascii),
            (&[("LC_ALL", ""), ("LANG", "en_US.UTF-8")], Charset::Unicode),
            (
                &[("LC_CTYPE", "C"), ("LANG", "en_US.UTF-8")],
                Charset::Ascii,
            ),
            (
                &[("LC_ALL", "C.UTF-8"), ("LC_CTYPE", "C")],
                Charset::Unicode,
            ),
            (&[("LC_MESSAGES", "en_US.UTF-8")], Charset::Ascii),
        ] {
            assert_eq!(charset(variables), expected, "{variables:?}");
        }
    }
}

//! Texts that are no URLs.

/// The reason that a text is not a URL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum UrlError {
    /// A control character.
    Control,
    /// The text begins with a colon.
    NoScheme,
    /// A relative path whose first segment has a colon.
    Colon,
    /// A `%` without two hexadecimal digits, or of a character that may not be encoded there.
    Escape(String),
    /// A character that a host cannot have.
    HostCharacter(u8),
    /// A `[` without a `]`.
    Bracket,
    /// Brackets around something else than an IPv6 address.
    Literal,
    /// A port with something else than digits.
    Port(String),
    /// A user or a password with a character that it cannot have.
    User,
}

impl std::fmt::Display for UrlError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Control => f.write_str("control character"),
            Self::NoScheme => f.write_str("a colon without a scheme"),
            Self::Colon => f.write_str("a colon in the first segment of the path"),
            Self::Escape(text) => write!(f, "invalid escape `{text}`"),
            Self::HostCharacter(byte) => {
                write!(f, "`{}` in the host", char::from(*byte).escape_default())
            }
            Self::Bracket => f.write_str("missing `]` in the host"),
            Self::Literal => f.write_str("invalid address in brackets"),
            Self::Port(text) => write!(f, "invalid port `{text}`"),
            Self::User => f.write_str("invalid user"),
        }
    }
}

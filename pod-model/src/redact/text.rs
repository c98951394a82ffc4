//! Messages: words of Kubernetes stay, and any other gets a pseudonym.

use super::pseudonyms::{IP, Pseudonyms, WORD};
use super::shapes::{is_ipv4, is_ipv6, is_number, is_time};
use super::vocabulary::{is_message_word, is_plain_word, is_well_known};

/// Characters that end a token.
const ENDS: &str = "\"'`()[]{},;=<>|&!?*";
/// Characters between the pieces of a token.
const BETWEEN: &str = "/:@_+%$#~^\\";
/// Words before the name of an object.
const BEFORE_A_NAME: [&str; 12] = [
    "pod",
    "container",
    "node",
    "configmap",
    "secret",
    "job",
    "replicaset",
    "pod:",
    "job:",
    "set",
    "quota:",
    "sidecar",
];

/// Treatment of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Reader {
    /// True if numbers say something about the cluster, and not about what a program printed.
    pub keeps_numbers: bool,
}

impl Reader {
    /// Returns a text with pseudonyms.
    pub(super) fn redact(self, names: &mut Pseudonyms, text: &str) -> String {
        let mut out = String::with_capacity(text.len());
        let mut rest = text;
        // The word in front, and the character.
        let mut before = "";
        let mut quote = None;
        // Lists of names stand in brackets.
        let mut brackets = 0_usize;
        while let Some(first) = rest.chars().next() {
            if ends(first) {
                out.push(first);
                quote = Some(first);
                match first {
                    '[' => brackets += 1,
                    ']' => brackets = brackets.saturating_sub(1),
                    _ => {}
                }
                rest = &rest[first.len_utf8()..];
                continue;
            }
            let length = rest.find(ends).unwrap_or(rest.len());
            let (token, behind) = rest.split_at(length);
            let is_named = brackets > 0
                || matches!(quote, Some('"' | '{' | '\'' | '`' | '='))
                || BEFORE_A_NAME.contains(&before);
            self.token(names, token, is_named, &mut out);
            before = token;
            quote = None;
            rest = behind;
        }
        out
    }

    fn token(self, names: &mut Pseudonyms, token: &str, is_named: bool, out: &mut String) {
        let own = token.trim_end_matches(['.', ':']);
        let behind = &token[own.len()..];
        let own = self.whole(names, own, is_named, out);
        if let Some(own) = own {
            self.pieces(names, own, is_named, out);
        }
        out.push_str(behind);
    }

    /// Adds a token that means something as a whole; else returns it.
    fn whole<'a>(
        self,
        names: &mut Pseudonyms,
        token: &'a str,
        is_named: bool,
        out: &mut String,
    ) -> Option<&'a str> {
        if is_time(token) {
            out.push_str(if self.keeps_numbers { token } else { "0" });
        } else if let Some(known) = known(names, token, is_named) {
            out.push_str(known);
        } else if is_ipv6(token) {
            out.push_str(&names.of(IP, token));
        } else {
            return Some(token);
        }
        None
    }

    fn pieces(self, names: &mut Pseudonyms, token: &str, is_named: bool, out: &mut String) {
        // The names of objects are joined by `/` and `_`.
        let is_joined = token.contains(['/', '_']);
        let mut rest = token;
        while let Some(first) = rest.chars().next() {
            if BETWEEN.contains(first) {
                out.push(first);
                rest = &rest[first.len_utf8()..];
                continue;
            }
            let length = rest.find(|char| BETWEEN.contains(char));
            let (piece, behind) = rest.split_at(length.unwrap_or(rest.len()));
            self.piece(names, piece, is_named || is_joined, out);
            rest = behind;
        }
    }

    fn piece(self, names: &mut Pseudonyms, piece: &str, is_named: bool, out: &mut String) {
        // A flag has hyphens in front, a name that is to be generated has one behind.
        let own = piece.trim_start_matches('-');
        out.push_str(&piece[..piece.len() - own.len()]);
        let behind = own.trim_end_matches(['.', '-']).len();
        let (own, behind) = own.split_at(behind);
        let has_address = own.contains('-') && own.split('-').any(is_ipv4);
        let has_name = own.split('.').any(|part| names.is_object(part));
        // A letter alone is the end of `node(s)` and `didn't`.
        if own.is_empty() {
        } else if let Some(known) = known(names, own, is_named) {
            out.push_str(known);
        } else if is_ipv4(own) {
            out.push_str(&names.of(IP, own));
        } else if is_number(own) {
            out.push_str(if self.keeps_numbers { own } else { "0" });
        } else if has_address {
            self.parts(names, own, '-', is_named, out);
        } else if own.len() == 1 || is_well_known(own) || is_made_of_words(own) && !has_name {
            out.push_str(own);
        } else if own.contains('.') {
            self.parts(names, own, '.', is_named, out);
        } else if own.chars().any(char::is_alphanumeric) {
            out.push_str(&names.of(WORD, own));
        } else {
            out.push_str(own);
        }
        out.push_str(behind);
    }

    /// Adds the parts of a piece, each by itself.
    fn parts(
        self,
        names: &mut Pseudonyms,
        piece: &str,
        between: char,
        is_named: bool,
        out: &mut String,
    ) {
        for (at, part) in piece.split(between).enumerate() {
            if at > 0 {
                out.push(between);
            }
            self.piece(names, part, is_named, out);
        }
    }
}

/// Returns whether a token has words of messages and numbers alone: `hugepages-2Mi`.
fn is_made_of_words(token: &str) -> bool {
    let mut parts = token.split('-');
    is_message_word(token) || parts.all(|part| is_number(part) || is_message_word(part))
}

fn ends(char: char) -> bool {
    char.is_whitespace() || ENDS.contains(char)
}

/// Returns the pseudonym of a token. A name that is a word of messages, too, is one only where names stand.
fn known<'a>(names: &'a Pseudonyms, token: &str, is_named: bool) -> Option<&'a str> {
    if is_plain_word(token) && !(is_named && names.is_object(token)) {
        return None;
    }
    names.known(token)
}

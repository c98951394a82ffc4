//! Variables that a shell replaces in a script, after Kubernetes has replaced its own.

use std::cell::OnceCell;
use std::collections::{HashMap, HashSet};
use std::ops::Range;

use pod_model::expansion::{Piece, pieces};

/// One `$NAME` or `${NAME…}` in a script.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ShellVariable {
    /// The name.
    pub(crate) name: String,
    /// The text in the script: `$NAME` or `${NAME`.
    pub(crate) text: String,
    /// True if the script itself seems to set it.
    pub(crate) set_here: bool,
    /// True if each use in the script handles an unset variable:
    /// `${NAME:-…}`, `${NAME:+…}` or `${NAME:?…}`.
    pub(crate) guarded: bool,
}

/// The variables that a shell will replace in a text, each name once.
///
/// It looks at the text as it is in the manifest, so that no Secret is in what
/// it finds. What stands in single quotes or after a backslash is no variable.
pub(crate) fn variables(raw: &str) -> Vec<ShellVariable> {
    let script = seen_by_shell(raw);
    let mut found: Vec<ShellVariable> = Vec::new();
    let mut places: HashMap<&str, usize> = HashMap::new();
    let set = OnceCell::new();
    let is_set = |name: &str| set.get_or_init(|| names_set(&script)).contains(name);
    let bytes = script.as_bytes();
    let (mut at, mut single, mut double) = (0, false, false);
    while let Some(&byte) = bytes.get(at) {
        at += 1;
        match byte {
            b'\'' if !double => single = !single,
            b'"' if !single => double = !double,
            b'\\' if !single => at += 1,
            b'$' if !single => {
                let brace = bytes.get(at) == Some(&b'{');
                let start = at + usize::from(brace);
                // `${#NAME}` is the length of NAME.
                let start = start + usize::from(brace && bytes.get(start) == Some(&b'#'));
                let name = name_at(&script, start);
                if !name.is_empty() {
                    let end = start + name.len();
                    let guarded = brace && is_guard(&script[end..]);
                    let text = &script[at - 1..end];
                    match places.get(name).and_then(|place| found.get_mut(*place)) {
                        Some(known) if known.guarded && !guarded => {
                            known.guarded = false;
                            text.clone_into(&mut known.text);
                        }
                        Some(_) => {}
                        None => {
                            places.insert(name, found.len());
                            found.push(ShellVariable {
                                name: name.to_owned(),
                                text: text.to_owned(),
                                set_here: is_set(name),
                                guarded,
                            });
                        }
                    }
                    at = end;
                }
            }
            _ => {}
        }
    }
    found
}

/// The places of `$$` in a text where the shell's process id was meant, in bytes:
/// the kubelet makes one `$` of it. Before a name, a brace or a parenthesis, or
/// one of the shell's own one-letter variables, it is the escape that it should
/// be, and in single quotes it is nothing to the shell.
pub(crate) fn process_ids(raw: &str) -> Vec<Range<usize>> {
    let bytes = raw.as_bytes();
    let mut found = Vec::new();
    let (mut at, mut single, mut double) = (0, false, false);
    while let Some(&byte) = bytes.get(at) {
        at += 1;
        match byte {
            b'\'' if !double => single = !single,
            b'"' if !single => double = !double,
            b'\\' if !single => at += 1,
            b'$' if bytes.get(at) == Some(&b'$') => {
                at += 1;
                let next = bytes.get(at).copied().unwrap_or(b' ');
                let is_variable = next.is_ascii_alphanumeric() || b"_{(?#@*!$'".contains(&next);
                if next == b'$' {
                    // `$$$$` is the way to write it, whatever follows.
                    at += usize::from(bytes.get(at + 1) == Some(&b'$')) * 2;
                }
                if !single && !is_variable {
                    found.push(at - 2..at);
                }
            }
            _ => {}
        }
    }
    found
}

/// Returns whether the text after a name in `${NAME…}` handles an unset variable.
fn is_guard(rest: &str) -> bool {
    let operator = rest.strip_prefix(':').unwrap_or(rest);
    operator.starts_with(['-', '+', '?'])
}

/// The text with escapes resolved and references, which the shell never sees,
/// replaced by a character that means nothing to it.
fn seen_by_shell(raw: &str) -> String {
    let mut out = String::with_capacity(raw.len());
    for piece in pieces(raw) {
        match piece {
            Piece::Text(text) => out.push_str(text),
            Piece::Escape { .. } => out.push('$'),
            Piece::Reference { .. } => out.push('\u{1}'),
        }
    }
    out
}

fn name_at(script: &str, start: usize) -> &str {
    let rest = script.get(start..).unwrap_or("");
    if rest.starts_with(|c: char| c.is_ascii_digit()) {
        return "";
    }
    let end = rest
        .find(|c: char| !(c.is_ascii_alphanumeric() || c == '_'))
        .unwrap_or(rest.len());
    &rest[..end]
}

/// Returns the names that a script assigns, loops over or reads: `NAME=` where a command
/// may begin, or a word after a shell builtin that sets names. Text in quotes and
/// arguments do not count, as in `echo "NAME=$NAME"`.
fn names_set(script: &str) -> HashSet<String> {
    let mut names = HashSet::new();
    for (at, mark) in script.match_indices("${") {
        let name = name_at(script, at + mark.len());
        let after = &script[at + mark.len() + name.len()..];
        if after.starts_with(":=") || after.starts_with('=') {
            names.insert(name.to_owned());
        }
    }
    let mut setter = Setter::Command;
    for word in words(script) {
        setter = match word {
            Word::End => Setter::Command,
            Word::Text(word) => {
                let assigns = word.contains('=') && setter != Setter::Argument;
                if assigns || setter == Setter::Names {
                    let bare = word.split(['=', '+']).next().unwrap_or("");
                    names.insert(bare.to_owned());
                }
                setter.after(&word, assigns_any(&word))
            }
        };
    }
    names
}

/// The meaning of the next word of a command.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Setter {
    /// It is a command, or an assignment before one.
    Command,
    /// It is the name of a variable that is set.
    Names,
    /// It assigns: an argument of `export`.
    Exports,
    /// It is a command's own.
    Argument,
}

impl Setter {
    fn after(self, word: &str, assigns: bool) -> Self {
        match (self, word) {
            (Self::Command, "for" | "read" | "getopts" | "select" | "mapfile" | "readarray") => {
                Self::Names
            }
            (Self::Command, "export" | "local" | "readonly" | "declare" | "typeset") => {
                Self::Exports
            }
            (
                Self::Command,
                "then" | "do" | "else" | "elif" | "if" | "while" | "until" | "!" | "{" | "time",
            ) => Self::Command,
            (Self::Command, _) if assigns => Self::Command,
            // `for NAME in …`: what follows `in` is its list.
            (Self::Names, "in") | (Self::Command | Self::Argument, _) => Self::Argument,
            (other, _) => other,
        }
    }
}

fn assigns_any(word: &str) -> bool {
    let name = word.split('=').next().unwrap_or("").trim_end_matches('+');
    word.contains('=') && !name.is_empty() && name_at(name, 0) == name
}

enum Word {
    Text(String),
    /// The end of a command: `;`, `&`, `|`, a parenthesis, the line.
    End,
}

/// A script's words. Quotes keep blanks together and stay in the word, so that
/// a quoted name is none.
fn words(script: &str) -> Vec<Word> {
    let mut all = Vec::new();
    let mut word = String::new();
    let mut quote = None;
    let mut chars = script.chars().peekable();
    while let Some(c) = chars.next() {
        let ends = quote.is_none() && matches!(c, ';' | '&' | '|' | '(' | ')' | '\n' | '`');
        let comment = quote.is_none() && c == '#' && word.is_empty();
        if comment {
            while chars.next_if(|c| *c != '\n').is_some() {}
            continue;
        }
        if ends || (quote.is_none() && c.is_whitespace()) {
            if !word.is_empty() {
                all.push(Word::Text(std::mem::take(&mut word)));
            }
            if ends {
                all.push(Word::End);
            }
            continue;
        }
        match c {
            '\'' | '"' if quote.is_none() => quote = Some(c),
            _ if quote == Some(c) => quote = None,
            '\\' if quote != Some('\'') => {
                word.push(c);
                word.extend(chars.next());
                continue;
            }
            _ => {}
        }
        word.push(c);
    }
    if !word.is_empty() {
        all.push(Word::Text(word));
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variable_with_a_default_is_guarded() {
        let guarded = |raw: &str| variables(raw).first().map(|v| v.guarded);
        for script in [
            "${X:-1}", "${X-1}", "${X:+1}", "${X+1}", "${X:?no}", "${X?no}",
        ] {
            assert_eq!(guarded(&format!("echo {script}")), Some(true), "{script}");
        }
        for script in [
            "$X",
            "${X}",
            "${#X}",
            "${X%-1}",
            "${X:-1} $X",
            "${X} ${X:-1}",
            "$X-1",
        ] {
            assert_eq!(guarded(&format!("echo {script}")), Some(false), "{script}");
        }
        assert_eq!(variables("echo ${X:-1} $X")[0].text, "$X");
    }

    #[test]
    fn shell_expands_variables_outside_of_single_quotes() {
        let names =
            |raw: &str| -> Vec<String> { variables(raw).into_iter().map(|v| v.name).collect() };
        assert_eq!(names("echo $A ${B} ${C:-x} ${#D} $A"), ["A", "B", "C", "D"]);
        assert_eq!(names("echo \"$A\""), ["A"]);
        assert_eq!(names("echo '$A' \\$B \"it's $C\""), ["C"]);
        assert_eq!(names("echo $(A) $1 $@ $? $$ $"), Vec::<String>::new());
        // `$$` leaves a `$` to the shell.
        assert_eq!(names("echo $$A $${B} $$(C)"), ["A", "B"]);
    }

    #[test]
    fn variable_that_the_script_sets_is_known() {
        let set = |raw: &str| variables(raw).first().map(|v| v.set_here);
        assert_eq!(set("X=1; echo $X"), Some(true));
        assert_eq!(set("for X in 1 2; do echo $X; done"), Some(true));
        assert_eq!(set("while read X; do echo $X; done"), Some(true));
        assert_eq!(set(": ${X:=1}"), Some(true));
        assert_eq!(set("echo $X"), Some(false));
        assert_eq!(set("XX=1 MY_X=2; echo $X --X=3"), Some(false));
        for script in [
            "A=1 X=2 env; echo $X",
            "true && X=1; echo $X",
            "if true; then X=1; fi; echo $X",
            "export A=1 X=2\necho $X",
            "read -r A X; echo $X",
            "(X='a b'; echo $X)",
            "X+=1; echo $X",
        ] {
            assert_eq!(set(script), Some(true), "{script}");
        }
        for script in [
            "echo \"X=$X\"",
            "echo X=$X",
            "echo $X; echo 'X=1; X=2'",
            "for A in X; do echo $X; done",
            "echo read X $X",
            "# X=1\necho $X",
        ] {
            assert_eq!(set(script), Some(false), "{script}");
        }
    }

    #[test]
    fn two_dollars_alone_are_a_process_id() {
        for (script, places) in [
            ("echo $$", &[5][..]),
            ("echo $$; kill -9 $$", &[5, 17]),
            ("f=/tmp/x.$$\n: > \"$$-f\"", &[9, 17]),
            ("kill \"$$\"", &[6]),
            ("echo $$$$", &[]),
            ("echo $$$$; echo $$", &[16]),
            ("echo $$(date) $$HOME $${HOME} $$? $$1 $$@ $$# $$!", &[]),
            ("grep 'x$$' f", &[]),
            ("echo \\$$", &[]),
            ("echo $HOME $(A) $", &[]),
            ("", &[]),
        ] {
            let found = process_ids(script);
            assert!(
                found.iter().all(|at| script[at.clone()] == *"$$"),
                "{script}"
            );
            let begins: Vec<usize> = found.iter().map(|at| at.start).collect();
            assert_eq!(begins, places, "{script}");
        }
    }
}

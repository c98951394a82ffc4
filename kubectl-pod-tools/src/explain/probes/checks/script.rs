//! Scripts of a shell, as far as it is certain what they do: a script with anything else than
//! simple commands between operators is left alone.

use super::curl::accepts_all_statuses;

/// The script that a command runs with a shell.
#[derive(Clone, Debug)]
pub(super) struct Script<'a> {
    /// Its index in the command.
    pub index: usize,
    text: &'a str,
    /// True if it ends at the first failure.
    exits_on_error: bool,
}

/// The way in which a script ignores the failure of a command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Ignored<'a> {
    /// Something that succeeds behind `||`.
    Alternative(&'a str),
    /// A last command that succeeds.
    Last(&'a str),
    /// A last command of a pipeline that succeeds.
    Pipeline(&'a str),
    /// `curl` that succeeds with each answer.
    Status,
}

/// An operator behind a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Operator {
    And,
    Or,
    Pipe,
    Background,
    /// `;`, a line feed, or the end.
    Next,
}

/// A command, with the operator behind it.
type Step<'a> = (&'a str, Operator);

/// Returns the script of `sh -c SCRIPT` and its like.
pub(super) fn script(command: &[String]) -> Option<Script<'_>> {
    let shell = command.first()?.rsplit('/').next()?;
    if !matches!(shell, "sh" | "bash" | "ash" | "dash" | "ksh" | "zsh") {
        return None;
    }
    let mut exits_on_error = false;
    let mut takes_script = false;
    for (index, word) in command.iter().enumerate().skip(1) {
        match word.strip_prefix('-') {
            // `-o NAME` and long options are not looked at.
            Some(letters) if letters.starts_with('-') || letters.contains(['o', 'O']) => {
                return None;
            }
            Some(letters) => {
                takes_script |= letters.contains('c');
                exits_on_error |= letters.contains('e');
            }
            None if takes_script => {
                return Some(Script {
                    index,
                    text: word,
                    exits_on_error,
                });
            }
            None => return None,
        }
    }
    None
}

/// Splits a script into its commands, or returns `None` if it has anything but simple ones.
fn steps(text: &str) -> Option<Vec<Step<'_>>> {
    let bytes = text.as_bytes();
    let mut all: Vec<Step<'_>> = Vec::new();
    let (mut start, mut at) = (0, 0);
    while at < bytes.len() {
        let (operator, length) = match (bytes[at], bytes.get(at + 1)) {
            (quote @ (b'\'' | b'"'), _) => {
                at = end_of_quote(bytes, at, quote)?;
                continue;
            }
            // Groups, substitutions of commands, comments, here-documents, cases.
            (b'(' | b')' | b'{' | b'`' | b'#', _)
            | (b'<', Some(b'<'))
            | (b'|', Some(b'&'))
            | (b';', Some(b';')) => return None,
            // An escape, `2>&1` and `&>file`.
            (b'\\', _) | (b'&', Some(b'>')) | (b'>' | b'<', Some(b'&')) => {
                at += 2;
                continue;
            }
            (b'&', Some(b'&')) => (Operator::And, 2),
            (b'|', Some(b'|')) => (Operator::Or, 2),
            (b'|', _) => (Operator::Pipe, 1),
            (b'&', _) => (Operator::Background, 1),
            (b';' | b'\n', _) => (Operator::Next, 1),
            _ => {
                at += 1;
                continue;
            }
        };
        push(&mut all, text, start..at, operator);
        at += length;
        start = at;
    }
    push(&mut all, text, start..bytes.len(), Operator::Next);
    let is_simple = |(command, _): &Step<'_>| !KEYWORDS.contains(&first_word(command));
    all.iter().all(is_simple).then_some(all)
}

fn push<'a>(
    all: &mut Vec<Step<'a>>,
    text: &'a str,
    range: std::ops::Range<usize>,
    operator: Operator,
) {
    let command = text.get(range).unwrap_or_default().trim();
    if !command.is_empty() {
        all.push((command, operator));
    }
}

fn end_of_quote(bytes: &[u8], open: usize, quote: u8) -> Option<usize> {
    let mut at = open + 1;
    loop {
        match *bytes.get(at)? {
            byte if byte == quote => return Some(at + 1),
            _ if quote == b'\'' => at += 1,
            b'\\' => at += 2,
            // A substitution within double quotes runs commands.
            b'`' => return None,
            b'$' if bytes.get(at + 1) == Some(&b'(') => return None,
            _ => at += 1,
        }
    }
}

/// Words that begin more than a simple command.
const KEYWORDS: [&str; 14] = [
    "if", "then", "else", "elif", "fi", "for", "while", "until", "do", "done", "case", "!", "trap",
    "[[",
];
/// Commands that succeed whatever they are given.
const SUCCEEDS: [&str; 3] = ["true", ":", "echo"];
/// Commands that succeed whatever a pipeline brings them.
const SUCCEEDS_IN_PIPELINE: [&str; 12] = [
    "true", ":", "echo", "cat", "tee", "head", "tail", "logger", "tr", "sort", "uniq", "wc",
];
/// Those of them that may be given files to read, which may be missing.
const TAKES_FILES: [&str; 6] = ["cat", "head", "tail", "sort", "uniq", "wc"];

fn first_word(command: &str) -> &str {
    command.split_whitespace().next().unwrap_or_default()
}

/// Returns true if nothing of a command can fail: a redirection, for one.
fn is_plain(command: &str) -> bool {
    !command.contains(['>', '<', '$'])
}

fn succeeds(command: &str) -> bool {
    command == "exit 0" || is_plain(command) && SUCCEEDS.contains(&first_word(command))
}

fn succeeds_in_pipeline(command: &str) -> bool {
    let word = first_word(command);
    let is_file = |word: &str| !word.starts_with('-') && word.parse::<u32>().is_err();
    let has_files = TAKES_FILES.contains(&word) && command.split_whitespace().skip(1).any(is_file);
    is_plain(command) && SUCCEEDS_IN_PIPELINE.contains(&word) && !has_files
}

/// Returns the way in which a script ignores failures, if it certainly does.
pub(super) fn ignored_failure<'a>(script: &Script<'a>) -> Option<Ignored<'a>> {
    let steps = steps(script.text)?;
    let decides = |(command, _): &Step<'_>| {
        let word = first_word(command);
        // An alternative is not what `set -e` ends at.
        if is_set_e(command) {
            return false;
        }
        let leaves = matches!(word, "exit" | "return" | "exec" | "kill") && *command != "exit 0";
        // A special built-in that fails ends the shell.
        leaves
            || matches!(
                word,
                "set" | "." | "source" | "eval" | "shift" | "export" | "readonly" | "unset"
            )
    };
    if steps.iter().any(decides) {
        return None;
    }
    let ((last, end), before) = steps.split_last()?;
    if *end == Operator::Background {
        return None;
    }
    let operator = before
        .last()
        .map_or(Operator::And, |(_, operator)| *operator);
    let exits_on_error =
        script.exits_on_error || before.iter().any(|(command, _)| is_set_e(command));
    // The failure of an earlier command then ends the script.
    let ends_earlier = |(command, operator): &Step<'_>| {
        *operator == Operator::Next && !is_set_e(command) && !succeeds(command)
    };
    let is_ignored = !exits_on_error || !before.iter().any(ends_earlier);
    match operator {
        Operator::Or if succeeds(last) && is_ignored => Some(Ignored::Alternative(last)),
        Operator::Next if succeeds(last) && !exits_on_error => {
            // Something has to be there whose failure would count.
            let can_fail = |(command, _): &Step<'_>| !succeeds(command);
            before.iter().any(can_fail).then_some(Ignored::Last(last))
        }
        Operator::Pipe if succeeds_in_pipeline(last) && is_ignored => Some(Ignored::Pipeline(last)),
        _ if accepts_all_statuses(last.split_whitespace()) => Some(Ignored::Status),
        _ => None,
    }
}

/// Returns true for `set -e`, with other letters of which none changes the code of a pipeline.
fn is_set_e(command: &str) -> bool {
    let letters = command.strip_prefix("set -").unwrap_or_default();
    letters.contains('e') && letters.bytes().all(|letter| b"eux".contains(&letter))
}

/// Returns a command that the script leaves running with its output open.
pub(super) fn background<'a>(script: &Script<'a>) -> Option<&'a str> {
    let steps = steps(script.text)?;
    // `exec >/dev/null` closes the output of all that follows.
    let is_open = |command: &str| match first_word(command) {
        "wait" => false,
        "exec" => !command.contains('>'),
        _ => true,
    };
    if !steps.iter().all(|(command, _)| is_open(command)) {
        return None;
    }
    let mut all = steps.into_iter();
    let (command, _) =
        all.find(|(command, operator)| *operator == Operator::Background && !is_closed(command))?;
    Some(command)
}

/// Returns whether a command redirects both its output and its errors.
fn is_closed(command: &str) -> bool {
    let both = ["&>", ">&", "2>&1", "1>&2"]
        .iter()
        .any(|own| command.contains(own));
    if both {
        // `2>&1` alone follows the attempt's own output.
        let others = command.replace("2>&1", "").replace("1>&2", "");
        return others.contains('>');
    }
    let errors = command.matches("2>").count();
    errors > 0 && command.matches('>').count() > errors
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ignored(words: &[&str]) -> Option<String> {
        let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
        Some(match ignored_failure(&script(&words)?)? {
            Ignored::Alternative(part) => format!("|| {part}"),
            Ignored::Last(part) => format!("; {part}"),
            Ignored::Pipeline(part) => format!("| {part}"),
            Ignored::Status => "status".to_owned(),
        })
    }

    #[test]
    fn a_failure_is_ignored_where_nothing_else_is_possible() {
        for (text, expected) in [
            ("curl -f localhost || true", "|| true"),
            ("curl -f localhost || echo down", "|| echo down"),
            ("test -f /ready || exit 0", "|| exit 0"),
            ("curl -f localhost; true", "; true"),
            ("curl -f localhost\necho done", "; echo done"),
            ("curl -sf localhost | tee", "| tee"),
            ("pg_isready | head -1", "| head -1"),
            ("pg_isready | head -n 1", "| head -n 1"),
            ("curl -f localhost 2>&1 || :", "|| :"),
            ("set -e; pg_isready || true", "|| true"),
            ("set -eu\npg_isready || true", "|| true"),
            ("curl -f localhost | tee /run/log", "| tee /run/log"),
            ("curl localhost:8080", "status"),
            ("curl -s 'http://localhost/x?y'", "status"),
            (
                "test -f /ready && curl -sS --insecure https://localhost",
                "status",
            ),
        ] {
            let found = ignored(&["/bin/sh", "-c", text]);
            assert_eq!(found.as_deref(), Some(expected), "{text}");
        }
    }

    #[test]
    fn a_script_that_may_fail_is_left_alone() {
        for text in [
            "curl -f localhost",
            "curl -f localhost || exit 1",
            "curl -f localhost || exit 1; echo ok",
            "set -e; curl -f localhost; echo ok",
            "curl -f localhost && echo ok",
            "ps aux | grep -q nginx",
            "curl localhost | jq -e .ok",
            "if curl -f localhost; then true; fi",
            "set -e; test -f /ready; curl -f localhost || true",
            "set -e; test -f /ready; curl -f localhost | tee",
            "set -eo pipefail; curl -f localhost | tee",
            "curl -sf localhost",
            "curl --fail-with-body localhost",
            "curl -K /etc/curlrc localhost",
            "curl telnet://localhost:23",
            "curl -o /dev/null -w '%{http_code}' localhost",
            "test \"$(cat /ready)\" = 1; true",
            "(curl -f localhost); true",
            "echo a; echo b",
            "echo ok",
            "true",
            "curl -f localhost || echo down > /run/state",
            "cmd &",
            "! cmd; true",
            "echo '|| true'",
            "echo \"unclosed; true",
            "kill -0 1; true",
            ". /env; check; true",
            "export A=1; check; true",
        ] {
            assert_eq!(ignored(&["sh", "-c", text]), None, "{text}");
        }
        // The shell's own option, and scripts in files.
        assert_eq!(ignored(&["sh", "-ec", "curl -f localhost; true"]), None);
        assert_eq!(ignored(&["sh", "/check.sh"]), None);
        assert_eq!(ignored(&["curl", "-f", "localhost || true"]), None);
    }

    #[test]
    fn a_command_in_the_background_holds_the_output_open() {
        for (text, expected) in [
            ("refresh & test -f /ready", Some("refresh")),
            ("refresh >/dev/null 2>&1 & test -f /ready", None),
            ("refresh &>/dev/null & test -f /ready", None),
            ("refresh >/dev/null 2>/dev/null & test -f /ready", None),
            // One of the two is still open.
            (
                "refresh >/dev/null & test -f /ready",
                Some("refresh >/dev/null"),
            ),
            (
                "refresh 2>/dev/null & test -f /ready",
                Some("refresh 2>/dev/null"),
            ),
            ("refresh 2>&1 & test -f /ready", Some("refresh 2>&1")),
            ("refresh & wait", None),
            ("a && b", None),
            ("a 2>&1", None),
            ("a '&' b", None),
        ] {
            let words = ["bash", "-c", text].map(str::to_owned);
            assert_eq!(background(&script(&words).unwrap()), expected, "{text}");
        }
    }
}

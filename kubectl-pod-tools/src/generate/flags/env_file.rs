//! Flag `--env-file`: a file of NAME=VALUE lines, read as kubectl reads one for
//! `--from-env-file` (k8s.io/kubectl/pkg/cmd/util, `AddFromEnvFile`): blanks
//! before a name are dropped and lines that begin with `#` are comments; a name
//! alone takes its value from this program's environment; everything after the
//! `=` is the value, quotes included. As there, a name counts once (pkg/cmd/create,
//! `addKeyFromLiteralToConfigMap`).

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use k8s_openapi::api::core::v1::EnvVar;
use pod_model::names;
use pod_model::{Source, Span};

use super::super::draft::Draft;
use super::super::fragment::{Fragment, ValueError};

pub(super) fn env_file(draft: &mut Draft, path: Fragment<'_>) -> Result<(), ValueError> {
    if path.is_empty() {
        return Err(path.error("expected a file name, found nothing"));
    }
    let bytes = draft
        .host_env
        .file(path.text())
        .map_err(|why| path.error(why))?;
    let Lines { variables, quoted } = read(path, &bytes)?;
    let known = |(name, value): (String, Option<String>)| {
        let value = value.or_else(|| draft.host_env.variable(&name));
        (name, value.unwrap_or_default())
    };
    let variables = variables.into_iter().map(known).collect();
    set_values(draft, variables);
    if let Some((line, name)) = quoted {
        draft.note(format!(
            "{}:{line}: the quotes are part of the value of {name}, as with kubectl's --from-env-file",
            path.text()
        ));
    }
    Ok(())
}

/// The variables of a file.
struct Lines {
    /// A name without `=` has no value yet.
    variables: Vec<(String, Option<String>)>,
    /// The first value in quotes: its line and its name.
    quoted: Option<(usize, String)>,
}

fn read(path: Fragment<'_>, bytes: &[u8]) -> Result<Lines, ValueError> {
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text.strip_prefix('\u{feff}').unwrap_or(text),
        Err(error) => {
            let before = &bytes[..error.valid_up_to()];
            let line = 1 + before.split(|b| *b == b'\n').count() - 1;
            return Err(path.error(format!("line {line} of the file is not valid UTF-8")));
        }
    };
    let mut lines = Lines {
        variables: Vec::new(),
        quoted: None,
    };
    let mut names = BTreeSet::new();
    for (number, line) in text.lines().enumerate() {
        let line = line.trim_start();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let (name, value) = match line.split_once('=') {
            Some((name, value)) => (name, Some(value)),
            None => (line, None),
        };
        if !is_env_var_name(name) {
            // It can be a piece of a value of several lines, and secret.
            let message = match value {
                Some(_) => "invalid variable name before `=`",
                None => "expected `NAME=VALUE`",
            };
            return Err(at_name(path, text, number, message).help(
                "a name has letters, digits, `_`, `-` and `.` and does not start with a digit; write \
                 no spaces around `=`, such as LOG_LEVEL=debug",
            ));
        }
        if !names.insert(name) {
            let message = format!("`{name}` is set twice");
            let error = at_name(path, text, number, &message);
            return Err(error.help("leave out one of the lines; the values are not shown"));
        }
        let is_quoted = |value: &str| {
            value.len() > 1
                && ['"', '\'']
                    .iter()
                    .any(|q| value.starts_with(*q) && value.ends_with(*q))
        };
        if lines.quoted.is_none() && value.is_some_and(is_quoted) {
            lines.quoted = Some((number + 1, name.to_owned()));
        }
        lines
            .variables
            .push((name.to_owned(), value.map(str::to_owned)));
    }
    Ok(lines)
}

/// Returns whether servers of all versions accept the name of a variable.
fn is_env_var_name(name: &str) -> bool {
    names::strict_env_name(name).is_none()
}

/// Returns an error at the name of a line in the file. Values are shown as `…`: they may be
/// passwords.
fn at_name(path: Fragment<'_>, text: &str, number: usize, message: &str) -> ValueError {
    let names: Vec<String> = text
        .lines()
        .map(|line| match line.split_once('=') {
            Some((name, _)) if is_env_var_name(name.trim_start()) => format!("{name}=…"),
            None if is_env_var_name(line.trim_start()) => line.to_owned(),
            // It may be a piece of a value of several lines.
            Some(_) | None => "…".to_owned(),
        })
        .collect();
    let before: usize = names[..number].iter().map(|line| line.len() + 1).sum();
    let line = &names[number];
    let start = before + line.len() - line.trim_start().len();
    let end = before + line.find('=').unwrap_or(line.len());
    let source = Source::new(path.text(), names.join("\n"));
    ValueError {
        in_file: Some((Arc::new(source), Span::new(start, end))),
        ..path.error(message)
    }
}

/// Sets many variables to texts, each in its place or at the end.
fn set_values(draft: &mut Draft, variables: Vec<(String, String)>) {
    let env = draft.container().env.get_or_insert_default();
    let mut places: HashMap<String, usize> = HashMap::with_capacity(env.len());
    for (place, known) in env.iter().enumerate() {
        places.entry(known.name.clone()).or_insert(place);
    }
    for (name, value) in variables {
        let place = *places.entry(name.clone()).or_insert(env.len());
        let variable = EnvVar {
            name,
            value: Some(value),
            value_from: None,
        };
        match env.get_mut(place) {
            Some(known) => *known = variable,
            None => env.push(variable),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn variables(text: &str) -> Vec<(String, Option<String>)> {
        read(Fragment::whole("app.env"), text.as_bytes())
            .unwrap()
            .variables
    }

    #[test]
    fn lines_are_read_as_by_kubectl() {
        let text = "\u{feff}A=1\r\n\n  # a comment\n  B= x = y # stays \nC=\nHOME\nQ=\"quoted\"\n";
        let pair = |name: &str, value: &str| (name.to_owned(), Some(value.to_owned()));
        assert_eq!(
            variables(text),
            [
                pair("A", "1"),
                pair("B", " x = y # stays "),
                pair("C", ""),
                ("HOME".to_owned(), None),
                pair("Q", "\"quoted\""),
            ]
        );
        assert!(variables("").is_empty());
    }

    #[test]
    fn error_is_at_its_line_and_shows_no_value() {
        for (text, line, shown) in [
            ("A=hunter2\n  1B=hunter2\n", 2, "…"),
            ("A=1\nB = hunter2\n", 2, "…"),
            ("A=1\nA=hunter2", 2, "A"),
            ("=hunter2", 1, "…"),
            ("export A=hunter2", 1, "…"),
            ("KEY=x\nhunter2/cmV0=", 2, "…"),
            ("KEY=begin\nhun/ter2 hunter2\nend", 2, "…"),
        ] {
            let error = read(Fragment::whole("app.env"), text.as_bytes())
                .map(drop)
                .unwrap_err();
            let (source, span) = error.in_file.unwrap();
            assert_eq!(source.location(span).line, line, "{text}");
            assert_eq!(source.slice(span), shown, "{text}");
            assert!(!source.text().contains("hunter2"), "{text}");
        }
        let error = read(Fragment::whole("app.env"), b"A=1\nB=\xff\n")
            .map(drop)
            .unwrap_err();
        assert_eq!(error.message, "line 2 of the file is not valid UTF-8");
    }
}

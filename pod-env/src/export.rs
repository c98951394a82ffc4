//! Exports an environment in the formats that other programs read: dotenv, a POSIX
//! shell, an env file of Docker.
//!
//! Values are written unchanged; the options of the resolution decide whether Secrets
//! are shown. A value that is unknown or that a format cannot hold becomes a comment,
//! never an empty value, and so does a source that was not read.

use std::fmt::Write;

use pod_model::invisible::is_unsafe;

use crate::names::is_shell_name;
use crate::report::{ContainerEnv, EnvVar, SourceKind, Status, Unread};

/// A line of an export.
enum Line<'a> {
    Set(&'a str, &'a str),
    Comment(String),
}

/// Returns the variables in effect that the manifest, its ConfigMaps, its Secrets and
/// its Services set, without those of the runtime. Comments name the sources that were
/// not read: those of `envFrom` come first, the Services last, as in the environment.
fn lines(container: &ContainerEnv) -> impl Iterator<Item = Line<'_>> {
    let is_service = |unread: &&Unread| unread.kind == SourceKind::ServiceLink;
    let (services, sources): (Vec<_>, Vec<_>) = container.unread.iter().partition(is_service);
    let variables = container.env.iter().filter(|entry| {
        !matches!(entry.status, Status::Skipped | Status::Overridden)
            && entry.source.kind != SourceKind::Runtime
    });
    let sources = sources.into_iter().map(unread_source);
    let services = services.into_iter().map(unread_source);
    sources.chain(variables.map(line)).chain(services)
}

fn unread_source(unread: &Unread) -> Line<'_> {
    let source = match unread.kind {
        SourceKind::ConfigMap => format!("configmap/{}", unread.name),
        SourceKind::Secret => format!("secret/{}", unread.name),
        _ => "Services of the namespace".to_owned(),
    };
    let variables = match unread.prefix.as_str() {
        "" => "variables".to_owned(),
        prefix => format!("variables `{prefix}…`"),
    };
    let reason = unread.reason;
    Line::Comment(format!(
        "{source}: not read ({reason}), {variables} may be missing"
    ))
}

fn line(entry: &EnvVar) -> Line<'_> {
    let name = &entry.name;
    match &entry.value {
        None => {
            let why = entry.unknown.as_deref().unwrap_or("no value");
            Line::Comment(format!("{name}: unknown value ({why})"))
        }
        Some(_) if entry.lossy => Line::Comment(format!("{name}: value is not UTF-8")),
        Some(_) if entry.masked => Line::Comment(format!("{name}: value of a Secret, hidden")),
        Some(value) => Line::Set(&entry.name, value),
    }
}

/// Returns lines of `NAME="value"` for dotenv libraries: in double quotes, `\`, `"`, `$`,
/// a backquote, a line feed and a carriage return are escaped with a backslash.
pub fn dotenv(container: &ContainerEnv) -> String {
    let mut out = String::new();
    for line in lines(container) {
        match line {
            Line::Set(name, value) if is_dotenv_name(name) => {
                let _ = writeln!(out, "{name}={}", dotenv_value(value));
            }
            Line::Set(name, _) => unnameable(&mut out, name, "a dotenv file"),
            Line::Comment(text) => comment(&mut out, &text),
        }
    }
    out
}

/// Returns whether dotenv libraries accept a name.
fn is_dotenv_name(name: &str) -> bool {
    !name.is_empty()
        && !name.starts_with(|c: char| c.is_ascii_digit())
        && name
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.'))
}

fn dotenv_value(value: &str) -> String {
    let plain = !value.is_empty()
        && value
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"_-./:@%+,=".contains(&b));
    if plain {
        return value.to_owned();
    }
    let mut out = String::with_capacity(value.len() + 2);
    out.push('"');
    for c in value.chars() {
        match c {
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\\' | '"' | '$' | '`' => {
                out.push('\\');
                out.push(c);
            }
            _ => out.push(c),
        }
    }
    out.push('"');
    out
}

/// Returns lines of `export NAME='value'` for a POSIX shell; names that are not valid
/// there become comments.
pub fn shell(container: &ContainerEnv) -> String {
    let mut out = String::new();
    for line in lines(container) {
        match line {
            Line::Set(name, _) if !is_shell_name(name) => {
                unnameable(&mut out, name, "a POSIX shell");
            }
            Line::Set(name, value) if value.contains('\0') => {
                comment(&mut out, &format!("{name}: value contains a NUL byte"));
            }
            Line::Set(name, value) => {
                let _ = writeln!(out, "export {name}={}", shell_quote(value));
            }
            Line::Comment(text) => comment(&mut out, &text),
        }
    }
    out
}

/// Quotes a text as one word of a POSIX shell.
pub fn shell_quote(value: &str) -> String {
    let plain = !value.is_empty()
        && value
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"_-./:=@%+,".contains(&b));
    if plain {
        value.to_owned()
    } else {
        format!("'{}'", value.replace('\'', r"'\''"))
    }
}

/// Returns lines of `NAME=value` for `docker run --env-file`. It has no quotes, so that a
/// value with a line feed or a name with white space becomes a comment.
pub fn docker(container: &ContainerEnv) -> String {
    let mut out = String::new();
    for line in lines(container) {
        match line {
            // docker/cli's pkg/kvfile: a name has no white space, a line that
            // begins with `#` is a comment, white space in front is dropped.
            Line::Set(name, _) if name.contains(char::is_whitespace) || name.starts_with('#') => {
                unnameable(&mut out, name, "an env file of Docker");
            }
            Line::Set(name, value) if value.contains(['\n', '\r', '\0']) => {
                comment(&mut out, &format!("{name}: value has several lines"));
            }
            Line::Set(name, value) => {
                let _ = writeln!(out, "{name}={value}");
            }
            Line::Comment(text) => comment(&mut out, &text),
        }
    }
    out
}

fn unnameable(out: &mut String, name: &str, who: &str) {
    comment(out, &format!("{name}: not a valid name in {who}"));
}

/// Adds a comment of one line. Control characters are escaped, and so are those that end a line
/// for some parsers or reorder text.
fn comment(out: &mut String, text: &str) {
    out.push_str("# ");
    for c in text.chars() {
        if c.is_control() {
            out.extend(c.escape_debug());
        } else if is_unsafe(c) {
            out.extend(c.escape_unicode());
        } else {
            out.push(c);
        }
    }
    out.push('\n');
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::names::is_shell_name;
    use pod_model::ContainerType;

    use crate::report::Source;
    use pod_model::FieldPath;
    use proptest::prelude::*;
    use std::io::Write as _;

    fn container(vars: &[(&str, Option<&str>)]) -> ContainerEnv {
        let env = vars
            .iter()
            .map(|(name, value)| EnvVar {
                name: (*name).to_owned(),
                value: value.map(str::to_owned),
                raw: None,
                status: Status::Resolved,
                source: Source::new(SourceKind::Literal),
                references: Vec::new(),
                masked: false,
                unknown: value.is_none().then(|| "the Pod's,\nlater".to_owned()),
                overrides: Vec::new(),
                overridden_by: None,
                shell_name: is_shell_name(name),
                lossy: false,
                path: None,
                location: None,
                bytes: None,
            })
            .collect();
        ContainerEnv {
            name: "c".into(),
            container_type: ContainerType::App,
            env,
            command: Vec::new(),
            args: Vec::new(),
            command_references: Vec::new(),
            mounts: Vec::new(),
            unread: Vec::new(),
            image_env_known: false,
            path: FieldPath::root(),
        }
    }

    #[test]
    fn each_format_holds_what_it_can() {
        let mut all = container(&[
            ("A", Some("plain")),
            ("B", Some("it's $A\n\"x\"\\")),
            ("db-url", Some("x y")),
            ("a b", Some("z")),
            ("E", Some("")),
            ("U", None),
            ("S", Some("***")),
        ]);
        all.env[6].masked = true;
        let unknown = "# U: unknown value (the Pod's,\\nlater)\n# S: value of a Secret, hidden\n";
        assert_eq!(
            dotenv(&all),
            format!(
                "A=plain\nB=\"it's \\$A\\n\\\"x\\\"\\\\\"\ndb-url=\"x y\"\n\
                 # a b: not a valid name in a dotenv file\nE=\"\"\n{unknown}"
            )
        );
        assert_eq!(
            shell(&all),
            format!(
                "export A=plain\nexport B='it'\\''s $A\n\"x\"\\'\n\
                 # db-url: not a valid name in a POSIX shell\n\
                 # a b: not a valid name in a POSIX shell\nexport E=''\n{unknown}"
            )
        );
        assert_eq!(
            docker(&all),
            format!(
                "A=plain\n# B: value has several lines\ndb-url=x y\n\
                 # a b: not a valid name in an env file of Docker\nE=\n{unknown}"
            )
        );
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(200))]
        #[expect(
        clippy::disallowed_methods,
        reason = "a real shell says whether the quoting is right"
    )]
    #[test]
        fn a_shell_reads_back_what_was_quoted(value in "[^\0]{0,40}") {
            let script = shell(&container(&[("V", Some(&value))]));
            let mut sh = std::process::Command::new("sh")
                .stdin(std::process::Stdio::piped())
                .stdout(std::process::Stdio::piped())
                .spawn()
                .unwrap();
            let mut stdin = sh.stdin.take().unwrap();
            stdin.write_all(script.as_bytes()).unwrap();
            stdin.write_all(b"printf %s \"$V\"\n").unwrap();
            drop(stdin);
            let output = sh.wait_with_output().unwrap();
            prop_assert_eq!(String::from_utf8(output.stdout).unwrap(), value);
        }
    }

    /// U+2028 ends a line for JavaScript's `^`, which libraries for dotenv use.
    #[test]
    fn comment_is_one_line_for_every_parser() {
        let mut out = String::new();
        comment(&mut out, "a\u{2028}B=1\nC=2\u{202e}");
        assert_eq!(out, "# a\\u{2028}B=1\\nC=2\\u{202e}\n");
    }
}

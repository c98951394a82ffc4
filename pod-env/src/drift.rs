//! What a running container sees against what it would see after a restart.
//!
//! The kubelet builds an environment when it starts a container and never
//! again (`makeEnvironmentVariables` in pkg/kubelet/kubelet_pods.go), so a
//! ConfigMap that was edited since shows here.

use std::collections::HashMap;

use pod_model::FieldPath;
use serde::Serialize;

use crate::MASK;
use crate::report::{ContainerEnv, EnvVar, SourceKind, Status};

/// What the runtime sets, whether the image names it or not.
const RUNTIME: &[&str] = &["HOME", "HOSTNAME", "PATH", "TERM"];

/// How the variables that were read are parted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Separator {
    /// By NUL, as in `/proc/PID/environ`: nothing is lost.
    Nul,
    /// By line feeds, as `printenv` does it: a value of several lines can only
    /// be told from several variables where it is as expected.
    LineFeed,
}

/// How a variable differs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Change {
    /// A restart gives it another value.
    Changed,
    /// A restart takes it away.
    Gone,
    /// A restart adds it.
    New,
}

/// A variable that a restart would change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Difference {
    /// Its name.
    pub name: String,
    /// What a restart would do.
    pub change: Change,
    /// The value in the running container; none where it is not set.
    pub running: Option<String>,
    /// The value after a restart; none where it would not be set.
    pub restarted: Option<String>,
    /// Whether [`MASK`] stands for a value that is, or may be, a Secret's.
    pub masked: bool,
    /// The entry of the manifest that sets it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<FieldPath>,
}

/// The answer for one container.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Drift {
    /// What a restart would change.
    pub differences: Vec<Difference>,
    /// Variables that neither the manifest nor a Service gives: the image's,
    /// or such as were there when the container started.
    pub unexplained: Vec<String>,
}

/// Compares what was read with what the report expects. Values that the report
/// does not know are not compared.
pub fn drift(
    container: &ContainerEnv,
    environ: &[u8],
    separator: Separator,
    show_secrets: bool,
) -> Drift {
    let expected: Vec<&EnvVar> = container.env.iter().filter(|e| takes_part(e)).collect();
    let seen = entries(environ, separator, &expected);
    let mut first = HashMap::new();
    for (at, (name, value)) in seen.iter().enumerate() {
        first.entry(*name).or_insert((at, *value));
    }
    let mut found = Drift::default();
    for entry in &expected {
        let Some(restarted) = &entry.bytes else {
            continue;
        };
        let change = match first.get(entry.name.as_bytes()) {
            Some((_, running)) if *running == restarted.bytes() => continue,
            Some(_) => Change::Changed,
            // Which of its own a runtime sets, and where, is its affair.
            None if entry.source.kind == SourceKind::Runtime => continue,
            None => Change::New,
        };
        let running = first.get(entry.name.as_bytes()).map(|(_, value)| *value);
        let masked = !show_secrets && (entry.masked || may_have_been_secret(container, entry));
        found.differences.push(Difference {
            name: entry.name.clone(),
            change,
            running: running.map(|value| shown(value, masked)),
            restarted: entry.value.clone(),
            masked: entry.masked || (masked && running.is_some()),
            path: entry.path.clone(),
        });
    }
    let extra = Extra::new(container, &expected, &seen);
    for (at, (name, value)) in seen.iter().enumerate() {
        let name_text = String::from_utf8_lossy(name).into_owned();
        let known = expected.iter().any(|e| e.name.as_bytes() == *name);
        if known || first[name].0 != at || RUNTIME.contains(&name_text.as_str()) {
            continue;
        }
        if extra.is_gone(at, &name_text) {
            found.differences.push(Difference {
                name: name_text,
                change: Change::Gone,
                running: Some(shown(value, !show_secrets)),
                restarted: None,
                masked: !show_secrets,
                path: None,
            });
        } else {
            found.unexplained.push(name_text);
        }
    }
    found
}

fn takes_part(entry: &EnvVar) -> bool {
    !matches!(entry.status, Status::Skipped | Status::Overridden)
}

fn shown(value: &[u8], masked: bool) -> String {
    if masked {
        MASK.to_owned()
    } else {
        String::from_utf8_lossy(value).into_owned()
    }
}

/// Whether the value that runs may have come out of a Secret although the one
/// of a restart does not: two sources of one name, or a reference to them.
fn may_have_been_secret(container: &ContainerEnv, entry: &EnvVar) -> bool {
    let secrets = container
        .env
        .iter()
        .any(|e| e.source.kind == SourceKind::Secret)
        || container
            .unread
            .iter()
            .any(|u| u.kind == SourceKind::Secret);
    let by_name = entry.path.as_ref().is_some_and(|path| {
        let path = path.to_string();
        path.contains(".env[")
    });
    secrets && !(by_name && entry.references.is_empty())
}

type Entry<'a> = (&'a [u8], &'a [u8]);

fn entries<'a>(environ: &'a [u8], separator: Separator, expected: &[&EnvVar]) -> Vec<Entry<'a>> {
    let mut found: Vec<Entry<'a>> = Vec::new();
    let mut rest = environ;
    while !rest.is_empty() {
        let length = match separator {
            Separator::Nul => rest.iter().position(|b| *b == 0),
            Separator::LineFeed => Some(length_of_lines(rest, expected)),
        };
        let length = length.unwrap_or(rest.len());
        let (entry, after) = rest.split_at(length);
        rest = after.get(1..).unwrap_or_default();
        if let Some(equals) = entry.iter().position(|b| *b == b'=') {
            found.push((&entry[..equals], &entry[equals + 1..]));
        }
    }
    found
}

/// How far the variable at the start goes: as far as expected where it is as
/// expected, and else up to the next line that may be a variable.
fn length_of_lines(rest: &[u8], expected: &[&EnvVar]) -> usize {
    let ends = |length: usize| matches!(rest.get(length), None | Some(b'\n'));
    for entry in expected {
        let Some(value) = &entry.bytes else { continue };
        let name = entry.name.as_bytes();
        let length = name.len() + 1 + value.bytes().len();
        let fits = rest.starts_with(name)
            && rest.get(name.len()) == Some(&b'=')
            && rest[name.len() + 1..].starts_with(value.bytes());
        if fits && ends(length) {
            return length;
        }
    }
    let mut at = 0;
    loop {
        let line = rest[at..].iter().position(|b| *b == b'\n');
        let Some(end) = line.map(|length| at + length) else {
            return rest.len();
        };
        let next = &rest[end + 1..];
        let next = &next[..next.iter().position(|b| *b == b'\n').unwrap_or(next.len())];
        if next.is_empty() && end + 1 >= rest.len() || next.contains(&b'=') {
            return end;
        }
        at = end + 1;
    }
}

/// Tells the image's variables from those that a restart would take away.
///
/// A runtime puts the image's variables first and the kubelet's after them
/// (containerd's `buildLinuxSpec`). The kubelet has a variable that the report
/// does not have only from envFrom, an optional key or a Service.
struct Extra<'a> {
    container: &'a ContainerEnv,
    /// The place of the first variable that is the kubelet's for certain.
    first_own: Option<usize>,
    first_link: Option<usize>,
}

impl<'a> Extra<'a> {
    fn new(container: &'a ContainerEnv, expected: &[&EnvVar], seen: &[Entry<'_>]) -> Self {
        let place = |wanted: &dyn Fn(SourceKind) -> bool| {
            seen.iter().position(|(name, _)| {
                let is = |e: &&&EnvVar| e.name.as_bytes() == *name;
                let entry = expected.iter().find(is);
                entry.is_some_and(|e| wanted(e.source.kind) && !RUNTIME.contains(&e.name.as_str()))
            })
        };
        Self {
            container,
            first_own: place(&|kind| kind != SourceKind::Runtime),
            first_link: place(&|kind| kind == SourceKind::ServiceLink),
        }
    }

    fn is_gone(&self, at: usize, name: &str) -> bool {
        // The source that could have given it was not read.
        if self
            .container
            .unread
            .iter()
            .any(|unread| unread.could_set(name))
        {
            return false;
        }
        let named_in_spec = self.container.env.iter().any(|e| e.name == name);
        let prefixes = &self.container.env_from_prefixes;
        self.container.image_env_known
            || named_in_spec
            || self.first_link.is_some_and(|first| first < at)
            || prefixes
                .iter()
                .any(|p| !p.is_empty() && name.starts_with(p.as_str()))
            || (!prefixes.is_empty() && self.first_own.is_some_and(|first| first < at))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::{ContainerType, Plain, Source, Unread};

    fn entry(name: &str, value: Option<&str>, kind: SourceKind) -> EnvVar {
        EnvVar {
            name: name.to_owned(),
            value: value.map(str::to_owned),
            raw: None,
            status: Status::Resolved,
            source: Source::new(kind),
            references: Vec::new(),
            masked: false,
            unknown: value.is_none().then(|| "unknown".to_owned()),
            overrides: Vec::new(),
            overridden_by: None,
            shell_name: true,
            lossy: false,
            path: Some(FieldPath::parse("spec.containers[0].env[0]")),
            location: None,
            bytes: value.map(|v| Plain::new(v.as_bytes().to_vec())),
        }
    }

    fn container(env: Vec<EnvVar>, prefixes: &[&str]) -> ContainerEnv {
        ContainerEnv {
            name: "c".into(),
            container_type: ContainerType::App,
            env,
            command: Vec::new(),
            args: Vec::new(),
            command_references: Vec::new(),
            unread: Vec::new(),
            image_env_known: false,
            path: FieldPath::parse("spec.containers[0]"),
            env_from_prefixes: prefixes.iter().map(|p| (*p).to_owned()).collect(),
        }
    }

    fn told(container: &ContainerEnv, environ: &str, separator: Separator) -> (String, String) {
        let drift = drift(container, environ.as_bytes(), separator, false);
        let one = |d: &Difference| {
            let value = |v: &Option<String>| v.clone().unwrap_or_else(|| "-".into());
            format!(
                "{:?} {} {}>{}",
                d.change,
                d.name,
                value(&d.running),
                value(&d.restarted)
            )
        };
        let all: Vec<String> = drift.differences.iter().map(one).collect();
        (all.join(", "), drift.unexplained.join(", "))
    }

    #[test]
    fn each_way_to_differ() {
        use SourceKind::{ConfigMap, Literal, Runtime};
        let env = || {
            vec![
                entry("A", Some("1"), Literal),
                entry("B", Some("2"), ConfigMap),
                entry("N", Some("3"), ConfigMap),
                entry("HOSTNAME", Some("h"), Runtime),
                entry("U", None, ConfigMap),
            ]
        };
        let environ = "PATH=/\0HOSTNAME=h\0IMAGE=x\0A=1\0B=old\0U=any\0LATE=y\0HOME=/\0";
        let (found, open) = told(&container(env(), &[]), environ, Separator::Nul);
        assert_eq!(found, "Changed B old>2, New N ->3");
        assert_eq!(open, "IMAGE, LATE");
        let (found, open) = told(&container(env(), &[""]), environ, Separator::Nul);
        assert_eq!(found, "Changed B old>2, New N ->3, Gone LATE ***>-");
        assert_eq!(open, "IMAGE");
        let (found, _) = told(&container(env(), &["IM"]), environ, Separator::Nul);
        assert!(found.contains("Gone IMAGE"), "{found}");
        let mut known = container(env(), &[]);
        known.image_env_known = true;
        assert_eq!(told(&known, environ, Separator::Nul).1, "");
    }

    #[test]
    fn what_an_unread_service_may_set_is_not_gone() {
        let mut container = container(vec![entry("A", Some("1"), SourceKind::ServiceLink)], &[]);
        let environ = "A=1\0WEB_SERVICE_HOST=10.0.0.1\0WEB_PORT_80_TCP=x\0OTHER=y\0";
        let (gone, _) = told(&container, environ, Separator::Nul);
        assert_eq!(gone.matches("Gone").count(), 3, "{gone}");
        container.unread.push(Unread {
            kind: SourceKind::ServiceLink,
            name: String::new(),
            prefix: String::new(),
            reason: "forbidden",
        });
        let (gone, open) = told(&container, environ, Separator::Nul);
        assert_eq!(gone, "Gone OTHER ***>-");
        assert_eq!(open, "WEB_SERVICE_HOST, WEB_PORT_80_TCP");
    }

    #[test]
    fn lines_of_an_unchanged_value_are_no_variables() {
        let env = vec![
            entry("A", Some("x\nB=y\n"), SourceKind::Literal),
            entry("C", Some("1"), SourceKind::Literal),
        ];
        let container = container(env, &[""]);
        let lines = |text: &str| told(&container, text, Separator::LineFeed);
        assert_eq!(lines("A=x\nB=y\n\nC=1\n"), (String::new(), String::new()));
        assert_eq!(lines("A=p\nq\nC=1\n").0, "Changed A p\nq>x\nB=y\n");
        assert_eq!(lines("C=\nA=x\nB=y\n\n").0, "Changed C >1");
    }

    #[test]
    fn what_may_be_a_secret_is_masked_in_the_running_value_too() {
        let mut from = entry("A", Some("plain"), SourceKind::ConfigMap);
        from.path = Some(FieldPath::parse("spec.containers[0].envFrom[0]"));
        let secret = entry("S", Some("s"), SourceKind::Secret);
        let container = container(vec![from, secret], &[""]);
        let (found, _) = told(&container, "A=was secret\0S=s\0", Separator::Nul);
        assert_eq!(found, "Changed A ***>plain");
    }
}

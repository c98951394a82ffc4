//! Finds and merges kubeconfig files as kubectl does
//! (k8s.io/client-go/tools/clientcmd, `ClientConfigLoadingRules`).

use std::collections::BTreeSet;
use std::env;
use std::io;
use std::path::{Path, PathBuf};

use super::model::{Kubeconfig, NamedCluster, NamedContext, NamedUser};
use crate::bounded::{self, Bounds, ReadError};
use crate::connection::error::ConfigError;

/// Limit of a kubeconfig in bytes: thousands of clusters with their certificates.
const MAX_BYTES: usize = 16 << 20;

/// Merged files.
pub(in crate::connection) struct Files {
    /// Merged definitions, or `None` if there are none.
    pub merged: Option<Kubeconfig>,
    /// Files of `$KUBECONFIG` that do not exist.
    pub missing: Vec<String>,
}

/// Reads the named file, the files of `$KUBECONFIG`, or the one in the home directory.
///
/// # Errors
/// A named file that does not exist, and any that is not a kubeconfig.
pub(in crate::connection) fn read(explicit: Option<&Path>) -> Result<Files, ConfigError> {
    let mut missing = Vec::new();
    let variable = env::var_os("KUBECONFIG").filter(|list| !list.is_empty());
    let explicit = explicit.filter(|path| !path.as_os_str().is_empty());
    let paths: Vec<PathBuf> = match explicit {
        Some(path) => {
            let merged = Some(read_file(path)?);
            return Ok(Files { merged, missing });
        }
        None => match &variable {
            Some(list) => env::split_paths(list)
                .filter(|path| !path.as_os_str().is_empty())
                .collect(),
            None => env::home_dir()
                .map(|home| home.join(".kube").join("config"))
                .into_iter()
                .collect(),
        },
    };
    // As kubectl: a file of the list that is not there is passed over (`os.IsNotExist`).
    // A link that leads in a circle, or a way through a file, is a mistake.
    let is_there = |path: &PathBuf| {
        let error = path.metadata().err();
        error.is_none_or(|error| error.kind() != io::ErrorKind::NotFound)
    };
    let (paths, absent): (Vec<_>, Vec<_>) = paths.into_iter().partition(is_there);
    if variable.is_some() {
        missing.extend(absent.iter().map(|path| path.display().to_string()));
    }
    // An empty file is as good as none: in a Pod, its service account serves.
    let merged =
        merged(&paths)?.filter(|config| !config.clusters.is_empty() || !config.contexts.is_empty());
    Ok(Files { merged, missing })
}

/// Reads and merges several files.
///
/// # Errors
/// A file that is not a kubeconfig.
pub(in crate::connection) fn merged(paths: &[PathBuf]) -> Result<Option<Kubeconfig>, ConfigError> {
    let mut merged: Option<Kubeconfig> = None;
    for path in paths {
        let next = read_file(path)?;
        match &mut merged {
            Some(before) => before.merge(next),
            None => merged = Some(next),
        }
    }
    Ok(merged)
}

fn read_file(path: &Path) -> Result<Kubeconfig, ConfigError> {
    let shown = path.display().to_string();
    let bytes = bounded::read_file(path, Bounds::file(MAX_BYTES), || {});
    let bytes = bytes.map_err(|error| ConfigError::File {
        what: "kubeconfig",
        path: shown.clone(),
        error,
    })?;
    let manifest = pod_model::manifest::read(&shown, bytes);
    if let Some(error) = manifest.errors.first() {
        return Err(ConfigError::Parse {
            place: error.location.as_ref().map_or(shown, ToString::to_string),
            message: error.clone().without_values().message,
        });
    }
    let mut merged = Kubeconfig::default();
    for document in &manifest.documents {
        let config: Kubeconfig = document.decode().map_err(|error| ConfigError::Parse {
            place: document.location(error.span).to_string(),
            message: match (error.path.to_string(), without_value(&error.message)) {
                // The whole file is something else.
                (path, message) if path.is_empty() => message,
                (path, message) => format!("{path}: {message}"),
            },
        })?;
        let mut config = config.checked().map_err(|message| ConfigError::Parse {
            place: shown.clone(),
            message,
        })?;
        if let Some(dir) = path.parent() {
            config.make_absolute(dir);
        }
        merged.merge(config);
    }
    Ok(merged)
}

/// Returns a message such as `invalid type: string "…", expected a map` without the value,
/// which may be a token.
fn without_value(message: &str) -> String {
    match message.rsplit_once(", expected ") {
        // Not in the words of the decoder.
        Some((_, "a map")) => "expected an object".to_owned(),
        Some((_, expected)) if expected.starts_with("struct ") => "expected an object".to_owned(),
        Some((_, "a sequence")) => "expected a list".to_owned(),
        Some((_, expected)) => format!("expected {expected}"),
        None => "unexpected value".to_owned(),
    }
}

impl Kubeconfig {
    /// Checks what client-go refuses whichever part of a file is used: another kind, and
    /// duplicate names (clientcmd/api/v1, conversion.go).
    fn checked(self) -> Result<Self, String> {
        let is_one = |value: &str, expected| value.is_empty() || value == expected;
        if !is_one(&self.kind, "Config") || !is_one(&self.api_version, "v1") {
            return Err(format!(
                "expected `apiVersion: v1` and `kind: Config`, found `{}` and `{}`",
                self.api_version, self.kind
            ));
        }
        twice("cluster", self.clusters.iter().map(|named| &named.name))?;
        twice("user", self.users.iter().map(|named| &named.name))?;
        twice("context", self.contexts.iter().map(|named| &named.name))?;
        Ok(self)
    }

    /// Adds the definitions of another file. The first definition of a name wins.
    fn merge(&mut self, next: Self) {
        if self.current_context.is_empty() {
            self.current_context = next.current_context;
        }
        append(&mut self.clusters, next.clusters, |named: &NamedCluster| {
            &named.name
        });
        append(&mut self.users, next.users, |named: &NamedUser| &named.name);
        append(&mut self.contexts, next.contexts, |named: &NamedContext| {
            &named.name
        });
    }

    /// Resolves paths relative to the kubeconfig. A plugin's command is relative, too, if it
    /// contains a path separator; otherwise it is searched in PATH.
    fn make_absolute(&mut self, dir: &Path) {
        let resolve = |file: &mut String| {
            if !file.is_empty() && Path::new(file.as_str()).is_relative() {
                *file = dir.join(file.as_str()).display().to_string();
            }
        };
        for named in &mut self.clusters {
            resolve(&mut named.cluster.certificate_authority);
        }
        for named in &mut self.users {
            let user = &mut named.user;
            resolve(&mut user.client_certificate);
            resolve(&mut user.client_key);
            resolve(&mut user.token_file);
            if let Some(exec) = &mut user.exec
                && exec.command.contains(std::path::MAIN_SEPARATOR)
            {
                resolve(&mut exec.command);
            }
        }
    }
}

fn append<T>(all: &mut Vec<T>, next: Vec<T>, name: impl Fn(&T) -> &String) {
    let known: BTreeSet<String> = all.iter().map(|one| name(one).clone()).collect();
    all.extend(next.into_iter().filter(|one| !known.contains(name(one))));
}

fn twice<'n>(kind: &str, names: impl Iterator<Item = &'n String>) -> Result<(), String> {
    let mut known = BTreeSet::new();
    for name in names {
        if !known.insert(name) {
            return Err(format!("the {kind} `{name}` is defined twice"));
        }
    }
    Ok(())
}

/// Reads a file of a kubeconfig or a flag.
///
/// # Errors
/// A file that cannot be read, or that is too large.
pub(in crate::connection) fn read_named(
    what: &'static str,
    path: &str,
    limit: usize,
) -> Result<Vec<u8>, ConfigError> {
    let read = bounded::read_file(Path::new(path), Bounds::file(limit), || {});
    read.map_err(|error: ReadError| ConfigError::File {
        what,
        path: path.to_owned(),
        error,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_named_relative_to_their_kubeconfig() {
        let text = "
clusters:
- {name: c1, cluster: {server: 'https://one', certificate-authority: ca.crt}}
users:
- {name: u1, user: {token: t1}}
- {name: u2, user: {client-certificate: u.crt, client-key: /abs/u.key}}
- {name: u3, user: {exec: {command: ./login}}}
- {name: u4, user: {exec: {command: login}}}
";
        let manifest = pod_model::manifest::read("config", text.as_bytes().to_vec());
        let mut loaded: Kubeconfig = manifest.documents[0].decode().unwrap();
        loaded.make_absolute(Path::new("/etc/k"));
        let ca = &loaded.clusters[0].cluster.certificate_authority;
        assert_eq!(ca, "/etc/k/ca.crt");
        let user = |at: usize| loaded.users[at].user.clone();
        assert_eq!(user(1).client_certificate, "/etc/k/u.crt");
        assert_eq!(user(1).client_key, "/abs/u.key");
        assert_eq!(user(2).exec.unwrap().command, "/etc/k/./login");
        assert_eq!(user(3).exec.unwrap().command, "login");
    }

    /// As client-go's `ClientConfigLoadingRules.Load`.
    #[test]
    fn of_several_files_the_first_to_name_something_wins() {
        let dir = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| {
            let path = dir.path().join(name);
            std::fs::write(&path, text).unwrap();
            path
        };
        let empty = write("empty", "");
        let one = write(
            "one",
            "clusters:\n- {name: a, cluster: {server: one}}\nusers:\n- {name: b, user: {username: one}}\n",
        );
        let two = write(
            "two",
            "current-context: q\nclusters:\n- {name: c, cluster: {server: two}}\n- {name: a, cluster: {server: two}}\nusers:\n- {name: b, user: {username: two}}\n- {name: a, user: {username: two}}\ncontexts:\n- {name: q, context: {cluster: two}}\n",
        );
        let three = write(
            "three",
            "current-context: p\ncontexts:\n- {name: p, context: {cluster: three}}\n- {name: q, context: {cluster: three}}\n",
        );
        let all = |paths: &[&PathBuf]| {
            let paths: Vec<PathBuf> = paths.iter().map(|path| (*path).clone()).collect();
            let Some(config) = merged(&paths).unwrap() else {
                return "none".to_owned();
            };
            let clusters = config.clusters.iter();
            let clusters = clusters.map(|c| format!("{}={}", c.name, c.cluster.server));
            let users = config.users.iter();
            let users = users.map(|u| format!("{}={}", u.name, u.user.username));
            let contexts = config.contexts.iter();
            let contexts = contexts.map(|c| format!("{}={}", c.name, c.context.cluster));
            let join = |parts: Vec<String>| parts.join(",");
            [
                config.current_context.clone(),
                join(clusters.collect()),
                join(users.collect()),
                join(contexts.collect()),
            ]
            .join(" ")
        };
        for (paths, expected) in [
            (&[][..], "none"),
            (&[&empty], "   "),
            (&[&one], " a=one b=one "),
            (&[&two], "q c=two,a=two b=two,a=two q=two"),
            (&[&one, &two], "q a=one,c=two b=one,a=two q=two"),
            (&[&two, &one], "q c=two,a=two b=two,a=two q=two"),
            (&[&empty, &two, &empty], "q c=two,a=two b=two,a=two q=two"),
            (&[&three, &two], "p c=two,a=two b=two,a=two p=three,q=three"),
            (
                &[&one, &two, &three],
                "q a=one,c=two b=one,a=two q=two,p=three",
            ),
        ] {
            assert_eq!(all(paths), expected, "{paths:?}");
        }
    }
}

//! Credential plugins. They run when credentials are needed, within the time of a request, and
//! their output is limited
//! (k8s.io/client-go/plugin/pkg/client/auth/exec).

mod child;
mod credential;

use std::collections::BTreeMap;
use std::io::IsTerminal;
use std::path::{Component, Path, PathBuf};
use std::sync::{Arc, LazyLock, Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use secrecy::ExposeSecret;
use serde_json::{Value, json};

pub(crate) use child::end_plugins;
pub(super) use credential::Credential;

use super::kubeconfig::Exec;
use crate::cluster::{Log, LogEvent};

/// Time after which the wait for a plugin is reported.
const PATIENCE: Duration = Duration::from_secs(5);

/// One plugin of one user. Plugins with the same configuration share the credential, so that a
/// plugin runs once in a process until the credential expires or is refused.
#[derive(Clone)]
pub(super) struct Plugin {
    exec: Arc<Exec>,
    cluster: Option<Value>,
    limit: Option<Duration>,
    log: Log,
    cached: Arc<Cache>,
}

type Cache = tokio::sync::Mutex<Option<Arc<Credential>>>;

/// The credential of each plugin, by its configuration.
static CACHES: LazyLock<Mutex<BTreeMap<String, Arc<Cache>>>> = LazyLock::new(Mutex::default);

impl Plugin {
    /// Returns a plugin with a time limit.
    pub(super) fn new(
        exec: Exec,
        cluster: Option<Value>,
        limit: Option<Duration>,
        log: Log,
    ) -> Self {
        let variables = exec.env.iter();
        let variables: Vec<_> = variables
            .map(|variable| (&variable.name, variable.value.expose_secret()))
            .collect();
        let key = json!([
            exec.command,
            exec.args,
            variables,
            exec.api_version,
            exec.interactive_mode,
            cluster
        ]);
        let mut all = CACHES.lock().unwrap_or_else(PoisonError::into_inner);
        let cached = Arc::clone(all.entry(key.to_string()).or_default());
        drop(all);
        Self {
            exec: Arc::new(exec),
            cluster,
            limit,
            log,
            cached,
        }
    }

    /// Returns the credential, and runs the plugin if it has expired.
    ///
    /// # Errors
    /// A message about missing credentials, without the plugin's standard output.
    pub(super) async fn credential(&self) -> Result<Arc<Credential>, String> {
        let mut cached = self.cached.lock().await;
        if let Some(credential) = &*cached
            && credential
                .expires
                .is_none_or(|expires| Timestamp::now() <= expires)
        {
            return Ok(Arc::clone(credential));
        }
        let credential = Arc::new(self.run().await?);
        *cached = Some(Arc::clone(&credential));
        Ok(credential)
    }

    /// Forgets a refused credential, unless it has been replaced already.
    pub(super) async fn refused(&self, credential: &Arc<Credential>) {
        let mut cached = self.cached.lock().await;
        if cached
            .as_ref()
            .is_some_and(|known| Arc::ptr_eq(known, credential))
        {
            *cached = None;
        }
    }

    async fn run(&self) -> Result<Credential, String> {
        let command = clean(&self.exec.command);
        let who = format!("the credential plugin `{}`", command.display());
        let is_terminal = std::io::stdin().is_terminal();
        let interactive = match self.exec.interactive_mode() {
            "Always" if !is_terminal => {
                return Err(format!(
                    "{who} requires a terminal on standard input (`interactiveMode: Always`)"
                ));
            }
            "Always" => true,
            "IfAvailable" => is_terminal,
            _ => false,
        };
        let mut spec = json!({ "interactive": interactive });
        if let Some(cluster) = &self.cluster {
            spec["cluster"].clone_from(cluster);
        }
        let info = json!({
            "kind": "ExecCredential",
            "apiVersion": self.exec.api_version,
            "spec": spec,
        });
        let info = info.to_string();
        let run = child::run(&command, &self.exec, &info, interactive);
        let mut run = std::pin::pin!(run);
        let started = tokio::time::Instant::now();
        let until = self.limit.map(|limit| started + limit);
        let note_at = started + PATIENCE;
        let mut is_noted = false;
        let output = loop {
            tokio::select! {
                output = &mut run => break output,
                () = tokio::time::sleep_until(note_at), if !is_noted => {
                    is_noted = true;
                    (self.log)(LogEvent::Wait(&format!("waiting for {who} …")));
                }
                () = at(until) => {
                    return Err(format!(
                        "{who} returned no credential within {:?} (--request-timeout)",
                        self.limit.unwrap_or_default()
                    ));
                }
            }
        };
        let output = output.map_err(|why| self.failed(&who, &why))?;
        Credential::parse(&output, &self.exec.api_version).map_err(|why| format!("{who} {why}"))
    }

    fn failed(&self, who: &str, why: &child::Failed) -> String {
        let message = format!("{who} {why}");
        // Printed where the program is not there, as client-go does.
        let hint = self.exec.install_hint.trim();
        if why.is_missing() && !hint.is_empty() {
            return format!("{message}. {hint}");
        }
        message
    }
}

async fn at(time: Option<tokio::time::Instant>) {
    match time {
        Some(time) => tokio::time::sleep_until(time).await,
        None => std::future::pending().await,
    }
}

/// Returns the path without inner `.`, as Go's `filepath.Clean`.
fn clean(command: &str) -> PathBuf {
    let path = Path::new(command);
    let mut cleaned = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir if cleaned.file_name().is_some_and(|name| name != "..") => {
                cleaned.pop();
            }
            part => cleaned.push(part),
        }
    }
    // `./login` is not looked for in PATH.
    if cleaned.components().count() == 1 && path.components().count() > 1 {
        return Path::new(".").join(cleaned);
    }
    cleaned
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_shown_without_detours() {
        for (command, cleaned) in [
            ("/home/k/./login", "/home/k/login"),
            ("/home/k/../bin/login", "/home/bin/login"),
            ("login", "login"),
            ("./login", "./login"),
            ("../login", "../login"),
            ("../../login", "../../login"),
            ("a/../login", "./login"),
        ] {
            assert_eq!(clean(command), Path::new(cleaned), "{command}");
        }
    }
}

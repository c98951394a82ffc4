//! Types of targets, as the server has them.

use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::spec::TypeRef;
use crate::cluster::{Cluster, ClusterError, Resource};
use crate::error::{CommandError, Failure};
use crate::exit::Exit;
use crate::ui::Ui;

/// Time that a type may take to appear on the server: its CustomResourceDefinition may be
/// on its way.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) enum Patience {
    /// A type that is not there now is an error.
    #[default]
    None,
    /// Until one of the limits, or without end if there is none.
    Until {
        /// The type does not exist if it has not come within this time.
        missing_after: Option<Duration>,
        /// The command has timed out at this time.
        end: Option<Instant>,
    },
}

/// What a command can do with a type.
pub(crate) struct Purpose<'a> {
    /// The words that run the command, such as `kubectl pod-wait`.
    pub command: &'a str,
    /// What it does to a target, such as `wait for`.
    pub verb: &'static str,
    /// Whether several words are names of Pods rather than a type and names, if both exist.
    pub prefers_pods: bool,
    /// Refuses types that the command cannot be about.
    pub check: &'a dyn Fn(&Resource) -> Result<(), Failure>,
}

/// Time between two looks at the server's types.
const PAUSE: Duration = Duration::from_secs(1);
/// Time before the end at which a type that has not come is reported.
const MARGIN: Duration = Duration::from_millis(200);

/// Cache of a server's types.
pub(crate) struct Types<'a> {
    cluster: &'a Cluster,
    purpose: Purpose<'a>,
    patience: Patience,
    ui: &'a Ui,
    /// Discovery takes long: it is asked once for each word.
    known: Vec<(String, Vec<Resource>)>,
}

impl<'a> Types<'a> {
    /// Returns an empty cache.
    pub(crate) fn new(
        cluster: &'a Cluster,
        purpose: Purpose<'a>,
        patience: Patience,
        ui: &'a Ui,
    ) -> Self {
        Self {
            cluster,
            purpose,
            patience,
            ui,
            known: Vec::new(),
        }
    }

    /// Returns the type of an object that is named.
    ///
    /// # Errors
    /// A type that the server does not have, that stands for several, or that does not fit
    /// the purpose; what a request can meet.
    pub(super) async fn one(&mut self, kind: &TypeRef) -> Result<Resource, CommandError> {
        let found = self.found(kind).await?;
        let [resource] = found.as_slice() else {
            let types: Vec<String> = found.iter().map(Resource::qualified).collect();
            let message = format!(
                "expected one type, found a category of {}",
                types.join(", ")
            );
            return Err(Failure::usage(message)
                .help("choose with -l, --field-selector or --all")
                .into());
        };
        (self.purpose.check)(resource)?;
        Ok(resource.clone())
    }

    /// Returns the types of what a selector chooses. Types of a category that do not fit
    /// the purpose are left out.
    ///
    /// # Errors
    /// Those of [`Types::one`], except that it may stand for several.
    pub(super) async fn all(&mut self, kind: &TypeRef) -> Result<Vec<Resource>, CommandError> {
        let mut found = self.found(kind).await?;
        if let [resource] = found.as_slice() {
            (self.purpose.check)(resource)?;
            return Ok(found);
        }
        let mut left_out = Vec::new();
        found.retain(|resource| {
            let fits = (self.purpose.check)(resource).is_ok();
            if !fits {
                left_out.push(resource.qualified());
            }
            fits
        });
        if !left_out.is_empty() {
            let left_out = left_out.join(", ");
            let verb = self.purpose.verb;
            self.ui.note(&format!("nothing to {verb}: {left_out}"));
        }
        Ok(found)
    }

    async fn found(&mut self, kind: &TypeRef) -> Result<Vec<Resource>, CommandError> {
        let word = match kind {
            TypeRef::BuiltIn(kind) => return Ok(vec![Resource::of(kind)]),
            TypeRef::Word(word) => word.as_str(),
        };
        if let Some((_, found)) = self.known.iter().find(|(before, _)| before == word) {
            return Ok(found.clone());
        }
        let cluster = self.cluster;
        let found = self.awaited(|| cluster.resources_by_word(word)).await?;
        self.known.push((word.to_owned(), found.clone()));
        Ok(found)
    }

    /// Returns what words mean of which none is a built-in type: a type and names, or names
    /// of Pods if the server has no such type and one of the Pods exists. kubectl takes them
    /// for a type and names only.
    ///
    /// # Errors
    /// Those of [`Types::one`]; words that are neither.
    pub(super) async fn of_words<'w>(
        &mut self,
        words: &'w [String],
    ) -> Result<(Resource, &'w [String]), CommandError> {
        let (first, names) = words
            .split_first()
            .unwrap_or((const { &String::new() }, &[]));
        let first = TypeRef::Word(first.clone());
        let pods = self.one(&TypeRef::of("pods")).await?;
        if self.purpose.prefers_pods && self.any_exists(&pods, words).await? {
            return Ok((pods, words));
        }
        let patience = std::mem::take(&mut self.patience);
        let mut found = self.one(&first).await;
        self.patience = patience;
        if is_unknown(&found) {
            if !self.purpose.prefers_pods && self.any_exists(&pods, words).await? {
                return Ok((pods, words));
            }
            if matches!(patience, Patience::Until { .. }) {
                found = self.one(&first).await;
            }
        }
        match found {
            Ok(resource) => Ok((resource, names)),
            Err(CommandError::Failed(failure)) => {
                Err(pods_are_named(failure, words, self.purpose.command).into())
            }
            Err(error) => Err(error),
        }
    }

    async fn any_exists(&self, pods: &Resource, names: &[String]) -> Result<bool, ClusterError> {
        for name in names {
            match self.cluster.get(pods, self.cluster.namespace(), name).await {
                Ok(_) => return Ok(true),
                Err(error) if error.is_not_found() => {}
                Err(error) => return Err(error),
            }
        }
        Ok(false)
    }

    /// Returns the type of an object of a file.
    ///
    /// # Errors
    /// A type that the server does not have; what a request can meet.
    pub(crate) async fn of_kind(
        &self,
        api_version: &str,
        kind: &str,
    ) -> Result<Resource, CommandError> {
        let found = self.awaited(|| self.cluster.resource(api_version, kind));
        Ok(found.await?)
    }

    /// Asks until the server has a type, as long as the patience lasts.
    async fn awaited<T>(
        &self,
        ask: impl AsyncFn() -> Result<T, ClusterError>,
    ) -> Result<T, Failure> {
        let began = Instant::now();
        let (limit, end) = match self.patience {
            Patience::None => return Ok(ask().await?),
            Patience::Until { missing_after, end } => {
                (missing_after.and_then(|time| began.checked_add(time)), end)
            }
        };
        let mut was_told = false;
        loop {
            let error = match ask().await {
                Err(
                    error @ (ClusterError::UnknownType { .. } | ClusterError::UnknownKind { .. }),
                ) => error,
                answer => return Ok(answer?),
            };
            let left = |until: Option<Instant>| {
                until.map_or(PAUSE, |until| {
                    until.saturating_duration_since(Instant::now())
                })
            };
            let end = end.and_then(|at| at.checked_sub(MARGIN));
            let pause = PAUSE.min(left(limit)).min(left(end));
            if pause.is_zero() {
                let is_missing = left(limit).is_zero();
                let mut failure = Failure::from(error);
                failure.exit = if is_missing {
                    Exit::NotFound
                } else {
                    failure.message = format!("timed out: {}", failure.message);
                    Exit::TimedOut
                };
                return Err(failure);
            }
            if !was_told {
                was_told = true;
                self.ui.note(&format!("{error} yet; waiting for it"));
            }
            sleep(pause).await;
        }
    }
}

/// Whether the server has no such type.
fn is_unknown<T>(answer: &Result<T, CommandError>) -> bool {
    matches!(answer, Err(CommandError::Failed(failure)) if failure.exit == Exit::Usage)
}

/// Adds the way out if the words may have been meant as names of Pods.
fn pods_are_named(mut failure: Failure, words: &[String], command: &str) -> Failure {
    if matches!(failure.exit, Exit::Usage | Exit::NotFound) {
        failure
            .message
            .push_str(", and no Pod has one of these names, either");
        let (names, types) = (words.join(" "), failure.help.take().unwrap_or_default());
        failure.help = Some(format!(
            "{types}; use `{command} pods {names}` for Pods of these names"
        ));
    }
    failure
}

//! Types of targets, as the server has them.

use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::spec::TypeRef;
use crate::cluster::{Cluster, ClusterError, Resource};
use crate::error::{CommandError, Failure};
use crate::exit::Exit;
use crate::ui::Ui;

/// The time-out for a type that the server does not have yet: its CustomResourceDefinition may be
/// created at the same time.
#[derive(Clone, Copy, Debug)]
pub(crate) enum TypeTimeout {
    /// An unknown type is an error at once.
    None,
    /// Until one of the limits, or indefinitely if there is none.
    Until {
        /// Time after which the type does not exist.
        missing_after: Option<Duration>,
        /// Time at which the command times out.
        end: Option<Instant>,
    },
}

/// The use of a type by a command.
pub(crate) struct TypeUse<'a> {
    /// The words that run the command, such as `kubectl pod-wait`.
    pub command: &'a str,
    /// The verb for messages, such as `wait for`.
    pub verb: &'static str,
    /// Refuses types that the command does not support.
    pub check: &'a dyn Fn(&Resource) -> Result<(), Failure>,
}

/// Interval at which the server is asked for a type again.
const RETRY_INTERVAL: Duration = Duration::from_secs(1);
/// Time before the time-out at which an unknown type is reported.
const REPORT_MARGIN: Duration = Duration::from_millis(200);

/// Cache of a server's types.
pub(crate) struct Types<'a> {
    cluster: &'a Cluster,
    type_use: TypeUse<'a>,
    timeout: TypeTimeout,
    ui: &'a Ui,
    /// The types of each word: discovery takes long.
    known: Vec<(String, Vec<Resource>)>,
}

impl<'a> Types<'a> {
    /// Returns an empty cache.
    pub(crate) fn new(
        cluster: &'a Cluster,
        type_use: TypeUse<'a>,
        timeout: TypeTimeout,
        ui: &'a Ui,
    ) -> Self {
        Self {
            cluster,
            type_use,
            timeout,
            ui,
            known: Vec::new(),
        }
    }

    /// Returns the type of an object that is named.
    ///
    /// # Errors
    /// A type that the server does not have, that stands for several, or that the command does
    /// not support; request errors.
    pub(super) async fn one(&mut self, kind: &TypeRef) -> Result<Resource, CommandError> {
        let found = self.lookup(kind).await?;
        let [resource] = found.as_slice() else {
            let types: Vec<String> = found.iter().map(Resource::qualified).collect();
            let message = format!(
                "expected one type, found a category of {}",
                types.join(", ")
            );
            return Err(Failure::usage(message)
                .help("use `-l`, `--field-selector` or `--all`")
                .into());
        };
        (self.type_use.check)(resource)?;
        Ok(resource.clone())
    }

    /// Returns the types of the objects that a selector chooses, without those of a category
    /// that the command does not support.
    ///
    /// # Errors
    /// Those of [`Types::one`], except that it may stand for several.
    pub(super) async fn all(&mut self, kind: &TypeRef) -> Result<Vec<Resource>, CommandError> {
        let mut found = self.lookup(kind).await?;
        if let [resource] = found.as_slice() {
            (self.type_use.check)(resource)?;
            return Ok(found);
        }
        let mut left_out = Vec::new();
        found.retain(|resource| {
            let is_supported = (self.type_use.check)(resource).is_ok();
            if !is_supported {
                left_out.push(resource.qualified());
            }
            is_supported
        });
        if !left_out.is_empty() {
            let left_out = left_out.join(", ");
            let verb = self.type_use.verb;
            self.ui.note(&format!("nothing to {verb}: {left_out}"));
        }
        Ok(found)
    }

    async fn lookup(&mut self, kind: &TypeRef) -> Result<Vec<Resource>, CommandError> {
        let word = match kind {
            TypeRef::BuiltIn(kind) => return Ok(vec![Resource::of(kind)]),
            TypeRef::Word(word) => word.as_str(),
        };
        if let Some((_, found)) = self.known.iter().find(|(before, _)| before == word) {
            return Ok(found.clone());
        }
        let cluster = self.cluster;
        let found = self.with_retry(|| cluster.resources_by_word(word)).await?;
        self.known.push((word.to_owned(), found.clone()));
        Ok(found)
    }

    /// Resolves several words of which none is a built-in type: a TYPE and names, or names of
    /// Pods. kubectl reads them as a TYPE and names only.
    ///
    /// | the server has a type of the first word | a Pod has one of the names | result |
    /// |---|---|---|
    /// | yes | not asked | the type and the names |
    /// | no | yes | names of Pods |
    /// | no | no | the type once it exists, if the time-out allows; otherwise an error |
    /// | unknown, since discovery failed | not asked | an error |
    ///
    /// # Errors
    /// Those of [`Types::one`]; words that are neither.
    pub(super) async fn resolve_words<'w>(
        &mut self,
        words: &'w [String],
    ) -> Result<(Resource, &'w [String]), CommandError> {
        let (first, names) = words
            .split_first()
            .unwrap_or((const { &String::new() }, &[]));
        let first = TypeRef::Word(first.clone());
        let unknown = match self.find_unknown(&first).await {
            Err(error) if matches!(error, ClusterError::Undiscovered { .. }) => {
                return Err(self.or_pods(error.into(), words).into());
            }
            found => found?,
        };
        let Some(unknown) = unknown else {
            return Ok((self.one(&first).await?, names));
        };
        let pods = self.one(&TypeRef::of("pods")).await?;
        if self.any_exists(&pods, words).await? {
            return Ok((pods, words));
        }
        if matches!(self.timeout, TypeTimeout::None) {
            return Err(self.neither(unknown.into(), words).into());
        }
        match self.lookup(&first).await {
            Ok(_) => Ok((self.one(&first).await?, names)),
            Err(CommandError::Failed(failure)) if failure.exit == Exit::NotFound => {
                Err(self.neither(failure, words).into())
            }
            Err(error) => Err(error),
        }
    }

    /// Asks once for a type, and returns the error if the server does not have it.
    async fn find_unknown(&mut self, kind: &TypeRef) -> Result<Option<ClusterError>, ClusterError> {
        let TypeRef::Word(word) = kind else {
            return Ok(None);
        };
        match self.cluster.resources_by_word(word).await {
            Ok(found) => {
                self.known.push((word.clone(), found));
                Ok(None)
            }
            Err(error) if is_unknown(&error) => Ok(Some(error)),
            Err(error) => Err(error),
        }
    }

    /// Returns the failure of words that are neither a type nor names of Pods.
    fn neither(&self, mut failure: Failure, words: &[String]) -> Failure {
        failure
            .message
            .push_str(", and no Pod has one of these names");
        self.or_pods(failure, words)
    }

    /// Adds to a failure how to name Pods without a doubt.
    fn or_pods(&self, mut failure: Failure, words: &[String]) -> Failure {
        let (command, names) = (self.type_use.command, words.join(" "));
        let pods = format!("use `{command} pods {names}` for Pods of these names");
        failure.help = Some(match failure.help.take() {
            Some(help) => format!("{help}; {pods}"),
            None => pods,
        });
        failure
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
    /// A type that the server does not have; request errors.
    pub(crate) async fn of_kind(
        &self,
        api_version: &str,
        kind: &str,
    ) -> Result<Resource, CommandError> {
        let found = self.with_retry(|| self.cluster.resource(api_version, kind));
        Ok(found.await?)
    }

    /// Asks until the server has a type, within the time-out.
    async fn with_retry<T>(
        &self,
        ask: impl AsyncFn() -> Result<T, ClusterError>,
    ) -> Result<T, Failure> {
        let began = Instant::now();
        let (limit, end) = match self.timeout {
            TypeTimeout::None => return Ok(ask().await?),
            TypeTimeout::Until { missing_after, end } => {
                (missing_after.and_then(|time| began.checked_add(time)), end)
            }
        };
        let mut is_reported = false;
        loop {
            let error = match ask().await {
                Err(error) if is_unknown(&error) => error,
                answer => return Ok(answer?),
            };
            let left = |until: Option<Instant>| {
                until.map_or(RETRY_INTERVAL, |until| {
                    until.saturating_duration_since(Instant::now())
                })
            };
            let end = end.and_then(|at| at.checked_sub(REPORT_MARGIN));
            let pause = RETRY_INTERVAL.min(left(limit)).min(left(end));
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
            if !is_reported {
                is_reported = true;
                self.ui.note(&format!("{error} yet; waiting for it"));
            }
            sleep(pause).await;
        }
    }
}

/// Returns whether an error says that the server does not have a type.
fn is_unknown(error: &ClusterError) -> bool {
    matches!(
        error,
        ClusterError::UnknownType { .. } | ClusterError::UnknownKind { .. }
    )
}

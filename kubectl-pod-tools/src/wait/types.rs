//! The types of the targets, as the server has them.

use std::time::Duration;

use pod_model::kinds::{self, KindInfo};
use tokio::time::{Instant, sleep};

use super::engine::Creation;
use crate::cluster::{Cluster, ClusterError, Resource};
use crate::error::{CommandError, Failure};
use crate::exit::Exit;
use crate::ui::Ui;
use pod_model::status::Condition;

/// A type, as far as it is known without the server.
#[derive(Clone, Debug)]
pub(super) enum Type {
    BuiltIn(&'static KindInfo),
    /// A word that only the server can know.
    Word(String),
}

impl Type {
    pub(super) fn of(word: &str) -> Self {
        kinds::by_type(word).map_or_else(|| Self::Word(word.to_owned()), Self::BuiltIn)
    }
}

/// How long a type that the server does not have is waited for: its
/// CustomResourceDefinition may be on its way, or the word may be mistyped, so that
/// this is for who asks for it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Patience {
    /// `--wait-for-creation`, where it was given.
    pub creation: Option<Creation>,
    /// The end of the wait, where it has one.
    pub limit: Option<Instant>,
}

/// Time between two looks at the server's types.
const PAUSE: Duration = Duration::from_secs(1);
/// It is said so long before the end of the wait that a type has not come.
const MARGIN: Duration = Duration::from_millis(200);

/// The types that were asked for by now, of one server.
pub(super) struct Types<'a> {
    cluster: &'a Cluster,
    conditions: &'a [Condition],
    patience: Patience,
    ui: &'a Ui,
    /// Discovery is long: it is asked once for each word.
    known: Vec<(String, Vec<Resource>)>,
}

impl<'a> Types<'a> {
    /// Nothing was asked for yet.
    pub(super) fn new(
        cluster: &'a Cluster,
        conditions: &'a [Condition],
        patience: Patience,
        ui: &'a Ui,
    ) -> Self {
        Self {
            cluster,
            conditions,
            patience,
            ui,
            known: Vec::new(),
        }
    }

    /// The type of what has a name.
    ///
    /// # Errors
    /// One that the server does not have, that is several, or that cannot be waited for
    /// so; what a request can meet.
    pub(super) async fn one(&mut self, kind: &Type) -> Result<Resource, CommandError> {
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
        check(self.conditions, resource)?;
        Ok(resource.clone())
    }

    /// The types of what a selector chooses. Of a category those are left out that
    /// cannot be waited for so.
    ///
    /// # Errors
    /// Those of [`Types::one`], but that it is several.
    pub(super) async fn all(&mut self, kind: &Type) -> Result<Vec<Resource>, CommandError> {
        let mut found = self.found(kind).await?;
        if let [resource] = found.as_slice() {
            check(self.conditions, resource)?;
            return Ok(found);
        }
        let mut left_out = Vec::new();
        found.retain(|resource| {
            let fits = check(self.conditions, resource).is_ok();
            if !fits {
                left_out.push(resource.qualified());
            }
            fits
        });
        if !left_out.is_empty() {
            let left_out = left_out.join(", ");
            self.ui.note(&format!("nothing to wait for: {left_out}"));
        }
        Ok(found)
    }

    async fn found(&mut self, kind: &Type) -> Result<Vec<Resource>, CommandError> {
        let word = match kind {
            Type::BuiltIn(kind) => return Ok(vec![Resource::of(kind)]),
            Type::Word(word) => word.as_str(),
        };
        if let Some((_, found)) = self.known.iter().find(|(before, _)| before == word) {
            return Ok(found.clone());
        }
        let cluster = self.cluster;
        let found = self.awaited(|| cluster.resources_by_word(word)).await?;
        self.known.push((word.to_owned(), found.clone()));
        Ok(found)
    }

    /// What words are of which none says what it is: a type and names, or the names of
    /// Pods where the server has no such type and one of the Pods is there. kubectl
    /// takes them for a type and names only; what is neither is mistyped.
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
        let first = Type::Word(first.clone());
        let patience = self.patience.creation.take();
        let mut found = self.one(&first).await;
        self.patience.creation = patience;
        if is_unknown(&found) {
            let pods = self.one(&Type::of("pods")).await?;
            if self.any_exists(&pods, words).await? {
                return Ok((pods, words));
            }
            if patience.is_some() {
                found = self.one(&first).await;
            }
        }
        match found {
            Ok(resource) => Ok((resource, names)),
            Err(CommandError::Failed(failure)) => Err(pods_are_named(failure, words).into()),
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

    /// The type of an object of a file.
    ///
    /// # Errors
    /// One that the server does not have; what a request can meet.
    pub(super) async fn of_kind(
        &self,
        api_version: &str,
        kind: &str,
    ) -> Result<Resource, CommandError> {
        let found = self.awaited(|| self.cluster.resource(api_version, kind));
        Ok(found.await?)
    }

    /// Asks until the server has a type, for as long as that is waited for.
    async fn awaited<T>(
        &self,
        ask: impl AsyncFn() -> Result<T, ClusterError>,
    ) -> Result<T, Failure> {
        let began = Instant::now();
        let limit = match self.patience.creation {
            Some(Creation::Within(limit)) => began.checked_add(limit),
            _ => None,
        };
        let mut was_told = false;
        loop {
            let error = match ask().await {
                Err(
                    error @ (ClusterError::UnknownType { .. } | ClusterError::UnknownKind { .. }),
                ) => error,
                answer => return Ok(answer?),
            };
            if matches!(self.patience.creation, None | Some(Creation::No)) {
                return Err(error.into());
            }
            let left = |until: Option<Instant>| {
                until.map_or(PAUSE, |until| {
                    until.saturating_duration_since(Instant::now())
                })
            };
            let end = self.patience.limit.and_then(|at| at.checked_sub(MARGIN));
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

/// Checks that a type can be waited for so.
///
/// # Errors
/// It cannot, with the way out.
pub(super) fn check(conditions: &[Condition], resource: &Resource) -> Result<(), Failure> {
    let refused = conditions
        .iter()
        .find_map(|c| c.refusal(resource.workload_kind(), &resource.kind));
    refused.map_or(Ok(()), |(message, help)| {
        Err(Failure::usage(message).help(help))
    })
}

/// Whether an answer is that the server has no such type.
fn is_unknown<T>(answer: &Result<T, CommandError>) -> bool {
    matches!(answer, Err(CommandError::Failed(failure)) if failure.exit == Exit::Usage)
}

/// The way out where the words may have been meant as names of Pods.
fn pods_are_named(mut failure: Failure, words: &[String]) -> Failure {
    if matches!(failure.exit, Exit::Usage | Exit::NotFound) {
        failure
            .message
            .push_str(", and no Pod has one of these names, either");
        let (names, types) = (words.join(" "), failure.help.take().unwrap_or_default());
        failure.help = Some(format!(
            "{types}; `wait pods {names}` waits for Pods of these names"
        ));
    }
    failure
}

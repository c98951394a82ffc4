//! Sends the objects of one run and waits for them.

use std::cell::Cell;
use std::time::Duration;

use pod_model::rules;
use serde_json::Value;
use tokio::time::Instant;

use super::answer::answer_or_signal;
use super::attach::{Created, beside, observed, until};
use super::check_options::CheckOptions;
use super::objects::Batch;
use super::options::{Action, DryRun, SubmitOptions, Validate};
use super::order::is_definition;
use super::outcome::{Tally, print_success};
use super::prepare::{Input, Prepared, prepare, set_namespace};
use super::refusal;
use crate::cluster::{Cluster, ClusterError, Resource, SubmitParams, object_name};
use crate::context::Context;
use crate::diagnostics::DiagnosticPrinter;
use crate::error::{CommandError, Failure};
use crate::exit::Exit;
use crate::render::{Format, LocatedFinding, finding_to_text};
use crate::signals;
use crate::wait::{self, Subject, WaitOptions};

/// Maximum time until the server serves the kind of a new definition.
const SERVED_WITHIN: Duration = Duration::from_secs(30);

/// The run of one batch: prints its findings, sends its objects and waits for them.
pub(super) struct Run<'a> {
    options: &'a SubmitOptions,
    context: &'a Context,
    input: Input,
    tally: Tally,
    /// Group and kind of each definition that this run has sent.
    defined: Vec<(String, String)>,
    /// End of the time to send the objects and to wait for them.
    limit: Option<Instant>,
    exit: Exit,
}

impl<'a> Run<'a> {
    /// Starts a run: checks the objects by the rules and prints the findings.
    pub(super) fn new(batch: &'a Batch, check: &CheckOptions, context: &'a Context) -> Self {
        let mut input = prepare(&batch.manifests, check);
        let options = &batch.options;
        let mut printer = DiagnosticPrinter::new(&context.ui);
        for placed in std::mem::take(&mut input.findings) {
            // Of flags they are among the notes.
            if options.attribution.is_some() && placed.finding.is(&rules::GATED_FIELD) {
                continue;
            }
            printer.print(&located(placed, options));
        }
        let mut exit = printer.finish();
        if exit == Exit::Failure && options.attribution.is_some() {
            // The input is the command line.
            exit = Exit::Usage;
        }
        let tally = Tally {
            refused: std::mem::take(&mut input.refused),
            untried: std::mem::take(&mut input.held_back),
            ..Tally::default()
        };
        if input.objects.is_empty() && tally.refused.is_empty() {
            exit = Exit::Failure;
            context.ui.error("the input holds no objects");
            context.ui.help("use -f with a file that has a manifest");
        }
        if !input.objects.is_empty() {
            for note in &batch.notes {
                context.ui.warning(note);
            }
            if options.validate != Validate::Ignore {
                for warning in &batch.warnings {
                    context.ui.stderr(&finding_to_text(warning));
                    context.ui.stderr("\n");
                }
            }
        }
        Self {
            options,
            context,
            input,
            tally,
            defined: Vec::new(),
            limit: None,
            exit,
        }
    }

    /// Sets the end of the time for the run.
    pub(super) fn until(mut self, limit: Option<Instant>) -> Self {
        self.limit = limit;
        self
    }

    /// Returns whether an object can be sent.
    pub(super) fn has_objects(&self) -> bool {
        !self.input.objects.is_empty()
    }

    /// Prints the valid objects without sending them.
    ///
    /// # Errors
    /// An object that cannot be printed.
    pub(super) fn client_dry_run(&mut self, namespace: Option<&str>) -> Result<Exit, CommandError> {
        let objects = std::mem::take(&mut self.input.objects);
        for prepared in objects {
            // Printing is all that is left to do.
            if self.context.ui.has_lost_output() {
                return Ok(self.exit);
            }
            // A status line needs only the name.
            let input = match self.options.format.and_then(Format::structured) {
                Some(_) => prepared.object(self.options.action),
                None => Value::Null,
            };
            let mut object = input.clone();
            let namespaced = Resource::built_in(&prepared.api_version, &prepared.kind)
                .is_none_or(|resource| resource.namespaced);
            if let Some(namespace) = namespace.filter(|_| namespaced) {
                set_namespace(&mut object, namespace);
            }
            let shown = match &prepared.name {
                Some(_) => prepared.shown.clone(),
                // As kubectl's printer names what has no name yet.
                None => object_name(prepared.group(), &prepared.kind, "<unknown>"),
            };
            self.succeeded(&shown, &object, &input)?;
        }
        Ok(self.finish())
    }

    /// Sends the objects and waits for them. The line of an object is printed as soon as it is
    /// done, so that an interrupted run has printed what it did.
    ///
    /// # Errors
    /// An object that cannot be printed; a wait that fails.
    pub(super) async fn send_all(&mut self, cluster: &Cluster) -> Result<Exit, CommandError> {
        let objects = std::mem::take(&mut self.input.objects);
        let mut awaited = Vec::new();
        let mut created = None;
        let mut connected = true;
        let claim = signals::claim();
        for prepared in &objects {
            if !connected || self.is_late() || claim.received_by_now().is_some() {
                self.tally.untried.push(prepared.shown.clone());
                continue;
            }
            let is_sent = Cell::new(false);
            let answer = Box::pin(self.send_when_served(cluster, prepared, &is_sent));
            let answer = answer_or_signal(answer, &claim, &is_sent);
            let answer = until(self.limit, answer).await.flatten();
            for warning in cluster.warnings().take_new() {
                let warning = refusal::warning_without_values(&warning, &prepared.document);
                self.context.ui.server_warning(&warning);
            }
            match answer {
                Some(Ok((resource, object))) => {
                    if self.options.dry_run == DryRun::None {
                        self.defined.extend(defines(&object));
                    }
                    let name = metadata(&object, "name").or(prepared.name.as_deref());
                    let shown =
                        name.map_or_else(|| prepared.shown.clone(), |name| resource.object(name));
                    self.succeeded(&shown, &object, &prepared.object(self.options.action))?;
                    created = Created::of(&resource, &object);
                    awaited.extend(Subject::created(resource, &object));
                }
                Some(Err(error)) => {
                    connected = !error.is_about_connection();
                    self.refused(error, prepared);
                }
                None if is_sent.get() => self.tally.unknown.push(prepared.shown.clone()),
                None => self.tally.untried.push(prepared.shown.clone()),
            }
        }
        let cut_short = match claim.received_by_now() {
            Some(signal) => Some((signals::word(signal), signal)),
            None => {
                let is_open = !(self.tally.unknown.is_empty() && self.tally.untried.is_empty());
                (is_open && self.is_late()).then_some(("timed out", Exit::TimedOut))
            }
        };
        if let Some((word, exit)) = cut_short {
            let summary = self
                .tally
                .summary(self.options.action, self.options.dry_run);
            self.context.ui.error(&format!("{word}: {summary}"));
            return Ok(self.exit.worse(exit));
        }
        drop(claim);
        let exit = self.finish();
        match &self.options.wait {
            Some(wait) if self.options.dry_run == DryRun::None && !awaited.is_empty() => {
                let waited = Box::pin(self.wait(cluster, awaited, wait, created));
                Ok(exit.worse(waited.await?))
            }
            _ => Ok(exit),
        }
    }

    /// Waits for the created objects, attached to the Pod with `--attach`.
    async fn wait(
        &self,
        cluster: &Cluster,
        awaited: Vec<Subject>,
        wait: &WaitOptions,
        created: Option<Created>,
    ) -> Result<Exit, CommandError> {
        let ui = &self.context.ui;
        let mut wait = wait.clone();
        wait.end_at(self.limit);
        let limit = wait.report_deadline(Instant::now());
        let sides = self.options.attach.as_ref().and_then(|_| wait.sides());
        let waited = wait::run(cluster, awaited, &wait, ui);
        let (Some(attach), Some(created)) = (self.options.attach.as_ref(), created) else {
            return waited.await;
        };
        if let Some(sides) = sides {
            return observed(waited, cluster, attach, &created, &sides).await;
        }
        let waited = Box::pin(beside(waited, cluster, attach, &created, limit, ui)).await;
        if self.options.remove_attached {
            return created.remove(waited, cluster, limit, ui).await;
        }
        waited
    }

    /// Returns whether the time of the run has passed.
    fn is_late(&self) -> bool {
        self.limit.is_some_and(|limit| Instant::now() >= limit)
    }

    /// Sends an object. If this run has sent the definition of its kind, retries until the
    /// server serves the kind, which takes a moment.
    async fn send_when_served(
        &self,
        cluster: &Cluster,
        prepared: &Prepared,
        is_sent: &Cell<bool>,
    ) -> Result<(Resource, Value), ClusterError> {
        let is_new = |(g, k): &(String, String)| g == prepared.group() && *k == prepared.kind;
        if !self.defined.iter().any(is_new) {
            return self.send(cluster, prepared, is_sent).await;
        }
        let deadline = Instant::now() + SERVED_WITHIN;
        loop {
            match self.send(cluster, prepared, is_sent).await {
                Err(error) if error.is_not_served() && Instant::now() < deadline => {
                    is_sent.set(false);
                    tokio::time::sleep(Duration::from_millis(100)).await;
                }
                answer => return answer,
            }
        }
    }

    async fn send(
        &self,
        cluster: &Cluster,
        prepared: &Prepared,
        is_sent: &Cell<bool>,
    ) -> Result<(Resource, Value), ClusterError> {
        let resource = cluster
            .resource(&prepared.api_version, &prepared.kind)
            .await?;
        let mut object = prepared.object(self.options.action);
        let namespace = metadata(&object, "namespace")
            .filter(|namespace| !namespace.is_empty())
            .unwrap_or(cluster.namespace())
            .to_owned();
        if resource.namespaced {
            set_namespace(&mut object, &namespace);
        }
        let params = SubmitParams {
            dry_run: self.options.dry_run == DryRun::Server,
            field_validation: match self.options.validate {
                Validate::Strict => "Strict",
                Validate::Warn => "Warn",
                Validate::Ignore => "Ignore",
            },
            field_manager: self.options.field_manager.clone(),
            force: self.options.force_conflicts,
        };
        let name = prepared.name.as_deref();
        is_sent.set(true);
        let answer = match self.options.action {
            Action::Apply => {
                // Objects without a name were refused.
                let name = name.unwrap_or_default();
                cluster
                    .apply(&resource, &namespace, name, &object, &params)
                    .await?
            }
            Action::Create => {
                cluster
                    .create(&resource, &namespace, name, &object, &params)
                    .await?
            }
        };
        Ok((resource, answer))
    }

    fn succeeded(
        &mut self,
        shown: &str,
        object: &Value,
        input: &Value,
    ) -> Result<(), CommandError> {
        let (ui, first) = (&self.context.ui, self.tally.done.is_empty());
        self.tally.done.push(shown.to_owned());
        Ok(print_success(
            ui,
            shown,
            object,
            input,
            self.options,
            first,
        )?)
    }

    fn refused(&mut self, error: ClusterError, prepared: &Prepared) {
        let error = refusal::without_values(error, &prepared.document);
        let names = if matches!(error, ClusterError::Unknown { .. }) {
            &mut self.tally.unknown
        } else {
            &mut self.tally.refused
        };
        names.push(prepared.shown.clone());
        if error.is_about_connection() {
            let failure = Failure::from(error);
            self.exit = self.exit.worse(failure.exit);
            self.context.print_failure(&failure);
            return;
        }
        let (findings, failure) = refusal::findings(error, &prepared.shown, &prepared.document);
        self.exit = self.exit.worse(failure.exit);
        for finding in findings {
            let placed = LocatedFinding {
                finding,
                source: Some(prepared.document.source().clone()),
                object: prepared.shown.clone(),
            };
            let text = finding_to_text(&located(placed, self.options));
            self.context.ui.stderr(&text);
            self.context.ui.stderr("\n");
        }
    }

    /// Prints the summary of a run of several objects, and returns the exit code.
    pub(super) fn finish(&self) -> Exit {
        let tally = &self.tally;
        if !(tally.refused.is_empty() && tally.unknown.is_empty()) && tally.total() > 1 {
            let text = tally.summary(self.options.action, self.options.dry_run);
            self.context.ui.note(&text);
        }
        self.exit
    }
}

/// Returns a finding at its place in a file, or at the flag that wrote the field.
fn located(placed: LocatedFinding, options: &SubmitOptions) -> LocatedFinding {
    match &options.attribution {
        Some(attribution) => attribution.locate(placed.finding),
        None => placed,
    }
}

/// Returns group and kind that a CustomResourceDefinition defines, or `None` if the object is
/// something else.
fn defines(object: &Value) -> Option<(String, String)> {
    let text = |pointer| Some(object.pointer(pointer)?.as_str()?.to_owned());
    if !is_definition(&text("/apiVersion")?, &text("/kind")?) {
        return None;
    }
    Some((text("/spec/group")?, text("/spec/names/kind")?))
}

fn metadata<'a>(object: &'a Value, key: &str) -> Option<&'a str> {
    object.get("metadata")?.get(key)?.as_str()
}

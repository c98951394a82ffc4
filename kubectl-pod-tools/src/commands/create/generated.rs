//! `create pod NAME` and `create job NAME`.

use std::rc::Rc;
use std::sync::Arc;

use clap::Args;
use pod_model::{FieldPath, KubernetesVersion, manifest};

use super::act::ActArgs;
use super::base::Source;
use crate::cluster::Cluster;
use crate::command::Command;
use crate::commands::shared::KubeconfigUserArgs;
use crate::completion_kind::CompletionKind;
use crate::context::Context;
use crate::error::{CommandError, Failure};
use crate::exit::Exit;
use crate::generate::{
    Flags, GenerateRequest, HostEnv, JobFlags, PodFlags, TargetKind, TypedFlags, command_line,
    explanation, gated_field_notes, generate,
};
use crate::render::{Comments, Format, LocatedFinding, finding_to_text, to_yaml};
use crate::submit::{self, Action, Batch, FlagAttribution, Objects, SubmitArgs, SubmitOptions};

/// Arguments of `create pod`.
pub(crate) type PodArgs = GeneratedArgs<PodFlags>;
/// Arguments of `create job`.
pub(crate) type JobArgs = GeneratedArgs<JobFlags>;

/// Arguments of a command that creates an object from flags.
#[derive(Args, Clone, Debug)]
#[command(after_help = F::EXAMPLES)]
pub(crate) struct GeneratedArgs<F: Flags + Clone + std::fmt::Debug + Send + Sync + 'static> {
    /// Name of the object
    #[arg(
        value_name = "NAME",
        required_unless_present = "generate-name",
        conflicts_with = "generate-name"
    )]
    name: Option<String>,

    #[command(flatten)]
    flags: TypedFlags<F>,

    /// Copy the spec of TYPE/NAME or of a manifest
    ///
    /// TYPE/NAME is an object of the cluster: a Pod, a Job, or anything with a Pod template.
    /// Other flags change the copy.
    #[arg(long, value_name = "SOURCE", help_heading = "Object",
          add = CompletionKind::PodTemplates)]
    from: Option<String>,

    /// Set the CronJob of --from as owner
    ///
    /// As `kubectl create job --from=cronjob/NAME` does: the history limits of the CronJob apply
    /// to the Job, and deleting the CronJob deletes it. With --owner-reference=false no owner is
    /// set.
    #[arg(
        long,
        value_name = "BOOL",
        requires = "from",
        default_missing_value = "true",
        num_args = 0..=1,
        require_equals = true,
        action = clap::ArgAction::Set,
        hide_possible_values = true,
        hide = F::TARGET_KIND == TargetKind::Pod,
        help_heading = "Object"
    )]
    owner_reference: Option<bool>,

    #[command(flatten)]
    act: ActArgs,

    #[command(flatten)]
    submit: SubmitArgs,

    /// Omit the comment with the command; with -o yaml
    #[arg(long, help_heading = "Output")]
    no_comment: bool,

    /// Comment each field with its meaning; with -o yaml
    #[arg(long, help_heading = "Output")]
    explain_flags: bool,

    #[command(flatten)]
    _kubeconfig_user: KubeconfigUserArgs,

    /// Arguments of a Pod's program, or command of a Job, after `--`
    #[arg(last = true, value_name = "ARG")]
    arguments: Vec<String>,
}

impl<F: Flags + Clone + std::fmt::Debug + Send + Sync + 'static> Command for GeneratedArgs<F> {
    fn run(self, context: &Context) -> Result<Exit, CommandError> {
        let mut submit = self.submit;
        self.act.check(&mut submit)?;
        let mut options = submit.into_options(Action::Create, false)?;
        if F::TARGET_KIND == TargetKind::Pod && self.owner_reference.is_some() {
            let message = "--owner-reference is a flag of `create job`";
            return Err(Failure::usage(message).help("leave it out").into());
        }
        let comments = [
            ("--no-comment", self.no_comment),
            ("--explain-flags", self.explain_flags),
        ];
        if let Some((flag, _)) = comments.iter().find(|(_, is_typed)| *is_typed)
            && options.format != Some(Format::Yaml)
        {
            let failure = Failure::usage(format!("{flag} requires -o yaml"));
            let help = format!("add -o yaml, or leave out {flag}");
            return Err(failure.help(help).into());
        }
        let host_env = HostEnv::real(&context.ui);
        let mut request = self.flags.into_request(self.name, self.arguments, host_env);
        request.attached = self.act.attach;
        let namespace = context.connection.namespace.as_deref();
        options.comments = Comments {
            above: (!self.no_comment)
                .then(|| command_line(&request, self.from.as_deref(), namespace)),
            beside: self
                .explain_flags
                .then_some(explanation as fn(&FieldPath) -> Option<&'static str>),
        };
        let source = match &self.from {
            Some(from) => {
                let owner = self.owner_reference.unwrap_or(true);
                Some(Source::read(from, F::TARGET_KIND, owner, context)?)
            }
            None => None,
        };
        let objects = GeneratedObjects {
            request,
            source,
            act: self.act,
            options,
            context,
        };
        submit::run(objects, context)
    }
}

/// The object that the flags describe.
struct GeneratedObjects<'a> {
    request: GenerateRequest,
    source: Option<Source>,
    act: ActArgs,
    options: SubmitOptions,
    context: &'a Context,
}

impl Objects for GeneratedObjects<'_> {
    fn options(&self) -> &SubmitOptions {
        &self.options
    }

    fn are_in_cluster(&self) -> bool {
        self.source.as_ref().is_some_and(Source::is_in_cluster)
    }

    async fn fetch(&mut self, cluster: &Cluster) -> Result<(), CommandError> {
        match &mut self.source {
            Some(source) => source.fetch(cluster, self.context).await,
            None => Ok(()),
        }
    }

    fn batch(&self, version: KubernetesVersion) -> Result<Batch, CommandError> {
        let target_kind = self.request.target_kind;
        let source = self.source.as_ref();
        let draft = source.map(|source| source.draft(target_kind, version));
        let generated = generate(&self.request, version, draft.transpose()?)
            .map_err(|errors| print_errors(&errors, self.context))?;
        let mut options = self.options.clone();
        self.act
            .apply(&mut options, &generated.object, target_kind)?;
        let manifest = manifest::read("generated", to_yaml(&generated.object).into_bytes());
        let mut notes = generated.notes.clone();
        let documents = manifest.documents.iter();
        notes.extend(documents.flat_map(|document| gated_field_notes(document, version)));
        let warnings = generated.warnings.clone();
        options.attribution = Some(FlagAttribution(Rc::new(move |finding| {
            generated.locate_finding(finding)
        })));
        Ok(Batch {
            manifests: Arc::new([manifest]),
            options,
            notes,
            warnings,
        })
    }
}

/// Prints errors of the command line.
fn print_errors(errors: &[LocatedFinding], context: &Context) -> CommandError {
    for located in errors {
        context.ui.stderr(&finding_to_text(located));
        context.ui.stderr("\n");
    }
    CommandError::Reported(Exit::Usage)
}

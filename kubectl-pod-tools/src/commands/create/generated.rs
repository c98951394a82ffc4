//! `create pod NAME` and `create job NAME`.

use clap::Args;
use pod_model::manifest;

use super::super::Command;
use crate::context::Context;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::generate::{Flags, OfJob, OfPod, TypedFlags, generate};
use crate::render::{finding_to_text, to_yaml};
use crate::submit::{self, Action, SubmitArgs};

/// What a person types after `create pod`.
pub(crate) type PodArgs = GeneratedArgs<OfPod>;
/// What a person types after `create job`.
pub(crate) type JobArgs = GeneratedArgs<OfJob>;

/// A name, flags, and the program behind `--`.
#[derive(Args, Clone, Debug)]
pub(crate) struct GeneratedArgs<F: Flags + Clone + std::fmt::Debug + Send + Sync + 'static> {
    /// Name of the object
    #[arg(value_name = "NAME", required_unless_present = "generate-name")]
    name: Option<String>,

    #[command(flatten)]
    submit: SubmitArgs,

    #[command(flatten)]
    flags: TypedFlags<F>,

    /// The program's arguments, or the program itself: behind `--`
    #[arg(last = true, value_name = "ARG")]
    arguments: Vec<String>,
}

impl<F: Flags + Clone + std::fmt::Debug + Send + Sync + 'static> Command for GeneratedArgs<F> {
    fn run(self, context: &Context) -> Result<Exit, CommandError> {
        let options = self.submit.into_options(Action::Create, false)?;
        let version = context.kubernetes_version.unwrap_or_default();
        let wish = self.flags.into_wish(self.name, self.arguments, version);
        let generated = match generate(&wish, None) {
            Ok(generated) => generated,
            Err(wrong) => {
                for placed in &wrong {
                    context.ui.talk(&finding_to_text(placed));
                    context.ui.talk("\n");
                }
                return Err(CommandError::Told(Exit::Usage));
            }
        };
        for note in &generated.notes {
            context.ui.warning(note);
        }
        let manifest = manifest::read("generated", to_yaml(&generated.object).into_bytes());
        submit::run(&[manifest], &options, context)
    }
}

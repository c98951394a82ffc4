//! Source of `--from`: an object of the cluster or of a file.

use std::path::{Path, PathBuf};

use pod_model::{KubernetesVersion, Severity};

use crate::cluster::Cluster;
use crate::context::Context;
use crate::diagnostics::readable;
use crate::error::{CommandError, Failure};
use crate::exit::Exit;
use crate::generate::{Draft, TargetKind, draft_from};
use crate::input::{self, FilenameFlags};
use crate::render::{LocatedFinding, finding_to_text};
use crate::targets::{self, TargetArgs, TargetRef, TemplateObject, check_pod_template};

const HELP: &str = "use TYPE/NAME of a Pod, a Job, a CronJob or anything else with a Pod template, or a file with one";

/// Source of `--from`.
pub(super) struct Source {
    /// The value of the flag.
    from: String,
    origin: Origin,
    /// True if a CronJob is to own the Job.
    is_owned: bool,
}

enum Origin {
    /// An object of the cluster, before it is read.
    Named(TargetRef),
    /// An object of the cluster.
    Live(TemplateObject),
    /// An object of a file.
    File(TemplateObject),
}

impl Source {
    /// Reads a file, or parses TYPE/NAME. With `owner`, a Job belongs to the CronJob of the
    /// cluster that it is created from.
    ///
    /// # Errors
    /// Wrong usage; a file that cannot be read, or without a Pod template.
    pub(super) fn read(
        from: &str,
        target_kind: TargetKind,
        owner: bool,
        context: &Context,
    ) -> Result<Self, CommandError> {
        let is_owned = owner && target_kind == TargetKind::Job;
        let origin = if from.is_empty() {
            return Err(unfit(from, "expected TYPE/NAME or a file"));
        } else if is_file(from) {
            let version = context.kubernetes_version.unwrap_or_default();
            let object = read_file(from, version, context)?;
            if is_owned && object.value["kind"] == "CronJob" {
                // The garbage collector deletes objects whose owner is not in the cluster.
                context.ui.warning(&format!(
                    "no owner reference set: {from} is a file; use `--from cronjob/NAME`"
                ));
            }
            Origin::File(object)
        } else {
            let words = [from.to_owned()];
            let args = TargetArgs {
                words: &words,
                ..TargetArgs::default()
            };
            let refs = targets::parse(&args, HELP, &check_pod_template)
                .map_err(|failure| unfit(from, &failure.message))?;
            let target = refs.into_iter().next();
            Origin::Named(target.ok_or_else(|| unfit(from, "expected TYPE/NAME or a file"))?)
        };
        Ok(Self {
            from: from.to_owned(),
            origin,
            is_owned,
        })
    }

    /// Returns whether the source is an object of the cluster.
    pub(super) fn is_in_cluster(&self) -> bool {
        !matches!(self.origin, Origin::File(_))
    }

    /// Reads the object of the cluster.
    ///
    /// # Errors
    /// A type that the server does not have; an object that does not exist or has no Pod
    /// template; errors of requests.
    pub(super) async fn fetch(
        &mut self,
        cluster: &Cluster,
        context: &Context,
    ) -> Result<(), CommandError> {
        if let Origin::Named(target) = &self.origin {
            let object = targets::fetch(cluster, target, &context.ui).await?;
            self.origin = Origin::Live(object);
        }
        Ok(())
    }

    /// Returns a draft with the spec of the object.
    ///
    /// # Errors
    /// An object whose Pod template is invalid.
    pub(super) fn draft(
        &self,
        target_kind: TargetKind,
        version: KubernetesVersion,
    ) -> Result<Draft, CommandError> {
        let (object, is_live) = match &self.origin {
            Origin::File(object) => (object, false),
            Origin::Live(object) => (object, true),
            Origin::Named(_) => return Err(unfit(&self.from, "it has not been read")),
        };
        let TemplateObject { value, template } = object;
        let mut draft = draft_from(&self.from, value, template, target_kind, version)
            .map_err(|reason| unfit(&self.from, &reason))?;
        if is_live && self.is_owned && value["kind"] == "CronJob" {
            draft.own(value);
        }
        Ok(draft)
    }
}

fn unfit(from: &str, reason: &str) -> CommandError {
    Failure::usage(format!("--from {from}: {reason}"))
        .help(HELP)
        .into()
}

/// Returns whether a source is a file rather than TYPE/NAME: it exists, or it looks like a
/// path.
fn is_file(from: &str) -> bool {
    let is_path = |(word, name): (&str, &str)| {
        let extension = Path::new(name).extension();
        let is_manifest = extension.is_some_and(|extension| {
            ["yaml", "yml", "json"]
                .iter()
                .any(|known| extension.eq_ignore_ascii_case(known))
        });
        word.is_empty() || word.starts_with(['.', '~']) || name.contains('/') || is_manifest
    };
    from.split_once('/').is_none_or(is_path) || Path::new(from).exists()
}

fn read_file(
    from: &str,
    version: KubernetesVersion,
    context: &Context,
) -> Result<TemplateObject, CommandError> {
    let flags = FilenameFlags {
        filenames: vec![PathBuf::from(from)],
        recursive: false,
    };
    let manifests = readable(input::read(&flags, &context.ui)?, &context.ui)?;
    let documents = manifests.iter().flat_map(|manifest| &manifest.documents);
    let mut sources = documents.filter_map(|document| {
        let template = targets::template_path(document)?;
        Some((document, template))
    });
    let Some((document, template)) = sources.next() else {
        let message = format!("{from} has no object with a Pod template");
        return Err(Failure::new(Exit::Failure, message).help(HELP).into());
    };
    if sources.next().is_some() {
        context.ui.warning(&format!(
            "{from} has several objects with a Pod template; using the first"
        ));
    }
    // A field that the version lacks is a mistake; one that it has and the types lack is left out
    // with a warning.
    let mut errors = input::problems(document, version);
    errors.retain(|finding| finding.severity == Severity::Error);
    if !errors.is_empty() {
        for finding in document.place(errors) {
            let placed = LocatedFinding {
                finding,
                source: Some(document.source().clone()),
                object: String::new(),
            };
            context.ui.stderr(&finding_to_text(&placed));
            context.ui.stderr("\n");
        }
        return Err(CommandError::Reported(Exit::Failure));
    }
    match document.to_value() {
        Ok(value) => Ok(TemplateObject { value, template }),
        Err(error) => Err(Failure::new(Exit::Failure, format!("{from}: {error}")).into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_file_tells_paths_from_types_with_a_name() {
        for path in [
            "pod.yaml",
            "-",
            "dir/pod.yaml",
            "dir/JOB.JSON",
            "./pod",
            "~/pod",
            "/tmp/pod",
            "a/b/c",
        ] {
            assert!(is_file(path), "{path}");
        }
        for named in [
            "pod/web",
            "rollouts.argoproj.io/web",
            "rollout/web.v1",
            "x/",
        ] {
            assert!(!is_file(named), "{named}");
        }
    }
}

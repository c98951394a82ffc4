//! Source of `--from`: an object of the cluster or of a file.

use std::path::PathBuf;

use pod_model::{KubernetesVersion, Severity, kinds};
use serde_json::Value;

use crate::cluster::Resource;
use crate::context::Context;
use crate::diagnostics::readable;
use crate::error::{CommandError, Failure};
use crate::exit::Exit;
use crate::generate::{Draft, TargetKind, draft_from};
use crate::input::{self, FilenameFlags};
use crate::render::{LocatedFinding, finding_to_text};
use crate::targets::{self, check_pod_template, check_word};

/// Reads the object that the flags are written over. With `owned`, a Job belongs to the
/// CronJob of the cluster that it is created from.
///
/// # Errors
/// A source that cannot be read, does not exist, or has no Pod template.
pub(super) fn load(
    from: &str,
    target_kind: TargetKind,
    owned: bool,
    version: KubernetesVersion,
    context: &Context,
) -> Result<Draft, CommandError> {
    let unfit = |why: String| {
        CommandError::from(Failure::usage(format!("--from {from}: {why}")).help(
            "use TYPE/NAME of a Pod, a Job, a CronJob or anything else with a Pod template, or a file with one",
        ))
    };
    let (object, is_live) = match live(from) {
        Some((kind, name)) => {
            check_pod_template(kind).map_err(|wrong| unfit(wrong.message))?;
            check_word(from).map_err(|wrong| unfit(wrong.message))?;
            (fetch(kind, name, context)?, true)
        }
        None if from.is_empty() => {
            return Err(unfit("expected TYPE/NAME or a file".to_owned()));
        }
        None => (read(from, version, context)?, false),
    };
    let mut draft = draft_from(&object, target_kind, version).map_err(unfit)?;
    if owned && target_kind == TargetKind::Job && object["kind"] == "CronJob" {
        // The garbage collector deletes what an owner has that is not in the cluster.
        if is_live {
            draft.own(&object);
        } else {
            context.ui.warning(&format!(
                "{from} is a file, so that the Job does not belong to a CronJob of the cluster: \
                 --from cronjob/NAME makes one that its history limits and its deletion remove"
            ));
        }
    }
    Ok(draft)
}

/// Returns type and name of `TYPE/NAME`, or `None` if that is a file.
fn live(from: &str) -> Option<(&'static kinds::KindInfo, &str)> {
    let (word, name) = from.split_once('/')?;
    let kind = kinds::by_type(word)?;
    (!name.contains('/') && !PathBuf::from(from).exists()).then_some((kind, name))
}

fn fetch(
    kind: &'static kinds::KindInfo,
    name: &str,
    context: &Context,
) -> Result<Value, CommandError> {
    let mut fetched = Value::Null;
    Context::block_on(async {
        let cluster = context.connect().await?;
        let resource = Resource::of(kind);
        fetched = targets::get(&cluster, &resource, cluster.namespace(), name).await?;
        Ok(Exit::Success)
    })?;
    Ok(fetched)
}

fn read(from: &str, version: KubernetesVersion, context: &Context) -> Result<Value, CommandError> {
    let flags = FilenameFlags {
        filenames: vec![PathBuf::from(from)],
        recursive: false,
    };
    let manifests = readable(input::read(&flags, &context.ui)?, &context.ui)?;
    let documents = manifests.iter().flat_map(|manifest| &manifest.documents);
    let mut sources = documents.filter(|document| {
        let (api_version, kind) = (document.api_version(), document.kind());
        let path = api_version.zip(kind);
        path.and_then(|(api_version, kind)| kinds::pod_template_path(api_version, kind))
            .is_some()
    });
    let Some(document) = sources.next() else {
        return Err(Failure::new(Exit::Failure, format!("{from} has no object with a Pod template"))
            .help("use a file with a Pod, a Job or anything else with a Pod template, or TYPE/NAME for an object of the cluster")
            .into());
    };
    if sources.next().is_some() {
        context.ui.warning(&format!(
            "{from} has several objects with a Pod template; using the first"
        ));
    }
    // An unknown field would be lost silently.
    let wrong: Vec<_> = input::problems(document, version)
        .into_iter()
        .filter(|finding| finding.severity == Severity::Error)
        .collect();
    if !wrong.is_empty() {
        for finding in document.place(wrong) {
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
    document
        .to_value()
        .map_err(|error| Failure::new(Exit::Failure, format!("{from}: {error}")).into())
}

//! What `--from` names: an object in the cluster, or in a file.

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

/// Reads it, and makes it the ground that the flags write on. With `owned`, a Job
/// belongs to the CronJob of the cluster that it is made from.
///
/// # Errors
/// What cannot be read, does not exist, or makes no Pods.
pub(super) fn load(
    from: &str,
    target_kind: TargetKind,
    owned: bool,
    version: KubernetesVersion,
    context: &Context,
) -> Result<Draft, CommandError> {
    let unfit = |why: String| {
        CommandError::from(Failure::usage(format!("--from {from}: {why}")).help(
            "name a Pod, a Job, a CronJob or anything else with a Pod template, or a file with one",
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

/// `TYPE/NAME`, unless a file has that name.
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
    let makes_pods = |kind: &str, version: &str| kinds::pod_template_path(version, kind).is_some();
    let documents = manifests.iter().flat_map(|manifest| &manifest.documents);
    let mut makers = documents.filter(|document| {
        let version = document.api_version().unwrap_or_default();
        makes_pods(document.kind().unwrap_or_default(), version)
    });
    let Some(document) = makers.next() else {
        return Err(Failure::new(Exit::Failure, format!("{from} holds nothing that makes Pods"))
            .help("name a file with a Pod, a Job, or anything else with a Pod template; for a live object write TYPE/NAME")
            .into());
    };
    if makers.next().is_some() {
        context.ui.warning(&format!(
            "{from} holds several objects that make Pods: the first is taken"
        ));
    }
    // A field that nobody knows would be lost without a word.
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
        return Err(CommandError::Told(Exit::Failure));
    }
    document
        .to_value()
        .map_err(|error| Failure::new(Exit::Failure, format!("{from}: {error}")).into())
}

//! Reads targets, and the objects that answer their look-ups.

use pod_model::lookup::LookupKind;
use pod_model::manifest::LazyManifest;
use pod_model::{Document, RulesVersion};

use super::candidate::{Candidate, Loaded, candidates};
use super::choice::{Eligible, Namespaces};
use super::choose::choose;
use super::live::live_targets;
use super::lookup_context::LookupContext;
use super::object::Object;
use super::parse::types_with_pod_template;
use super::spec::{TargetRef, TargetSpec, TypeRef};
use super::target::TemplateKind;
use crate::cluster::Cluster;
use crate::connection::{self, ConfigError};
use crate::context::Context;
use crate::error::{CommandError, Failure};
use crate::input;

/// Reads the targets, and the objects of the input that have one of the `kinds`.
///
/// # Errors
/// Unreadable inputs, missing targets, no cluster.
pub(crate) async fn load(
    spec: &TargetSpec,
    kinds: &[LookupKind],
    context: &Context,
) -> Result<Loaded, CommandError> {
    match spec {
        TargetSpec::Files {
            filenames,
            refs,
            offline,
        } => {
            let inputs = input::split(filenames, &context.ui)?;
            // Without a target the cluster is not needed.
            let cluster = if *offline || !holds_target(&inputs) {
                None
            } else {
                optional_cluster(context).await?
            };
            let version = version(context, cluster.as_ref()).await?;
            let default = match (&cluster, &context.connection.namespace) {
                (_, Some(namespace)) => namespace.clone(),
                (Some(cluster), None) => cluster.namespace().to_owned(),
                (None, None) => "default".to_owned(),
            };
            let lookup_context = LookupContext {
                local_objects: Vec::new(),
                cluster,
                version,
                namespace: default,
            };
            let mut loaded = candidates(inputs, kinds, lookup_context);
            if let Some(refs) = refs {
                let namespace = context.connection.namespace.as_deref();
                let namespaces = Namespaces {
                    only: namespace.filter(|namespace| !namespace.is_empty()),
                    default: &loaded.lookup_context.namespace,
                };
                let eligible = Eligible::WithPodTemplate;
                let chosen = choose(&loaded.candidates, refs, eligible, &namespaces, &context.ui)?;
                loaded.unchosen = Some(std::mem::replace(&mut loaded.candidates, chosen));
            }
            Ok(loaded)
        }
        TargetSpec::Cluster { refs, command } => {
            let cluster = connect(refs, context).await?;
            let version = version(context, Some(&cluster)).await?;
            let targets = live_targets(&cluster, refs, command, &context.ui).await?;
            let candidates = targets.into_iter().map(Box::new).map(Candidate::Live);
            Ok(Loaded {
                candidates: candidates.collect(),
                unchosen: None,
                lookup_context: LookupContext {
                    local_objects: Vec::new(),
                    namespace: cluster.namespace().to_owned(),
                    cluster: Some(cluster),
                    version,
                },
            })
        }
    }
}

/// Reads targets of the cluster once more.
///
/// # Errors
/// Missing targets, request errors.
pub(crate) async fn reload(
    spec: &TargetSpec,
    cluster: &Cluster,
    context: &Context,
) -> Result<Vec<Candidate>, CommandError> {
    let TargetSpec::Cluster { refs, command } = spec else {
        return Ok(Vec::new());
    };
    let targets = live_targets(cluster, refs, command, &context.ui).await?;
    let candidates = targets.into_iter().map(Box::new).map(Candidate::Live);
    Ok(candidates.collect())
}

/// Connects to the cluster. If there is none, a word that is not a built-in type is mistyped.
async fn connect(refs: &[TargetRef], context: &Context) -> Result<Cluster, CommandError> {
    let unknown = refs.iter().find_map(|target| match target {
        TargetRef::Named(TypeRef::Word(word), _)
        | TargetRef::Selected {
            kind: Some(TypeRef::Word(word)),
            ..
        } => Some(word),
        _ => None,
    });
    match (
        connection::connect(&context.connection, context.log()).await,
        unknown,
    ) {
        (Ok(cluster), _) => Ok(cluster),
        (Err(ConfigError::NoCluster { .. }), Some(word)) => {
            Err(Failure::usage(format!("unknown type `{word}`"))
                .help(types_with_pod_template())
                .into())
        }
        (Err(error), _) => Err(error.into()),
    }
}

/// Returns whether an object of the inputs is a Pod or has a Pod template.
fn holds_target(inputs: &[LazyManifest]) -> bool {
    let is_target = |document: &Document| {
        let (api_version, kind) = (document.api_version(), document.kind());
        let (api_version, kind) = (api_version.unwrap_or_default(), kind.unwrap_or_default());
        TemplateKind::of(api_version, kind, &Object::File(document)).is_some()
    };
    inputs.iter().any(|pieces| {
        let mut read = (0..pieces.len()).map(|piece| pieces.read(piece));
        read.any(|read| read.documents.iter().any(is_target))
    })
}

/// Connects to the cluster, or returns `None` if none is configured: a file can be explained
/// without one. A cluster that is configured and does not answer is an error.
async fn optional_cluster(context: &Context) -> Result<Option<Cluster>, CommandError> {
    match connection::connect(&context.connection, context.log()).await {
        Ok(cluster) => Ok(Some(cluster)),
        Err(ConfigError::NoCluster { missing }) => {
            if !missing.is_empty() {
                let message = ConfigError::NoCluster { missing }.to_string();
                context
                    .ui
                    .warning(&format!("not connecting to a cluster: {message}"));
            }
            Ok(None)
        }
        Err(error) => {
            let failure = Failure::from(error);
            Err(failure
                .help("use `--offline` to explain the file alone")
                .into())
        }
    }
}

/// Returns the version whose rules apply, and warns if it is not the server's.
async fn version(
    context: &Context,
    cluster: Option<&Cluster>,
) -> Result<RulesVersion, CommandError> {
    let server = match cluster {
        Some(cluster) if context.kubernetes_version.is_none() => match cluster.version().await {
            Ok(server) => Some(server),
            Err(error) if error.is_about_connection() => return Err(error.into()),
            // A user without the right to see the version may see Pods.
            Err(_) => None,
        },
        _ => None,
    };
    let version = context.rules_version(server.as_ref());
    context.warn_of_skew(&version);
    Ok(version)
}

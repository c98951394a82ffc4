//! The state of the cluster, as far as it is known.

use std::collections::{BTreeSet, HashSet};
use std::convert::Infallible;
use std::hash::{BuildHasher, RandomState};

use k8s_openapi::api::core::v1::{ContainerImage, Pod};
use pod_model::KubernetesVersion;
use pod_model::scheduling::{Input, Snapshot, SnapshotBuilder};

use super::cluster::Lists;
use super::daemon_pods::DaemonPods;
use super::files::{FileObjects, Shared, as_stored};
use super::known::Known;
use super::wanted::Wanted;
use crate::error::CommandError;
use crate::explain::read::{CHUNK, InputFindings, read_targets};
use crate::explain::scheduling::subject::shape_of;
use crate::explain::topic::Gathering;
use crate::parallel::in_order;
use crate::targets::{Candidate, LookupContext, Target};

/// Number of targets whose selectors choose the labels that are kept; for more, all are kept.
const FEW: usize = 1000;

/// The nodes and all that runs on them.
#[derive(Default)]
pub(in crate::explain::scheduling) struct ClusterState {
    /// `None` if nothing is known.
    pub snapshot: Option<Snapshot>,
    pub nodes: Known,
    pub pods: Known,
    /// A line for each other list that is not known.
    pub unread: Vec<String>,
    /// True if the input has targets that run on no node: then those that do are not explained
    /// unless they are named.
    pub has_unbound: bool,
    /// True if files with nodes have a Pod on a node outside of a List, as `kubectl get` writes
    /// one Pod: then those of Lists are not explained unless they are named.
    pub has_single: bool,
    /// True if the nodes are those of files, which have no Pods on nodes.
    pub are_nodes_empty: bool,
    /// The Pods that DaemonSets among the targets have.
    pub daemon_pods: Vec<Pod>,
}

/// Reads the state of the cluster for the targets that `is_meant` chooses: from the files if
/// they have nodes, else from the cluster. Returns it with the candidates that may have a target.
/// The files are not looked at unless `must_look`.
///
/// # Errors
/// A cluster that cannot be reached.
pub(in crate::explain::scheduling) async fn gather(
    gathering: &Gathering<'_>,
    must_look: bool,
    is_meant: impl Fn(&Target) -> bool + Sync,
) -> Result<(ClusterState, Vec<Candidate>), CommandError> {
    let Gathering {
        candidates,
        all,
        context,
    } = *gathering;
    let version = context.version.rules;
    let mut builder = Snapshot::builder(version);
    let mut daemon_pods = DaemonPods::of(candidates);
    let mut files = if must_look {
        add_files(all, context, &mut builder, &mut daemon_pods)
    } else {
        Files::default()
    };
    let is_all = std::ptr::eq(candidates, all);
    // If all Pods of the files run on nodes, they are the targets.
    let remaining = if is_all && must_look && files.has_unbound {
        std::mem::take(&mut files.remaining)
    } else {
        candidates.to_vec()
    };
    let mut state = ClusterState {
        has_unbound: files.has_unbound && is_all,
        has_single: files.has_single && files.has_nodes() && is_all,
        ..ClusterState::default()
    };
    for input in &files.inputs {
        builder.complete(*input);
    }
    if files.has_nodes() {
        state.nodes = Known::Files;
        state.pods = Known::Files;
        state.are_nodes_empty = files.pods.is_empty();
    }
    if files.is_broken {
        state.nodes = Known::Failed("an object of the files cannot be read".to_owned());
    }
    if let Some(cluster) = &context.cluster {
        let targets = survey(&remaining, context, version, &is_meant);
        if !targets.are_meant {
            return Ok((state, remaining));
        }
        let mut lists = Lists {
            cluster,
            builder: &mut builder,
        };
        if !files.has_nodes() {
            state.nodes = lists.nodes(|image| targets.has_image(image)).await?;
        }
        let is_given = |input: Input| {
            // What is attached belongs to nodes.
            let is_of_nodes = matches!(input, Input::CsiNodes | Input::VolumeAttachments);
            files.inputs.contains(&input) || files.has_nodes() && is_of_nodes
        };
        state.unread = lists.others(targets.wanted, is_given).await?;
        if !files.has_nodes() && state.nodes.is_known() {
            if targets.pods.len() <= FEW {
                let pods: Vec<&Pod> = targets.pods.iter().collect();
                lists.builder.only_for(&pods);
            }
            let is_given = |pod: &Pod| files.pods.contains(&files.hash(pod));
            let listed = lists.pods(is_given, |pod| daemon_pods.add(pod));
            state.pods = listed.await?;
        }
    }
    state.daemon_pods = daemon_pods.into_pods();
    state.snapshot = state.nodes.is_known().then(|| builder.build());
    Ok((state, remaining))
}

/// Returns whether the files may have nodes.
pub(in crate::explain::scheduling) fn has_nodes(all: &[Candidate]) -> bool {
    all.iter().any(|candidate| match candidate {
        Candidate::Live(_) => false,
        Candidate::Piece(pieces, at) => pieces.may_be(*at, &["Node"]),
        Candidate::Document(document) => document.kind() == Some("Node"),
    })
}

/// The content of the files.
#[derive(Default)]
struct Files {
    remaining: Vec<Candidate>,
    inputs: HashSet<Input>,
    /// The Pods that run on nodes: hashes of their namespaces and names.
    pods: HashSet<u64>,
    hasher: RandomState,
    nodes: usize,
    has_unbound: bool,
    has_single: bool,
    is_broken: bool,
}

impl Files {
    fn has_nodes(&self) -> bool {
        self.nodes > 0
    }

    fn hash(&self, pod: &Pod) -> u64 {
        let metadata = &pod.metadata;
        self.hasher.hash_one((&metadata.namespace, &metadata.name))
    }
}

fn add_files(
    all: &[Candidate],
    context: &LookupContext,
    builder: &mut SnapshotBuilder,
    daemon_pods: &mut DaemonPods,
) -> Files {
    let mut files = Files::default();
    let read = |some: &[Candidate]| {
        let mut objects = FileObjects::default();
        for candidate in some {
            objects.add(candidate);
        }
        objects
    };
    let Ok(()) = in_order(all, CHUNK, read, |objects| {
        files.remaining.extend(objects.remaining);
        files.has_unbound |= objects.has_unbound;
        files.has_single |= objects.has_single;
        for (namespace, name) in objects.daemon_sets {
            let namespace = namespace.unwrap_or_else(|| context.namespace.clone());
            daemon_pods.add_owner(namespace, name);
        }
        files.is_broken |= objects.is_broken;
        for own in objects.shared {
            files.inputs.extend(own.input());
            files.nodes += usize::from(matches!(own, Shared::Node(_)));
            match own {
                Shared::Pod(pod) => {
                    let pod = as_stored(*pod, &context.namespace, context.version.rules);
                    // A Pod by itself and the list of all may both have it.
                    let hash = files.hash(&pod);
                    if pod.metadata.name.is_none() || files.pods.insert(hash) {
                        builder.pod(&pod);
                        daemon_pods.add_of_file(pod);
                    }
                }
                own => own.add_to(builder, &context.namespace),
            }
        }
        Ok::<(), Infallible>(())
    });
    daemon_pods.settle();
    files
}

/// The needs of the targets.
#[derive(Default)]
struct Targets {
    are_meant: bool,
    wanted: Wanted,
    /// Their Pods, for their selectors, unless there are too many.
    pods: Vec<Pod>,
    images: BTreeSet<String>,
}

impl Targets {
    fn add(&mut self, other: Self) {
        self.are_meant |= other.are_meant;
        self.wanted.volumes |= other.wanted.volumes;
        self.wanted.device_classes |= other.wanted.device_classes;
        self.images.extend(other.images);
        if self.pods.len() <= FEW {
            self.pods.extend(other.pods);
        }
    }

    fn has_image(&self, image: &ContainerImage) -> bool {
        let mut names = image.names.iter().flatten();
        names.any(|name| self.images.contains(name))
    }
}

fn survey(
    candidates: &[Candidate],
    context: &LookupContext,
    version: KubernetesVersion,
    is_meant: &(impl Fn(&Target) -> bool + Sync),
) -> Targets {
    let mut all = Targets::default();
    let read = |some: &[Candidate]| {
        let mut part = Targets::default();
        for candidate in some {
            let mut targets = read_targets(candidate, context, &mut InputFindings::default());
            targets.retain(is_meant);
            for target in targets {
                part.are_meant = true;
                part.wanted.add(&target.spec);
                part.images.extend(images(&target));
                part.pods.push(shape_of(&target, version));
            }
        }
        part
    };
    let Ok(()) = in_order(candidates, CHUNK, read, |part| {
        all.add(part);
        Ok::<(), Infallible>(())
    });
    all
}

/// Returns the images of a target as nodes name them (`normalizedImageName` in
/// pkg/scheduler/framework/plugins/imagelocality).
fn images(target: &Target) -> impl Iterator<Item = String> {
    let spec = &target.spec;
    let containers = spec
        .containers
        .iter()
        .chain(spec.init_containers.iter().flatten());
    containers.filter_map(|own| {
        let image = own.image.as_deref()?;
        let has_tag = image.rfind(':') > image.rfind('/');
        Some(if has_tag {
            image.to_owned()
        } else {
            format!("{image}:latest")
        })
    })
}

//! The state of the cluster, as far as it is known.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::convert::Infallible;
use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;

use k8s_openapi::api::core::v1::Pod;
use pod_model::scheduling::{Input, Snapshot, SnapshotBuilder};

use super::bound::{self, Bound};
use super::cluster::Lists;
use super::daemon_pods::DaemonPods;
use super::files::{FileObjects, Shared, as_stored};
use super::known::Known;
use super::survey::{FEW, survey};
use super::unreadable;
use crate::error::CommandError;
use crate::explain::read::CHUNK;
use crate::explain::scheduling::refused::NamedPods;
use crate::explain::topic::Gathering;
use crate::parallel::in_order;
use crate::targets::{Candidate, LookupContext, Target};

/// The nodes and all that runs on them.
#[derive(Default)]
pub(in crate::explain::scheduling) struct ClusterState {
    /// `None` if nothing is known.
    pub snapshot: Option<Snapshot>,
    pub nodes: Known,
    pub pods: Known,
    /// A line for each other list that is not known.
    pub unread: Vec<String>,
    /// The Pods on nodes that are explained.
    pub bound: Bound,
    /// The Pods of manifests that name their node.
    pub named: NamedPods,
    /// True if the nodes are those of files, which have no Pods on nodes.
    pub are_nodes_empty: bool,
    /// The Pods that DaemonSets among the targets have.
    pub daemon_pods: Vec<Pod>,
}

/// Reads the state of the cluster for the targets that `is_meant` chooses: from the files if
/// they have nodes, else from the cluster. Returns it with the candidates that may have a target.
/// The files are not looked at unless `must_look`; `is_chosen` tells that the command line chooses
/// among the Pods.
///
/// # Errors
/// A cluster that cannot be reached.
pub(in crate::explain::scheduling) async fn gather(
    gathering: &Gathering<'_>,
    must_look: bool,
    is_meant: impl Fn(&Target) -> bool + Sync,
    is_chosen: bool,
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
    let bound = if is_chosen {
        Bound::All
    } else {
        files.bound(candidates)
    };
    let mut remaining = match &bound {
        Bound::None { .. } | Bound::Single { .. } if is_all => std::mem::take(&mut files.remaining),
        _ => candidates.to_vec(),
    };
    remaining.retain(|own| bound.has_live(own));
    let mut state = ClusterState {
        bound,
        ..ClusterState::default()
    };
    let complete = files.complete();
    for input in &complete {
        builder.complete(*input);
    }
    if files.has_nodes() {
        state.nodes = Known::Files;
        state.pods = Known::Files;
        state.are_nodes_empty = files.pods.is_empty() && !files.has_no_pods;
    }
    let (of_node, of_pod) = std::mem::take(&mut files.unreadable);
    if let (true, Some(why)) = (files.has_nodes(), of_pod) {
        state.pods = Known::Unreadable(why);
    }
    let is_broken = files
        .is_broken
        .then_some("an object of the files cannot be read");
    if let Some(why) = is_broken.map(str::to_owned).or(of_node) {
        state.nodes = Known::Unreadable(why);
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
            files.has_nodes() && (is_of_nodes || complete.contains(&input))
        };
        let is_in_files = |input: Input, namespace: &str, name: &str| {
            let hash = files.hasher.hash_one((input, namespace, name));
            files.others.contains(&hash)
        };
        let wanted = targets.wanted;
        state.unread = lists.others(wanted, is_given, &is_in_files).await?;
        if !files.has_nodes() && state.nodes.is_known() {
            if targets.pods.len() <= FEW {
                let pods: Vec<&Pod> = targets.pods.iter().collect();
                lists.builder.only_for(&pods);
            }
            let is_given = |pod: &Pod| {
                let hash = files.hash(pod);
                files.pods.contains(&hash) || files.nominated.contains(&hash)
            };
            let listed = lists.pods(is_given, |pod| daemon_pods.add(pod));
            state.pods = listed.await?;
        }
    }
    state.daemon_pods = daemon_pods.into_pods();
    state.snapshot = state.nodes.is_known().then(|| builder.build());
    if let Some(snapshot) = &mut state.snapshot {
        state.named = NamedPods::settle(files.named, snapshot);
    }
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
    /// The kinds of other objects, with their files; true for items of Lists.
    inputs: BTreeSet<(Input, bool, Arc<str>)>,
    /// Hashes of the kinds, namespaces and names of these objects.
    others: HashSet<u64>,
    /// The Pods that run on nodes: hashes of their namespaces and names.
    pods: HashSet<u64>,
    /// Those that are to have a node.
    nominated: HashSet<u64>,
    /// The Pods of manifests that name their node.
    named: Vec<Pod>,
    hasher: RandomState,
    nodes: usize,
    /// Statements of lists that there are no nodes, and no Pods.
    has_no_nodes: bool,
    has_no_pods: bool,
    unbound_in: BTreeSet<Arc<str>>,
    nodes_in: BTreeSet<Arc<str>>,
    singles_in: BTreeMap<Arc<str>, usize>,
    manifests: usize,
    is_broken: bool,
    /// A quantity of a node, and of a Pod, that cannot be read.
    unreadable: (Option<String>, Option<String>),
}

impl Files {
    fn has_nodes(&self) -> bool {
        self.nodes > 0 || self.has_no_nodes
    }

    /// Returns the kinds of which the files have all objects: those that somebody has listed, or
    /// recorded beside the nodes. A manifest of one more is not all of its kind.
    fn complete(&self) -> HashSet<Input> {
        let inputs = self.inputs.iter();
        let complete = inputs
            .filter(|(_, is_listed, file)| *is_listed || self.nodes_in.contains(file))
            .map(|(input, ..)| *input);
        complete.collect()
    }

    /// Returns the Pods on nodes that are explained although nothing chooses them.
    fn bound(&self, candidates: &[Candidate]) -> Bound {
        let live = bound::live(candidates);
        let has_unbound = !self.unbound_in.is_empty();
        if live > 0 {
            return Bound::None {
                others: live,
                is_said: true,
            };
        }
        if has_unbound && !self.unbound_in.is_subset(&self.nodes_in) {
            return Bound::None {
                others: self.pods.len(),
                is_said: !self.unbound_in.is_disjoint(&self.nodes_in),
            };
        }
        if !self.has_nodes() {
            return Bound::All;
        }
        let singles = self.singles_in.iter();
        let singles = singles.filter(|(file, _)| !self.nodes_in.contains(*file));
        let singles: usize = singles.map(|(_, count)| count).sum();
        let singles = if has_unbound {
            singles
        } else {
            singles + self.manifests
        };
        Bound::Single {
            nodes_in: self.nodes_in.clone(),
            others: self.pods.len().saturating_sub(singles),
            is_said: singles == 0 || has_unbound,
            has_waiting: has_unbound,
        }
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
        files.unbound_in.extend(objects.unbound_in);
        files.nodes_in.extend(objects.nodes_in);
        files.inputs.extend(objects.inputs);
        files.manifests += objects.manifests;
        files.has_no_nodes |= objects.has_no_nodes;
        files.has_no_pods |= objects.has_no_pods;
        for (file, count) in objects.singles_in {
            *files.singles_in.entry(file).or_default() += count;
        }
        for (namespace, name) in objects.daemon_sets {
            let namespace = namespace.unwrap_or_else(|| context.namespace.clone());
            daemon_pods.add_owner(namespace, name);
        }
        files.is_broken |= objects.broken.others;
        if objects.broken.pods {
            files.unreadable.1 = Some("a Pod of the files cannot be read".to_owned());
        }
        for pod in objects.nominated {
            let pod = as_stored(pod, &context.namespace, context.version.rules);
            if files.nominated.insert(files.hash(&pod)) {
                builder.pod(&pod);
            }
        }
        for own in objects.shared {
            if let Some(input) = own.input() {
                let (namespace, name) = own.identity();
                let namespace = match input {
                    Input::PersistentVolumeClaims => namespace.unwrap_or(&context.namespace),
                    _ => namespace.unwrap_or_default(),
                };
                let hash = files
                    .hasher
                    .hash_one((input, namespace, name.unwrap_or_default()));
                files.others.insert(hash);
            }
            files.nodes += usize::from(matches!(own, Shared::Node(_)));
            let is_manifest = matches!(own, Shared::Manifest(_));
            match own {
                Shared::Pod(pod) | Shared::Manifest(pod) => {
                    let pod = as_stored(*pod, &context.namespace, context.version.rules);
                    // A Pod by itself and the list of all may both have it.
                    let hash = files.hash(&pod);
                    if pod.metadata.name.is_none() || files.pods.insert(hash) {
                        let wrong = &mut files.unreadable.1;
                        *wrong = wrong.take().or_else(|| unreadable::of_pod(&pod));
                        builder.pod(&pod);
                        if is_manifest {
                            files.named.push(pod.clone());
                        }
                        daemon_pods.add_of_file(pod);
                    }
                }
                Shared::Node(node) => {
                    let wrong = &mut files.unreadable.0;
                    *wrong = wrong.take().or_else(|| unreadable::of_node(&node));
                    builder.node(&node);
                }
                own => own.add_to(builder, &context.namespace),
            }
        }
        Ok::<(), Infallible>(())
    });
    daemon_pods.settle();
    files
}

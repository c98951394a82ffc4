//! The look-ups for a Pod, and the facts that they give.

use std::borrow::Cow;

use k8s_openapi::api::core::v1::{
    ConfigMap, Node, PersistentVolume, PersistentVolumeClaim, Pod, Secret,
};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use k8s_openapi::jiff::Timestamp;
use pod_model::KubernetesVersion;
use pod_model::diagnosis::{ObjectKeys, PodEvent, Scene};
use pod_model::lookup::{Answer, Answers, Need};

use crate::explain::events::Events;

/// Everything that was found about a Pod.
pub(super) struct PodFacts<'a> {
    pub pod: Cow<'a, Pod>,
    pub events: Events<'a>,
    all_events: Vec<PodEvent>,
    node: Option<&'a Node>,
    nodes: Vec<&'a Node>,
    claims: Vec<(&'a PersistentVolumeClaim, Vec<PodEvent>)>,
    volumes: Vec<&'a PersistentVolume>,
    keys: Vec<ObjectKeys>,
}

fn claims(pod: &Pod) -> impl Iterator<Item = &str> {
    let volumes = pod.spec.as_ref().and_then(|spec| spec.volumes.as_ref());
    let volumes = volumes.into_iter().flatten();
    volumes.filter_map(|volume| Some(volume.persistent_volume_claim.as_ref()?.claim_name.as_str()))
}

fn named_claim(name: &str) -> ObjectMeta {
    ObjectMeta {
        name: Some(name.to_owned()),
        ..ObjectMeta::default()
    }
}

fn node_name(pod: &Pod) -> Option<&str> {
    let name = pod.spec.as_ref()?.node_name.as_deref()?;
    (!name.is_empty()).then_some(name)
}

fn is_pending(pod: &Pod) -> bool {
    let phase = pod.status.as_ref().and_then(|own| own.phase.as_deref());
    phase.is_none_or(|phase| phase == "Pending")
}

/// A container that waits for a key of a ConfigMap or a Secret, as the kubelet says it.
fn missing_keys(pod: &Pod) -> Vec<(&'static str, String)> {
    let status = pod.status.as_ref();
    let init = status.and_then(|own| own.init_container_statuses.as_ref());
    let own = status.and_then(|own| own.container_statuses.as_ref());
    let statuses = init.into_iter().chain(own).flatten();
    let waiting =
        statuses.filter_map(|own| own.state.as_ref()?.waiting.as_ref()?.message.as_deref());
    let named = waiting.filter_map(|message| {
        let (_, rest) = message.split_once("find key ")?;
        let (_, rest) = rest.split_once(" in ")?;
        let (kind, rest) = rest.split_once(' ')?;
        let name = rest.split_whitespace().next()?.rsplit('/').next()?;
        let kind = ["ConfigMap", "Secret"]
            .into_iter()
            .find(|own| *own == kind)?;
        Some((kind, name.to_owned()))
    });
    named.collect()
}

fn keys(
    namespace: &str,
    (kind, name): (&'static str, String),
    answers: &Answers,
) -> Option<ObjectKeys> {
    let of = |own: Option<Vec<String>>| own.unwrap_or_default();
    let keys = match kind {
        "ConfigMap" => match answers.one::<ConfigMap>(namespace, &name) {
            Answer::Found(found) => {
                let data = found
                    .object
                    .data
                    .as_ref()
                    .map(|own| own.keys().cloned().collect());
                let binary = found.object.binary_data.as_ref();
                let binary = binary.map(|own| own.keys().cloned().collect());
                [of(data), of(binary)].concat()
            }
            _ => return None,
        },
        _ => match answers.one::<Secret>(namespace, &name) {
            Answer::Found(found) => of(found
                .object
                .data
                .as_ref()
                .map(|own| own.keys().cloned().collect())),
            _ => return None,
        },
    };
    Some(ObjectKeys { kind, name, keys })
}

/// Returns the look-ups of a Pod that follow from what is known so far.
pub(super) fn needs(pod: &Pod, namespace: &str, so_far: &Answers) -> Vec<Need> {
    let mut needs: Vec<Need> = Events::need("Pod", &pod.metadata, namespace)
        .into_iter()
        .collect();
    match node_name(pod) {
        Some(name) => needs.push(Need::named::<Node>("", name)),
        None => needs.push(Need::all::<Node>("")),
    }
    if is_pending(pod) {
        for name in claims(pod) {
            needs.push(Need::named::<PersistentVolumeClaim>(namespace, name));
            needs.extend(Events::need(
                "PersistentVolumeClaim",
                &named_claim(name),
                namespace,
            ));
            if let Some(volume) = volume_name(name, namespace, so_far) {
                needs.push(Need::named::<PersistentVolume>("", volume));
            }
        }
        for (kind, name) in missing_keys(pod) {
            needs.push(match kind {
                "ConfigMap" => Need::named::<ConfigMap>(namespace, &name),
                _ => Need::named::<Secret>(namespace, &name),
            });
        }
    }
    needs
}

/// Returns the volume that a claim is bound to, or is to be bound to.
fn volume_name<'a>(claim: &str, namespace: &str, answers: &'a Answers) -> Option<&'a str> {
    let Answer::Found(found) = answers.one::<PersistentVolumeClaim>(namespace, claim) else {
        return None;
    };
    let name = found.object.spec.as_ref()?.volume_name.as_deref()?;
    (!name.is_empty()).then_some(name)
}

impl<'a> PodFacts<'a> {
    /// Returns what was found of a Pod.
    pub(super) fn of(pod: Cow<'a, Pod>, namespace: &str, answers: &'a Answers) -> Self {
        let events = Events::about("Pod", &pod.metadata, namespace, answers);
        let node = node_name(&pod).and_then(|name| match answers.one::<Node>("", name) {
            Answer::Found(found) => Some(found.object),
            _ => None,
        });
        // Those of thousands of Pods that run would be collected for nothing.
        let nodes = if is_pending(&pod) {
            let nodes = answers.all::<Node>("");
            nodes.objects.iter().map(|found| found.object).collect()
        } else {
            Vec::new()
        };
        let of_claim = |name| {
            let Answer::Found(claim) = answers.one::<PersistentVolumeClaim>(namespace, name) else {
                return None;
            };
            let kind = "PersistentVolumeClaim";
            let events = Events::about(kind, &named_claim(name), namespace, answers);
            Some((claim.object, events.all()))
        };
        let volumes = claims(&pod)
            .filter_map(|claim| volume_name(claim, namespace, answers))
            .filter_map(|name| match answers.one::<PersistentVolume>("", name) {
                Answer::Found(found) => Some(found.object),
                _ => None,
            })
            .collect();
        let keys = missing_keys(&pod)
            .into_iter()
            .filter_map(|own| keys(namespace, own, answers))
            .collect();
        let claims = claims(&pod).filter_map(of_claim).collect();
        Self {
            all_events: events.all(),
            pod,
            events,
            node,
            nodes,
            claims,
            volumes,
            keys,
        }
    }

    /// Returns it as the input of the diagnosis.
    pub(super) fn scene(&self, now: Timestamp, version: KubernetesVersion) -> Scene<'_> {
        Scene {
            pod: &self.pod,
            events: &self.all_events,
            has_events: self.events.unread.is_none(),
            now: Some(now),
            version,
            node: self.node,
            nodes: &self.nodes,
            claims: &self.claims,
            volumes: &self.volumes,
            keys: &self.keys,
        }
    }
}

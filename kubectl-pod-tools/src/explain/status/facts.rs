//! The look-ups for a Pod, and the facts that they give.

use std::borrow::Cow;
use std::collections::BTreeSet;

use k8s_openapi::api::core::v1::{
    ConfigMap, Event, EventSeries, Node, PersistentVolume, PersistentVolumeClaim, Pod, Secret,
};
use k8s_openapi::api::events::v1::Event as NewerEvent;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use k8s_openapi::jiff::Timestamp;
use pod_model::KubernetesVersion;
use pod_model::diagnosis::{ObjectKeys, PodEvent, Scene};
use pod_model::lookup::{Answer, Answers, Completeness, Need};
use pod_model::selector::FieldSelector;

/// Everything that was found about a Pod.
pub(super) struct PodFacts<'a> {
    pub pod: Cow<'a, Pod>,
    pub events: Events,
    node: Option<&'a Node>,
    nodes: Vec<&'a Node>,
    claims: Vec<(&'a PersistentVolumeClaim, Vec<PodEvent>)>,
    volumes: Vec<&'a PersistentVolume>,
    keys: Vec<ObjectKeys>,
}

/// The reason why events of a file are not known.
pub(super) const NOT_ASKED: &str = "none are in the file";

/// The events about one object.
#[derive(Default)]
pub(super) struct Events {
    /// Those of both APIs.
    pub all: Vec<PodEvent>,
    /// The same as the core API has them.
    pub raw: Vec<Event>,
    /// The reason why they were not read, or `None` if they were.
    pub unread: Option<String>,
}

/// Returns the selector of the events about an object, by the field that names what an event is about.
fn about(kind: &str, metadata: &ObjectMeta, object: &str) -> Option<FieldSelector> {
    let uid = metadata.uid.as_deref().filter(|uid| !uid.is_empty());
    let path = |field: &str| format!("{object}.{field}");
    let pairs = match (uid, metadata.name.as_deref()) {
        (Some(uid), _) => vec![(path("uid"), uid)],
        (None, Some(name)) => vec![(path("kind"), kind), (path("name"), name)],
        (None, None) => return None,
    };
    let pairs = pairs.iter().map(|(path, value)| (path.as_str(), *value));
    Some(FieldSelector::equal(pairs))
}

/// Returns the look-up of the events about an object.
pub(super) fn need_events(kind: &str, metadata: &ObjectMeta, namespace: &str) -> Option<Need> {
    let selector = about(kind, metadata, "involvedObject")?;
    Some(Need::with_fields::<Event>(namespace, selector))
}

impl Events {
    /// Returns what a report says of events that were not read.
    pub(super) fn unread(&self) -> Option<String> {
        let why = self.unread.as_ref()?;
        Some(format!("events unknown: {why}; they would prove more"))
    }

    /// Returns true if they are in the cluster and could not be read. A file without events is taken as it is.
    pub(super) fn are_refused(&self) -> bool {
        self.unread.as_deref().is_some_and(|why| why != NOT_ASKED)
    }

    /// Returns the events about an object.
    pub(super) fn about(
        kind: &str,
        metadata: &ObjectMeta,
        namespace: &str,
        answers: &Answers,
    ) -> Self {
        let Some(selector) = about(kind, metadata, "involvedObject") else {
            return Self {
                unread: Some("it has no name".to_owned()),
                ..Self::default()
            };
        };
        let list = answers.with_fields::<Event>(namespace, &selector);
        let mut raw: Vec<Event> = list.objects.iter().map(|own| own.object.clone()).collect();
        let unread = match list.completeness {
            Completeness::Complete => None,
            // A file with events has all that somebody recorded.
            Completeness::NotAsked => {
                let has_any =
                    answers.has_any::<Event>(namespace) || answers.has_any::<NewerEvent>(namespace);
                (!has_any).then(|| NOT_ASKED.to_owned())
            }
            Completeness::Forbidden => Some("not allowed to list them".to_owned()),
            Completeness::Failed => Some(list.failure.unwrap_or("the cluster failed").to_owned()),
        };
        let mut all: Vec<PodEvent> = raw.iter().map(PodEvent::of).collect();
        // The server stores those of both APIs as one; only files have them twice.
        if let Some(selector) = about(kind, metadata, "regarding") {
            let list = answers.with_fields::<NewerEvent>(namespace, &selector);
            let known: BTreeSet<_> = raw.iter().map(|own| own.metadata.name.clone()).collect();
            let newer = list.objects.iter().map(|own| own.object);
            let newer = newer.filter(|event| !known.contains(&event.metadata.name));
            for event in newer {
                all.push(PodEvent::of_newer(event));
                raw.push(as_core(event));
            }
        }
        Self { all, raw, unread }
    }
}

/// Upstream: pkg/apis/events/v1/conversion.go.
fn as_core(event: &NewerEvent) -> Event {
    let event = event.clone();
    Event {
        metadata: event.metadata,
        action: event.action,
        count: event.deprecated_count,
        event_time: event.event_time,
        first_timestamp: event.deprecated_first_timestamp,
        involved_object: event.regarding.unwrap_or_default(),
        last_timestamp: event.deprecated_last_timestamp,
        message: event.note,
        reason: event.reason,
        related: event.related,
        reporting_component: event.reporting_controller,
        reporting_instance: event.reporting_instance,
        series: event.series.map(|series| EventSeries {
            count: Some(series.count),
            last_observed_time: Some(series.last_observed_time),
        }),
        source: event.deprecated_source,
        type_: event.type_,
    }
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
    let mut needs: Vec<Need> = need_events("Pod", &pod.metadata, namespace)
        .into_iter()
        .collect();
    match node_name(pod) {
        Some(name) => needs.push(Need::named::<Node>("", name)),
        None => needs.push(Need::all::<Node>("")),
    }
    if is_pending(pod) {
        for name in claims(pod) {
            needs.push(Need::named::<PersistentVolumeClaim>(namespace, name));
            needs.extend(need_events(
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
        let nodes = answers.all::<Node>("");
        let nodes = nodes.objects.iter().map(|found| found.object).collect();
        let of_claim = |name| {
            let Answer::Found(claim) = answers.one::<PersistentVolumeClaim>(namespace, name) else {
                return None;
            };
            let kind = "PersistentVolumeClaim";
            let events = Events::about(kind, &named_claim(name), namespace, answers);
            Some((claim.object, events.all))
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
            events: &self.events.all,
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

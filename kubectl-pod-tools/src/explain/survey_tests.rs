//! A topic whose needs follow from answers, and what the cluster is asked for it.

use std::sync::Arc;

use k8s_openapi::api::core::v1::{Event, PersistentVolume, PersistentVolumeClaim};
use k8s_openapi::api::policy::v1::PodDisruptionBudget;
use k8s_openapi::api::storage::v1::StorageClass;
use pod_model::lookup::{Answer, Answers, Completeness, LookupKind, Need};
use pod_model::manifest::LazyManifest;
use pod_model::selector::FieldSelector;
use pod_model::{RulesVersion, Verdict};
use serde_json::{Value, json};

use super::survey::Surveyor;
use super::topic::{Check, Conclusion, Explained, Facts, Topic};
use crate::cluster::{Cluster, serving_paths};
use crate::error::{CommandError, Failure};
use crate::exit::Exit;
use crate::render::Block;
use crate::targets::{Candidate, LookupContext, Target};

/// The claims of a Pod, their volumes with their classes, and the events of the claims.
struct Storage {
    refuses_all: bool,
    requires_budgets: bool,
}

impl Topic for Storage {
    const REPORT: &'static str = "StorageReport";
    const KINDS: &'static [LookupKind] = &[
        LookupKind::of::<Event>(),
        LookupKind::of::<PersistentVolume>(),
        LookupKind::of::<PersistentVolumeClaim>(),
        LookupKind::of::<PodDisruptionBudget>(),
        LookupKind::of::<StorageClass>(),
    ];
    type Body = ();
    type Observation = ();

    fn check(&self) -> Option<Check<Self>> {
        let refuse: Check<Self> = |_, target| Err(Failure::usage(target.shown.clone()));
        self.refuses_all.then_some(refuse)
    }

    fn needs(&self, target: &Target, so_far: &Facts<'_, ()>) -> Vec<Need> {
        let namespace = &target.id.namespace;
        let budgets = Need::all::<PodDisruptionBudget>(namespace);
        let mut needs = vec![if self.requires_budgets {
            budgets.required()
        } else {
            budgets
        }];
        for volume in target.spec.volumes.iter().flatten() {
            let Some(source) = &volume.persistent_volume_claim else {
                continue;
            };
            let name = &source.claim_name;
            needs.push(Need::named::<PersistentVolumeClaim>(namespace, name));
            let claim = so_far.answers.one::<PersistentVolumeClaim>(namespace, name);
            let Answer::Found(claim) = claim else {
                continue;
            };
            let uid = claim.object.metadata.uid.as_deref().unwrap_or_default();
            let events = FieldSelector::equal([("involvedObject.uid", uid)]);
            needs.push(Need::with_fields::<Event>(namespace, events));
            let spec = claim.object.spec.clone().unwrap_or_default();
            let volume = spec.volume_name.unwrap_or_default();
            needs.push(Need::named::<PersistentVolume>("", &volume));
            if let Answer::Found(volume) = so_far.answers.one::<PersistentVolume>("", &volume) {
                let spec = volume.object.spec.clone().unwrap_or_default();
                let class = spec.storage_class_name.unwrap_or_default();
                needs.push(Need::named::<StorageClass>("", &class));
            }
        }
        needs
    }

    fn conclude(&self, _: &Target, _: &Facts<'_, ()>) -> Conclusion<()> {
        Conclusion {
            verdict: Verdict::Ok,
            findings: Vec::new(),
            body: (),
        }
    }

    fn blocks(&self, _: &Explained<()>) -> Vec<Block> {
        Vec::new()
    }
}

const STORAGE: Storage = Storage {
    refuses_all: false,
    requires_budgets: false,
};

/// Two Pods with the same claim.
const PODS: &str = "\
apiVersion: v1
kind: Pod
metadata: {name: a, namespace: shop}
spec:
  containers: [{name: c, image: i}]
  volumes: [{name: data, persistentVolumeClaim: {claimName: data}}]
---
apiVersion: v1
kind: Pod
metadata: {name: b, namespace: shop}
spec:
  containers: [{name: c, image: i}]
  volumes: [{name: data, persistentVolumeClaim: {claimName: data}}]
";

fn claim() -> Value {
    json!({"apiVersion": "v1", "kind": "PersistentVolumeClaim",
        "metadata": {"name": "data", "namespace": "shop", "uid": "u1"}, "spec": {"volumeName": "disk"}})
}

fn cluster_objects() -> Vec<(&'static str, Value)> {
    let volume = json!({"apiVersion": "v1", "kind": "PersistentVolume",
        "metadata": {"name": "disk"}, "spec": {"storageClassName": "fast"}});
    let class = json!({"apiVersion": "storage.k8s.io/v1", "kind": "StorageClass",
        "metadata": {"name": "fast"}, "provisioner": "p"});
    let event = json!({"metadata": {"name": "e1", "namespace": "shop"},
        "involvedObject": {"kind": "PersistentVolumeClaim", "uid": "u1"}});
    let events = json!({"apiVersion": "v1", "kind": "EventList", "metadata": {}, "items": [event]});
    vec![
        (
            "/api/v1/namespaces/shop/persistentvolumeclaims/data",
            claim(),
        ),
        ("/api/v1/persistentvolumes/disk", volume),
        ("/apis/storage.k8s.io/v1/storageclasses/fast", class),
        ("/api/v1/namespaces/shop/events", events),
    ]
}

async fn answer(topic: &Storage, cluster: Option<Cluster>) -> Result<Answers, CommandError> {
    let pieces = Arc::new(LazyManifest::of("pods.yaml", PODS.as_bytes().to_vec()));
    let candidates: Vec<Candidate> = (0..pieces.len())
        .map(|at| Candidate::Piece(Arc::clone(&pieces), at))
        .collect();
    let lookup_context = LookupContext {
        local_objects: Vec::new(),
        cluster,
        version: RulesVersion::default(),
        namespace: "default".to_owned(),
    };
    for candidate in &candidates {
        let reading = candidate.read(&lookup_context);
        let findings: Vec<_> = reading.findings.iter().chain(&reading.broken).collect();
        assert!(findings.is_empty(), "{findings:?}");
    }
    Surveyor::new(topic, &lookup_context)
        .answer(&candidates)
        .await
}

#[tokio::test]
async fn needs_follow_from_answers_and_each_thing_is_asked_for_once() {
    let (cluster, asked) = serving_paths(cluster_objects());
    let answers = answer(&STORAGE, Some(cluster)).await.unwrap();
    let mut paths = asked.lock().unwrap().clone();
    paths.sort();
    assert_eq!(
        paths,
        [
            "/api/v1/namespaces/shop/events?limit=500&fieldSelector=involvedObject.uid%3Du1",
            "/api/v1/namespaces/shop/persistentvolumeclaims/data",
            "/api/v1/persistentvolumes/disk",
            "/apis/policy/v1/namespaces/shop/poddisruptionbudgets?limit=500",
            "/apis/storage.k8s.io/v1/storageclasses/fast",
        ]
    );
    let class = answers.one::<StorageClass>("", "fast");
    assert!(matches!(class, Answer::Found(found) if found.object.provisioner == "p"));
    let of_claim = FieldSelector::equal([("involvedObject.uid", "u1")]);
    let events = answers.with_fields::<Event>("shop", &of_claim);
    assert_eq!(
        (events.objects.len(), events.completeness),
        (1, Completeness::Complete)
    );
}

#[tokio::test]
async fn an_api_that_is_not_served_ends_the_run_only_if_it_is_required() {
    let (cluster, _) = serving_paths(cluster_objects());
    let answers = answer(&STORAGE, Some(cluster)).await.unwrap();
    let budgets = answers.all::<PodDisruptionBudget>("shop");
    assert_eq!(budgets.completeness, Completeness::Failed);
    let why = budgets.failure.unwrap_or_default();
    let expected = "cannot list poddisruptionbudgets.policy in namespace \"shop\"";
    assert!(why.starts_with(expected), "{why}");

    let (cluster, _) = serving_paths(cluster_objects());
    let topic = Storage {
        requires_budgets: true,
        ..STORAGE
    };
    let Err(CommandError::Failed(failure)) = answer(&topic, Some(cluster)).await else {
        panic!("the list is required");
    };
    assert_eq!(failure.exit, Exit::Cluster, "{failure:?}");
}

#[tokio::test]
async fn a_check_runs_offline_and_without_one_nothing_is_asked() {
    let answers = answer(&STORAGE, None).await.unwrap();
    let claims = answers.one::<PersistentVolumeClaim>("shop", "data");
    assert!(matches!(claims, Answer::NotAsked));
    let topic = Storage {
        refuses_all: true,
        ..STORAGE
    };
    let Err(CommandError::Failed(failure)) = answer(&topic, None).await else {
        panic!("all targets are refused");
    };
    assert_eq!(failure.message, "pod/a");
}

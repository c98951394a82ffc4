//! Admission: upstream's plugins, strategy and quotas, and ours, make the same Pod of the same manifest, and refuse it for the
//! same reasons.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a test ends where something is not as it should be"
)]

#[path = "../../support/agreement.rs"]
mod agreement;
#[path = "../marshal.rs"]
mod marshal;
mod objects;
#[path = "../../support/oracle.rs"]
mod oracle;
mod question;
#[path = "../../support/random/rng.rs"]
mod rng;

use std::collections::BTreeMap;

use k8s_openapi::api::core::v1::{LimitRange, Namespace, Pod, ResourceQuota, ServiceAccount};
use k8s_openapi::api::node::v1::RuntimeClass;
use k8s_openapi::api::scheduling::v1::PriorityClass;
use pod_model::KubernetesVersion;
use pod_model::admission::{self, Admitted, RefusedBy, admit, check_quotas};
use pod_model::lookup::{Answers, Completeness, LookupKind, LookupType};
use serde_json::{Value, json};

use agreement::Agreement;
use oracle::{Oracle, of_each_minor};
use question::NAMESPACE;
use rng::Rng;

/// Pods for each version, or `$POD_TOOLS_ADMISSION_PODS`.
const RANDOM: usize = 600;
/// Questions that are asked together; it bounds the memory.
const BATCH: usize = 250;

fn add<K: LookupType>(answers: &mut Answers, namespace: &str, objects: &Value) {
    let kind = LookupKind::of::<K>();
    for object in objects.as_array().into_iter().flatten() {
        let name = object["metadata"]["name"].as_str().unwrap();
        let decoded = kind.decode_value(object).unwrap();
        answers.add_from_cluster(kind, namespace, name, decoded, "cluster".into());
    }
    answers.set_completeness(kind, namespace, Completeness::Complete);
}

fn answers(question: &Value) -> Answers {
    let mut answers = Answers::default();
    let namespace = json!([{"metadata": {"name": NAMESPACE}}]);
    add::<Namespace>(&mut answers, "", &namespace);
    add::<LimitRange>(&mut answers, NAMESPACE, &question["limitRanges"]);
    add::<ServiceAccount>(&mut answers, NAMESPACE, &question["serviceAccounts"]);
    add::<PriorityClass>(&mut answers, "", &question["priorityClasses"]);
    add::<RuntimeClass>(&mut answers, "", &question["runtimeClasses"]);
    add::<ResourceQuota>(&mut answers, NAMESPACE, &question["quotas"]);
    answers
}

/// By plugin the messages, sorted; of validation that there are some.
type Refusals = BTreeMap<String, Vec<String>>;

fn ours(admitted: &Admitted) -> Refusals {
    let mut all = Refusals::new();
    for refusal in &admitted.refusals {
        let messages = all.entry(refusal.by.to_string()).or_default();
        if refusal.by != RefusedBy::Validation {
            messages.push(refusal.message.clone());
        }
    }
    for own in all.values_mut() {
        own.sort();
    }
    all
}

fn upstreams(answer: &Value) -> Refusals {
    let mut all = Refusals::new();
    for refusal in answer["refusals"].as_array().into_iter().flatten() {
        let by = refusal["by"].as_str().unwrap();
        let messages = all.entry(by.to_owned()).or_default();
        if by != "validation" {
            let own = refusal["messages"].as_array().unwrap();
            messages.extend(own.iter().map(|text| text.as_str().unwrap().to_owned()));
        }
    }
    for own in all.values_mut() {
        own.sort();
    }
    all
}

/// Of plugins that end at their first error, upstream's is one of ours.
fn same_refusals(upstream: &Refusals, ours: &Refusals) -> bool {
    let names = |all: &Refusals| all.keys().cloned().collect::<Vec<_>>();
    names(upstream) == names(ours)
        && upstream.iter().all(|(by, messages)| {
            if by.starts_with("LimitRange") {
                messages == &ours[by]
            } else {
                messages.iter().all(|text| ours[by].contains(text))
            }
        })
}

/// Gives the token's volume the name that it has with us: the server's is random.
fn with_our_token(stored: &Value) -> Value {
    let text = stored.to_string();
    let mut names: Vec<&str> = Vec::new();
    for (at, _) in text.match_indices("\"kube-api-access-") {
        let name = &text[at + 1..];
        names.push(&name[..name.find('"').unwrap()]);
    }
    let random = names.into_iter().find(|name| *name != question::OWN_TOKEN);
    match random {
        Some(name) => serde_json::from_str(&text.replace(name, "kube-api-access-xxxxx")).unwrap(),
        None => stored.clone(),
    }
}

/// Leaves out what Go does not write: empty texts of tolerations, and labels that are none.
fn written(mut pod: Value) -> Value {
    let tolerations = pod["spec"]["tolerations"].as_array_mut();
    for toleration in tolerations.into_iter().flatten() {
        if let Some(fields) = toleration.as_object_mut() {
            fields.retain(|_, value| *value != json!(""));
        }
    }
    let labels = pod["metadata"]["labels"].clone();
    if labels == json!({}) {
        pod["metadata"]["labels"] = Value::Null;
    }
    pod
}

fn compare(
    question: &Value,
    answer: &Value,
    version: KubernetesVersion,
    agreement: &mut Agreement,
) {
    let manifest: Value = serde_json::from_str(question["manifest"].as_str().unwrap()).unwrap();
    assert!(answer.get("stored").is_some(), "{answer}: {manifest}");
    let pod: Pod = serde_json::from_value(manifest.clone()).unwrap();
    let answers = answers(question);
    let admitted = admit(&pod, NAMESPACE, &answers, version);
    let (upstream, own) = (upstreams(answer), ours(&admitted));
    if !same_refusals(&upstream, &own) {
        agreement.differ(format!(
            "refusals: upstream {upstream:?}, ours {own:?}: {question}"
        ));
        return;
    }
    // A plugin that refuses leaves the Pod as it is; the server does not store it.
    let is_changed_by_refusal = upstream
        .keys()
        .any(|by| ["Priority", "RuntimeClass", "ServiceAccount"].contains(&by.as_str()));
    if is_changed_by_refusal {
        agreement.equal_and("refused by a plugin that changes");
        return;
    }
    let mut found = Vec::new();
    let stored = written(with_our_token(&answer["stored"]));
    let own = written(serde_json::to_value(&admitted.pod).unwrap());
    for part in ["spec", "metadata"] {
        let mut stored = stored[part].clone();
        if part == "metadata" {
            stored = json!({"annotations": stored["annotations"], "labels": stored["labels"]});
        }
        let mut own = own[part].clone();
        if part == "metadata" {
            own = json!({"annotations": own["annotations"], "labels": own["labels"]});
        }
        marshal::differences(part, &manifest[part], &stored, &own, &mut found);
    }
    if !found.is_empty() {
        agreement.differ(format!("{}: {question}", found.join("; ")));
        return;
    }
    // A server asks for quotas after validation.
    if !upstream.contains_key("validation") {
        quotas(question, answer, &admitted, &answers, version, agreement);
    }
    if upstream.is_empty() {
        agreement.equal_and("created by both");
    } else if upstream.contains_key("validation") {
        agreement.equal_and("refused by validation");
    } else {
        agreement.equal_and("refused by a LimitRange");
    }
}

fn quotas(
    question: &Value,
    answer: &Value,
    admitted: &Admitted,
    answers: &Answers,
    version: KubernetesVersion,
    agreement: &mut Agreement,
) {
    let usage = admission::usage(&admitted.pod, version, false);
    let usage: BTreeMap<_, _> = usage
        .iter()
        .map(|(name, amount)| (name.clone(), amount.to_string()))
        .collect();
    if json!(usage) != answer["usage"] {
        agreement.differ(format!(
            "usage: upstream {}, ours {usage:?}: {question}",
            answer["usage"]
        ));
    }
    let report = check_quotas(&admitted.pod, NAMESPACE, answers, version);
    let refused: BTreeMap<String, String> = report
        .refusals
        .iter()
        .map(|own| {
            let RefusedBy::ResourceQuota(name) = &own.by else {
                panic!("{own:?}")
            };
            (name.clone(), own.message.clone())
        })
        .collect();
    if json!(refused) != answer["quotaRefusals"] {
        agreement.differ(format!(
            "quotas: upstream {}, ours {refused:?}: {question}",
            answer["quotaRefusals"]
        ));
    }
    for state in &report.quotas {
        if json!(state.matches) != answer["quotaMatches"][&state.name] {
            agreement.differ(format!(
                "quota {} matches with us: {}: {question}",
                state.name, state.matches
            ));
        }
    }
    for message in refused.values() {
        let kinds = ["exceeded quota", "must specify", "status unknown"];
        agreement.note(
            kinds
                .into_iter()
                .find(|kind| message.contains(kind))
                .unwrap(),
        );
    }
}

of_each_minor!(pods_are_admitted_as_upstream_does);

fn pods_are_admitted_as_upstream_does(version: KubernetesVersion) {
    let count = std::env::var("POD_TOOLS_ADMISSION_PODS");
    let count = count.map_or(RANDOM, |text| text.parse().unwrap());
    let mut rng = Rng::new(0x0ad_317);
    let mut oracle = Oracle::of(version);
    let mut agreement = Agreement::new("Pods");
    let mut left = count;
    while left > 0 {
        let size = left.min(BATCH);
        left -= size;
        let questions: Vec<Value> = (0..size).map(|_| question::random(&mut rng)).collect();
        for (question, answer) in questions.iter().zip(oracle.ask_all(&questions)) {
            compare(question, &answer, version, &mut agreement);
        }
    }
    for kind in [
        "created by both",
        "refused by validation",
        "refused by a LimitRange",
        "exceeded quota",
        "must specify",
    ] {
        assert!(
            agreement.kind(kind) > count / 100,
            "{version}: too few are {kind}: {}",
            agreement.kind(kind)
        );
    }
    agreement.finish(&[]);
}

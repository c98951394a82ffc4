//! The findings about a target.

use k8s_openapi::api::core::v1::{NodeSelectorTerm, PodSpec};
use pod_model::scheduling::{
    KnownLabels, Snapshot, UnknownLabel, kubelet_admission, unknown_labels,
};
use pod_model::{FieldPath, Finding, Severity, rules};

use super::blocks::would;
use super::gather::{ClusterState, Known};
use super::report::SchedulingBody;
use super::subject::{Placement, Subject};
use crate::targets::Target;
use pod_model::selector::required_node_affinity;

/// The scheduler of clusters that have no other.
const DEFAULT_SCHEDULER: &str = "default-scheduler";

/// Reasons why plugins were not evaluated that become findings: each volume may have its own.
const MOST_UNEVALUATED: usize = 4;

/// Everything that findings follow from.
pub(super) struct Facts<'a> {
    pub target: &'a Target,
    pub subject: &'a Subject,
    pub body: &'a SchedulingBody,
    pub state: &'a ClusterState,
    pub snapshot: Option<&'a Snapshot>,
}

/// Returns the findings, in the order of their weight.
pub(super) fn findings(facts: &Facts<'_>) -> Vec<Finding> {
    let mut findings = refusals(facts);
    findings.extend(no_node(facts));
    findings.extend(cycle(facts));
    findings.extend(not_evaluated(facts));
    findings.extend(stuck_daemon_pods(facts));
    findings.extend(unforeseen(facts));
    findings.extend(empty_terms(facts));
    findings.extend(unread(facts));
    if let (Some(snapshot), Some(spec)) = (facts.snapshot, &facts.subject.pod.spec)
        && !snapshot.nodes().is_empty()
    {
        let known = KnownLabels::of(snapshot);
        let unknown = unknown_labels(spec, &known);
        findings.extend(unknown.iter().map(|own| unknown_label(facts.target, own)));
    }
    findings
}

/// Returns the name of the scheduler if it is not the usual one.
pub(super) fn other_scheduler(spec: &PodSpec) -> Option<&str> {
    let name = spec.scheduler_name.as_deref()?;
    (!name.is_empty() && name != DEFAULT_SCHEDULER).then_some(name)
}

fn refusals(facts: &Facts<'_>) -> Vec<Finding> {
    let root = facts.target.spec_path.parent().unwrap_or_default();
    let admitted = facts.subject.admitted.iter();
    let refusals = admitted.flat_map(|own| &own.refusals);
    let finding = |own: &pod_model::admission::Refusal| {
        let message = format!(
            "the API server refuses the Pod ({}, {}): {}",
            own.code, own.by, own.message
        );
        Finding::new(&rules::REFUSED_ON_CREATE, root.join(&own.path), message)
    };
    refusals.map(finding).collect()
}

fn no_node(facts: &Facts<'_>) -> Option<Finding> {
    let Facts {
        target,
        subject,
        body,
        ..
    } = facts;
    if body.feasible != Some(0) || body.unknown > 0 {
        return None;
    }
    if let Placement::Named(_) = subject.placement {
        let path = target.spec_path.field("nodeName");
        let finding = Finding::new(&rules::KUBELET_REFUSES, path, body.summary.clone());
        return Some(finding.help("leave `nodeName` out, and choose nodes with `nodeSelector`"));
    }
    let mut finding = Finding::new(
        &rules::NO_NODE_FITS,
        target.spec_path.clone(),
        body.summary.clone(),
    );
    if let Some(nearest) = body.nearest.first() {
        let s = if nearest.nodes == 1 { "" } else { "s" };
        finding = finding.help(format!(
            "{} node{s} {} fit with {}",
            nearest.nodes,
            would(body),
            nearest.change
        ));
    }
    Some(finding)
}

fn cycle(facts: &Facts<'_>) -> Vec<Finding> {
    let path = facts.target.spec_path.clone();
    let failures = facts.body.cycle.iter();
    let failures = failures.filter(|own| own.stage == "PreScore");
    let finding = |own: &super::report::CycleReport| {
        let path = path.join(&own.path);
        let message = format!(
            "the scheduler fails whenever two nodes fit: {}",
            own.detail.as_deref().unwrap_or(&own.message)
        );
        Finding::new(&rules::PREFERENCE_FAILS_CYCLE, path, message)
    };
    failures.map(finding).collect()
}

fn not_evaluated(facts: &Facts<'_>) -> Vec<Finding> {
    let path = &facts.target.spec_path;
    let mut findings = Vec::new();
    // One object may be what several plugins lack.
    let mut reasons: Vec<(&str, Vec<&str>)> = Vec::new();
    for own in &facts.body.not_evaluated {
        match reasons.iter_mut().find(|(reason, _)| *reason == own.reason) {
            Some((_, plugins)) => plugins.push(own.plugin),
            None => reasons.push((&own.reason, vec![own.plugin])),
        }
        if reasons.len() > MOST_UNEVALUATED {
            break;
        }
    }
    for (reason, plugins) in reasons.iter().take(MOST_UNEVALUATED) {
        let was = if plugins.len() == 1 { "was" } else { "were" };
        let message = format!("{} {was} not evaluated: {reason}", plugins.join(", "));
        let finding = Finding::new(&rules::NOT_EVALUATED, path.clone(), message);
        let is_lack = reason.ends_with(" not known") || reason.starts_with("it is not known");
        let is_lack = is_lack && facts.state.nodes == Known::Files;
        findings.push(match lists_of(reason).filter(|_| is_lack) {
            Some(lists) => {
                let raw = raw_list_of(reason).map(|raw| {
                    format!(
                        ", and if there are none, the list that says so: kubectl get --raw {raw}"
                    )
                });
                finding.help(format!(
                    "give them in a file, too: kubectl get {lists} -A -o yaml{}",
                    raw.unwrap_or_default()
                ))
            }
            None => finding,
        });
    }
    if reasons.len() > MOST_UNEVALUATED {
        let message = "there are more reasons of this kind: `-o json` has all".to_owned();
        findings.push(Finding::new(&rules::NOT_EVALUATED, path.clone(), message));
    }
    let spec = facts.subject.pod.spec.as_ref();
    if let Some(name) = spec.and_then(other_scheduler) {
        let message = format!("the scheduler {name} may have other plugins than the default one");
        let path = path.field("schedulerName");
        findings.push(Finding::new(&rules::NOT_EVALUATED, path, message));
    }
    findings
}

/// Returns the lists that tell of the object which a reason names.
fn lists_of(reason: &str) -> Option<&'static str> {
    const LISTS: [(&str, &str); 4] = [
        ("Namespace", "namespaces"),
        ("DeviceClass", "deviceclasses"),
        (
            "CSI",
            "csinodes,csidrivers,csistoragecapacities,volumeattachments",
        ),
        (
            "",
            "pvc,pv,storageclasses,csinodes,csidrivers,csistoragecapacities,volumeattachments",
        ),
    ];
    let found = LISTS.iter().find(|(word, _)| reason.contains(word));
    found.map(|(_, lists)| *lists)
}

/// Returns the path of the list which has its kind even without items: those of `kubectl get`
/// have none.
fn raw_list_of(reason: &str) -> Option<&'static str> {
    const LISTS: [(&str, &str); 8] = [
        ("PersistentVolumeClaim", "/api/v1/persistentvolumeclaims"),
        ("PersistentVolume", "/api/v1/persistentvolumes"),
        ("StorageClass", "/apis/storage.k8s.io/v1/storageclasses"),
        ("CSINode", "/apis/storage.k8s.io/v1/csinodes"),
        ("CSIDriver", "/apis/storage.k8s.io/v1/csidrivers"),
        (
            "CSIStorageCapacit",
            "/apis/storage.k8s.io/v1/csistoragecapacities",
        ),
        (
            "VolumeAttachment",
            "/apis/storage.k8s.io/v1/volumeattachments",
        ),
        ("DeviceClass", "/apis/resource.k8s.io/v1/deviceclasses"),
    ];
    let found = LISTS.iter().find(|(word, _)| reason.contains(word));
    found.map(|(_, path)| *path)
}

fn stuck_daemon_pods(facts: &Facts<'_>) -> Option<Finding> {
    let stuck = facts.body.nodes.iter();
    let stuck = stuck.filter(|own| own.gets_pod == Some(true) && own.fits == Some(false));
    let names: Vec<&str> = stuck.map(|own| own.name.as_str()).collect();
    if names.is_empty() || facts.body.feasible == Some(0) {
        return None;
    }
    let (s, get, does) = if names.len() == 1 {
        ("", "gets", "does")
    } else {
        ("s", "get", "do")
    };
    let message = format!(
        "{} node{s} {get} a Pod that {does} not fit there: {}",
        names.len(),
        super::groups::some_names(&names, 3)
    );
    let path = facts.target.spec_path.clone();
    Some(Finding::new(&rules::DAEMON_POD_STUCK, path, message))
}

/// Returns the finding about nodes that fit and whose kubelets refuse the Pod all the same.
fn unforeseen(facts: &Facts<'_>) -> Option<Finding> {
    let Facts {
        body,
        subject,
        snapshot: Some(snapshot),
        ..
    } = facts
    else {
        return None;
    };
    if body.is_named {
        return None;
    }
    let fitting = body.nodes.iter();
    let fitting = fitting.filter(|own| own.fits == Some(true) && own.gets_pod != Some(false));
    let mut refused: Vec<&str> = Vec::new();
    let (mut count, mut first) = (0, None);
    for own in fitting {
        count += 1;
        let index = snapshot.index_of(&own.name)?;
        let rejections = kubelet_admission::unforeseen(snapshot, index, &subject.pod);
        if let Some(rejection) = rejections.into_iter().next() {
            refused.push(&own.name);
            first.get_or_insert(rejection);
        }
    }
    let first = first?;
    let detail = first.detail.map(|own| format!(" ({own})"));
    let (s, refuse) = if refused.len() == 1 {
        ("", "refuses")
    } else {
        ("s", "refuse")
    };
    let names = super::groups::some_names(&refused, 3);
    let choice = match (body.is_daemon_set, s) {
        (false, _) => format!("the scheduler may choose {names}"),
        (true, "") => format!("{names} gets a Pod"),
        (true, _) => format!("{names} get a Pod"),
    };
    let message = format!(
        "{choice}, and the kubelet{s} there {refuse} the Pod: {}: {}{}",
        first.reason,
        first.message,
        detail.unwrap_or_default()
    );
    let path = facts.target.spec_path.clone();
    let mut finding = Finding::new(&rules::KUBELET_REFUSES, path, message);
    if refused.len() < count {
        finding.severity = Severity::Warning;
    }
    let is_of_os = first.reason.starts_with("PodOS");
    let spec = subject.pod.spec.as_ref();
    let chosen = spec.and_then(|spec| spec.node_selector.as_ref());
    let has_chosen = chosen.is_some_and(|own| own.contains_key("kubernetes.io/os"));
    Some(if is_of_os && has_chosen {
        finding.help("let `kubernetes.io/os` in `nodeSelector` and `os.name` be the same")
    } else if is_of_os {
        finding.help("choose nodes with `kubernetes.io/os` in `nodeSelector`")
    } else {
        finding
    })
}

fn empty_terms(facts: &Facts<'_>) -> Vec<Finding> {
    let required = required_node_affinity(&facts.target.spec);
    let terms = required
        .into_iter()
        .flat_map(|own| &own.node_selector_terms);
    let is_empty = |own: &NodeSelectorTerm| {
        own.match_expressions.iter().flatten().next().is_none()
            && own.match_fields.iter().flatten().next().is_none()
    };
    let path = facts.target.spec_path.join(&FieldPath::parse(
        "affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms",
    ));
    // The API takes no list without terms.
    let help = if terms.clone().all(is_empty) {
        "leave `requiredDuringSchedulingIgnoredDuringExecution` out, or name labels in the term"
    } else {
        "leave the term out"
    };
    let empty = terms.enumerate().filter(|(_, own)| is_empty(own));
    let finding = |at| {
        let message = "an empty term matches no node".to_owned();
        Finding::new(&rules::EMPTY_AFFINITY_TERM, path.index(at), message).help(help)
    };
    empty.map(|(at, _)| finding(at)).collect()
}

fn unread(facts: &Facts<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    let lists = [("nodes", &facts.state.nodes), ("pods", &facts.state.pods)];
    for (name, list) in lists {
        // Without nodes, their Pods are no question.
        if name == "pods" && !facts.state.nodes.is_known() {
            continue;
        }
        if let Some(why) = list.reason() {
            let path = facts.target.spec_path.clone();
            let message = format!("the {name} are not known: {why}");
            // Files with nodes are a cluster of their own, with the Pods of files alone.
            if let Known::Unreadable(_) = list {
                findings.push(Finding::new(&rules::UNREAD_NODES, path, message));
                continue;
            }
            let help = "give nodes and Pods in a file: kubectl get nodes,pods -A -o yaml > cluster.yaml, and `-f cluster.yaml`";
            findings.push(Finding::new(&rules::UNREAD_NODES, path, message).help(help));
        }
    }
    findings
}

fn unknown_label(target: &Target, own: &UnknownLabel) -> Finding {
    let UnknownLabel { key, value, .. } = own;
    let message = match value {
        Some(value) if own.has_key => {
            format!("no node has the value `{value}` of the label `{key}`")
        }
        Some(value) => format!("no node has the label `{key}={value}`"),
        None => format!("no node has the label `{key}`"),
    };
    let path = target.spec_path.join(&own.path);
    let mut finding = Finding::new(&rules::UNKNOWN_NODE_LABEL, path, message);
    if own.is_preferred {
        finding.severity = Severity::Info;
    }
    match &own.suggestion {
        Some((key, Some(value))) => finding.help(format!("did you mean `{key}={value}`?")),
        Some((key, None)) => finding.help(format!("did you mean `{key}`?")),
        None => finding,
    }
}

//! The message of the scheduler: why it finds no node.

use super::claims::claim_unbound;
use crate::diagnosis::cause::Cause;
use crate::diagnosis::pod::wants::{
    claims, cordoned, host_ports, places, pod_labels, request, selector, taints,
};
use crate::diagnosis::scene::Scene;
use crate::diagnosis::table::{self as rows, CauseRow};
use crate::diagnosis::words::quoted_after;
use crate::prose::list;
use crate::selector::required_node_affinity;

/// A phrase of the scheduler.
struct Phrase {
    /// Its words.
    words: &'static str,
    row: &'static CauseRow,
    /// That which nodes have that are refused for it, where another phrase is more important.
    nodes_have: &'static str,
}

const fn phrase(words: &'static str, row: &'static CauseRow, nodes_have: &'static str) -> Phrase {
    Phrase {
        words,
        row,
        nodes_have,
    }
}

const NO_VOLUME: &str = "no volume for its claims";
const OTHER_VOLUME: &str = "no way to its volume";
const TAINTED: &str = "a taint that it does not tolerate";
const FULL: &str = "too little left";

/// Phrases with their causes; of those that as many nodes have, the first is named first.
static PHRASES: &[Phrase] = &[
    phrase(
        "unbound immediate PersistentVolumeClaims",
        &rows::CLAIM_UNBOUND,
        NO_VOLUME,
    ),
    phrase(
        "didn't find available persistent volumes to bind",
        &rows::CLAIM_UNBOUND,
        NO_VOLUME,
    ),
    phrase(
        "volume node affinity conflict",
        &rows::VOLUME_NODE_AFFINITY_CONFLICT,
        OTHER_VOLUME,
    ),
    phrase(
        "didn't match PersistentVolume's node affinity",
        &rows::VOLUME_NODE_AFFINITY_CONFLICT,
        OTHER_VOLUME,
    ),
    phrase(AFFINITY, &rows::NODE_SELECTOR_MISMATCH, "other labels"),
    phrase("untolerated taint", &rows::UNTOLERATED_TAINT, TAINTED),
    phrase(
        "that the pod didn't tolerate",
        &rows::UNTOLERATED_TAINT,
        TAINTED,
    ),
    phrase("were unschedulable", &rows::NODE_CORDONED, "a cordon"),
    phrase(
        "didn't match pod affinity rules",
        &rows::POD_AFFINITY_UNMET,
        "none of the Pods that it is to be beside",
    ),
    phrase(
        "didn't match pod anti-affinity rules",
        &rows::POD_AFFINITY_UNMET,
        "Pods that it is to be away from",
    ),
    phrase(
        "didn't satisfy existing pods anti-affinity rules",
        &rows::POD_AFFINITY_UNMET,
        "Pods that are to be away from it",
    ),
    phrase(
        "didn't match pod topology spread constraints",
        &rows::POD_AFFINITY_UNMET,
        "too many Pods of its kind",
    ),
    phrase(
        "didn't have free ports",
        &rows::HOST_PORT_TAKEN,
        "its host port in use",
    ),
    phrase("Insufficient ", &rows::INSUFFICIENT_RESOURCES, FULL),
    phrase(
        "Too many pods",
        &rows::INSUFFICIENT_RESOURCES,
        "no room for another Pod",
    ),
];

const AFFINITY: &str = "didn't match Pod's node affinity/selector";

pub(super) fn by_message(scene: &Scene<'_>, message: &str) -> Cause {
    // Behind it stands what preemption would do.
    let own = message.split(" preemption: ").next().unwrap_or(message);
    if let Some(claim) = quoted_after(own, "persistentvolumeclaim ")
        && own.contains("not found")
    {
        let cause = Cause::new(
            &rows::CLAIM_MISSING,
            format!("the Pod needs the PersistentVolumeClaim {claim}, which does not exist"),
        );
        // The claims of ephemeral volumes are made when the Pod is there.
        return if own.contains("ephemeral volume controller") {
            cause
                .may_pass()
                .advise("Wait: a controller makes the claim of an ephemeral volume.")
        } else {
            cause.advise("Create the claim, or correct its name in spec.volumes.")
        };
    }
    let mut found: Vec<&Phrase> = PHRASES
        .iter()
        .filter(|own_phrase| own.contains(own_phrase.words))
        .collect();
    // A Pod of a DaemonSet is bound to one node; all others never fit.
    if is_bound_to_a_node(scene) && found.len() > 1 {
        found.retain(|own_phrase| own_phrase.words != AFFINITY);
    }
    // With several, the one of the most nodes is named first.
    found.sort_by_key(|own_phrase| std::cmp::Reverse(nodes_of(own, own_phrase.words)));
    let Some(first) = found.first() else {
        let words = own.trim().trim_end_matches(['.', ',', ' ']);
        return Cause::new(
            &rows::UNSCHEDULABLE,
            format!("the scheduler finds no node for the Pod: {words}"),
        )
        .may_pass()
        .advise(format!(
            "The message is the scheduler's, and counts the nodes: kubectl describe pod {} has all of it.",
            scene.name()
        ));
    };
    let mut rest: Vec<&str> = found[1..].iter().map(|own| own.nodes_have).collect();
    rest.dedup();
    let mut cause = one(scene, own, first);
    if !rest.is_empty() {
        cause
            .message
            .push_str(&format!("; other nodes have {}", list(&rest)));
    }
    cause
}

/// Upstream: pkg/controller/daemon/util `ReplaceDaemonSetPodNodeNameNodeAffinity`.
fn is_bound_to_a_node(scene: &Scene<'_>) -> bool {
    let required = scene.spec().and_then(required_node_affinity);
    let mut terms = required
        .into_iter()
        .flat_map(|own| &own.node_selector_terms);
    terms.any(|term| {
        let mut fields = term.match_fields.iter().flatten();
        fields.any(|own| own.key == "metadata.name")
    })
}

/// Returns the number in front of a phrase: `3 node(s) had …`.
fn nodes_of(message: &str, phrase: &str) -> u32 {
    let Some((before, _)) = message.split_once(phrase) else {
        return 0;
    };
    let clause = before.rsplit([',', ':']).next().unwrap_or(before);
    let digits = clause.split_whitespace().next().unwrap_or_default();
    digits.parse().unwrap_or(1)
}

fn one(scene: &Scene<'_>, message: &str, found: &Phrase) -> Cause {
    let new = |words: String| Cause::new(found.row, words);
    if *found.row == rows::CLAIM_UNBOUND {
        return claim_unbound(scene);
    }
    if *found.row == rows::VOLUME_NODE_AFFINITY_CONFLICT {
        return new(format!(
            "the volume of {} can be used on other nodes only{}",
            claims(scene),
            places(scene)
        ))
        .advise("See which node the volume is on (kubectl describe pv), and bring the Pod there; a volume does not move.");
    }
    if *found.row == rows::NODE_SELECTOR_MISMATCH {
        let wants = selector(scene);
        return new(format!("no node has the labels that the Pod wants{wants}")).advise(
            "Label a node, or correct nodeSelector and affinity: kubectl get nodes --show-labels",
        );
    }
    if *found.row == rows::UNTOLERATED_TAINT {
        let taints = taints(scene);
        return new(format!("the Pod tolerates no taint of the nodes{taints}"))
            .advise("Add a toleration, or take the taint away: kubectl describe nodes");
    }
    if *found.row == rows::NODE_CORDONED {
        let names = cordoned(scene);
        return new(format!("{names} cordoned, and may take no new Pods"))
            .advise("Let nodes take Pods again: kubectl uncordon NODE");
    }
    if *found.row == rows::HOST_PORT_TAKEN {
        let ports = host_ports(scene);
        return new(format!(
            "another Pod uses the host port that this one wants{ports}"
        ))
        .advise("Leave hostPort out and use a Service, or stop the other Pod.");
    }
    if *found.row == rows::POD_AFFINITY_UNMET {
        return neighbours(scene, found);
    }
    insufficient(scene, message)
}

fn neighbours(scene: &Scene<'_>, found: &Phrase) -> Cause {
    let wants = pod_labels(scene);
    let words = match found.words {
        "didn't match pod affinity rules" => {
            format!("no node runs the Pods that this one is to be beside (podAffinity){wants}")
        }
        "didn't match pod anti-affinity rules" => {
            format!("each node runs Pods that this one is to be away from (podAntiAffinity){wants}")
        }
        "didn't match pod topology spread constraints" => {
            "no node keeps the Pods spread as topologySpreadConstraints demand".to_owned()
        }
        _ => "on each node runs a Pod that is to be away from this one, by its own podAntiAffinity"
            .to_owned(),
    };
    Cause::new(found.row, words).advise(
        "See whether the Pods that it is to be beside, or away from, run: kubectl get pods --show-labels",
    )
}

fn insufficient(scene: &Scene<'_>, message: &str) -> Cause {
    let Some(rest) = message.split("Insufficient ").nth(1) else {
        return Cause::new(
            &rows::INSUFFICIENT_RESOURCES,
            "no node has room for another Pod: each runs as many as its kubelet allows",
        )
        .advise("End some Pods, or add a node.");
    };
    let end = rest.find([',', ' ']).unwrap_or(rest.len());
    let resource = rest[..end].trim_end_matches('.');
    let asks = request(scene, resource);
    let mut cause = Cause::new(
        &rows::INSUFFICIENT_RESOURCES,
        format!("no node has as much {resource} left as the Pod asks for{asks}"),
    )
    .advise(format!(
        "Ask for less {resource} (resources.requests), free some, or add a node."
    ));
    // Without the nodes nobody knows whether one could ever hold it.
    if scene.nodes.is_empty() {
        cause = cause.may_pass();
    }
    cause
}

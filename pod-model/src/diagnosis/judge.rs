//! From causes to one sentence.

use k8s_openapi::jiff::Timestamp;
use serde::Serialize;

use super::cause::{BetterByItself, Cause, Evidence};
use super::container;
use super::pod::{ending, failed, place, ready, scheduling, volumes};
use super::scene::{ContainerState, Scene};
use super::table as rows;
use super::words;
use crate::container::ContainerType;
use crate::verdict::Verdict;

/// Seconds that the start of a Pod may take, or a step of it such as the pull of an image, before it is called slow.
const SLOW_START: i64 = 300;

/// The state of a Pod, and why it is so.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Diagnosis {
    /// The answer in a few sentences: the state, why, since when, whether it gets better, what to do.
    pub summary: String,
    /// The state as people call it: `runs and is ready`.
    pub state: String,
    /// Begin of that state, where it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub since: Option<Timestamp>,
    /// The answer to whether it gets better without somebody.
    pub better_by_itself: BetterByItself,
    /// Causes, the most urgent first.
    pub causes: Vec<Cause>,
    /// Sentences that say what to do, the most urgent first.
    pub advice: Vec<String>,
    /// The verdict.
    #[serde(skip)]
    pub verdict: Verdict,
}

/// Returns the state of a Pod and its causes.
pub fn diagnose(scene: &Scene<'_>) -> Diagnosis {
    let causes = causes(scene);
    let is_deleted = scene.pod.metadata.deletion_timestamp.is_some();
    let verdict = verdict(scene, &causes, is_deleted);
    let main = causes.first();
    let state = state(scene, &causes, is_deleted);
    let since = main.map_or_else(|| begin(scene), |cause| cause.since);
    let better_by_itself = match (main, verdict) {
        // It stays so, whatever its causes do.
        (_, Verdict::No) if scene.phase() == "Failed" && !is_deleted => BetterByItself::No,
        (Some(cause), Verdict::No | Verdict::Unknown) => cause.better_by_itself,
        (None, Verdict::No) => BetterByItself::No,
        (None, Verdict::Unknown) => BetterByItself::Unknown,
        (_, Verdict::Ok) => BetterByItself::Yes,
    };
    let mut advice: Vec<String> = Vec::new();
    for own in causes.iter().flat_map(|cause| &cause.advice) {
        if !advice.contains(own) {
            advice.push(own.clone());
        }
    }
    Diagnosis {
        summary: summary(scene, &state, main, verdict, better_by_itself, since),
        state,
        since,
        better_by_itself,
        causes,
        advice,
        verdict,
    }
}

fn causes(scene: &Scene<'_>) -> Vec<Cause> {
    let mut causes = Vec::new();
    causes.extend(failed::cause(scene));
    // What ended the Pod ended its containers.
    let is_ended_from_outside = !causes.is_empty();
    if !is_ended_from_outside {
        causes.extend(scheduling::cause(scene));
        causes.extend(place::missing_node(scene));
        causes.extend(place::sandbox(scene));
        causes.extend(volumes::cause(scene));
        let containers = scene.containers();
        let containers = containers.iter().filter(|own| counts(scene, own));
        causes.extend(containers.flat_map(|own| container::causes(scene, own)));
        causes.extend(ready::gates(scene));
        causes.extend(ready::resize(scene));
        causes.sort_by_key(|cause| match cause.verdict {
            Verdict::No => 0,
            Verdict::Unknown => 1,
            Verdict::Ok => 2,
        });
    }
    // The states of the containers are as old as the last word of the node.
    let first = ending::cause(scene).or_else(|| place::node(scene));
    causes.splice(0..0, first);
    let is_fine = causes.iter().all(|cause| cause.verdict == Verdict::Ok);
    if causes.is_empty() || (is_fine && scene.phase() == "Running") {
        causes.splice(0..0, unexplained(scene));
    }
    causes
}

/// Sidecars are asked to end when the others have ended, and then exit with any code. Ephemeral containers are not a
/// part of what the Pod is for.
fn counts(scene: &Scene<'_>, container: &ContainerState<'_>) -> bool {
    match container.view.container_type {
        ContainerType::Sidecar => !scene.has_ended(),
        ContainerType::Ephemeral => false,
        ContainerType::Init | ContainerType::App => true,
    }
}

/// A state that nothing explains.
fn unexplained(scene: &Scene<'_>) -> Option<Cause> {
    match scene.phase() {
        "Pending" | "" => Some(starts(scene)),
        "Running" if !scene.is("Ready", "True") => {
            let ready = scene.condition("Ready");
            let message = ready.and_then(|ready| ready.message.as_deref());
            let message = message.map_or_else(String::new, |message| format!(": {message}"));
            Some(
                Cause::new(
                    &rows::READINESS_UNKNOWN,
                    format!("it is not ready, and nothing says why{message}"),
                )
                .may_pass()
                .since(begin(scene))
                .shown_by([Evidence::field("status.conditions", "Ready is not True")])
                .advise("See what its containers say: kubectl logs."),
            )
        }
        "Failed" => Some(
            Cause::new(&rows::POD_FAILED, "its status does not say why")
                .shown_by([Evidence::field("status.phase", "Failed")])
                .advise("Look at its logs and at the events of its owner."),
        ),
        "Running" | "Succeeded" => None,
        // Nothing writes it any more, but for controllers of the past and of others.
        phase => {
            let node = scene.node_name().unwrap_or("its node");
            let message = format!("its phase is {phase}: nobody knows what has become of it");
            Some(
                Cause::new(&rows::NODE_NOT_READY, message)
                    .likely()
                    .may_pass()
                    .shown_by([Evidence::field("status.phase", phase)])
                    .advise(format!("See whether {node} answers: kubectl get nodes.")),
            )
        }
    }
}

/// A Pod that has not begun, for which nobody says why.
fn starts(scene: &Scene<'_>) -> Cause {
    let shown = Evidence::field("status.phase", "Pending");
    let newest = scene.begin().max(scene.last_step());
    let waits = scene.seconds_since(newest);
    if scene.has_events && waits.is_some_and(|waits| waits < SLOW_START) {
        let message = "its containers are being started, and nothing says that anything is wrong";
        return Cause::new(&rows::STARTING, message)
            .passes()
            .shown_by([shown])
            .advise("Wait, and ask again if it lasts.");
    }
    let message = "its containers have not been started, and nothing that is known says why";
    Cause::new(&rows::STARTING, message)
        .likely()
        .may_pass()
        .shown_by([shown])
        .advise(format!(
            "See its events, which live for an hour, and the kubelet of {}.",
            scene.node_name().unwrap_or("its node")
        ))
}

fn verdict(scene: &Scene<'_>, causes: &[Cause], is_deleted: bool) -> Verdict {
    if is_deleted && let Some(first) = causes.first() {
        return match (first.verdict, scene.phase()) {
            // Its work is done, whatever keeps the object.
            (Verdict::No, "Succeeded") => Verdict::Unknown,
            (verdict, _) => verdict,
        };
    }
    let worst = causes.iter().map(|cause| cause.verdict);
    let worst = worst.fold(Verdict::Ok, |worst, own| match (worst, own) {
        (Verdict::No, _) | (_, Verdict::No) => Verdict::No,
        (Verdict::Unknown, _) | (_, Verdict::Unknown) => Verdict::Unknown,
        _ => Verdict::Ok,
    });
    match (worst, scene.phase()) {
        // Nobody may say that it has failed.
        (Verdict::No, "Succeeded") => Verdict::Unknown,
        (_, "Failed") => Verdict::No,
        // Without a status nothing is known.
        (Verdict::Ok, phase) if phase != "Succeeded" && phase != "Running" => Verdict::Unknown,
        (Verdict::Ok, "Running") if !scene.is("Ready", "True") => Verdict::Unknown,
        (worst, _) => worst,
    }
}

fn state(scene: &Scene<'_>, causes: &[Cause], is_deleted: bool) -> String {
    let containers = scene.containers();
    let in_back_off = |own: &&ContainerState<'_>| {
        let waiting = own.waiting();
        waiting.is_some_and(|(reason, _)| reason == "CrashLoopBackOff")
    };
    let is_sidecar = |own: &ContainerState<'_>| own.view.container_type == ContainerType::Sidecar;
    let mut crashing = containers.iter().filter(in_back_off).peekable();
    let crashes = crashing.peek().is_some();
    let app_runs = |own: &ContainerState<'_>| {
        own.view.container_type == ContainerType::App && own.is_running()
    };
    let only_sidecars = crashes && crashing.all(is_sidecar) && containers.iter().any(app_runs);
    let is_ready = scene.is("Ready", "True");
    let ends_well = causes
        .first()
        .is_some_and(|cause| *cause.row == rows::EXITS_UNDER_ALWAYS);
    let state = match scene.phase() {
        _ if is_deleted => "is terminating",
        "Succeeded" if causes.is_empty() => "has succeeded",
        "Succeeded" => "has ended, as succeeded",
        "Failed" => "has failed",
        "Running" if only_sidecars => "runs, while a sidecar crashes again and again",
        "Running" if crashes && ends_well => "ends well and is started again and again",
        "Running" if crashes => "crashes again and again",
        "Running" if is_ready => "runs and is ready",
        "Running" if scene.condition("Ready").is_none() => {
            "runs, and its status does not say whether it is ready"
        }
        "Running" => "runs and is not ready",
        _ if crashes => "crashes again and again",
        "Pending" if scene.node_name().is_none() => "waits for a node",
        "Unknown" => "is in an unknown state",
        _ => "does not run yet",
    };
    state.to_owned()
}

/// Returns when a Pod without a cause came to its state.
fn begin(scene: &Scene<'_>) -> Option<Timestamp> {
    let ready = scene.condition("Ready")?;
    ready.last_transition_time.as_ref().map(|time| time.0)
}

fn summary(
    scene: &Scene<'_>,
    state: &str,
    main: Option<&Cause>,
    verdict: Verdict,
    better: BetterByItself,
    since: Option<Timestamp>,
) -> String {
    let mut text = format!("pod/{} {state}", scene.name());
    text.push_str(&words::since(since, scene.now));
    if let Some(cause) = main {
        text.push_str(&format!(": {}", cause.message));
    }
    text.push('.');
    if verdict != Verdict::Ok {
        text.push_str(match better {
            BetterByItself::Yes => " It gets better by itself.",
            BetterByItself::No => " It does not get better by itself.",
            BetterByItself::Unknown => " It may get better by itself.",
        });
    }
    if let Some(advice) = main.and_then(|cause| cause.advice.first()) {
        text.push(' ');
        text.push_str(advice);
    }
    text
}

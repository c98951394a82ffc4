//! The run: reads the targets, runs their probes at the same time, and ends with a verdict.

use std::cell::RefCell;
use std::time::Duration;

use futures::{StreamExt, stream};
use tokio::time::{Instant, sleep_until, timeout_at};

use super::args::ProbeArgs;
use super::checks::{check_awaited, check_free, check_possible};
use super::clock::Clock;
use super::container::{ContainerState, Standing};
use super::follow::Follower;
use super::idle::Idle;
use super::node_helpers::{Helpers, REMOVAL};
use super::options::{Ending, Place, ProbeOptions};
use super::pods::{self, ProbedPod};
use super::printer::Printer;
use super::program::Program;
use super::session::{End, Session};
use super::subject::{Access, Subject, subjects};
use crate::cluster::Cluster;
use crate::context::Context;
use crate::deadline;
use crate::error::{CommandError, Failure};
use crate::exit::Exit;
use crate::signals;
use crate::targets::load;

/// Time that a program has after SIGTERM if its Pod does not say.
const USUAL_GRACE: Duration = Duration::from_secs(30);
/// Time that it has after a signal or the time-out.
const SHORT_GRACE: Duration = Duration::from_millis(400);

/// Number of attempts that are under way at the same time if none has a schedule.
const MAX_AT_ONCE: usize = 32;

/// Note about the way to a live Pod from its node.
const FROM_NODE: &str = "commands run by `exec`, and connections go from a helper Pod on the Pod's node to the Pod's IP: the kubelet's path but for the source address";
/// Note about the way to a live Pod.
const NOT_THE_KUBELETS_PATH: &str = "commands run by `exec`, and connections go by port-forward to the Pod's loopback address, through the API server: not the kubelet's path";

impl ProbeArgs {
    /// Runs the probes.
    ///
    /// # Errors
    /// Usage errors, targets that cannot be read, a verdict that is not success.
    pub(crate) fn probe(self, context: &Context) -> Result<Exit, CommandError> {
        let options = self.into_options(&context.program.words_of("probe"))?;
        let began = Instant::now();
        let limit = options.timeout.and_then(|time| began.checked_add(time));
        if let Some(limit) = limit {
            // Helper Pods are deleted after it.
            let more = match options.from_node {
                Some(_) => REMOVAL,
                None => Duration::ZERO,
            };
            deadline::set(limit.checked_add(more).unwrap_or(limit).into_std());
        }
        Context::block_on(async {
            let found = find(&options, context);
            let found = match limit {
                Some(limit) => timeout_at(limit, found)
                    .await
                    .unwrap_or_else(|_| Err(Failure::timed_out("reading the targets").into())),
                None => found.await,
            };
            let found = found?;
            // The program has to be ended, and helper Pods to be deleted.
            let claim = signals::claim().with_hangup();
            let result = run(&options, &found, limit, &claim, context).await;
            let Some(helpers) = &found.helpers else {
                return result;
            };
            deadline::verdict(match &result {
                Ok(exit) | Err(CommandError::Reported(exit)) => *exit,
                Err(CommandError::Failed(failure)) => failure.exit,
            });
            let removed = helpers.remove(&claim, &context.ui).await;
            result.map(|exit| exit.worse(removed))
        })
    }
}

/// The Pods and containers of a run.
struct Found {
    pods: Vec<ProbedPod>,
    subjects: Vec<Subject>,
    cluster: Option<Cluster>,
    /// Helper Pods, which are created later, or `None` without `--from-node`.
    helpers: Option<Helpers>,
}

async fn find(options: &ProbeOptions, context: &Context) -> Result<Found, CommandError> {
    let loaded = load(&options.targets, &[], context).await?;
    let version = loaded.lookup_context.version.rules;
    let cluster = loaded.lookup_context.cluster.clone();
    let pods = match &cluster {
        Some(cluster) => pods::of_cluster(loaded, cluster).await?,
        None => pods::of_files(&loaded, context)?,
    };
    let helpers = Helpers::new(options);
    let access = Access {
        cluster: cluster.as_ref(),
        helpers: helpers.as_ref(),
    };
    let subjects = subjects(&pods, options, version, &access)?;
    check_awaited(&subjects, options)?;
    Ok(Found {
        pods,
        subjects,
        cluster,
        helpers,
    })
}

async fn run(
    options: &ProbeOptions,
    found: &Found,
    limit: Option<Instant>,
    claim: &signals::Claim,
    context: &Context,
) -> Result<Exit, CommandError> {
    let Found {
        pods,
        subjects,
        cluster,
        helpers,
    } = found;
    let ui = &context.ui;
    let (containers, mut idle) = containers(pods, subjects, options)?;
    check_possible(subjects, &containers, options.ending)?;
    match helpers {
        Some(_) => ui.note(FROM_NODE),
        None if cluster.is_some() => ui.note(NOT_THE_KUBELETS_PATH),
        None => {}
    }
    if options.ending.waits() {
        if let Some(message) = Idle::message(&idle) {
            ui.note(&message);
        }
        idle.clear();
    }
    if let Some(helpers) = helpers {
        helpers.start(limit, claim, ui).await?;
    }
    if let Some(name) = options.program.first() {
        check_free(subjects, &name.to_string_lossy()).await?;
    }
    let mut program = Program::start(&options.program)?;
    let clock = Clock::new();
    if program.is_some() {
        for container in &containers {
            container.set_standing(Standing::local(clock.now()));
        }
    }
    let session = Session {
        options,
        pods,
        subjects,
        containers: &containers,
        idle,
        clock,
        printer: Printer::new(pods, subjects, options.is_json, ui),
        tallies: RefCell::default(),
        has_program: program.is_some(),
        tls: RefCell::default(),
    };
    session.note_unprobed(ui);
    let end = drive(
        &session,
        program.as_mut(),
        cluster.as_ref(),
        limit,
        claim,
        ui,
    )
    .await;
    let is_signal = matches!(end, End::Signal(_));
    let grace = match end {
        End::Signal(_) | End::TimedOut => SHORT_GRACE,
        _ => grace(pods, limit),
    };
    deadline::verdict(session.exit_of(&end));
    // The time that the program takes to end is no part of the result.
    let result = session.conclude(end, ui);
    if let Some(program) = program {
        tokio::select! {
            () = program.end(grace) => {}
            // It is not waited for any longer.
            _ = claim.received(), if !is_signal => {}
        }
    }
    result
}

/// Runs all loops until the first end.
async fn drive(
    session: &Session<'_>,
    program: Option<&mut Program>,
    cluster: Option<&Cluster>,
    limit: Option<Instant>,
    claim: &signals::Claim,
    ui: &crate::ui::Ui,
) -> End {
    let most = match session.options.ending {
        Ending::Once => MAX_AT_ONCE,
        _ => usize::MAX,
    };
    let mut loops = std::pin::pin!(stream::iter(session.loops()).buffer_unordered(most));
    let probes = async {
        if let Some(end) = session.reached() {
            return end;
        }
        while let Some(ended) = loops.next().await {
            if let Some(end) = ended.or_else(|| session.reached()) {
                return end;
            }
        }
        End::Done
    };
    let follow = async {
        match cluster.filter(|_| session.options.ending != Ending::Once) {
            Some(cluster) => {
                let follower = Follower {
                    cluster,
                    pods: session.pods,
                    subjects: session.subjects,
                    containers: session.containers,
                    awaits_ready: session.options.ending == Ending::Ready,
                    ui,
                };
                End::Failed(follower.follow().await)
            }
            None => std::future::pending().await,
        }
    };
    let program = async {
        match program {
            Some(program) => {
                let how = program.ended().await;
                let message = format!("`{}` {how} before its probes had ended", program.shown);
                End::Failed(Failure::new(Exit::Failure, message))
            }
            None => std::future::pending().await,
        }
    };
    let time = async {
        match limit {
            Some(limit) => sleep_until(limit).await,
            None => std::future::pending().await,
        }
    };
    tokio::select! {
        biased;
        signal = claim.received() => End::Signal(signal),
        end = program => end,
        end = probes => end,
        end = follow => end,
        () = time => End::TimedOut,
    }
}

/// Returns the states of the containers at the beginning, and those that do not run.
///
/// # Errors
/// A container that never runs, and none that runs, where that is not waited for.
fn containers(
    pods: &[ProbedPod],
    subjects: &[Subject],
    options: &ProbeOptions,
) -> Result<(Vec<ContainerState>, Vec<Idle>), Failure> {
    let mut states = Vec::with_capacity(subjects.len());
    let mut idle = Vec::new();
    for (at, subject) in subjects.iter().enumerate() {
        let of_pod = pods.get(subject.pod).and_then(|pod| pod.status.as_ref());
        let (standing, is_ready) = match options.place {
            Place::Local { .. } => (Standing::local(Duration::ZERO), false),
            Place::Cluster => Standing::of_status(of_pod, &subject.container),
        };
        if let Standing::Waiting(reason) = &standing {
            let reason = format!("{} does not run: {reason}", subject.shown);
            if options.ending.waits() && pods::has_ended(of_pod) {
                return Err(Failure::new(Exit::Failure, reason));
            }
            idle.push(Idle {
                at,
                reason,
                may_run: !pods::has_ended(of_pod),
            });
        }
        // What is waited for is concluded here.
        let was_ready = is_ready && options.ending != Ending::Ready;
        states.push(ContainerState::new(subject, standing, was_ready));
    }
    let is_failure = !options.ending.waits() && !idle.is_empty() && idle.len() == states.len();
    if is_failure {
        return Err(Idle::failure(&idle));
    }
    Ok((states, idle))
}

/// Returns the time that a program has after SIGTERM: that of its Pod, within the time-out.
fn grace(pods: &[ProbedPod], limit: Option<Instant>) -> Duration {
    let graces = pods
        .iter()
        .filter_map(|pod| pod.spec.termination_grace_period_seconds);
    let longest = graces.max().and_then(|seconds| u64::try_from(seconds).ok());
    let grace = longest.map_or(USUAL_GRACE, Duration::from_secs);
    let left = limit.map(|limit| limit.saturating_duration_since(Instant::now()) + SHORT_GRACE);
    left.map_or(grace, |left| grace.min(left))
}

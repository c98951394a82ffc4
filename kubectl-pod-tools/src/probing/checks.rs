//! Checks before a run: what can never end well, or would end well by mistake.

use std::collections::BTreeSet;
use std::time::Duration;

use pod_probe::{Handler, ProbeKind};
use tokio::time::timeout;

use super::container::{ContainerState, Standing};
use super::options::{Ending, ProbeOptions};
use super::subject::{RunProbe, Subject, declared_host, word};
use crate::error::Failure;
use crate::exit::Exit;

/// Maximum time to find out that a port is open.
const PATIENCE: Duration = Duration::from_secs(1);

/// Checks that `--until ready` waits for something.
///
/// # Errors
/// Usage error: `--kind` leaves the liveness probe alone, where a readiness probe is declared.
pub(super) fn check_awaited(subjects: &[Subject], options: &ProbeOptions) -> Result<(), Failure> {
    let left_out = subjects.iter().find(|subject| subject.has_other_readiness);
    let (Ending::Ready, [ProbeKind::Liveness], Some(subject)) =
        (options.ending, options.kinds.as_slice(), left_out)
    else {
        return Ok(());
    };
    let message = format!(
        "`--until ready` waits for the readiness probe of {}, which `--kind` leaves out",
        subject.shown
    );
    Err(Failure::usage(message).help("use `--kind readiness,liveness`, or `--until failed`"))
}

/// Checks that each container can become ready.
///
/// # Errors
/// A probe that decides and that can never be run.
pub(super) fn check_possible(
    subjects: &[Subject],
    containers: &[ContainerState],
    ending: Ending,
) -> Result<(), Failure> {
    if ending != Ending::Ready {
        return Ok(());
    }
    for (subject, container) in subjects.iter().zip(containers) {
        let is_started = matches!(
            *container.standing(),
            Standing::Running {
                is_started: true,
                ..
            }
        );
        for RunProbe { probe, .. } in &subject.probes {
            let decides = match probe.kind {
                ProbeKind::Startup => !is_started,
                ProbeKind::Readiness => true,
                ProbeKind::Liveness => container.has_only_liveness(),
            };
            if let Some(reason) = impossible(&probe.handler).filter(|_| decides) {
                let kind = word(probe.kind);
                let message = format!(
                    "the {kind} probe of {} can never pass, because it cannot be run: {reason}",
                    subject.shown
                );
                return Err(Failure::new(Exit::Failure, message));
            }
        }
    }
    Ok(())
}

/// Returns why a probe can never be run.
fn impossible(handler: &Handler) -> Option<&str> {
    match handler {
        Handler::Unresolved { reason } => Some(reason),
        Handler::Missing {} | Handler::Sleep { .. } => {
            Some("it has no action that the kubelet knows")
        }
        Handler::Exec { command } if command.is_empty() => Some("the command is empty"),
        _ => None,
    }
}

/// Checks that nobody listens yet on the ports that are to be the program's.
///
/// # Errors
/// A port that is open.
pub(super) async fn check_free(subjects: &[Subject], program: &str) -> Result<(), Failure> {
    let mut checked = BTreeSet::new();
    for subject in subjects {
        for run in &subject.probes {
            // What is elsewhere is not the program's.
            let elsewhere = declared_host(&run.probe).is_some_and(|host| host != run.address);
            let Some(port) = port(run).filter(|_| !elsewhere) else {
                continue;
            };
            if !checked.insert((&run.address, port)) {
                continue;
            }
            let connected = timeout(PATIENCE, run.way.connect(&run.address, port)).await;
            if matches!(connected, Ok(Ok(_))) {
                let (kind, shown, host) = (word(run.probe.kind), &subject.shown, &run.address);
                let message = format!(
                    "port {port} of {host} is open before `{program}` is started: the {kind} probe of {shown} would ask another process"
                );
                return Err(Failure::new(Exit::Failure, message).help(
                    "end the process that listens there, or probe it with `--until ready` and without a program",
                ));
            }
        }
    }
    Ok(())
}

fn port(run: &RunProbe) -> Option<u16> {
    let declared = match &run.probe.handler {
        Handler::HttpGet(request) => request.port,
        Handler::TcpSocket { port, .. } => *port,
        Handler::Grpc { port, .. } => u16::try_from(*port).unwrap_or_default(),
        _ => return None,
    };
    Some(run.port.unwrap_or(declared)).filter(|port| *port > 0)
}

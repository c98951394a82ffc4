//! Runs one attempt.

use std::time::Duration;

use k8s_openapi::api::core::v1::EnvVar;
use pod_model::KubernetesVersion;
use pod_probe::{Execution, Handler, Judgement, Probe, Verdict, expand_command};
use pod_probe::{judge_exec, judge_tcp};
use tokio::time::{Instant, timeout};

use super::executor::Executor;
use super::grpc::{self, Check};
use super::http;
use super::limit::Limit;
use super::outcome::{Attempt, Try};
use super::tries::with_tries;
use super::way::{ConnectError, Way};

/// Target of a probe, and the ways to it.
#[derive(Clone, Copy)]
pub struct Target<'a> {
    /// Host of requests that declare none: the Pod's address, or that of `--at`.
    pub address: &'a str,
    /// Port to use in place of the declared one.
    pub port: Option<u16>,
    /// The container's `env` as declared.
    pub env: &'a [EnvVar],
    /// Version whose rules apply; it is named in `User-Agent`.
    pub version: KubernetesVersion,
    /// Way to its ports.
    pub way: &'a dyn Way,
    /// Way to run commands, or `None` if none may be run.
    pub executor: Option<&'a dyn Executor>,
}

/// Runs one attempt of a probe: three tries at most, each with the full time-out.
///
/// Upstream: `prober.runProbeWithRetries` and `runProbe` in
/// `k8s.io/kubernetes/pkg/kubelet/prober/prober.go`.
pub async fn run(probe: &Probe, target: &Target<'_>) -> Attempt {
    let start = Instant::now();
    let one_try = || one_try(probe, target);
    let (last, tries) = with_tries(one_try, |last: &Try| &last.judgement).await;
    let Try { judgement, tls } = last;
    Attempt {
        verdict: judgement.verdict,
        tries,
        duration: start.elapsed(),
        message: judgement.message,
        status: judgement.status,
        exit_code: judgement.exit_code,
        first_line: judgement.first_line,
        tls,
        redirects: judgement.redirects,
    }
}

async fn one_try(probe: &Probe, target: &Target<'_>) -> Try {
    let seconds = probe.timeout_seconds;
    let limit = Duration::from_secs(u64::try_from(seconds).unwrap_or_default());
    match &probe.handler {
        Handler::Exec { command } => {
            let command = expand_command(command, target.env);
            let execution = match target.executor {
                Some(executor) => executor.execute(&command, limit).await,
                None => Execution::NotRun {
                    reason: "commands are not allowed".to_owned(),
                },
            };
            judge_exec(&execution, seconds).into()
        }
        Handler::TcpSocket { host, port } => {
            let host = host.as_deref().unwrap_or(target.address);
            let port = target.port.unwrap_or(*port);
            tcp(target.way, host, port, limit).await.into()
        }
        Handler::HttpGet(request) => {
            let port = target.port.unwrap_or(request.port);
            http::run(
                request,
                target.address,
                port,
                target.way,
                Limit::new(seconds),
            )
            .await
        }
        Handler::Grpc { port, service } => {
            let port = target.port.map_or(*port, i32::from);
            let Ok(port) = u16::try_from(port) else {
                let message = format!("{port} is not a port");
                return Judgement::new(Verdict::Failure, message).into();
            };
            let check = Check {
                host: target.address,
                port,
                service,
                version: target.version,
            };
            grpc::run(&check, target.way, Limit::new(seconds))
                .await
                .into()
        }
        Handler::Sleep { .. } | Handler::Missing {} => {
            let message = "the probe has no action that the kubelet knows";
            Judgement::new(Verdict::Errored, message).into()
        }
        Handler::Unresolved { reason } => Judgement::new(Verdict::Errored, reason.as_str()).into(),
    }
}

async fn tcp(way: &dyn Way, host: &str, port: u16, limit: Duration) -> Judgement {
    if let Err(error) = way.prepare().await {
        return unreachable(&error);
    }
    match timeout(limit, way.connect(host, port)).await {
        Ok(Ok(_)) => judge_tcp(None),
        Ok(Err(error)) => unreachable(&error),
        Err(_) => judge_tcp(Some(&format!(
            "no connection to port {port} of {host} within {} s",
            limit.as_secs()
        ))),
    }
}

/// Judges a connection that did not come about.
fn unreachable(error: &ConnectError) -> Judgement {
    let verdict = if error.is_way_broken {
        Verdict::Errored
    } else {
        Verdict::Failure
    };
    Judgement::new(verdict, error.message.as_str())
}

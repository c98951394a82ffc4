//! gRPC probes.
//!
//! Upstream: `grpcProber.Probe` in `k8s.io/kubernetes/pkg/probe/grpc/grpc.go`: the client connects
//! again until the time is over, and asks once.

use std::future::poll_fn;
use std::pin::pin;
use std::time::Duration;

use bytes::Bytes;
use futures::future::{Either, select};
use h2::client::Builder;
use http::{HeaderMap, Request, Version};
use pod_model::KubernetesVersion;
use pod_probe::{CHECK_PATH, GrpcAnswer, Judgement, MAX_ANSWER, Verdict};
use pod_probe::{check_request, grpc_user_agent, judge_grpc};
use tokio::time::{Instant, sleep_until, timeout_at};

use super::limit::Limit;
use super::outcome::Refused;
use super::preface::Preface;
use super::way::{Stream, Way};

/// Time from the first failure to connect to the next try, and its factor from then on.
///
/// Upstream: `DefaultConfig` in `google.golang.org/grpc/backoff`.
const BACK_OFF: Duration = Duration::from_secs(1);
const BACK_OFF_FACTOR: f64 = 1.6;

/// A health check.
pub(super) struct Check<'a> {
    pub host: &'a str,
    pub port: u16,
    pub service: &'a str,
    pub version: KubernetesVersion,
}

/// Outcome of one connection.
enum Asked {
    Judged(Judgement),
    /// There was no HTTP/2 at the other end.
    NotConnected(String),
}

/// Runs one try.
pub(super) async fn run(check: &Check<'_>, way: &dyn Way, mut limit: Limit) -> Judgement {
    let mut wait = BACK_OFF;
    let mut reason = None;
    loop {
        if let Err(error) = limit.prepare(way).await {
            return Judgement::new(Verdict::Errored, error.message);
        }
        let tried = timeout_at(limit.deadline, one(check, way, limit)).await;
        reason = match tried {
            Ok(Asked::Judged(judgement)) => return judgement,
            Ok(Asked::NotConnected(message)) => Some(message),
            Err(_) => break,
        };
        if Instant::now() + wait >= limit.deadline {
            sleep_until(limit.deadline).await;
            break;
        }
        tokio::time::sleep(wait).await;
        wait = wait.mul_f64(BACK_OFF_FACTOR);
    }
    let mut message = format!("no answer to the health check within {} s", limit.seconds);
    if let Some(reason) = reason {
        message = format!("{message}: {reason}");
    }
    Judgement::new(Verdict::Failure, message)
}

async fn one(check: &Check<'_>, way: &dyn Way, limit: Limit) -> Asked {
    let stream = match way.connect(check.host, check.port).await {
        Ok(stream) => stream,
        Err(error) => match Refused::from(error) {
            Refused::Target(message) => return Asked::NotConnected(message),
            Refused::Way(message) => {
                return Asked::Judged(Judgement::new(Verdict::Errored, message));
            }
        },
    };
    let preface = Preface::default();
    let answer = ask(check, preface.watch(stream), limit).await;
    match answer {
        Ok(answer) => Asked::Judged(judge_grpc(&answer, check.service, check.version)),
        Err(_) if preface.was_seen() => Asked::Judged(Judgement::new(
            Verdict::Failure,
            "the health check broke before its answer was complete",
        )),
        Err(_) => Asked::NotConnected("the server does not speak HTTP/2".to_owned()),
    }
}

async fn ask(check: &Check<'_>, stream: Stream, limit: Limit) -> Result<GrpcAnswer, h2::Error> {
    let mut builder = Builder::new();
    builder.enable_push(false);
    let (sender, connection) = builder.handshake::<_, Bytes>(stream).await?;
    let exchange = async {
        let mut sender = sender.ready().await?;
        let (response, mut body) = sender.send_request(request(check, limit)?, false)?;
        body.send_data(Bytes::from(check_request(check.service)), true)?;
        let response = response.await?;
        let mut answer = GrpcAnswer {
            http_status: response.status().as_u16(),
            content_type: text(response.headers(), "content-type"),
            ..GrpcAnswer::default()
        };
        let only_headers = response.body().is_end_stream();
        if only_headers {
            take_status(&mut answer, response.headers());
        }
        let mut body = response.into_body();
        while let Some(data) = body.data().await {
            let data = data?;
            let _ = body.flow_control().release_capacity(data.len());
            answer.data.extend(&data);
            if answer.data.len() > MAX_ANSWER + 5 {
                return Ok(answer);
            }
        }
        if let Some(trailers) = poll_fn(|context| body.poll_trailers(context)).await? {
            take_status(&mut answer, &trailers);
        }
        Ok(answer)
    };
    match select(pin!(exchange), pin!(connection)).await {
        Either::Left((answer, _)) => answer,
        Either::Right((_, exchange)) => exchange.await,
    }
}

fn request(check: &Check<'_>, limit: Limit) -> Result<Request<()>, h2::Error> {
    let host = check.host;
    let authority = if host.contains(':') {
        format!("[{host}]:{}", check.port)
    } else {
        format!("{host}:{}", check.port)
    };
    let uri = http::Uri::builder()
        .scheme("http")
        .authority(authority)
        .path_and_query(CHECK_PATH)
        .build();
    let request = Request::post(uri.map_err(|_| h2::Reason::PROTOCOL_ERROR)?)
        .version(Version::HTTP_2)
        .header("content-type", "application/grpc")
        .header("user-agent", grpc_user_agent(check.version))
        .header("te", "trailers")
        .header("grpc-timeout", grpc_timeout(limit));
    Ok(request.body(()).map_err(|_| h2::Reason::PROTOCOL_ERROR)?)
}

/// The time that is left, as `grpc-timeout` writes it: at most eight digits and a unit.
fn grpc_timeout(limit: Limit) -> String {
    let left = limit.deadline.saturating_duration_since(Instant::now());
    let (micros, millis) = (left.as_micros(), left.as_millis());
    if micros < 100_000_000 {
        format!("{}u", micros.max(1))
    } else if millis < 100_000_000 {
        format!("{millis}m")
    } else {
        format!("{}S", left.as_secs())
    }
}

fn text(headers: &HeaderMap, name: &str) -> Option<String> {
    let value = headers.get(name)?.as_bytes();
    Some(String::from_utf8_lossy(value).into_owned())
}

fn take_status(answer: &mut GrpcAnswer, trailers: &HeaderMap) {
    answer.status = text(trailers, "grpc-status");
    answer.message = text(trailers, "grpc-message");
}

//! HTTP probes.

use std::io::{Error, ErrorKind};
use std::time::Duration;

use pod_probe::http::{End, Exchange, Hop, Step};
use pod_probe::{HttpRequest, Judgement, Verdict};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::time::{Instant, timeout_at};

use super::http2;
use super::limit::Limit;
use super::outcome::{Refused, TlsFacts, Try};
use super::tls;
use super::way::{Stream, Way};

/// Time that a connection may stay open after a switch of protocols. The kubelet waits for its end
/// without a limit.
const SWITCHED: Duration = Duration::from_secs(10);

/// Runs one try.
pub(super) async fn run(
    request: &HttpRequest,
    address: &str,
    port: u16,
    way: &dyn Way,
    mut limit: Limit,
) -> Try {
    let mut exchange = match Exchange::new(request, address, port) {
        Ok(exchange) => exchange,
        Err(judgement) => return judgement.into(),
    };
    let mut tls = None;
    let mut connection: Option<Stream> = None;
    let mut buffer = vec![0; 4096];
    loop {
        match exchange.step() {
            Step::Judged(judgement) => return Try { judgement, tls },
            Step::Connect(hop) => {
                connection = None;
                match connect(&hop, way, &mut limit).await {
                    Ok(mut opened) => {
                        tls = opened.tls.take();
                        if opened.is_http_2 {
                            http2::run(&mut exchange, &hop, opened.stream, limit).await;
                        } else {
                            connection = send(&hop.http_1, opened.stream, limit).await;
                        }
                    }
                    Err(Refused::Way(message)) => {
                        return Judgement::new(Verdict::Errored, message).into();
                    }
                    Err(Refused::Target(message)) => exchange.failed(message),
                }
            }
            Step::Read => match &mut connection {
                Some(stream) => {
                    let deadline = limit.deadline + more_time(&exchange, way);
                    read(&mut exchange, stream, &mut buffer, deadline, limit).await;
                }
                None => exchange.ended(End::TimedOut(limit.seconds)),
            },
        }
    }
}

struct Opened {
    stream: Stream,
    tls: Option<TlsFacts>,
    is_http_2: bool,
}

async fn connect(hop: &Hop, way: &dyn Way, limit: &mut Limit) -> Result<Opened, Refused> {
    limit.prepare(way).await?;
    let connected = timeout_at(limit.deadline, way.connect(&hop.host, hop.port)).await;
    let stream = connected.map_err(|_| {
        let (port, host, seconds) = (hop.port, &hop.host, limit.seconds);
        Refused::Target(format!(
            "no connection to port {port} of {host} within {seconds} s"
        ))
    })??;
    if !hop.is_tls {
        return Ok(Opened {
            stream,
            tls: None,
            is_http_2: false,
        });
    }
    let secured = tls::connect(stream, &hop.host, hop.http_2.is_some(), *limit).await;
    let secured = secured.map_err(Refused::Target)?;
    Ok(Opened {
        stream: secured.stream,
        tls: Some(secured.facts),
        is_http_2: secured.is_http_2,
    })
}

/// Sends a request, or returns `None` if the time is over.
async fn send(request: &[u8], mut stream: Stream, limit: Limit) -> Option<Stream> {
    let sent = async {
        // A server may answer and close before it has read the request.
        if stream.write_all(request).await.is_ok() {
            let _ = stream.flush().await;
        }
    };
    timeout_at(limit.deadline, sent).await.ok()?;
    Some(stream)
}

/// Returns the time that an answer has beside the time-out.
fn more_time(exchange: &Exchange, way: &dyn Way) -> Duration {
    if exchange.has_no_time_limit() {
        SWITCHED
    } else if exchange.ends_with_connection() {
        way.linger()
    } else {
        Duration::ZERO
    }
}

async fn read(
    exchange: &mut Exchange,
    stream: &mut Stream,
    buffer: &mut [u8],
    deadline: Instant,
    limit: Limit,
) {
    match timeout_at(deadline, stream.read(buffer)).await {
        Ok(Ok(0)) => exchange.ended(End::Closed),
        Ok(Ok(length)) => exchange.received(&buffer[..length]),
        Ok(Err(error)) => exchange.ended(End::Broken(describe(&error))),
        Err(_) => exchange.ended(End::TimedOut(limit.seconds)),
    }
}

fn describe(error: &Error) -> &'static str {
    match error.kind() {
        ErrorKind::ConnectionReset => "the server reset the connection",
        // Of a port-forward, which connects after it has answered.
        ErrorKind::ConnectionRefused => "the port refuses connections",
        _ => "the connection broke",
    }
}

//! HTTP/2, which a server may choose over TLS.

use std::future::poll_fn;
use std::pin::pin;

use bytes::Bytes;
use futures::future::{Either, select};
use h2::client::{Builder, SendRequest};
use http::header::{CONTENT_LENGTH, LOCATION};
use http::{HeaderMap, Request};
use pod_probe::http::{End, Exchange, Hop, Http2Request};
use tokio::time::timeout_at;

use super::limit::Limit;
use super::way::Stream;

/// Maximum size of a response's header fields, in bytes.
///
/// Upstream: `http2Transport.maxHeaderListSize` in Go's `net/http`.
const MAX_HEADERS: u32 = 10 << 20;

/// Sends the request of a hop, and reads the response as far as it is needed.
pub(super) async fn run(exchange: &mut Exchange, hop: &Hop, stream: Stream, limit: Limit) {
    let request = match &hop.http_2 {
        Some(Ok(request)) => request,
        Some(Err(message)) => return exchange.failed(message.as_str()),
        None => return exchange.failed("the server chose HTTP/2 although it was not offered"),
    };
    let mut builder = Builder::new();
    builder.enable_push(false).max_header_list_size(MAX_HEADERS);
    let handshake = timeout_at(limit.deadline, builder.handshake(stream)).await;
    let (sender, connection) = match handshake {
        Ok(Ok(pair)) => pair,
        Ok(Err(_)) => return exchange.ended(End::Broken("the HTTP/2 connection broke")),
        Err(_) => return exchange.ended(End::TimedOut(limit.seconds)),
    };
    let ended = {
        let answer = pin!(timeout_at(limit.deadline, read(exchange, request, sender)));
        // The connection ends when the answer is dropped, or breaks; then the answer breaks, too.
        match select(answer, pin!(connection)).await {
            Either::Left((ended, _)) => ended,
            Either::Right((_, answer)) => answer.await,
        }
    };
    exchange.ended(match ended {
        Ok(Ok(())) => End::Closed,
        Ok(Err(_)) => End::Broken("the HTTP/2 stream broke"),
        Err(_) => End::TimedOut(limit.seconds),
    });
}

async fn read(
    exchange: &mut Exchange,
    request: &Http2Request,
    sender: SendRequest<Bytes>,
) -> Result<(), h2::Error> {
    let mut sender = sender.ready().await?;
    let request = to_request(request)?;
    let (response, _) = sender.send_request(request, true)?;
    let response = response.await?;
    let headers = response.headers();
    let location = headers.get(LOCATION).map(|value| value.as_bytes().to_vec());
    let length = if response.body().is_end_stream() {
        Some(0)
    } else {
        content_length(headers)
    };
    exchange.response(response.status().as_u16(), location.as_deref(), length);
    let mut body = response.into_body();
    while exchange.is_reading() {
        let Some(data) = body.data().await else {
            break;
        };
        let data = data?;
        let _ = body.flow_control().release_capacity(data.len());
        exchange.data(&data);
    }
    if exchange.is_reading() {
        poll_fn(|context| body.poll_trailers(context)).await?;
    }
    Ok(())
}

fn content_length(headers: &HeaderMap) -> Option<u64> {
    headers.get(CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

fn to_request(request: &Http2Request) -> Result<Request<()>, h2::Error> {
    let uri = http::Uri::builder()
        .scheme("https")
        .authority(&request.authority[..])
        .path_and_query(&request.path[..]);
    let uri = uri.build().map_err(|_| h2::Reason::PROTOCOL_ERROR)?;
    let mut built = Request::builder().uri(uri).version(http::Version::HTTP_2);
    for (name, value) in &request.fields {
        built = built.header(name.as_str(), &value[..]);
    }
    Ok(built.body(()).map_err(|_| h2::Reason::PROTOCOL_ERROR)?)
}

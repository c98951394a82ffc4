//! Servers of HTTP/2.

use std::time::Duration;

use bytes::Bytes;
use h2::server::{SendResponse, handshake};
use http::{HeaderMap, HeaderValue, Response};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::sleep;

/// A response of each stream.
#[derive(Clone, Debug, Default)]
pub(crate) struct Http2 {
    /// Responses by path; the last one is that of any path.
    pub routes: Vec<(&'static str, Answer)>,
}

/// A response.
#[derive(Clone, Debug, Default)]
pub(crate) struct Answer {
    pub status: u16,
    /// `@PORT@` is the server's port.
    pub headers: Vec<(&'static str, &'static str)>,
    pub body: Vec<u8>,
    pub trailers: Vec<(&'static str, &'static str)>,
    pub end: End,
}

/// The end of a response.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum End {
    #[default]
    Orderly,
    /// The stream stays open.
    Hold,
    /// The stream is reset.
    Reset,
    /// There is no response, and the stream stays open.
    Silent,
    /// The stream is reset before there is a response.
    Refuse,
    /// The connection is closed in the middle.
    Cut,
}

/// Serves a connection until it ends.
pub(crate) async fn serve(stream: impl AsyncRead + AsyncWrite + Unpin, script: Http2, port: u16) {
    let Ok(mut connection) = handshake(stream).await else {
        return;
    };
    let mut kept = Vec::new();
    while let Some(Ok((request, respond))) = connection.accept().await {
        let path = request
            .uri()
            .path_and_query()
            .map_or("/", |path| path.as_str());
        let own = script.routes.iter().find(|(route, _)| *route == path);
        let (_, answer) = own.or(script.routes.last()).unwrap();
        let (answer, end) = (answer.clone(), answer.end);
        // The body of the request is not read, but its window is open.
        kept.push(tokio::spawn(send(respond, answer, port)));
        if end == End::Cut {
            let waits = async { sleep(Duration::from_millis(300)).await };
            tokio::select! {
                _ = connection.accept() => {}
                () = waits => {}
            }
            return;
        }
    }
}

async fn send(mut respond: SendResponse<Bytes>, answer: Answer, port: u16) {
    match answer.end {
        End::Silent => return sleep(Duration::from_mins(1)).await,
        End::Refuse => return respond.send_reset(h2::Reason::INTERNAL_ERROR),
        _ => {}
    }
    let mut response = Response::builder().status(answer.status);
    for (name, value) in &answer.headers {
        response = response.header(*name, value.replace("@PORT@", &port.to_string()));
    }
    let is_alone = answer.body.is_empty() && answer.trailers.is_empty();
    let is_orderly = answer.end == End::Orderly;
    let response = response.body(()).unwrap();
    let Ok(mut stream) = respond.send_response(response, is_alone && is_orderly) else {
        return;
    };
    if is_alone && is_orderly {
        return;
    }
    let has_trailers = !answer.trailers.is_empty();
    if !answer.body.is_empty() {
        let _ = stream.send_data(Bytes::from(answer.body), is_orderly && !has_trailers);
    }
    if has_trailers {
        let mut trailers = HeaderMap::new();
        for (name, value) in &answer.trailers {
            trailers.insert(*name, HeaderValue::from_static(value));
        }
        let _ = stream.send_trailers(trailers);
    }
    match answer.end {
        End::Reset => {
            // What was sent should arrive first.
            sleep(Duration::from_millis(200)).await;
            stream.send_reset(h2::Reason::INTERNAL_ERROR);
        }
        End::Hold | End::Cut => sleep(Duration::from_mins(1)).await,
        _ => {}
    }
}

//! Fuzzing of single responses: a cluster whose responses are bytes of a fuzzer.

use std::sync::{Arc, Mutex, PoisonError};

use http::header::WARNING;
use http::{HeaderMap, HeaderValue, Request, Response};
use kube::Client;
use kube::client::Body;

use super::log_lines::{LogPiece, LogQuery};
use super::mapping::Resource;
use super::request::Cluster;
use super::warnings::Warnings;

/// Status codes that the first byte of a response chooses from: mostly successes.
const CODES: [u16; 16] = [
    200, 200, 200, 200, 200, 200, 200, 200, 201, 302, 400, 403, 404, 410, 429, 500,
];

/// Separator of parts, a byte that UTF-8 does not have.
pub(crate) const SEPARATOR: u8 = 0xff;

/// Returns a cluster that sends its responses in order and repeats the last one. The first
/// byte of each is its status, the rest its body.
pub(crate) fn scripted(answers: Vec<Vec<u8>>) -> Cluster {
    let script = Arc::new(Mutex::new(answers.into_iter().peekable()));
    let service = tower::service_fn(move |_: Request<Body>| {
        let answer = {
            let mut script = script.lock().unwrap_or_else(PoisonError::into_inner);
            let next = script.next().unwrap_or_default();
            if script.peek().is_none() {
                *script = vec![next.clone()].into_iter().peekable();
            }
            next
        };
        let (code, body) = answer.split_first().unwrap_or((&0, &[]));
        let code = CODES[usize::from(*code) % CODES.len()];
        let answer = Response::builder()
            .status(code)
            .body(Body::from(body.to_vec()));
        std::future::ready(answer)
    });
    Cluster::scripted(Client::new(service, "default"))
}

/// Reads bytes as every kind of single response: a version, an object, a list, discovery in
/// both formats, a refusal.
pub(crate) async fn answer(bytes: &[u8]) {
    let pods = Resource {
        group: String::new(),
        version: "v1".to_owned(),
        kind: "Pod".to_owned(),
        plural: "pods".to_owned(),
        namespaced: true,
    };
    let parts = || bytes.split(|byte| *byte == SEPARATOR).map(<[u8]>::to_vec);
    let cluster = || scripted(parts().collect());
    // Whatever it is: no panic, and errors that can be told.
    let told = [
        cluster().version().await.err(),
        cluster().get(&pods, "default", "web").await.err(),
        cluster().list(&pods, "default", None).await.err(),
        cluster().resource("example.com/v1", "Widget").await.err(),
        cluster().resources_by_word("widgets").await.err(),
        cluster().resources_by_word("w.v1.example.com").await.err(),
    ];
    for error in told.into_iter().flatten() {
        let failure = crate::error::Failure::from(error);
        let _ = crate::ui::escape(&failure.message);
    }
    if let Ok(value) = HeaderValue::from_bytes(bytes) {
        let warnings = Warnings::default();
        warnings.collect(&HeaderMap::from_iter([(WARNING, value)]));
        let _ = warnings.take_new();
    }
}

/// Reads bytes as a container's log, line by line.
pub(crate) async fn log(bytes: &[u8], mut piece: impl FnMut(&LogPiece)) {
    let Ok(mut lines) = scripted(vec![[&[0], bytes].concat()])
        .log_lines(&LogQuery::default())
        .await
    else {
        return;
    };
    while let Ok(Some(read)) = lines.next().await {
        piece(&read);
    }
}

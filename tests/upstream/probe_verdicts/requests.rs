//! Requests of random actions, byte by byte.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use k8s_openapi::api::core::v1::{HTTPGetAction, HTTPHeader};
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;
use pod_model::KubernetesVersion;
use pod_probe::http::{Exchange, Step};
use pod_probe::{HttpRequest, Purpose, Verdict};
use serde_json::{Value, json};

use crate::agreement::Agreement;
use crate::oracle::{Oracle, of_each_minor};
use crate::rng::Rng;
use crate::streams::verdict;

const CASES: usize = 500;

const OK: &str = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";

/// Pieces of paths.
const PATHS: &[&str] = &[
    "/",
    "a",
    "b",
    "..",
    ".",
    "//",
    "///",
    "?",
    "??",
    "#",
    "%",
    "%2f",
    "%2F",
    "%41",
    "%zz",
    "%4",
    " ",
    "+",
    "é",
    "\u{7f}",
    "\n",
    "\0",
    ":",
    "@",
    "[",
    "]",
    "*",
    ";",
    "=",
    "&",
    "\"",
    "<",
    ">",
    "\\",
    "^",
    "`",
    "{",
    "|",
    "}",
    "~",
    "!",
    "$",
    "'",
    "(",
    ")",
    ",",
    "http:",
    "http://h/",
    "mailto:",
    "u:p@",
    "%20",
    "1",
    "x?y#z",
    "127.0.0.1",
    "[::1]",
    "%e9",
];

const HOSTS: &[&str] = &[
    "",
    "127.0.0.1",
    "localhost",
    "a b",
    "%41",
    "%zz",
    "127.0.0.1/x",
    "127.0.0.1?x",
    "127.0.0.1#x",
    "u@127.0.0.1",
    "u:p@127.0.0.1",
    "[::1]",
    "127.0.0.1:80",
    "\n",
    "a\0",
    "127.0.0.1%",
];

const NAMES: &[&str] = &[
    "A",
    "a-b",
    "x-cUSTOM-1",
    "Host",
    "HOST",
    "User-Agent",
    "user-agent",
    "Accept",
    "accept",
    "Accept-Encoding",
    "Connection",
    "Upgrade",
    "Content-Length",
    "Transfer-Encoding",
    "Trailer",
    "Expect",
    "Referer",
    "Authorization",
    "Cookie",
    "Range",
    "Te",
    "Keep-Alive",
    "Proxy-Connection",
    "!#$%&'*+.^_`|~",
    "",
    "a b",
    "a:b",
    "é",
    "a\n",
];

const VALUES: &[&str] = &[
    "",
    " ",
    "b",
    " b ",
    "\tb\t",
    "b c",
    "é",
    "b\nC: d",
    "b\rC",
    "b\0",
    "\u{7f}",
    "close",
    "Close",
    "keep-alive",
    "upgrade",
    "keep-alive, Upgrade",
    "close, upgrade",
    "not-close",
    "a close",
    "websocket",
    "chunked",
    "5",
    "100-continue",
    "h.test:80",
    "h test",
    "[fe80::1%eth0]:80",
    "[fe80::1%eth0",
    "h/x",
    "bücher.test",
    "\"",
    "*/*",
];

fn text(rng: &mut Rng, pieces: &[&'static str], most: usize) -> String {
    (0..rng.below(most + 1)).map(|_| rng.pick(pieces)).collect()
}

fn action(rng: &mut Rng) -> HTTPGetAction {
    let headers = (0..rng.below(4)).map(|_| HTTPHeader {
        name: rng.pick(NAMES).to_owned(),
        value: rng.pick(VALUES).to_owned(),
    });
    let headers = headers.collect();
    let slash = if rng.percent(70) { "/" } else { "" };
    HTTPGetAction {
        path: Some(format!("{slash}{}", text(rng, PATHS, 5))),
        host: rng.percent(30).then(|| rng.pick(HOSTS).to_owned()),
        scheme: Some("HTTP".to_owned()),
        http_headers: Some(headers),
        port: IntOrString::Int(0),
        ..HTTPGetAction::default()
    }
}

/// The verdict, and the request if one is sent.
fn ours(
    action: &HTTPGetAction,
    at: usize,
    port: u16,
    version: KubernetesVersion,
) -> (Verdict, Vec<Vec<u8>>) {
    let mut action = action.clone();
    action.port = IntOrString::Int(port.into());
    action.http_headers.get_or_insert_default().insert(
        0,
        HTTPHeader {
            name: "X-Case".to_owned(),
            value: at.to_string(),
        },
    );
    let request = HttpRequest::new(&action, &[], Purpose::Probe, version).unwrap();
    let mut exchange = match Exchange::new(&request, "127.0.0.1", port) {
        Ok(exchange) => exchange,
        Err(judgement) => return (judgement.verdict, Vec::new()),
    };
    let mut sent = Vec::new();
    loop {
        match exchange.step() {
            Step::Judged(judgement) => return (judgement.verdict, sent),
            Step::Connect(hop) if ["127.0.0.1", "localhost"].contains(&hop.host.as_str()) => {
                sent.push(hop.http_1);
            }
            Step::Connect(_) => exchange.failed("no such host"),
            Step::Read => exchange.received(OK.as_bytes()),
        }
    }
}

fn random_requests(version: KubernetesVersion) {
    let mut rng = Rng::new(150 + u64::from(version.minor()));
    let actions: Vec<HTTPGetAction> = (0..CASES).map(|_| action(&mut rng)).collect();
    let question = json!({
        "op": "probeStreams",
        "version": version.to_string(),
        "streams": [STANDARD.encode(OK)],
        "actions": actions,
    });
    let answer = Oracle::of(version).ask(&question);
    let port = answer["port"]
        .as_u64()
        .unwrap_or_else(|| panic!("{answer}"));
    let port = u16::try_from(port).unwrap();
    let mut agreement = Agreement::new("requests");
    for (at, action) in actions.iter().enumerate() {
        let (own, sent) = ours(action, at, port, version);
        let theirs = &answer["results"][at];
        let received = answer["requests"][at]
            .as_array()
            .cloned()
            .unwrap_or_default();
        let bytes = |request: &Value| STANDARD.decode(request.as_str().unwrap()).unwrap();
        let received: Vec<Vec<u8>> = received.iter().map(bytes).collect();
        if theirs["verdict"] == verdict(own) && sent == received {
            agreement.equal_and(if sent.is_empty() {
                "nothing sent"
            } else {
                "sent"
            });
        } else {
            let shown = |requests: &[Vec<u8>]| -> Vec<String> {
                let text = |request: &Vec<u8>| String::from_utf8_lossy(request).into_owned();
                requests.iter().map(text).collect()
            };
            let (sent, received) = (shown(&sent), shown(&received));
            agreement.differ(format!(
                "{action:?}: {own:?} {sent:?}, not {theirs} {received:?}"
            ));
        }
    }
    assert!(
        agreement.kind("sent") * 4 > CASES,
        "{}",
        agreement.kind("sent")
    );
    agreement.finish(&[]);
}
of_each_minor!(random_requests);

//! Responses without any time in them: the reader is fed directly, and upstream's prober asks a
//! server that closes each connection after its answer.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use k8s_openapi::api::core::v1::HTTPGetAction;
use k8s_openapi::api::core::v1::HTTPHeader;
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;
use pod_model::KubernetesVersion;
use pod_probe::http::{End, Exchange, Step};
use pod_probe::{HttpRequest, Judgement, Purpose, Verdict};
use serde_json::{Value, json};

use crate::agreement::Agreement;
use crate::corpus;
use crate::known;
use crate::oracle::{Oracle, of_each_minor};
use crate::rng::Rng;

/// Cases of each version. `POD_TOOLS_PROBE_STREAMS` is another number, with a seed of the clock.
const CASES: usize = 800;

pub(crate) fn verdict(verdict: Verdict) -> String {
    serde_json::to_value(verdict)
        .unwrap()
        .as_str()
        .unwrap()
        .to_owned()
}

/// The result of one try over streams, and the requests that were sent.
fn ours(
    streams: &[Vec<u8>],
    at: usize,
    port: u16,
    version: KubernetesVersion,
    rng: &mut Rng,
) -> (Judgement, Vec<Vec<u8>>) {
    let action = HTTPGetAction {
        path: Some(format!("/{at}")),
        port: IntOrString::Int(port.into()),
        scheme: Some("HTTP".to_owned()),
        http_headers: Some(vec![HTTPHeader {
            name: "X-Case".to_owned(),
            value: at.to_string(),
        }]),
        ..HTTPGetAction::default()
    };
    let request = HttpRequest::new(&action, &[], Purpose::Probe, version).unwrap();
    let mut exchange = Exchange::new(&request, "127.0.0.1", port).unwrap();
    let mut requests = Vec::new();
    let mut stream: Vec<u8> = Vec::new();
    loop {
        match exchange.step() {
            Step::Judged(judgement) => return (judgement, requests),
            Step::Connect(hop) if hop.port != port || hop.is_tls => {
                exchange.failed("nothing listens there");
            }
            Step::Connect(hop) => {
                let path = hop.http_1.strip_prefix(b"GET /").unwrap();
                let digits = path.iter().take_while(|byte| byte.is_ascii_digit()).count();
                let path = std::str::from_utf8(&path[..digits])
                    .unwrap()
                    .parse::<usize>();
                let answer = path.ok().and_then(|path| streams.get(path));
                stream = match answer {
                    Some(answer) => with_port(answer, port),
                    None => b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n".to_vec(),
                };
                requests.push(hop.http_1);
            }
            Step::Read if stream.is_empty() => exchange.ended(End::Closed),
            Step::Read => {
                let length = if rng.percent(50) { stream.len() } else { 1 };
                let rest = stream.split_off(length);
                exchange.received(&stream);
                stream = rest;
            }
        }
    }
}

fn with_port(stream: &[u8], port: u16) -> Vec<u8> {
    let mut out = Vec::new();
    let mut rest = stream;
    while let Some(at) = rest.windows(6).position(|window| window == b"@PORT@") {
        out.extend(&rest[..at]);
        out.extend(port.to_string().bytes());
        rest = &rest[at + 6..];
    }
    out.extend(rest);
    out
}

fn compare(version: KubernetesVersion, streams: &[Vec<u8>], seed: u64) -> Agreement {
    let mut agreement = Agreement::new("responses");
    let encoded: Vec<String> = streams
        .iter()
        .map(|stream| STANDARD.encode(stream))
        .collect();
    let question =
        json!({"op": "probeStreams", "version": version.to_string(), "streams": encoded});
    let answer = Oracle::of(version).ask(&question);
    let port = u16::try_from(
        answer["port"]
            .as_u64()
            .unwrap_or_else(|| panic!("{answer}")),
    )
    .unwrap();
    let mut rng = Rng::new(seed);
    for (at, stream) in streams.iter().enumerate() {
        let (judgement, one_try) = ours(streams, at, port, version, &mut rng);
        let tries = if judgement.verdict == Verdict::Errored {
            3
        } else {
            1
        };
        let sent = vec![one_try; tries].concat();
        let theirs = &answer["results"][at];
        let shown = String::from_utf8_lossy(stream);
        let received = requests(&answer["requests"][at]);
        if theirs["verdict"] != verdict(judgement.verdict) {
            agreement.differ(format!("{shown:?}: {judgement:?}, not {theirs}"));
        } else if sent != received {
            let (ours, theirs) = (as_text(&sent), as_text(&received));
            agreement.differ(format!("{shown:?}: sent {ours:#?}, not {theirs:#?}"));
        } else if status(theirs).is_some_and(|status| Some(status) != judgement.status) {
            agreement.differ(format!(
                "{shown:?}: status {:?}, not {theirs}",
                judgement.status
            ));
        } else {
            agreement.equal_and(match judgement.verdict {
                Verdict::Success => "success",
                Verdict::Warning => "warning",
                Verdict::Failure => "failure",
                Verdict::Errored => "errored",
            });
        }
    }
    agreement
}

fn requests(list: &Value) -> Vec<Vec<u8>> {
    let list = list.as_array().cloned().unwrap_or_default();
    list.iter()
        .map(|request| STANDARD.decode(request.as_str().unwrap()).unwrap())
        .collect()
}

fn as_text(requests: &[Vec<u8>]) -> Vec<String> {
    let text = |request: &Vec<u8>| String::from_utf8_lossy(request).into_owned();
    requests.iter().map(text).collect()
}

fn status(theirs: &Value) -> Option<u16> {
    let output = theirs["output"].as_str()?;
    output
        .strip_prefix("HTTP probe failed with statuscode: ")?
        .parse()
        .ok()
}

fn known_responses(version: KubernetesVersion) {
    let mut streams = known::responses();
    if version == KubernetesVersion::LATEST {
        known::largest(&mut streams);
    }
    assert!(streams.len() > 1_000, "{}", streams.len());
    compare(version, &streams, 1).finish(&[]);
}
of_each_minor!(known_responses);

fn random_responses(version: KubernetesVersion) {
    let count = std::env::var("POD_TOOLS_PROBE_STREAMS").ok();
    let count = count.map_or(CASES, |count| count.parse().unwrap());
    let seed = 15 + u64::from(version.minor());
    println!("seed {seed}");
    let mut rng = Rng::new(seed);
    let streams: Vec<Vec<u8>> = (0..count)
        .map(|at| corpus::response(&mut rng, at))
        .collect();
    let agreement = compare(version, &streams, seed);
    let kinds = ["success", "warning", "failure", "errored"];
    let counts = kinds.map(|kind| (kind, agreement.kind(kind)));
    agreement.finish(&[]);
    for (kind, found) in counts {
        assert!(found * 50 > count, "{kind}: {found}");
    }
}
of_each_minor!(random_responses);

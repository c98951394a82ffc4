//! Whatever a server sends: no panic, an end, and no more memory than the limits allow.

#![allow(
    clippy::unwrap_used,
    reason = "a test ends where something is not as it should be"
)]

use k8s_openapi::api::core::v1::HTTPGetAction;
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;
use pod_model::KubernetesVersion;
use pod_probe::http::{End, Exchange, Step};
use pod_probe::{Certificate, GrpcAnswer, HttpRequest, Judgement, Purpose, judge_grpc};
use proptest::prelude::*;

fn exchange(path: &str, host: Option<&str>) -> Option<Exchange> {
    let action = HTTPGetAction {
        path: Some(path.to_owned()),
        host: host.map(str::to_owned),
        port: IntOrString::Int(80),
        ..HTTPGetAction::default()
    };
    let version = KubernetesVersion::LATEST;
    let request = HttpRequest::new(&action, &[], Purpose::Probe, version).unwrap();
    Exchange::new(&request, "10.0.0.1", 80).ok()
}

/// Feeds the same answer to each request, in pieces of a length.
fn feed(mut exchange: Exchange, answer: &[u8], piece: usize, end: End) -> (Judgement, usize) {
    let mut connections = 0;
    let mut pieces = answer.chunks(piece);
    loop {
        match exchange.step() {
            Step::Judged(judgement) => return (judgement, connections),
            Step::Connect(_) => {
                connections += 1;
                pieces = answer.chunks(piece);
            }
            Step::Read => match pieces.next() {
                Some(piece) => exchange.received(piece),
                None => exchange.ended(end),
            },
        }
    }
}

fn line() -> impl Strategy<Value = Vec<u8>> {
    let known = prop::sample::select(vec![
        "HTTP/1.1 200 OK",
        "HTTP/1.1 302 Found",
        "HTTP/1.1 101 Switching Protocols",
        "HTTP/1.1 100 Continue",
        "Content-Length: 18446744073709551616",
        "Content-Length: 9223372036854775807",
        "Content-Length: 5",
        "Transfer-Encoding: chunked",
        "Connection: upgrade",
        "Upgrade: x",
        "Location: /",
        "Location: http://[fe80::1%25]:999999/%",
        "ffffffffffffffff",
        "7fffffffffffffff",
        "c000000000000000;x",
        "0",
        "",
        " folded",
    ]);
    prop_oneof![
        4 => known.prop_map(|text| text.as_bytes().to_vec()),
        1 => prop::collection::vec(any::<u8>(), 0..40),
    ]
}

fn answer() -> impl Strategy<Value = Vec<u8>> {
    let lines = prop::collection::vec((line(), any::<bool>()), 0..12);
    lines.prop_map(|lines| {
        let mut out = b"HTTP/1.1 200 OK\r\n".to_vec();
        for (at, (line, crlf)) in lines.into_iter().enumerate() {
            if at == 0 && line.starts_with(b"HTTP") {
                out.clear();
            }
            out.extend(line);
            out.extend(if crlf { &b"\r\n"[..] } else { b"\n" });
        }
        out
    })
}

proptest! {
    #[test]
    fn every_answer_has_a_judgement(answer in answer(), piece in 1_usize..60, end in 0..3) {
        let end = match end {
            0 => End::Closed,
            1 => End::Broken("broken"),
            _ => End::TimedOut(1),
        };
        let whole = feed(exchange("/", None).unwrap(), &answer, usize::MAX, end);
        prop_assert!(whole.1 <= 10);
        // The pieces that it comes in change nothing.
        let pieces = feed(exchange("/", None).unwrap(), &answer, piece, end);
        prop_assert_eq!(whole, pieces);
    }

    #[test]
    fn every_path_and_host_makes_a_request_or_none(path in "\\PC{0,30}", host in "\\PC{1,12}") {
        let step = exchange(&path, Some(&host)).map(|mut exchange| exchange.step());
        if let Some(Step::Connect(hop)) = step {
            // No header is injected.
            let text = String::from_utf8(hop.http_1).unwrap();
            prop_assert_eq!(text.matches("\r\n").count(), 6, "{}", text);
        }
    }

    #[test]
    fn certificates_and_grpc_messages_of_any_bytes_are_read(
        bytes in prop::collection::vec(any::<u8>(), 0..200),
        tags in prop::collection::vec(prop::sample::select(vec![0x30_u8, 0x31, 6, 0xa3, 0x82, 0x84, 0xff, 0, 3]), 0..60),
    ) {
        let _ = Certificate::parse(&bytes);
        let _ = Certificate::parse(&tags);
        let answer = GrpcAnswer {
            http_status: 200,
            content_type: Some("application/grpc".to_owned()),
            data: bytes,
            status: Some("0".to_owned()),
            message: Some("%E4%".to_owned()),
        };
        let _ = judge_grpc(&answer, "", KubernetesVersion::LATEST);
    }
}

#[test]
fn endless_headers_end_at_10_mib() {
    for endless in ["A: b\r\n", "A: b\r\n c\r\n", "x"] {
        let mut exchange = exchange("/", None).unwrap();
        assert!(matches!(exchange.step(), Step::Connect(_)));
        exchange.received(b"HTTP/1.1 200 OK\r\nA: b");
        let piece = endless.repeat((1 << 20) / endless.len());
        let mut sent = 0;
        while exchange.step() == Step::Read {
            exchange.received(piece.as_bytes());
            sent += piece.len();
            assert!(sent < 12 << 20, "{endless:?}");
        }
    }
}

#[test]
fn of_an_endless_body_10_kib_are_read() {
    for head in [
        "",
        "Transfer-Encoding: chunked\r\n",
        "Content-Length: 9999999999\r\n",
    ] {
        let mut exchange = exchange("/", None).unwrap();
        assert!(matches!(exchange.step(), Step::Connect(_)));
        exchange.received(format!("HTTP/1.1 200 OK\r\n{head}\r\n").as_bytes());
        let mut sent = 0;
        while exchange.step() == Step::Read {
            exchange.received(b"a\r\n0123456789\r\n");
            sent += 10;
        }
        assert!((6_000..=10_250).contains(&sent), "{sent}");
    }
}

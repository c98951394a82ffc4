//! gRPC's health check: its messages, and the judgement of an answer.
//!
//! Upstream: `grpcProber.Probe` in `k8s.io/kubernetes/pkg/probe/grpc/grpc.go`, and its client,
//! `google.golang.org/grpc`.

use std::fmt::Write;

use pod_model::KubernetesVersion;

use crate::judgement::{Judgement, first_line};
use crate::verdict::Verdict;

/// Path of the request.
pub const CHECK_PATH: &str = "/grpc.health.v1.Health/Check";

/// Maximum size of an answer, in bytes.
///
/// Upstream: `defaultClientMaxReceiveMessageSize` in `google.golang.org/grpc`.
pub const MAX_ANSWER: usize = 4 << 20;

/// The only state that is a success.
const SERVING: i32 = 1;

/// Names of gRPC's status codes, from 0 on.
const CODES: [&str; 17] = [
    "OK",
    "CANCELLED",
    "UNKNOWN",
    "INVALID_ARGUMENT",
    "DEADLINE_EXCEEDED",
    "NOT_FOUND",
    "ALREADY_EXISTS",
    "PERMISSION_DENIED",
    "RESOURCE_EXHAUSTED",
    "FAILED_PRECONDITION",
    "ABORTED",
    "OUT_OF_RANGE",
    "UNIMPLEMENTED",
    "INTERNAL",
    "UNAVAILABLE",
    "DATA_LOSS",
    "UNAUTHENTICATED",
];

const NOT_FOUND: u32 = 5;
const UNIMPLEMENTED: u32 = 12;

/// An answer as it came over HTTP/2.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GrpcAnswer {
    /// Status code of HTTP.
    pub http_status: u16,
    /// `content-type`.
    pub content_type: Option<String>,
    /// All data, cut after [`MAX_ANSWER`] and the prefix of a message.
    pub data: Vec<u8>,
    /// `grpc-status` of the trailers.
    pub status: Option<String>,
    /// `grpc-message` of the trailers, with percent encoding.
    pub message: Option<String>,
}

/// Versions of the client that the kubelets before the newest are built with.
///
/// Upstream: `google.golang.org/grpc` in `go.mod` of `k8s.io/kubernetes`.
const CLIENTS: [(KubernetesVersion, &str); 4] = [
    (KubernetesVersion::V1_33, "1.68.1"),
    (KubernetesVersion::V1_34, "1.72.1"),
    (KubernetesVersion::V1_35, "1.72.2"),
    (KubernetesVersion::V1_36, "1.79.3"),
];
const NEWEST_CLIENT: &str = "1.82.1";

/// The first version whose client does not look at the status of HTTP where the content is gRPC's.
///
/// Upstream: `http2Client.operateHeaders` in `google.golang.org/grpc/internal/transport`.
const HTTP_STATUS_IGNORED: KubernetesVersion = KubernetesVersion::V1_36;

/// Returns `User-Agent` of the request.
pub fn grpc_user_agent(version: KubernetesVersion) -> String {
    let known = CLIENTS.iter().find(|(known, _)| *known == version);
    let client = known.map_or(NEWEST_CLIENT, |(_, client)| client);
    format!("kube-probe/{version} grpc-go/{client}")
}

/// Returns the request for a service, with the prefix of a message.
pub fn check_request(service: &str) -> Vec<u8> {
    let mut message = Vec::new();
    if !service.is_empty() {
        message.push(0x0a);
        let mut length = service.len();
        while length >= 0x80 {
            message.push(u8::try_from(length & 0x7f).unwrap_or_default() | 0x80);
            length >>= 7;
        }
        message.push(u8::try_from(length).unwrap_or_default());
        message.extend(service.bytes());
    }
    let length = u32::try_from(message.len()).unwrap_or(u32::MAX);
    [&[0][..], &length.to_be_bytes(), &message].concat()
}

/// Judges an answer.
pub fn judge_grpc(answer: &GrpcAnswer, service: &str, version: KubernetesVersion) -> Judgement {
    let text = answer.message.as_deref().map(percent_decode);
    let failure = |message: String| Judgement {
        first_line: text.as_deref().and_then(first_line),
        ..Judgement::new(Verdict::Failure, message)
    };
    let status = answer.http_status;
    let is_grpc = is_grpc(answer.content_type.as_deref().unwrap_or_default());
    if status != 200 && (!is_grpc || version < HTTP_STATUS_IGNORED) {
        return failure(format!(
            "the server answers with HTTP status {status}, not with gRPC"
        ));
    }
    if !is_grpc {
        return failure("the server does not answer with gRPC".to_owned());
    }
    let code = answer
        .status
        .as_deref()
        .and_then(|text| text.parse::<u32>().ok());
    match code {
        Some(0) => {}
        Some(UNIMPLEMENTED) => {
            return failure("the server does not implement gRPC health checks".to_owned());
        }
        Some(NOT_FOUND) => return failure(format!("the server has no service `{service}`")),
        Some(code) => {
            let name = usize::try_from(code).ok().and_then(|code| CODES.get(code));
            let mut message = format!("the health check failed with gRPC code {code}");
            if let Some(name) = name {
                let _ = write!(message, " ({name})");
            }
            return failure(message);
        }
        None => return failure("the answer has no gRPC status".to_owned()),
    }
    let state = single_message(&answer.data).and_then(serving_status);
    let state = match state {
        Ok(state) => state,
        Err(message) => return failure(message.to_owned()),
    };
    let name = match state {
        0 => "UNKNOWN".to_owned(),
        SERVING => "SERVING".to_owned(),
        2 => "NOT_SERVING".to_owned(),
        3 => "SERVICE_UNKNOWN".to_owned(),
        other => other.to_string(),
    };
    let verdict = if state == SERVING {
        Verdict::Success
    } else {
        Verdict::Failure
    };
    Judgement {
        first_line: Some(name.clone()),
        ..Judgement::new(verdict, format!("the service answers {name}"))
    }
}

fn is_grpc(content_type: &str) -> bool {
    let rest = content_type.strip_prefix("application/grpc");
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['+', ';']))
}

/// Takes the one message out of its frame.
fn single_message(data: &[u8]) -> Result<&[u8], &'static str> {
    let Some((prefix, rest)) = data.split_first_chunk::<5>() else {
        return Err("the answer has no message");
    };
    let [compressed, length @ ..] = *prefix;
    let length = usize::try_from(u32::from_be_bytes(length)).unwrap_or(usize::MAX);
    if compressed != 0 {
        return Err("the message of the answer is compressed");
    }
    if length > MAX_ANSWER {
        return Err("the message of the answer is larger than 4 MiB");
    }
    let Some((message, rest)) = rest.split_at_checked(length) else {
        return Err("the message of the answer is incomplete");
    };
    // The client does not see the beginning of a prefix.
    if rest.len() >= prefix.len() {
        return Err("the answer has more than one message");
    }
    Ok(message)
}

/// Reads the field `status` of a `HealthCheckResponse`; the last one counts.
fn serving_status(message: &[u8]) -> Result<i32, &'static str> {
    let mut rest = message;
    let mut status = 0;
    while !rest.is_empty() {
        let (number, wire_type, value, after) = field(rest, 0).ok_or(MALFORMED)?;
        rest = after;
        if number == 1 && wire_type == 0 {
            let low = u32::try_from(value & 0xffff_ffff).unwrap_or_default();
            status = low.cast_signed();
        }
    }
    Ok(status)
}

const MALFORMED: &str = "the message of the answer is malformed";

/// Maximum depth of groups.
const MAX_DEPTH: usize = 100;

/// Takes a field: its number, its wire type, its value if it is a number, and what follows.
fn field(bytes: &[u8], depth: usize) -> Option<(u64, u64, u64, &[u8])> {
    let (tag, rest) = varint(bytes)?;
    let (number, wire_type) = (tag >> 3, tag & 7);
    if number == 0 || number > 0x1fff_ffff || depth > MAX_DEPTH {
        return None;
    }
    let (value, rest) = match wire_type {
        0 => varint(rest)?,
        1 => (0, rest.get(8..)?),
        2 => {
            let (length, rest) = varint(rest)?;
            (0, rest.get(usize::try_from(length).ok()?..)?)
        }
        3 => (0, group(rest, number, depth + 1)?),
        5 => (0, rest.get(4..)?),
        _ => return None,
    };
    Some((number, wire_type, value, rest))
}

/// Skips a group to its end.
fn group(bytes: &[u8], number: u64, depth: usize) -> Option<&[u8]> {
    let mut rest = bytes;
    loop {
        let (tag, after) = varint(rest)?;
        if tag & 7 == 4 {
            return (tag >> 3 == number).then_some(after);
        }
        (_, _, _, rest) = field(rest, depth)?;
    }
}

fn varint(bytes: &[u8]) -> Option<(u64, &[u8])> {
    let mut value = 0_u64;
    for (at, byte) in bytes.iter().take(10).enumerate() {
        if at == 9 && *byte > 1 {
            return None;
        }
        value |= u64::from(byte & 0x7f) << (7 * at);
        if *byte < 0x80 {
            return Some((value, &bytes[at + 1..]));
        }
    }
    None
}

/// Decodes `grpc-message`; what is not encoded correctly stays.
fn percent_decode(text: &str) -> Vec<u8> {
    let mut out = Vec::new();
    let mut rest = text.as_bytes();
    while let [byte, after @ ..] = rest {
        let digits = after.get(..2).filter(|_| *byte == b'%');
        let digits = digits.and_then(|digits| std::str::from_utf8(digits).ok());
        let value = digits.and_then(|digits| u8::from_str_radix(digits, 16).ok());
        out.push(value.unwrap_or(*byte));
        rest = if value.is_some() { &after[2..] } else { after };
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    const LATEST: KubernetesVersion = KubernetesVersion::LATEST;

    fn answer(message: &[u8]) -> GrpcAnswer {
        let length = u32::try_from(message.len()).unwrap().to_be_bytes();
        GrpcAnswer {
            http_status: 200,
            content_type: Some("application/grpc".to_owned()),
            data: [&[0][..], &length, message].concat(),
            status: Some("0".to_owned()),
            message: None,
        }
    }

    #[test]
    fn only_serving_is_a_success() {
        let table: [(&[u8], Verdict); 8] = [
            (&[8, 1], Verdict::Success),
            (&[8, 2], Verdict::Failure),
            (&[], Verdict::Failure),
            (&[8, 2, 8, 1], Verdict::Success),
            (&[0x12, 1, 0, 8, 1], Verdict::Success),
            (&[0x0b, 0x0c, 8, 1], Verdict::Success),
            (&[8], Verdict::Failure),
            (&[0, 1], Verdict::Failure),
        ];
        for (message, verdict) in table {
            assert_eq!(
                judge_grpc(&answer(message), "", LATEST).verdict,
                verdict,
                "{message:?}"
            );
        }
    }

    #[test]
    fn an_answer_that_is_not_grpc_is_a_failure() {
        let good = answer(&[8, 1]);
        let cases = [
            GrpcAnswer {
                http_status: 503,
                ..good.clone()
            },
            GrpcAnswer {
                content_type: Some("text/html".to_owned()),
                ..good.clone()
            },
            GrpcAnswer {
                status: None,
                ..good.clone()
            },
            GrpcAnswer {
                status: Some("12".to_owned()),
                ..good.clone()
            },
            GrpcAnswer {
                data: [&good.data[..], &good.data].concat(),
                ..good.clone()
            },
        ];
        for case in cases {
            assert_eq!(
                judge_grpc(&case, "", KubernetesVersion::V1_35).verdict,
                Verdict::Failure,
                "{case:?}"
            );
        }
    }

    #[test]
    fn the_request_names_the_service() {
        assert_eq!(check_request(""), [0, 0, 0, 0, 0]);
        assert_eq!(check_request("ab"), [0, 0, 0, 0, 4, 0x0a, 2, b'a', b'b']);
        assert_eq!(
            check_request(&"a".repeat(300))[..8],
            [0, 0, 0, 1, 47, 0x0a, 0xac, 2]
        );
    }
}

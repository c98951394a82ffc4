//! Cases of TLS, TCP and gRPC.

use serde_json::{Value, json};

use crate::cases::{LONG, OK, http, probe};
use crate::network::Case;
use crate::script::Act::{self, HalfClose, Hold, Read, Reset, Send, Wait};
use crate::script::Script;

pub(crate) fn all() -> Vec<Case> {
    let mut all = secure();
    all.extend(other_handlers());
    all
}

fn https(name: &str, seconds: i64, script: Script) -> Case {
    Case {
        name: name.to_owned(),
        probe: json!({"httpGet": {"path": "/", "scheme": "HTTPS"}, "timeoutSeconds": seconds}),
        script,
    }
}

fn secure() -> Vec<Case> {
    let close = "HTTP/1.1 200 OK\r\n\r\nok";
    let routes = |acts: Vec<Act>| vec![("*", acts)];
    let plain = |acts: Vec<Act>| Script::Plain(vec![("*", acts)]);
    let to_plain = "HTTP/1.1 302 F\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n";
    vec![
        https("nothing listens, TLS", LONG, Script::Closed),
        https("TLS", LONG, Script::Tls(routes(vec![Read, Send(OK)]))),
        https(
            "TLS, body to the end",
            LONG,
            Script::Tls(routes(vec![Read, Send(close)])),
        ),
        https(
            "TLS, end not announced",
            LONG,
            Script::TlsCut(routes(vec![Read, Send(close)])),
        ),
        https(
            "TLS, cut without announcement",
            LONG,
            Script::TlsCut(routes(vec![
                Read,
                Send("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nok"),
            ])),
        ),
        https("TLS, no answer", LONG, Script::Tls(routes(vec![Read]))),
        https("TLS, held", 3, Script::Tls(routes(vec![Read, Hold]))),
        https(
            "TLS, body held",
            4,
            Script::Tls(routes(vec![
                Read,
                Send("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nok"),
                Hold,
            ])),
        ),
        https(
            "TLS, to plain HTTP",
            LONG,
            Script::Tls(routes(vec![Read, Send(to_plain)])),
        ),
        https(
            "TLS, away",
            LONG,
            Script::Tls(routes(vec![
                Read,
                Send("HTTP/1.1 302 F\r\nLocation: https://x/\r\nContent-Length: 0\r\n\r\n"),
            ])),
        ),
        https(
            "TLS, in a circle",
            LONG,
            Script::Tls(routes(vec![
                Read,
                Send("HTTP/1.1 302 F\r\nLocation: /\r\nContent-Length: 0\r\n\r\n"),
            ])),
        ),
        https(
            "TLS with a server of HTTP",
            LONG,
            plain(vec![Send("HTTP/1.1 400 Bad Request\r\n\r\n")]),
        ),
        https("TLS closed", LONG, plain(vec![Wait(0)])),
        https("TLS reset", LONG, plain(vec![Wait(100), Reset])),
        https("TLS held before the handshake", 1, plain(vec![Hold])),
        https(
            "TLS with something else",
            LONG,
            plain(vec![Send("SSH-2.0-x\r\n"), HalfClose]),
        ),
        https(
            "TLS with an alert",
            LONG,
            plain(vec![
                Send("\u{15}\u{3}\u{3}\u{0}\u{2}\u{2}\u{28}"),
                HalfClose,
            ]),
        ),
        http(
            "HTTP with a server of TLS",
            LONG,
            vec![Read, Send("\u{15}\u{3}\u{3}\u{0}\u{2}\u{2}\u{46}")],
        ),
    ]
}

fn other_handlers() -> Vec<Case> {
    let tcp = |action: Value| json!({"tcpSocket": action, "timeoutSeconds": LONG});
    let plain = |acts: Vec<Act>| Script::Plain(vec![("*", acts)]);
    let grpc = |seconds: i64| json!({"grpc": {}, "timeoutSeconds": seconds});
    let named = json!({"tcpSocket": {"port": "web"}, "timeoutSeconds": LONG,
        "ports": [{"name": "web", "containerPort": 1}]});
    vec![
        probe("TCP", tcp(json!({})), plain(vec![Hold])),
        probe("TCP, closed at once", tcp(json!({})), plain(vec![Wait(0)])),
        probe("TCP, reset", tcp(json!({})), plain(vec![Wait(500), Reset])),
        probe("TCP, nothing listens", tcp(json!({})), Script::Closed),
        probe(
            "TCP by a name",
            tcp(json!({"host": "localhost"})),
            plain(vec![Hold]),
        ),
        probe("TCP, a named port", named, plain(vec![Hold])),
        probe(
            "TCP, no such port",
            tcp(json!({"port": "nope"})),
            plain(vec![Hold]),
        ),
        probe("TCP, port 0", tcp(json!({"port": 0})), plain(vec![Hold])),
        probe("gRPC, nothing listens", grpc(1), Script::Closed),
        probe("gRPC, closed at once", grpc(1), plain(vec![Wait(0)])),
        probe("gRPC, held", grpc(1), plain(vec![Hold])),
        probe(
            "gRPC with a server of HTTP",
            grpc(1),
            plain(vec![Send("HTTP/1.1 400 Bad Request\r\n\r\n"), HalfClose]),
        ),
        probe(
            "gRPC, port 0",
            json!({"grpc": {"port": 0}, "timeoutSeconds": 1}),
            Script::Closed,
        ),
        probe(
            "gRPC, port 70000",
            json!({"grpc": {"port": 70000}, "timeoutSeconds": 1}),
            Script::Closed,
        ),
        probe("no handler", json!({"timeoutSeconds": 1}), Script::Closed),
    ]
}

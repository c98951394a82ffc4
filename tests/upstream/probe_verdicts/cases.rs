//! Cases with a time or a connection in them.

use serde_json::{Value, json};

use crate::cases_http2;
use crate::network::Case;
use crate::script::Act::{self, Drip, Flood, HalfClose, Hold, Read, Reset, Send, Wait};
use crate::script::Script;

/// Time-out of a case whose answer comes.
const LONG: i64 = 20;

const OK: &str = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

fn http(name: &str, seconds: i64, acts: Vec<Act>) -> Case {
    Case {
        name: name.to_owned(),
        probe: json!({"httpGet": {"path": "/"}, "timeoutSeconds": seconds}),
        script: Script::Plain(vec![("*", acts)]),
    }
}

fn redirect(name: &str, seconds: i64, acts: Vec<Act>) -> Case {
    let script = Script::Plain(vec![("/", acts), ("/next", vec![Read, Send(OK)])]);
    Case {
        script,
        ..http(name, seconds, Vec::new())
    }
}

fn https(name: &str, seconds: i64, script: Script) -> Case {
    Case {
        name: name.to_owned(),
        probe: json!({"httpGet": {"path": "/", "scheme": "HTTPS"}, "timeoutSeconds": seconds}),
        script,
    }
}

fn probe(name: &str, probe: Value, script: Script) -> Case {
    let name = name.to_owned();
    Case {
        name,
        probe,
        script,
    }
}

/// All cases.
pub(crate) fn all() -> Vec<Case> {
    let mut all = connections();
    all.extend(bodies());
    all.extend(redirects());
    all.extend(requests());
    all.extend(secure());
    all.extend(other_handlers());
    all.extend(cases_http2::all());
    all
}

fn connections() -> Vec<Case> {
    let mut refused = http("nothing listens", LONG, Vec::new());
    refused.script = Script::Closed;
    vec![
        refused,
        http("closed at once", LONG, vec![Wait(0)]),
        http("closed after the request", LONG, vec![Read]),
        http("reset after the request", LONG, vec![Read, Reset]),
        http("half closed without an answer", LONG, vec![HalfClose]),
        http("held without reading", 1, vec![Hold]),
        http("held after the request", 1, vec![Read, Hold]),
        http(
            "answer after the time-out",
            1,
            vec![Read, Wait(2500), Send(OK)],
        ),
        http("answer before the request", LONG, vec![Send(OK), Hold]),
        http(
            "answer before the request, then closed",
            LONG,
            vec![Send(OK), HalfClose],
        ),
        http(
            "answer after a while",
            LONG,
            vec![Read, Wait(300), Send(OK)],
        ),
        http("answer byte by byte", LONG, vec![Read, Drip(OK, 5)]),
        http("answer held open", LONG, vec![Read, Send(OK), Hold]),
        http(
            "answer and more",
            LONG,
            vec![Read, Send(OK), Send(OK), Hold],
        ),
        http(
            "answer, then reset",
            LONG,
            vec![Read, Send(OK), Wait(300), Reset],
        ),
        http(
            "held in the status line",
            1,
            vec![Read, Send("HTTP/1.1 20"), Hold],
        ),
        http(
            "reset in the status line",
            LONG,
            vec![Read, Send("HTTP/1.1 20"), Wait(100), Reset],
        ),
        http(
            "held in the headers",
            1,
            vec![Read, Send("HTTP/1.1 200 OK\r\nA: b\r\n"), Hold],
        ),
        http(
            "endless headers",
            LONG,
            vec![Read, Send("HTTP/1.1 200 OK\r\n"), Flood("A: b\r\n")],
        ),
        http(
            "endless header",
            LONG,
            vec![Read, Send("HTTP/1.1 200 OK\r\nA: "), Flood("bbbbbbbbbb")],
        ),
        http(
            "endless status line",
            LONG,
            vec![Read, Send("HTTP/1.1 200 "), Flood("OKOKOKOKOK")],
        ),
        http(
            "endless informational",
            LONG,
            vec![Read, Flood("HTTP/1.1 103 Hints\r\n\r\n")],
        ),
        http(
            "held after 100",
            1,
            vec![Read, Send("HTTP/1.1 100 Continue\r\n\r\n"), Hold],
        ),
        http(
            "slow headers",
            1,
            vec![Read, Drip("HTTP/1.1 200 OK\r\nA: bbbbbbbbbbbbb", 100), Hold],
        ),
    ]
}

fn bodies() -> Vec<Case> {
    let chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    let length = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n";
    let close = "HTTP/1.1 200 OK\r\n\r\n";
    let switched = "HTTP/1.1 101 S\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n";
    vec![
        http("no byte of the body", 2, vec![Read, Send(length), Hold]),
        http(
            "body cut by time",
            2,
            vec![Read, Send(length), Send("ok"), Hold],
        ),
        http(
            "body cut by the end",
            LONG,
            vec![Read, Send(length), Send("ok")],
        ),
        http(
            "body cut by a reset",
            LONG,
            vec![Read, Send(length), Send("ok"), Wait(300), Reset],
        ),
        http(
            "body without length held",
            2,
            vec![Read, Send(close), Send("ok"), Hold],
        ),
        http(
            "body without length",
            LONG,
            vec![Read, Send(close), Send("ok")],
        ),
        http(
            "body without length half closed",
            LONG,
            vec![Read, Send(close), HalfClose],
        ),
        http(
            "body without length reset",
            LONG,
            vec![Read, Send(close), Wait(300), Reset],
        ),
        http(
            "chunks held",
            2,
            vec![Read, Send(chunked), Send("2\r\nok\r\n"), Hold],
        ),
        http(
            "chunk held",
            2,
            vec![Read, Send(chunked), Send("5\r\nok"), Hold],
        ),
        http(
            "size of a chunk held",
            2,
            vec![Read, Send(chunked), Send("2"), Hold],
        ),
        http(
            "trailers held",
            2,
            vec![Read, Send(chunked), Send("2\r\nok\r\n0\r\nA: b\r\n"), Hold],
        ),
        http(
            "end of chunks held",
            2,
            vec![Read, Send(chunked), Send("2\r\nok\r\n0\r\n"), Hold],
        ),
        http(
            "chunks whole",
            LONG,
            vec![Read, Send(chunked), Send("2\r\nok\r\n0\r\n\r\n"), Hold],
        ),
        http(
            "chunks slow",
            LONG,
            vec![Read, Send(chunked), Drip("2\r\nok\r\n0\r\n\r\n", 20), Hold],
        ),
        http(
            "endless body",
            LONG,
            vec![Read, Send(close), Flood("0123456789")],
        ),
        http(
            "endless chunks",
            LONG,
            vec![Read, Send(chunked), Flood("a\r\n0123456789\r\n")],
        ),
        http(
            "endless chunk",
            LONG,
            vec![Read, Send(chunked), Send("ffffffffff\r\n"), Flood("x")],
        ),
        http(
            "endless body of 500",
            LONG,
            vec![Read, Send("HTTP/1.1 500 X\r\n\r\n"), Flood("0123456789")],
        ),
        http(
            "endless size of a chunk",
            LONG,
            vec![Read, Send(chunked), Flood("0")],
        ),
        http(
            "slow endless body",
            2,
            vec![
                Read,
                Send(close),
                Drip("0123456789012345678901234567890123456789", 200),
            ],
        ),
        http(
            "500 with a body that stalls",
            2,
            vec![
                Read,
                Send("HTTP/1.1 500 X\r\nContent-Length: 5\r\n\r\n"),
                Hold,
            ],
        ),
        http(
            "500 with a body that is cut",
            LONG,
            vec![Read, Send("HTTP/1.1 500 X\r\nContent-Length: 5\r\n\r\nx")],
        ),
        http(
            "500",
            LONG,
            vec![
                Read,
                Send("HTTP/1.1 500 X\r\nContent-Length: 1\r\n\r\nx"),
                Hold,
            ],
        ),
        http(
            "204 held",
            LONG,
            vec![Read, Send("HTTP/1.1 204 X\r\n\r\n"), Hold],
        ),
        http(
            "304 with a length held",
            LONG,
            vec![
                Read,
                Send("HTTP/1.1 304 X\r\nContent-Length: 5\r\n\r\n"),
                Hold,
            ],
        ),
        http(
            "101 held",
            LONG,
            vec![Read, Send("HTTP/1.1 101 S\r\n\r\n"), Hold],
        ),
        http(
            "switch, then closed",
            LONG,
            vec![Read, Send(switched), Send("bytes")],
        ),
        http(
            "switch, then closed after the time-out",
            1,
            vec![Read, Send(switched), Wait(2500)],
        ),
        http(
            "switch, then endless",
            LONG,
            vec![Read, Send(switched), Flood("bytes")],
        ),
        http(
            "switch, then reset",
            LONG,
            vec![Read, Send(switched), Wait(300), Reset],
        ),
    ]
}

fn redirects() -> Vec<Case> {
    let next = "HTTP/1.1 302 F\r\nLocation: /next\r\n";
    let away = "HTTP/1.1 302 F\r\nLocation: http://other.test/\r\n";
    let with = |text: &'static str| vec![Read, Send(next), Send(text), Hold];
    vec![
        redirect("redirect", LONG, with("Content-Length: 0\r\n\r\n")),
        redirect(
            "redirect with a body",
            LONG,
            with("Content-Length: 2\r\n\r\nok"),
        ),
        redirect(
            "redirect with a small body that stalls",
            2,
            with("Content-Length: 9\r\n\r\nok"),
        ),
        redirect(
            "redirect with a large body that stalls",
            LONG,
            with("Content-Length: 3000\r\n\r\nok"),
        ),
        redirect(
            "redirect with chunks that stall",
            2,
            with("Transfer-Encoding: chunked\r\n\r\n2\r\nok\r\n"),
        ),
        redirect(
            "redirect with chunks that break",
            LONG,
            with("Transfer-Encoding: chunked\r\n\r\nzz\r\n"),
        ),
        redirect("redirect without an end", 2, with("\r\nbody")),
        redirect(
            "redirect, closed",
            LONG,
            vec![Read, Send(next), Send("\r\nbody")],
        ),
        redirect(
            "redirect, body cut",
            LONG,
            vec![Read, Send(next), Send("Content-Length: 9\r\n\r\nok")],
        ),
        redirect(
            "redirect, reset",
            LONG,
            vec![Read, Send(next), Send("\r\n"), Wait(300), Reset],
        ),
        redirect(
            "redirect with an endless body",
            LONG,
            vec![Read, Send(next), Send("\r\n"), Flood("0123456789")],
        ),
        redirect(
            "slow redirect",
            1,
            vec![
                Read,
                Wait(2500),
                Send(next),
                Send("Content-Length: 0\r\n\r\n"),
            ],
        ),
        redirect(
            "away",
            LONG,
            vec![Read, Send(away), Send("Content-Length: 2\r\n\r\nok"), Hold],
        ),
        redirect(
            "away with a body that stalls",
            2,
            vec![Read, Send(away), Send("Content-Length: 9\r\n\r\nok"), Hold],
        ),
        redirect(
            "away with a body that is cut",
            LONG,
            vec![Read, Send(away), Send("Content-Length: 9\r\n\r\nok")],
        ),
        redirect(
            "to another port",
            LONG,
            vec![
                Read,
                Send("HTTP/1.1 302 F\r\nLocation: //127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n"),
            ],
        ),
        redirect(
            "to TLS",
            LONG,
            vec![
                Read,
                Send(
                    "HTTP/1.1 302 F\r\nLocation: https://127.0.0.1:@PORT@/next\r\nContent-Length: 0\r\n\r\n",
                ),
            ],
        ),
        redirect(
            "in a circle",
            LONG,
            vec![
                Read,
                Send("HTTP/1.1 302 F\r\nLocation: /\r\nContent-Length: 0\r\n\r\n"),
                Hold,
            ],
        ),
    ]
}

fn requests() -> Vec<Case> {
    let ok = || Script::Plain(vec![("*", vec![Read, Send(OK)])]);
    let get = |name: &str, action: Value| {
        probe(
            name,
            json!({"httpGet": action, "timeoutSeconds": LONG}),
            ok(),
        )
    };
    let header = |name: &str, value: &str| json!({"httpHeaders": [{"name": name, "value": value}]});
    vec![
        get("host of the request", json!({"host": "localhost"})),
        get("host that cannot be one", json!({"host": "a b"})),
        get("host with a percent sign", json!({"host": "%41"})),
        get("header with a new line", header("A", "b\r\nC: d")),
        get("header with a NUL", header("A", "b\u{0}")),
        get("header with a space", header("A B", "c")),
        get("empty name of a header", header("", "c")),
        get("Host with a new line", header("Host", "a\nb")),
        get("Host that is no host", header("Host", "a b/c")),
        get("Host with other letters", header("host", "bücher.example")),
        get(
            "Host in brackets with a zone",
            header("Host", "[fe80::1%eth0]:80"),
        ),
        get("length with a new line", header("Content-Length", "1\n")),
        get("keep-alive", header("Connection", "keep-alive")),
        get("close", header("Connection", "a, Close")),
        get("port without a name", json!({"port": "nope"})),
        get("port without a name that is a number", json!({"port": "1"})),
        get("port 0", json!({"port": 0})),
        get("port 70000", json!({"port": 70000})),
        get("no path", json!({"path": ""})),
    ]
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
        https("TLS, held", 1, Script::Tls(routes(vec![Read, Hold]))),
        https(
            "TLS, body held",
            2,
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
        probe("TCP, reset", tcp(json!({})), plain(vec![Reset])),
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

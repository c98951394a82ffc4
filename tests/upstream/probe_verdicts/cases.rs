//! Cases with a time or a connection in them.

use serde_json::{Value, json};

use crate::cases_handlers;
use crate::cases_http2;
use crate::cases_requests;
use crate::network::Case;
use crate::script::Act::{self, Drip, Flood, HalfClose, Hold, Read, Reset, Send, Wait};
use crate::script::Script;

/// Time-out of a case whose answer comes.
pub(crate) const LONG: i64 = 20;

pub(crate) const OK: &str = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

pub(crate) fn http(name: &str, seconds: i64, acts: Vec<Act>) -> Case {
    Case {
        name: name.to_owned(),
        probe: json!({"httpGet": {"path": "/"}, "timeoutSeconds": seconds}),
        script: Script::Plain(vec![("*", acts)]),
    }
}

pub(crate) fn probe(name: &str, probe: Value, script: Script) -> Case {
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
    all.extend(cases_requests::all());
    all.extend(cases_handlers::all());
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

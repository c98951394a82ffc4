//! Cases of requests and redirects.

use serde_json::{Value, json};

use crate::cases::{LONG, OK, http, probe};
use crate::network::Case;
use crate::script::Act::{self, Flood, Hold, Read, Reset, Send, Wait};
use crate::script::Script;

pub(crate) fn all() -> Vec<Case> {
    let mut all = redirects();
    all.extend(requests());
    all
}

fn redirect(name: &str, seconds: i64, acts: Vec<Act>) -> Case {
    let script = Script::Plain(vec![("/", acts), ("/next", vec![Read, Send(OK)])]);
    Case {
        script,
        ..http(name, seconds, Vec::new())
    }
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

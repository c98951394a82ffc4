//! Watches, logs and WebSockets.

use serde_json::{Value, json};

use super::objects::HOSTILE;
use super::{Class, HTML, Misdeed};
use crate::server::{Answer, Body, Fault, channel};
use crate::world::{event, status, still_running};

/// Watches of a collection that bring no truth: whoever believes one of them is
/// wrong.
pub(crate) fn watches(plural: &str) -> Vec<Misdeed> {
    let held = |text: &str| {
        Fault::Answer(Answer {
            body: Body::Held(text.as_bytes().to_vec()),
            ..Answer::new(200, "application/json", "")
        })
    };
    let wrong = |kind: &str, key: &str, value: Value| {
        let mut object = still_running(plural, 5);
        match key {
            "kind" => object[key] = value,
            key => object["metadata"][key] = value,
        }
        event(kind, &object)
    };
    let error = |object: &Value| event("ERROR", object);
    let lines: Vec<(&str, String)> = vec![
        ("garbage", "garbage\n<html>\n\u{0}\n".to_owned()),
        ("empty lines", "\n\n\n".to_owned()),
        ("half a line", "{\"type\": \"DELETED\", \"obj".to_owned()),
        (
            "JSON that is no event",
            "5\nnull\n[]\n\"x\"\n{}\n".to_owned(),
        ),
        (
            "events without an object",
            "{\"type\": \"ADDED\"}\n{\"type\": \"DELETED\"}\n".to_owned(),
        ),
        ("DELETED {}", event("DELETED", &json!({}))),
        ("DELETED null", event("DELETED", &Value::Null)),
        ("DELETED 5", event("DELETED", &json!(5))),
        (
            "DELETED of another kind",
            wrong("DELETED", "kind", json!("Teapot")),
        ),
        (
            "DELETED of another name",
            wrong("DELETED", "name", json!("somebody")),
        ),
        (
            "DELETED of another namespace",
            wrong("DELETED", "namespace", json!("elsewhere")),
        ),
        (
            "DELETED of another uid",
            wrong("DELETED", "uid", json!("another")),
        ),
        (
            "MODIFIED without metadata",
            event("MODIFIED", &json!({"status": {"phase": "Succeeded"}})),
        ),
        (
            "types that are none",
            "{\"type\": \"deleted\", \"object\": {}}\n{\"type\": 5, \"object\": {}}\n".to_owned(),
        ),
        ("BOOKMARK null", event("BOOKMARK", &Value::Null)),
        (
            "ERROR 410",
            error(&status(410, "Expired", "too old resource version")),
        ),
        ("ERROR 500", error(&status(500, "InternalError", "no etcd"))),
        ("ERROR 403", error(&status(403, "Forbidden", "no longer"))),
        ("ERROR 5", error(&json!(5))),
        (
            "ERROR in hostile words",
            error(&status(500, HOSTILE, HOSTILE)),
        ),
    ];
    let mut all: Vec<Misdeed> = lines
        .into_iter()
        .map(|(name, lines)| {
            Misdeed::new(format!("watch: {name}"), Class::NotAnAnswer, held(&lines))
        })
        .collect();
    let changes: String = (2..500)
        .map(|version| event("MODIFIED", &still_running(plural, version)))
        .collect();
    let bookmarks = event("BOOKMARK", &json!({"metadata": {"resourceVersion": "7"}})).repeat(100);
    let floods = [
        ("garbage for ever", b"garbage\n".repeat(1000)),
        ("changes for ever", changes.into_bytes()),
        ("bookmarks for ever", bookmarks.into_bytes()),
        ("a line without end", vec![b'a'; 64 << 10]),
        ("empty lines for ever", vec![b'\n'; 64 << 10]),
    ];
    all.extend(floods.into_iter().map(|(name, chunk)| {
        let fault = endless("application/json", chunk);
        Misdeed::new(format!("watch: {name}"), Class::NotAnAnswer, fault).heavy()
    }));
    all
}

fn endless(media_type: &str, chunk: Vec<u8>) -> Fault {
    let head = format!(
        "HTTP/1.1 200 OK\r\ncontent-type: {media_type}\r\ntransfer-encoding: chunked\r\n\r\n"
    );
    Fault::Endless {
        head: head.into_bytes(),
        first: b"{\"type\": \"MODIFIED\", \"object\": {\"a\": \"b\"}}\n".to_vec(),
        chunk,
        chunked: true,
    }
}

/// Logs of every bad kind; what becomes of the targets is not their matter.
pub(crate) fn logs() -> Vec<Misdeed> {
    let text = |body: String| Fault::Answer(Answer::new(200, "text/plain", body));
    let line = "2026-01-02T03:04:05.000000000Z a line of a log\n";
    let time = "2026-01-02T03:04:05Z";
    let lines: Vec<&str> = HOSTILE.lines().collect();
    let hostile = format!("{time} {}\n", lines.join(&format!("\n{time} ")));
    vec![
        Misdeed::new("log: hostile lines", Class::Odd, text(hostile)),
        Misdeed::new("log: HTML", Class::Odd, text(HTML.to_owned())),
        Misdeed::new("log: no times", Class::Odd, text("a\nb\n\n\nc".to_owned())),
        Misdeed::new(
            "log: bytes",
            Class::Odd,
            Fault::Answer(Answer::new(200, "text/plain", vec![0xff; 10_000])),
        ),
        Misdeed::new(
            "log: more than was asked for",
            Class::Odd,
            text(line.repeat(200_000)),
        )
        .heavy(),
        Misdeed::new(
            "log: lines for ever",
            Class::Odd,
            endless("text/plain", line.repeat(1000).into_bytes()),
        )
        .heavy(),
        Misdeed::new(
            "log: a line for ever",
            Class::Odd,
            endless("text/plain", vec![b'a'; 64 << 10]),
        )
        .heavy(),
    ]
}

/// Commands in containers, and attached programs, of every bad kind.
pub(crate) fn execs() -> Vec<Misdeed> {
    let once = |bytes: Vec<u8>| Fault::Frames {
        bytes,
        for_ever: false,
    };
    let for_ever = |bytes: Vec<u8>| Fault::Frames {
        bytes,
        for_ever: true,
    };
    let out = |text: &[u8]| channel(1, text);
    let success = channel(3, br#"{"status": "Success"}"#);
    let refused_key =
        b"HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: upgrade\r\n\
        sec-websocket-accept: AAAA\r\nsec-websocket-protocol: v5.channel.k8s.io\r\n\r\n";
    let other_protocol =
        b"HTTP/1.1 101 Switching Protocols\r\nupgrade: tea\r\nconnection: upgrade\r\n\r\n";
    let all = [
        (
            "200 instead of 101",
            Fault::Answer(Answer::new(200, "text/plain", "PATH=/bin\n")),
        ),
        ("the wrong key", Fault::Bytes(refused_key.to_vec())),
        ("another upgrade", Fault::Bytes(other_protocol.to_vec())),
        ("no frame", once(Vec::new())),
        ("garbage", once(b"garbage garbage garbage".to_vec())),
        ("output and no end", once(out(b"PATH=/bin\0"))),
        ("an end without output", once(success.clone())),
        (
            "an end that is garbage",
            once([out(b"PATH=/bin\0"), channel(3, b"garbage")].concat()),
        ),
        (
            "an end that is {}",
            once([out(b"PATH=/bin\0"), channel(3, b"{}")].concat()),
        ),
        (
            "a channel that is none",
            once([channel(77, b"x"), success].concat()),
        ),
        ("an empty message", once(vec![0x82, 0])),
        (
            "a frame of 2^63 bytes",
            once(vec![
                0x82, 127, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
            ]),
        ),
        ("hostile output", once(out(HOSTILE.as_bytes()))),
    ];
    let floods = [
        ("output for ever", out(&b"a".repeat(32 << 10))),
        ("lines for ever", out(&b"A=1\0".repeat(8000))),
        ("errors for ever", channel(2, &b"a".repeat(32 << 10))),
        ("ends for ever", channel(3, &b"a".repeat(32 << 10))),
        ("pings for ever", [0x89, 0].repeat(1000)),
        ("frames that go on with nothing", {
            let mut frame = out(&b"a".repeat(32 << 10));
            frame[0] = 0;
            frame
        }),
    ];
    all.into_iter()
        .map(|(name, fault)| Misdeed::new(format!("exec: {name}"), Class::Odd, fault))
        .chain(floods.into_iter().map(|(name, bytes)| {
            Misdeed::new(format!("exec: {name}"), Class::Odd, for_ever(bytes)).heavy()
        }))
        .collect()
}

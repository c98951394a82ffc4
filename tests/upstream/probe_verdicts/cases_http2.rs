//! Cases of HTTP/2, with TLS for HTTP and without it for gRPC.

use serde_json::json;

use crate::http2::{Answer, End, Http2};
use crate::network::Case;
use crate::script::Script;

/// Time-out of a case whose answer comes.
const LONG: i64 = 20;

fn answer(status: u16, body: &[u8], end: End) -> Answer {
    Answer {
        status,
        body: body.to_vec(),
        end,
        ..Answer::default()
    }
}

fn case(name: &str, seconds: i64, routes: Vec<(&'static str, Answer)>) -> Case {
    Case {
        name: format!("HTTP/2 {name}"),
        probe: json!({"httpGet": {"path": "/", "scheme": "HTTPS"}, "timeoutSeconds": seconds}),
        script: Script::Http2(Http2 { routes }),
    }
}

fn redirect(location: &'static str, end: End) -> Answer {
    Answer {
        headers: vec![("location", location)],
        ..answer(302, b"body", end)
    }
}

fn with_length(length: &'static str, end: End) -> Answer {
    Answer {
        headers: vec![("content-length", length)],
        ..answer(200, b"body", end)
    }
}

pub(crate) fn all() -> Vec<Case> {
    let mut all = Vec::new();
    let mut add = |name: &str, seconds, answer| all.push(case(name, seconds, vec![("*", answer)]));
    for status in [
        200, 204, 299, 300, 301, 304, 308, 399, 400, 404, 500, 503, 599, 600, 999,
    ] {
        add(
            &format!("status {status}"),
            LONG,
            answer(status, b"", End::Orderly),
        );
    }
    add("body", LONG, answer(200, b"body", End::Orderly));
    add(
        "large body",
        LONG,
        answer(200, &vec![b'x'; 30_000], End::Orderly),
    );
    add(
        "large body held",
        LONG,
        answer(200, &vec![b'x'; 30_000], End::Hold),
    );
    add("body held", 4, answer(200, b"body", End::Hold));
    add("body of 500 held", 4, answer(500, b"body", End::Hold));
    add("body reset", LONG, answer(200, b"body", End::Reset));
    add("body cut", LONG, answer(200, b"body", End::Cut));
    add("no body, held", 4, answer(200, b"", End::Hold));
    add("silent", 1, answer(200, b"", End::Silent));
    add("refused", LONG, answer(200, b"", End::Refuse));
    add("length", LONG, with_length("4", End::Orderly));
    add("length, held", 4, with_length("4", End::Hold));
    add("too great a length", LONG, with_length("5", End::Orderly));
    add("away", LONG, redirect("https://other.test/", End::Orderly));
    add("away, held", 4, redirect("https://other.test/", End::Hold));
    add("in a circle", LONG, redirect("/", End::Orderly));
    add(
        "to plain HTTP",
        LONG,
        redirect("http://127.0.0.1:1/", End::Orderly),
    );
    let trailers = vec![("a", "b")];
    add(
        "trailers",
        LONG,
        Answer {
            trailers,
            ..answer(200, b"body", End::Orderly)
        },
    );
    let next = || ("/next", answer(200, b"ok", End::Orderly));
    all.push(case(
        "redirect",
        LONG,
        vec![("/", redirect("/next", End::Orderly)), next()],
    ));
    all.push(case(
        "redirect that stalls",
        4,
        vec![("/", redirect("/next", End::Hold)), next()],
    ));
    let long = Answer {
        headers: vec![("location", "/next"), ("content-length", "3000")],
        ..answer(302, b"body", End::Hold)
    };
    all.push(case(
        "long redirect that stalls",
        LONG,
        vec![("/", long), next()],
    ));
    all.push(case(
        "redirect that breaks",
        LONG,
        vec![("/", redirect("/next", End::Reset)), next()],
    ));
    all.extend(grpc());
    all
}

fn grpc() -> Vec<Case> {
    const SERVING: &[u8] = &[0, 0, 0, 0, 2, 8, 1];
    let mut all = Vec::new();
    let mut add = |name: &str, seconds: i64, answer: Answer| {
        all.push(Case {
            name: format!("gRPC over frames, {name}"),
            probe: json!({"grpc": {}, "timeoutSeconds": seconds}),
            script: Script::Http2Plain(Http2 {
                routes: vec![("*", answer)],
            }),
        });
    };
    let good = || Answer {
        headers: vec![("content-type", "application/grpc")],
        trailers: vec![("grpc-status", "0")],
        ..answer(200, SERVING, End::Orderly)
    };
    let of = |content_type| Answer {
        headers: vec![("content-type", content_type)],
        ..good()
    };
    let data = |body: &[u8]| Answer {
        body: body.to_vec(),
        ..good()
    };
    let status = |status| Answer {
        trailers: vec![("grpc-status", status)],
        ..good()
    };
    add("serving", LONG, good());
    for content_type in [
        "application/grpc+proto",
        "application/grpc;x",
        "application/grpcx",
        "application/json",
        "text/html",
        "",
    ] {
        add(
            &format!("content type {content_type}"),
            LONG,
            of(content_type),
        );
    }
    add(
        "no content type",
        LONG,
        Answer {
            headers: Vec::new(),
            ..good()
        },
    );
    for code in [201, 204, 404, 500, 503] {
        add(
            &format!("HTTP status {code}"),
            LONG,
            Answer {
                status: code,
                ..good()
            },
        );
    }
    for code in ["", "00", "1", "12", "14", "17", "-1", "x", "99999999999"] {
        add(&format!("status {code:?}"), LONG, status(code));
    }
    add(
        "no status",
        LONG,
        Answer {
            trailers: vec![("a", "b")],
            ..good()
        },
    );
    add(
        "no trailers",
        LONG,
        Answer {
            trailers: Vec::new(),
            ..good()
        },
    );
    add(
        "only headers",
        LONG,
        Answer {
            headers: vec![("content-type", "application/grpc"), ("grpc-status", "0")],
            trailers: Vec::new(),
            ..data(b"")
        },
    );
    add(
        "only headers, unimplemented",
        LONG,
        Answer {
            headers: vec![("content-type", "application/grpc"), ("grpc-status", "12")],
            trailers: Vec::new(),
            ..data(b"")
        },
    );
    let messages: &[(&str, &[u8])] = &[
        ("no message", b""),
        ("empty message", &[0, 0, 0, 0, 0]),
        ("two messages", &[0, 0, 0, 0, 2, 8, 1, 0, 0, 0, 0, 2, 8, 1]),
        ("cut message", &[0, 0, 0, 0, 3, 8, 1]),
        ("cut prefix", &[0, 0, 0]),
        ("message and a rest", &[0, 0, 0, 0, 2, 8, 1, 0]),
        ("compressed message", &[1, 0, 0, 0, 2, 8, 1]),
        ("huge message", &[0, 0xff, 0xff, 0xff, 0xff, 8, 1]),
        ("status twice", &[0, 0, 0, 0, 4, 8, 2, 8, 1]),
        ("unknown field", &[0, 0, 0, 0, 5, 0x12, 1, 0, 8, 1]),
        ("group", &[0, 0, 0, 0, 4, 0x1b, 0x1c, 8, 1]),
        ("group without an end", &[0, 0, 0, 0, 3, 0x1b, 8, 1]),
        ("end of a group", &[0, 0, 0, 0, 3, 0x1c, 8, 1]),
        (
            "fixed numbers",
            &[
                0, 0, 0, 0, 16, 0x11, 1, 2, 3, 4, 5, 6, 7, 8, 0x15, 1, 2, 3, 4, 8, 1,
            ],
        ),
        ("status as text", &[0, 0, 0, 0, 3, 0x0a, 1, 1]),
        ("field 0", &[0, 0, 0, 0, 4, 0, 0, 8, 1]),
        ("cut number", &[0, 0, 0, 0, 1, 8]),
        ("long number", &[0, 0, 0, 0, 4, 8, 0x81, 0x80, 0]),
        (
            "number of 64 bits",
            &[
                0, 0, 0, 0, 11, 8, 0x81, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 1,
            ],
        ),
        (
            "number beyond 64 bits",
            &[
                0, 0, 0, 0, 11, 8, 0x81, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 2,
            ],
        ),
        ("wire type 7", &[0, 0, 0, 0, 4, 0x17, 0, 8, 1]),
    ];
    for (name, message) in messages {
        add(name, LONG, data(message));
    }
    for (name, end, seconds) in [
        ("silent", End::Silent, 1),
        ("refused", End::Refuse, LONG),
        ("cut", End::Cut, LONG),
        ("held", End::Hold, 1),
        ("reset", End::Reset, LONG),
    ] {
        add(
            name,
            seconds,
            Answer {
                trailers: Vec::new(),
                end,
                ..good()
            },
        );
    }
    all
}

//! Responses that are known to matter.

/// Makes the responses of the paths `/0`, `/1`, ….
pub(crate) fn responses() -> Vec<Vec<u8>> {
    let mut all: Vec<Vec<u8>> = Vec::new();
    for status in 0..1000 {
        if status < 100 || status >= 600 && status % 50 != 0 {
            continue;
        }
        let text = format!("HTTP/1.1 {status:03} Text\r\nContent-Length: 0\r\n\r\n");
        all.push(text.into_bytes());
    }
    for status in [300, 301, 302, 303, 304, 305, 306, 307, 308, 309, 399] {
        // From the end of the chain on, each is a case.
        all.push(b"HTTP/1.1 200 OK\r\n\r\nend".to_vec());
        for _ in 0..11 {
            let next = all.len() - 1;
            let text = format!("HTTP/1.1 {status} X\r\nLocation: /{next}\r\n\r\nbody");
            all.push(text.into_bytes());
        }
    }
    for location in LOCATIONS {
        for status in [302, 308] {
            let text = format!("HTTP/1.1 {status} X\r\nLocation: {location}\r\n\r\n");
            all.push(text.into_bytes());
        }
    }
    for body in BODIES {
        for status in [200, 302, 500] {
            all.push(format!("HTTP/1.1 {status} X\r\n{body}").into_bytes());
            all.push(format!("HTTP/1.0 {status} X\r\nLocation: /0\r\n{body}").into_bytes());
        }
    }
    all.extend(HEADS.iter().map(|head| head.as_bytes().to_vec()));
    sizes(&mut all);
    all
}

/// Bodies, heads and lines at the limits of their sizes.
fn sizes(all: &mut Vec<Vec<u8>>) {
    let mut push = |head: &str, body: String| all.push(format!("{head}\r\n{body}").into_bytes());
    let ok = "HTTP/1.1 200 OK\r\n";
    for length in [10_239, 10_240, 10_241, 20_000, 100_000] {
        let body = "x".repeat(length);
        push(ok, body.clone());
        push(&format!("{ok}Content-Length: {length}\r\n"), body.clone());
        push(&format!("{ok}Content-Length: 200000\r\n"), body.clone());
        if length != 10_240 {
            let chunked = format!("{ok}Transfer-Encoding: chunked\r\n");
            push(&chunked, format!("{length:x}\r\n{body}\r\n0\r\n\r\n"));
        }
    }
    let chunked = format!("{ok}Transfer-Encoding: chunked\r\n");
    for length in 4088..4100 {
        let extension = "x".repeat(length);
        push(&chunked, format!("0;{extension}\r\n\r\n"));
        push(&chunked, format!("0\r\nA: {extension}\r\n\r\n"));
        push(&chunked, format!("2;{extension}\r\nok\r\n0\r\n\r\n"));
    }
    for count in [1_000, 2_000, 9_000] {
        push(&chunked, "1\r\nx\r\n".repeat(count) + "0\r\n\r\n");
        push(
            &chunked,
            "1;0123456789abcdef\r\nx\r\n".repeat(count) + "0\r\n\r\n",
        );
    }
}

/// Heads as large as they may be, and larger.
pub(crate) fn largest(all: &mut Vec<Vec<u8>>) {
    let mut push = |head: String| all.push(format!("{head}\r\n").into_bytes());
    let ok = "HTTP/1.1 200 OK\r\n";
    push(format!("{ok}A: {}\r\n", "x".repeat(1 << 20)));
    push(format!("{ok}{}", "A: b\r\n".repeat(100_000)));
    push(format!("{}{ok}", "HTTP/1.1 103 Hints\r\n\r\n".repeat(1000)));
    let rest = (10 << 20) - ok.len() - "A: \r\n\r\n".len();
    push(format!("{ok}A: {}\r\n", "x".repeat(rest)));
    push(format!("{ok}A: {}\r\n", "x".repeat(rest + 1)));
}

/// Values of `Location`.
const LOCATIONS: &[&str] = &[
    "",
    " ",
    "0",
    "/0",
    "./0",
    "../0",
    "/../../0",
    "/./0/.",
    "/0?q=1",
    "/0#f",
    "/0?q#f%20g h",
    "?q",
    "?",
    "#f",
    "//127.0.0.1:@PORT@/0",
    "///0",
    "////0",
    "//0",
    "//localhost/0",
    "http://127.0.0.1:@PORT@/0",
    "http://127.0.0.1:@PORT@",
    "http://127.0.0.1:@PORT@?q",
    "HTTP://127.0.0.1:@PORT@/0",
    "http://127.0.0.1/0:@PORT@",
    "http://127.0.0.1:1/",
    "http://127.0.0.1:0/",
    "http://127.0.0.1:65536/",
    "http://127.0.0.1:99999999999999999999/",
    "http://127.0.0.1:-1/",
    "http://127.0.0.1:x/",
    "http://127.0.0.1:1:2/",
    "http://127.1:@PORT@/0",
    "http://0x7f.0.0.1:@PORT@/0",
    "http://127.0.0.1.:@PORT@/0",
    "http://127.0.0.1%2e/",
    "http://127.0.0.%31:@PORT@/0",
    "http://127.0.0.1%00/",
    "http://127.0.0.1 /",
    "http://LOCALHOST:@PORT@/0",
    "http://example.com/",
    "http://[::1]:@PORT@/0",
    "http://[::ffff:127.0.0.1]:@PORT@/0",
    "http://[127.0.0.1]/",
    "http://[::1/",
    "http://[::1]x/",
    "http://x[::1]/",
    "http://[fe80::1%25lo]/",
    "http://[fe80::1%25]/",
    "http://[fe80::1%lo]/",
    "http://user@127.0.0.1:@PORT@/0",
    "http://user:pass@127.0.0.1:@PORT@/0",
    "http://user:p%40ss:w@127.0.0.1:@PORT@/0",
    "http://us er@127.0.0.1:@PORT@/0",
    "http://@127.0.0.1:@PORT@/0",
    "http://a@b@127.0.0.1:@PORT@/0",
    "http://u%zz@127.0.0.1:@PORT@/0",
    "https://127.0.0.1:@PORT@/0",
    "https://127.0.0.1:1/0",
    "https://example.com/",
    "ftp://127.0.0.1:@PORT@/0",
    "ftp://example.com/",
    "http:/0",
    "http:0",
    "http:",
    "http://",
    "https:",
    ":0",
    "0:0",
    "a:b",
    "mailto:x@y",
    "javascript:alert(1)",
    "*",
    "/*",
    "/%",
    "/%z",
    "/%zz",
    "/%30",
    "/%2f0",
    "/0%2F",
    "/a%20b c",
    "/\u{e9}",
    "/\"<>\\^`{|}",
    "/[]()!$&'*+,;=:@~-._",
    "/0;p",
    "/0\tx",
    "\t/0\t",
    "/a/b/c/../../../0",
    "/0/..",
    "/0/../0/./",
    "http://127.0.0.1:@PORT@/a/../0",
    "..",
    ".",
    "...",
    "/0\\..\\1",
    "http://127.0.0.1:@PORT@\\0",
    "//127.0.0.1:@PORT@",
    "//user@127.0.0.1:@PORT@/0",
    "http:///0",
    "http://:@PORT@/0",
    "/0??",
    "/0?%zz&\u{e9}",
    "/0?a b",
];

/// Fields, the empty line and bodies.
const BODIES: &[&str] = &[
    "\r\n",
    "\r\nbody",
    "Content-Length: 4\r\n\r\nbody",
    "Content-Length: 4\r\n\r\nbody and more",
    "Content-Length: 5\r\n\r\nbody",
    "Content-Length: 3000\r\n\r\nbody",
    "Content-Length: 04\r\n\r\nbody",
    "Content-Length: +4\r\n\r\nbody",
    "Content-Length: -1\r\n\r\nbody",
    "Content-Length: 4, 4\r\n\r\nbody",
    "Content-Length: 4\r\nContent-Length: 4\r\n\r\nbody",
    "Content-Length: 4\r\nContent-Length:  4 \r\n\r\nbody",
    "Content-Length: 4\r\ncontent-length: 5\r\n\r\nbody",
    "Content-Length: x\r\n\r\nbody",
    "Content-Length:\r\n\r\nbody",
    "Content-Length: 9223372036854775807\r\n\r\nbody",
    "Content-Length: 9223372036854775808\r\n\r\nbody",
    "Content-Length: 4_0\r\n\r\nbody",
    "Content-Length : 4\r\n\r\nbody",
    " Content-Length: 4\r\n\r\nbody",
    "X: y\r\n Content-Length: 4\r\n\r\nbody",
    "Content-Length:\r\n 4\r\n\r\nbody",
    "Content-Length: 4\r\n \r\n\r\nbody",
    "Transfer-Encoding: chunked\r\n\r\n4\r\nbody\r\n0\r\n\r\n",
    "Transfer-Encoding: chunked\r\n\r\n4\r\nbody\r\n0\r\n",
    "Transfer-Encoding: chunked\r\n\r\n4\r\nbody\r\n0",
    "Transfer-Encoding: chunked\r\n\r\n4\r\nbody\r\n",
    "Transfer-Encoding: chunked\r\n\r\n4\r\nbody",
    "Transfer-Encoding: chunked\r\n\r\n4\r\nbo",
    "Transfer-Encoding: chunked\r\n\r\n4\r\n",
    "Transfer-Encoding: chunked\r\n\r\n4",
    "Transfer-Encoding: chunked\r\n\r\n",
    "Transfer-Encoding: chunked\r\n\r\n4\nbody\n0\n\n",
    "Transfer-Encoding: chunked\r\n\r\n4\r\nbody\n0\r\n\r\n",
    "Transfer-Encoding: chunked\r\n\r\n4\r\r\nbody\r\n0\r\n\r\n",
    "Transfer-Encoding: chunked\r\n\r\n4 \t\r\nbody\r\n0\r\n\r\n",
    "Transfer-Encoding: chunked\r\n\r\n 4\r\nbody\r\n0\r\n\r\n",
    "Transfer-Encoding: chunked\r\n\r\n4 ;a\r\nbody\r\n0\r\n\r\n",
    "Transfer-Encoding: chunked\r\n\r\n0004;a=\"b;\"\r\nbody\r\n00;x\r\n\r\n",
    "Transfer-Encoding: chunked\r\n\r\n00000000000000004\r\nbody\r\n0\r\n\r\n",
    "Transfer-Encoding: chunked\r\n\r\n0000000000000004\r\nbody\r\n0\r\n\r\n",
    "Transfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\nbody\r\n0\r\n\r\n",
    "Transfer-Encoding: chunked\r\n\r\n0x4\r\nbody\r\n0\r\n\r\n",
    "Transfer-Encoding: chunked\r\n\r\n+4\r\nbody\r\n0\r\n\r\n",
    "Transfer-Encoding: chunked\r\n\r\n5\r\nbody\r\n0\r\n\r\n",
    "Transfer-Encoding: chunked\r\n\r\n3\r\nbody\r\n0\r\n\r\n",
    "Transfer-Encoding: chunked\r\n\r\n4\r\nbody\r\n0\r\nA: b\r\nC: d\r\n\r\n",
    "Transfer-Encoding: chunked\r\n\r\n4\r\nbody\r\n0\r\nA\r\n\r\n",
    "Transfer-Encoding: chunked\r\n\r\n4\r\nbody\r\n0\r\n A: b\r\n\r\n",
    "Transfer-Encoding: chunked\r\n\r\n4\r\nbody\r\n0\r\nA: b\n\n",
    "Transfer-Encoding: chunked\r\n\r\n4\r\nbody\r\n0\r\nA: b\n\nC: d\r\n\r\n",
    "Transfer-Encoding: chunked\r\n\r\n4\r\nbody\r\n0\r\nA: b\r\n",
    "Transfer-Encoding: chunked\r\n\r\n4\r\nbody\r\n0\r\n\nA: b\r\n\r\n",
    "Transfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\n4\r\nbody\r\n0\r\n\r\n",
    "Transfer-Encoding: chunked\r\nContent-Length: x\r\n\r\n4\r\nbody\r\n0\r\n\r\n",
    "Transfer-Encoding: CHUNKED\r\n\r\n4\r\nbody\r\n0\r\n\r\n",
    "Transfer-Encoding:  chunked \r\n\r\n4\r\nbody\r\n0\r\n\r\n",
    "Transfer-Encoding: chunked\r\n \r\n\r\n4\r\nbody\r\n0\r\n\r\n",
    "Transfer-Encoding: identity\r\n\r\nbody",
    "Transfer-Encoding:\r\n\r\nbody",
    "Transfer-Encoding: chunked, chunked\r\n\r\nbody",
    "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\nbody",
    "Transfer-Encoding: chunked\r\nTrailer: A\r\n\r\n0\r\nA: b\r\n\r\n",
    "Transfer-Encoding: chunked\r\nTrailer: A, content-length\r\n\r\n0\r\n\r\n",
    "Trailer: Content-Length\r\n\r\nbody",
    "Connection: close\r\n\r\nbody",
    "Connection: keep-alive\r\nContent-Length: 4\r\n\r\nbody",
    "Content-Encoding: gzip\r\nContent-Length: 4\r\n\r\nbody",
];

/// Whole answers.
const HEADS: &[&str] = &[
    "",
    "\r\n",
    "\n",
    " ",
    "\0",
    "x",
    "hello\r\n",
    "hello world\r\n\r\n",
    "SSH-2.0-OpenSSH_9.9\r\n",
    "\u{15}\u{3}\u{1}\0\u{2}\u{2}P",
    "HTTP",
    "HTTP/1.1",
    "HTTP/1.1 ",
    "HTTP/1.1 200",
    "HTTP/1.1 200\r\n\r\n",
    "HTTP/1.1 200 \r\n\r\n",
    "HTTP/1.1 200 OK",
    "HTTP/1.1 200 OK\r",
    "HTTP/1.1 200 OK\r\n",
    "HTTP/1.1 200 OK\r\n\r",
    "HTTP/1.1 200 OK\n\n",
    "HTTP/1.1 200 OK\r\r\n\r\n",
    "HTTP/1.1\t200 OK\r\n\r\n",
    "HTTP/1.1  200 OK\r\n\r\n",
    "HTTP/1.1 200\tOK\r\n\r\n",
    "HTTP/1.1 2000 OK\r\n\r\n",
    "HTTP/1.1 20 OK\r\n\r\n",
    "HTTP/1.1 2x0 OK\r\n\r\n",
    "HTTP/1.1 -01 OK\r\n\r\n",
    "HTTP/1.1 -00 OK\r\n\r\n",
    "HTTP/1.1 +99 OK\r\n\r\n",
    "HTTP/1.1 0x1 OK\r\n\r\n",
    "HTTP/1.1 000 OK\r\n\r\n",
    "HTTP/1.1 200 \0\u{1}\r\n\r\n",
    "HTTP/1 200 OK\r\n\r\n",
    "HTTP/1.11 200 OK\r\n\r\n",
    "HTTP/0.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "HTTP/0.9 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "HTTP/1.2 200 OK\r\n\r\n",
    "HTTP/2.0 200 OK\r\n\r\n",
    "HTTP/3.0 200 OK\r\n\r\n",
    "HTTP/2 200 OK\r\n\r\n",
    "http/1.1 200 OK\r\n\r\n",
    "ICY 200 OK\r\n\r\n",
    " HTTP/1.1 200 OK\r\n\r\n",
    "\r\nHTTP/1.1 200 OK\r\n\r\n",
    "HTTP/1.1 200 OK\r\nA\r\n\r\n",
    "HTTP/1.1 200 OK\r\n: b\r\n\r\n",
    "HTTP/1.1 200 OK\r\nA B: c\r\n\r\n",
    "HTTP/1.1 200 OK\r\nA\t: c\r\n\r\n",
    "HTTP/1.1 200 OK\r\n(A): c\r\n\r\n",
    "HTTP/1.1 200 OK\r\n\u{e9}: c\r\n\r\n",
    "HTTP/1.1 200 OK\r\nA: \u{e9}\r\n\r\n",
    "HTTP/1.1 200 OK\r\nA: b\0\r\n\r\n",
    "HTTP/1.1 200 OK\r\nA: b\rC: d\r\n\r\n",
    "HTTP/1.1 200 OK\r\nA: b\u{7f}\r\n\r\n",
    "HTTP/1.1 200 OK\r\nA: b\t\r\n\r\n",
    "HTTP/1.1 200 OK\r\n A: b\r\n\r\n",
    "HTTP/1.1 200 OK\r\nA: b\r\n c\r\n\td\r\n\r\n",
    "HTTP/1.1 200 OK\r\nA: b\r\n \r\n\r\n",
    "HTTP/1.1 200 OK\r\nA:\r\n\r\n",
    "HTTP/1.1 200 OK\r\nA:b:c\r\n\r\n",
    "HTTP/1.1 100 Continue\r\n\r\n",
    "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 X\r\n\r\n",
    "HTTP/1.1 100 Continue\r\nContent-Length: 4\r\n\r\nbodyHTTP/1.1 204 X\r\n\r\n",
    "HTTP/1.1 100 Continue\r\nContent-Length: x\r\n\r\nHTTP/1.1 204 X\r\n\r\n",
    "HTTP/1.1 100 Continue\r\nTransfer-Encoding: x\r\n\r\nHTTP/1.1 204 X\r\n\r\n",
    "HTTP/1.1 102 P\r\n\r\nHTTP/1.1 103 E\r\nA: b\r\n\r\nHTTP/1.1 500 X\r\n\r\n",
    "HTTP/1.1 100 C\r\n\r\nHTTP/1.1 101 S\r\nUpgrade: a\r\nConnection: upgrade\r\n\r\nbytes",
    "HTTP/1.1 101 S\r\nUpgrade: a\r\nConnection: a, UPGRADE , b\r\n\r\nbytes",
    "HTTP/1.1 101 S\r\nUpgrade: a\r\nConnection: xupgrade\r\n\r\nbytes",
    "HTTP/1.1 101 S\r\nUpgrade:\r\nConnection: upgrade\r\n\r\nbytes",
    "HTTP/1.1 101 S\r\nConnection: upgrade\r\n\r\nbytes",
    "HTTP/1.1 101 S\r\nContent-Length: 10\r\n\r\nbytes",
    "HTTP/1.1 101 S\r\nUpgrade: a\r\nConnection: upgrade\r\nContent-Length: 10\r\n\r\nbytes",
    "HTTP/1.1 200 OK\r\nUpgrade: a\r\nConnection: upgrade\r\n\r\nbytes",
    "HTTP/1.1 204 X\r\nContent-Length: 10\r\n\r\nbytes",
    "HTTP/1.1 204 X\r\nTransfer-Encoding: chunked\r\n\r\nzz",
    "HTTP/1.1 304 X\r\nContent-Length: 10\r\n\r\n",
    "HTTP/1.1 304 X\r\nContent-Length: x\r\n\r\n",
    "HTTP/1.1 205 X\r\nContent-Length: 5\r\n\r\nby",
];

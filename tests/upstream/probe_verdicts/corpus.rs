//! Responses that are changed at random.

use crate::rng::Rng;

/// Whole responses. `@SELF@` is the path of the case, and `@PORT@` the server's port.
pub(crate) const RESPONSES: &[&str] = &[
    "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
    "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nok",
    "HTTP/1.1 200 OK\r\n\r\nuntil the end",
    "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nplain",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;ext=1\r\no\r\n1\r\nk\r\n0\r\nA: b\r\n\r\n",
    "HTTP/1.1 500 Oops\r\nTransfer-Encoding: chunked\r\nTrailer: A, B\r\n\r\n000a\r\n0123456789\r\n0 \r\n\r\n",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n2\r\nok\r\n0\r\n\r\n",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
    "HTTP/1.1 204 No Content\r\n\r\n",
    "HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n",
    "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 4\r\n\r\nbusy",
    "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n",
    "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
    "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 102 P\r\n\r\nHTTP/1.1 200 OK\r\n\r\n",
    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\nbytes",
    "HTTP/1.1 101 Switching Protocols\r\n\r\n",
    "HTTP/1.1 200 OK\nContent-Length: 2\n\nok",
    "HTTP/1.1 200 OK\r\nA: b\r\n c\r\nContent-Length:\t2 \r\n\r\nok",
    "HTTP/1.1 200 OK\r\n A: b\r\n\r\n",
    "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\nok",
    "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nok",
    "HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n",
    "HTTP/2.0 200 OK\r\nContent-Length: 0\r\n\r\n",
    "HTTP/1.1  200  OK\r\nContent-Length: 0\r\n\r\n",
    "HTTP/1.1 +20 OK\r\nContent-Length: 0\r\n\r\n",
    "HTTP/1.1 399 X\r\nContent-Length: 0\r\n\r\n",
    "HTTP/1.1 300 Choices\r\nLocation: /x\r\nContent-Length: 0\r\n\r\n",
    "HTTP/1.1 302 Found\r\nLocation: /nowhere\r\nContent-Length: 0\r\n\r\n",
    "HTTP/1.1 302 Found\r\nLocation: @SELF@\r\nContent-Length: 0\r\n\r\n",
    "HTTP/1.1 301 Moved\r\nLocation: http://127.0.0.1:@PORT@/0?a=b#c\r\n\r\nbody",
    "HTTP/1.1 307 T\r\nLocation: http://u:p@127.0.0.1:@PORT@/0\r\nContent-Length: 5\r\n\r\nbody",
    "HTTP/1.1 308 P\r\nLocation: //127.0.0.1:@PORT@/../0;x?\r\nContent-Length: 0\r\n\r\n",
    "HTTP/1.1 303 S\r\nLocation: ?q\r\nContent-Length: 0\r\n\r\n",
    "HTTP/1.1 302 Found\r\nLocation: http://localhost:@PORT@/0\r\nContent-Length: 2\r\n\r\nok",
    "HTTP/1.1 302 Found\r\nLocation: https://127.0.0.1:@PORT@/0\r\nContent-Length: 0\r\n\r\n",
    "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n",
    "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:99999/\r\nContent-Length: 0\r\n\r\n",
    "HTTP/1.1 302 Found\r\nLocation: ftp://127.0.0.1/\r\nContent-Length: 0\r\n\r\n",
    "HTTP/1.1 302 Found\r\nLocation: mailto:x\r\nContent-Length: 0\r\n\r\n",
    "HTTP/1.1 302 Found\r\nLocation: http://[::1%25lo]:80/%zz\r\nContent-Length: 0\r\n\r\n",
    "HTTP/1.1 302 Found\r\nLocation: /%41%2f ä\"<>|^`{}\\\r\nContent-Length: 0\r\n\r\n",
    "HTTP/1.1 302 Found\r\nLocation: \r\nContent-Length: 0\r\n\r\n",
    "HTTP/1.1 308 P\r\nContent-Length: 0\r\n\r\n",
    "HTTP/1.1 302 Found\r\nlocation: /0\r\nLocation: /1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
];

/// Pieces that matter to a reader.
const PIECES: &[&str] = &[
    "\r\n",
    "\n",
    "\r",
    " ",
    "\t",
    ":",
    ";",
    ",",
    "\0",
    "\u{7f}",
    "é",
    "0",
    "1",
    "-1",
    "+1",
    "ffffffffffffffff",
    "10000000000000000",
    "7fffffffffffffff",
    "9223372036854775807",
    "9223372036854775808",
    "chunked",
    "Chunked",
    "identity",
    "close",
    "keep-alive",
    "HTTP/1.1 200 OK\r\n",
    "HTTP/1.0 ",
    "HTTP/0.9 ",
    "Content-Length: 2\r\n",
    "content-length:1\r\n",
    "Content-Length : 1\r\n",
    "Content-Length: \r\n",
    "Transfer-Encoding: chunked\r\n",
    "Transfer-Encoding : chunked\r\n",
    "TRANSFER-ENCODING: CHUNKED\r\n",
    "Trailer: Content-Length\r\n",
    "Trailer: a,,b\r\n",
    "Connection: Upgrade\r\n",
    "Upgrade: h2c\r\n",
    "Location: /0\r\n",
    "Location: ../1?x\r\n",
    "Location: //127.0.0.1:@PORT@/2\r\n",
    "Location: HTTP://127.0.0.1:@PORT@/3#f\r\n",
    "/./",
    "/../",
    "//",
    "?",
    "#",
    "%",
    "%2F",
    "%41",
    "@",
    "[",
    "]",
    "a b",
    " folded\r\n",
    "\tfolded\r\n",
    "0\r\n\r\n",
    "0;x\r\nA: b\r\n\r\n",
    "5\r\nhello\r\n",
    "A: b\r\n",
    ": x\r\n",
    "A\r\n",
    "A b: c\r\n",
    "(x): c\r\n",
];

/// Makes the response of case `at`.
pub(crate) fn response(rng: &mut Rng, at: usize) -> Vec<u8> {
    let pick = |rng: &mut Rng, from: &[&'static str]| from[rng.below(from.len())];
    let template = pick(rng, RESPONSES).replace("@SELF@", &format!("/{at}"));
    let mut text = template.into_bytes();
    if rng.percent(10) {
        let other = pick(rng, RESPONSES).as_bytes();
        let cut = position(rng, other.len());
        let at = position(rng, text.len());
        text.truncate(at);
        text.extend(&other[cut..]);
    }
    if rng.percent(5) {
        text.extend(b"x".repeat(20_000));
    }
    let body = text.windows(4).position(|end| end == b"\r\n\r\n");
    let body = body.filter(|_| rng.percent(50)).unwrap_or_default();
    for _ in 0..rng.below(4) {
        let body = body.min(text.len());
        let at = body + position(rng, text.len() - body);
        let until = (at + position(rng, 12)).min(text.len());
        match rng.below(7) {
            0 => drop(text.drain(at..until)),
            1 if at < text.len() => text[at] ^= 1 << rng.below(8),
            2 => {
                let again = text[at..until].to_vec();
                drop(text.splice(at..at, again));
            }
            3 if rng.percent(30) => text.truncate(at),
            _ => {
                let piece = pick(rng, PIECES).bytes();
                // Often at the beginning of a line.
                let line = text[at..].iter().position(|byte| *byte == b'\n');
                let at = line
                    .filter(|_| rng.percent(60))
                    .map_or(at, |line| at + line + 1);
                drop(text.splice(at..at, piece));
            }
        }
    }
    text
}

fn position(rng: &mut Rng, length: usize) -> usize {
    rng.below(length + 1)
}

//! Connections that hang, break, or speak something else.

use std::io::Write;

use flate2::write::DeflateEncoder;
use flate2::{Compression, FlushCompress};

use super::{Class, Misdeed};
use crate::server::Fault;

/// All of them; the first few are the most common.
pub(crate) fn connections() -> Vec<Misdeed> {
    let bytes = |bytes: &[u8]| Fault::Bytes(bytes.to_vec());
    let plain: Vec<(&str, Fault)> = vec![
        ("hangs", Fault::Hang),
        ("half of the body", Fault::HalfBody),
        ("closes at once", Fault::Close),
        ("half of the head", Fault::HalfHead),
        ("stalls in the body", Fault::StalledBody),
        ("a byte a second", Fault::Slow),
        (
            "cut after 201",
            bytes(b"HTTP/1.1 201 Created\r\ncontent-type: application/json\r\ncontent-length: 4096\r\n\r\n"),
        ),
        (
            "cut after 200 in a chunk",
            bytes(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n1000\r\n{\"kind\":"),
        ),
        ("another protocol", bytes(b"SSH-2.0-OpenSSH_9.2\r\n")),
        ("a chunk of no size", bytes(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n{}\r\n")),
        ("a negative length", bytes(b"HTTP/1.1 200 OK\r\ncontent-length: -1\r\n\r\n{}")),
        ("two lengths", bytes(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\n{}")),
        ("gzip that is none", bytes(b"HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: 2\r\n\r\n{}")),
        (
            "a head without end",
            Fault::Endless {
                head: b"HTTP/1.1 200 OK\r\n".to_vec(),
                first: Vec::new(),
                chunk: b"x-more: and more\r\n".repeat(100),
                chunked: false,
            },
        ),
        ("informed for ever", Fault::Endless {
            head: Vec::new(),
            first: Vec::new(),
            chunk: b"HTTP/1.1 100 Continue\r\n\r\n".to_vec(),
            chunked: false,
        }),
    ];
    let mut all: Vec<Misdeed> = plain
        .into_iter()
        .map(|(name, fault)| Misdeed::new(name, Class::NotAnAnswer, fault))
        .collect();
    all.extend(floods());
    all
}

/// Bodies that fill the memory of whoever keeps them.
fn floods() -> impl Iterator<Item = Misdeed> {
    let head = |more: &str| {
        format!("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n{more}transfer-encoding: chunked\r\n\r\n")
            .into_bytes()
    };
    let flood = |more: &str, first: &[u8], chunk: Vec<u8>| Fault::Endless {
        head: head(more),
        first: first.to_vec(),
        chunk,
        chunked: true,
    };
    let string = b"{\"kind\": \"".to_vec();
    let items =
        b"{\"kind\": \"PodList\", \"apiVersion\": \"v1\", \"metadata\": {}, \"items\": [".to_vec();
    let item = b"{\"metadata\": {\"name\": \"a\", \"namespace\": \"default\", \"uid\": \"u\"}},"
        .repeat(1000);
    let refusal = Fault::Endless {
        head: b"HTTP/1.1 403 Forbidden\r\ntransfer-encoding: chunked\r\n\r\n".to_vec(),
        first: b"{\"kind\": \"Status\", \"message\": \"".to_vec(),
        chunk: vec![b'a'; 64 << 10],
        chunked: true,
    };
    let (first, again) = gzip_bomb(&string);
    [
        (
            "a string without end",
            flood("", &string, vec![b'a'; 64 << 10]),
        ),
        ("a list without end", flood("", &items, item)),
        ("blanks without end", flood("", b"", vec![b' '; 64 << 10])),
        ("arrays without end", flood("", b"", vec![b'['; 64 << 10])),
        ("a refusal without end", refusal),
        (
            "a gzip bomb",
            flood("content-encoding: gzip\r\n", &first, again),
        ),
    ]
    .into_iter()
    .map(|(name, fault)| Misdeed::new(name, Class::NotAnAnswer, fault).heavy())
}

/// The beginning of a gzip stream with a text, and what makes each time one
/// more MiB of it: after a full flush, DEFLATE knows nothing of what went
/// before, and the same bytes mean the same again.
fn gzip_bomb(text: &[u8]) -> (Vec<u8>, Vec<u8>) {
    let mut first = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];
    first.extend(flushed(text));
    (first, flushed(&vec![b'a'; 1 << 20]))
}

fn flushed(text: &[u8]) -> Vec<u8> {
    let mut compress = flate2::Compress::new(Compression::best(), false);
    let mut out = Vec::with_capacity(64 << 10);
    compress
        .compress_vec(text, &mut out, FlushCompress::Full)
        .unwrap();
    assert_eq!(compress.total_in(), text.len() as u64);
    out
}

#[test]
fn a_gzip_bomb_is_gzip() {
    let (first, again) = gzip_bomb(b"{");
    let mut bytes = [first, again.clone(), again].concat();
    // The last block, empty, and no checksum: whoever reads on is told so.
    let mut end = DeflateEncoder::new(Vec::new(), Compression::none());
    end.write_all(b"").unwrap();
    bytes.extend(end.finish().unwrap());
    let mut text = Vec::new();
    let read = std::io::Read::read_to_end(&mut flate2::read::GzDecoder::new(&bytes[..]), &mut text);
    assert!(read.is_err());
    assert_eq!(text.len(), 1 + (2 << 20));
    assert!(bytes.len() < 20_000, "{}", bytes.len());
}

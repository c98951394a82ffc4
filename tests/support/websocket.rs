//! The other end of an exec: what the API server sends of a command, in the
//! frames of a WebSocket (RFC 6455) and the channels of v5.channel.k8s.io
//! (k8s.io/apimachinery/pkg/util/remotecommand).

use std::io::{Result, Write};

use serde_json::Value;

pub(super) const STDOUT: u8 = 1;
pub(super) const STATUS: u8 = 3;
/// The last, and only, frame of a message of bytes; that of the end.
pub(super) const BINARY: u8 = 0x82;
const CLOSE: u8 = 0x88;
/// A frame's worth of output.
const CHUNK: usize = 32 << 10;

/// Answers the upgrade and sends all.
pub(super) fn send(
    writer: &mut impl Write,
    key: &str,
    stdout: &[u8],
    status: &Value,
) -> Result<()> {
    writer.write_all(upgrade(key).as_bytes())?;
    for chunk in stdout.chunks(CHUNK) {
        writer.write_all(&frame(BINARY, &[&[STDOUT], chunk].concat()))?;
    }
    if status.is_null() {
        // It does not end.
        return Ok(());
    }
    let status = status.to_string();
    writer.write_all(&frame(BINARY, &[&[STATUS], status.as_bytes()].concat()))?;
    // 1000: as it should be.
    writer.write_all(&frame(CLOSE, &1000_u16.to_be_bytes()))
}

/// The head of the answer to a request for a WebSocket.
pub(super) fn upgrade(key: &str) -> String {
    let accept = tungstenite::handshake::derive_accept_key(key.as_bytes());
    format!(
        "HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: upgrade\r\n\
         sec-websocket-accept: {accept}\r\nsec-websocket-protocol: v5.channel.k8s.io\r\n\r\n"
    )
}

/// One frame; the payload is at most 65,535 bytes.
pub(super) fn frame(kind: u8, payload: &[u8]) -> Vec<u8> {
    let mut frame = vec![kind];
    match u16::try_from(payload.len()) {
        Ok(short @ ..126) => frame.push(short.to_be_bytes()[1]),
        length => {
            frame.push(126);
            // A chunk with its channel is never longer.
            frame.extend(length.unwrap().to_be_bytes());
        }
    }
    frame.extend(payload);
    frame
}

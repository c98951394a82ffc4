//! A program in a container, as whoever is attached to it sees it.

use std::io::{Read, Result, Write};

use serde_json::Value;

use super::websocket::{BINARY, STATUS, STDOUT, frame, upgrade};

const STDIN: u8 = 0;
const STDERR: u8 = 2;
const RESIZE: u8 = 4;
const CLOSE: u8 = 0x88;

/// Answers the upgrade and writes these; what is `true` to standard error.
pub(super) fn write(writer: &mut impl Write, key: &str, said: &[(bool, String)]) -> Result<()> {
    writer.write_all(upgrade(key).as_bytes())?;
    for (is_error, text) in said {
        let channel = if *is_error { STDERR } else { STDOUT };
        writer.write_all(&frame(BINARY, &[&[channel], text.as_bytes()].concat()))?;
    }
    Ok(())
}

/// Tells of each byte of its input, and of each size of its terminal, until it reads
/// a `q`.
pub(super) fn converse(reader: &mut impl Read, writer: &mut impl Write) -> Result<()> {
    loop {
        let payload = read_frame(reader)?;
        let Some((channel, payload)) = payload.split_first() else {
            continue;
        };
        let said = match *channel {
            STDIN => {
                let bytes: Vec<_> = payload.iter().map(|byte| format!("<{byte}>")).collect();
                bytes.concat()
            }
            RESIZE => {
                let size: Value = serde_json::from_slice(payload)?;
                format!("({}x{})\r\n", size["Width"], size["Height"])
            }
            _ => continue,
        };
        writer.write_all(&frame(BINARY, &[&[STDOUT], said.as_bytes()].concat()))?;
        if *channel == STDIN && payload.contains(&b'q') {
            let status = br#"{"status":"Success"}"#;
            writer.write_all(&frame(BINARY, &[&[STATUS], &status[..]].concat()))?;
            return writer.write_all(&frame(CLOSE, &1000_u16.to_be_bytes()));
        }
    }
}

/// The payload of a client's frame, which is masked (RFC 6455, 5.3).
fn read_frame(reader: &mut impl Read) -> Result<Vec<u8>> {
    let mut head = [0; 2];
    reader.read_exact(&mut head)?;
    let mut length = usize::from(head[1] & 0x7f);
    if length == 126 {
        let mut long = [0; 2];
        reader.read_exact(&mut long)?;
        length = usize::from(u16::from_be_bytes(long));
    }
    let mut mask = [0; 4];
    reader.read_exact(&mut mask)?;
    let mut payload = vec![0; length];
    reader.read_exact(&mut payload)?;
    for (byte, mask) in payload.iter_mut().zip(mask.iter().cycle()) {
        *byte ^= mask;
    }
    Ok(payload)
}

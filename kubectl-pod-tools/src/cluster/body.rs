//! Reads bodies of responses, each within a bound: a server may never stop sending.

use std::fmt;

use bytes::Bytes;
use http_body_util::BodyExt;
use kube::client::Body;

/// Largest object, in bytes. etcd stores 1.5 MiB of one
/// (go.etcd.io/etcd/server/v3/embed, `DefaultMaxRequestBytes`), and a request
/// brings 3 MiB at most (k8s.io/apiserver/pkg/server, `MaxRequestBodyBytes`);
/// JSON may write a byte as six.
pub(crate) const OBJECT: usize = 16 << 20;
/// Largest page of a list, in bytes. A page that is larger is asked for again
/// with fewer objects.
pub(super) const PAGE: usize = 32 << 20;
/// Largest list that comes in one answer, in bytes: 10,000 Pods of 10 KB.
pub(super) const LIST: usize = 96 << 20;
/// Largest answer of discovery, in bytes: all types of a server.
pub(super) const DISCOVERY: usize = 32 << 20;
/// Bytes of a refusal that are read.
pub(super) const REFUSAL: usize = 1 << 20;

/// Maximum bytes of an unsuccessful response, for the client library, too, which reads all of
/// a refused upgrade.
pub(crate) const REFUSAL_AT_MOST: usize = 2 * REFUSAL;

/// Bound that a response exceeds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Bound {
    /// Bytes of the response.
    Sent(usize),
    /// Bytes in memory.
    Read(usize),
    /// Bytes in memory of the objects of a collection.
    Collection(usize),
}

impl fmt::Display for Bound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sent(bytes) => write!(f, "more than {} MiB", bytes >> 20),
            Self::Read(bytes) => {
                write!(f, "a response of more than {} MiB in memory", bytes >> 20)
            }
            Self::Collection(bytes) => {
                write!(
                    f,
                    "objects that take more than {} MiB of memory",
                    bytes >> 20
                )
            }
        }
    }
}

/// Bytes after which other tasks run: unpacking a response never waits.
const TURN: usize = 256 << 10;

/// Returns a body and true, or false and the beginning of one that has more than `limit` bytes: a
/// refusal's worth.
///
/// It is put together at its end: one that grows leaves its smaller copies in the memory of the
/// process, and several are read at the same time.
///
/// # Errors
/// A broken connection.
pub(super) async fn read(mut body: Body, limit: usize) -> Result<(Vec<u8>, bool), kube::Error> {
    let mut parts: Vec<Bytes> = Vec::new();
    let mut length = 0;
    while let Some(frame) = body.frame().await {
        let data = frame?.into_data().unwrap_or_default();
        let before = length;
        length += data.len();
        parts.push(data);
        if length > limit {
            return Ok((first(parts, limit.min(REFUSAL)), false));
        }
        if length / TURN != before / TURN {
            tokio::task::yield_now().await;
        }
    }
    Ok((first(parts, length), true))
}

/// Returns the first bytes of some parts, each of which is given back as soon as it is copied.
fn first(parts: Vec<Bytes>, count: usize) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(count);
    for part in parts {
        let room = count - bytes.len();
        bytes.extend_from_slice(part.get(..room).unwrap_or(&part));
    }
    bytes
}

/// Maximum bytes of a log that is not followed.
const LOG: usize = 16 << 20;

/// Returns the last `kept` bytes of a body.
///
/// # Errors
/// A broken connection.
pub(super) async fn read_end(mut body: Body, kept: usize) -> Result<Vec<u8>, kube::Error> {
    let (mut end, mut seen) = (Vec::new(), 0);
    while let Some(frame) = body.frame().await {
        let data = frame?.into_data().unwrap_or_default();
        seen += data.len();
        end.extend_from_slice(&data);
        if end.len() > 2 * kept {
            end.drain(..end.len() - kept);
        }
        if seen > LOG {
            break;
        }
    }
    end.drain(..end.len().saturating_sub(kept));
    Ok(end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn of_a_log_the_end_is_kept() {
        for (text, kept) in [
            ("", ""),
            ("abc", "abc"),
            ("abcdefgh", "fgh"),
            ("abcdefghi", "ghi"),
        ] {
            let end = read_end(Body::from(text.as_bytes().to_vec()), 3).await;
            assert_eq!(end.unwrap(), kept.as_bytes(), "{text}");
        }
    }

    #[tokio::test]
    async fn a_body_is_read_up_to_its_bound_and_no_further() {
        for (length, limit, whole) in [(0, 0, true), (5, 5, true), (6, 5, false), (1, 0, false)] {
            let body = Body::from(vec![b'x'; length]);
            let (bytes, is_whole) = read(body, limit).await.unwrap();
            assert_eq!(is_whole, whole, "{length} of {limit}");
            assert_eq!(bytes.len(), length.min(limit), "{length} of {limit}");
        }
        let large = Body::from(vec![b'x'; 2 * REFUSAL + 1]);
        assert_eq!(read(large, 2 * REFUSAL).await.unwrap().0.len(), REFUSAL);
        let long = Body::from(vec![b'x'; REFUSAL + 1]);
        assert_eq!(read(long, REFUSAL).await.unwrap().0.len(), REFUSAL);
    }
}

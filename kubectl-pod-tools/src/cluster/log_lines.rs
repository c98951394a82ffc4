//! Reads a container's log line by line, byte for byte, in bounded memory.

use std::fmt::Write;
use std::pin::Pin;

use futures::io::{AsyncBufRead, AsyncBufReadExt};
use futures::stream::TryStreamExt;
use http_body_util::BodyExt;
use jiff::Timestamp;
use kube::client::Body;

use super::body;
use super::error::ClusterError;
use super::mapping::encode;
use super::request::Cluster;
use super::request_info::{Request, Verb};

/// Length from which a line is split into pieces. The kubelet has joined the pieces of the
/// runtime (k8s.io/cri-client/pkg/logs, `parseCRILog`).
const LONGEST: usize = 16 << 10;
/// Maximum bytes of a log's tail; a server may not support `tailLines`.
const TAIL: usize = 64 << 10;

/// A log, and a part of it.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct LogQuery<'a> {
    pub namespace: &'a str,
    pub pod: &'a str,
    pub container: &'a str,
    /// Follow the log until the container ends.
    pub follow: bool,
    /// Read the log of the previous run.
    pub previous: bool,
    /// Begin each line with its time.
    pub timestamps: bool,
    /// Leave out older lines.
    pub since: Option<Timestamp>,
    /// Number of last lines; 0 for all.
    pub tail: u32,
}

impl LogQuery<'_> {
    fn request(&self) -> Request {
        Request {
            verb: Verb::Get,
            resource: "pods/log".to_owned(),
            name: Some(self.pod.to_owned()),
            namespace: Some(self.namespace.to_owned()),
        }
    }

    fn path(&self) -> String {
        let mut path = format!(
            "/api/v1/namespaces/{}/pods/{}/log?container={}",
            encode(self.namespace),
            encode(self.pod),
            encode(self.container)
        );
        for (name, wanted) in [
            ("follow", self.follow),
            ("previous", self.previous),
            ("timestamps", self.timestamps),
        ] {
            if wanted {
                path.push_str(&format!("&{name}=true"));
            }
        }
        if self.tail > 0 {
            path.push_str(&format!("&tailLines={}", self.tail));
        }
        if let Some(since) = self.since {
            // The server passes it on in whole seconds, whatever it is sent
            // (apimachinery, `Time.MarshalQueryParameter`).
            let seconds = Timestamp::from_second(since.as_second()).unwrap_or(since);
            // Writing to a String cannot fail.
            let _ = write!(path, "&sinceTime={}", encode(&seconds.to_string()));
        }
        path
    }
}

/// A line, or a piece of a long one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct LogPiece {
    /// Bytes with the line feed that ends the line.
    pub bytes: Vec<u8>,
    /// True if the piece begins the line.
    pub is_first: bool,
    /// True if the log ended within the line.
    pub is_cut: bool,
}

/// Lines of a log.
pub(crate) struct LogLines {
    reader: Pin<Box<dyn AsyncBufRead + Send>>,
    within: bool,
}

impl LogLines {
    /// Returns the next piece, or `None` at the end.
    ///
    /// # Errors
    /// A broken connection.
    pub(crate) async fn next(&mut self) -> std::io::Result<Option<LogPiece>> {
        let mut bytes = Vec::new();
        loop {
            let buffer = self.reader.fill_buf().await?;
            let at_end = buffer.is_empty();
            let end = buffer.iter().position(|byte| *byte == b'\n');
            let length = end.map_or(buffer.len(), |at| at + 1);
            let taken = length.min(LONGEST - bytes.len());
            bytes.extend_from_slice(&buffer[..taken]);
            self.reader.as_mut().consume(taken);
            if at_end && bytes.is_empty() {
                return Ok(None);
            }
            let is_whole = bytes.ends_with(b"\n");
            if is_whole || at_end || bytes.len() == LONGEST {
                return Ok(Some(LogPiece {
                    is_first: !std::mem::replace(&mut self.within, !is_whole),
                    is_cut: at_end,
                    bytes,
                }));
            }
        }
    }
}

impl Cluster {
    /// Opens a container's log.
    ///
    /// # Errors
    /// Request errors; 400 if the container never started.
    pub(crate) async fn log_lines(&self, query: &LogQuery<'_>) -> Result<LogLines, ClusterError> {
        let what = query.request();
        let response = self.open_log(&what, query).await?;
        let body = response.into_body().into_data_stream();
        let reader = body.map_err(std::io::Error::other).into_async_read();
        Ok(LogLines {
            reader: Box::pin(reader),
            within: false,
        })
    }

    /// Returns the tail of a container's log as text.
    ///
    /// # Errors
    /// The errors of [`Cluster::log_lines`].
    pub(crate) async fn log_tail(&self, query: &LogQuery<'_>) -> Result<String, ClusterError> {
        let what = query.request();
        let body = self.open_log(&what, query).await?.into_body();
        let tail = self.in_time(&what, body::read_end(body, TAIL)).await?;
        Ok(String::from_utf8_lossy(&tail).into_owned())
    }

    /// Passes a container's log to `take`, byte for byte to its end.
    ///
    /// # Errors
    /// Request errors; a broken connection.
    pub(crate) async fn copy_log(
        &self,
        query: &LogQuery<'_>,
        mut take: impl FnMut(&[u8]),
    ) -> Result<(), ClusterError> {
        let what = query.request();
        let mut body = self.open_log(&what, query).await?.into_body();
        while let Some(frame) = body.frame().await {
            let frame = frame.map_err(|e| ClusterError::from_kube(self.server(), &what, e))?;
            take(&frame.into_data().unwrap_or_default());
        }
        Ok(())
    }

    async fn open_log(
        &self,
        what: &Request,
        query: &LogQuery<'_>,
    ) -> Result<http::Response<Body>, ClusterError> {
        let request = http::Request::get(query.path())
            .body(Vec::new())
            .map_err(|e| self.odd(&e))?;
        self.open_stream(what, request).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pieces(bytes: &[u8]) -> Vec<LogPiece> {
        let mut lines = LogLines {
            reader: Box::pin(futures::io::BufReader::with_capacity(
                7,
                futures::io::Cursor::new(bytes.to_vec()),
            )),
            within: false,
        };
        let mut all = Vec::new();
        futures::executor::block_on(async {
            while let Some(piece) = lines.next().await.unwrap() {
                all.push(piece);
            }
        });
        all
    }

    #[test]
    fn lines_come_as_they_are() {
        let piece = |text: &[u8], is_cut| LogPiece {
            bytes: text.to_vec(),
            is_first: true,
            is_cut,
        };
        assert_eq!(
            pieces(b"one\r\n\ntwo\rand\0more\na\xffb\nhalf"),
            [
                piece(b"one\r\n", false),
                piece(b"\n", false),
                piece(b"two\rand\0more\n", false),
                piece(b"a\xffb\n", false),
                piece(b"half", true),
            ]
        );
        assert_eq!(pieces(b""), []);
    }

    #[test]
    fn a_long_line_comes_in_pieces_that_are_known_as_such() {
        for (length, expected) in [
            (LONGEST - 1, &[(LONGEST, true)][..]),
            (LONGEST, &[(LONGEST, true), (1, false)]),
            (
                2 * LONGEST,
                &[(LONGEST, true), (LONGEST, false), (1, false)],
            ),
        ] {
            let line = "x".repeat(length);
            let all = pieces(format!("{line}\nnext\n").as_bytes());
            let known: Vec<_> = all.iter().map(|p| (p.bytes.len(), p.is_first)).collect();
            assert_eq!(known, [expected, &[(5, true)]].concat());
        }
    }

    #[test]
    fn a_query_names_the_part_that_is_wanted() {
        let query = LogQuery {
            namespace: "n",
            pod: "p",
            container: "c",
            follow: true,
            timestamps: true,
            since: "2026-01-02T03:04:05.678Z".parse().ok(),
            ..LogQuery::default()
        };
        assert_eq!(
            query.path(),
            "/api/v1/namespaces/n/pods/p/log?container=c&follow=true&timestamps=true&sinceTime=2026-01-02T03:04:05Z"
        );
    }
}

//! A container's log as it comes in, line by line, in bounded memory.

use std::fmt::Write;
use std::pin::Pin;

use futures::io::{AsyncBufRead, AsyncBufReadExt};
use futures::stream::TryStreamExt;
use http_body_util::BodyExt;
use jiff::Timestamp;
use kube::client::Body;

use super::body;
use super::error::{ClusterError, Request, Verb};
use super::mapping::encode;
use super::request::Cluster;

/// A line that is longer comes in pieces, as long as those in which runtimes
/// write it down.
const LONGEST: usize = 16 << 10;
/// Bytes of a log's end that are kept; a server may not know of `tailLines`.
const TAIL: usize = 64 << 10;

/// Which log, and which part of it.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct LogQuery<'a> {
    pub namespace: &'a str,
    pub pod: &'a str,
    pub container: &'a str,
    /// Until the container ends.
    pub follow: bool,
    /// That of the container's previous run.
    pub previous: bool,
    /// Each line begins with its time.
    pub timestamps: bool,
    /// Without what is older.
    pub since: Option<Timestamp>,
    /// So many of its last lines; 0 for all.
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

/// What comes of reading.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct LogLine {
    /// Without its end; what is not UTF-8 is replaced.
    pub text: String,
    /// It goes on with the line before, which was too long for one piece.
    pub continued: bool,
    /// The log ended before the line did.
    pub open: bool,
}

/// The lines.
pub(crate) struct LogLines {
    reader: Pin<Box<dyn AsyncBufRead + Send>>,
    within: bool,
}

impl LogLines {
    /// The next one; none at the end.
    ///
    /// # Errors
    /// The connection is cut.
    pub(crate) async fn next(&mut self) -> std::io::Result<Option<LogLine>> {
        let mut bytes = Vec::new();
        loop {
            let buffer = self.reader.fill_buf().await?;
            let at_end = buffer.is_empty();
            let end = buffer.iter().position(|byte| *byte == b'\n');
            let room = LONGEST - bytes.len();
            let taken = end.unwrap_or(buffer.len()).min(room);
            bytes.extend_from_slice(&buffer[..taken]);
            let whole = end == Some(taken);
            self.reader
                .as_mut()
                .consume(if whole { taken + 1 } else { taken });
            let full = bytes.len() == LONGEST;
            if at_end && bytes.is_empty() {
                return Ok(None);
            }
            if whole || full || at_end {
                let continued = std::mem::replace(&mut self.within, full && !whole);
                if continued && bytes.is_empty() {
                    // The piece before was the last.
                    continue;
                }
                let text = String::from_utf8_lossy(&bytes);
                return Ok(Some(LogLine {
                    text: text.strip_suffix('\r').unwrap_or(&text).to_owned(),
                    continued,
                    open: !whole && !full,
                }));
            }
        }
    }
}

impl Cluster {
    /// Opens a container's log.
    ///
    /// # Errors
    /// What a request can meet; 400 when the container never started.
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

    /// The end of a container's log, as text.
    ///
    /// # Errors
    /// Those of [`Cluster::log_lines`].
    pub(crate) async fn log_tail(&self, query: &LogQuery<'_>) -> Result<String, ClusterError> {
        let what = query.request();
        let body = self.open_log(&what, query).await?.into_body();
        let tail = self.in_time(&what, body::read_end(body, TAIL)).await?;
        Ok(String::from_utf8_lossy(&tail).into_owned())
    }

    /// Hands a container's log to `take`, to its end and to the byte.
    ///
    /// # Errors
    /// A failed request; a connection that breaks.
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
        self.open_stream(what, &request).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(bytes: &[u8]) -> Vec<(String, bool)> {
        let mut lines = LogLines {
            reader: Box::pin(futures::io::BufReader::with_capacity(
                7,
                futures::io::Cursor::new(bytes.to_vec()),
            )),
            within: false,
        };
        let mut all = Vec::new();
        futures::executor::block_on(async {
            while let Some(line) = lines.next().await.unwrap() {
                all.push((line.text, line.continued));
            }
        });
        all
    }

    #[test]
    fn lines_end_where_they_end() {
        let line = |text: &str| (text.to_owned(), false);
        assert_eq!(
            lines(b"one\r\n\ntwo and more\nhalf"),
            [line("one"), line(""), line("two and more"), line("half")]
        );
        assert_eq!(lines(b""), []);
        assert_eq!(lines(b"a\xffb\n"), [line("a\u{fffd}b")]);
    }

    #[test]
    fn a_line_without_an_end_comes_in_pieces() {
        let long = "x".repeat(2 * LONGEST + 1);
        let text = format!("{long}\nnext\n");
        let all = lines(text.as_bytes());
        let pieces: Vec<(usize, bool)> = all.iter().map(|(t, c)| (t.len(), *c)).collect();
        assert_eq!(
            pieces,
            [(LONGEST, false), (LONGEST, true), (1, true), (4, false)]
        );
        let exact = format!("{}\nnext\n", "x".repeat(LONGEST));
        let all = lines(exact.as_bytes());
        assert_eq!((all.len(), all[1].0.as_str(), all[1].1), (2, "next", false));
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

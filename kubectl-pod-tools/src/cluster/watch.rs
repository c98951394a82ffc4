//! Watches: changes of a collection, line by line.

use std::io;
use std::pin::Pin;
use std::time::Duration;

use futures::io::{AsyncBufRead, AsyncBufReadExt};
use futures::stream::{self, Stream, TryStreamExt};
use http::header::ACCEPT;
use http_body_util::BodyExt;
use serde_json::Value;

use super::body::OBJECT;
use super::error::ClusterError;
use super::json;
use super::lists::{Selection, request};
use super::mapping::{Resource, encode};
use super::request::Cluster;
use super::request_info::Verb;
use super::shape;

/// Lines of a watch, one event each. A line that is longer than any event is an error.
pub(crate) type Lines = Pin<Box<dyn Stream<Item = io::Result<Vec<u8>>> + Send>>;

/// One event of a watch.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum WatchEvent {
    /// An object exists or has changed.
    Applied(Value),
    /// An object was deleted or no longer matches, with its last state.
    Deleted(Value),
    /// Bookmark: nothing else has changed up to this version.
    Bookmark(Option<String>),
}

impl WatchEvent {
    /// Parses a line of a watch of a resource.
    ///
    /// # Errors
    /// A line that is not an event: an error of the server, usually that the version is too
    /// old, or an invalid line.
    pub(crate) fn parse(line: &[u8], resource: &Resource, namespace: &str) -> Result<Self, String> {
        let mut event = json::parse(line).map_err(|error| format!("{error:?}"))?;
        let object = event.get_mut("object").map(Value::take).unwrap_or_default();
        let kind = event.get("type").and_then(Value::as_str).unwrap_or("");
        match kind {
            "ADDED" | "MODIFIED" | "DELETED" => {
                shape::check_item(&object, resource, namespace)?;
                Ok(match kind {
                    "DELETED" => Self::Deleted(object),
                    _ => Self::Applied(object),
                })
            }
            "BOOKMARK" => Ok(Self::Bookmark(version(&object))),
            _ => Err("an error of the server".to_owned()),
        }
    }

    /// Returns the version to continue from.
    pub(crate) fn version(&self) -> Option<String> {
        match self {
            Self::Applied(object) | Self::Deleted(object) => version(object),
            Self::Bookmark(version) => version.clone(),
        }
    }
}

fn version(object: &Value) -> Option<String> {
    let version = object.pointer("/metadata/resourceVersion")?.as_str()?;
    Some(version.to_owned())
}

impl Cluster {
    /// Watches the changes since a version, with bookmarks. The server ends the watch after a
    /// time.
    ///
    /// # Errors
    /// Request errors; 410 if the version is too old.
    pub(crate) async fn watch(
        &self,
        resource: &Resource,
        namespace: &str,
        selection: &Selection,
        version: &str,
        length: Duration,
    ) -> Result<Lines, ClusterError> {
        let what = request(Verb::Watch, resource, namespace);
        let path = format!(
            "{}?watch=1&allowWatchBookmarks=true&timeoutSeconds={}&resourceVersion={}{}",
            resource.path(Some(namespace), None),
            length.as_secs(),
            encode(version),
            selection.query(),
        );
        let request = http::Request::get(path)
            .header(ACCEPT, "application/json")
            .body(Vec::new())
            .map_err(|e| self.odd(&e))?;
        let response = self.open_stream(&what, request).await?;
        let body = response.into_body().into_data_stream();
        let reader = body.map_err(io::Error::other).into_async_read();
        Ok(Box::pin(lines(Box::pin(reader), OBJECT)))
    }
}

/// Returns the lines up to the first that is longer than `longest` bytes.
fn lines(
    reader: Pin<Box<dyn AsyncBufRead + Send>>,
    longest: usize,
) -> impl Stream<Item = io::Result<Vec<u8>>> + Send {
    stream::try_unfold(reader, move |mut reader| async move {
        let mut line = Vec::new();
        loop {
            let buffer = reader.fill_buf().await?;
            if buffer.is_empty() {
                return Ok((!line.is_empty()).then_some((line, reader)));
            }
            let end = buffer.iter().position(|byte| *byte == b'\n');
            let taken = end.unwrap_or(buffer.len());
            if line.len() + taken > longest {
                let what = format!("a line of more than {longest} bytes");
                return Err(io::Error::other(what));
            }
            line.extend_from_slice(buffer.get(..taken).unwrap_or_default());
            reader.as_mut().consume(taken + usize::from(end.is_some()));
            if end.is_some() {
                return Ok(Some((line, reader)));
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use futures::StreamExt;
    use futures::io::{BufReader, Cursor};
    use serde_json::json;

    use super::*;

    fn read(bytes: &[u8], longest: usize) -> Vec<Result<Vec<u8>, String>> {
        let reader = BufReader::with_capacity(3, Cursor::new(bytes.to_vec()));
        let lines = lines(Box::pin(reader), longest).map(|line| line.map_err(|e| e.to_string()));
        futures::executor::block_on(lines.collect())
    }

    #[test]
    fn a_line_has_a_bound() {
        let line = |text: &str| Ok(text.as_bytes().to_vec());
        assert_eq!(
            read(b"one\n\ntwo\nhalf", 4),
            [line("one"), line(""), line("two"), line("half")]
        );
        assert_eq!(read(b"", 4), []);
        for text in ["ok\n12345\nx\n", "ok\n12345", "ok\n1234567890123"] {
            let too_long = Err("a line of more than 4 bytes".to_owned());
            assert_eq!(read(text.as_bytes(), 4), [line("ok"), too_long], "{text}");
        }
    }

    #[test]
    fn only_an_event_of_the_resource_is_one() {
        let pods = Resource::built_in("v1", "Pod").unwrap();
        let parse = |value: &Value| WatchEvent::parse(value.to_string().as_bytes(), &pods, "n");
        let pod = json!({"kind": "Pod", "metadata": {"name": "a", "resourceVersion": "7"}});
        let event = |kind: &str, object: &Value| json!({"type": kind, "object": object});
        assert_eq!(
            parse(&event("ADDED", &pod)),
            Ok(WatchEvent::Applied(pod.clone()))
        );
        assert_eq!(
            parse(&event("DELETED", &pod)),
            Ok(WatchEvent::Deleted(pod.clone()))
        );
        let bookmark = parse(&event("BOOKMARK", &pod)).unwrap();
        assert_eq!(bookmark.version().as_deref(), Some("7"));
        for bad in [
            json!(5),
            json!({}),
            event("ADDED", &json!({})),
            event("ADDED", &json!([])),
            event(
                "DELETED",
                &json!({"kind": "Job", "metadata": {"name": "a"}}),
            ),
            event(
                "DELETED",
                &json!({"apiVersion": "x/v1", "kind": "Pod", "metadata": {"name": "a"}}),
            ),
            event(
                "DELETED",
                &json!({"metadata": {"name": "a", "namespace": "m"}}),
            ),
            event("ERROR", &json!({"kind": "Status", "code": 410})),
            event("added", &pod),
        ] {
            assert!(parse(&bad).is_err(), "{bad}");
        }
        assert!(WatchEvent::parse(b"{\"type\": \"ADDED\"", &pods, "n").is_err());
    }
}

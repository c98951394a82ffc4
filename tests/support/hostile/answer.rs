//! Answers, and what is done to them.

use std::sync::Arc;

use serde_json::Value;

use super::Request;

/// An answer that goes out as it is.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Body,
}

/// The rest of an answer behind its head.
#[derive(Clone, Debug)]
pub(crate) enum Body {
    /// With its length.
    Whole(Vec<u8>),
    /// In one chunk; the connection stays open.
    Held(Vec<u8>),
    /// The standard output of a command in a container.
    Exec(Vec<u8>),
}

impl Answer {
    /// A body of a media type.
    pub(crate) fn new(status: u16, media_type: &str, body: impl Into<Vec<u8>>) -> Self {
        Self {
            status,
            headers: vec![("content-type".to_owned(), media_type.to_owned())],
            body: Body::Whole(body.into()),
        }
    }

    /// JSON.
    pub(crate) fn json(status: u16, body: &Value) -> Self {
        Self::new(status, "application/json", body.to_string())
    }

    /// One more header.
    #[must_use]
    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    pub(super) fn head(&self) -> String {
        let mut head = format!("HTTP/1.1 {} Hostile\r\n", self.status);
        for (name, value) in &self.headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        head
    }

    /// Head and body as bytes, with the body's length.
    pub(crate) fn bytes(&self) -> (Vec<u8>, Vec<u8>) {
        let body = match &self.body {
            Body::Whole(body) | Body::Held(body) | Body::Exec(body) => body.clone(),
        };
        let head = format!("{}content-length: {}\r\n\r\n", self.head(), body.len());
        (head.into_bytes(), body)
    }
}

/// Changes the JSON of a right answer.
pub(crate) type Alteration = Arc<dyn Fn(&Request, &mut Value) + Send + Sync>;

/// The fault for requests of the role.
#[derive(Clone)]
pub(crate) enum Fault {
    /// No byte, ever.
    Hang,
    /// The connection ends without an answer.
    Close,
    /// These bytes, and the connection ends.
    Bytes(Vec<u8>),
    /// The right answer's head breaks off.
    HalfHead,
    /// The right answer's body breaks off.
    HalfBody,
    /// The right answer's body stops half-way; the connection stays open.
    StalledBody,
    /// The right answer, one byte a second.
    Slow,
    /// Another answer.
    Answer(Answer),
    /// The right answer, changed.
    Altered(Alteration),
    /// A head, and then the same bytes for ever.
    Endless {
        /// With the empty line that ends it.
        head: Vec<u8>,
        /// Sent once.
        first: Vec<u8>,
        /// Sent for ever.
        chunk: Vec<u8>,
        /// True if both are chunks of HTTP.
        chunked: bool,
    },
    /// An answer of 200 with a whole body in which the same comes many times.
    Dense {
        first: &'static str,
        again: &'static str,
        /// Number of its bytes.
        bytes: usize,
        last: &'static str,
    },
    /// A WebSocket that is accepted, and then these bytes for ever, or once.
    Frames {
        /// As they go out, headers of frames included.
        bytes: Vec<u8>,
        /// True if they come again and again.
        for_ever: bool,
    },
}

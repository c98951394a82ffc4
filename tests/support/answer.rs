//! Scripted answers: status, headers, body, and how they are sent.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};

use super::request::Request;

/// The delivery of an answer.
#[derive(Clone, Debug)]
pub(super) enum Delivery {
    /// Sends the whole answer.
    Whole,
    /// Sends half of the body and closes the connection.
    Half,
    /// Sends nothing and keeps the connection open.
    Silent,
    /// Closes the connection without an answer.
    Closed,
    /// Sends chunks, with a pause before each.
    Stream(Vec<String>, Then),
    /// Sends the output of a command in a container, and its status.
    Exec(Value),
    /// Sends the output of a program, each with `true` for standard error. With a gate
    /// the program then reports its input, and opens the gate at its end.
    Program(Vec<(bool, String)>, Option<Gate>),
}

/// The end of a stream, after its last chunk.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Then {
    /// Ends the stream properly.
    End,
    /// Keeps the stream open without further chunks.
    Hold,
    /// Repeats the chunks for ever, without a pause.
    Repeat,
}

/// A signal that a stream waits for before it goes on.
#[derive(Clone, Debug, Default)]
pub(crate) struct Gate(Arc<AtomicBool>);

impl Gate {
    /// Lets the stream go on.
    pub(crate) fn open(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    pub(super) fn wait(&self) {
        while !self.0.load(Ordering::Relaxed) {
            thread::sleep(Duration::from_millis(5));
        }
    }
}

/// One scripted answer.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(super) status: u16,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: Vec<u8>,
    pub(super) delivery: Delivery,
    /// Chunks that a stream sends once the gate is open.
    pub(super) later: Option<(Gate, Vec<String>)>,
    /// Compresses each chunk of a stream by itself, if the request accepts gzip.
    pub(super) gzips: bool,
    /// The body as an object or list, which still lacks its version and kind.
    pub(super) object: Option<Value>,
}

impl Answer {
    /// Returns a JSON body with status 200. The server adds version and kind;
    /// [`Answer::text`] sends a body unchanged.
    pub(crate) fn json(body: &Value) -> Self {
        Self {
            object: Some(body.clone()),
            ..Self::text(200, &body.to_string())
        }
    }

    /// Returns a log, sent unchanged.
    pub(crate) fn bytes(body: impl AsRef<[u8]>) -> Self {
        Self {
            body: body.as_ref().to_vec(),
            ..Self::text(200, "")
        }
    }

    /// Returns a body that claims to be JSON, sent unchanged.
    pub(crate) fn text(status: u16, body: &str) -> Self {
        let json = ("content-type".to_owned(), "application/json".to_owned());
        Self {
            status,
            headers: vec![json],
            body: body.as_bytes().to_vec(),
            delivery: Delivery::Whole,
            later: None,
            gzips: false,
            object: None,
        }
    }

    /// Returns a body of plain text.
    pub(crate) fn plain(status: u16, text: &str) -> Self {
        let headers = vec![("content-type".to_owned(), "text/plain".to_owned())];
        Self {
            headers,
            ..Self::text(status, text)
        }
    }

    /// Returns the object of a request as a server stores it, with uid, resource
    /// version and the other fields that a server sets.
    pub(crate) fn stored(request: &Request) -> Self {
        let mut object = request.json();
        let metadata = &mut object["metadata"];
        if metadata["name"].is_null() {
            metadata["name"] =
                format!("{}x1y2z", metadata["generateName"].as_str().unwrap()).into();
        }
        metadata["uid"] = "11111111-2222-3333-4444-555555555555".into();
        metadata["resourceVersion"] = "42".into();
        metadata["creationTimestamp"] = "2026-01-02T03:04:05Z".into();
        metadata["managedFields"] = json!([{"manager": "pod-tools"}]);
        object["status"] = json!({});
        Self::text(201, &object.to_string())
    }

    /// Returns a `Status` of the API server that refuses the request.
    pub(crate) fn refusal(status: u16, reason: &str, message: &str) -> Self {
        Self::refusal_with(status, reason, message, &json!([]))
    }

    /// Returns a refusal with causes: `{field, reason, message}`.
    pub(crate) fn refusal_with(status: u16, reason: &str, message: &str, causes: &Value) -> Self {
        let body = json!({
            "kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure",
            "message": message, "reason": reason, "details": {"causes": causes}, "code": status,
        });
        Self::text(status, &body.to_string())
    }

    /// Returns a watch that sends each event once.
    pub(crate) fn watch(events: &[Value], then: Then) -> Self {
        let lines = events.iter().map(|event| format!("{event}\n")).collect();
        Self {
            delivery: Delivery::Stream(lines, then),
            ..Self::text(200, "")
        }
    }

    /// Returns a watch of arbitrary chunks.
    pub(crate) fn raw_watch(chunks: &[&str], then: Then) -> Self {
        let chunks = chunks.iter().map(ToString::to_string).collect();
        Self {
            delivery: Delivery::Stream(chunks, then),
            ..Self::text(200, "")
        }
    }

    /// Adds chunks to a stream that are sent once the gate is open.
    pub(crate) fn then(self, gate: &Gate, chunks: &[&str]) -> Self {
        let chunks = chunks.iter().map(ToString::to_string).collect();
        Self {
            later: Some((gate.clone(), chunks)),
            ..self
        }
    }

    /// Compresses each chunk of a stream by itself, as Kubernetes 1.37 does with the events of
    /// watches that begin with a list, if the request accepts gzip.
    pub(crate) fn gzipped(self) -> Self {
        Self {
            gzips: true,
            ..self
        }
    }

    /// Returns the output of a command in a container, and its failure, if any.
    pub(crate) fn exec(stdout: impl AsRef<[u8]>, failure: Option<&str>) -> Self {
        let status = match failure {
            None => json!({"status": "Success"}),
            Some(why) => json!({"status": "Failure", "message": why}),
        };
        Self::exec_status(stdout, &status)
    }

    /// Returns the output of a command in a container, and the status at its end.
    pub(crate) fn exec_status(stdout: impl AsRef<[u8]>, status: &Value) -> Self {
        Self {
            delivery: Delivery::Exec(status.clone()),
            body: stdout.as_ref().to_vec(),
            ..Self::text(101, "")
        }
    }

    /// Returns a program that has our standard input and does not end.
    pub(crate) fn attached(stdout: impl AsRef<[u8]>) -> Self {
        Self {
            delivery: Delivery::Exec(Value::Null),
            ..Self::exec(stdout, None)
        }
    }

    /// Returns a program that writes a text, and then prints each byte that it reads as
    /// `<97>` and each size of its terminal as `(80x24)`. A `q` ends it and opens the gate.
    pub(crate) fn conversing(stdout: &str, ended: &Gate) -> Self {
        Self {
            delivery: Delivery::Program(vec![(false, stdout.to_owned())], Some(ended.clone())),
            ..Self::text(101, "")
        }
    }

    /// Returns a program that writes these texts, with `true` to standard error, and does not end.
    pub(crate) fn writing(said: &[(bool, &str)]) -> Self {
        let said = said
            .iter()
            .map(|(is_error, text)| (*is_error, (*text).to_owned()));
        Self {
            delivery: Delivery::Program(said.collect(), None),
            ..Self::text(101, "")
        }
    }

    /// Returns an answer that never comes.
    pub(crate) fn silent() -> Self {
        Self {
            delivery: Delivery::Silent,
            ..Self::text(200, "")
        }
    }

    /// Returns a closed connection instead of an answer.
    pub(crate) fn closed() -> Self {
        Self {
            delivery: Delivery::Closed,
            ..Self::text(200, "")
        }
    }

    /// Closes the connection in the middle of the body.
    pub(crate) fn half(self) -> Self {
        Self {
            delivery: Delivery::Half,
            ..self
        }
    }

    /// Adds a header.
    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }
}

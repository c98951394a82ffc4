//! A scripted API server on a loopback socket: it answers as it was told to,
//! well or badly, and remembers what it was asked.

#[path = "complete.rs"]
mod complete;
#[path = "program.rs"]
mod program;
#[path = "request.rs"]
mod request;
#[path = "tls.rs"]
mod tls;
#[path = "websocket.rs"]
mod websocket;

use std::io::{BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock};
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};

pub(crate) use request::Request;
use request::read_request;
pub(crate) use tls::{CA, ca_data};

/// What becomes of the connection.
#[derive(Clone, Debug)]
enum How {
    /// The whole answer goes out.
    Whole,
    /// Half of the body, and the connection ends.
    Half,
    /// No byte ever.
    Silent,
    /// The connection ends without an answer.
    Closed,
    /// Chunks, one after the other, after a pause each.
    Stream(Vec<String>, Then),
    /// What a command in a container wrote, and how it ended.
    Exec(Value),
    /// A program: what it writes first, to standard error where that is said; and
    /// whether it says what it gets from its terminal then.
    Program(Vec<(bool, String)>, Option<Gate>),
}

/// What follows the last chunk of a stream.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Then {
    /// The stream ends as it should.
    End,
    /// It stays open, and nothing more comes.
    Hold,
    /// The chunks come again and again, without a pause and without an end.
    Repeat,
}

/// What a stream waits for before it goes on.
#[derive(Clone, Debug, Default)]
pub(crate) struct Gate(Arc<AtomicBool>);

impl Gate {
    /// Lets it go on.
    pub(crate) fn open(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    fn wait(&self) {
        while !self.0.load(Ordering::Relaxed) {
            thread::sleep(Duration::from_millis(5));
        }
    }
}

/// One scripted answer.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    status: u16,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
    how: How,
    /// What follows in the stream when the gate is open.
    later: Option<(Gate, Vec<String>)>,
    /// The object or list that the body is; its version and kind are added.
    object: Option<Value>,
}

impl Answer {
    /// A JSON body with status 200, with the version and kind that a server
    /// writes; [`Answer::text`] sends a body as it is.
    pub(crate) fn json(body: &Value) -> Self {
        Self {
            object: Some(body.clone()),
            ..Self::text(200, &body.to_string())
        }
    }

    /// A log, to the byte.
    pub(crate) fn bytes(body: impl AsRef<[u8]>) -> Self {
        Self {
            body: body.as_ref().to_vec(),
            ..Self::text(200, "")
        }
    }

    /// Any body, as JSON or not.
    pub(crate) fn text(status: u16, body: &str) -> Self {
        let json = ("content-type".to_owned(), "application/json".to_owned());
        Self {
            status,
            headers: vec![json],
            body: body.as_bytes().to_vec(),
            how: How::Whole,
            later: None,
            object: None,
        }
    }

    /// A text, as programs write it that do not speak JSON.
    pub(crate) fn plain(status: u16, text: &str) -> Self {
        let headers = vec![("content-type".to_owned(), "text/plain".to_owned())];
        Self {
            headers,
            ..Self::text(status, text)
        }
    }

    /// What the request brought, stored: with a uid and the rest that a server
    /// fills in.
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

    /// A refusal as the API server words it.
    pub(crate) fn refusal(status: u16, reason: &str, message: &str) -> Self {
        Self::refusal_with(status, reason, message, &json!([]))
    }

    /// The same with causes: `{field, reason, message}`.
    pub(crate) fn refusal_with(status: u16, reason: &str, message: &str, causes: &Value) -> Self {
        let body = json!({
            "kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure",
            "message": message, "reason": reason, "details": {"causes": causes}, "code": status,
        });
        Self::text(status, &body.to_string())
    }

    /// A watch: each event once, then the end.
    pub(crate) fn watch(events: &[Value], then: Then) -> Self {
        let lines = events.iter().map(|event| format!("{event}\n")).collect();
        Self {
            how: How::Stream(lines, then),
            ..Self::text(200, "")
        }
    }

    /// A watch of chunks that need not be events.
    pub(crate) fn raw_watch(chunks: &[&str], then: Then) -> Self {
        let chunks = chunks.iter().map(ToString::to_string).collect();
        Self {
            how: How::Stream(chunks, then),
            ..Self::text(200, "")
        }
    }

    /// More chunks of a stream, as soon as the gate is open.
    pub(crate) fn then(self, gate: &Gate, chunks: &[&str]) -> Self {
        let chunks = chunks.iter().map(ToString::to_string).collect();
        Self {
            later: Some((gate.clone(), chunks)),
            ..self
        }
    }

    /// A command in a container: what it writes, and why it failed if it did.
    pub(crate) fn exec(stdout: impl AsRef<[u8]>, failure: Option<&str>) -> Self {
        let status = match failure {
            None => json!({"status": "Success"}),
            Some(why) => json!({"status": "Failure", "message": why}),
        };
        Self {
            how: How::Exec(status),
            body: stdout.as_ref().to_vec(),
            ..Self::text(101, "")
        }
    }

    /// A program that has our standard input, and does not end.
    pub(crate) fn attached(stdout: impl AsRef<[u8]>) -> Self {
        Self {
            how: How::Exec(Value::Null),
            ..Self::exec(stdout, None)
        }
    }

    /// A program that writes this and then tells of each byte that it reads, as `<97>`,
    /// and of each size of its terminal, as `(80x24)`. A `q` ends it, and opens the
    /// gate.
    pub(crate) fn conversing(stdout: &str, ended: &Gate) -> Self {
        Self {
            how: How::Program(vec![(false, stdout.to_owned())], Some(ended.clone())),
            ..Self::text(101, "")
        }
    }

    /// A program that writes these, to standard error where that is said, and goes on.
    pub(crate) fn writing(said: &[(bool, &str)]) -> Self {
        let said = said
            .iter()
            .map(|(is_error, text)| (*is_error, (*text).to_owned()));
        Self {
            how: How::Program(said.collect(), None),
            ..Self::text(101, "")
        }
    }

    /// Nothing, for ever.
    pub(crate) fn silent() -> Self {
        Self {
            how: How::Silent,
            ..Self::text(200, "")
        }
    }

    /// The end of the connection instead of an answer.
    pub(crate) fn closed() -> Self {
        Self {
            how: How::Closed,
            ..Self::text(200, "")
        }
    }

    /// The connection ends in the middle of the body.
    pub(crate) fn half(self) -> Self {
        Self {
            how: How::Half,
            ..self
        }
    }

    /// One more header.
    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }
}

type Handler = Box<dyn Fn(&Request) -> Answer + Send + Sync>;

struct Route {
    method: String,
    prefix: String,
    once: bool,
    handler: Handler,
}

#[derive(Default)]
struct State {
    routes: Mutex<Vec<Route>>,
    seen: Mutex<Vec<Request>>,
}

/// The server; it ends with the test's process.
pub(crate) struct ApiServer {
    address: SocketAddr,
    secure: OnceLock<SocketAddr>,
    state: Arc<State>,
}

impl ApiServer {
    /// One that knows its version, and nothing else yet.
    pub(crate) fn new() -> Self {
        let version = json!({"major": "1", "minor": "35", "gitVersion": "v1.35.4"});
        Self::bare().on("GET /version", Answer::json(&version))
    }

    /// One that knows nothing at all.
    pub(crate) fn bare() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let state = Arc::<State>::default();
        let shared = Arc::clone(&state);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let state = Arc::clone(&shared);
                // A client that goes away in the middle is none of our business.
                thread::spawn(move || drop(serve(&stream, &state)));
            }
        });
        Self {
            address,
            secure: OnceLock::new(),
            state,
        }
    }

    /// `http://127.0.0.1:PORT`.
    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// `https://127.0.0.1:PORT`, with a certificate that [`CA`] has signed.
    pub(crate) fn https(&self) -> String {
        let address = self.secure.get_or_init(|| tls::in_front_of(self.address));
        format!("https://{address}")
    }

    /// `METHOD /path/prefix` → always this answer.
    pub(crate) fn on(self, route: &str, answer: Answer) -> Self {
        self.with(route, false, move |_| answer.clone())
    }

    /// The same for the first request only; later ones fall through to what is
    /// scripted after it.
    pub(crate) fn once(self, route: &str, answer: Answer) -> Self {
        self.with(route, true, move |_| answer.clone())
    }

    /// An answer made from the request.
    pub(crate) fn answering(
        self,
        route: &str,
        handler: impl Fn(&Request) -> Answer + Send + Sync + 'static,
    ) -> Self {
        self.with(route, false, handler)
    }

    /// Stores whatever is sent.
    pub(crate) fn storing(self) -> Self {
        self.answering("POST /api", Answer::stored)
            .answering("PATCH /api", Answer::stored)
    }

    fn with(
        self,
        route: &str,
        once: bool,
        handler: impl Fn(&Request) -> Answer + Send + Sync + 'static,
    ) -> Self {
        let (method, prefix) = route.split_once(' ').unwrap();
        self.state.routes.lock().unwrap().push(Route {
            method: method.to_owned(),
            prefix: prefix.to_owned(),
            once,
            handler: Box::new(handler),
        });
        self
    }

    /// What was asked so far.
    pub(crate) fn requests(&self) -> Vec<Request> {
        self.state.seen.lock().unwrap().clone()
    }

    /// The same as `METHOD /path` lines without queries, `/version` left out.
    pub(crate) fn asked(&self) -> Vec<String> {
        let requests = self.requests();
        let named = requests.iter().filter(|r| r.path != "/version");
        named
            .map(|r| format!("{} {}", r.method, r.path.split('?').next().unwrap()))
            .collect()
    }
}

fn serve(stream: &TcpStream, state: &State) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut writer = stream.try_clone()?;
    while let Some(request) = read_request(&mut reader)? {
        state.seen.lock().unwrap().push(request.clone());
        if request.method == "CONNECT" {
            // As a proxy it is the server, too.
            writer.write_all(b"HTTP/1.1 200 Connected\r\n\r\n")?;
            continue;
        }
        let answer = state.answer(&request);
        if let How::Exec(status) = &answer.how {
            let key = request.header("sec-websocket-key")[0];
            websocket::send(&mut writer, key, &answer.body, status)?;
            return std::io::copy(&mut reader, &mut std::io::sink()).map(drop);
        }
        if let How::Program(said, ended) = &answer.how {
            let key = request.header("sec-websocket-key")[0];
            program::write(&mut writer, key, said)?;
            if let Some(ended) = ended {
                program::converse(&mut reader, &mut writer)?;
                ended.open();
            }
            return std::io::copy(&mut reader, &mut std::io::sink()).map(drop);
        }
        let mut head = format!("HTTP/1.1 {} Scripted\r\n", answer.status);
        for (name, value) in &answer.headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        match &answer.how {
            How::Silent => return std::io::copy(&mut reader, &mut std::io::sink()).map(drop),
            How::Closed => return Ok(()),
            How::Exec(_) | How::Program(..) => {}
            How::Whole | How::Half => {
                head.push_str(&format!("content-length: {}\r\n\r\n", answer.body.len()));
                writer.write_all(head.as_bytes())?;
                if matches!(answer.how, How::Half) {
                    return writer.write_all(&answer.body[..answer.body.len() / 2]);
                }
                writer.write_all(&answer.body)?;
            }
            How::Stream(lines, then) => {
                head.push_str("transfer-encoding: chunked\r\n\r\n");
                writer.write_all(head.as_bytes())?;
                for line in lines {
                    thread::sleep(Duration::from_millis(50));
                    write!(writer, "{:x}\r\n{line}\r\n", line.len())?;
                }
                if let Some((gate, lines)) = &answer.later {
                    gate.wait();
                    for line in lines {
                        write!(writer, "{:x}\r\n{line}\r\n", line.len())?;
                    }
                }
                if *then == Then::Repeat {
                    for line in lines.iter().cycle() {
                        write!(writer, "{:x}\r\n{line}\r\n", line.len())?;
                    }
                }
                if *then == Then::Hold {
                    return std::io::copy(&mut reader, &mut std::io::sink()).map(drop);
                }
                writer.write_all(b"0\r\n\r\n")?;
            }
        }
    }
    Ok(())
}

impl State {
    fn answer(&self, request: &Request) -> Answer {
        let mut routes = self.routes.lock().unwrap();
        let fits = |route: &Route| {
            route.method == request.method && request.path.starts_with(&route.prefix)
        };
        let Some(index) = routes.iter().position(fits) else {
            let what = format!("not scripted: {} {}", request.method, request.path);
            return Answer::refusal(404, "NotFound", &what);
        };
        let mut answer = (routes[index].handler)(request);
        if let Some(object) = answer.object.take() {
            let object = complete::complete(&request.path, object);
            answer.body = object.to_string().into_bytes();
        }
        if routes[index].once {
            routes.remove(index);
        }
        answer
    }
}

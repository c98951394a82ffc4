//! A scripted API server on a loopback socket: it sends scripted answers, valid or
//! broken, and records the requests.

#[path = "answer.rs"]
mod answer;
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
use std::sync::{Arc, Mutex, OnceLock};
use std::thread;
use std::time::Duration;

use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::json;

use answer::Delivery;
pub(crate) use answer::{Answer, Gate, Then};
pub(crate) use request::Request;
use request::read_request;
pub(crate) use tls::{CA, ca_data};

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

/// A scripted API server, which lives as long as the test's process.
pub(crate) struct ApiServer {
    address: SocketAddr,
    secure: OnceLock<SocketAddr>,
    state: Arc<State>,
}

impl ApiServer {
    /// Returns a server that answers `/version` only.
    pub(crate) fn new() -> Self {
        let version = json!({"major": "1", "minor": "37", "gitVersion": "v1.37.2"});
        Self::bare().on("GET /version", Answer::json(&version))
    }

    /// Returns a server without any answer.
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

    /// Returns `http://127.0.0.1:PORT`.
    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Returns `https://127.0.0.1:PORT`, with a certificate that [`CA`] has signed.
    pub(crate) fn https(&self) -> String {
        let address = self.secure.get_or_init(|| tls::in_front_of(self.address));
        format!("https://{address}")
    }

    /// Sends this answer to every request of `METHOD /path/prefix`.
    pub(crate) fn on(self, route: &str, answer: Answer) -> Self {
        self.with(route, false, move |_| answer.clone())
    }

    /// Sends this answer to the first request of a route; later requests fall through to
    /// the routes after it.
    pub(crate) fn once(self, route: &str, answer: Answer) -> Self {
        self.with(route, true, move |_| answer.clone())
    }

    /// Computes the answers of a route from the requests.
    pub(crate) fn answering(
        self,
        route: &str,
        handler: impl Fn(&Request) -> Answer + Send + Sync + 'static,
    ) -> Self {
        self.with(route, false, handler)
    }

    /// Answers every write with the stored object.
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

    /// Returns all requests so far.
    pub(crate) fn requests(&self) -> Vec<Request> {
        self.state.seen.lock().unwrap().clone()
    }

    /// Returns the requests as `METHOD /path`, without queries and without `/version`.
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
            // It is its own proxy.
            writer.write_all(b"HTTP/1.1 200 Connected\r\n\r\n")?;
            continue;
        }
        let answer = state.answer(&request);
        if let Delivery::Exec(status) = &answer.delivery {
            let key = request.header("sec-websocket-key")[0];
            websocket::send(&mut writer, key, &answer.body, status)?;
            return std::io::copy(&mut reader, &mut std::io::sink()).map(drop);
        }
        if let Delivery::Program(said, ended) = &answer.delivery {
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
        match &answer.delivery {
            Delivery::Silent => return std::io::copy(&mut reader, &mut std::io::sink()).map(drop),
            Delivery::Closed => return Ok(()),
            Delivery::Exec(_) | Delivery::Program(..) => {}
            Delivery::Whole | Delivery::Half => {
                head.push_str(&format!("content-length: {}\r\n\r\n", answer.body.len()));
                writer.write_all(head.as_bytes())?;
                if matches!(answer.delivery, Delivery::Half) {
                    return writer.write_all(&answer.body[..answer.body.len() / 2]);
                }
                writer.write_all(&answer.body)?;
            }
            Delivery::Stream(lines, then) => {
                let accepted = request.header("accept-encoding").join(",");
                let gzips = answer.gzips && accepted.contains("gzip");
                if gzips {
                    head.push_str("content-encoding: gzip\r\n");
                }
                head.push_str("transfer-encoding: chunked\r\n\r\n");
                writer.write_all(head.as_bytes())?;
                for line in lines {
                    thread::sleep(Duration::from_millis(50));
                    write_chunk(&mut writer, line, gzips)?;
                }
                if let Some((gate, lines)) = &answer.later {
                    gate.wait();
                    for line in lines {
                        write_chunk(&mut writer, line, gzips)?;
                    }
                }
                if *then == Then::Repeat {
                    for line in lines.iter().cycle() {
                        write_chunk(&mut writer, line, gzips)?;
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

/// Writes a chunk: the text, or a gzip member of its own with the text.
fn write_chunk(writer: &mut TcpStream, text: &str, gzips: bool) -> std::io::Result<()> {
    let mut bytes = text.as_bytes().to_vec();
    if gzips {
        let mut member = GzEncoder::new(Vec::new(), Compression::fast());
        member.write_all(&bytes)?;
        bytes = member.finish()?;
    }
    let head = format!("{:x}\r\n", bytes.len());
    writer.write_all(&[head.as_bytes(), &bytes, b"\r\n"].concat())
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

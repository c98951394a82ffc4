//! A hostile API server on a loopback socket, plain or TLS: it knows the right
//! answer to every request, and replaces or damages those to requests of one
//! role. It records every request.

mod answer;
#[path = "../request.rs"]
mod request;
mod role;
#[path = "../websocket.rs"]
mod websocket;

use std::io::{BufReader, Read, Result, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

pub(crate) use answer::{Answer, Body, Fault};
pub(crate) use request::Request;
use request::read_request;
pub(crate) use role::{Place, Role, split};

/// The right answer to each request.
pub(crate) type World = Box<dyn Fn(&Request) -> Answer + Send + Sync>;

struct State {
    world: World,
    targets: &'static [&'static str],
    fault: Option<(Role, Fault)>,
    seen: Mutex<Vec<(Role, Request)>>,
    /// True if a right answer has been changed.
    altered: AtomicBool,
}

/// The server; it ends with the test's process.
pub(crate) struct Hostile {
    address: SocketAddr,
    secure: bool,
    state: Arc<State>,
}

/// Time that a thread of the server waits for a client that neither reads nor
/// disconnects.
const IDLE: Duration = Duration::from_mins(1);

/// Objects of thousands of levels are made by recursion.
const STACK: usize = 64 << 20;

impl Hostile {
    /// One that speaks plain HTTP.
    pub(crate) fn plain(
        world: World,
        targets: &'static [&'static str],
        fault: Option<(Role, Fault)>,
    ) -> Self {
        Self::listening(world, targets, fault, None)
    }

    /// One that speaks TLS, and ends no connection with TLS's own last word.
    pub(crate) fn tls(
        world: World,
        targets: &'static [&'static str],
        fault: Option<(Role, Fault)>,
        config: Arc<rustls::ServerConfig>,
    ) -> Self {
        Self::listening(world, targets, fault, Some(config))
    }

    fn listening(
        world: World,
        targets: &'static [&'static str],
        fault: Option<(Role, Fault)>,
        tls: Option<Arc<rustls::ServerConfig>>,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let secure = tls.is_some();
        let state = Arc::new(State {
            world,
            targets,
            fault,
            seen: Mutex::default(),
            altered: AtomicBool::new(false),
        });
        let shared = Arc::clone(&state);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (state, tls) = (Arc::clone(&shared), tls.clone());
                let deep = thread::Builder::new().stack_size(STACK);
                // A client that goes away in the middle is expected.
                let begun = deep.spawn(move || drop(accept(stream, tls, &state)));
                begun.unwrap();
            }
        });
        Self {
            address,
            secure,
            state,
        }
    }

    /// `http://127.0.0.1:PORT`, or with `https`.
    pub(crate) fn url(&self) -> String {
        let scheme = if self.secure { "https" } else { "http" };
        format!("{scheme}://{}", self.address)
    }

    /// Returns whether its fault has shown: an answer that was to be changed may have had
    /// nothing to change.
    pub(crate) fn has_misbehaved(&self) -> bool {
        match &self.state.fault {
            Some((_, Fault::Altered(_))) => self.state.altered.load(Ordering::Relaxed),
            Some((role, _)) => self.requests().iter().any(|(of, _)| of == role),
            None => false,
        }
    }

    /// The requests so far.
    pub(crate) fn requests(&self) -> Vec<(Role, Request)> {
        self.state.seen.lock().unwrap().clone()
    }
}

/// A listener that does one thing to whoever connects.
pub(crate) fn raw(serve: impl Fn(TcpStream) + Send + Sync + 'static) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let serve = Arc::new(serve);
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let serve = Arc::clone(&serve);
            thread::spawn(move || serve(stream));
        }
    });
    address
}

fn accept(stream: TcpStream, tls: Option<Arc<rustls::ServerConfig>>, state: &State) -> Result<()> {
    stream.set_read_timeout(Some(IDLE))?;
    stream.set_write_timeout(Some(IDLE))?;
    stream.set_nodelay(true)?;
    match tls {
        None => serve(stream, state),
        Some(config) => {
            let session = rustls::ServerConnection::new(config).map_err(std::io::Error::other)?;
            serve(rustls::StreamOwned::new(session, stream), state)
        }
    }
}

fn serve(wire: impl Read + Write, state: &State) -> Result<()> {
    let mut wire = BufReader::new(wire);
    while let Some(request) = read_request(&mut wire)? {
        let role = Role::of(&request, state.targets);
        state.seen.lock().unwrap().push((role, request.clone()));
        let fault = state.fault.as_ref().filter(|(of, _)| *of == role);
        let right = || (state.world)(&request);
        let goes_on = match fault {
            None => send(&mut wire, &request, &right())?,
            Some((_, fault)) => misbehave(&mut wire, &request, fault, right, state)?,
        };
        if !goes_on {
            return Ok(());
        }
    }
    Ok(())
}

/// Whoever watches gets the list before the first change.
const BEFORE_CHANGES: Duration = Duration::from_millis(100);

/// Sends an answer; whether the connection can take another request.
fn send(
    wire: &mut BufReader<impl Read + Write>,
    request: &Request,
    answer: &Answer,
) -> Result<bool> {
    match &answer.body {
        Body::Whole(_) => {
            let (head, body) = answer.bytes();
            wire.get_mut().write_all(&[head, body].concat())?;
            wire.get_mut().flush()?;
            Ok(true)
        }
        Body::Held(text) => {
            let head = format!("{}transfer-encoding: chunked\r\n\r\n", answer.head());
            wire.get_mut().write_all(head.as_bytes())?;
            wire.get_mut().flush()?;
            thread::sleep(BEFORE_CHANGES);
            if !text.is_empty() {
                chunk(wire.get_mut(), text)?;
            }
            hang(wire)
        }
        Body::Exec(stdout) => {
            let key = key(request);
            let success = serde_json::json!({"status": "Success"});
            websocket::send(wire.get_mut(), &key, stdout, &success)?;
            wire.get_mut().flush()?;
            hang(wire)
        }
    }
}

fn misbehave(
    wire: &mut BufReader<impl Read + Write>,
    request: &Request,
    fault: &Fault,
    right: impl Fn() -> Answer,
    state: &State,
) -> Result<bool> {
    match fault {
        Fault::Hang => return hang(wire),
        Fault::Close => {}
        Fault::Bytes(bytes) => wire.get_mut().write_all(bytes)?,
        Fault::HalfHead => {
            let (head, _) = right().bytes();
            wire.get_mut().write_all(&head[..head.len() / 2])?;
        }
        Fault::HalfBody | Fault::StalledBody => {
            let (head, body) = right().bytes();
            let half = &body[..body.len() / 2];
            wire.get_mut().write_all(&[&head, half].concat())?;
            wire.get_mut().flush()?;
            if matches!(fault, Fault::StalledBody) {
                return hang(wire);
            }
        }
        Fault::Slow => {
            let (head, body) = right().bytes();
            for byte in [head, body].concat() {
                wire.get_mut().write_all(&[byte])?;
                wire.get_mut().flush()?;
                thread::sleep(Duration::from_secs(1));
            }
        }
        Fault::Answer(answer) => return send(wire, request, answer),
        Fault::Altered(alter) => {
            let mut answer = right();
            if let Body::Whole(body) = &answer.body
                && let Ok(right) = serde_json::from_slice::<serde_json::Value>(body)
            {
                let mut value = right.clone();
                alter(request, &mut value);
                if value != right {
                    state.altered.store(true, Ordering::Relaxed);
                }
                answer.body = Body::Whole(value.to_string().into_bytes());
            }
            return send(wire, request, &answer);
        }
        Fault::Endless {
            head,
            first,
            chunk: again,
            chunked,
        } => {
            let wire = wire.get_mut();
            wire.write_all(head)?;
            let send = |wire: &mut _, bytes: &[u8]| match chunked {
                true => chunk(wire, bytes),
                false => Write::write_all(wire, bytes),
            };
            send(wire, first)?;
            loop {
                send(wire, again)?;
                if !*chunked {
                    // Heads cost the client more than the server.
                    thread::sleep(Duration::from_millis(1));
                }
            }
        }
        Fault::Dense {
            first,
            again,
            bytes,
            last,
        } => {
            let body = [first, &*again.repeat(bytes / again.len()), last].concat();
            let answer = Answer::new(200, "application/json", body);
            return send(wire, request, &answer);
        }
        Fault::Frames { bytes, for_ever } => {
            let head = websocket::upgrade(&key(request));
            wire.get_mut().write_all(head.as_bytes())?;
            wire.get_mut().write_all(bytes)?;
            if *for_ever {
                loop {
                    wire.get_mut().write_all(bytes)?;
                }
            }
            wire.get_mut().flush()?;
            return hang(wire);
        }
    }
    wire.get_mut().flush()?;
    Ok(false)
}

/// A frame of a container's standard output (1), error (2) or end (3).
pub(crate) fn channel(number: u8, payload: &[u8]) -> Vec<u8> {
    websocket::frame(websocket::BINARY, &[&[number], payload].concat())
}

fn key(request: &Request) -> String {
    let keys = request.header("sec-websocket-key");
    keys.first().copied().unwrap_or_default().to_owned()
}

fn chunk(wire: &mut impl Write, bytes: &[u8]) -> Result<()> {
    write!(wire, "{:x}\r\n", bytes.len())?;
    wire.write_all(bytes)?;
    wire.write_all(b"\r\n")?;
    wire.flush()
}

/// Says nothing more, until the client goes away.
fn hang(wire: &mut impl Read) -> Result<bool> {
    std::io::copy(wire, &mut std::io::sink())?;
    Ok(false)
}

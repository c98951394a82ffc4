//! A server on loopback that notes when each path was asked for.

use std::collections::BTreeMap;
use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Instant;

/// Times of the requests of each path.
pub(crate) type Requests = BTreeMap<String, Vec<Instant>>;

pub(crate) struct Server {
    pub(crate) port: u16,
    requests: Arc<Mutex<Requests>>,
}

impl Server {
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let requests = Arc::default();
        let shared = Arc::clone(&requests);
        std::thread::spawn(move || {
            for connection in listener.incoming() {
                // A client that has gone is no matter.
                let _ = answer(connection.unwrap(), &shared);
            }
        });
        Self { port, requests }
    }

    /// Returns the requests since the last call.
    pub(crate) fn take(&self) -> Requests {
        std::mem::take(&mut *self.requests.lock().unwrap())
    }
}

fn answer(mut connection: TcpStream, requests: &Mutex<Requests>) -> std::io::Result<()> {
    let at = Instant::now();
    let mut request = [0; 2048];
    let length = connection.read(&mut request)?;
    let request = String::from_utf8_lossy(request.get(..length).unwrap_or_default());
    let path = request.split(' ').nth(1).unwrap_or_default();
    let mut all = requests.lock().unwrap();
    all.entry(path.to_owned()).or_default().push(at);
    drop(all);
    connection.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok")
}

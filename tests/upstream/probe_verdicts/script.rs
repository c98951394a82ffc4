//! Servers that follow a script.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};
use tokio::time::{sleep, timeout};
use tokio_rustls::TlsAcceptor;

use crate::http2::{self, Http2};

/// No server outlives its case for long.
const LONGEST: Duration = Duration::from_mins(1);

/// One act on a connection.
#[derive(Clone, Debug)]
pub(crate) enum Act {
    /// Reads a request to its empty line.
    Read,
    /// Sends bytes; `@PORT@` is the server's port.
    Send(&'static str),
    /// Sends bytes one by one, each after so many milliseconds, until the client is gone.
    Drip(&'static str, u64),
    /// Sends bytes again and again until the client is gone.
    Flood(&'static str),
    /// Waits so many milliseconds.
    Wait(u64),
    /// Ends the server's direction, and waits for the client's.
    HalfClose,
    /// Waits until the client is gone.
    Hold,
    /// Resets the connection.
    Reset,
}

/// A server.
#[derive(Clone, Debug)]
pub(crate) enum Script {
    /// Nothing listens.
    Closed,
    /// The acts of a connection whose first request is for one of these paths; the last ones are
    /// those of any path, and of a connection that does not begin with `Read`.
    Plain(Vec<(&'static str, Vec<Act>)>),
    /// The same with TLS.
    Tls(Vec<(&'static str, Vec<Act>)>),
    /// TLS whose end is not announced.
    TlsCut(Vec<(&'static str, Vec<Act>)>),
    /// HTTP/2 over TLS.
    Http2(Http2),
    /// HTTP/2 without TLS, for gRPC.
    Http2Plain(Http2),
}

/// A running server.
pub(crate) struct Server {
    pub port: u16,
    requests: Arc<Mutex<Vec<Vec<u8>>>>,
    /// The port of a server that does not listen is nobody else's.
    reserved: Option<TcpSocket>,
}

impl Server {
    /// Takes the requests that came, without the server's port.
    pub(crate) fn take_requests(&self) -> Vec<String> {
        let requests = std::mem::take(&mut *self.requests.lock().unwrap());
        let port = format!(":{}", self.port);
        let text = |request: &Vec<u8>| String::from_utf8_lossy(request).replace(&port, ":PORT");
        requests.iter().map(text).collect()
    }

    pub(crate) fn start(script: Script) -> Self {
        let requests = Arc::new(Mutex::new(Vec::new()));
        let socket = TcpSocket::new_v4().unwrap();
        socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
        let address = socket.local_addr().unwrap();
        let mut server = Self {
            port: address.port(),
            requests: Arc::clone(&requests),
            reserved: None,
        };
        if matches!(script, Script::Closed) {
            server.reserved = Some(socket);
            return server;
        }
        let listener = socket.listen(128).unwrap();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (script, requests) = (script.clone(), Arc::clone(&requests));
                tokio::spawn(timeout(LONGEST, serve(stream, address, script, requests)));
            }
        });
        server
    }
}

async fn serve(
    stream: TcpStream,
    address: SocketAddr,
    script: Script,
    requests: Arc<Mutex<Vec<Vec<u8>>>>,
) {
    let _ = stream.set_nodelay(true);
    match script {
        Script::Closed => {}
        Script::Plain(routes) => {
            let mut stream = stream;
            if follow(&mut stream, address, &routes, &requests).await {
                let linger = stream.set_zero_linger();
                linger.unwrap();
            }
        }
        Script::Tls(routes) | Script::TlsCut(routes) if routes.is_empty() => {}
        Script::Tls(routes) => {
            if let Ok(mut stream) = acceptor(&[]).accept(stream).await {
                follow(&mut stream, address, &routes, &requests).await;
                let _ = stream.shutdown().await;
            }
        }
        Script::TlsCut(routes) => {
            if let Ok(mut stream) = acceptor(&[]).accept(stream).await {
                follow(&mut stream, address, &routes, &requests).await;
            }
        }
        Script::Http2(script) => {
            if let Ok(stream) = acceptor(&[b"h2"]).accept(stream).await {
                http2::serve(stream, script, address.port()).await;
            }
        }
        Script::Http2Plain(script) => http2::serve(stream, script, address.port()).await,
    }
}

fn acceptor(protocols: &[&[u8]]) -> TlsAcceptor {
    let certificate = include_bytes!("../../support/tls/server.crt");
    let key = include_bytes!("../../support/tls/server.key");
    let chain = vec![CertificateDer::from_pem_slice(certificate).unwrap()];
    let key = PrivateKeyDer::from_pem_slice(key).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .unwrap();
    config.alpn_protocols = protocols.iter().map(|name| name.to_vec()).collect();
    TlsAcceptor::from(Arc::new(config))
}

/// Returns true if the connection is to be reset.
async fn follow(
    stream: &mut (impl AsyncRead + AsyncWrite + Unpin),
    address: SocketAddr,
    routes: &[(&'static str, Vec<Act>)],
    requests: &Mutex<Vec<Vec<u8>>>,
) -> bool {
    let last = &routes.last().unwrap().1;
    let mut acts = &last[..];
    if matches!(acts.first(), Some(Act::Read)) {
        let request = read_request(stream).await;
        let path = |path: &str| request.starts_with(format!("GET {path} ").as_bytes());
        if let Some((_, own)) = routes.iter().find(|(route, _)| path(route)) {
            acts = &own[..];
        }
        requests.lock().unwrap().push(request);
    }
    for act in acts {
        match act {
            Act::Read => {}
            Act::Send(text) => {
                let text = text.replace("@PORT@", &address.port().to_string());
                let _ = stream.write_all(text.as_bytes()).await;
                let _ = stream.flush().await;
            }
            Act::Drip(text, millis) => {
                for byte in text.bytes() {
                    sleep(Duration::from_millis(*millis)).await;
                    if stream.write_all(&[byte]).await.is_err() || stream.flush().await.is_err() {
                        return false;
                    }
                }
            }
            Act::Flood(text) => {
                let piece = text.repeat(4096 / text.len());
                while stream.write_all(piece.as_bytes()).await.is_ok() {}
            }
            Act::Wait(millis) => sleep(Duration::from_millis(*millis)).await,
            Act::HalfClose => {
                let _ = stream.shutdown().await;
                drain(stream).await;
            }
            Act::Hold => drain(stream).await,
            Act::Reset => return true,
        }
    }
    false
}

async fn read_request(stream: &mut (impl AsyncRead + Unpin)) -> Vec<u8> {
    let mut request = Vec::new();
    let mut byte = [0];
    while !request.ends_with(b"\r\n\r\n") {
        match stream.read(&mut byte).await {
            // A handshake of TLS, whose bytes are never twice the same.
            Ok(1..) if request.is_empty() && byte[0] == 0x16 => return b"TLS".to_vec(),
            Ok(1..) => request.push(byte[0]),
            _ => break,
        }
    }
    request
}

async fn drain(stream: &mut (impl AsyncRead + Unpin)) {
    let mut buffer = [0; 1024];
    while let Ok(1..) = stream.read(&mut buffer).await {}
}

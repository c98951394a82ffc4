//! TLS in front of the scripted server, with the certificates beside this file.

use std::net::SocketAddr;
use std::sync::{Arc, mpsc};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

/// The authority that has signed the server's certificate.
pub(crate) const CA: &str = include_str!("tls/ca.crt");
/// A certificate for 127.0.0.1, ::1 and cluster.test.
const CERTIFICATE: &str = include_str!("tls/server.crt");
const KEY: &str = include_str!("tls/server.key");

/// The authority as the field of a kubeconfig holds it.
pub(crate) fn ca_data() -> String {
    STANDARD.encode(CA)
}

/// Takes TLS connections for a server that speaks without, until the process ends.
pub(super) fn in_front_of(server: SocketAddr) -> SocketAddr {
    let chain = vec![CertificateDer::from_pem_slice(CERTIFICATE.as_bytes()).unwrap()];
    let key = PrivateKeyDer::from_pem_slice(KEY.as_bytes()).unwrap();
    let config =
        ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(chain, key)
            .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let (sender, address) = mpsc::channel();
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        runtime.block_on(async {
            let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
            sender.send(listener.local_addr().unwrap()).unwrap();
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                let acceptor = acceptor.clone();
                tokio::spawn(async move {
                    // A client that goes away in the middle is none of our business.
                    if let Ok(mut outside) = acceptor.accept(stream).await
                        && let Ok(mut inside) = TcpStream::connect(server).await
                    {
                        drop(tokio::io::copy_bidirectional(&mut outside, &mut inside).await);
                    }
                });
            }
        });
    });
    address.recv().unwrap()
}

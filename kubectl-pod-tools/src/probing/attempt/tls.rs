//! TLS that requires nothing of the server's certificate.
//!
//! Upstream: `New` in `k8s.io/kubernetes/pkg/probe/http/http.go` sets `InsecureSkipVerify`; Go's
//! `crypto/tls` speaks TLS 1.2 and 1.3.

use std::sync::{Arc, LazyLock};
use std::time::Duration;

use rustls::crypto::ring;
use rustls::pki_types::{CertificateDer, IpAddr, Ipv4Addr, ServerName};
use rustls::{ClientConfig, Error, ProtocolVersion, SignatureScheme};
use tokio::time::{Instant, timeout_at};
use tokio_rustls::TlsConnector;

use super::limit::Limit;
use super::outcome::TlsFacts;
use super::records::{Lenient, Records};
use super::way::Stream;
use crate::any_certificate::AnyCertificate;

/// Maximum time of a handshake.
///
/// Upstream: `SetOldTransportDefaults` in `k8s.io/apimachinery/pkg/util/net/http.go`.
const HANDSHAKE: Duration = Duration::from_secs(10);

/// Kinds of signatures that Go's client offers, but for those with SHA-1, which rustls has not.
///
/// Upstream: `defaultSupportedSignatureAlgorithms` in Go's `crypto/tls/defaults.go`.
const SCHEMES: [SignatureScheme; 10] = {
    use SignatureScheme as S;
    [
        S::RSA_PSS_SHA256,
        S::ECDSA_NISTP256_SHA256,
        S::ED25519,
        S::RSA_PSS_SHA384,
        S::RSA_PSS_SHA512,
        S::RSA_PKCS1_SHA256,
        S::RSA_PKCS1_SHA384,
        S::RSA_PKCS1_SHA512,
        S::ECDSA_NISTP384_SHA384,
        S::ECDSA_NISTP521_SHA512,
    ]
};

/// A connection with TLS.
pub(super) struct Secured {
    pub stream: Stream,
    pub facts: TlsFacts,
    pub is_http_2: bool,
}

fn config(protocols: &[&[u8]]) -> Result<Arc<ClientConfig>, Error> {
    let provider = Arc::new(ring::default_provider());
    let builder = ClientConfig::builder_with_provider(provider);
    let builder = builder.with_safe_default_protocol_versions()?;
    let mut config = builder
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(AnyCertificate::new(SCHEMES.to_vec())))
        .with_no_client_auth();
    config.alpn_protocols = protocols.iter().map(|name| name.to_vec()).collect();
    // A new connection each time, and nothing kept of the one before.
    config.resumption = rustls::client::Resumption::disabled();
    Ok(Arc::new(config))
}

type Shared = LazyLock<Result<Arc<ClientConfig>, Error>>;

static WITH_HTTP_2: Shared = LazyLock::new(|| config(&[b"h2", b"http/1.1"]));
static WITHOUT_HTTP_2: Shared = LazyLock::new(|| config(&[]));

/// Makes a connection one with TLS. An error is the reason, as a sentence.
pub(super) async fn connect(
    stream: Stream,
    host: &str,
    offers_http_2: bool,
    limit: Limit,
) -> Result<Secured, String> {
    let config = if offers_http_2 {
        &*WITH_HTTP_2
    } else {
        &*WITHOUT_HTTP_2
    };
    let config = config.as_ref().map_err(ToString::to_string)?;
    let connector = TlsConnector::from(Arc::clone(config));
    // A host that cannot be named in a handshake is not named, as an address is not.
    let nameless = ServerName::IpAddress(IpAddr::V4(Ipv4Addr::from([0, 0, 0, 0])));
    let name = ServerName::try_from(host.to_owned()).unwrap_or(nameless);
    let deadline = limit.deadline.min(Instant::now() + HANDSHAKE);
    let records = Records::default();
    let handshake = connector.connect(name, records.watch(stream));
    let secured = timeout_at(deadline, handshake).await;
    let secured = secured.map_err(|_| "the TLS handshake did not end in time".to_owned())?;
    let secured = secured.map_err(|error| describe(&error))?;
    let session = secured.get_ref().1;
    let facts = facts(session.peer_certificates(), session.protocol_version());
    let is_http_2 = session.alpn_protocol() == Some(b"h2");
    Ok(Secured {
        stream: Box::new(Lenient::new(secured, records)),
        facts,
        is_http_2,
    })
}

fn describe(error: &std::io::Error) -> String {
    let cause = error
        .get_ref()
        .and_then(|cause| cause.downcast_ref::<Error>());
    match cause {
        Some(Error::InvalidMessage(_)) => "the server does not speak TLS".to_owned(),
        Some(cause) => format!("the TLS handshake failed: {cause}"),
        None => "the connection ended within the TLS handshake".to_owned(),
    }
}

fn facts(chain: Option<&[CertificateDer<'_>]>, version: Option<ProtocolVersion>) -> TlsFacts {
    let leaf = chain.and_then(|chain| chain.first());
    let certificate = leaf.and_then(|leaf| pod_probe::Certificate::parse(leaf));
    let certificate = certificate.unwrap_or_default();
    TlsFacts {
        names: certificate.names,
        not_after: certificate.not_after.and_then(|text| text.parse().ok()),
        version: match version {
            Some(ProtocolVersion::TLSv1_3) => "1.3",
            _ => "1.2",
        },
    }
}

//! Trusted certificates and the client certificate of a connection.

use std::sync::Arc;

use rustls::crypto::ring::default_provider;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::{ClientConfig, Error, InconsistentKeys, RootCertStore};
use rustls_platform_verifier::BuilderVerifierExt;
use secrecy::ExposeSecret;

use super::error::ConfigError;
use super::identity::Identity;
use crate::any_certificate::AnyCertificate;
use crate::cluster::innermost;

/// Trusted certificates.
#[derive(Clone, Debug)]
pub(super) enum Trust {
    /// The authorities of the operating system.
    System,
    /// These authorities, as DER, and no others.
    Authorities(Vec<Vec<u8>>),
    /// Any certificate (`insecure-skip-tls-verify`).
    Anybody,
}

/// Returns the TLS configuration of a connection.
///
/// # Errors
/// Certificates or keys that are invalid, or that do not match.
pub(super) fn client_config(
    trust: &Trust,
    identity: Option<&Identity>,
) -> Result<ClientConfig, ConfigError> {
    let builder = ClientConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| unusable(&error))?;
    let builder = match trust {
        Trust::System => builder
            .with_platform_verifier()
            .map_err(|error| unusable(&error))?,
        Trust::Authorities(authorities) => {
            let mut roots = RootCertStore::empty();
            for der in authorities {
                let added = roots.add(CertificateDer::from_slice(der));
                added.map_err(|error| unusable(&error))?;
            }
            builder.with_root_certificates(roots)
        }
        Trust::Anybody => {
            let provider = default_provider();
            let schemes = provider.signature_verification_algorithms;
            let verifier = AnyCertificate::new(schemes.supported_schemes());
            builder
                .dangerous()
                .with_custom_certificate_verifier(Arc::new(verifier))
        }
    };
    let Some(identity) = identity else {
        return Ok(builder.with_no_client_auth());
    };
    let chain: Result<Vec<_>, _> =
        CertificateDer::pem_slice_iter(identity.certificate.as_bytes()).collect();
    let chain = chain.map_err(|error| unusable(&error))?;
    let key = PrivateKeyDer::from_pem_slice(identity.key.expose_secret().as_bytes());
    let key = key.map_err(|error| unusable(&error))?;
    builder
        .with_client_auth_cert(chain, key)
        .map_err(|error| match error {
            Error::InconsistentKeys(InconsistentKeys::KeyMismatch) => ConfigError::Unusable(
                "the client key does not match the client certificate".to_owned(),
            ),
            error => unusable(&error),
        })
}

/// Parses the name that a server's certificate must have.
///
/// # Errors
/// A text that is neither a host name nor an address.
pub(super) fn server_name(name: &str) -> Result<ServerName<'static>, ConfigError> {
    ServerName::try_from(name.to_owned()).map_err(|_| {
        ConfigError::Unusable(
            "expected a host name or an address as the TLS server name".to_owned(),
        )
    })
}

fn unusable(error: &(dyn std::error::Error + 'static)) -> ConfigError {
    let why = innermost(error);
    ConfigError::Unusable(format!("a certificate or key cannot be used: {why}"))
}

//! Certificates and keys of PEM files.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use secrecy::{ExposeSecret, SecretString};

/// A client certificate with its key.
#[derive(Clone, Debug)]
pub(super) struct Identity {
    /// The chain as PEM.
    pub certificate: String,
    /// The key as PEM.
    pub key: SecretString,
}

impl PartialEq for Identity {
    fn eq(&self, other: &Self) -> bool {
        self.certificate == other.certificate
            && self.key.expose_secret() == other.key.expose_secret()
    }
}

impl Identity {
    /// Reads the certificates of one text and the first key of another, which may be the same.
    /// Other parts are ignored, as by Go's `tls.X509KeyPair`.
    ///
    /// # Errors
    /// A message that follows "the client certificate cannot be used: ".
    pub(super) fn parse(certificate: &[u8], key: &[u8]) -> Result<Self, String> {
        let chain = certificates(certificate)
            .filter(|chain| !chain.is_empty())
            .ok_or("it holds no PEM certificate")?;
        let key = match PrivateKeyDer::from_pem_slice(key) {
            Ok(key) => key,
            Err(_) if contains(key, b"ENCRYPTED") => return Err("its key is encrypted".to_owned()),
            Err(_) => return Err("its key holds no PEM private key".to_owned()),
        };
        let label = match &key {
            PrivateKeyDer::Pkcs1(_) => "RSA PRIVATE KEY",
            PrivateKeyDer::Sec1(_) => "EC PRIVATE KEY",
            _ => "PRIVATE KEY",
        };
        let chain: Vec<String> = chain.iter().map(|der| pem("CERTIFICATE", der)).collect();
        Ok(Self {
            certificate: chain.concat(),
            key: pem(label, key.secret_der()).into(),
        })
    }
}

/// Returns the certificates of a PEM text, or `None` if one is broken.
pub(super) fn certificates(text: &[u8]) -> Option<Vec<Vec<u8>>> {
    CertificateDer::pem_slice_iter(text)
        .map(|der| der.ok().map(|der| der.to_vec()))
        .collect()
}

fn pem(label: &str, der: &[u8]) -> String {
    let mut text = format!("-----BEGIN {label}-----\n");
    let encoded = STANDARD.encode(der);
    let mut rest = encoded.as_str();
    while !rest.is_empty() {
        let (line, after) = rest.split_at(rest.len().min(64));
        text.push_str(line);
        text.push('\n');
        rest = after;
    }
    text.push_str(&format!("-----END {label}-----\n"));
    text
}

fn contains(text: &[u8], word: &[u8]) -> bool {
    text.windows(word.len()).any(|window| window == word)
}

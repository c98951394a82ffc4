//! Certificates in a projected volume.
//!
//! Upstream: `validateProjectionSources`, `ValidateSignerName`, `ValidateClusterTrustBundleName`,
//! `ValidateUserAnnotations`. Fields whose feature gates are off are gone by then.

use std::collections::BTreeMap;

use k8s_openapi::api::core::v1::{ClusterTrustBundleProjection, PodCertificateProjection};

use super::projected_files::Files;
use crate::validation::errors::{Errors, invalid_message, quoted};
use crate::validation::path::Path;
use crate::validation::{files, metadata, names, selectors};

const KEY_TYPES: [&str; 6] = [
    "RSA3072",
    "RSA4096",
    "ECDSAP256",
    "ECDSAP384",
    "ECDSAP521",
    "ED25519",
];
const EXPIRATION_LEAST_SECONDS: i32 = 3600;
const EXPIRATION_MOST_SECONDS: i32 = 91 * 24 * 60 * 60;
/// Limit of certificates by signers of Kubernetes itself.
const KUBERNETES_EXPIRATION_MOST_SECONDS: i32 = 24 * 60 * 60;
const SIGNER_DOMAIN_MOST: usize = 253;
/// A domain, `/`, and a path with room for a label, a dot and a subdomain.
const SIGNER_MOST: usize = SIGNER_DOMAIN_MOST + 1 + 253 + 1 + 63;
const SIGNER: &str = "signer name";

pub(super) fn trust_bundle(
    bundle: &ClusterTrustBundleProjection,
    volume: &mut Files<'_>,
    path: &Path<'_>,
    errors: &mut Errors,
) {
    match (&bundle.name, &bundle.signer_name) {
        (Some(_), Some(_)) => {
            errors
                .invalid(path, "cannot combine `name` and `signerName`")
                .help("remove one of them");
        }
        (Some(name), None) => {
            let at = path.field("name");
            if name.is_empty() {
                errors.required(&at, "the name of the ClusterTrustBundle is required");
            }
            errors.syntax(&at, name, "ClusterTrustBundle name", bundle_name);
            if bundle.label_selector.is_some() {
                errors
                    .invalid(
                        &path.field("labelSelector"),
                        "cannot combine `labelSelector` and `name`",
                    )
                    .help("use `signerName`, or remove `labelSelector`");
            }
        }
        (None, Some(signer)) => {
            signer_name(signer, &path.field("signerName"), errors);
            let at = path.field("labelSelector");
            selectors::selector(bundle.label_selector.as_ref(), &at, errors);
        }
        (None, None) => {
            errors
                .required(path, "the ClusterTrustBundle is required")
                .help("set `name` or `signerName`");
        }
    }
    let at = path.field("path");
    if bundle.path.is_empty() {
        errors.required(&at, "the path of the file is required");
    }
    files::not_reserved(&bundle.path, &at, &at, errors);
    volume.insert(&bundle.path, &at, errors);
}

/// Finds what is wrong with the name of a bundle: one of a signer begins with the signer's name, in which
/// `:` stands for `/`.
fn bundle_name(name: &str) -> Option<String> {
    match name.rsplit_once(':') {
        None => names::dns_subdomain(name),
        Some(("", _)) => Some("must have a signer before the `:`".to_owned()),
        Some((signer, _)) if signer.contains('/') => {
            Some("must have `:` instead of `/` in the name of its signer".to_owned())
        }
        Some((_, own)) => {
            names::dns_subdomain(own).map(|wrong| format!("after the `:` it {wrong}"))
        }
    }
}

fn signer_name(name: &str, path: &Path<'_>, errors: &mut Errors) {
    const HELP: &str = "use a domain and a name, such as `example.com/signer`";
    if name.is_empty() {
        errors
            .required(path, "the name of the signer is required")
            .help(HELP);
        return;
    }
    let parts: Vec<&str> = name.split('/').collect();
    let [domain, own] = parts[..] else {
        errors
            .invalid(path, invalid_message(name, SIGNER, "must be DOMAIN/NAME"))
            .help(HELP);
        return;
    };
    let is_domain = domain
        .split('.')
        .all(|label| names::dns_label(label).is_none());
    let is_name = own
        .split('.')
        .all(|label| names::dns_subdomain(label).is_none());
    if !is_domain || !domain.contains('.') || !is_name {
        let wrong = "must be a domain with a dot, `/` and a name, in lower-case letters, digits, `-` and `.`";
        errors
            .invalid(path, invalid_message(name, SIGNER, wrong))
            .help(HELP);
    }
    if domain.len() > SIGNER_DOMAIN_MOST || name.len() > SIGNER_MOST {
        errors.too_long(
            path,
            format!(
                "the name of a signer must be no more than {SIGNER_MOST} characters, and its domain no more than {SIGNER_DOMAIN_MOST}, found {} and {}",
                name.len(),
                domain.len()
            ),
        );
    }
}

pub(super) fn pod_certificate(
    certificate: &PodCertificateProjection,
    volume: &mut Files<'_>,
    path: &Path<'_>,
    errors: &mut Errors,
) {
    let signer = certificate.signer_name.as_str();
    signer_name(signer, &path.field("signerName"), errors);
    if let Some(annotations) = &certificate.user_annotations {
        user_annotations(annotations, &path.field("userAnnotations"), errors);
    }
    errors.one_of(
        &path.field("keyType"),
        &certificate.key_type,
        "key type",
        &KEY_TYPES,
    );
    if let Some(seconds) = certificate.max_expiration_seconds {
        let most = if is_kubernetes(signer) {
            KUBERNETES_EXPIRATION_MOST_SECONDS
        } else {
            EXPIRATION_MOST_SECONDS
        };
        if !(EXPIRATION_LEAST_SECONDS..=most).contains(&seconds) {
            errors.invalid(
                &path.field("maxExpirationSeconds"),
                format!(
                    "`maxExpirationSeconds` must be from {EXPIRATION_LEAST_SECONDS} to {most}, found {seconds}"
                ),
            );
        }
    }
    let mut has_path = false;
    for (field, file) in [
        ("credentialBundlePath", &certificate.credential_bundle_path),
        ("keyPath", &certificate.key_path),
        ("certificateChainPath", &certificate.certificate_chain_path),
    ] {
        if let Some(file) = file.as_deref().filter(|file| !file.is_empty()) {
            has_path = true;
            let at = path.field(field);
            files::not_reserved(file, &at, &at, errors);
            volume.insert(file, &at, errors);
        }
    }
    if !has_path {
        errors
            .required(path, "the path of a file is required")
            .help("set `credentialBundlePath`, or `keyPath` and `certificateChainPath`");
    }
}

/// Upstream: `IsKubernetesSignerName`.
fn is_kubernetes(signer: &str) -> bool {
    let domain = signer.split('/').next().unwrap_or_default();
    domain == "kubernetes.io" || domain.ends_with(".kubernetes.io")
}

/// Keys of any case with a domain. Upstream names the map.
fn user_annotations(list: &BTreeMap<String, String>, path: &Path<'_>, errors: &mut Errors) {
    for key in list.keys() {
        let at = path.field(key);
        if key.is_empty() {
            errors
                .required(path, "the key is required")
                .display_path(&at);
            continue;
        }
        let wrong = names::annotation_key(key)
            .or_else(|| (!key.contains('/')).then(|| "must be DOMAIN/NAME".to_owned()));
        if let Some(wrong) = wrong {
            errors
                .invalid(path, format!("invalid key {}: {wrong}", quoted(key)))
                .display_path(&at)
                .points_at_key();
        }
    }
    metadata::annotations_size(list, path, path, errors);
}

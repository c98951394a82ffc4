//! Several sources in one directory.
//!
//! Upstream: `validateProjectedVolumeSource`, `validateProjectionSources`.

use k8s_openapi::api::core::v1::{
    ProjectedVolumeSource, ServiceAccountTokenProjection, VolumeProjection,
};

use super::certificates;
use super::files::{downward_items, keys};
use super::projected_files::Files;
use crate::validation::errors::Errors;
use crate::validation::files;
use crate::validation::path::Path;

const TOKEN_LEAST_SECONDS: i64 = 600;
const TOKEN_MOST_SECONDS: i64 = 1 << 32;

pub(super) fn projected(source: &ProjectedVolumeSource, path: &Path<'_>, errors: &mut Errors) {
    let at = path.field("defaultMode");
    files::mode(source.default_mode, &at, &at, errors);
    let list = path.field("sources");
    let mut files = Files::of(path);
    for (i, own) in source.sources.iter().flatten().enumerate() {
        projection(own, &mut files, &list.index(i), errors);
    }
}

fn projection(own: &VolumeProjection, files: &mut Files<'_>, path: &Path<'_>, errors: &mut Errors) {
    let mut sources = 0;
    if let Some(secret) = &own.secret {
        sources += 1;
        let path = path.field("secret");
        if secret.name.is_empty() {
            errors.required(&path.field("name"), "the name of the Secret is required");
        }
        let items = path.field("items");
        keys(secret.items.as_deref(), &items, errors);
        files.add_keys(secret.items.as_deref(), &items, errors);
    }
    if let Some(map) = &own.config_map {
        sources += 1;
        let path = path.field("configMap");
        if map.name.is_empty() {
            errors.required(&path.field("name"), "the name of the ConfigMap is required");
        }
        let items = path.field("items");
        keys(map.items.as_deref(), &items, errors);
        files.add_keys(map.items.as_deref(), &items, errors);
    }
    if let Some(downward) = &own.downward_api {
        sources += 1;
        let path = path.field("downwardAPI");
        downward_items(downward.items.as_deref(), &path, errors);
        let list = path.field("items");
        for (i, item) in downward.items.iter().flatten().enumerate() {
            let at = list.index(i);
            files.add(&item.path, &at.field("path"), errors);
        }
    }
    if let Some(token) = &own.service_account_token {
        sources += 1;
        service_account_token(
            token,
            files.path,
            &path.field("serviceAccountToken"),
            errors,
        );
    }
    if let Some(bundle) = &own.cluster_trust_bundle {
        sources += 1;
        let path = path.field("clusterTrustBundle");
        certificates::trust_bundle(bundle, files, &path, errors);
    }
    if let Some(certificate) = &own.pod_certificate {
        sources += 1;
        let path = path.field("podCertificate");
        certificates::pod_certificate(certificate, files, &path, errors);
    }
    if sources > 1 {
        errors
            .forbidden(path, "an entry of `sources` must have exactly one source")
            .help("split them into entries of their own");
    }
}

/// Upstream names the path as if it were the volume's.
fn service_account_token(
    token: &ServiceAccountTokenProjection,
    volume: &Path<'_>,
    path: &Path<'_>,
    errors: &mut Errors,
) {
    let seconds = token.expiration_seconds.unwrap_or_default();
    if !(TOKEN_LEAST_SECONDS..=TOKEN_MOST_SECONDS).contains(&seconds) {
        errors.invalid(
            &path.field("expirationSeconds"),
            format!(
                "expirationSeconds must be from {TOKEN_LEAST_SECONDS} to {TOKEN_MOST_SECONDS}, found {seconds}"
            ),
        );
    }
    let (named, at) = (volume.field("path"), path.field("path"));
    if token.path.is_empty() {
        errors
            .required(&named, "the path of the token is required")
            .display_path(&at);
    } else {
        files::not_reserved(&token.path, &named, &at, errors);
    }
}

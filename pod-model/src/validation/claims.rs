//! Claims of devices, and the containers that use them.
//!
//! Upstream: `validatePodResourceClaims`, `validateResourceClaimNames` in
//! `k8s.io/kubernetes/pkg/apis/core/validation`.

use std::collections::BTreeSet;

use k8s_openapi::api::core::v1::{PodResourceClaim, ResourceClaim};

use super::errors::{Errors, quoted};
use super::names;
use super::path::Path;
use crate::path::FieldPath;

/// The names of a Pod's claims.
pub(super) type ClaimNames<'a> = BTreeSet<&'a str>;

pub(super) fn names_of(claims: &[PodResourceClaim]) -> ClaimNames<'_> {
    let names = claims.iter().map(|claim| claim.name.as_str());
    names.filter(|name| !name.is_empty()).collect()
}

/// The claims of a Pod.
pub(super) fn of_pod(
    claims: &[PodResourceClaim],
    is_mirror: bool,
    path: &Path<'_>,
    errors: &mut Errors,
) {
    let mut seen = BTreeSet::new();
    for (i, claim) in claims.iter().enumerate() {
        let path = path.index(i);
        if is_mirror {
            let root = FieldPath::root();
            errors
                .forbidden(&Path::base(&root), "a mirror Pod cannot claim resources")
                .display_path(&path);
            continue;
        }
        let at = path.field("name");
        let name = claim.name.as_str();
        if name.is_empty() {
            errors.required(&at, "the name of the claim is required");
        } else if !seen.insert(name) {
            errors.duplicate(&at, format!("duplicate claim name {}", quoted(name)));
        } else {
            errors.syntax(&at, name, "claim name", names::dns_label);
        }
        let what = "object name";
        match (
            &claim.resource_claim_name,
            &claim.resource_claim_template_name,
        ) {
            (Some(_), Some(_)) => {
                errors.invalid(
                    &path,
                    "cannot combine `resourceClaimName` and `resourceClaimTemplateName`",
                );
            }
            (None, None) => {
                errors
                    .invalid(
                        &path,
                        format!("claim {} has no ResourceClaim", quoted(name)),
                    )
                    .help("set `resourceClaimName` or `resourceClaimTemplateName`");
            }
            _ => {}
        }
        if let Some(name) = &claim.resource_claim_name {
            errors.syntax(
                &path.field("resourceClaimName"),
                name,
                what,
                names::dns_subdomain,
            );
        }
        if let Some(name) = &claim.resource_claim_template_name {
            let path = path.field("resourceClaimTemplateName");
            errors.syntax(&path, name, what, names::dns_subdomain);
        }
    }
}

/// The claims that a container uses: whole ones, or single requests of them.
pub(super) fn of_container(
    claims: &[ResourceClaim],
    of_pod: &ClaimNames<'_>,
    path: &Path<'_>,
    errors: &mut Errors,
) {
    let mut seen: BTreeSet<String> = BTreeSet::new();
    // The claims of which a part is used.
    let mut in_part: BTreeSet<&str> = BTreeSet::new();
    for (i, claim) in claims.iter().enumerate() {
        let path = path.index(i);
        let name = claim.name.as_str();
        if name.is_empty() {
            errors.required(&path, "the name of a claim of the Pod is required");
            continue;
        }
        let request = claim.request.as_deref().unwrap_or_default();
        let twice = format!("duplicate use of claim {}", quoted(name));
        if seen.contains(name) {
            errors.duplicate(&path, twice);
        } else {
            let mut key = name.to_owned();
            if !request.is_empty() {
                let what = "request name";
                errors.syntax(&path.field("request"), request, what, names::dns_label);
                key = format!("{name}/{request}");
            }
            if seen.contains(&key) || (request.is_empty() && in_part.contains(name)) {
                errors.duplicate(&path, twice);
            }
            if key.contains('/') {
                in_part.insert(name.split('/').next().unwrap_or(name));
            }
            seen.insert(key);
        }
        if !of_pod.contains(name) {
            errors
                .not_found(
                    &path,
                    format!("the Pod has no resource claim {}", quoted(name)),
                )
                .help("add it to spec.resourceClaims");
        }
    }
}
